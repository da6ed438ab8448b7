"""What a reference is and what only resembles one; every room that reads one reads the same."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailproc.kinds import reference
from mailproc.kinds.every import CAPITALS, KINDS, LOOK_ALIKES, ref_of
from mailproc.message.words.alignment import align, source_of
from mailproc.message.words.page import INVISIBLE, page_of
from mailproc.review.language.words import clean, tokens
from mailproc.review.reply.command import Listing, blocks, read_lines
from mailproc.review.reply.written import seen

MAILPROC = Path(reference.__file__).parents[1]
NO_LETTER = Listing((), single=False)

letters = st.sampled_from(
    [*CAPITALS, *CAPITALS.lower(), *LOOK_ALIKES, *map(str.lower, LOOK_ALIKES), "\uff21", "\uff4d"]
)
dashes = st.sampled_from(reference.DASHES.replace("\u00ad", ""))
blanks = st.text(st.sampled_from(reference.BLANKS), max_size=2)
gaps = st.builds("".join, st.tuples(blanks, st.text(dashes, min_size=1, max_size=2), blanks))
numbers = st.integers(1, 10**9).map(str)
hidden = st.sampled_from(["", "\u200b", "\u2060", "\ufeff", "\u200d\u200e"])
pieces = st.one_of(
    letters, dashes, blanks, numbers, hidden, st.sampled_from([" approve", "x", "_", ".", "(", "\n", ">"])
)


def named(text: str) -> list[str]:
    """The references that a reader of commands finds in a text."""
    return [token.text for line in text.split("\n") for token in tokens(clean(seen(line))) if token.kind == "ref"]


def with_dash(text: str) -> list[str]:
    """The same, without those in which no dash is written: A12 is a motorway, too."""
    shown = [clean(seen(line)) for line in text.split("\n")]
    found = [(line, token) for line in shown for token in tokens(line) if token.kind == "ref"]
    return [token.text for line, token in found if "-" in line[token.start : token.end] and token.text[0] in CAPITALS]


@given(letters, gaps | st.sampled_from(["", "\u00ad"]), numbers)
@example("A", "\u2013", "2")
@example("\u0430", " \u2013 ", "2")
def test_letter_dash_and_number_are_a_reference_whatever_dash_it_is(letter: str, gap: str, number: str):
    written = f"{letter}{gap}{number}"
    ref = reference.canonical(written)
    assert re.fullmatch(rf"[{CAPITALS}]-{number}", ref)
    assert named(f"{written} withdraw") == [ref]
    assert reference.might_stand_in(f"Please: {written} withdraw")
    assert reference.leads(f"  {written} approve")
    (command,) = read_lines(f"{written} withdraw", NO_LETTER, "author").commands
    assert (command.verb, command.refs) == ("withdraw", (ref,))


def test_every_hyphen_and_dash_of_unicode_that_is_written_along_a_line_is_one():
    others = "\u058a\u05be\u1400\u1806\u2e17\u2e1a\u2e40\u2e5d\u301c\u3030\u30a0\ufe31\ufe32\U00010d6e\U00010ead"
    every = {chr(n) for n in range(0x110000) if unicodedata.category(chr(n)) == "Pd"}
    assert every - set(others) <= set(reference.DASHES)
    assert "\u2212" in reference.DASHES


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_write_is_read_by_all(kind: str):
    ref = ref_of(kind, 123)
    line = f"3. {ref}  {kind}  Fog"
    assert reference.canonical(ref.lower()) == ref
    assert reference.head(line) == reference.head(ref) == ref
    assert reference.is_quoted_head(f"> {line}")
    assert reference.all_in(f"See {ref}, or {ref.lower()}.") == [ref, ref]
    assert reference.apart(f"See {ref}.") == ["See ", ref, "."]
    assert blocks(f"Hello\n{line}\n| text\n========", (ref,)) == ((ref, 1, 3),)


@pytest.mark.parametrize(
    "text",
    ["A-", "-12", "12", "A.12", "A/12", "A_12", "AB-12", "A-12th", "A-x12", "A - - - 12", "A---12", "A\n-12", "A-\n12"],
)
def test_what_only_resembles_a_reference_is_none(text: str):
    assert reference.canonical(text) == text.upper().strip()
    assert not any(ref[0] in CAPITALS for ref in with_dash(text))


def test_a_letter_of_no_kind_is_read_only_with_its_dash_and_then_asked_back():
    assert reference.canonical("x-12") == "X-12"
    assert reference.canonical("x12") == "X12"
    assert not reference.might_stand_in("x-12")


@given(st.lists(pieces, max_size=30).map("".join))
@example("A\u00ad-\u200b12")
@example("A\u20132 and \u0430 \u2013 3")
def test_what_is_defused_is_read_as_none_and_nothing_else_of_it_is_changed(text: str):
    defused = reference.defused(text)
    assert not with_dash(defused)
    assert re.sub(r"[\W_]", "", defused) == re.sub(r"[\W_]", "", text)


@given(st.lists(pieces, max_size=30).map("".join))
@example("a              12")
@example("_A-12 approve")
def test_a_mail_in_which_no_reference_might_stand_names_no_item(text: str):
    said = read_lines(text, NO_LETTER, "member").commands
    if any(ref[0] in CAPITALS and "-" in ref for command in said for ref in command.refs):
        assert reference.might_stand_in(text)


@given(st.text())
def test_it_never_fails(text: str):
    for read in (
        reference.canonical,
        reference.leads,
        reference.might_stand_in,
        reference.all_in,
        reference.head,
        reference.is_quoted_head,
        reference.defused,
        reference.letter,
    ):
        read(text)
    assert "".join(reference.apart(text)) == text


@pytest.mark.parametrize(
    "unit", ["A", "A ", "A-", "A - ", "-", "\u00ad", " ", "\u200b", "1", "A1", "A -\u200b", "> ", "1. "]
)
def test_hostile_text_is_read_to_its_end(unit: str):
    """What is not linear does not come back."""
    text = unit * (2_000_000 // len(unit))
    reference.might_stand_in(text)
    reference.all_in(text)
    reference.defused(text)
    reference.leads(text)
    reference.head(text)
    reference.is_quoted_head(text)
    reference.canonical(text)
    assert "".join(reference.apart(text)) == text


def test_a_quoted_head_is_no_answer_whatever_stands_around_it():
    letter = source_of(page_of("1. A-12  article  Fog\n| It lifts.\n"))
    found = align(page_of("> 1. A-12  article  Fog\nA-12 approve\n"), letter)
    assert [found.covered(n) for n in range(2)] == [True, False]


# Nobody else spells one


def spelled(text: str) -> bool:
    """A pattern of reference letters, or a list of them."""
    by_class = re.search(r"\[[^\]]*A-Z[^\]]*\][)?]*(?:-|\[[^\]]*-[^\]]*\])[^ ]{0,20}(?:\\d|\[0-9)", text)
    by_letters = re.search(rf"\[[^\]]*[{CAPITALS}]{{3}}", text)
    listed = len(text) > 1 and set(text.upper()) <= set(CAPITALS) and (text.isupper() or len(text) > 3)
    return bool(by_class or by_letters or listed)


@pytest.mark.parametrize(
    "text", [r"\b[AFMQU]-?\s?\d", "AFM", "afmqu", r"([A-Z]-\d+) ", r"\W*[A-Za-z][-\u2010]?\d+", r"[A-Za-z\u0410]-\d+"]
)
def test_a_pattern_of_references_is_seen(text: str):
    assert spelled(text)


def test_no_other_module_spells_a_pattern_of_reference_letters():
    found = [
        f"{path.relative_to(MAILPROC)}:{node.lineno}: {node.value!r}"
        for path in sorted(MAILPROC.rglob("*.py"))
        if path.parent.name != "kinds"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and spelled(node.value)
    ]
    assert not found


def test_what_nobody_sees_is_one_set():
    assert INVISIBLE.pattern == f"[{reference.INVISIBLE}]"
