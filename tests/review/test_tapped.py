"""The mail that a tapped link began, as people finish it: their words become the words of the command, and no others.

Thunderbird and Evolution set the caret before the line that the link wrote, telephones behind it; a signature stands
above or below. What is typed anywhere goes along; what is a program's, or takes the command back, does not.
"""

from __future__ import annotations

from html import escape

import pytest
from worded import hint_of

from mailproc.message.html.text import to_text
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

TRAM, FOG = Listed("A-12", 12, "article", "The tram"), Listed("A-13", 13, "article", "Fog")
DIGEST, SINGLE = Listing((TRAM, FOG), single=False), Listing((TRAM,), single=True)
WORDS = {  # verb -> words in several languages
    "reject": (
        "We ran this in spring.",
        "Das hatten wir im Frühjahr.",
        "Nous l'avons déjà publié au printemps.",
        "Ya lo publicamos en primavera.",
        "No sources.",
        "Мы это уже печатали весной.",
        "L'abbiamo già pubblicato in primavera.",
        "We do not print adverts.",
    ),
    "ask": (
        "Which tram was it?",
        "Welche Straßenbahn war es?",
        "Quel tram était-ce ?",
        "¿Qué tranvía era?",
        "Какой это был трамвай?",
        "May we shorten it?",
        "Che tram era?",
    ),
    "note": ("I know her.", "Ich kenne sie.", "Je la connais, elle écrit bien.", "La conozco.", "Я её знаю."),
}
SHAPES = {  # where the words stand: what the link wrote is {link}
    "behind": "{link}{words}",
    "at the caret, on its line": "{words}{link}",
    "at the caret, a line above": "{words}\n{link}",
    "above": "{words}\n\n{link}",
    "below": "{link}\n{words}",
    "a paragraph below": "{link}\n\n{words}",
    "the line deleted": "{words}",
    "blanks at the end lost": "{words}\n{bare}",
    "signature below": "{words}\n{link}\n\n-- \nAna of the harbour\n+44 1632 960001",
    "signature above": "{words}\n\n-- \nAna of the harbour\n+44 1632 960001\n\n{link}",
    "signature above, words behind": "\n\n-- \nAna of the harbour\n\n{link}{words}",
    "a telephone's footer": "{link}{words}\n\nSent from my iPhone",
    "another": "{words}\n\n{link}\n\nVon meinem iPhone gesendet",
    "a greeting and a name": "Hello,\n\n{words}\n\nBest wishes,\nAna\n\n{link}",
    "a name": "{words}\n\nAna\n\n{link}",
}


def heard(verb: str, body: str, listing: Listing = DIGEST, *, form: str = "text") -> Reading:
    html = "".join(f"<div>{escape(line) or '<br>'}</div>\n" for line in body.split("\n"))
    text = None if form == "html" else body
    shown = None if form == "text" else to_text(html)
    links = None if form == "text" else to_text(html, links=True)
    return read_reply(text, shown, links, Sent(""), (), listing, "member", subject=f"A-12 {verb}")


