"""The lines that mail programs, not people, write around a quotation: they are nobody's words.

Attribution lines ("On ... wrote:"), header blocks (From: Sent: To: Subject:) and separators are told here, by what they
hold of the letter's sender and date (`postmark`) and by shape (a date, an address, a colon before a quotation), so that
the language matters little; what programs write elsewhere is `footer`'s and `gateway`'s. It never fails. A line that
begins with a reference is never one of them, and the signature mark `-- ` is not either: what stands below it is for
the reader of commands to judge.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from mailproc.kinds.reference import leads
from mailproc.message.words import marks
from mailproc.message.words.footer import hints, is_footer
from mailproc.message.words.gateway import (
    LONG,
    SEPARATOR,
    Says,
    armour,
    as_seen,
    converted,
    paragraphs,
    says_nothing,
    spoken,
    taps,
)
from mailproc.message.words.postmark import UNKNOWN, Postmark
from mailproc.message.words.wording import FIELDS, WORDING, any_of

_MAX_PARAGRAPH = 12  # lines of an attribution, header block or disclaimer that are looked at together
_LABEL = re.compile(r"\W{0,3}([^\W\d_][^\W\d_. -]{0,14}(?:[ -][^\W\d_]{1,12})?)\s?(?::\W{0,3}(?:\s|$)|\uff1a)")
_INLINE_LABEL = re.compile(r"(?:^|\s)\W{0,2}[^\W\d_]{1,14}\s?:\s")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d)")  # a letter may follow
_TIME = re.compile(r"(?<!\d)\d{1,2}[:.h]\d\d(?!\d)")
_MIN_LABELS = 3
_COLONS = ":\uff1a\ufe55\u17d6\u0589\u055d\u1366"  # wide, small; Khmer, Armenian, Ethiopic
_MOST_WRAPPED = 4  # lines of one attribution
_MOST_OF_AN_ATTRIBUTION = 12  # words beside the sender's name and address
_MOST_OF_A_STAMP = 5  # words of a line with a day and an hour that says who spoke then
_MOST_OF_A_TAIL = 3  # words of an attribution that was wrapped behind the sender and the date
_SHORT_LINE = 25  # columns below which no program breaks a line, unless it puts a link on one of its own
_OPENS_LINK = ("<", "[", "(", "http")
_WROTE = re.compile(
    rf"(?:(?<!\w)(?:{any_of(WORDING.wrote)})|{any_of(WORDING.wrote_glued)})\s*[:\uff1a]?\W*$", re.IGNORECASE
)
_FIELD = re.compile(rf"\W{{0,3}}(?:{FIELDS})\s?\W{{0,2}}[:\uff1a]", re.IGNORECASE)
_FROM = re.compile(rf"\W{{0,3}}(?:{'|'.join(WORDING.labels['from'])})\s?\W{{0,2}}[:\uff1a]", re.IGNORECASE)
_LONGEST_ON_TOP = 120  # characters


def introduces(lines: Sequence[str], letter: Postmark) -> Literal["ours", "others", "no"]:
    """Whose words one line, or a few that belong together, introduce: `ours` of that letter, another's, or nobody's.

    `others` too where nothing is known of the letter. What stands around the lines is for the caller to judge: one
    that only holds our name and date ("Sunday, 22 November 2026, The Harbour Review") is told by the quotation below.
    """
    shown = [as_seen(line) for line in lines if line.strip()][:_MAX_PARAGRAPH]
    if not shown or leads(shown[0]):
        return "no"
    if _headers(shown):
        return "ours" if _who(letter, _sender_of(shown)) else "others"
    whole = " ".join(shown)
    if len(whole) > LONG or not (_alone(shown[-1]) or _attribution(shown) or _names_sender(whole, letter)):
        return "no"
    if SEPARATOR.match(shown[-1]) or is_footer(shown[-1]):
        return "no"
    return "ours" if _who(letter, whole) else "others"


def is_labelled(line: str) -> bool:
    """Whether a line may be a field of a copied header: "Subject: Fwd: ..."."""
    return bool(_LABEL.match(line))


def is_label(line: str) -> bool:
    """Whether a line is the name of a header field and nothing else: its value stands below it, in a table."""
    return _FIELD.fullmatch(f"{line}:") is not None


def is_header(lines: Sequence[str]) -> bool:
    """Whether labelled lines are a copied header, and no signature: "Tel.: / Mail: / Web:"."""
    labels = [line for line in lines if _LABEL.match(line)]
    known = {field.lastgroup for field in map(_FIELD.match, labels) if field}
    told = [any(pattern.search(line) for line in lines) for pattern in (_ADDRESS, _DAY, _TIME)]
    return (len(known) > 1 and any(told)) or (len(labels) > _MIN_LABELS and all(told))


def attributes(lines: Sequence[str]) -> bool:
    """Whether these lines, all of them, say who wrote what follows: "On 22 Nov 2026, Ben wrote:", "Ben, 10:02"."""
    shown = [as_seen(line) for line in lines]
    whole, last = " ".join(shown), shown[-1]
    told = [bool(pattern.search(whole)) for pattern in (_ADDRESS, _DAY, _TIME)]
    words = sum(any(map(str.isalpha, word)) for word in whole.split())
    if sum(told) > 1 and not last.endswith(".") and words <= (_MOST_OF_AN_ATTRIBUTION if told[0] else _MOST_OF_A_STAMP):
        return True
    ends = last.endswith(tuple(_COLONS)) or any(told)
    return ends and bool(_WROTE.search(last)) and len(_attribution(shown)) == len(shown)


def names_author(line: str) -> bool:
    """Whether a line is the From field of a copied header, the only one: "From: Ben"."""
    found = _FROM.match(line)
    return found is not None and 0 < len(line[found.end() :].split()) <= _MOST_OF_A_STAMP


def has_address(text: str) -> bool:
    """Whether an addr-spec stands in it."""
    return bool(_ADDRESS.search(text))


def tells_when_or_whence(line: str) -> bool:
    """Whether a line holds an address, a day or a time."""
    return _features(line) > 0


def _who(letter: Postmark, text: str) -> bool:
    """Whether a text names the letter's sender, or its day and minute and nobody's address."""
    borne = letter.bears(text)
    if "address" in borne:
        return True
    return not _ADDRESS.search(text) and ("name" in borne or "clock" in borne)


def _sender_of(shown: Sequence[str]) -> str:
    """The line of a copied header that says who wrote; where no label is known, the first with an address."""
    named = next((line for line in shown if _FROM.match(line)), None)
    return named or next((line for line in shown if _ADDRESS.search(line)), shown[0])


def _names_sender(text: str, letter: Postmark) -> bool:
    """Whether a short text holds the sender and the day of a letter, and a colon or the hour, in whatever language."""
    borne = letter.bears(text)
    few = sum(any(map(str.isalpha, word)) for word in letter.rest(text).split()) <= _MOST_OF_AN_ATTRIBUTION
    told = "clock" in borne or (not borne.isdisjoint({"day", "address"}) and text.endswith(tuple(_COLONS)))
    return few and told and not borne.isdisjoint({"name", "address"})


def _ours(shown: Sequence[str], letter: Postmark, says: Says) -> set[int]:
    """The last lines of a paragraph, if they say that the letter's sender wrote what stands below.

    They are as few as hold all that the last lines hold of its name, address, day and hour. A line below them that
    holds nothing of it, and can be no end of them ("wrote:"), is the writer's, who typed right under them.
    """
    end = next((n + 1 for n in range(len(shown) - 1, -1, -1) if _ends(shown[n], letter, says)), 0)
    best, most = end, 0
    for first in range(end - 1, max(-1, end - 1 - _MOST_WRAPPED), -1):
        if leads(shown[first]):
            break
        text = " ".join(shown[first:end])
        borne = letter.bears(text)
        if len(borne) > most and _names_sender(text, letter):
            best, most = first, len(borne)
    return set(range(best, end))


def _ends(line: str, letter: Postmark, says: Says) -> bool:
    """Whether a line holds something of a letter's sender or date, or may be the end of what does, in any language."""
    if letter.bears(line) or line.endswith(tuple(_COLONS)):
        return True
    return len(line.split()) <= _MOST_OF_A_TAIL and not says(line)


