"""The queue served, one message after the other: mails, the operator's words, the clock's."""
