"""What is due by itself: settling, reminders, digests, lapses, letters that did not arrive."""
