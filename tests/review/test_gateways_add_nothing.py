"""What a gateway sets above or below a reply changes nothing in it, and words without a verb decide nothing.

Through every shape of the bench, in seven languages: banners and footers in more languages than that, with and without
verbs in their prose, wrapped anywhere, in text and HTML. MAILPROC_SEEDS=20 tries more of them.
"""

from __future__ import annotations

import html
import os
import re
import textwrap
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.answers import CASES, LANGUAGES, Answer, answers_of, expected, words_of
from bench.letter import ANSWERED_AT, the_digest
from bench.readers import heard, may_decide, ours
from bench.replies import Trial, decided, mail_of
from bench.shapes.table import all_shapes
from mailproc.message.parse import parse
from mailproc.review.reply.command import Reading

HERE = Path(__file__).resolve().parent
LETTER = the_digest()
SHAPES = all_shapes()
WORDS = {language: words_of(language) for language in LANGUAGES}
CASE = {case.name: case for case in CASES}
SAID = [case for case in CASES if (case.does or case.back) and not case.field and not case.subject]
EXAMPLES = 40 * int(os.environ.get("MAILPROC_SEEDS", "3"))

SENTENCES = tuple((HERE / "words/gateways.txt").read_text(encoding="utf-8").splitlines())
RULES = ("", "-" * 40, "_" * 60, "*" * 30, "=" * 24, "-- ", "[EXTERNAL]", "***")


@st.composite
def additions(draw: st.DrawFn) -> str:
    """A banner or a footer: sentences in one paragraph or several, wrapped somewhere, with a rule above or not."""
    sentences = draw(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4))
    width = draw(st.sampled_from([0, 40, 60, 72, 76]))
    text = draw(st.sampled_from([" ", "\n", "\n\n"])).join(sentences)
    if width:
        text = "\n".join("\n".join(textwrap.wrap(line, width)) for line in text.split("\n"))
    return f"{draw(st.sampled_from(RULES))}\n{text}".strip("\n")


def through_a_gateway(octets: bytes, above: str, below: str) -> bytes:
    """The mail with a banner on top and a footer at its end, in each of its texts."""
    mail = message_from_bytes(octets, policy=policy.SMTP.clone(max_line_length=998))
    assert isinstance(mail, EmailMessage)
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            part.set_content(
                "\n\n".join(each for each in (above, part.get_content().rstrip("\n"), below) if each) + "\n"
            )
        elif part.get_content_type() == "text/html":
            part.set_content(_around(part.get_content(), _rows(above), _rows(below)), subtype="html")
    return mail.as_bytes()


def _rows(text: str) -> str:
    rows = "".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in text.split("\n"))
    return f'<div style="background:#ffeb9c">{rows}</div><br>' if text else ""


def _around(rich: str, above: str, below: str) -> str:
    found = re.match(r"(?s)(.*<body[^>]*>)(.*)(</body>.*)", rich)
    return f"{found[1]}{above}{found[2]}{below}{found[3]}" if found else f"{above}{rich}{below}"


def read(octets: bytes) -> Reading:
    message, _ = parse(octets)
    return heard(ours, message, octets, LETTER) if may_decide(message) else Reading((), ())


@settings(deadline=None, max_examples=EXAMPLES, derandomize="MAILPROC_SEEDS" not in os.environ)
@given(
    st.sampled_from(sorted(SHAPES)),
    st.sampled_from(LANGUAGES),
    st.sampled_from(SAID),
    st.one_of(st.just(""), additions()),
    st.one_of(st.just(""), additions()),
)
@example("k9_mail", "en", CASE["approve"], "", SENTENCES[1])
@example("no_break_blanks", "en", CASE["approve"], "", SENTENCES[2])
@example("roundcube_bottom", "en", CASE["approve"], "", SENTENCES[3])
@example("roundcube_bottom", "de", CASE["hold"], "", SENTENCES[11])
@example("all_marks_lost", "en", CASE["approve"], "", SENTENCES[10])  # a number in groups, 12 among them
@example("tapped", "en", CASE["reject_reason"], "", SENTENCES[1])
@example("tapped", "en", CASE["mixed"], SENTENCES[4], SENTENCES[2])
def test_S17_what_a_gateway_adds_changes_nothing(shape: str, language: str, case, above: str, below: str):
    octets = mail_of(Trial(shape, language, case), SHAPES[shape], WORDS[language], LETTER)
    before, after = decided(read(octets)), decided(read(through_a_gateway(octets, above, below)))
    assert after == before, (shape, answers_of(case, WORDS[language]))


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_S17_a_banner_and_a_footer_around_a_reply_leave_its_decisions(shape: str):
    case = CASE["mixed"]
    octets = mail_of(Trial(shape, "en", case), SHAPES[shape], WORDS["en"], LETTER)
    above, below = "\n".join(SENTENCES[4:6]), "_" * 40 + "\n" + "\n".join(SENTENCES[:4])
    assert decided(read(through_a_gateway(octets, above, below))) == expected(case, WORDS["en"])


# Words of people who answer without deciding: no verb, no yes and no no of any language among them
PROSE = (HERE / "words/without_verbs.txt").read_text(encoding="utf-8").split()


@settings(deadline=None, max_examples=EXAMPLES, derandomize="MAILPROC_SEEDS" not in os.environ)
@given(
    st.sampled_from(sorted(SHAPES)),
    st.lists(
        st.tuples(
            st.sampled_from([None, "A-12", "A-13", "F-14", "M-15", "U-16"]),
            st.lists(st.sampled_from(PROSE), min_size=1, max_size=14).map(" ".join),
        ),
        max_size=4,
        unique_by=lambda pair: pair[0],
    ),
)
def test_S17_random_text_without_a_verb_decides_nothing(shape: str, written: list[tuple[str | None, str]]):
    answers = [Answer(ref, text) for ref, text in written]
    octets = SHAPES[shape](LETTER.octets, answers, "Ana Lund <ana@harbour.example>", ANSWERED_AT)
    assert decided(read(octets)) == set()


@settings(deadline=None, max_examples=EXAMPLES, derandomize="MAILPROC_SEEDS" not in os.environ)
@given(
    st.sampled_from(sorted(SHAPES)),
    st.sampled_from(LANGUAGES),
    st.integers(0, LETTER.sent.text.count("\n")),
    st.integers(1, 12),
)
def test_S17_lines_of_the_letter_said_again_on_top_decide_nothing(shape: str, language: str, first: int, count: int):
    lines = LETTER.sent.text.split("\n")[first : first + count]
    answers = [Answer(None, "\n".join(lines)), Answer(None, WORDS[language]["quoted"][0])]
    octets = SHAPES[shape](LETTER.octets, answers, "Ana Lund <ana@harbour.example>", ANSWERED_AT)
    assert decided(read(octets)) == set()
