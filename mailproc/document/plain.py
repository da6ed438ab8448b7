"""The words of a text without markup, or with marks that people read (.txt, .md), whatever charset it is in."""

from __future__ import annotations

from typing import BinaryIO

from mailproc.document.flow import Flow
from mailproc.document.limits import DAMAGED, MAX_TEXT_BYTES, TOO_LARGE, Stopped
from mailproc.message.charset import reading

_BINARY = b"\0"
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\0\0", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read(file: BinaryIO, flow: Flow) -> None:
    """The text into `flow`. Raises Stopped for octets that are no text."""
    octets = file.read(MAX_TEXT_BYTES + 1)
    if len(octets) > MAX_TEXT_BYTES:
        raise Stopped(TOO_LARGE)
    label = next((label for mark, label in _MARKS if octets.startswith(mark)), None)
    if label is None and _BINARY in octets:
        raise Stopped(DAMAGED)
    flow.say(reading.read(octets, label).text.removeprefix("\ufeff"))
