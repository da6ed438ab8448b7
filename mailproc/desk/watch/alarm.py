"""The call for help, a dead man's switch: the operator is told of a trouble once, and once more when it is over.

The word takes a path that is not the broken one: a letter when polling fails, `alarm_command` when letters, disk or
database do. A database that cannot be written is told as well: what was told then is remembered here, in memory.
Nothing is mended here; what trouble is, `health` says.
"""

from __future__ import annotations

import logging
import subprocess
from dataclasses import dataclass, replace
from datetime import datetime

from mailproc import times
from mailproc.desk.admit.entrance import HOOK
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import enter
from mailproc.desk.watch.health import JOBS, ago, findings, look, ready
from mailproc.errors import MailprocError, StoreError
from mailproc.store.database import reading, writing
from mailproc.store.service import pulses, switches

log = logging.getLogger(__name__)
COMMAND_SECONDS = 30
BY_COMMAND = frozenset({"database", "disk", "deliver", *JOBS})  # parts without which no letter leaves

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
        found = findings(look(desk))
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
    polls = (f"poll {account.name}" for account in desk.config.imap)
    for part in (*polls, *JOBS, "deliver", "disk", "key", "clock", HOOK):
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
    source = f"clock:{times.stamp(call.since)}/{call.deed}/{call.part.replace(' ', '-')}"
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
