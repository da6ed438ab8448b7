"""How fast the desk is, as ratios measured in one run: `make bench`. Absolute figures differ from day to day."""
