"""A reply read: its lines become commands, and what was not understood is named."""
