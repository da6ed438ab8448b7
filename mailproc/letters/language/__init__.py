"""How a language writes what is no sentence, and whether a folder of templates says all that the model says."""
