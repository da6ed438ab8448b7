"""What intake asks the desk during a poll: the ledger of one mailbox, over the rows and the archive.

Each answer is a transaction of its own, and the long ones renew the poll's lease. Messages of a renumbered mailbox are
told from new mail by their size and the first octets of their header, compared with our own file; each of ours is
found again once. New mail under a number that is known is told by its header. Fails with StoreError, or IntakeError
where another process took the mailbox over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial

from sqlalchemy import Connection

from mailproc.desk.ground.lease import Lease
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.room import room_for_mail
from mailproc.desk.ground.wire import Desk
from mailproc.errors import IntakeError
from mailproc.intake.fetch import HEAD_BYTES
from mailproc.intake.ledger import Ledger
from mailproc.intake.source import Source
from mailproc.message.field.likeness import likeness
from mailproc.store.database import reading, writing
from mailproc.store.mail import mailboxes
from mailproc.store.mail import received as rows
from mailproc.store.mail.mailboxes import Kept, Twin
from mailproc.store.octets import archive


def ledger(desk: Desk, lease: Lease) -> Ledger:
    """What one poll of one mailbox is given."""

    def known(keys: Sequence[str]) -> Collection[str]:
        _renew(lease)
        with reading(desk.engine) as conn:
            return rows.known_sources(conn, keys).keys()

    def take(batch: Sequence[Source]) -> None:
        if short := room_for_mail(desk):
            raise IntakeError(short)
        receive(desk, [Incoming(each.source_key, each.chunks, oversize=each.oversize) for each in batch])
        _renew(lease)

    def unfetchable(place: str) -> Mapping[str, bool]:
        with reading(desk.engine) as conn:
            return mailboxes.unfetchable_in(conn, place, desk.now())

    def unfetched(key: str, why: str) -> bool:
        with writing(desk.engine) as conn:
            return mailboxes.unfetched(conn, key, why, desk.now())

    def fetched(keys: Iterable[str]) -> None:
        with writing(desk.engine) as conn:
            mailboxes.fetched(conn, keys)

    def renumbered(place: str, uidvalidity: int) -> bool:
        with reading(desk.engine) as conn:
            return mailboxes.renumbered(conn, place, uidvalidity)

    def likely(place: str, sizes: Mapping[str, int]) -> Collection[str]:
        with reading(desk.engine) as conn:
            twins = mailboxes.twins(conn, place, _uidvalidity(place, sizes), set(sizes.values()))
        there = {twin.size for twin in twins}
        return [key for key, size in sizes.items() if size in there]

    def recognise(place: str, offered: Mapping[str, tuple[int, bytes]]) -> Collection[str]:
        return _recognise(desk, place, offered)

    return Ledger(
        known,
        take,
        desk.config.limits.message,
        unfetchable,
        unfetched,
        fetched,
        renumbered,
        likely,
        recognise,
        whose=partial(_whose, desk),
    )


def _whose(desk: Desk, offered: Mapping[str, tuple[int, bytes]]) -> dict[str, str]:
    with reading(desk.engine) as conn:
        return {key: whose_key(desk, conn, key, size, head) for key, (size, head) in offered.items()}


def whose_key(desk: Desk, conn: Connection, key: str, size: int, head: bytes) -> str:
    """The key under which a message was received from here or will be: a restored mailbox gives a number twice.

    `size` and `head`, the first octets of its header, are as the mailbox shows them. Where nothing is left of ours to
    compare, it is ours.
    """
    mark, here = likeness(head), mailboxes.received_as(conn, key)
    for each in here:
        ours = head_of(desk, each)
        if ours is None or (likeness(ours) == mark and (mark or each.size == size)):
            return each.source if each.source.startswith(f"{key}/") else key
    return f"{key}/{len(here) + 1}" if here else key


def head_of(desk: Desk, kept: Kept) -> bytes | None:
    """The first octets of a message as it came; None where they cannot be read, or are erased."""
    if kept.state == "erased":
        return None
    with suppress(OSError), archive.message_path(desk.archive, kept.number).open("rb") as file:
        file.seek(kept.offset)
        return file.read(HEAD_BYTES)
    return None


def _renew(lease: Lease) -> None:
    if not lease.renew():
        raise IntakeError(f"{lease.name}: another process took it over meanwhile; it goes on there")


def _uidvalidity(place: str, keys: Iterable[str]) -> int:
    """The one UIDVALIDITY that keys of one poll have."""
    return int(next(iter(keys)).removeprefix(place).partition("/")[0])


def _recognise(desk: Desk, place: str, offered: Mapping[str, tuple[int, bytes]]) -> list[str]:
    """Those received under an older UIDVALIDITY; their new keys become aliases (catalogue F33)."""
    if not offered:
        return []
    sizes = {size for size, _ in offered.values()}
    found: list[str] = []
    with writing(desk.engine) as conn:
        twins = mailboxes.twins(conn, place, _uidvalidity(place, offered), sizes)
        for key, (size, head) in offered.items():
            ours = next((twin for twin in twins if twin.size == size and _begins(desk, twin, head)), None)
            if ours is not None:
                twins.remove(ours)
                mailboxes.alias(conn, key, ours.number)
                found.append(key)
    return found


def _begins(desk: Desk, twin: Twin, head: bytes) -> bool:
    """Whether our file holds a message that begins so; a file that cannot be read is no proof."""
    with suppress(OSError), archive.message_path(desk.archive, twin.number).open("rb") as file:
        file.seek(twin.offset)
        return file.read(len(head)) == head
    return False
