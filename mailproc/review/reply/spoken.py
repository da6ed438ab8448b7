"""What one line with a verb asks for, on which items; or why it asks for nothing.

The whole-line rule lives here: what may follow a verb and what makes a line doubtful. What comes back with an
unclear line is worded by `hints`. Values in, values out; it never fails.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailproc.kinds.every import KINDS, OF_LETTER, UNSORTED
from mailproc.phrase import Phrase, Said, say
from mailproc.review.language import behind, manners, reasons, talk, verbs, when
from mailproc.review.language.grammar import Sentence
from mailproc.review.language.verbs import VERBS, Verb
from mailproc.review.language.words import Phrases, Token, phrase_at
from mailproc.review.reply import file, habit, hints
from mailproc.review.reply.reading import Listed
from mailproc.review.reply.resolve import Meant, Scope, cure, misfit, resolve, suits

WISH = "withdrawal-unclear"  # an author may want theirs back, and does not say so plainly
_SORTABLE = (*(kind for kind in KINDS if kind != UNSORTED), "help")
_MOST_WORDS_OF_A_PLACE = 8
_ASKING = frozenset({"status", "show", "list", "help"})  # verbs that are questions: "status?" is said by its whole line
_OF_ALL_FILES = frozenset({"offline", "restore"})
_FEW_BEHIND = 4  # words behind a verb that may take it back
_MEANT_AS_NO_REASON = 3  # words behind a verb up to which a negation at their end speaks of the verb


@dataclass(frozen=True, slots=True)
class Speech:
    """What has to be known beside the line itself: who says it, and where in the reply."""

    who: str
    scope: Scope
    standing: tuple[str, ...] | None  # items that a bare word is about; None: below a signature
    forms: Phrases


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a line asks for: (verb, references, argument) each; or a reason slug, and what would have worked."""

    commands: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    name: str = ""  # the verb said
    words: str = ""
    takes: str = verbs.NOTHING
    needs_words: bool = False
    decides_alone: bool = False  # a decision that no words may follow
    reason: str = ""
    hint: Said = ""


def speak(said: Sentence, speech: Speech) -> Spoken:
    """What a line with a verb asks for, or a reason why it does not act."""
    if said.verb == "yes":
        return _yes(said, speech)
    verb = VERBS["reject" if said.verb == "no" else said.verb]
    if aside := _aside(said, verb, speech):
        return aside
    meant = _meant(said, verb, speech)
    if meant.reason:
        return Spoken(reason=meant.reason, hint=meant.hint)
    dated = _dated(said, verb, meant)
    wrong = _wrong(said, verb, meant, speech) if dated is None else ""
    if wrong:
        wish = verb.name == "withdraw" and not manners.negates(said.rest[:_MEANT_AS_NO_REASON])
        return Spoken(reason=WISH if wish else wrong, hint=hints.without(meant.refs, verb.name, wrong))
    if dated is not None or verb.takes == verbs.KIND:
        return dated or _sort(said, meant, speech)
    words = said.words if verb.takes != verbs.NOTHING and not manners.courteous(said.rest) else ""
    return Spoken(
        commands=((verb.name, meant.refs, _argument(said, verb, words)),),
        name=verb.name,
        words=words,
        takes=verb.takes if words or verb.name != "undo" else verbs.NOTHING,
        needs_words=verb.needs_words,
        decides_alone=verb.decides and (verb.takes == verbs.NOTHING or said.verb == "no"),
        hint=hints.with_words(meant.refs, verb),
    )


def _dated(said: Sentence, verb: Verb, meant: Meant) -> Spoken | None:
    """`approve on 1 May 08:00`, `hold until Friday`: with the day as argument; None where none stands there alone."""
    if verb.name not in verbs.DATED:
        return None
    day = _day(said, verb.name, meant)
    if not day and verb.name == "schedule":
        return Spoken(reason="no-day", hint=hints.dated(meant.refs))
    return Spoken(((verb.name, meant.refs, day),), name=verb.name, decides_alone=True) if day else None


