"""Japanese as Windows and telephones write it: ISO-2022-JP and EUC-JP with the rows of NEC and IBM.

The circled numbers, ㈱ and 髙 stand in no charset of the standard library but Shift_JIS as Microsoft has it
(cp932). Their pairs in ISO-2022-JP and EUC-JP are the same rows and cells, so each pair is moved there and read. A
pair that means nothing costs one character, U+FFFD. Never raises.
"""

from __future__ import annotations

import re

# ISO-2022-JP, -1, -2 and -2004: an escape sequence says which set the octets behind it are of.
ESCAPE = re.compile(rb"\x1b(?:\$\(?[@AB]|\$\([CDOPQ]|\([BJIH]|\.[AF]|N.|&@)")
_SHIFTS = re.compile(rb"([\x0e\x0f])")  # SO and SI change to half-width kana and back
_PAIR = re.compile(rb"[\x21-\x7e][\x21-\x7e]|[\x00-\x20\x7f]|[\x21-\x7e]|[\x80-\xff]")
_EUC = re.compile(rb"[\x00-\x7f]+|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe][\xa1-\xfe]|[\xa1-\xfe][\xa1-\xfe]|.", re.DOTALL)
_PLANES = {b"$A": "gb2312", b"$(C": "euc_kr"}  # ISO-2022-JP-2 borrows from the neighbours
_KANJI = frozenset((b"$@", b"$B", b"$(@", b"$(B"))
_LOST = "\ufffd"


def from_iso_2022(octets: bytes) -> str:
    """ISO-2022-JP in all its shapes; after a line's end the set is ASCII again, as the standard asks."""
    return "".join(map(_line, octets.splitlines(keepends=True)))


def _line(line: bytes) -> str:
    out, at, mode = [], 0, b"(B"
    for escape in ESCAPE.finditer(line):
        out.append(_of_set(line[at : escape.start()], mode))
        at, mode = escape.end(), escape[0][1:]
    out.append(_of_set(line[at:], mode))
    return "".join(out)


def _of_set(octets: bytes, mode: bytes) -> str:
    if mode.startswith(b"$"):
        return "".join(_of_pair(found[0], mode) for found in _PAIR.finditer(octets))
    kana = mode == b"(I"
    out = []
    for piece in _SHIFTS.split(octets):
        if piece in (b"\x0e", b"\x0f"):
            kana = piece == b"\x0e"
        else:
            out.append(_single(piece, kana=kana))
    return "".join(out)


def _single(octets: bytes, *, kana: bool) -> str:
    """ASCII, and half-width kana where they stand with eight bits or are switched to."""
    moved = bytes(octet | 0x80 if kana and 0x21 <= octet <= 0x5F else octet for octet in octets)  # noqa: PLR2004
    return "".join(
        chr(octet) if octet < 0x80 else chr(octet - 0xA1 + 0xFF61) if 0xA1 <= octet <= 0xDF else _LOST  # noqa: PLR2004
        for octet in moved
    )


def _of_pair(pair: bytes, mode: bytes) -> str:
    if len(pair) == 1:
        return pair.decode("ascii") if pair[0] < 0x21 else _LOST  # noqa: PLR2004
    high = bytes(octet | 0x80 for octet in pair)
    try:
        if mode in _KANJI:
            return _kanji(*pair)
        if mode in _PLANES:
            return high.decode(_PLANES[mode])
        if mode == b"$(D":
            return (b"\x8f" + high).decode("euc_jp")
        return (b"\x1b" + mode + pair).decode("iso2022_jp_2004")
    except UnicodeError:
        return _LOST


def _kanji(row: int, cell: int) -> str:
    """A pair of JIS X 0208 and its vendors' rows, by its place in Shift_JIS."""
    lead = ((row - 0x21) >> 1) + 0x81
    trail = cell + 0x7E if row % 2 == 0 else cell + 0x1F + (cell >= 0x60)  # noqa: PLR2004
    return bytes((lead + 0x40 * (lead > 0x9F), trail)).decode("cp932")  # noqa: PLR2004


def from_euc(octets: bytes) -> str:
    """EUC-JP with the same rows."""
    return "".join(_of_euc(found[0]) for found in _EUC.finditer(octets))


def _of_euc(octets: bytes) -> str:
    try:
        if len(octets) == 2 and octets[0] != 0x8E:  # noqa: PLR2004
            return _kanji(octets[0] & 0x7F, octets[1] & 0x7F)
        return octets.decode("euc_jp")
    except UnicodeError:
        return _LOST
