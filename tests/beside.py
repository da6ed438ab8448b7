"""Mail servers of Debian that exclude each other, run side by side: each in a view of this machine of its own.

`.ci/servers` unpacks their packages into `.servers/NAME`. A view lays such a tree over `/usr` and `/etc` and gives the
server a `/var` and a `/run` of its own, so that it finds everything at the places it was built for, and writes nothing
that outlives it; `/tmp` and the network are this machine's. What it should read is written into the view before it
starts. Views are made by root only: elsewhere the tests skip with a word, in CI they fail.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

TREES = Path(__file__).parents[1] / ".servers"

VIEW = """
set -e
mount -t overlay usr -o "lowerdir=$1/usr:/usr" /usr
mount -t overlay etc -o "lowerdir=$1/etc:/etc,upperdir=$2/etc,workdir=$2/work" /etc
mount --bind "$2/run" /run
mount --bind "$2/var" /var
shift 2
exec "$@"
"""


@dataclass(frozen=True)
class View:
    """This machine as one server sees it."""

    tree: Path  # what its packages hold
    folder: Path  # what differs, and what the server writes

    def place(self, path: str) -> Path:
        """Where a file of the view lies for us: `/etc/…`, `/var/…` or `/run/…`."""
        return self.folder / path.removeprefix("/")

    def write(self, files: Mapping[str, str]) -> None:
        """Put files into the view: {"/etc/exim4/exim4.conf": "…"}; the server may read them."""
        for path, text in files.items():
            place = self.place(path)
            place.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            place.write_text(text)

    def words(self, *command: str) -> list[str]:
        """The command line that runs a command in the view."""
        return ["unshare", "--mount", "sh", "-c", VIEW, "view", str(self.tree), str(self.folder), *command]

    def alone(self, script: str) -> list[str]:
        """The command line of a shell script whose daemons end with it, however it ends: they have its namespace.

        The script must stay (`DAEMON & wait`) and stay root: who changes its user is no longer killed as a child is.
        """
        return ["unshare", "--pid", "--fork", "--kill-child", *self.words("sh", "-ec", script)]


@contextmanager
def a_view(name: str) -> Iterator[View]:
    """A view with the packages of one server in it (a folder of .servers); it goes away with what was written."""
    if missing := _missing(name):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-"))
    folder.chmod(0o755)  # servers run as users of their own
    for each in ("etc", "work", "run", "var"):
        (folder / each).mkdir(mode=0o755)
    if (TREES / name / "var").is_dir():
        shutil.copytree(TREES / name / "var", folder / "var", symlinks=True, dirs_exist_ok=True)
    for each in ("lib", "log", "run", "spool", "tmp"):
        (folder / "var" / each).mkdir(mode=0o755, exist_ok=True)
    (folder / "var/tmp").chmod(0o1777)
    try:
        yield View(TREES / name, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _missing(name: str) -> str:
    if os.getuid() != 0:
        return "servers beside each other are started by root only"
    return "" if (TREES / name).is_dir() else f"{name} is not there: .ci/servers {name}"
