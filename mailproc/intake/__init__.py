"""How mail comes in: `imap` polls mailboxes, `files` reads .eml, mbox, Maildir and standard input.

Both give octets in pieces under a source key; the desk keeps them. Neither parses.
"""
