"""Where our own mail servers end, as the mails that came through them tell: what `doctor` proposes to believe.

An Authentication-Results field counts only above the first Received field of a host that is not behind the MX
(`identity`). A name is proposed only if it stands topmost in nearly all mails, of several senders, and nowhere below
its own server's Received field, where a sender could have put it. A proposal is for the operator to judge; nothing here
decides anything, and with too few mails it proposes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mailproc.message.author.identity import authserv_id, organisation, protocol, receiver
from mailproc.message.model import HeaderField

ENOUGH_MAILS, ENOUGH_SENDERS = 10, 3
OF_EACH_SENDER = 5
NEARLY_ALL = 0.9
RESULTS, RECEIVED = "authentication-results", "received"


@dataclass(frozen=True, slots=True)
class Traced:
    """The trace of one mail that came from outside."""

    number: int  # of the message
    fields: tuple[HeaderField, ...]
    sender: str  # domain of the author, "" for none


@dataclass(frozen=True, slots=True)
class Border:
    """What the mails propose: names for the options, or the reason why there are none."""

    mails: int
    reason: str  # slug: "" where there is something to propose
    authserv_ids: tuple[str, ...] = ()
    received_by: tuple[str, ...] = ()
    agree: int = 0  # mails that say so
    left_in: tuple[int, ...] = ()  # mails that hold a field of that name which came from outside (RFC 8601 §5)


@dataclass(frozen=True, slots=True)
class _Top:
    """What one mail holds above and below the first Received field that stands below its results."""

    names: tuple[str, ...]  # authserv-ids, from the top; "" where one cannot be read
    above: tuple[tuple[str, str], ...]  # (host after "by", protocol after "with") of the Received fields above them
    below: frozenset[str]  # authserv-ids further down


def propose(mails: Sequence[Traced]) -> Border:
    """What `review.authserv_id` and `review.received_by` might be, or why nothing can be; newest mails first."""
    every, mails = mails, _of_each(mails)
    if len(mails) < ENOUGH_MAILS or len({mail.sender for mail in mails}) < ENOUGH_SENDERS:
        return Border(len(mails), "too-few")
    tops = [_top(mail.fields) for mail in mails]
    firsts = Counter(top.names[0] for top in tops if top.names)
    if not firsts:
        return Border(len(mails), "no-results")
    if "" in firsts:
        return Border(len(mails), "without-a-name", agree=firsts[""])
    ids = tuple(sorted(firsts, key=lambda name: (-firsts[name], name)))
    agree = sum(firsts.values())
    slug = _objection(ids, [top for top in tops if top.names], agree / len(mails))
    if slug:
        return Border(len(mails), slug, ids, agree=agree)
    hops = Counter(host for top in tops if top.names for host in dict.fromkeys(host for host, _ in top.above))
    left_in = tuple(mail.number for mail in every if _top(mail.fields).below & set(ids))
    return Border(len(mails), "", ids, tuple(sorted(hops, key=lambda host: (-hops[host], host))), agree, left_in)


def _of_each(mails: Sequence[Traced]) -> list[Traced]:
    """The mails, but only a few of each sender: who writes much proves no more than others."""
    seen: Counter[str] = Counter()
    kept = []
    for mail in mails:
        seen[mail.sender] += 1
        if seen[mail.sender] <= OF_EACH_SENDER:
            kept.append(mail)
    return kept


def _objection(ids: Sequence[str], tops: Sequence[_Top], share: float) -> str:
    """Why these names are not to be believed: a slug, or ""."""
    if len(set(map(_organisation, ids))) > 1 or share < NEARLY_ALL:
        return "not-in-all"  # a sender wrote some of them, or ours does not write them everywhere
    if any(host in ids and not is_internal(how) for top in tops for host, how in top.above):
        return "below-its-received"
    if any(top.above and _organisation(top.above[-1][0]) != _organisation(top.names[0]) for top in tops):
        return "below-another"  # our MX's field is the lowest that a sender cannot write
    return "written-twice" if sum(len(top.names) > 1 for top in tops) > len(tops) / 2 else ""


def _organisation(host: str) -> str:
    return organisation(host) or host


def is_internal(how: str) -> bool:
    """Whether a hop is no arrival from outside: LMTP is how a server hands mail to its own store (RFC 2033 §5)."""
    return how.startswith("lmtp")


def _top(fields: Sequence[HeaderField]) -> _Top:
    """The results before the next Received field, and what stands above and below them."""
    names: list[str] = []
    above: list[tuple[str, str]] = []
    below: set[str] = set()
    passed = False
    for field in fields:
        name = field.name.lower()
        if name == RESULTS and not passed:
            names.append(authserv_id(field.value))
        elif name == RESULTS:
            below.add(authserv_id(field.value))
        elif name == RECEIVED and names:
            passed = True
        elif name == RECEIVED:
            above.append((receiver(field.value), protocol(field.value)))
    return _Top(tuple(names), tuple(above), frozenset(below) - {""})
