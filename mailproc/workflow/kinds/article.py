"""An article's life, humour included: published word for word, or an ending with a word."""

from __future__ import annotations

from mailproc.workflow.action import Do, Step, Table, Tell
from mailproc.workflow.kinds.common import deciding, up

TABLE: Table = (
    deciding()
    | {
        ("approved", "settle"): Step("approved", (Do.SETTLED,)),
        ("approved", "published"): Step("published", (Tell("published"),)),
    }
    | up("published")
)
