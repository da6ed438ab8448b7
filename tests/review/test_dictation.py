"""References as they are dictated, decorated or made links, thumbs beside them, and places; prose stays prose."""

# ruff: noqa: RUF001 - letters of several scripts, and meant

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worded import hint_of

from mailproc.message.words.quotation import Sent
from mailproc.review.language import verbs
from mailproc.review.language.lexicon import LEXICONS, Lexicon
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

LISTING = Listing(
    (
        Listed("A-12", 12, "article", "The tram"),
        Listed("F-13", 13, "material", "Photos"),
        Listed("A-21", 21, "article", "Bread"),
        Listed("A-4", 4, "article", "Fog"),
        Listed("U-9", 9, "unsorted", "Hello", "article"),
        Listed("A-11", 11, "article", "Rain"),
        Listed("A-97", 97, "article", "Snow"),
    ),
    single=False,
)
ONE = Listing(LISTING.items[:1], single=True)
LANGUAGES = pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda lexicon: lexicon.language)


def said(text: str, listing: Listing = LISTING) -> Reading:
    return read_reply(text, None, None, Sent(""), (), listing, "member")


def acts(reading: Reading) -> list[tuple[str, ...]]:
    return [tuple(p for p in (c.verb, *c.refs, c.words, c.argument) if p) for c in reading.commands]


# Dictated

DICTATED = {
    "A twelve approve": [("approve", "A-12")],
    "a dash 12 approve": [("approve", "A-12")],
    "A minus 12 approve": [("approve", "A-12")],
    "A hyphen twelve: approve.": [("approve", "A-12")],
    "approve a twelve": [("approve", "A-12")],
    "please approve A twelve, thanks": [("approve", "A-12")],
    "a twenty-one hold": [("hold", "A-21")],
    "a twenty one hold": [("hold", "A-21")],
    "A twelve and F thirteen approve": [("approve", "A-12", "F-13")],
    "A twelve reject: too long": [("reject", "A-12", "too long")],
    "A zw\xf6lf annehmen": [("approve", "A-12")],
    "a zwoelf annehmen": [("approve", "A-12")],
    "A Strich zw\xf6lf annehmen": [("approve", "A-12")],
    "A doce aprobar": [("approve", "A-12")],
    "A gui\xf3n doce aprobar": [("approve", "A-12")],
    "a douze approuver": [("approve", "A-12")],
    "A trait d'union douze accepter": [("approve", "A-12")],
    "A vingt et un approuver": [("approve", "A-21")],
    "A vingt-et-un approuver": [("approve", "A-21")],
    "A ventuno approvare": [("approve", "A-21")],
    "A vinte e um aprovar": [("approve", "A-21")],
    "А двадцать один принять": [("approve", "A-21")],
    "А тире двенадцать принять": [("approve", "A-12")],
}


@pytest.mark.parametrize("text", DICTATED)
def test_a_dictated_reference_is_one(text: str):
    reading = said(text)
    assert (acts(reading), reading.unclear) == (DICTATED[text], ())


@LANGUAGES
def test_every_number_up_to_ninety_nine_can_be_dictated(lexicon: Lexicon):
    everything = Listing(tuple(Listed(f"A-{n}", n, "article", "x") for n in range(1, 100)), single=False)
    approve = lexicon.forms["approve"][0]
    for number, ways in enumerate(lexicon.numbers, 1):
        for way in ways:
            for text in (f"A {way} {approve}", f"a {lexicon.dashes[0]} {way}: {approve}", f"{approve} A {way}"):
                assert acts(said(text, everything)) == [("approve", f"A-{number}")], text


PROSE = (
    "a 12 year old approved",
    "a twelve year old approved it",
    "At twelve approve",
    "At twelve approve the lot",
    "a hundred hold",
    "twelve approve, three reject",
    "Twelve approve",
    "I twelve approve",
    "A twelve approve but cut the end",
    "a twelve approved articles of last year",
    "A doce personas aprobar",
    "A minus for the author: approve",
    "a dash of salt, approve",
    "A few approve",
    "a dozen approve",
)


@pytest.mark.parametrize("text", PROSE)
@pytest.mark.parametrize("listing", [LISTING, ONE], ids=["digest", "one item"])
def test_prose_with_numbers_in_it_decides_nothing(text: str, listing: Listing):
    assert said(text, listing).commands == ()


# Thumbs, ticks and crosses

