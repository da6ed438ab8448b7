r"""Mail from an IMAP mailbox: fetched in pieces, kept by the desk, only then moved to the `done` mailbox.

What was received is what the desk's ledger knows by source key; \Seen and every other flag is the people's own and is
neither read nor set. Fails with IntakeError, one line, where the mailbox cannot be opened. A message that cannot be
fetched is counted and passed over; a connection that breaks is made again, until three were lost in one poll.
It does not parse, does not delete (no EXPUNGE), and does not know where octets are kept: `known` and `receive` are
the desk's. An oversized message stays on the server, unfetched, and is reported at each poll.
"""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from imapclient import IMAPClient

from mailproc.errors import IntakeError
from mailproc.failpoint import reach
from mailproc.intake.connection import Account, BrokenExchange, connect, exchange, hang_up, in_words, leave, select
from mailproc.intake.source import Source

BATCH = 20  # messages that share one commit and one MOVE
WINDOW = 10_000  # UIDs in one answer to SEARCH: imaplib refuses a line over 1,000,000 octets
CHUNK_BYTES = 1 << 20  # of one partial FETCH: what a poll holds in memory, whatever a message's size
LOSSES = 3  # connections lost in one poll before it ends

Finding = tuple[Literal["ok", "warning", "trouble"], str]


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll came to."""

    received: int  # new messages, committed
    moved: int  # messages moved to `done`, those of an earlier poll included
    skipped: int  # could not be fetched this time
    oversize: int  # larger than the limit, left where they are
    problems: tuple[str, ...]  # one line each


@dataclass(frozen=True, slots=True)
class _Desk:
    """The desk's half of a poll: what `poll` was given."""

    known: Callable[[Sequence[str]], Collection[str]]
    receive: Callable[[Sequence[Source]], object]
    max_message_bytes: int


@dataclass(slots=True)
class _Visit:
    """One poll under way: the connection, and what was counted so far."""

    account: Account
    client: IMAPClient
    uidvalidity: int
    uidnext: int
    exists: int
    can_move: bool
    losses: int = 0
    received: int = 0
    moved: int = 0
    skipped: int = 0
    oversize: int = 0
    problems: list[str] = field(default_factory=list)

    def source_key(self, uid: int) -> str:
        """`imap:ACCOUNT/MAILBOX/UIDVALIDITY/UID`; a new UIDVALIDITY makes every UID new (RFC 9051 §2.3.1.1)."""
        return f"imap:{self.account.name}/{self.account.mailbox}/{self.uidvalidity}/{uid}"

    def result(self) -> PollResult:
        """The counts as a value."""
        return PollResult(self.received, self.moved, self.skipped, self.oversize, tuple(self.problems))


def poll(
    account: Account,
    *,
    known: Callable[[Sequence[str]], Collection[str]],
    receive: Callable[[Sequence[Source]], object],
    max_message_bytes: int,
) -> PollResult:
    """Receive what is new in the mailbox, oldest first, then move it to `done`.

    `known` gets at most 10,000 source keys and gives those received before: they are only moved. `receive` gets at most
    20 messages and returns only when all are committed; only then are they moved. What a message's octets raise
    (BrokenExchange) it must let pass, with nothing of the batch received: the others are offered again one by one.
    What `known` and `receive` raise of their own ends the poll and passes through.
    Raises IntakeError where the mailbox cannot be opened.
    """
    visit = _begin(account)
    try:
        _walk(visit, _Desk(known, receive, max_message_bytes))
    except BrokenExchange as failure:  # what was received stays received
        visit.problems.append(str(failure))
    except BaseException:
        hang_up(visit.client)
        raise
    leave(account, visit.client)
    return visit.result()


def check(account: Account) -> tuple[Finding, ...]:
    """What `doctor` says of the account: (level, line) pairs. Changes nothing there, and never raises IntakeError."""
    try:
        client = connect(account)
    except IntakeError as trouble:
        return (("trouble", str(trouble)),)
    try:
        with exchange(account, client, "looking at the mailbox"):
            return tuple(_findings(account, client))
    except IntakeError as trouble:
        return (("trouble", str(trouble)),)
    finally:
        leave(account, client)


