"""How the desk does, and the call for help: a dead man's switch (what `health` prints, what the service watches).

Every part has an age: the last good poll of each mailbox, the last letter that left, the oldest message that waits.
Past its limit ([health]) it is trouble, and the operator is told once, and once more when it is over, by a path that
is not the broken one: a letter when polling fails, `alarm_command` when letters, disk or database do. A database that
cannot be written is told as well: what was told then is remembered here, in memory. Nothing is mended here.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from mailproc import failpoint
from mailproc.desk.ground.room import places, room_for_mail
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import lost
from mailproc.desk.keep.verify_messages import REBUILD
from mailproc.desk.serve.process import enter
from mailproc.errors import MailprocError, StoreError
from mailproc.store.database import reading, writing
from mailproc.store.mail import queues
from mailproc.store.mail.queues import Queues
from mailproc.store.octets import room
from mailproc.store.service import pulses, switches
from mailproc.store.service.pulses import Pulse
from mailproc.store.service.switches import Switch

log = logging.getLogger(__name__)
IN_A_ROW = 3  # failures of a timed job that make it trouble (catalogue F85)
QUIET = timedelta(seconds=30)  # a part that is well says so no oftener
COMMAND_SECONDS = 30
UNWRITABLE = "check its owner, and that the disk is not mounted read-only"
JOBS = ("work", "remind", "deliver run")
BY_COMMAND = frozenset({"database", "disk", "deliver", *JOBS})  # parts without which no letter leaves


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of one part, in one line with its cure."""

    part: str  # poll NAME, work, remind, deliver, deliver run, disk, database, stuck, ambiguous, paused, failpoints
    level: str  # ok, warning, trouble
    words: str


@dataclass(frozen=True, slots=True)
class Vitals:
    """Everything that is looked at, as it was at one moment."""

    now: datetime
    pulses: dict[str, Pulse]
    queues: Queues
    paused: tuple[Switch, ...]
    free: int  # octets


def note(desk: Desk, part: str, trouble: str = "") -> None:
    """A part has come to an end: a good one, or why not. What the database cannot take is only logged."""
    try:
        with reading(desk.engine) as conn:
            known = pulses.get(conn, part)
        if not trouble and not known.trouble and known.well_at and desk.now() - known.well_at < QUIET:
            return
        with writing(desk.engine) as conn:
            if trouble:
                pulses.fail(conn, part, desk.now(), trouble)
            else:
                pulses.beat(conn, part, desk.now())
    except StoreError as error:
        log.info("%s: %s", part, error)


def ready(desk: Desk) -> None:
    """What a start asks of the database: that it can be written. Raises StoreError."""
    with writing(desk.engine) as conn:
        pulses.beat(conn, "watch", desk.now())


def look(desk: Desk) -> Vitals:
    """The desk as it stands. Raises StoreError where it cannot be asked."""
    with reading(desk.engine) as conn:
        return Vitals(
            now=desk.now(),
            pulses={pulse.name: pulse for pulse in pulses.every(conn)},
            queues=queues.look(conn),
            paused=tuple(switch for switch in switches.every(conn) if switch.paused),
            free=min(map(room.free, places(desk))),
        )


def findings(desk: Desk, seen: Vitals) -> list[Finding]:
    """Every part, ok or not."""
    parts = (_database, _polls, _jobs, _work, _delivery, _disk, _switches)
    return [finding for part in parts for finding in part(desk, seen)]


def ago(now: datetime, at: datetime) -> str:
    """`2026-11-22 08:30 UTC (30 minutes ago)`; whole units, rounded down."""
    seconds = max(0, int((now - at).total_seconds()))
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    count = seconds // size
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC ({count} {unit}{'' if count == 1 else 's'} ago)"


_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def _database(desk: Desk, seen: Vitals) -> Iterator[Finding]:  # noqa: ARG001 - one shape for all parts
    """A new database beside an old archive: nothing can go on, and nothing would ever be late."""
    if lost(desk):
        yield Finding("database", "trouble", f"{desk.engine.url.database}: empty, and the archive is not; {REBUILD}")


