"""Mails that were kept in tests/corpus, with the letter that they answer: what is expected of each, and what is read.

A folder holds `letter.eml`, the mails, and `expected.json`: what the letter lists, what each mail decides (`replies`)
and which of its lines come back (`asked_back`). The letter stands as it was sent then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mailproc.message.model import Message
from mailproc.message.parse import parse
from mailproc.message.words.quotation import sent_as
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

CORPUS = Path(__file__).parent / "corpus"
LETTER = "letter.eml"
Decided = set[tuple[str, str, str]]  # verb, reference, words


@dataclass(frozen=True)
class Told:
    """What a folder says."""

    letter: Message
    listing: Listing
    decides: Mapping[str, Decided]
    asked_back: Mapping[str, Sequence[str]]  # of those mails for which it is told


def mails(*kinds: str) -> list[Path]:
    """Every mail of these folders of folders, less the letters."""
    return sorted(path for kind in kinds for path in CORPUS.glob(f"{kind}/*/*.eml") if path.name != LETTER)


def name_of(path: Path) -> str:
    """As a test's id."""
    return f"{path.parent.name}/{path.stem}"


@cache
def mail(path: Path) -> Message:
    """As it is read."""
    return parse(path.read_bytes())[0]


@cache
def told(folder: Path) -> Told:
    """What `expected.json` says there."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    items = tuple(Listed(ref, int(ref[2:]), kind, "", guess) for ref, kind, guess in expected["listing"])
    return Told(
        mail(folder / LETTER),
        Listing(items, single=len(items) == 1),
        {name: {(verb, ref, words) for verb, ref, words in each} for name, each in expected["replies"].items()},
        expected.get("asked_back", {}),
    )


@cache
def reading(path: Path) -> Reading:
    """What the member's mail says, read as the desk reads it."""
    reply, here = mail(path), told(path.parent)
    return read_reply(
        reply.text if reply.text_source == "body" else None,
        reply.html_text,
        reply.html_links,
        sent_as(here.letter),
        (),
        here.listing,
        "member",
        reply.html_sight,
        signed_by=(reply.author.name,) if reply.author else (),
        subject="" if reply.in_reply_to or reply.references else reply.subject,
    )


def decided(path: Path) -> Decided:
    """What acts."""
    return {
        (command.verb, ref, " ".join((command.words or command.argument).split()))
        for command in reading(path).commands
        for ref in command.refs
    }
