"""An article's life, humour included: published word for word, or an ending with a word."""

from __future__ import annotations

from mailproc.kinds.common import OF_A_BALLOT, OF_A_TEXT, RECEIPT, TAPS, UNDONE, dated, deciding, proofed, up
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options, Up
from mailproc.kinds.step import Do, Step, Table, Tell

PROOF = ("sheet", "lapses_at", "publishes")
TABLE: Table = (
    deciding()
    | dated()
    | proofed()
    | {
        ("approved", E.SETTLE): Step("approved", (Do.SETTLED,)),
        ("approved", E.PUBLISHED): Step("published", (Tell("published"),)),
    }
    | up("published")
)

KIND = Kind(
    name="article",
    letter="A",
    called="an article",
    table=TABLE,
    initial="pending",
    ends=UNDONE,
    unclear="awaiting_author",
    done="published",
    called_done="published",
    up=Up(E.PUBLISHED, folder="articles", document=True, section="articles"),
    verbs=OF_A_BALLOT | OF_A_TEXT,
    taps=TAPS,
    receipt=Letter("receipt-article", "a mail opened an article", (*RECEIPT, "beside")),
    letters=(
        Letter("published", "the article is up"),
        Letter("proof", "the article as it will stand, before it goes up", ("item", "authenticated", *PROOF)),
        Letter("proof-passed", "its author has nothing against the proof; when it goes up", ("item", "authenticated")),
    ),
    options=Options(
        omitted=("claim",),
        address="For articles.",
        example="articles@harbour.example",
        retention="Articles that were rejected, discarded, withdrawn or lapsed.",
    ),
)
