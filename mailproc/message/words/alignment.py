"""Where the words of a reply stand in the letter that it answers: runs of 6 words, and shorter lines in their place.

A *page* (the reply, say) is laid beside a *source* (the letter). Each word of the page gets a place: its number among
the source's words, OWN where the source has no such word, SOMEWHERE where it has, and nobody can say which. Words are
compared without case, punctuation and quote marks, so wrapping and mail programs do not matter. Time is linear in both
texts. It never fails. What a found word means is `quotation`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, islice

from mailproc.kinds.reference import is_quoted_head
from mailproc.message.words.page import Page, Row

RUN = 6  # words in a row that make a quotation (design §6)
TELLING = 3  # words that tell a line of the letter from others, where it is marked
MOST_WRAPPED = 20  # lines that one line of the letter may have been wrapped to
BEGINS, FOLLOWS = 1, 2  # a line that repeats one of the letter, first or further one of several in a row
OWN, SOMEWHERE = -1, -2  # a word's place: not of the letter; of the letter, at a place that is not certain


@dataclass(frozen=True, slots=True)
class Source:
    """A text that may be quoted: where each run of RUN words begins last, and each shorter line."""

    page: Page
    line_of: list[int]  # the line of each word
    last: dict[Row, int]
    again: set[Row]  # runs that stand more than once
    lines: dict[Row, int]  # of fewer words than RUN; SOMEWHERE where several are alike
    order: dict[int, int]  # of the lines that have words

    def begins(self, place: int) -> bool:
        """Whether a line of the source begins at this word, or the source has ended before it."""
        return not 0 < place < len(self.line_of) or self.line_of[place - 1] != self.line_of[place]

    def says(self, place: int, words: Row) -> bool:
        """Whether the source has these words at this place."""
        return self.page.words[place : place + len(words)] == words


@dataclass(frozen=True, slots=True)
class Alignment:
    """A page laid beside a source."""

    page: Page
    source: Source
    places: list[int]  # for each word of the page its place among the source's words, or OWN, or SOMEWHERE
    whole: bytearray  # for each line of the page whether it repeats one of the source: BEGINS or FOLLOWS others

    def covered(self, line: int) -> bool:
        """Whether all words of this line of the page were found in the source; False for a blank line."""
        if self.whole[line]:
            return True
        start, end = self.page.starts[line], self.page.starts[line + 1]
        return start < end and OWN not in self.places[start:end]

    def left(self) -> list[int]:
        """The lines of the page with a word that the source does not have."""
        return [n for n in self.page.worded if not self.covered(n)]

    def first_place(self, line: int) -> int:
        """The place of the line's first word."""
        return self.places[self.page.starts[line]]

    def last_place(self, line: int) -> int:
        """The place of the line's last word."""
        return self.places[self.page.starts[line + 1] - 1]

    def line_there(self, line: int) -> int | None:
        """The source's line that this line of the page repeats the end of; None where nobody can say which."""
        if not self.page.rows[line] or self.last_place(line) < 0:
            return None
        return self.source.line_of[self.last_place(line)]


def source_of(page: Page) -> Source:
    """A page made ready to be searched: where each run of RUN words and each short line of it stands."""
    line_of = [n for n in page.worded for _ in page.rows[n]]
    grams: list[Row] = list(zip(*(page.words[n:] for n in range(RUN)), strict=False))
    last = dict(zip(grams, count(), strict=False))
    again = {gram for n, gram in enumerate(grams) if last[gram] != n} if len(last) < len(grams) else set()
    lines: dict[Row, int] = {}
    for n in page.worded:
        line = page.rows[n]
        if len(line) < RUN:
            lines[line] = SOMEWHERE if line in lines else page.starts[n]
    return Source(page, line_of, last, again, lines, {line: n for n, line in enumerate(page.worded)})


def align(page: Page, source: Source) -> Alignment:
    """Give each word of the page its place in the source; the steps stand in the order in which they must be taken."""
    found = Alignment(page, source, [OWN] * len(page.words), bytearray(len(page.rows)))
    _downwards(found)
    _upwards(found)
    _give_back(found)
    _forget_uncertain(found)
    return found


