"""The demo's script as a value: `script.toml`, read once and checked. What happens is done by `story`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from mailproc import tables


class Mail(Struct, frozen=True, forbid_unknown_fields=True):
    """One mail of the script; its words are in mail/KEY.eml."""

    key: str
    expected: str  # the kind that the desk must find
    ends: tuple[str, ...] = ()  # the states, at the end, of what it opened
    settles: bool = False  # its end is waited for, and told
    null: bool = False  # its reverse-path is the null one (RFC 5321 §4.5.5)
    silent: bool = False  # it must get no letter
    host: str = ""  # that hands it in; empty: its sender's


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said when a scene begins."""

    title: str
    words: str


class Lines(Struct, frozen=True, forbid_unknown_fields=True):
    """An answer, line by line; {key} stands for the reference that this mail opened."""

    lines: tuple[str, ...]


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it."""

    people: Mapping[str, Mapping[str, str]]  # ana, ben -> name and email
    mails: tuple[Mail, ...]
    forged: Mail
    ana: Mapping[str, str]  # key of a mail -> her words on what it opened
    ben: Lines
    scenes: Mapping[str, Words]
    silence: Mapping[str, str]  # slug -> why there is no letter
    standing: Mapping[str, str]  # state -> how it is told

    def told(self, state: str) -> str:
        """A state in words."""
        return self.standing.get(state, state)


_FILE = Path(__file__).with_suffix(".toml")
SCRIPT = tables.fitted(_FILE, tables.read(_FILE), Script)
