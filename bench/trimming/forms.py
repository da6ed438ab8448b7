"""Replies made of forms: what an author says (`words.toml`), in a mail as its program writes it (`programs.toml`).

A form that names a language takes words of that language. Seeded: the same seed makes the same mails. Values in,
values out; raises KeyError where a form names what the tables do not have.
"""

from __future__ import annotations

import html
import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

OPEN, CLOSE = "\u27e6", "\u27e7"  # around what the author wrote, in a mail that is no form
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail's text or HTML, and what of it its author wrote."""

    kind: str
    name: str  # program and language
    body: str
    is_html: bool
    words: str


def table(name: str) -> Mapping[str, Mapping[str, object]]:
    """One of the tables beside this module."""
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


def replies(forms: str, seed: int) -> Iterator[Reply]:
    """A reply for each form of a table, with words drawn by the seed."""
    dice = random.Random(seed)  # noqa: S311 - reproducible, not secret
    said = table("words")
    for kind, rows in table(forms).items():
        for name, form in rows.items():
            yield _filled(kind, name, str(form), said, dice)


def _filled(kind: str, name: str, form: str, said: Mapping[str, Mapping[str, object]], dice: random.Random) -> Reply:
    if OPEN in form:
        own = "\n\n".join(part.partition(CLOSE)[0] for part in form.split(OPEN)[1:])
        return Reply(kind, name, form.replace(OPEN, "").replace(CLOSE, ""), name.endswith("(html)"), own)
    language = name.removesuffix(" (html)").rpartition(", ")[2]
    words = dice.choice(_list(said["words"][language]))
    one, two = _list(said["parts"].get(language, said["parts"]["en"]))
    letter = dice.choice(_list(said["letters"]["en"]))
    put = {
        "words": words,
        "one": one,
        "two": two,
        "marked": behind("> ", letter),
        "tight": behind(">", letter),
        "indent": behind("    ", letter),
        "plain": letter,
        "typed": _rich(words),
        "html": _rich(letter),
    }
    body, own = form, form if kind == "own words" else "{words}" if "{one}" not in form else "{one}\n\n{two}"
    for key, value in put.items():
        body, own = body.replace(f"{{{key}}}", value), own.replace(f"{{{key}}}", value)
    return Reply(kind, name, body, "{typed}" in form, own)


def _list(value: object) -> Sequence[str]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def behind(mark: str, text: str) -> str:
    """The text as a program quotes it."""
    return "\n".join(f"{mark}{line}".rstrip() for line in text.split("\n"))


def _rich(text: str) -> str:
    return "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n"))
