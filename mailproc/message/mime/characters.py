"""A text part's octets become characters, in one place, whoever asks: for the text, for HTML, for an answer.

What a mail program did to lines on their way is undone here too, and nowhere else. The octets stay as they are. It
never raises: what was guessed or is broken is said in slugs.
"""

from __future__ import annotations

import re
from dataclasses import replace

from mailproc.message.charset.reading import Reading, read
from mailproc.message.mime.parts import Leaf

_META_CHARSET = re.compile(rb"charset\s*+=\s*+[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE)


def characters(leaf: Leaf, octets: bytes) -> tuple[Reading, tuple[str, ...]]:
    """A text part's characters, line ends LF, nothing trimmed; and slugs of what was wrong with its charset."""
    charset = leaf.charset
    if charset is None and leaf.is_html and (declared := _META_CHARSET.search(octets[:2048])):
        charset = declared[1].decode("ascii")
    reading = read(octets, charset)
    defects = ("charset-guessed",) * reading.guessed + ("nul-removed",) * (b"\0" in octets and "\0" not in reading.text)
    return replace(reading, text=reading.text.replace("\r\n", "\n").replace("\r", "\n")), defects
