"""The shapes by name; `all_shapes` puts those of a file that names its own in a table `SHAPES` before them."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import cast

from bench.shapes import plain, rich, strange
from bench.shapes.pieces import Shape
from bench.shapes.plain import wrapped_at

GIVEN = Path(__file__).resolve().parents[3] / "shared/tools/replyshapes.py"  # beside a clone, or not there

_WRAPPED = {
    f"wrapped_{width}_{how}": cast("Shape", wrapped_at(width, mark=mark, again=again))
    for width, how, mark, again in (
        (72, "marked", "> ", "> "),
        (72, "mark_lost", "> ", ""),
        (60, "marked", "> ", "> "),
        (60, "unmarked", "", ""),
        (40, "mark_lost", "> ", ""),
        (40, "unmarked", "", ""),
    )
}
SHAPES: dict[str, Shape] = {
    **{
        name: cast("Shape", made)
        for room in (plain, rich, strange)
        for name, made in vars(room).items()
        if isinstance(made, FunctionType)
        and made.__module__ == room.__name__
        and not name.startswith("_")
        and name != "wrapped_at"
    },
    **_WRAPPED,
}


def all_shapes() -> dict[str, Shape]:
    """The fifteen that were given, where they are at hand, and ours."""
    if not GIVEN.exists():
        return dict(SHAPES)
    spec = importlib.util.spec_from_file_location("given_shapes", GIVEN)
    if spec is None or spec.loader is None:
        return dict(SHAPES)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    for pure in ("text_of", "html_of", "header_of"):  # one letter is asked for thousands of times
        setattr(module, pure, cache(getattr(module, pure)))
    return {**module.SHAPES, **SHAPES}
