"""From octets to characters: what a label means, and what to do where it is missing or wrong. Pure.

`reading.read(octets, label)` is the one way in; `labels` is the table, `japanese` what no codec of Python reads,
`likely` how a text looks and what the detector thinks of it.
"""