def _day(said: Sentence, verb: str, meant: Meant) -> str:
    """The day behind a verb, as written; "" where something else stands there, or it goes not by days on an item."""
    words = habit.words_of(said)
    if verb == "hold":
        return words if when.names_how_long(words) else ""
    go_up = all("schedule" in kind.verbs for ref in meant.refs if (kind := OF_LETTER.get(ref[0])))
    if go_up and verb == "schedule" and when.is_now(said.words):
        return said.words
    return words if go_up and when.names_a_moment(words) else ""


def is_whole(said: Sentence) -> bool:
    """Whether nothing but courtesies or a day stands behind a verb: "yes, thanks", "yes on 1 May 08:00"."""
    return manners.courteous(said.rest) or (said.verb in verbs.DATED and when.names_a_moment(habit.words_of(said)))


def _argument(said: Sentence, verb: Verb, words: str) -> str:
    """To whom "not me" hands an item; that a reason is named."""
    if verb.name == "unclaim":
        return habit.handed_to(said.rest, words)
    return reasons.NAMED if verb.name == "reject" and (_is_named(said) or _names_a_day(said)) else ""


def _names_a_day(said: Sentence) -> bool:
    """Whether a day stands at the head of the reason: "reject until March: we are few"."""
    return not _is_free(said) and reasons.begins_with_a_day(said.rest, " " * said.words_at + said.words)


def _aside(said: Sentence, verb: Verb, speech: Speech) -> Spoken | None:
    """What is said of oneself, of files, or of where one stands for readers; None for what is said of items."""
    if verb.name in verbs.OF_FILES:
        return _of_files(said, verb, speech)
    if verb.of_self:
        return _of_self(said, verb, speech)
    on_a_file = _on_a_file(said, verb, speech) if verb.of_file else None
    return on_a_file or (_up(said, verb, speech) if verb.name == "up" else None)


def acts(said: Sentence, speech: Speech) -> bool:
    """Whether a line asks for something by itself, and is no line of an order: "Reject: F-124" orders nothing."""
    if not said.verb:
        return False
    return said.verb in verbs.SAME or manners.courteous(said.rest) or bool(speak(said, speech).commands)


def broken_off(said: Sentence, who: str) -> Spoken:
    """A plain sentence that hangs on its neighbours: "I would like to withdraw / my second comment"."""
    if said.bare:
        return Spoken(reason="unfinished" if who == "member" else "", hint=hints.write((), "sort article"))
    return Spoken(reason=WISH if said.verb == "withdraw" else "unfinished", hint=hints.write((), said.verb))


def _unsorted(meant: Meant, speech: Speech) -> bool:
    """Whether nobody has sorted what a kind's name alone is about."""
    items = [speech.scope.by_ref.get(ref) for ref in meant.refs]
    return bool(items) and all(item is not None and KINDS[item.kind].guessed for item in items)


def _no_verb(meant: Meant, speech: Speech) -> Spoken:
    """A kind's name that sorts nothing: an author's prose, and a member's line without a verb."""
    if speech.who != "member":
        return Spoken()
    refs = tuple(ref for ref in meant.refs if ref in speech.scope.by_ref)
    return Spoken(reason="no-verb", hint=hints.any_verb(refs or speech.standing or (), speech.scope))


def _of_self(said: Sentence, verb: Verb, speech: Speech) -> Spoken:
    """`away until Friday`, `daily 18:00`, `resign`: only as a whole line above the signature, and on no item."""
    words = habit.words_of(said) if verb.takes == verbs.LINE else ""
    doubts = (
        ("below-signature", speech.standing is None),
        ("extra-words", said.targets is not None),
        ("question", manners.asks(said.rest)),
        ("conditional", manners.takes_back(said.rest) and not words),
        ("extra-words", verb.takes == verbs.NOTHING and not manners.courteous(said.rest)),
        ("no-words", verb.needs_words and not words),
        ("unclear-words", bool(words) and not habit.SAYS[verb.name](words)),
    )
    reason = next((slug for slug, holds in doubts if holds), "")
    if reason:
        return Spoken(reason=reason, hint=hints.of_self(verb.name))
    return Spoken(((verb.name, (), ""),), name=verb.name, words=words, takes=verb.takes)


