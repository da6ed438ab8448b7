"""An author's own words in a later mail, told by the mail's shape, for no letter of ours is known to be taken away.

What a mail program added goes: quotations, the lines that say who wrote them, copied header blocks, what stands
below a signature mark, device footers, gateway disclaimers. Whatever is doubtful stays, for people read the
result. Linear in the text; it never fails. A member's decisions are never read this way (`quotation` does that).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.message.html.text import to_text
from mailproc.message.mime.armour import freed
from mailproc.message.words.footer import is_footer
from mailproc.message.words.gateway import disclaimers
from mailproc.message.words.page import visible
from mailproc.message.words.wording import FIELDS, WORDING, any_of

_LONG = 600  # characters of a line, or of an attribution over several, that are looked at
_TAIL = 200  # characters at the end of a line in which an attribution ends
_MOST_LINES = 6  # of one attribution or header block
_MARK = re.compile(r"\s*(?:>|\|(?!\S*\|)\s|[A-Z][\w-]{0,19}>(?:\s|$))")  # "> ", "| ", "AP> ", "Jo> "
_SIGNATURE = re.compile(r"\s*(?:--|__|\u2014|\u2015)\s*$")  # RFC 3676 §4.3, and as programs alter it
_DELIMITER = re.compile(r"\s*(?:([-_=*~#+\u2013\u2014])(?:\s?\1)*|\u1427)\s*$")
_BETWEEN_DASHES = r"\W{0,3}[-_=*~]{2,}\s*\w[^-_=*~]{2,60}[-_=*~]{2,}"  # "-----Original Message-----"
_ORIGINAL = re.compile(rf"\s*(?:{_BETWEEN_DASHES}|\W*(?:{any_of(WORDING.original)})\s?:?)\W*$", re.IGNORECASE)
_WROTE = rf"(?:(?<!\w)(?:{any_of(WORDING.wrote)})(?!\w)|{any_of(WORDING.wrote_glued)})"
_SAYS = re.compile(_WROTE, re.IGNORECASE)
_ENDS = re.compile(rf"(?:{_WROTE}\s*[:\uff1a]?|[:\uff1a]|<[^<>]+@[^<>]+>)\W*$", re.IGNORECASE)
_OPENS = re.compile(rf"\s*(?:(?:{any_of(WORDING.opens)})\s|\d)", re.IGNORECASE)
_DATED = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}[:.h]\d\d\b")
_ADDRESS = re.compile(r"[^\s@<>]@[^\s@<>]+\.[^\s@<>]")
_FORWARD = re.compile(  # as mail programs mark the subject of what is passed on, in their languages
    r"\s*(?:fwd?|wg|tr|rv|enc|i|vb|vs|vl|pd|ilt|doorst|továbbítás|转发|轉寄|転送)\s?[:\uff1a]", re.IGNORECASE
)
_SHARED = re.compile(rf"-{{2,3}} ?(?:{any_of(WORDING.opens)})\s.{{0,200}}{_WROTE}\s*:\s*$", re.IGNORECASE)
_FIELD = re.compile(rf"(?:^|\s)[*_]{{0,2}}(?:{FIELDS})\s?[*_]{{0,2}}[:\uff1a]", re.IGNORECASE)


def trimmed(text: str) -> str:
    """The author's own lines of a plain text, lines ending LF, without blank lines at either end; may be empty."""
    lines = visible(text.replace("\r\n", "\n")).replace("\xa0", " ").replace("\u202f", " ").split("\n")
    quoted = [_is_quoted(lines, n) for n in range(len(lines))]
    kept = _kept(lines, quoted)
    gone = disclaimers([line[:_LONG] for line in kept])
    kept = [line for n, line in enumerate(kept) if n not in gone]
    while kept and (not kept[-1].strip() or _DELIMITER.match(kept[-1])):
        kept.pop()
    return "\n".join(kept).strip("\n").rstrip()


def passes_on(subject: str, text: str) -> bool:
    """Whether a mail passes another on: its subject or a line of its text says so, as mail programs do."""
    return bool(_FORWARD.match(subject)) or any(_ORIGINAL.match(line[:_LONG]) for line in text.split("\n"))


def trimmed_html(html: str) -> str:
    """The author's own lines of a mail in HTML, as plain text."""
    return trimmed(freed(to_text(html, signatures=True)))


def _kept(lines: Sequence[str], quoted: Sequence[bool]) -> list[str]:
    """The author's lines, in order, up to the place where a whole letter is sent along."""
    kept: list[str] = []
    signature = said = False
    n = 0
    while n < len(lines):
        line = lines[n][:_LONG]
        if not line:
            kept.append(line)
            n += 1
            continue
        shared = _SHARED.search(line[-_TAIL:]) if line.endswith(":") else None
        if quoted[n]:
            signature = False
        elif shared:
            kept.append(line[: len(line) - len(line[-_TAIL:]) + shared.start()])
            said = True
        elif end := _introduced(lines, quoted, n):
            if said and not _quotes_next(quoted, lines, end):
                break
            signature, n = False, end
            continue
        elif _SIGNATURE.match(line) and not _quotes_next(quoted, lines, n + 1):
            signature = True
        elif not signature and not is_footer(line):
            kept.append(lines[n])
            said = said or any(map(str.isalnum, line))
        n += 1
    return kept


