r"""Mail from an IMAP mailbox: fetched in pieces, kept by the desk, only then moved to the `done` mailbox.

What was received is what the desk's ledger knows by source key; \Seen and every other flag is the people's own and is
neither read nor set. Fails with IntakeError, one line, where the mailbox cannot be opened. A message that cannot be
fetched is counted and passed over, and the others proceed; of one that is larger than the limit only the header is
received. It does not parse, and does not know where octets are kept. Where the server has no MOVE it copies; what is
received and copied is removed only by UID EXPUNGE, which touches nothing that others have marked (RFC 4315 §2.1).
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from mailproc.errors import IntakeError
from mailproc.failpoint import reach
from mailproc.finding import Finding
from mailproc.intake import fetch
from mailproc.intake.connection import Account, BrokenExchange, Client, exchange, hang_up, leave, personal, select
from mailproc.intake.fetch import BATCH, CHUNK_BYTES, HEAD_BYTES, RELEASE, WINDOW, TooLarge
from mailproc.intake.ledger import Ledger
from mailproc.intake.login import connect
from mailproc.intake.source import Source
from mailproc.intake.visit import KEPT, PollResult, Visit, begin, give_up, in_namespace, make_mailbox, note, reconnect

DELETED = b"\\Deleted"
log = logging.getLogger(__name__)


def poll(account: Account, ledger: Ledger) -> PollResult:
    """Receive what is new in the mailbox, oldest first, then move it to `done`.

    Raises IntakeError where the mailbox cannot be opened; whatever the ledger raises of its own passes through.
    """
    visit = begin(account)
    try:
        _walk(visit, ledger)
    except BrokenExchange as failure:  # what was received stays received
        visit.say(str(failure))
        visit.trouble = str(failure)
    except BaseException:
        hang_up(visit.client)
        raise
    leave(account, visit.client)
    return visit.result()


def check(account: Account, junk: str | None = None) -> tuple[Finding, ...]:
    """What `doctor` says of the account: findings. Makes `done` and `oversize` as a poll would, changes nothing else.

    `junk` is a second mailbox that is polled. Never raises IntakeError.
    """
    try:
        client = connect(account)
    except IntakeError as trouble:
        return (Finding("trouble", str(trouble)),)
    try:
        with exchange(account, client, "looking at the mailbox"):
            return tuple(_findings(in_namespace(account, client), client, junk))
    except IntakeError as trouble:
        return (Finding("trouble", str(trouble)),)
    finally:
        leave(account, client)


def _findings(account: Account, client: Client, junk: str | None) -> Iterator[Finding]:
    waiting = select(account, client, readonly=True)[b"EXISTS"]
    yield Finding("ok", f'{account}: login works, mailbox "{account.mailbox}" holds {waiting} messages')
    if account.tls == "none":
        yield Finding(
            "warning", f'{account}: mail and password travel in the clear; set tls = "implicit" or "starttls"'
        )
    if junk:
        yield _junk(replace(account, mailbox=personal(client, junk)), client)
    if not client.has_capability("MOVE"):
        yield _without_move(account, client)
    for name in (account.done, account.oversize):
        if client.folder_exists(name):
            continue
        try:
            make_mailbox(account, client, name)
        except IntakeError as trouble:
            yield Finding("trouble", str(trouble))
        else:
            yield Finding("ok", f'{account}: mailbox "{name}" was missing; it could be created, and is there now')


def _junk(account: Account, client: Client) -> Finding:
    """Whether the junk mailbox can be polled, too."""
    try:
        waiting = select(account, client, readonly=True)[b"EXISTS"]
    except IntakeError as trouble:
        return Finding("trouble", str(trouble))
    return Finding("ok", f'{account}: junk mailbox "{account.mailbox}" holds {waiting} messages')


def _without_move(account: Account, client: Client) -> Finding:
    """How mail gets out of the way of a server without MOVE."""
    lacks = f"{account}: the server has no MOVE (RFC 6851 §3)"
    if client.has_capability("UIDPLUS"):
        return Finding("ok", f'{lacks}: received mail is copied to "{account.done}" and removed by UID EXPUNGE')
    what = f'received mail is copied to "{account.done}" and stays in "{account.mailbox}"; clear that by hand'
    return Finding("warning", f"{lacks}: {what}")


def _walk(visit: Visit, ledger: Ledger) -> None:
    """Every message of the mailbox: what is known is let go, what is new received, what made trouble comes last."""
    listed = fetch.uids(visit)
    troubled = _troubled(visit, ledger, listed)
    renumbered = ledger.renumbered(visit.place, visit.uidvalidity)
    for window in _slices(listed, WINDOW):
        stays = not visit.can_move and not visit.can_expunge
        present = fetch.unmarked(visit, window) if visit.can_mark and stays else window
        keys = {uid: visit.source_key(uid) for uid in present}
        seen = set(ledger.known(list(keys.values())))
        if received := seen & troubled.keys():
            ledger.fetched(received)
        new = [uid for uid in present if keys[uid] not in seen and keys[uid] not in troubled]
        for batch in _slices([uid for uid in present if keys[uid] in seen], RELEASE):
            new += _release_known(visit, ledger, batch)
        for batch in _slices(sorted(new), BATCH):
            _take(visit, ledger, batch, renumbered=renumbered)
        _release_committed(visit)
    for uid in listed:
        if troubled.get(visit.source_key(uid)) and not ledger.known([visit.source_key(uid)]):
            _take(visit, ledger, [uid], renumbered=renumbered)
            ledger.fetched(ledger.known([visit.source_key(uid)]))
    _release_committed(visit)


def _troubled(visit: Visit, ledger: Ledger, listed: Sequence[int]) -> Mapping[str, bool]:
    """What could not be fetched before, and whether each may be asked for; the gone are forgotten (catalogue F44)."""
    known = ledger.unfetchable(visit.place)
    if not known:
        return {}
    here = {visit.source_key(uid) for uid in listed}
    if gone := known.keys() - here:
        ledger.fetched(gone)
    return {key: due for key, due in known.items() if key in here}


def _take(visit: Visit, ledger: Ledger, uids: Sequence[int], *, renumbered: bool) -> None:
    """Receive a batch; where one message of it cannot be fetched, the others one by one."""
    try:
        sizes = fetch.sizes(visit, uids)
    except BrokenExchange as failure:
        visit.skipped += len(uids)
        note(visit, failure)
        return
    _count_missing(visit, ledger, [uid for uid in uids if uid not in sizes])
    if renumbered and sizes:
        sizes = _without_old(visit, ledger, sizes)
    fitting = {uid: size for uid, size in sizes.items() if size <= ledger.max_message_bytes}
    unfetched = _receive(visit, ledger, fitting) if fitting else None
    for uid in fitting if unfetched else ():
        if uid != unfetched:
            _receive(visit, ledger, {uid: fitting[uid]})
    for uid in sizes.keys() - fitting.keys():  # catalogue F45: no octet of its body is ever asked for
        _receive_header(visit, ledger, uid, sizes[uid], renumbered=renumbered)


def _count_missing(visit: Visit, ledger: Ledger, uids: Sequence[int]) -> None:
    """Somebody expunged them, and the next poll forgets them; or the server does not tell (catalogue F34, F35)."""
    if not uids:
        return
    visit.skipped += len(uids)
    visit.say(f"{visit.account}: {len(uids)} messages are gone or have no size; the next poll looks again")
    for uid in uids:
        ledger.unfetched(visit.source_key(uid), "the server tells no size")


def _receive(visit: Visit, ledger: Ledger, sizes: Mapping[int, int]) -> int | None:
    """Have messages committed, then let them go: in this order, whatever happens. The UID that could not be fetched."""
    early = fetch.small(visit, sizes)
    under_way: list[int] = []
    limit = ledger.max_message_bytes
    chunks = {uid: fetch.chunks(visit, uid, size, limit, early, under_way) for uid, size in sizes.items()}
    try:
        ledger.receive([Source(visit.source_key(uid), octets) for uid, octets in chunks.items()])
    except TooLarge as found:
        _receive_header(visit, ledger, under_way[-1], found.octets, renumbered=False)
        return under_way[-1]
    except BrokenExchange as failure:
        _failed(visit, ledger, under_way[-1], failure)
        return under_way[-1]
    finally:
        for octets in chunks.values():
            octets.close()
    visit.received += len(sizes)
    visit.committed += sizes
    if len(visit.committed) >= RELEASE:
        _release_committed(visit)
    return None


def _receive_header(visit: Visit, ledger: Ledger, uid: int, size: int, *, renumbered: bool) -> None:
    """Of a message that is too large, the header (at most 1 MiB of it), then out of the way (catalogue F45)."""
    key = visit.source_key(uid)
    try:
        header = fetch.headers(visit, [uid], CHUNK_BYTES).get(uid, b"")
    except BrokenExchange as failure:
        _failed(visit, ledger, uid, failure)
        return
    if not header:
        _failed(visit, ledger, uid, BrokenExchange(f"{visit.account}: message {uid} has no header", lost=False))
        return
    if not (renumbered and ledger.recognise(visit.place, {key: (len(header), header)})):
        reach("imap.fetched")
        ledger.receive([Source(key, iter([header]), oversize=size)])
        visit.oversize += 1
    _release(visit, [uid], visit.account.oversize)


def _failed(visit: Visit, ledger: Ledger, uid: int, failure: BrokenExchange) -> None:
    """A message that cannot be fetched is counted, unless it is the server that is gone (catalogue F44)."""
    visit.skipped += 1
    try:
        reconnect(visit, failure)
    except BrokenExchange:
        visit.say(str(failure))
        raise
    if ledger.unfetched(visit.source_key(uid), failure.why):
        what = f'message {uid} in "{visit.account.mailbox}" could not be fetched again and again ({failure.why})'
        cure = "it is asked for once a day; look at it with a mail program, and move or delete it"
        visit.say(f"{visit.account}: {what}; {cure}")
    else:
        visit.say(str(failure))
    give_up(visit)


def _without_old(visit: Visit, ledger: Ledger, sizes: Mapping[int, int]) -> dict[int, int]:
    """What the mailbox shows under new UIDs and was received under old ones is let go; the others (catalogue F33)."""
    keys = {visit.source_key(uid): uid for uid in sizes}
    likely = [keys[key] for key in ledger.likely(visit.place, {key: sizes[uid] for key, uid in keys.items()})]
    if not likely:
        return dict(sizes)
    try:
        headers = fetch.headers(visit, likely, HEAD_BYTES)
    except BrokenExchange as failure:  # the next poll asks again; to receive them now could be a second time
        visit.skipped += len(likely)
        note(visit, failure)
        return {uid: size for uid, size in sizes.items() if uid not in likely}
    offered = {visit.source_key(uid): (sizes[uid], header) for uid, header in headers.items()}
    old = [keys[key] for key in ledger.recognise(visit.place, offered)]
    if old:
        _let_go(visit, sorted(old), visit.account.done)
    return {uid: size for uid, size in sizes.items() if uid not in old}


def _release_committed(visit: Visit) -> None:
    """What this poll received, in one MOVE; what a death leaves here is known to the next poll."""
    uids, visit.committed = visit.committed, []
    _release(visit, uids, visit.account.done)


def _release_known(visit: Visit, ledger: Ledger, uids: Sequence[int]) -> list[int]:
    """Let go what an earlier poll received and left here, dead or refused; gives those that are new after all."""
    if _stays_for_good(visit):
        return []
    try:
        sizes = fetch.sizes(visit, uids)
        new = _renumbered(visit, ledger, sizes)
    except BrokenExchange as failure:
        note(visit, failure)
        return []
    large = [uid for uid, size in sizes.items() if size > ledger.max_message_bytes and uid not in new]
    _let_go(visit, [uid for uid in sizes if uid not in large and uid not in new], visit.account.done)
    _let_go(visit, large, visit.account.oversize)
    return new


def _renumbered(visit: Visit, ledger: Ledger, sizes: Mapping[int, int]) -> list[int]:
    """New mail under a number that was another's: a mailbox that was restored counts from there (catalogue F102)."""
    keys = {uid: visit.source_key(uid) for uid in sizes}
    offered = {keys[uid]: (sizes[uid], fields) for uid, fields in fetch.naming(visit, list(sizes)).items()}
    whose = ledger.whose(offered)
    others = {uid: whose[key] for uid, key in keys.items() if whose.get(key, key) != key}
    if not others:
        return []
    visit.others |= others
    seen = ledger.known(list(others.values()))
    if new := [uid for uid, key in others.items() if key not in seen]:
        mailbox = visit.account.mailbox
        log.warning('%s: "%s" was set back: %d new messages bear old numbers', visit.account, mailbox, len(new))
    return new


