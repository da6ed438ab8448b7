"""What an S/MIME object is and what it encloses: the Cryptographic Message Syntax (RFC 5652 §3) as far as it is plain.

A signature proves nothing to a desk that trusts no certificate, so nothing is verified here; but the content of
SignedData lies plain inside and is somebody's words. Read is BER, of definite and indefinite length (X.690 §8.1.3),
OCTET STRINGS whole or in pieces (§8.7). Nothing recurses, elements and depth are counted; whatever is no CMS, or is
cut before its content ends, is a value that says so. What follows the content is not looked at. Never raises.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailproc.message.mime.skeleton import Octets

MAX_DEPTH = 64
MAX_ELEMENTS = 400_000  # a 100 MB content in the pieces that OpenSSL writes has 25,000
_SEQUENCE, _OID, _EXPLICIT, _OCTETS, _PIECES = 0x30, 0x06, 0xA0, 0x04, 0x24
_HIGH_TAG, _CONSTRUCTED, _INDEFINITE = 0x1F, 0x20, 0x80
_MOST_LENGTH_OCTETS = 8
_END = b"\0\0"
_PKCS7, _SMIME = bytes.fromhex("2a864886f70d0107"), bytes.fromhex("2a864886f70d01091001")
_KINDS = {
    _PKCS7 + b"\x02": "signed",
    _PKCS7 + b"\x03": "encrypted",
    _PKCS7 + b"\x04": "encrypted",  # signed and enveloped, PKCS #7
    _PKCS7 + b"\x06": "encrypted",
    _SMIME + b"\x17": "encrypted",  # AuthEnvelopedData, RFC 5083 §2.1
    _SMIME + b"\x09": "compressed",  # RFC 3274 §1.1
}
_PEM = re.compile(rb"\s*-----BEGIN (?:PKCS7|PKCS #7 SIGNED DATA|CMS)-----\s*([A-Za-z0-9+/=\s]*)")
_PEM_LOOK = 4096


@dataclass(frozen=True, slots=True)
class Cms:
    """What was found. `content` is what a signature encloses; None where it encloses nothing or is cut."""

    kind: str  # "signed", "encrypted", "compressed", or "" for what is no CMS
    content: Octets | None = None
    detached: bool = False  # a signature without content: of a multipart/signed, or certificates only


class _Broken(Exception):
    """Not what BER allows, or not what CMS has there."""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int  # the identifier octet
    start: int  # of the contents
    end: int | None  # behind the contents; None: an end-of-contents says where


def cms_of(octets: Octets) -> Cms:
    """The outermost CMS object of these octets, in BER or armoured as PEM."""
    armoured = _PEM.match(octets[:_PEM_LOOK])
    if armoured:
        armoured = _PEM.match(octets)
        try:
            octets = binascii.a2b_base64(armoured[1] if armoured else b"")
        except binascii.Error:
            return Cms("")
    return _Reader(memoryview(octets)).read()


class _Reader:
    """A walk over the octets that counts its steps."""

    def __init__(self, octets: memoryview) -> None:
        self._octets, self._left = octets, MAX_ELEMENTS

    def read(self) -> Cms:
        """ContentInfo, RFC 5652 §3."""
        kind = ""
        try:
            info = self._expect(0, _SEQUENCE)
            named = self._expect(info.start, _OID)
            kind = _KINDS.get(bytes(self._octets[named.start : self._whole(named)]), "")
            if kind != "signed":
                return Cms(kind)
            return self._signed(self._expect(self._after(named), _EXPLICIT))
        except _Broken:
            return Cms(kind)

    def _signed(self, wrapped: _Element) -> Cms:
        """SignedData, RFC 5652 §5.1: version, digestAlgorithms, encapContentInfo, and what is not read."""
        signed = self._expect(wrapped.start, _SEQUENCE)
        version = self._element(signed.start)
        algorithms = self._element(self._after(version))
        encapsulated = self._expect(self._after(algorithms), _SEQUENCE)
        content_type = self._expect(encapsulated.start, _OID)
        at = self._after(content_type)
        if encapsulated.end is not None and at >= encapsulated.end:
            return Cms("signed", detached=True)
        if encapsulated.end is None and self._ends(at):
            return Cms("signed", detached=True)
        content = self._expect(at, _EXPLICIT)
        return Cms("signed", self._string(self._element(content.start)))

    def _string(self, string: _Element) -> Octets:
        """The octets of an OCTET STRING; in pieces, pieces within pieces too (X.690 §8.7.3)."""
        if string.tag == _OCTETS:
            return self._octets[string.start : self._whole(string)]
        if string.tag != _PIECES:
            raise _Broken
        found = bytearray()
        for piece in self._pieces(string):
            found += self._octets[piece.start : self._whole(piece)]
        return memoryview(found)

    def _pieces(self, string: _Element) -> Iterator[_Element]:
        at, open_ends = string.start, [string.end]
        while open_ends:
            end = open_ends[-1]
            if end is None and self._ends(at):
                at += len(_END)
                open_ends.pop()
            elif end is not None and at >= end:
                open_ends.pop()
            else:
                piece = self._element(at)
                if piece.tag == _OCTETS:
                    yield piece
                    at = self._whole(piece)
                elif piece.tag == _PIECES and len(open_ends) < MAX_DEPTH:
                    open_ends.append(piece.end)
                    at = piece.start
                else:
                    raise _Broken

    def _element(self, at: int) -> _Element:
        """The head of the element that begins here (X.690 §8.1.2, §8.1.3)."""
        self._left -= 1
        head = bytes(self._octets[at : at + 2 + _MOST_LENGTH_OCTETS])
        if self._left < 0 or len(head) < 2 or head[0] & _HIGH_TAG == _HIGH_TAG:  # noqa: PLR2004 - tag and length
            raise _Broken
        tag, length = head[0], head[1]
        if length == _INDEFINITE:
            if not tag & _CONSTRUCTED:
                raise _Broken
            return _Element(tag, at + 2, None)
        more = length & 0x7F if length > _INDEFINITE else 0
        if more > _MOST_LENGTH_OCTETS or len(head) < 2 + more:
            raise _Broken
        start = at + 2 + more
        return _Element(tag, start, start + (int.from_bytes(head[2 : 2 + more], "big") if more else length))

    def _expect(self, at: int, tag: int) -> _Element:
        found = self._element(at)
        if found.tag != tag:
            raise _Broken
        return found

    def _whole(self, element: _Element) -> int:
        """Where a primitive element ends, which must lie within what we have."""
        if element.end is None or element.end > len(self._octets):
            raise _Broken
        return element.end

    def _ends(self, at: int) -> bool:
        return bytes(self._octets[at : at + 2]) == _END

    def _after(self, element: _Element) -> int:
        """Where what follows an element begins."""
        if element.end is not None:
            return self._whole(element)
        at, depth = element.start, 1
        while depth:
            if self._ends(at):
                at, depth = at + len(_END), depth - 1
                continue
            inner = self._element(at)
            at, depth = (inner.start, depth + 1) if inner.end is None else (self._whole(inner), depth)
            if depth > MAX_DEPTH:
                raise _Broken
        return at
