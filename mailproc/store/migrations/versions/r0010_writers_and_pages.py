"""What those who write to the desk wish, and what may become of a page."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """From 0009."""
    op.create_table(
        "writers",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False, server_default=""),
        sa.Column("receipts", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("gathers", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("waiting", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("since", sa.BigInteger()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_writers"),
    )
    added = (("proved", ""), ("motion_of", ""), ("notes", "[]"), ("about", ""), ("coauthors", "[]"))
    for name, default in added:
        op.add_column("items", sa.Column(name, sa.Text(), nullable=False, server_default=default))
    op.add_column("items", sa.Column("byline", sa.Text()))
    op.add_column("items", sa.Column("renames", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ("held_until", "publish_at", "hidden_at"):
        op.add_column("items", sa.Column(name, sa.BigInteger()))
    op.add_column("items", sa.Column("next_guess", sa.Text()))
