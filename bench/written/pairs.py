"""Rows that hold every pair of values of every two dimensions at least once, where the pair can be at all.

Greedy, seeded, and deterministic: of some rows made around a pair that is not covered yet, the one that covers most.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product

Row = dict[str, str]
Pair = tuple[tuple[str, str], tuple[str, str]]
_TRIES = 12  # rows looked at for one
_PATIENCE = 4000  # rows made before a pair counts as one that cannot be


def pairs_of(row: Row) -> set[Pair]:
    """All pairs that a row covers."""
    return {(one, other) for one, other in combinations(sorted(row.items()), 2)}


def covering(
    dimensions: Mapping[str, Sequence[str]], fits: Callable[[Row], bool], seed: int
) -> tuple[list[Row], list[Pair]]:
    """The rows, and the pairs that no row that `fits` can hold. `fits` judges whole rows and rows of two values."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    wanted = [
        ((a, one), (b, other))
        for a, b in combinations(sorted(dimensions), 2)
        for one, other in product(dimensions[a], dimensions[b])
        if fits({a: one, b: other})
    ]
    chance.shuffle(wanted)
    left, rows, never = dict.fromkeys(wanted), [], []
    while left:
        pair = next(iter(left))
        found = _rows_with(pair, dimensions, fits, chance)
        if not found:
            never.append(pair)
            del left[pair]
            continue
        best = max(found, key=lambda row: sum(each in left for each in pairs_of(row)))
        rows.append(best)
        for each in pairs_of(best):
            left.pop(each, None)
    return rows, never


def _rows_with(
    pair: Pair, dimensions: Mapping[str, Sequence[str]], fits: Callable[[Row], bool], chance: random.Random
) -> list[Row]:
    found: list[Row] = []
    for _ in range(_PATIENCE):
        row = {name: chance.choice(values) for name, values in dimensions.items()} | dict(pair)
        if fits(row):
            found.append(row)
            if len(found) == _TRIES:
                break
    return found
