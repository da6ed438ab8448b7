"""How the schema came to be, revision by revision; run by `database.open_database`, never by hand.

Alembic is loaded only when there is something to do. A new revision is a file in `versions` and a line in KNOWN.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from mailproc.failpoint import reach

KNOWN = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010")  # oldest first
HEAD = KNOWN[-1]


def upgrade(conn: Connection) -> None:
    """Brings the schema to HEAD inside the caller's transaction."""
    from alembic import command  # noqa: PLC0415 - costs a quarter second; every command opens the database
    from alembic.config import Config  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, HEAD)
    reach("store.migrating")
