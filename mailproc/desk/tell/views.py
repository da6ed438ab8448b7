"""What letters say of items, groups and members: values for templates, made from rows. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import asking, duties, history, sight
from mailproc.desk.tell.checks import checks
from mailproc.desk.tell.known import Known, known_of
from mailproc.desk.turn import contribution
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.said import text_read
from mailproc.desk.turn.sought import sought
from mailproc.desk.turn.turn import Turn
from mailproc.dossier.wanted import fitting
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.letters.digest import DigestItem, Remark
from mailproc.letters.extent import Extent, extent_of, extent_of_document
from mailproc.message.field.address import canonical
from mailproc.message.words import extent as words
from mailproc.phrase import Phrase, say
from mailproc.review import ballot, changes
from mailproc.review.ballot import Tally
from mailproc.review.member import Member
from mailproc.store.work import items
from mailproc.workflow import machine
from mailproc.workflow.group import Wanted
from mailproc.workflow.item import Item, JournalLine, KeptAttachment

ADDED = frozenset({EventName.ADDITION, EventName.RENEW})  # by the author, unasked
UNDONE = frozenset({EventName.UNVOTE, EventName.REOPEN})  # by words that its author does not get
NEW_TEXTS = frozenset({EventName.VERSION, EventName.CONFIRM, EventName.REPLACED})  # after which it has another text
MOST_CHANGES = 12  # of a new text that are shown one by one
MOST_WORDS = 40  # of each
A_DAY = timedelta(days=1)  # between two digests
MOST_WANTED = 3  # lines of what is wanted, in a receipt
REMARKED = ADDED | {EventName.ANSWER, EventName.NOTE, EventName.APPEAL, EventName.REPLY}


def standing(conn: Connection, item: Item) -> Phrase:
    """How an item came into its state: `approved by Ana on 22 November 2026 at 10:02 UTC, and published`."""
    return known_of(conn, [item]).standing(item)


def how_it_stands(conn: Connection, desk: Desk, item: Item, reader: Member) -> Phrase:
    """The answer to `status A-12`: how it came there, what it waits for, what the votes are."""
    known = known_of(conn, [item])
    votes = known.ballot(desk, item, reader) if KINDS[item.kind].voted else ""
    if item.motion:
        return say("standing/status-motion", by=known.called(item.motion_by), motion=item.motion, votes=votes)
    if item.state in machine.FOR_MEMBERS:
        return say("standing/status-waits", votes=votes)
    return say("standing/status", how=known.standing(item, reader), at=item.settles_at)


def count(conn: Connection, desk: Desk, item: Item) -> Tally:
    """The ballot as it stands."""
    return known_of(conn, [item]).tally(desk, item)


def receipt(turn: Turn, opened: Sequence[Item], seen: Examined) -> dict[str, Any]:
    """What a receipt says of the items a mail opened or changed."""
    item = opened[0]
    limits = turn.desk.limits(item.kind)
    given = contribution.of_a_mail(turn.desk, item, seen)
    return {
        "item": item,
        "items": tuple(opened),
        "beside": (),
        "attachments": seen.kept,
        "extent": _extent(turn, item, seen.kept),
        "lapses_at": item.waiting_since + limits.lapse if item.state in machine.WAITING else None,
        "authenticated": seen.authenticated,
        "wanted": tuple(_wanted(line) for line in _beside(turn, item)[:MOST_WANTED]),
        "brings": contribution.brings(turn.desk, turn.conn, item, given),
        "lacks": contribution.lacks_beside(turn.desk, turn.conn, item, given),
    }


def _beside(turn: Turn, item: Item) -> tuple[Wanted, ...]:
    """What members look for that whoever sent this may have, too."""
    now = sought(turn.conn, turn.desk, turn.time)
    return fitting(now, item.section, item.group) if KINDS[item.kind].up is not None else ()


def _wanted(line: Wanted) -> Phrase:
    """A line of members' own, as a letter shows it."""
    if line.section:
        return say("wanted/shown-section", section=line.section, until=line.until)
    if line.file:
        return say("wanted/shown-of-file", words=line.words, file=line.file, until=line.until)
    return say("wanted/shown-line", words=line.words, until=line.until)


