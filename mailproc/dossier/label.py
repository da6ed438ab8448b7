"""What contributors say of their files beside them: caption, credit, rights, source; by labels and by file names.

    pier.jpg                         a line that begins with the name of a file is about that file, so is
    Photo 2: the office in 1962      a label with its number (of pictures; "Attachment 2": of all files)
    Credit: Jo Harker                until a blank line, labels are about the file named last
    (blank line)
    Rights: free for any use         with none before it, about all that the mail brings and that has none of its own
    photo by Jo Poole                a few words say so without a colon, before a name

A caption goes to the file named last that has none yet, blank line or not; what stands right below a file's name alone
is one. Behind "Photo:" a name in capitals is a
credit, anything else a caption. Several labels may stand on one line, after a full stop, a comma or a bracket. The
words of labels are `labels.toml`'s, in every language at once. Values only; nothing fails, and what is not understood
is nobody's caption.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from msgspec import Struct

from mailproc import tables
from mailproc.sorting.words import fold

Rows = Mapping[str, tuple[str, ...]]  # language (ISO 639-1) -> words


class Labels(Struct, frozen=True, forbid_unknown_fields=True):
    """The tables of `labels.toml`; what each holds is said there."""

    picture: Rows
    file: Rows
    caption: Rows
    credit: Rows
    by: Rows
    rights: Rows
    source: Rows
    unowned: Rows
    joins: Rows
    numbers: Rows
    link: Rows
    nothing: Rows


_FILE = Path(__file__).with_name("labels.toml")
LABELS = tables.fitted(_FILE, tables.read(_FILE), Labels)
OF_A_FILE = ("caption", "credit", "rights", "source")

MAX_VALUE = 500  # characters
MAX_LINES = 5_000  # of one mail
MAX_LINE = 1_000  # characters of a line in which labels are looked for
MAX_FILES = 200  # that are known by their names
_REACH = 60  # characters of a label
_MOST_LINES = 20  # of one value
_LONG_LINE = 60  # characters from which on a line may have been wrapped, so that the next one goes on
_MOST_WORDS_OF_A_NAME = 6
_MOST_WORDS_OF_A_LABEL = 5
_SHORTEST_STEM = 4  # letters of a file name without its ending
_BULLET = " \t>-\u2013—*•·#_"
_EDGES = " \t*_,;|\u2013—-"
_COLON = re.compile(r"[:\uff1a](?!//)")
_STARTS = re.compile(r"(?:^|[.;,|/(\u2013—]\s*|\s-\s)(?=\w)")
_NUMBERED = re.compile(
    r"^(?P<label>.*?)(?:\s(?:no|nr|n)\b)?[\s#№.°º]*(?P<numbers>\d{1,3}(?:\D{1,6}\d{1,3})*)$", re.IGNORECASE
)
_LAST_WORD = re.compile(r"\w+(?=\W*$)")
_LISTED = re.compile(r"^\(?\d{1,2}[.)]\s+")
_UNDERLINE = re.compile(r"[-=_~*\s]+")
_RANGE = re.compile(r"^\s*[-\u2013—]\s*$")
_SIGN = re.compile(r"^[\s\-*•·(]*(?:©|\(c\)|ⓒ)\s*(?P<rest>.+)$", re.IGNORECASE)
_SIGNED = re.compile(r"[\s,.;(|\u2013—-]*(?P<all>(?:©|\(c\)|ⓒ)\s*(?P<rest>[^()]+))\)?\.?$", re.IGNORECASE)
_SELF = re.compile(r"\w{1,6}\s*[,(]\s*(\w[^(),]*)\)?")
_YEARS = re.compile(r"\b\d{4}(?:\s*[-\u2013]\s*\d{2,4})?\b,?")


def _of(rows: Rows) -> frozenset[str]:
    return frozenset(fold(word) for words in rows.values() for word in words)


_FIELD = {word: name for name in ("picture", "file", *reversed(OF_A_FILE)) for word in _of(getattr(LABELS, name))}
_ENDS = frozenset(word.split()[-1].rpartition("'")[2] for word in _FIELD)
_BY = sorted(_of(LABELS.by), key=len, reverse=True)
_UNOWNED, _JOINS, _BETWEEN = _of(LABELS.unowned), _of(LABELS.joins), _of(LABELS.numbers)
_TO = _BETWEEN - {fold(rows[0]) for rows in LABELS.numbers.values()}  # "to", "bis": all between, too


@dataclass(frozen=True, slots=True)
class Said:
    """What labels say; "" for nothing."""

    caption: str = ""
    credit: str = ""
    rights: str = ""
    source: str = ""

    def beside(self, other: Said) -> Said:
        """The same, with the other's words where this one has none."""
        return Said(*(getattr(self, each.name) or getattr(other, each.name) for each in fields(Said)))


