"""TXT records from the DNS, for signature keys (RFC 6376 §3.6.2).

It never raises and never waits longer than it was told: a name that gives nothing usable gives None, and the mail is
then judged without it. A DNS that is silent three times in a row is left alone for five minutes (catalogue F93), so
that a queue of signed mail does not wait for it name by name. It keeps no cache (the machine's resolver does) and does
not check DNSSEC.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import dns.exception
import dns.resolver
from dns.rdtypes.txtbase import TXTBase

MAX_RECORD_OCTETS = 4096  # a 16,384 bit key fits; more is no key
MAX_SILENCES = 3
REST_SECONDS = 300.0


class Dns:
    """The machine's DNS, or that of `resolver`; remembers for how long it was silent."""

    def __init__(
        self, resolver: dns.resolver.Resolver | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` gives seconds that never go backwards."""
        self._resolver = resolver
        self._clock = clock
        self._silences = 0
        self._rests_until = float("-inf")

    @property
    def rests(self) -> bool:
        """It was silent, and is not asked now."""
        return self._clock() < self._rests_until

    def txt(self, names: Sequence[str], timeout_seconds: float) -> dict[str, bytes | None]:
        """The TXT record of each name, its strings joined; None where nothing came in time, or more than one record.

        `timeout_seconds` is for all names together, each gets its share of what is left.
        """
        deadline = self._clock() + timeout_seconds
        found: dict[str, bytes | None] = dict.fromkeys(names)
        try:
            resolver = self._resolver or dns.resolver.Resolver()
        except (dns.exception.DNSException, OSError):
            return found
        for position, name in enumerate(names):
            share = (deadline - self._clock()) / (len(names) - position)
            if share > 0 and not self.rests:
                found[name] = self._one_txt(resolver, name, share)
        return found

    def _one_txt(self, resolver: dns.resolver.Resolver, name: str, lifetime_seconds: float) -> bytes | None:
        try:
            answer = resolver.resolve(name, "TXT", lifetime=lifetime_seconds, search=False)
        except dns.exception.Timeout:
            self._silent()
            return None
        except (dns.exception.DNSException, OSError, ValueError):
            self._silences = 0
            return None
        self._silences = 0
        records = [b"".join(record.strings) for record in answer if isinstance(record, TXTBase)]
        if len(records) != 1 or len(records[0]) > MAX_RECORD_OCTETS:
            return None  # RFC 6376 §3.6.2.2: with several records the result is undefined
        return records[0]

    def _silent(self) -> None:
        """Counts; after a rest one silence is enough for the next."""
        self._silences += 1
        if self._silences >= MAX_SILENCES:
            self._rests_until = self._clock() + REST_SECONDS
