"""From octets to characters: one allow-list of charsets and one ladder for those that lie.

A charset that is unknown, or that the octets contradict, is tried as UTF-8 and then read as
windows-1252, and the caller is told that it was a guess. It never raises, and what it gives holds no NUL
and no lone surrogate. Codecs that are no charsets (`zlib_codec`, `idna`, `unicode_escape`) are not reached.
"""

from __future__ import annotations

import codecs
import re
from itertools import chain

# What mail calls a charset, and the codec that reads it. Supersets stand in for the names that mail
# programs use too narrowly (WHATWG Encoding §4.2): gb2312 means gb18030, shift_jis means cp932.
_ALIASES = {
    "ansi_x3.4-1968": "ascii",
    "us": "ascii",
    "7bit": "ascii",
    "iso-2022-jp": "iso2022_jp_ext",  # with half-width kana, which Japanese programs send under this name
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8",
    "iso-8859-6-i": "iso8859_6",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "cp-850": "cp850",
    "x-mac-roman": "mac_roman",
    "macintosh": "mac_roman",
    "unicode-1-1-utf-7": "utf_7",
    "unicode-1-1-utf-8": "utf_8",
    "utf8mb4": "utf_8",
    "windows-874": "cp874",
    "tis-620": "cp874",
}
# Python's names of the codecs that are charsets of mail (catalogue S65: an allow-list).
_KNOWN = frozenset(
    chain(
        ("ascii", "utf-8", "utf-7", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le"),
        ("utf-8-sig", "koi8-r", "koi8-u", "koi8-t", "gb18030", "hz", "big5", "big5hkscs", "euc_jp", "cp932"),
        ("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext", "iso2022_kr", "cp949", "johab"),
        ("mac-roman", "mac-cyrillic", "mac-greek", "mac-latin2", "mac-turkish", "kz1048", "ptcp154", "tis-620"),
        (f"iso8859-{n}" for n in range(1, 17)),
        (f"cp{n}" for n in (437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 866, 869, 874)),
        (f"cp125{n}" for n in range(9)),
    )
)
_STATEFUL = ("iso2022", "hz", "utf-7")  # seven bits wide: read as UTF-8 they would be gibberish without an error
_C1 = re.compile(rb"[\x80-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_NAME_LIMIT = 60


def codec_of(charset: str | None) -> str | None:
    """Python's name of the codec for a charset as mail writes it; None where it is none of ours."""
    if not charset or len(charset) > _NAME_LIMIT:
        return None
    name = charset.strip().strip("\"'").partition("*")[0].lower()  # RFC 2231 §5: charset*language
    try:
        codec = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    return codec if codec in _KNOWN else None


def decode(octets: bytes, charset: str | None) -> tuple[str, bool]:
    """The characters, and whether the charset was guessed (none that we know, or one that does not fit)."""
    codec = codec_of(charset)
    if codec in (None, "ascii") and octets.isascii():
        return scrub(octets.decode("ascii")), charset is not None and codec is None
    if codec == "iso8859-1" and _C1.search(octets):
        return scrub(octets.decode("cp1252", "replace")), True  # C1 controls are never meant
    for attempt in (codec, "utf-8"):
        if attempt is None:
            continue
        try:
            return scrub(octets.decode(attempt)), attempt != codec
        except (UnicodeError, ValueError):
            if attempt.startswith(_STATEFUL):
                return scrub(octets.decode(attempt, "replace")), True
    return scrub(octets.decode("cp1252", "replace")), True


def scrub(text: str) -> str:
    """The same text without NUL, lone surrogates as U+FFFD (catalogue S66: derived fields hold neither)."""
    if text.isascii():
        return text.replace("\0", "")
    return _SURROGATE.sub("\ufffd", text.replace("\0", ""))


def of_raw_header(value: str) -> str:
    """A header value as `email` hands it over (octets as surrogates), read as UTF-8, else as Latin-1."""
    if value.isascii():
        return value
    octets = value.encode("utf-8", "surrogateescape")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")