def _of_files(said: Sentence, verb: Verb, speech: Speech) -> Spoken:
    """`contents North Pier`, `restore all`, `wanted: a cartoonist`: a whole line, and a file that there is."""
    words, files = habit.words_of(said), speech.scope.listing.files
    name, rest = file.named(words, files)
    order = rest if verb.takes == verbs.BODY and words.removesuffix(rest).rstrip().endswith(":") else ""
    looked_for = file.sought(words, files, speech.scope.listing.sections)
    free = verb.takes == verbs.LINE  # of what is wanted a file may stand anywhere in the line, or none behind a colon
    doubts = (
        ("below-signature", speech.standing is None),
        ("question", manners.asks(said.rest)),
        ("no-words", not words),
        ("conditional", not free and not order and manners.takes_back(said.rest)),
        ("unknown-file", not free and (not name or rest != order)),
        ("unknown-file", name == file.ALL and verb.name not in _OF_ALL_FILES),
        ("extra-words", free and not _is_free(said) and not (looked_for.file or looked_for.section)),
    )
    reason = next((slug for slug, holds in doubts if holds), "")
    if reason:
        return Spoken(reason=reason, hint=hints.of_file(verb.name, files))
    argument = looked_for.file if free else name
    said_of = words if free else order
    return Spoken(((verb.name, (), argument),), name=verb.name, words=said_of, takes=verb.takes, needs_words=free)


def _on_a_file(said: Sentence, verb: Verb, speech: Speech) -> Spoken | None:
    """`claim North Pier`, `not me for North Pier`, `up North Pier https://...`; None where no file is named."""
    if said.targets is not None or speech.standing is None or manners.asks(said.rest[-1:]):
        return None
    words, link = _linked(said) if verb.name == "up" else (habit.words_of(said), "")
    name, rest = file.named(words, speech.scope.listing.files)
    if verb.name == "unclaim" and (rest or not file.regards(words)):  # "give to North Pier" hands it on
        return None
    if name in {"", file.ALL} or (rest and verb.takes != verbs.TEXT):
        return None
    return Spoken(((verb.name, (), name),), name=verb.name, words=link or rest, takes=verbs.LINE)


def _linked(said: Sentence) -> tuple[str, str]:
    """The words behind the verb without the address among them, and that address as it was written."""
    words, link = habit.words_of(said), file.address(said.words)
    begun = file.address(words)  # a stroke at its end is a mark
    return (words.replace(begun, " "), link) if begun and link.startswith(begun) else (words, "")


def _up(said: Sentence, verb: Verb, speech: Speech) -> Spoken:
    """`T-130 up https://...`: where the file of a task is for readers now; alone, where it was before."""
    meant = _meant(said, verb, speech)
    rest, link = _linked(said)
    reason = meant.reason or ("extra-words" if rest.strip(" <>()") else "")
    if reason:
        return Spoken(reason=reason, hint=meant.hint or hints.up(meant.refs))
    return Spoken(((verb.name, meant.refs, ""),), name=verb.name, words=link, takes=verbs.LINE)


def _meant(said: Sentence, verb: Verb, speech: Speech) -> Meant:
    """The items that the line is about: those it names, else those it stands under."""
    scope = speech.scope
    if said.targets is not None:
        if verb.anywhere:
            scope = replace(scope, outside=True)
        return resolve(said.targets, verb, scope)
    if not verb.needs_item:
        return Meant(speech.standing or () if verb.anywhere else ())
    if speech.standing:
        return _suiting([scope.by_ref[ref] for ref in speech.standing if ref in scope.by_ref], verb)
    if speech.who != "member":
        return _only_one(verb, scope)
    if scope.listing.single and speech.standing is not None:
        return Meant()
    return Meant(reason="no-reference", hint=hints.example(scope, verb, said.tokens))


def _suiting(items: list[Listed], verb: Verb) -> Meant:
    wrong = next((item for item in items if not suits(item, verb)), None)
    if wrong is None:
        return Meant(tuple(item.ref for item in items))
    return Meant(reason="not-for-kind", hint=misfit(wrong))


def _only_one(verb: Verb, scope: Scope) -> Meant:
    """The item that an author's bare word is about: the only one of the letter on which the verb goes."""
    refs = tuple(item.ref for item in scope.listing.items if suits(item, verb))
    if len(refs) == 1 or (scope.listing.single and not scope.listing.items):
        return Meant(refs)
    return Meant(reason="no-reference", hint=hints.example(scope, verb))


