"""Asking people well: when a member may be written to, whom an item is put before, who hears when nobody answers.

Values in, values out: the desk brings members, what was asked before, and the time, and does what is answered here.
Days and hours are those of the member's own clock; an hour that the clocks skip or repeat counts once. A stand-in is
asked for whoever is away, never in a chain. Nobody is asked about their own item, nor about a group in which they
have a part. Who may decide is `ballot`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mailproc.message.field.address import canonical
from mailproc.review.ballot import entitled, has_part
from mailproc.review.member import Member
from mailproc.review.topics import fits

NEVER = "never"  # the quiet hours of a member who wants none, whatever the desk's are
LAST = 4  # the reminder at which the fallback hears too
AHEAD = 1  # items more than whoever has fewest, up to which a member's topics put them first
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """A member's day, by their own wish or the desk's."""

    zone: tzinfo
    digest: time
    quiet: tuple[time, time] | None = None  # from, until; over midnight where `until` is the earlier


@dataclass(frozen=True, slots=True)
class Matter:
    """What has to be known of a waiting item."""

    author: str  # addr-spec
    needed: int = 1  # approvals that a decision needs
    first: int = 0  # before how many members it is put at first; 0: before all
    group: str | None = None  # whoever has a part in it is not asked
    words: frozenset[str] = frozenset()  # what it is about: members fit whose topics are among them (`review/topics`)


@dataclass(frozen=True, slots=True)
class Asked:
    """An item was put before a member."""

    member: str  # registered addr-spec
    at: datetime
    declined: bool = False  # they said "not me", or had decided before its author appealed
    in_place_of: str = ""  # of whom they are the stand-in
    turn: int = 0  # of what is before one at a time: the how manyth they were


@dataclass(frozen=True, slots=True)
class Load:
    """How often and when a member was asked: who was asked least has their turn first."""

    last: datetime = LONG_AGO  # when, or when their stand-in was in their place
    open: int = 0  # items that wait for them now
    times: int = 0  # in all


@dataclass(frozen=True, slots=True)
class Place:
    """A member to put an item before."""

    member: str
    in_place_of: str = ""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Who hears that an item waits still."""

    members: tuple[str, ...]
    fallback: bool = False  # also whoever hears when nobody else answers
    places: tuple[Place, ...] = ()  # members to put it before now


# When


def span_of(words: str) -> tuple[time, time] | None:
    """`22:00-07:00` as two times; None for "" and "never". Raises ValueError."""
    if words in {"", NEVER}:
        return None
    begin, _, end = words.partition("-")
    span = time.fromisoformat(begin.strip()), time.fromisoformat(end.strip())
    if span[0] == span[1]:
        raise ValueError(f"{words}: quiet hours begin and end at one time")
    return span


def quiet_until(hours: Hours, at: datetime) -> datetime | None:
    """When the member's quiet hours end, UTC, if `at` lies in them."""
    if hours.quiet is None:
        return None
    begin, end = hours.quiet
    there = at.astimezone(hours.zone)
    clock = there.time()
    if not (begin <= clock < end if begin < end else clock >= begin or clock < end):
        return None
    day = there.date() + timedelta(days=clock >= begin > end)
    first = _moment(day, end, hours.zone)
    return first if first > at else _moment(day, end, hours.zone, fold=1)


def not_before(hours: Hours, at: datetime) -> datetime:
    """The first moment, from `at` on, at which a letter that can wait may be written to them."""
    return quiet_until(hours, at) or at


def released(hours: Hours, at: datetime, now: datetime) -> datetime | None:
    """From when on a letter that was due at `at` may be written to them; None if it still has to wait.

    A desk that slept through that moment, and woke in quiet hours, writes it at their end.
    """
    due = not_before(hours, at)
    if due > now or quiet_until(hours, now):
        return None
    return max(due, _quiet_ended(hours, now) or due)


def digest_moment(hours: Hours, now: datetime) -> datetime:
    """The latest moment until now at which the member's digest was due, UTC, behind quiet hours (catalogue F83)."""
    today = now.astimezone(hours.zone).date()
    days = (_moment(today - timedelta(days=n), hours.digest, hours.zone) for n in range(4))
    return next(at for day in days if (at := not_before(hours, day)) <= now)


def period(hours: Hours, at: datetime) -> str:
    """The local day of a moment: a member has one digest in it."""
    return f"{at.astimezone(hours.zone):%Y-%m-%d}"


def _quiet_ended(hours: Hours, now: datetime) -> datetime | None:
    """When the member's quiet hours ended last, up to now, UTC."""
    if hours.quiet is None:
        return None
    today = now.astimezone(hours.zone).date()
    ends = (_moment(today - timedelta(days=n), hours.quiet[1], hours.zone) for n in range(3))
    return next(end for end in ends if end <= now)


