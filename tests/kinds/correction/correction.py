"""A reader's correction: voted on like an article, and put up beside what it corrects."""

from __future__ import annotations

from mailproc.kinds.common import OF_A_BALLOT, OF_A_TEXT, RECEIPT, TAPS, UNDONE, deciding, up
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options, Up
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = (
    deciding()
    | {
        ("approved", E.SETTLE): Step("approved", (Do.SETTLED,)),
        ("approved", E.PUBLISHED): Step("corrected", (Tell("corrected"),)),
    }
    | up("corrected")
)

KIND = Kind(
    name="correction",
    letter="C",
    called="a correction",
    table=TABLE,
    initial="pending",
    ends=UNDONE,
    done="corrected",
    called_done="put right",
    up=Up(E.PUBLISHED, folder="corrections"),
    verbs=OF_A_BALLOT | OF_A_TEXT,
    taps=TAPS,
    receipt=Letter("receipt-correction", "a mail says what is wrong", RECEIPT),
    letters=(Letter("corrected", "the correction is up"),),
    options=Options(
        address="For corrections.",
        example="corrections@harbour.example",
        retention="Corrections that were rejected, discarded, withdrawn or lapsed.",
    ),
)