def from_programs(
    lines: Sequence[str], quoted: Sequence[bool], letter: Postmark = UNKNOWN, says: Says = says_nothing
) -> set[int]:
    """Which of the lines that are not `quoted` mail programs wrote, in an answer to `letter`: line numbers from 0.

    A sentence that begins as `says` tells is its writer's, though it speaks as gateways do: "hold, it is confidential".
    """
    found = {n for n in spoken(lines, quoted, says) if not leads(lines[n])} | taps(lines, quoted) | armour(lines)
    for start, end, before_quote in paragraphs(lines, quoted):
        texts = [as_seen(lines[n]) for n in range(start, end)]
        within = {n for n, line in enumerate(texts) if _alone(line)} | _headers(texts)
        if before_quote:
            within |= _attribution(texts)
        if letter:
            within |= _ours(texts, letter, says) | {n for n, line in enumerate(texts) if _says_ours(line, letter)}
        within = {n for n in within if not leads(texts[n])}
        within |= _footers(texts) | converted(texts)
        found |= {start + n for n in within}
    return found | _on_top(lines, letter)


def _footers(shown: Sequence[str]) -> set[int]:
    """The footers among the lines of a paragraph, those too that were broken at a link, or because they are long."""
    found = {n for n, line in enumerate(shown) if is_footer(line)}
    for n, line in enumerate(shown[:-1]):
        if not hints(line):
            continue
        if len(line) < _SHORT_LINE and not shown[n + 1].startswith(_OPENS_LINK) and not found.isdisjoint({n, n + 1}):
            continue  # "No / Sent from my iPhone"
        for end in (n + 2, n + 3):
            if is_footer(" ".join(shown[n:end])):
                found.update(range(n, min(end, len(shown))))
    return found


