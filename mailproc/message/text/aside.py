"""Parts that no person wrote: a gateway's banner or disclaimer, a list server's header or footer, a device's line.

A part is theirs only if each of its lines is, and if it shows whose it is besides: it begins as gateways begin and
speaks of mail, or bears a list's rule, or the mail bears a list's fields. Whatever else it holds, it is its writer's:
an author may speak of unsubscribing, and a poem may begin with a warning. One that holds a reference of ours never is
theirs. Linear; it never raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from mailproc import tables
from mailproc.kinds.reference import OURS
from mailproc.message.words.footer import is_footer
from mailproc.message.words.gateway import SEPARATOR, as_seen, disclaimers
from mailproc.message.words.wording import WORDING, Rows, any_of

_LONGEST = 6000  # characters
_MOST_LINES = 40
_LIST_LONGEST = 1500
_SHINGLE = 5  # characters that are compared at a time
_MOST_ALIKE = 0.8  # of a text stands in the other
_LOOK = 1 << 14  # characters of a page that are laid beside its text
_A_SENTENCE = 40  # letters, about: what is shorter is a greeting, a label, a title
_MOST_OTHER = 0.5  # of a page may be a program's frame around the text


class _Table(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of such parts; what each table holds is said there."""

    begins: Rows
    speaks: Rows
    lists: Rows
    ruled: Rows


_FILE = Path(__file__).with_suffix(".toml")
_TABLE = tables.fitted(_FILE, tables.read(_FILE), _Table)
_LABEL = any_of(WORDING.banners)
_BEGINS = re.compile(rf"\W{{0,6}}(?:(?:{_LABEL})\s?[:!\]\-\u2013\u2014\uff1a]|{any_of(_TABLE.begins)})", re.IGNORECASE)
_TAG = re.compile(rf"\W{{0,6}}(?:{_LABEL})\W{{0,6}}", re.IGNORECASE)
_FRAMES = ("[", "(", "<", "{", "\u3010", "\uff3b", "\uff08")  # about a tag: who writes a poem sets its title in none
_SPEAKS = re.compile(any_of(_TABLE.speaks), re.IGNORECASE)
_LIST = re.compile(any_of(_TABLE.lists), re.IGNORECASE)
_RULED = re.compile(rf"{any_of(_TABLE.lists)}|{any_of(_TABLE.ruled)}", re.IGNORECASE)
_ADDRESS = r"(?:https?://\S+|mailto:\S+|[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+)"
_PLACE = re.compile(rf"(?:[\w ,'/()-]{{0,40}}[:\uff1a]\s*)?<?{_ADDRESS}>?[.,]?")
_REFERENCE = re.compile(OURS)


def is_of_programs(text: str, *, listed: bool, first: bool) -> bool:
    """Whether a whole part is a program's; `listed`: the mail came by a list; `first`: it is the mail's first part."""
    if len(text) > _LONGEST or _REFERENCE.search(text):
        return False
    lines = [as_seen(line) for line in text.split("\n")]
    worded = [n for n, line in enumerate(lines) if line]
    if not worded or len(worded) > _MOST_LINES:
        return False
    if not first and _is_devices(lines, worded):
        return True
    return _is_gateways(lines, worded) or _is_lists(lines, worded, listed=listed)


def _is_gateways(lines: Sequence[str], worded: Sequence[int]) -> bool:
    """Whether gateways say all of it, and it begins as they do and speaks of what they speak of; or tags alone."""
    said = [n for n in worded if not SEPARATOR.match(lines[n])]
    if said and all(_TAG.fullmatch(lines[n]) for n in said):
        return any(lines[n].startswith(_FRAMES) or _speaks_of_mail(lines[n]) for n in said)
    if not said or not _BEGINS.match(lines[said[0]]) or not any(_SPEAKS.search(lines[n]) for n in said):
        return False
    gone = disclaimers(list(lines))
    return all(n in gone or is_footer(lines[n]) or _TAG.fullmatch(lines[n]) for n in said)


def _speaks_of_mail(tag: str) -> bool:
    """Whether a tag without a frame says itself that it is about a mail: "EXTERNAL EMAIL", and no "CAUTION"."""
    return (not tag[:1].isalpha() or tag.isupper()) and bool(_SPEAKS.search(tag))


def _is_lists(lines: Sequence[str], worded: Sequence[int], *, listed: bool) -> bool:
    """Whether each line is one of a list server's: it speaks of the list, or is an address."""
    said = [lines[n] for n in worded if not SEPARATOR.match(lines[n]) and lines[n] != "--"]
    ruled = bool(said) and said[0] != lines[worded[0]]
    if not (listed or ruled) or not said or sum(map(len, said)) > _LIST_LONGEST:
        return False
    told = [bool((_RULED if ruled else _LIST).search(line)) for line in said]
    return any(told) and all(is_told or _PLACE.fullmatch(line) for is_told, line in zip(told, said, strict=True))


def _is_devices(lines: Sequence[str], worded: Sequence[int]) -> bool:
    """Whether a telephone or a scanner says all of it."""
    said = [lines[n] for n in worded if not SEPARATOR.match(lines[n]) and lines[n] != "--"]
    return bool(said) and all(is_footer(line) for line in said)


def says_again(text: str, before: str) -> bool:
    """Whether a text says what was said before: nearly all of each stands in the other, in whatever script."""
    ours, theirs = _shingles(text), _shingles(before)
    most = max(len(ours), len(theirs))
    return most > 0 and len(ours & theirs) >= _MOST_ALIKE * most


def says_otherwise(page: str, text: str) -> bool:
    """Whether most of what a page says does not stand in the text, which may say more: targets of links, a footer."""
    ours = _shingles(page[:_LOOK])
    return len(ours) >= _A_SENTENCE and len(ours - _shingles(text[: 2 * _LOOK])) > _MOST_OTHER * len(ours)


def _shingles(text: str) -> set[str]:
    squashed = "".join(character for character in text.casefold() if character.isalnum())
    return {squashed[n : n + _SHINGLE] for n in range(max(1, len(squashed) - _SHINGLE + 1))} - {""}