def _extent(turn: Turn, item: Item, kept: Sequence[KeptAttachment]) -> Extent | None:
    """Where the published text begins and ends."""
    if KINDS[item.kind].up is None:
        return None
    if item.text_source.startswith("attachment "):
        document = next((each for each in kept if each.attachment.sha256 == item.text_sha256), None)
        count = document.extract.words if document and document.extract else 0
        return extent_of_document(item.text_source.removeprefix("attachment "), item.text_sha256, count)
    whole = turn.message.text if turn.message else item.text or ""
    limited = words.between(whole)
    first = limited[1] if limited else 1
    lines = whole.removesuffix("\n").count("\n") + 1
    return extent_of(item.text or "", item.text_sha256, first_line=first, lines=lines, joined=item.joined)


def guide(conn: Connection, desk: Desk, now: datetime) -> dict[str, Any]:
    """What the help guide says today."""
    today = sought(conn, desk, now)
    files = (replace(each.group, needs=(*each.needs, *(line.words for line in each.lines))) for each in today.files)
    return {"wanted": tuple(map(_wanted, today.asked)), "groups": tuple(files)}


# The digest


def waiting_for(conn: Connection, desk: Desk, member: Member, now: datetime) -> tuple[DigestItem, ...]:
    """What this member's word would count on: what waits, then what others decided and still settles, then motions.

    Beside it the tasks that they have claimed. () if nothing but these or their own items waits.
    """
    waiting = items.waiting(conn, machine.FOR_MEMBERS)
    before = asking.befores(conn, desk, waiting)
    waiting = [item for item in waiting if _is_own(item, member) or member.email in before[item.ref]]
    settling = [item for item in items.settling(conn) if not item.motion and not _waits_for_its_day(item, now)]
    others = [each for each in (*settling, *items.under_motion(conn)) if not _concerns(each, member)]
    claimed = duties.claimed_by(conn, member)
    known = known_of(conn, [*waiting, *claimed, *others])
    found = [*waiting, *claimed, *(item for item in others if not known.has_spoken(member, item))]
    entries = tuple(_entry(conn, desk, known, item, member, now) for item in found)
    entries = _with_histories(conn, entries)
    return entries if any(not entry.own and not entry.until for entry in entries) else ()


def digest_item(conn: Connection, desk: Desk, item: Item, member: Member, now: datetime) -> DigestItem:
    """One item as one member may see it, in a letter on it alone."""
    [entry] = _with_histories(conn, (_entry(conn, desk, known_of(conn, [item]), item, member, now),))
    return sight.alone(desk, entry)


def _with_histories(conn: Connection, entries: tuple[DigestItem, ...]) -> tuple[DigestItem, ...]:
    """Beside each request to join, what is known of its author."""
    joining = {each.item.author.email for each in entries if KINDS[each.item.kind].on_a_person}
    pasts = history.of_many(conn, joining)
    return tuple(
        replace(each, past=pasts[each.item.author.email].lines(each.item.ref))
        if KINDS[each.item.kind].on_a_person
        else each
        for each in entries
    )


def _entry(conn: Connection, desk: Desk, known: Known, item: Item, member: Member, now: datetime) -> DigestItem:
    decided = item.state not in machine.WAITING and not item.motion  # it settles, or has an end
    return DigestItem(
        item=item,
        tally=known.ballot(desk, item, member) if KINDS[item.kind].voted else "",
        age_days=_days_since(item.received_at, now, desk.config.desk.timezone),
        attachments=known.kept[item.ref],
        checks=checks(conn, desk, item),
        remarks=(*_changed(desk, known, item), *_remarks(known, item)),
        own=_is_own(item, member),
        aside=ballot.has_part(member, item.group),
        settling=known.standing(item) if decided else "",
        ways=known.ways(item, member) if decided else (),
        asked_by=known.called(item.motion_by) if item.motion else "",
        was_up=known.down_again(item) or "",
        about=items.get(conn, item.about) if item.about else None,
        until=item.waiting_since + desk.limits(item.kind).claim if item.state == duties.CLAIMED else None,
    )


def _days_since(then: datetime, now: datetime, zone: ZoneInfo) -> int:
    """How many midnights ago, as people count: what came at four yesterday is of yesterday at eight today."""
    return max(0, (now.astimezone(zone).date() - then.astimezone(zone).date()).days)


