"""A group file: the dossier on an organisation, and what it still needs."""

from __future__ import annotations

from dataclasses import dataclass

STATES = ("wanted", "gathering", "complete", "claimed", "up", "offline")


@dataclass(frozen=True, slots=True)
class Group:
    """An organisation the publication keeps a file on; never a private person."""

    name: str
    aliases: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # "a photo of the office", ...
    state: str = "wanted"
