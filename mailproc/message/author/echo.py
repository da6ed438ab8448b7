"""What a mail server's filters repeat of a mail in their own results: a sender's words in our server's mouth.

OpenDKIM writes a signature's `i=` into its field, decoded; rspamd the envelope's address into a comment; OpenDMARC the
HELO name. None of them quotes what it repeats, so a semicolon or a parenthesis in it begins a result that the filter
never gave (catalogue S113). Where a mail holds such characters in a place from which filters copy, our server's word on
it is not taken, and our own check of a signature decides. Honest mail holds them nowhere there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailproc.message.author.place import Trace
from mailproc.message.model import HeaderField

SIGNATURES = frozenset({"dkim-signature", "arc-seal", "arc-message-signature"})
# tags of a signature (RFC 6376 §3.5, RFC 8617 §4.1) that hold no words: base64, lists of names, copied fields
_UNREPEATED = frozenset({"b", "bh", "h", "z"})
_ENCODED = re.compile("=([0-9A-Fa-f]{2})")  # RFC 6376 §2.11
_PLAIN = re.compile(r"[\w.@+/:=!#$%&'*^`{|}~-]*+")
_ODD_CLIENT = re.compile(r'[;"?\\<>]')  # Postfix writes "?" for what it does not like in a HELO name


def is_repeatable(fields: Sequence[HeaderField], trace: Trace, reverse_path: str | None) -> bool:
    """Whether nothing that a filter may repeat can be taken for a result; `reverse_path` as the envelope has it."""
    clients = (hop.sender for hop in (*trace.hops, trace.border) if hop)  # as our own servers name them
    plain = all(map(_PLAIN.fullmatch, _repeated(fields, reverse_path)))
    return plain and not any(map(_ODD_CLIENT.search, clients))


def _repeated(fields: Sequence[HeaderField], reverse_path: str | None) -> Iterator[str]:
    yield reverse_path or ""
    for field in fields:
        name = field.name.lower()
        if name == "return-path":
            yield field.value.strip().removeprefix("<").removesuffix(">")
        elif name in SIGNATURES:
            yield from _words_of(field.value)


def _words_of(signature: str) -> Iterator[str]:
    """What its tags say, decoded."""
    for tag in signature.split(";"):
        name, _, value = tag.partition("=")
        if name.strip().lower() not in _UNREPEATED:
            yield _ENCODED.sub(lambda octet: chr(int(octet[1], 16)), value.strip())
