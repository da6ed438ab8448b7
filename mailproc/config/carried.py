"""What we carry: the rules and templates that `init` writes, and that stand in where an operator's lack one."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def carried() -> Path:
    """Where they lie: in the installed package, else in the checkout's top folder."""
    inside = PACKAGE / "defaults"
    return inside if inside.is_dir() else PACKAGE.parent