@dataclass(frozen=True, slots=True)
class File:
    """A file as labels may name it."""

    name: str
    picture: bool


@dataclass(slots=True)
class Read:
    """What the labels of one mail say of its files."""

    files: dict[int, Said] = field(default_factory=dict)  # by their place in the mail
    every: Said = field(default_factory=Said)  # of whatever has none of its own
    pictures: Said = field(default_factory=Said)  # of every picture
    words: list[str] = field(default_factory=list)  # the lines that are labels

    def of(self, place: int, *, picture: bool) -> Said:
        """What is said of one file; a caption of all is one of nothing but a mail's only file."""
        said = self.files.get(place, Said())
        said = said.beside(self.pictures) if picture else said
        return said.beside(self.every)


def read(text: str, files: Sequence[File], own: int | None = None) -> Read:
    """What the labels in a mail's own words say of files; the first `own` of them came with it, None: all.

    Files of earlier mails are known by their names alone; a mail that brings none speaks of them as of its own.
    """
    return _Reader(files, len(files) if own is None else own).read(text)


@dataclass(frozen=True, slots=True)
class _Part:
    """A label with its value, or a value without a label."""

    field: str  # picture, file, one of OF_A_FILE; "" for a file name without a label
    numbers: tuple[int, ...]  # behind the label, counted from 1; without a label the places of the files named
    value: str


