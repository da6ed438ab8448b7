"""What in a reply is the writer's own? Everything that we did not send: the letter is subtracted, word by word.

A quotation is a run of at least 6 words of a letter of the thread, or a shorter line in its place: beside the
same neighbour as in the letter. So it is found in any client and language, marked or not, wrapped again, from
text or HTML. Time is linear in reply and letters. It never fails; it does not know what a command is, and it
does not judge what a line means: `review.command` reads the lines that are left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from mailproc.message.attribution import from_programs

RUN = 6  # words in a row that make a quotation (DESIGN.md §6)
LOOSE = 40  # words up to which a quotation that stands beside no other may as well be the writer's own

_OWN, _SOMEWHERE = -1, -2  # a word's place: not of the letter; of the letter, at a place that is not certain
_ONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"  # scripts without blanks: each character is a word
_WORD = re.compile(rf"[{_ONE}]|[^\W_{_ONE}]+")
_LEAD = re.compile(r"[\s>|:]*")
_MARKS = re.compile(r"[>|:]")
INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")  # BOM, bidi marks ...

Gram = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter of ours as it may come back."""

    text: str  # the text part
    html_texts: tuple[str, ...] = ()  # the HTML part as converters render it, with and without link targets


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a reply, as written."""

    text: str
    own: bool  # not ours, and not what a mail program writes around a quotation; blank lines are own
    marked: bool  # it begins with a quote mark: any run of > | : and blanks
    after: int | None  # line of the letter's text part that was quoted last before it; None: nothing, or uncertain
    loose: bool = False  # quoted, but beside no neighbour of the letter: the writer may have said just this


@dataclass(frozen=True, slots=True)
class _Page:
    """A text as words."""

    lines: list[str]
    words: list[str]
    starts: list[int]  # of each line among the words; one more at the end
    depths: list[int]  # quote marks at the head of each line

    def of(self, line: int) -> list[str]:
        return self.words[self.starts[line] : self.starts[line + 1]]


@dataclass(frozen=True, slots=True)
class _Source:
    """A text that may be quoted: where each run of RUN words begins first and last."""

    page: _Page
    line_of: list[int]  # the line of each word
    first: dict[Gram, int]
    last: dict[Gram, int]


def own_lines(reply: str, sent: Sent, earlier: Sequence[str] = ()) -> tuple[Line, ...]:
    """The lines of a reply, each with whether it is the writer's own and what was quoted last before it.

    `earlier` are other mails of the thread. Lines end LF; as many lines come back as went in.
    """
    return subtract(reply, known(sent, earlier))


@dataclass(frozen=True, slots=True)
class Known:
    """What a reply may quote, ready to be compared; made once for the parts of one reply."""

    text: _Source  # the letter's text part
    html: tuple[tuple[_Source, list[int | None]], ...]  # its HTML part; the text part's line beside each of its lines
    earlier: tuple[str, ...]


def known(sent: Sent, earlier: Sequence[str] = ()) -> Known:
    """The letter and the earlier mails of the thread, indexed."""
    letter = _source(_page(sent.text))
    sources = [_source(_page(text)) for text in dict.fromkeys(sent.html_texts)]
    html = tuple((source, _beside_text(source.page, letter)) for source in sources)
    return Known(letter, html, tuple(dict.fromkeys(earlier)))


def subtract(reply: str, letters: Known) -> tuple[Line, ...]:
    """`own_lines` against letters that were indexed before."""
    page = _page(reply)
    places = _places(page, letters.text)
    quoted = _quoted_lines(page, places)
    at = _lines_at(page, letters.text, places, range(len(letters.text.page.lines)))
    for source, beside in letters.html:
        _add_html(page, source, beside, quoted, at)
    for text in letters.earlier:
        _add_earlier(page, text, quoted)
    return _lines(page, quoted, at, _loose(page, places, quoted))


def _lines(page: _Page, quoted: list[bool], at: list[int | None], loose: list[bool]) -> tuple[Line, ...]:
    marked = [depth > 0 for depth in page.depths]
    programs = from_programs(page.lines, [q or m for q, m in zip(quoted, marked, strict=True)])
    found: list[Line] = []
    after: int | None = None
    for n, text in enumerate(page.lines):
        own = not quoted[n] and n not in programs
        found.append(Line(text, own, marked[n], after, loose[n]))
        if quoted[n]:
            after = at[n]
    return tuple(found)


def _page(text: str) -> _Page:
    lines = text.replace("\r\n", "\n").split("\n")
    words: list[str] = []
    starts = [0]
    for line in INVISIBLE.sub("", text.replace("\r\n", "\n")).casefold().split("\n"):
        words += _WORD.findall(line)
        starts.append(len(words))
    return _Page(lines, words, starts, [depth_of(line) for line in lines])


def depth_of(line: str) -> int:
    """How many quote marks a line begins with."""
    lead = _LEAD.match(INVISIBLE.sub("", line[:200]))
    return len(_MARKS.findall(lead[0])) if lead else 0


def _source(page: _Page) -> _Source:
    line_of = [n for n in range(len(page.lines)) for _ in range(page.starts[n], page.starts[n + 1])]
    grams = _grams(page.words)
    first = dict(zip(reversed(grams), range(len(grams) - 1, -1, -1), strict=True))
    return _Source(page, line_of, first, dict(zip(grams, count(), strict=False)))


def _grams(words: list[str]) -> list[Gram]:
    return list(zip(*(words[n:] for n in range(RUN)), strict=False))


# Where each word of the reply stands in a letter


def _places(page: _Page, source: _Source) -> list[int]:
    """For each word of the page its place among the source's words, or _OWN, or _SOMEWHERE."""
    places = [_OWN] * len(page.words)
    _downwards(page, source, places)
    _upwards(page, source, places)
    return places


