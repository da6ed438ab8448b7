"""A contribution to a group file: approved, then gathered into the file of its organisation."""

from __future__ import annotations

from mailproc.kinds.common import OF_A_BALLOT, OF_A_PROOF, OF_A_TEXT, RECEIPT, TAPS, UNDONE, dated, deciding, up
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options, Up
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = (
    deciding()
    | dated()
    | {
        ("approved", E.SETTLE): Step("approved", (Do.SETTLED,)),
        ("approved", E.GATHERED): Step("gathered", (Tell("gathered"),)),
    }
    | up("gathered")
    | {
        ("gathered", E.PUT_UP): Step("up"),
        ("up", E.OFFLINE): Step("gathered"),
    }
    | up("up")
)

KIND = Kind(
    name="material",
    letter="F",
    called="material",
    table=TABLE,
    initial="pending",
    ends=UNDONE,
    done="gathered",
    called_done="in its file",
    up=Up(E.GATHERED, folder="files", grouped=True),
    verbs=OF_A_BALLOT | OF_A_TEXT | {"counts", "object"},
    taps=TAPS,
    receipt=Letter("receipt-material", "a mail opened material for a group file", (*RECEIPT, "lacks", "brings")),
    letters=(Letter("gathered", "the material is in its group file", ("item", "authenticated", "lacks")),),
    options=Options(
        omitted=(
            *OF_A_PROOF,
            "claim",
        ),
        address="For material for group files.",
        example="files@harbour.example",
        retention="Material that was rejected, discarded, withdrawn or lapsed.",
    ),
)
