"""Arguments in, words out. Nothing is decided here: commands call the desk and print what it says."""
