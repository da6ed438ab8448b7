"""The grammar, line by line: what acts, what is asked back, and what a mail may not do to itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worded import hint_of

from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Command, Listed, Listing, Reading, blocks, read_lines, read_reply

LISTING = Listing(
    (
        Listed("A-12", 12, "article", "The tram"),
        Listed("F-13", 13, "material", "Photos"),
        Listed("M-14", 14, "membership", "Jo Poole"),
        Listed("U-15", 15, "unsorted", "Hello", "article"),
        Listed("A-16", 16, "article", "Bread"),
        Listed("M-16", 16, "membership", "Kim Lee"),
        Listed("Q-17", 17, "enquiry", "Where is it from?"),
        Listed("U-18", 18, "unsorted", "Hm"),
    ),
    single=False,
)
NO_LETTER = Listing((), single=False)
LETTER = "\n".join(
    [
        "Eight items wait for you here.",
        "",
        *(
            line
            for place, item in enumerate(LISTING.items, 1)
            for line in (
                f"{place}. {item.ref}  {item.kind}  {item.title}",
                f"From somebody number {item.number} {item.ref[0]} of many",
                "| A-13 is named here",
                "",
            )
        ),
        "========================",
        "Settled: nothing at all since the last one",
        "The Harbour Review",
    ]
)
SENT = Sent(LETTER)


def said(text: str, who: str = "member", listing: Listing = LISTING) -> Reading:
    return read_reply(text, None, None, SENT, (), listing, who)


def acts(reading: Reading) -> list[tuple[str, ...]]:
    return [tuple(p for p in (c.verb, *c.refs, c.words, c.argument) if p) for c in reading.commands]


def reasons(reading: Reading) -> list[str]:
    return [unclear.reason for unclear in reading.unclear]


def under(ref: str, words: str, mark: str = "> ") -> str:
    """The digest quoted, with words under one item."""
    lines = []
    for line in LETTER.split("\n"):
        lines.append((mark + line).rstrip())
        if f". {ref} " in line:
            lines += ["", words, ""]
    return "\n".join(lines)


ACTS = {
    "A-12 approve": [("approve", "A-12")],
    "approve A-12": [("approve", "A-12")],
    "a-12: Approved.": [("approve", "A-12")],
    "A12 yes": [("approve", "A-12")],
    "A\u201112 \u2013 ok, thanks!": [("approve", "A-12")],
    "**A-12** approve": [("approve", "A-12")],
    "\u201cA-12 approve\u201d": [("approve", "A-12")],
    "- A-12 approve": [("approve", "A-12")],
    "1. A-12 approve": [("approve", "A-12")],
    "please approve item 12, thank you": [("approve", "A-12")],
    "I approve A-12": [("approve", "A-12")],
    "Yes, approve A-12": [("approve", "A-12")],
    "12 approve": [("approve", "A-12")],
    "#12 approve": [("approve", "A-12")],
    "A-12, F-13 approve": [("approve", "A-12", "F-13")],
    "approve A-12 and M-14": [("approve", "A-12", "M-14")],
    "12-14 approve": [("approve", "A-12", "F-13", "M-14")],
    "A-12 to A-16 hold": [("hold", "A-12", "A-16")],
    "all hold": [("hold", "A-12", "F-13", "M-14", "A-16", "M-16")],
    "approve all articles": [("approve", "A-12", "A-16")],
    "all except A-12 and F-13: hold": [("hold", "M-14", "A-16", "M-16")],
    "A-12 no": [("reject", "A-12")],
    "A-12 no: too long": [("reject", "A-12", "too long")],
    "A-12 reject too long, sorry": [("reject", "A-12", "too long, sorry")],
    "reject A-12: 3 pages too long?": [("reject", "A-12", "3 pages too long?")],
    "A-12 later": [("hold", "A-12")],
    "U-15 yes": [("sort", "U-15", "article")],
    "U-15 sort article humour": [("sort", "U-15", "article humour")],
    "sort U-15 as an article, thanks": [("sort", "U-15", "article")],
    "sort U-15 materials: Northgate Water.": [("sort", "U-15", "material Northgate Water")],
    "sort 57 article": [("sort", "57", "article")],
    "Q-17 discard": [("discard", "Q-17")],
    "ask the author of A-12: which day?": [("ask", "A-12", "which day?")],
    "note A-12 we had this before": [("note", "A-12", "we had this before")],
    "undo A-3": [("undo", "A-3")],
    "show A-12": [("show", "A-12")],
    "status": [("status",)],
    "list, please": [("list",)],
    "help": [("help",)],
    "A-12 approve\nA-12 approve": [("approve", "A-12")],
    "A-12 approve\nall articles approve": [("approve", "A-12"), ("approve", "A-16")],
    "approve A-12,\nF-13": [("approve", "A-12", "F-13")],
    "A-12\napprove": [("approve", "A-12")],
    "Here are mine:\nA-12 approve": [("approve", "A-12")],
    "A-12 reject too long\nand too late\n\nM-14 hold": [("reject", "A-12", "too long\nand too late"), ("hold", "M-14")],
    "A-12 reject too long\nhold": [("reject", "A-12", "too long\nhold")],
    "A-12 reject too long\nM-14 approve": [("reject", "A-12", "too long"), ("approve", "M-14")],
    "A-12 reject too long\nThanks,\nAna": [("reject", "A-12", "too long")],
    "A-12 ask whether the photo\nis his own\n-- \nAna": [("ask", "A-12", "whether the photo\nis his own")],
}


@pytest.mark.parametrize("text", ACTS)
def test_what_acts(text: str):
    reading = said(text)
    assert acts(reading) == ACTS[text]
    assert reading.unclear == ()


ASKED_BACK = {
    "approve": "no-reference",
    "ok": "no-reference",
    "A-13 approve": "wrong-letter",
    "A-99 approve": "unknown-reference",
    "99 approve": "unknown-number",
    "2 yes": "unknown-number",
    "16 approve": "ambiguous-number",
    "A-12 approve but cut the end": "conditional",
    "A-12 approve\nbut cut the end": "taken-back",
    "If the photo goes:\nA-12 approve": "unfinished",
    "I do not think that we should ever, whatever they say,\nA-12 approve": "somebody-else",
    "A-12 approve the first half": "extra-words",
    "A-12 approve?": "question",
    "should we approve A-12?": "question",
    "do not approve A-12": "negated",
    "A-12 not approved": "negated",
    "A-12 no problem": "extra-words",
    "A-12 no, approve": "extra-words",
    "A-12 aprove": "near-miss",
    "rejct A-12": "near-miss",
    "A-12": "no-verb",
    "U-15 approve": "not-for-kind",
    "U-18 yes": "no-guess",
    "Q-17 yes": "no-guess",
    "U-15 sort": "no-words",
    "U-15 sort poem": "unknown-kind",
    "A-12 ask": "no-words",
    "A-12 reject unless the photo goes": "conditional",
    "A-12 reject too long, A-16 approve": "two-commands",
    "A-12 reject?": "question",
    "reject 12 of these photos are stolen": "ambiguous",
    "I will look at these tomorrow": "no-verb",
    "-- \nAna\napprove": "no-reference",
}


@pytest.mark.parametrize("text", ASKED_BACK)
def test_what_is_asked_back_and_changes_nothing(text: str):
    reading = said(text)
    assert reading.commands == ()
    assert ASKED_BACK[text] in reasons(reading)
    assert all(hint_of(unclear) for unclear in reading.unclear)


def test_a_near_miss_is_asked_back_with_the_right_word():
    (unclear,) = said("A-12 aprove").unclear
    assert hint_of(unclear) == 'did you mean "approve"? write "A-12 approve" on a line of its own'


def test_what_is_understood_acts_beside_what_is_not():
    reading = said("A-12 approve\nF-13 approve but cut the end\nM-14 hold")
    assert acts(reading) == [("approve", "A-12"), ("hold", "M-14")]
    assert [unclear.line for unclear in reading.unclear] == ["F-13 approve but cut the end"]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("A-12 approve\nA-12 reject", []),
        ("all articles approve\nA-12 hold", [("approve", "A-16")]),
        ("A-12 approve\n\nno wait, do not approve A-12", []),
        ("U-15 sort article\nU-15 sort material", []),
        ("A-12 approve\nA-12 note nice", [("approve", "A-12"), ("note", "A-12", "nice")]),
    ],
)
def test_contradictions_on_an_item_act_on_neither(text: str, left: list[tuple[str, ...]]):
    assert acts(said(text)) == left


def test_a_writer_who_counts_places_is_asked_for_references():
    """`3` is the number of A-3, which stands first, and the place of A-7; `1` is a place only, and `7` no place."""
    listing = Listing(tuple(Listed(f"A-{n}", n, "article", "x") for n in (3, 4, 7)), single=False)
    reading = said("1 yes\n2 no\n3 later\n7 yes", listing=listing)
    assert acts(reading) == [("approve", "A-7")]
    assert [hint_of(unclear) for unclear in reading.unclear] == [
        "no item has the number 1; if you mean the one at place 1, write A-3",
        "no item has the number 2; if you mean the one at place 2, write A-4",
        "3 is the number of A-3 and the place of A-7; write A-3 or A-7",
    ]


def test_a_number_that_is_the_item_s_own_place_is_not_uncertain():
    listing = Listing(tuple(Listed(f"A-{n}", n, "article", "x") for n in (1, 2, 3)), single=False)
    assert acts(said("3 yes", listing=listing)) == [("approve", "A-3")]


def test_a_command_that_failed_does_not_hold_up_the_next():
    assert acts(said("A-99 no\nA-12 approve")) == [("approve", "A-12")]


# Under an item


@pytest.mark.parametrize("mark", ["> ", "", "| "])
@pytest.mark.parametrize(
    ("ref", "words", "expected"),
    [
        ("A-12", "approve", [("approve", "A-12")]),
        ("A-16", "no: too dry", [("reject", "A-16", "too dry")]),
        ("U-15", "yes", [("sort", "U-15", "article")]),
        ("F-13", "M-14 hold", [("hold", "M-14")]),
        ("A-12", "reject\n\nmore words", [("reject", "A-12")]),
    ],
)
def test_a_bare_word_is_about_the_item_it_stands_under(
    mark: str, ref: str, words: str, expected: list[tuple[str, ...]]
):
    assert acts(said(under(ref, words, mark))) == expected


def test_a_reason_that_names_another_item_is_not_taken_for_its_rejection():
    assert reasons(said(under("A-12", "reject A-16 says it better"))) == ["ambiguous"]


def test_a_bare_word_below_the_foot_is_asked_back():
    quoted = "\n".join(f"> {line}" for line in LETTER.split("\n"))
    assert reasons(said(f"{quoted}\n\napprove")) == ["no-reference"]


def test_a_bare_word_below_another_item_s_name_is_asked_back():
    assert acts(said(under("A-12", "About F-13, hm.\n\napprove"))) == []


def test_a_bare_word_at_the_end_of_broken_prose_is_asked_back():
    assert acts(said(under("A-12", "I would not\napprove"))) == []


def test_a_marked_line_never_decides():
    assert said("> A-12 approve\n| A-12 approve\n: A-12 approve").commands == ()


def test_in_a_letter_on_one_item_a_bare_word_is_enough():
    single = Listing(LISTING.items[:1], single=True)
    assert acts(said("Yes!", listing=single)) == [("approve", "A-12")]


# Two parts


def test_parts_that_differ_act_on_neither():
    reading = read_reply("A-12 reject", "A-12 approve", None, SENT, (), LISTING, "member")
    assert reading.commands == ()
    assert reasons(reading) == ["parts-differ", "parts-differ"]


def test_parts_that_break_lines_differently_agree():
    reading = read_reply("A-12 reject too\nlong", "A-12 reject too long", None, SENT, (), LISTING, "member")
    assert acts(reading) == [("reject", "A-12", "too\nlong")]


def test_an_empty_text_part_counts_as_absent():
    assert acts(read_reply(" \n", "A-12 approve", None, SENT, (), LISTING, "member")) == [("approve", "A-12")]


# Authors and applicants

ARTICLE = Listing((Listed("A-12", 12, "article", "The tram"),), single=True)
REQUEST = Listing((Listed("M-14", 14, "membership", "Jo Poole"),), single=True)


@pytest.mark.parametrize(
    ("text", "who", "listing", "expected"),
    [
        ("Please withdraw it, thanks", "author", ARTICLE, [("withdraw", "A-12")]),
        ("yes", "author", ARTICLE, [("confirm", "A-12")]),
        ("Yes", "author", Listing((), single=True), [("confirm",)]),
        ("I agree", "author", REQUEST, [("agree", "M-14")]),
        ("yes", "author", REQUEST, [("agree", "M-14")]),
        ("ok", "applicant", REQUEST, [("agree", "M-14")]),
        ("status?", "author", ARTICLE, [("status", "A-12")]),
        ("status", "author", ARTICLE, [("status", "A-12")]),
        ("approve", "author", ARTICLE, []),
        ("The tram came in 2011.\nI was there.", "author", ARTICLE, []),
        (
            "version\n\nA new text.\n\nIts end.\n-- \nJo",
            "author",
            ARTICLE,
            [("version", "A-12", "A new text.\n\nIts end.")],
        ),
    ],
)
def test_what_authors_and_applicants_say(text: str, who: str, listing: Listing, expected: list[tuple[str, ...]]):
    assert acts(said(text, who, listing)) == expected


def test_an_author_s_prose_is_no_command_and_is_not_asked_back():
    reading = said("It was on Friday the 3rd.\nMy sister took the photo.\n\n-- \nJo", "author", ARTICLE)
    assert reading == Reading((), (), "It was on Friday the 3rd.\nMy sister took the photo.")


def test_the_text_between_begin_and_end_is_taken_to_the_letter():
    text = "version\n\n--- begin\n\n  approve  \n> quoted by me\nA-12 withdraw\n\n--- end\nthanks"
    (command,) = said(text, "author", ARTICLE).commands
    assert command == Command("version", ("A-12",), "\n  approve  \n> quoted by me\nA-12 withdraw\n\n", "", "version")


def test_begin_and_end_alone_confirm_the_extent():
    (command,) = said("--- begin\nMine.\n--- end\n", "author", ARTICLE).commands
    assert (command.verb, command.refs, command.words) == ("confirm", ("A-12",), "Mine.\n")


# Lines that answer no letter


def test_references_outside_any_letter_are_passed_on():
    reading = read_lines("a-123 approve\nreject f-9: blurred\n> A-5 approve\nall approve", NO_LETTER, "operator")
    assert acts(reading) == [("approve", "A-123"), ("reject", "F-9", "blurred")]


# The layout


def test_blocks_begin_at_their_heads_and_end_at_the_next_or_at_the_foot():
    letter = "Two wait.\n1. A-12  article  x\n| A-13 approve\n2. A-13  article  y\n  A-12 again\n========\nA-12 done"
    assert blocks(letter, ("A-12", "A-13")) == (("A-12", 1, 3), ("A-13", 3, 5))


def test_a_letter_without_heads_has_no_blocks():
    assert blocks("nothing\n========\n", ("A-12",)) == ()


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=200), st.sampled_from(["member", "author", "applicant", "operator"]))
def test_it_never_fails(text: str, who: str):
    read_reply(text, text[::-1], None, SENT, (text[:20],), LISTING, who)
    read_lines(text, LISTING, who)


DOUBTFUL = "approve reject hold A-12 F-13 not don't but if ? all yes no , : maybe the unless never"


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([*DOUBTFUL.split(), "\n"]), max_size=12).map(" ".join))
def test_a_line_with_a_negation_never_approves(text: str):
    for line in (each for each in text.split("\n") if {"not", "don't", "never"} & set(each.split())):
        assert not [c for c in said(line).commands if c.verb == "approve"]


@pytest.mark.parametrize(
    "unit", ["approve\n", "A-12 approve\n", "A-12, ", "aprove\n", "reject ", "A-12 reject x\n", "-- \n"]
)
def test_hostile_text_is_read_to_its_end(unit: str):
    """What is not linear does not come back."""
    assert len(said(unit * (200_000 // len(unit))).unclear) <= 31


@pytest.mark.parametrize(
    ("first", "verb", "words"),
    [
        ("F-13 counts as experience", "counts", "as experience"),
        ("Q-17 concerns A-12", "concerns", "A-12"),
        ("A-12 decoration: tram.png", "decoration", "tram.png"),
    ],
)
@pytest.mark.parametrize("below", ["contents North Pier", "away until Friday", "A-14 approve"])
def test_a_line_below_a_name_is_heard_too(first, verb, words, below):
    listing = Listing(
        (
            Listed("A-12", 12, "article", "The tram"),
            Listed("F-13", 13, "material", "Photos"),
            Listed("A-14", 14, "article", "Fog"),
            Listed("Q-17", 17, "enquiry", "Where is it from?"),
        ),
        single=False,
    )
    alone, both = read_lines(first, listing, "member").commands, read_lines(f"{first}\n{below}", listing, "member")
    assert [command.verb for command in alone] == [verb]
    assert both.commands[0].words == alone[0].words
    assert words.split()[-1] in both.commands[0].words
    assert len(both.commands) == 2 or both.unclear
