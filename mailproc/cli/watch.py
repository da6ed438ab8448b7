"""Commands for the day something breaks: health, pause, resume."""

from __future__ import annotations

import argparse


def register(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    """Their arguments."""
