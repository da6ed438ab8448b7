"""The writer's signature where no `-- ` stands above it: told by the HTML part's container, or by their own name.

The lines of a signature are no words of the writer's, whatever they say ("No. 12", "OK Computers Ltd."). But in a mail
program's container somebody may type as well: a container that begins with a word that decides holds no signature, and
a line that names an item and says what to do with it is the writer's wherever it stands. It never fails, and is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailproc.message.words.page import Row, page_of
from mailproc.message.words.quotation import Line
from mailproc.review.language import manners, talk, verbs
from mailproc.review.language.grammar import sentence
from mailproc.review.language.words import clean, tokens
from mailproc.review.reply.written import seen

_MOST_LINES = 10  # of a signature that a name begins
_MOST_BELOW_SIGN_OFF = 4  # of one without a telephone
_LONGEST = 80  # characters of such a line
_MOST_ALONE = 4  # lines below a full name that stands at the head of the last paragraph, and nothing else tells
_SHORT = 60  # characters of such a line
_SMALL = 3  # letters of "of", "the", "der"
_TELLS = re.compile(r"\d[\d\s./()-]{5,}|@|www\.|https?:|\+\d", re.IGNORECASE)  # telephone, address, page
_LINKS = re.compile(r"[<\[(](?:mailto:|https?:|tel:|cid:)[^<>\[\]()]*[>\])]|\[cid:[^\]]*\]")


@dataclass(frozen=True, slots=True)
class Signature:
    """What is known of the signature of one mail."""

    html_text: str | None
    signed: tuple[int, ...]  # lines of it that a signature's container holds
    names: Sequence[str] = ()  # the writer's

    def taken_from(self, lines: Sequence[Line], who: str) -> Sequence[Line]:
        """The lines of a part of the mail; those of the signature are not own."""
        runs = [run for run in self._runs() if not _is_said(run[0], who, alone=True)]
        names = {row for name in self.names for row in rows_of(name)}
        if not runs and not names:
            return lines
        rows = page_of("\n".join(_LINKS.sub(" ", line.text) for line in lines)).rows
        found = {n for run in runs for n in _found(rows, lines, page_of("\n".join(run)).words)}
        found |= _below_name(rows, lines, names, who)
        whole = {row for row in names if len(row) > 1}
        found |= _last_paragraph(rows, lines, whole, who) | _on_one_line(rows, lines, whole, who)
        found = {n for n in found if lines[n].own and not lines[n].marked and not _is_said(lines[n].text, who)}
        alone = all(n in found or not rows[n] or not line.own or line.marked for n, line in enumerate(lines))
        if alone and not any(line.amid for line in lines):
            return lines  # nothing else is said, nor typed within the quotation: it was typed there
        return [line._replace(own=False) if n in found else line for n, line in enumerate(lines)] if found else lines

    def _runs(self) -> Iterator[list[str]]:
        """The words of each container, line by line."""
        lines = (self.html_text or "").split("\n") if self.signed else []
        run: list[str] = []
        for n, following in zip(self.signed, (*self.signed[1:], None), strict=False):
            if n < len(lines) and any(map(str.isalnum, lines[n])):
                run.append(_LINKS.sub(" ", lines[n]))
            blank = following is not None and not any(line.strip() for line in lines[n + 1 : following])
            if run and not blank:
                yield run
                run = []


def _is_said(line: str, who: str, *, alone: bool = False, whole: bool = False) -> bool:
    """Whether a line says what to do with an item that it names, or with any: `alone`, or where that is all it says."""
    said = sentence(clean(seen(line)).strip(), verbs.forms(who))
    if any(token.kind == "ref" for token in said.tokens) and manners.mentions(said.tokens, verbs.decisions(who)):
        return True  # "and please reject A-12"
    if said.verb in verbs.SAME:
        return said.targets is not None and any("-" in span[0] for span in said.targets.spans)
    if said.verb not in verbs.VERBS or not verbs.VERBS[said.verb].decides:
        return False
    named = said.targets is not None and any("-" in span[0] for span in said.targets.spans)
    if named or (whole and manners.courteous(said.rest)):
        return True
    return alone and not re.match(r"\W*no\.\s*\d", line, re.IGNORECASE)


def rows_of(name: str) -> Iterator[Row]:
    """A name and the given name, as words."""
    words = page_of(name).words
    if words:
        yield words
        yield words[:1]


def without_letters(lines: Sequence[Line], names: Sequence[str], who: str) -> Sequence[Line]:
    """The lines of a part; what stands below a greeting of the writer's own name is somebody's letter to them."""
    known = {row for name in names for row in rows_of(name)}
    if who != "member" or not known:
        return lines
    begin = next((n for n, line in enumerate(lines) if _is_typed(line) and _greets(line.text, known)), None)
    if begin is None or any(line.own and line.text.strip() for line in lines[:begin] if begin and not line.marked):
        return lines
    end = next((n for n in range(begin, len(lines)) if lines[n].sent), len(lines))
    return [
        line._replace(own=False, others=True) if begin < n < end and _is_typed(line) else line
        for n, line in enumerate(lines)
    ]


def _greets(line: str, names: set[Row]) -> bool:
    """Whether a line greets one of these names, or calls it: "Dear Ana," "Hi Ana Lund!", "Ana,"."""
    text = clean(seen(line)).strip()
    rows = page_of(text).words
    called = rows in names and text.endswith((",", "!", ":"))
    words = tokens(text[:_LONGEST])
    return called or (manners.greets(words) and any(rows[-len(name) :] == name for name in names) and len(rows) > 1)


def _found(rows: Sequence[Row], lines: Sequence[Line], words: Row) -> set[int]:
    """The own lines that hold these words and nothing else, one below another; the last such lines."""
    for begin in range(len(rows) - 1, -1, -1):
        if not rows[begin] or words[: len(rows[begin])] != rows[begin] or not lines[begin].own:
            continue
        place, n = 0, begin
        while n < len(rows) and lines[n].own and words[place : place + len(rows[n])] == rows[n] and place < len(words):
            place += len(rows[n])
            n += 1
        if place == len(words):
            return set(range(begin, n))
    return set()


def _below_name(rows: Sequence[Row], lines: Sequence[Line], names: set[Row], who: str) -> set[int]:
    """The lines from the writer's own name on, a paragraph with a telephone or the like, to the end of their words."""
    begin = next((n for n in range(len(rows) - 1, -1, -1) if rows[n] in names and lines[n].own), None)
    if begin is None or not any(rows[n] and lines[n].own for n in range(begin)):
        return set()
    end = begin + 1
    while end < len(rows) and lines[end].own and not lines[end].marked:
        end += 1
    below = [n for n in range(begin + 1, end) if rows[n]]
    texts = [lines[n].text for n in below]
    if len(below) > _MOST_LINES or any(len(text) > _LONGEST for text in texts):
        return set()
    above = next(lines[n].text for n in range(begin - 1, -1, -1) if rows[n])
    if _signs_off(above) and len(below) <= _MOST_BELOW_SIGN_OFF:
        return set() if any(_is_said(text, who, whole=True) for text in texts) else {begin, *below}
    told = any(map(_TELLS.search, texts)) and not any(_is_said(text, who, alone=True) for text in texts)
    return {begin, *below} if told else set()


