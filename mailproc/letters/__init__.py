"""How a letter is worded: templates and values in, words out. It sends nothing and keeps nothing."""
