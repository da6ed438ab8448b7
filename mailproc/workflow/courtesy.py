"""May a mail be answered by an automatic letter? The one place that says so (design §7, catalogue I6).

These rules bind what a mail alone triggers: receipts, help, confirmations, questions back. Letters caused by
a member's decision or by a time limit, transcripts and digests do not ask here. Refusal is the default.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailproc.message.field.address import canonical
from mailproc.message.model import Address


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote, and how much of it is proven."""

    author: Address | None
    reverse_path: str | None  # None unknown, "" null
    proven: bool  # authenticated, or holds the secret of a letter that we sent to this very address
    ours: bool  # one of the desk's own addresses
    reachable: bool  # a letter of ours can be addressed to it
    answerable: bool  # RFC 3834 §2: see message.auto
    reason: str  # why it is not answerable
    elsewhere: bool = False  # it answers a letter that we wrote to somebody else
    repeats: bool = False  # the same words came before

    @property
    def returns(self) -> bool:
        """The reverse-path is the author's own address."""
        author = self.author.email if self.author else ""
        return bool(self.reverse_path) and canonical(self.reverse_path or "") == canonical(author)


@dataclass(frozen=True, slots=True)
class Counts:
    """What the last day and hour already saw."""

    to_address_today: int  # letters of this sort to this address
    strangers_today: int  # to addresses never heard from before today
    stranger: bool  # this is such an address
    last_hour: int  # all letters of this sort


@dataclass(frozen=True, slots=True)
class Quotas:
    """The limits of the configuration."""

    per_sender_per_day: int = 5
    strangers_per_day: int = 200
    per_hour: int = 1000


def refusal(sender: Sender, counts: Counts, quotas: Quotas) -> str:
    """Why no automatic letter may go to the author: a slug, or "" if one may. The first reason that holds counts."""
    reasons = {
        sender.reason or "not-answerable": not sender.answerable,
        "from-unclear": sender.author is None,
        "own-address": sender.ours,
        "address-not-ascii": not sender.reachable,
        # a responder that writes from a new address each time would have a letter for each
        "answers-anothers-letter": sender.elsewhere,
        # RFC 3834 §4: to the reverse-path, and only where it is the author's own (no backscatter)
        "sender-unproven": not (sender.proven or sender.returns),
        "one-receipt-a-day": not sender.proven and counts.to_address_today >= 1,
        "too-many-strangers": not sender.proven
        and counts.stranger
        and counts.strangers_today >= quotas.strangers_per_day,
        "too-many-letters": counts.to_address_today >= quotas.per_sender_per_day,
        "said-before": sender.repeats,
        "breaker": counts.last_hour >= quotas.per_hour,
    }
    return next((slug for slug, holds in reasons.items() if holds), "")


HELD_OVER = "too-many-letters"  # the reason that is none the next day; whom nothing proves gets no letter twice


def is_last(counts: Counts, quotas: Quotas, *, proven: bool) -> bool:
    """The letter that may go now is the day's last to this address; one to a stranger is first and last, unsaid."""
    return proven and counts.to_address_today + 1 >= quotas.per_sender_per_day
