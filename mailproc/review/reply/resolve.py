"""Which items of the letter a line means: "A-12", "12", "12 to 14", "all", "all except A-12", "the rest".

Each function gives references, or a reason slug with what would have worked; nothing is ever guessed. A number
alone counts as an item's number, never as its place in the letter; where it may be either, it is asked back. What is
called a number ("number 1", "#1", "item 1") is a place where no item of the letter has that number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from mailproc.kinds.common import OF_A_BALLOT
from mailproc.kinds.every import KINDS
from mailproc.phrase import Phrase, Said, say
from mailproc.review.language import manners, talk, verbs
from mailproc.review.language.grammar import Targets, named
from mailproc.review.language.verbs import Verb
from mailproc.review.language.words import Token, tokens
from mailproc.review.reply.reading import Listed, Listing

_MOST_DIGITS = 4  # of a place in a letter
_NAMED = 8  # references that a hint names
_SHORTEST_OF_A_TITLE = 3  # letters of a word
_JUDGED = 8  # words of a line that judges an item by its title
_AS_WRITTEN = Targets()


@dataclass(frozen=True, slots=True)
class Meant:
    """The references that a line means; where `reason` is not "", none."""

    refs: tuple[str, ...] = ()
    reason: str = ""
    hint: Said = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where references are looked for; made by `scope_of`, once for a letter."""

    listing: Listing
    outside: bool = False  # references that the letter does not list are passed on as written
    refs: tuple[str, ...] = ()
    by_ref: dict[str, Listed] = field(default_factory=dict)  # as the letter calls it, and as it is called today
    by_number: dict[int, tuple[Listed, ...]] = field(default_factory=dict)
    titles: frozenset[str] = frozenset()  # words of the items' titles, as tokens are
    sorts: bool = True  # whether a kind's name alone may sort something: nobody has said what an item is


def scope_of(listing: Listing, *, outside: bool = False) -> Scope:
    """A letter's items, indexed."""
    by_number: dict[int, tuple[Listed, ...]] = {}
    for item in listing.items:
        by_number[item.number] = (*by_number.get(item.number, ()), item)
    by_ref = {item.today: item for item in listing.items} | {item.ref: item for item in listing.items}
    sorts = any(item.kind in KINDS and KINDS[item.kind].guessed for item in listing.items)
    return Scope(listing, outside, listing.refs, by_ref, by_number, _title_words(listing), sorts)


def _title_words(listing: Listing) -> frozenset[str]:
    """The words by which a title is known, without "the" and the like."""
    plain = verbs.phrases("particles", "determiners", "copulas", "joining", "negations", "conditions", "greetings")
    found = (token for item in listing.items for token in tokens(item.title) if token.kind == "word")
    return frozenset(t.text for t in found if len(t.text) >= _SHORTEST_OF_A_TITLE and t.text not in plain)


def suits(item: Listed | None, verb: Verb | None) -> bool:
    """Whether the verb can be said on such an item; of an unknown one nothing is known against it."""
    return item is None or verb is None or not verb.kinds or item.kind in verb.kinds


def mentioned(line: tuple[Token, ...], scope: Scope) -> tuple[str, ...]:
    """The items that a line names somewhere, by reference or by number; references that nobody knows as well."""
    refs: dict[str, None] = {}
    for name in named(line):
        numbers = scope.by_number.get(int(name), ()) if name.isdecimal() else ()
        known = scope.by_ref.get(name)
        refs.update(dict.fromkeys([known.ref if known else name] if "-" in name else [i.ref for i in numbers]))
    return tuple(refs)


def judges_by_title(line: tuple[Token, ...], scope: Scope) -> bool:
    """Whether a short line says something of an item that it names by its title: "The tram: no"."""
    if not any(token.text in scope.titles for token in line) or sum(t.kind == "word" for t in line) > _JUDGED:
        return False
    said = (verbs.forms("member"), verbs.phrases("copulas", "negations"))
    return any(token.text == ":" for token in line) or talk.doubts(line) or any(manners.mentions(line, t) for t in said)


def _of_a_ballot(item: Listed, verb: Verb | None) -> bool:
    """Of what nobody votes on "all hold" keeps nothing waiting: whoever answers a reader is asked for by name."""
    return verb is None or verb.name not in OF_A_BALLOT or item.kind not in KINDS or KINDS[item.kind].voted


def resolve(targets: Targets, verb: Verb | None, scope: Scope) -> Meant:
    """The items that `targets` mean for this verb (None: whatever the verb)."""
    if targets.everything:
        excepted = _each(targets.excepted, scope)
        if excepted.reason:
            return excepted
        chosen = (
            i for i in scope.listing.items if targets.kind in {"", i.kind, i.shown} and i.ref not in excepted.refs
        )
        refs = tuple(item.ref for item in chosen if suits(item, verb) and _of_a_ballot(item, verb))
        return Meant(refs) if refs else Meant(reason="nothing-listed", hint=_name_items(scope))
    meant = _each(targets.spans, scope, targets)
    wrong = next((scope.by_ref[ref] for ref in meant.refs if not suits(scope.by_ref.get(ref), verb)), None)
    return Meant(reason="not-for-kind", hint=misfit(wrong)) if wrong else meant