def _downwards(page: _Page, source: _Source, places: list[int]) -> None:
    """Line by line: in its place below the line quoted last, else wherever its runs are found."""
    below: int | None = None  # the place that comes next in the letter
    above = -1  # the line quoted last
    reached = 0  # words that a run has covered already
    for n in range(len(page.lines)):
        start, end = max(page.starts[n], reached), page.starts[n + 1]
        if start < end:
            if start > page.starts[n] and places[start - 1] >= 0:
                below = places[start - 1] + 1
            if below is not None and _in_place(page, source, n, start, below, above):
                places[start:end] = range(below, below + end - start)
            else:
                reached = _by_runs(page.words, source, start, end, places)
        if page.starts[n] < end and places[end - 1] != _OWN and _OWN not in places[page.starts[n] : end]:
            below, above = (places[end - 1] + 1 if places[end - 1] >= 0 else None), n


def _in_place(page: _Page, source: _Source, n: int, start: int, below: int, above: int) -> bool:  # noqa: PLR0913, PLR0917 - two texts and where we are in both
    """The line says what the letter says next, and is not the writer's own repeating it."""
    size = page.starts[n + 1] - start
    if source.page.words[below : below + size] != page.words[start : page.starts[n + 1]]:
        return False
    if not _unmarked_beside_marked(page, source, n, (above, below - 1), below):
        return True
    beyond = _next_words(page, n)
    return bool(beyond) and source.page.words[below + size : below + size + len(beyond)] == beyond


def _unmarked_beside_marked(page: _Page, source: _Source, n: int, beside: tuple[int, int], place: int) -> bool:
    """A new line of the letter without the quote mark that its neighbour has: quotations are not marked so."""
    neighbour, its_place = beside
    line_of, depths = source.line_of, source.page.depths
    if line_of[place] == line_of[its_place]:
        return False  # wrapped: the rest of one line of the letter
    return (
        page.depths[n] <= depths[line_of[place]]
        and page.depths[neighbour] > depths[line_of[its_place]]
        and page.starts[n + 1] - page.starts[n] < RUN
    )


def _next_words(page: _Page, n: int) -> list[str]:
    for other in range(n + 1, min(n + 20, len(page.lines))):
        if page.starts[other] < page.starts[other + 1]:
            return page.of(other)
    return []


def _by_runs(words: list[str], source: _Source, start: int, end: int, places: list[int]) -> int:
    """Place the words from `start` to `end` that lie in runs; how far the last run reaches."""
    reached = start
    for i in range(start, end):
        gram = tuple(words[i : i + RUN])
        last = source.last.get(gram)
        if last is not None:
            reached = i + RUN
        if i < reached:
            places[i] = _place(words, source, i, places, last)
    for i in range(max(start, end), reached):
        places[i] = _place(words, source, i, places, None)
    return reached


