"""An article's life, humour included: published word for word, or an ending with a word."""

from __future__ import annotations

from mailproc.workflow.action import Do, Step, Table, Tell
from mailproc.workflow.common import deciding

TABLE: Table = deciding() | {
    ("approved", "settle"): Step("approved", (Do.SETTLED,)),
    ("approved", "published"): Step("published", (Tell("published"),)),
    ("published", "addition"): Step("published"),
    ("published", "withdraw"): Step("published", (Do.NOTE_MEMBERS,)),
    ("published", "revive"): Step("retracted", (Do.TAKE_DOWN, Tell("retracted"))),
    ("retracted", "taken_down"): Step("retracted"),
}
