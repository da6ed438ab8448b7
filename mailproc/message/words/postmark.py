"""Who sent a letter, and when: by this a line that introduces a quotation of it is known in any language.

Programs word an attribution in some eighty languages, and every one of them puts in the sender's name or address and
mostly the date, in digits. So it is told by what it holds and not by its words. It never fails, and is linear in the
line; whether a line is an attribution at all is `attribution`'s to say.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from mailproc.message.model import Message
from mailproc.message.words.page import visible

_LONGEST = 2000  # characters of a line, or of several, that are looked at
_SHORTEST_NAME = 3  # characters: a shorter one stands in too many words
_NUMBER = re.compile(r"\d+")  # of any script: int() reads them all
_CLOCK = re.compile(r"(?<!\d)\d{1,2}\s?[:.\u2236hH\u6642\u65f6\uc2dc]\s?(\d{2})(?!\d)")
_ERAS = (0, 543, -1911)  # to be added to our year: nothing; Buddhist, in Thai; of the Republic, in Taiwan
_QUARTER = 15  # minutes: time zones differ by so many, or by more


@dataclass(frozen=True)
class Postmark:
    """Of one letter; all empty where it is not known. Without slots, so that what is worked out once is kept."""

    name: str = ""  # of its sender, as From shows it
    addresses: tuple[str, ...] = ()  # addr-specs of its From and Reply-To
    date: datetime | None = None  # aware

    def __bool__(self) -> bool:
        """Whether anything is known."""
        return bool(self.name or self.addresses or self.date)

    def bears(self, line: str) -> frozenset[str]:
        """What of `name`, `address`, `day` and `clock` a line holds; the day in any order, a time zone on either side.

        A time alone says little: `clock` counts beside the day only.
        """
        text = _plain(line[:_LONGEST])
        found = set()
        if self._name and self._name.search(text):
            found.add("name")
        if self._address and self._address.search(text):
            found.add("address")
        numbers = {int(number) for number in _NUMBER.findall(text) if len(number) <= 4} if self.date else set()  # noqa: PLR2004 - digits of a year
        if any(day in numbers and not years.isdisjoint(numbers) for day, years in self._days):
            found.add("day")
            if self.date and any((int(minute) - self.date.minute) % _QUARTER == 0 for minute in _CLOCK.findall(text)):
                found.add("clock")
        return frozenset(found)

    def rest(self, line: str) -> str:
        """A line without the sender's name and addresses."""
        text = _plain(line[:_LONGEST])
        for pattern in (self._address, self._name):
            text = pattern.sub(" ", text) if pattern else text
        return text

    @cached_property
    def _name(self) -> re.Pattern[str] | None:
        words = _plain(self.name).split()
        if sum(map(len, words)) < _SHORTEST_NAME:
            return None
        return re.compile(_apart(" ".join(words)))

    @cached_property
    def _address(self) -> re.Pattern[str] | None:
        wanted = []
        for address in self.addresses:
            local, _, domain = _plain(address).partition("@")
            if domain:
                wanted.append(rf"{re.escape(local.partition('+')[0])}(?:\+[\w.=-]*)?@{re.escape(domain)}")
        return re.compile(rf"(?<![\w.+-])(?:{'|'.join(dict.fromkeys(wanted))})(?![\w-])") if wanted else None

    @cached_property
    def _days(self) -> tuple[tuple[int, frozenset[int]], ...]:
        """Day of the month and the years it may be written with, of the days that it was somewhere."""
        if self.date is None:
            return ()
        days = (self.date + timedelta(hours=hours) for hours in (-12, 0, 14))
        return tuple({(d.day, frozenset({d.year % 100, *(d.year + era for era in _ERAS)})) for d in days})


UNKNOWN = Postmark()


def postmark_of(letter: Message) -> Postmark:
    """The postmark of a letter of ours, from its header fields."""
    senders = [address for address in (letter.author, *letter.reply_to) if address is not None]
    name = letter.author.name if letter.author else ""
    return Postmark(name, tuple(address.email for address in senders), letter.date)


def _apart(words: str) -> str:
    """A pattern of words that no Latin letter goes on with; particles of other scripts are glued to a Latin name."""
    before, after = (r"(?<![a-z0-9])", r"(?![a-z0-9])")
    return f"{before if words[0].isascii() else ''}{re.escape(words)}{after if words[-1].isascii() else ''}"


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", visible(text)).casefold().split())
