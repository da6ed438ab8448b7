"""Rows of the service itself: leases, pulses, switches, the key, backups."""
