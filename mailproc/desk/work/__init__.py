"""What authors do with their articles: versions, names, consents, parts. Names only."""
