"""The zip that an office document is (ISO/IEC 29500-2, OpenDocument 1.3 part 2): its members by name, in pieces.

Names are looked up, never written anywhere, and in any case. What a member says of its size is not believed: what
comes out is counted. Raises Stopped: damaged, encrypted, or more than anybody unpacks.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from mailproc.document.limits import DAMAGED, ENCRYPTED, MAX_MEMBERS, Budget, Stopped

_CHUNK = 1 << 16
_ENCRYPTED_BIT = 1  # of a member's flags
_BROKEN = (BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class Package:
    """An open document."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        """Raises Stopped where it is no zip, or one of absurdly many members."""
        self._budget = budget
        try:
            self._zip = ZipFile(file)
            members = self._zip.infolist()
        except _BROKEN as error:
            raise Stopped(DAMAGED) from error
        if len(members) > MAX_MEMBERS:
            raise Stopped(DAMAGED)
        self._members = {_folded(each.filename): each for each in reversed(members)}  # of two alike the first

    def __contains__(self, name: str) -> bool:
        """Whether there is such a member."""
        return _folded(name) in self._members

    def chunks(self, name: str) -> Iterator[bytes]:
        """The octets of a member."""
        member = self._members.get(_folded(name))
        if member is None:
            raise Stopped(DAMAGED)
        yield from self._unpacked(member)

    def _unpacked(self, member: ZipInfo) -> Iterator[bytes]:
        if member.flag_bits & _ENCRYPTED_BIT:
            raise Stopped(ENCRYPTED)
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Stopped(DAMAGED)  # neither format allows another
        try:
            with self._zip.open(member) as file:
                while chunk := file.read(_CHUNK):
                    self._budget.unpack(len(chunk))
                    yield chunk
        except _BROKEN as error:
            raise Stopped(DAMAGED) from error


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()
