"""Whose words a text holds: quotations found, what programs wrote set aside. Pure."""
