"""What would have worked: the clause that comes back with an unclear line, fit to the item it is about.

Clauses for people, to stand in a sentence: 'write "A-12 approve" on a line of its own'. It decides nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailproc.errors import nearest
from mailproc.kinds.every import KINDS
from mailproc.review.language.grammar import named
from mailproc.review.language.verbs import VERBS, Verb
from mailproc.review.language.words import Token
from mailproc.review.reply.reading import Listed
from mailproc.review.reply.resolve import Scope, suits

_OF_SELF = {
    "away": 'write only "away until Friday" on the line, or a date as in "away until 2026-12-05"',
    "daily": 'write only "daily" on the line, or "daily 18:00"',
    "quiet": 'write only "quiet 22:00-07:00" on the line, or "quiet never"',
    "time zone": 'write only "time zone" and its name on the line, as in "time zone Europe/Lisbon"',
    "stand-in": 'write only "stand-in" and a member\'s name or address on the line, or "stand-in nobody"',
}


def _first(refs: Sequence[str]) -> str:
    return refs[0] if refs else "A-12"


_SAID = {"unclaim": "not me"}  # verbs that nobody says by their name


def write(refs: Sequence[str], verb: str) -> str:
    """Tell them to write the verb behind the reference."""
    return f'write "{_first(refs)} {verb}" on a line of its own'


def without(refs: Sequence[str], verb: str, wrong: str) -> str:
    """What to write where words around a verb keep it from acting for this reason."""
    if verb == "unclaim":
        return f'write "{_first(refs)} not me" on a line of its own, or "{_first(refs)} not me, ask" and a name'
    if verb == "ask" and wrong == "two-meanings":
        return f'write "{_first(refs)} ask:" and the question, or "{_first(refs)} not me, ask" and the name'
    if wrong == "conditional":
        return f"decide without a condition: {write(refs, verb)}"
    return write(refs, verb)


def with_words(refs: Sequence[str], verb: Verb) -> str:
    """Tell them to write words behind a verb that cannot do without."""
    place = "below it" if verb.takes == "body" else "on the same line"
    return f'write the words {place}: "{_first(refs)} {verb.name} ..."'


def of_self(verb: str) -> str:
    """Tell them how to say a wish about themselves: alone on its line."""
    return _OF_SELF.get(verb, f'write only "{verb}" on the line, above your signature')


def named_in(tokens: tuple[Token, ...], scope: Scope) -> tuple[str, ...]:
    """The items of the letter that a line names somewhere by reference."""
    return tuple(name for name in named(tokens) if name in scope.by_ref)


def example(scope: Scope, verb: Verb, tokens: tuple[Token, ...] = ()) -> str:
    """The verb with an item on which it goes: one that the line names somewhere, or the first of the letter."""
    mentioned = (scope.by_ref[ref] for ref in named_in(tokens, scope))
    item = next((item for item in (*mentioned, *scope.listing.items) if suits(item, verb)), None)
    said = _SAID.get(verb.name, verb.name)
    return f'write for example "{item.ref if item else "A-12"} {said}" on a line of its own'


def any_verb(refs: Sequence[str], scope: Scope) -> str:
    """Some verb that goes on the item, or on the first of the letter."""
    item = scope.by_ref.get(_first(refs)) if refs else next(iter(scope.listing.items), None)
    ref = item.ref if item else _first(refs)
    return f'write for example "{ref} {_fit(item)}" on a line of its own'


def fitting(refs: Sequence[str], form: str, verb: str, scope: Scope) -> str:
    """Tell them to write this form of a verb, or another verb where this one does not go on the item."""
    item = scope.by_ref.get(_first(refs))
    known = VERBS.get(verb)
    if known is not None and known.of_self:
        return of_self(verb)
    if known is not None and not known.needs_item and not refs:
        return f'write "{form}" on a line of its own'
    if not suits(item, known):
        return f'on {_first(refs)} write for example "{_first(refs)} {_fit(item)}"'
    return write(refs, form)


def _fit(item: Listed | None) -> str:
    kind = KINDS.get(item.kind) if item else None
    if item is None or (kind is not None and kind.voted):
        return "approve"
    return "sort article" if kind is not None and kind.guessed else "discard"


def kinds(refs: Sequence[str], words: Sequence[Token], known: Sequence[str]) -> str:
    """The kinds that `sort` knows, and the one that was nearly said."""
    close = nearest(words[0].text, known) if words else ""
    near = close if "did you mean" in close else ""
    return f'write "{_first(refs)} sort article", or another kind: {", ".join(known)}{near}'
