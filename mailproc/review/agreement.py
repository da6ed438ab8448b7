"""What stands after all lines were read: doubts, contradictions, and a text and an HTML part that must agree.

Each function takes what was said and gives what may act; what is taken away comes back as not understood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mailproc.review.reading import Command, Reading, Unclear
from mailproc.review.verbs import VERBS

MOST_UNCLEAR = 30  # lines that come back at most


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one line: a command, or an unclear line; `doubted` are items that it makes doubtful."""

    command: Command | None = None
    unclear: Unclear | None = None
    doubted: tuple[str, ...] = ()


def without_doubts(said: Sequence[Said]) -> list[Said]:
    """A decision that another line of the mail doubts does not act: "A-12 approve", "do not approve A-12"."""
    doubted = {ref for each in said for ref in each.doubted}
    return [part for each in said for part in _taking(each, doubted, "doubted", "say it in one line")]


def settle(said: Sequence[Said], own: str) -> Reading:
    """The commands that contradict no other, without repetitions."""
    verdicts: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for command in (each.command for each in said if each.command and VERBS[each.command.verb].decides):
        for ref in command.refs:
            verdicts[ref].add((command.verb, command.argument))
    torn = {ref for ref, found in verdicts.items() if len(found) > 1}
    kept = [part for each in said for part in _taking(each, torn, "contradiction", "say one thing on each item")]
    commands = _merged(each.command for each in kept if each.command)
    unclear = list(dict.fromkeys(each.unclear for each in kept if each.unclear))
    return Reading(tuple(commands), tuple(unclear[:MOST_UNCLEAR]), own)


def _taking(said: Said, refs: set[str], reason: str, hint: str) -> list[Said]:
    """The line without its decisions on `refs`, which come back as unclear."""
    command = said.command
    if command is None or not VERBS[command.verb].decides or not refs.intersection(command.refs):
        return [said]
    left = tuple(ref for ref in command.refs if ref not in refs)
    lost = ", ".join(ref for ref in command.refs if ref in refs)
    back = Said(unclear=Unclear(command.line, reason, f"on {lost} the mail says two things; {hint}"))
    return [Said(replace(command, refs=left)), back] if left else [back]


def _merged(commands: Iterable[Command]) -> list[Command]:
    """Each thing once: the same verb on the same item again only adds its words."""
    merged: list[Command] = []
    for command in commands:
        twin = next((n for n, other in enumerate(merged) if _same_but_words(other, command)), None)
        if twin is None:
            fresh = _not_said_yet(command, merged)
            merged += [fresh] if fresh else []
        elif command.words and command.words not in merged[twin].words.split("\n"):
            merged[twin] = replace(merged[twin], words=f"{merged[twin].words}\n{command.words}".strip("\n"))
    return merged


def _same_but_words(one: Command, other: Command) -> bool:
    return (one.verb, one.refs, one.argument) == (other.verb, other.refs, other.argument)


def _not_said_yet(command: Command, before: Sequence[Command]) -> Command | None:
    """A decision less the items on which the same was already said: "A-12 approve", "all approve"."""
    if not VERBS[command.verb].decides or not command.refs:
        return command
    done = {ref for other in before if other.verb == command.verb for ref in other.refs}
    left = tuple(ref for ref in command.refs if ref not in done)
    return replace(command, refs=left) if left else None


def agree(text: Reading, html: Reading) -> Reading:
    """One reading of a mail's two parts; where their commands differ, no command acts (RELIABILITY S18)."""
    own = text.own or html.own
    if _sense(text) == _sense(html) and _words_agree(text, html):
        unclear = min((text.unclear, html.unclear), key=len)
        return Reading(text.commands, unclear, own)
    lines = dict.fromkeys(command.line for command in (*text.commands, *html.commands))
    hint = "the mail's plain text and its HTML part say different things; send it again as plain text"
    differ = tuple(Unclear(line, "parts-differ", hint) for line in lines)
    return Reading((), (*differ, *max((text.unclear, html.unclear), key=len))[:MOST_UNCLEAR], own)


def _sense(reading: Reading) -> list[tuple[str, str, str]]:
    return sorted((c.verb, ref, c.argument) for c in reading.commands for ref in c.refs or ("",))


def _words_agree(text: Reading, html: Reading) -> bool:
    """The same words, but for where lines break and how far a paragraph was taken to reach."""
    return all(
        one.startswith(other) or other.startswith(one)
        for one, other in zip(_all_words(text), _all_words(html), strict=True)
    )


def _all_words(reading: Reading) -> list[str]:
    by_item = sorted((c.verb, ref, "".join(c.words.split())) for c in reading.commands for ref in c.refs or ("",))
    return [words for _, _, words in by_item]
