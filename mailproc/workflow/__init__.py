"""What may follow what: one table per kind, (state, event) -> (state, actions). Pure."""
