"""Whose words a line is, told by its shape alone: frames, introductions, copied headers, what stands at the foot."""
