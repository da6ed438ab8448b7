"""A membership request: first the applicant agrees to the duties, then the members decide."""

from __future__ import annotations

from mailproc.kinds.common import SETTLE, deciding
from mailproc.kinds.kind import Kind
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = deciding() | {
    ("awaiting_agreement", "agree"): Step("pending"),
    ("awaiting_agreement", "addition"): Step("awaiting_agreement"),
    ("awaiting_agreement", "withdraw"): Step("withdrawn", (Tell("withdrawn"),)),
    ("awaiting_agreement", "reject"): Step("rejected", SETTLE),
    ("awaiting_agreement", "discard"): Step("discarded", SETTLE),
    ("awaiting_agreement", "lapse"): Step("lapsed", (Tell("lapsed"),)),
    ("lapsed", "agree"): Step("pending", (Do.RESET_VOTES,)),
    ("approved", "settle"): Step("member", (Do.SETTLED, Do.WELCOME, Tell("welcome"))),
}

KIND = Kind(name="membership", letter="M", initial="awaiting_agreement", table=TABLE)
