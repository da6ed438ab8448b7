"""One table a kind: what may follow what."""