def _place(words: list[str], source: _Source, i: int, places: list[int], last: int | None) -> int:  # noqa: PLR0913, PLR0917 - the word, and what is known of it
    """The place of a covered word: where its run goes on, else where its run stands if it stands once."""
    on = places[i - 1] + 1 if i and places[i - 1] >= 0 else None
    if on is not None and on < len(source.page.words) and source.page.words[on] == words[i]:
        return on
    if last is not None and source.first[tuple(words[i : i + RUN])] == last:
        return last
    return _SOMEWHERE


def _upwards(page: _Page, source: _Source, places: list[int]) -> None:
    """Lines that are not placed yet, in their place above the line quoted next."""
    above: int | None = None  # the place of the first word of the line quoted next
    below = -1
    for n in range(len(page.lines) - 1, -1, -1):
        start, end = page.starts[n], page.starts[n + 1]
        if start == end:
            continue
        if min(places[start:end]) >= 0:
            above, below = places[start], n
        elif above is not None and above >= end - start:
            place = above - (end - start)
            same = source.page.words[place:above] == page.words[start:end]
            if same and not _unmarked_beside_marked(page, source, n, (below, above), above - 1):
                places[start:end] = range(place, above)
                above, below = place, n


# From words to lines


def _quoted_lines(page: _Page, places: list[int]) -> list[bool]:
    """A line is quoted if each of its words is."""
    return [
        start < end and _OWN not in places[start:end]
        for start, end in zip(page.starts, page.starts[1:], strict=False)
    ]


def _lines_at(page: _Page, source: _Source, places: list[int], lines: Sequence[int | None]) -> list[int | None]:
    """For each line of the page the line of the letter's text part that its last placed word stands on."""
    at: list[int | None] = []
    for end, start in zip(page.starts[1:], page.starts, strict=False):
        place = places[end - 1] if start < end else _OWN
        at.append(lines[source.line_of[place]] if place >= 0 else None)
    return at


def _add_html(
    page: _Page, source: _Source, beside: list[int | None], quoted: list[bool], at: list[int | None]
) -> None:
    """Count as quoted what comes from the letter's HTML part; its lines are found in the text part."""
    places = _places(page, source)
    here = _lines_at(page, source, places, beside)
    for n, is_quoted in enumerate(_quoted_lines(page, places)):
        if is_quoted and at[n] is None:
            quoted[n] = True
            at[n] = here[n]


def _beside_text(html: _Page, letter: _Source) -> list[int | None]:
    """For each line of the HTML part the line of the text part that it or the nearest line above it gives."""
    lines: list[int | None] = []
    now: int | None = None
    for line in _lines_at(html, letter, _places(html, letter), range(len(letter.page.lines))):
        now = line if line is not None else now
        lines.append(now)
    return lines


def _add_earlier(page: _Page, text: str, quoted: list[bool]) -> None:
    """Count as quoted what comes from another mail of the thread; only what is left is looked at."""
    left = [n for n, is_quoted in enumerate(quoted) if not is_quoted and page.starts[n] < page.starts[n + 1]]
    if not left:
        return
    rest = _page("\n".join(page.lines[n] for n in left))
    for n, is_quoted in zip(left, _quoted_lines(rest, _places(rest, _source(_page(text)))), strict=True):
        quoted[n] = is_quoted


def _loose(page: _Page, places: list[int], quoted: list[bool]) -> list[bool]:
    """Short unmarked quotations that go on neither above nor below: chains of lines that are their own neighbours."""
    loose = [False] * len(page.lines)
    chain: list[int] = []
    chains: list[list[int]] = []
    for n in (n for n in range(len(page.lines)) if quoted[n]):
        if chain and places[page.starts[n]] == places[page.starts[chain[-1] + 1] - 1] + 1:
            chain.append(n)
        else:
            chain = [n]
            chains.append(chain)
    for lines in chains:
        size = sum(page.starts[n + 1] - page.starts[n] for n in lines)
        if size < LOOSE and not any(page.depths[n] for n in lines):
            for n in lines:
                loose[n] = True
    return loose
