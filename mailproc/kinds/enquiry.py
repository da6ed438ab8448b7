"""A reader's question: open until it is closed, with a word to the reader either way."""

from __future__ import annotations

from mailproc.kinds.common import SETTLE
from mailproc.kinds.kind import Kind, Letter, Options
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

KIND = Kind(
    name="enquiry",
    letter="Q",
    called="an enquiry",
    table=TABLE,
    initial="open",
    ends=frozenset({"closed", "discarded"}),
    no_ballot="a question is not voted on; it can be discarded or sorted",
    audience="reader",
    receipt=Letter("receipt-enquiry", "a mail opened an enquiry", ("item", "authenticated", "attachments")),
    letters=(Letter("closed", "an enquiry was closed"),),
    options=Options(
        address="For readers' questions.",
        example="contact@harbour.example",
        omitted=("silence",),
        retention="Enquiries that were answered, closed or discarded.",
    ),
)
