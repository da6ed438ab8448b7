"""A password, fetched when it is needed: from its file, its command or the environment. Never kept, never shown."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from mailproc.config.option import Delivery, ImapAccount
from mailproc.config.secret import password
from mailproc.errors import ConfigError

COMMAND_SECONDS = 30


def secret(account: ImapAccount | Delivery) -> str:
    """The password of an account. Raises ConfigError without quoting it."""
    return password(account, os.environ, _run) or ""


def _run(command: Sequence[str]) -> str:
    try:
        ran = subprocess.run(command, capture_output=True, check=True, text=True, timeout=COMMAND_SECONDS)  # noqa: S603 - the operator's own
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigError(f"password_command {command[0]}: {type(error).__name__}; run it by hand and see") from error
    return ran.stdout
