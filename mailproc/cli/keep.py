"""Commands that look after the whole: rebuild, verify, reconcile, publish, backup, restore."""

from __future__ import annotations

import argparse


def register(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Their arguments."""
