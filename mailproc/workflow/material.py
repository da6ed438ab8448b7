"""A contribution to a group file: approved, then gathered into the file of its organisation."""

from __future__ import annotations

from mailproc.workflow.action import Do, Step, Table, Tell
from mailproc.workflow.common import deciding

TABLE: Table = deciding() | {
    ("approved", "settle"): Step("approved", (Do.SETTLED,)),
    ("approved", "gathered"): Step("gathered", (Tell("gathered"),)),
    ("gathered", "addition"): Step("gathered"),
    ("gathered", "withdraw"): Step("gathered", (Do.NOTE_MEMBERS,)),
    ("gathered", "revive"): Step("retracted", (Do.TAKE_DOWN, Tell("retracted"))),
    ("retracted", "taken_down"): Step("retracted"),
}
