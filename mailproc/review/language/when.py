"""Moments, hours and spans of hours as people write them, in all languages: "until Friday", "8h30", "22:00-07:00".

The moment named is the beginning of that day where the writer lives: "until Friday" ends on Friday at 00:00,
"through Friday" and "until Friday inclusive" on Saturday. Whatever can be read in two ways ("05/12", "next
Friday") gives None and is asked back by the caller. It never fails and knows no clock: `now` comes in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from mailproc.review.language.lexicon import LEXICONS, Calendar
from mailproc.review.language.words import clean, fold

LONGEST_ABSENCE = timedelta(days=731)

_MOST_PIECES = 20
_LAST_YEAR = 9000
_ANY_DAYS = (date(2020, 1, 1), date(2020, 7, 1))  # of a leap year; each day of it is near enough to one of them
_NEAR = timedelta(days=270)  # farther off, a date without a year may as well be one that is past
_PIECE = re.compile(r"\d+|[^\W\d_\xba\xaa]+|\S")
_AROUND_AN_END = " ,;:.!-\u2013()"
_NO_WORDS = frozenset(",\xba\xaa\xb0'")
_YEAR_DIGITS, _SHORT_YEAR, _CENTURY = 4, 2, 2000
_MONTHS, _HOURS, _MINUTES, _NOON = 12, 24, 60, 12
_WHOLE_MONTH, _MAY, _SHORT_NAME = 30, 5, 3
_MOST_OF_A_DATE = 6  # pieces

Pieces = tuple[str, ...]
Table = Mapping[Pieces, int]


def _pieces(text: str) -> Pieces:
    return tuple(_PIECE.findall(fold(clean(text)).rstrip(".!").strip()))


def _table(words: Callable[[Calendar], Iterable[tuple[Iterable[str], int]]]) -> Table:
    """Phrases of all languages with what they mean; a word with two meanings is left out."""
    found: dict[Pieces, set[int]] = {}
    for lexicon in LEXICONS:
        for phrases, meaning in words(lexicon.calendar):
            for phrase in phrases:
                found.setdefault(_pieces(phrase), set()).add(meaning)
                for letter, instead in lexicon.spellings.items():
                    found.setdefault(_pieces(phrase.replace(letter, instead)), set()).add(meaning)
    return {phrase: meanings.pop() for phrase, meanings in found.items() if len(meanings) == 1}


_WEEKDAYS = _table(lambda c: ((names, n) for n, names in enumerate(c.weekdays)))
_MONTH_NAMES = _table(lambda c: ((names, n) for n, names in enumerate(c.months, 1)))
_WHOLE_NAMES = {name: n for name, n in _MONTH_NAMES.items() if len(name[0]) > _SHORT_NAME or n == _MAY}  # mar: Tuesday
_UNITS = _table(lambda c: ((c.days, 1), (c.weeks, 7)))
_TODAY = _table(lambda c: ((c.today, 1),))
_NOW = _table(lambda c: ((c.now, 1),))
_DAYS_ON = _table(lambda c: ((c.tomorrow, 1), (c.overmorrow, 2)))
_NEXT = _table(lambda c: ((c.next_week, 7), (c.next_month, _WHOLE_MONTH)))
_UNTIL = _table(lambda c: ((c.until, 0), (c.through, 1)))
_INCLUSIVE = _table(lambda c: ((c.inclusive, 1),))
_ONE = _table(lambda c: ((c.one, 1),))
_WITHIN = _table(lambda c: ((c.within, 1),))
_LASTING = _table(lambda c: ((c.lasting, 1),))
_AROUND = _table(lambda c: ((c.around, 1),))
_BEGIN = _table(lambda c: ((c.begin, 1),))
_END = {**_table(lambda c: ((c.end, 1),)), ("-",): 1}
_ABOUT = _table(lambda c: ((c.at, 1),))
_OCLOCK = _table(lambda c: ((c.hours, 1),))
_NEVER = _table(lambda c: ((c.never, 1),))
_HALVES: Table = {("am",): 0, ("a", ".", "m"): 0, ("pm",): 12, ("p", ".", "m"): 12}


def _at(pieces: Pieces, at: int, table: Table) -> tuple[int | None, int]:
    """What the longest phrase of the table that stands here means, and where it ends."""
    for end in range(min(len(pieces), at + 5), at, -1):
        if pieces[at:end] in table:
            return table[pieces[at:end]], end
    return None, at


def until(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment that the words name, aware, UTC; None if they name none, a past one, or could be read in two ways.

    "until Friday", "bis 5.12.", "hasta mañana", "through 2026-12-05", "for 2 weeks", "in 3 days". A weekday is the
    next one after today, a date without a year the next one to come, if that is within nine months: "until 28
    November" said on the 30th may mean the day before yesterday. "until March" ends as March begins, "through March"
    with it. At most LONGEST_ABSENCE from now.
    """
    today = now.astimezone(zone).date()
    day = _end(words, today)
    if day is None or not today < day <= today + LONGEST_ABSENCE:
        return None
    return datetime.combine(day, time(), zone).astimezone(UTC)


