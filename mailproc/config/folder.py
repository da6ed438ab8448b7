"""The rules folder: rules/NN-name.toml -> rules, rules/groups.toml -> groups.

Fails with a ConfigError of one line that says file, rule or group, and the cure.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mailproc.config.load import read_toml
from mailproc.errors import ConfigError, nearest
from mailproc.sorting.rule import Rule, read_rules
from mailproc.sorting.words import fold
from mailproc.workflow.group import STATES, Group

GROUPS_FILE = "groups.toml"
_CURE = "copy the folder that `mailproc init` writes, or name yours in [storage] rules"


def load_rules(folder: Path) -> tuple[Rule, ...]:
    """The rules of this folder, in the order in which they are asked. Raises ConfigError."""
    files = [file for file in sorted(folder.glob("*.toml")) if file.name != GROUPS_FILE]
    if not files:
        raise ConfigError(f"{folder}: no rules; {_CURE}")
    return read_rules({file.name: _text(file) for file in files})


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror}; make the file readable for mailproc") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not UTF-8 at octet {error.start}; save the file as UTF-8") from error


def load_groups(path: Path) -> tuple[Group, ...]:
    """The groups of this file. Raises ConfigError."""
    document = read_toml(path, missing=_CURE)
    tables = document.pop("group", [])
    if document:
        raise ConfigError(f'{path}: unknown key "{next(iter(document))}"; every group begins with a line [[group]]')
    if not isinstance(tables, list):
        raise ConfigError(f"{path}: every group begins with a line [[group]]")
    groups = tuple(_group(path, place, table) for place, table in enumerate(tables, start=1))
    _check_names(path, groups)
    return groups


_KEYS = {"name": "text", "aliases": "a list of texts", "needs": "a list of texts", "state": "text"}


def _group(path: Path, place: int, table: Any) -> Group:  # noqa: ANN401 - TOML holds anything
    where = f"{path}, group {place}"
    if not isinstance(table, dict) or not isinstance(table.get("name"), str) or not fold(table["name"]):
        raise ConfigError(f'{where}: name is missing; write name = "North Pier Society"')
    where = f'{path}, group "{table["name"]}"'
    for key, value in table.items():
        if key not in _KEYS:
            raise ConfigError(f'{where}: unknown key "{key}"{nearest(key, _KEYS)}')
        is_list = isinstance(value, list) and all(isinstance(each, str) and fold(each) for each in value)
        if not (is_list if _KEYS[key] != "text" else isinstance(value, str)):
            raise ConfigError(f"{where}: {key}: expected {_KEYS[key]} in quotes")
    state = table.get("state", "wanted")
    if state not in STATES:
        raise ConfigError(f'{where}: unknown state "{state}"{nearest(state, STATES)}')
    return Group(table["name"], tuple(table.get("aliases", ())), tuple(table.get("needs", ())), state)


def _check_names(path: Path, groups: tuple[Group, ...]) -> None:
    """A name that two groups have names neither."""
    owner: dict[str, str] = {}
    for group in groups:
        for word in (group.name, *group.aliases):
            if owner.setdefault(fold(word), group.name) != group.name:
                raise ConfigError(
                    f'{path}, group "{group.name}": "{word}" also names "{owner[fold(word)]}"; keep it once'
                )