@pytest.mark.parametrize("form", ["text", "html", "both"])
@pytest.mark.parametrize("listing", [DIGEST, SINGLE], ids=["digest", "single"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("verb", WORDS)
def test_words_typed_anywhere_go_along(verb: str, shape: str, listing: Listing, form: str):
    for words in WORDS[verb]:
        body = SHAPES[shape].format(words=words, link=f"A-12 {verb}: ", bare=f"A-12 {verb}:")
        reading = heard(verb, body, listing, form=form)
        assert [(c.verb, c.refs, c.words) for c in reading.commands] == [(verb, ("A-12",), words)], (body, reading)
        assert reading.unclear == ()


@pytest.mark.parametrize("form", ["text", "html", "both"])
@pytest.mark.parametrize(
    "body",
    ["{link}", "{bare}", "", "Thanks,\nAna", "{link}\n\n-- \nAna", "{link}\n\nSent from my iPhone", "\n\n{link}"],
)
def test_without_words_a_verb_that_can_do_without_acts_and_another_is_asked_back(body: str, form: str):
    for verb in WORDS:
        reading = heard(verb, body.format(link=f"A-12 {verb}: ", bare=f"A-12 {verb}:"), form=form)
        acts = [(c.verb, c.refs, c.words) for c in reading.commands]
        assert acts == ([("reject", ("A-12",), "")] if verb == "reject" else [])
        assert [each.reason for each in reading.unclear] == ([] if verb == "reject" else ["no-words"])
        assert all(f'"A-12 {verb}: ..."' in hint_of(each) for each in reading.unclear)


def test_paragraphs_above_and_below_stay_in_their_order():
    (command,) = heard("reject", "One.\n\nTwo.\n\n\nA-12 reject: three.\nFour.\n\nFive.").commands
    assert command.words == "One.\n\nTwo.\nthree.\nFour.\n\nFive."


@pytest.mark.parametrize(
    "body",
    [
        "Do not reject this.\n{link}",
        "I would not reject it\n\n{link}",
        "Bitte nicht ablehnen!\n{link}",
        "Ne le rejetez pas.\n\n{link}",
        "I do not think we should\n{link}",
        "Ich glaube nicht, dass wir\n\n{link}",
        "Unless she cuts it.\n{link}",
        "Should we reject this?\n{link}",
        "approve\n{link}",
        "aprove\n{link}",
        "A-13 approve\n{link}",
        "A-12 approve",
        "{link}\nunless she cuts it",
        "{link}\n\nA-13 hold",
    ],
)
@pytest.mark.parametrize("listing", [DIGEST, SINGLE], ids=["digest", "single"])
def test_what_takes_the_command_back_keeps_it_from_acting_and_is_asked_back(body: str, listing: Listing):
    reading = heard("reject", body.format(link="A-12 reject: "), listing)
    assert reading.commands == ()
    assert reading.unclear


@pytest.mark.parametrize("body", ["I like it", "approve, but cut the end", "A-12 approve: nice"])
def test_a_verb_without_words_takes_none_from_the_body(body: str):
    assert heard("approve", body).commands == ()


def test_words_that_only_one_part_of_the_mail_has_are_sent_to_nobody():
    reading = read_reply(
        "A-12 reject: too long", "A-12 reject: a lie", "A-12 reject: a lie", Sent(""), (), DIGEST, "member",
        subject="A-12 reject",
    )  # fmt: skip
    assert reading.commands == ()


@pytest.mark.parametrize(
    "body",
    [
        "{link}\n\nBen wrote:\nIt is a lie.",
        "Ben said:\nIt is a lie.\n\n{link}",
        "{link}too long\n\nOn Sun, 22 Nov 2026 at 08:00, Ben <ben@gangway.example> wrote:\nIt is a lie.",
        "{link}\n\nAm 22.11.2026 um 08:00 schrieb Ben:\nIt is a lie.",
        "{link}\n\nLe 22/11/2026 à 08:00, Ben a écrit :\nIt is a lie.",
        "{link}\n\nEl 22/11/2026, Ben escribió:\nIt is a lie.",
        "{link}\n\nBen ha scritto:\nIt is a lie.",
        "{link}\n\nBen escreveu:\nIt is a lie.",
        "{link}\n\nBen написал:\nIt is a lie.",
        "{link}\n\n---------- Forwarded message ---------\nIt is a lie.",
        "{link}\n\n-----Ursprüngliche Nachricht-----\nIt is a lie.",
        "{link}\n\nFrom: Ben <ben@gangway.example>\nSent: 22 November 2026\nTo: Ana\nSubject: A\n\nIt is one.",
    ],
)
@pytest.mark.parametrize("verb", WORDS)
def test_somebody_else_s_words_are_sent_to_nobody(verb: str, body: str):
    for form in ("text", "html", "both"):
        reading = heard(verb, body.format(link=f"A-12 {verb}: "), form=form)
        assert not any("It is" in command.words for command in reading.commands), (form, reading)


@pytest.mark.parametrize("form", ["text", "html", "both"])
def test_a_long_reason_that_takes_the_word_back_at_its_end_does_not_act(form: str):
    reason = "\n".join(f"It is too long in line {n}." for n in range(50))
    assert heard("reject", f"{reason}\n\nA-12 reject: ", form=form).commands[0].words == reason
    assert heard("reject", f"{reason}\nAfter all, do not reject it.\n\nA-12 reject: ", form=form).commands == ()


def test_an_answer_s_subject_is_no_command():
    reading = read_reply("We ran this in spring.", None, None, Sent(""), (), DIGEST, "member")
    assert reading.commands == ()


@pytest.mark.parametrize("form", ["text", "html", "both"])
@pytest.mark.parametrize("verb", ["approve", "hold", "discard"])
@pytest.mark.parametrize(
    "body",
    [
        *("Thank you.{link}", "Danke!{link}", "Merci !{link}", "Gracias, Ana.{link}", "Спасибо.{link}"),
        *("Hello,\n\nthanks.{link}", "{link}Thank you.", "{link}thanks", "{link}Danke!", "{link}Grazie mille.\n\nAna"),
    ],
)
def test_a_courtesy_typed_at_the_caret_touches_the_line_of_the_link(body: str, verb: str, form: str):
    """What Thunderbird (caret before) and Roundcube (behind) send: tests/corpus/taps."""
    reading = heard(verb, body.format(link=f"A-12 {verb}"), form=form)
    assert [(c.verb, c.refs) for c in reading.commands] == [(verb, ("A-12",))], reading
    assert reading.unclear == ()


@pytest.mark.parametrize("form", ["text", "html", "both"])
@pytest.mark.parametrize(
    "body",
    [
        *("Do not{link}", "I do not want to{link}", "Bitte nicht{link}", "Only if{link}", "Unless she agrees,{link}"),
        *("Ben said{link}", "Ben wrote:{link}", "no{link}", "reject{link}", "{link}d it yesterday", "{link}s nobody"),
        *("{link}Not yet", "{link}But only after Friday.", "{link}Or not?", "{link}Hold it.", "{link}If she agrees"),
    ],
)
def test_what_is_typed_there_takes_the_command_back_as_on_lines_of_its_own(body: str, form: str):
    reading = heard("approve", body.format(link="A-12 approve"), form=form)
    assert not reading.commands
    assert reading.unclear
