"""Mail servers of Debian as tests see them: what each takes and still has, whichever it is.

`exim`, `opensmtpd` and `sendmail` start one each, in a view of its own (`beside`), from the recipe that docs/servers.md
gives its readers; `postfix` has its own. What stands in a recipe is what runs here: only the ports are others.
"""

from __future__ import annotations

import os
import re
import signal
import smtplib
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from beside import View
from postfix import comes

RECIPES = Path(__file__).parents[1] / "docs/servers.md"
BLOCK = re.compile(
    r"^```[a-z]*\n(?:dnl )?# (?P<file>[^\s,]+)(?:, (?P<where>[^\n]*))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
SINGLE = "for single addresses"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Mta:
    """A running server."""

    port: int
    view: View
    shows_queue: tuple[str, ...]  # its own command
    runs_queue: tuple[str, ...]
    is_empty_word: str  # what the first says when nothing waits
    logs: str  # where it tells of its work, in the view

    def send(self, octets: bytes, sender: str, *to: str, options: Sequence[str] = ()) -> dict[str, tuple[int, bytes]]:
        """Hand it a mail; it answers for it from now on, but for those whom it refuses: {address: (code, words)}.

        `options` are parameters of MAIL.
        """
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as smtp:
            return smtp.sendmail(sender, to, octets, options)

    def queue(self) -> str:
        """What it still has, in its own words."""
        return run(self.view, *self.shows_queue)

    def is_empty(self) -> bool:
        """Whether it has handed everything on, or bounced it."""
        told = self.queue().strip()
        return told == "" if not self.is_empty_word else self.is_empty_word in told

    def try_again(self) -> None:
        """Everything it has, at once."""
        run(self.view, *self.runs_queue)

    def log(self) -> str:
        """What it tells of its work."""
        path = self.view.place(self.logs)
        return path.read_text(errors="replace") if path.exists() else ""


def run(view: View, *words: str) -> str:
    """A command's output, in the view; an error of it is the test's."""
    done = subprocess.run(view.words(*words), capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def recipe(title: str, variant: str = "", instead: Mapping[str, str] = NOTHING) -> dict[str, str]:
    """The files that a section of docs/servers.md tells its reader to write: {path: text}.

    A block's first line is a comment with its path. Behind it may stand where in the file it belongs ("/etc/x, at its
    end": that is its key then), or SINGLE: such a block is for the `variant` of this name, and takes the others' place.
    `instead` are words of the page, and what stands for them here.
    """
    text = RECIPES.read_text(encoding="utf-8")
    match = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"docs/servers.md has no section {title}"
    found: dict[str, str] = {}
    for block in BLOCK.finditer(match[1]):
        file, where = block["file"], block["where"]
        if where in (None, variant):
            found[file] = block["text"]
        elif where != SINGLE:
            found[f"{file}, {where}"] = block["text"]
    assert all(any(said in each for each in found.values()) for said in instead), instead
    for said, meant in instead.items():
        found = {name: each.replace(said, meant) for name, each in found.items()}
    return found


def at(text: str, ports: Mapping[str, int]) -> str:
    """A recipe's file with other ports: {"8024": 41237, "25": 38761}."""
    for said, meant in ports.items():
        text = re.sub(rf"(?<!\d){said}(?!\d)", str(meant), text)
    return text


def a_free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def running(view: View, port: int, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """The server's own process in the foreground, until the block ends; it answers when the block begins."""
    said = view.folder / "said"
    with (
        said.open("wb") as out,
        subprocess.Popen(  # noqa: S603 - our own words
            view.words(*words), stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
        ) as process,
    ):
        try:
            comes(lambda: answers(port) or process.poll() is not None, f"{words[0]}'s greeting")
            assert process.poll() is None, said.read_text(errors="replace")
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def answers(port: int) -> bool:
    """Whether a mail server greets there."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5):
            return True
    except OSError:
        return False
