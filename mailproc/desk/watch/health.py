"""How the desk does: what `health` prints, and what the service looks at (`alarm`).

Every part has an age: the last good poll of each mailbox, the last letter that left, the oldest message that waits.
Past its limit ([health]) it is trouble. Only the books are asked, so that it can be said of a desk whose rules or
letters are broken. Nothing is mended here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailproc import failpoint, times
from mailproc.desk.carry import abandoned
from mailproc.desk.carry.abandoned import Abandoned
from mailproc.desk.ground import key as keys
from mailproc.desk.ground.books import Books, lost, words_of_lost
from mailproc.desk.ground.key import Key
from mailproc.desk.ground.room import places, room_for_mail, torn
from mailproc.desk.ground.timepiece import DAY, Doubt
from mailproc.errors import StoreError
from mailproc.finding import Finding, Level
from mailproc.message.author.place import small
from mailproc.store.database import reading, writing
from mailproc.store.mail import queues
from mailproc.store.mail.queues import Queues
from mailproc.store.octets import room
from mailproc.store.octets.disk import open_to_others
from mailproc.store.service import probes, pulses, switches
from mailproc.store.service.probes import Probe
from mailproc.store.service.pulses import Pulse
from mailproc.store.service.switches import Switch

log = logging.getLogger(__name__)
IN_A_ROW = 3  # failures of a timed job that make it trouble (catalogue F85)
TAKEN_UP = timedelta(seconds=60)  # what a process held that ended is free before that, where another runs
QUIET = timedelta(seconds=30)  # a part that is well says so no oftener
UNWRITABLE = "check its owner, and that the disk is not mounted read-only"
JOBS = ("work", "remind", "deliver run")


@dataclass(frozen=True, slots=True)
class Vitals:
    """Everything that is looked at, as it was at one moment."""

    books: Books
    now: datetime
    pulses: dict[str, Pulse]
    queues: Queues
    paused: tuple[Switch, ...]
    free: int  # octets
    abandoned: Abandoned = field(default_factory=Abandoned)
    doubted: tuple[Probe, ...] = ()  # hosts of `review.border` that left in what they should have taken out
    key: Key | None = None
    clock: Doubt | None = None  # of this machine's clock


def note(books: Books, part: str, trouble: str = "") -> None:
    """A part has come to an end: a good one, or why not. What the database cannot take is only logged."""
    try:
        with reading(books.engine) as conn:
            known = pulses.get(conn, part)
        if not trouble and not known.trouble and known.well_at and abs(books.now() - known.well_at) < QUIET:
            return
        with writing(books.engine) as conn:
            books.keep_time(conn)
            if trouble:
                pulses.fail(conn, part, books.now(), trouble)
            else:
                pulses.beat(conn, part, books.now())
    except StoreError as error:
        log.info("%s: %s", part, error)


def ready(books: Books) -> None:
    """What a start asks of the database: that it can be written. Raises StoreError."""
    with writing(books.engine) as conn:
        books.keep_time(conn)
        pulses.beat(conn, "watch", books.now())


def look(books: Books) -> Vitals:
    """The desk as it stands. Raises StoreError where it cannot be asked."""
    free = min(map(room.free, places(books)))
    with reading(books.engine) as conn:
        return Vitals(
            books=books,
            now=books.now(),
            pulses={pulse.name: pulse for pulse in pulses.every(conn)},
            queues=queues.look(conn, books.now()),
            paused=tuple(switch for switch in switches.every(conn) if switch.paused),
            free=free,
            abandoned=abandoned.look(books, conn),
            doubted=_doubted(books, conn),
            key=keys.look(books),
            clock=books.doubt,
        )


def findings(seen: Vitals) -> list[Finding]:
    """Every part, ok or not."""
    parts = (_database, _key, _clock, _polls, _jobs, _work, _delivery, _abandoned, _disk, _switches, _border, _access)
    return [finding for part in parts for finding in part(seen)]


def ago(now: datetime, at: datetime) -> str:
    """`2026-11-22 08:30 UTC (30 minutes ago)`; whole units, rounded down."""
    seconds = max(0, int((now - at).total_seconds()))
    size, unit = next((each for each in _UNITS if seconds >= each[0]), _UNITS[-1])
    count = seconds // size
    return f"{times.minute(at)} ({count} {unit}{'' if count == 1 else 's'} ago)"


_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def _database(seen: Vitals) -> Iterator[Finding]:
    """A new database beside an old archive: nothing can go on, and nothing would ever be late."""
    if lost(seen.books):
        yield Finding("trouble", words_of_lost(seen.books), "database")


def _key(seen: Vitals) -> Iterator[Finding]:
    """Without it no answer of a member is known; a service that runs has it in memory, and goes on until it ends."""
    return of_key(seen.key) if seen.key else iter(())


def of_key(key: Key) -> Iterator[Finding]:
    """The key, as `health` and `doctor` tell of it."""
    if key.flaw:
        yield Finding("trouble", key.trouble, "key")
    elif open_to_others(key.path):
        why = "others on this machine can read it and answer in any member's name"
        yield Finding("warning", f"{key.path}: {why}; `chmod 600 {key.path}`", "key")
    elif key.octets:
        yield Finding("ok", f"{key.path}: the key of this desk's letters", "key")


def _clock(seen: Vitals) -> Iterator[Finding]:
    """A clock that jumped: nothing that waits for a time happens until somebody has looked at it (catalogue F105)."""
    if seen.clock:
        yield Finding("trouble", jumped(seen.clock), "clock")


def jumped(doubt: Doubt) -> str:
    """What the machine's clock says, what rests because of it, and both cures."""
    says, reckoned = times.minute(doubt.says), times.minute(doubt.reckoned)
    return (
        f"this machine's clock says {says}, {_off(doubt)} what has passed since it was last believed ({reckoned}); "
        "mail comes in, is answered and decided on, but nothing settles, wakes, lapses or is erased, and no digest or "
        "reminder is written; if the clock is wrong, set it, and all goes on by itself; if it is right, say so: "
        f"`mailproc clock confirm {doubt.says:%Y-%m-%d}`"
    )