def _findings(account: Account, client: IMAPClient) -> Iterator[Finding]:
    waiting = select(account, client, readonly=True)[b"EXISTS"]
    yield "ok", f'{account}: login works, mailbox "{account.mailbox}" holds {waiting} messages'
    if account.tls == "none":
        yield "warning", f'{account}: mail and password travel in the clear; set tls = "implicit" or "starttls"'
    if not client.has_capability("MOVE"):
        what = f'received mail is copied to "{account.done}" and stays in "{account.mailbox}"; clear that by hand'
        yield "warning", f"{account}: the server has no MOVE (RFC 6851): {what}"
    if not client.folder_exists(account.done):
        yield "ok", f'{account}: mailbox "{account.done}" is missing; the first poll creates it'


def _begin(account: Account) -> _Visit:
    """A visit with the mailbox selected and `done` there. Raises IntakeError."""
    if account.done in (account.mailbox, ""):
        raise IntakeError(f'{account}: `done` is "{account.done}"; name another mailbox than the one that is polled')
    client = connect(account)
    try:
        with exchange(account, client, "opening the mailbox"):
            selected = select(account, client, readonly=False)
            _make_done(account, client)
            can_move = client.has_capability("MOVE")
    except IntakeError:
        hang_up(client)
        raise
    numbers = (selected[b"UIDVALIDITY"], selected[b"UIDNEXT"], selected[b"EXISTS"])
    return _Visit(account, client, *numbers, can_move)


def _make_done(account: Account, client: IMAPClient) -> None:
    if client.folder_exists(account.done):
        return
    try:
        client.create_folder(account.done)
        client.subscribe_folder(account.done)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refusal:
        line = f'{account}: mailbox "{account.done}" cannot be created: {in_words(refusal)}'
        raise IntakeError(f'{line}; set `done` to a name that the server allows, such as "INBOX.Processed"') from None


def _walk(visit: _Visit, desk: _Desk) -> None:
    for window in _slices(_uids(visit), WINDOW):
        keys = {uid: visit.source_key(uid) for uid in window}
        seen = set(desk.known(list(keys.values())))
        for batch in _slices([uid for uid in window if keys[uid] in seen], BATCH):
            _release(visit, batch, copied=True)
        for batch in _slices([uid for uid in window if keys[uid] not in seen], BATCH):
            _take(visit, desk, batch)


def _uids(visit: _Visit) -> list[int]:
    """All UIDs, ascending; asked for from the newest down, so that no answer can hold more than a window of them."""
    uids: set[int] = set()
    last = visit.uidnext - 1
    while last > 0 and len(uids) < visit.exists:
        first = 1 if visit.exists - len(uids) <= WINDOW else max(1, last - WINDOW + 1)
        with exchange(visit.account, visit.client, "listing the mailbox"):
            uids.update(visit.client.search(["UID", f"{first}:{last}"]))
        last = first - 1
    return sorted(uids)


def _take(visit: _Visit, desk: _Desk, uids: Sequence[int]) -> None:
    """Receive a batch; where one message of it cannot be fetched, the others one by one."""
    sizes = _fetchable(visit, uids, desk.max_message_bytes)
    unfetched = _receive(visit, desk, sizes) if sizes else None
    if unfetched is None:
        return
    visit.skipped += 1
    for uid in sizes:
        if uid != unfetched and _receive(visit, desk, {uid: sizes[uid]}) is not None:
            visit.skipped += 1


def _receive(visit: _Visit, desk: _Desk, sizes: Mapping[int, int]) -> int | None:
    """Have messages committed, then move them: in this order, whatever happens. The UID that could not be fetched."""
    early = _small(visit, sizes)
    under_way: list[int] = []
    chunks = {uid: _chunks(visit, uid, size, desk.max_message_bytes, early, under_way) for uid, size in sizes.items()}
    try:
        desk.receive([Source(visit.source_key(uid), octets) for uid, octets in chunks.items()])
    except BrokenExchange as failure:
        _note(visit, failure)
        return under_way[-1]
    finally:
        for octets in chunks.values():
            octets.close()
    visit.received += len(sizes)
    _release(visit, list(sizes), copied=False)
    return None


def _fetchable(visit: _Visit, uids: Sequence[int], limit: int) -> dict[int, int]:
    """{UID: size} of those that are there and not too large: no octet of a large message is ever asked for."""
    try:
        with exchange(visit.account, visit.client, "asking for sizes"):
            answers = visit.client.fetch(uids, ["RFC822.SIZE"])
            sizes = {uid: int(answers[uid][b"RFC822.SIZE"]) for uid in uids if b"RFC822.SIZE" in answers.get(uid, {})}
    except BrokenExchange as failure:
        visit.skipped += len(uids)
        _note(visit, failure)
        return {}
    large = [uid for uid in sizes if sizes[uid] > limit]
    visit.oversize += len(large)
    visit.problems += [_too_large(visit, uid, sizes[uid], limit) for uid in large]
    if missing := len(uids) - len(sizes):  # somebody else expunged them, or the server does not tell
        visit.skipped += missing
        visit.problems.append(
            f"{visit.account}: {missing} messages are gone or have no size; the next poll looks again"
        )
    return {uid: size for uid, size in sizes.items() if size <= limit}


