"""Rows of the service itself: leases, pulses, switches, backups."""
