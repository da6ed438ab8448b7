"""Every letter the desk can ever send: its template, when it goes, the names its words need.

A letter that is not here cannot be rendered; a test holds `templates/` to this table in both directions.
What only one kind sends is said by the kind (`kinds/`), all others stand in one table here.
It says who may be written to only by its audiences: authors and applicants, readers, members, the operator.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mailproc.kinds.every import EVERY as EVERY_KIND
from mailproc.kinds.kind import Kind

EVERY = ("desk", "to", "reply_to", "last_today", "held_over", "clouds")  # names every letter needs

NAMES: Mapping[str, str] = {
    "desk": "configuration's [desk]: name, address, operator, addresses (kind -> address), timezone",
    "to": "Address: the recipient; the name is used only where it is ours or authenticated",
    "reply_to": "str: where an answer to this letter goes, with its secret",
    "last_today": "bool: the day's last automatic letter to this address, which says so",
    "held_over": "bool: the day's letters to this address had gone, so that this one comes a day late",
    "authenticated": "bool: the recipient's own mail was authenticated; else no text of theirs is used",
    "item": "Item: what the letter is about",
    "items": "tuple[Item, ...]: the items the letter names, in its order",
    "attachments": "tuple[KeptAttachment, ...]: of the mail answered, in order",
    "guessed": 'str: the charset by which the mail answered was read by guess: "KOI8-R"; "" none',
    "beside": "tuple[Phrase, ...]: what became of other texts in the mail, and which other parts there are",
    "clouds": "tuple[str, ...]: services to whose files the mail answered links: links that end",
    "extent": "Extent | None: where the published text begins and ends; None where no text is published",
    "lapses_at": "datetime | None: until when something is waited for",
    "expires_at": "datetime: until when this letter may be answered",
    "kept_back": "tuple[str, ...]: words of the author's own name that stand in title or text, and are not to go up",
    "because": "tuple[str, ...]: the reasons that members named, each a sentence",
    "before": "int: how many requests came before and wait still",
    "fresh": "bool: other members decide than before",
    "unheard": "str: why nothing came of it: early waits member full; second late none",
    "ask_again": "datetime | None: when to ask again, or by when the earlier request has ended",
    "earlier_ref": 'str: the reference of the earlier request, "" none; in author/sorted the one that it had before',
    "was": "str: the kind of which it was before: article, unsorted ...",
    "words": 'str: what a member says to the recipient (reason, question), "" where there is nothing',
    "act": "str: what an unauthenticated mail asked for: withdraw version answer agree confirm renew",
    "publishes": "bool: what its author does not answer goes up; else it is on hold",
    "sheet": "Sheet | None, see sight.py: its page as readers will see it, which goes with the letter",
    "size": "int: octets of the mail that is too large",
    "limit": "int: octets that a mail may have",
    "lines": "tuple[str, ...]: lines not understood; in operator/notice the lines of the notice",
    "about": "str: the notice's subject",
    "wanted": "tuple[Phrase, ...]: what members look for: sections and free lines, in a receipt those that fit",
    "groups": "tuple[Group, ...]: group files that still need something",
    "done": "a sequence of things with ref, title, words, undo (each str, may be empty): what a reply did",
    "not_done": "a sequence of things with ref, title, words: what it could not do, and why",
    "more": "int: lines that were not understood either, beyond those in `unclear`",
    "unclear": "tuple[Unclear, ...] of review.reading: lines not understood, with what would have worked",
    "by_operator": "bool: the operator decided in the member's name",
    "held": "bool: it was put on hold",
    "address": "str: in member/address and member/vouch the new addr-spec, in member/readdressed the old one",
    "whom": "str: the member or author in question, by name or addr-spec",
    "decisions": "a sequence of str: what a reply would do once confirmed, in our words",
    "sent": "for each of the decisions words, more: the words that it would send, and how many of them are not shown",
    "why": "str: why it is asked, in whole sentences of ours",
    "unread": "str: why nobody here can read a mail: encrypted compressed damaged partial external tnef empty",
    "digest": "Digest: see digest.py",
    "entry": "DigestItem: the one item shown, see digest.py",
    "enclosed": "a sequence of Enclosed, see sight.py: which of the item's attachments are attached to the letter",
    "undo_minutes": "int: how long the effects of a decision wait",
    "concerned": "Item | None: the published work that an enquiry is about",
    "again": "bool: there was such a letter before: on this item alone, on how this file is laid out, or where it is",
    "file": "Group: the group file that the letter is about",
    "parcel": "Parcel, see laid.py: the zip that goes with the letter",
    "absent": "tuple[Lack, ...], see laid.py: what the package is without",
    "page": "tuple[LaidSection, ...], see laid.py: how the file is laid out",
    "order": 'tuple[tuple[str, str], ...]: the same in short: (heading or "", references), as lines that order it',
    "until": "datetime | None: until when its contributors may object; None: they need not be waited for",
    "says": "str: what a contributor says of how a file is laid out: objects, words (of either sort), content; "
    "of an article with two authors: named agreed declined asks anew added",
    "restores": "bool: the file was up before",
    "news": "News: what became of an item, see digest.py",
    "held_at": "datetime: when the reader put the item on hold, or a question to its author",
    "asked": "bool: it was a question",
    "earlier": "str: the subject of the letter that this one hangs under",
    "at": "str: when what is announced happens, by the desk's clock, in words",
    "on_duty": 'str: whose week it is, by name; "" nobody\'s',
    "on_duty_next": "str: whose the next one is, as far as is known",
    "charges": "a sequence of Charge, see roll.py: tasks with item, who, since, until",
    "month": "Month: who did how many tasks in it so far, see digest.py",
    "now": "datetime: the time of the letter",
    "contents": "tuple[Contents, ...] of desk.tell.files: files with their pieces, what they lack, what waits for them",
    "brings": "tuple[tuple[str, int], ...]: a material's photographs, pictures, texts, documents, links, others",
    "lacks": "tuple[str, ...] | None: what the item's file lacks, with what it brings; None where that says nothing",
    "quoted": "bool: a mail to us quoted the secret that the member had",
    "settings": "tuple[str, ...]: how somebody gets our letters from now on, a clause each",
    "access": "Pass: the member's way into the site, its secret a blank that is filled as the letter leaves",
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One row of the table."""

    template: str  # audience/event
    when: str
    needs: tuple[str, ...]  # names of its context beyond EVERY

    @property
    def names(self) -> tuple[str, ...]:
        """All names its context must have."""
        return (*EVERY, *self.needs)