class _Reader:
    """Goes down the lines once."""

    def __init__(self, files: Sequence[File], own: int) -> None:
        self._files = files[:own]
        self._pictures = tuple(place for place, each in enumerate(self._files) if each.picture)
        self._names = _names_of(files[:MAX_FILES])
        self._came = Read()
        self._about: tuple[int, ...] = ()  # files that labels are about; () all
        self._last: tuple[int, ...] = ()  # files named last, blank line or not

    def read(self, text: str) -> Read:
        lines = unicodedata.normalize("NFC", text).split("\n")[:MAX_LINES]
        number = 0
        while number < len(lines):
            if not lines[number].strip():
                self._about = ()
                number += 1
                continue
            parts = self._parts(lines[number])
            end = self._goes_on(lines, number, parts) if parts else number + 1
            if parts:
                joined = " ".join(line.strip() for line in lines[number : min(end, number + _MOST_LINES)])
                if self._take(self._parts(joined)):
                    self._came.words.extend(lines[number:end])
            number = end
        return self._came

    def _parts(self, line: str) -> list[_Part]:
        """The labels of a line; [] where it begins with none and names no file."""
        line = line[:MAX_LINE].strip(_BULLET + "(")
        if (sign := _SIGN.match(line)) and _words_in(sign["rest"]) <= _MOST_WORDS_OF_A_NAME + 4:
            name = _YEARS.sub("", sign["rest"]).strip(_EDGES + ".")
            credit = [_Part("credit", (), name)] if _is_name(name) else []
            return [_Part("rights", (), line.strip(_EDGES)), *credit]
        found = list(_labels_in(line))
        if found and found[0][0] == 0:
            return [*_cut(line, found)]
        places, rest = self._named(_LISTED.sub("", line), labelled=False)
        if not places:
            return [_Part("credit", (), name)] if (name := _name_behind(line)) else []
        behind = list(_labels_in(rest))
        first = rest[: behind[0][0]] if behind else rest
        return [_Part("", tuple(places), first.strip(_EDGES + "()=")), *_cut(rest, behind)]

    def _goes_on(self, lines: list[str], number: int, parts: Sequence[_Part]) -> int:
        """Behind the last line of a label: a wrapped line goes on, and a label alone has its value below it."""
        end = number + 1
        empty = not parts[-1].value and parts[-1].field in ("", *OF_A_FILE)
        if empty and end < len(lines) and lines[end].strip() and _UNDERLINE.fullmatch(lines[end]):
            lines[end] = ""  # it underlines the name
            end += 1
        while end < len(lines) and lines[end].strip() and not self._parts(lines[end]):
            if not empty and len(lines[end - 1].rstrip()) < _LONG_LINE:
                break
            empty = False
            end += 1
        return end

    def _take(self, parts: Sequence[_Part]) -> bool:
        """Whether any of it was understood."""
        understood = [self._one(part) for part in parts]
        return any(understood)

    def _one(self, part: _Part) -> bool:
        if part.field in OF_A_FILE:
            value = part.value.strip(_EDGES + "()")[:MAX_VALUE]
            value = value if part.field == "caption" else value.rstrip(" .")
            return bool(value) and self._note(part.field, value)
        if part.field == "":
            return self._begin(part.numbers, part.value)
        places, rest = self._named(part.value, labelled=True)
        if not places:
            among = self._pictures if part.field == "picture" else tuple(range(len(self._files)))
            places = tuple(among[n - 1] for n in part.numbers if 0 < n <= len(among))
            rest = part.value
        if places:
            return self._begin(places, rest)
        value = part.value.strip(_EDGES + "()")
        if part.field == "file" or part.numbers or not self._pictures or not value:
            return False
        return self._note("credit" if _is_name(value) else "caption", value[:MAX_VALUE])

    def _begin(self, places: Sequence[int], caption: str) -> bool:
        self._about = self._last = tuple(places)
        words = caption.strip(_EDGES + "=")
        first, _, behind = words.partition(" ")
        words = behind if behind and _FIELD.get(fold(first)) == "caption" else words  # "pier.jpg shows the pier"
        if words.strip("()"):
            told = all(self._came.files.get(place, Said()).caption for place in places)
            self._note("credit" if told and _is_name(words) else "caption", words[:MAX_VALUE])
        return True

    def _note(self, name: str, value: str) -> bool:
        if name == "caption":
            value, told = _apart(value)
            for each, words in told.items():
                self._note(each, words)
            return self._caption(value) if value else bool(told)
        for place in self._about:
            self._add(place, name, value)
        if self._about:
            return True
        if name == "credit" and self._pictures:
            self._came.pictures = self._came.pictures.beside(Said(credit=value))
        else:
            self._came.every = self._came.every.beside(replace(Said(), **{name: value}))
        return True

    def _caption(self, value: str) -> bool:
        """To the files named last, if they have none yet; to the only picture of a mail."""
        about = self._about or self._last
        about = tuple(place for place in about if not self._came.files.get(place, Said()).caption)
        if not about and len(self._pictures or self._files) == 1:
            about = (self._pictures or (0,))[:1]
        for place in about:
            self._add(place, "caption", value)
        return bool(about)

    def _add(self, place: int, name: str, value: str) -> None:
        before = self._came.files.get(place, Said())
        self._came.files[place] = before.beside(replace(Said(), **{name: value}))

    def _named(self, value: str, *, labelled: bool) -> tuple[tuple[int, ...], str]:
        """The files that a value begins with, and what stands behind them."""
        places: list[int] = []
        rest = value.lstrip(_EDGES + "\"'“”„«»<[(`")
        while found := self._name_at(rest, labelled=labelled):
            place, end = found
            places.append(place)
            rest = rest[end:].lstrip("\"'“”»>])`")
            more = re.match(r"\s*(?:[,;&+/]|\w{1,3})\s+(?=\S)", rest)
            if more is None or self._name_at(rest[more.end() :], labelled=labelled) is None:
                break
            rest = rest[more.end() :]
        return tuple(places), rest.lstrip(" \t:\uff1a=,;\u2013—-") if places else value

    def _name_at(self, text: str, *, labelled: bool) -> tuple[int, int] | None:
        for pattern, place, whole in self._names:
            if (whole or labelled) and (match := pattern.match(text)):
                return place, match.end()
        return None


def _names_of(files: Sequence[File]) -> list[tuple[re.Pattern[str], int, bool]]:
    """(pattern, place, whether the name is whole) of each file, the longest first; a stem of two is neither's."""
    spelt = [(each.name, place, True) for place, each in enumerate(files)]
    stems = [each.name.rpartition(".")[0] for each in files]
    spelt += [
        (stem, place, False)
        for place, stem in enumerate(stems)
        if len(stem) >= _SHORTEST_STEM and stems.count(stem) == 1 and not stem.isdecimal()
    ]
    spelt.sort(key=lambda each: -len(each[0]))
    return [(_spelling(name), place, whole) for name, place, whole in spelt if name]


def _spelling(name: str) -> re.Pattern[str]:
    """A file name in any case, with any run of blanks, dashes and underscores where it has one."""
    parts = re.split(r"[\s_-]+", unicodedata.normalize("NFC", name))
    return re.compile(r"[\s_-]+".join(map(re.escape, parts)) + r"(?!\w)", re.IGNORECASE)


