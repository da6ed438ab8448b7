"""Articles as mail programs send them, through a whole desk: the bench "written" in its short form.

`make bench ARGS=written` sends them all. What judges must itself be able to say no.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import pytest

from bench.written.__main__ import SEED, faults, run, story
from bench.written.articles import SHAPES, article, languages
from bench.written.desk import Came
from bench.written.judge import BELIEVED, EQUAL, EQUAL_AND_SAID, SAID, UNSAID, judged
from bench.written.mails import Sent, dimensions, fits, flowed, mail, quoted_printable
from bench.written.pairs import Row, covering, pairs_of

PAGE = Path(__file__).resolve().parents[2] / "docs/written.md"
ROWS, NEVER = covering(dimensions(), fits, SEED)
GUESS, JOINED = "We read them by guess, as KOI8-R;", "we have joined them again."


def sent(**differs: str) -> Sent:
    row = {"language": "de", "shape": "prose", "structure": "plain", "charset": "utf-8"}
    row |= {"label": "right", "lines": "fixed", "encoding": "8bit"}
    return mail(1, row | differs, SEED)


def outcome(mail: Sent, published: str | None, receipt: str = "Thank you.") -> str:
    return judged(mail, Came("published", published, receipt)).outcome


def test_what_is_written_is_published_or_it_is_said_that_it_was_guessed(tmp_path):
    found = run(tmp_path, SEED, most=30)
    assert [story(each) for each in faults(found)] == []
    assert {each.outcome for each in found} >= {EQUAL, EQUAL_AND_SAID}


def test_every_pair_that_can_be_stands_in_a_mail():
    covered = {pair for row in ROWS for pair in pairs_of(row)}
    values = dimensions()
    can_be = {
        ((a, one), (b, other))
        for a, b in combinations(sorted(values), 2)
        for one, other in product(values[a], values[b])
        if fits({a: one, b: other})
    }
    assert covered == can_be
    assert NEVER == []
    assert len(ROWS) >= 200


def test_the_page_counts_the_mails_that_are_sent_and_none_is_wrong_without_a_word():
    text = PAGE.read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| ([^|]+) \| (\d+) \|.*\|  \|$", text, re.MULTILINE))  # the last column is empty
    counts = Counter(value for row in ROWS for value in row.values())
    assert told == {value: str(count) for value, count in counts.items()}, (
        'make bench ARGS="written --page docs/written.md"'
    )
    assert f"{UNSAID}: 0.**" in text


@pytest.mark.parametrize("shape", SHAPES)
def test_an_article_is_the_same_each_time_and_another_in_each_language(shape):
    texts = [article(language, shape, 1) for language in languages()]
    assert texts == [article(language, shape, 1) for language in languages()]
    assert len(set(texts)) == len(texts)


# The judge


def test_what_is_equal_is_equal():
    mail = sent()
    assert outcome(mail, mail.written) == EQUAL
    assert outcome(mail, mail.written, GUESS) == EQUAL_AND_SAID


@pytest.mark.parametrize(
    "altered",
    [
        lambda text: text[:0],
        lambda text: text[:-1],
        lambda text: f"{text}\n",
        lambda text: text.replace(" ", "  ", 1),
        lambda text: text.replace("e", "E", 1),
        lambda text: text.replace(" ", "\n", 1),
    ],
)
def test_a_text_that_is_not_the_one_written_is_found_out(altered):
    mail = sent()
    assert outcome(mail, altered(mail.written)) == UNSAID


def test_what_did_not_go_up_is_wrong():
    assert outcome(sent(), None) == UNSAID
    assert judged(sent(), Came("", None, "")).outcome == UNSAID


def test_other_letters_count_as_said_where_the_receipt_says_so_and_other_lines_never():
    mail = sent(charset="iso-8859-1", label="missing")
    assert outcome(mail, mail.written.replace("e", "ё"), GUESS) == SAID
    assert outcome(mail, mail.written.replace(" ", "\n", 1), GUESS) == UNSAID


def test_a_right_label_that_is_not_believed_is_a_fault_though_it_is_said():
    mail = sent(charset="iso-8859-1")
    assert len(faults([judged(mail, Came("published", mail.written.replace("e", "ё"), GUESS))])) == 1


def test_joined_lines_must_be_told():
    mail = sent(lines="flowed", shape="one long line")
    assert mail.broken
    assert outcome(mail, mail.written) == UNSAID
    assert outcome(mail, mail.written, JOINED) == EQUAL


def test_nothing_goes_up_without_a_receipt():
    mail = sent()
    assert outcome(mail, mail.written, "") == UNSAID


def test_half_of_what_stands_around_a_picture_is_not_enough():
    mail = sent(structure="text, picture, text", shape="wrapped by hand")
    assert outcome(mail, mail.written) == EQUAL
    assert mail.seam is not None
    assert outcome(mail, mail.written[: mail.seam] + "\n" + mail.written[mail.seam :]) == EQUAL
    assert outcome(mail, mail.written[: mail.seam]) == UNSAID
    assert outcome(mail, mail.written[mail.seam :]) == UNSAID


def test_of_html_words_and_paragraphs_are_compared():
    mail = sent(structure="HTML")
    assert outcome(mail, mail.written.replace(" ", "\n")) == EQUAL
    assert outcome(mail, mail.written.replace("\n\n", "\n")) == UNSAID
    assert outcome(mail, " ".join(mail.written.split(" ")[1:])) == UNSAID


def test_a_false_label_is_believed_over_a_word_or_two_only():
    mail = sent(shape="English with a name", charset="iso-8859-1", label="wrong")
    assert mail.as_labelled is None or outcome(mail, mail.as_labelled) == BELIEVED
    assert outcome(replace(mail, as_labelled="zimì"), "zimì") == BELIEVED
    assert outcome(replace(mail, as_labelled=None), "zimì") == UNSAID
    assert sent(charset="iso-8859-1", label="wrong").as_labelled is None


# The writer of mails


def test_flowed_lines_are_written_as_the_standard_says():
    text = "From here\n> quoted " + "ab " * 40 + "\n" + "long " * 20 + "end\n-- \nJo\n"
    lines = flowed(text, delsp=False).split("\n")
    assert lines[0] == " From here"
    assert all(len(line) <= 78 for line in lines)
    assert [line for line in lines if line.endswith(" ")][-1] == "-- "
    assert all(line.startswith("> ") for line in lines[1:3])


def test_quoted_printable_has_short_lines_and_no_blank_at_their_ends():
    octets = quoted_printable(("ä " * 60 + "\r\nb \r\n=").encode(), binary=False)
    assert all(len(line) <= 76 and not line.endswith(b" ") for line in octets.split(b"\r\n"))
    assert octets.endswith(b"b=20\r\n=3D")


def test_a_row_says_what_its_mail_is():
    row: Row = {**sent().row, "charset": "koi8-r", "language": "ru", "label": "missing", "encoding": "base64"}
    octets = mail(7, row, SEED).octets
    assert b"charset" not in octets
    assert b"Content-Transfer-Encoding: base64" in octets