_OWN = ("item", "authenticated")
_SAID = ("item", "authenticated", "words")
_TOLD = ("item", "news", "earlier")
_RECEIPT = ("item", "authenticated", "attachments", "guessed", "extent", "lapses_at")

_TABLE = (
    Letter(
        "author/receipt-two-wishes",
        "one mail opened two items; which words are the article is asked",
        ("items", "authenticated", "attachments", "guessed", "extent", "lapses_at"),
    ),
    Letter("author/receipt-addition", "the author added to a waiting item", (*_OWN, "attachments", "guessed")),
    Letter("author/receipt-version", "the author replaced the text of an item; votes begin anew", _RECEIPT),
    Letter("author/confirm", "a mail that was not authenticated asks for an act", ("item", "act", "expires_at")),
    Letter("author/status", "the author asks how things stand", ("items", "authenticated")),
    Letter("author/preferences", "somebody says how they want our letters", ("settings", "authenticated")),
    Letter("author/day", "what a day's mails came to, for whoever wants one letter", ("items", "authenticated")),
    Letter("author/oversize", "a mail is larger than limits.message", ("authenticated", "size", "limit")),
    Letter("author/unread", "nobody here can read a mail, or it has no words", ("authenticated", "unread")),
    Letter("author/question", "a member asks the author something", _SAID),
    Letter("author/rejected", "members decided against an article or material", (*_SAID, "because")),
    Letter("author/withdrawn", "the author took the item back", _OWN),
    Letter("author/lapsed", "the item waited too long and was closed", _OWN),
    Letter("author/retracted", "what was published was taken down", _SAID),
    Letter("author/hidden", "one line stands in the place of what was published until members have decided", _SAID),
    Letter("author/shown", "what was hidden is shown again", _SAID),
    Letter("author/recalled", "what was up was taken back by a member and waits again", (*_SAID, "lapses_at")),
    Letter("author/withdrawal-noted", "the author asks to take down what is up; members decide", _OWN),
    Letter("author/version-noted", "the author sent a new text for what is up; members decide", (*_OWN, "extent")),
    Letter("author/replaced", "another text was put up in the place of the first", _OWN),
    Letter("author/correction-noted", "a correction was put on the page of what is up", _OWN),
    Letter("author/appended", "an answer to a reader was put on the page of what is up", _OWN),
    Letter(
        "author/shared",
        "the author names another author, or that one agrees or does not",
        (*_OWN, "says", "whom", "lapses_at"),
    ),
    Letter("author/coauthor", "somebody is named as an author, and wrote", (*_OWN, "says", "whom")),
    Letter("author/byline", "the author says under which name it goes up", (*_OWN, "kept_back")),
    Letter("author/kept", "what the author asked for on what is up did not come about", _SAID),
    Letter(
        "author/sorted",
        "a member made the item one of another kind",
        (*_SAID, "was", "earlier_ref", "lapses_at"),
    ),
    Letter("author/reopened", "a settled decision was undone; the item waits again", _OWN),
    Letter("author/not-understood", "a reply by the author asked for something unclear", (*_OWN, "lines")),
    Letter(
        "author/withdrawal-asked",
        "the author may want the item back; it is on hold until they answer",
        (*_OWN, "lines", "held"),
    ),
    Letter(
        "author/layout",
        "a file with material of theirs is laid out, and they may object",
        ("file", "items", "page", "until", "again", "authenticated"),
    ),
    Letter(
        "author/objection-heard",
        "the author answered how a file is laid out",
        ("file", "item", "says", "authenticated"),
    ),
    Letter("author/up", "a file with material of theirs is up", ("file", "items", "again", "authenticated")),
    Letter("author/help", "whoever sent something in asks for the words that work", ("authenticated",)),
    Letter("reader/help", "somebody asks how to help, or for help", ("authenticated", "wanted", "groups")),
    Letter("member/invitation", "the operator invites an address; must be answered", ()),
    Letter("member/invitation-asked", "the invitation was answered, and with no plain yes or no", ()),
    Letter("member/welcome", "the invitation was answered", ("access",)),
    Letter("member/access", "a member asked for a new secret, or the old one is spent", ("access", "quoted")),
    Letter("member/access-ends", "a member's secret for the site is about to end", ("expires_at",)),
    Letter("member/digest", "items wait for this member", ("digest", "now")),
    Letter("member/transcript", "a member's reply was read", ("done", "not_done", "unclear", "more", "by_operator")),
    Letter(
        "member/step-up",
        "decisions came in a mail that was not authenticated",
        ("decisions", "sent", "why", "expires_at"),
    ),
    Letter(
        "member/address", "a mail from elsewhere says that the member writes from there now", ("address", "expires_at")
    ),
    Letter("member/vouch", "the same, to the other members", ("whom", "address", "expires_at")),
    Letter("member/readdressed", "the new address was confirmed; it goes there", ("address",)),
    Letter("member/left", "the member resigned, and the time to take it back is over", ()),
    Letter("member/suspended", "the operator suspended the member, for a time", ("words",)),
    Letter("member/removed", "the operator ended the membership", ("words",)),
    Letter("member/resumed", "the operator took the suspended member back", ("words",)),
    Letter("member/probe", "letters to this member came back; one that needs no answer", ()),
    Letter(
        "member/single",
        "an item waits, for a member who wants each at once; one word answers it",
        ("entry", "undo_minutes", "again"),
    ),
    Letter("member/outcome", "what became of an item that a member has in a letter of its own", _TOLD),
    Letter(
        "member/went-on",
        "another member went on with an item that this one held, or had asked about",
        ("item", "news", "held_at", "asked"),
    ),
    Letter(
        "member/package",
        "this member has claimed a file, or laid it out anew",
        ("file", "parcel", "absent", "order", "until"),
    ),
    Letter(
        "member/objection",
        "a contributor answered how this member's file is laid out",
        ("file", "item", "whom", "words", "says"),
    ),
    Letter("member/claim-over", "the time of this member's claim is over", ("file", "restores")),
    Letter("member/announcement", "an item will be approved by itself unless somebody objects", ("item", "at")),
    Letter("member/item", "a member asks to be shown one item", ("entry", "enclosed")),
    Letter("member/list", "a member asks for the list of items", ("items", "now", "wanted", "groups")),
    Letter(
        "member/roll",
        "a member asks who is on duty",
        ("on_duty", "on_duty_next", "charges", "month", "now"),
    ),
    Letter("member/contents", "a member asks what a group's file holds, and what it lacks", ("contents",)),
    Letter("member/help", "a member asks for the words that work", ()),
    Letter("member/reminder", "items have waited too long for a decision", ("items", "now")),
    Letter("operator/notice", "something needs the operator", ("about", "lines")),
)


def of_kinds(kinds: Iterable[Kind]) -> Iterator[Letter]:
    """The letters that only one kind sends. Raises ValueError where a table tells what no letter says."""
    shared = {letter.template for letter in _TABLE}
    for kind in kinds:
        own = [Letter(f"{kind.audience}/{one.event}", one.when, one.needs) for one in (kind.receipt, *kind.letters)]
        known = shared | {letter.template for letter in own}
        for event in kind.told:  # some are told in the author's words: see `desk.turn.turn.Turn.tell`
            if not known & {f"{kind.audience}/{event}", f"author/{event}"}:
                raise ValueError(
                    f'kinds/every.py, kind "{kind.name}": its table tells "{event}"; add it to its letters'
                )
        yield from own


LETTERS: Mapping[str, Letter] = {letter.template: letter for letter in (*of_kinds(EVERY_KIND), *_TABLE)}
CARRIERS = frozenset(letter.template for letter in LETTERS.values() if "access" in letter.needs)  # of a secret


def asks_members(template: str) -> bool:
    """Whether the letter's reader speaks as a member when they answer it."""
    return template.startswith("member/") or template in CARRIERS
