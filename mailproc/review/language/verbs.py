"""The verbs as data: who may say them, on which kinds, and what may follow; with the words of all languages.

The words themselves stand in `lexicon`, one file a language, and are looked up together here, since a group
answers in more than one. No code but lookups; what a line means is `grammar`'s, and what a verb does is the desk's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mailproc.kinds.every import EVERY, KINDS
from mailproc.review.language import words
from mailproc.review.language.lexicon import LEXICONS, SHARED, Lexicon
from mailproc.review.language.words import Phrases

NOTHING, TEXT, KIND, BODY, LINE, FILE = "nothing", "text", "kind", "body", "line", "file"
OF_FILES = frozenset(  # said of a file, by its group's name, and of no item
    {"contents", "complete", "offline", "restore", "layout", "wanted", "unwanted", "have a part in", "me again for"}
)


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that people can say."""

    name: str
    who: frozenset[str]  # member author applicant; the operator speaks as a member
    kinds: frozenset[str] = frozenset()  # on which it can be said; empty: on all
    takes: str = NOTHING  # words after it: none, free TEXT, a KIND with section or group, the BODY that follows,
    #                       what its own LINE says: "until FRIDAY", or the FILE of a group, by its name
    needs_item: bool = True
    needs_words: bool = False
    anywhere: bool = False  # also on items that the letter does not list
    decides: bool = False  # two such on one item contradict each other
    of_self: bool = False  # about the member who says it, or about files: no item, and nothing else on the line
    of_file: bool = False  # said of an item, or of a group by its name: "claim North Pier"


def _verb(name: str, who: str, takes: str = NOTHING, **flags: bool) -> tuple[str, Verb]:
    """On the kinds that say so of themselves; where none does, on all."""
    kinds = frozenset(kind.name for kind in EVERY if name in kind.verbs)
    return name, Verb(name, frozenset(who.split()), kinds, takes, **flags)


def _habit(name: str, takes: str = NOTHING, *, needs_words: bool = False) -> tuple[str, Verb]:
    return _verb(name, "member", takes=takes, needs_words=needs_words, needs_item=False, of_self=True)