def _downwards(found: Alignment) -> None:
    """Walk down the page: a line may go on with the quotation above it; else its runs are looked for everywhere."""
    page = found.page
    above: int | None = None  # the line quoted last
    reached = 0  # words that a run has covered already
    at = 0
    while at < len(page.worded):
        n = page.worded[at]
        if reached <= page.starts[n] and (alike := _alike(found, at, above)):
            at += alike
            above = page.worded[at - 1]
            continue
        reached = _one_line(found, n, reached, above)
        if found.covered(n) or _by_itself(found, n):
            above = n
        elif page.depths[n]:
            above = None  # a quoted line that is not known: what follows may stand anywhere
        at += 1


def _alike(found: Alignment, at: int, above: int | None) -> int:
    """Place the lines from here on that repeat the letter line for line, below the line quoted last; gives how many.

    `at` counts the lines that have words. This finds nothing that `_one_line` would not; it is quick.
    """
    page, source = found.page, found.source
    if above is None:
        return _anchored(found, page.worded[at])
    place, there = found.last_place(above), source.page
    if place < 0 or there.rows[source.line_of[place]] != page.rows[above] or not source.begins(place + 1):
        return 0
    line = source.line_of[place]
    depth, more = page.depths[above], page.depths[above] - there.depths[line]
    size = 0
    for n, m in zip(islice(page.worded, at, None), islice(there.worded, source.order[line] + 1, None), strict=False):
        if page.rows[n] != there.rows[m] or (depth and page.depths[n] - there.depths[m] < more):
            break
        depth, more = page.depths[n], page.depths[n] - there.depths[m]
        found.whole[n] = FOLLOWS if size else BEGINS
        size += 1
    if size:
        start, end = page.starts[page.worded[at]], page.starts[page.worded[at + size - 1] + 1]
        found.places[start:end] = range(place + 1, place + 1 + end - start)
    return size


def _anchored(found: Alignment, n: int) -> int:
    """Place line n if it is a long line that the letter has only once; gives 1, or 0 if it is not."""
    source, row = found.source, found.page.rows[n]
    place = source.last.get(row[:RUN])
    if place is None or row[:RUN] in source.again or not source.begins(place):
        return 0
    if source.page.rows[source.line_of[place]] != row:
        return 0
    start = found.page.starts[n]
    found.places[start : start + len(row)] = range(place, place + len(row))
    found.whole[n] = BEGINS
    return 1


def _one_line(found: Alignment, n: int, reached: int, above: int | None) -> int:
    """Place what can be placed of line n; gives the word of the page at which the last run found ends."""
    page = found.page
    start, end = max(page.starts[n], reached), page.starts[n + 1]
    if start >= end or _in_place(found, n, start, above):
        return reached
    reached = _by_runs(found, n, start, above, len(page.words))
    bound = _cut(found, n, reached)
    if bound < reached:  # what is cut off must not say where the line stands
        found.places[start:reached] = [OWN] * (reached - start)
        reached = _by_runs(found, n, start, above, bound)
    return reached


def _by_itself(found: Alignment, n: int) -> bool:
    """Place a short line that is quoted alone: it has a quote mark, or is an item's head, "1. A-12 …"; True if so."""
    words, line = found.page.rows[n], found.page.lines[n]
    place = found.source.lines.get(words, OWN)
    if place < 0 or not ((found.page.depths[n] and len(words) >= TELLING) or is_quoted_head(line)):
        return False
    found.places[found.page.starts[n] : found.page.starts[n + 1]] = range(place, place + len(words))
    return True


def _cut(found: Alignment, n: int, reached: int) -> int:
    """The word at which a run that begins in line n stops being a quotation: what follows, the writer said."""
    line: int | None = n
    while line is not None and reached > found.page.starts[line + 1]:
        end = found.page.starts[line + 1]
        if _leaves_the_marks(found, line):
            return end
        line = found.page.next_line(line)
    return reached


def _leaves_the_marks(found: Alignment, n: int) -> bool:
    """Whether the line below n goes on with n's run but lacks its quote mark: then it was said, not quoted."""
    following = found.page.next_line(n)
    place = found.last_place(n) + 1
    if following is None or place <= 0 or place >= len(found.source.line_of):
        return False
    after = found.page.next_line(following)
    behind = place + len(found.page.rows[following])
    unmarked = after is not None and found.page.depths[after] <= found.page.depths[following]
    goes_on = unmarked and after is not None and found.source.says(behind, found.page.rows[after])
    return not goes_on and _without_its_mark(found, following, place, n, place - 1)