def _waits_for_its_day(item: Item, now: datetime) -> bool:
    """It goes up on a day that was named, and each member has read so in the letter of the day that followed."""
    return item.publish_at is not None and item.decided_at is not None and item.decided_at < now - A_DAY


def _is_own(item: Item, member: Member) -> bool:
    return ballot.is_own(member, item.authors)


def _concerns(item: Item, member: Member) -> bool:
    return ballot.concerned(member, item.authors, item.group)


def _remarks(known: Known, item: Item) -> tuple[Remark, ...]:
    """What was said on the item since it came: its author's additions, members' notes, the reasons for a motion."""
    said = tuple(
        Remark(_heading(known, line, item), line.words)
        for line in known.journals[item.ref]
        if line.event in REMARKED and line.words
    )
    back = known.back(item) if item.state in machine.FOR_MEMBERS else None
    said += tuple(
        Remark(say("remark/vote", by=known.person(line.actor), at=line.at), line.words)
        for line in known.journals[item.ref]
        if line.event in UNDONE and line.words
    )
    if back is not None and back.words:
        said += (Remark(say("remark/vote", by=known.person(back.actor), at=back.at), back.words),)
    return said + tuple(
        Remark(say("remark/vote", by=known.called(vote.member), at=vote.at), vote.words)
        for vote in known.votes[item.ref]
        if item.motion and vote.words and not vote.undone
    )


def _changed(desk: Desk, known: Known, item: Item) -> Iterator[Remark]:
    """What is new in the author's latest text, against the one before; in a text that would take its place, too."""
    if item.motion == "replace" and item.text and item.new_text:
        yield from _compared(item.text, item.new_text, item.motion_since)
    lines = [line for line in known.journals[item.ref] if line.event in NEW_TEXTS]
    if item.state in machine.UP or not item.text or not lines or lines[-1].event != EventName.VERSION:
        return
    numbers = dict.fromkeys((item.number, *(line.number for line in lines[:-1])))
    earlier = [text for number in numbers if (text := text_read(desk, number))]
    if earlier:
        yield from _compared(earlier[-1], item.text, lines[-1].at)


def _compared(before: str, after: str, at: datetime | None) -> Iterator[Remark]:
    found = changes.between(before, after)
    if found is None:
        return
    told = found.changes[:MOST_CHANGES]
    parts = tuple(
        say("remark/change", after=" ".join(one.after), out=_short(one.out), into=_short(one.into)) for one in told
    )
    heading = say("remark/changed", at=at, added=found.added, removed=found.removed)
    more = len(found.changes) - len(told)
    yield Remark(heading, say("remark/changes", parts=parts, more=more, another=found.another, lines=found.lines))


def _short(words: Sequence[str]) -> str:
    """Of many words the first and the last."""
    half = MOST_WORDS // 2
    few = words if len(words) <= MOST_WORDS else (*words[:half], "\u2026", *words[-half:])
    return " ".join(few)


def _heading(known: Known, line: JournalLine, item: Item) -> Phrase:
    if line.event == EventName.APPEAL:
        return say("remark/appeal", at=line.at)
    if line.event == EventName.REPLY:
        return say("remark/answered", by=known.person(line.actor), at=line.at)
    if line.event in ADDED or line.actor.bears({canonical(item.author.email)}):
        return say("remark/addition", at=line.at)
    return say("remark/answer", at=line.at) if line.event == EventName.ANSWER else say("remark/note", at=line.at)


def undo_minutes(desk: Desk) -> int:
    """How long the effects of a decision wait."""
    return int(desk.config.review.undo.total_seconds() // 60)


def shown(conn: Connection, desk: Desk, item: Item, member: Member, now: datetime, room: int) -> dict[str, Any]:
    """The answer to `show A-12`: the whole text, and the attachments as far as there is room for so many octets."""
    entry = digest_item(conn, desk, item, member, now)
    return {"entry": entry, "enclosed": sight.enclosed(desk, entry.attachments, room)}


def listed(conn: Connection, desk: Desk, now: datetime) -> dict[str, Any]:
    """The answer to `list`: everything that waits, and what is looked for."""
    waiting = tuple(items.waiting(conn, machine.WAITING, with_text=False))
    return {"items": waiting, "now": now, **guide(conn, desk, now)}
