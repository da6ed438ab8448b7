"""A contribution to a group file: approved, then gathered into the file of its organisation."""

from __future__ import annotations

from mailproc.workflow.action import Do, Step, Table, Tell
from mailproc.workflow.kinds.common import deciding, up

TABLE: Table = (
    deciding()
    | {
        ("approved", "settle"): Step("approved", (Do.SETTLED,)),
        ("approved", "gathered"): Step("gathered", (Tell("gathered"),)),
    }
    | up("gathered")
)
