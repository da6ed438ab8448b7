"""What may follow what: items, events and what becomes of them. Pure."""
