"""The child that reads one document (`python -m mailproc.inspect.reading MEMORY CPU READER SECONDS`) and ends.

The answer is a line with the reason why not all was read, empty where all was, and behind it each heading as
LINE:LEVEL; then the words, in UTF-8. After `SECONDS` the rest of the pages is left, so that those that were read are
told before the parent's deadline.
"""

from __future__ import annotations

import codecs
import sys
import time
from collections.abc import Sequence
from encodings.aliases import aliases
from typing import BinaryIO

from mailproc.document import rtf
from mailproc.document.limits import DAMAGED
from mailproc.document.lines import Words
from mailproc.document.read import read
from mailproc.inspect import aside
from mailproc.message.charset import reading

_NOT_TEXT = ("mbcs", "oem")  # Windows alone has them
_EVERY = {name for name in aliases.values() if name not in _NOT_TEXT}
_CODECS = {"rtf": rtf.CODECS, "docx": {"cp437"}, "odt": {"cp437"}, "plain": _EVERY}  # names in a zip are in cp437
_STRANGE = "žluťoučký кůň".encode("cp1250", "ignore")  # whose charset must be guessed


def words(file: BinaryIO, given: Sequence[str]) -> bytes:
    """The job: `given` is the reader and the seconds."""
    reader, seconds = given
    until = time.monotonic() + float(seconds)
    try:
        found = read(reader, file, lambda: time.monotonic() > until)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 whatever hostile octets do to a reader is an answer
        found = Words("", DAMAGED)
    headings = " ".join(f"{line}:{level}" for line, level in found.headings)
    return f"{found.failure} {headings}\n{found.text}".encode("utf-8", "replace")


def warm(reader: str) -> None:
    """Load what is loaded at first use: once the limits stand, no file can be opened."""
    for name in _CODECS.get(reader, ()):
        codecs.lookup(name)
    if reader == "plain":
        reading.read(_STRANGE, None)


if __name__ == "__main__":
    warm(sys.argv[3])
    aside.do(words)
