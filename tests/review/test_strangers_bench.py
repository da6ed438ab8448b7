"""The bench of strangers in its short form: a part of each kind. `make bench ARGS=strangers` reads them all."""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import replace

import pytest

from bench.strangers import judge
from bench.strangers.__main__ import SEED, main, story
from bench.strangers.judge import Judged, good, judged
from bench.strangers.kinds import DECIDING, KINDS, NOTHING, trials
from bench.strangers.scene import Scene
from bench.strangers.tongues import TONGUES
from mailproc.review.reply.command import Reading, read_lines

RED: frozenset[str] = frozenset()  # kinds that are not right yet
PART = 0.04
BOUNDARY = re.compile(rb"={15}\d+==")  # the library's own dice


@pytest.fixture(scope="module")
def found() -> dict[str, list[Judged]]:
    told: dict[str, list[Judged]] = {name: [] for name in KINDS}
    for trial in trials(list(KINDS), SEED, PART):
        told[trial.kind].append(judged(trial))
    return told


@pytest.mark.parametrize("kind", sorted(NOTHING.keys() - RED))
def test_S17_nobody_s_word_decides_but_the_member_s(found: dict[str, list[Judged]], kind: str):
    assert [story(each) for each in found[kind] if each.verdict == "invented"] == []


def test_S17_honest_replies_decide_and_are_hardly_ever_asked_back(found: dict[str, list[Judged]]):
    read = [each for kind in DECIDING.keys() - RED for each in found[kind]]
    assert good(read), [story(each) for each in read if each.wrong]


def test_there_are_enough_replies_of_enough_kinds():
    assert sum(row.count for row in NOTHING.values()) >= 5000
    assert sum(row.count for row in DECIDING.values()) >= 1000


@pytest.mark.parametrize("kind", NOTHING)
def test_a_kind_has_ten_siblings_and_more(kind: str):
    row, dice = NOTHING[kind], random.Random(SEED)  # noqa: S311 - reproducible, not secret
    scenes = [Scene(dice, TONGUES[row.languages[n % len(row.languages)]], row.letters[0]) for n in range(150)]
    assert len({row.words(scene).sibling for scene in scenes}) >= 10


def test_the_same_seed_gives_the_same_replies_and_another_gives_others():
    def octets(seed: int) -> list[bytes]:
        return [BOUNDARY.sub(b"", trial.octets) for trial in trials(["forwarded", "tapped"], seed, PART)]

    assert octets(1) == octets(1) != octets(2)


def test_a_reader_that_believes_every_line_is_found_out(monkeypatch: pytest.MonkeyPatch):
    def everything(_: object, message: object, __: bytes, posted: object) -> Reading:
        lines = message.text.split("\n")  # type: ignore[attr-defined]
        readings = [read_lines(line, posted.listing, "member") for line in lines]  # type: ignore[attr-defined]
        return Reading(tuple(command for each in readings for command in each.commands), ())

    monkeypatch.setattr(judge, "heard", everything)
    read = [judged(trial) for trial in trials(["forwarded", "votes"], SEED, PART)]
    assert Counter(each.verdict for each in read)["invented"] > 0
    assert not good(read)


def test_a_reader_that_hears_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(judge, "heard", lambda *_: Reading((), ()))
    read = [judged(trial) for trial in trials(["programs", "under items"], SEED, PART)]
    assert {each.verdict for each in read} == {"missed"}
    assert not good(read)


def test_words_that_miss_their_author_are_counted():
    trial = next(trial for trial in trials(["reasons"], SEED, PART))
    assert judged(replace(trial, words=replace(trial.words, says={"A-1": "other words"}))).verdict in {
        "other words",
        "needless",
    }


def test_it_says_by_its_exit_whether_it_is_good_enough(capsys: pytest.CaptureFixture[str]):
    assert main(["--kind", "numbers", "--part", "0.02"]) in {0, 1}
    assert "numbers" in capsys.readouterr().out
