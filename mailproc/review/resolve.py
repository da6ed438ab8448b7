"""From what a line names to items of the letter: references in any case, numbers, ranges, all, all except.

Each function gives references, or a reason slug with what would have worked; nothing is ever guessed. A number
alone counts as an item's number, never as its place in the letter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailproc.review.grammar import Targets
from mailproc.review.reading import Listed, Listing
from mailproc.review.verbs import Verb


@dataclass(frozen=True, slots=True)
class Meant:
    """The references that a line means; where `reason` is not "", none."""

    refs: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where references are looked for."""

    listing: Listing
    outside: bool = False  # references that the letter does not list are passed on as written
    counted: bool = False  # the writer counts places: a number that is also another item's place is uncertain


def resolve(targets: Targets, verb: Verb | None, scope: Scope) -> Meant:
    """The items that `targets` mean for this verb (None: whatever the verb)."""
    suits: Callable[[Listed], bool] = lambda item: verb is None or not verb.kinds or item.kind in verb.kinds  # noqa: E731 - one line, used twice
    if targets.everything:
        excepted = _each(targets.excepted, scope)
        if excepted.reason:
            return excepted
        chosen = (i for i in scope.listing.items if targets.kind in {"", i.kind} and i.ref not in excepted.refs)
        refs = tuple(item.ref for item in chosen if suits(item))
        return Meant(refs) if refs else Meant(reason="nothing-listed", hint=f"name the items{_for_example(scope)}")
    meant = _each(targets.spans, scope)
    wrong = [item for item in scope.listing.items if item.ref in meant.refs and not suits(item)]
    if wrong and verb is not None:
        return Meant(reason="not-for-kind", hint=f"{wrong[0].ref} is {_a(wrong[0].kind)}; {_cure(wrong[0])}")
    return meant


def _cure(item: Listed) -> str:
    if item.kind == "unsorted":
        return f'write "{item.ref} sort {item.guess or "article"}" or "{item.ref} discard"'
    return f'write "{item.ref} discard" or "{item.ref} sort article"'


def _a(kind: str) -> str:
    return {"article": "an article", "enquiry": "an enquiry", "material": "material"}.get(kind, kind)


def _each(spans: tuple[tuple[str, str], ...], scope: Scope) -> Meant:
    refs: dict[str, None] = {}
    for first, last in spans:
        meant = _one(first, scope) if first == last else _range(first, last, scope)
        if meant.reason:
            return meant
        refs.update(dict.fromkeys(meant.refs))
    return Meant(tuple(refs))


def _one(name: str, scope: Scope) -> Meant:
    letter, _, number = name.rpartition("-")
    same = [item for item in scope.listing.items if number.isdecimal() and str(item.number) == number.lstrip("0")]
    if letter:
        return _referenced(f"{letter}-{number.lstrip('0') or '0'}", same, scope)
    if len(same) == 1 and not (scope.counted and _elsewhere(name, same[0], scope)):
        return Meant((same[0].ref,))
    if same:
        return Meant(reason="ambiguous-number", hint=f"write the whole reference, {' or '.join(i.ref for i in same)}")
    return Meant((name,)) if scope.outside else Meant(reason="unknown-number", hint=_unknown(name, scope))


def _referenced(ref: str, same: list[Listed], scope: Scope) -> Meant:
    if scope.outside or any(item.ref == ref for item in same):
        return Meant((ref,))
    if same:
        return Meant(reason="wrong-letter", hint=f"{ref} is not in the letter; did you mean {same[0].ref}?")
    return Meant(reason="unknown-reference", hint=_unknown(ref, scope))


def _unknown(name: str, scope: Scope) -> str:
    """What to write instead; a place in the letter is named as such."""
    place = int(name) if name.isdecimal() and len(name) < 5 else 0  # noqa: PLR2004 - no letter lists that many
    if 1 <= place <= len(scope.listing.items):
        ref = scope.listing.items[place - 1].ref
        return f"no item has the number {name}; if you mean the one at place {name}, write {ref}"
    return f"{name} is not in the letter{_for_example(scope)}"


def _for_example(scope: Scope) -> str:
    items = scope.listing.items
    return f"; it lists {', '.join(item.ref for item in items[:8])}{' ...' if len(items) > 8 else ''}" if items else ""  # noqa: PLR2004


def _elsewhere(name: str, item: Listed, scope: Scope) -> bool:
    place = int(name) if len(name) < 5 else 0  # noqa: PLR2004 - no letter lists that many
    return 1 <= place <= len(scope.listing.items) and scope.listing.items[place - 1] is not item


def _range(first: str, last: str, scope: Scope) -> Meant:
    """`12-14`, `A-12 to A-14`: both ends are in the letter, and so is what lies between, of their kinds."""
    inside = Scope(scope.listing, counted=scope.counted)
    ends = (_one(first, inside), _one(last, inside))
    wrong = next((end for end in ends if end.reason), None)
    if wrong is not None:
        return wrong
    by_ref = {item.ref: item for item in scope.listing.items}
    low, high = (by_ref[end.refs[0]].number for end in ends)
    letters = {name[0] for name in (first, last) if not name[0].isdecimal()}
    refs = tuple(
        item.ref
        for item in sorted(scope.listing.items, key=lambda item: item.number)
        if low <= item.number <= high and (len(letters) != 1 or item.ref[0] in letters)
    )
    return Meant(refs) if refs else Meant(reason="unknown-reference", hint="write the smaller number first")
