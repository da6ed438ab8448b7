"""Where our own mail servers end, as the mails that came through them tell: what `doctor` proposes to believe.

Three set-ups are known: one Authentication-Results field on top of the border's own Received field, several of them in
a run (a program each: OpenDKIM, OpenDMARC), or one below it (rspamd behind Postfix). What stands on top cannot be a
sender's, so a name is proposed if mails of several senders bear it there. What stands below may be, and is proposed
only where nearly all mails from outside bear it, and believed only when a probe has gone well (`probe`).

A proposal is for the operator to judge; nothing here decides anything, and with too few mails it proposes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mailproc.message.author.identity import organisation
from mailproc.message.author.place import RECEIVED
from mailproc.message.author.results import FIELD, authserv_id
from mailproc.message.field.received import Received, received
from mailproc.message.model import HeaderField

ENOUGH_MAILS, ENOUGH_SENDERS = 10, 3
OF_EACH_SENDER = 5
NEARLY_ALL = 0.9
MOST_HOPS = 6  # names of hosts behind the border; more are a provider's farm, whose names change
SIGNATURE = "dkim-signature"


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
    setup: str = ""  # "one-above", "run-above", "below"
    border: tuple[str, ...] = ()  # hosts that write below their own Received field


@dataclass(frozen=True, slots=True)
class _Top:
    """What one mail holds above and below its first results."""

    names: tuple[str, ...]  # authserv-ids of the first results down to the next Received; "" where one cannot be read
    above: tuple[Received, ...]  # Received fields above them
    next: str  # host of the Received field below them
    below: frozenset[str]  # authserv-ids further down
    signed: bool  # it bears a signature, so that a program that tells of nothing else had something to tell
    sender: str
    number: int

    @property
    def stands_below(self) -> bool:
        """The results stand below the Received field of the server that took the mail from outside, or of their own."""
        last = self.above[-1] if self.above else None
        if last is None or is_internal(last.protocol):
            return False
        relayed = _house(self.next) == _house(self.names[0])  # an inner relay took the mail from the border
        return last.by in self.names or (self.came_in and _house(last.by) == _house(self.names[0]) and not relayed)

    @property
    def came_in(self) -> bool:
        """The last hop above the results took the mail from outside."""
        return bool(self.above) and self.above[-1].is_from_outside

    def leaves_in(self, ids: Collection[str], below: bool) -> bool:  # noqa: FBT001 - which set-up it is
        """A field of these names stands where our server does not write it."""
        return bool(self.below & set(ids)) or (not below and self.stands_below and bool(set(self.names) & set(ids)))


def propose(mails: Sequence[Traced], known: Collection[str] = ()) -> Border:
    """What `authserv_id`, `received_by` and `border` of `[review]` might be, or why nothing can be; newest mails first.

    `known` are the hosts that the operator has named already.
    """
    every, mails = [_top(mail) for mail in mails], _of_each(mails)
    if len(mails) < ENOUGH_MAILS or len({mail.sender for mail in mails}) < ENOUGH_SENDERS:
        return Border(len(mails), "too-few")
    tops = [_top(mail) for mail in mails]
    bearing = [top for top in tops if top.names]
    if not bearing:
        return Border(len(mails), "no-results")
    over = [top for top in bearing if not top.stands_below]
    # what stands above is ours; what stands below may be strangers', however many write it
    chosen = over if _are_enough(over) else bearing
    firsts = Counter(top.names[0] for top in chosen)
    [(first, often)] = firsts.most_common(1)
    if not first:
        return Border(len(mails), "without-a-name", agree=often)
    ids = tuple(sorted(_of_one_house(first, firsts), key=lambda name: (-firsts[name], name)))
    agreeing = [top for top in chosen if top.names[0] in ids]
    under = [top for top in agreeing if top.stands_below]
    slug = _objection_below(agreeing, tops) if under else _objection(agreeing, tops, {host.lower() for host in known})
    if slug:
        shown = tuple(sorted(filter(None, firsts), key=lambda name: (-firsts[name], name)))
        return Border(len(mails), slug, shown if slug == "not-in-all" else ids, agree=len(agreeing))
    return _border(ids, agreeing, len(mails), tuple(top.number for top in every if top.leaves_in(ids, bool(under))))


def _border(ids: tuple[str, ...], agreeing: Sequence[_Top], mails: int, left_in: tuple[int, ...]) -> Border:
    below = {top.above[-1].by for top in agreeing if top.stands_below}
    behind = [top.above[:-1] if top.stands_below else top.above for top in agreeing]
    hops = Counter(host for above in behind for host in dict.fromkeys(hop.by for hop in above))
    several = sum(len(top.names) > 1 for top in agreeing) > len(agreeing) / 2
    return Border(
        mails=mails,
        reason="",
        authserv_ids=ids,
        received_by=tuple(sorted(hops, key=lambda host: (-hops[host], host))),
        agree=len(agreeing),
        left_in=left_in,
        setup="below" if below else "run-above" if several else "one-above",
        border=tuple(sorted(below)),
    )


def _of_one_house(first: str, names: Collection[str]) -> list[str]:
    return [name for name in names if name and _house(name) == _house(first)]


def _of_each(mails: Sequence[Traced]) -> list[Traced]:
    """The mails, but only a few of each sender: who writes much proves no more than others."""
    seen: Counter[str] = Counter()
    kept = []
    for mail in mails:
        seen[mail.sender] += 1
        if seen[mail.sender] <= OF_EACH_SENDER:
            kept.append(mail)
    return kept


def _are_enough(tops: Sequence[_Top]) -> bool:
    return len(tops) >= ENOUGH_MAILS and len({top.sender for top in tops}) >= ENOUGH_SENDERS


def _objection(agreeing: Sequence[_Top], tops: Sequence[_Top], known: Collection[str]) -> str:
    """Why names that stand above are not to be believed: a slug, or ""."""
    sure = not any(top.came_in for top in agreeing)  # that no sender wrote them
    told = sum(top.signed or top in agreeing for top in tops) if sure else len(tops)
    if not _are_enough(agreeing) or len(agreeing) < NEARLY_ALL * told:
        return "not-in-all"  # a sender wrote some of them, or ours does not write them everywhere
    if any(_is_anothers(top, known) for top in agreeing):
        return "below-another"  # our MX's field is the lowest that a sender cannot write
    return ""


def _objection_below(agreeing: Sequence[_Top], tops: Sequence[_Top]) -> str:
    """Why names that stand below the border's own Received field are not even to be probed: a slug, or ""."""
    if not _are_enough(agreeing) or len(agreeing) < NEARLY_ALL * len(tops):
        return "not-in-all"
    if any(not top.stands_below or _house(top.above[-1].by) != _house(top.names[0]) for top in agreeing):
        return "below-another"
    behind = {hop.by for top in agreeing for hop in top.above[:-1]}
    if len(behind) > MOST_HOPS or not all(top.came_in for top in agreeing):
        return "below-its-received"
    return ""


