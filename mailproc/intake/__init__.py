"""How mail comes in: `imap` polls mailboxes, `lmtp` takes what a mail server brings, `files` reads files.

All give octets in pieces; the desk keeps them. None of them parses.
"""
