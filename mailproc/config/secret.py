"""Passwords: read when they are needed, from a file, a command or the environment; never kept in a Config.

Fails with a ConfigError that names the three places and never quotes what stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from mailproc.config.option import Delivery, ImapAccount
from mailproc.errors import ConfigError


def password(
    account: ImapAccount | Delivery, environ: Mapping[str, str], run: Callable[[Sequence[str]], str]
) -> str | None:
    """The account's password; None where no user is given. `run` takes a command and gives what it prints."""
    if account.user is None:
        return None
    if account.password_file:
        try:
            found = account.password_file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            why = (getattr(error, "strerror", None) or "it is no text").lower()
            raise ConfigError(
                f"password_file {account.password_file}: {why}; write the password into its first line"
            ) from error
    elif account.password_command:
        found = run(account.password_command)
    else:
        found = environ.get(account.password_variable, "")
    first = found.partition("\n")[0].strip("\r")
    if not first:
        raise ConfigError(
            f"no password for {account.user}: name a password_file or password_command, "
            f"or set {account.password_variable}"
        )
    return first
