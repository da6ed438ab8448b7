"""The log on standard error: one line a record, whatever a mail made of itself (catalogue S39).

Control characters and those that turn the direction of writing stand by their numbers, so that no mail writes a line
of ours or moves a terminal's cursor. A traceback follows indented: no line of it begins as ours do. Nothing is
filtered here.
"""

from __future__ import annotations

import logging
import sys

from mailproc.message.field.header import plain

_PREFIX = "mailproc: "
_TRACEBACK_LINES = 60  # the last; a recursion has a thousand


class OneLine(logging.Formatter):
    """A record as one plain line, and its traceback indented below."""

    def format(self, record: logging.LogRecord) -> str:
        """`mailproc: words`."""
        line = _PREFIX + plain(record.getMessage())
        if not record.exc_info:
            return line
        trace = self.formatException(record.exc_info).splitlines()[-_TRACEBACK_LINES:]
        return "\n".join([line, *(f"  {plain(each)}" for each in trace)])


def log_to_stderr() -> None:
    """Warnings and worse; a second call changes nothing."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    logging.getLogger("imapclient").setLevel(logging.ERROR)