def _wrong(said: Sentence, verb: Verb, meant: Meant, speech: Speech) -> str:
    """Why the words around the verb keep it from acting: a slug, or ""."""
    rest = said.rest
    if verb.name == "reject" and said.verb != "no" and _is_named(said):
        return _wrong_behind_a_name(said, speech)
    if verb.takes == verbs.NOTHING or (verb.name == "undo" and not (rest and rest[0].text == ":")):
        asking = verb.name in _ASKING
        return _not_courteous(tuple(t for t in rest if t.text != "?") if asking else rest)
    if verb.takes == verbs.BODY and not said.divided and not manners.courteous(rest):
        return "extra-words"
    reasoned = verb.takes == verbs.TEXT and verb.name not in {"ask", "unclaim"}
    doubts = (
        ("our-link", tuple(token.text for token in rest[:2]) == verbs.LINK_ENDS),
        ("extra-words", said.verb == "no" and not manners.courteous(rest) and not _gives_a_reason(said, speech)),
        ("question", _asked(rest)),
        ("ambiguous", verb.takes == verbs.TEXT and _uncertain_targets(said, meant, speech)),
        ("two-commands", verb.takes == verbs.TEXT and _second_command(rest, speech.who)),
        ("conditional", verb.decides and verb.name != "ask" and not _is_free(said) and manners.goes_another_way(rest)),
        ("question", verb.decides and verb.name != "ask" and not said.divided and manners.asks(rest[-1:])),
        ("extra-words", not said.divided and said.targets is None and talk.reports(rest[: _FEW_BEHIND + 1])),
        ("extra-words", verb.name != "ask" and not said.divided and talk.tells_of_the_past(rest)),
        ("extra-words", reasoned and not said.divided and _tells(said)),
        ("two-commands", reasoned and not _is_free(said) and behind.turns(rest, verb.name)),
        ("conditional", verb.decides and not said.divided and talk.jokes(rest[:_FEW_BEHIND])),
        ("conditional", verb.decides and verb.name != "ask" and talk.hedges(rest)),
        ("negated", verb.decides and verb.name != "ask" and _negated_behind(said)),
        ("extra-words", verb.name == "unclaim" and not _hands_on(said, speech)),
        ("two-meanings", verb.name == "ask" and not said.divided and bool(habit.person(said.words))),
        ("extra-words", verb.name == "ask" and not said.divided and not _asks_something(rest)),
    )
    return next((slug for slug, holds in doubts if holds), "")


def _is_named(said: Sentence) -> bool:
    """Whether a named reason follows the verb: "reject off topic", "reject later: in spring again".

    What stands behind a colon is always the member's own words: "reject: no sources" says just that.
    """
    return not said.plain and not _is_free(said) and reasons.stands_at_head(said.rest, " " * said.words_at + said.words)


def _wrong_behind_a_name(said: Sentence, speech: Speech) -> str:
    """Why the words behind a named reason keep it from acting: a slug, or ""."""
    doubts = (
        ("question", _asked(said.rest)),
        ("two-commands", _second_command(said.rest, speech.who)),
        ("conditional", talk.hedges(said.rest)),
    )
    return next((slug for slug, holds in doubts if holds), "")


def _tells(said: Sentence) -> bool:
    """Whether the words tell of the verb, and give no reason: "rejected last year", "reject the second photo"."""
    return behind.tells(said.tokens[: len(said.tokens) - len(said.rest)], said.rest)


def _is_free(said: Sentence) -> bool:
    """Whether a colon stands behind the verb: what follows is a reason, whatever it says."""
    return bool(said.rest) and said.rest[0].text == ":"


def _asks_something(rest: tuple[Token, ...]) -> bool:
    """Whether words behind `ask` are a question: with its mark, or as "whether ..."; "asks too much" is none."""
    return not rest or manners.asks(rest) or talk.questions(rest)


def _asked(rest: tuple[Token, ...]) -> bool:
    """Whether a question mark follows the verb at once: "reject?", "reject!?"."""
    first = next((n for n, token in enumerate(rest) if token.kind != "mark"), len(rest))
    return any(token.text == "?" for token in rest[:first])


