"""The line that our HTML draws beside an author's text: what it marks, and what a member types right behind that text.

The letter is the bench's digest: its authors' texts are full of lines that would decide.
"""

from __future__ import annotations

import pytest

from bench.letter import the_digest
from bench.shapes.pieces import html_of, made_of_html, marked, rows, told
from mailproc.message.html.text import shown, to_text
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Reading, read_reply

LETTER = the_digest()
HTML = html_of(LETTER.octets)
BLOCK = told(LETTER.octets, "From: {who}\nSent: Sunday, November 22, 2026 8:00 AM\nTo: {to}\nSubject: {subject}")
HEADER = rows(BLOCK, "p")
LAST = "went home before the rain came in."  # of the text of A-12
OUR_LINE = "border-left: 4px solid #8a7f6a"
PROGRAMS = {  # what a program makes of the style when it quotes us
    "as it was": OUR_LINE,
    "Outlook": "border:none;border-left:solid #8A7F6A 3.0pt;padding:2.0pt 0cm 2.0pt 12.0pt",
    "Gmail": "margin:0px 0px 18px;padding:2px 0px 2px 16px;border-left:4px solid rgb(138,127,106)",
    "a browser": "border-left: 4px solid rgb(138, 127, 106);",
    "without colour": "border-left: 4px solid",
}


def read(html: str, text: str | None = None, sent: Sent = LETTER.sent) -> Reading:
    page, sight = shown(html)
    return read_reply(text, page, to_text(html, links=True), sent, (), LETTER.listing, "member", sight)


def does(reading: Reading) -> list[tuple[str, tuple[str, ...]]]:
    return [(command.verb, command.refs) for command in reading.commands]


def typed(words: str, style: str = OUR_LINE, behind: str = LAST) -> str:
    """A reply whose words were typed behind the author's, in a paragraph of its own."""
    assert behind in HTML
    return HEADER + HTML.replace(OUR_LINE, style).replace(f"{behind}</p>", f"{behind}</p>{rows(words)}", 1)


def test_the_letter_quoted_whole_decides_nothing():
    for style in PROGRAMS.values():
        assert does(read(typed("", style))) == []


@pytest.mark.parametrize("program", sorted(PROGRAMS.keys() - {"without colour"}))
@pytest.mark.parametrize("word", ["approve", "hold, thanks", "annehmen", "aprobar", "отклонить"])
def test_a_word_behind_the_author_s_last_one_is_the_member_s(program, word):
    (command,) = read(typed(word, PROGRAMS[program])).commands
    assert command.refs == ("A-12",)


def test_a_reason_behind_it_is_whole():
    (command,) = read(typed("reject: too long,\nby half")).commands
    assert (command.verb, command.refs, command.words) == ("reject", ("A-12",), "too long,\nby half")


def test_a_line_that_is_not_ours_stays_a_quotation():
    assert does(read(typed("approve", PROGRAMS["without colour"]))) == []


def test_a_word_typed_in_the_midst_of_the_text_is_the_member_s_too():
    behind = "for the guests from abroad:"
    assert does(read(typed("discard", behind=behind))) == [("discard", ("A-12",))]


def test_of_another_letter_nothing_acts():
    """An author's text of a letter that is not the one answered: none of its lines is known."""
    other = f'<div class="theirs" style="{OUR_LINE}"><p>Nobody knows this one.</p><p>A-12 approve</p><p>yes</p></div>'
    assert does(read(f"{HEADER}{HTML}{other}")) == []
    assert does(read(f"<p>See below.</p>{other}{HTML}")) == []


def test_within_another_quotation_the_line_gives_nobody_a_word():
    """A colleague who typed there, quoted by whoever answers."""
    assert does(read(f"<p>I see.</p><blockquote>{typed('approve')}</blockquote>")) == []


def test_what_the_text_part_takes_back_does_not_act():
    """Where both parts are there they must agree."""
    lines = made_of_html(LETTER.octets).split("\n")
    assert does(read(typed("approve"), "\n".join(marked(lines)))) == []


def test_our_own_html_leaves_nothing_in_doubt():
    page, sight = shown(HTML)
    assert (sight.doubtful, sight.unseen, sight.hides) == ((), (), False)
    lines = page.split("\n")
    assert {lines[n] for n in sight.beside} - {""} == {line for line in lines if line.startswith(">")}
