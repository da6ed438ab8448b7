"""What letters say of items, groups and members: values for templates, made from rows. Changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from mailproc.desk.publishing import kept_of
from mailproc.desk.wire import Desk
from mailproc.letters.digest import Digest, DigestItem, Remark, Settled
from mailproc.letters.extent import Extent, extent_of, extent_of_document
from mailproc.message import extent as words
from mailproc.message.address import canonical
from mailproc.review import ballot
from mailproc.review.ballot import Tally
from mailproc.review.member import Member
from mailproc.store import digests, groups, items, journal, members, votes
from mailproc.store import received as rows
from mailproc.workflow import machine
from mailproc.workflow.item import Item, JournalLine

if TYPE_CHECKING:  # a turn makes views of itself
    from mailproc.desk.examine import Examined
    from mailproc.desk.turn import Turn

REMARKED = {
    "addition": "Added by the author",
    "renew": "Added by the author",
    "answer": "The author's answer",
    "note": "A member's note",
}


def local(desk: Desk, at: datetime) -> str:
    """`22 November 2026 at 10:02 UTC`, in the desk's time zone."""
    there = at.astimezone(desk.config.desk.timezone)
    return f"{there.day} {there:%B %Y at %H:%M %Z}"


def person(conn: Connection, actor: str) -> str:
    """A journal's actor as people know them: a member's name, else what the journal says; "" for the clock."""
    operator, _, email = actor.rpartition("operator for ")
    if actor in {"clock", "desk"}:
        return ""
    known = members.get(conn, email)
    name = known.name or known.email if known else email
    return f"the operator, for {name}" if actor.startswith("operator for ") and not operator else name


def standing(conn: Connection, desk: Desk, item: Item) -> str:
    """How an item came into its state: `approved by Ana, 22 November 2026 at 10:02 UTC`."""
    state = item.state.replace("_", " ")
    for line in reversed(journal.of(conn, item.ref)):
        if line.after == item.state and line.before != line.after:
            by = person(conn, line.actor) if item.state in machine.SETTLING | {"held", "awaiting_author"} else ""
            return f"{state} by {by}, {local(desk, line.at)}" if by else f"{state}, {local(desk, line.at)}"
    return state


def receipt(turn: Turn, opened: Sequence[Item], seen: Examined) -> dict[str, Any]:
    """What a receipt says of the items a mail opened or changed."""
    item = opened[0]
    limits = turn.desk.limits(item.kind)
    return {
        "item": item,
        "items": tuple(opened),
        "attachments": seen.kept,
        "extent": _extent(turn, item),
        "lapses_at": item.waiting_since + limits.lapse if item.state in machine.WAITING else None,
        "authenticated": seen.authenticated,
    }


def _extent(turn: Turn, item: Item) -> Extent | None:
    """Where the published text begins and ends."""
    if item.kind not in {"article", "material"}:
        return None
    if item.text_source.startswith("attachment "):
        return extent_of_document(item.text_source.removeprefix("attachment "), item.text_sha256)
    whole = turn.message.text if turn.message else item.text or ""
    limited = words.between(whole)
    first = limited[1] if limited else 1
    lines = whole.removesuffix("\n").count("\n") + 1
    return extent_of(item.text or "", item.text_sha256, first_line=first, lines=lines)


def guide(conn: Connection, desk: Desk) -> dict[str, Any]:
    """What the help guide says today."""
    known = desk.groups(groups.every(conn))
    return {"wanted": (), "groups": tuple(group for group in known if group.state in {"wanted", "gathering"})}


# The digest


def waiting_for(conn: Connection, desk: Desk, member: Member, now: datetime) -> tuple[DigestItem, ...]:
    """What waits for this member's word, oldest first; () if nothing but their own items waits."""
    waiting = items.waiting(conn, machine.FOR_MEMBERS)
    entries = tuple(digest_item(conn, desk, item, member, now) for item in waiting)
    return entries if any(not entry.own for entry in entries) else ()


