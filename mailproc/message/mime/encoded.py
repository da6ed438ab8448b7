"""A mail within a mail whose octets are encoded, against RFC 2046 §5.2.1, as many programs send it.

The standard parser takes the code for the mail. Here it is decoded; what is then no mail stays as it was. It never
raises.
"""

from __future__ import annotations

import re
from email.message import Message as Part

from mailproc.message.mime.body import Body, from_base64, from_quoted_printable
from mailproc.message.mime.skeleton import Hollow

MAX_BYTES = 48 << 20  # of code
_DECODERS = {"base64": from_base64, "quoted-printable": from_quoted_printable}
_MAIL = re.compile(
    rb"(?:[\x21-\x39\x3b-\x7e]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){0,40}?"
    rb"(?:from|to|subject|date|received|message-id|mime-version|content-type|return-path)[ \t]*:",
    re.IGNORECASE,
)


def mail_in(part: Part, inner: Part, hollow: Hollow) -> bytes | None:
    """The octets of the mail that a part of type message/rfc822 holds in code; None where it is none, or in none."""
    decode = _DECODERS.get(str(part.get("content-transfer-encoding", "")).strip().lower())
    if decode is None or inner.is_multipart():
        return None
    payload = Body(inner, hollow)
    head = b"".join(b"%b: %b\r\n" % (_octets(name), _octets(str(value))) for name, value in inner.raw_items())
    if decode is from_base64 and head:
        return None  # no code: a mail that only says so
    written = payload.read(MAX_BYTES + 1)
    if len(written) > MAX_BYTES:
        return None
    found = b"".join(decode(iter((head + b"\r\n" * bool(head) + written,))))
    return found if _MAIL.match(found) and (decode is from_base64 or found != head + b"\r\n" + written) else None


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
