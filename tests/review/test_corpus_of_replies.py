"""What real mail programs wrote: which lines of a reply are asked back, and what passes a digest on and does no more.

`test_corpus_replies` holds every mail of tests/corpus/replies to what it decides. Here is what the folders of programs
hold besides: `asked_back` in their `expected.json`, and `not_replies`, the same digest forwarded and bounced, with the
words of decisions above it. How they came about is told by tests/journeys/test_real_mail_programs_answer.py.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from mailproc.message.auto import nature
from mailproc.message.model import Envelope, Message
from mailproc.message.parse import parse
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, read_reply

CORPUS = Path(__file__).parents[1] / "corpus"
PROGRAMS = {"mutt", "neomutt"}  # that are driven in each run; others were recorded where they are installed
TOLD = {path.parent.name: json.loads(path.read_text("utf-8")) for path in CORPUS.glob("replies/*/expected.json")}
ASKED_BACK = sorted((program, name) for program, told in TOLD.items() for name in told.get("asked_back", ()))
PASSED_ON = sorted(path for path in CORPUS.glob("not_replies/*/*.eml") if path.name != "letter.eml")


@cache
def mail(path: Path) -> Message:
    return parse(path.read_bytes())[0]


def secrets(letter: Message) -> set[Any]:
    """By what an answer to it is known: its Message-ID, and the address that answers go to."""
    return {letter.message_id, *(each.email for each in letter.reply_to)}


def test_the_corpus_holds_what_both_programs_wrote():
    assert {program for program, _ in ASKED_BACK} >= PROGRAMS
    assert {path.parent.name for path in PASSED_ON} >= PROGRAMS


@pytest.mark.parametrize(("program", "name"), ASKED_BACK, ids=lambda each: each)
def test_only_these_lines_are_asked_back(program: str, name: str):
    folder = CORPUS / "replies" / program
    letter, reply = mail(folder / "letter.eml"), mail(folder / name)
    items = tuple(Listed(ref, int(ref[2:]), kind, "", guess) for ref, kind, guess in TOLD[program]["listing"])
    sent = Sent(letter.text, tuple(text for text in (letter.html_text, letter.html_links) if text))
    body = reply.text if reply.text_source == "body" else None
    reading = read_reply(
        body, reply.html_text, reply.html_links, sent, (), Listing(items, single=False), "member", reply.html_sight
    )
    assert [unclear.line for unclear in reading.unclear] == TOLD[program]["asked_back"][name]


@pytest.mark.parametrize(("program", "name"), ASKED_BACK, ids=lambda each: each)
def test_every_reply_carries_the_secret_of_the_letter_twice(program: str, name: str):
    """In the address that it goes to and in the thread: a mail program may lose one of them."""
    folder = CORPUS / "replies" / program
    letter, reply = mail(folder / "letter.eml"), mail(folder / name)
    assert secrets(letter) <= {*reply.in_reply_to, *(each.email for each in (*reply.to, *reply.cc))}


@pytest.mark.parametrize("path", PASSED_ON, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_digest_that_is_passed_on_answers_nothing(path: Path):
    letter, passed = mail(path.with_name("letter.eml")), mail(path)
    to = tuple(each.email for each in passed.to)
    named = {*passed.in_reply_to, *passed.references, *to}
    is_a_machines = nature(passed, Envelope(passed.author.email if passed.author else None, to)).automatic
    assert is_a_machines or not secrets(letter) & named
