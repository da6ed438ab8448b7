"""What is known and who is told: the views that letters show, whom an item is put before, automatic answers."""
