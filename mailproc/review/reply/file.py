"""Group files named in a line: "contents North Pier", "restore all", "photographs for North Pier until Friday".

A group is named by its name, an alias, or the words with which one name alone begins: "North Pier" is the North Pier
Society. What a verb does with a file is the desk's. It never fails, and a line that names no file says nothing of one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.review.language import verbs
from mailproc.review.language.words import Token, clean, phrase_at, tokens

ALL = "all"  # in the place of a name, where a verb may mean every file
_EDGES = " ,:;.!-()\"'"
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_SHORTEST = 4  # letters with which a name may begin

Files = Sequence[tuple[str, str]]  # name or alias -> name


def named(words: str, files: Files) -> tuple[str, str]:
    """The group that words begin with, and the words behind it; ("", words) where they begin with none."""
    found = tokens(clean(words))
    at = _particles(found, 0)
    everything, end = phrase_at(found, at, verbs.phrases("everything"))
    if everything and end == len(found):
        return ALL, ""
    name, end = _name_at(found, at, files)
    if not name:
        return "", words
    behind = words[found[end].start :] if end < len(found) else ""
    return name, behind.strip(_EDGES)


def mentioned(words: str, files: Files) -> str:
    """The one group that the words name somewhere; "" for none, or for two."""
    found = tokens(clean(words))
    names = {name for at in range(len(found)) if (name := _name_at(found, at, files)[0])}
    return names.pop() if len(names) == 1 else ""


def address(words: str) -> str:
    """The address of the web that the words hold; "" for none, or for two."""
    found = _ADDRESS.findall(words)
    return found[0].rstrip(".,;:!?)'") if len(found) == 1 else ""


def _particles(found: tuple[Token, ...], at: int) -> int:
    """Behind "the", "for", "the file on"."""
    while at < len(found) and (found[at].text in {":", "file"} or phrase_at(found, at, verbs.phrases("particles"))[0]):
        at += 1
    return at


def _name_at(found: tuple[Token, ...], at: int, files: Files) -> tuple[str, int]:
    """The group whose name, alias, or beginning of a name stands here, the longest; and where it ends."""
    said = [token.text for token in found[at:]]
    whole: tuple[str, int] = ("", at)
    begun: dict[str, int] = {}
    for spelling, name in files:
        wanted = [token.text for token in tokens(clean(spelling))]
        length = next((n for n, pair in enumerate(zip(wanted, said, strict=False)) if pair[0] != pair[1]), None)
        length = min(len(wanted), len(said)) if length is None else length
        if wanted and length == len(wanted) and at + length > whole[1]:
            whole = (name, at + length)
        elif length and sum(map(len, wanted[:length])) >= _SHORTEST:
            begun[name] = max(begun.get(name, 0), length)
    longest = max(begun.values(), default=0)
    nearest = [name for name, length in begun.items() if length == longest]
    if whole[0] or len(nearest) != 1:
        return whole
    return nearest[0], at + longest
