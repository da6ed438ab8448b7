"""Tables that the package carries beside its code, as TOML: read once, at import, and checked against their shape.

Such a table is code's other half: it comes with the release, nobody edits it on a running desk, and whoever imports
the module has it or has an error. This is the one place that reads them, for the pure rooms too. A file that is
missing or does not fit its shape (an unknown key, a missing one, a wrong type) is a ConfigError that names the file
and the key. What an operator may write (config.toml, rules, letters) is not read here.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mailproc.errors import ConfigError, nearest

T = TypeVar("T", bound=msgspec.Struct)


def read(path: Path) -> dict[str, Any]:
    """The tables of one file of the package. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_bytes().decode())
    except (OSError, ValueError) as error:  # a UnicodeDecodeError and a TOMLDecodeError are ValueErrors
        raise ConfigError(f"{path}: {error}; mend it, or install mailproc anew") from error


def fitted(path: Path, table: dict[str, Any], shape: type[T]) -> T:
    """The table as a value; `shape` is frozen and forbids unknown fields. Raises ConfigError, naming file and key."""
    try:
        return msgspec.convert(table, shape)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {error}") from error


def same_keys(path: Path, name: str, keys: set[str], wanted: set[str]) -> None:
    """A table whose keys another one sets. Raises ConfigError, naming file and key."""
    for key in sorted(keys - wanted):
        raise ConfigError(f'{path}, [{name}]: unknown key "{key}"{nearest(key, wanted)}')
    for key in sorted(wanted - keys):
        raise ConfigError(f'{path}, [{name}]: "{key}" is missing')