def _polls(desk: Desk, seen: Vitals) -> Iterator[Finding]:
    """The age of each mailbox's last good poll."""
    for account in desk.config.imap:
        part = f"poll {account.name}"
        pulse = seen.pulses.get(part, Pulse(part))
        since = pulse.well_at or pulse.trouble_since
        why = f": {pulse.trouble}" if pulse.trouble else ""
        if since is None:
            yield Finding(part, "warning", f"mailbox {account.name} was never polled; start `mailproc run`")
        elif seen.now - since > desk.config.health.poll_age:
            cure = "what is in it stays there; see `mailproc doctor`, and that `mailproc run` runs"
            yield Finding(
                part, "trouble", f"mailbox {account.name} not polled since {ago(seen.now, since)}{why}; {cure}"
            )
        elif why:
            last = f"last polled {ago(seen.now, since)}" if pulse.well_at else "never polled yet"
            yield Finding(part, "warning", f"mailbox {account.name}, {last}{why}")
        else:
            yield Finding(part, "ok", f"mailbox {account.name} polled {ago(seen.now, since)}")


def _jobs(desk: Desk, seen: Vitals) -> Iterator[Finding]:  # noqa: ARG001 - one shape for all parts
    """Timed jobs that fail again and again."""
    for name in JOBS:
        pulse = seen.pulses.get(name, Pulse(name))
        if pulse.failures:
            level = "trouble" if pulse.failures >= IN_A_ROW else "warning"
            times = f"{pulse.failures} time{'' if pulse.failures == 1 else 's'} in a row"
            yield Finding(name, level, f"{name} failed {times}: {pulse.trouble}")


def _work(desk: Desk, seen: Vitals) -> Iterator[Finding]:
    """The age of the oldest message that waits, and of the last look at the queue."""
    waiting, ran = seen.queues, seen.pulses.get("work", Pulse("work")).well_at
    oldest, age = waiting.oldest_message, desk.config.health.work_age
    if oldest and seen.now - oldest > age:
        cure = "see that `mailproc run` runs, and `mailproc received list --state received`"
        yield Finding("work", "trouble", f"a message waits for its turn since {ago(seen.now, oldest)}; {cure}")
    elif ran is None:
        yield Finding("work", "warning", "nothing was worked on yet; start `mailproc run`")
    elif seen.now - ran > age:
        yield Finding("work", "trouble", f"the queue was last served {ago(seen.now, ran)}; start `mailproc run`")
    else:
        yield Finding("work", "ok", f"queue served {ago(seen.now, ran)}, {waiting.messages} waiting")
    if waiting.stuck:
        cure = "see `mailproc received list --state stuck`, then `mailproc received retry`"
        yield Finding("stuck", "warning", f"{waiting.stuck} stuck; {cure}")


def _delivery(desk: Desk, seen: Vitals) -> Iterator[Finding]:
    """Whether letters leave: trouble if some wait and none has left for too long."""
    waiting, sent = seen.queues, seen.queues.last_sent
    last = f"the last one left {ago(seen.now, sent)}" if sent else "none has left yet"
    held = waiting.oldest_letter and max(waiting.oldest_letter, sent or waiting.oldest_letter)
    rests = any(switch.name == "letters" for switch in seen.paused)
    if held and not rests and seen.now - held > desk.config.health.deliver_age:
        told = waiting.why or seen.pulses.get("deliver", Pulse("deliver")).trouble
        why = f": {told}" if told else ""
        cure = "see `mailproc doctor`, and that `mailproc run` runs"
        yield Finding("deliver", "trouble", f"{waiting.letters} letters wait, {last}{why}; {cure}")
    else:
        yield Finding("deliver", "ok", f"{waiting.letters} letters wait, {last}")
    if waiting.ambiguous:
        cure = "`mailproc outbox list --state ambiguous` shows them"
        yield Finding("ambiguous", "warning", f"nobody knows whether {waiting.ambiguous} letters arrived; {cure}")


def _disk(desk: Desk, seen: Vitals) -> Iterator[Finding]:
    short = room_for_mail(desk) or next(
        (f"{place}: cannot be written; {UNWRITABLE}" for place in places(desk) if not room.writable(place)), ""
    )
    yield Finding("disk", "trouble" if short else "ok", short or f"{seen.free >> 20} MiB free")


def _switches(desk: Desk, seen: Vitals) -> Iterator[Finding]:  # noqa: ARG001 - one shape for all parts
    for switch in seen.paused:
        yield Finding("paused", "warning", _paused_since(switch))
    if armed := failpoint.armed():
        cure = f"unset {failpoint.VARIABLE} and start again"
        yield Finding("failpoints", "trouble", f"failpoints are set, and this desk will die of them: {armed}; {cure}")


