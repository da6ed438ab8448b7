"""A reader's question: open until a member has answered or closed it, and the reader hears either way.

A member may say that they answer it (`claimed`), for a time. What they answer goes to the reader when it has settled,
as the desk's letter; a reader who writes again has it opened once more, and who wants no more letters ends it
(`stopped`). The published work that it is about stands on the item (`Item.about`).
"""

from __future__ import annotations

from mailproc.kinds.common import OF_A_PROOF, SETTLE, kept_waiting
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options
from mailproc.kinds.step import Do, Step, Table, Tell

WAITS = ("open", "claimed", "held")
OVER = ("answered", "closed")


def _waiting() -> Table:
    """What a member's or the reader's word does while it waits."""
    rows: Table = {}
    for state in WAITS:
        rows[state, E.ADDITION] = Step(state)
        rows[state, E.REPLY] = Step("answered", SETTLE)
        rows[state, E.CLOSE] = Step("closed", SETTLE)
        rows[state, E.WITHDRAW] = Step("closed", (Tell("closed"),))
        rows[state, E.STOP] = Step("stopped", (Tell("stopped"),))
        rows[state, E.DISCARD] = Step("discarded", SETTLE)
    return rows


def _over() -> Table:
    """What may follow an answer, or an end without one: until it has settled, nobody outside has heard of it."""
    rows: Table = {}
    for state in OVER:
        rows[state, E.REOPEN] = Step("open")
        rows[state, E.REVIVE] = Step("open")
        rows[state, E.RENEW] = Step("open")
        rows[state, E.ADDITION] = Step(state)
        rows[state, E.STOP] = Step("stopped", (Tell("stopped"),))
    return rows


TABLE: Table = (
    kept_waiting("open")
    | _waiting()
    | _over()
    | {
        ("open", E.REMIND): Step("open"),
        ("open", E.LAPSE): Step("closed", (Tell("closed"),)),
        ("open", E.CLAIM): Step("claimed"),
        ("held", E.CLAIM): Step("claimed"),
        ("claimed", E.UNCLAIM): Step("open"),
        ("claimed", E.OVERDUE): Step("open"),
        ("answered", E.REPLY): Step("answered", SETTLE),  # more of it
        ("answered", E.SETTLE): Step("answered", (Do.SETTLED,)),  # with the letter of `desk.relay.answering`
        ("answered", E.CLOSE): Step("closed"),  # its reader has heard already
        ("answered", E.WITHDRAW): Step("closed", (Tell("closed"),)),
        ("closed", E.SETTLE): Step("closed", (Do.SETTLED, Tell("closed"))),
        ("stopped", E.RENEW): Step("open"),
        ("discarded", E.REOPEN): Step("open"),
        ("discarded", E.SETTLE): Step("discarded", (Do.SETTLED,)),
        ("discarded", E.REVIVE): Step("open"),
    }
)

KIND = Kind(
    name="enquiry",
    letter="Q",
    called="an enquiry",
    table=TABLE,
    initial="open",
    ends=frozenset({"answered", "closed", "stopped", "discarded"}),
    thanks=True,
    verbs=frozenset({"hold", "version", "claim", "answer", "close", "concerns", "append", "stop"}),
    no_ballot="a question is not voted on; it can be claimed, answered, closed, held, discarded or sorted",
    taps=("answer", "claim", "close", "hold", "note", "sort article", "sort material", "discard"),
    audience="reader",
    receipt=Letter("receipt-enquiry", "a mail opened an enquiry", ("item", "authenticated", "attachments", "guessed")),
    letters=(
        Letter("answer", "a member's answer to a reader has settled", ("item", "authenticated", "words", "concerned")),
        Letter("closed", "an enquiry was closed"),
        Letter("stopped", "a reader wants no more letters on an enquiry"),
        Letter(
            "receipt-reply",
            "an organisation wrote about its own file",
            ("item", "authenticated", "attachments", "guessed"),
        ),
    ),
    options=Options(
        address="For readers' questions.",
        example="contact@harbour.example",
        policy={"claim": "3d"},
        omitted=(*OF_A_PROOF, "silence"),
        retention="Enquiries that were answered, closed or discarded.",
    ),
)
