"""What a mail may cost before anybody reads it: a linear look at the octets that cuts what would hang a parser.

The standard parser needs minutes for a million empty parts, recurses with the nesting and is quadratic in one
long Content-Type (catalogue S50-S54, S59, S61b). `within_limits` gives octets that are safe to parse, the
same ones for any ordinary mail, and says what it cut; large bodies were taken out before (`skeleton`). The
archive keeps the mail whole. `UNREADABLE` names the cuts after which nobody can say what the mail was.
"""

from __future__ import annotations

import re

MAX_HEADER_BYTES = 1024 * 1024
MAX_HEADER_FIELDS = 1000
MAX_FIELD_BYTES = 256 * 1024
MAX_PARTS = 1000
MAX_NESTING = 100
MAX_LINES = 2_000_000
MAX_CONTENT_FIELD_BYTES = 16 * 1024  # of one Content-Type or Content-Disposition
MAX_PARAMETERS = 100  # of the same
UNREADABLE = ("too-deep", "too-many-parts", "header-too-long", "too-many-header-fields", "too-many-lines")

_END_OF_HEADER = re.compile(rb"(?>\r\n|\n|\r)(?:\r\n|\n|\r)")  # atomic: CR LF is one line end, never two
_FIELD_START = re.compile(rb"^[^\s:]", re.MULTILINE)
_CONTENT_FIELD = re.compile(rb"^content-(?:type|disposition):", re.MULTILINE | re.IGNORECASE)
_LINE_END = re.compile(rb"\r\n|\n|\r")
_FIELD_END = re.compile(rb"\n(?![ \t])")
# What opens and closes parts, in the order in which it stands (RFC 2046 §5.1.1, RFC 2045 §5.1).
_LANDMARK = re.compile(
    rb"^--(?P<line>[^\r\n]*)|boundary\s*+=\s*+\"?(?P<boundary>[^\"\r\n;]{1,200})|^content-type:\s*+(?P<mail>message)/",
    re.MULTILINE | re.IGNORECASE,
)


def within_limits(raw: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The octets to parse, and the slugs of what was cut.

    `header-too-long`, `too-many-header-fields`, `header-field-too-long`, `content-field-too-long`,
    `too-many-lines`, `too-many-parts`, `too-deep`.
    """
    defects: list[str] = []
    for look in (_short_header, _few_fields, _short_fields, _short_content_fields, _flat, _few_lines):
        raw, slug = look(raw)
        defects += [slug] if slug else []
    return raw, tuple(defects)


def _header_end(raw: bytes) -> int:
    """Where the header ends (RFC 5322 §2.1: at the first empty line); all of it where there is none."""
    if raw[:1] in (b"\r", b"\n"):
        return 0
    end = _END_OF_HEADER.search(raw)
    return end.start() if end else len(raw)


def _short_header(raw: bytes) -> tuple[bytes, str]:
    end = _header_end(raw)
    if end <= MAX_HEADER_BYTES:
        return raw, ""
    line_end = max(raw.rfind(b"\n", 0, MAX_HEADER_BYTES), 0)
    return raw[:line_end] + raw[end:], "header-too-long"


def _few_fields(raw: bytes) -> tuple[bytes, str]:
    end = _header_end(raw)
    if raw.count(b"\n", 0, end) < MAX_HEADER_FIELDS:
        return raw, ""
    for count, field in enumerate(_FIELD_START.finditer(raw, 0, end)):
        if count == MAX_HEADER_FIELDS:
            return raw[: field.start() - 1] + raw[end:], "too-many-header-fields"
    return raw, ""


def _short_fields(raw: bytes) -> tuple[bytes, str]:
    """Cuts the fields of the header that are longer than any program writes."""
    end = _header_end(raw)
    if end <= MAX_FIELD_BYTES:
        return raw, ""
    starts = [field.start() for field in _FIELD_START.finditer(raw, 0, end)]
    fields = [raw[start:stop] for start, stop in zip(starts, [*starts[1:], end], strict=True)]
    if max(map(len, fields), default=0) <= MAX_FIELD_BYTES:
        return raw, ""
    short = [field if len(field) <= MAX_FIELD_BYTES else field[:MAX_FIELD_BYTES].rstrip() + b"\n" for field in fields]
    return raw[: starts[0]] + b"".join(short) + raw[end:], "header-field-too-long"


def _short_content_fields(raw: bytes) -> tuple[bytes, str]:
    """Cuts the fields, of any part, whose parameters the standard parser reads in quadratic time."""
    if raw.count(b";") < MAX_PARAMETERS and len(raw) <= MAX_CONTENT_FIELD_BYTES:
        return raw, ""
    kept: list[bytes] = []
    at = stop = 0
    for field in _CONTENT_FIELD.finditer(raw):
        if field.start() < stop:
            continue
        end = _FIELD_END.search(raw, field.start())
        stop = end.start() if end else len(raw)
        last = _end_of_parameters(raw, field.start(), stop)
        if last < stop:
            kept.append(raw[at:last])
            at = stop
    return (b"".join(kept) + raw[at:], "content-field-too-long") if kept else (raw, "")


def _end_of_parameters(raw: bytes, start: int, stop: int) -> int:
    """Where a content field is long enough, in octets or in parameters."""
    stop = min(stop, start + MAX_CONTENT_FIELD_BYTES)
    if raw.count(b";", start, stop) <= MAX_PARAMETERS:
        return stop
    at = start
    for _ in range(MAX_PARAMETERS + 1):
        at = raw.index(b";", at) + 1
    return at - 1


def _few_lines(raw: bytes) -> tuple[bytes, str]:
    if raw.count(b"\n") + raw.count(b"\r") <= MAX_LINES:
        return raw, ""
    for count, line_end in enumerate(_LINE_END.finditer(raw)):
        if count == MAX_LINES:
            return raw[: line_end.start()], "too-many-lines"
    return raw, ""


def _flat(raw: bytes) -> tuple[bytes, str]:
    """Cuts where the thousandth part or the hundredth level would begin; counts exactly only where it may matter."""
    lower = raw.lower()
    if raw.count(b"\n--") <= MAX_PARTS and lower.count(b"multipart/") + lower.count(b"message/") <= MAX_NESTING:
        return raw, ""
    opened: list[bytes] = []  # boundaries of the open multiparts, b"" for an open mail
    parts = 0
    for count, mark in enumerate(_LANDMARK.finditer(raw)):
        if mark["line"] is None:
            opened.append(mark["boundary"].rstrip() if mark["boundary"] else b"")
        else:
            parts += _delimit(opened, mark["line"].rstrip())
        if parts > MAX_PARTS or len(opened) > MAX_NESTING:
            return raw[: mark.start()], "too-many-parts" if parts > MAX_PARTS else "too-deep"
        if count == MAX_LINES:
            return raw[: mark.start()], "too-many-lines"
    return raw, ""


def _delimit(opened: list[bytes], line: bytes) -> int:
    """Leave what a delimiter line ends (RFC 2046 §5.1.1); 1 if it begins a part, else 0."""
    if line and line in opened:
        while opened[-1] != line:
            opened.pop()
        return 1
    name = line.removesuffix(b"--")
    if name and name in opened:
        while opened.pop() != name:
            pass
    return 0
