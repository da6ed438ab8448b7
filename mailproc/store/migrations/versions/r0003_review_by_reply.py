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
        sa.Column("leaves_at", sa.BigInteger()),
        sa.Column("why", sa.Text(), nullable=False, server_default=""),
    )
    of_items: tuple[sa.Column[Any], ...] = (
        sa.Column("motion", sa.Text(), nullable=False, server_default=""),
        sa.Column("motion_since", sa.BigInteger()),
        sa.Column("new_text", sa.Text()),
        sa.Column("consent_at", sa.BigInteger()),
        sa.Column("motion_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("motion_settles", sa.Text(), nullable=False, server_default=""),
        sa.Column("replaced_at", sa.BigInteger()),
        sa.Column("replaced_by", sa.Text(), nullable=False, server_default=""),
        sa.Column("earlier_sha256", sa.Text(), nullable=False, server_default="[]"),
    )
    for column in of_members:
        op.add_column("members", column)
    for column in of_items:
        op.add_column("items", column)
    op.create_index("ix_outgoing_ref_template", "outgoing", ["ref", "template"])
    op.create_table(
        "asked",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("declined", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("in_place_of", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_asked_item"),
        sa.PrimaryKeyConstraint("item", "member", name="pk_asked"),
    )
    op.create_index("ix_asked_member_at", "asked", ["member", "at"])
    op.create_table(
        "readdressings",
        sa.Column("cause", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("vouched", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cause"], ["received.number"], name="fk_readdressings_cause"),
        sa.PrimaryKeyConstraint("cause", name="pk_readdressings"),
    )
    op.create_index("ix_readdressings_member_at", "readdressings", ["member", "at"])
    op.create_index("ix_readdressings_outcome_expires_at", "readdressings", ["outcome", "expires_at"])
