"""What was read of the documents among the attachments."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """From 0003."""
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("extract_begins", sa.Text(), nullable=False, server_default=""),
        sa.Column("extract_words", sa.Integer()),
        sa.Column("extract_failure", sa.Text(), nullable=False, server_default=""),
    )
    for column in columns:
        op.add_column("attachments", column)
