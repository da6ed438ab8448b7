"""What "all" names is swept: the desk may ask back what it would not ask of a named item (catalogue S97)."""

from __future__ import annotations

import pytest
from worded import hint_of

from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Command, Listed, Listing, read_lines, read_reply

LISTING = Listing(
    (
        Listed("A-12", 12, "article", "The tram"),
        Listed("F-13", 13, "material", "Photos"),
        Listed("A-14", 14, "article", "Fog"),
        Listed("U-15", 15, "unsorted", "Hello"),
        Listed("A-16", 16, "article", "Bread"),
        Listed("Q-17", 17, "enquiry", "Where is it from?"),
    ),
    single=False,
)


def commands(text: str, listing: Listing = LISTING) -> tuple[Command, ...]:
    return read_lines(text, listing, "member").commands


def swept(text: str) -> list[tuple[str, ...]]:
    return [command.swept for command in commands(text)]


@pytest.mark.parametrize(
    "line",
    [
        "all approve",
        "approve all",
        "alle genehmigen",
        "aprobar todo",
        "tout approuver",
        "the rest approve",
        "all articles: yes",
    ],
)
def test_S97_a_bulk_word_names_nothing_by_itself(line):
    found = commands(line)
    assert found
    assert all(command.swept == command.refs for command in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A-12 approve", [()]),
        ("A-12, A-14 approve", [()]),
        ("12, 14 approve", [()]),
        ("A-12 to A-16 approve", [("A-12", "A-14", "A-16")]),
        ("F-13, A-14 to A-16 approve", [("A-14", "A-16")]),
        ("14, 16-16 hold", [()]),
        ("all except A-12 approve", [("F-13", "A-14", "A-16")]),
        ("all articles\napprove", [("A-12", "A-14", "A-16")]),
        ("A-12, A-14\napprove", [()]),
        ("all approve\nA-14 approve", [("A-12", "F-13", "A-16")]),
        ("A-14 approve\nall approve", [(), ("A-12", "F-13", "A-16")]),
    ],
)
def test_S97_what_a_line_names_is_not_swept(text, expected):
    assert swept(text) == expected


def test_S97_what_all_names_beside_the_items_on_which_its_verb_goes():
    assert [command.passed for command in commands("all approve")] == [("U-15", "Q-17")]
    assert [command.passed for command in commands("all articles approve")] == [()]
    assert [command.passed for command in commands("all except U-15 approve")] == [("Q-17",)]
    assert [command.passed for command in commands("A-12 to A-16 approve")] == [()]
    assert [command.passed for command in commands("all discard")] == [()]


def test_S97_a_word_under_an_item_names_it():
    letter = "1. A-12  article  The tram\n| It was due at eight.\n\n2. F-13  material  Photos\n| Three.\n========\n"
    reply = "> 1. A-12  article  The tram\n> | It was due at eight.\napprove\n"
    (command,) = read_reply(reply, None, None, Sent(letter), (), LISTING, "member").commands
    assert (command.refs, command.swept) == (("A-12",), ())


def test_S97_all_articles_names_what_was_shown_as_one_and_what_is_one_now():
    """The desk then says which of them it left out, and why."""
    moved = Listing((Listed("A-12", 12, "material", "x"), Listed("U-13", 13, "article", "y")), single=False)
    (command,) = commands("all articles approve", moved)
    assert command.swept == ("A-12", "U-13")


SORTED = Listing(
    (Listed("U-15", 15, "article", "Hello", "enquiry"), Listed("U-18", 18, "unsorted", "Hm")), single=False
)


@pytest.mark.parametrize("line", ["U-15 yes", "15 ok", "A-15 yes", "U-15 sí", "A-15 ja"])
def test_S97_a_yes_that_took_a_guess_approves_nothing_once_somebody_has_sorted_the_mail(line):
    """Ana said yes to "our best guess: a question"; meanwhile Ben made it an article."""
    reading = read_lines(line, SORTED, "member")
    assert reading.commands == ()
    assert [each.reason for each in reading.unclear] == ["sorted-since"]
    assert 'U-15 is an article by now; write "A-15 approve"' in hint_of(reading.unclear[0])


@pytest.mark.parametrize("line", ["A-15 approve", "U-15 approve", "15 approve"])
def test_an_item_of_the_letter_may_be_called_what_it_is_called_today(line):
    letter = "1. U-15  unsorted  Hello\n| Hi\n\n2. U-18  unsorted  Hm\n| Hm\n========\n"
    (command,) = read_reply(f"{line}\n", None, None, Sent(letter), (), SORTED, "member").commands
    assert (command.verb, command.refs) == ("approve", ("U-15",))


def test_both_names_of_an_item_contradict_each_other_like_one():
    letter = "1. U-15  unsorted  Hello\n| Hi\n\n2. U-18  unsorted  Hm\n| Hm\n========\n"
    for text in ("A-15 approve\n\nU-15 discard\n", "A-15 approve\n\nPlease do not approve U-15!\n"):
        assert read_reply(text, None, None, Sent(letter), (), SORTED, "member").commands == ()
        swapped = text.replace("A-15", "X").replace("U-15", "A-15").replace("X", "U-15")
        assert read_reply(swapped, None, None, Sent(letter), (), SORTED, "member").commands == ()
