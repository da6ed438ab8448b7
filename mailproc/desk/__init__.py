"""Where rooms meet. Owns the clock, the ids and the transaction; edges learn of each other only here."""
