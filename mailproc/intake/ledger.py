"""The desk's half of a poll, as callables: what was received before, how to receive, what could not be fetched.

Intake asks and obeys; it knows neither rows nor files. What these raise of their own ends the poll and passes through.
The defaults are those of a ledger that remembers no trouble and no other numbering.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from mailproc.intake.source import Source


@dataclass(frozen=True, slots=True)
class Ledger:
    """What `poll` is given. A place is `imap:ACCOUNT/MAILBOX/`, how every source key of a mailbox begins."""

    known: Callable[[Sequence[str]], Collection[str]]  # of at most 10,000 source keys, those received before
    # At most 20 messages; it returns only when all are committed. What a message's octets raise (BrokenExchange) it
    # lets pass, with nothing of the batch received: the others are offered again one by one.
    receive: Callable[[Sequence[Source]], object]
    max_message_bytes: int

    # catalogue F44: the keys of a place that could not be fetched before, and whether each may be asked for today
    unfetchable: Callable[[str], Mapping[str, bool]] = lambda _place: {}
    unfetched: Callable[[str, str], bool] = lambda _key, _why: False  # (key, why); True: from now on once a day only
    fetched: Callable[[Collection[str]], None] = lambda _keys: None  # they were fetched after all, or are gone

    # catalogue F33: whether messages of the place were received under another UIDVALIDITY; if so, which of these keys
    # have the size of such a message, and which of them, by size and first octets of the header, are such messages
    renumbered: Callable[[str, int], bool] = lambda _place, _uidvalidity: False
    likely: Callable[[str, Mapping[str, int]], Collection[str]] = lambda _place, _offered: ()
    recognise: Callable[[str, Mapping[str, tuple[int, bytes]]], Collection[str]] = lambda _place, _offered: ()

    # catalogue F102: of keys that are known, with (size, first octets of the header) as the mailbox shows them now, the
    # key under which each was received or will be: another where a restored mailbox gave an old number to new mail
    whose: Callable[[Mapping[str, tuple[int, bytes]]], Mapping[str, str]] = lambda _offered: {}
