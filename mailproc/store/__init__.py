"""Rows, archive, attachments: what we keep and know. An edge: disk and database, and nothing decided here."""
