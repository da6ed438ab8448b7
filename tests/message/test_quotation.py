"""Subtraction: what of a reply is the writer's own, and what was quoted last before it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.words.quotation import Sent, own_lines

LETTER = """One item waits.

1. A-12  article  The tram that never came to the harbour
From Jo Poole, not authenticated
Votes: none

| For eleven years the council has promised a tram to the harbour.
| approve
| And what do we have instead of it? A bus stop without a bus.

2. A-13  article  Another piece, on the price of bread and butter
Votes: none

| Bread was cheaper when my grandmother bought it at the corner.

========================
Settled: nothing
The Harbour Review, weekday desk"""
SENT = Sent(LETTER)


def own(reply: str, sent: Sent = SENT, earlier: tuple[str, ...] = ()) -> list[str]:
    return [line.text for line in own_lines(reply, sent, earlier) if line.own and not line.marked and line.text.strip()]


def after(reply: str, text: str, sent: Sent = SENT) -> int | None:
    return next(line.after for line in own_lines(reply, sent) if line.text == text)


def test_a_letter_sent_back_leaves_nothing():
    assert own(LETTER) == []


def test_every_line_of_the_reply_comes_back():
    reply = "a\n\nb\r\nc\n"
    assert [line.text for line in own_lines(reply, SENT)] == ["a", "", "b", "c", ""]


def test_words_above_an_unmarked_quotation_are_own():
    assert own(f"A-12 approve\n\n{LETTER}") == ["A-12 approve"]


def test_a_short_line_of_the_letter_elsewhere_is_own():
    assert own(f"approve\n\nVotes: none\n\n{LETTER}") == ["approve", "Votes: none"]


def test_a_short_line_in_its_place_is_quoted():
    lines = LETTER.split("\n")
    assert own("\n".join(lines[6:8])) == []


def test_a_short_line_is_in_its_place_above_its_neighbour_too():
    assert own("Votes: none\n\nmine\n\n| For eleven years the council has promised a tram to the harbour.") == ["mine"]


def test_after_is_uncertain_where_cutting_made_neighbours_that_another_item_has():
    votes = "Votes: none yet, one approval is needed"
    first = f"1. A-1  article  x\nFrom Jo\n{votes}\nCheck: it is long\nText, 9 words:"
    letter = f"{first}\n\n2. A-2  article  y\n{votes}\nText, 9 words:"
    reply = f"> 1. A-1  article  x\n> {votes}\n> Text, 9 words:\nmine"
    assert after(reply, "mine", Sent(letter)) is None


def test_an_unmarked_line_below_its_marked_neighbour_is_own():
    assert own("> | For eleven years the council has promised a tram to the harbour.\napprove") == ["approve"]


def test_a_line_repeated_below_its_quotation_is_own():
    lines = LETTER.split("\n")
    assert own("\n".join([*lines[:8], "approve", *lines[8:]])) == ["approve"]


@pytest.mark.parametrize("width", [24, 40, 72])
def test_a_wrapped_quotation_is_found(width: int):
    words, lines = LETTER.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    assert own("I said so\n\n" + "\n".join(lines)) == ["I said so"]


def test_after_is_the_line_quoted_last():
    lines = LETTER.split("\n")
    reply = "\n".join(
        [*(f"> {line}" for line in lines[:7]), "", "mine", "", *(f"> {line}" for line in lines[7:12]), "also"]
    )
    assert (after(reply, "mine"), after(reply, "also")) == (6, 11)


def test_after_is_nothing_above_all_quotation():
    assert after(f"mine\n\n{LETTER}", "mine") is None


def test_after_is_nothing_below_a_line_that_stands_twice_in_the_letter():
    twice = Sent(
        "1. A-12\nno votes yet, one approval is needed here\n2. A-13\nno votes yet, one approval is needed here"
    )
    assert after("> no votes yet, one approval is needed here\nmine", "mine", twice) is None


def test_a_line_of_the_html_part_alone_stands_at_its_place_in_the_text_part():
    html = LETTER.replace("Votes: none\n\n| For", "approve A-12 by mail, reject A-12 by mail\n\n| For")
    sent = Sent(LETTER, (html,))
    reply = "approve A-12 by mail, reject A-12 by mail\nmine"
    assert own(reply, sent) == ["mine"]
    assert LETTER.split("\n")[after(reply, "mine", sent) or 0].startswith("From Jo Poole")


def test_quote_marks_of_every_program_count():
    marks = [line.marked for line in own_lines("> a\n>> b\n| c\n: d\n  > | e\nf > g\n\ufeff> h", SENT)]
    assert marks == [True, True, True, True, True, False, True]


def test_invisible_characters_and_hard_blanks_make_no_difference():
    assert own("\ufeff" + LETTER.replace(" ", "\xa0").replace("o", "o\u200e")) == []


def test_a_script_without_blanks_is_found_when_wrapped():
    sent = Sent("港町の評論へようこそ、毎日の便りをお待ちしています。")
    assert own("承認\n港町の評論へようこそ、毎日\nの便りをお待ちしています。", sent) == ["承認"]


def test_an_earlier_mail_of_the_thread_is_quoted_too():
    earlier = "A-12 reject, it is much too long for us all\n\nBen"
    reply = "A-12 approve\n\nOn 22 Nov 2026 at 08:00, Ben <ben@home.example> wrote:\n\n" + earlier
    assert own(reply, earlier=(earlier,)) == ["A-12 approve"]


def test_saying_again_on_top_what_an_earlier_mail_said_is_own():
    earlier = "A-12 approve\nA-13 reject it is too long"
    assert own(earlier, earlier=(earlier,)) == earlier.split("\n")


def test_a_short_list_that_the_letter_holds_too_is_loose():
    sent = Sent("1. A-12\n\n| A-12 approve\n| A-13 reject\n| A-14 hold\n| and that is all there is to say")
    lines = own_lines("A-12 approve\nA-13 reject\nA-14 hold", sent)
    assert all(line.loose for line in lines)


ATTRIBUTIONS = [
    "On Sun, 22 Nov 2026 at 08:00, Desk <desk@harbour.example> wrote:",
    "On Sun, 22 Nov 2026 at 08:00, The Harbour Review Weekday Desk\n<desk@harbour.example> wrote:",
    "Am 22.11.2026 um 08:00 schrieb Desk:",
    "Le dim. 22 nov. 2026 à 08:00, Desk a écrit :",
    "El dom, 22 nov 2026 a las 8:00, Desk (<desk@harbour.example>) escribió:",
    "22 ноября 2026 г. 08:00 пользователь Desk <desk@harbour.example> написал:",  # noqa: RUF001 - Russian is written so
    "2026年11月22日(日) 8:00 Desk <desk@harbour.example>:",
    "From: Desk <desk@harbour.example>\nSent: Sunday, 22 November 2026\nTo: Ana\nSubject: One item",
    "*Von:* Desk <desk@harbour.example>\n*Gesendet:* Sonntag, 22. November 2026\n*An:* Ana\n*Betreff:* One item",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "________________________________",
    "Sent from my iPhone",
    "Get Outlook for Android",
    "Von meinem iPhone gesendet",
    "Envoyé de mon téléphone",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_what_programs_write_around_a_quotation_is_nobody_s(attribution: str):
    quoted = "\n".join(f"> {line}" for line in LETTER.split("\n"))
    assert own(f"mine\n\n{attribution}\n\n{quoted}") == ["mine"]


@pytest.mark.parametrize(
    "line",
    [
        "A-12 reject, the fair of 22 November 2026 at 08:00 is over:",
        "reject: too long",
        "Here is what I think:",
        "--- begin",
        "--- end",
        "--",
    ],
)
def test_a_writer_s_line_is_not_taken_for_a_program_s(line: str):
    assert own(f"{line}\n\n> {LETTER}") == [line]


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300), st.text(max_size=300))
def test_it_never_fails_and_keeps_every_line(reply: str, letter: str):
    lines = own_lines(reply, Sent(letter, (letter[::-1],)), (reply[:50],))
    assert [line.text for line in lines] == reply.replace("\r\n", "\n").split("\n")


@pytest.mark.parametrize(
    "unit", ["On ", "a ", "approve\n", "From: a@b.example ", "> ", "AB>", "On 1.1.2026 10:00 a@b.c wrote:\n"]
)
def test_hostile_text_is_read_to_its_end(unit: str):
    """Half a megabyte: what is not linear does not come back."""
    text = unit * (500_000 // len(unit))
    assert len(own_lines(text, Sent(text[:250_000], (text,)))) == text.count("\n") + 1
