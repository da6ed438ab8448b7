"""The words of an .rtf (Rich Text Format 1.9.1), in one linear way through its octets.

Kept: tables, list marks, text boxes, what fields show, footnotes and endnotes after the text; letters by number, and by
octets in the charset of their font. Not kept: comments, deleted and hidden words, pictures, running headers and
footers. A destination that nobody knows is passed over where the format asks for that. Raises Stopped.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import BinaryIO

from mailproc.document.flow import Flow
from mailproc.document.limits import DAMAGED, MAX_RTF_BYTES, TOO_LARGE, Budget, Stopped

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?"
    rb"|\\'(?P<octet>[0-9a-fA-F]{2})"
    rb"|\\(?P<symbol>.)"
    rb"|(?P<brace>[{}])"
    rb"|(?P<layout>[\r\n\0]+)"
    rb"|(?P<text>[^\\{}\r\n\0]+|\\)",
    re.DOTALL,
)
_CODECS = {  # of \fcharset; 0 is the desk of Western Europe, 1 whatever the document says
    0: "cp1252",
    77: "mac-roman",
    128: "cp932",
    129: "cp949",
    130: "johab",
    134: "gb18030",
    136: "cp950",
    161: "cp1253",
    162: "cp1254",
    163: "cp1258",
    177: "cp1255",
    178: "cp1256",
    186: "cp1257",
    204: "cp1251",
    222: "cp874",
    238: "cp1250",
    255: "cp437",
}
_PAGES = {936: "gb18030", 1361: "johab", 10000: "mac-roman", 65001: "utf-8"}  # of \ansicpg, where Python's name differs
_SETS = {b"ansi": "cp1252", b"mac": "mac-roman", b"pc": "cp437", b"pca": "cp850"}
CODECS = {*_CODECS.values(), *_PAGES.values(), "cp850", *(f"cp{page}" for page in (866, 1361, *range(1250, 1259)))}
CODECS -= {"cp1361"}

# What becomes of a group by the word that begins it.
_PASSED = frozenset(
    b"""
    fonttbl colortbl stylesheet info pict objdata header headerl headerr headerf footer footerl footerr
    footerf fldinst annotation atnid atnauthor atnref atrfstart atrfend xe tc tcn sn sv sp shprslt
    nonesttables nonshppict pn themedata filetbl listtable listoverridetable revtbl rsidtbl private
    mtype mctrlPr ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn template operator
    """.split()
)
_KEPT = frozenset(b"shpinst shptxt do dptxbxtext footnote ud moMath moMathPara mvto fldrslt".split())
_ASIDE = frozenset(b"shptxt dptxbxtext".split())
_LINE_ENDS = frozenset(b"par sect page column".split())
_SAID = {
    b"line": "\n",
    b"lbr": "\n",
    b"softline": "\n",
    b"tab": "\t",
    b"lquote": "\u2018",
    b"rquote": "\u2019",
    b"ldblquote": "\u201c",
    b"rdblquote": "\u201d",
    b"bullet": "\u2022",
    b"endash": "\u2013",
    b"emdash": "\u2014",
    b"emspace": "\u2003",
    b"enspace": "\u2002",
    b"qmspace": "\u2005",
    b"ltrmark": "\u200e",
    b"rtlmark": "\u200f",
    b"zwj": "\u200d",
    b"zwnj": "\u200c",
    b"zwbo": "\u200b",
    b"zwnbo": "\u2060",
}
_SYMBOLS = {b"~": "\u00a0", b"_": "\u2011", b"-": "\u00ad", b"\r": "\n", b"\n": "\n", b"\t": "\t"}
_SYMBOLS |= {b"\\": "\\", b"{": "{", b"}": "}"}
_HIDING = frozenset((b"v", b"deleted", b"mvf"))  # hidden, deleted, moved away
_MOST_FALLBACK = 20  # characters that stand for one \u; a document says so itself
_BEYOND = 0x110000
_PLANE = 0x10000


@dataclass(frozen=True, slots=True)
class _State:
    """What holds within a group."""

    passed: bool = False  # a destination that holds no word of the page
    hides: frozenset[bytes] = frozenset()  # those words of _HIDING that are on
    fallback: int = 1  # characters after each \u that stand for it (\uc)
    codec: str = ""  # of the font; "": the document's
    ends: str = ""  # what the end of the group ends: "note", "aside"
    mark: int = 0  # the number of that note
    twice: bool = False  # its groups say the same in two encodings
    fonts: bool = False  # this is the table of fonts


def read(file: BinaryIO, flow: Flow, budget: Budget) -> None:
    """The text into `flow`, and its notes."""
    octets = file.read(MAX_RTF_BYTES + 1)
    if len(octets) > MAX_RTF_BYTES:
        raise Stopped(TOO_LARGE)
    _Reader(flow, budget).through(octets)


class _Reader:
    def __init__(self, flow: Flow, budget: Budget) -> None:
        self.flow = flow
        self.budget = budget
        self.state = _State()
        self.around: list[_State] = []
        self.codec = "cp1252"
        self.fonts: dict[int, str] = {}
        self.font = 0  # whose charset the table of fonts tells now
        self.default = 0
        self.octets = bytearray()  # letters that wait for the rest of them
        self.units: list[int] = []  # of \u: half a surrogate pair waits for the other
        self.left = 0  # characters to pass over: they stand for the last \u
        self.ignorable = False  # \* came: unless the destination is known, it is passed over
        self.marks = 0
        self.over = False

    def through(self, octets: bytes) -> None:
        """All of it; a document that breaks off has its words until there."""
        at, end = 0, len(octets)
        try:
            while at < end and not self.over and (token := _TOKEN.match(octets, at)):
                self.budget.step()
                at = self._token(token, octets)
        finally:
            self._settle()
            while self.around:
                self._close()
        if not self.over:
            raise Stopped(DAMAGED)

    def _token(self, token: re.Match[bytes], octets: bytes) -> int:
        """What one token does; gives where the next one begins."""
        kind = token.lastgroup
        if kind in ("word", "number"):
            return self._word(token["word"], token["number"], token.end(), octets)
        if kind == "octet":
            self._letters(bytes([int(token["octet"], 16)]))
        elif kind == "text":
            self._letters(token["text"])
        elif kind == "brace":
            self._brace(token["brace"])
        elif kind == "symbol":
            self._symbol(token["symbol"])
        return token.end()

    def _brace(self, brace: bytes) -> None:
        self._settle()
        self.left, self.ignorable = 0, False
        if brace == b"{":
            self.around.append(self.state)
            if self.state.ends or self.state.twice:
                self.state = replace(self.state, ends="", twice=False, passed=self.state.passed or self.state.twice)
        elif self.around:
            self._close()
            self.over = not self.around  # what follows the last brace is no document's

    def _close(self) -> None:
        ends, mark, self.state = self.state.ends, self.state.mark, self.around.pop()
        if ends == "note":
            self.flow.notes.append(f"[{mark}] {self.flow.taken().strip()}")
        elif ends == "aside":
            self.flow.beside()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self.ignorable = True
        elif symbol in _SYMBOLS:
            if self.left:
                self.left -= 1
            else:
                self._say(_SYMBOLS[symbol])

    def _word(self, word: bytes, number: bytes | None, end: int, octets: bytes) -> int:
        value = int(number) if number is not None else None
        if word == b"u" and value is not None:
            self._unit(value)
            return end
        if word == b"bin":  # so many octets of anything
            return min(end + max(value or 0, 0), len(octets))
        if self.left and (word in _SAID or word in _LINE_ENDS):
            self.left -= 1
            return end
        self.left = 0
        self._destination(word)
        self._do(word, value)
        return end

    def _destination(self, word: bytes) -> None:
        ignorable, self.ignorable = self.ignorable, False
        if word == b"fonttbl":
            self.state = replace(self.state, fonts=True)
        if word == b"upr":
            self.state = replace(self.state, twice=True)
        elif word == b"ud":
            self.state = replace(self.state, passed=False)
        elif word in _PASSED or (ignorable and word not in _KEPT) or (word.startswith(b"m") and word.endswith(b"Pr")):
            self._settle()
            self.state = replace(self.state, passed=True)
        elif self.state.passed:
            return
        elif word == b"footnote" and self.state.ends != "note":
            self.marks += 1
            self._say(f"[{self.marks}]")
            self._begin("note", self.marks)
        elif word in _ASIDE and not self.state.ends:
            self._begin("aside")

    def _begin(self, ends: str, mark: int = 0) -> None:
        self._settle()
        self.flow.aside()
        self.state = replace(self.state, ends=ends, mark=mark)

    def _do(self, word: bytes, value: int | None) -> None:
        on = value != 0
        if word in _SAID:
            self._say(_SAID[word])
        elif word in _LINE_ENDS:
            self._settle()
            if not self._is_silent():
                self.flow.end_line()
        elif word in (b"cell", b"nestcell"):
            self._settle()
            if not self._is_silent():
                self.flow.end_cell()
        elif word in (b"row", b"nestrow"):
            self._settle()
            if not self._is_silent():
                self.flow.end_row()
        elif word in _HIDING:
            self._settle()
            hides = self.state.hides
            self.state = replace(self.state, hides=hides | {word} if on else hides - {word})
        elif word == b"uc":
            self.state = replace(self.state, fallback=min(max(value or 0, 0), _MOST_FALLBACK))
        else:
            self._charset(word, value or 0)

    def _charset(self, word: bytes, value: int) -> None:
        if word == b"f" and self.state.fonts:
            self.font = value
        elif word == b"f":
            self._settle()
            self.state = replace(self.state, codec=self.fonts.get(value, ""))
        elif word == b"fcharset" and self.state.fonts:
            self.fonts[self.font] = _CODECS.get(value, "")
        elif word == b"plain":
            self._settle()
            self.state = replace(self.state, hides=self.state.hides - {b"v"}, codec=self.fonts.get(self.default, ""))
        elif word == b"deff":
            self.default = value
        elif word in _SETS:
            self.codec = _SETS[word]
        elif word == b"ansicpg":
            self.codec = _known(_PAGES.get(value, f"cp{value}")) or self.codec

    def _is_silent(self) -> bool:
        return self.state.passed or bool(self.state.hides)

    def _letters(self, octets: bytes) -> None:
        if self.left:
            passed = min(self.left, len(octets))
            self.left -= passed
            octets = octets[passed:]
        if octets and not self._is_silent():
            self._join()
            self.octets += octets

    def _unit(self, value: int) -> None:
        self.left = self.state.fallback
        if self._is_silent():
            return
        self._spell()
        self.units.append(value % _PLANE if value < 0 else value if value < _BEYOND else 0xFFFD)

    def _say(self, text: str) -> None:
        self._settle()
        if not self._is_silent():
            self.flow.say(text)

    def _settle(self) -> None:
        """What waits is said: nothing that belongs to it can follow."""
        self._spell()
        self._join()

    def _spell(self) -> None:
        if self.octets:
            octets, self.octets = bytes(self.octets), bytearray()
            self.flow.say(octets.decode(self.state.codec or self.codec, "replace"))

    def _join(self) -> None:
        if self.units:
            text, self.units = "".join(map(chr, self.units)), []
            self.flow.say(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def _known(name: str) -> str | None:
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