def _stays_for_good(visit: Visit) -> bool:
    """Nobody can tell what was copied, and nothing can be removed: the ledger alone says what was received."""
    return not (visit.can_move or visit.can_mark or visit.can_expunge)


def _let_go(visit: Visit, uids: Sequence[int], target: str) -> None:
    """Move what is known; without MOVE, copy what nobody has copied yet.

    Our keyword tells what was copied (a death between the two copies it twice). Where a mailbox takes no keywords
    nobody can tell; if nothing can be removed either, it stays, and the ledger alone says that it was received.
    """
    if _stays_for_good(visit):
        return
    try:
        copied = _copied(visit, uids)
    except BrokenExchange as failure:
        note(visit, failure)
        return
    _release(visit, copied, target, copied=True)
    _release(visit, [uid for uid in uids if uid not in copied], target)


def _copied(visit: Visit, uids: Sequence[int]) -> list[int]:
    """Those of them that an earlier poll copied and marked, on a server without MOVE."""
    if visit.can_move or not visit.can_mark or not uids:
        return []
    unmarked = set(fetch.unmarked(visit, uids))
    return [uid for uid in uids if uid not in unmarked]


def _release(visit: Visit, uids: Collection[int], target: str, *, copied: bool = False) -> None:
    """Move what is committed out of the way; where that fails it stays, known, and is moved at the next poll.

    Without MOVE it is copied, bears our keyword where the mailbox takes keywords, and then goes by UID EXPUNGE where
    the server has that; else the ledger alone says what was received (catalogue F39).
    """
    if not uids:
        return
    account, client = visit.account, visit.client
    try:
        with exchange(account, client, f'moving to "{target}"'):
            if target != account.done:
                make_mailbox(account, client, target)
            if visit.can_move:
                client.move(uids, target)  # RFC 6851 §3.3: flags go along
                reach("imap.moved")
                visit.moved += len(uids)
                return
            if not copied:
                client.copy(uids, target)
                reach("imap.copied")
            if visit.can_mark:
                client.add_flags(uids, [KEPT], silent=True)
                reach("imap.marked")
            if visit.can_expunge:
                client.add_flags(uids, [DELETED], silent=True)
                reach("imap.deleted")
                client.expunge(uids)
                reach("imap.moved")
                visit.moved += len(uids)
    except BrokenExchange as failure:  # catalogue F40: over quota, say; a person must look
        visit.trouble = str(failure)
        note(visit, failure)
    except IntakeError as refusal:
        visit.trouble = str(refusal)
        visit.say(str(refusal))


def _slices(uids: Sequence[int], length: int) -> Iterator[Sequence[int]]:
    return (uids[start : start + length] for start in range(0, len(uids), length))