SIGNS = {
    "A-12 \U0001f44d": [("approve", "A-12")],
    "\U0001f44d A-12": [("approve", "A-12")],
    "A-12 \U0001f44d\U0001f3fd": [("approve", "A-12")],
    "A-12: \U0001f44d\U0001f44d, thanks!": [("approve", "A-12")],
    "A-12 \u2714\ufe0f": [("approve", "A-12")],
    "\u2705 A-12": [("approve", "A-12")],
    "\u2611\ufe0f A-12, F-13": [("approve", "A-12", "F-13")],
    "A-12 \u2713": [("approve", "A-12")],
    "A-12 \U0001f44d approve": [("approve", "A-12")],
    "\U0001f44d approve A-12": [("approve", "A-12")],
    "A twelve \U0001f44d": [("approve", "A-12")],
    "12 \U0001f44d": [("approve", "A-12")],
    "U-9 \U0001f44d": [("sort", "U-9", "article")],
    "A-12 \U0001f44e": [("reject", "A-12")],
    "A-12 \U0001f44e\U0001f3ff": [("reject", "A-12")],
    "\u274c A-12": [("reject", "A-12")],
    "A-12 \u2717: too long": [("reject", "A-12", "too long")],
    "A-12 \U0001f44e reject: too long": [("reject", "A-12", "too long")],
}


@pytest.mark.parametrize("text", SIGNS)
def test_a_sign_beside_a_reference_answers(text: str):
    reading = said(text)
    assert (acts(reading), reading.unclear) == (SIGNS[text], ())


NO_ANSWER = (
    "\U0001f44d",
    "\u2705",
    "\u274c",
    "A-12 \U0001f44d?",
    "A-12? \U0001f44d",
    "A-12 \U0001f44d\U0001f44e",
    "A-12 \U0001f44e\U0001f44d",
    "A-12 \U0001f44d but cut the end",
    "A-12 \U0001f44e too long",
    "A-12 approve \U0001f44e",
    "\U0001f44d A-12 reject",
    "not \U0001f44d A-12",
    "\U0001f44d for the author of A-12",
    "A-12 \U0001f602",
    "\U0001f44d A-99",
)


@pytest.mark.parametrize("text", NO_ANSWER)
def test_a_sign_alone_or_in_doubt_decides_nothing(text: str):
    assert said(text).commands == ()
    assert said(text, ONE).commands == ()


# Decorated

AROUND = (
    *("{}", "*{}*", "**{}**", "_{}_", "__{}__", "`{}`", '"{}"', "'{}'", "({})", "[{}]", "<{}>", "{{{}}}"),
    *("\u201c{}\u201d", "\xab{}\xbb", "\u201e{}\u201c", "***{}***", "*_{}_*", "#{}", "{}:", "{},"),
)
LINKED = (
    *("{}", "{} <https://desk.example/a?x=1>", "{} (https://desk.example/a)", "[{}](https://desk.example)"),
    *("{}<http://desk.example>", "*{}* <https://desk.example>", "{} (https://desk.example/a(b))", "{} <tel:12>"),
)
SPELLED = (
    *("A-12", "a-12", "A12", "A 12", "A - 12", "A\u201312", "A \u2014 12", "A--12", "A\u201112", "A\u221212"),
    *("\u0410-12", "\uff21-12", "\uff21\uff0d\uff11\uff12", "A-\uff11\uff12", "A \u2013 12", "a twelve", "A dash 12"),
)
VERBED = ("{}", "{}.", "*{}*", "**{}**", "_{}_", "`{}`", '"{}"', "\u201c{}\u201d", "({})", "{}!", "{} - thanks", "[{}]")
BETWEEN = (" ", ": ", " - ", " \u2013 ", " => ", " \u2192 ", " ... ", " \u2026 ", ", ", " = ", " / ", " | ")


@settings(deadline=None, max_examples=400)
@given(
    st.sampled_from(SPELLED),
    st.sampled_from(AROUND),
    st.sampled_from(BETWEEN),
    st.sampled_from(VERBED),
    st.sampled_from(["approve", "hold", "discard", "yes", "annehmen", "aprobado", "approuv\xe9", "одобрить"]),
)
def test_what_stands_around_a_reference_and_a_verb_does_not_change_the_reading(
    ref: str, around: str, between: str, verbed: str, verb: str
):
    line = f"{around.format(ref)}{between}{verbed.format(verb)}"
    meant = verbs.forms("member")[verb.split(maxsplit=1)[0]] if verb.isascii() and verb != "yes" else None
    name = meant[-1][1] if meant else "approve"
    reading = said(line)
    assert (acts(reading), reading.unclear) == ([(name, "A-12")], ()), line


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(LINKED), st.sampled_from(("A-12", "A12", "A\u201312", "a-12")), st.sampled_from(["approve", "hold"])
)
def test_a_link_behind_a_reference_does_not_change_the_reading(linked: str, ref: str, verb: str):
    for line in (f"{linked.format(ref)} {verb}", f"{verb} {linked.format(ref)}"):
        reading = said(line)
        assert (acts(reading), reading.unclear) == ([(verb, "A-12")], ()), line


