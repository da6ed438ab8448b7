"""A mail around an article, octet by octet, as mail programs write it; shares no code with mailproc.

Transfer encodings, format=flowed (RFC 3676 §4), HTML and MIME are written here; of the standard library come the
charsets and base64. Line ends on the wire are CRLF. What must come out of it stands in `Sent`.
"""

from __future__ import annotations

import base64
import codecs
import random
import re
import struct
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

from bench.written.articles import ENDS_IN_BLANKS, LITTLE_TO_TELL, NEEDS_UNICODE, SHAPES, article, languages, trimmed
from bench.written.pairs import Row

AUTHSERV = "mx.harbour.example"
UNICODE = ("utf-8", "utf-16")
_CODECS = {"tis-620": "cp874", "hz-gb-2312": "hz", "iso-8859-8-i": "iso8859-8", "ks_c_5601-1987": "cp949"}
_WRONG = ("utf-8", "iso-8859-1", "us-ascii", "windows-1252", "iso-8859-2", "windows-1251", "koi8-r", "gb2312", "euc-kr")
_TONES = "\u0300\u0301\u0303\u0309\u0323"  # written behind their letter in windows-1258
_WIDTH = 66  # columns of flowed lines
_COLUMNS = 76  # of quoted-printable and base64
_STUFFED = (" ", ">", "From ")


@dataclass(frozen=True, slots=True)
class Sent:
    """One article as it was mailed."""

    number: int
    row: Row
    written: str  # the article; what must be published
    seam: int | None  # where it was cut for a picture
    broken: bool  # the program broke lines of it and marked them
    as_labelled: str | None  # of little foreign text under a false label: what that makes of it
    octets: bytes

    @property
    def author(self) -> str:
        """An addr-spec, another for each mail."""
        return f"jo{self.number}@poole.example"


_BLANK = re.compile(r"(?<=\S) (?=\S)")  # the first within a line gets the mail's number: equal mails are answered once


def dimensions() -> dict[str, tuple[str, ...]]:
    """What is varied, and how."""
    charsets = dict.fromkeys(("utf-8", "utf-16", *(each for _, found in languages().values() for each in found)))
    return {
        "language": tuple(languages()),
        "shape": tuple(SHAPES),
        "structure": tuple(_STRUCTURES),
        "charset": tuple(charsets),
        "label": ("right", "missing", "wrong"),
        "lines": ("fixed", "flowed", "delsp"),
        "encoding": ("7bit", "8bit", "quoted-printable", "base64"),
    }


def fits(row: Row) -> bool:
    """Whether a mail can be so; a row may lack dimensions."""
    charset, language = row.get("charset"), row.get("language")
    if charset and language and charset not in (*UNICODE, *languages()[language][1]):
        return False
    if charset not in (None, *UNICODE) and row.get("shape") in NEEDS_UNICODE:
        return False
    if charset == "utf-16" and row.get("encoding") in ("7bit", "8bit"):  # RFC 2045 §2.8: it has NULs
        return False
    return not (row.get("lines") in ("flowed", "delsp") and row.get("structure") in _HTML_ONLY)


def mail(number: int, row: Row, seed: int) -> Sent:
    """The article of a row, and its mail."""
    chance = random.Random(f"{seed} {number}")  # noqa: S311 - reproducible, not secret
    text = _BLANK.sub(f" {number} ", article(row["language"], row["shape"], seed), count=1)
    text = "".join(map(_vietnamese, text)) if row["charset"] == "windows-1258" else text
    keeps = row["lines"] == "fixed" or (row["lines"] == "flowed" and row["shape"] == "verses of two blanks")
    if not keeps and row["shape"] in (*ENDS_IN_BLANKS, "like signatures"):
        text = "\n".join(trimmed(text.split("\n")))
    parts = _Parts(row, text, chance)
    body = _STRUCTURES[row["structure"]](parts)
    head = (
        f"Return-Path: <jo{number}@poole.example>\r\n"
        f"Authentication-Results: {AUTHSERV}; dkim=pass header.d=poole.example; "
        "dmarc=pass header.from=poole.example\r\n"
        f"From: Jo Poole <jo{number}@poole.example>\r\nTo: articles@harbour.example\r\n"
        f"Subject: The quay, part {number}\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\n"
        f"Message-ID: <{seed}.{number}@client.example>\r\nMIME-Version: 1.0\r\n"
    )
    return Sent(number, row, text, parts.seam, parts.broken, parts.as_labelled, head.encode("ascii") + body)


