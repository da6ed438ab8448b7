"""Starting mailproc to see it die: the real command line in a process of its own, its clock moved, its failpoint set.

`start` forks a process from this one, in which `lived.preload` has imported the program and let it live (so that a
round costs no start-up), or with `fresh` runs this file in a new interpreter. Either way the process is the program's
alone: what SIGKILL ends is what it would end in service. The clock runs on from `at`, so that retries and digests of
days pass in seconds.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

from mailproc import failpoint
from mailproc.cli import desk as commands
from mailproc.cli.main import main
from mailproc.desk.ground import books, wire

CLOCK = "CRASH_NOW"  # when the program believes to start
KILLED = -signal.SIGKILL
LOOK_SECONDS = 0.005
ANSWERS_WITHIN = 120.0


@dataclass
class Running:
    """A program that was started."""

    pid: int
    log: Path  # what it says on stdout and stderr
    status: int | None = None

    def kill(self) -> None:
        """SIGKILL, whatever it is doing."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM: the service drains and leaves."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def poll(self) -> int | None:
        """Its status as `subprocess` gives it (negative: the signal that ended it); None while it runs."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = os.waitstatus_to_exitcode(status) if pid else None
        return self.status

    def wait(self, seconds: float) -> int | None:
        """Its status as soon as it has one; None if it runs longer than that."""
        deadline = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
        return self.status

    def broke(self) -> str:
        """The traceback with which it ended by itself, if it did."""
        return self.said() if self.status not in {0, KILLED} and "Traceback" in self.said() else ""

    def said(self) -> str:
        """Everything it said."""
        return self.log.read_text(errors="replace")


def start(
    words: Sequence[str], config: Path, at: datetime, log: Path, *, armed: str = "", fresh: bool = False
) -> Running:
    """`start(["run", "--once"], ..., armed="receive.linked:kill9:2")`."""
    environment = {CLOCK: at.isoformat(), failpoint.VARIABLE: armed}
    arguments = ["--config", str(config), *words]
    if fresh:
        with log.open("wb") as file:
            command = [sys.executable, str(Path(__file__).resolve()), *arguments]
            process = subprocess.Popen(command, stdout=file, stderr=file, env={**os.environ, **environment})  # noqa: S603 - our own words
        process.returncode = 0  # its death is ours to see, by its pid
        return Running(process.pid, log)
    pid = os.fork()
    if pid:
        return Running(pid, log)
    _become(arguments, environment, log)
    raise AssertionError("a child never comes back")


def ask(questions: Sequence[Sequence[str]], config: Path, at: datetime, log: Path) -> list[Any]:
    """What reading commands answer with --json, asked one after another in one process."""
    pid = os.fork()
    if not pid:
        _become([], {CLOCK: at.isoformat()}, log, lambda _: _answer(questions, config, log.with_suffix(".json")))
    running = Running(pid, log)
    if running.wait(ANSWERS_WITHIN) != 0:
        running.kill()
        raise AssertionError(f"{questions[0]} and others: {running.said()}")
    return list(json.loads(log.with_suffix(".json").read_text()))


def _answer(questions: Sequence[Sequence[str]], config: Path, goal: Path) -> int:
    answers = []
    for words in questions:
        with redirect_stdout(StringIO()) as said:
            status = run(["--config", str(config), *words, "--json"])
        if status != 0:
            return status
        answers.append(json.loads(said.getvalue()))
    goal.write_text(json.dumps(answers))
    return 0


def _become(
    arguments: list[str], environment: dict[str, str], log: Path, act: Callable[[list[str]], int] | None = None
) -> None:
    """In the forked child: nothing of the parent's but its imports."""
    status = 70
    try:
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream in (1, 2):
            os.dup2(said, stream)
        os.environ.update(environment)
        importlib.reload(failpoint)  # reads its variable as a new interpreter does
        status = (act or run)(arguments)
    except BaseException:  # noqa: BLE001 - nobody above would say so: this process ends here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def run(arguments: list[str]) -> int:
    """The command line, its clock moved; its status."""
    moved = datetime.fromisoformat(os.environ[CLOCK]) - books.clock()

    def clock() -> datetime:
        return books.clock() + moved

    commands.open_desk = partial(wire.open_desk, now=clock)  # type: ignore[assignment]
    try:
        return main(arguments)
    except SystemExit as left:  # argparse leaves by itself
        return left.code if isinstance(left.code, int) else 1


def later(at: datetime, **span: float) -> datetime:
    """Some time on, in whole seconds."""
    return (at + timedelta(**span)).astimezone(UTC).replace(microsecond=0)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
