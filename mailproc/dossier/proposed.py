"""On which organisation does a mail propose a file? Its name, as written; and whether it looks like a person's.

The words of seven languages stand in `proposed.toml`. A name is what stands between quotation marks, or words with
capitals behind "a file on". What is not found is "", and members say it: nothing is guessed, and nothing fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

from mailproc import tables
from mailproc.message.field.header import clean

MOST_CHARACTERS = 10_000  # of a text that are read
LONGEST_NAME = 80
_CALLED = frozenset({":", "called", "namens"})
_LONGEST_RUN = 20  # words of a name
_FEW = 5  # small words between "a file on" and the name
_PARTS_OF_A_NAME = range(2, 5)
_WORD = re.compile(r"[^\s,;:!?()\[\]\"\u201c\u201d\u201e\xab\xbb]+|\n|[,;:!?()\[\]]|[\"\u201c\u201d\u201e\xab\xbb]")
_OPEN, _CLOSE = '"\u201c\u201e\xab', '"\u201d\u201c\xbb'


class _Rows(Struct, frozen=True, forbid_unknown_fields=True):
    """The lists of `proposed.toml`, each one string with commas."""

    file: str
    about: str
    articles: str
    within: str
    subjects: str
    organisations: str
    people: str
    particles: str


_PATH = Path(__file__).with_name("proposed.toml")
_ROWS = tables.fitted(_PATH, tables.read(_PATH), _Rows)


def _phrases(row: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.casefold().split()) for phrase in row.split(",") if phrase.strip())


_FILE, _ABOUT, _ARTICLES, _WITHIN = map(
    frozenset, map(_phrases, (_ROWS.file, _ROWS.about, _ROWS.articles, _ROWS.within))
)
_ORGANISATIONS, _PEOPLE, _PARTICLES = map(
    frozenset, map(_phrases, (_ROWS.organisations, _ROWS.people, _ROWS.particles))
)
_JOINED = tuple(word for word in _ORGANISATIONS if len(word) > 4)  # noqa: PLR2004 - shorter ones end other words
_SUBJECTS = sorted(_phrases(_ROWS.subjects), key=len, reverse=True)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a mail proposes."""

    name: str = ""  # as written; "" where none is found
    person: bool = False  # it looks like a private person's


def read(subject: str, text: str) -> Proposed:
    """The organisation that a mail names, in its subject first."""
    for found in (*_of_subject(subject), *_of_text(subject), *_of_text(text[:MOST_CHARACTERS])):
        if found.name:
            return found
    said = f"{subject} {text[:500]}".casefold().split()
    return Proposed(person=any(word.strip(".,") in _PEOPLE for word in said))


def of_a_person(name: str) -> bool:
    """Whether a name looks like a person's: with a title, or of two to four capitals and no word of organisations."""
    words = name.split()
    folded = [word.casefold().strip(",") for word in words]
    if folded and (folded[0] in _PEOPLE or folded[0].strip(".") in _PEOPLE):
        return True
    if any(word.strip(".") in _ORGANISATIONS or word in _ORGANISATIONS or word.endswith(_JOINED) for word in folded):
        return False
    own = [word for word, plain in zip(words, folded, strict=True) if plain not in _PARTICLES]
    return len(own) in _PARTS_OF_A_NAME and folded[0] != "the" and all(map(_may_be_a_persons, own))


def _may_be_a_persons(word: str) -> bool:
    """A capital and small letters, an initial, or two of these joined by a hyphen."""
    return all(
        (part[:1].isupper() and part[1:].strip(".").islower()) or len(part.strip(".")) == 1 for part in word.split("-")
    )


def _of_subject(subject: str) -> Iterator[Proposed]:
    """Of "New file: Tidal Mill Trust"."""
    line = clean(subject).strip()
    for phrase in _SUBJECTS:
        if line.casefold().startswith(phrase):
            rest = line[len(phrase) :].lstrip()
            if rest[:1] in {":", "-", "\u2013", "\u2014"} and _begins_a_name(rest[1:].split()):
                yield _named(rest[1:].split(), ())


def _begins_a_name(words: list[str]) -> bool:
    return bool(words) and any(word[:1].isupper() or word[:1] in _OPEN or word[:1].isdigit() for word in words)


def _of_text(text: str) -> Iterator[Proposed]:
    """Of "a file on the Tidal Mill Trust", wherever it stands."""
    words = _WORD.findall(text)
    folded = [word.casefold().rstrip(".") for word in words]
    for at in range(len(words) - 1):
        if folded[at] in _FILE and (folded[at + 1] in _ABOUT or folded[at + 1] in _CALLED):
            yield _behind(words, at + 2)


def _behind(words: list[str], at: int) -> Proposed:
    """The name that stands here, behind a few small words."""
    small: list[str] = []
    while at < len(words) and len(small) <= _FEW and (words[at] == "\n" or words[at][:1].islower()):
        small.append(words[at])
        at += 1
    if at < len(words) and words[at].casefold() in _ARTICLES and not words[at].isupper():
        at += 1
    if at < len(words) and words[at] in _OPEN:
        end = next((n for n in range(at + 1, min(at + _LONGEST_RUN, len(words))) if words[n] in _CLOSE), at)
        return _named(words[at + 1 : end], small)
    return _named(_run(words, at), small)


def _run(words: list[str], at: int) -> list[str]:
    """Words with capitals that follow each other, with the small words between them, and a name in quotation marks."""
    found: list[str] = []
    while at < len(words):
        word, plain = words[at], words[at].casefold()
        if found and word == "\n" and at + 1 < len(words) and words[at + 1][:1].isupper():
            at += 1
            continue
        if found and word in _OPEN:
            end = next((n for n in range(at + 1, min(at + _LONGEST_RUN, len(words))) if words[n] in _CLOSE), at)
            return [*found, *words[at : end + 1]]
        inner = plain in _WITHIN and _goes_on(words, at + 1)
        if not (word[:1].isupper() or word[:1].isdigit() or inner or (found and plain in _ORGANISATIONS)):
            break
        found.append(word)
        at += 1
        if word.endswith(".") and plain not in _WITHIN and (plain.strip(".") in _ORGANISATIONS or len(word) > _FEW):
            break
    return found


def _goes_on(words: list[str], at: int) -> bool:
    """A name goes on behind a small word: "of the Tidal Mill"."""
    few = words[at : at + 3]
    first = next((word for word in few if word.casefold() not in _WITHIN), "")
    return first[:1].isupper() or first[:1].isdigit()


def _named(words: list[str], small: object) -> Proposed:
    name = " ".join(word for word in words if word != "\n")
    for mark in "\u201c\u201e\xab":
        name = name.replace(f"{mark} ", mark)
    name = re.sub(" (?=[\u201d\xbb])", "", name).strip(" .,;:'\"")[:LONGEST_NAME]
    name += "." if name.casefold().endswith("e.v") else ""
    known = small if isinstance(small, list) else []
    called = any(word.casefold().strip(".") in _PEOPLE for word in known)
    return Proposed(name, bool(name) and (called or of_a_person(name)))