class _Parts:
    """The parts that a structure is made of: header and body each, ready to be put in."""

    def __init__(self, row: Row, text: str, chance: random.Random) -> None:
        self.row, self.text, self.chance = row, text, chance
        self.broken = False
        self.seam: int | None = None
        self._label = _label(row, text, chance)

    @property
    def as_labelled(self) -> str | None:
        """What a false label makes of a text with a word or two that it could be false of."""
        if self.row["label"] != "wrong" or self.row["shape"] not in LITTLE_TO_TELL:
            return None
        return _reads(self.text.encode(_codec(self.row["charset"])), self._label)

    def words(self, text: str | None = None) -> bytes:
        """The article, or a part of it, as text/plain."""
        text = self.text if text is None else text
        more = {"flowed": "; format=flowed", "delsp": "; format=flowed; delsp=yes", "fixed": ""}[self.row["lines"]]
        sent = text
        if self.row["lines"] != "fixed":
            sent = flowed(text, delsp=self.row["lines"] == "delsp")
            self.broken = self.broken or sent.count("\n") > text.count("\n")
        return self._encoded("text/plain", more, sent)

    def page(self) -> bytes:
        """The article as text/html."""
        return self._encoded("text/html", "", f"<html><body>{_page(self.text, self.row['shape'])}</body></html>\n")

    def _encoded(self, media_type: str, more: str, text: str) -> bytes:
        octets = text.replace("\n", "\r\n").encode(_codec(self.row["charset"]))
        charset = f"; charset={self._label}" if self._label else ""
        if self.row["encoding"] == "base64":
            octets = base64.encodebytes(octets).replace(b"\n", b"\r\n")
        elif self.row["encoding"] == "quoted-printable":
            octets = quoted_printable(octets, binary=self.row["charset"] == "utf-16")
        head = f"Content-Type: {media_type}{charset}{more}\r\nContent-Transfer-Encoding: {self.row['encoding']}\r\n\r\n"
        return head.encode("ascii") + octets

    def picture(self, disposition: str = "inline", number: int = 1) -> bytes:
        """A picture of one colour."""
        body = base64.encodebytes(_png(number)).replace(b"\n", b"\r\n")
        head = (
            f'Content-Type: image/png; name="quay{number}.png"\r\nContent-ID: <quay{number}@client.example>\r\n'
            f'Content-Disposition: {disposition}; filename="quay{number}.png"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n"
        )
        return head.encode("ascii") + body

    def multipart(self, subtype: str, *parts: bytes) -> bytes:
        """Parts in one."""
        boundary = f"=_{subtype}_{self.chance.randrange(10**9)}"
        head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode("ascii")
        inner = b"".join(f"--{boundary}\r\n".encode("ascii") + part + b"\r\n" for part in parts)
        return head + inner + f"--{boundary}--\r\n".encode("ascii")

    def around_a_picture(self) -> bytes:
        """The article cut at a line end, a picture in the cut (Apple Mail)."""
        ends = [at + 1 for at, character in enumerate(self.text[:-1]) if character == "\n"]
        cut = self.chance.choice(ends) if ends else len(self.text)
        self.seam = cut
        return self.multipart("mixed", self.words(self.text[:cut]), self.picture(), self.words(self.text[cut:]))


_STRUCTURES: dict[str, Callable[[_Parts], bytes]] = {
    "plain": lambda p: p.words(),
    "alternative": lambda p: p.multipart("alternative", p.words(), p.page()),
    "text, picture, text": _Parts.around_a_picture,
    "HTML": lambda p: p.page(),
    "HTML, related picture": lambda p: p.multipart("related", p.page(), p.picture()),
    "attachments": lambda p: p.multipart("mixed", p.words(), p.picture("attachment"), p.picture("attachment", 2)),
    "related": lambda p: p.multipart("related", p.multipart("alternative", p.words(), p.page()), p.picture()),
    "all of it": lambda p: p.multipart(
        "mixed",
        p.multipart("alternative", p.words(), p.multipart("related", p.page(), p.picture())),
        p.picture("attachment", 2),
    ),
}
_HTML_ONLY = ("HTML", "HTML, related picture")


