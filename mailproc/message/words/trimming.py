"""An author's own words in a later mail, told by the mail's shape, for no letter of ours is known to be taken away.

What a mail program added goes: quotations, the lines that say who wrote them, copied header blocks, what stands
below a signature mark, device footers, gateway disclaimers, the foot of a list. Whatever is doubtful stays, for
people read the result: a few quoted lines that nothing introduces, above words, are there because the author wanted
them; a mail that only passes another on is that other. Linear in the text; it never fails. A member's decisions are
never read this way (`quotation` does that); `shape` says how each kind of line is told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.message.html.text import to_text
from mailproc.message.mime.armour import freed
from mailproc.message.words.footer import is_footer
from mailproc.message.words.gateway import armour, disclaimers
from mailproc.message.words.page import visible
from mailproc.message.words.shape.foot import is_link, speaks_of_oneself, without_foot
from mailproc.message.words.shape.frames import frames, is_somebodys
from mailproc.message.words.shape.heading import header_block
from mailproc.message.words.shape.signs import COLON, LONG, RULE, TITLE
from mailproc.message.words.shape.telling import attributed, cut_off, shared
from mailproc.message.words.wording import WORDING, any_of

_SIGNATURE = re.compile(r"\s*(?:--|__|\u2014|\u2015)\s*$")  # RFC 3676 §4.3, and as programs alter it
_BETWEEN_DASHES = r"\W{0,3}[-_=*~]{2,}\s*\w[^-_=*~]{2,60}[-_=*~]{2,}"  # "-----Original Message-----"
_ORIGINAL = re.compile(rf"\s*(?:{_BETWEEN_DASHES}|\W*(?:{any_of(WORDING.original)})\s?:?)\W*$", re.IGNORECASE)
_TITLED = re.compile(rf"\W*(?:{any_of(WORDING.original)})\s?:?\W*$", re.IGNORECASE)
_FORWARD = re.compile(  # as mail programs mark the subject of what is passed on, in their languages
    r"\s*(?:fwd?|wg|tr|rv|enc|i|vb|vs|vl|pd|ilt|doorst|továbbítás|转发|轉寄|転送)\s?[:\uff1a]", re.IGNORECASE
)
_QUOTE_MARKS = re.compile(r"(?:[>|\s]|[A-Z]{1,3}(?=>))*")
_HASH = re.compile(r"Hash: [\w, -]{1,40}$")  # RFC 9580 §7
_LONG_DASHES = ("\u2014", "\u2015")
_NEAR = 20  # lines, blank ones, within which a quotation follows
_MOST_CITED = 20  # quoted lines that somebody may have put there by hand; a program quotes all
_MOST_SIGNED = 20  # lines below a signature mark; more are no signature


def trimmed(text: str) -> str:
    """The author's own lines of a plain text, lines ending LF, without blank lines at either end; may be empty."""
    lines = visible(text.replace("\r\n", "\n")).replace("\xa0", " ").replace("\u202f", " ").split("\n")
    sealed = armour(lines)  # of OpenPGP, around words that are signed
    lines = [line for n, line in enumerate(lines) if not (n in sealed or (n - 1 in sealed and _HASH.match(line)))]
    kept = _Reader(lines).kept()
    kept = kept[: cut_off(kept)]
    kept = without_foot(kept)
    gone = _of_gateways(kept)
    kept = without_foot([line for n, line in enumerate(kept) if n not in gone])
    return "\n".join(kept).strip("\n").rstrip() or _passed_on(lines)


def passes_on(subject: str, text: str) -> bool:
    """Whether a mail passes another on: its subject or a line of its text says so, as mail programs do."""
    return bool(_FORWARD.match(subject)) or any(_ORIGINAL.match(line[:LONG]) for line in text.split("\n"))


def trimmed_html(html: str) -> str:
    """The author's own lines of a mail in HTML, as plain text."""
    return trimmed(freed(to_text(html, signatures=True)))


def _passed_on(lines: Sequence[str]) -> str:
    """Of a mail without a word of its own: the mail that it passes on, or nothing where it passes none on."""
    bare = [_QUOTE_MARKS.sub("", line, count=1) for line in lines]
    first = next((line for line in bare if line), "")
    return "\n".join(bare).strip("\n").rstrip() if _ORIGINAL.match(first[:LONG]) else ""


def _of_gateways(lines: Sequence[str]) -> set[int]:
    """The lines that gateways wrote; none of a run of them in which somebody says "I"."""
    found = disclaimers([line[:LONG] for line in lines])
    spoken: set[int] = set()
    run: list[int] = []
    for n in [*sorted(found), -1]:
        if run and n != run[-1] + 1:
            spoken.update(run if any(speaks_of_oneself(lines[m]) for m in run) else ())
            run = []
        run.append(n)
    return found - spoken


