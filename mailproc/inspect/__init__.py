"""What must be looked at with care: hostile octets in a killable child, keys in the DNS."""
