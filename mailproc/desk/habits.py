"""What members say of themselves: when they are asked, and who is asked in their place.

A table from verb to function, as in `obey`, for verbs that are about no item. Who is asked when, given these habits,
is `review.rota`'s.
"""

from __future__ import annotations

from collections.abc import Callable

from mailproc.desk.obey import Outcome, Speaker
from mailproc.desk.turn import Turn
from mailproc.review.command import Command

VERBS: dict[str, Callable[[Turn, Speaker, Command], Outcome]] = {}