def _says_ours(line: str, letter: Postmark) -> bool:
    """Whether a line only says that the letter's sender writes: "The Harbour Review writes:"."""
    if not line.endswith(tuple(_COLONS)) or not _WROTE.search(line):
        return False
    few = len(letter.rest(line).split()) <= _MOST_OF_A_STAMP
    return few and not letter.bears(line).isdisjoint({"name", "address"})


def _on_top(lines: Sequence[str], letter: Postmark) -> set[int]:
    """A first line that only says who wrote what is quoted further down: "The Harbour Review writes:".

    Where the letter's sender is known it names them: "Cleo said:" is the writer's, and what follows Cleo's.
    """
    first = next((n for n, line in enumerate(lines) if line.strip()), None)
    if first is None or len(lines[first]) > _LONGEST_ON_TOP:
        return set()
    line = lines[first].strip()
    if letter and letter.bears(line).isdisjoint({"name", "address"}):
        return set()
    return {first} if line.endswith((":", "\uff1a")) and _WROTE.search(line) and not leads(line) else set()


def _alone(line: str) -> bool:
    """The lines that a program wrote, wherever in the mail they stand."""
    if marks.resembles(line):
        return False
    if SEPARATOR.match(line):
        return True
    if len(_INLINE_LABEL.findall(line)) >= _MIN_LABELS:
        return bool(_ADDRESS.search(line))
    return bool(_WROTE.search(line)) and _features(line) > 1


def _headers(shown: list[str]) -> set[int]:
    """A block of header fields in any language: three labels at least, one line with an address or a date."""
    labelled = [n for n, line in enumerate(shown) if _LABEL.match(line)]
    if len(labelled) < _MIN_LABELS:
        return set()
    rest = shown[labelled[0] :]
    return set(range(labelled[0], len(shown))) if any(_features(line) for line in rest) else set()


def _attribution(shown: list[str]) -> set[int]:
    """The line or lines right above a quotation that say who wrote it and when."""
    last = len(shown) - 1
    if not _WROTE.search(shown[last]) and not (shown[last].endswith(":") and _features(shown[last])):
        return set()
    first, seen = last, _features(shown[last])
    while first and last - first < 3 and seen < 2 and _features(shown[first - 1]):  # noqa: PLR2004 - wrapped, and a date or address is missing
        first -= 1
        seen += _features(shown[first])
    named = bool(_WROTE.search(shown[last]))
    return set(range(first, last + 1)) if seen >= (1 if named else 2) or (named and last == first) else set()


def _features(line: str) -> int:
    """How many of address, day and time a line holds."""
    return sum(bool(pattern.search(line)) for pattern in (_ADDRESS, _DAY, _TIME))
