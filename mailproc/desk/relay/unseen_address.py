"""Words of a member without anybody's address of the desk's own people: what goes to a reader through the desk.

An address is found as people and programs write it: in capitals, with a tag behind a plus, as `mailto:`, with `(at)`
and `(dot)`, or these as words, escaped as in a link. A line of which nothing else is left goes with it; elsewhere a
sign stands in its place. No word of any language is added. Values in, values out; it never fails.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

GONE = "…"
_SAID_AT, _SAID_DOT = "(?:at|arroba|chez|chiocciola|собака)", "(?:dot|punto|point|punkt|ponto|точка)"
_OPENS, _CLOSES, _BLANKS, _AROUND = r"[\[({<][ \t]*", r"[ \t]*[\])}>]", r"[ \t]*", r"[ \t_-]+"
_AT_SIGN = rf"@|%40|&#64;|&#x40;|&commat;|{_OPENS}(?:{_SAID_AT}|@){_CLOSES}"
_DOT_SIGN = rf"\.|%2E|&#46;|&#x2e;|&period;|{_OPENS}(?:{_SAID_DOT}|\.){_CLOSES}"
_AT = rf"(?:{_BLANKS}(?:{_AT_SIGN}){_BLANKS}|{_AROUND}{_SAID_AT}{_AROUND})"
_DOT = rf"(?:{_BLANKS}(?:{_DOT_SIGN}){_BLANKS}|{_AROUND}{_SAID_DOT}{_AROUND})"
_TAG = r"(?:(?:\+|%2B)[\w.%-]+)?"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_LABEL = re.compile(r"[\W_]*(?:(?:e-?mail|mail|mailto|e|m)\b[\W_]*)?", re.IGNORECASE)


def without_addresses(words: str, addresses: Iterable[str]) -> str:
    """The words with none of these addr-specs in them."""
    patterns = [_pattern(address.casefold()) for address in sorted(set(addresses), key=len, reverse=True) if address]
    left = (_line_left(line, patterns) for line in words.split("\n"))
    return "\n".join(line for line in left if line is not None).strip("\n")


def bears(text: str, addresses: Iterable[str]) -> bool:
    """Whether one of these addr-specs stands in a text, however it is written."""
    plain = _plain(text)
    return any(_pattern(address.casefold()).search(plain) for address in addresses if address)


def _line_left(line: str, patterns: Iterable[re.Pattern[str]]) -> str | None:
    """What is left of a line; None where that is nothing but marks and a label."""
    left = plain = _plain(line)
    for pattern in patterns:
        left = pattern.sub(GONE, left)
    if left == plain:
        return line
    return None if _LABEL.fullmatch(left) else left


def _plain(text: str) -> str:
    """As it reads: full-width letters and marks are the usual ones, what nobody sees is not there."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))


@cache
def _pattern(address: str) -> re.Pattern[str]:
    local, _, domain = address.rpartition("@")
    host = _DOT.join(re.escape(label) for label in domain.split("."))
    name = _DOT.join(re.escape(part) for part in local.partition("+")[0].split("."))
    return re.compile(rf"(?<![^\W_])(?<![.+-])(?:mailto:[ \t]*)?{name}{_TAG}{_AT}{host}(?![^\W_]|-)", re.IGNORECASE)
