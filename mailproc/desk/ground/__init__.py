"""What every turn stands on: the desk as it is wired, leases, secrets, and the door that keeps a message."""