def _in_place(found: Alignment, n: int, start: int, above: int | None) -> bool:
    """Place line n, from the word `start` on, if it says just what follows in the letter; True if it does."""
    page, source = found.page, found.source
    wrapped = start > page.starts[n]
    before = found.places[start - 1] if wrapped else found.last_place(above) if above is not None else OWN
    place, words = before + 1, page.words[start : page.starts[n + 1]]
    if before < 0 or not source.says(place, words):
        return False
    if len(words) < RUN and not wrapped and above is not None and not _whole(found, n, above, place):
        return False
    found.places[start : start + len(words)] = range(place, place + len(words))
    return True


def _whole(found: Alignment, n: int, above: int, place: int) -> bool:
    """Whether a short line repeats a line of the letter, whole or wrapped, and is not the writer's own."""
    source, words = found.source, found.page.rows[n]
    if not source.begins(place) and found.page.next_line(n, -1) != above:
        return False
    following = found.page.next_line(n)
    beyond = found.page.rows[following] if following is not None else ()
    goes_on = bool(beyond) and source.says(place + len(words), beyond)
    if not goes_on and not source.begins(place + len(words)):
        return False
    if not _without_its_mark(found, n, place, above, place - 1):
        return True
    return goes_on and following is not None and found.page.depths[following] <= found.page.depths[n]


def _without_its_mark(found: Alignment, n: int, place: int, neighbour: int, its_place: int) -> bool:
    """Whether line n lacks the quote mark that its neighbour has: no mail program marks one line and not the next."""
    line_of, depths = found.source.line_of, found.source.page.depths
    if line_of[place] == line_of[its_place]:
        return False  # wrapped: the rest of one line of the letter
    head = found.page.depths[_head(found, neighbour)]
    return head > 0 and found.page.depths[n] - depths[line_of[place]] < head - depths[line_of[its_place]]


def _head(found: Alignment, n: int) -> int:
    """The line that bears the quote mark, where line n is only the wrapped end of it; else n itself."""
    for _ in range(MOST_WRAPPED):
        place, before = found.first_place(n), found.page.next_line(n, -1)
        if place < 0 or found.source.begins(place) or before is None or found.last_place(before) != place - 1:
            break
        n = before
    return n


def _repeated(found: Alignment, above: int | None, size: int) -> range:
    """The places of the line quoted last: a short line right below it with the same words is said, not quoted again."""
    if above is None or size >= RUN or found.first_place(above) < 0 or found.last_place(above) < 0:
        return range(0)
    return range(found.first_place(above), found.last_place(above) + 1)


def _by_runs(found: Alignment, n: int, start: int, above: int | None, bound: int) -> int:
    """Place the words of line n, from `start` on, that are part of a run; no run goes beyond `bound`. Gives its end."""
    words, end = found.page.words, found.page.starts[n + 1]
    repeated = _repeated(found, above, end - start)
    following = found.page.next_line(n)
    reached = start
    for i in range(found.page.starts[n], end):
        last = found.source.last.get(words[i : i + RUN]) if i + RUN <= bound else None
        if last is not None and last not in repeated and not _enters_the_marks(found, n, following, last + end - i):
            reached = max(reached, i + RUN)
        if start <= i < reached:
            found.places[i] = _place(found, i, last)
    for i in range(max(start, end), reached):
        found.places[i] = _place(found, i, None)
    return reached


def _enters_the_marks(found: Alignment, n: int, following: int | None, place: int) -> bool:
    """Whether a short line makes a run only together with the marked line below it: then it was said, not quoted."""
    if (
        following is None
        or found.page.starts[n + 1] - found.page.starts[n] >= RUN
        or place >= len(found.source.line_of)
    ):
        return False
    return _without_its_mark(found, n, place - 1, following, place)


