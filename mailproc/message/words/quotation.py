"""What in a reply is the writer's own? Everything that we did not send: the letter is taken away from it.

A quotation is a run of at least 6 words of a letter of the thread, or a shorter line in its place: beside the
same neighbour as in the letter. So it is found in any client and language, marked or not, wrapped again, from
text or HTML. Time is linear in reply and letters. It never fails; it does not know what a command is, and what
a line means is for `review.reply.command` to read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from mailproc.kinds.reference import leads
from mailproc.message.model import Message
from mailproc.message.words.alignment import RUN, Alignment, Source, align, source_of
from mailproc.message.words.attribution import from_programs
from mailproc.message.words.gateway import Says, is_tap, says_nothing
from mailproc.message.words.introduction import of_others
from mailproc.message.words.page import Page, Row, Seen, cut, page_of
from mailproc.message.words.postmark import UNKNOWN, Postmark, postmark_of

_TELLS = re.compile(r"[:\uff1a]\W*$|\d{1,2}[:.h]\d\d|@")  # what introduces somebody's words ends or tells so
_LONG = 200  # characters at the end of a line that are looked at
_UNUSUAL = "}#%*+=~$!-"  # signs that few programs put before what they quote
_ODD_MARK = re.compile(
    r"\s*(?:[\xbb\u203a\xa6\u00a7\u2502\u2503](?![^\xab]*\xab)|[%}#](?=\s))"
)  # quote marks, whatever the letter bears
_DRAWN = re.compile(r"\s*(?:>\s*)+(?![\s>|:])")
_MANY = 3  # lines that tell that one does
Marks = tuple[int, int]  # quote marks of a line in the letter, and how many more it has in the reply
LOOSE = 40  # words up to which a quotation that stands beside no other may as well be the writer's own


@dataclass(frozen=True, slots=True)
class Sent:
    """A letter of ours as it may come back."""

    text: str  # the text part
    html_texts: tuple[str, ...] = ()  # the HTML part as converters render it, with and without link targets
    postmark: Postmark = UNKNOWN  # who sent it, and when


class Line(NamedTuple):
    """One line of a reply, as written. A tuple, for a reply has thousands of them."""

    text: str
    own: bool  # not ours, and not what a mail program writes around a quotation; blank lines are own
    marked: bool  # it begins with a quote mark: any run of > | : and blanks
    after: int | None  # line of the letter's text part that was quoted last before it; None: nothing, or uncertain
    loose: bool = False  # in the letter, but beside no neighbour of it: the writer may have said just this
    sent: bool = False  # of the letter, or of another mail of ours in the thread
    others: bool = False  # below something that introduces somebody else's words
    amid: bool = False  # marked, unknown, and in the midst of a quotation: the writer's, or somebody's who was quoted
    unsure: bool = False  # of an HTML part: the writer may not have seen it, so it decides nothing


@dataclass(frozen=True)
class Rendered:
    """The letter's HTML part as one converter shows it. Without slots, so that what is worked out once is kept."""

    text: str
    letter: Source
    seen: Seen

    @cached_property
    def extra(self) -> Page:
        """The lines that the HTML part has and the text part has not, or has fewer times: links, and prose that flows.

        By their words: what stands behind a bar in the text stands beside a line in HTML.
        """
        left = Counter(self.letter.page.rows)
        lines: dict[str, None] = {}
        for n in self.page.worded:
            row = self.page.rows[n]
            left[row] -= 1
            if left[row] < 0:
                lines[self.page.lines[n].strip()] = None
        return page_of("\n".join(lines), self.seen)

    @cached_property
    def extra_rows(self) -> set[Row]:
        """The same lines, each as its words."""
        return set(self.extra.rows)

    @cached_property
    def pairs(self) -> set[Row]:
        """Each two words that follow each other in those lines."""
        return set(zip(self.extra.words, self.extra.words[1:], strict=False))

    @cached_property
    def page(self) -> Page:
        """The whole HTML part as lines and words."""
        return page_of(self.text, self.seen)

    @cached_property
    def below(self) -> dict[Row, tuple[Row, int]]:
        """Of each long line that stands here once, and not in the text part, the line above it.

        Its words, and how many quote marks more than it the long line bears.
        """
        page = self.page
        times = Counter(page.rows)
        extra = {row for row in self.extra_rows if len(row) >= RUN and times[row] == 1}
        rows, depths = page.rows, page.depths
        pairs = [(above, n) for above, n in pairwise(page.worded) if rows[n] in extra]
        return {rows[n]: (rows[above], depths[n] - depths[above]) for above, n in pairs}

    @cached_property
    def apart(self) -> tuple[Source, list[int | None]]:
        """The lines that only the HTML part has, with neighbours; for each the line of the text part beside it."""
        page = self.page
        found = align(page, self.letter)
        theirs = set(self.letter.page.rows)
        apart = (
            n
            for n in page.worded
            if not found.covered(n) or (page.rows[n] not in theirs and (len(page.rows[n]) < RUN or not page.depths[n]))
        )
        kept, were = cut(page, apart, "\0html")
        beside = _beside_text(found)
        return source_of(kept), [beside[n] for n in were]

    def may_hold(self, page: Page, n: int) -> bool:
        """Whether line n of a reply can come from here at all: a quick look before the long one."""
        start, end = page.starts[n], page.starts[n + 1]
        if end - start == 1:
            start, end = max(0, start - 1), min(len(page.words), end + 1)
        words = page.words
        return page.rows[n] in self.extra_rows or all(words[i : i + 2] in self.pairs for i in range(start, end - 1))


