r"""What lies in a mailbox now, without touching it: EXAMINE, UIDs in windows, sizes and Message-IDs, some headers.

For `reconcile`. \Seen and every flag stay as they are, nothing is fetched whole, moved or created. Raises IntakeError,
one line with the cure, where the mailbox cannot be read to its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from mailproc.intake import fetch
from mailproc.intake.connection import Account, exchange, leave, personal, select
from mailproc.intake.login import connect
from mailproc.intake.visit import Visit

WINDOW = 500  # messages in one answer with their Message-IDs
LONGEST = 4096  # octets of a Message-ID field that are looked at
MESSAGE_ID = re.compile(rb"^message-id:(?:[^<\r\n]|\r?\n[ \t])*<([^<>\s]+)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Listed:
    """One message in a mailbox."""

    uid: int
    size: int = 0  # octets as the server tells
    message_id: str | None = None  # without angle brackets; None where it has none that can be read


@dataclass(frozen=True, slots=True)
class Looked:
    """One mailbox."""

    place: str  # how source keys of its messages begin, UIDVALIDITY included: "imap:main/INBOX/7/"
    messages: tuple[Listed, ...]  # by UID
    headers: dict[int, bytes]  # the first octets of those that were doubted, by UID


Doubted = Callable[
    [str, Sequence[Listed]], Collection[int]
]  # (place, all that are there): UIDs to be looked at closely


def look(account: Account, mailbox: str, doubted: Doubted) -> Looked | None:
    """Every message of one mailbox, and the headers of those that are doubted; None where there is no such mailbox."""
    there = replace(account, mailbox=mailbox)
    client = connect(there)
    try:
        with exchange(there, client, "looking at the mailbox"):
            there = replace(there, mailbox=personal(client, mailbox))
            if not client.folder_exists(there.mailbox):
                return None
            selected = select(there, client, readonly=True)
        numbers = (selected[b"UIDVALIDITY"], selected[b"UIDNEXT"], selected[b"EXISTS"])
        visit = Visit(there, client, *numbers, can_move=False, can_mark=False)
        found = tuple(_identified(visit, fetch.uids(visit)))
        place = f"{visit.place}{visit.uidvalidity}/"
        return Looked(place, found, _headers(visit, sorted(doubted(place, found))))
    finally:
        leave(there, client)


def fetched(account: Account, mailbox: str, listed: Listed, limit: int) -> Iterator[bytes]:
    """The octets of one message that `look` found, piece by piece, at most `limit`; its flags stay as they are."""
    there = replace(account, mailbox=mailbox)
    client = connect(there)
    try:
        with exchange(there, client, "looking at the mailbox"):
            there = replace(there, mailbox=mailbox if mailbox == account.mailbox else personal(client, mailbox))
            selected = select(there, client, readonly=True)
        numbers = (selected[b"UIDVALIDITY"], selected[b"UIDNEXT"], selected[b"EXISTS"])
        visit = Visit(there, client, *numbers, can_move=False, can_mark=False)
        yield from fetch.chunks(visit, listed.uid, listed.size, limit, {}, [])
    finally:
        leave(there, client)


def _identified(visit: Visit, uids: Sequence[int]) -> Iterator[Listed]:
    for start in range(0, len(uids), WINDOW):
        window = uids[start : start + WINDOW]
        with exchange(visit.account, visit.client, "asking for Message-IDs"):
            wanted = ["RFC822.SIZE", f"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]<0.{LONGEST}>"]
            answers = visit.client.fetch(window, wanted)
        for uid in window:
            fields = answers.get(uid, {})  # somebody may have expunged it since
            if b"RFC822.SIZE" in fields:
                yield Listed(uid, int(fields[b"RFC822.SIZE"]), _message_id(fields))


def _headers(visit: Visit, uids: Sequence[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for start in range(0, len(uids), fetch.BATCH):
        found |= fetch.headers(visit, uids[start : start + fetch.BATCH], fetch.HEAD_BYTES)
    return found


def _message_id(fields: dict[bytes, object]) -> str | None:
    octets = next((value for name, value in fields.items() if name.startswith(b"BODY[HEADER.FIELDS")), b"")
    found = MESSAGE_ID.search(octets) if isinstance(octets, bytes) else None
    return found[1].decode("utf-8", "replace") if found else None
