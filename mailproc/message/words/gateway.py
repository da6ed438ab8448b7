"""What gateways and converters set around somebody's words: banners, disclaimers, notes on parts, our own tap links.

A gateway speaks in whole sentences, and each counts to its end, however it was wrapped: a word of it that stands alone
in a line ("please / discard / this mail") would else be a command. Words right below a banner are the writer's, and so
is a reason that speaks of such things ("reject: it is confidential and …"). Linear in the text; it never fails.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from mailproc.kinds.reference import OURS, leads
from mailproc.message.words.page import visible
from mailproc.message.words.wording import WORDING, any_of

Says = Callable[[str], bool]  # whether a line begins as a command of its writer does
LONG = 2000  # characters of a line that are looked at
SEPARATOR = re.compile(r"(?!--$)[-_=*~#+\u2013\u2014]{2,}$|[-_=*~]{3,}[^-_=*~].{0,80}[-_=*~]{3,}$")
_PIECE = 20  # characters of a tap link's piece: "not me A-1234"
_SHORT_WORD = 4  # letters: no sentence without a full stop ends with "before you"
_LINE_MAY_WRAP = 40  # columns from which on a program may have broken a line
_NARROWEST = 25  # columns of a paragraph that a program may have set
_SEAMS = 2  # of lines in it that end in the midst of a sentence
_MOST_LINES = 12  # of one sentence, or between a phrase and the head of its paragraph
_GLUED = frozenset({"ja", "zh", "ko", "th", "ar", "he"})  # languages in which a phrase may begin within a word


def _phrases(*, glued: bool) -> re.Pattern[str]:
    """The phrases of the disclaimers, for text in small letters: without case they would be slow to look for."""
    rows = {language: row for language, row in WORDING.disclaimers.items() if (language in _GLUED) == glued}
    before = "" if glued else r"(?<!\w)"
    return re.compile(rf"{before}(?:{any_of(rows)})".replace(" ", r"\s").replace(".{", "[^.!?]{"), re.MULTILINE)


_DISCLAIMERS = (_phrases(glued=False), _phrases(glued=True))
_BANNER = re.compile(any_of(WORDING.banners), re.IGNORECASE)
_REFERENCE = re.compile(OURS)
_TAG = re.compile(r"\[[^\[\]]{1,40}\]|--")  # "[EXTERNAL]", above what a gateway says
_LABEL = re.compile(r"\W{0,3}([^\W\d_]+(?:[ -][^\W\d_]+){0,2}(?=\s?[:\uff1a])|[^\W\d_]+(?=,\s))\s?[:,\uff1a]")
_ENDED = (".", "!", "?", "\u3002", "\uff01", ".)", "\u061f", ":")
_LEFT_OUT = any_of(WORDING.left_out)
_ENDING = r"\.(?:png|jpe?g|gif|bmp|svg|webp|heic|tiff?|pdf|docx?|odt|vcf|ics|asc|p7s|html?|txt|eml)"
_STAND_IN = (  # for a part: "[image: a tram]", "<tram.jpeg>", "[https://…]"
    rf"(?:!?\[\s?(?:{_LEFT_OUT})[^\[\]]{{0,300}}\](?:\(cid:[^()\s]*\))?"
    rf"|<(?:cid:[^<>]*|[^<>/]{{1,80}}{_ENDING})>|\[[^\[\]/]{{1,80}}{_ENDING}\]"
    r"|[<\[](?:https?://|cid:)[^<>\[\]\s]+[>\]])"
)
_CONVERTED = re.compile(
    rf"{any_of(WORDING.converted)}|(?:{_STAND_IN}\s?){{1,20}}"
    r"|\W{0,3}\d{1,2}[\]).:]{0,2}\s+<?(?:https?://|mailto:)\S+",  # [1] https://…
    re.IGNORECASE,
)
_OPENED = re.compile(rf"!?\[\s?(?:{_LEFT_OUT})[^\[\]]{{0,300}}", re.IGNORECASE)  # "[image: a tram" and further lines
_CLOSED = re.compile(r"[^\[\]]{0,100}\](?:\(cid:[^()\s]*\))?\s?")
_LISTED = re.compile(r"(?:references|links|visible links|hidden links):?", re.IGNORECASE)  # above a list of links
_SCRUBBED = re.compile(
    r"(?:name|type|size|desc|url|hash|version|comment|skipped content of type)\s?:? .{1,300}", re.IGNORECASE
)
_PGP = re.compile(r"-----(BEGIN|END) PGP (SIGNED MESSAGE|SIGNATURE)-----")

# Our one-tap links, as a converter or a wrap leaves them: "reject A-12 by mail <mailto:...>" and its pieces.
_TAPPED = rf"[a-z-]+(?: [a-z]+){{0,2}} {OURS} by mail\b"
_LINK = re.compile(
    rf"\b{_TAPPED}|mailto:\S*\?|mailto:$|[?&](?:subject|body)=|(?:^|(?<=[\s<&=]))[^\s:/]*%[0-9A-F]{{2}}\w"
    r"|^\W*(?:\d{1,2}\W{1,3})?mailto:\S+$",
    re.IGNORECASE,
)
_MOST_PIECES = 6  # lines of one address
_SIGNS = ("mail", "MAIL", "=", "%")  # one of them stands in each such line
_TARGET = r"(?:\s+[<(\[]mailto:[^<>()\[\]\0]*[>)\]])?\s+"  # where it may have been put between the words
_BROKEN_TAP = re.compile(
    rf"(?:^|[,;>\]])[ >|\[]*(?P<tap>[a-z-]+(?: [a-z]+){{0,2}}{_TARGET}{OURS}{_TARGET}by{_TARGET}mail)\b",
    re.IGNORECASE | re.MULTILINE,
)


def says_nothing(_: str) -> bool:
    """No line begins as a command of its writer does."""
    return False


def is_tap(line: str) -> bool:
    """Whether a line holds a one-tap link of ours, or a piece of one."""
    return any(sign in line for sign in _SIGNS) and bool(_LINK.search(line[:LONG]))


def as_seen(line: str) -> str:
    """A line as it is looked at: without what nobody sees, and plain blanks."""
    return " ".join(visible(line[:LONG]).split())


def paragraphs(lines: Sequence[str], quoted: Sequence[bool]) -> Iterator[tuple[int, int, bool]]:
    """(first line, end, whether a quotation follows) of each run of lines that are neither blank nor quoted."""
    start: int | None = None
    waiting: tuple[int, int] | None = None
    for n, line in enumerate(lines):
        words = not quoted[n] and bool(line.strip())
        if waiting and (words or quoted[n]):
            yield (*waiting, quoted[n])
            waiting = None
        if words:
            start = n if start is None else start
        elif start is not None:
            if quoted[n]:
                yield start, n, True
            else:
                waiting = (start, n)
            start = None
    if waiting:
        yield (*waiting, False)
    if start is not None:
        yield start, len(lines), False


def converted(lines: Sequence[str]) -> set[int]:
    """The lines of a paragraph with which converters and list servers stand in for what they took out."""
    found = {n for n, line in enumerate(lines) if _CONVERTED.fullmatch(line)}
    for n, line in enumerate(lines):
        end = _end_of(lines, n) if "[" in line and _OPENED.fullmatch(line) else n
        found.update(range(n, end))
    found |= {n - 1 for n in found if n and _LISTED.fullmatch(lines[n - 1])}
    if any("scrubbed" in lines[n] for n in found) or any(map(_PGP.fullmatch, lines)):
        found |= {n for n, line in enumerate(lines) if _SCRUBBED.fullmatch(line)}
    return found


def _end_of(lines: Sequence[str], first: int) -> int:
    """Behind the last line of what stands in square brackets and was broken over some lines; `first` for none."""
    for n in range(first + 1, min(first + _MOST_PIECES, len(lines))):
        if _CLOSED.fullmatch(lines[n]):
            return n + 1
        if set("[]").intersection(lines[n]):
            break
    return first


def armour(lines: Sequence[str]) -> set[int]:
    """The lines of signatures of OpenPGP, their marks among them; of a whole mail, for blank ones stand within."""
    found: set[int] = set()
    begun: int | None = None
    for n, line in enumerate(lines):
        mark = _PGP.fullmatch(line.strip()) if "PGP" in line else None
        if mark is None:
            continue
        found.add(n)
        if mark[1] == "END" and begun is not None:
            found.update(range(begun, n))
        begun = n if mark[1] == "BEGIN" and mark[2] == "SIGNATURE" else None
    return found


def taps(lines: Sequence[str], quoted: Sequence[bool]) -> set[int]:
    """The lines of one-tap links, those too that were broken at a blank, or in the midst of the address."""
    found: set[int] = set()
    left = 0  # lines that the rest of an address may take
    for n, line in enumerate(lines):
        if not quoted[n] and (is_tap(line) or (left and line.strip() and " " not in line.strip())):
            found.add(n)
        opened = n in found and line.rfind("<") > line.rfind(">")
        left = _MOST_PIECES if opened else left - 1 if left and ">" not in line else 0
    return found | _broken_taps(lines, quoted)


def _broken_taps(lines: Sequence[str], quoted: Sequence[bool]) -> set[int]:
    """Those of which the words were broken, over blank lines too: "hold A-6 / by mail".

    A short line counts though the letter has it: where links stand one below another, some may be found there.
    """
    if not any("mail" in line for line in lines):
        return set()
    told = [
        "\0" if is_quoted and len(line) > _PIECE else line[:LONG] for line, is_quoted in zip(lines, quoted, strict=True)
    ]
    text, starts = _joined(told, "\n")
    found: set[int] = set()
    for tap in _BROKEN_TAP.finditer(text):
        first, last = _line_at(starts, tap.start("tap")), _line_at(starts, tap.end() - 1)
        if first != last:
            found.update(n for n in range(first, last + 1) if lines[n].strip())
    return found


def _joined(lines: Sequence[str], seam: str) -> tuple[str, list[int]]:
    """The lines as one text, and where each begins in it."""
    starts: list[int] = []
    place = 0
    for line in lines:
        starts.append(place)
        place += len(line) + len(seam)
    return seam.join(lines), starts


def _line_at(starts: Sequence[int], place: int) -> int:
    return bisect_right(starts, place) - 1


# Sentences of gateways


def disclaimers(lines: Sequence[str]) -> set[int]:
    """The lines of the first and the last paragraphs that speak as gateways do."""
    none = [False] * len(lines)
    found = [(start, end) for start, end, _ in paragraphs(lines, none)]
    gone: set[int] = set()
    for some in (found, reversed(found)):
        for start, end in some:
            within = spoken(lines[start:end], none[start:end])
            gone.update(start + n for n in within)
            if len(within) < end - start:
                break
    return gone


def spoken(lines: Sequence[str], quoted: Sequence[bool], says: Says = says_nothing) -> set[int]:
    """The lines that say what gateways say; each sentence to its end, unless it begins as `says` tells."""
    found: set[int] = set()
    stretch: list[int] = []
    for n in range(len(lines) + 1):
        if n < len(lines) and not quoted[n]:
            if lines[n].strip():
                stretch.append(n)
        elif stretch:
            found |= _in_stretch([as_seen(lines[m]) for m in stretch], stretch, says)
            stretch = []
    return found


def _in_stretch(texts: Sequence[str], at: Sequence[int], says: Says) -> set[int]:
    """The same of lines between two quotations; `at` are their numbers in the mail."""
    text, starts = _joined(texts, "\n")
    wraps = _wrapping(texts, at)
    found: set[int] = set()
    low = text.replace("\u0130", "i").lower()  # as long as it was
    looked_for = _DISCLAIMERS[:1] if low.isascii() else _DISCLAIMERS
    for phrase in chain.from_iterable(pattern.finditer(low) for pattern in looked_for):
        first, last = _line_at(starts, phrase.start()), _line_at(starts, phrase.end() - 1)
        if last not in found and not _is_reason(texts, at, wraps, first, phrase.start() - starts[first]):
            sentence = _foot(texts, at, first, says) or _sentence(texts, at, wraps, first, last)
            ended = phrase.end() == starts[last] + len(texts[last]) or not _left_open(texts, at, sentence.stop, says)
            if ended and not says(texts[sentence.start]):
                found.update(sentence)
    return {at[n] for n in found}


def _wrapping(texts: Sequence[str], at: Sequence[int]) -> list[bool]:
    """Of each line whether a program wrapped its paragraph there, however narrow: the line's sentence goes on below.

    Each line of such a paragraph that ends in the midst is so long that the next word had no room, and the last ends
    its sentence.
    """
    found = [False] * len(texts)
    begin = 0
    for n in range(len(texts)):
        last = n + 1 == len(texts) or at[n + 1] != at[n] + 1
        if last or SEPARATOR.match(texts[n]) or _TAG.fullmatch(texts[n]):
            seams = [m for m in range(begin, n) if not texts[m].endswith(_ENDED)]
            width = max(map(len, texts[begin : n + 1]))
            full = all(len(texts[m]) + 1 + len(texts[m + 1].split(" ")[0]) > width for m in seams)
            if full and len(seams) >= _SEAMS and width >= _NARROWEST and texts[n].endswith(_ENDED):
                for m in seams:
                    found[m] = True
            begin = n + 1
    return found


def _is_reason(texts: Sequence[str], at: Sequence[int], wraps: Sequence[bool], first: int, place: int) -> bool:
    """Whether a person speaks: a reference above in the paragraph, or a label that no gateway writes: "reject: …"."""
    for n in range(first, max(-1, first - _MOST_LINES), -1):
        label = None if n and wraps[n - 1] else _LABEL.match(texts[n])
        if leads(texts[n]):
            return True
        if label and (n < first or label.end() <= place) and not _BANNER.fullmatch(label[1]):
            return True
        if n and at[n - 1] != at[n] - 1:
            break
    return False


def _foot(texts: Sequence[str], at: Sequence[int], first: int, says: Says) -> range | None:
    """The paragraph of a phrase in line `first` where a rule stands above it, as of a list server; None for no foot.

    Above a command it is none: the paragraph's last lines may be the writer's.
    """
    top = max(0, first - _MOST_LINES)
    ruled = (n for n in range(first - 1, top - 1, -1) if SEPARATOR.match(texts[n]) or at[n] != at[n + 1] - 1)
    above = next(ruled, -1)
    if above < 0 or not SEPARATOR.match(texts[above]) or at[above] != at[above + 1] - 1:
        return None
    end = next((n for n in range(first, len(at) - 1) if at[n + 1] != at[n] + 1), len(at) - 1)
    within = any(leads(text) or (says(text) and _REFERENCE.search(text)) for text in texts[first : end + 1])
    if within or any(leads(text) or says(text) for text in texts[end + 1 :]):
        return None
    return range(above, end + 1)


def _sentence(texts: Sequence[str], at: Sequence[int], wraps: Sequence[bool], first: int, last: int) -> range:
    """The lines of the sentence that holds a phrase in the lines `first` to `last`."""
    top = max(0, first - _MOST_LINES)
    while first > top and (wraps[first - 1] or _begins_above(texts, at, first)):
        first -= 1
    end = last
    while end + 1 < len(texts) and at[end + 1] == at[end] + 1 and not leads(texts[end + 1]):
        if not (wraps[end] or (_wraps(texts[end]) and _may_go_on(texts[end + 1]))):
            break
        end += 1
    return range(first, max(end, _end_below(texts, at, end) if first else end) + 1)


def _left_open(texts: Sequence[str], at: Sequence[int], end: int, says: Says) -> bool:
    """Whether a sentence ends before line `end` only because that is a command's: then nobody knows who goes on."""
    if end >= len(texts) or texts[end - 1].endswith(_ENDED) or not (leads(texts[end]) or says(texts[end])):
        return False
    goes_on = end + 1 < len(texts) and texts[end + 1][:1].islower()
    hangs = len(texts[end - 1].rpartition(" ")[2]) <= _SHORT_WORD and at[end] == at[end - 1] + 1
    return hangs or (goes_on and at[end] <= at[end - 1] + 2)


