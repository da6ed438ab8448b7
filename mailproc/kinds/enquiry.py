"""A reader's question: open until it is closed, with a word to the reader either way."""

from __future__ import annotations

from mailproc.kinds.common import SETTLE
from mailproc.kinds.kind import Kind
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = {
    ("open", "addition"): Step("open"),
    ("open", "remind"): Step("open"),
    ("open", "withdraw"): Step("closed", (Tell("closed"),)),
    ("open", "lapse"): Step("closed", (Tell("closed"),)),
    ("open", "discard"): Step("discarded", SETTLE),
    ("closed", "renew"): Step("open"),
    ("discarded", "reopen"): Step("open"),
    ("discarded", "settle"): Step("discarded", (Do.SETTLED,)),
    ("discarded", "revive"): Step("open"),
}

KIND = Kind(name="enquiry", letter="Q", initial="open", table=TABLE)
