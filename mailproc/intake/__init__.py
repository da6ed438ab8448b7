"""How mail comes in: `imap` polls mailboxes, `lmtp` takes what a mail server brings, `files` reads files.

`connection` and `login` open an IMAP account, `visit` is one poll under way, `fetch` asks for sizes and octets, `idle`
listens for new mail, `looking` only counts; `ledger` is the desk's half of it. All give octets in pieces; the desk
keeps them. None of them parses.
"""
