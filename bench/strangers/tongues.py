"""What people write, by language: the tables of `tongues/*.toml`, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TABLES = Path(__file__).resolve().parent / "tongues"
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "nl", "pl")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language."""

    name: str
    rows: Mapping[str, tuple[str, ...]]  # what decides nothing, and the verbs
    honest: Mapping[str, tuple[str, ...]]
    moment: str  # 22 November 2026, nine o'clock


def _lists(table: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(rows) for name, rows in table.items() if isinstance(rows, list)}


def _tongue(name: str) -> Tongue:
    table = tomllib.loads((TABLES / f"{name}.toml").read_text(encoding="utf-8"))
    return Tongue(name, _lists(table), _lists(table["honest"]), table["moment"])


ATTRIBUTIONS: tuple[str, ...] = tuple(
    tomllib.loads((TABLES.parent / "attributions.toml").read_text(encoding="utf-8"))["wrote"]
)
TONGUES = {name: _tongue(name) for name in LANGUAGES}