def rests(doubt: Doubt) -> str:
    """The same in one short line, beside what somebody wanted to see or do."""
    return f"nothing happens by time: this machine's clock is {_off(doubt)} what has passed; `mailproc clock` says more"


def _off(doubt: Doubt) -> str:
    days = max(1, round(abs(doubt.ahead) / DAY))
    return f"{days} day{'' if days == 1 else 's'} {'ahead of' if doubt.ahead > timedelta() else 'behind'}"


def _polls(seen: Vitals) -> Iterator[Finding]:
    """The age of each mailbox's last good poll."""
    for account in seen.books.config.imap:
        part = f"poll {account.name}"
        pulse = seen.pulses.get(part, Pulse(part))
        since = pulse.well_at or pulse.trouble_since
        why = f": {pulse.trouble}" if pulse.trouble else ""
        if since is None:
            yield Finding("warning", f"mailbox {account.name} was never polled; start `mailproc run`", part)
        elif seen.now - since > seen.books.config.health.poll_age:
            cure = "what is in it stays there; see `mailproc doctor`, and that `mailproc run` runs"
            yield Finding(
                "trouble", f"mailbox {account.name} not polled since {ago(seen.now, since)}{why}; {cure}", part
            )
        elif why:
            last = f"last polled {ago(seen.now, since)}" if pulse.well_at else "never polled yet"
            yield Finding("warning", f"mailbox {account.name}, {last}{why}", part)
        else:
            yield Finding("ok", f"mailbox {account.name} polled {ago(seen.now, since)}", part)


def _jobs(seen: Vitals) -> Iterator[Finding]:
    """Timed jobs that fail again and again."""
    for name in JOBS:
        pulse = seen.pulses.get(name, Pulse(name))
        if pulse.failures:
            level: Level = "trouble" if pulse.failures >= IN_A_ROW else "warning"
            times = f"{pulse.failures} time{'' if pulse.failures == 1 else 's'} in a row"
            yield Finding(level, f"{name} failed {times}: {pulse.trouble}", name)


def _work(seen: Vitals) -> Iterator[Finding]:
    """The age of the oldest message that waits, and of the last look at the queue."""
    waiting, ran = seen.queues, seen.pulses.get("work", Pulse("work")).well_at
    oldest, age = waiting.oldest_message, seen.books.config.health.work_age
    if oldest and seen.now - oldest > age:
        cure = "see that `mailproc run` runs, and `mailproc received list --state received`"
        yield Finding("trouble", f"a message waits for its turn since {ago(seen.now, oldest)}; {cure}", "work")
    elif ran is None:
        yield Finding("warning", "nothing was worked on yet; start `mailproc run`", "work")
    elif seen.now - ran > age:
        yield Finding("trouble", f"the queue was last served {ago(seen.now, ran)}; start `mailproc run`", "work")
    else:
        yield Finding("ok", f"queue served {ago(seen.now, ran)}, {waiting.messages} waiting", "work")
    if waiting.stuck:
        cure = "see `mailproc received list --state stuck`, then `mailproc received retry`"
        yield Finding("warning", f"{waiting.stuck} stuck; {cure}", "stuck")


