"""Files that stand in a text, between `begin 644 name` and `end` (uuencode, POSIX.1), as old programs attach them.

A file is told by its lines: the first character of each says how many octets follow, and there are no small letters.
A line that is none is passed over and said; without its end the file goes as far as its lines do. What only sounds
like one ("begin 644 pages ago") stays text. Linear in the octets; it never raises.
"""

from __future__ import annotations

import re
from binascii import Error, a2b_uu
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import Message as Part

from mailproc.message.charset.reading import read_raw
from mailproc.message.mime.body import Body
from mailproc.message.mime.parts import Leaf
from mailproc.message.mime.skeleton import Hollow

MAX_FILES = 50  # of one part
_BEGIN = re.compile(rb"^begin [0-7]{3,4}(?: +(\S[^\r\n]{0,250}?))?[ \t]*\r?$", re.MULTILINE)
_END = re.compile(rb"end[ \t]*\r?")
_DATA = re.compile(rb"[ -`]+")
_MOST_BROKEN = 2  # one line in so many may be broken
_ZERO, _SIZES = 32, 64  # the first character of a line says its size
_OCTETS, _CHARACTERS = 3, 4  # of a group
_CHECK = 1  # character that some programs add to a line


@dataclass(frozen=True, slots=True)
class File:
    """A file that stood in a text."""

    name: bytes  # as written
    octets: bytes


def may_hold_files(octets: bytes) -> bool:
    """Whether a file may begin in them."""
    return _BEGIN.search(octets) is not None


def leaves_of(files: Iterable[tuple[Leaf, File]], hollow: Hollow) -> Iterator[Leaf]:
    """The files as parts of the mail: those of part 2 are 2.1, 2.2 ..., which no other part of a mail can be."""
    counts: Counter[str] = Counter()
    for leaf, file in files:
        counts[leaf.part] += 1
        part = Part()
        part.set_payload(file.octets.decode("ascii", "surrogateescape"))
        name = read_raw(file.name.decode("ascii", "surrogateescape"))
        yield Leaf(
            part=f"{leaf.part}.{counts[leaf.part]}",
            body=Body(part, hollow),
            declared_type="application/octet-stream",
            charset=None,
            file_name=name.text or None,
            disposition="attachment",
            content_id=None,
            within=None,
            branches=(),
            named_by_disposition=True,
            guess=name.guess,
        )


def carve(octets: bytes) -> tuple[bytes, tuple[File, ...], bool]:
    """The text without its files, the files in order, and whether one was broken."""
    if not may_hold_files(octets):
        return octets, (), False
    lines = octets.split(b"\n")
    ends, begins = _ahead(lines, _END), _ahead(lines, _BEGIN)
    kept: list[bytes] = []
    files: list[File] = []
    broken = False
    n = 0
    while n < len(lines):
        begin = _BEGIN.fullmatch(lines[n]) if len(files) < MAX_FILES else None
        data, stop = _data(lines, n + 1, ends[n + 1], begins[n + 1]) if begin else ([], n)
        if begin is None or stop == n:
            kept.append(lines[n])
            n += 1
            continue
        files.append(File(begin[1] or b"", b"".join(found for found in data if found)))
        strange = [line for line, found in zip(lines[n + 1 :], data, strict=False) if found is None]
        broken = broken or bool(strange) or stop != ends[n + 1] + 1
        kept += strange
        n = stop
    return b"\n".join(kept), tuple(files), broken


def _ahead(lines: Sequence[bytes], pattern: re.Pattern[bytes]) -> list[int]:
    """From each line on, and from behind the last, the number of the next that the pattern fits."""
    found = [len(lines)] * (len(lines) + 1)
    for n in range(len(lines) - 1, -1, -1):
        found[n] = n if pattern.fullmatch(lines[n]) else found[n + 1]
    return found


def _data(lines: Sequence[bytes], first: int, end: int, begin: int) -> tuple[list[bytes | None], int]:
    """What the lines of a file stand for, and the line behind it; `first - 1` where there is none."""
    if end < min(begin, len(lines)):
        data = [_octets(line) for line in lines[first:end]]
        if data and data.count(None) * _MOST_BROKEN <= len(data):
            return data, end + 1
    data, stop = [], first
    while stop < min(begin, len(lines)) and (found := _octets(lines[stop], whole=True)):
        data.append(found)
        stop += 1
    return (data, stop) if data else ([], first - 1)


def _octets(line: bytes, *, whole: bool = False) -> bytes | None:
    """What one line stands for, b"" for the last; None where it is none of a file. `whole`: it lost no blanks."""
    line = line.rstrip(b"\r")
    if not line.strip(b" `"):
        return b""
    size = (line[0] - _ZERO) % _SIZES
    needed = 1 + -(-size // _OCTETS) * _CHARACTERS
    if not size or not _DATA.fullmatch(line) or len(line) > needed + _CHECK or (whole and len(line) < needed):
        return None
    try:
        return a2b_uu(line[:needed].ljust(needed))  # blanks at the end are lost on the way
    except Error:
        return None
