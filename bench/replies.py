"""`make bench ARGS=replies`: every reply does what its writer decided, and nothing else, from any mail program.

Every shape (`shapes`, and the fifteen given ones where they are at hand) x 7 languages x 40 answers go as octets
through `parse` and the reader; beside ours two libraries read the same mails (`readers` says how they are wired).
Exit 1 where ours does less than 99.5 % of the decisions, or one that nobody made. `--quick` reads each shape in each
language once, with every answer of every language among them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bench.answers import CASES, LANGUAGES, Case, Decision, Words, answers_of, expected, posted, words_of
from bench.letter import ANSWERED_AT, Posted, the_digest
from bench.readers import READERS, Reader, heard, may_decide
from bench.shapes.pieces import Shape
from bench.shapes.table import all_shapes
from mailproc.message.parse import parse
from mailproc.review.reply.command import Reading

ENOUGH = 0.995  # of the decisions
COUNTS = ("decisions", "right", "other words", "asked back", "missed", "invented", "not asked", "needless")
_WORDED = ("reject", "ask", "note")


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer, in one language, from one program."""

    shape: str
    language: str
    case: Case


@dataclass(slots=True)
class Tally:
    """What one reader made of all trials."""

    counts: defaultdict[tuple[str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    failures: list[dict[str, object]] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, trial: Trial, found: Counter[str]) -> None:
        """Count one trial under its shape, its language, its answer and the total."""
        places = (("shape", trial.shape), ("language", trial.language), ("answer", trial.case.name), ("total", ""))
        for place in places:
            self.counts[place].update(found)

    @property
    def total(self) -> Counter[str]:
        """All trials."""
        return self.counts["total", ""]

    @property
    def good(self) -> bool:
        """Enough decisions are right, and none is invented."""
        return self.total["right"] >= ENOUGH * self.total["decisions"] and not self.total["invented"]


def trials(shapes: Sequence[str], languages: Sequence[str], cases: Sequence[Case], *, quick: bool) -> Iterator[Trial]:
    """All of them; or each shape in each language once, the answers in turn."""
    for n, shape in enumerate(shapes):
        for place, language in enumerate(languages):
            chosen = [cases[(n + 11 * place) % len(cases)]] if quick else cases
            yield from (Trial(shape, language, case) for case in chosen)


def mail_of(trial: Trial, shape: Shape, words: Words, letter: Posted) -> bytes:
    """The octets that reach the desk."""
    octets = shape(letter.octets, answers_of(trial.case, words), trial.case.sender, ANSWERED_AT)
    return posted(trial.case, words, octets)


def decided(reading: Reading) -> set[Decision]:
    """(verb, reference, words) of all commands; blanks and line ends in words do not count."""
    return {
        (command.verb, ref, " ".join((command.words if command.verb in _WORDED else command.argument).split()))
        for command in reading.commands
        for ref in command.refs or ("",)
    }


def judged(case: Case, words: Words, reading: Reading) -> Counter[str]:
    """What a reading is worth, beside what was said."""
    wanted, found = expected(case, words), decided(reading)
    acts = {(verb, ref) for verb, ref, _ in found}
    lost = [each for each in wanted if each[:2] not in acts]
    return Counter(
        {
            "decisions": len(wanted),
            "right": len(wanted & found),
            "other words": sum(each not in found and each[:2] in acts for each in wanted),
            "asked back": len(lost) if reading.unclear else 0,
            "missed": 0 if reading.unclear else len(lost),
            "invented": len(acts - {each[:2] for each in wanted}),
            "not asked": int(case.back and not reading.unclear),
            "needless": int(bool(wanted) and not case.back and not lost and bool(reading.unclear)),
        }
    )


def run(
    chosen: Iterable[Trial], readers: dict[str, Reader], letter: Posted, shapes: dict[str, Shape]
) -> dict[str, Tally]:
    """Send every trial through every reader."""
    tallies = {name: Tally() for name in readers}
    words = {language: words_of(language) for language in LANGUAGES}
    for trial in chosen:
        octets = mail_of(trial, shapes[trial.shape], words[trial.language], letter)
        message, _ = parse(octets)
        allowed = may_decide(message)
        for name, reader in readers.items():
            begin = time.process_time()
            reading = heard(reader, message, octets, letter) if allowed else Reading((), ())
            tallies[name].seconds += time.process_time() - begin
            found = judged(trial.case, words[trial.language], reading)
            tallies[name].add(trial, found)
            if found["right"] < found["decisions"] or any(found[name] for name in COUNTS[5:]):
                tallies[name].failures.append(_failure(trial, words[trial.language], reading, found))
    return tallies


def _failure(trial: Trial, words: Words, reading: Reading, found: Counter[str]) -> dict[str, object]:
    return {
        "shape": trial.shape,
        "language": trial.language,
        "answer": trial.case.name,
        "wrote": [[answer.ref, answer.text] for answer in answers_of(trial.case, words)],
        "expected": sorted(expected(trial.case, words)),
        "decided": sorted(decided(reading)),
        "unclear": [[unclear.line, unclear.reason] for unclear in reading.unclear],
        "counts": {name: count for name, count in found.items() if count},
    }


def share(found: Counter[str]) -> str:
    """The decisions that are right, in per cent; no rounding up to 100."""
    if not found["decisions"]:
        return "-"
    part = 100 * found["right"] / found["decisions"]
    return f"{part:.2f}" if found["right"] < found["decisions"] else "100"


def by_place(kind: str, tallies: dict[str, Tally]) -> Table:
    """A row for each shape, language or answer: ours in full, of the others what is right and what is invented."""
    first, *others = tallies
    table = Table(
        kind, "decisions", "right %", *COUNTS[2:], *(f"{o}\n{w}" for o in others for w in ("right %", "invented"))
    )
    table.columns[0].no_wrap = True
    for place in [place for place in tallies[first].counts if place[0] == kind]:
        mine = tallies[first].counts[place]
        row = [str(mine["decisions"]), share(mine), *(str(mine[name] or "") for name in COUNTS[2:])]
        for other in others:
            theirs = tallies[other].counts[place]
            row += [share(theirs), str(theirs["invented"] or "")]
        table.add_row(place[1], *row)
    return table


def totals(tallies: dict[str, Tally], mails: int) -> Table:
    """A row for each reader."""
    table = Table("reader", *COUNTS[:2], "right %", *COUNTS[2:], "ms a mail", title=f"{mails} replies")
    for name, tally in tallies.items():
        counts = [str(tally.total[each]) for each in COUNTS]
        milliseconds = f"{1000 * tally.seconds / max(mails, 1):.1f}"
        table.add_row(name, *counts[:2], share(tally.total), *counts[2:], milliseconds)
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; 0 where ours is good enough."""
    parser = argparse.ArgumentParser(prog="bench.replies", description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--shapes", nargs="+", metavar="SHAPE", help="all if none is named")
    parser.add_argument("--answers", nargs="+", metavar="ANSWER", help="all if none is named")
    parser.add_argument("--quick", action="store_true", help="each shape in each language once")
    parser.add_argument("--ours", action="store_true", help="without the two libraries")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write counts and every failure there")
    chosen = parser.parse_args(arguments)
    shapes, console = all_shapes(), Console(width=None if sys.stdout.isatty() else 200)
    names = _known(chosen.shapes, list(shapes), parser.error)
    cases = [case for case in CASES if case.name in _known(chosen.answers, [c.name for c in CASES], parser.error)]
    planned = list(trials(names, chosen.languages, cases, quick=chosen.quick))
    readers = dict(list(READERS.items())[: 1 if chosen.ours else None])
    shown = track(planned, "reading", console=Console(stderr=True), transient=True)
    tallies = run(shown, readers, the_digest(), shapes)
    for kind in ("shape", "language", "answer"):
        console.print(by_place(kind, tallies))
    console.print(totals(tallies, len(planned)))
    if chosen.json:
        chosen.json.write_text(_json(tallies), encoding="utf-8")
    return 0 if next(iter(tallies.values())).good else 1


def _known(wanted: Sequence[str] | None, known: list[str], refuse: Callable[[str], object]) -> list[str]:
    for name in wanted or ():
        if name not in known:
            refuse(f'there is no "{name}"; there are {", ".join(known)}')
    return list(wanted or known)


def _json(tallies: dict[str, Tally]) -> str:
    told = {
        name: {"total": tally.total, "seconds": round(tally.seconds, 1), "failures": tally.failures}
        for name, tally in tallies.items()
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    sys.exit(main())
