"""What came in against what is accounted for: message by message in the mailboxes, and in sums here.

"214 in the mailbox, 214 accounted for": whatever lies in a mailbox was received, waits to be fetched, or is named.
What was moved away has a new UID, so it is known again by its Message-ID, or by its size where it has none. It reads
the mailboxes and changes nothing. A mailbox that cannot be read is a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection

from mailproc.config.option import ImapAccount
from mailproc.desk.carry.poll import account_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.flaw import Flaw
from mailproc.errors import IntakeError
from mailproc.intake.looking import Listed, Looked, look
from mailproc.store.database import reading
from mailproc.store.mail import mailboxes
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive

SHOWN = 20  # UIDs named in one finding
SOME = 5000  # source keys asked for at a time


@dataclass(slots=True)
class Mailbox:
    """One mailbox, counted."""

    account: str
    mailbox: str
    there: int = 0  # messages in it
    accounted: int = 0  # of these: received, or known as too large or unfetchable
    to_be_moved: int = 0  # received, and still in the mailbox that is polled


@dataclass(slots=True)
class Reconciled:
    """What the comparison came to."""

    received: int = 0  # messages ever received
    states: dict[str, int] = field(default_factory=dict)
    on_disk: int = 0  # mails in the archive
    mailboxes: list[Mailbox] = field(default_factory=list)
    findings: list[Flaw] = field(default_factory=list)


def reconcile(desk: Desk) -> Reconciled:
    """Compare every mailbox of the configuration, then the sums here."""
    came = Reconciled()
    _sums(desk, came)
    for account in desk.config.imap:
        try:
            _account(desk, account, came)
        except IntakeError as error:
            came.findings.append(Flaw("mailbox-unread", f"account {account.name}", str(error)))
    return came


def _sums(desk: Desk, came: Reconciled) -> None:
    """Every message has a state and a file."""
    on_disk = set(archive.numbers(desk.archive))
    with reading(desk.engine) as conn:
        came.states = rows.count(conn)
    came.received, came.on_disk = sum(came.states.values()), len(on_disk)
    if came.received != came.on_disk:
        where = f"{came.received} received, {came.on_disk} in the archive"
        came.findings.append(Flaw("sums-differ", where, "`mailproc verify` names each"))
    if stuck := came.states.get("stuck", 0):
        cure = "`mailproc received list --state stuck` says why; then `mailproc received retry`"
        came.findings.append(Flaw("stuck", f"{stuck} messages", cure))


def _account(desk: Desk, account: ImapAccount, came: Reconciled) -> None:
    there = account_of(account)
    for mailbox in filter(None, (account.mailbox, account.junk)):
        if looked := look(there, mailbox, identified=False):
            _polled(desk, account, mailbox, looked, came)
    known = _known(desk, account)
    for mailbox in (account.done, account.oversize):
        if looked := look(there, mailbox, identified=True):
            _released(account, mailbox, looked, known, came)


def _polled(desk: Desk, account: ImapAccount, mailbox: str, looked: Looked, came: Reconciled) -> None:
    """Mail that waits in a polled mailbox is received, refused to be fetched, or new."""
    keys = {f"{looked.place}{each.uid}": each for each in looked.messages}
    with reading(desk.engine) as conn:
        received = _received(conn, list(keys))
        refused = {each.source: each for each in mailboxes.every_unfetchable(conn) if each.source in keys}
    new = [each for key, each in keys.items() if key not in received and key not in refused]
    for each in refused.values():
        cure = f"look at it in the mailbox and move it away, or forward it to the desk ({each.tries} tries: {each.why})"
        came.findings.append(Flaw("unfetchable", each.source, cure))
    if new:
        cure = "`mailproc poll` fetches them; if they stay, it says why"
        came.findings.append(Flaw("not-received", f"{looked.place} {_uids(new)}", cure))
    counts = (len(keys), len(keys) - len(new), len(received))
    came.mailboxes.append(Mailbox(account.name, mailbox, *counts))


def _received(conn: Connection, keys: Sequence[str]) -> set[str]:
    """Those of these source keys that are messages of ours, under this key or another."""
    found: set[str] = set()
    for start in range(0, len(keys), SOME):
        some = keys[start : start + SOME]
        found |= rows.known_sources(conn, some).keys() | mailboxes.aliases(conn, some).keys()
    return found


@dataclass(slots=True)
class _Known:
    """What was received from an account: each serves to recognise one message, and its copies."""

    message_ids: Counter[str]
    whole: set[tuple[str, int]]  # Message-IDs with their sizes: without MOVE a death leaves a second copy
    sizes: Counter[int]  # of messages without a readable Message-ID
    erased: int  # of these nothing is left to know them by


def _known(desk: Desk, account: ImapAccount) -> _Known:
    known = _Known(Counter(), set(), Counter(), 0)
    with reading(desk.engine) as conn:
        for message_id, size, state in mailboxes.received_from(conn, f"imap:{account.name}/"):
            if state == "erased":
                known.erased += 1
            elif message_id:
                known.message_ids[message_id] += 1
                known.whole.add((message_id, size))
            else:
                known.sizes[size] += 1
    return known


def _released(account: ImapAccount, mailbox: str, looked: Looked, known: _Known, came: Reconciled) -> None:
    """Mail that was moved away was received before."""
    strange = list(_strange(looked.messages, known))
    explained = min(len(strange), known.erased)
    known.erased -= explained
    if len(strange) > explained:
        cure = f'nobody received them: move them to "{account.mailbox}", or away if they were there before the desk was'
        came.findings.append(Flaw("not-received", f"{looked.place} {_uids(strange)}", cure))
        explained = 0
    counts = (len(looked.messages), len(looked.messages) - len(strange) + explained)
    came.mailboxes.append(Mailbox(account.name, mailbox, *counts))


def _strange(messages: Sequence[Listed], known: _Known) -> Iterator[Listed]:
    """Messages that nothing received answers to; a server may have changed the size of one that it copied."""
    unsized = []
    for each in messages:
        if each.message_id and known.message_ids[each.message_id]:
            known.message_ids[each.message_id] -= 1
        elif known.sizes[each.size]:
            known.sizes[each.size] -= 1
        elif not each.message_id:
            unsized.append(each)
        elif (each.message_id, each.size) not in known.whole:
            yield each
    changed = min(len(unsized), known.sizes.total())
    known.sizes -= Counter(list(islice(known.sizes.elements(), changed)))
    yield from unsized[changed:]


def _uids(messages: Sequence[Listed]) -> str:
    named = ", ".join(str(each.uid) for each in messages[:SHOWN])
    more = f" and {len(messages) - SHOWN} more" if len(messages) > SHOWN else ""
    return f"{len(messages)} messages: UID {named}{more}"