class _Reader:
    """Goes through a text from its top and takes what is its author's."""

    def __init__(self, lines: Sequence[str]) -> None:
        """`lines` are those of the whole mail."""
        self._lines = lines
        self._frames = frames(lines)
        self._quotes = _quotes_next(lines, self._frames.quoted)
        self._introductions: dict[int, int] = {}  # line -> the line behind what begins there, 0 for nothing
        self._kept: list[str] = []
        self._said = False  # the author has
        self._cites = False  # and began with somebody's words
        self._introduced = False  # something said whose words the quotations are

    def kept(self) -> list[str]:
        """The author's lines, in order, up to the place where a whole letter is sent along."""
        n = 0
        while n < len(self._lines):
            end = self._quotation(n) if self._frames.quoted[n] else self._unmarked(n)
            if end <= n:
                break
            n = end
        return self._kept

    def _unmarked(self, n: int) -> int:
        """Take a line without marks, or the few that introduce or sign; the line behind them, 0 for the end."""
        line = self._lines[n][:LONG]
        if not line.strip():
            self._kept.append(line)
            return n + 1
        if at := shared(line, quotes=self._quotes[n + 1]):
            self._kept.append(line[:at])
            self._said = self._introduced = True
            return n + 1 if self._quotes[n + 1] else 0
        if end := self._introduction(n):
            self._introduced = True
            return end if self._quotes[end] or not self._said else 0
        if end := self._signature(n):
            return end
        if is_footer(line):
            return n + 2 if n + 1 < len(self._lines) and is_link(self._lines[n + 1]) else n + 1
        self._kept.append(self._lines[n])
        self._said = self._said or any(map(str.isalnum, line))
        return n + 1

    def _introduction(self, n: int) -> int:
        """If line n begins the words that introduce a quotation, the line behind them; else 0."""
        found = self._introductions.get(n)
        if found is None:
            found = self._introductions[n] = self._introducing(n)
        return found

    def _introducing(self, n: int) -> int:
        line = self._lines[n][:LONG]
        title = TITLE.match(line)
        if _TITLED.match(line) or (title and self._titles(title["title"], n + 1)):
            return n + 1
        return header_block(self._lines, n) or attributed(self._lines, self._frames.quoted, n, quotes=self._quotes)

    def _titles(self, title: str, below: int) -> bool:
        """Whether a title in dashes stands above somebody's words: it says so, or what is below it does."""
        if is_somebodys(title) or self._quotes[below]:
            return True
        following = next((m for m in range(below, min(below + 3, len(self._lines))) if self._lines[m].strip()), None)
        return following is not None and bool(
            header_block(self._lines, following)
            or attributed(self._lines, self._frames.quoted, following, quotes=self._quotes)
        )

    def _signature(self, n: int) -> int:
        """The line behind a signature whose mark stands in line n; else 0."""
        line = self._lines[n][:LONG]
        if not _SIGNATURE.match(line) or self._quotes[n + 1] or self._speaks(line.strip(), n + 1):
            return 0
        end, worded = n + 1, 0
        while end < len(self._lines) and not self._frames.quoted[end]:
            if self._lines[end].strip():
                worded += 1
                if worded > _MOST_SIGNED:
                    return 0
                if self._introduction(end):
                    break
            end += 1
        return end

    def _speaks(self, mark: str, below: int) -> bool:
        """Whether a mark is the dash of somebody's speech: the next line begins with it, and goes on."""
        return (
            mark in _LONG_DASHES
            and self._lines[below : below + 1] != []
            and (self._lines[below].lstrip().startswith(mark) and self._lines[below].strip() != mark)
        )

    def _quotation(self, n: int) -> int:
        """Pass quoted lines over, or take them where the author put them there; the line behind them."""
        quoted = self._frames.quoted
        end = n
        while end < len(quoted) and (quoted[end] or (not self._lines[end].strip() and self._quotes[end])):
            end += 1
        if self._is_cited(n, end):
            self._kept += self._lines[n:end]
            self._cites = True
        return end

    def _is_cited(self, n: int, end: int) -> bool:
        """Whether the author quotes by hand: a few lines that nothing introduces, with more of the mail below them.

        They stand above all else; further ones are the author's too where the first are. Or the author's colon stands
        above them, or an introduction of others below.
        """
        if self._introduced or end - n > _MOST_CITED or not self._frames.titled.isdisjoint(range(n, end)):
            return False
        bare = [_QUOTE_MARKS.sub("", line[:LONG], count=1) for line in self._lines[n:end]]
        plain = [False] * len(bare)
        if any(
            header_block(bare, m) or attributed(bare, plain, m, quotes=[True] * (len(bare) + 1))
            for m in range(len(bare))
        ):
            return False
        below = next((m for m in range(end, len(self._lines)) if self._lines[m].strip()), None)
        if below is None or RULE.match(self._lines[below][:LONG]):
            return False
        above = next((line.rstrip() for line in reversed(self._kept[-3:]) if line.strip()), "")
        return self._cites or not self._said or above.endswith(COLON) or bool(self._introduction(below))


def _quotes_next(lines: Sequence[str], quoted: Sequence[bool]) -> list[bool]:
    """Of each line, and of the end, whether the next line from it on that has words is a quotation."""
    found = [False] * (len(lines) + 1)
    blank = 0
    for n in range(len(lines) - 1, -1, -1):
        blank = 0 if quoted[n] or lines[n].strip() else blank + 1
        found[n] = quoted[n] or (not lines[n].strip() and found[n + 1] and blank < _NEAR)
    return found
