"""Digests: what a member's next one says, and that it was written; a fresh one, where the last is lost.

One that is owed says nothing where nothing waits; one that is asked for is always written, and repeats what the last
said of what was settled and had to be known. Whoever voted on something that has come to its end reads the letter that
its author got, once, unless a letter on that item alone has told them. When one is due is the clock's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from mailproc.desk.tell import roll, sight, views
from mailproc.desk.tell.known import known_of
from mailproc.desk.tell.telling import OUTCOME
from mailproc.desk.turn.thread import sent
from mailproc.desk.turn.turn import Turn
from mailproc.errors import Damaged
from mailproc.kinds.event import EventName
from mailproc.kinds.every import EVERY
from mailproc.kinds.step import Tell
from mailproc.letters.catalogue import CARRIERS
from mailproc.letters.digest import Digest, Settled, barred, listed, oldest_first
from mailproc.message.field.address import canonical
from mailproc.message.model import Address
from mailproc.review import ballot
from mailproc.review.member import Member
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import digests
from mailproc.store.work import items, votes
from mailproc.workflow import machine
from mailproc.workflow.actor import CLOCK, OPERATOR
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.facts import Digested
from mailproc.workflow.item import Item
from mailproc.workflow.outgoing import Outgoing

SHOWN_LINES, SHOWN_LETTERS = 12, 6  # of a letter to an author, and of such letters, in one digest
NO_LETTERS = frozenset({"cancelled", "suppressed", "failed"})  # states of letters that nobody got
ENDS = frozenset({"rejected", "retracted", "up", *(kind.done for kind in EVERY if kind.done)})
PUT_UP = "author/up"  # to whoever gave something to a file that is up


def _end_letters() -> frozenset[str]:
    """The templates by which authors and applicants hear the end of what was voted on."""
    told = {
        f"{audience}/{action.template}"
        for kind in EVERY
        for step in kind.table.values()
        for action in step.actions
        for audience in ("author", kind.audience)
        if isinstance(action, Tell) and step.state in ENDS
    }
    return frozenset(told | {PUT_UP}) - {
        "author/replaced",
        "author/appended",
        "author/correction-noted",
    }  # by then the votes on it are gone


END_LETTERS = _end_letters()


def digest_of(turn: Turn, member: Member, *, again: bool = False) -> Digest | None:
    """What a member's digest says now; None if nothing waits for them and there is nothing to tell.

    `again`: it takes the place of their last one, and is there in any case.
    """
    entries = oldest_first(views.waiting_for(turn.conn, turn.desk, member, turn.time))
    last, before = digests.last_two(turn.conn, member.email) if again else (digests.last(turn.conn, member.email), None)
    repeated = digests.notices_in(turn.conn, member.email, last.outgoing_id) if again and last else []
    notices = (*repeated, *digests.unseen_notices(turn.conn, member.email))
    if not (entries or notices or again):
        return None
    counts_from = before if again else last
    since = counts_from.at if counts_from else member.since
    return Digest(
        member=member,
        items=sight.with_pictures(turn.desk, entries),
        settled=_settled(turn, member, since, {entry.item.ref for entry in entries}),
        counts=tuple((kind, n) for kind, n in rows.settled_counts_since(turn.conn, since).items() if n),
        notices=tuple(notice.said for notice in notices),
        undo_minutes=views.undo_minutes(turn.desk),
        month=roll.last_month(turn.conn, turn.desk, since, turn.time),
        aside=_aside(turn, member),
    )


def _aside(turn: Turn, member: Member) -> tuple[tuple[str, int], ...]:
    """The groups in which they have a part, each with how many items about it wait for the others."""
    waiting = items.for_members(turn.conn, with_text=False) if member.not_for else []
    found = [item.group for item in waiting if item.group and ballot.has_part(member, item.group)]
    return tuple((name, found.count(name)) for name in dict.fromkeys(found))


def write_digest(turn: Turn, member: Member, period: str, *, again: bool = False) -> None:
    """One member's digest, if anything waits for them or there is something to tell; the period is done either way."""
    digest = digest_of(turn, member, again=again)
    made = None
    if digest is not None:
        to = Address(member.name, member.email)
        made = turn.write("member/digest", to, {"digest": digest, "now": turn.time}, listed=listed(digest))
    done_with(turn, member, Digested(period=period, letter=made.id if made else None))


def write_fresh(turn: Turn, member: Member) -> None:
    """Another digest in the place of the last, to the registered address; it is owed no less for that."""
    write_digest(turn, member, f"{digests.FRESH} {turn.entry.number}", again=True)


def done_with(turn: Turn, member: Member, facts: Digested) -> None:
    """The period is over, by a letter or because nothing waits; the clock's doing, or the operator's."""
    by = OPERATOR if turn.entry.source.startswith("operator:") else CLOCK
    turn.record(Event(member_ref(member.email), EventName.DIGEST, by, facts=facts))


# What became of things


def _settled(turn: Turn, member: Member, since: datetime, shown_above: Collection[str]) -> tuple[Settled, ...]:
    """What was decided or ended since then, with who and when, and what a member's word brings back."""
    conn = turn.conn
    moved = {i.ref: i for i in items.moved_since(conn, machine.ENDED, since) if i.ref not in shown_above}
    told = _author_letters(turn, member, since)
    missing = (turn.item(ref) for ref in told if ref not in moved)
    moved |= {item.ref: item for item in missing if item is not None}
    known = known_of(conn, tuple(moved.values()))
    return tuple(
        Settled(
            i.ref,
            i.title,
            known.standing(i, member),
            undo=i.state == "discarded" and known.may_undo(i, member),
            letter=told.get(i.ref, ()),
        )
        for i in moved.values()
    )


def _author_letters(turn: Turn, member: Member, since: datetime) -> Mapping[str, tuple[str, ...]]:
    """By reference, the last letter to the author of what they voted on and has ended, each line behind `| `."""
    got = [each for each in outgoing.made_since(turn.conn, END_LETTERS, since) if each.state not in NO_LETTERS]
    about = {ref: letter for letter in got for ref in letter.listed or (letter.ref,) if ref}
    cast, found = votes.of_many(turn.conn, about), dict[str, Outgoing]()
    for ref, letter in about.items():
        mine = [each.at for each in cast[ref] if canonical(each.member) in member.addresses and not each.undone]
        item = turn.item(ref) if mine and len(found) < SHOWN_LETTERS and letter not in found.values() else None
        if item and _is_to_its_author(letter, item) and not _told_alone(turn, member, ref, max(mine)):
            found[item.ref] = letter
    return {ref: _lines(turn, letter) for ref, letter in found.items()}


def _is_to_its_author(letter: Outgoing, item: Item) -> bool:
    return not is_erased(item.author.email) and canonical(letter.to) == canonical(item.author.email)


def _told_alone(turn: Turn, member: Member, ref: str, since: datetime) -> bool:
    """A letter on that item alone has said what became of it since they voted."""
    told = outgoing.on_items(turn.conn, OUTCOME, (ref,))
    return any(each.created_at >= since and canonical(each.to) in member.addresses for each in told)


def _lines(turn: Turn, letter: Outgoing) -> tuple[str, ...]:
    """The letter's words behind its greeting; none where its file is gone or damaged, which is no digest's matter."""
    try:
        text = sent(turn.desk, letter).text
    except Damaged:
        return ()
    greeting, _, words = text.partition("\n\n")
    if letter.template in CARRIERS:  # a way into the site is its reader's alone
        words = words.partition("\n\n")[0]
    lines, cut = barred((words or greeting).strip(), SHOWN_LINES)
    return (*lines, "| ...") if cut else lines
