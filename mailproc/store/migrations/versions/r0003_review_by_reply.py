"""What members wish (hours, quiet, stand-ins), whom an item was put before, and ballots on what is published."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """From 0002."""
    of_members: tuple[sa.Column[Any], ...] = (
        sa.Column("schedule", sa.Text(), nullable=False, server_default="daily"),
        sa.Column("hour", sa.Text()),
        sa.Column("timezone", sa.Text(), nullable=False, server_default=""),
        sa.Column("quiet", sa.Text(), nullable=False, server_default=""),
        sa.Column("stand_in", sa.Text(), nullable=False, server_default=""),
        sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    of_items: tuple[sa.Column[Any], ...] = (
        sa.Column("motion", sa.Text(), nullable=False, server_default=""),
        sa.Column("motion_since", sa.BigInteger()),
        sa.Column("new_text", sa.Text()),
        sa.Column("consent_at", sa.BigInteger()),
    )
    for column in of_members:
        op.add_column("members", column)
    for column in of_items:
        op.add_column("items", column)
    op.create_table(
        "asked",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_asked_item"),
        sa.PrimaryKeyConstraint("item", "member", name="pk_asked"),
    )
    op.create_index("ix_asked_member_at", "asked", ["member", "at"])
