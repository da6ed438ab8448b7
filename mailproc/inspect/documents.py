"""A document's words as its reader's parent sees them: a file in, words or a reason out, whatever the file does.

Each document is read by a child of its own (`aside`). The older Word's files are read by catdoc or antiword where one
of them is installed. Raises StoreError where the file cannot be opened; keeps nothing.
"""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from mailproc.document.kind import OLDER
from mailproc.document.limits import NO_READER
from mailproc.document.lines import Words, words_of
from mailproc.inspect import aside
from mailproc.inspect.aside import Answer, Limits

LIMITS = Limits()
_PROGRAMS = (("catdoc", "-w", "-d", "utf-8", "/dev/stdin"), ("antiword", "-w", "0", "-m", "UTF-8.txt", "/dev/stdin"))
_CODE = re.compile(r'\b(?:HYPERLINK|PAGEREF|INCLUDEPICTURE)\b[^"\n]{0,40}"[^"\n]{0,2000}"')
_MAY_PASS = ("too-slow", NO_READER)
_PAIR, _DIGITS = 2, 8  # a line and a level; digits of either
_SHARE = 0.75  # of the time, after which no further page is begun
log = logging.getLogger(__name__)


def read(path: Path, reader: str, limits: Limits = LIMITS, find: Callable[[str], str | None] = shutil.which) -> Words:
    """The words of the document at `path`, by a reader of `document.kind`; `find` gives a program's place."""
    if reader == OLDER:
        return _older(path, limits, find)
    answer = aside.run("mailproc.inspect.reading", path, (reader, f"{limits.seconds * _SHARE:g}"), limits)
    if answer.failure:
        return _failed(path, answer)
    told, _, text = answer.octets.decode("utf-8", "replace").partition("\n")
    failure, _, headings = told.partition(" ")
    return Words(text, failure, headings_of(headings))


def headings_of(told: str) -> tuple[tuple[int, int], ...]:
    """`0:1 12:2` as (line, level) each; what is none is left out."""
    pairs = (each.split(":") for each in told.split(" "))
    return tuple((int(pair[0]), int(pair[1])) for pair in pairs if len(pair) == _PAIR and all(map(_is_number, pair)))


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and len(said) < _DIGITS


def _older(path: Path, limits: Limits, find: Callable[[str], str | None]) -> Words:
    """By the first program that is installed. It tells what fields are computed from, too: that goes."""
    for name, *words in _PROGRAMS:
        if place := find(name):
            answer = aside.run("mailproc.inspect.older", path, (str(Path(place).absolute()), *words), limits)
            if answer.failure:
                return _failed(path, answer)
            return words_of(_CODE.sub(" ", answer.octets.decode("utf-8", "replace")))
    return Words("", NO_READER)


def _failed(path: Path, answer: Answer) -> Words:
    log.info("%s: not read as a document: %s", path, answer.ending)
    return Words("", answer.failure)


def is_for_ever(failure: str) -> bool:
    """Whether another try would come to the same."""
    return failure not in _MAY_PASS