def readable(words: str) -> bool:
    """Whether the words name a day that can be understood, whatever day it is today."""
    return any(_end(words, day) is not None for day in _ANY_DAYS)


def _end(words: str, today: date) -> date | None:
    """The first day that no longer belongs to the time the words name."""
    pieces = _pieces(words)
    if not pieces or len(pieces) > _MOST_PIECES:
        return None
    reach, begin = _at(pieces, 0, _UNTIL)
    inclusive = pieces[-1:] in _INCLUSIVE
    named, whole = pieces[begin : len(pieces) - inclusive], reach == 1 or inclusive
    if reach is not None and (month := _month(named)):
        return _edge_of(*month, today, whole=whole)
    day = _day(named, today)
    if day is None or day.year > _LAST_YEAR:
        return None
    return day + timedelta(days=int(whole))


def _month(pieces: Pieces) -> tuple[int, int] | None:
    """A month, and its year or 0, that stand alone: "March", "März 2027"."""
    said = [piece for n, piece in enumerate(pieces) if _skip(pieces, n) == n and piece != "."]
    if not said or (said[0],) not in _WHOLE_NAMES or len(said) > 2:  # noqa: PLR2004 - month and year
        return None
    year = said[1] if len(said) > 1 else "0"
    return (_WHOLE_NAMES[(said[0],)], int(year)) if year == "0" or re.fullmatch("2[0-9]{3}", year) else None


def _edge_of(month: int, year: int, today: date, *, whole: bool) -> date | None:
    """The first day of the next such month, or where the `whole` of it is meant of the one after it."""
    in_year = year or today.year + (month < today.month or (month == today.month and not whole))
    first = date(in_year, month, 1)
    edge = _next(_WHOLE_MONTH, first) if whole else first
    return edge if year or edge - today <= _NEAR else None


def names_an_end(words: str) -> bool:
    """Whether the words say how long: "until …", "for …", "2 weeks"; the "Friday" of "away Friday" does not."""
    pieces = _pieces(words)
    return bool(pieces) and (
        any(_at(pieces, 0, table)[1] for table in (_UNTIL, _LASTING))
        or (_length(pieces) is not None and not _at(pieces, 0, _WITHIN)[1])
    )


def parted(words: str) -> tuple[str, str]:
    """(what is said, until when) of "a cartoonist until March" or "until March: a cartoonist"; ("...", "") without one.

    The second part may be no day that can be read, as in "until 05/12": the caller asks back.
    """
    said = words.split()
    for n in range(max(1, len(said) - _MOST_PIECES), len(said)):
        end = " ".join(said[n:]).strip(_AROUND_AN_END)
        if (names_an_end(end) and readable(end)) or _may_be_an_end(end):
            return " ".join(said[:n]).strip(_AROUND_AN_END), end
    for n in range(min(len(said) - 1, _MOST_PIECES), 0, -1):
        end = " ".join(said[:n])
        if end[-1] in ":," and names_an_end(end[:-1]) and readable(end[:-1]):
            return " ".join(said[n:]), end[:-1]
    return words, ""


