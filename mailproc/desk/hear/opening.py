"""A mail that begins something: it opens an item, or two, or asks for help; its sender gets an itemised receipt.

The kinds come from the verdict; the words taken are `message.words.extent`'s; whether a receipt may go is `answer`'s.
The same words get one receipt from whatever address they come: a responder may write from a new one each time.
"""

from __future__ import annotations

from mailproc.desk.hear import joining
from mailproc.desk.relay import about
from mailproc.desk.tell import history, views
from mailproc.desk.tell.answer import LATELY, answer
from mailproc.desk.tell.checks import own_organisation
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.desk.work import naming, several
from mailproc.dossier import proposed
from mailproc.dossier.link import links_in
from mailproc.dossier.piece import MOST_OF_A_LONG_NOTE
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS, ref_of
from mailproc.message.field.address import same_mailbox
from mailproc.message.text.forwarded import forwards
from mailproc.message.text.nothing import speaks
from mailproc.message.words import extent
from mailproc.sorting.sort import Hit, Verdict
from mailproc.store.work import attachments, items
from mailproc.workflow import machine
from mailproc.workflow.actor import DESK, person
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Opened
from mailproc.workflow.item import Item

RIGHT_OF_REPLY = "reader/receipt-reply"
LATEST = 1000  # messages
ASKED = frozenset({"awaiting_author", "awaiting_agreement"})  # the receipt asks its reader something


def open_items(turn: Turn, seen: Examined, verdict: Verdict) -> None:
    """Open what the mail asks for, and write one receipt for all of it."""
    wishes = [hit for hit in verdict.wishes if hit.kind in KINDS]
    if len(wishes) == 1 and joining.opens_nothing(turn, seen, wishes[0].kind):
        return
    opened = [_open(turn, seen, hit, verdict, several=len(wishes) > 1) for hit in wishes]
    if not opened:
        return
    template = _receipt_of(turn, opened[0]) if len(opened) == 1 else "author/receipt-two-wishes"
    refs = tuple(item.ref for item in opened)
    repeats = not any(item.state in ASKED for item in opened) and _said_before(turn, seen)
    context = views.receipt(turn, opened, seen) | {"before": history.before(turn, opened[0])}
    context |= {"beside": several.beside(turn, seen, opened[0])}
    answer(turn, seen, template, context, ref=refs[0], listed=refs, repeats=repeats)


def _receipt_of(turn: Turn, item: Item) -> str:
    """The receipt of its kind; an organisation that writes about its own file reads of its right of reply."""
    own = own_organisation(turn.conn, turn.desk, item)
    return KINDS[item.kind].template if own is None else RIGHT_OF_REPLY


def _said_before(turn: Turn, seen: Examined) -> bool:
    """Somebody else's mail of the same words and attachments opened an item lately; or theirs did, and this answers."""
    writer, conn = seen.writer, turn.conn
    if writer is None or not (turn.entry.text or "").strip():
        return False
    number, sent = turn.entry.number, {kept.attachment.sha256 for kept in seen.kept}
    earlier = [
        item
        for item in items.of_text(conn, turn.entry.text_sha256, turn.time - LATELY, LATEST)
        if item.number != number
    ]
    if not seen.is_answer:
        earlier = [item for item in earlier if not same_mailbox(item.author.email, writer.email)]
    came = ({kept.attachment.sha256 for kept in attachments.of_messages(conn, [item.number])} for item in earlier)
    return sent in came


def _open(turn: Turn, seen: Examined, hit: Hit, verdict: Verdict, *, several: bool) -> Item:
    """One item; an article whose words stand among other wishes, or somebody else's, waits for its author's answer."""
    kind = KINDS[hit.kind]
    byline, asked = naming.at_opening(turn, seen, hit.kind)
    named = turn.entry.text is not None and (asked or naming.is_named(turn, seen, byline))
    unclear = kind.unclear != "" and not _marked(turn) and (several or named or _passes_on(turn))
    guesses = (*verdict.guesses, None, None) if kind.guessed else (None, None)
    facts = Opened(
        kind=hit.kind,
        extent="unclear" if unclear else "marked" if _marked(turn) else "whole",
        section=hit.section or None,
        group=hit.group or (_proposed(turn) if kind.opens else None),
        guess=guesses[0],
        next_guess=guesses[1],
        byline=byline,
        about=_about(turn) if kind.name == about.ENQUIRY else None,
    )
    ref = ref_of(hit.kind, turn.entry.number)
    by = person(seen.writer.email) if seen.writer else DESK
    opened = turn.happen(Event(ref, EventName.OPEN, by, reason=hit.rule, facts=facts))
    if opened is None:
        raise LookupError(ref)
    return opened


def _about(turn: Turn) -> str | None:
    """The published work that the mail names."""
    named = about.found_in(turn.conn, f"{turn.entry.subject}\n{turn.entry.text or ''}")
    return named.ref if named else None


def _proposed(turn: Turn) -> str | None:
    """On which organisation a file is proposed; None where that cannot be read."""
    return proposed.read(turn.entry.subject, turn.entry.text or "").name or None


def _marked(turn: Turn) -> bool:
    return extent.between(turn.message.text) is not None if turn.message else False


def _passes_on(turn: Turn) -> bool:
    """The text holds the header of another mail, with somebody's address; a document is published as it is."""
    return turn.entry.text is not None and forwards(turn.entry.text)


def is_more(seen: Examined, item: Item, words: str) -> bool:
    """Whether a later mail brings more for a file in which its item is already: members have not decided on that."""
    if not KINDS[item.kind].grouped or item.group is None or item.state not in machine.UP or item.question is not None:
        return False
    brings = any(each.state == "kept" and speaks(each.attachment) for each in seen.kept) or links_in(words)
    return bool(brings) or len(words.split()) >= MOST_OF_A_LONG_NOTE


def open_more(turn: Turn, seen: Examined, item: Item, words: str) -> None:
    """It is an item of its own beside the one that it answers."""
    digest = extent.hash_of(words)
    turn.note(title=item.title, text=words, text_source=extent.source_of(seen.message), text_sha256=digest)
    ref, by = ref_of(item.kind, turn.entry.number), person(item.author.email)
    facts = Opened(kind=item.kind, section=item.section, group=item.group)
    opened = turn.happen(Event(ref, EventName.OPEN, by, reason="more-for-its-file", facts=facts))
    if opened is not None:
        context = views.receipt(turn, [opened], seen)
        answer(turn, seen, KINDS[item.kind].template, context, ref=ref, listed=(ref,), proven=True)


def guide(turn: Turn, seen: Examined) -> None:
    """Somebody asks how to help: the guide, with what is wanted today."""
    answer(turn, seen, "reader/help", views.guide(turn.conn, turn.desk, turn.time))