VERBS: dict[str, Verb] = dict(
    (
        _verb("approve", "member", decides=True),
        _verb("reject", "member", TEXT, decides=True),
        _verb("hold", "member", decides=True),
        _verb("ask", "member", TEXT, needs_words=True, decides=True),
        _verb("discard", "member", decides=True),
        _verb("sort", "member", takes=KIND, needs_words=True, anywhere=True, decides=True),
        _verb("undo", "member", takes=TEXT, anywhere=True, of_file=True),  # behind a colon: why it comes down
        _verb("note", "member", takes=TEXT, needs_words=True),
        _verb("show", "member", anywhere=True),
        _verb("status", "member author applicant", needs_item=False, anywhere=True),
        _verb("list", "member", needs_item=False),
        _verb("help", "member author applicant", needs_item=False),
        _verb("unclaim", "member", takes=TEXT, of_file=True),  # "ask Sam", "for North Pier"
        _verb("claim", "member", anywhere=True, of_file=True),
        _verb("done", "member", takes=TEXT, anywhere=True, of_file=True),
        _verb("up", "member", takes=LINE, anywhere=True, of_file=True),  # the address of the web where it is
        _verb("counts", "member", takes=TEXT, needs_words=True, anywhere=True),  # as what: "history"
        _verb("retract", "member", TEXT, anywhere=True, decides=True),
        _verb("replace", "member", BODY, anywhere=True, decides=True),
        _verb("correct", "member", BODY, anywhere=True, decides=True),  # a note on what is up
        _verb("hide", "member", TEXT, anywhere=True, decides=True),  # at once; why, to its author
        _verb("schedule", "member", LINE, anywhere=True, decides=True),  # "1 May 08:00"; on what waits it is a yes
        _verb("decoration", "member", TEXT, needs_words=True, anywhere=True),  # the name of an attachment
        _verb("not decoration", "member", TEXT, needs_words=True, anywhere=True),
        _verb("answer", "member", BODY, anywhere=True, decides=True),  # to the reader
        _verb("close", "member author", anywhere=True, decides=True),
        _verb("concerns", "member", TEXT, needs_words=True, anywhere=True),  # the reference of what is up
        _verb("append", "member", anywhere=True, decides=True),  # the answer, to the page that it is about
        _habit("away", LINE),  # "until FRIDAY, stand-in NAME": see `when`
        _habit("back"),
        _habit("at once"),
        _habit("daily", LINE),  # "18:00"
        _habit("quiet", LINE, needs_words=True),  # "22:00-07:00", "never"
        _habit("time zone", LINE, needs_words=True),  # "Europe/Lisbon"
        _habit("stand-in", LINE, needs_words=True),  # an addr-spec, a name, "nobody"
        _habit("silent"),
        _habit("transcripts"),
        _habit("resign"),
        _habit("new address"),
        _habit("access"),
        _habit("digest"),
        _habit("roll"),
        _habit("ask me for", LINE, needs_words=True),  # "history", "nothing"
        _habit("have a part in", FILE, needs_words=True),  # what "not me for North Pier" says, too
        _habit("me again for", FILE, needs_words=True),
        _habit("contents", FILE, needs_words=True),
        _habit("complete", FILE, needs_words=True),
        _habit("offline", FILE, needs_words=True),
        _habit("restore", FILE, needs_words=True),
        _habit("layout", BODY, needs_words=True),  # a file's name, and its order in the lines below
        _habit("wanted", LINE, needs_words=True),
        _habit("unwanted", LINE, needs_words=True),
        _verb("withdraw", "author applicant", decides=True),
        _verb("version", "author", BODY, decides=True),
        _verb("confirm", "author", BODY, decides=True),
        _verb("agree", "author applicant", decides=True),
        _verb("decline", "applicant", needs_item=False, decides=True),
        _verb("object", "author", TEXT, needs_words=True),
        _verb("stop", "author", decides=True),
        _verb("change", "author", BODY),  # lines of a proof, OLD and NEW
        _verb("pen name", "author", TEXT, needs_words=True),
        _verb("first name", "author"),
        _verb("co-author", "author", TEXT, needs_words=True),
        _verb("no name", "author"),
        _verb("language", "author applicant member", LINE, needs_words=True, needs_item=False),
        _verb("no receipts", "author applicant", needs_item=False),
        _verb("receipts", "author applicant", needs_item=False),
        _verb("one letter a day", "author applicant", needs_item=False),
        _verb("each letter", "author applicant", needs_item=False),
        _verb("appeal", "applicant", TEXT, decides=True),
    )
)
for _kind in EVERY:
    if _strange := _kind.verbs - VERBS.keys():
        raise ValueError(f'kinds/every.py, kind "{_kind.name}": nobody can say {", ".join(sorted(_strange))}')

DATED = frozenset({"yes", "approve", "schedule", "hold"})  # behind which a day may stand, as a whole line
OF_SELF = frozenset(name for name, verb in VERBS.items() if verb.of_self)
OF_NAMES = frozenset({"counts", "concerns", "decoration", "not decoration"})  # of something; below begins another line
TEXT_BELOW = frozenset({"version", "replace", "correct", "answer", "change"})  # text for others: all of it, or none
UNSURE = frozenset(words.fold(word) for word in SHARED.harmless)

LINK_ENDS = ("by", "mail")  # of our own tap links, "reject A-4 by mail": a wrapped one may stand alone on a line
SAME = {"yes": ("approve", "confirm", "agree", "withdraw"), "no": ("reject",)}  # "yes, approve": the second counts


