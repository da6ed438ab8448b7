"""A member leaves, or writes from another address from now on.

A table from verb to function, as in `obey`, for verbs that are about no item. A member who has left has no power from
that moment on: every secret of their letters is dead, and their standing votes no longer count.
"""

from __future__ import annotations

from collections.abc import Callable

from mailproc.desk.obey import Outcome, Speaker
from mailproc.desk.turn import Turn
from mailproc.review.command import Command

VERBS: dict[str, Callable[[Turn, Speaker, Command], Outcome]] = {}
