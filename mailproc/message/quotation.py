"""What in a reply is the writer's own? Everything that we did not send: the letter is subtracted.

A quotation is a run of at least 6 words of a letter of the thread, or a shorter line in its place: beside the
same neighbour as in the letter. So it is found in any client and language, marked or not, wrapped again, from
text or HTML. Time is linear in reply and letters. It never fails; it does not know what a command is, and what
a line means is for `review.command` to read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from mailproc.message.alignment import Alignment, Page, Source, align, page_of, source_of
from mailproc.message.attribution import from_programs

LOOSE = 40  # words up to which a quotation that stands beside no other may as well be the writer's own


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
class Known:
    """What a reply may quote, ready to be compared; made once for the parts of one reply."""

    text: Source  # the letter's text part
    html: tuple[tuple[Source, list[int | None]], ...]  # its HTML part, the text part's line beside each of its lines
    earlier: tuple[str, ...]


def own_lines(reply: str, sent: Sent, earlier: Sequence[str] = ()) -> tuple[Line, ...]:
    """The lines of a reply, each with whether it is the writer's own and what was quoted last before it.

    `earlier` are other mails of the thread. Lines end LF or CRLF; as many lines come back as went in.
    """
    return subtract(reply, known(sent, earlier))


def known(sent: Sent, earlier: Sequence[str] = ()) -> Known:
    """The letter and the earlier mails of the thread, indexed."""
    letter = source_of(page_of(sent.text))
    sources = [source_of(page_of(text)) for text in dict.fromkeys(sent.html_texts)]
    return Known(letter, tuple((source, _beside_text(source.page, letter)) for source in sources), tuple(earlier))


def _beside_text(html: Page, letter: Source) -> list[int | None]:
    """For each line of the HTML part the line of the text part that it or the nearest line above it gives."""
    lines: list[int | None] = []
    found = align(html, letter)
    now: int | None = None
    for n in range(len(html.lines)):
        there = found.line_there(n)
        now = there if there is not None else now
        lines.append(now)
    return lines


def subtract(reply: str, letters: Known) -> tuple[Line, ...]:
    """`own_lines` against letters that were indexed before."""
    page = page_of(reply)
    found = align(page, letters.text)
    quoted = [found.covered(n) for n in range(len(page.lines))]
    loose = _loose(found, quoted)
    at = [found.line_there(n) for n in range(len(page.lines))]
    for source, beside in letters.html:
        _add_html(align(page, source), beside, quoted, at)
    marked = [depth > 0 for depth in page.depths]
    programs = from_programs(page.lines, [q or m for q, m in zip(quoted, marked, strict=True)])
    for text in dict.fromkeys(letters.earlier):
        _add_earlier(page, text, quoted, programs)
    return _lines(page, quoted, programs, at, loose)


def _lines(
    page: Page, quoted: list[bool], programs: set[int], at: list[int | None], loose: list[bool]
) -> tuple[Line, ...]:
    found: list[Line] = []
    after: int | None = None
    for n, text in enumerate(page.lines):
        found.append(Line(text, not quoted[n] and n not in programs, page.depths[n] > 0, after, loose[n]))
        if quoted[n]:
            after = at[n]
    return tuple(found)


def _add_html(found: Alignment, beside: list[int | None], quoted: list[bool], at: list[int | None]) -> None:
    """Count as quoted what comes from the letter's HTML part; its lines are found in the text part."""
    for n in found.page.with_words():
        if at[n] is None and found.covered(n):
            quoted[n] = True
            there = found.line_there(n)
            at[n] = beside[there] if there is not None else None


def _add_earlier(page: Page, text: str, quoted: list[bool], programs: set[int]) -> None:
    """Count as quoted what comes from another mail of the thread; words above all quotation are never from it."""
    begin = next((n for n, q in enumerate(quoted) if q or n in programs or page.depths[n]), len(quoted))
    left = [n for n in page.with_words() if n > begin and not quoted[n]]
    if left:
        found = align(page_of("\n".join(page.lines[n] for n in left)), source_of(page_of(text)))
        for place, n in enumerate(left):
            quoted[n] = found.covered(place)


# Lines that are in the letter and may be the writer's own all the same


def _loose(found: Alignment, quoted: list[bool]) -> list[bool]:
    """Short unmarked quotations that go on neither above nor below; where the others keep their marks, not quoted."""
    loose = [False] * len(quoted)
    for n in (n for lines in _chains(found, quoted) if _may_be_own(found, quoted, lines) for n in lines):
        loose[n] = True
    usual = _usual_marks(found, [q and not own for q, own in zip(quoted, loose, strict=True)])
    for n in (n for n, is_loose in enumerate(loose) if is_loose and found.first_place(n) >= 0):
        others = usual.get(_depth_there(found, n), max(usual.values(), default=0))
        quoted[n] = others < 1 and _marks(found, n) >= others
    return loose


def _chains(found: Alignment, quoted: list[bool]) -> list[list[int]]:
    """Quoted lines that follow each other in the letter, put together."""
    chains: list[list[int]] = []
    end = -1
    for n in (n for n, is_quoted in enumerate(quoted) if is_quoted):
        if chains and end >= 0 and found.first_place(n) == end + 1:
            chains[-1].append(n)
        else:
            chains.append([n])
        end = found.last_place(n)
    return chains


def _may_be_own(found: Alignment, quoted: list[bool], lines: list[int]) -> bool:
    """Unmarked and short; of uncertain place only where no quotation stands beside it."""
    page = found.page
    size = sum(len(page.of(n)) for n in lines)
    if size >= LOOSE or any(page.depths[n] for n in lines):
        return False
    beside = (page.next_line(lines[0], -1), page.next_line(lines[-1]))
    return all(found.first_place(n) >= 0 for n in lines) or not any(n is not None and quoted[n] for n in beside)


def _usual_marks(found: Alignment, quoted: list[bool]) -> dict[int, int]:
    """How many marks more than in the letter the quoted lines have, mostly, by their marks in the letter."""
    seen: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for n in (n for n, is_quoted in enumerate(quoted) if is_quoted and found.first_place(n) >= 0):
        seen[_depth_there(found, n)][_marks(found, n)] += 1
    return {depth: counts.most_common(1)[0][0] for depth, counts in seen.items()}


def _depth_there(found: Alignment, n: int) -> int:
    return found.source.page.depths[found.source.line_of[found.first_place(n)]]


def _marks(found: Alignment, n: int) -> int:
    return found.page.depths[n] - _depth_there(found, n)
