"""What all tables stand on: their names' form, and columns that many have."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, MetaData

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def message_number() -> Column[int]:
    """The message that a row came with."""
    return Column("number", Integer, ForeignKey("received.number"), nullable=False)


def item_row() -> Column[int]:
    """The item a row belongs to: its row, not its reference, so that everything follows a re-sorted item."""
    return Column("item", Integer, ForeignKey("items.id"), nullable=False)
