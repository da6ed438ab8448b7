"""Rules as they are written: rules/NN-name.toml -> Rule. What is wrong is said with file, rule and nearest word.

Pure: the texts come in by file name, in any order; rules come out in the order in which they are asked.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mailproc.errors import ConfigError, nearest
from mailproc.kinds.every import KINDS, UNSORTED
from mailproc.sorting.condition import Clause, read_when

MAIL_KINDS = (  # what a rule can call a mail: the kinds that open an item, and those that do not
    *(kind for kind in KINDS if kind != UNSORTED),
    *("help", "followup", "review", "bounce", "automatic", "bulk", "spam"),
    UNSORTED,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when its conditions hold, this is what the mail is."""

    file: str  # "50-article.toml"
    name: str
    kind: str
    when: tuple[Clause, ...]  # all must hold; none: catches all
    because: str  # the reason, for people
    section: str | None = None
    group: str | None = None
    beside: tuple[str, ...] = ()  # opens a second item where the first hit is of one of these kinds
    guess: bool = False  # too weak to decide: only the best guess for a mail that nothing claims
    hits: tuple[object, ...] = ()  # example mails as they are written: see `check`
    misses: tuple[object, ...] = ()


_SHAPES: dict[str, tuple[type, str]] = {
    "name": (str, 'text, such as name = "humour"'),
    "kind": (str, 'text, such as kind = "article"'),
    "when": (dict, 'a table, such as when = { subject = ["humour"] }'),
    "because": (str, 'text, such as because = "its subject says humour"'),
    "section": (str, 'text, such as section = "humour"'),
    "group": (str, 'text, such as group = "North Pier Society"'),
    "beside": (list, 'a list of kinds, such as beside = ["article"]'),
    "guess": (bool, "true or false"),
    "hits": (list, 'a list of mails, such as hits = [{ to = "article", subject = "Humour: gulls" }]'),
    "misses": (list, 'a list of mails, such as misses = [{ to = "article", subject = "Trams" }]'),
}
_NEEDED = ("name", "kind", "when", "because")


def read_rules(texts: Mapping[str, str]) -> tuple[Rule, ...]:
    """The rules of these files (name -> text), in the order of their names. Raises ConfigError."""
    rules: list[Rule] = []
    for file in sorted(texts):
        for place, table in enumerate(_tables(file, texts[file]), start=1):
            rules.append(_rule(file, place, table))
    _check_names(rules)
    return tuple(rules)


def _tables(file: str, text: str) -> list[Any]:
    if not re.fullmatch(r"\d\d-[\w-]+\.toml", file):
        raise ConfigError(f'rules/{file}: a file of rules is named like "50-article.toml"; its number is its turn')
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"rules/{file}: not TOML: {error}; mend that line (text stands in quotes)") from error
    tables = document.pop("rule", [])
    if document:
        raise ConfigError(f'rules/{file}: unknown key "{next(iter(document))}"; every rule begins with a line [[rule]]')
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"rules/{file}: no rules; every rule begins with a line [[rule]]")
    return tables


def _rule(file: str, place: int, table: Mapping[str, Any]) -> Rule:
    name = table.get("name")
    where = f'rules/{file}, rule "{name}"' if isinstance(name, str) and name else f"rules/{file}, rule {place}"
    try:
        return _read(file, table)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from None


def _read(file: str, table: Mapping[str, Any]) -> Rule:
    for key, value in table.items():
        if key not in _SHAPES:
            raise ValueError(f'unknown key "{key}"{nearest(key, _SHAPES)}')
        kind, expected = _SHAPES[key]
        if type(value) is not kind or value == "":
            raise ValueError(f"{key}: expected {expected}")
    for key in _NEEDED:
        if key not in table:
            raise ValueError(f"{key} is missing: {_SHAPES[key][1]}")
    beside = tuple(table.get("beside", ()))
    for kind in (table["kind"], *beside):
        if kind not in MAIL_KINDS:
            raise ValueError(f'unknown kind "{kind}"{nearest(str(kind), MAIL_KINDS)}')
    if beside and {*beside, table["kind"]} - KINDS.keys():
        raise ValueError(f"beside: only these kinds open an item: {', '.join(KINDS)}")
    given: dict[str, Any] = {
        key: table[key] for key in ("name", "kind", "because", "section", "group", "guess") if key in table
    }
    hits, misses = tuple(table.get("hits", ())), tuple(table.get("misses", ()))
    return Rule(file=file, when=read_when(table["when"]), beside=beside, hits=hits, misses=misses, **given)


def _check_names(rules: list[Rule]) -> None:
    first: dict[str, str] = {}
    for rule in rules:
        if rule.name in first:
            raise ConfigError(
                f'rules/{rule.file}, rule "{rule.name}": rules/{first[rule.name]} has one of that name; rename it'
            )
        first[rule.name] = rule.file
