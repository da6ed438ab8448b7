"""What would have worked: the clause that comes back with an unclear line, fit to the item it is about.

Phrases of `phrases/hint.toml`, to stand in a sentence: 'write "A-12 approve" on a line of its own'. A hint names an
item that the line names or stands under, else one of the letter, and the verb that the line says where it says one:
whoever wrote "reject" is never shown "approve". Where a line denies a verb, or says several, it leaves the choice. It
decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from mailproc.kinds.every import KINDS
from mailproc.phrase import Phrase, say
from mailproc.review.language import manners
from mailproc.review.language.grammar import named
from mailproc.review.language.verbs import UNSURE, VERBS, Verb, forms
from mailproc.review.language.words import Token, phrase_at
from mailproc.review.reply.reading import ONE_QUESTION, Listed
from mailproc.review.reply.resolve import Scope, suits

_LOOKED_AT = 100  # words of a line
_NAMED = 8  # files that a hint names
_OF_SELF: Mapping[str, Phrase] = {
    "away": say("hint/away"),
    "daily": say("hint/daily"),
    "quiet": say("hint/quiet"),
    "time zone": say("hint/zone"),
    "ask me for": say("hint/topics"),
    "stand-in": say("hint/stand-in"),
}


SAID = {  # verbs that nobody says by their name alone
    "sort": "sort article",
    "up": "up https://...",
}
_NOT_SHOWN = ONE_QUESTION.refs  # of a letter that lists nothing
_OFFERED = ("approve", "reject", "hold")  # on what is voted on, where the line leaves the choice
_TO_DO = ("claim", "done", "unclaim")  # on a task, where the line leaves the choice


def _first(refs: Sequence[str]) -> str:
    """The first reference; "" where no item is shown to whoever reads this."""
    return refs[0] if refs and refs[0] not in _NOT_SHOWN else ""


def write(refs: Sequence[str], verb: str) -> Phrase:
    """Tell them to write the verb behind the reference."""
    return say("hint/write", ref=_first(refs), verb=verb)


def without(refs: Sequence[str], verb: str, wrong: str) -> Phrase:
    """What to write where words around a verb keep it from acting for this reason."""
    if verb == "unclaim":
        return say("hint/not-me", ref=_first(refs))
    if verb == "ask" and wrong == "two-meanings":
        return say("hint/ask-whom", ref=_first(refs))
    if VERBS[verb].needs_words and wrong != "two-commands":
        return say("hint/colon", ref=_first(refs), verb=verb)
    if wrong == "conditional":
        return say("hint/no-condition", how=write(refs, verb))
    return write(refs, verb)


def with_words(refs: Sequence[str], verb: Verb) -> Phrase:
    """Tell them to write words behind a verb that cannot do without."""
    return say("hint/words", ref=_first(refs), verb=verb.name, below=verb.takes == "body")


def of_self(verb: str) -> Phrase:
    """Tell them how to say a wish about themselves: alone on its line."""
    return _OF_SELF.get(verb) or say("hint/of-self", verb=verb)


def of_file(verb: str, files: Sequence[tuple[str, str]]) -> Phrase:
    """Tell them to say a verb of a group file by the group's name, with the names that there are."""
    names = tuple(dict.fromkeys(name for _, name in files))
    if verb in {"wanted", "unwanted"}:
        return say("hint/wish", verb=verb)
    more, ordered = len(names) > _NAMED, verb == "layout"
    return say("hint/of-file", verb=verb, files=names[:_NAMED], more=more, ordered=ordered)


def up(refs: Sequence[str]) -> Phrase:
    """Tell them to say where a file is now."""
    return say("hint/up", ref=_first(refs))


def dated(refs: Sequence[str]) -> Phrase:
    """Tell them to say when something is to go up."""
    return say("hint/dated", ref=_first(refs))


def named_in(tokens: tuple[Token, ...], scope: Scope) -> tuple[str, ...]:
    """The items of the letter that a line names somewhere, by reference or by a number that is one item's."""
    found: dict[str, None] = {}
    for name in named(tokens):
        same = scope.by_number.get(int(name), ()) if name.isdecimal() else ()
        found.update(dict.fromkeys([name] if name in scope.by_ref else [item.ref for item in same if len(same) == 1]))
    return tuple(found)


def example(scope: Scope, verb: Verb, tokens: tuple[Token, ...] = ()) -> Phrase:
    """The verb with an item on which it goes: one that the line names somewhere, or the first of the letter."""
    mentioned = [scope.by_ref[ref] for ref in named_in(tokens, scope)]
    if mentioned and not any(suits(item, verb) for item in mentioned):
        return fitting((mentioned[0].ref,), verb.name, verb.name, scope)
    item = next((item for item in (*mentioned, *scope.listing.items) if suits(item, verb)), None)
    said = SAID.get(verb.name, verb.name)
    if item is None:
        return say("hint/behind", verb=said)
    return say("hint/example", ref=_first((item.ref,)), verb=said)


def any_verb(refs: Sequence[str], scope: Scope, tokens: tuple[Token, ...] = ()) -> Phrase:
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
        return _choice(shown, _OFFERED)
    if item is not None and item.kind == "task":
        return _choice(shown, _TO_DO)
    return say("hint/example", ref=_first(shown), verb=_fit(item))


def _choice(refs: Sequence[str], verbs: tuple[str, str, str]) -> Phrase:
    """Leave the choice to them."""
    first, second, third = verbs
    return say("hint/one-of", ref=_first(refs), first=first, second=second, third=third)


def _said_in(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """The verbs about an item that a member's line says somewhere; `yes` and `no` stand for what they do."""
    found: dict[str, None] = {}
    for at in range(min(len(tokens), _LOOKED_AT)):
        verb = phrase_at(tokens, at, forms("member"))[0]
        said = {"yes": "approve", "no": "reject"}.get(verb, verb)
        if said and VERBS[said].needs_item and (said == verb or tokens[at].text not in UNSURE):
            found[said] = None
    return tuple(found)


def fitting(refs: Sequence[str], form: str, verb: str, scope: Scope) -> Phrase:
    """Tell them to write this form of a verb, or another verb where this one does not go on the item."""
    item = scope.by_ref.get(refs[0]) if refs else None
    known = VERBS.get(verb)
    if known is not None and known.of_self:
        return of_self(verb)
    if known is not None and not known.needs_item and not refs:
        return say("hint/alone", verb=form)
    if not suits(item, known):
        return say("hint/on-it", ref=refs[0], verb=_fit(item))
    return write(refs, form)


def _fit(item: Listed | None) -> str:
    """What goes on an item and does no harm where somebody writes it without a thought."""
    if item is None or _is_voted(item):
        return "approve"
    return "sort article" if item.kind in KINDS and KINDS[item.kind].guessed else "hold"


def _is_voted(item: Listed) -> bool:
    return item.kind in KINDS and KINDS[item.kind].voted


def kinds(refs: Sequence[str], words: Sequence[Token], known: Sequence[str]) -> Phrase:
    """The kinds that `sort` knows, and the one that was nearly said."""
    close = get_close_matches(words[0].text, known, n=1) if words else []
    return say("hint/kinds", ref=_first(refs), kinds=tuple(known), near=close[0] if close else "")
