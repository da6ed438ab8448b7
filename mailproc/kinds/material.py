"""A contribution to a group file: approved, then gathered into the file of its organisation."""

from __future__ import annotations

from mailproc.kinds.common import deciding, up
from mailproc.kinds.kind import Kind
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = (
    deciding()
    | {
        ("approved", "settle"): Step("approved", (Do.SETTLED,)),
        ("approved", "gathered"): Step("gathered", (Tell("gathered"),)),
    }
    | up("gathered")
)

KIND = Kind(name="material", letter="F", initial="pending", table=TABLE)
