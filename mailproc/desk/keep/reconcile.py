"""What came in against what is accounted for: message by message in the mailboxes, and in sums here.

"214 in the mailbox, 214 accounted for": whatever lies in a mailbox was received, waits to be fetched, or is named.
What was moved away has a new UID: it is known again by Message-ID and size, and where these do not tell (a copy may
have another size) by its header beside ours. Accounts that are one user's of one server are compared together, for
they may share `done`. It reads the mailboxes and changes nothing. A mailbox that cannot be read is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from mailproc.config.option import ImapAccount
from mailproc.desk.carry.mailbox import head_of, whose_key
from mailproc.desk.carry.poll import account_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.flaw import Flaw
from mailproc.errors import IntakeError
from mailproc.intake.looking import Listed, Looked, look
from mailproc.message.field.header import clean, decode_words, subject_in
from mailproc.message.field.likeness import likeness
from mailproc.store.database import reading
from mailproc.store.mail import mailboxes
from mailproc.store.mail import received as rows
from mailproc.store.mail.mailboxes import Kept
from mailproc.store.octets import archive

SHOWN = 20  # UIDs named in one finding
SUBJECT = 60  # characters of one
SOME = 5000  # source keys asked for at a time


@dataclass(slots=True)
class Mailbox:
    """One mailbox, counted."""

    account: str
    mailbox: str
    there: int = 0  # messages in it
    accounted: int = 0  # of these: received, or known as too large or unfetchable
    to_be_moved: int = 0  # received, and still in the mailbox that is polled
    copies: int = 0  # of those accounted for: second copies of what was received once


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
    for accounts in _by_user(desk.config.imap):
        looked_at: set[str] = set()
        known = _Known(desk, accounts)
        for account in accounts:
            try:
                _account(desk, account, known, looked_at, came)
            except IntakeError as error:
                came.findings.append(Flaw("mailbox-unread", f"account {account.name}", str(error)))
    return came


def _by_user(accounts: Sequence[ImapAccount]) -> list[list[ImapAccount]]:
    """The accounts, those together that see the same mailboxes."""
    users: dict[tuple[str, int, str], list[ImapAccount]] = {}
    for account in accounts:
        users.setdefault((account.host.casefold(), account.port, account.user), []).append(account)
    return list(users.values())


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


def _account(desk: Desk, account: ImapAccount, known: _Known, looked_at: set[str], came: Reconciled) -> None:
    there = account_of(account)
    for mailbox in filter(None, (account.mailbox, account.junk)):
        waiting = _Waiting(desk)
        if looked := look(there, mailbox, waiting.doubted):
            _polled(desk, account, mailbox, looked, waiting, came)
    for mailbox in (account.done, account.oversize):
        if mailbox not in looked_at and (looked := look(there, mailbox, known.doubted)):
            _released(account, mailbox, looked, known, came)
        looked_at.add(mailbox)


class _Waiting:
    """What lies in a polled mailbox: known by its number, unless that was another message's before."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.received: set[int] = set()  # UIDs

    def doubted(self, place: str, messages: Sequence[Listed]) -> list[int]:
        """Those whose number is known, and not their Message-ID and size with it."""
        keys = {f"{place}{each.uid}": each for each in messages}
        with reading(self._desk.engine) as conn:
            received = _received(conn, list(keys))
            kept = mailboxes.kept_as(conn, received)
        self.received = {keys[key].uid for key in received}
        plain = {
            key for key, ours in kept.items() if ours.message_id and named(keys[key]) == (ours.message_id, ours.size)
        }
        return [keys[key].uid for key in received - plain]

    def see(self, looked: Looked) -> None:
        """What was doubted is received if our own message begins so."""
        sizes = {each.uid: each.size for each in looked.messages}
        with reading(self._desk.engine) as conn:
            for uid, head in looked.headers.items():
                key = whose_key(self._desk, conn, f"{looked.place}{uid}", sizes[uid], head)
                if not _received(conn, [key]):
                    self.received.discard(uid)


def named(listed: Listed) -> tuple[str | None, int]:
    """Message-ID and size."""
    return listed.message_id, listed.size


def _polled(
    desk: Desk, account: ImapAccount, mailbox: str, looked: Looked, waiting: _Waiting, came: Reconciled
) -> None:
    """Mail that waits in a polled mailbox is received, refused to be fetched, or new."""
    waiting.see(looked)
    keys = {f"{looked.place}{each.uid}": each for each in looked.messages}
    with reading(desk.engine) as conn:
        refused = {each.source: each for each in mailboxes.every_unfetchable(conn) if each.source in keys}
    new = [each for key, each in keys.items() if each.uid not in waiting.received and key not in refused]
    for each in refused.values():
        cure = f"look at it in the mailbox and move it away, or forward it to the desk ({each.tries} tries: {each.why})"
        came.findings.append(Flaw("unfetchable", each.source, cure))
    if new:
        cure = f"`mailproc poll` fetches {'them; if they stay' if len(new) > 1 else 'it; if it stays'}, it says why"
        came.findings.append(Flaw("not-received", f"{looked.place} {_uids(new, looked)}", cure))
    counts = (len(keys), len(keys) - len(new), len(waiting.received))
    came.mailboxes.append(Mailbox(account.name, mailbox, *counts))


