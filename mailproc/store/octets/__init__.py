"""Files: the archive, the outbox, and octets that are on disk when a call returns."""
