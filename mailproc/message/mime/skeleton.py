"""A mail without its large bodies: small enough for the standard parser, whatever the mail weighs.

The standard parser needs ten times an attachment's size in memory (catalogue S60, S61b). `hollow` leaves one
short line in the place of each long run of a body's lines; the parser sees the same structure, and `Hollow.pieces`
gives the octets back from where they lie. Any mail may be hollowed, none is altered, nothing is decoded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MIN_RUN_BYTES = 8 * 1024  # shorter runs stay: a thousand parts of that size are no burden
MAX_HEADERS_BYTES = 4 << 20  # of all parts together; what is beyond is read as body
PIECE_BYTES = 1 << 16
_MANY = 200  # different boundaries; with more every line that begins with two hyphens is taken for a delimiter
_SEEN = 40  # octets of a boundary that are compared

_LF, _CR = b"\n\r"

Octets = bytes | memoryview

# RFC 2046 §5.1.1; quoted or not, and where RFC 2231 §3 cuts it into sections, any line with two hyphens counts
_BOUNDARY = re.compile(rb"boundary(\s*+\*?)[^=;]{0,20}+=\s*+([\"<]?)([^\s\"<>\\;]*+)", re.IGNORECASE)
# What the standard parser (3.11 to 3.13) takes for a line of a header section
_HEADER_LINE = re.compile(rb"(?:From |[\x21-\x39\x3b-\x7e]*+:|[ \t])[^\r\n]*+(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_TYPE = re.compile(rb"(?:\A|[\r\n])content-type:\s*+([^\s;]*+)", re.IGNORECASE)
_DIGEST = re.compile(rb"multipart/digest", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hollow:
    """A mail in which one short line stands for each long run of lines; the runs are read from where they lie."""

    octets: bytes  # for the parser
    raw: Octets  # the mail itself
    runs: tuple[tuple[int, int], ...]  # from where to where in `raw`; line n of ours stands for run n
    mark: bytes  # how those lines begin: no mail can hold it
    headers_cut: bool  # part of some header section was taken for body

    def size(self, payload: bytes) -> int:
        """Octets of a part's payload as it stands in the mail."""
        literals, runs = self._divided(payload)
        return sum(map(len, literals)) + sum(end - start for start, end in runs)

    def pieces(self, payload: bytes) -> Iterator[bytes]:
        """The octets of a part's payload as they stand in the mail, long runs in pieces of 64 KiB."""
        literals, runs = self._divided(payload)
        for literal, (start, end) in zip(literals, (*runs, (0, 0)), strict=True):
            if literal:
                yield literal
            for at in range(start, end, PIECE_BYTES):
                yield bytes(self.raw[at : min(at + PIECE_BYTES, end)])

    def _divided(self, payload: bytes) -> tuple[list[bytes], list[tuple[int, int]]]:
        """What stands in the hollow mail between our lines, in order; and the runs that our lines stand for."""
        if not self.runs or self.mark not in payload:
            return [payload], []
        divided = re.split(re.escape(self.mark) + rb"-(\d+)-", payload)
        return divided[::2], [self.runs[int(number)] for number in divided[1::2]]


def hollow(raw: Octets, sha256: str) -> Hollow:
    """The mail without its long runs; `sha256` is its own hash, in hex, which no mail can hold."""
    mark = b"mailproc-run-" + sha256.encode()
    if len(raw) <= MIN_RUN_BYTES:
        return Hollow(bytes(raw), raw, (), mark, headers_cut=False)
    kept: list[bytes] = []
    runs: list[tuple[int, int]] = []
    at, left = 0, MAX_HEADERS_BYTES
    untyped = b"message/rfc822" if _DIGEST.search(raw) else b"text/plain"  # RFC 2046 §5.1.5
    for start, end in _gaps(raw):
        if end - start < MIN_RUN_BYTES:
            continue
        body, left = _body(raw, start, end, untyped, left)
        stop = _before_line_end(raw, body, end)
        if stop - body >= MIN_RUN_BYTES:
            kept += (bytes(raw[at:body]), b"%b-%d-" % (mark, len(runs)))
            runs.append((body, stop))
            at = stop
    return Hollow(b"".join((*kept, bytes(raw[at:]))), raw, tuple(runs), mark, headers_cut=left < 0)


def _gaps(raw: Octets) -> Iterator[tuple[int, int]]:
    """The stretches between two lines that may begin or end a part; the last one ends with the mail."""
    start = 0
    for found in _delimiters(raw).finditer(raw):
        yield start, found.end() - 2
        start = found.end()
    yield start, len(raw)


def _delimiters(raw: Octets) -> re.Pattern[bytes]:
    """The lines that may begin or end a part: two hyphens and the beginning of a boundary that the mail names."""
    begins: set[bytes] = set()
    for found in _BOUNDARY.finditer(raw):
        value = found[3][:_SEEN]
        if found[1].endswith(b"*") or not value or len(begins) > _MANY:
            return re.compile(rb"[\r\n]--")
        begins |= {value, found[2] + value}
    if not begins:
        return re.compile(rb"(?!)")
    return re.compile(rb"[\r\n]--(?=" + b"|".join(map(re.escape, sorted(begins))) + rb")")


def _body(raw: Octets, at: int, end: int, untyped: bytes, left: int) -> tuple[int, int]:
    """Where the body begins for certain in a gap: behind its header section, and behind those of mails inside it.

    `left`: octets of header sections that may still be read; it comes back negative where they were too many.
    """
    at = _next_line(raw, at, end) if at else 0
    while True:
        start = at
        at = _header_end(raw, start, end, left)
        left -= at - start
        if left < 0 or at >= end:
            return at, left
        found = _TYPE.search(raw[start:at])
        media_type = found[1].lower() if found else untyped
        if media_type.endswith(b"delivery-status") and end - at <= left:
            return end, left - (end - at)  # its blocks of fields are divided by blank lines (RFC 3464 §2.1)
        if at == start or not media_type.startswith(b"message/"):
            return at, left


def _header_end(raw: Octets, start: int, end: int, left: int) -> int:
    """Where a header section ends: behind its blank line, at a line that is no field, or after `left` octets."""
    at = start
    while at < end and at - start <= left and (line := _HEADER_LINE.match(raw, at, end)):
        at = line.end()
    blank = _LINE_END.match(raw, at, end) if at - start <= left else None
    return blank.end() if blank else at


def _next_line(raw: Octets, at: int, end: int) -> int:
    found = _LINE_END.search(raw, at, end)
    return found.end() if found else end


def _before_line_end(raw: Octets, start: int, end: int) -> int:
    """RFC 2046 §5.1.1: the line end before a delimiter belongs to the delimiter."""
    if end > start and raw[end - 1] == _LF:
        end -= 1
    if end > start and raw[end - 1] == _CR:
        end -= 1
    return end