def _negated_behind(said: Sentence) -> bool:
    """Whether a negation at the end takes the verb back: "ablehnen nicht", "ablehnen würde ich nicht"."""
    few = sum(token.kind == "word" for token in said.rest) <= _MEANT_AS_NO_REASON
    return not _is_free(said) and (few or not said.divided) and manners.ends_negated(said.rest)


def _gives_a_reason(said: Sentence, speech: Speech) -> bool:
    """Whether what follows `no` is its reason: yes in "no: too long", not in "no problem" and "no, approve it"."""
    return (
        said.divided
        and (_is_free(said) or not talk.denies(said.rest[:_FEW_BEHIND]))
        and not manners.contradicts_no(said.rest, speech.forms)
    )


def _hands_on(said: Sentence, speech: Speech) -> bool:
    """Whether what follows `not me` says who else: "not me, ask Sam", "give to Sam"; not "not me who wrote that"."""
    if manners.courteous(said.rest):
        return True
    decides = manners.mentions(said.rest, verbs.decisions(speech.who))
    return not decides and not manners.takes_back(said.rest) and (said.divided or bool(habit.name_in(said.words)))


def _not_courteous(rest: tuple[Token, ...]) -> str:
    if manners.courteous(rest):
        return ""
    if manners.asks(rest):
        return "question"
    return "conditional" if manners.takes_back(rest) else "extra-words"


def _uncertain_targets(said: Sentence, meant: Meant, speech: Speech) -> bool:
    """Whether what looks like an item may be part of the reason: "reject A-12 says it better", "No. 12"."""
    if said.targets is None:
        return False
    if said.targets.everything and said.words and said.rest[0].text != ":":
        return True  # "rejeter tout simplement me paraît trop dur"
    if not said.leads:
        return False
    numbers = any("-" not in first for first, _ in said.targets.spans)
    if said.divided:
        return numbers and said.verb == "no" and said.tokens[0].text == "no"
    return numbers or (bool(speech.standing) and set(speech.standing or ()) != set(meant.refs))


def _second_command(rest: tuple[Token, ...], who: str) -> bool:
    """Whether the words hold a second command: "too long, A-13 approve"."""
    decisions = verbs.decisions(who)
    groups = verbs.phrases("others")
    for at, token in enumerate(rest):
        others, end = phrase_at(rest, at, groups)
        if others and (phrase_at(rest, end, decisions)[0] or (at and phrase_at(rest, at - 1, decisions)[0])):
            return True
        if token.kind == "ref":
            behind = at + 2 if at + 1 < len(rest) and rest[at + 1].kind == "mark" else at + 1
            if phrase_at(rest, behind, decisions)[0] or (at and phrase_at(rest, at - 1, decisions)[0]):
                return True
    return False


def _yes(said: Sentence, speech: Speech) -> Spoken:
    """`yes` and `ok`: approve, take the best guess of an unsorted mail, confirm, or agree."""
    meant = _meant(said, Verb("yes", frozenset()), speech)
    day = _day(said, "yes", meant) if speech.who == "member" and meant.refs else ""
    if said.targets is not None and said.targets.everything and talk.is_wellbeing(said.tokens):
        return Spoken(reason="two-meanings", hint=say("hint/all-of-them"))
    wrong = _not_courteous(said.rest) if not day else ""
    if meant.reason or wrong:
        first = meant.refs or speech.standing or ()
        unfit = next((ref for ref in first if not _yes_to(ref, speech.scope.by_ref.get(ref), speech.who)[0]), None)
        works = _no_guess(unfit, speech) if unfit is not None else hints.write(first, "yes")
        return Spoken(reason=meant.reason or wrong, hint=meant.hint or works)
    sorted_since = next((i for r in meant.refs if (i := speech.scope.by_ref.get(r)) and _is_sorted_since(i)), None)
    if sorted_since and speech.who == "member":  # their yes took the guess that the letter showed
        called = say("words/a-kind", kind=sorted_since.kind)
        hint = say("hint/by-now", ref=sorted_since.ref, called=called, how=cure(sorted_since))
        return Spoken(reason="sorted-since", hint=hint)
    says = {ref: _yes_to(ref, speech.scope.by_ref.get(ref), speech.who) for ref in meant.refs}
    unfit = next((ref for ref, (verb, _) in says.items() if not verb), None)
    if unfit is not None:
        return Spoken(reason="no-guess", hint=_no_guess(unfit, speech))
    if not says and speech.who == "member":
        return Spoken(reason="no-reference", hint=hints.write((), "yes"))
    alone = (("agree" if speech.who == "applicant" else "confirm", (), ""),)
    groups: dict[tuple[str, str], list[str]] = {}
    for ref, sense in says.items():
        groups.setdefault(sense, []).append(ref)
    commands = tuple((verb, tuple(refs), day or argument) for (verb, argument), refs in groups.items())
    return Spoken(commands or alone, name="confirm", takes=verbs.NOTHING, decides_alone=True)


