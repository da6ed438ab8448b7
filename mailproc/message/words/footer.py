"""What a telephone, a mail program or a scanner writes below somebody's words: "Get Outlook for iOS<https://…>".

Told by structure first. Without its link, such a line is one sentence or a few; each names a product and else says
nothing but how it was sent, in words of the tables ("Von meinem iPhone gesendet"), or is known as a whole ("Sent from
my Fairphone"), or begs pardon for typing errors. One word more and the line is its writer's own: it is then asked
about, where one that is taken for a footer is never heard of. A line that holds a reference is never a footer.
Linear in the line; it never fails.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from mailproc.kinds.reference import TOKEN
from mailproc.message.words.page import visible
from mailproc.message.words.wording import DECIDING, WORDING, Rows, any_of

_LONGEST = 2000  # characters of a line, its links among them
_LONGEST_WORDS = 160  # characters without them
_MOST_WORDS = 24
_LINK = re.compile(
    r"\[(?P<shown>[^\[\]]{1,60})\]\(\s?(?:https?:|mailto:)[^()\s]*\s?\)"  # [Proton Mail](https://…)
    r"|[<(\[]\s?(?:https?://|www\.|mailto:)[^<>()\[\]\s]*\s?[>)\]]"
    r"|(?:https?://|(?<![\w@])www\.)[^\s<>()]+"
    r"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|net|org|de|ru|cz|io|me|fr|it|eu|at|ch|app|co|mn)(?:/[^\s<>()]*)?(?![\w@])",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?<=[^\s.])[.\u3002](?=www\.)", re.IGNORECASE)  # "Virus-free.www.avast.com"
_SCANNER = re.compile(r"\b(?:avast|avg|norton|mcafee|kaspersky|eset|bitdefender|avira)\b", re.IGNORECASE)
_SEAMS = (  # of sentences, then within one
    re.compile(r"[.!;|\u3002](?:\s+|$)|\u3002|\s[-\u2013\u2014]\s"),
    re.compile(r"[,:\uff0c\uff1a](?:\s+|$)"),
)
_POINTS = re.compile(r"[\u064b-\u0652\u0640\xae\u2122]")  # Arabic vowels, which few write; signs of trade marks
_TOKEN = re.compile(TOKEN)


def _of(rows: Rows) -> re.Pattern[str]:
    """For text in small letters: without case they would be slow to look for."""
    return re.compile(rf"(?:{any_of(rows)})")


_KNOWN = _of({language: row for language, row in WORDING.footers.items() if language in DECIDING})
_ELSEWHERE = _of({language: row for language, row in WORDING.footers.items() if language not in DECIDING})
_EXCUSE, _VIRUS, _SLIP = _of(WORDING.excuses), _of(WORDING.virus), _of(WORDING.slips)
_SENDING, _NOUN, _DEVICE = _of(WORDING.sending), _of(WORDING.nouns), _of(WORDING.devices)
# with what a language glues to a name: "iPhone'umdan", "iPhone-ról", "Android-Mobiltelefon"
_PRODUCT = re.compile(rf"(?:{any_of(WORDING.products)})(?:-(?:{any_of(WORDING.nouns)})|['\u2019-]\w{{1,8}})?")
_MODEL = re.compile(  # behind the name of a product: "A54", "15 Pro"
    r"[a-z]{0,4}\d{1,4}[a-z]{0,3}|pro|plus|max|ultra|mini|lite|tab|fold|flip|fe|edge|air|se|xl|active"
)
_RESPELLED = (  # (a part of it, all of it, how it is read): so that each part is a word
    ("\u2019", re.compile(r"[\u2019\u02bc]"), "'"),
    ("K-9", re.compile(r"\bK-9(?=\s?Mail|\W*$)"), "K9"),  # which looks like a reference
    ("Note ", re.compile(r"\bNote (?=\d)"), "Note"),  # which alone is a word that members write
    ("'", re.compile(r"(?<![\w'])(dell|dall|all|nell|[ld])'(?=\w)", re.IGNORECASE), r"\1 "),
)
_HOLDS_LINK = re.compile(r"[^\s.]\.[^\s.]|:/")
_EDGES = "\"'()[]\u201c\u201d\u201e\u00ab\u00bb*_~>"


def is_footer(line: str) -> bool:
    """Whether a telephone, a mail program or a scanner wrote this line."""
    if not line or len(line) > _LONGEST:
        return False
    text = _respelt(line).strip(" \t\u2063*_~")
    rest, linked = " ".join(text.split()), False
    if _HOLDS_LINK.search(text):
        without = " ".join(_LINK.sub(lambda link: f" {link['shown'] or ''} ", text).split())
        rest, linked = without, without != rest
    rest = rest.strip(" -\u2013\u2014")
    if not rest:
        return bool(_SCANNER.search(text))
    if len(rest) > _LONGEST_WORDS or rest.endswith("?"):
        return False
    return not _refers(rest) and (
        _is_virus_free(rest.lower(), text, linked) or bool(_judge(rest.lower(), linked, _SEAMS))
    )


def _respelt(line: str) -> str:
    text = line if line.isascii() else _POINTS.sub("", unicodedata.normalize("NFC", visible(line)))
    if "www." in text.lower():
        text = _GLUED.sub(". ", text)
    for part, whole, plain in _RESPELLED:
        if part in text:
            text = whole.sub(plain, text)
    return text


def hints(line: str) -> bool:
    """Whether a line has a word by which a footer is known, so that it may be the beginning of one."""
    return not {"product", "sending", "noun"}.isdisjoint(_kinds(line.lower().split()[:_MOST_WORDS]))


def _is_virus_free(rest: str, text: str, linked: bool) -> bool:  # noqa: FBT001 - private
    return bool(_VIRUS.fullmatch(rest.strip(" .:\u3002"))) and (linked or bool(_SCANNER.search(text)))


def _refers(rest: str) -> bool:
    """Whether a line holds a reference, which no device writes; the model of one may look alike: "Galaxy A12"."""
    return any(
        "-" in each[0] or not _PRODUCT.fullmatch(_last_word(rest[: each.start()].lower()))
        for each in _TOKEN.finditer(rest)
    )


def _last_word(text: str) -> str:
    return (text.split() or [""])[-1]


def _judge(text: str, linked: bool, seams: Sequence[re.Pattern[str]]) -> bool | None:  # noqa: FBT001 - private
    """Of a few words: True where they make a line a footer, False where they may stand beside some, None where not."""
    text = text.strip(_EDGES + " .:")
    if not text or _EXCUSE.fullmatch(text):
        return bool(text)
    words = text.split()
    if len(words) > _MOST_WORDS:
        return None
    kinds = set(_kinds(words))
    if None not in kinds and not kinds.isdisjoint({"product", "noun"}) and (linked or "sending" in kinds):
        return True
    if _ELSEWHERE.fullmatch(text) or _names_unknown(text, words, kinds):
        return True
    if kinds & {"product", "sending", "noun"}:
        for at, seam in enumerate(seams):
            if seam.search(text):
                return _all_of(seam.split(text), linked, seams[at + 1 :])
    return None if None in kinds else False


def _all_of(parts: Iterable[str], linked: bool, seams: Sequence[re.Pattern[str]]) -> bool | None:  # noqa: FBT001 - private
    said = False
    for part in parts:
        judged = _judge(part, linked, seams)
        if judged is None:
            return None
        said = said or judged
    return said


def _names_unknown(text: str, words: Sequence[str], kinds: set[str | None]) -> bool:
    """Whether a known sentence names something that the tables do not know: "Sent from my Fairphone"."""
    slips = any(_SLIP.fullmatch(word.strip(_EDGES)) for word in words)
    return bool(_KNOWN.fullmatch(text)) and kinds.isdisjoint({"product", "noun"}) and not slips


def _kinds(words: Iterable[str]) -> Iterable[str | None]:
    """Of each word what it is in a footer: product, sending, noun (of a device), device, None: no word of footers."""
    above: str | None = None
    for word in words:
        bare = word.strip(_EDGES + ".,:;!")
        if not bare:
            above = above or "device"
        elif not (above == "product" and _MODEL.fullmatch(bare)):
            above = _kind(bare)
        yield above


@lru_cache(maxsize=4096)
def _kind(word: str) -> str | None:
    kinds = (("product", _PRODUCT), ("sending", _SENDING), ("noun", _NOUN), ("device", _DEVICE))
    return next((kind for kind, words in kinds if words.fullmatch(word)), None)