def _codec(charset: str) -> str:
    return _CODECS.get(charset, charset.replace("windows-", "cp"))


def _label(row: Row, text: str, chance: random.Random) -> str:
    """What the mail says; a wrong label gives other words, or none."""
    if row["label"] != "wrong":
        return row["charset"] if row["label"] == "right" else ""
    octets = text.encode(_codec(row["charset"]))
    return chance.choice([label for label in _WRONG if _reads(octets, label) != text])


def _reads(octets: bytes, label: str) -> str | None:
    try:
        return octets.decode(codecs.lookup(_codec(label)).name)
    except UnicodeDecodeError:
        return None


def _vietnamese(letter: str) -> str:
    """A letter as windows-1258 holds it: with its tone behind it."""
    taken_apart = unicodedata.normalize("NFD", letter)
    base = unicodedata.normalize("NFC", "".join(each for each in taken_apart if each not in _TONES))
    return base + "".join(each for each in taken_apart if each in _TONES)


def quoted_printable(octets: bytes, *, binary: bool) -> bytes:
    """RFC 2045 §6.7; `binary`: line ends are octets like others."""
    lines = [octets] if binary else octets.split(b"\r\n")
    return b"\r\n".join(_quoted_line(line) for line in lines)


def _quoted_line(line: bytes) -> bytes:
    out, column = [], 0
    for at, octet in enumerate(line):
        is_last_blank = octet in b" \t" and at == len(line) - 1
        plain = (0x21 <= octet <= 0x7E and octet != 0x3D) or (octet in b" \t" and not is_last_blank)  # noqa: PLR2004
        token = bytes((octet,)) if plain else b"=%02X" % octet
        if column + len(token) > _COLUMNS - 1:
            out.append(b"=\r\n")
            column = 0
        out.append(token)
        column += len(token)
    return b"".join(out)


def flowed(text: str, *, delsp: bool) -> str:
    """RFC 3676 §4.2: lines of 66 columns; with DelSp a line may be broken anywhere (§4.1)."""
    return "\n".join(piece for line in text.split("\n") for piece in _flowed_line(line, delsp=delsp))


def _flowed_line(line: str, *, delsp: bool) -> list[str]:
    rest = line.lstrip(">") if line.startswith(">") else line
    marks = line[: len(line) - len(rest)]
    if marks and rest.startswith(" "):
        marks, rest = f"{marks} ", rest[1:]
    if rest in ("-- ", "--"):
        return [line]
    pieces = []
    while len(rest) > _WIDTH:
        at = _WIDTH if delsp else rest.rfind(" ", 1, _WIDTH) + 1 or rest.find(" ", _WIDTH) + 1
        if at == 0 or not rest[at:].strip(" ") or not rest[:at].strip(" "):
            break
        pieces.append(rest[:at] + " " * delsp)
        rest = rest[at:]
    return [marks + (f" {each}" if not marks and each.startswith(_STUFFED) else each) for each in (*pieces, rest)]


def _page(text: str, shape: str) -> str:
    """HTML of the same words: paragraphs, lines, and what the shape asks for."""
    blocks = [block for block in text.strip("\n").split("\n\n") if block.strip()]
    return "\n".join(_block(block.strip("\n"), shape) for block in blocks)


def _block(block: str, shape: str) -> str:
    if shape == "code" and block.startswith("def "):
        return f"<pre>{escape(block)}</pre>"
    lines = [f"{'&nbsp;' * (len(line) - len(line.lstrip(' ')))}{escape(line.strip(' '))}" for line in block.split("\n")]
    return f"<p>{'<br>'.join(lines)}</p>"


def _png(colour: int) -> bytes:
    rows = b"".join(b"\0" + bytes((colour * 40, 90, 160)) * 8 for _ in range(8))

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    size = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
