"""The service itself while its machine's clock jumps by forty days and comes back: `mailproc run` under libfaketime.

What the kernel counts since its start is not faked, as no clock that is set wrongly moves it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which

import pytest
from build import ANA, PROGRAM, ROOT, Ran, a_mail, make_desk, run_here, run_process
from postfix import comes

PATIENCE_SECONDS = 180  # a test waits for what it sees, and gives up then
pytestmark = pytest.mark.skipif(
    which("faketime") is None and not os.environ.get("CI"), reason="faketime is not installed"
)


class Machine:
    """A desk on a machine whose clock a file sets."""

    def __init__(self, folder: Path) -> None:
        self.config = make_desk(folder / "desk")
        self.clock = folder / "clock"
        self.env = {
            "LD_PRELOAD": str(next(Path("/usr/lib").rglob("libfaketimeMT.so.1"))),
            "FAKETIME_TIMESTAMP_FILE": str(self.clock),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        self.set("+0")

    def set(self, to: str) -> None:
        self.clock.write_text(to)

    def run(self, *words: str | Path) -> Ran:
        """A command by that clock."""
        return run_process(*words, config=self.config, **self.env)

    def run_right(self, *words: str | Path) -> Ran:
        """A command by a clock that never jumped; it costs no process."""
        return run_here(*words, config=self.config)

    @contextmanager
    def service(self) -> Iterator[subprocess.Popen[bytes]]:
        command = [sys.executable, "-c", PROGRAM, "--config", str(self.config), "run"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), **self.env}
        process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE)  # noqa: S603 - our own words
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE_SECONDS) == 0
        finally:
            process.kill()
            process.communicate()

    def mail(self, subject: str) -> Path:
        path = self.config.parent / f"{subject}.eml"
        path.write_bytes(a_mail(f"{subject} was late.\n", subject=subject, authentic=True))
        return path

    def state(self, subject: str) -> str:
        found = [each for each in self.run_right("list", "--json").json if each["title"] == subject]
        return found[0]["state"] if found else ""

    def gives(self, subject: str) -> None:
        """A mail comes in and has its turn by the service; what was due by then has happened."""
        assert self.run_right("receive", self.mail(subject)).status == 0
        comes(lambda: self.state(subject) == "pending")


def clock_finding(ran: Ran) -> str:
    return next((each["finding"] for each in ran.json["findings"] if each["part"] == "clock"), "")


def test_F96_forty_days_forth_and_back_and_a_restart_in_between_lapse_nothing(tmp_path):
    machine = Machine(tmp_path)
    assert machine.run_right("members", "add", ANA, "--name", "Ana", "--confirmed").status == 0
    with machine.service():
        machine.gives("The tram")
        machine.set("+40d")
        red = machine.run("health", "--json")
        assert (red.status, "40 days ahead" in clock_finding(red)) == (1, True)
        machine.gives("The ferry")
        assert machine.state("The tram") == "pending"
    doctor = machine.run("doctor")
    assert "`mailproc clock confirm " in " ".join(doctor.out.split())
    with machine.service():
        machine.gives("The lift")
        assert machine.state("The tram") == "pending"
        machine.set("+0")
        machine.gives("The road")
        assert machine.run("clock").status == 0
    assert {each["state"] for each in machine.run_right("list", "--json").json} == {"pending"}
    assert machine.run_right("verify").status == 0
