"""An outgoing letter's life: queued, tried, sent. The table and the types; `delivery` tries, `desk/carry/deliver` asks.

Delivery is at-least-once with frozen octets (design §2, law 4). What a peer's reply makes of a letter is decided
here, by the reply, the letter's age and the operator's patience; nothing here is random, so that it can be told again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from mailproc.kinds.event import EventName
from mailproc.workflow import life
from mailproc.workflow.life import Tried

STATES = ("queued", "deferred", "sent", "ambiguous", "failed", "cancelled", "suppressed", "unconfirmed")
OPEN = life.UNSENT
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 960))  # then every 16 hours
SPREAD = 0.2  # catalogue F60: ±20 %, so that letters deferred together do not come back together
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 §4.5.4.1
NO_MAILBOX = re.compile(r"(?:bounced: |5\d\d[ -])5\.1\.\d{1,3}\b")  # RFC 3463 §3.2: the address itself is at fault
SILENT = "the attempt ended without a word"  # its process died, or was stopped


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One letter to one recipient: the row is the truth about its state, the file about its octets."""

    id: str
    message_id: str  # without angle brackets
    template: str  # audience/event
    to: str  # addr-spec
    subject: str
    state: str  # one of STATES
    cause: int  # number of the message that caused it
    path: str  # of the .eml, counted from the outbox folder
    created_at: datetime
    attempts: int = 0
    next_try: datetime | None = None  # None: it is not tried by itself
    sent_at: datetime | None = None
    ref: str | None = None
    reason: str = ""
    listed: tuple[str, ...] = ()  # references the letter lists, in its order
    reverse_path: str = ""  # of its envelope
    retried_at: datetime | None = None  # when the operator said to try again: patience counts from then

    @property
    def waits_since(self) -> datetime:
        """From when its patience counts."""
        return self.retried_at or self.created_at

    def is_of(self, names: tuple[str, ...]) -> bool:
        """Whether one of these names its audience ("member") or its template ("applicant/welcome")."""
        return self.template in names or self.template.partition("/")[0] in names


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a delivery attempt came to."""

    outcome: str  # "sent", "transient", "permanent", "ambiguous"
    reply: str  # the peer's words, at most 500 characters, control characters escaped
    reached: bool = True  # False: no connection to the mail server could be made, whatever the letter


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt, as it is kept."""

    n: int  # the letter's first is 1
    started_at: datetime
    ended_at: datetime | None  # None: it runs, or it died and nobody has looked since
    receipt: Receipt | None  # None while nobody knows

    @property
    def outcome(self) -> str:
        """In one word; "running" while nobody knows."""
        return self.receipt.outcome if self.receipt else "running"

    def may_have_sent(self, at: datetime) -> bool:
        """Whether nobody knows what it came to, and it was under way then."""
        return self.outcome == "ambiguous" and self.started_at <= at <= (self.ended_at or at)


@dataclass(frozen=True, slots=True)
class Patience:
    """The configuration's word on letters that do not leave."""

    give_up: timedelta = GIVE_UP_AFTER
    hold_ambiguous: tuple[str, ...] = ()  # audiences or templates that are not sent twice without the operator


def after(letter: Outgoing, receipt: Receipt, now: datetime, patience: Patience = Patience()) -> Outgoing:
    """The letter as it stands after an attempt; `letter.attempts` already counts that attempt."""
    tried = replace(letter, state=_becomes(letter, receipt.outcome), next_try=None, reason=receipt.reply)
    if receipt.outcome == Tried.SENT:
        return replace(tried, sent_at=now, reason="")
    held = receipt.outcome == Tried.AMBIGUOUS and letter.is_of(patience.hold_ambiguous)
    if receipt.outcome == Tried.PERMANENT or held:
        return tried
    last = letter.waits_since + patience.give_up
    if now >= last:
        return replace(tried, state=_becomes(letter, EventName.FAIL), reason=f"gave up: {receipt.reply}")
    return replace(tried, next_try=min(now + wait(letter), last))


def _becomes(letter: Outgoing, event: str) -> str:
    """The state after what happened to a letter that is being tried. Raises ValueError for what cannot happen to it."""
    state = life.after(life.LETTER, letter.state, event)
    if state is None:
        raise ValueError(f"letter {letter.id}: {event} cannot happen to one that is {letter.state}")
    return state


def wait(letter: Outgoing) -> timedelta:
    """How long until the next attempt: the timetable's step, moved by up to a fifth, the same whenever it is asked."""
    step = RETRY_AFTER[min(max(letter.attempts, 1), len(RETRY_AFTER)) - 1]
    drawn = int.from_bytes(sha256(f"{letter.id}\0{letter.attempts}".encode()).digest()[:4]) / 0xFFFFFFFF  # 0 to 1
    return timedelta(seconds=round(step.total_seconds() * (1 + SPREAD * (2 * drawn - 1))))


def names_no_mailbox(reason: str) -> bool:
    """Whether a failed letter's reason says that its address cannot be written to (5.1.x)."""
    return NO_MAILBOX.match(reason) is not None
