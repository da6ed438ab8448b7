"""What a reader of an HTML part sees: its words as text, and what of them is hidden, quoted or a signature."""
