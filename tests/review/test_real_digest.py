"""Answers to the digest as it is really worded: its golden letter, whose items all hold the same text."""

from __future__ import annotations

import importlib.util
import re
import sys
import textwrap
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.html.text import to_text
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

HERE = Path(__file__).resolve()
SHAPES_FILE = HERE.parents[2].parent / "shared" / "tools" / "replyshapes.py"
LETTER = (HERE.parents[1] / "golden" / "member-digest.eml").read_bytes()
KINDS = {"A": "article", "F": "material", "M": "membership", "Q": "enquiry", "U": "unsorted"}


def parts(raw: bytes) -> tuple[str | None, str | None]:
    message = message_from_bytes(raw, policy=policy.default)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return plain.get_content() if plain else None, rich.get_content() if rich else None


def letter_parts() -> tuple[str, str]:
    plain, rich = parts(LETTER)
    assert plain is not None
    assert rich is not None
    return plain, rich


TEXT, HTML = letter_parts()
HTML_TEXTS = (to_text(HTML), to_text(HTML, links=True))
REFS = re.findall(r"^\d+\. ([A-Z]-\d+)", TEXT, re.MULTILINE)
LISTING = Listing(tuple(Listed(r, int(r[2:]), KINDS[r[0]], "x", "article") for r in REFS), single=False)
DECIDED = [ref for ref in REFS if ref[0] in "AFM"]


def read(text: str | None, rich: str | None = None) -> Reading:
    linked = to_text(rich, links=True) if rich else None
    return read_reply(text, to_text(rich) if rich else None, linked, Sent(TEXT, HTML_TEXTS), (), LISTING, "member")


def said(reading: Reading) -> set[tuple[str, str]]:
    return {(command.verb, ref) for command in reading.commands for ref in command.refs}


def replyshapes() -> ModuleType | None:
    if not SHAPES_FILE.exists():
        return None
    spec = importlib.util.spec_from_file_location("replyshapes_for_the_real_digest", SHAPES_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


CLIENTS = replyshapes()
CASES: dict[str, tuple[list[tuple[str | None, str]], set[tuple[str, str]], int]] = {
    "approve": ([(DECIDED[0], "approve")], {("approve", DECIDED[0])}, 0),
    "reject": ([(DECIDED[-1], "reject it is too long and too late")], {("reject", DECIDED[-1])}, 0),
    "hold": ([(DECIDED[1], "hold")], {("hold", DECIDED[1])}, 0),
    "three": (
        [(DECIDED[0], "approve"), (DECIDED[1], "reject no thanks"), (DECIDED[2], "hold")],
        {("approve", DECIDED[0]), ("reject", DECIDED[1]), ("hold", DECIDED[2])},
        0,
    ),
    "nothing": ([(None, "No time today, sorry, tomorrow perhaps.")], set(), 1),
    "a condition": ([(DECIDED[0], "approve but cut the end")], set(), 1),
    "empty": ([], set(), 0),
}


@pytest.mark.skipif(CLIENTS is None, reason="the shared reply shapes are not here")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("shape", sorted(CLIENTS.SHAPES) if CLIENTS else [])
def test_the_real_digest_is_answered_from_every_client(shape: str, case: str):
    assert CLIENTS is not None
    answers, expected, asked_back = CASES[case]
    now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    written = [CLIENTS.Answer(*answer) for answer in answers]
    reading = read(*parts(CLIENTS.SHAPES[shape](LETTER, written, "Ana <ana@home.example>", now)))
    assert said(reading) == expected
    assert len(reading.unclear) == asked_back


@pytest.mark.parametrize(
    "words", ["approve A-12 by mail", "reject A-12 by mail <mailto:desk@harbour.example?subject=x>"]
)
def test_a_link_s_words_on_a_line_of_their_own_are_no_command(words: str):
    assert read(f"{words}\n") == Reading((), (), "")


def answered(random: Random, *, cut: bool) -> tuple[str, set[tuple[str, str]]]:
    """A reply as some program and some hand may leave it: the digest quoted in one of many ways, words below items."""
    lines = random.choice([TEXT, *HTML_TEXTS]).split("\n")
    heads = {ref: n for n, line in enumerate(lines) for ref in REFS if re.match(rf"\d+\. {ref} ", line)}
    ends = sorted([*heads.values(), next(n for n, line in enumerate(lines) if "Settled since" in line) - 1])
    mark, width = random.choice(["> ", ">", "| ", ":", " > ", ""]), random.choice([0, 60, 72, 76])
    bars = bool(mark) or random.random() < 0.8
    written: dict[int, str] = {}
    for ref in random.sample(DECIDED, random.randint(0, 3)):
        end = min(n for n in ends if n > heads[ref])
        written[random.randrange(heads[ref], end - 1)] = random.choice(["approve", "hold", "no"]) + f"\0{ref}"
    out: list[str] = []
    for n, line in enumerate(lines):
        if not cut or n in written or n in heads.values() or random.random() < 0.5:
            quoted = mark + (line if bars else line.removeprefix("| "))
            out += (textwrap.wrap(quoted, width) if width else []) or [quoted.rstrip()]
        if n in written:
            out += ["", written[n].partition("\0")[0], ""]
    words = {"approve": "approve", "hold": "hold", "no": "reject"}
    meant = {(words[word], ref) for word, _, ref in (each.partition("\0") for each in written.values())}
    return "\n".join(out), meant


@settings(deadline=None, max_examples=150)
@given(st.integers(0, 10**9))
def test_words_below_items_of_a_whole_quotation_are_all_found(seed: int):
    text, meant = answered(Random(seed), cut=False)  # noqa: S311 - a shape, not a secret
    assert said(read(text)) == meant


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 10**9))
def test_however_a_quotation_is_cut_no_item_gets_another_s_decision(seed: int):
    text, meant = answered(Random(seed), cut=True)  # noqa: S311 - a shape, not a secret
    assert said(read(text)) <= meant
