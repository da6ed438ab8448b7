"""Rows of people: members, whom an item was put before, what waits for somebody's yes."""
