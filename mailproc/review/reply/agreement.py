"""What stands after all lines were read: doubts, contradictions, and parts of a mail that must agree.

Each function takes what was said and gives what may act; what is taken away comes back as not understood.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from mailproc.phrase import Phrase, say
from mailproc.review.language.verbs import BODY, LINE, VERBS
from mailproc.review.language.when import parted
from mailproc.review.reply.reading import Command, Listing, Reading, Unclear

MOST_UNCLEAR = 30  # lines that come back at most

_RIVALS = {  # wishes that undo each other
    "back": "away",
    "at once": "daily",
    "transcripts": "silent",
    "unwanted": "wanted",
    "restore": "offline",
}
_TYPED_WITHIN = "quoted-or-said"  # comes back though one part alone has it as a line: Thunderbird's text joins such
_ASTRAY = frozenset(
    {"unknown-number", "ambiguous-number", "wrong-letter", "unknown-reference", "nothing-listed", "no-reference"}
)


@dataclass(frozen=True, slots=True)
class Said:
    """What came of one line: a command, or an unclear line."""

    command: Command | None = None
    unclear: Unclear | None = None
    doubted: tuple[str, ...] = ()  # items that an unclear line makes doubtful
    about: tuple[str, ...] = ()  # items that the line names or stands under
    talk: bool = False  # the writer's words beside commands, which name no item and no decision
    others: bool = False  # the command is for what no other line is about


def give_body(said: list[Said], body: str, who: str, listing: Listing) -> None:
    """Give the text between `--- begin` and `--- end` to the verb that takes one; an author's alone confirms."""
    for n, each in enumerate(said):
        if each.command is not None and VERBS[each.command.verb].takes == BODY:
            said[n] = replace(each, command=replace(each.command, words=body, argument=""))
            return
    if who != "member":
        refs = tuple(item.ref for item in listing.items if item.kind in VERBS["confirm"].kinds)
        said.append(Said(Command("confirm", refs[:1] if len(refs) == 1 else (), body, "", "--- begin")))


def without_doubts(said: Sequence[Said]) -> list[Said]:
    """All lines, less the decisions that another line makes doubtful: "A-12 approve" beside "do not approve A-12"."""
    doubted = {ref for each in said for ref in each.doubted}
    return [part for each in said for part in _taking(each, doubted, "doubted")]


def the_rest(said: Sequence[Said]) -> list[Said]:
    """`the rest` without the items that other lines are about; not at all where a line's item is not known."""
    named = {ref for each in said if not each.others for ref in each.about}
    astray = any(each.unclear is not None and each.unclear.reason in _ASTRAY for each in said)
    found: list[Said] = []
    for each in said:
        command = each.command
        if not each.others or command is None:
            found.append(each)
            continue
        left = tuple(ref for ref in command.refs if ref not in named)
        if left and not astray:
            found.append(replace(each, command=replace(command, refs=left)))
        else:
            hint = say("hint/rest-not-clear") if astray else say("hint/no-rest")
            found.append(Said(unclear=Unclear(command.line, "which-rest", hint)))
    return found


def settle(said: Sequence[Said], own: str) -> Reading:
    """One reading of all lines: contradictions come back as unclear, and what was said twice counts once."""
    verdicts: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for command in (each.command for each in said if each.command and VERBS[each.command.verb].decides):
        for ref in command.refs:
            verdicts[ref].add((command.verb, command.argument))
    torn = {ref for ref, found in verdicts.items() if len(found) > 1 and not _is_a_yes_with_its_day(found)}
    said = _without_torn_wishes(said)
    kept = [part for each in said for part in _taking(each, torn, "contradiction")]
    commands = _merged(each.command for each in kept if each.command)
    unclear = list(dict.fromkeys(each.unclear for each in kept if each.unclear))
    talked = any(each.talk for each in said)
    return Reading(tuple(commands), tuple(unclear), own, talked=talked)


def _is_a_yes_with_its_day(found: set[tuple[str, str]]) -> bool:
    """Whether two lines go together: "A-12 approve", and below it "A-12 publish on 1 May"."""
    return len(found) == 2 and ("approve", "") in found and "schedule" in dict(found)  # noqa: PLR2004 - these two


def _without_torn_wishes(said: Sequence[Said]) -> list[Said]:
    """All lines, less the wishes that contradict each other: "away" and "back" in one mail, two orders of one file."""
    wishes: defaultdict[tuple[str, str], set[tuple[str, str]]] = defaultdict(set)
    for command in (each.command for each in said if each.command and VERBS[each.command.verb].of_self):
        wishes[_wish(command)].add((command.verb, command.words))
    torn = {wish for wish, found in wishes.items() if len(found) > 1}
    return [
        Said(unclear=Unclear(each.command.line, "contradiction", say("hint/two-wishes", about=each.command.argument)))
        if each.command and _wish(each.command) in torn
        else each
        for each in said
    ]


def _wish(command: Command) -> tuple[str, str]:
    """About what it is a wish: about oneself, a file, or something that is wanted; each is one of its own."""
    return _RIVALS.get(command.verb, command.verb), _what(command)