def _labels_in(line: str) -> Iterator[tuple[int, int, str, tuple[int, ...]]]:
    """(start, end, field, numbers) of each label with its colon, from left to right."""
    behind = 0
    for colon in _COLON.finditer(line):
        last = _LAST_WORD.search(line, max(0, colon.start() - _REACH), colon.start())
        if last is None or not (last[0][0].isdigit() or fold(last[0]) in _ENDS):
            continue
        first = max(behind, colon.start() - _REACH)
        starts = [match.end() for match in _STARTS.finditer(line, first, colon.start())]
        for start in dict.fromkeys([*([behind] if first == behind else []), *starts]):
            name, numbers = _label(line[start : colon.start()])
            if name:
                yield start, colon.end(), name, numbers
                behind = colon.end()
                break
    if not behind and (found := _numbered(line)):
        yield found


def _numbered(line: str) -> tuple[int, int, str, tuple[int, ...]] | None:
    """A label with a number and a dash: "Photo 2 - the office"."""
    parted = re.match(r"[^:]{1,40}?\d\s*[-\u2013—)=.]\s+", line)
    if parted is None:
        return None
    name, numbers = _label(parted[0].rstrip(" \t-\u2013—)=."))
    return (0, parted.end(), name, numbers) if name and numbers else None


def _label(words: str) -> tuple[str, tuple[int, ...]]:
    """(field, numbers) of the words before a colon; ("", ()) where they are no label."""
    words = words.strip(_BULLET + "()[]\"'")
    if not words or _words_in(words) > _MOST_WORDS_OF_A_LABEL + 4:
        return "", ()
    numbered = _NUMBERED.match(words)
    if numbered and (name := _FIELD.get(fold(numbered["label"].rstrip(" #№.°º")))) in {"picture", "file"}:
        return name or "", _numbers(numbered["numbers"])
    return _FIELD.get(fold(words), ""), ()


def _numbers(words: str) -> tuple[int, ...]:
    """1 and 2; 1 to 3; 1, 3 and 4."""
    found = re.split(r"(\d+)", words)
    numbers: list[int] = []
    for between, number in zip(found[0::2], found[1::2], strict=False):
        to = _RANGE.match(between) or fold(between) in _TO
        if numbers and to:
            numbers.extend(range(numbers[-1] + 1, min(int(number), numbers[-1] + 100)))
        numbers.append(int(number))
    return tuple(dict.fromkeys(numbers))


def _cut(line: str, labels: Sequence[tuple[int, int, str, tuple[int, ...]]]) -> Iterator[_Part]:
    """Each label with what stands up to the next one."""
    ends = [*(start for start, _, _, _ in labels[1:]), len(line)] if labels else []
    for (_, start, name, numbers), end in zip(labels, ends, strict=True):
        yield _Part(name, numbers, line[start:end].strip().rstrip("(|/,;\u2013—- ").strip())


def _apart(caption: str) -> tuple[str, dict[str, str]]:
    """(caption, what else it says): "The pier in 1962, photo by Jo Harker", "The pier (© Jo Harker)"."""
    said: dict[str, str] = {}
    if sign := _SIGNED.search(caption):
        name = _YEARS.sub("", sign["rest"]).strip(_EDGES + ".()")
        said = {"rights": sign["all"].strip(_EDGES + ".)"), **({"credit": name} if _is_name(name) else {})}
        caption = caption[: sign.start()]
    for start, end in ((match.start(), match.end()) for match in _STARTS.finditer(caption)):
        name = _name_behind(caption[end:])
        if name:
            return caption[:start].strip(_EDGES + "."), said | {"credit": name}
    caption = caption.strip(_EDGES)
    return caption.strip("()") if caption.startswith("(") and caption.endswith(")") else caption, said


def _name_behind(words: str) -> str:
    """The name behind "photo by"; "" where none stands there."""
    folded, said = fold(words), words.split()
    by = next((each for each in _BY if folded.startswith(f"{each} ")), "")
    rest = " ".join(said[len(by.split()) :]) if by else ""
    rest = named[1] if (named := _SELF.match(rest)) else rest  # "by me (Jo Poole)"
    name = re.split(r"[.,;)|](?=\s|$)", rest)[0].strip(_EDGES + ".()")
    return name if _is_name(name) else ""


def _is_name(value: str) -> bool:
    """A person or an organisation: a few words in capitals, of which the first is none of a sentence."""
    words = value.strip(" .").replace("/", " / ").split()
    if not 0 < len(words) <= _MOST_WORDS_OF_A_NAME or fold(words[0].split("'")[0]) in _UNOWNED:
        return False
    if any(char.isdigit() for char in value) or fold(words[0]) in _JOINS:
        return False
    plain = [word for word in words if fold(word.strip(",&/.")) not in _JOINS and word.strip(",&/.")]
    return bool(plain) and all(word.strip("(\"'“„")[:1].isupper() for word in plain)


def _words_in(text: str) -> int:
    return len(text.split())
