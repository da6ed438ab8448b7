"""How a language writes what is no sentence: days and hours, numbers, plurals, names in a row, sizes.

Babel knows that of some hundred languages, by the tag for which a folder of templates is named. What it cannot know,
such as the words that a reader may answer with, stands in the folder's `language.toml`. Values in, words out; never
used to read what a person wrote: that is `review.language.when`'s. A file that is wrong is a ConfigError with its cure.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, tzinfo
from pathlib import Path
from typing import Literal

import msgspec
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal
from babel.units import format_unit

from mailproc.errors import ConfigError

FILE = "language.toml"
CURE = "correct it, or copy the file again from what `mailproc init` writes"
FOLDER = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")  # a language tag (RFC 5646 §2.1), as a folder's name

NAMED_IN = ("en", "es", "de", "fr", "it", "pt", "ru")  # languages that mails are read in
_UNITS = ("digital-byte", "digital-kilobyte", "digital-megabyte", "digital-gigabyte")  # of CLDR, powers of 1,000
_PLAIN = {"day": "yyyy-MM-dd", "month": "yyyy-MM", "weekday": "yyyy-MM-dd"}  # where Babel has never heard of a language
_YEAR = re.compile(r"[,\s]*('\w+' )?y+(\s*'\w+'\.)?$")  # at the end of a pattern of a day with its weekday


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `language.toml` holds; all of it may be left out."""

    name: str = ""  # of the language, in itself: "español"
    locale: str = ""  # as Babel names it: "en_GB"; "": the folder's name
    moment: str = "{day}, {hour}"  # a day with its hour
    link: str = "{verb} {ref}"  # what a link says that writes an answer
    sounds: tuple[tuple[str, str], ...] = ()  # (pattern, what stands there instead), where words in a row meet
    verbs: Mapping[str, str] = {}  # a verb, as the desk knows it -> the word that a reader writes for it
    kinds: Mapping[str, str] = {}  # a kind of item -> the word that a reader writes for it
    states: Mapping[str, str] = {}  # the state of an item -> the word for it, within a sentence


@dataclass(frozen=True, slots=True)
class Speech:
    """One language, as letters write it."""

    language: str  # its tag
    locale: Locale
    known: bool  # to Babel
    table: Table

    @property
    def name(self) -> str:
        """Of the language, in itself; its tag where nobody knows more."""
        return self.table.name or (self.locale.language_name if self.known else None) or self.language

    def day(self, at: datetime, zone: tzinfo) -> str:
        """`22 November 2026` for people, where they live."""
        return format_date(at.astimezone(zone), _PLAIN["day"] if not self.known else "long", self.locale)

    def month(self, at: datetime) -> str:
        """`November 2026`, in the time's own zone."""
        pattern = self.locale.datetime_skeletons.get("yMMMM") if self.known else None
        return format_date(at, str(pattern.pattern if pattern else _PLAIN["month"]), self.locale)

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """`22 November 2026 at 10:02 UTC` for people, where they live."""
        return self._with_hour(self.day(at, zone), f"{at.astimezone(zone):%H:%M %Z}")

    def own_day(self, at: datetime, now: datetime) -> str:
        """`Friday 27 November`, with the year if it is another than now's and the hour if it is none of midnight's.

        In the time's own zone: a member's.
        """
        day = format_date(at, self._weekday(year=at.year != now.year), self.locale)
        return self._with_hour(day, self.clock(at)) if (at.hour, at.minute) != (0, 0) else day

    def _weekday(self, *, year: bool) -> str:
        """The pattern of a day with its weekday."""
        if not self.known:
            return _PLAIN["weekday"]
        whole = str(self.locale.date_formats["full"].pattern)
        given = self.locale.datetime_skeletons.get("MMMMEEEEd")
        short = str(given.pattern) if given else _YEAR.sub("", whole)
        return f"{short} y" if year and given else whole if year else short

    def _with_hour(self, day: str, hour: str) -> str:
        return self.table.moment.replace("{day}", day).replace("{hour}", hour)

    def clock(self, hour: time | datetime) -> str:
        """`18:00`."""
        return f"{hour:%H:%M}"

    def number(self, count: float) -> str:
        """`1,250`."""
        return str(format_decimal(count, locale=self.locale))

    def plural(self, count: int, *, other: str, **forms: str) -> str:
        """`3 items wait`: the form that the language has for this number (CLDR: zero one two few many other).

        `#` in it is the number. `zero` counts for none in every language.
        """
        form = forms.get("zero") if count == 0 else None
        chosen = form if form is not None else forms.get(self.locale.plural_form(count), other)
        return chosen.replace("#", self.number(count))

    def row(self, words: Iterable[str]) -> str:
        """`Ana, Ben and Cleo`."""
        return self._joined(words, "standard")

    def either(self, words: Iterable[str]) -> str:
        """`article, material or task`."""
        return self._joined(words, "or")

    def _joined(self, words: Iterable[str], style: Literal["standard", "or"]) -> str:
        joined = format_list([str(word) for word in words], style, self.locale)
        for pattern, instead in self.table.sounds:
            joined = re.sub(pattern, instead, joined)
        return joined

    def size(self, octets: int) -> str:
        """`946 bytes`, `8.2 kB`, `25 MB`."""
        amount, unit = float(octets), 0
        while amount >= 999.5 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - what would round to 1,000
            amount, unit = amount / 1000, unit + 1
        shown = round(amount, 1 if unit and amount < 9.95 else 0)  # noqa: PLR2004 - one digit
        pattern = "0.0" if unit and amount < 9.95 else "0"  # noqa: PLR2004 - the same
        length: Literal["long", "short"] = "short" if unit else "long"
        return str(format_unit(shown, _UNITS[unit], length, pattern, self.locale)).replace("\u202f", " ")

    def verb(self, verb: str) -> str:
        """The word that a reader writes for a verb; behind `sort` also the kind."""
        if verb in self.table.verbs or " " not in verb:
            return self.table.verbs.get(verb, verb)
        head, rest = verb.split(" ", 1)
        return f"{self.table.verbs.get(head, head)} {self.kind(rest)}"

    def kind(self, kind: str) -> str:
        """The word for a kind of item, at the head of one and behind `sort`."""
        return self.table.kinds.get(kind, kind)

    def state(self, state: str) -> str:
        """The word for the state of an item, within a sentence."""
        return self.table.states.get(state, state)

    def link(self, verb: str, ref: str) -> str:
        """`approve A-12 by mail`."""
        return self.table.link.replace("{verb}", self.verb(verb)).replace("{ref}", ref)