@dataclass(frozen=True, slots=True)
class Known:
    """All that a reply may quote: the letter and the thread's other mails. Made once for both parts of a reply."""

    text: Source  # the letter's text part
    html: tuple[Rendered, ...]
    earlier: tuple[str, ...]
    seen: Seen  # lines that were taken apart before
    postmark: Postmark


def sent_as(letter: Message) -> Sent:
    """A letter of ours, parsed, as it may come back."""
    said = letter.whole or letter
    # Thunderbird quotes the HTML part as text with its title above, which is the letter's subject.
    html = tuple(f"{letter.subject}\n\n{text}" for text in (said.html_text, said.html_links) if text)
    return Sent(said.text or "", html, postmark_of(letter))


def own_lines(reply: str, sent: Sent, earlier: Sequence[str] = ()) -> tuple[Line, ...]:
    """The lines of a reply, each with whether it is the writer's own and what was quoted last before it.

    `earlier` are other mails of the thread. Lines end LF or CRLF; as many lines come back as went in.
    """
    return subtract(reply, known(sent, earlier))


def quotes(reply: str, sent: Sent) -> bool:
    """Whether a reply quotes at least one whole line of this letter."""
    letter = source_of(page_of(sent.text))
    found = align(page_of(reply), letter)
    return any(found.covered(n) for n in found.page.worded)


def known(sent: Sent, earlier: Sequence[str] = ()) -> Known:
    """The letter and the earlier mails of the thread, indexed."""
    seen: Seen = {}
    letter = source_of(page_of(sent.text, seen))
    html = tuple(Rendered(text, letter, seen) for text in dict.fromkeys(sent.html_texts))
    return Known(letter, html, tuple(earlier), seen, sent.postmark)


def _beside_text(found: Alignment) -> list[int | None]:
    """For each line of the HTML part the line of the text part that it or the nearest line above it gives."""
    lines: list[int | None] = []
    now: int | None = None
    for n in range(len(found.page.lines)):
        there = found.line_there(n)
        now = there if there is not None else now
        lines.append(now)
    return lines


def subtract(reply: str, letters: Known, says: Says = says_nothing) -> tuple[Line, ...]:
    """The same as `own_lines`, with what `known` has made of the letters; for `says` see `from_programs`."""
    page = page_of(reply, letters.seen)
    found = align(page, letters.text)
    quoted = [found.covered(n) for n in range(len(page.lines))]
    as_marked = _marks_of(found)
    loose = _loose(found, quoted, as_marked)
    at = [found.line_there(n) for n in range(len(page.lines))]
    for rendered in letters.html:
        _add_html(page, rendered, quoted, at)
    mark = _unusual_mark(found, quoted)
    marked = [
        depth > 0 or _ODD_MARK.match(line) is not None for depth, line in zip(page.depths, page.lines, strict=True)
    ]
    if mark:
        marked = [
            is_marked or line.lstrip().startswith(mark) for is_marked, line in zip(marked, page.lines, strict=True)
        ]
    programs = from_programs(page.lines, [q or m for q, m in zip(quoted, marked, strict=True)], letters.postmark, says)
    for text in dict.fromkeys(letters.earlier):
        _add_earlier(page, text, quoted, programs)
    others = of_others(page, quoted, letters.postmark)
    own = [not quoted[n] and n not in programs and n not in others for n in range(len(quoted))]
    amid = _amid(page, quoted, own, as_marked)
    lines: list[Line] = []
    after: int | None = None
    for n, text in enumerate(page.lines):
        lines.append(Line(text, own[n], marked[n], after, loose[n], quoted[n], n in others, n in amid))
        if quoted[n]:
            after = at[n]
    return tuple(lines)


