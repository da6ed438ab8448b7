"""What the members said, and what it amounts to: commands, ballots. Pure."""
