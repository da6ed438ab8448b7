"""Whose words stand below? The lines of a reply that something introduces as another person's.

A forward block, a copied header ("From: / Sent: / To: / Subject:" in any language) or an attribution ("On ..., Ben
wrote:") that does not introduce our own letter. What is marked below an attribution ends with its marks; below all
others nobody can see where the other's words end, so they go on to the end of the mail, whatever of our letter stands
among them. Whose letter a line introduces is `attribution`'s to say. Linear in the text; it never fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.kinds.reference import leads
from mailproc.message.words import attribution
from mailproc.message.words.page import Page
from mailproc.message.words.postmark import Postmark
from mailproc.message.words.wording import WORDING, any_of

_LONG = 400  # characters of a line that may introduce something
_MOST_LINES = 12  # of a copied header, blank ones aside
_MOST_WRAPPED = 4  # lines of one attribution
_MIN_LABELS = 3  # fields of a copied header
_BETWEEN_DASHES = re.compile(r"\W{0,3}[-_=]{2,}\s*\w[^-_=]{2,60}[-_=]{2,}\W*$")  # "-----Original Message-----"
_ORIGINAL = re.compile(rf"\W*(?:{any_of(WORDING.original)})\s?:?\W*$", re.IGNORECASE)


def of_others(page: Page, quoted: Sequence[bool], letter: Postmark) -> set[int]:
    """The lines of a page that are introduced as somebody else's, with the lines that do so; `quoted` are the letter's.

    Words between that are the letter's are not among them.
    """
    shown = {n: page.lines[n][:_LONG].strip().lstrip(">|: ") for n in page.worded}
    order = page.worded
    found: set[int] = set()
    at = 0
    while at < len(order):
        n = order[at]
        size = 0 if quoted[n] else _size(order, at, shown, quoted, letter)
        if not size:
            at += 1
            continue
        block, behind = order[at : at + size], at + size
        below = order[behind] if behind < len(order) else None
        quotes = below is not None and (quoted[below] or (not letter and any(quoted[m] for m in order[behind:])))
        if _is_ours([shown[m] for m in block], quotes, letter):
            at = behind
            continue
        found.update(block)
        if (
            size <= _MOST_WRAPPED
            and not _is_whole(shown[n])
            and below is not None
            and page.depths[below] > page.depths[n]
        ):
            while behind < len(order) and page.depths[order[behind]] > page.depths[n]:
                behind += 1
            at = behind
            continue
        found.update(m for m in order[behind:] if not quoted[m])
        break
    return found


def _is_whole(line: str) -> bool:
    """Whether what a line begins is a whole mail, and no quotation with marks: below these nobody sees its end."""
    return is_original(line) or attribution.is_labelled(line) or bool(_BETWEEN_DASHES.match(line))


def is_original(line: str) -> bool:
    """Whether a line says that a whole mail follows: "-----Original Message-----"."""
    return bool(_ORIGINAL.match(line[:_LONG]))


def _size(order: Sequence[int], at: int, shown: dict[int, str], quoted: Sequence[bool], letter: Postmark) -> int:
    """How many lines from here on introduce something, blank ones aside; 0 if they do not."""
    first = shown[order[at]]
    if leads(first):
        return 0
    ahead = []
    for n in order[at : at + _MOST_LINES]:
        if quoted[n]:
            break
        ahead.append(shown[n])
    below = _header(ahead[1:])
    if is_original(first) or (below and _BETWEEN_DASHES.match(first)):
        return 1 + below
    return _header(ahead) or _attribution(ahead, order[at:], letter) or int(attribution.names_author(first))


def _header(lines: Sequence[str]) -> int:
    """How many lines from the first on are fields of a copied header, name and value in one line or in two."""
    labels = next((n for n, line in enumerate(lines[::2]) if not attribution.is_label(line)), len(lines) // 2)
    if labels > 1:
        return min(2 * labels, len(lines))
    size = 0
    for n, line in enumerate(lines):
        if attribution.is_labelled(line) and (size or not line.endswith(":") or attribution.is_label(line[:-1])):
            size = n + 1  # "Ben wrote:" has a colon too, and begins no header
        elif n - size > 1 or not size or leads(line):
            break
    return size if attribution.is_header(lines[:size]) else 0


def _attribution(lines: Sequence[str], order: Sequence[int], letter: Postmark) -> int:
    """How many lines from the first on say who wrote what follows; they stand right below each other.

    Wherever it was wrapped: lines that name our letter's sender only together are one.
    """
    found = 0
    for size in range(1, min(_MOST_WRAPPED, len(lines)) + 1):
        if order[size - 1] != order[0] + size - 1:
            break
        if not found and attribution.attributes(lines[:size]):
            if size > 1 and not attribution.tells_when_or_whence(lines[0]) and attribution.attributes(lines[1:size]):
                return 0  # it is complete without the first line, which is the writer's
            found = size
        named = letter and not letter.bears(" ".join(lines[:size])).isdisjoint({"name", "address"})
        if named and attribution.introduces(lines[:size], letter) == "ours":
            return size
    return found


def _is_ours(block: Sequence[str], quotes: bool, letter: Postmark) -> bool:  # noqa: FBT001 - a fact
    """Whether lines introduce our letter; `quotes`: it stands right below.

    A program may show a sender by the name of an address book: then the letter below must bear the day and the minute,
    or nobody's address may be named.
    """
    if not letter:
        return quotes
    if len(block) == 1 and is_original(block[0]):
        return quotes
    text = "\n".join(block)
    borne = letter.bears(text)
    titled = is_original(block[0]) or (len(block) > 1 and bool(_BETWEEN_DASHES.match(block[0])))
    whose = attribution.introduces(block[1:] if titled else block, letter)
    if whose == "ours" and (quotes or not borne.isdisjoint({"name", "address"})):
        return True
    plain = len(block) < _MIN_LABELS and not attribution.has_address(text)
    return quotes and (plain or ("clock" in borne and not attribution.has_address(text)))