def swept(targets: Targets | None, refs: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
    """Of what a line means, those items that it does not name one by one: "all", "the rest", "A-12 to A-15"."""
    if targets is None or targets.everything:
        return refs if targets else ()
    named = {ref for first, last in targets.spans if first == last for ref in _one(first, scope).refs}
    return tuple(ref for ref in refs if ref not in named) if targets.sweeps else ()


def passed(targets: Targets | None, refs: tuple[str, ...], scope: Scope) -> tuple[str, ...]:
    """What "all" names beside these items, for its verb does not go on them."""
    if targets is None or not targets.everything:
        return ()
    return tuple(ref for ref in resolve(targets, None, scope).refs if ref not in refs)


def _name_items(scope: Scope) -> Phrase:
    return say("hint/name-items", refs=scope.refs[:_NAMED], more=len(scope.refs) > _NAMED)


def misfit(item: Listed) -> Phrase:
    """What an item is and what goes on it; of a letter that asks one thing and shows no item, what answers it."""
    if not item.number:
        return say("hint/yes-or-no")
    return say("hint/what-it-is", ref=item.ref, called=say("words/a-kind", kind=item.kind), how=cure(item))


def cure(item: Listed) -> Phrase:
    """What to write instead of a verb that does not go on this item."""
    kind = KINDS.get(item.kind)
    if kind is not None and kind.guessed:
        return _either(item, f"sort {item.guess or 'article'}", "discard")
    if kind is not None and "done" in kind.verbs:
        return _either(item, "claim", "done")
    if kind is not None and "answer" in kind.verbs:
        return _either(item, "claim", "answer")
    if kind is None or not kind.voted:
        return _either(item, "discard", "sort article")
    return _either(item, "approve", "reject")


def _either(item: Listed, first: str, second: str) -> Phrase:
    return say("hint/one-of-two", ref=item.today, first=first, second=second)


def _each(spans: Iterable[tuple[str, str]], scope: Scope, how: Targets = _AS_WRITTEN) -> Meant:
    refs: dict[str, None] = {}
    for first, last in spans:
        meant = _counted(first, last, scope, how)
        if meant is None:
            meant = _one(first, scope) if first == last else _range(first, last, scope)
        if meant.reason:
            return meant
        refs.update(dict.fromkeys(meant.refs))
    return Meant(tuple(refs))


def _counted(first: str, last: str, scope: Scope, how: Targets) -> Meant | None:
    """The items at places of the letter, where "number 1" and "the first one" name such; None where they do not.

    A number that is an item's own is not a place as well: `_one` sees to it, and asks back where it may be either.
    """
    there = _at_place(first, scope)
    if not how.counted or there is None or _at_place(last, scope) is None:
        return None
    if not how.placed and any(int(name) in scope.by_number for name in (first, last)):
        return None
    if scope.outside and not how.placed:
        hint = say("hint/place-or-number", place=first, ref=there.ref)
        return Meant(reason="ambiguous-number", hint=hint)
    refs = scope.refs[int(first) - 1 : int(last)]
    return Meant(refs) if refs else Meant(reason="unknown-number", hint=say("hint/smaller-first"))


def _one(name: str, scope: Scope) -> Meant:
    letter, _, number = name.rpartition("-")
    same = scope.by_number.get(int(number), ()) if number.isdecimal() and len(number) < 19 else ()  # noqa: PLR2004 - no number is longer
    if letter:
        return _referenced(f"{letter}-{number.lstrip('0') or '0'}", same, scope)
    there = _at_place(name, scope)
    if len(same) == 1 and (there is None or there is same[0]):
        return Meant((same[0].ref,))
    if len(same) == 1 and there is not None:
        hint = say("hint/number-and-place", name=name, ref=same[0].ref, other=there.ref)
        return Meant(reason="ambiguous-number", hint=hint)
    if same:
        return Meant(reason="ambiguous-number", hint=say("hint/whole-reference", refs=tuple(i.ref for i in same)))
    return Meant((name,)) if scope.outside else Meant(reason="unknown-number", hint=_unknown(name, scope))


def _referenced(ref: str, same: tuple[Listed, ...], scope: Scope) -> Meant:
    if ref in scope.by_ref:
        return Meant((scope.by_ref[ref].ref,))
    if scope.outside:
        return Meant((ref,))
    if same:
        return Meant(reason="wrong-letter", hint=say("hint/other-letter", ref=ref, other=same[0].ref))
    return Meant(reason="unknown-reference", hint=_unknown(ref, scope))


def _unknown(name: str, scope: Scope) -> Phrase:
    """What to write instead; a place in the letter is named as such."""
    there = _at_place(name, scope)
    if there is not None:
        return say("hint/place", name=name, ref=there.ref)
    return say("hint/not-listed", name=name, refs=scope.refs[:_NAMED], more=len(scope.refs) > _NAMED)


def _at_place(name: str, scope: Scope) -> Listed | None:
    """The item that the letter shows at this number of its own: "1." is the first."""
    place = int(name) if name.isdecimal() and len(name) <= _MOST_DIGITS else 0
    return scope.listing.items[place - 1] if 1 <= place <= len(scope.listing.items) else None


def _range(first: str, last: str, scope: Scope) -> Meant:
    """`12-14`, `A-12 to A-14`: both ends are in the letter, and so is what lies between, of their kinds."""
    inside = replace(scope, outside=False)
    ends = (_one(first, inside), _one(last, inside))
    wrong = next((end for end in ends if end.reason), None)
    if wrong is not None:
        return wrong
    low, high = (scope.by_ref[end.refs[0]].number for end in ends)
    letters = {name[0] for name in (first, last) if not name[0].isdecimal()}
    refs = tuple(
        item.ref
        for item in sorted(scope.listing.items, key=lambda item: item.number)
        if low <= item.number <= high and (len(letters) != 1 or item.ref[0] in letters)
    )
    return Meant(refs) if refs else Meant(reason="unknown-reference", hint=say("hint/smaller-first"))
