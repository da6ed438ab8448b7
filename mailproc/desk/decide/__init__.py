"""What members decide: votes, single words, motions, silence, and what came of each."""