def _received(conn: Connection, keys: Sequence[str]) -> set[str]:
    """Those of these source keys that are messages of ours, under this key or another."""
    found: set[str] = set()
    for start in range(0, len(keys), SOME):
        found |= rows.known_sources(conn, keys[start : start + SOME]).keys()
    return found


class _Known:
    """What was received from a user's mailboxes: each serves to recognise one message, and its copies."""

    def __init__(self, desk: Desk, accounts: Sequence[ImapAccount]) -> None:
        self._desk = desk
        ours = {account.name for account in accounts}
        self._others = {account.name for account in desk.config.imap} - ours  # a name that is gone may be anybody's
        self._kept: dict[int, Kept] = {}
        self._claimed: set[int] = set()
        self._strange: list[Listed] = []  # of the mailbox under way: whatever is not plainly received
        self.erased = 0  # of these nothing is left to know them by

    def doubted(self, _place: str, messages: Sequence[Listed]) -> list[int]:
        """Those that no received message answers to by Message-ID and size; each of ours answers once."""
        self._look_again()
        free: dict[tuple[str | None, int], list[int]] = {}
        for kept in self._kept.values():
            if kept.message_id and kept.number not in self._claimed:
                free.setdefault((kept.message_id, kept.size), []).append(kept.number)
        self._strange = []
        for each in messages:
            if same := free.get(named(each)):
                self._claimed.add(same.pop())
            else:
                self._strange.append(each)
        return [each.uid for each in self._strange]

    def strangers(self, headers: Mapping[int, bytes]) -> tuple[list[Listed], int]:
        """Those that nothing received answers to by its header either, and how many are second copies."""
        ours = self._by_likeness()
        strangers, copies = [], 0
        for each in self._strange:
            same = ours.get(_mark(headers.get(each.uid, b""), each.size), [])
            free = next((kept.number for kept in same if kept.number not in self._claimed), None)
            if free is not None:
                self._claimed.add(free)
            elif any(each.message_id or kept.size == each.size for kept in same):
                copies += 1
            else:
                strangers.append(each)
        return strangers, copies

    def _look_again(self) -> None:
        """Read what was received, also since the last mailbox: mail may arrive while this goes on."""
        with reading(self._desk.engine) as conn:
            for kept in mailboxes.received_by_imap(conn):
                account = kept.source.removeprefix("imap:").partition("/")[0]
                if kept.number in self._kept or account in self._others:
                    continue
                self._kept[kept.number] = kept
                self.erased += kept.state == "erased"

    def _by_likeness(self) -> dict[bytes, list[Kept]]:
        """Our messages that may be among the strange, by what their headers tell."""
        if not self._strange:
            return {}
        ids = {each.message_id for each in self._strange}
        sizes = {each.size for each in self._strange}
        found: dict[bytes, list[Kept]] = {}
        for kept in self._kept.values():
            if kept.state != "erased" and (not kept.message_id or kept.message_id in ids or kept.size in sizes):
                found.setdefault(_mark(head_of(self._desk, kept) or b"", kept.size), []).append(kept)
        return found


def _mark(head: bytes, size: int) -> bytes:
    """By what a message is compared: its header, or its size where that tells nothing."""
    return likeness(head) or b"%d" % size


def _released(account: ImapAccount, mailbox: str, looked: Looked, known: _Known, came: Reconciled) -> None:
    """Mail that was moved away was received before."""
    strange, copies = known.strangers(looked.headers)
    explained = min(len(strange), known.erased)
    known.erased -= explained
    if len(strange) > explained:
        it, was = ("them", "they were") if len(strange) > 1 else ("it", "it was")
        cure = f'nobody received {it}: move {it} to "{account.mailbox}", or away if {was} there before the desk was'
        came.findings.append(Flaw("not-received", f"{looked.place} {_uids(strange, looked)}", cure))
        explained = 0
    accounted = len(looked.messages) - len(strange) + explained
    came.mailboxes.append(Mailbox(account.name, mailbox, len(looked.messages), accounted, copies=copies))


def _uids(messages: Sequence[Listed], looked: Looked) -> str:
    """How many, and each by its UID and subject: `2 messages: UID 3 (The tram), 7 (Rain)`."""
    titles = {uid: clean(decode_words(subject_in(head)), SUBJECT) for uid, head in looked.headers.items()}
    each = [f"{m.uid} ({titles[m.uid]})" if titles.get(m.uid) else str(m.uid) for m in messages[:SHOWN]]
    more = f" and {len(messages) - SHOWN} more" if len(messages) > SHOWN else ""
    return f"{len(messages)} message{'s' * (len(messages) > 1)}: UID {', '.join(each)}{more}"
