"""The operator's own command, run when something changed: no shell, a time limit, no secret, nothing of what it says.

It runs with our environment and what is given beside it, without what may hold a password of ours.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence

SECONDS = 30
OURS = "MAILPROC_"  # variables that may hold passwords of the configuration


def run(command: Sequence[str], given: Mapping[str, str]) -> str:
    """Why it did not come to a good end, in one line; "" where it did."""
    silent = subprocess.DEVNULL
    environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
            command,
            env=environment | dict(given),
            stdin=silent,
            stdout=silent,
            stderr=silent,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it took longer than {SECONDS} seconds"
    except OSError as error:
        return error.strerror or str(error)
    return f"it left with status {done.returncode}" if done.returncode else ""
