"""A reader's question: open until it is closed, with a word to the reader either way."""

from __future__ import annotations

from mailproc.kinds.common import SETTLE, kept_waiting
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = kept_waiting("open") | {
    ("open", E.ADDITION): Step("open"),
    ("open", E.REMIND): Step("open"),
    ("open", E.WITHDRAW): Step("closed", (Tell("closed"),)),
    ("held", E.WITHDRAW): Step("closed", (Tell("closed"),)),
    ("open", E.LAPSE): Step("closed", (Tell("closed"),)),
    ("open", E.DISCARD): Step("discarded", SETTLE),
    ("closed", E.RENEW): Step("open"),
    ("discarded", E.REOPEN): Step("open"),
    ("discarded", E.SETTLE): Step("discarded", (Do.SETTLED,)),
    ("discarded", E.REVIVE): Step("open"),
}

KIND = Kind(
    name="enquiry",
    letter="Q",
    called="an enquiry",
    table=TABLE,
    initial="open",
    ends=frozenset({"closed", "discarded"}),
    verbs=frozenset({"hold", "version", "claim", "answer", "close", "concerns", "append", "stop"}),
    no_ballot="a question is not voted on; it can be held, discarded or sorted",
    taps=("sort article", "sort material", "sort membership", "hold", "note", "discard"),
    audience="reader",
    receipt=Letter("receipt-enquiry", "a mail opened an enquiry", ("item", "authenticated", "attachments", "guessed")),
    letters=(
        Letter("closed", "an enquiry was closed"),
        Letter(
            "receipt-reply",
            "an organisation wrote about its own file",
            ("item", "authenticated", "attachments", "guessed"),
        ),
    ),
    options=Options(
        address="For readers' questions.",
        example="contact@harbour.example",
        omitted=("claim", "silence"),
        retention="Enquiries that were answered, closed or discarded.",
    ),
)
