"""The verbs as data: who may say them, on which kinds, what may follow, and in which words people say them.

Tables keyed by language; a translation is a new key. All languages are understood at once, since a group
answers in more than one. Words stand in lower case, an apostrophe as '. No code but lookups; what a line
means is `grammar`'s, and what a verb does is the desk's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = Mapping[str, tuple[str, ...]]  # language -> words or phrases

_DECIDED = frozenset({"article", "material", "membership"})
_TEXTS = frozenset({"article", "material"})
_ALL: frozenset[str] = frozenset()

NOTHING, TEXT, KIND, BODY = "nothing", "text", "kind", "body"


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that people can say."""

    name: str
    who: frozenset[str]  # member author applicant; the operator speaks as a member
    kinds: frozenset[str] = _ALL  # on which it can be said; empty: on all
    takes: str = NOTHING  # words after it: none, free TEXT, a KIND with section or group, or the BODY that follows
    needs_item: bool = True
    needs_words: bool = False
    anywhere: bool = False  # also on items that the letter does not list
    decides: bool = False  # two such on one item contradict each other


def _verb(name: str, who: str, kinds: frozenset[str] = _ALL, takes: str = NOTHING, **flags: bool) -> tuple[str, Verb]:
    return name, Verb(name, frozenset(who.split()), kinds, takes, **flags)


VERBS: dict[str, Verb] = dict(
    (
        _verb("approve", "member", _DECIDED, decides=True),
        _verb("reject", "member", _DECIDED, TEXT, decides=True),
        _verb("hold", "member", _DECIDED, decides=True),
        _verb("ask", "member", _DECIDED, TEXT, needs_words=True, decides=True),
        _verb("discard", "member", decides=True),
        _verb("sort", "member", takes=KIND, needs_words=True, anywhere=True, decides=True),
        _verb("undo", "member", anywhere=True),
        _verb("note", "member", takes=TEXT, needs_words=True),
        _verb("show", "member", anywhere=True),
        _verb("status", "member author applicant", needs_item=False, anywhere=True),
        _verb("list", "member", needs_item=False),
        _verb("help", "member author applicant", needs_item=False),
        _verb("unclaim", "member"),
        _verb("retract", "member", _TEXTS, TEXT, anywhere=True, decides=True),
        _verb("replace", "member", _TEXTS, BODY, needs_words=True, anywhere=True, decides=True),
        _verb("away", "member", takes=TEXT, needs_item=False),  # "until FRIDAY": see `when`
        _verb("back", "member", needs_item=False),
        _verb("at once", "member", needs_item=False),
        _verb("daily", "member", takes=TEXT, needs_item=False),  # "18:00"
        _verb("quiet", "member", takes=TEXT, needs_item=False, needs_words=True),  # "22:00-07:00", "never"
        _verb("time zone", "member", takes=TEXT, needs_item=False, needs_words=True),  # "Europe/Lisbon"
        _verb("stand-in", "member", takes=TEXT, needs_item=False, needs_words=True),  # an addr-spec, a name, "nobody"
        _verb("silent", "member", needs_item=False),
        _verb("transcripts", "member", needs_item=False),
        _verb("resign", "member", needs_item=False),
        _verb("new address", "member", needs_item=False),
        _verb("withdraw", "author applicant", decides=True),
        _verb("version", "author", _TEXTS, BODY, decides=True),
        _verb("confirm", "author", _TEXTS, BODY, decides=True),
        _verb("agree", "author applicant", frozenset({"membership"}), decides=True),
    )
)


def _of(phrases: str) -> tuple[str, ...]:
    """Words and phrases, written with commas between them."""
    return tuple(phrases.split(", "))


# language -> verb -> how people say it
FORMS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "approve": _of(
            "approve, approves, approved, approving, approval, accept, accepts, accepted, publish, "
            "go ahead, looks good, looks good to me, lgtm"
        ),
        "reject": _of("reject, rejects, rejected, rejecting, decline, declined, refuse, refused, turn down"),
        "hold": _of(
            "hold, holds, held, holding, on hold, put on hold, later, wait, postpone, postponed, defer, deferred"
        ),
        "ask": _of("ask, asks, asked, asking, question, query"),
        "discard": _of("discard, discards, discarded, discarding, delete, deleted, bin, trash, drop, spam"),
        "sort": _of("sort, sorts, sorted, sorting, sort as, sort to, sort into, file as, move to"),
        "undo": _of("undo, undone, revert, take back"),
        "unclaim": _of("unclaim, not me"),
        "retract": _of("retract, retracted, take down"),
        "replace": _of("replace, replace by, replace with"),
        "away": _of("away"),
        "back": _of("back"),
        "at once": _of("at once"),
        "daily": _of("daily"),
        "quiet": _of("quiet"),
        "time zone": _of("time zone, timezone"),
        "stand-in": _of("stand - in, stand in"),
        "silent": _of("silent"),
        "transcripts": _of("transcripts"),
        "resign": _of("resign"),
        "new address": _of("new address"),
        "note": _of("note, notes, comment, remark"),
        "show": _of("show, show me, display, show all"),
        "status": _of("status"),
        "list": _of("list, what waits, what is waiting"),
        "help": _of("help, commands"),
        "withdraw": _of("withdraw, withdraws, withdrawn, withdrawing, take back, retract"),
        "version": _of("version, new version, replace, new text"),
        "confirm": _of("confirm, confirmed, confirms"),
        "agree": _of("agree, agrees, agreed, accept, accepted"),
    }
}
YES: Words = {"en": _of("yes, yes please, ok, okay, o.k., y, yep, yeah, aye")}
NO: Words = {"en": _of("no, nope, nay")}

