"""An article's life, humour included: published word for word, or an ending with a word."""

from __future__ import annotations

from mailproc.kinds.common import deciding, up
from mailproc.kinds.kind import Kind
from mailproc.kinds.step import Do, Step, Table, Tell

TABLE: Table = (
    deciding()
    | {
        ("approved", "settle"): Step("approved", (Do.SETTLED,)),
        ("approved", "published"): Step("published", (Tell("published"),)),
    }
    | up("published")
)

KIND = Kind(name="article", letter="A", initial="pending", table=TABLE)
