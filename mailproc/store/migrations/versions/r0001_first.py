"""The first schema, whole. It is frozen: what changes later is a revision of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _groups() -> None:
    op.create_table(
        "groups",
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name_key", name="pk_groups"),
    )


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("away_until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_members"),
    )


def _received() -> None:
    op.create_table(
        "received",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("reverse_path", sa.Text()),
        sa.Column("forward_paths", sa.Text(), nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.BigInteger()),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer()),
        sa.Column("time", sa.BigInteger()),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text()),
        sa.Column("logical_key", sa.Text(), nullable=False),
        sa.Column("effect_key", sa.Text()),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_key", sa.Text(), nullable=False),
        sa.Column("refs", sa.Text(), nullable=False),
        sa.Column("duplicate_of", sa.Integer()),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_received"),
        sa.UniqueConstraint("effect_key", name="uq_received_effect_key"),
        sa.UniqueConstraint("sequence", name="uq_received_sequence"),
        sa.UniqueConstraint("source", name="uq_received_source"),
    )
    op.create_index("ix_received_author_key_received_at", "received", ["author_key", "received_at"])
    op.create_index("ix_received_kind_time", "received", ["kind", "time"])
    op.create_index("ix_received_logical_key", "received", ["logical_key"])
    op.create_index("ix_received_message_id", "received", ["message_id"])
    op.create_index("ix_received_state_number", "received", ["state", "number"])


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("declared_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("disposition", sa.Text()),
        sa.Column("content_id", sa.Text()),
        sa.Column("within", sa.Text()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_attachments_number"),
        sa.PrimaryKeyConstraint("number", "position", name="pk_attachments"),
    )
    op.create_index("ix_attachments_sha256", "attachments", ["sha256"])


def _confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("cause", sa.Integer(), nullable=False),
        sa.Column("commands", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(["cause"], ["received.number"], name="fk_confirmations_cause"),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
    )
    op.create_index("ix_confirmations_member_created_at", "confirmations", ["member", "created_at"])


def _items() -> None:
    op.create_table(
        "items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_email", sa.Text(), nullable=False),
        sa.Column("author_key", sa.Text(), nullable=False),
        sa.Column("authenticated", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("waiting_since", sa.BigInteger(), nullable=False),
        sa.Column("section", sa.Text()),
        sa.Column("group", sa.Text()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text()),
        sa.Column("text_source", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("settles_at", sa.BigInteger()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("published_at", sa.BigInteger()),
        sa.Column("place", sa.Text()),
        sa.Column("guess", sa.Text()),
        sa.Column("question", sa.Text()),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("extent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_items_number"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.UniqueConstraint("number", "kind", name="uq_items_number_kind"),
    )
    op.create_index("ix_items_author_key", "items", ["author_key"])
    op.create_index("ix_items_settles_at", "items", ["settles_at"])
    op.create_index("ix_items_state_waiting_since", "items", ["state", "waiting_since"])


def _member_addresses() -> None:
    op.create_table(
        "member_addresses",
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("member", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name="fk_member_addresses_member"),
        sa.PrimaryKeyConstraint("address_key", name="pk_member_addresses"),
    )
    op.create_index("ix_member_addresses_member", "member_addresses", ["member"])


def _outgoing() -> None:
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cause", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.BigInteger()),
        sa.Column("leased_until", sa.BigInteger()),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("listed", sa.Text(), nullable=False),
        sa.Column("reverse_path", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["cause"], ["received.number"], name="fk_outgoing_cause"),
        sa.PrimaryKeyConstraint("id", name="pk_outgoing"),
        sa.UniqueConstraint(
            "cause", "template", "recipient_key", "ref", name="uq_outgoing_cause_template_recipient_key_ref"
        ),
        sa.UniqueConstraint("message_id", name="uq_outgoing_message_id"),
    )
    op.create_index(
        "ix_outgoing_recipient_key_template_created_at", "outgoing", ["recipient_key", "template", "created_at"]
    )
    op.create_index("ix_outgoing_state_next_try", "outgoing", ["state", "next_try"])
    op.create_index("ix_outgoing_template_created_at", "outgoing", ["template", "created_at"])


def _aliases() -> None:
    op.create_table(
        "aliases",
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_aliases_item"),
        sa.PrimaryKeyConstraint("ref", name="pk_aliases"),
    )
    op.create_index("ix_aliases_item", "aliases", ["item"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("outgoing", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("outcome", sa.Text()),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["outgoing"], ["outgoing.id"], name="fk_attempts_outgoing"),
        sa.PrimaryKeyConstraint("outgoing", "n", name="pk_attempts"),
    )


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("outgoing", sa.Text()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["outgoing"], ["outgoing.id"], name="fk_digests_outgoing"),
        sa.PrimaryKeyConstraint("member", "period", name="pk_digests"),
    )


def _item_messages() -> None:
    op.create_table(
        "item_messages",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_item_messages_item"),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_item_messages_number"),
        sa.PrimaryKeyConstraint("item", "number", "role", name="pk_item_messages"),
    )
    op.create_index("ix_item_messages_number", "item_messages", ["number"])


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer()),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_journal_item"),
        sa.PrimaryKeyConstraint("id", name="pk_journal"),
    )
    op.create_index("ix_journal_item", "journal", ["item"])
    op.create_index("ix_journal_ref", "journal", ["ref"])


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("shown_in", sa.Text()),
        sa.ForeignKeyConstraint(["number"], ["received.number"], name="fk_notices_number"),
        sa.ForeignKeyConstraint(["shown_in"], ["outgoing.id"], name="fk_notices_shown_in"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("member", "number", "words", name="uq_notices_member_number_words"),
    )


def _votes() -> None:
    op.create_table(
        "votes",
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("member", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["items.id"], name="fk_votes_item"),
        sa.PrimaryKeyConstraint("item", "member", name="pk_votes"),
    )


def upgrade() -> None:
    """Makes every table, those first that others refer to."""
    _groups()
    _members()
    _received()
    _attachments()
    _confirmations()
    _items()
    _member_addresses()
    _outgoing()
    _aliases()
    _attempts()
    _digests()
    _item_messages()
    _journal()
    _notices()
    _votes()
