"""What is forgotten, when its time is over or when somebody asks; and what they may take along."""
