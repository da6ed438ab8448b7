"""What real mail programs wrote: which lines are asked back, and what passes a digest on and does no more.

`test_corpus_replies` holds every mail of tests/corpus/replies to what it decides. Here is what the folders of programs
hold besides: `asked_back` in their `expected.json`, and `not_replies`, the same digest forwarded and bounced, with the
words of decisions above it. How they came about is told by tests/journeys/test_real_mail_programs_answer.py and, for
those that CI has not, by tests/programs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kept import LETTER, mail, mails, name_of, reading, told

from mailproc.message.auto import nature
from mailproc.message.model import Envelope, Message

PROGRAMS = {"mutt", "neomutt"}  # that are driven in each run; others were recorded where they are installed
ASKED_BACK = [path for path in mails("replies", "taps", "forwards") if path.name in told(path.parent).asked_back]
ANSWERS = [path for path in ASKED_BACK if path.parents[1].name == "replies"]
TAPS = [path for path in ASKED_BACK if path.parents[1].name == "taps"]
PASSED_ON = mails("not_replies")


def secrets(letter: Message) -> set[Any]:
    """By what an answer to it is known: its Message-ID, and the address that answers go to."""
    return {letter.message_id, *(each.email for each in letter.reply_to)}


def test_the_corpus_holds_what_both_programs_wrote():
    assert {path.parent.name for path in ANSWERS} >= PROGRAMS
    assert {path.parent.name for path in PASSED_ON} >= PROGRAMS


@pytest.mark.parametrize("path", ASKED_BACK, ids=name_of)
def test_only_these_lines_are_asked_back(path: Path):
    assert [unclear.line for unclear in reading(path).unclear] == told(path.parent).asked_back[path.name]


@pytest.mark.parametrize("path", ANSWERS, ids=name_of)
def test_every_reply_carries_the_secret_of_the_letter_twice(path: Path):
    """In the address that it goes to and in the thread: a mail program may lose one of them."""
    reply = mail(path)
    named = {*reply.in_reply_to, *(each.email for each in (*reply.to, *reply.cc))}
    assert secrets(told(path.parent).letter) <= named


@pytest.mark.parametrize("path", TAPS, ids=name_of)
def test_a_tapped_mail_carries_the_secret_in_its_address(path: Path):
    assert {each.email for each in mail(path).to} == {each.email for each in told(path.parent).letter.reply_to}


@pytest.mark.parametrize("path", PASSED_ON, ids=name_of)
def test_a_digest_that_is_passed_on_answers_nothing(path: Path):
    letter, passed = mail(path.with_name(LETTER)), mail(path)
    to = tuple(each.email for each in passed.to)
    named = {*passed.in_reply_to, *passed.references, *to}
    is_a_machines = nature(passed, Envelope(passed.author.email if passed.author else None, to)).automatic
    assert is_a_machines or not secrets(letter) & named
