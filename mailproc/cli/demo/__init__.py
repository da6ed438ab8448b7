"""`mailproc demo`: the whole loop on loopback, with a mail server, a dozen mails, two members and their replies.

The desk is a real one, made by `init` and run by the timetable; only the internet around it is small (see `servers`).
It stays in its folder, to be looked at, until the next demo replaces it; a folder that no demo made is refused.
Gives 0 if every expected end was reached. However it ends, no process, thread or port is left.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from mailproc.errors import UsageError


def demo(directory: Path) -> int:
    """Run the demo, its desk in this folder; the exit status. Raises UsageError, or Stalled where it got stuck."""
    if find_spec("pymap") is None:
        raise UsageError("demo: its mail server is not installed; `pip install mailproc[demo]`, or `make demo`")
    from mailproc.cli.demo.loop import run  # noqa: PLC0415 - it stands on the extra that was just looked for
    from mailproc.cli.demo.stage import heeding_ctrl_c  # noqa: PLC0415 - the same

    with heeding_ctrl_c():
        return run(directory)
