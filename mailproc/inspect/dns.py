"""TXT records from the DNS, for signature keys (RFC 6376 §3.6.2).

It never raises and never waits longer than it was told: a name that gives nothing usable gives None, and the mail is
then judged without it. It keeps no cache (the resolver of the machine does) and does not check DNSSEC.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import dns.exception
import dns.resolver
from dns.rdtypes.txtbase import TXTBase

MAX_RECORD_OCTETS = 4096  # a 16,384 bit key fits; more is no key


def fetch_txt(
    names: Sequence[str], timeout_seconds: float, resolver: dns.resolver.Resolver | None = None
) -> dict[str, bytes | None]:
    """The TXT record of each name, its strings joined; None where nothing came in time, or more than one record.

    `timeout_seconds` is for all names together, each gets its share of what is left. `resolver`: the machine's own
    unless given.
    """
    deadline = time.monotonic() + timeout_seconds
    found: dict[str, bytes | None] = {}
    try:
        asked = resolver or dns.resolver.Resolver()
    except (dns.exception.DNSException, OSError):
        return dict.fromkeys(names)
    for position, name in enumerate(names):
        share = (deadline - time.monotonic()) / (len(names) - position)
        found[name] = _one_txt(asked, name, share) if share > 0 else None
    return found


def _one_txt(resolver: dns.resolver.Resolver, name: str, lifetime_seconds: float) -> bytes | None:
    try:
        answer = resolver.resolve(name, "TXT", lifetime=lifetime_seconds, search=False)
    except (dns.exception.DNSException, OSError, ValueError):
        return None
    records = [b"".join(record.strings) for record in answer if isinstance(record, TXTBase)]
    if len(records) != 1 or len(records[0]) > MAX_RECORD_OCTETS:
        return None  # RFC 6376 §3.6.2.2: with several records the result is undefined
    return records[0]