def _may_be_an_end(words: str) -> bool:
    """Whether these words are a date in numbers behind "until", however it is written: "until 05/12"."""
    pieces = _pieces(words)
    _, begin = _at(pieces, 0, _UNTIL)
    rest = pieces[begin:]
    numbers = sum(piece.isdecimal() for piece in rest)
    plain = all(piece.isdecimal() or piece in "./-" or (piece,) in _MONTH_NAMES for piece in rest)
    return bool(begin) and plain and numbers > 1 and len(rest) <= _MOST_OF_A_DATE


def _day(pieces: Pieces, today: date) -> date | None:
    """The day that the words name, in whichever way."""
    ahead = _length(pieces)
    if ahead is not None:
        return today + timedelta(days=ahead)
    start = _skip(pieces, 0)
    for bare in (pieces, pieces[start:]):
        meaning, end = _at(bare, 0, _DAYS_ON)
        if meaning and end == len(bare):
            return today + timedelta(days=meaning)
        meaning, end = _at(bare, 0, _NEXT)
        if meaning and end == len(bare):
            return _next(meaning, today)
    weekday, end = _at(pieces, start, _WEEKDAYS)
    if weekday is None:
        return _date(pieces, today)
    if end == len(pieces):
        return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    day = _date(pieces[end:], today)
    return day if day is not None and day.weekday() == weekday else None


def _next(length: int, today: date) -> date:
    """The Monday of next week, or the first of next month."""
    if length != _WHOLE_MONTH:
        return today + timedelta(days=7 - today.weekday())
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _length(pieces: Pieces) -> int | None:
    """How many days "in 3 days", "for a week" or "2 weeks" are."""
    at = max(_at(pieces, 0, _WITHIN)[1], _at(pieces, 0, _LASTING)[1])
    count, end = _at(pieces, at, _ONE)
    if count is None and at < len(pieces) and pieces[at].isdecimal() and len(pieces[at]) < _YEAR_DIGITS:
        count, end = int(pieces[at]), at + 1
    unit, end = _at(pieces, end, _UNITS)
    return count * unit if count is not None and unit is not None and end == len(pieces) else None


def _skip(pieces: Pieces, at: int) -> int:
    """Step over articles and marks that say nothing."""
    while at < len(pieces):
        end = at + 1 if pieces[at] in _NO_WORDS else _at(pieces, at, _AROUND)[1]
        if end == at:
            break
        at = end
    return at


def _date(pieces: Pieces, today: date) -> date | None:
    """A calendar date: "5 December", "Dec 5, 2026", "5.12.", "2026-12-05", "25/12"; not "05/12"."""
    said: list[str] = []
    at = 0
    while at < len(pieces):
        at = _skip(pieces, at)
        said += pieces[at : at + 1]
        at += 1
    months = [n for n, piece in enumerate(said) if (piece,) in _MONTH_NAMES]
    if len(months) == 1:
        month = _MONTH_NAMES[(said.pop(months[0]),)]
        numbers = [piece for piece in said if piece != "."]
        if len(numbers) not in {1, 2} or not all(number.isdecimal() for number in numbers):
            return None
        return _dated(numbers[0], str(month), numbers[1] if len(numbers) > 1 else "", today)
    return _in_numbers(said, today)


def _in_numbers(said: list[str], today: date) -> date | None:
    numbers, marks = said[::2], set(said[1::2])
    if len(numbers) not in {2, 3} or len(marks) != 1 or not all(number.isdecimal() for number in numbers):
        return None
    year = numbers[2] if len(numbers) > 2 else ""  # noqa: PLR2004 - day, month, year
    if len(numbers[0]) == _YEAR_DIGITS and marks <= {"-", ".", "/"}:
        return _dated(year, numbers[1], numbers[0], today) if year else None
    if marks == {"."}:
        return _dated(numbers[0], numbers[1], year, today)
    if marks <= {"/", "-"}:
        first, second = int(numbers[0]), int(numbers[1])
        if first > _MONTHS or first == second:
            return _dated(numbers[0], numbers[1], year, today)
        return _dated(numbers[1], numbers[0], year, today) if second > _MONTHS else None
    return None


