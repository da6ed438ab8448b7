"""A parameter of Content-Type or Content-Disposition (RFC 2045 §5.1, RFC 2183 §2), however it is written.

`filename*` (RFC 2231 §4, RFC 6266 §4.3) beats sections (`filename*0`, RFC 2231 §3), and these beat `filename`: the
plain one is there for old programs. The standard library takes the first it meets. Broken values give what can be
read, "" where there is nothing. Linear in the field; it never raises.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from mailproc.message.charset.reading import read
from mailproc.message.field.header import read_words

_MOST = 200  # parameters of one field
_PIECE = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+("(?:[^"\\]|\\.)*+"[^;]*+|[^;]*+)', re.DOTALL)
_NAME = re.compile(r"([^*]+)(?:\*(\d{1,4}))?(\*?)")
_ESCAPED = re.compile(r'\\(["\\])')  # and no other: a Windows path keeps its backslashes
_EXTENDED = re.compile(r"([^']{0,40})'[^']{0,40}'(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Value:
    """What a parameter says."""

    text: str
    guess: str = ""  # the charset by which it was read by guess


def value_of(field: str, name: str) -> Value:
    """The value of the parameter `name` in a field's body; its text is "" where the field has none."""
    plain = extended = ""
    sections: dict[int, tuple[str, bool]] = {}
    for base, section, encoded, value in _parameters(field):
        if base != name:
            continue
        if section is not None:
            sections.setdefault(section, (value, encoded))
        elif encoded:
            extended = extended or value
        else:
            plain = plain or value
    for found in (_decoded(extended), _joined(sections)):
        if found.text.strip():
            return found
    return Value(plain, read_words(plain)[1] if plain else "")


def _parameters(field: str) -> Iterator[tuple[str, int | None, bool, str]]:
    """Name in small letters, section, whether it is percent-encoded, and value of each."""
    for count, piece in enumerate(_PIECE.finditer(field)):
        name = _NAME.fullmatch(piece[1].lower())
        if name and count < _MOST:
            yield name[1], None if name[2] is None else int(name[2]), bool(name[3]), _unquoted(piece[2].strip())


def _unquoted(value: str) -> str:
    if not value.startswith('"'):
        return value
    end = len(value) - 1
    while end > 0 and value[end] != '"':  # what stands behind the quotation mark is nobody's
        end -= 1
    return _ESCAPED.sub(r"\1", value[1:end] if end else value[1:])


def _decoded(value: str) -> Value:
    if not value:
        return Value("")
    extended = _EXTENDED.fullmatch(value)
    charset, octets = (extended[1], extended[2]) if extended else ("", value)
    return _read(unquote_to_bytes(octets.encode("utf-8", "surrogatepass")), charset)


def _joined(sections: dict[int, tuple[str, bool]]) -> Value:
    """The sections in their order, whichever are missing; only those marked so are percent-encoded."""
    octets, charset = b"", ""
    for n, section in enumerate(sorted(sections)):
        value, encoded = sections[section]
        if n == 0 and encoded and (extended := _EXTENDED.fullmatch(value)):
            charset, value = extended[1], extended[2]
        written = value.encode("utf-8", "surrogatepass")
        octets += unquote_to_bytes(written) if encoded else written
    if any(encoded for _, encoded in sections.values()):
        return _read(octets, charset)
    text = octets.decode("utf-8", "replace")
    return Value(text, read_words(text)[1])


def _read(octets: bytes, charset: str) -> Value:
    reading = read(octets, charset or "utf-8")
    return Value(reading.text, reading.guess)
