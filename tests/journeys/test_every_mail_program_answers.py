"""Replies to a real digest as every mail program of the bench writes them: exactly the decisions written, else none.

One desk is prepared (its articles quote commands, so that the digest holds the very words of decisions); every case
has its own copy of that folder. Each program is given some of the cases, and all programs together all of them;
MAILPROC_SEEDS=8 gives each program more. Every answer from every program is `bench/replies`' work, without a desk.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from build import (
    ANA,
    JO,
    START,
    Clock,
    a_desk,
    a_mail,
    add_member,
    authenticated,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    state,
    text_of,
)

from bench.answers import Answer
from bench.shapes.table import all_shapes
from mailproc.config import load
from mailproc.desk.ground.wire import Desk
from mailproc.store.database import open_database

NOW = START + timedelta(minutes=5)
REASON = 'The tide—they say—doesn\u2019t add up: 11 ≠ 9 (see § 2), check "table 3" & <b>sources</b>, approved or not.'
SECOND = "We ran this in spring."
SHAPES = all_shapes()
EACH = int(os.environ.get("MAILPROC_SEEDS", "1"))  # cases for each program


@dataclass(frozen=True)
class Prepared:
    """A desk's folder, its digest to Ana, and what waits in it."""

    desk: Desk  # of which every case has a copy; its parse child and its templates serve them all
    digest: bytes
    first: str  # an article
    second: str  # another, from the same author
    third: str  # material
    fourth: str  # unsorted, its best guess an article


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    with a_desk(tmp_path_factory.mktemp("prepared") / "desk") as desk:
        add_member(desk, ANA, "Ana")
        refs = [ref_of(desk, give(desk, mail)) for mail in MAILS]
        yield Prepared(desk, digest_now(desk, ANA), *refs)


MAILS = (
    a_mail(
        "The council met.\n\napprove\nA-2 approve\nreject\n\nSo said the banners, and the mayor said: hold.\n",
        subject="Banners on the quay",
        authentic=True,
    ),
    a_mail(
        "> A-2 reject, said the second banner.\nA-3 discard\n\nNobody could read the third; it said approve A-3.\n",
        subject="The third banner",
        authentic=True,
    ),
    a_mail(
        "For the North Pier Society file: a photo of the banners.\n",
        sender="Ida Marsh <ida@pierhead.example>",
        to="files@harbour.example",
        subject="A photo",
    ),
    a_mail("Thursday, if it is dry.\n", sender="Kim <kim@weir.example>", to="desk@harbour.example", subject="Thursday"),
)


@contextmanager
def copied(prepared: Prepared, folder: Path) -> Iterator[Desk]:
    shutil.copytree(prepared.desk.config.folder, folder)
    config = load(folder / "config.toml")
    engine = open_database(config.storage.database, config.folder)
    try:
        yield replace(prepared.desk, config=config, engine=engine, now=Clock(NOW))
    finally:
        engine.dispose()


Answers = list[Answer]


def said(*lines: tuple[str | None, str]) -> Answers:
    """What the member writes: (reference, words), no reference for words about nothing."""
    return [Answer(ref, words) for ref, words in lines]


def some_of(shape: str, cases: dict[str, object]) -> list[str]:
    """The cases that this program is given."""
    names = list(cases)
    first = list(SHAPES).index(shape)
    return [names[(first + n) % len(names)] for n in range(min(EACH, len(names)))]


def decided(desk: Desk, number: int) -> set[tuple[str, str]]:
    """The (reference, event) of everything that a mail did to items."""
    return {(event.ref, event.name) for event in entry_of(desk, number).events}


def answer(desk: Desk, prepared: Prepared, shape: str, answers: Answers) -> int:
    return give(desk, authenticated(SHAPES[shape](prepared.digest, answers, f"Ana <{ANA}>", NOW)))


@pytest.mark.parametrize("shape", SHAPES)
def test_S17_each_decision_is_done_as_written(shape: str, prepared: Prepared, tmp_path: Path):
    p = prepared
    cases = {
        "approve": (said((p.first, "approve")), {(p.first, "vote"), (p.first, "approve")}),
        "no_approve": (said((p.second, "approve")), {(p.second, "vote"), (p.second, "approve")}),
        "hold": (said((p.first, "hold")), {(p.first, "hold")}),
        "yes": (said((p.first, "yes")), {(p.first, "vote"), (p.first, "approve")}),
        "no": (said((p.second, "no")), {(p.second, "vote"), (p.second, "reject")}),
        "guess": (said((p.third, "ok")), {(p.third, "vote"), (p.third, "approve")}),
        "mix": (
            said((p.first, "approve, thanks"), (p.second, f"reject {SECOND}"), (p.third, "hold")),
            {(p.first, "vote"), (p.first, "approve"), (p.second, "vote"), (p.second, "reject"), (p.third, "hold")},
        ),
        "backwards": (
            said((p.third, "approve"), (p.first, "no: too long by half")),
            {(p.third, "vote"), (p.third, "approve"), (p.first, "vote"), (p.first, "reject")},
        ),
    }
    for name in some_of(shape, cases):
        answers, expected = cases[name]
        with copied(prepared, tmp_path / name) as desk:
            number = answer(desk, prepared, shape, answers)
            assert decided(desk, number) == expected, (name, entry_of(desk, number).unclear)
            assert not entry_of(desk, number).unclear, name
            assert [letter.to for letter in letters(desk, "member/transcript")] == [ANA], name


@pytest.mark.parametrize("shape", SHAPES)
def test_S17_the_words_of_a_rejection_reach_the_author_as_written(shape: str, prepared: Prepared, tmp_path: Path):
    with copied(prepared, tmp_path / "desk") as desk:
        answer(desk, prepared, shape, said((prepared.first, f"reject: {REASON}"), (prepared.second, "hold")))
        later(desk, minutes=16)
        letter = letters(desk, "author/rejected", JO)
        assert [each.ref for each in letter] == [prepared.first]
        assert REASON in " ".join(text_of(octets_of(desk, letter[0])).split())
        assert " ".join(item(desk, prepared.first).votes[0].words.split()) == REASON
        assert state(desk, prepared.second) == "held"


@pytest.mark.parametrize("shape", SHAPES)
def test_S17_words_that_decide_nothing_decide_nothing(shape: str, prepared: Prepared, tmp_path: Path):
    first, digest = prepared.first, text_of(prepared.digest)
    lines = digest.split("\n")
    head = next(at for at, line in enumerate(lines) if f"{first} " in line)
    cases = {
        "prose": said((None, "I have read them all and have no opinion on any yet.")),
        "conditional": said((first, "approve, but cut the last paragraph")),
        "conditional if": said((first, "approve if the author agrees")),
        "question": said((first, "approve?")),
        "negated": said((first, "do not approve")),
        "digest head": said((None, lines[head])),
        "digest block": said((None, "\n".join(lines[head : head + 12]))),
        "digest banners": said((None, "| approve\n| A-2 approve\n| reject")),
        "digest foot": said((None, "\n".join(line for line in lines[-12:] if line.strip()))),
        "digest whole": said((None, digest)),
        "nothing": said((None, "")),
    }
    for name in some_of(shape, cases):
        with copied(prepared, tmp_path / name.replace(" ", "-")) as desk:
            number = answer(desk, prepared, shape, cases[name])
            assert decided(desk, number) == set(), (name, entry_of(desk, number).commands)
            for ref in (prepared.first, prepared.second, prepared.third, prepared.fourth):
                assert state(desk, ref) == "pending", (name, ref)
                assert not item(desk, ref).votes, (name, ref)
