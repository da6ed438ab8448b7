"""The folder transport: the letter lies in the outbox already, and that is where it stays.

The default, so that a newcomer's first run sends nothing. A letter whose file is gone is a
permanent failure. It writes no record: see `sent`.
"""

from __future__ import annotations

from pathlib import Path

from mailproc.workflow.outgoing import Outgoing, Receipt


def deliver(outbox: Path, letter: Outgoing) -> Receipt:
    """What delivering a letter into its own folder comes to."""
    path = outbox / letter.path
    if not path.is_file():
        return Receipt("permanent", f"{letter.path}: its file is gone")
    return Receipt("sent", "left in the outbox folder")
