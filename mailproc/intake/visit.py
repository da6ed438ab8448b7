"""One poll under way: the connection with its mailbox selected, what the server can do, what was counted so far.

A connection that breaks is made again, until three were lost in one poll; then the poll ends with a word
(BrokenExchange), and so it does where the mailbox was renumbered meanwhile. It decides nothing about messages.
"""

from __future__ import annotations

import imaplib
from dataclasses import dataclass, field, replace

from mailproc.errors import IntakeError
from mailproc.intake.connection import Account, BrokenExchange, Client, exchange, hang_up, in_words, personal, select
from mailproc.intake.login import connect

LOSSES = 3  # connections lost in one poll before it ends
KEPT = b"$MailprocKept"  # our keyword (RFC 9051 §2.3.2) on mail that is received and could only be copied


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll came to."""

    received: int = 0  # new messages, committed
    moved: int = 0  # messages moved to `done` or `oversize`, those of an earlier poll included
    skipped: int = 0  # could not be fetched this time
    oversize: int = 0  # larger than the limit: the header is committed
    problems: tuple[str, ...] = ()  # one line each
    trouble: str = ""  # why the poll as a whole came to no good end; one of the problems

    def __add__(self, other: PollResult) -> PollResult:
        """Two mailboxes of one account."""
        return PollResult(
            self.received + other.received,
            self.moved + other.moved,
            self.skipped + other.skipped,
            self.oversize + other.oversize,
            tuple(dict.fromkeys(self.problems + other.problems)),
            self.trouble or other.trouble,
        )


def failed(trouble: str) -> PollResult:
    """A poll that could not begin."""
    return PollResult(problems=(trouble,), trouble=trouble)


@dataclass(slots=True)
class Visit:
    """One poll under way."""

    account: Account
    client: Client
    uidvalidity: int
    uidnext: int
    exists: int
    can_move: bool
    can_mark: bool  # the mailbox takes a keyword of ours
    can_expunge: bool = False  # UIDPLUS: by UID, so that nothing goes that others have marked (RFC 4315 §2.1)
    others: dict[int, str] = field(default_factory=dict)  # source keys of UIDs that were another message's before
    committed: list[int] = field(default_factory=list)  # UIDs of messages that are received and not yet let go
    losses: int = 0
    received: int = 0
    moved: int = 0
    skipped: int = 0
    oversize: int = 0
    problems: list[str] = field(default_factory=list)
    trouble: str = ""

    @property
    def place(self) -> str:
        """How the source keys of this mailbox begin."""
        return f"imap:{self.account.name}/{self.account.mailbox}/"

    def source_key(self, uid: int) -> str:
        """`imap:ACCOUNT/MAILBOX/UIDVALIDITY/UID`: a UID means nothing without the other (RFC 9051 §2.3.1.1)."""
        return self.others.get(uid) or f"{self.place}{self.uidvalidity}/{uid}"

    def say(self, line: str) -> None:
        """A problem, once: a full mailbox refuses each batch with the same words."""
        if line not in self.problems:
            self.problems.append(line)

    def result(self) -> PollResult:
        """The counts as a value."""
        return PollResult(self.received, self.moved, self.skipped, self.oversize, tuple(self.problems), self.trouble)


def begin(account: Account) -> Visit:
    """A visit with the mailbox selected and `done` there. Raises IntakeError."""
    _apart(account)
    client = connect(account)
    try:
        with exchange(account, client, "opening the mailbox"):
            account = in_namespace(account, client)
            _apart(account)
            selected = select(account, client, readonly=False)
            make_mailbox(account, client, account.done)
            can_move, can_expunge = client.has_capability("MOVE"), client.has_capability("UIDPLUS")
    except BaseException:
        hang_up(client)
        raise
    numbers = (selected[b"UIDVALIDITY"], selected[b"UIDNEXT"], selected[b"EXISTS"])
    flags = selected.get(b"PERMANENTFLAGS", ())  # RFC 9051 §7.1: \* says that new keywords can be made
    can_mark = b"\\*" in flags or KEPT in flags
    return Visit(account, client, *numbers, can_move, can_mark, can_expunge)


def in_namespace(account: Account, client: Client) -> Account:
    """The account with its mailboxes named as the server takes them."""
    return replace(
        account,
        mailbox=personal(client, account.mailbox),
        done=personal(client, account.done),
        oversize=personal(client, account.oversize),
    )


def _apart(account: Account) -> None:
    """Raises IntakeError where mail would be moved to where it is polled."""
    if account.mailbox in (account.done, account.oversize) or "" in (account.done, account.oversize):
        raise IntakeError(
            f'{account}: "{account.mailbox}" is polled, so mail cannot be moved there; '
            "name other mailboxes in `done` and `oversize`"
        )


def make_mailbox(account: Account, client: Client, name: str) -> None:
    """Create a mailbox of ours where it is missing. Raises IntakeError."""
    if client.folder_exists(name):
        return
    try:
        client.create_folder(name)
        client.subscribe_folder(name)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as refusal:
        line = f'{account}: mailbox "{name}" cannot be created: {in_words(refusal)}'
        cure = f'set `done` and `oversize` to names that the server allows, such as "INBOX.{name}"'
        raise IntakeError(f"{line}; {cure}") from None


def note(visit: Visit, failure: BrokenExchange) -> None:
    """Write a failure down and go on, with a new connection if need be. Raises BrokenExchange: enough."""
    visit.say(str(failure))
    reconnect(visit, failure)
    give_up(visit)


def reconnect(visit: Visit, failure: BrokenExchange) -> None:
    """A new connection where the old one went. Raises BrokenExchange where that cannot be had."""
    if not failure.lost:
        return
    hang_up(visit.client)
    visit.losses += 1
    try:
        again = begin(visit.account)
    except IntakeError as trouble:
        raise BrokenExchange(str(trouble), lost=True) from trouble
    visit.client = again.client
    if again.uidvalidity != visit.uidvalidity:  # catalogue F33: the UIDs at hand mean other messages now
        raise BrokenExchange(f"{visit.account}: UIDVALIDITY changed; the next poll begins anew", lost=False)


def give_up(visit: Visit) -> None:
    """Raises BrokenExchange when too many connections were lost."""
    if visit.losses >= LOSSES:
        raise BrokenExchange(f"{visit.account}: connection lost {LOSSES} times; the next poll goes on", lost=False)
