"""What was seen of our mail server's border."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """From 0005."""
    words = ("result", "host", "names", "gap", "left_in", "nonce", "used")
    op.create_table(
        "probes",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("hops", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in words),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_probes_number"),
        sa.PrimaryKeyConstraint("number", name="pk_probes"),
    )