def digest_item(conn: Connection, desk: Desk, item: Item, member: Member, now: datetime) -> DigestItem:
    """One item as one member may see it."""
    kept = tuple(kept_of(conn, item))
    return DigestItem(
        item=item,
        tally=tally_in_words(count(conn, desk, item)) if item.kind in {"article", "material", "membership"} else "",
        age_days=max(0, (now - item.received_at).days),
        attachments=kept,
        checks=_checks(item),
        remarks=_remarks(conn, desk, item),
        own=canonical(item.author.email) in member.addresses,
    )


def _checks(item: Item) -> tuple[str, ...]:
    """What to look at before deciding."""
    checks = []
    if item.kind in {"article", "material"}:
        checks.append("Does it hold personal data of a private person? If so, hold it.")
    if item.kind == "material" and item.group is None:
        checks.append("No group file is named; sort it before it can be approved.")
    return tuple(checks)


def _remarks(conn: Connection, desk: Desk, item: Item) -> tuple[Remark, ...]:
    """What was said on the item since it came: its author's additions, members' notes."""
    return tuple(
        Remark(f"{_heading(line, item)}, {local(desk, line.at)}", line.words)
        for line in journal.of(conn, item.ref)
        if line.event in REMARKED and line.words
    )


def _heading(line: JournalLine, item: Item) -> str:
    return REMARKED["addition"] if line.actor == item.author.email != "" else REMARKED[line.event]


def digest_for(turn: Turn, member: Member, entries: tuple[DigestItem, ...]) -> Digest:
    """The whole digest of one member."""
    conn, desk = turn.conn, turn.desk
    before = digests.last(conn, member.email)
    since = before.at if before else member.since
    return Digest(
        member=member,
        items=entries,
        settled=tuple(Settled(i.ref, i.title, standing(conn, desk, i)) for i in _settled_since(conn, since)),
        counts=tuple((kind, n) for kind, n in rows.settled_counts_since(conn, since).items() if n),
        notices=tuple(notice.words for notice in digests.unseen_notices(conn, member.email)),
        undo_minutes=int(desk.config.review.undo.total_seconds() // 60),
    )


def _settled_since(conn: Connection, since: datetime) -> list[Item]:
    return [
        item
        for item in items.every(conn)
        if item.state not in machine.WAITING and max(item.waiting_since, item.decided_at or since) >= since
    ]


def count(conn: Connection, desk: Desk, item: Item) -> Tally:
    """The ballot as it stands."""
    voters = ballot.entitled(members.every(conn), item.author.email)
    policy = desk.config.review.kinds[item.kind].policy
    may_vote = {voter.email for voter in voters}  # whoever has left has left with their vote
    standing = [vote for vote in votes.of(conn, item.ref) if vote.member in may_vote]
    return ballot.tally(standing, policy, len(voters))


def tally_in_words(tally: Tally) -> str:
    """`no votes yet; 2 approvals are needed`, or `1 of 2 approvals, no rejections`."""
    if not tally.approve and not tally.reject:
        needed = tally.needed_approvals
        return "no votes yet; " + ("one approval is needed" if needed == 1 else f"{needed} approvals are needed")
    against = f"{len(tally.reject)} of {tally.needed_rejections} rejections" if tally.reject else "no rejections"
    return f"{len(tally.approve)} of {tally.needed_approvals} approvals, {against}"


def shown(conn: Connection, desk: Desk, item: Item, member: Member, now: datetime) -> dict[str, Any]:
    """The answer to `show A-12`: the whole text."""
    return {"entry": digest_item(conn, desk, item, member, now)}


def listed(conn: Connection, now: datetime) -> dict[str, Any]:
    """The answer to `list`: everything that waits."""
    return {"items": tuple(items.waiting(conn, machine.WAITING, with_text=False)), "now": now}