def _unusual_mark(found: Alignment, quoted: list[bool]) -> str:
    """A rare quote mark, such as `} ` or `# `, if most quoted lines begin with it; else ""."""
    page = found.page
    rare = [n for n in page.worded if page.lines[n].lstrip()[:1] in _UNUSUAL and _sign(found, quoted, n)]
    if len(rare) < _MANY:
        return ""
    signs = Counter(sign for n in page.worded if (sign := _sign(found, quoted, n)) is not None)
    sign, times = signs.most_common(1)[0] if signs else ("", 0)
    return sign if sign in _UNUSUAL and times >= _MANY else ""


def _sign(found: Alignment, quoted: list[bool], n: int) -> str | None:
    """The sign that stands before a quoted line and not in the letter, or ""; None where it is no whole quoted line."""
    place, source = found.first_place(n), found.source
    if not quoted[n] or place < 0 or not source.begins(place):
        return None
    sign = found.page.lines[n].lstrip()[:1]
    return "" if source.page.lines[source.line_of[place]].startswith(sign) else sign


def _amid(page: Page, quoted: list[bool], own: list[bool], as_marked: list[Marks | None]) -> set[int]:
    """Marked lines that the letter does not have, right beside lines of it that bear the same marks.

    The writer typed them into the quotation, or a colleague before.
    """
    amid: set[int] = set()
    waiting: list[int] = []  # such lines of one depth that have no line of the letter above them
    marks = 0  # that the line of the letter above bears more than in the letter
    drawn = 0  # that it bears at all, where none is a bar: beside the line of our HTML a word is marked as that line is
    for n in page.worded:
        depth, known = page.depths[n], as_marked[n]
        if quoted[n]:
            if known and waiting and known[1] == page.depths[waiting[0]]:
                amid.update(waiting)
            marks, waiting = known[1] if known else marks, []  # only the HTML part has the others
            drawn = depth if _DRAWN.match(page.lines[n]) else 0
        elif own[n] and depth and depth in {marks, drawn} and not is_tap(page.lines[n]):
            amid.add(n)
        else:
            marks = drawn = 0
            said = own[n] and depth and not _TELLS.search(page.lines[n][-_LONG:])
            if not said or (waiting and page.depths[waiting[0]] != depth):
                waiting = []
            if said:
                waiting.append(n)
    return amid


def _add_html(page: Page, rendered: Rendered, quoted: list[bool], at: list[int | None]) -> None:
    """Count as quoted the lines of the letter's HTML part, and note which line of the text part is beside each."""
    left = [n for n in page.worded if not quoted[n] and at[n] is None and rendered.may_hold(page, n)]
    left = [n for n in left if not _goes_on(page, n, rendered, quoted, at)]
    if not left:
        return
    source, beside = rendered.apart
    shown, were = cut(page, left, "\0reply")
    found = align(shown, source)
    asked = set(left)
    for m, n in enumerate(were):
        if at[n] is None and found.covered(m) and (quoted[n] or (n in asked and not _said_twice(page, n, quoted))):
            quoted[n] = True
            there = found.line_there(m)
            at[n] = beside[there] if there is not None else None


def _goes_on(page: Page, n: int, rendered: Rendered, quoted: list[bool], at: list[int | None]) -> bool:
    """Count line n as quoted where it follows a quoted line as in the HTML part, marked alike: a line of links does.

    This finds nothing that `align` would not; it is quick.
    """
    above = page.next_line(n, -1)
    if above is None or not quoted[above]:
        return False
    if rendered.below.get(page.rows[n]) != (page.rows[above], page.depths[n] - page.depths[above]):
        return False
    quoted[n], at[n] = True, at[above]
    return True


