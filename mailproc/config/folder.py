"""The rules folder: rules/NN-name.toml -> rules, rules/groups.toml -> groups, and what files may need.

Fails with a ConfigError of one line that says file, rule or group, and the cure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mailproc.config.load import read_toml
from mailproc.dossier.needs import Need, problems
from mailproc.errors import ConfigError, nearest
from mailproc.sorting.rule import Rule, read_rules
from mailproc.sorting.words import fold
from mailproc.workflow.group import DOMAIN, FORMS, STATES, Group

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
    groups = tuple(_group(path, place, table) for place, table in enumerate(_tables(path)["group"], start=1))
    _check_names(path, groups)
    return groups


def examples_beside(groups: Sequence[Group], ours: Path) -> tuple[Group, ...]:
    """The examples among the groups that we carry (`ours`), but those of which one of these groups has a name.

    The example mails of our rules speak of them, also where an operator has deleted them. Raises ConfigError.
    """
    taken = {fold(word) for group in groups for word in (group.name, *group.aliases)}
    examples = (group for group in load_groups(ours) if group.example)
    return tuple(each for each in examples if not taken & {fold(word) for word in (each.name, *each.aliases)})


def load_needs(path: Path, ours: Path) -> tuple[Need, ...]:
    """What files may need, by this file; where it says nothing of that, by `ours`, which we carry.

    Raises ConfigError.
    """
    tables = _tables(path)["need"] or _tables(ours)["need"]
    needs = tuple(_need(path, place, table) for place, table in enumerate(tables, start=1))
    for wrong in problems(needs):
        raise ConfigError(f"{path}: {wrong}; forms are {', '.join(FORMS)}, and each slug stands once")
    return needs


def _tables(path: Path) -> dict[str, list[Any]]:
    """The lists of the file, by name."""
    document = read_toml(path, missing=_CURE)
    tables = {name: document.pop(name, []) for name in ("group", "need")}
    if document:
        raise ConfigError(f'{path}: unknown key "{next(iter(document))}"; every group begins with a line [[group]]')
    for name, found in tables.items():
        if not isinstance(found, list):
            raise ConfigError(f"{path}: every {name} begins with a line [[{name}]]")
    return tables


_OF_A_NEED = {
    "slug": "text",
    "called": "text",
    "heading": "text",
    **dict.fromkeys(("forms", "signs", "types"), "a list of texts"),
}


def _need(path: Path, place: int, table: Any) -> Need:  # noqa: ANN401 - TOML holds anything
    where = f"{path}, need {place}"
    if not isinstance(table, dict) or not isinstance(table.get("slug"), str) or not fold(table["slug"]):
        raise ConfigError(f'{where}: slug is missing; write slug = "history"')
    where = f'{path}, need "{table["slug"]}"'
    _check(where, table, _OF_A_NEED)
    forms, signs, types = (tuple(table.get(key, ())) for key in ("forms", "signs", "types"))
    return Need(table["slug"], table.get("called") or table["slug"], forms, signs, types, table.get("heading", ""))


_LIST = "a list of texts"
_SWITCH = "true or false"
_KEYS = {"name": "text", "aliases": _LIST, "needs": _LIST, "state": "text", "domains": _LIST, "example": _SWITCH}


def _group(path: Path, place: int, table: Any) -> Group:  # noqa: ANN401 - TOML holds anything
    where = f"{path}, group {place}"
    if not isinstance(table, dict) or not isinstance(table.get("name"), str) or not fold(table["name"]):
        raise ConfigError(f'{where}: name is missing; write name = "North Pier Society"')
    where = f'{path}, group "{table["name"]}"'
    _check(where, table, _KEYS)
    state = table.get("state", "wanted")
    if state not in STATES:
        raise ConfigError(f'{where}: unknown state "{state}"{nearest(state, STATES)}')
    for domain in table.get("domains", ()):
        if not DOMAIN.fullmatch(domain):
            raise ConfigError(f'{where}: domains: "{domain}" is no domain; write domains = ["nps.example"]')
    aliases, needs, domains = (tuple(table.get(key, ())) for key in ("aliases", "needs", "domains"))
    return Group(table["name"], aliases, needs, state, domains, example=table.get("example", False))


_IS: Mapping[str, Callable[[object], bool]] = {
    "text": lambda value: isinstance(value, str),
    _SWITCH: lambda value: isinstance(value, bool),
    _LIST: lambda value: isinstance(value, list) and all(isinstance(each, str) and fold(each) for each in value),
}


def _check(where: str, table: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    for key, value in table.items():
        if key not in keys:
            raise ConfigError(f'{where}: unknown key "{key}"{nearest(key, keys)}')
        if not _IS[keys[key]](value):
            quoted = "" if keys[key] == _SWITCH else " in quotes"
            raise ConfigError(f"{where}: {key}: expected {keys[key]}{quoted}")


def _check_names(path: Path, groups: tuple[Group, ...]) -> None:
    """A name that two groups have names neither."""
    owner: dict[str, str] = {}
    for group in groups:
        for word in (group.name, *group.aliases):
            if owner.setdefault(fold(word), group.name) != group.name:
                raise ConfigError(
                    f'{path}, group "{group.name}": "{word}" also names "{owner[fold(word)]}"; keep it once'
                )