def _delivery(seen: Vitals) -> Iterator[Finding]:
    """Whether letters leave: trouble if some wait and none has left for too long."""
    waiting, sent = seen.queues, seen.queues.last_sent
    last = f"the last one left {ago(seen.now, sent)}" if sent else "none has left yet"
    held = waiting.oldest_letter and max(waiting.oldest_letter, sent or waiting.oldest_letter)
    rests = any(switch.name == "letters" for switch in seen.paused)
    if held and not rests and seen.now - held > seen.books.config.health.deliver_age:
        told = waiting.why or seen.pulses.get("deliver", Pulse("deliver")).trouble
        why = f": {told}" if told else ""
        cure = "see `mailproc doctor`, and that `mailproc run` runs"
        yield Finding("trouble", f"{waiting.letters} letters wait, {last}{why}; {cure}", "deliver")
    else:
        yield Finding("ok", f"{waiting.letters} letters wait, {last}", "deliver")
    if waiting.ambiguous:
        cure = "`mailproc outbox list --state ambiguous` shows them"
        yield Finding("warning", f"nobody knows whether {waiting.ambiguous} letters arrived; {cure}", "ambiguous")


def _abandoned(seen: Vitals) -> Iterator[Finding]:
    """What a process held that ended: no server is slow, and nobody else is at it (catalogue F98)."""
    left, rests = seen.abandoned, any(switch.name == "letters" for switch in seen.paused)
    if left.letters and not rests:
        fresh = left.since is not None and timedelta() <= seen.now - left.since < TAKEN_UP
        yield Finding("warning" if fresh else "trouble", abandoned.words(left), "deliver")
    if left.messages:
        words = f"{left.messages} in the hand of a process that ended; `mailproc run` takes them up, or `mailproc work`"
        yield Finding("warning", words, "work")


def _disk(seen: Vitals) -> Iterator[Finding]:
    short = (
        torn(seen.books)
        or room_for_mail(seen.books)
        or next(
            (f"{place}: cannot be written; {UNWRITABLE}" for place in places(seen.books) if not room.writable(place)),
            "",
        )
    )
    yield Finding("trouble" if short else "ok", short or f"{seen.free >> 20} MiB free", "disk")


def _switches(seen: Vitals) -> Iterator[Finding]:
    for switch in seen.paused:
        yield Finding("warning", _paused_since(switch), "paused")
    if armed := failpoint.armed():
        cure = f"unset {failpoint.VARIABLE} and start again"
        yield Finding("trouble", f"failpoints are set, and this desk will die of them: {armed}; {cure}", "failpoints")


def _doubted(books: Books, conn: Connection) -> tuple[Probe, ...]:
    hosts = small(books.config.review.border)
    return tuple(look for host, look in probes.latest(conn).items() if host in hosts and look.result == "left-in")


def _border(seen: Vitals) -> Iterator[Finding]:
    """Members of whom only the mail server can say who they are have been asked back since then."""
    for look in seen.doubted:
        left = f"{look.host} left Authentication-Results of its own name in (message {look.number})"
        yield Finding("warning", f"{left}, and is not believed since; `mailproc doctor` says the cure", "border")


def _access(seen: Vitals) -> Iterator[Finding]:
    """The operator's command for the site; the files are right meanwhile."""
    pulse = seen.pulses.get(pulses.ACCESS_HOOK, Pulse(pulses.ACCESS_HOOK))
    if pulse.failures:
        cure = "run it by hand to see why; it is tried again each minute"
        since = ago(seen.now, pulse.trouble_since or seen.now)
        yield Finding("trouble", f"[access] hook: {pulse.trouble}, since {since}; {cure}", pulses.ACCESS_HOOK)


def paused(books: Books) -> list[str]:
    """What rests by the operator's word, one line each. Raises StoreError."""
    with reading(books.engine) as conn:
        return [_paused_since(switch) for switch in switches.every(conn) if switch.paused]


def _paused_since(switch: Switch) -> str:
    """`letters are paused since ...`, with the way back."""
    verb = "are" if switch.name.endswith("s") else "is"
    since = times.minute(switch.since)
    return f"{switch.name} {verb} paused since {since}; `mailproc resume {switch.name}` lets them go on"