def _too_large(visit: _Visit, uid: int, size: int, limit: int) -> str:
    what = f'message {uid} in "{visit.account.mailbox}" has {size} octets, more than limits.message ({limit})'
    return f"{visit.account}: {what}; it stays there: raise the limit or move it away"


def _small(visit: _Visit, sizes: Mapping[int, int]) -> dict[int, bytes]:
    """A batch of small messages in one round trip; where that fails, nothing, and each is asked for alone."""
    small = [uid for uid, size in sizes.items() if size < CHUNK_BYTES // BATCH]
    try:
        with exchange(visit.account, visit.client, "fetching small messages"):
            return _pieces(visit.client, small, 0)
    except BrokenExchange as failure:
        if failure.lost:
            _note(visit, failure)
        return {}


def _chunks(
    visit: _Visit, uid: int, size: int, limit: int, early: dict[int, bytes], under_way: list[int]
) -> Generator[bytes, None, None]:
    """The message's octets, never more than one piece in memory; `early` may hold the first. Raises BrokenExchange."""
    under_way.append(uid)
    offset = 0
    with exchange(visit.account, visit.client, f"message {uid}"):
        while True:
            chunk = early.pop(uid, None) if not offset else None
            if chunk is None:
                chunk = _pieces(visit.client, [uid], offset).get(uid)
            if chunk is None or (size and not offset and not chunk):  # F34: no octets are not an empty mail
                raise imaplib.IMAP4.error("the server gave no octets")
            offset += len(chunk)
            if offset > limit:
                raise imaplib.IMAP4.error(f"announced with {size} octets, it has more than limits.message ({limit})")
            if chunk:
                reach("imap.fetched")
                yield chunk
            # A size may be an estimate: the end is a piece that is short, and at or past the size, or empty.
            if not chunk or (len(chunk) < CHUNK_BYTES and offset >= size):
                return


def _pieces(client: IMAPClient, uids: Sequence[int], offset: int) -> dict[int, bytes]:
    r"""{UID: octets from `offset`} by BODY.PEEK, which leaves \Seen alone (RFC 9051 §6.4.5)."""
    answers = client.fetch(uids, [f"BODY.PEEK[]<{offset}.{CHUNK_BYTES}>"])
    name = f"BODY[]<{offset}>".encode()
    return {uid: fields[name] for uid, fields in answers.items() if isinstance(fields.get(name), bytes)}


def _release(visit: _Visit, uids: Sequence[int], *, copied: bool) -> None:
    """Move what is committed out of the way; where that fails it stays, known, and is moved at the next poll."""
    account = visit.account
    try:
        with exchange(account, visit.client, f'moving to "{account.done}"'):
            if visit.can_move:
                visit.client.move(uids, account.done)  # RFC 6851: flags go along
                reach("imap.moved")
                visit.moved += len(uids)
            elif not copied:
                visit.client.copy(uids, account.done)  # the ledger alone says what was received; no EXPUNGE
    except BrokenExchange as failure:
        _note(visit, failure)


def _note(visit: _Visit, failure: BrokenExchange) -> None:
    """Write a failure down; make a new connection where the old one went with it. Raises BrokenExchange: enough."""
    if str(failure) not in visit.problems:  # a full mailbox refuses each batch with the same words
        visit.problems.append(str(failure))
    if not failure.lost:
        return
    hang_up(visit.client)
    visit.losses += 1
    if visit.losses >= LOSSES:
        raise BrokenExchange(f"{visit.account}: connection lost {LOSSES} times; the next poll goes on", lost=True)
    try:
        again = _begin(visit.account)
    except IntakeError as trouble:
        raise BrokenExchange(str(trouble), lost=True) from trouble
    visit.client = again.client
    if again.uidvalidity != visit.uidvalidity:  # F33: the UIDs at hand mean other messages now
        raise BrokenExchange(f"{visit.account}: UIDVALIDITY changed; the next poll begins anew", lost=False)


def _slices(uids: Sequence[int], length: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + length] for start in range(0, len(uids), length))
