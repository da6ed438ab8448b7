"""A new group file that somebody proposes: members decide whether the publication keeps a file on that organisation."""

from __future__ import annotations

from mailproc.kinds.common import OF_A_BALLOT, OF_A_PROOF, TAPS, UNDONE, deciding
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = deciding() | {
    ("approved", E.SETTLE): Step("accepted", (Do.SETTLED, Do.OPEN_FILE, Tell("accepted"))),
}

KIND = Kind(
    name="proposal",
    letter="P",
    called="a proposal of a file",
    table=TABLE,
    initial="pending",
    ends=UNDONE,
    done="accepted",
    called_done="accepted",
    opens=True,
    verbs=OF_A_BALLOT,
    taps=TAPS,
    receipt=Letter(
        "receipt-proposal",
        "a mail proposed a new group file",
        ("item", "authenticated", "attachments", "guessed", "lapses_at"),
    ),
    letters=(Letter("accepted", "members keep a file on the organisation that was proposed"),),
    options=Options(
        omitted=(
            *OF_A_PROOF,
            "claim",
        ),
        retention="Proposals that were rejected, discarded, withdrawn or lapsed.",
    ),
)
