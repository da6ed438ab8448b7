"""What takes the place of erased octets: a mail keeps number, source key and time, a letter its Message-ID.

A stub is made again as it stands, so that an erasure that died may run again. Files are replaced whole. The disk's
refusals are StoreErrors. Which files, and when, is not decided here.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path

from mailproc.store.octets import archive
from mailproc.store.octets.disk import refusals, write_whole
from mailproc.workflow.erasing import Stub

_MARK = b"X-Mailproc-Erased: "
_STUB = re.compile(
    rb"Received: by [^\r\n]*\r\n [^\r\n]*\r\n(?:X-Mailproc-Oversize: \d+\r\n)?X-Mailproc-Source: [^\r\n]*\r\n"
    rb"X-Mailproc-Erased: \w{3}, \d\d \w{3} \d{4} [\d:]{8} [+-]\d{4}\r\n\r\n"
    rb"This mail was erased on \d{4}-\d\d-\d\d\.\r\n"
)
_ID = re.compile(r"with mailproc id (\S+);")
HEAD_OCTETS = 1 << 16


def is_stub(octets: bytes) -> bool:
    """Whether a mail's file holds what was left of it and nothing else: a field alone is soon written by anybody."""
    return _STUB.fullmatch(octets) is not None


def is_letter_stub(octets: bytes) -> bool:
    """Whether this is what was left of a letter of ours."""
    head = octets[:HEAD_OCTETS].partition(b"\r\n\r\n")[0]
    return head.startswith(_MARK) or b"\r\n" + _MARK in head


def of_mail(root: Path, number: int, at: datetime, host: str) -> tuple[Stub, bytes]:
    """What is to stand in the file of this number after its erasure: its place in the row, its octets."""
    path = archive.message_path(root, number)
    with refusals(path):
        octets = path.read_bytes()
    trace = archive.read_whole_trace(path)
    if is_stub(octets):
        head, left = octets[: trace.offset], octets[trace.offset :]
    else:
        known = _ID.search(octets[: trace.offset].decode("utf-8", "replace"))
        head = archive.trace_fields(trace.source, trace.received_at, known[1] if known else "erased", host, None)
        left = _MARK + f"{format_datetime(at)}\r\n\r\nThis mail was erased on {at:%Y-%m-%d}.\r\n".encode()
    return Stub(len(head), len(left), hash_of(left)), head + left


def hash_of(octets: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(octets).hexdigest()


def of_letter(octets: bytes, at: datetime, to: str) -> bytes:
    """What is to stand in a letter's file: enough for its thread and its proof, none of its words."""
    if is_letter_stub(octets):  # made for somebody else's sake; now it may be its reader's turn
        return re.sub(rb"(?m)^To: [^\r\n]*", lambda _: b"To: " + to.encode(), octets, count=1)
    head = octets.partition(b"\r\n\r\n")[0]
    kept = [field for field in re.split(rb"\r\n(?![ \t])", head) if field.lower().startswith(_KEPT)]
    fields = [*kept, b"To: " + to.encode(), _MARK + format_datetime(at).encode()]
    words = f"This letter was erased on {at:%Y-%m-%d}.\r\n".encode()
    return b"\r\n".join([*fields, b"", words])


_KEPT = (b"from:", b"date:", b"message-id:", b"auto-submitted:", b"x-mailproc-loop:")


def replace_mail(root: Path, number: int, octets: bytes) -> None:
    """These octets under the number, durable when it returns; the old ones are no file's any more."""
    write_whole(archive.message_path(root, number), octets, root / "spool")