def _is_quoted(lines: Sequence[str], n: int) -> bool:
    """Whether a line has a quote mark, or is the rest of one that was broken inside a web address."""
    line = lines[n][:_LONG]
    if _MARK.match(line):
        return not line.rstrip().endswith("<")  # ">>> news <<<" is somebody's frame
    above = lines[n - 1][-_LONG:] if 0 < n < len(lines) - 1 else ""
    broken = "://" in above and above.rfind("(") > above.rfind(")")
    return bool(line.strip()) and broken and bool(_MARK.match(above)) and bool(_MARK.match(lines[n + 1][:_LONG]))


def _quotes_next(quoted: Sequence[bool], lines: Sequence[str], n: int) -> bool:
    """Whether the next line that has words is a quotation."""
    following = next((m for m in range(n, min(n + 20, len(lines))) if quoted[m] or lines[m].strip()), None)
    return following is not None and quoted[following]


def _introduced(lines: Sequence[str], quoted: Sequence[bool], n: int) -> int:
    """If line n begins the words that introduce a quotation, the line behind them; else 0."""
    line = lines[n][:_LONG]
    if not line.strip():
        return 0
    if _ORIGINAL.match(line):
        return n + 1
    return _header_block(lines, n) or _attributed(lines, quoted, n)


def _header_block(lines: Sequence[str], n: int) -> int:
    """The line behind a copied header, "From: … Sent: … Subject: …" in any language; else 0. Two fields at least."""
    first = _FIELD.match(lines[n][:_LONG])
    if first is None:
        return 0
    end = n
    while end < min(n + _MOST_LINES, len(lines)) and lines[end].strip():
        end += 1
    block = " ".join(line[:_LONG] for line in lines[n:end])
    kinds = {field.lastgroup for field in _FIELD.finditer(block)}
    told = bool(_DATED.search(block)) + bool(_ADDRESS.search(block))
    return end if len(kinds) >= 3 or (len(kinds) == 2 and told == 2) else 0  # noqa: PLR2004 - kinds of field


def _attributed(lines: Sequence[str], quoted: Sequence[bool], n: int) -> int:
    """The line behind an attribution of up to six lines: "On Sunday, Ana <ana@home.example> wrote:"."""
    head = lines[n][:_LONG]
    opens = bool(_OPENS.match(head))
    if quoted[n] or not (opens or _tells(head)):
        return 0
    words = ""
    for end in range(n, min(n + _MOST_LINES, len(lines))):
        line = lines[end][:_LONG].strip()
        if not _goes_on(lines, quoted, end) or (words and _begins_anew(words, line)):
            return 0
        words = f"{words} {line}"[:_LONG]
        if _ENDS.search(line[-_TAIL:]) and not _says_below(lines, end):
            return end + 1 if _attributes(words, opens, _quotes_next(quoted, lines, end + 1)) else 0
    return 0


def _begins_anew(words: str, line: str) -> bool:
    """Whether the attribution begins in this line, so that the lines above are the author's."""
    told = _SAYS.search(words) or _ADDRESS.search(words)
    return not told and bool(_OPENS.match(line)) and bool(_DATED.search(line))


def _tells(line: str) -> bool:
    """Whether a line holds a date or an address, or says who wrote."""
    return any(pattern.search(line) for pattern in (_DATED, _ADDRESS, _SAYS))


def _goes_on(lines: Sequence[str], quoted: Sequence[bool], n: int) -> bool:
    """Whether line n may belong to an attribution; converters break an address in three: "<", "mailto:…", ">"."""
    line = lines[n][:_LONG].strip()
    if not line:
        return n + 1 < len(lines) and lines[n + 1][:_LONG].lstrip().startswith(("<", "mailto:"))
    return not quoted[n] or (line.startswith(">") and bool(_ENDS.search(line[-_TAIL:])) and _ends_address(lines, n))


def _ends_address(lines: Sequence[str], n: int) -> bool:
    return lines[n - 1][:_LONG].lstrip().startswith("mailto:")


def _says_below(lines: Sequence[str], n: int) -> bool:
    """Whether a line ends with an address, so that "> wrote:" is still to come."""
    if _SAYS.search(lines[n][:_LONG]) or n + 1 == len(lines):
        return False
    return bool(_SAYS.match(lines[n + 1][:_LONG].lstrip("> ")))


def _attributes(words: str, opens: bool, quoted_next: bool) -> bool:  # noqa: FBT001 - two facts
    dated, address, says = (bool(pattern.search(words)) for pattern in (_DATED, _ADDRESS, _SAYS))
    if says:
        return (dated and (opens or address or quoted_next)) or (address and len(words) < 200)  # noqa: PLR2004 - one line
    ends = words.rstrip().endswith((":", "\uff1a"))
    return dated and ((opens and (address or (quoted_next and ends))) or (address and quoted_next and ends))
