"""Group files named in a line: "contents North Pier", "restore all", "photographs for North Pier until Friday".

A group is named by its name, an alias, or the words with which one name alone begins: "North Pier" is the North Pier
Society. What a verb does with a file is the desk's. It never fails, and a line that names no file says nothing of one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailproc.review.language import verbs, when
from mailproc.review.language.words import Token, clean, phrase_at, tokens

ALL = "all"  # in the place of a name, where a verb may mean every file
_EDGES = " ,:;.!-()\"'"
_QUOTES = f"{_EDGES}\u201c\u201d\u201e\xab\xbb\u2018\u2019"  # around a name, too
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_SHORTEST = 4  # letters with which a name may begin

Files = Sequence[tuple[str, str]]  # name or alias -> name


@dataclass(frozen=True, slots=True)
class Sought:
    """What a line says that is looked for; one of section, file and line at least, unless it says nothing."""

    section: str = ""
    file: str = ""  # a group's name
    line: str = ""  # free words; of a file what is looked for there
    until: str = ""  # as said; it may be no day that can be read


def sought(words: str, files: Files, sections: Sequence[str]) -> Sought:
    """What "photographs for North Pier until Friday", "section humour" or "a cartoonist" look for."""
    said, until = when.parted(words.strip(_EDGES))
    said = said.strip(_EDGES)
    found = tokens(clean(said))
    known = {section.casefold(): section for section in sections}
    _, end = phrase_at(found, 0, verbs.phrases("sections"))
    if said.casefold() in known:
        return Sought(section=known[said.casefold()], until=until)
    if 0 < end < len(found):
        section = said[found[end].start :].strip(_QUOTES)
        return Sought(section=known.get(section.casefold(), section), until=until)
    name, line = _apart(said, found, files)
    return Sought(file=name, line=line, until=until)


def _apart(said: str, found: tuple[Token, ...], files: Files) -> tuple[str, str]:
    """The one group that is named, and the words around its name; ("", all) where none is, or two are."""
    named_at = [(name, at, end) for at in range(len(found)) for name, end in [_name_at(found, at, files)] if name]
    if len({name for name, _, _ in named_at}) != 1:
        return "", said
    name, at, end = named_at[0]
    begin, before = at, verbs.phrases("particles", "determiners", "about")
    while begin and phrase_at(found, begin - 1, before)[1] == begin:
        begin -= 1
    behind = said[found[end].start :] if end < len(found) else ""
    return name, f"{said[: found[begin].start].strip(_EDGES)} {behind.strip(_EDGES)}".strip()


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


def regards(words: str) -> bool:
    """Whether the words begin with "for", "about" or the like."""
    return bool(phrase_at(tokens(clean(words)), 0, verbs.phrases("about"))[0])


def address(words: str) -> str:
    """The address of the web that the words hold; "" for none, or for two."""
    found = _ADDRESS.findall(words)
    return found[0].rstrip(".,;:!?)'") if len(found) == 1 else ""


def _particles(found: tuple[Token, ...], at: int) -> int:
    """Behind "the", "for", "the file on"."""
    before = verbs.phrases("particles", "about")
    while at < len(found) and (found[at].text == ":" or phrase_at(found, at, before)[0]):
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
