"""Rows of mail: received messages, letters, mailboxes, and how much of it waits."""
