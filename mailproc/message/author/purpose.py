"""Whether a member's mail was meant for us, and now: what a proof must hold for before the mail may decide.

A signature proves whose words a mail holds, and not for whom they were. A member's mail to somebody else, or an old
one, passes every check when a stranger brings it to the address of a letter. So the header must name the letter, in
fields that the proof holds for, and the Date that it holds for must lie between the letter and now (catalogue S95,
S96). What only the envelope says names nothing. The answer is a reason slug, "" where nothing is in doubt; nothing here
decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailproc.message.author.identity import Identity
from mailproc.message.field.address import canonical, split_subaddress
from mailproc.message.model import Address, Message

SKEW = timedelta(minutes=10)  # by which clocks of people and servers differ
OLDEST = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Answered:
    """The letter that a mail says it answers, as far as a mail can name it."""

    secret: str  # subaddress of its reply address, local part of its Message-ID
    domain: str  # of its Message-ID
    written_at: datetime
    ours: Collection[str]  # our addresses as `canonical` writes them, without subaddresses


def doubt(message: Message, proof: Identity, letter: Answered, came_at: datetime) -> str:
    """Why a proven mail may not decide on this letter: one of DOUBTS, or "". `came_at`: when it came to us."""
    if proof.is_a_hosts:
        return "spf-alone"
    objections = {
        "letter-not-covered": not _names(message, proof, letter),
        "subject-not-covered": not _covers(proof, "subject"),
        "date-not-covered": not _covers(proof, "date"),
        "date-outside": not _is_timely(message.date, letter.written_at, came_at),
    }
    return next((slug for slug, holds in objections.items() if holds), "")


def _names(message: Message, proof: Identity, letter: Answered) -> bool:
    """Its own address stands in To or Cc; or one of ours does, and the thread is its.

    The thread alone is not enough: a member who passes our letter on to a colleague writes in its thread, too.
    """
    shown = [found for name, found in (("to", message.to), ("cc", message.cc)) if _covers(proof, name)]
    threads = [found for name, found in _threads(message) if _covers(proof, name)]
    addressed = [split_subaddress(each.email) for found in shown for each in found if _is_ours(each, letter)]
    tags = [(tag or "").lower() for _, tag, _ in addressed]
    if letter.secret in tags:
        return True
    plainly = any(len(tag) != len(letter.secret) for tag in tags)  # and not to the address of another letter
    return plainly and any(_is_its_id(each, letter) for found in threads for each in found)


def _threads(message: Message) -> tuple[tuple[str, Sequence[str]], ...]:
    return ("in-reply-to", message.in_reply_to), ("references", message.references)


def _is_ours(address: Address, letter: Answered) -> bool:
    local, _, domain = split_subaddress(address.email)
    return canonical(f"{local}@{domain}") in letter.ours


def _is_its_id(message_id: str, letter: Answered) -> bool:
    local, _, domain = message_id.rpartition("@")
    return local == letter.secret and domain.casefold() == letter.domain.casefold()


def _covers(proof: Identity, name: str) -> bool:
    return proof.covers is None or name in proof.covers


def _is_timely(date: datetime | None, written_at: datetime, came_at: datetime) -> bool:
    return date is not None and max(written_at, came_at - OLDEST) - SKEW <= date <= came_at + SKEW