def _said_twice(page: Page, n: int, quoted: list[bool]) -> bool:
    """Whether line n is short and repeats the quoted line right above it: then the writer said it."""
    above = page.next_line(n, -1)
    return above is not None and quoted[above] and len(page.rows[n]) < RUN and page.rows[above] == page.rows[n]


def _add_earlier(page: Page, text: str, quoted: list[bool], programs: set[int]) -> None:
    """Count as quoted what another mail of the thread says; never a line that stands above all quotations."""
    begin = next((n for n, q in enumerate(quoted) if q or n in programs or page.depths[n]), len(quoted))
    left = [n for n in page.worded if n > begin and not quoted[n]]
    if left:
        found = align(page_of("\n".join(page.lines[n] for n in left)), source_of(page_of(text)))
        for place, n in enumerate(left):
            quoted[n] = found.covered(place)


# Lines that are in the letter and may be the writer's own all the same


def _loose(found: Alignment, quoted: list[bool], as_marked: list[Marks | None]) -> list[bool]:
    """Which lines the letter has and the writer may have said too: short, unmarked, beside no other quotation.

    Where the other quoted lines keep their marks, such a line counts as the writer's; not beside a run of the
    author's text that was pasted.
    """
    loose = [False] * len(quoted)
    seen = Counter(marks for marks, is_quoted in zip(as_marked, quoted, strict=True) if is_quoted and marks)
    for lines in _chains(found, quoted):
        if _may_be_own(found, quoted, lines):
            others = seen - Counter(marks for n in lines if (marks := as_marked[n]))
            theirs = [n for n in lines if (marks := as_marked[n]) and marks[0] and not leads(found.page.lines[n])]
            pasted = {n: len(found.page.rows[n]) for n in theirs}
            for n in lines:
                loose[n] = True
                quoted[n] = sum(pasted.values()) - pasted.get(n, 0) >= RUN or not _unlike(as_marked[n], others)
    if (_usual(seen, 1) or 0) < 0:
        _doubt_author_s_words(found, quoted, loose)
    return loose


def _marks_of(found: Alignment) -> list[Marks | None]:
    """For each line its quote marks in the letter, and how many more it has here; None if its place is unknown."""
    page, source = found.page, found.source
    there, line_of, here = source.page.depths, source.line_of, page.depths
    as_marked: list[Marks | None] = [None] * len(page.rows)
    for n in page.worded:
        place = found.places[page.starts[n]]
        if place >= 0:
            depth = there[line_of[place]]
            as_marked[n] = depth, here[n] - depth
    return as_marked


def _usual(seen: Counter[Marks], depth: int) -> int | None:
    """How many marks were added to most lines that have `depth` of them in the letter; None where there are none."""
    alike = {more: times for (bears, more), times in seen.items() if bears == depth}
    return max(alike, key=alike.__getitem__) if alike else None


def _unlike(marks: Marks | None, others: Counter[Marks]) -> bool:
    """Whether a line lacks the quote mark that other quoted lines of its sort have."""
    if marks is None:
        return False
    depth, more = marks
    usual = _usual(others, depth)
    return more < usual if usual is not None else (_usual(others, 0) or 0) > 0


def _doubt_author_s_words(found: Alignment, quoted: list[bool], loose: list[bool]) -> None:
    """Doubt the lines of an author's text where the bars before it were lost: nobody can tell who says them."""
    page, there = found.page, found.source.page
    theirs = {there.rows[n] for n in there.worded if there.depths[n]}
    alike = [page.rows[n] in theirs for n in range(len(quoted))]
    first = next((n for n, is_quoted in enumerate(quoted) if is_quoted and not alike[n]), len(quoted))
    for n in page.worded:
        if n > first and alike[n] and not quoted[n] and not page.depths[n]:
            quoted[n] = loose[n] = True


def _chains(found: Alignment, quoted: list[bool]) -> list[list[int]]:
    """The quoted lines of the reply in groups: each group goes on in the letter without a gap."""
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
    """Whether a group of quoted lines may be the writer's own: short and unmarked, and nothing speaks against it."""
    page = found.page
    size = sum(len(page.rows[n]) for n in lines)
    if size >= LOOSE or any(page.depths[n] for n in lines):
        return False
    beside = (page.next_line(lines[0], -1), page.next_line(lines[-1]))
    return all(found.first_place(n) >= 0 for n in lines) or not any(n is not None and quoted[n] for n in beside)