def _moment(day: date, clock: time, zone: tzinfo, fold: int = 0) -> datetime:
    """A local time of day as UTC: the first of two; the end of the gap where clocks skip it."""
    late = datetime.combine(day, clock, zone).astimezone(UTC)
    early = datetime.combine(day, clock.replace(fold=1), zone).astimezone(UTC)
    if early >= late:  # there once, or twice
        return early if fold else late
    after = late.astimezone(zone).utcoffset()
    while late - early > MINUTE:  # early lies before the gap, late behind it
        middle = early + (late - early) / 2
        early, late = (early, middle) if middle.astimezone(zone).utcoffset() == after else (middle, late)
    return late.replace(second=0, microsecond=0)


# Whom


def before(matter: Matter, members: Iterable[Member], asked: Sequence[Asked]) -> tuple[str, ...]:
    """The members who have the item before them now: they were asked, and may decide on it."""
    able = [member.email for member in entitled(members, matter.author, matter.group)]
    declined = {each.member for each in asked if each.declined}
    named = {each.member for each in asked} if matter.first else set(able)
    return tuple(email for email in able if email in named - declined)


def choose(
    matter: Matter, members: Sequence[Member], load: Mapping[str, Load], asked: Sequence[Asked]
) -> tuple[Place, ...]:
    """The members to ask as well, beside those who were asked already; () where enough were asked.

    The stand-ins of those who went away come first; then whose topics fit, as long as they carry no more than the
    others; then whoever was asked least recently, of these whoever has fewest items open, of these least often, of
    these by address. Not the author, nor who said "not me", nor who has a part in its group.
    """
    if not matter.first:
        return ()
    return _more(matter, members, load, asked, max(matter.first, matter.needed))


def rise(
    matter: Matter,
    members: Sequence[Member],
    load: Mapping[str, Load],
    asked: Sequence[Asked],
    reminder: int,
    *,
    last: bool,
) -> Hearing:
    """Who hears at an item's first, second, third … reminder; `last`: the item ends before there is another.

    Those asked; then as many more; then everybody entitled; then the fallback too, and where nobody may decide.
    """
    step = LAST if last else min(reminder, LAST)
    wanted = {1: 0, 2: 2 * max(matter.first, matter.needed)}.get(step, len(members))
    places = _more(matter, members, load, asked, wanted) if matter.first and wanted else ()
    heard = dict.fromkeys((*before(matter, members, asked), *(place.member for place in places)))
    return Hearing(tuple(heard), fallback=step == LAST or not heard, places=places)


def _more(
    matter: Matter, members: Sequence[Member], load: Mapping[str, Load], asked: Sequence[Asked], wanted: int
) -> tuple[Place, ...]:
    """The next members to ask, until `wanted` of them have the item before them, or all have."""
    able = {member.email for member in entitled(members, matter.author, matter.group)}
    free = able - {each.member for each in asked}
    here = len(before(matter, members, asked))
    taken: list[Place] = []
    standing = [place for place in _left_behind(matter, members, asked) if place.member in free]
    for place in (*standing, *_by_turn(matter, members, load)):
        enough = here + len(taken) >= wanted and place not in standing
        if not enough and place.member in free:
            free.discard(place.member)
            taken.append(place)
    return tuple(taken)


def _left_behind(matter: Matter, members: Sequence[Member], asked: Sequence[Asked]) -> list[Place]:
    """The stand-ins of those who were asked and are away now."""
    held = {each.in_place_of for each in asked}
    gone = {each.member for each in asked if not each.declined} - held
    return [place for member in members if member.email in gone and (place := stand_in(matter, member))]


def _by_turn(matter: Matter, members: Sequence[Member], load: Mapping[str, Load]) -> list[Place]:
    """Every member's turn, or their stand-in's while they are away: whose topics fit, then the longest unasked first.

    Who would carry more than one item more than whoever has fewest waits for their turn all the same.
    """
    able = {member.email for member in entitled(members, matter.author, matter.group)}
    fewest = min((load.get(email, Load()).open for email in able), default=0)
    turns = []
    for member in members:
        place = Place(member.email) if member.email in able else stand_in(matter, member)
        if place is not None:
            carried = load.get(member.email, Load())
            first = not place.in_place_of and carried.open <= fewest + AHEAD and fits(member.topics, matter.words)
            turns.append(((not first, carried.last, carried.open, carried.times, member.email), place))
    return [place for _, place in sorted(turns, key=lambda turn: turn[0])]


def stand_in(matter: Matter, member: Member) -> Place | None:
    """The stand-in's place instead of a member who is away, if the member named one and could decide themselves."""
    theirs = {canonical(email) for email in (member.email, *member.addresses)}
    asked_for_nobody = canonical(matter.author) in theirs or has_part(member, matter.group)
    if member.state != "away" or not member.stand_in or asked_for_nobody:
        return None
    return Place(member.stand_in, member.email)
