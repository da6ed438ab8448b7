"""An outgoing letter's life: queued, tried, sent. The table and the types; `delivery` tries, `desk/deliver` asks.

Delivery is at-least-once with frozen octets (DESIGN.md §2, law 4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

STATES = ("queued", "deferred", "sent", "ambiguous", "failed", "cancelled", "suppressed", "unconfirmed")
RETRY_AFTER = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240, 480, 960))  # then every 16 hours
GIVE_UP_AFTER = timedelta(days=5)  # RFC 5321 §4.5.4.1


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
    next_try: datetime | None = None
    sent_at: datetime | None = None
    ref: str | None = None
    reason: str = ""
    listed: tuple[str, ...] = ()  # references the letter lists, in its order
    reverse_path: str = ""  # of its envelope


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a delivery attempt came to."""

    outcome: str  # "sent", "transient", "permanent", "ambiguous"
    reply: str  # the peer's words, at most 500 characters, control characters escaped


def after(letter: Outgoing, receipt: Receipt, now: datetime) -> Outgoing:
    """The letter as it stands after an attempt; `letter.attempts` already counts that attempt."""
    match receipt.outcome:
        case "sent":
            return replace(letter, state="sent", sent_at=now, next_try=None, reason="")
        case "permanent":
            return replace(letter, state="failed", next_try=None, reason=receipt.reply)
    if now - letter.created_at >= GIVE_UP_AFTER:
        return replace(letter, state="failed", next_try=None, reason=f"gave up: {receipt.reply}")
    wait = RETRY_AFTER[min(letter.attempts, len(RETRY_AFTER)) - 1]
    state = "ambiguous" if receipt.outcome == "ambiguous" else "deferred"
    return replace(letter, state=state, next_try=now + wait, reason=receipt.reply)
