"""How well an author's own words are told by a mail's shape: `make bench ARGS=trimming`."""
