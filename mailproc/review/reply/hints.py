"""What would have worked: the clause that comes back with an unclear line, fit to the item it is about.

Clauses for people, to stand in a sentence: 'write "A-12 approve" on a line of its own'. A hint names an item that the
line names or stands under, else one of the letter, and the verb that the line says where it says one: whoever wrote
"reject" is never shown "approve". Where a line denies a verb, or says several, it leaves the choice. It decides
nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailproc.errors import nearest
from mailproc.kinds.every import KINDS
from mailproc.review.language import manners
from mailproc.review.language.grammar import named
from mailproc.review.language.verbs import UNSURE, VERBS, Verb, forms
from mailproc.review.language.words import Token, phrase_at
from mailproc.review.reply.reading import ONE_QUESTION, Listed
from mailproc.review.reply.resolve import Scope, suits

_LOOKED_AT = 100  # words of a line
_NAMED = 8  # files that a hint names
_OF_SELF = {
    "away": 'write only "away until Friday" on the line, or a date as in "away until 2026-12-05"',
    "daily": 'write only "daily" on the line, or "daily 18:00"',
    "quiet": 'write only "quiet 22:00-07:00" on the line, or "quiet never"',
    "time zone": 'write only "time zone" and its name on the line, as in "time zone Europe/Lisbon"',
    "ask me for": 'write only "ask me for" and a topic on the line, or "ask me for nothing"',
    "stand-in": 'write only "stand-in" and a member\'s name or address on the line, or "stand-in nobody"',
}


SAID = {  # verbs that nobody says by their name alone
    "unclaim": "not me",
    "sort": "sort article",
    "up": "up https://...",
}
_NOT_SHOWN = ONE_QUESTION.refs  # of a letter that lists nothing
_OFFERED = ("approve", "reject", "hold")  # on what is voted on, where the line leaves the choice
_TO_DO = ("claim", "done", "not me")  # on a task, where the line leaves the choice


def _with(refs: Sequence[str], words: str) -> str:
    """The words behind the first reference; alone where no item is shown to whoever reads this."""
    return f"{refs[0]} {words}" if refs and refs[0] not in _NOT_SHOWN else words


def write(refs: Sequence[str], verb: str) -> str:
    """Tell them to write the verb behind the reference."""
    return f'write "{_with(refs, verb)}" on a line of its own'


def without(refs: Sequence[str], verb: str, wrong: str) -> str:
    """What to write where words around a verb keep it from acting for this reason."""
    if verb == "unclaim":
        return f'write "{_with(refs, "not me")}" on a line of its own, or "{_with(refs, "not me, ask")}" and a name'
    if verb == "ask" and wrong == "two-meanings":
        return f'write "{_with(refs, "ask:")}" and the question, or "{_with(refs, "not me, ask")}" and the name'
    if VERBS[verb].needs_words and wrong != "two-commands":
        return f'write "{_with(refs, verb)}:" and the words behind the colon'
    if wrong == "conditional":
        return f"decide without a condition: {write(refs, verb)}"
    return write(refs, verb)


def with_words(refs: Sequence[str], verb: Verb) -> str:
    """Tell them to write words behind a verb that cannot do without."""
    place = "below it" if verb.takes == "body" else "on the same line"
    return f'write the words {place}: "{_with(refs, verb.name)} ..."'


def of_self(verb: str) -> str:
    """Tell them how to say a wish about themselves: alone on its line."""
    return _OF_SELF.get(verb, f'write only "{verb}" on the line, above your signature')


def of_file(verb: str, files: Sequence[tuple[str, str]]) -> str:
    """Tell them to say a verb of a group file by the group's name, with the names that there are."""
    names = list(dict.fromkeys(name for _, name in files))
    if verb in {"wanted", "unwanted"}:
        return f'write "{verb}:" and what is meant behind the colon, on one line'
    known = f" ({', '.join(names[:_NAMED])}{' ...' if len(names) > _NAMED else ''})" if names else ""
    body = ", and the order in the lines below" if verb == "layout" else ""
    return f'write only "{verb}" and the name of a file{known} on the line{body}'


def up(refs: Sequence[str]) -> str:
    """Tell them to say where a file is now."""
    return f'write "{_with(refs, "up")} https://..." with the address of the page, and nothing else on the line'