def _place(found: Alignment, i: int, last: int | None) -> int:
    """The place of word i of a run: behind the word before it, else where its run stands, if it stands once."""
    words, places, source = found.page.words, found.places, found.source
    if i and places[i - 1] >= 0 and source.says(places[i - 1] + 1, (words[i],)):
        return places[i - 1] + 1
    if last is not None and words[i : i + RUN] not in source.again:
        return last
    return SOMEWHERE


def _upwards(found: Alignment) -> None:
    """Walk up the page: a line that has no place yet may stand right above the line that is quoted below it."""
    page = found.page
    taken = _last_places(found)
    below: int | None = None  # the line quoted next
    for n in reversed(page.worded):
        start, end = page.starts[n], page.starts[n + 1]
        if found.whole[n] or min(found.places[start:end]) >= 0:
            below = n
        elif below is not None and _whole_above(found, n, below, taken[n]):
            above = found.first_place(below)
            found.places[start:end] = range(above - (end - start), above)
            below = n
        elif page.depths[n]:
            below = None


def _whole_above(found: Alignment, n: int, below: int, taken: int) -> bool:
    """Whether line n says what the letter has right above the line quoted below, and no other line has quoted that."""
    words, above = found.page.rows[n], found.first_place(below)
    place = above - len(words)
    if place < 0 or not found.source.says(place, words) or place <= taken < above:
        return False
    if not found.source.begins(above) and found.page.next_line(n) != below:
        return False
    if not found.source.begins(place) and taken != place - 1:
        return False
    return len(words) >= RUN or not _without_its_mark(found, n, above - 1, below, above)


def _last_places(found: Alignment) -> list[int]:
    """For each line of the page the place of the last word that is quoted above it."""
    last = OWN
    places: list[int] = []
    starts = found.page.starts
    for n, row in enumerate(found.page.rows):
        places.append(last)
        if row and found.places[starts[n + 1] - 1] >= 0:
            last = found.places[starts[n + 1] - 1]
    return places


def _give_back(found: Alignment) -> None:
    """Give back to the writer the short unmarked lines that stand beside no other quotation."""
    page = found.page
    covered = [n for n in page.worded if found.covered(n)]
    for above, n, below in zip([None, *covered], covered, [*covered[1:], None], strict=False):
        if found.whole[n] or len(page.rows[n]) >= RUN or page.depths[n] or is_quoted_head(page.lines[n]):
            continue
        if found.first_place(n) < 0:
            beside = (above is not None and above == page.next_line(n, -1)) or (
                below is not None and below == page.next_line(n)
            )
        else:
            beside = (above is not None and found.last_place(above) + 1 == found.first_place(n)) or (
                below is not None and found.last_place(n) + 1 == found.first_place(below)
            )
        if not beside:
            found.places[page.starts[n] : page.starts[n + 1]] = [OWN] * len(page.rows[n])


def _forget_uncertain(found: Alignment) -> None:
    """Lines that go on from each other, none of which the letter has once only, may stand elsewhere in it.

    Where lines were cut out, two that are alike in all items become neighbours that only one item has.
    """
    chain: list[int] = []
    for n in [*found.page.worded, None]:
        if n is not None and found.whole[n] == FOLLOWS:
            chain.append(n)
            continue
        if n is not None and min(found.places[found.page.starts[n] : found.page.starts[n + 1]]) < 0:
            continue
        if n is None or (chain and found.first_place(n) != found.last_place(chain[-1]) + 1):
            if not any(_tells(found, line) for line in chain):
                for line in chain:
                    size = len(found.page.rows[line])
                    found.places[found.page.starts[line] : found.page.starts[line + 1]] = [SOMEWHERE] * size
            chain = []
        if n is not None:
            chain.append(n)


def _tells(found: Alignment, n: int) -> bool:
    """Whether line n holds something that the letter has only once: a run within one line, or a whole short line."""
    source, words = found.source, found.page.words
    place = found.first_place(n)
    if source.lines.get(source.page.rows[source.line_of[place]], OWN) == place:
        return True
    for i in range(found.page.starts[n], found.page.starts[n + 1]):
        gram = words[i : i + RUN]
        last = source.last.get(gram)
        if last is not None and gram not in source.again and source.line_of[last] == source.line_of[last + RUN - 1]:
            return True
    return False
