"""What in a reply is the writer's own? Everything that we did not send: the letter is subtracted.

A quotation is a run of at least 6 words of a letter of the thread, or a shorter line in its place: beside the
same neighbour as in the letter. So it is found in any client and language, marked or not, wrapped again, from
text or HTML. Time is linear in reply and letters. It never fails; it does not know what a command is, and what
a line means is for `review.command` to read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailproc.message.alignment import RUN, Alignment, Page, Source, align, page_of, row_of, source_of, words_of
from mailproc.message.attribution import from_programs

FEW = 40  # lines that are looked for one by one
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
    loose: bool = False  # in the letter, but beside no neighbour of it: the writer may have said just this


@dataclass(frozen=True, slots=True)
class Known:
    """What a reply may quote, ready to be compared; made once for the parts of one reply."""

    text: Source  # the letter's text part
    html: tuple[tuple[str, str], ...]  # its HTML part as text, and all its words in one row
    earlier: tuple[str, ...]


def own_lines(reply: str, sent: Sent, earlier: Sequence[str] = ()) -> tuple[Line, ...]:
    """The lines of a reply, each with whether it is the writer's own and what was quoted last before it.

    `earlier` are other mails of the thread. Lines end LF or CRLF; as many lines come back as went in.
    """
    return subtract(reply, known(sent, earlier))


def known(sent: Sent, earlier: Sequence[str] = ()) -> Known:
    """The letter and the earlier mails of the thread, indexed."""
    html = tuple((text, row_of(words_of(text))) for text in dict.fromkeys(sent.html_texts))
    return Known(source_of(page_of(sent.text)), html, tuple(earlier))


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
    for text, row in letters.html:
        if _may_quote(page, quoted, row):
            source = source_of(page_of(text))
            _add_html(align(page, source), _beside_text(source.page, letters.text), quoted, at)
    marked = [depth > 0 for depth in page.depths]
    programs = from_programs(page.lines, [q or m for q, m in zip(quoted, marked, strict=True)])
    for text in dict.fromkeys(letters.earlier):
        _add_earlier(page, text, quoted, programs)
    return _lines(page, quoted, programs, at, loose)


def _may_quote(page: Page, quoted: list[bool], row: str) -> bool:
    """Whether aligning is worth its time: a line that is left, or its head, stands in this row of words."""
    left = [n for n in page.with_words() if not quoted[n]]
    return len(left) > FEW or any(row_of(page.of(n)[:RUN]) in row for n in left)


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
        if not quoted[n] and at[n] is None and found.covered(n) and not _said_twice(found.page, n, quoted):
            quoted[n] = True
            there = found.line_there(n)
            at[n] = beside[there] if there is not None else None


def _said_twice(page: Page, n: int, quoted: list[bool]) -> bool:
    """A short line that says again what was quoted right above it."""
    above = page.next_line(n, -1)
    return above is not None and quoted[above] and len(page.of(n)) < RUN and page.of(above) == page.of(n)


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
    marks = _marks_by_depth(found, (n for n, is_quoted in enumerate(quoted) if is_quoted))
    for lines in _chains(found, quoted):
        if _may_be_own(found, quoted, lines):
            others = {depth: seen - _marks_by_depth(found, lines)[depth] for depth, seen in marks.items()}
            for n in lines:
                loose[n] = True
                quoted[n] = not _unlike(found, n, others)
    if _usual(marks[1]) < 0:
        _doubt_author_s_words(found, quoted, loose)
    return loose


def _marks_by_depth(found: Alignment, lines: Iterable[int]) -> defaultdict[int, Counter[int]]:
    """How many marks more than in the letter the lines have, by the marks they have in the letter, counted."""
    seen: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for n in (n for n in lines if found.first_place(n) >= 0):
        seen[_depth_there(found, n)][_marks(found, n)] += 1
    return seen


def _usual(seen: Counter[int]) -> int:
    return seen.most_common(1)[0][0] if seen else 0


def _unlike(found: Alignment, n: int, others: dict[int, Counter[int]]) -> bool:
    """The line lacks a mark that the other quoted lines of its kind have, or all have."""
    if found.first_place(n) < 0:
        return False
    alike = others.get(_depth_there(found, n), Counter())
    usual = _usual(alike) if alike else _usual(others.get(0, Counter()))
    return _marks(found, n) < usual if alike else usual > 0


def _doubt_author_s_words(found: Alignment, quoted: list[bool], loose: list[bool]) -> None:
    """Where the bars before an author's text were lost, a line of it below the first quotation may be either's."""
    page, there = found.page, found.source.page
    theirs = {tuple(there.of(n)) for n in there.with_words() if there.depths[n]}
    alike = [tuple(page.of(n)) in theirs for n in range(len(quoted))]
    first = next((n for n, is_quoted in enumerate(quoted) if is_quoted and not alike[n]), len(quoted))
    for n in page.with_words():
        if n > first and alike[n] and not quoted[n] and not page.depths[n]:
            quoted[n] = loose[n] = True


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


def _depth_there(found: Alignment, n: int) -> int:
    return found.source.page.depths[found.source.line_of[found.first_place(n)]]


def _marks(found: Alignment, n: int) -> int:
    return found.page.depths[n] - _depth_there(found, n)
