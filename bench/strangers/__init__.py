"""Replies of strangers to this program, written from how people and mail programs write; see `__main__`."""
