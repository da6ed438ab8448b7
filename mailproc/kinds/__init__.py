"""What there is to decide on: one module a kind with everything about it, and one registry of them (pure)."""