def speech_of(language: str, *folders: Path) -> Speech:
    """The language as the first of the folders of templates has it that knows it. Raises ConfigError."""
    file = next((path for folder in folders if (path := folder / language / FILE).is_file()), Path(FILE))
    table = read_table(file) or Table()
    wanted = table.locale or language
    try:
        return Speech(language, Locale.parse(wanted.replace("-", "_")), known=True, table=table)
    except (UnknownLocaleError, ValueError) as unknown:
        if table.locale:
            raise ConfigError(f'{file}, locale: "{wanted}" is none that Babel knows; {CURE}') from unknown
    return Speech(language, Locale.parse("root"), known=False, table=table)


def read_table(file: Path) -> Table | None:
    """The table of a language's folder; None where it has none. Raises ConfigError."""
    if not file.is_file():
        return None
    try:
        table = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8-sig")), Table)
        for pattern, _ in table.sounds:
            re.compile(pattern)
    except (OSError, ValueError, re.error) as error:  # a TOMLDecodeError and a ValidationError are ValueErrors
        raise ConfigError(f"{file}: {' '.join(str(error).split())}; {CURE}") from error
    return table


def named(words: str, tags: Iterable[str], name_of: Callable[[str], str]) -> str:
    """The tag of the language that somebody names in any of these languages, or by its tag; "" where none is."""
    said = " ".join(re.findall(r"[^\W_]+(?:-[^\W_]+)*", words)).casefold()
    for tag in tags:
        names = {tag, name_of(tag), *(_called(tag, other) for other in (*tags, *NAMED_IN))}
        if said and said in {name.casefold() for name in names}:
            return tag
    return ""


def _called(tag: str, language: str) -> str:
    """What a language is called in another one; "" where Babel does not know."""
    try:
        return Locale.parse(tag.replace("-", "_")).get_language_name(language) or ""
    except (UnknownLocaleError, ValueError):
        return ""


def languages(templates: Path) -> tuple[str, ...]:
    """The languages that a folder of templates has: those of its folders that are named for one and hold letters."""
    if not templates.is_dir():
        return ()
    named = sorted(path for path in templates.iterdir() if FOLDER.fullmatch(path.name) and path.is_dir())
    return tuple(path.name for path in named if any(path.glob("*/*.txt")) or (path / FILE).is_file())