def _last_paragraph(rows: Sequence[Row], lines: Sequence[Line], names: set[Row], who: str) -> set[int]:
    """The lines of a paragraph that the writer's full name begins, above a quotation or the mail's end.

    Thunderbird and Roundcube put one there without a mark, or below "---", in a mail without HTML. No line of it may
    say anything of a decision.
    """
    begin = next((n for n in range(len(rows) - 1, -1, -1) if rows[n] in names and _is_typed(lines[n])), None)
    if begin is None or (begin and rows[begin - 1] and lines[begin - 1].own):
        return set()
    end = begin + 1
    while end < len(rows) and rows[end] and _is_typed(lines[end]):
        end += 1
    following = next((n for n in range(end, len(rows)) if rows[n]), None)
    below = range(begin + 1, end)
    if (following is not None and lines[following].own) or len(below) > _MOST_ALONE:
        return set()
    if below and not any(len(lines[n].text.split()) > 1 for n in below):
        return set()  # "Editor" may be "Nonsense" in another language
    return {begin, *below} if all(_says_nothing(lines[n].text, who) for n in below) else set()


def _on_one_line(rows: Sequence[Row], lines: Sequence[Line], names: set[Row], who: str) -> set[int]:
    """The writer's last line, where HTML put all of a signature on one: "Best wishes Ana Lund The Harbour Review"."""
    last = next((n for n in range(len(rows) - 1, -1, -1) if rows[n] and _is_typed(lines[n])), None)
    text = lines[last].text if last is not None else ""
    if last is None or len(text) > _LONGEST:
        return set()
    words = text.split()
    for name in names:
        at = next((n for n in range(1, len(words)) if page_of(" ".join(words[n : n + len(name)])).words == name), None)
        below = " ".join(words[at + len(name) :]) if at is not None else ""
        said = tokens(clean(seen(below)))
        doubtful = talk.conditions(said) or talk.retracts(said) or any(each.kind in ("ref", "number") for each in said)
        if at is None or doubtful or not _is_titled(below) or _is_said(below, who, whole=True):
            continue
        if manners.closes(tokens(clean(seen(" ".join(words[:at]))))):
            return {last}
    return set()


def _is_typed(line: Line) -> bool:
    return line.own and not line.marked


def _says_nothing(line: str, who: str) -> bool:
    """Whether a line is short, looks like a title or an address, and names no item, no verb and no doubt."""
    text = clean(seen(line)).strip()
    words = manners.without_numeros(tokens(text))
    head, _, tail = text.partition(",")
    titled = _is_titled(head) and (_is_titled(tail) or any(map(str.isdigit, head)))  # "Quay Street 4, top floor"
    if len(text) > _SHORT or not titled or any(word.kind == "ref" for word in words):
        return False
    doubtful = talk.denies(words) or talk.conditions(words) or talk.retracts(words) or manners.asks(words)
    return not (doubtful or talk.goes_on(words) or manners.mentions(words, verbs.forms(who)))


def _is_titled(text: str) -> bool:
    """Whether only words of three letters or fewer begin with a small one; no sentence does that."""
    return not any(word[0].islower() and len(word) > _SMALL for word in text.split())


def _signs_off(line: str) -> bool:
    text = clean(seen(line)).strip()
    return manners.signs_off(text, tokens(text))
