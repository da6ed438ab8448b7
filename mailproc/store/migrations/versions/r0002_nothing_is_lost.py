"""What the service keeps for itself (pulses, leases, switches, mailboxes), and the domain a letter goes to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From 0001."""
    op.create_index("ix_received_size", "received", ["size"])
    op.add_column("outgoing", sa.Column("domain", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE outgoing SET domain = substr(recipient_key, instr(recipient_key, '@') + 1)")
    op.create_index("ix_outgoing_domain_leased_until", "outgoing", ["domain", "leased_until"])
    _service()
    _mailboxes()


def _service() -> None:
    op.create_table(
        "pulses",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("well_at", sa.BigInteger()),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("trouble_since", sa.BigInteger()),
        sa.Column("told_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("name", name="pk_pulses"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "switches",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_switches_number"),
        sa.PrimaryKeyConstraint("name", name="pk_switches"),
    )


def _mailboxes() -> None:
    op.create_table(
        "source_aliases",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_source_aliases_number"),
        sa.PrimaryKeyConstraint("source", name="pk_source_aliases"),
    )
    op.create_table(
        "unfetchable",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_unfetchable"),
    )
