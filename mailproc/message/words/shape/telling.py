"""Lines that say who wrote what follows: "On Sunday, Ana <ana@home.example> wrote:", in up to six lines.

Told by a date, an address, a word for writing, a colon, and by whether marked lines follow. Before unmarked words it
takes an address or an hour: "On 3 May 1921 the mayor wrote:" is its author's. At the end of a mail it may be cut off.
Linear; it never fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.message.words.shape.signs import (
    ADDRESS,
    CLOCK,
    COLON,
    DATED,
    DAY,
    ENDED,
    LONG,
    ONESELF,
    SAYS,
    SEAM,
    TAIL,
    WROTE,
)
from mailproc.message.words.wording import WORDING, any_of

MOST_LINES = 6  # of one attribution
_ENDS = re.compile(rf"(?:{WROTE}\s*[:\uff1a]?|[:\uff1a]|<[^<>]+@[^<>]+>)\W*$", re.IGNORECASE)
_ENDS_WITHIN = re.compile(rf"{WROTE}\s?[:\uff1a]\s", re.IGNORECASE)
_OPENS = re.compile(rf"\s*(?:(?:{any_of(WORDING.opens)})\s|\d)", re.IGNORECASE)
_SHARED = re.compile(rf"(?<=\S)(?:\s|\s?-{{2,3}} ?)(?=(?:{any_of(WORDING.opens)})\s)\w+\s.{{0,24}}?\d", re.IGNORECASE)
_FRAMED = re.compile(
    r"\s*>{2,} ?[^<>]+<[^<>\s]+@[^<>\s]+> .{4,40} ?>{2,}\s*$"
)  # ">>> Ana <ana@…> 22/11/2026 08:00 >>>"
_NAMED = re.compile(  # a name, and nothing else: "Ana van der Lund via The Harbour Review"
    r"(?:\W*(?:[A-Z\u00c0-\u00de\u0400-\u042f][\w.'\u2019-]*|via|v[ao]n|de[rln]?|d[aio]|of|y|e)){1,7}\W*$"
)
_SPEECH = (
    '"',
    "\u201c",
    "\u201e",
    "\xab",
    "\xbb",
    "\u300c",
    "\u300e",
    "\u2018",
)  # with them a person quotes, and no program
_CUT = re.compile(
    r"<[^<>]*$|@[^\s<>]*$|<[^<>\s]+@[^<>\s]+>\W{0,3}[^\W\d_]{0,12}(?:\([^\W\d_]?)?$"
)  # in an address, or behind
_YOU = re.compile(rf"(?<!\w)(?:{any_of(WORDING.you)})(?!\w)", re.IGNORECASE)
_LABELLED = re.compile(r"[^\W\d]: ")
_FEW = 6  # words of an attribution without a date
_MANY = 14  # words of one that ends in no colon


def attributed(lines: Sequence[str], quoted: Sequence[bool], n: int, *, quotes: Sequence[bool]) -> int:
    """The line behind an attribution that begins in line n; else 0. `quotes`: of each, whether a quoted one is next."""
    head = lines[n][:LONG]
    if _FRAMED.match(head) and DAY.search(head):
        return n + 1
    opens = bool(_OPENS.match(head))
    words, last = "", n if quoted[n] or not (opens or _tells(head)) else min(n + MOST_LINES, len(lines))
    for end in range(n, last):
        line = lines[end][:LONG].strip()
        if not _goes_on(lines, quoted, end) or (words and _begins_anew(words, line)):
            break
        words = f"{words} {line}".strip()[:LONG]
        if opens and "@" in line and _runs_on(words):
            return end + 1
        below = quotes[end + 1]
        if _ENDS.search(line[-TAIL:]) and not _says_below(lines, end):
            found = _attributes(words, opens=opens, quotes=below, after=_worded(lines, end + 1))
            return end + 1 if found else 0
        if below and quoted[min(end + 1, len(lines) - 1)] and _stamps(words) and not _says_below(lines, end):
            return end + 1
    return 0


def _worded(lines: Sequence[str], n: int) -> str:
    """The first line from the n-th on that has words, of a few."""
    return next((line.strip() for line in lines[n : n + MOST_LINES] if line.strip()), "")


def shared(line: str, *, quotes: bool) -> int:
    """Where an attribution begins behind somebody's words on their line: "Yes. On 22 Nov 2026, Ana wrote:"; else 0."""
    if not (line.rstrip().endswith(COLON) and SAYS.search(line[-TAIL:]) and (quotes or ADDRESS.search(line))):
        return 0
    for found in _SHARED.finditer(line[:LONG]):
        head, tail = line[: found.start()], line[found.start() :]
        opener = tail.strip(" -")[:1]
        if opener.isupper() and DATED.search(tail) and not DATED.search(head) and not ADDRESS.search(head):
            return found.start()
    return 0


