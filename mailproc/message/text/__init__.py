"""Which parts of a mail are its text. Pure."""
