"""`mailproc demo`: the whole loop on loopback, with a mail server, a dozen mails, two members and their replies.

The desk is a real one, made by `init` and run by the timetable; only the internet around it is small (see `servers`).
It stays in its folder, to be looked at, until the next demo replaces it; a folder that no demo made is refused.
Gives 0 if every expected end was reached. However it ends, no process, thread or port is left.
"""
