"""A mail as a value. Pure: no disk, socket, database, clock, randomness or log."""
