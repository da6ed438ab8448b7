"""The table of labels: what mail calls a charset, the codec that reads it, and its name for people.

An allow-list (catalogue S65): codecs that are no charsets of mail (`zlib_codec`, `idna`, `unicode_escape`) are not
reached. Supersets stand in for the names that mail programs use too narrowly (WHATWG Encoding §4.2): gb2312 means
gb18030, shift_jis means cp932, iso-8859-1 means windows-1252. Looks at no octets.
"""

from __future__ import annotations

import codecs
import re
from itertools import chain

ISO_2022_JP = "iso-2022-jp-ms"  # not one of Python's: see `japanese`
_NAME_LIMIT = 60

# By codec, in small letters and without signs: "Windows_1251", "x-cp1251" and "win1251" are all written so.
_LABELS: dict[str, str] = {
    "ascii": "ansi ansix341968 ansix341986 us usascii 7bit iso646us iso646irv cp367 ibm367 csascii",
    "utf-8": "utf8 unicode11utf8 utf8mb4 cp65001 unicode20utf8",
    "utf-7": "utf7 unicode11utf7 cp65000 csunicode11utf7",
    "cp1250": "win1250 windows1250 cp1250 ms1250 ansi1250",
    "cp1251": "win1251 windows1251 cp1251 ms1251 ansi1251 cyrillicwindows",
    "cp1252": "win1252 windows1252 cp1252 ms1252 ansi1252 iso88591 88591 latin1 l1 isolatin1 ibm819 cp819 iso885911987",
    "cp1253": "win1253 windows1253 cp1253 ms1253",
    "cp1254": "win1254 windows1254 cp1254 ms1254 iso88599 88599 latin5 l5 iso885991989",
    "cp1255": "win1255 windows1255 cp1255 ms1255",
    "cp1256": "win1256 windows1256 cp1256 ms1256",
    "cp1257": "win1257 windows1257 cp1257 ms1257",
    "cp1258": "win1258 windows1258 cp1258 ms1258",
    "cp874": "win874 windows874 cp874 tis620 tis6202533 iso885911 dos874",
    "iso8859-2": "iso88592 88592 latin2 l2 isolatin2 iso885921987",
    "iso8859-5": "iso88595 88595 cyrillic iso885951988",
    "iso8859-6": "iso88596 88596 iso88596i iso88596e arabic asmo708",
    "iso8859-7": "iso88597 88597 greek iso885971987 elot928",
    "iso8859-8": "iso88598 88598 iso88598i iso88598e hebrew logical visual iso885981988",
    "iso8859-15": "iso885915 885915 latin9 latin0 l9",
    "koi8-r": "koi8r koi8 koi cskoi8r",
    "koi8-u": "koi8u koi8ru",
    "cp866": "cp866 ibm866 866 csibm866 dos866",
    "mac-roman": "macroman macintosh mac csmacintosh",
    "mac-cyrillic": "maccyrillic macukrainian",
    ISO_2022_JP: "iso2022jpms cp50220 cp50221 cp50222 windows50220 windows50221",
    "iso2022_jp_ext": "iso2022jp csiso2022jp iso2022jp1 iso2022jp2 iso2022jpext jis",  # with half-width kana
    "iso2022_jp_2004": "iso2022jp2004 iso2022jp3",
    "iso2022_kr": "iso2022kr csiso2022kr",
    "cp932": "shiftjis sjis mskanji windows31j cswindows31j csshiftjis cp932 ms932 windows932 mscp932 cp943 cp943c",
    "euc_jp": "eucjp eucjpms eucjpwin cseucpkdfmtjapanese cp51932 cp20932",
    "gb18030": "gb18030 gb2312 gb231280 gbk cp936 ms936 windows936 euccn chinese csgb2312 cngb isoir58 gb18030u",
    "hz": "hz hzgb2312 hzgb",
    "big5hkscs": "big5 big5hkscs cnbig5 cp950 ms950 windows950 csbig5 big5eten xxbig5",
    "cp949": "euckr cseuckr ksc5601 ksc56011987 ksc56011989 korean ks5601 cp949 ms949 windows949 uhc isoir149",
}
_BY_LABEL = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
# Python's names of all that may be reached: what has its own name everywhere needs no line above.
_KNOWN = frozenset(
    chain(
        _LABELS,
        ("utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le", "utf-8-sig", "koi8-t", "johab"),
        ("mac-greek", "mac-latin2", "mac-turkish", "mac-iceland", "kz1048", "ptcp154"),
        (f"iso8859-{n}" for n in range(1, 17)),
        (f"cp{n}" for n in (437, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 869)),
    )
)
_FOR_PEOPLE = {
    "ascii": "US-ASCII",
    "utf-8": "UTF-8",
    "utf-7": "UTF-7",
    ISO_2022_JP: "ISO-2022-JP",
    "iso2022_jp_ext": "ISO-2022-JP",
    "iso2022_jp_2004": "ISO-2022-JP-2004",
    "iso2022_kr": "ISO-2022-KR",
    "cp932": "Shift_JIS",
    "euc_jp": "EUC-JP",
    "gb18030": "GB18030",
    "hz": "HZ-GB-2312",
    "big5hkscs": "Big5",
    "cp949": "EUC-KR",
    "koi8-r": "KOI8-R",
    "koi8-u": "KOI8-U",
    "mac-roman": "Mac Roman",
    "mac-cyrillic": "Mac Cyrillic",
}


def codec_of(label: str | None) -> str | None:
    """The codec for a charset as mail writes it; None where it is none of ours."""
    if not label or len(label) > _NAME_LIMIT:
        return None
    name = label.strip().strip("\"'").partition("*")[0].lower()  # RFC 2231 §5: charset*language
    signless = re.sub(r"[^a-z0-9]", "", name)
    found = _BY_LABEL.get(signless) or _BY_LABEL.get(signless.removeprefix("x"))
    if found:
        return found
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        return None
    return codec if codec in _KNOWN else None


def name_of(codec: str) -> str:
    """What people call it: `Windows-1251`, `ISO-8859-2`, `KOI8-R`."""
    if codec in _FOR_PEOPLE:
        return _FOR_PEOPLE[codec]
    windows = re.fullmatch(r"cp(125\d|874)", codec)
    return f"Windows-{windows[1]}" if windows else codec.upper().replace("ISO8859", "ISO-8859")
