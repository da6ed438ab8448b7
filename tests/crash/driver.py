"""Kills the real program, again and again, starts it again, and lets the checker say what was lost or done twice.

A round: people write, the program starts and dies (SIGKILL at a named failpoint, at a random moment, or while the sink
keeps silent after the final dot), the checker looks at the dead; often it dies a second time at another point. Then
the service starts, at once, and everything is done that can be done: no letter that may leave waits for ten seconds
(`rest`), though all go to one provider. The checker looks again, and `witness`, which was written from the contracts
alone. Dovecot may drop our connections; that is counted.
`python tests/crash/driver.py --rounds 60 [--seed N] [--points NAME,...] [--keep]` prints a line for each point and
leaves with 1 where an invariant does not hold; the folder is kept then, and the seed tells the story again.
Long form: `for seed in 1 2 3 4 5; do python tests/crash/driver.py --rounds 250 --seed $seed; done`.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random

sys.path.append(str(Path(__file__).resolve().parents[1]))  # tests/, when this is run as a program

from crash import checker, mails, program, rebuilt, witness
from crash.evidence import drops, mailboxes, open_case
from crash.program import KILLED
from crash.town import Town, a_town, prepare
from crash.weather import storm
from dovecot import Dovecot, start_dovecot

from mailproc import failpoint

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CHAPTER = 40  # rounds in one desk; then a new one
STEP_HOURS = 4.2  # from round to round: digests come due every sixth
TWICE = 0.6  # of the rounds in which it can die at a second point do
PATIENCE_HOURS = (0, 1, 5, 9)  # at the end of a desk: letters that a server put off leave, too
REBUILD_EVERY = 15
SUMMARY_EVERY = 50
ASKED = (["list"], ["outbox", "list"], ["received", "list"])  # what the second checker hears
RUNS_WITHIN = 60.0
FRESH_SECONDS = 1.0  # until a new interpreter has imported the program
RANDOM, SILENT, RESET = "a random moment", "the sink is silent after the dot", "the sink hangs up after the dot"
WEATHER = "bad weather"
OTHERS = {RANDOM: 4, SILENT: 1, RESET: 1, WEATHER: 1}  # beside the named points: weight
WITHOUT_MOVE = ("imap.copied", "imap.marked", "imap.deleted")  # Dovecot has MOVE; tests/intake has a server without
ONCE = ("store.", "imap.moved", "receive.committed", "publish.")  # points that one run may come to only once


@dataclass
class Told:
    """What came of all rounds."""

    rounds: int = 0  # one for each point
    died: Counter[str] = field(default_factory=Counter)  # point -> rounds in which the program died there
    missed: Counter[str] = field(default_factory=Counter)  # point -> rounds in which it was not reached
    twice: int = 0  # rounds in which the recovery died as well
    lives: int = 0  # starts after which all was done
    slowest: float = 0.0  # seconds until the last letter of one of them had left
    drops: int = 0  # of Dovecot
    rebuilds: int = 0
    not_rebuilt: int = 0  # looks for which there was no `rebuild`
    violations: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)  # of the checker, all desks together
    seconds: float = 0.0

    @property
    def kills(self) -> int:
        return self.died.total() - self.died[RESET] - self.died[WEATHER] + self.twice


def points(wanted: str = "") -> list[str]:
    """What a round may die of, each as often as its weight."""
    named = [name for name in failpoint.NAMES if name not in WITHOUT_MOVE]
    found = [*named, *(name for name, weight in OTHERS.items() for _ in range(weight))]
    chosen = [name for name in found if name in wanted.split(",")] if wanted else found
    if not chosen:
        raise SystemExit(f"no such point: {wanted}; there are {', '.join(dict.fromkeys(found))}")
    return chosen


def is_plain(point: str) -> bool:
    """Whether a desk may die there in the middle of anything: a second death, or before one."""
    return point != "store.migrating" and not point.startswith(tuple(DEATHS))


def planned(names: list[str], rounds: int, chance: Random) -> Iterator[list[str]]:
    """Every point in turn, in an order of its own each time round; plain ones often by two, with no life between."""
    left: list[str] = []
    while rounds:
        left = left or chance.sample(names, len(names))
        chosen = [left.pop()]
        plain = [name for name in left if is_plain(name)]
        if rounds > 1 and plain and is_plain(chosen[0]) and chance.random() < TWICE:
            left.remove(plain[-1])
            chosen.append(plain[-1])
        rounds -= len(chosen)
        yield chosen


def drive(folder: Path, rounds: int, seed: int, wanted: str, seconds: float, say: Callable[[str], None]) -> Told:
    """All rounds, in one desk after another; ends early at the first violation, or when its time is over."""
    told, began = Told(), time.monotonic()
    chance = Random(seed)  # noqa: S311 - the same seed tells the same story
    plan = planned(points(wanted), rounds, chance)
    with dovecot() as server:
        prepared = prepare(folder, START)
        while told.rounds < rounds and not told.violations:
            with a_town(prepared, f"c{seed}-{told.rounds:05}", server, START, chance) as town:
                last = min(rounds, told.rounds + CHAPTER)
                while told.rounds < last and not told.violations:
                    if time.monotonic() - began > seconds:
                        say(f"time is over after {told.rounds} rounds")
                        rounds = last = told.rounds
                        break
                    one_round(town, next(plan), told, prepared, say)
                if not told.violations:
                    finish(town, told)
    told.seconds = time.monotonic() - began
    return told


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    server = start_dovecot()
    try:
        yield server
    finally:
        server.stop()


def one_round(town: Town, deaths: list[str], told: Told, prepared: Path, say: Callable[[str], None]) -> None:
    """One death or two, and the life after them."""
    began, before = time.monotonic(), told.rounds
    told.rounds += len(deaths)
    if deaths == ["store.migrating"]:  # a desk that was never opened
        name = f"{town.name}-m{told.rounds}"
        with a_town(prepared, name, town.dovecot, town.now, town.chance, source="empty") as other:
            live(other, deaths, told)
            finish(other, told)
    else:
        live(town, deaths, told)
        town.pass_(hours=STEP_HOURS)
    if told.rounds // SUMMARY_EVERY > before // SUMMARY_EVERY:
        say(f"       so far: {told.rounds} rounds, {told.kills} kills, {len(told.violations)} violations")
    took = time.monotonic() - began
    say(f"{told.rounds:5}  {' + '.join(deaths):60} {took:5.1f} s  {'; '.join(told.violations)}")


def live(town: Town, deaths: list[str], told: Told) -> None:
    """People write and the program dies, and again; it may die a last time as it comes back."""
    for point in deaths:
        died = next((dies for prefix, dies in DEATHS.items() if point.startswith(prefix)), death)(town, point)
        told.died[point] += died
        told.missed[point] += not died
        told.violations += [f"{point}: {broke[-600:]}" for each in town.started if (broke := each.broke())]
        look_at_the_dead(town, told)
    if len(deaths) == 1 and town.chance.random() < 0.15:  # a third death of one message would make it stuck
        again = town.start("run", *town.chance.choice([(), ("--once",)]))
        again.wait(town.chance.uniform(0, town.takes))
        again.kill()
        told.twice += again.wait(10) == KILLED
        look_at_the_dead(town, told)
    recover(town, told)
    told.violations += look_at_rest(town).violations
    if told.rounds % REBUILD_EVERY < len(deaths):
        look_at_a_rebuild(town, told)


def death(town: Town, point: str) -> bool:
    """A round of everything that dies where it should; False if it never came there."""
    if point.startswith("publish."):
        decided = something_to_publish(town)
        town.post(decided) if decided else None
    for mail in town.some_mails():
        town.post(mail)
    if "letter" in point or "deliver" in point or "sink" in point:  # one that is answered
        town.post(mails.enquiry(town.fresh_id(), town.now, town.chance))
    if decided := town.a_decision():
        for _ in range(1 + (town.chance.random() < 0.1)):  # a reply that comes twice decides once
            town.post(decided)
    fresh = town.chance.random() < 0.1
    if point == RANDOM:
        running = town.start("run", "--once", fresh=fresh)
        running.wait(town.chance.uniform(0, town.takes + (FRESH_SECONDS if fresh else 0)))
        running.kill()
        return running.wait(10) == KILLED
    if point == WEATHER:
        return storm(town)
    if point in {SILENT, RESET}:
        return sink_death(town, point)
    nth = 1 if point.startswith(ONCE) else town.chance.choice([1, 1, 1, 2])
    running = town.run("run", "--once", armed=f"{point}:kill9:{nth}", fresh=fresh)
    return running.status == KILLED


def something_to_publish(town: Town) -> mails.Mail | None:
    """A reply that approves; days pass until a digest lists something."""
    for _ in range(3):
        if decided := town.a_decision(verdicts=("approve",), untouched=True):
            return decided
        town.post(mails.article(town.fresh_id(), town.now, town.chance))
        town.pass_(hours=24)
        town.run("run", "--once")
    return None


def sink_death(town: Town, point: str) -> bool:
    """The sink has the letter and the desk never hears of it: killed while it waits, or hung up on."""
    before = len(list(town.sink.glob("*.mail")))
    began, mode = time.time_ns(), town.sink / "mode"
    mode.write_text("silent" if point == SILENT else "reset")
    try:
        running = town.start("run", "--once")
        if point == RESET:
            running.wait(RUNS_WITHIN)
            return len(list(town.sink.glob("*.mail"))) > before
        deadline = time.monotonic() + RUNS_WITHIN
        while running.poll() is None and time.monotonic() < deadline:
            if len(list(town.sink.glob("*.mail"))) > before:
                break
            running.wait(0.02)
        running.kill()
        return running.wait(10) == KILLED
    finally:
        mode.unlink()
        town.broke(began)


def lmtp_death(town: Town, point: str) -> bool:
    """The service dies while a mail server hands mail over; the mail server tries again until it hears 250."""
    waiting = [(mail, town.post(mail, via="lmtp")) for mail in town.some_mails(1, 2)]
    running = town.start("run", armed=f"{point}:kill9")
    if town.listens(running):
        deaf = running if point == "lmtp.replied" else None
        waiting = [(mail, id_) for mail, id_ in waiting if not town.hand_over(mail, id_, deaf=deaf)]
    running.wait(2)
    running.kill()
    died = running.wait(10) == KILLED
    look = town.start("run")
    if not town.listens(look):
        raise AssertionError(f"the service does not listen: {look.said()}")
    for mail, id_ in waiting:
        if not town.hand_over(mail, id_):
            raise AssertionError(f"the service refuses {id_}: {look.said()}")
    look.stop()
    if look.wait(30) != 0:
        raise AssertionError(f"SIGTERM was answered with {look.status}: {look.said()}")
    return died


def command_death(town: Town, point: str) -> bool:
    """A command that an operator types dies, and is typed again."""
    for mail in town.some_mails():
        town.post(mail)
    before = town.run("run", "--once")
    checker.check(open_case(town.folder))  # what will be erased is seen before
    words, made = COMMANDS[point.partition(".")[0]](town)
    if words[0] == "forget":
        town.forgot(words[1])
    died = town.run(*words, armed=f"{point}:kill9")
    if point == "backup.written" and made.exists():
        raise AssertionError("a backup that died stands under its name")
    again = town.run(*words)
    forgotten = point.startswith("erase.") and "no row knows this address" in again.said()  # its `work` finished it
    if before.status != 0 or (again.status != 0 and not forgotten):
        raise AssertionError(f"{words} again: {before.said()}{again.said()}")
    for leftover in made.parent.glob(f"{made.name}*"):
        leftover.unlink()
    return died.status == KILLED


COMMANDS: dict[str, Callable[[Town], tuple[list[str], Path]]] = {  # what is typed, and the file it makes
    "erase": lambda town: (["forget", town.somebody(), "--yes"], town.folder / "none"),
    "rebuild": lambda town: (
        ["rebuild", "--database", f"sqlite:///{town.folder / 'again.db'}"],
        town.folder / "again.db",
    ),
    "backup": lambda town: (["backup", str(town.folder / "backup.tar")], town.folder / "backup.tar"),
}
DEATHS = {"lmtp.": lmtp_death, "erase.": command_death, "rebuild.": command_death, "backup.": command_death}


def look_at_the_dead(town: Town, told: Told) -> None:
    """What must hold at any moment."""
    told.violations += checker.after_death(open_case(town.folder))


def recover(town: Town, told: Told) -> None:
    """The service starts at once, with nobody killing it, and comes to rest."""
    trouble = town.lives_again()
    told.lives += 1
    told.slowest = max(told.slowest, town.slowest)
    told.violations += [f"the recovery: {trouble}"] if trouble else []


def look_at_rest(town: Town) -> checker.Findings:
    """What both checkers say of a desk that has nothing to do."""
    case = open_case(town.folder)
    found = checker.check(case)
    asked = program.ask(ASKED, town.config, town.now, town.folder / "said/asked.txt")
    found.violations += witness.judge(witness.look(town.folder, mailboxes(case), asked))
    return found


def look_at_a_rebuild(town: Town, told: Told) -> None:
    """A database made of archive, entries and outbox says what the living one says (design §9)."""
    recover(town, told)  # what the last step of a round wrote leaves in the next
    differences = rebuilt.compare(town.config, town.folder, town.now)
    told.rebuilds += differences is not None
    told.not_rebuilt += differences is None
    told.violations += [f"rebuild: {words}" for words in differences or ()]


def finish(town: Town, told: Told) -> None:
    """The end of a desk: its counts, once."""
    for hours in PATIENCE_HOURS:
        town.pass_(hours=hours)
        recover(town, told)
        found = look_at_rest(town)
        if not found.counts["letters waiting"] or told.violations:
            break
    told.violations += found.violations
    told.counts.update(found.counts)
    told.drops += drops(town.folder)
    if found.counts["letters waiting"]:
        told.violations.append(f"{town.name}: {found.counts['letters waiting']} letters never left")


def summary(told: Told) -> str:
    """What a person reads."""
    names = sorted(set(told.died) | set(told.missed))
    lines = [f"  {name:34} {told.died[name]:5} died {told.missed[name]:5} not reached" for name in names]
    lines += [f"  {words:34} {n:5}" for words, n in told.counts.items()]
    head = f"{told.rounds} rounds, {told.kills} kills, {told.twice} of them of a recovery, in {told.seconds:.0f} s"
    tail = f"rebuild compared {told.rebuilds} times, not there {told.not_rebuilt} times"
    tail += f"; Dovecot dropped {told.drops} connections"
    left = f"after each of {told.lives} starts every letter that might leave left, in {told.slowest:.1f} s at most"
    good = ["0 lost, 0 doubled: I1 to I5 hold", left]
    return "\n".join([head, *lines, tail, *(told.violations or good)])


def say(words: str) -> None:
    """A line for whoever watches."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> int:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=60)
    options.add_argument("--seed", type=int, default=20261122)
    options.add_argument("--points", default="", metavar="NAME,...", help="only these")
    options.add_argument("--seconds", type=float, default=1e9, help="begin no round after so long")
    options.add_argument("--keep", action="store_true", help="leave the folder")
    options.add_argument("--json", action="store_true", help="the summary as JSON, on the last line")
    chosen = options.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="mailproc-crash-"))
    told = drive(folder, chosen.rounds, chosen.seed, chosen.points, chosen.seconds, say)
    say(summary(told))
    if chosen.keep or told.violations:
        say(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    if chosen.json:
        say(json.dumps({"rounds": told.rounds, "kills": told.kills, "died": told.died, "violations": told.violations}))
    return 1 if told.violations else 0


if __name__ == "__main__":
    sys.exit(main())
