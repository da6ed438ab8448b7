"""What comes in tells of our mail server's border: a probe of ours, or a mail that bears what should be gone.

A probe is kept and its entry says what it found; it is never sorted, answered or shown to members. A copy of one, or an
old one, proves nothing; what the server has left in it counts against the server all the same.
"""

from __future__ import annotations

import re

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.believing import is_ours
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.message.author.place import LEFT_IN, trace_of
from mailproc.message.author.probe import Found, Token, found, is_timely, token_of
from mailproc.store.octets import archive
from mailproc.store.service import probes
from mailproc.workflow.actor import DESK
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Probed

HEAD_OCTETS = 1 << 20
BARE_CR = re.compile(rb"\r(?!\n)")
KIND = "probe"
SUBJECT = "desk:border"


def probe_in(desk: Desk, seen: Examined) -> Token | None:
    """The token of a mail that is a probe of this desk's."""
    token = token_of(seen.message.header_fields)
    return token if token is not None and is_ours(desk, token) else None


def hear_probe(turn: Turn, seen: Examined, token: Token) -> None:
    """Note what came back."""
    told = found(seen.message.header_fields, token, turn.desk.trust)
    used = "again" if probes.is_known(turn.conn, token.nonce) else ""
    used = used or ("" if is_timely(token, seen.row.received_at) else "old")
    if told.result in ("inside", "no-border"):
        used = used or told.result  # it tells nothing of mail from outside
    elif told.result == "left-in":
        used = ""
    turn.note(kind=KIND, reason=f"probe-{told.result}", unanswered=KIND)
    turn.record(_event(told, " ".join(token.names), token.nonce, used))


def watch(turn: Turn, seen: Examined) -> None:
    """A mail from outside that bears a second field of our server's name: what stands below is believed no longer."""
    if LEFT_IN not in (seen.identity.reason, seen.identity.server) or _is_read_in_two_ways(turn, seen):
        return
    border = trace_of(seen.message.header_fields, turn.desk.trust).border
    known = probes.latest(turn.conn).get(border.by) if border else None
    if border and known and known.result != "left-in":
        told = Found("left-in", border.by, known.hops, tuple(known.gap.split()))
        turn.record(_event(told, known.names, "", ""))


def _is_read_in_two_ways(turn: Turn, seen: Examined) -> bool:
    """A bare CR ends a line to our parser and may not to the server's: what only we see, it could not take out."""
    with archive.message_path(turn.desk.archive, seen.row.number).open("rb") as file:
        file.seek(seen.row.offset)
        head = file.read(HEAD_OCTETS)
    return BARE_CR.search(head.partition(b"\r\n\r\n")[0]) is not None


def _event(told: Found, names: str, nonce: str, used: str) -> Event:
    facts = Probed(
        result=told.result,
        host=told.host,
        names=names,
        hops=told.hops,
        gap=" ".join(told.between),
        left_in=" ".join(told.left),
        nonce=nonce,
        used=used,
    )
    return Event(SUBJECT, EventName.PROBED, DESK, facts=facts)
