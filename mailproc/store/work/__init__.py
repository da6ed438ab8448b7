"""Rows of work: items with their references, votes, journal, attachments, groups."""
