"""What stands at the foot of somebody's words: how a mail was sent, and what a list server adds to it.

A foot of a list is told by a rule above it, and by speaking of lists, or by holding an address and a link alone. A
line on how a mail was sent is told by where it stands, at the end and by itself, and by its shape. Whoever says "I"
is a person, and no gateway or list. Linear; it never fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.message.words.footer import is_footer
from mailproc.message.words.shape.signs import ADDRESS, COLON, ENDED, LINK, LONG, ONESELF, RULE
from mailproc.message.words.wording import WORDING, any_of

_LISTS = re.compile(any_of(WORDING.lists), re.IGNORECASE)
_SENT = re.compile(rf"\W*(?:{any_of(WORDING.sent)})\s(?P<rest>\S.*)$", re.IGNORECASE)
_FROM_A_DEVICE = re.compile(  # "Jo from mobile", "sent by Galaxy"
    r"\W*(?:(?:[A-Z][\w.'-]+ )?(?:[Ff]rom|[Vv]ia)|(?:[Ss]ent|[Tt]yped|[Ww]ritten) (?:by|on|with|using)) "
    r"(?:[Mm]y |an? |the )?(?P<device>\S.*)$"
)
_THING = re.compile(rf"(?:{any_of(WORDING.products)}|{any_of(WORDING.nouns)})", re.IGNORECASE)
_BESIDE = re.compile(rf"(?:{any_of(WORDING.devices)}|(?=\S*\d)[\w.-]+)", re.IGNORECASE)  # "Samsung Galaxy s5"
_SENTENCES = re.compile(r"[.;]\s+")
_EXCUSE = re.compile(any_of(WORDING.excuses), re.IGNORECASE)
_BRACKETED = re.compile(r"[<(\[]\s?(?:https?:|www\.|mailto:)[^<>()\[\]]*[>)\]]|https?://\S+")
_ALONE = re.compile(r"\W*(?:https?://\S+|www\.\S+|(?:mailto:)?[^\s@<>]+@[^\s@<>]+)\W*$", re.IGNORECASE)
_RECEIPT = re.compile(rf"(?:{any_of(WORDING.tracked)})", re.IGNORECASE)
_MOST_LINES = 30  # of a foot
_MOST_WORDS = 12  # of how a mail was sent, and of a line of a foot that says nothing of lists


def speaks_of_oneself(line: str) -> bool:
    """Whether somebody says "I" or "my" in a line: then a person speaks."""
    return ONESELF.search(line[:LONG]) is not None


def without_foot(lines: Sequence[str]) -> list[str]:
    """The lines without what a list server and the author's program added at their end."""
    end = _worded(lines, len(lines))
    while True:
        cut = min(_list_foot(lines, end), _sent(lines, end), _receipt(lines, end))
        if cut == end:
            return list(lines[:end])
        end = _worded(lines, cut)


def _worded(lines: Sequence[str], end: int) -> int:
    """How many of the first `end` lines there are up to the last that has words; rules have none."""
    while end and (not lines[end - 1].strip() or RULE.match(lines[end - 1][:LONG])):
        end -= 1
    return end


def _list_foot(lines: Sequence[str], end: int) -> int:
    """Where the foot of a list begins, at its rule; else `end`."""
    found = end
    for n in range(end - 1, max(-1, end - _MOST_LINES), -1):
        if speaks_of_oneself(lines[n]):
            break
        if RULE.match(lines[n][:LONG]) and _is_foot(lines[n + 1 : end]):
            found = n
    return found


def _is_foot(lines: Sequence[str]) -> bool:
    """Whether the lines below a rule are a list server's."""
    worded = [line[:LONG] for line in lines if line.strip() and not RULE.match(line[:LONG])]
    if not worded:
        return False
    alone = [line for line in worded if _ALONE.match(line)]
    if any("@" in line for line in alone) and any(LINK.search(line) for line in alone) and len(worded) <= 4:  # noqa: PLR2004 - name, address, link, and one more
        return True
    speaking = [bool(_LISTS.search(line)) for line in worded]
    told = [LINK.search(line) or ADDRESS.search(line) for line in worded]
    if all(said or reach for said, reach in zip(speaking, told, strict=True)):
        return any(speaking)
    longest = max(len(line.split()) for n, line in enumerate(worded) if not (speaking[n] or told[n]))
    if not speaking[0] or not (any(told) or sum(speaking) > 1) or longest > _MOST_WORDS:
        return False
    paragraphs = "\n".join(lines).split("\n\n")
    return all(_LISTS.search(each) or LINK.search(each) or ADDRESS.search(each) for each in paragraphs if each.strip())


def _sent(lines: Sequence[str], end: int) -> int:
    """Where the last paragraph begins if it only says how the mail was sent; else `end`."""
    first = _paragraph(lines, end)
    announced = _worded(lines, first)
    if announced and lines[announced - 1].rstrip().endswith(COLON):
        return end  # what a colon announces is no program's
    paragraph = [line[:LONG].strip() for line in lines[first:end]]
    while paragraph:
        *above, last = paragraph
        if not (_is_sent(last, alone=not above) or (above and _ALONE.match(last) and is_footer(above[-1]))):
            break
        paragraph = above
    return first + len(paragraph)


def _paragraph(lines: Sequence[str], end: int) -> int:
    """Where the paragraph begins that ends before line `end`; of a long one its last lines."""
    first = end
    while first > max(0, end - _MOST_LINES) and lines[first - 1].strip():
        first -= 1
    return first


def _is_sent(line: str, *, alone: bool) -> bool:
    """Whether a line says how a mail was sent, and no more: "Sent from my Fairphone 5", "Jo from mobile"."""
    if is_footer(line):
        return True
    text = _BRACKETED.sub("", line).strip(" <>()[].!*_")
    linked = text != line.strip(" <>()[].!*_")
    sentence, *rest = _SENTENCES.split(text)
    words = sentence.split()
    if not 0 < len(words) <= _MOST_WORDS or "," in sentence or line.endswith("?") or speaks_of_oneself(line):
        return False
    if not all(_EXCUSE.fullmatch(each) or is_footer(each) for each in rest):
        return False
    if (found := _FROM_A_DEVICE.match(sentence)) and _is_device(found["device"].split()):
        return True
    if not _SENT.match(sentence):
        return False
    brief = len(words) <= _MOST_WORDS // 2 or not line.endswith(ENDED)
    return any(_THING.fullmatch(word) for word in words) or ((alone or linked) and brief)


def _is_device(words: Sequence[str]) -> bool:
    """Whether these words are the name of a device and nothing else."""
    things = [bool(_THING.fullmatch(word)) for word in words]
    return any(things) and all(thing or _BESIDE.fullmatch(word) for thing, word in zip(things, words, strict=True))


def is_link(line: str) -> bool:
    """Whether a line is a link, or an address, and nothing else."""
    return bool(_ALONE.match(line[:LONG]))


def _receipt(lines: Sequence[str], end: int) -> int:
    """Where a note begins that the sender follows who reads; it holds a picture, a link and the hour. Else `end`."""
    first = _paragraph(lines, end)
    text = " ".join(line[:LONG].strip() for line in lines[first:end])
    if (
        first
        and not lines[first - 1].strip()
        and not speaks_of_oneself(text)
        and LINK.search(text)
        and _RECEIPT.search(text)
    ):
        return first
    return end