def _no_guess(ref: str, speech: Speech) -> Phrase:
    """What works on an unsorted item of which the letter guesses nothing, or on a task, which takes no yes."""
    item = speech.scope.by_ref.get(ref)
    if item is not None and "claim" in KINDS[item.kind].verbs:
        return misfit(item)
    return say("hint/or-discard", ref=ref)


def _is_sorted_since(item: Listed) -> bool:
    """The letter showed it with a guess at most, and somebody has said since what it is."""
    return item.kind != item.shown and KINDS[item.shown].guessed


def _yes_to(ref: str, item: Listed | None, who: str) -> tuple[str, str]:
    """(verb, argument) of a yes on one item; ("", "") where it says nothing."""
    kind = KINDS.get(item.kind) if item else OF_LETTER.get(ref[0])
    if who != "member":
        return "agree" if who == "applicant" else kind.yes if kind else "confirm", ""
    if item and kind and kind.guessed:
        return ("sort", item.guess) if item.guess else ("", "")
    return ("approve", "") if kind and kind.voted else ("", "")


def _sort(said: Sentence, meant: Meant, speech: Speech) -> Spoken:
    """`sort KIND [section or group]`; the kind may be an inflection, "as an" may stand before it."""
    if said.bare and not _unsorted(meant, speech):
        return _no_verb(meant, speech)
    head, why = _reasoned(said)
    words = [token for token in head if token.kind != "mark"]
    if tuple(token.text for token in words[-2:]) == verbs.LINK_ENDS:
        return Spoken(reason="our-link", hint=hints.kinds(meant.refs, [], _SORTABLE))
    before = verbs.phrases("determiners", "ranging", "copulas", "particles")
    while (
        words and words[0].text not in verbs.kinds() and (phrase_at((words[0],), 0, before)[0] or words[0].text == "an")
    ):
        words.pop(0)
    kind, end = phrase_at(tuple(words), 0, verbs.kinds())
    if kind not in _SORTABLE or manners.asks(head) or manners.asks(why):
        return Spoken(reason="unknown-kind" if words else "no-words", hint=hints.kinds(meant.refs, words, _SORTABLE))
    rest = words[end:]
    until = why[0].start - said.words_at if why else None
    place = "" if manners.courteous(rest) else said.words[words[end - 1].end - said.words_at : until]
    if manners.goes_another_way(rest) or manners.takes_back(why) or len(rest) > _MOST_WORDS_OF_A_PLACE:
        return Spoken(reason="extra-words", hint=hints.kinds(meant.refs, [], _SORTABLE))
    place = " ".join(place.strip(" ,:;.!-()\"'").split())
    told = said.words[until:].lstrip(": ").strip() if until is not None else ""
    bare, files = " ".join(told.strip(" ,:;.!-()\"'").split()), speech.scope.listing.files
    if not place and kind in KINDS and KINDS[kind].grouped and (not files or file.named(bare, files)[0]):
        place, told = bare, ""  # "material: North Pier"
    commands = (("sort", meant.refs, f"{kind} {place}".strip()),)
    return Spoken(commands, name="sort", words=told, takes=verbs.LINE, decides_alone=True)


def _reasoned(said: Sentence) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """A line that sorts, and behind a colon its reason for the author, from the colon on; () where none is given."""
    colon = next((n for n, token in enumerate(said.rest) if n and token.text == ":"), len(said.rest))
    named = any(token.kind != "mark" for token in said.rest[:colon])
    return (said.rest[:colon], said.rest[colon:]) if named and said.rest[colon + 1 :] else (said.rest, ())
