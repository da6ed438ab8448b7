"""Whose word on identity counts now: what the configuration names, and what probes have shown of it.

A probe is known by the key's part in its token (`message/author/probe`); the rows are `store/service/probes`. Nothing
is decided about a mail here.
"""

from __future__ import annotations

import hmac
from dataclasses import replace

from mailproc.desk.ground.wire import Desk
from mailproc.message.author.place import Proven, Trust, small
from mailproc.message.author.probe import BELIEVABLE, Token
from mailproc.store.database import reading
from mailproc.store.service import probes
from mailproc.store.service.probes import Probe


def trust_of(desk: Desk) -> Trust:
    """The configuration's trust, with the border hosts that a probe has shown to take foreign fields out."""
    trust = desk.trust
    if not trust.border:
        return trust
    with reading(desk.engine) as conn:
        seen = probes.latest(conn)
    hosts = small(trust.border)
    return replace(
        trust, proven=tuple(_proven(probe) for host, probe in seen.items() if host in hosts and _holds(probe))
    )


def _holds(probe: Probe) -> bool:
    return probe.result in BELIEVABLE


def _proven(probe: Probe) -> Proven:
    return Proven(probe.host, frozenset(probe.names.split()), probe.hops, tuple(probe.gap.split()))


def sealed(desk: Desk, token: Token) -> Token:
    """The token with the key's part."""
    return replace(token, mac=desk.held.seal(token.text))


def is_ours(desk: Desk, token: Token) -> bool:
    """Whether this desk made it."""
    return hmac.compare_digest(sealed(desk, token).mac, token.mac)