def paused(desk: Desk) -> list[str]:
    """What rests by the operator's word, one line each. Raises StoreError."""
    with reading(desk.engine) as conn:
        return [_paused_since(switch) for switch in switches.every(conn) if switch.paused]


def _paused_since(switch: Switch) -> str:
    """`letters are paused since ...`, with the way back."""
    verb = "are" if switch.name.endswith("s") else "is"
    since = f"{switch.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return f"{switch.name} {verb} paused since {since}; `mailproc resume {switch.name}` lets them go on"


# The call for help

Told = set[str]  # parts whose trouble was told while the database could not remember it


@dataclass(frozen=True, slots=True)
class Call:
    """A word to the operator."""

    part: str
    deed: str  # alarm, recovered
    since: datetime  # of the trouble
    words: str

    @property
    def about(self) -> str:
        """Its headline."""
        return f"{self.part} {'is in trouble' if self.deed == 'alarm' else 'works again'}"


def watch(desk: Desk, told_here: Told) -> None:
    """One look, and a word to the operator on what is new: a trouble, or its end. Never raises for a broken store."""
    try:
        ready(desk)
        found = findings(desk, look(desk))
    except StoreError as error:
        if "database" not in told_here and _by_command(desk, Call("database", "alarm", desk.now(), str(error))):
            told_here.add("database")
        return
    if "database" in told_here and _by_command(desk, Call("database", "recovered", desk.now(), "what waited goes on")):
        told_here.remove("database")
    troubles: dict[str, str] = {}
    for finding in found:
        if finding.level == "trouble":
            troubles.setdefault(finding.part, finding.words)
    for part in (*(f"poll {account.name}" for account in desk.config.imap), *JOBS, "deliver", "disk"):
        _tell(desk, part, troubles)


def _tell(desk: Desk, part: str, troubles: dict[str, str]) -> None:
    """The trouble of one part, or its end, if the operator does not know it yet."""
    with reading(desk.engine) as conn:
        pulse = pulses.get(conn, part)
        letters_rest = switches.paused(conn, "letters")
    if part in troubles and pulse.told_at is None:
        call = Call(part, "alarm", pulse.well_at or pulse.trouble_since or desk.now(), troubles[part])
    elif part not in troubles and pulse.told_at is not None:
        call = Call(part, "recovered", pulse.told_at, f"told {ago(desk.now(), pulse.told_at)}; nothing to do any more")
    else:
        return
    if not (part in BY_COMMAND or "deliver" in troubles or letters_rest) and _by_letter(desk, call):
        _remember(desk, call)
    elif _remember(desk, call) and not _by_command(desk, call):
        _remember(desk, replace(call, deed="recovered" if call.deed == "alarm" else "alarm"))  # nobody heard it


def _remember(desk: Desk, call: Call) -> bool:
    """What the operator knows from now on; False if another process was quicker."""
    with writing(desk.engine) as conn:
        return pulses.told(conn, call.part, desk.now() if call.deed == "alarm" else None)


def _by_letter(desk: Desk, call: Call) -> bool:
    """A message of the clock that writes to the operator, once for each trouble; False if the desk cannot now."""
    source = f"clock:{call.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}/{call.deed}/{call.part.replace(' ', '-')}"
    try:
        enter(desk, source, f"notice {call.about}\n{call.words}", desk.now())
    except MailprocError as error:
        log.warning("%s", error)
        return False
    return True


def _by_command(desk: Desk, call: Call) -> bool:
    """The operator's own alarm, and the log in any case; False if the alarm could not be given."""
    log.error("%s: %s", call.about, call.words)
    command = desk.config.health.alarm_command
    if command is None:
        return True
    text = f"{desk.config.desk.name}: {call.about}\n{call.words}\n"
    silent = subprocess.DEVNULL  # what it prints may hold a secret
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
            command, input=text.encode(), stdout=silent, stderr=silent, timeout=COMMAND_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        why = getattr(error, "strerror", None) or f"it took longer than {COMMAND_SECONDS} seconds"
    else:
        why = f"it left with status {done.returncode}" if done.returncode else ""
    if why:
        log.error("[health] alarm_command: %s; run it by hand to see why", why)
    return not why
