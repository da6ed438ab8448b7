"""The traces of mails that came lately, and what they say of our own mail servers: for `doctor`. Changes nothing.

Only mails that came by IMAP or LMTP, and were read, tell of a server; a file that is gone or broken is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.believing import sealed
from mailproc.message.author.border import Border, Traced, propose
from mailproc.message.author.probe import MOST_NAMES, TOKEN, Token, compose
from mailproc.message.model import HeaderField
from mailproc.message.parse import parse
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.service import probes
from mailproc.store.service.probes import Probe

MAILS = 200  # of the latest
HEAD_OCTETS = 256 * 1024


def border(desk: Desk) -> Border:
    """What the latest mails say of where our own servers end."""
    with reading(desk.engine) as conn:
        latest = rows.latest(conn, ("imap:", "lmtp:"), MAILS)
    traces = [traced for number, offset in latest if (traced := _traced(desk, number, offset))]
    return propose(traces, desk.config.review.received_by)


def looks(desk: Desk) -> list[Probe]:
    """What was seen of the border, oldest first."""
    with reading(desk.engine) as conn:
        return probes.every(conn)


def probe(desk: Desk, names: Sequence[str], sender: str) -> bytes:
    """A new probe for these authserv-ids, with CRLF; nothing is kept of it before it comes in."""
    small = tuple(dict.fromkeys(name.lower() for name in names[:MOST_NAMES]))
    token = sealed(desk, Token(desk.now().replace(microsecond=0), fresh_id(), small))
    return compose(token, desk.config.desk.address, sender, desk.domain)


def _traced(desk: Desk, number: int, offset: int) -> Traced | None:
    """The header of one mail; None where its file cannot be read, or nobody is its author."""
    try:
        with archive.message_path(desk.archive, number).open("rb") as file:
            file.seek(offset)
            head = file.read(HEAD_OCTETS)
    except OSError:  # `verify` tells of the file
        return None
    message = parse(head.replace(b"\r\n", b"\n").partition(b"\n\n")[0] + b"\n\n")[0]
    if message.author is None or desk.is_ours(message.author.email) or _is_probe(message.header_fields):
        return None
    return Traced(number, message.header_fields, message.author.domain)


def _is_probe(fields: Sequence[HeaderField]) -> bool:
    return any(field.name.lower() == TOKEN.lower() for field in fields)
