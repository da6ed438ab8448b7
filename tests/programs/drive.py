"""Drives people's mail programs, and says what the desk made of each answer: `make programs`.

Thunderbird and Roundcube, each with both of its composers, answer, forward and tap a digest in the town of `town`.
Long, by hand, and no part of `make test` or of the CI: it needs programs that neither installs. Prints a line a
scenario (right, asked back, missed, invented) and leaves with 1 where one is not as it should be.
`make programs ARGS="thunderbird-html --only between"` drives some; `--keep` writes what they wrote into tests/corpus.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # tests/, when this is run as a program

import pytest
from build import entry_of, letters, text_of
from composer import Composer, Program, write
from corpus_of import keep
from devtools import DevToolsError
from dovecot import Dovecot, start_dovecot
from judge import Judgement, judge
from marionette import MarionetteError
from packages import missing
from postfix import comes
from roundcube import a_roundcube
from scenarios import DESK, Scenario, of
from thunderbird import a_thunderbird
from town import ANA, REFS, Town, a_town, copied, count, octets_at

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.serve.process import work

COMPOSERS = ("thunderbird-html", "thunderbird-plain", "roundcube-html", "roundcube-text")
STARTS = {"thunderbird": a_thunderbird, "roundcube": a_roundcube}
EVENING = timedelta(hours=-6)  # of the day before, when the letter was written: the same in all runs of a day


class Stuck(Exception):
    """A program does not do what it is told."""


def yesterday() -> datetime:
    """The hour of the letter."""
    return now().replace(hour=0, minute=0, second=0) + EVENING


def now() -> datetime:
    """The hour that the programs write into their mails: they cannot be told another."""
    return datetime.fromtimestamp(int(time.time()), UTC)


@contextmanager
def a_program(composer: str, town: Town, folder: Path) -> Iterator[Program]:
    """One with this composer."""
    name, _, kind = composer.partition("-")
    with STARTS[name](town.ana, folder, html=kind == "html") as program:
        yield program


def opened(program: Program, scenario: Scenario) -> Composer:
    """The composer that the scenario is typed into."""
    if scenario.by == "reply":
        return program.replies()
    if scenario.by.startswith("forward"):
        return program.forwards(DESK, attached=scenario.by.endswith("attached"))
    return program.taps(scenario.by, scenario.label)


def driven(program: Program, scenario: Scenario, town: Town, folder: Path) -> tuple[bytes, Judgement]:
    """What the program wrote, and what came of it at a desk of its own."""
    with copied(town, folder, now()) as desk:
        before = count(desk)
        program.sets(scenario.settings)
        write(opened(program, scenario), scenario.hands)
        comes(lambda: count(desk) > before, "the mail at the desk")
        work(desk)
        told = [text_of((desk.outbox / each.path).read_bytes()) for each in letters(desk, "member/transcript", ANA)]
        return octets_at(desk, before + 1), judge(scenario, entry_of(desk, before + 1), told)


def drive(composer: str, waiting: int, dovecot: Dovecot, options: argparse.Namespace) -> bool:
    """All scenarios of a composer with a letter on so many items; whether each came out as it should."""
    with (
        tempfile.TemporaryDirectory(prefix="town-") as name,
        a_town(dovecot, Path(name) / "desk", yesterday(), waiting) as town,
    ):
        town.empty_mailbox()
        deliver(town.desk)
        comes(town.mailbox, "the digest in Ana's mailbox")
        left = [each for each in of(composer, town.digest, waiting) if options.only in each.name]
        fine = [False] * len(left)
        while left:  # a program that got stuck is started anew
            home = Path(tempfile.mkdtemp(dir=name))
            with suppress(Stuck), a_program(composer, town, home) as program:
                while left:
                    scenario = left.pop(0)
                    fine[len(left)] = one(program, composer, scenario, town, options)
    return all(fine)


def one(program: Program, composer: str, scenario: Scenario, town: Town, options: argparse.Namespace) -> bool:
    """One scenario, told and kept; whether it came out as it should. Raises `Stuck`."""
    try:
        with tempfile.TemporaryDirectory(prefix="desk-") as folder:
            octets, judgement = driven(program, scenario, town, Path(folder) / "desk")
    except (pytest.fail.Exception, MarionetteError, DevToolsError) as failed:
        told = str(failed).partition("\n")[0]
        tell(composer, scenario, f"could not be driven: {told}")
        raise Stuck(told) from failed
    tell(composer, scenario, str(judgement))
    if options.keep:
        keep(options.keep, composer, scenario, octets, judgement, town)
    return judgement.fine


def tell(composer: str, scenario: Scenario, words: str) -> None:
    """A line for whoever waits."""
    print(f"{composer:18} {scenario.name:24} {words}", flush=True)  # noqa: T201 - it is its purpose


def main() -> int:
    """As the preface says."""
    parser = argparse.ArgumentParser(prog="make programs", description=__doc__.partition("\n")[0])
    parser.add_argument("composers", nargs="*", metavar="COMPOSER", help=", ".join(COMPOSERS))
    parser.add_argument("--only", default="", help="scenarios whose name holds this")
    parser.add_argument("--keep", nargs="?", type=Path, const=Path(__file__).parents[1] / "corpus", metavar="FOLDER")
    options = parser.parse_args()
    composers = options.composers or COMPOSERS
    if told := missing(composers):
        parser.exit(1, told)
    dovecot = start_dovecot()
    try:
        fine = [drive(each, many, dovecot, options) for each in composers for many in (len(REFS), 1)]
    finally:
        dovecot.stop()
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
