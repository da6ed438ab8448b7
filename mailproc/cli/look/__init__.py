"""Commands that only look: items, messages, letters, health. They open the books, not the desk."""
