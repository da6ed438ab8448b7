"""The words of seven languages: verbs, manners, times, and one line as people write it."""