@pytest.mark.parametrize("around", AROUND[:12])
def test_a_reason_behind_decorations_is_the_reason_alone(around: str):
    assert acts(said(f"{around.format('A-12')} {around.format('reject')}: too long, [sic]")) == [
        ("reject", "A-12", "too long, [sic]")
    ]


@pytest.mark.parametrize("text", ["A-12_final.pdf approve", "my_A-12_b approve", "A-12x approve", "~~A-12~~ approve"])
def test_a_name_that_holds_a_reference_is_none(text: str):
    assert said(text).commands == ()


# Places

PLACES = {
    "approve number 1": [("approve", "A-12")],
    "number 1: approve": [("approve", "A-12")],
    "approve #1": [("approve", "A-12")],
    "\u2116 1 approve": [("approve", "A-12")],
    "approve no. 1": [("approve", "A-12")],
    "item 3 hold": [("hold", "A-21")],
    "items 1 to 3 hold": [("hold", "A-12", "F-13", "A-21")],
    "numbers 1 and 3 approve": [("approve", "A-12", "A-21")],
    "number two approve": [("approve", "F-13")],
    "number twelve approve": [("approve", "A-12")],
    "approve the first one": [("approve", "A-12")],
    "the second one: hold": [("hold", "F-13")],
    "the first reject: too long": [("reject", "A-12", "too long")],
    "n\xfamero 2 aprobar": [("approve", "F-13")],
    "el segundo rechazar": [("reject", "F-13")],
    "num\xe9ro 2 approuver": [("approve", "F-13")],
    "la deuxi\xe8me: approuver": [("approve", "F-13")],
    "Nummer 2 annehmen": [("approve", "F-13")],
    "die zweite annehmen": [("approve", "F-13")],
    "numero 2 approvare": [("approve", "F-13")],
    "n\xfamero 2 aprovar": [("approve", "F-13")],
    "номер 2 принять": [("approve", "F-13")],
}


@pytest.mark.parametrize("text", PLACES)
def test_what_is_called_a_number_is_a_place_where_no_item_has_it(text: str):
    reading = said(text)
    assert (acts(reading), reading.unclear) == (PLACES[text], ())


IN_DOUBT = {
    "1 approve": "no item has the number 1; if you mean the one at place 1, write A-12",
    "approve number 4": "4 is an item's",
    "number 99 approve": "99 is not in the letter",
    "undo number 1": "1 may be an item's number or a place; if you mean the one at place 1, write A-12",
    "approve the ninth one": "9",
    "reject the first half is dull": "A-12 reject",
}


@pytest.mark.parametrize("text", IN_DOUBT)
def test_a_number_that_may_be_two_things_is_asked_back(text: str):
    """In this letter A-4 stands at place 4, so that it is one thing; A-97 and A-4 changed places, it is two."""
    items = LISTING.items
    moved = Listing((*items[:3], items[6], *items[4:6], items[3]), single=False)
    reading = said(text, moved)
    assert reading.commands == ()
    assert any(IN_DOUBT[text].split(" is an ")[0] in hint_of(unclear) for unclear in reading.unclear), reading.unclear


def test_prima_behind_a_verb_praises_and_is_no_place():
    assert acts(said("A-21 genehmigen, prima!")) == [("approve", "A-21")]
    assert said("genehmigen, prima!").commands == ()


@pytest.mark.parametrize("text", ["\U0001f44d", "\u2705 \u2705", "Hi!\n\n\U0001f44d\n\nAna", "\U0001f44d\U0001f3fd"])
def test_a_thumb_alone_decides_nothing_and_is_shown_back(text: str):
    for listing in (LISTING, ONE):
        reading = said(text, listing)
        assert (acts(reading), [each.reason for each in reading.unclear]) == ([], ["no-verb"])


def test_a_thumb_beside_words_is_polite():
    for text in ("A-12 approve\n\U0001f44d", "\U0001f44d\n\nA-12 approve", "Thanks \U0001f44d\nA-12 approve"):
        assert (acts(said(text)), said(text).unclear) == ([("approve", "A-12")], ())
