"""A reader's question: open until it is closed, with a word to the reader either way."""

from __future__ import annotations

from mailproc.workflow.action import Do, Step, Table, Tell
from mailproc.workflow.kinds.common import SETTLE

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
