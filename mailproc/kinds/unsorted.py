"""Mail that no rule claims: shown to the members until one of them says what it is. Never to the bin by itself."""

from __future__ import annotations

from mailproc.kinds.common import OF_A_PROOF, SETTLE, kept_waiting
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = kept_waiting("pending") | {
    ("pending", E.ADDITION): Step("pending"),
    ("pending", E.REMIND): Step("pending"),
    ("pending", E.WITHDRAW): Step("discarded", (Tell("withdrawn"),)),
    ("held", E.WITHDRAW): Step("discarded", (Tell("withdrawn"),)),
    ("pending", E.LAPSE): Step("discarded", (Tell("lapsed"),)),
    ("pending", E.DISCARD): Step("discarded", SETTLE),
    ("discarded", E.REOPEN): Step("pending"),
    ("discarded", E.SETTLE): Step("discarded", (Do.SETTLED,)),
    ("discarded", E.REVIVE): Step("pending"),
    ("discarded", E.RENEW): Step("pending"),
}

KIND = Kind(
    name="unsorted",
    letter="U",
    called="unsorted",
    table=TABLE,
    initial="pending",
    ends=frozenset({"discarded"}),
    guessed=True,
    thanks=True,
    no_ballot="nobody has said what it is; sort it first, or discard it",
    verbs=frozenset({"hold", "pen name", "first name", "no name"}),
    taps=("yes", "sort article", "sort material", "sort membership", "sort enquiry", "hold", "note", "discard"),
    receipt=Letter(
        "receipt-unsorted",
        "a mail that no rule claims was put before the members",
        ("item", "authenticated", "attachments", "guessed"),
    ),
    letters=(Letter("set-aside", "a member closed what nobody could sort, and it was no spam"),),
    options=Options(
        omitted=(*OF_A_PROOF, "claim", "approvals", "rejections", "veto", "silence"),
        retention="Unsorted mail that was discarded.",
    ),
)
