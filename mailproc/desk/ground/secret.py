"""A password or an access token, fetched when it is needed: from its file, its command or the environment.

Never kept, never shown. Fails with ConfigError that names the command and not what it printed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import partial

from mailproc.config.option import Delivery, ImapAccount
from mailproc.config.secret import password
from mailproc.errors import ConfigError

COMMAND_SECONDS = 30


def secret(account: ImapAccount | Delivery) -> str:
    """The password of an account, with auth "oauth2" a fresh token. Raises ConfigError without quoting it."""
    if isinstance(account, ImapAccount) and account.auth == "oauth2":
        return _token(account.token_command or ())
    return password(account, os.environ, partial(_run, "password_command")) or ""


def _token(command: Sequence[str]) -> str:
    token = _run("token_command", command).partition("\n")[0].strip()
    if not token:
        raise ConfigError(f"token_command {command[0]}: it printed no token; run it by hand and see")
    return token


def _run(option: str, command: Sequence[str]) -> str:
    try:
        ran = subprocess.run(command, capture_output=True, check=True, text=True, timeout=COMMAND_SECONDS)  # noqa: S603 - the operator's own
    except (OSError, subprocess.SubprocessError) as error:
        raise ConfigError(f"{option} {command[0]}: {type(error).__name__}; run it by hand and see") from None
    return ran.stdout