def named_in(tokens: tuple[Token, ...], scope: Scope) -> tuple[str, ...]:
    """The items of the letter that a line names somewhere, by reference or by a number that is one item's."""
    found: dict[str, None] = {}
    for name in named(tokens):
        same = scope.by_number.get(int(name), ()) if name.isdecimal() else ()
        found.update(dict.fromkeys([name] if name in scope.by_ref else [item.ref for item in same if len(same) == 1]))
    return tuple(found)


def example(scope: Scope, verb: Verb, tokens: tuple[Token, ...] = ()) -> str:
    """The verb with an item on which it goes: one that the line names somewhere, or the first of the letter."""
    mentioned = [scope.by_ref[ref] for ref in named_in(tokens, scope)]
    if mentioned and not any(suits(item, verb) for item in mentioned):
        return fitting((mentioned[0].ref,), verb.name, verb.name, scope)
    item = next((item for item in (*mentioned, *scope.listing.items) if suits(item, verb)), None)
    said = SAID.get(verb.name, verb.name)
    if item is None:
        return f'write "{said}" behind the reference of an item on which it goes, on a line of its own'
    return f'write for example "{_with((item.ref,), said)}" on a line of its own'


def any_verb(refs: Sequence[str], scope: Scope, tokens: tuple[Token, ...] = ()) -> str:
    """What a line without a verb in its place may mean: the verb that it says somewhere, else one that goes."""
    item = next((scope.by_ref[ref] for ref in refs if ref in scope.by_ref), None)
    said = _said_in(tokens)
    if len(said) == 1 and not manners.negates(tokens):
        known = VERBS[said[0]]
        if item is None:
            return example(scope, known, tokens)
        return fitting((item.ref,), SAID.get(known.name, known.name), known.name, scope)
    item = item or next(filter(_is_voted, scope.listing.items), next(iter(scope.listing.items), None))
    shown = (item.ref,) if item else ()
    kind = KINDS.get(item.kind) if item else None
    if (said or manners.negates(tokens)) and (kind is None or kind.voted):
        first, second, third = (f'"{_with(shown, verb)}"' for verb in _OFFERED)
        return f"write {first}, {second} or {third} on a line of its own"
    if item is not None and item.kind == "task":
        first, second, third = (f'"{_with(shown, verb)}"' for verb in _TO_DO)
        return f"write {first}, {second} or {third} on a line of its own"
    return f'write for example "{_with(shown, _fit(item))}" on a line of its own'


def _said_in(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """The verbs about an item that a member's line says somewhere; `yes` and `no` stand for what they do."""
    found: dict[str, None] = {}
    for at in range(min(len(tokens), _LOOKED_AT)):
        verb = phrase_at(tokens, at, forms("member"))[0]
        said = {"yes": "approve", "no": "reject"}.get(verb, verb)
        if said and VERBS[said].needs_item and (said == verb or tokens[at].text not in UNSURE):
            found[said] = None
    return tuple(found)


def fitting(refs: Sequence[str], form: str, verb: str, scope: Scope) -> str:
    """Tell them to write this form of a verb, or another verb where this one does not go on the item."""
    item = scope.by_ref.get(refs[0]) if refs else None
    known = VERBS.get(verb)
    if known is not None and known.of_self:
        return of_self(verb)
    if known is not None and not known.needs_item and not refs:
        return f'write "{form}" on a line of its own'
    if not suits(item, known):
        return f'on {refs[0]} write for example "{_with(refs, _fit(item))}"'
    return write(refs, form)


def _fit(item: Listed | None) -> str:
    """What goes on an item and does no harm where somebody writes it without a thought."""
    if item is None or _is_voted(item):
        return "approve"
    return "sort article" if item.kind in KINDS and KINDS[item.kind].guessed else "hold"


def _is_voted(item: Listed) -> bool:
    return item.kind in KINDS and KINDS[item.kind].voted


def kinds(refs: Sequence[str], words: Sequence[Token], known: Sequence[str]) -> str:
    """The kinds that `sort` knows, and the one that was nearly said."""
    close = nearest(words[0].text, known) if words else ""
    near = close if "did you mean" in close else ""
    return f'write "{_with(refs, "sort article")}", or another kind: {", ".join(known)}{near}'
