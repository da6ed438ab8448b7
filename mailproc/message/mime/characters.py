"""A text part's octets become characters, in one place, whoever asks: for the text, for HTML, for an answer.

What a mail program did to lines on their way is undone here too, and nowhere else. The octets stay as they are. It
never raises: what was guessed or is broken is said in slugs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailproc.message.charset.reading import read
from mailproc.message.mime.armour import freed
from mailproc.message.mime.flowed import joined
from mailproc.message.mime.parts import Leaf

_META_CHARSET = re.compile(rb"charset\s*+=\s*+[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Characters:
    """What a text part says."""

    text: str  # line ends LF, nothing trimmed
    charset: str  # by which it was read
    guess: str  # the same where it was guessed, else ""
    joins: int  # line ends of the author's program that were taken out
    defects: tuple[str, ...]  # slugs of what was wrong with its charset


def characters(leaf: Leaf, octets: bytes) -> Characters:
    """A text part's octets as the characters that its author wrote."""
    charset = leaf.charset
    if charset is None and leaf.is_html and (declared := _META_CHARSET.search(octets[:2048])):
        charset = declared[1].decode("ascii")
    reading = read(octets, charset)
    defects = ("charset-guessed",) * reading.guessed + ("nul-removed",) * (b"\0" in octets and "\0" not in reading.text)
    text, joins = reading.text.replace("\r\n", "\n").replace("\r", "\n"), 0
    if not leaf.is_html:
        text = freed(text)
    if leaf.flow:
        whole = joined(text, delsp=leaf.flow == "delsp")
        text, joins = whole.text, whole.joins
    return Characters(text, reading.charset, reading.guess, joins, defects)
