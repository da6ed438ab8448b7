"""How a letter leaves: `smtp` hands it to a mail server, `folder` leaves it in the outbox.

Both answer with a Receipt; `sent` writes the record beside a letter that left.
"""
