"""Header fields as values: addresses, charsets, names, the envelope. Pure."""
