"""The lines that mail programs, not people, write around a quotation: they are nobody's words.

Attribution lines ("On ... wrote:"), header blocks (From: Sent: To: Subject:), "Sent from my ...", separators,
gateway banners and disclaimers, by shape first (a date, an address, a colon before a quotation), so that the
language matters little. It never fails. A line that begins with a reference is never one of them, and the
signature mark `-- ` is not either: what stands below it is for the reader of commands to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_MAX_PARAGRAPH = 12  # lines of an attribution, header block or disclaimer that are looked at together
_LONG = 2000  # characters of a line that are looked at
_REFERENCE = re.compile(r"\W*[A-Za-z][-\u2010-\u2013]?\d+\b")
_SEPARATOR = re.compile(r"(?!--$)[-_=*~#+\u2013\u2014]{2,}$|[-_=*~]{3,}[^-_=*~].{0,80}[-_=*~]{3,}$")
_EXTENT = re.compile(r"\W*(?:begin|end)\W*$", re.IGNORECASE)
_LABEL = re.compile(r"\W{0,3}([^\W\d_][^\W\d_. -]{0,14}(?:[ -][^\W\d_]{1,12})?)\s?:\W{0,3}(?:\s|$)")
_INLINE_LABEL = re.compile(r"(?:^|\s)\W{0,2}[^\W\d_]{1,14}\s?:\s")
_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_DAY = re.compile(r"\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_TIME = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_MIN_LABELS = 3

# Our one-tap links, as a converter or a wrap leaves them: "reject A-12 by mail <mailto:...>" and its pieces.
_LINK = re.compile(
    r"\b(?:approve|reject|hold|discard|yes)\s+[A-Za-z]-\d+ by mail\b|mailto:|[?&](?:subject|body)=|%[0-9A-F]{2}\w"
)

WROTE = {  # how an attribution ends, where its shape alone does not tell
    "en": r"wrote|writes|replied|said",
    "de": r"schrieb|geschrieben",
    "fr": r"a écrit",
    "es": r"escribió",
    "it": r"ha scritto",
    "pt": r"escreveu",
    "ru": r"написала?|пишет",
    "nl": r"schreef|geschreven",
    "sv": r"skrev",
    "pl": r"napisał(?:\(a\)|a)?",
}
FOOTERS = {  # what a device or service writes below the words
    "en": r"sent (?:from|via|with|using) (?:my |the )?\S.{0,40}|get outlook for \w+|begin forwarded message:?"
    r"|(?:sent|posted) from .{0,30}(?:phone|mobile|tablet|mail|android|ios)",
    "de": r"(?:von|vom) (?:meinem|meiner|mein) .{0,30}gesendet|gesendet (?:mit|von) .{0,40}|outlook für \w+ .{0,20}",
    "fr": r"envoyé (?:de|depuis|à partir de) .{0,40}|télécharger outlook pour \w+",
    "es": r"enviado (?:desde|con) .{0,40}|obtener outlook para \w+",
    "it": r"inviato d[ a].{0,40}|scarica outlook per \w+",
    "pt": r"enviado (?:do|da|de|a partir) .{0,40}|obter o outlook para \w+",
    "ru": r"отправлено (?:с|из) .{0,40}",  # noqa: RUF001 - Russian is written so
    "nl": r"verzonden (?:vanaf|met|via) .{0,40}",
}
DISCLAIMERS = {  # phrases that only gateways write
    "en": r"intended recipient|intended (?:solely|only) for|(?:legally )?privileged and confidential"
    r"|confidential and (?:may|intended|privileged)|(?:scanned|checked) (?:for|by) |virus-free|antivirus"
    r"|originated (?:from )?outside|external (?:e-?mail|sender)|do not click|unsubscribe from"
    r"|consider the environment|mailing list$|notify the sender|disclaimer:?$|message clipped",
    "de": r"vertrauliche informationen|nicht der (?:richtige|beabsichtigte) (?:adressat|empfänger)|virenfrei"
    r"|externe e-?mail",
    "fr": r"destinataire prévu|confidentiel et|sans virus|courriel externe",
    "es": r"destinatario previsto|confidencial y|libre de virus|correo externo",
    "it": r"destinatario previsto|riservat[oe] e|privo di virus",
    "pt": r"destinatário pretendido|confidencial e|sem vírus",
    "ru": r"конфиденциальн\w+ информаци|проверено на вирусы",
}


def _any(table: dict[str, str]) -> str:
    return "|".join(table.values())


_WROTE = re.compile(rf"(?:{_any(WROTE)})\s*:?\W*$", re.IGNORECASE)
_FOOTER = re.compile(rf"\W{{0,3}}(?:{_any(FOOTERS)})\W*$", re.IGNORECASE)
_DISCLAIMER = re.compile(_any(DISCLAIMERS), re.IGNORECASE)


def from_programs(lines: Sequence[str], quoted: Sequence[bool]) -> set[int]:
    """Which of the lines that are not `quoted` mail programs wrote: line numbers from 0."""
    found: set[int] = set()
    for start, end, before_quote in _paragraphs(lines, quoted):
        shown = [lines[n][:_LONG].replace("\xa0", " ").replace("\u202f", " ").strip() for n in range(start, end)]
        within = {n for n, line in enumerate(shown) if _alone(line)} | _disclaimer(shown) | _headers(shown)
        if before_quote:
            within |= _attribution(shown)
        found |= {start + n for n in within if not _REFERENCE.match(shown[n])}
        found |= {start + n for n, line in enumerate(shown) if _LINK.search(line)}
    return found


def _paragraphs(lines: Sequence[str], quoted: Sequence[bool]) -> Iterator[tuple[int, int, bool]]:
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


def _alone(line: str) -> bool:
    """Lines that are a program's wherever they stand."""
    if _EXTENT.match(line):
        return False
    if _SEPARATOR.match(line) or _FOOTER.match(line):
        return True
    if len(_INLINE_LABEL.findall(line)) >= _MIN_LABELS:
        return bool(_ADDRESS.search(line))
    return bool(_WROTE.search(line)) and _features(line) > 1


def _disclaimer(shown: list[str]) -> set[int]:
    """A paragraph that speaks as gateways do, from the line on where it begins to."""
    joined = " ".join(shown[:_MAX_PARAGRAPH])
    if not _DISCLAIMER.search(joined):
        return set()
    first = next((n for n, line in enumerate(shown) if _REFERENCE.match(line)), None)
    return set(range(len(shown))) if first is None else set()


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
