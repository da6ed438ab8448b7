"""What the service keeps for itself (pulses, leases, switches, mailboxes), and the domain a letter goes to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """From 0001."""
    op.create_index("ix_received_size", "received", ["size"])
    op.create_index("ix_received_state_attempts_number", "received", ["state", "attempts", "number"])
    op.add_column("outgoing", sa.Column("domain", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE outgoing SET domain = substr(recipient_key, instr(recipient_key, '@') + 1)")
    op.add_column("outgoing", sa.Column("retried_at", sa.BigInteger()))
    op.add_column("outgoing", sa.Column("noted", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE outgoing SET next_try = created_at WHERE next_try IS NULL AND state IN ('queued', 'deferred')")
    op.drop_index("ix_outgoing_state_next_try", "outgoing")
    for columns in (
        ("next_try", "created_at", "cause", "id"),
        ("leased_until", "domain"),
        ("state", "noted", "created_at"),
    ):
        op.create_index(f"ix_outgoing_{'_'.join(columns)}", "outgoing", list(columns))
    _service()
    _mailboxes()
    _backups()


def _service() -> None:
    op.create_table(
        "pulses",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("well_at", sa.BigInteger()),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("trouble_since", sa.BigInteger()),
        sa.Column("failures", sa.Integer(), nullable=False),
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


def _backups() -> None:
    op.create_table(
        "backups",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_backups"),
    )