def cut_off(lines: Sequence[str]) -> int:
    """The line in which an attribution begins that breaks off at the end of a mail; else the number of lines."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    for n in range(end - 1, max(-1, end - 1 - MOST_LINES), -1):
        if not lines[n].strip():
            break
        words = " ".join(line[:LONG].strip() for line in lines[n:end])[:LONG]
        above = next((lines[m].rstrip() for m in range(n - 1, max(-1, n - MOST_LINES), -1) if lines[m].strip()), ":")
        if above.endswith(COLON) or _LABELLED.search(words):  # what a colon announces is no attribution
            continue
        if _breaks_off(words, opens=bool(_OPENS.match(words))):
            return n
    return len(lines)


def _breaks_off(words: str, *, opens: bool) -> bool:
    """Whether an attribution ends in the midst: in or right behind an address, or behind the writer's name."""
    day, clock = DAY.search(words), CLOCK.search(words)
    if day is None or (words.endswith(ENDED) and words.rfind("<") <= words.rfind(">")):
        return False
    if _CUT.search(words) and (opens or "<" in words):
        return bool(clock) or "<" in words
    return opens and clock is not None and bool(_NAMED.match(words[max(day.end(), clock.end()) :]))


def _runs_on(words: str) -> bool:
    """Whether a line holds a whole attribution, and then what was quoted: "On …, Ana <ana@…> wrote: How many?"."""
    ends = _ENDS_WITHIN.search(words)
    told = words[: ends.start()] if ends else ""
    return all(pattern.search(told) for pattern in (DAY, CLOCK, ADDRESS))


def _begins_anew(words: str, line: str) -> bool:
    """Whether the attribution begins in this line, so that the lines above are the author's."""
    told = SAYS.search(words) or ADDRESS.search(words)
    return not told and bool(_OPENS.match(line)) and bool(DATED.search(line))


def _tells(line: str) -> bool:
    """Whether a line holds a date or an address, or says who wrote."""
    return any(pattern.search(line) for pattern in (DATED, ADDRESS, SAYS))


def _goes_on(lines: Sequence[str], quoted: Sequence[bool], n: int) -> bool:
    """Whether line n may belong to an attribution; converters break an address in three: "<", "mailto:…", ">"."""
    line = lines[n][:LONG].strip()
    if not line:
        return n + 1 < len(lines) and lines[n + 1][:LONG].lstrip().startswith(("<", "mailto:"))
    return not quoted[n] or (line.startswith(">") and bool(_ENDS.search(line[-TAIL:])) and _ends_address(lines, n))


def _ends_address(lines: Sequence[str], n: int) -> bool:
    return n > 0 and lines[n - 1][:LONG].lstrip().startswith("mailto:")


def _says_below(lines: Sequence[str], n: int) -> bool:
    """Whether a line ends with an address, so that "> wrote:" is still to come."""
    if SAYS.search(lines[n][:LONG]) or n + 1 == len(lines):
        return False
    return bool(SAYS.match(lines[n + 1][:LONG].lstrip("> ")))


def _attributes(words: str, *, opens: bool, quotes: bool, after: str) -> bool:
    """Whether these words say who wrote what follows; `quotes`: it has marks; `after`: how it begins."""
    dated, address, says = (bool(pattern.search(words)) for pattern in (DATED, ADDRESS, SAYS))
    ends = words.endswith(COLON)
    few = ends and len(words.split()) <= _FEW
    if SEAM.search(words):
        return False
    if quotes:
        told = address or bool(DAY.search(words))
        return (says and (dated or address or few)) or (ends and told) or (dated and opens and address)
    if ONESELF.search(words) or after.startswith(_SPEECH):
        return False
    when = bool(DAY.search(words)) and bool(CLOCK.search(words))
    if not says:
        return when and opens and address
    if address:
        return dated or few
    return (when and (opens or ends)) or (dated and opens and (not after or (ends and bool(_YOU.search(words)))))


def _stamps(words: str) -> bool:
    """Whether a line right above a quotation says who spoke then, without a colon: "Quoting Ana (2026-11-22 08:00)"."""
    when = DAY.search(words) and CLOCK.search(words)
    return bool(when) and not words.endswith(ENDED) and len(words.split()) <= _MANY
