"""The envelope of a mail that was fetched or read from a file: read from the header fields that its last hop wrote.

Return-Path counts only above the first Received field of a foreign host, because below that anybody may have written
it; without one the reverse-path is unknown, which is not the null reverse-path. Never fails: what cannot be read is not
there. It is no proof of anything: see `identity`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from mailproc.message.field.address import addresses
from mailproc.message.field.received import received
from mailproc.message.model import Envelope

DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to")  # the first that names an address of ours counts
ADDRESSED_TO = ("to", "cc")
MAX_FIELDS = 1000
MAX_VALUE_OCTETS = 1 << 16

Field = tuple[str, str]


def envelope_of(head: bytes, ours: Callable[[str], bool], received_by: Sequence[str] = ()) -> Envelope:
    """The envelope that the first octets of a message tell of; what follows the header may be among them.

    `ours` knows our addresses (and their subaddresses), `received_by` the names of our own hosts. Forward-paths are
    addr-specs in lower case, each once: those of Delivered-To, X-Original-To or Envelope-To, else of To and Cc.
    """
    fields = list(fields_of(head))
    return Envelope(_reverse_path(fields, received_by), _forward_paths(fields, ours))


def _reverse_path(fields: Sequence[Field], received_by: Sequence[str]) -> str | None:
    own = {host.lower() for host in received_by}
    for name, value in fields:
        if name == "received" and not ((hop := received(value)).is_sure and hop.by in own):
            return None
        if name == "return-path":
            return value.strip().removeprefix("<").removesuffix(">").strip()
    return None


def _forward_paths(fields: Sequence[Field], ours: Callable[[str], bool]) -> tuple[str, ...]:
    for names in (*((name,) for name in DELIVERED_TO), ADDRESSED_TO):
        written = (address.email.lower() for name, value in fields if name in names for address in addresses(value))
        if paths := tuple(dict.fromkeys(email for email in written if ours(email))):
            return paths
    return ()


def fields_of(head: bytes) -> Iterator[Field]:
    """(name in lower case, unfolded value) of the header, to its end or to the first line that is no field."""
    lines: list[bytes] = []
    count = 0
    for line in head.splitlines():
        if line[:1] in b" \t" and line.strip() and lines:
            lines.append(line)  # RFC 5322 §2.2.3: folded
            continue
        if lines:
            yield _field(lines)
        name, colon, _ = line.partition(b":")
        count += 1
        if line.startswith((b"From ", b">From ")) and count == 1:
            lines = []  # an mbox separator that a tool left in front
            continue
        if not colon or not name.strip() or b" " in name.strip() or count > MAX_FIELDS:
            return
        lines = [line]
    if lines:
        yield _field(lines)


def _field(lines: Sequence[bytes]) -> Field:
    name, _, first = lines[0].partition(b":")
    value = b"".join((first, *lines[1:]))[:MAX_VALUE_OCTETS]
    return name.strip().decode("ascii", "replace").lower(), _text(value).replace("\0", "")


def _text(octets: bytes) -> str:
    """UTF-8, else Latin-1: no octet is an error."""
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")
