"""Header values made fit for people: encoded words (RFC 2047 §2) decoded, controls gone, marks like "Re:" removed.

Every value that is shown or that goes into a letter passes `clean`; nothing that it gives can end a
header line, change the direction of writing or hide (catalogue S80, S81). What goes into a log passes
`plain`, which shows such characters by their numbers (catalogue S39). Broken words stay as they are written. These
functions never raise and say nothing about identity: see `address`.
"""

from __future__ import annotations

import re
import unicodedata
from base64 import b64decode
from binascii import Error as Base64Error
from quopri import decodestring

from mailproc.message.charset.reading import read, read_raw, scrub

RAW_LIMIT = 4096  # catalogue S57: 100,000 encoded words cost seconds; nobody reads past the first 4 KiB
TITLE_LIMIT = 200
LOG_LIMIT = 1024  # catalogue S39

# RFC 2047 §2, tolerant of blanks and question marks inside the encoded text.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?(.*?)\?=", re.DOTALL)
_SUBJECT = re.compile(rb"(?:\A|\r\n|\n|\r)subject:([^\r\n]*+(?:(?:\r\n|\n|\r)[ \t][^\r\n]*+)*+)", re.IGNORECASE)
_EMPTY_LINE = re.compile(rb"(?>\r\n|\n|\r)(?:\r\n|\n|\r)")
_BLANK = re.compile(r"\s*")
# Reply and forward marks of mail programs in the languages they are written for, with counters: Re[2]: AW(3):
_MARK = re.compile(
    r"(?:re|fwd?|fw|aw|wg|sv|vs|vb|vl|rv|tr|antw|antwort|res|enc|ref|rif|odp|pd|ynt|ilt|doorst|bls|atb|回复|答复|转发|回覆|轉寄|返信|転送)"
    r" ?(?:\[\d{1,4}\]|\(\d{1,4}\)|\d{1,4})? ?[:\uff1a]",
    re.IGNORECASE,
)
_SHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # categories that `clean` never lets through


def decode_words(value: str) -> str:
    """The value with its encoded words (RFC 2047 §2) decoded; at most 4 KiB of it is read.

    Neighbouring words of one charset are joined before they are decoded, since mail programs cut words
    inside a character. What is not a well-formed word stays as written; a charset that is missing or wrong is
    guessed. The result may hold any character but NUL and lone surrogates.
    """
    return read_words(value)[0]


def read_words(value: str) -> tuple[str, str]:
    """The value as `decode_words` gives it, and the charset by which words of it were read by guess; "" none."""
    value = scrub(value[:RAW_LIMIT])
    if "=?" not in value:
        return value, ""
    out: list[str] = []
    guesses: list[str] = []
    octets, charset, at = b"", "", 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        follows = bool(charset) and _BLANK.fullmatch(between) is not None  # RFC 2047 §6.2: not displayed
        named = word[1].partition("*")[0].lower()  # RFC 2231 §5
        if not (follows and named == charset):
            out += (_decoded(octets, charset, guesses), "" if follows else between)
            octets = b""
        octets += _octets(word[2], word[3])
        charset, at = named, word.end()
    out += (_decoded(octets, charset, guesses), value[at:])
    return "".join(out), next(iter(guesses), "")


def _decoded(octets: bytes, charset: str, guesses: list[str]) -> str:
    """The characters; a guess at them is noted."""
    if not octets:
        return ""
    reading = read(octets, charset)
    if reading.guess:
        guesses.append(reading.guess)
    return reading.text


def _octets(encoding: str, encoded: str) -> bytes:
    """The octets of one word; what its encoding does not allow is passed over (RFC 2047 §4)."""
    written = encoded.encode("utf-8")
    if encoding in "qQ":
        return decodestring(written.replace(b" ", b"_"), header=True)
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", written)
    try:
        return b64decode(kept + b"=" * (-len(kept) % 4))
    except Base64Error:  # one letter too many: RFC 4648 §3.2 has no such length
        return b64decode(kept[: len(kept) // 4 * 4])


def clean(text: str, limit: int = TITLE_LIMIT) -> str:
    """One line for people: NFC, no controls, no bidi or zero-width marks, single blanks, `limit` characters.

    C0, C1, line and paragraph separators become a blank; format characters and lone surrogates go.
    """
    text = text[: 16 * limit + RAW_LIMIT]  # NFC of endless combining marks is not linear
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", "".join(map(_shown, text)))
    return " ".join(text.split())[:limit].rstrip()


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category not in _SHOWN:
        return character
    return "" if category in ("Cf", "Cs") else " "


def plain(text: str, limit: int = LOG_LIMIT) -> str:
    r"""One line for a log: what is not printable stands as `\x1b`, `\u202e`, `\n`; at most `limit` characters."""
    shown = text[:limit]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown)
    return shown[:limit]


def subject_in(head: bytes) -> str:
    """The Subject of a mail that nobody has parsed, from its first octets, decoded and cleaned; "" without one."""
    end = _EMPTY_LINE.search(head)
    found = _SUBJECT.search(head[: end.start()] if end else head)
    if found is None:
        return ""
    written = found[1][: 2 * RAW_LIMIT].decode("ascii", "surrogateescape")
    return clean(decode_words(read_raw(re.sub(r"[\r\n]+", "", written)).text))


def is_marked(subject: str) -> bool:
    """Whether a decoded subject begins with a reply or forward mark."""
    return _MARK.match(subject) is not None


def title_of(subject: str, text: str) -> str:
    """The `title` of design §9: the Subject without reply and forward marks, else the text's first line with words.

    Decodes and cleans; at most 200 characters; "" where neither says anything.
    """
    title = clean(decode_words(subject), RAW_LIMIT)
    while mark := _MARK.match(title):
        title = title[mark.end() :].lstrip()
    if title := clean(title):
        return title
    return next(filter(None, map(clean, text[:65536].splitlines())), "")
