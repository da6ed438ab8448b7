"""The octets of one part, transfer-decoded in pieces: a mail's largest attachment passes through flat memory.

A short part is decoded by the standard library, so that anybody can check its hash; a long one in pieces, to the
same octets for anything well-formed (RFC 2045 §6). Broken encodings give what can be read, never an exception.
It keeps nothing: each use decodes again.
"""

from __future__ import annotations

from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Part

from mailproc.message.mime.skeleton import Hollow

SHORT_BYTES = 1 << 20  # as it stands in the mail; the standard library takes five times that in memory
MAX_UUENCODED_BYTES = 4 << 20  # catalogue S61: beyond that the octets stay as written
UUENCODE = ("x-uuencode", "uuencode", "uue", "x-uue")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


@dataclass(frozen=True, slots=True)
class Body:
    """Where a part's octets lie and how they are encoded."""

    part: Part  # of the hollow mail
    hollow: Hollow

    def read(self, limit: int | None = None) -> bytes:
        """The octets, or the first `limit` of them."""
        found = bytearray()
        for piece in self.pieces():
            found += piece
            if limit is not None and len(found) >= limit:
                return bytes(found[:limit])
        return bytes(found)

    def pieces(self) -> Iterator[bytes]:
        """The octets after transfer-decoding, in order."""
        encoding = str(self.part.get("content-transfer-encoding", "")).lower()
        written = self._written(encoding)
        short = MAX_UUENCODED_BYTES if encoding in UUENCODE else SHORT_BYTES
        if self.hollow.size(written) <= short:
            yield self._whole(written)
            return
        encoded = self.hollow.pieces(written)
        yield from _DECODERS[encoding](encoded) if encoding in _DECODERS else encoded

    def _written(self, encoding: str) -> bytes:
        """The payload of the hollow part as it stands; only a decoding that changes nothing gives octets."""
        if encoding:
            self.part.replace_header("content-transfer-encoding", "8bit")
        try:
            payload = self.part.get_payload(decode=True)
        finally:
            if encoding:
                self.part.replace_header("content-transfer-encoding", encoding)
        return payload if isinstance(payload, bytes) else b""

    def _whole(self, written: bytes) -> bytes:
        """The octets as the standard library decodes them; what it finds broken stands in the part's defects."""
        self.part.set_payload(b"".join(self.hollow.pieces(written)).decode("ascii", "surrogateescape"))
        try:
            content = self.part.get_payload(decode=True)
        finally:
            self.part.set_payload(written.decode("ascii", "surrogateescape"))
        return content if isinstance(content, bytes) else b""


def from_base64(encoded: Iterator[bytes]) -> Iterator[bytes]:
    """RFC 2045 §6.8: what is no letter of the alphabet is passed over, padding ends it."""
    rest = b""
    for piece in encoded:
        letters = rest + piece.translate(None, _NOT_BASE64)
        while (padding := letters.find(b"=")) >= 0:
            if padding % 4 >= 2:  # noqa: PLR2004 a quad holds at least two letters
                yield _last_quads(letters[:padding])
                return
            letters = letters[:padding] + letters[padding:].lstrip(b"=")  # it pads nothing
        whole = len(letters) // 4 * 4
        yield a2b_base64(letters[:whole])
        rest = letters[whole:]
    yield _last_quads(rest)


def _last_quads(letters: bytes) -> bytes:
    """Decode the last letters of base64, whose padding may be missing; a single letter too many is dropped."""
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return a2b_base64(letters + b"=" * (-len(letters) % 4))


def from_quoted_printable(encoded: Iterator[bytes]) -> Iterator[bytes]:
    """RFC 2045 §6.7, cut where no line, or at least no `=41`, is divided."""
    rest = b""
    for piece in encoded:
        octets = rest + piece
        cut = octets.rfind(b"\n") + 1 or _before_half(octets)
        yield a2b_qp(octets[:cut])
        rest = octets[cut:]
    yield a2b_qp(rest)


def _before_half(octets: bytes) -> int:
    """Where a piece without line ends can be cut without dividing an escape such as `=41`."""
    last = 0 if octets.endswith(b"=") else 1
    written = octets[: len(octets) - last]
    signs = len(written) - len(written.rstrip(b"="))
    return len(written) - 1 if signs % 2 else len(octets)


_DECODERS = {"base64": from_base64, "quoted-printable": from_quoted_printable}
