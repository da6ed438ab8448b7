"""Mail that no rule claims: shown to the members until one of them says what it is. Never to the bin by itself."""

from __future__ import annotations

from mailproc.kinds.common import SETTLE
from mailproc.kinds.kind import Kind
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = {
    ("pending", "addition"): Step("pending"),
    ("pending", "remind"): Step("pending"),
    ("pending", "withdraw"): Step("discarded", (Tell("withdrawn"),)),
    ("pending", "lapse"): Step("discarded", (Tell("lapsed"),)),
    ("pending", "discard"): Step("discarded", SETTLE),
    ("discarded", "reopen"): Step("pending"),
    ("discarded", "settle"): Step("discarded", (Do.SETTLED,)),
    ("discarded", "revive"): Step("pending"),
    ("discarded", "renew"): Step("pending"),
}

KIND = Kind(name="unsorted", letter="U", initial="pending", table=TABLE)