def _what(command: Command) -> str:
    """What a command is about beside its items: a kind, a file, or of what is wanted the words without their day."""
    of_words = _RIVALS.get(command.verb, command.verb) == "wanted"
    return " ".join(parted(command.words)[0].casefold().split()) if of_words else command.argument


def _taking(said: Said, refs: set[str], reason: str) -> list[Said]:
    """What is left of one line when it may not decide on `refs`, and the unclear line that says so."""
    command = said.command
    if command is None or not VERBS[command.verb].decides or not refs.intersection(command.refs):
        return [said]
    left = tuple(ref for ref in command.refs if ref not in refs)
    lost = tuple(ref for ref in command.refs if ref in refs)
    hint = say("hint/one-line", refs=lost) if reason == "doubted" else say("hint/one-thing", refs=lost)
    back = Said(unclear=Unclear(command.line, reason, hint))
    return [replace(said, command=replace(command, refs=left)), back] if left else [back]


def _merged(commands: Iterable[Command]) -> list[Command]:
    """Each command once. Where the same was said twice on an item, only the words of the second are added."""
    commands = _named(tuple(commands))
    merged: dict[tuple[str, tuple[str, ...], str], Command] = {}
    done: defaultdict[str, set[str]] = defaultdict(set)
    for command in commands:
        key = (command.verb, command.refs, _what(command))
        if key not in merged:
            fresh = _not_said_yet(command, done[command.verb])
            if fresh:
                merged[(fresh.verb, fresh.refs, _what(fresh))] = fresh
                done[fresh.verb].update(fresh.refs)
        elif command.words and command.words not in merged[key].words.split("\n"):
            merged[key] = replace(merged[key], words=f"{merged[key].words}\n{command.words}".strip("\n"))
    return list(merged.values())


def _named(commands: Sequence[Command]) -> list[Command]:
    """All of them; what one names is swept by none: "all approve", then "A-12 approve"."""
    named = {(each.verb, ref) for each in commands for ref in each.refs if ref not in each.swept}
    return [replace(each, swept=tuple(r for r in each.swept if (each.verb, r) not in named)) for each in commands]


def _not_said_yet(command: Command, done: set[str]) -> Command | None:
    """The command less the items on which the same was said before: "A-12 approve", then "all approve"."""
    if not VERBS[command.verb].decides or not command.refs:
        return command
    left = tuple(ref for ref in command.refs if ref not in done)
    return replace(command, refs=left) if left else None


def agree(text: Reading, html: Reading) -> Reading:
    """One reading of a mail's two parts; where their commands differ, no command acts (catalogue S18)."""
    own = text.own or html.own
    if sense(text) == sense(html) and _words_agree(text, html):
        fewer, more = sorted((text.unclear, html.unclear), key=len)
        unclear = fewer or tuple(each for each in more if each.reason == _TYPED_WITHIN)
        return Reading(text.commands, unclear, own, talked=text.talked or html.talked)
    differ = _all_back((text, html), "parts-differ", say("hint/parts-differ"))
    return Reading((), (*differ, *max((text.unclear, html.unclear), key=len)), own)


def with_subject(subject: Reading, body: Reading) -> Reading:
    """One reading of a subject that is a whole command, and of the body below it.

    A body that says nothing leaves the word to the subject; where both say the same it is said once, with the
    body's words; where they differ, or the body is not clear, neither acts.
    """
    if not subject.commands:
        return body
    if not body.commands and not body.unclear and not lacking_words(subject):
        return replace(subject, own=body.own)
    if sense(subject) == sense(body) and not body.unclear:
        return body
    differ = _all_back((subject, body), "subject-differs", say("hint/subject-differs"))
    return Reading((), (*differ, *body.unclear), body.own)


def lacking_words(reading: Reading) -> bool:
    """Whether a command lacks the words that it cannot do without: those of a subject may stand in the body."""
    return any(VERBS[each.verb].needs_words and not (each.words or each.argument) for each in reading.commands)


def told(reading: Reading) -> Reading:
    """The reading with as many unclear lines as a letter tells one by one; the others are counted."""
    left = reading.unclear[MOST_UNCLEAR:]
    return replace(reading, unclear=reading.unclear[:MOST_UNCLEAR], more=len(left)) if left else reading


def _all_back(readings: Iterable[Reading], reason: str, hint: Phrase) -> tuple[Unclear, ...]:
    lines = dict.fromkeys(command.line for reading in readings for command in reading.commands)
    return tuple(Unclear(line, reason, hint) for line in lines)


def sense(reading: Reading) -> list[tuple[str, str, str]]:
    """What a reading would do, so that two can be compared: (verb, reference, argument or words) of each command."""
    words = {c: c.words if VERBS[c.verb].takes == LINE else "" for c in reading.commands}
    return sorted((c.verb, ref, c.argument or words[c]) for c in reading.commands for ref in c.refs or ("",))


def _words_agree(text: Reading, html: Reading) -> bool:
    """Whether two readings hold the same words; line breaks and the end of a paragraph may differ."""
    return all(
        one.startswith(other) or other.startswith(one)
        for one, other in zip(_all_words(text), _all_words(html), strict=True)
    )


def _all_words(reading: Reading) -> list[str]:
    by_item = sorted((c.verb, ref, "".join(c.words.split())) for c in reading.commands for ref in c.refs or ("",))
    return [words for _, _, words in by_item]
