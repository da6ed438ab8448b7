"""A copied header: "From: … Sent: … To: … Subject: …", above a whole mail that is sent along.

Told by the names of its fields, which the tables know in many languages; in others by its shape: several fields, the
first of them a sender with an address between brackets, and one a date with its hour. Programs set it in lines, with
blank ones between, or as a table with bars. Linear; it never fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.message.words.shape.signs import ADDRESS, CLOCK, DATED, DAY, LONG
from mailproc.message.words.wording import FIELDS

_MOST_LINES = 14  # of one header, blank ones among them
_FIELD = re.compile(rf"(?:^|\s)[*_]{{0,2}}(?:{FIELDS})\s?[*_]{{0,2}}[:\uff1a]", re.IGNORECASE)
_QUOTED_NAME = re.compile(rf"(?:{FIELDS}) \"?[^\W\d_]", re.IGNORECASE)  # `From "Ana Lund" <ana@home.example>`
_LABEL = re.compile(
    r"\W{0,3}[^\W\d_][^\s\d_:\uff1a<>@]{0,17}(?:[ -][^\s\d_:\uff1a<>@]{1,14})?\s?[*_]{0,2}[:\uff1a]\s*\S"
)
_SENDER = re.compile(r"<[^<>\s]+@[^<>\s]+>|\[[^\[\]\s]+@[^\[\]\s]+\]")
_FRAME = re.compile(r"[\s|>_-]+$")  # a line of a table's frame
_MIN_KNOWN, _MIN_FIELDS = 3, 4  # fields with names that are known, or that are not


def header_block(lines: Sequence[str], n: int) -> int:
    """The line behind a copied header that begins in line n; else 0."""
    first = lines[n][:LONG]
    if first.lstrip().startswith("|"):
        return _table(lines, n)
    known = bool(_FIELD.match(first.lstrip()))
    if not known and not (_LABEL.match(first) and _SENDER.search(first)) and not _QUOTED_NAME.match(first):
        return 0
    block = _block(lines, n)
    text = " ".join(line[:LONG] for line in block)
    kinds = {field.lastgroup for field in _FIELD.finditer(text)} if known else set()
    dated, address = bool(DATED.search(text)), bool(ADDRESS.search(text))
    enough = _MIN_KNOWN - (dated and address)
    if len(kinds) >= enough and (address or "subject" in kinds):  # a journey has a place, a goal and a day too
        return n + len(block)
    spread = _spread(lines, n) if known else 0
    return spread or (n + len(block) if _is_header(block) else 0)


def _block(lines: Sequence[str], n: int) -> Sequence[str]:
    """The lines from the n-th on up to the last field before a blank line, and one into which that was broken."""
    end = n
    while end < min(n + _MOST_LINES, len(lines)) and lines[end].strip():
        end += 1
    last = max((m for m in range(n, end) if _LABEL.match(lines[m][:LONG])), default=end)
    return lines[n : end if end <= last + 2 else last + 1]


def _is_header(block: Sequence[str]) -> bool:
    """Whether a block is a header by its shape: it begins with the sender, and each field has a line."""
    heads = [line[:LONG] for line in block[:_MIN_FIELDS]]
    if len(heads) < _MIN_FIELDS or not ADDRESS.search(heads[0]):
        return False
    named = sum(bool(_QUOTED_NAME.match(line)) for line in heads)
    labelled = sum(bool(_LABEL.match(line)) for line in heads)
    when = any(DAY.search(line) and CLOCK.search(line) for line in heads)
    return when and (named == len(heads) or (labelled == len(heads) and bool(_SENDER.search(heads[0]))))


def _spread(lines: Sequence[str], n: int) -> int:
    """The line behind a header with a blank line between each two fields; else 0."""
    kinds: set[str | None] = set()
    end, m = 0, n
    while m < min(n + _MOST_LINES, len(lines)):
        field = _FIELD.match(lines[m][:LONG].lstrip())
        if field is None:
            break
        kinds.add(field.lastgroup)
        end, m = m + 1, m + 1
        if m < len(lines) and not lines[m].strip():
            m += 1
    text = " ".join(line[:LONG] for line in lines[n:end])
    return end if len(kinds) >= _MIN_KNOWN and ADDRESS.search(text) and DATED.search(text) else 0


def _table(lines: Sequence[str], n: int) -> int:
    """The line behind a header that is set as a table with bars; else 0."""
    end = n
    while end < min(n + _MOST_LINES, len(lines)) and _is_row(lines[end][:LONG]):
        end += 1
    text = " ".join(line[:LONG] for line in lines[n:end])
    if not (ADDRESS.search(text) and DATED.search(text)):
        return 0
    names = (_FIELD.fullmatch(f"{line[:LONG].strip(' |>').partition('|')[0].strip(' :')}:") for line in lines[n:end])
    kinds = {name.lastgroup for name in names if name}
    return end if len(kinds) > 1 else 0


def _is_row(line: str) -> bool:
    text = line.strip()
    return len(text) > 1 and (bool(_FRAME.match(text)) or (text.startswith("|") and text.endswith("|")))