LINK_ENDS = ("by", "mail")  # of our own tap links, "reject A-4 by mail": a wrapped one may stand alone on a line
SAME = {"yes": _of("approve, confirm, agree, withdraw"), "no": _of("reject")}  # "yes, approve": the second word counts

# What may stand around a verb

LEADS: Words = {"en": _of("please, pls, kindly, i, we")}  # before it
PARTICLES: Words = {  # between a verb and a reference, or before a number
    "en": _of(
        "the, this, item, items, number, numbers, article, articles, author, of, on, for, about, to, material, request"
    )
}
COPULAS: Words = {"en": _of("is, are, be, as")}  # between a reference and a verb
COURTESIES: Words = {  # after it, the closed list
    "en": _of(
        "thanks, thanks a lot, thanks very much, many thanks, thank you, thank you very much, thx, "
        "ty, cheers, please, pls, regards, best, best regards, kind regards, best wishes, great, "
        "great work, good work, nice work, well done, lovely, it, this, this one, that one, them, "
        "both, from me, for me, by me, now, today, gladly, very gladly, happily, with pleasure, of course"
    )
}
GREETINGS: Words = {
    "en": _of("hi, hello, hey, dear, good morning, good afternoon, good evening, morning, greetings, happy new year")
}
SIGN_OFFS: Words = {
    "en": _of(
        "regards, best, best regards, kind regards, warm regards, with kind regards, best wishes, "
        "thanks, many thanks, thank you, thanks a lot, thanks again, cheers, yours, yours sincerely, "
        "sincerely, all the best, take care, see you, warmly, love, xx, bye"
    )
}
NOT_NAMES: Words = {  # single words that answer, however unclearly, and are no signature
    "en": _of(
        "sure, fine, never, maybe, perhaps, agreed, absolutely, definitely, good, great, done, "
        "ditto, same, nothing, none, pass, abstain, skip, no opinion, go, stop, cancel"
    )
}
NEGATIONS: Words = {
    "en": _of(
        "not, don't, dont, do not, never, can't, cannot, cant, won't, wouldn't, shouldn't, isn't, "
        "no, nor, neither, without, against, unsure, hardly"
    )
}
CONDITIONS: Words = {  # words that take back, or half take back, what was just said
    "en": _of(
        "but, only, unless, except, provided, providing, if, as long as, subject to, on condition, "
        "assuming, however, though, although, once, until, when, after"
    )
}
NO_BUT: Words = {
    "en": _of(
        "no, problem, problems, objection, objections, opinion, worries, idea, comment, comments, "
        "rush, doubt, need, issue, issues, one, matter, reason"
    )
}
ALL: Words = {"en": _of("all, everything, all of them, all items, all of these")}
EXCEPT: Words = {"en": _of("except, but, except for, apart from, besides, other than, but not, without")}
AND: Words = {"en": _of("and, plus, &, +")}
OR: Words = {"en": _of("or, otherwise, rather")}
TO: Words = {"en": _of("to, through, until, till")}
KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "article": _of("article, articles"),
        "material": _of("material, materials"),
        "membership": _of("membership, memberships, request, requests, application, applications"),
        "enquiry": _of("enquiry, enquiries, inquiry, inquiries"),
        "unsorted": _of("unsorted"),
        "help": _of("help"),
    }
}


def phrases(table: Words) -> frozenset[tuple[str, ...]]:
    """All languages' phrases as word tuples."""
    return frozenset(tuple(phrase.split()) for words in table.values() for phrase in words)


def forms(who: str) -> dict[tuple[str, ...], str]:
    """How somebody of this role can say each of their verbs: words -> verb, `yes` or `no`."""
    role = "member" if who == "operator" else who
    said = {
        tuple(form.split()): verb
        for table in FORMS.values()
        for verb, words in table.items()
        if role in VERBS[verb].who
        for form in words
    }
    yes = dict.fromkeys(phrases(YES), "yes")
    return said | yes | (dict.fromkeys(phrases(NO), "no") if role == "member" else {})


def kinds() -> dict[str, str]:
    """Word -> kind."""
    return {word: kind for table in KINDS.values() for kind, words in table.items() for word in words}
