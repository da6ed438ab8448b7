"""Pieces of group files, what is wanted, members' access, parts and topics."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default="[]")


def upgrade() -> None:
    """From 0008."""
    of_groups: tuple[sa.Column[Any], ...] = (
        _words("domains"),
        sa.Column("since", sa.BigInteger()),
        sa.Column("claimed_by", sa.Text(), nullable=False, server_default=""),
        _words("layout"),
        sa.Column("shown_at", sa.BigInteger()),
        sa.Column("objects_until", sa.BigInteger()),
        sa.Column("url", sa.Text(), nullable=False, server_default=""),
        sa.Column("up_at", sa.BigInteger()),
    )
    for column in of_groups:
        op.add_column("groups", column)
    for column in (_words("not_for"), _words("topics")):
        op.add_column("members", column)
    op.add_column("asked", sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
    for name in ("again_at", "appeal_until", "appealed_at"):
        op.add_column("items", sa.Column(name, sa.BigInteger()))
    of_votes: tuple[sa.Column[Any], ...] = (
        sa.Column("because", sa.Text(), nullable=False, server_default=""),
        sa.Column("again", sa.BigInteger()),
        sa.Column("barred", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for column in of_votes:
        op.add_column("votes", column)
    op.create_table(
        "pieces",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("file"),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("form"),
        _text("need"),
        _text("name"),
        _text("media_type"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("sha256", "url", "caption", "credit", "rights", "source", "heading")),
        sa.Column("out", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_pieces_item"),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_pieces_number"),
        sa.PrimaryKeyConstraint("id", name="pk_pieces"),
    )
    op.create_index("ix_pieces_file", "pieces", ["file"])
    op.create_index("ix_pieces_item", "pieces", ["item"])
    op.create_table(
        "objections",
        _text("file"),
        _text("email"),
        _text("words"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_objections_number"),
        sa.PrimaryKeyConstraint("file", "email", name="pk_objections"),
    )
    op.create_table(
        "wanted",
        *(_text(name) for name in ("key", "section", "file", "words")),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        _text("member"),
        sa.PrimaryKeyConstraint("key", name="pk_wanted"),
    )
    op.create_table(
        "access",
        _text("letter"),
        _text("member"),
        sa.Column("cause", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["cause"], ["received.number"], name="fk_access_cause"),
        sa.PrimaryKeyConstraint("letter", name="pk_access"),
    )
    op.create_index("ix_access_member", "access", ["member"])
    op.create_table(
        "access_told",
        _text("letter"),
        _text("change"),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("letter", name="pk_access_told"),
    )
