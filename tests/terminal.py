"""A terminal with a program in it, for tests: type keys, look at the screen, wait until it shows something.

It is a tmux of its own (socket, no user's configuration) that draws the program's screen as a person would see it, so
what is looked for is found wherever the program put it. Without tmux its tests skip with a word, in CI they fail.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from postfix import comes

WIDTH, HEIGHT = 100, 40


@dataclass(frozen=True)
class Terminal:
    """A program on a screen of WIDTH x HEIGHT."""

    socket: Path

    def screen(self) -> str:
        """What stands there now."""
        return tmux(self.socket, "capture-pane", "-p")

    def shows(self, *words: str) -> None:
        """Returns once one of these stands on the screen; fails after a minute, with the screen."""
        try:
            comes(lambda: self.ended() or any(each in self.screen() for each in words))
        except pytest.fail.Exception:
            pytest.fail(f"none of {words} came:\n{self.screen()}")
        assert any(each in self.screen() for each in words), f"it ended without {words}:\n{self.screen()}"

    def types(self, *keys: str) -> None:
        """Keys by tmux's names ("Enter", "C-x", "Down"), or words as they are typed."""
        for key in keys:
            tmux(self.socket, "send-keys", key)

    def ended(self) -> bool:
        """Whether the program has left."""
        return tmux(self.socket, "display-message", "-p", "#{pane_dead}").strip() == "1"


def needs(*programs: str) -> None:
    """Skips, in CI fails, where a program is not installed."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        told = f"not installed: apt-get install {' '.join(missing)}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(told)


@contextmanager
def a_terminal(folder: Path, command: Sequence[str | Path], **environment: str) -> Iterator[Terminal]:
    """Run a command there. `folder` holds the socket, and is the home of a user who has no files of their own."""
    needs("tmux")
    terminal = Terminal(folder / "tmux")
    env = {"HOME": str(folder), "LANG": "C.UTF-8", "TERM": "screen", **environment}
    words = [str(word) for word in command]
    size = ("-x", str(WIDTH), "-y", str(HEIGHT))
    keep = (";", "set-option", "-g", "remain-on-exit", "on")  # the last screen of a program that left is still seen
    tmux(terminal.socket, "new-session", "-d", *size, *_settings(env), *words, *keep)
    try:
        yield terminal
    finally:
        tmux(terminal.socket, "kill-server")


def _settings(env: Mapping[str, str]) -> list[str]:
    return [word for name, value in env.items() for word in ("-e", f"{name}={value}")]


def tmux(socket: Path, *words: str) -> str:
    """One of its commands."""
    command = ["tmux", "-S", str(socket), "-f", "/dev/null", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout
