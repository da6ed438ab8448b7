"""The structure of a mail: its parts, its text, its attachments, within limits. Pure."""
