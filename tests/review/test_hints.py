"""A hint names an item that was meant and the verb that was said, or leaves the choice; never another thing."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from worded import hint_of

from mailproc.message.words.quotation import Sent
from mailproc.review.language import verbs
from mailproc.review.reply.command import Listed, Listing, Reading, Unclear, read_reply
from mailproc.review.reply.reading import ONE_QUESTION

LISTING = Listing(
    (
        Listed("A-31", 31, "article", "The tram"),
        Listed("U-32", 32, "unsorted", "Hello", "article"),
        Listed("Q-33", 33, "enquiry", "Where is it from?"),
        Listed("M-34", 34, "membership", "Kim"),
        Listed("F-35", 35, "material", "Photos"),
        Listed("A-36", 36, "article", "Bread"),
        Listed("U-37", 37, "unsorted", "???"),
    ),
    single=False,
)
ONE = {item.ref: Listing((item,), single=True) for item in LISTING.items}
KINDS = {item.ref: item.kind for item in LISTING.items}
VERBS = ("approve", "reject", "hold", "ask", "discard", "note", "undo", "retract", "replace")
AT_ALL = {
    "approve",
    "reject",
    "hold",
    "discard",
    "sort",
    "claim",
    "answer",
}  # what may be offered where the verb does not go


def said(text: str, listing: Listing = LISTING) -> Reading:
    return read_reply(text, None, None, Sent(""), (), listing, "member")


HINTS = {
    "I would reject A-31 as it is": 'write "A-31 reject" on a line of its own',
    "hmm, I am for rejecting A-36": 'write "A-36 reject" on a line of its own',
    "we should hold A-36 until May": 'write "A-36 hold" on a line of its own',
    "do not approve A-31": 'write "A-31 approve", "A-31 reject" or "A-31 hold" on a line of its own',
    "A-36 approve or reject": 'write "A-36 approve" on a line of its own',
    "I am not sure about A-36": 'write "A-36 approve", "A-36 reject" or "A-36 hold" on a line of its own',
    "I would reject U-32 at once": 'on U-32 write for example "U-32 sort article"',
    "I am for discarding Q-33 now": 'write "Q-33 discard" on a line of its own',
    "ich w\xfcrde A-36 lieber ablehnen": 'write "A-36 reject" on a line of its own',
    "yo prefiero rechazar A-36 ahora": 'write "A-36 reject" on a line of its own',
    "it may be time to reject 36": 'write "A-36 reject" on a line of its own',
    "U-37 yes indeed so": 'write "U-37 sort article", or another kind, or "U-37 discard"',
    "reject": 'write for example "A-31 reject" on a line of its own',
    "retract": 'write for example "A-31 retract" on a line of its own',
    "A-36 is fine I think": 'write for example "A-36 approve" on a line of its own',
}


@pytest.mark.parametrize("text", HINTS)
def test_a_hint_names_the_item_and_the_verb_of_the_line(text: str):
    assert [hint_of(unclear).removeprefix("decide without a condition: ") for unclear in said(text).unclear] == [
        HINTS[text]
    ]


TASK = Listing((Listed("T-38", 38, "task", "North Pier Society"),), single=False, files=(("north pier", "North Pier"),))
ON_A_TASK = {
    "I will see to it on Thursday, I think": 'write "T-38 claim", "T-38 done" or "T-38 not me" on a line of its own',
    "It is up: https://harbour.example/pier": 'write for example "T-38 up https://..." on a line of its own',
    "what do we have?\ncontents North Pier": 'write "contents" and the name of a file above them',
}


@pytest.mark.parametrize("text", ON_A_TASK)
def test_a_hint_on_a_task_says_what_goes_on_tasks_and_on_files(text: str):
    """None offers a vote or "T-38 contents": neither would work."""
    assert hint_of(said(text, TASK).unclear[-1]).endswith(ON_A_TASK[text])


def test_no_hint_names_an_item_that_nobody_was_shown():
    """A letter that asks one thing lists nothing; nor does one whose items are none of the verb's."""
    for listing in (ONE_QUESTION, Listing((), single=True), Listing((), single=False)):
        for text in ("yes but later", "reject this or hold it", "aprove", "not approve", "ok", "retract it all", "bin"):
            for unclear in said(text, listing).unclear:
                assert refs_in(hint_of(unclear)) == [], (text, hint_of(unclear))
    for text in ("retract", "I would retract it"):
        for unclear in said(text, ONE["Q-33"]).unclear:
            assert set(refs_in(hint_of(unclear))) <= {"Q-33"}, hint_of(unclear)


def refs_in(text: str) -> list[str]:
    return re.findall(r"\b[A-Z]-\d+\b", text)


def offered(hint: str) -> list[tuple[str, str]]:
    """(reference or "", verb) of what a hint says to write."""
    quoted = re.findall(r'"(?:([A-Z]-\d+) )?([a-z][a-z -]*)', hint.partition("write")[2])
    return [(ref, words.split()[0] if not words.startswith("not me") else "unclaim") for ref, words in quoted]


PROSE = "I we think would should the tram is fine dull and long about this for author really not never but if ? , . or"
LINES = st.lists(
    st.sampled_from([*PROSE.split(" "), *VERBS, *VERBS, *LISTING.refs, "A-99", "31", "36", "2", "all", "yes"]),
    min_size=1,
    max_size=9,
).map(" ".join)


@settings(deadline=None, max_examples=400)
@given(LINES, st.sampled_from([None, *LISTING.refs]))
@example("I would reject A-31 as it is", None)
@example("U-32 yes I", None)
@example("reject U-32 ?", None)
@example("I think hold is fine", "A-36")
def test_a_hint_s_items_and_verb_are_those_of_the_line(line: str, alone: str | None):
    listing = ONE[alone] if alone else LISTING
    for unclear in said(line, listing).unclear:
        check(unclear, line, listing)


def check(unclear: Unclear, line: str, listing: Listing) -> None:
    hinted, named = set(refs_in(hint_of(unclear))), set(refs_in(line))
    assert hinted <= named | set(listing.refs), (line, unclear)
    listed = named & set(listing.refs)
    numbers = {item.ref for item in listing.items if re.search(rf"\b{item.number}\b", line)}
    if listed and not listing.single and unclear.reason not in {"wrong-letter", "unknown-reference"}:
        strangers = hinted - named - numbers - ({"U-32"} if re.search(r"\b(2|all)\b", line) else set())
        if not re.search(r"\b(all|2|A-99)\b", line):
            assert not strangers, (line, unclear)
    words = set(line.split())
    verbs_said = words & set(VERBS) | ({"approve"} if "yes" in words else set())
    if len(verbs_said) != 1 or words & {"not", "never"}:
        return
    (verb,) = verbs_said
    for ref, shown in offered(hint_of(unclear)):
        about = verbs.VERBS[verb]
        goes = not ref or KINDS.get(ref) is None or not about.kinds or KINDS[ref] in about.kinds
        if goes and unclear.reason not in {"not-for-kind", "no-guess"}:
            assert shown == verb or (verb == "approve" and shown == "yes"), (line, unclear)
        else:
            assert shown in AT_ALL | {verb} | (words & {"yes"}), (line, unclear)  # a yes takes the letter's guess
