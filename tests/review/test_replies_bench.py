"""The bench of replies in its quick form: each shape in each language once, each answer of each language among them.

`make bench ARGS=replies` reads them all. What judges must itself be able to say no: readers that believe everything,
or nothing, are found out here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.answers import CASES, LANGUAGES, answers_of, expected, words_of
from bench.letter import Posted, the_digest
from bench.readers import READERS, Reader, may_decide
from bench.replies import ENOUGH, Tally, Trial, mail_of, main, run, trials
from bench.shapes.pieces import header_of
from bench.shapes.table import SHAPES, all_shapes
from mailproc.letters.digest import breaches
from mailproc.message.model import Message
from mailproc.message.parse import parse
from mailproc.review.reply.command import Reading, read_lines

CASE = {case.name: case for case in CASES}
LETTER = the_digest()


def quick(reader: Reader, *languages: str) -> Tally:
    planned: Iterator[Trial] = trials(list(all_shapes()), languages or LANGUAGES, CASES, quick=True)
    return run(planned, {"one": reader}, LETTER, all_shapes())["one"]


@pytest.fixture(scope="module")
def ours() -> Tally:
    return quick(READERS["mailproc"])


def test_S17_no_decision_is_made_that_nobody_made(ours: Tally):
    assert [failure for failure in ours.failures if failure["counts"].get("invented")] == []
    assert ours.total["invented"] == 0


def test_S17_nearly_every_decision_is_done_as_written(ours: Tally):
    assert ours.total["decisions"] > 200, "the shapes of our own alone give more"
    assert ours.total["right"] >= ENOUGH * ours.total["decisions"], ours.failures
    assert ours.total["other words"] == 0, ours.failures


def test_what_is_unclear_is_asked_back_in_every_language(ours: Tally):
    assert [failure for failure in ours.failures if failure["counts"].get("not asked")] == []


def test_the_quick_form_has_every_shape_language_and_answer():
    planned = list(trials(list(all_shapes()), LANGUAGES, CASES, quick=True))
    assert {(trial.shape, trial.language) for trial in planned} == {(s, n) for s in all_shapes() for n in LANGUAGES}
    assert {(trial.case.name, trial.language) for trial in planned} >= {(c.name, n) for c in CASES for n in LANGUAGES}


def test_there_are_forty_answers_in_seven_languages_and_more_than_sixteen_shapes():
    assert len(CASES) == 40
    assert len(SHAPES) >= 16
    for language in LANGUAGES:
        assert set(words_of(language)) - {"auto_subject"} == {case.name for case in CASES if case.on}, language


def test_the_digest_that_is_answered_keeps_the_layout_contract():
    for text in (LETTER.sent.text, *LETTER.sent.html_texts):
        assert breaches(text, LETTER.listing.refs) == ()
        assert read_lines(text, LETTER.listing, "member").commands == ()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shape_carries_the_words_of_the_member_and_of_the_letter(shape: str, language: str):
    words = words_of(language)
    octets = mail_of(Trial(shape, language, CASE["mixed"]), SHAPES[shape], words, LETTER)
    message, _ = parse(octets)
    shown = " ".join(f"{message.text}\n{message.html_text or ''}".split())
    for answer in answers_of(CASE["mixed"], words):
        assert " ".join(answer.text.split())[:30].rsplit(" ", 1)[0] in shown, answer
    assert message.author is not None
    assert header_of(octets, "To") == header_of(LETTER.octets, "Reply-To")
    if shape != "tapped":
        assert "A-12 article Banners on the quay" in shown.replace(">", "").replace("\u2068", "").replace("  ", " ")


def everything(message: Message, _: bytes, letter: Posted) -> Reading:
    return read_lines(message.text, letter.listing, "member")


def nothing(_: Message, __: bytes, ___: Posted) -> Reading:
    return Reading((), ())


def test_a_reader_that_takes_quotations_for_words_is_found_out():
    tally = quick(everything, "en")
    assert tally.total["right"] < 0.9 * tally.total["decisions"]  # what stands beside a line guards this reader too
    assert not tally.good


def test_a_reader_that_hears_nothing_is_found_out():
    tally = quick(nothing, "en")
    assert tally.total["right"] < 0.03 * tally.total["decisions"]  # what stands in a subject, which no reader reads
    assert tally.total["right"] + tally.total["missed"] == tally.total["decisions"]
    assert not tally.good


def test_the_two_libraries_are_heard_fairly_where_the_answer_stands_on_top():
    for name in ("mail-parser-reply", "quotequail"):
        planned = trials(["gmail_text" if "gmail_text" in all_shapes() else "k9_mail"], ["en"], CASES, quick=False)
        tally = run(planned, {name: READERS[name]}, LETTER, all_shapes())[name]
        assert tally.good, (name, tally.failures)


@pytest.mark.parametrize("name", ["absent_marked", "absent_subject", "outsider"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_S19_machines_and_outsiders_may_not_decide(name: str, language: str):
    octets = mail_of(Trial("k9_mail", language, CASE[name]), SHAPES["k9_mail"], words_of(language), LETTER)
    assert not may_decide(parse(octets)[0])
    assert expected(CASE[name], words_of(language)) == set()


def test_a_shape_that_is_not_there_is_named_with_those_that_are(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(["--shapes", "k9_male"])
    assert left.value.code == 2
    assert "k9_mail" in capsys.readouterr().err
