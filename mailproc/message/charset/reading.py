"""From octets to characters: one ladder for labels that are right, missing or wrong.

The first rung that can read the octets does: what they themselves say beyond doubt (escape sequences, well-formed
UTF-8), then the label unless the text it gives belies it, then a guess. Whatever was guessed says so. One octet that
means nothing costs one character, U+FFFD. It never raises, and what it gives holds no NUL and no lone surrogate.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from mailproc.message.charset.japanese import ESCAPE, from_euc, from_iso_2022
from mailproc.message.charset.labels import ISO_2022_JP, codec_of, name_of
from mailproc.message.charset.likely import foreign, oddities, ranked, sample

_SURROGATE = re.compile("[\ud800-\udfff]")
_HIGH = bytes(range(128))  # what is not beyond ASCII
_KOREAN = re.compile(rb"\x1b\$\)C")  # ISO-2022-KR
_HZ = re.compile(rb"~\{(?:[\x21-\x77][\x21-\x7e])+~\}")  # Chinese between ~{ and ~}
_COMMON_HZ = re.compile(rb"~\{(?:[\x30-\x57][\x21-\x7e])+~\}")
_SEVEN_BITS = ("iso2022", "iso-2022", "hz", "utf-7")  # stateful
_WIDE = ("utf-16", "utf-32")
_PAIRS = ("gb18030", "big5hkscs", "cp949", "cp932", "euc_jp", "johab")
# What is sent raw under a stateful label: the same country's charsets with eight bits.
_SIBLINGS = {"iso2022_k": ("cp949",), "iso2022_j": ("cp932", "euc_jp"), "iso-2022-j": ("cp932", "euc_jp")}
_SIBLINGS |= {"hz": ("gb18030",)}
_STRICT = {ISO_2022_JP: from_iso_2022}  # codecs of our own
_NOT_SHIFT_JIS = dict.fromkeys((0xA0, 0xF8F0, 0xF8F1, 0xF8F2, 0xF8F3), 0xFFFD)  # what Python makes of lone octets
_LENIENT = {ISO_2022_JP: from_iso_2022, "iso2022_jp_ext": from_iso_2022, "euc_jp": from_euc}  # lose one character
_LOST = "\ufffd"
_CONTROL = re.compile("[\x80-\x9f\ufffd]")  # C1, which nobody means
_BEYOND_TWO_OCTETS = "\u0800"  # of UTF-8
_GLUED = re.compile(rb"[a-z][\x80-\xff]|[\x80-\xff][a-z]")  # a pair is a word, an accented letter a part of one
_INSIDE = re.compile(rb"[A-Za-z][\xc0-\xff]{1,2}(?=[a-z])")
_SIGN = re.compile(r"(?<=[A-Za-z])[^\w\s!-~](?=[A-Za-z])")  # "x±y" is nothing odd where there is little else
_FEW = 8  # octets beyond ASCII: four pairs
_LITTLE = 16  # octets: a word or two, beside which the language of the rest says nothing
_MANY = 3  # the label is believed where fewer octets could gainsay it
_SURE, _SURER = 0.1, 1.25  # its confidence, and how much more than in the label
_CASE_IS_ALL = ("koi8-r", "koi8-u", "cp1251")  # one's capitals are the other's small letters
_ASKED_TWICE = 5  # of the likeliest
_FEW_LOST = 20  # a reading may lose one character in so many


@dataclass(frozen=True, slots=True)
class Reading:
    """What octets say."""

    text: str
    charset: str  # by which they were read, as people call it: "KOI8-R"
    guessed: bool  # no label that we know said so, or what was said does not fit

    @property
    def guess(self) -> str:
        """The charset where it was guessed and there is anything beyond ASCII to be wrong; else ""."""
        return self.charset if self.guessed and not self.text.isascii() else ""


@dataclass(frozen=True, slots=True)
class _Case:
    octets: bytes
    codec: str | None  # None: no label, or none that we know
    named: bool  # there is a label
    hint: str | None  # a codec that other parts of the same mail are in

    @property
    def open(self) -> bool:
        """Whether the label says nothing of octets beyond ASCII."""
        return self.codec in (None, "ascii")


def read(octets: bytes, label: str | None, hint: str | None = None) -> Reading:
    """The characters, by which charset, and whether it was guessed. `hint`: a charset to try before a mere guess."""
    case = _Case(octets, codec_of(label), label is not None, codec_of(hint))
    return next(reading for rung in _RUNGS if (reading := rung(case)) is not None)


def scrub(text: str) -> str:
    """The same text without NUL, lone surrogates as U+FFFD (catalogue S66: derived fields hold neither)."""
    if text.isascii():
        return text.replace("\0", "")
    return _SURROGATE.sub(_LOST, text.replace("\0", ""))


def read_raw(value: str, hint: str | None = None) -> Reading:
    """A header value as `email` hands it over (octets as surrogates). RFC 6532 §3.2: UTF-8, else a guess."""
    if value.isascii() and "\x1b" not in value:
        return Reading(value, "US-ASCII", guessed=False)
    reading = read(value.encode("utf-8", "surrogateescape"), None, hint)
    well_formed = reading.charset == "UTF-8" and _LOST not in reading.text
    return replace(reading, guessed=False) if well_formed else reading


def of_raw_header(value: str) -> str:
    """The same read as UTF-8, else as Latin-1: where structure counts and letters do not, octet by octet."""
    if value.isascii():
        return value
    octets = value.encode("utf-8", "surrogateescape")
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode("latin-1")


# The rungs


def _by_escapes(case: _Case) -> Reading | None:
    """Escape sequences are written by nobody by chance; they beat every label that does not know them."""
    seven = _is_stateful(case.codec)
    if b"\x1b" in case.octets and (seven or case.octets.isascii()):
        if _KOREAN.search(case.octets):
            return _read(case, "iso2022_kr", guessed=case.codec != "iso2022_kr")
        if ESCAPE.search(case.octets):
            named = case.codec is not None and case.codec.startswith(("iso2022_jp", "iso-2022"))
            codec = case.codec if named and case.codec else "iso2022_jp_ext"
            return _read(case, codec, guessed=not named)
    if not seven and case.octets.isascii() and _is_hz(case.octets):
        return _strictly(case, "hz", guessed=True)
    return None


def _is_hz(octets: bytes) -> bool:
    """Whether every tilde begins or ends Chinese, and there is a word or two of it; a lone ~{ is a programmer's.

    Common characters (GB 2312 rows 16 to 55) begin with a capital or a digit, programmers' words seldom do.
    """
    found = _HZ.findall(octets)
    tildes = octets.replace(b"~~", b"").replace(b"~\n", b"").count(b"~")
    are_common = found and all(_COMMON_HZ.fullmatch(each) for each in found)
    return tildes == 2 * len(found) and (sum(map(len, found)) >= _FEW + 4 * len(found) or bool(are_common))


def _by_seven_bits(case: _Case) -> Reading | None:
    if not case.octets.isascii() or _is_wide(case):
        return None
    if case.codec is not None and _is_stateful(case.codec):
        return _read(case, case.codec, guessed=False)
    wrong = case.named and (case.codec is None or case.codec.startswith(_WIDE))
    return Reading(scrub(case.octets.decode("ascii")), "US-ASCII", guessed=wrong)


def _is_wide(case: _Case) -> bool:
    """UTF-16 or UTF-32 that is it: web pages say so of themselves when they are sent in something else."""
    return (
        case.codec is not None and case.codec.startswith(_WIDE) and (b"\0" in case.octets or not case.octets.isascii())
    )


def _by_wide(case: _Case) -> Reading | None:
    if case.codec is not None and _is_wide(case):
        return _strictly(case, case.codec, guessed=False)
    if case.octets.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" in case.octets:
        return _strictly(case, "utf-16", guessed=True)
    return None


def _by_utf_8(case: _Case) -> Reading | None:
    """Well-formed UTF-8 beyond ASCII is UTF-8 whatever one octet a character says.

    A pair of another charset looks like two octets of UTF-8 once in eight times; four pairs never do, nor three octets.
    """
    try:
        text = case.octets.decode("utf-8")
    except UnicodeDecodeError:
        return None
    is_short = _high(case.octets) < _FEW and max(text) < _BEYOND_TWO_OCTETS
    by_chance = is_short and not _GLUED.search(case.octets)
    if case.codec in _PAIRS and by_chance and _fits(case.octets, case.codec):
        return None
    return Reading(scrub(text), "UTF-8", guessed=case.codec not in ("utf-8", "utf-8-sig"))


def _by_siblings(case: _Case) -> Reading | None:
    """Octets beyond ASCII under a label of seven bits."""
    if case.codec is None or not _is_stateful(case.codec):
        return None
    siblings = next((codecs for prefix, codecs in _SIBLINGS.items() if case.codec.startswith(prefix)), ())
    fitting = [codec for codec in siblings if _fits(case.octets, codec)]
    best = min(fitting, key=lambda codec: oddities(_decoded(sample(case.octets), codec)), default=None)
    return _read(case, best, guessed=True) if best else None


def _by_label(case: _Case) -> Reading | None:
    """The label, unless what it gives is belied by how it looks or by the detector."""
    if case.open or case.codec is None or case.codec.startswith("utf-") or _is_stateful(case.codec):
        return None
    text = _decoded(case.octets, case.codec)
    if text.count(_LOST) * _FEW_LOST > _high(case.octets) + _FEW_LOST:
        return None
    better = _better(case.octets, case.codec)
    if better is None:
        return Reading(scrub(text), name_of(case.codec), guessed=_LOST in text)
    return _read(case, better, guessed=True)


def _better(octets: bytes, codec: str) -> str | None:
    """A codec by which a labelled text reads better; the label's own where it is in doubt; None: it is right."""
    some = sample(octets)
    text = _decoded(some, codec)
    odd, high = oddities(text) + _glued(some, codec), _high(some)
    in_doubt = codec if _CONTROL.search(text) else None
    if high < _MANY and not odd and not in_doubt:
        return None
    sure = dict(reversed(ranked(some, codec)))
    best = max(sure, key=lambda each: sure[each], default=codec)
    if high < _LITTLE and odd > len(_SIGN.findall(text)):
        best = min(
            filter(partial(_fits, some), sure), key=lambda each: (_oddities(some, each), -sure[each]), default=best
        )
    other = _decoded(some, best)
    is_same = other == text or not _fits(some, best)
    if not is_same and not odd and _agrees_with_its_words(some, codec, best):
        return codec if high >= _LITTLE and _SURER * sure.get(codec, 0) <= sure[best] else in_doubt
    if not is_same and oddities(other) < odd:
        return best
    if is_same or oddities(other) > odd or high < _MANY or sure[best] < _SURE:
        return in_doubt
    if sure[best] <= max(_in_small_letters(some, codec), sure.get(codec, 0)):
        return in_doubt
    return best if sure[best] >= _SURER * sure.get(codec, 0) else codec


def _oddities(octets: bytes, codec: str) -> int:
    return oddities(_decoded(octets, codec))


def _glued(octets: bytes, codec: str) -> int:
    """How many rare pairs stand inside Latin words, where a Western charset has one accented letter each."""
    return len(_INSIDE.findall(octets)) if codec in _PAIRS and _high(octets) < _LITTLE else 0


def _agrees_with_its_words(some: bytes, codec: str, best: str) -> bool:
    """Whether a label is the likelier for the foreign words alone: beside English each of them may look as anything."""
    sure = dict(reversed(ranked(foreign(some), codec)))
    return sure.get(codec, 0) >= sure.get(best, 0)


def _in_small_letters(octets: bytes, codec: str) -> float:
    """The detector's confidence where no letter is a capital: KOI8-R in capitals is Windows-1251 in small ones."""
    try:
        small = _decoded(octets, codec).lower().encode(codec)
    except (UnicodeError, LookupError):
        return 0
    return dict(reversed(ranked(small, codec))).get(codec, 0)


def _by_most_of_utf_8(case: _Case) -> Reading | None:
    """UTF-8 that lost or gained an octet on its way, or was cut inside a character."""
    text = case.octets.decode("utf-8", "replace")
    lost, good = text.count(_LOST), sum(character > "\x7f" for character in text)
    cut = case.codec == "utf-8" and lost == 1 and text.endswith(_LOST) and oddities(_decoded(case.octets, "cp1252"))
    return Reading(scrub(text), "UTF-8", guessed=True) if cut or good - lost >= 4 * lost else None


def _by_hint(case: _Case) -> Reading | None:
    """The charset of the same mail's text, for a name or a subject that says nothing of its own."""
    if case.hint is None or case.hint.startswith("utf") or _is_stateful(case.hint) or not _fits(case.octets, case.hint):
        return None
    return None if oddities(_decoded(case.octets, case.hint)) else _read(case, case.hint, guessed=True)


def _by_detector(case: _Case) -> Reading | None:
    """The likeliest charset whose text looks like words."""
    some = sample(case.octets)
    if _high(some) < _MANY and _fits(some, "cp1252") and not oddities(_decoded(some, "cp1252")):
        return None  # too few to tell
    found = [(codec, sure) for codec, sure in ranked(some) if sure > 0 and _fits(some, codec)]
    found.sort(key=lambda each: (oddities(_decoded(some, each[0])), -each[1]))
    capitals = [codec for codec, _ in found[:_ASKED_TWICE] if codec in _CASE_IS_ALL]
    if len(capitals) > 1 and capitals[0] == found[0][0]:
        return _read(case, max(capitals, key=lambda codec: _in_small_letters(some, codec)), guessed=True)
    if not found:
        return None
    best = found[0][0]
    is_common = best == "iso8859-15" and _decoded(case.octets, best) == _decoded(case.octets, "cp1252")
    return _read(case, "cp1252" if is_common else best, guessed=True)


def _by_default(case: _Case) -> Reading:
    return _read(case, "cp1252", guessed=True)


_RUNGS: tuple[Callable[[_Case], Reading | None], ...] = (
    _by_escapes,
    _by_seven_bits,
    _by_wide,
    _by_utf_8,
    _by_siblings,
    _by_label,
    _by_most_of_utf_8,
    _by_hint,
    _by_detector,
    _by_default,
)


def _read(case: _Case, codec: str, *, guessed: bool) -> Reading:
    text = _decoded(case.octets, codec)
    return Reading(scrub(text), name_of(codec), guessed=guessed or _LOST in text)


def _strictly(case: _Case, codec: str, *, guessed: bool) -> Reading | None:
    return _read(case, codec, guessed=guessed) if _fits(case.octets, codec) else None


def _fits(octets: bytes, codec: str) -> bool:
    """Whether each octet is a character that somebody may have meant."""
    return not _CONTROL.search(_decoded(octets, codec))


def _decoded(octets: bytes, codec: str) -> str:
    """By a codec, or what can be read by it: each octet that means nothing becomes U+FFFD."""
    if codec in _STRICT:
        return _STRICT[codec](octets)
    try:
        text = octets.decode(codec)
    except (UnicodeError, ValueError):
        text = _LENIENT[codec](octets) if codec in _LENIENT else octets.decode(codec, "replace")
    return text.translate(_NOT_SHIFT_JIS) if codec == "cp932" else text


def _is_stateful(codec: str | None) -> bool:
    return codec is not None and codec.startswith(_SEVEN_BITS)


def _high(octets: bytes) -> int:
    """How many octets are beyond ASCII."""
    return len(octets.translate(None, _HIGH))
