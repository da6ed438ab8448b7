"""What becomes of a page: proof, date, correction, taking down. Names only."""