def _dated(day: str, month: str, year: str, today: date) -> date | None:
    """The date of this day and month; without a year the next one after today, None where that is far off."""
    if len(day) > _SHORT_YEAR or len(year) not in {0, _SHORT_YEAR, _YEAR_DIGITS}:
        return None
    in_year = today.year if not year else int(year) + (_CENTURY if len(year) == _SHORT_YEAR else 0)
    try:
        found = date(in_year, int(month), int(day))
        found = found if year or found > today else found.replace(year=in_year + 1)
    except ValueError:
        return None
    return found if year or found - today <= _NEAR else None


def month(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The beginning of the month that "until March", "in March" or "until March 2027" names, the next to come, UTC."""
    today = now.astimezone(zone).date()
    first = _first_of_month(words, today)
    if first is None or not today < first <= today + LONGEST_ABSENCE:
        return None
    return datetime.combine(first, time(), zone).astimezone(UTC)


def names_a_month(words: str) -> bool:
    """Whether the words name a month and no day of it, behind "until", "in" or "from"."""
    return _first_of_month(words, _ANY_DAYS[0]) is not None


def _first_of_month(words: str, today: date) -> date | None:
    pieces = _pieces(words)
    at = max(_at(pieces, 0, table)[1] for table in (_UNTIL, _WITHIN, _BEGIN))
    named, end = _at(pieces, _skip(pieces, at), _MONTH_NAMES)
    year = pieces[end:]
    if not at or named is None or len(year) > 1 or not all(n.isdecimal() and len(n) == _YEAR_DIGITS for n in year):
        return None
    found = date(int(year[0]) if year else today.year, named, 1)
    return found if year or found > today else found.replace(year=today.year + 1)


def moment(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment that "on 1 May 08:00", "Friday at 8" or "today 18:00" names, UTC; without an hour the day's beginning.

    None where it names none, one that is past, or one that could be read in two ways; at most LONGEST_ABSENCE from now.
    """
    return _ahead(_moment(_pieces(words), now.astimezone(zone).date()), now, zone)


def names_a_moment(words: str) -> bool:
    """Whether the words name a moment that can be understood, whatever day it is today."""
    pieces = _pieces(words)
    return 0 < len(pieces) <= _MOST_PIECES and any(_moment(pieces, day) is not None for day in _ANY_DAYS)


def end(words: str, now: datetime, zone: tzinfo) -> datetime | None:
    """Until when "until Friday", "until 1 May 08:00" or "for 2 weeks" lasts, UTC; None as with `until`."""
    pieces = _pieces(words)
    reach, begin = _at(pieces, 0, _UNTIL)
    named = _moment(pieces[begin:], now.astimezone(zone).date()) if reach == 0 else None
    timed = named is not None and named[1] is not None
    return _ahead(named, now, zone) if timed else until(words, now, zone)


def names_how_long(words: str) -> bool:
    """Whether the words say until when, and can be understood: "until Friday", "for 2 weeks", "until 1 May 08:00"."""
    _, begin = _at(_pieces(words), 0, _UNTIL)
    if names_an_end(words) and readable(words):
        return True
    pieces = _pieces(words)
    return bool(begin) and len(pieces) <= _MOST_PIECES and any(_moment(pieces[begin:], day) for day in _ANY_DAYS)


def is_now(words: str) -> bool:
    """Whether the words say that nothing is waited for: "now", "at once"."""
    pieces = _pieces(words)
    return pieces[_skip(pieces, 0) :] in _NOW


def begins_a_date(words: Iterable[str]) -> bool:
    """Whether a number at the head of these words is a day's: "1 May", "the 5th of December", "2026-05-01"."""
    pieces = _pieces(" ".join(words))
    at = _skip(pieces, 0)
    if at >= len(pieces) or not pieces[at].isdecimal():
        return False
    if re.fullmatch(r"\d{1,2}(?P<mark>[./-])\d{1,2}(?P=mark)2\d{3}|2\d{3}-\d\d-\d\d", "".join(pieces[at : at + 5])):
        return True
    then = at + 1
    while (step := _skip(pieces, then + (pieces[then : then + 1] == (".",)))) > then:
        then = step
    return pieces[then : then + 1] in _MONTH_NAMES


def _moment(pieces: Pieces, today: date) -> tuple[date, time | None] | None:
    """The day and the hour that the words name, in either order; the hour is None where none is said."""
    day = _named_day(pieces, today)
    if day is not None:
        return day, None
    parts = [(pieces[:cut], pieces[cut:]) for cut in range(len(pieces))]
    found = {
        (day, at)
        for one, other in parts
        for of_day, of_hour in ((one, other), (other, one))
        if (at := _hour_said(of_hour)) is not None and (day := _day_of(of_day, of_hour, today))
    }
    return found.pop() if len(found) == 1 else None


def _day_of(of_day: Pieces, of_hour: Pieces, today: date) -> date | None:
    """The day beside an hour; "at 18:00" alone is today's, and "18:00" alone may be anything."""
    return _named_day(of_day, today) if of_day else today if _at(of_hour, 0, _ABOUT)[1] else None


def _named_day(pieces: Pieces, today: date) -> date | None:
    """The day that they name, today with an hour among them; no length of time but "in 3 days"."""
    start = _skip(pieces, 0)
    if pieces[start:] in _TODAY:
        return today
    if not pieces or (_length(pieces) is not None and not _at(pieces, 0, _WITHIN)[1]):
        return None
    pieces = pieces[_at(pieces, 0, _LASTING)[1] :]  # "for Friday"
    day = _day(pieces, today)
    return day if day is not None and day.year <= _LAST_YEAR else None


def _hour_said(pieces: Pieces) -> time | None:
    """An hour that cannot be a day's number: with its minutes or its word, "08:00", "8 am", "8 Uhr", or "at 8"."""
    pieces = pieces[1:] if pieces[:1] == (",",) else pieces
    found, end_ = _hour_at(pieces, 0)
    _, behind = _at(pieces, 0, _ABOUT)
    alone = end_ - _skip(pieces, 0) == 1 and not (behind and behind == end_ - 1)
    return found if end_ == len(pieces) and not alone else None


def _ahead(named: tuple[date, time | None] | None, now: datetime, zone: tzinfo) -> datetime | None:
    if named is None or not named[0] - now.astimezone(zone).date() <= LONGEST_ABSENCE:
        return None
    at = datetime.combine(named[0], named[1] or time(), zone).astimezone(UTC)
    return at if at > now else None


def hour(words: str) -> time | None:
    """An hour of the day: "18:00", "8", "8 am", "8h30", "18 Uhr"; None if it is none."""
    pieces = _pieces(words)
    found, end = _hour_at(pieces, 0)
    return found if end == len(pieces) else None


def _hour_at(pieces: Pieces, at: int) -> tuple[time | None, int]:
    at = _skip(pieces, at)
    if at >= len(pieces) or not pieces[at].isdecimal() or len(pieces[at]) > 2:  # noqa: PLR2004 - two digits
        return None, at
    hours, minutes, at = int(pieces[at]), 0, at + 1
    divided = at + 1 if pieces[at : at + 1] in ((":",), (".",)) else _at(pieces, at, _OCLOCK)[1]
    if divided > at and divided < len(pieces) and pieces[divided].isdecimal() and len(pieces[divided]) == 2:  # noqa: PLR2004 - the same
        minutes, at = int(pieces[divided]), divided + 1
    half, at = _at(pieces, at, _HALVES)
    at = _at(pieces, at, _OCLOCK)[1]
    if half is not None:
        if not 1 <= hours <= _NOON:
            return None, at
        hours = hours % _NOON + half
    return (time(hours, minutes), at) if hours < _HOURS and minutes < _MINUTES else (None, at)


def never(words: str) -> bool:
    """Whether the words say that there are no such hours: "never", "nunca"."""
    return _pieces(words) in _NEVER


def span(words: str) -> tuple[time, time] | None:
    """Two hours, "22:00-07:00", "from 22 to 7"; None if they are none, equal, or only one of them says am or pm."""
    pieces = _pieces(words)
    halves = sum(_at(pieces, at, _HALVES)[0] is not None for at in range(len(pieces)))
    first, at = _hour_at(pieces, _at(pieces, 0, _BEGIN)[1])
    divider = _at(pieces, at, _END)[1]
    if first is None or divider == at or halves == 1:
        return None
    last, end = _hour_at(pieces, divider)
    return (first, last) if last is not None and end == len(pieces) and first != last else None
