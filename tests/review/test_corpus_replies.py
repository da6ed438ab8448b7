"""Strange replies that were kept: each mail of `corpus/replies` decides what its folder's `expected.json` says.

A folder is a phenomenon: `letter.eml` is what we sent, the other mails answer it. They do not change when the letters'
words or the shapes of the bench do.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest

from mailproc.message.parse import parse
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, read_reply

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "replies"
REPLIES = sorted(path for path in CORPUS.glob("*/*.eml") if path.name != "letter.eml")


@cache
def told(folder: Path) -> tuple[Sent, Listing, dict[str, list[list[str]]]]:
    """The letter, what it lists, and what each reply decides."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    letter, _ = parse((folder / "letter.eml").read_bytes())
    html = tuple(text for text in (letter.html_text, letter.html_links) if text)
    items = tuple(Listed(ref, int(ref[2:]), kind, "", guess) for ref, kind, guess in expected["listing"])
    return Sent(letter.text, html), Listing(items, single=len(items) == 1), expected["replies"]


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_kept_reply_decides_what_its_writer_decided(path: Path):
    sent, listing, expected = told(path.parent)
    reply, _ = parse(path.read_bytes())
    body = reply.text if reply.text_source == "body" else None
    reading = read_reply(body, reply.html_text, reply.html_links, sent, (), listing, "member", reply.html_sight)
    decided = {
        (command.verb, ref, " ".join((command.words or command.argument).split()))
        for command in reading.commands
        for ref in command.refs
    }
    assert decided == {tuple(each) for each in expected[path.name]}, reading.unclear


@pytest.mark.parametrize("folder", sorted({path.parent for path in REPLIES}), ids=lambda path: path.name)
def test_each_folder_says_what_all_its_mails_decide(folder: Path):
    assert set(told(folder)[2]) == {path.name for path in REPLIES if path.parent == folder}
