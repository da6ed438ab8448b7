"""What Alembic runs: every revision on the connection it was handed, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from mailproc.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