def _begins_above(texts: Sequence[str], at: Sequence[int], n: int) -> bool:
    """Whether line n goes on with a sentence of the line above it."""
    above = texts[n - 1]
    label = _LABEL.fullmatch(above)
    if label and _BANNER.fullmatch(label[1]):
        return True
    if leads(above) or above.endswith(_ENDED):
        return False
    if at[n - 1] == at[n] - 1 and _wraps(above):
        return True
    return texts[n][:1].islower() and " " in above


def _end_below(texts: Sequence[str], at: Sequence[int], last: int) -> int:
    """The line in which a sentence ends that goes on below in short lines, or with blank ones between; else `last`.

    Each of them begins with a small letter, and the last one ends the sentence: who types below a disclaimer does not.
    """
    for n in range(last, min(last + _MOST_LINES, len(texts))):
        if texts[n].endswith(_ENDED[:-1]):
            return n
        if n + 1 == len(texts) or not texts[n + 1][:1].islower() or leads(texts[n + 1]) or at[n + 1] > at[n] + 2:
            break
    return last


def _may_go_on(line: str) -> bool:
    """Whether a line may be more of the long one above it, and is not "Ben wants to"."""
    return line[:1].islower() or line.endswith(_ENDED) or len(line) >= _LINE_MAY_WRAP


def _wraps(line: str) -> bool:
    """Whether a program's sentence may go on in the next line: this one is long, and ends in the midst."""
    return len(line) >= _LINE_MAY_WRAP and not line.endswith(_ENDED)
