"""Ballots and what came of a word: counts, motions, outcomes. Names only."""