def written(who: str) -> Iterator[tuple[str, str]]:
    """(phrase as people write it, verb) for all that this role can say; `yes` and `no` among the verbs, and last."""
    role = "member" if who == "operator" else who
    for lexicon in LEXICONS:
        for verb, said in lexicon.forms.items():
            if role in VERBS[verb].who:
                yield from ((form, verb) for phrase in said for form in spellings(phrase, lexicon))
    for lexicon in LEXICONS:
        yield from ((phrase, "yes") for phrase in lexicon.yes)
        if role == "member":
            yield from ((phrase, "no") for phrase in lexicon.no)


def spellings(phrase: str, lexicon: Lexicon) -> tuple[str, ...]:
    """A phrase, and the same without the letters of its language: "genehmigen für", "genehmigen fuer"."""
    other = phrase
    for letter, instead in lexicon.spellings.items():
        other = other.replace(letter, instead)
    return (phrase, other) if other != phrase else (phrase,)


@cache
def forms(who: str) -> Phrases:
    """How somebody of this role can say each of their verbs, `yes` and `no`, in any language."""
    return words.table(written(who))


@cache
def decisions(who: str) -> Phrases:
    """Only the forms that decide on an item at once."""
    return words.table((form, verb) for form, verb in written(who) if verb in {"approve", "reject", "hold", "discard"})


def every(field: str) -> Iterator[str]:
    """All phrases of one list of `answers`, in every language."""
    for lexicon in LEXICONS:
        yield from (form for phrase in getattr(lexicon.answers, field) for form in spellings(phrase, lexicon))


def kind_names(*, everyday: bool) -> Iterator[tuple[str, str]]:
    """(name, kind) of what a mail that nobody could sort may be; `everyday`: also as its author may call it."""
    for lexicon in LEXICONS:
        for kind, said in (*lexicon.kinds.items(), *(lexicon.called.items() if everyday else ())):
            if kind in KINDS and not KINDS[kind].guessed:
                yield from ((form, kind) for name in said for form in spellings(name, lexicon))


@cache
def phrases(*fields: str) -> Phrases:
    """The phrases of these fields of all lexicons, each meaning "said"."""
    return words.table(
        (form, "said")
        for lexicon in LEXICONS
        for field in fields
        for phrase in getattr(lexicon.answers if hasattr(lexicon.answers, field) else lexicon, field)
        for form in spellings(phrase, lexicon)
    )


def names_spam(line: str) -> bool:
    """Whether a member's line calls something spam, in any language."""
    found = words.tokens(words.clean(line))
    return any(words.phrase_at(found, at, phrases("spam"))[0] for at in range(len(found)))


@cache
def numbers() -> Phrases:
    """Numbers as they are dictated, "twenty-one" and "twenty one", with what they are in digits."""
    return words.table(
        (form.replace(" ", hyphen), str(number))
        for lexicon in LEXICONS
        for number, said in enumerate(lexicon.numbers, 1)
        for phrase in said
        for form in spellings(phrase, lexicon)
        for hyphen in " -"
    )


@cache
def ordinals() -> Phrases:
    """The names of places, with their numbers in digits: "the first one" is at place 1."""
    return words.table(
        (form, str(place))
        for lexicon in LEXICONS
        for place, said in enumerate(lexicon.ordinals, 1)
        for phrase in said
        for form in spellings(phrase, lexicon)
    )


@cache
def signs() -> Phrases:
    """What thumbs, ticks and crosses answer: "yes" or "no"."""
    return words.table(SHARED.signs.items())


@cache
def kinds() -> Phrases:
    """What the kinds of items are called."""
    own = [(kind.name, kind.name) for kind in EVERY]  # so that one is understood for which a language has no word
    said = [
        (form, kind)
        for lexicon in LEXICONS
        for kind, names in lexicon.kinds.items()
        for name in names
        for form in spellings(name, lexicon)
    ]
    return words.table([*own, *said])


@cache
def spelt(who: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Forms of one word by their first letter: folded -> (as written, verb). In these a misspelt verb is looked for."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for form, verb in written(who):
        if " " not in form and verb not in {"yes", "no"}:
            folded = words.fold(form)
            found.setdefault(folded[0], {}).setdefault(folded, (form, verb))
    return found
