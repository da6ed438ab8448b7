"""How likely a reading is: what looks wrong in a text whatever its language, and what the detector thinks.

`oddities` counts what no language writes and wrong charsets make: alphabets mixed inside a word, capitals behind
small letters, signs and controls between letters. The detector is chardet (docs/decisions.md says why), asked only
where a label is missing or may lie. It decides nothing; never raises.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

SAMPLE_BYTES = 8 * 1024  # enough to be sure; the detector needs a millisecond a kilobyte
# The charsets that mail was written in, by the names that Python and the detector share. Fewer are better: the
# rare ones are where a detector errs on short text.
_ASKED = (
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874"),
    *("koi8-r", "koi8-u", "iso8859-2", "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-13", "iso8859-15"),
    *("cp866", "cp850", "cp852", "mac-roman", "gb18030", "big5hkscs", "cp949", "cp932"),
)
_BY_THE_DETECTOR = {"euc_jp": "euc-jp"}
_DETECTED = {"euc_jis_2004": "euc_jp", "shift_jis_2004": "cp932", "euc_kr": "cp949", "tis-620": "cp874"}
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC", "THAI", "ARMENIAN", "GEORGIAN", "HALFWIDTH KATAKANA")
_WORD = re.compile(r"[^\s!-/:-@\[-`{-~\u2010-\u2027]+")
_ACCENTED_RUN = re.compile("[\u00c0-\u024f]{4,}|(?<![^\\s])[\u00c0-\u024f]{3,}(?![^\\s])")
_MARKUP = re.compile(rb"</?+[A-Za-z][^<>]{0,1000}+>|&[A-Za-z]{2,8};|&#\w{1,6};")
_FINAL_INSIDE = re.compile("[\u05da\u05dd\u05df\u05e3\u05e5](?=[\u05d0-\u05ea])")
_FIRST_SIGN_OF_TODAY = 0x2600  # pictures and newer signs stand where people put them
_CHARACTERS = 4096


def sample(octets: bytes) -> bytes:
    """The lines that hold octets beyond ASCII, up to 8 KiB of them, without HTML's markup, which is English."""
    some = _some_of(octets)
    return _MARKUP.sub(b" ", some) if b"<" in some else some


def foreign(some: bytes) -> bytes:
    """The words of a sample that hold octets beyond ASCII, without those of another language beside them."""
    return b" ".join(word for word in some.split() if not word.isascii())


def _some_of(octets: bytes) -> bytes:
    if len(octets) <= SAMPLE_BYTES:
        return octets
    found, size = [], 0
    for line in octets.split(b"\n"):
        if not line.isascii():
            found.append(line[:SAMPLE_BYTES])
            size += len(line) + 1
            if size >= SAMPLE_BYTES:
                break
    return b"\n".join(found)[:SAMPLE_BYTES]


def ranked(octets: bytes, *also: str) -> list[tuple[str, float]]:
    """Codecs with the detector's confidence, best first; of `also` too, though mail seldom uses them."""
    import chardet  # noqa: PLC0415 (a tenth of a second and 4 MB that most mails do without)

    asked = {*_ASKED, "euc-jp", *(_BY_THE_DETECTOR.get(codec, codec) for codec in also)}
    try:
        found = chardet.detect_all(octets, ignore_threshold=True, compat_names=False, include_encodings=asked)
    except Exception:  # noqa: BLE001 (a codec that it does not know, or whatever hostile octets find in it)
        return ranked(octets) if also else []
    pairs = [(each["encoding"], each["confidence"]) for each in found if each["encoding"]]
    return [(_DETECTED.get(codec, codec), confidence) for codec, confidence in pairs]


def oddities(text: str) -> int:
    """How many places look as no language writes them; the first 4,096 characters are looked at."""
    text = text[:_CHARACTERS]
    if text.isascii():
        return 0
    odd = len(_ACCENTED_RUN.findall(text)) + len(_FINAL_INSIDE.findall(text))
    return odd + sum(_oddities_of_word(word) for word in _WORD.findall(text) if not word.isascii())


def _oddities_of_word(word: str) -> int:
    kinds = [_kind(character) for character in word]
    odd = kinds.count("control")
    for at, (left, right) in enumerate(pairwise(kinds)):
        odd += left in _ALPHABETS and right in _ALPHABETS and left != right
        pair = word[at : at + 2]
        odd += pair[0].islower() and pair[1].isupper() and not pair.isascii() and pair[0] != "ß"
        odd += right == "sign" and left in _ALPHABETS and (kinds[at + 2 : at + 3] or [""])[0] in _ALPHABETS
        odd += right == "mark" and left not in (*_ALPHABETS, "mark", "letter")
    return odd


@lru_cache(maxsize=8192)
def _kind(character: str) -> str:
    """The alphabet of a letter; "letter" of any other script; "sign", "mark", "control" or ""."""
    if character.isascii():
        return "LATIN" if character.isalpha() else ""
    category = unicodedata.category(character)
    if category in ("Cc", "Cn", "Co") or character == "\ufffd":
        return "control"
    if category.startswith("L"):
        name = unicodedata.name(character, "")
        return next((each for each in _ALPHABETS if name.startswith(each)), "letter")
    if category.startswith("M"):
        return "mark"
    is_old = category[0] == "S" and ord(character) < _FIRST_SIGN_OF_TODAY
    return "sign" if is_old or category == "No" else ""