def _is_anothers(top: _Top, known: Collection[str]) -> bool:
    """Whether the results stand below a hop of somebody else's, as far as its name tells.

    A name without a dot is no organisation's: it tells nothing where the hop took the mail by LMTP.
    """
    last = top.above[-1] if top.above else None
    if last is None or last.by in known or (is_internal(last.protocol) and "." not in last.by):
        return False
    return _house(last.by) != _house(top.names[0])


def _house(host: str) -> str:
    return organisation(host) or host


def is_internal(how: str) -> bool:
    """Whether a hop is no arrival from outside: LMTP is how a server hands mail to its own store (RFC 2033 §5)."""
    return how.startswith("lmtp")


def _top(mail: Traced) -> _Top:
    """The results before the next Received field, and what stands above and below them."""
    names: list[str] = []
    above: list[Received] = []
    below: set[str] = set()
    following = ""
    passed = False
    for field in mail.fields:
        name = field.name.lower()
        if name == FIELD and not passed:
            names.append(authserv_id(field.value))
        elif name == FIELD:
            below.add(authserv_id(field.value))
        elif name == RECEIVED and names:
            following = following or received(field.value).by
            passed = True
        elif name == RECEIVED:
            above.append(received(field.value))
    signed = any(field.name.lower() == SIGNATURE for field in mail.fields)
    return _Top(tuple(names), tuple(above), following, frozenset(below) - {""}, signed, mail.sender, mail.number)
