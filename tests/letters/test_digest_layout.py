"""The digest's layout is a contract (design §6), whatever people write into it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.kinds.common import TAPS
from mailproc.kinds.every import KINDS
from mailproc.letters.catalogue import LETTERS as CATALOGUE
from mailproc.letters.check import check
from mailproc.letters.digest import Digest, DigestItem, Remark, Settled, barred, breaches, listed
from mailproc.letters.prose import unmarked
from mailproc.letters.render import Letters, Words
from mailproc.letters.sample import NOW, by_document, digest, item, motion, sample, settling
from mailproc.message.html.text import to_text
from mailproc.message.model import Attachment
from mailproc.review.language import verbs
from mailproc.review.language.grammar import clean, sentence
from mailproc.review.reply.command import read_lines
from mailproc.review.reply.reading import Listed, Listing
from mailproc.workflow.item import Extract, Item, KeptAttachment

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
LETTERS = Letters(TEMPLATES)
LETTERS_TO_MEMBERS = [name for name in CATALOGUE if name.startswith("member/")]
FORMS = verbs.forms("member")
COMMANDS = ("approve", "A-13 approve", "approve A-13", "F-13: reject, too long", "yes", "approve all", "no", "discard")


def worded(given_: Digest, template: str = "member/digest", **context: object) -> Words:
    return LETTERS.render(template, "en", sample(template) | {"digest": given_} | context)


LANGUAGES = sorted(file.parent.name for file in TEMPLATES.glob("*/language.toml"))


def as_seen(words: Words) -> list[str]:
    """The text part, and the HTML as converters render it, with and without link targets."""
    return [words.text, to_text(words.html), to_text(words.html, links=True)]


def commands_in(shown: str) -> list[str]:
    """Lines that a reader of replies would take for a command, if they were a member's own."""
    found = []
    for line in shown.split("\n"):
        said = sentence(clean(line), FORMS)
        if said.verb and not line.startswith("|") and " by mail" not in line:
            found.append(line)
    return found


def listing_of(given_: Digest) -> Listing:
    listed_ = (Listed(e.item.ref, e.item.number, e.item.kind, e.item.title, e.item.guess) for e in given_.items)
    return Listing(tuple(listed_), single=len(given_.items) == 1)


def assert_holds(given_: Digest) -> None:
    for shown in as_seen(worded(given_)):
        assert breaches(shown, listed(given_)) == ()
        assert commands_in(shown) == []
        assert read_lines(shown, listing_of(given_), "member").commands == ()


def block(shown: str, ref: str) -> str:
    """The lines of one item, from its head line to the next, or to the line of `=`."""
    found = re.search(rf"^\d+\. {ref}  .*?(?=^\d+\. [A-Z]-\d|^={{8,}}$)", shown, re.MULTILINE | re.DOTALL)
    assert found
    return found[0]


def test_the_contract_holds_in_text_and_html():
    assert_holds(digest())


def test_each_block_begins_with_number_reference_kind_and_title():
    heads = [line for line in worded(digest()).text.split("\n") if re.match(r"\d+\. ", line)]
    assert heads == [
        "1. A-12  article  The tram that never came",
        "2. F-13  material  Leaflet, 1994",
        "3. M-14  membership  May I join?",
        "4. Q-15  enquiry  Is the pier still closed?",
        "5. U-16  unsorted  hello",
        "6. A-17  article  Fog, a love letter",
    ]
    assert listed(digest()) == ("A-12", "F-13", "M-14", "Q-15", "U-16", "A-17")


def test_items_stand_oldest_first_however_they_come():
    given_ = digest()
    assert worded(replace(given_, items=tuple(reversed(given_.items)))) == worded(given_)


def test_a_block_gives_what_a_member_needs_to_decide():
    lines = block(worded(digest()).text, "A-12").split("\n")
    assert lines[2:8] == [
        "From Jo Poole (jo@poole.example), 3 days ago.",
        "Votes: none yet; one is needed.",
        "Check: it may name a private person; such details do not go up.",
        "Attachment 1: hives.jpg, JPEG picture, 2.5 kB.",
        "Attachment 2: tides.exe, file, 2.0 kB, not taken: it is a program.",
        "27 words:",
    ]
    assert "From Jo Poole (jo@poole.example), or so the mail says, today." in block(worded(digest()).text, "Q-15")
    assert 'Our best guess: an article. The word "yes" takes it.' in block(worded(digest()).text, "U-16")
    assert "It needs no vote: answer, claim, close, hold, note, sort, discard." in block(worded(digest()).text, "Q-15")


def test_the_text_stands_behind_bars_and_in_html_beside_a_line_that_marks_it():
    for shown, mark in zip(as_seen(worded(digest())), "|>", strict=False):
        assert f"\n{mark} The tram to the old pier was due at eight.\n" in shown
        assert f"\n{mark} It had been printed in 1994.\n" in shown
        assert f"\n{mark} The tram came after all.\n" in shown


def test_what_follows_the_items_comes_below_the_line_of_equals_signs():
    before, _, after = worded(digest()).text.partition("========================\n")
    assert "A-9" not in before
    assert "The item “The ferry is back” (A-9): approved by Ben on 21 November" in after
    assert "Not shown: 3 bulk, 1 spam." in after
    assert "A mail from nobody@else.example" in after
    assert after.index("Settled") < after.index("Not shown") < after.index("How to answer")


def test_a_digest_of_one_item_and_nothing_else_still_ends_with_lines_of_its_own():
    given_ = Digest(digest().member, (DigestItem(item(12), "none yet", 3),), undo_minutes=0)
    assert_holds(given_)
    words = worded(given_)
    assert words.subject == "The Harbour Review: 1 item waits for you, 22 November 2026"
    for absent in ("Settled", "Not shown", "To know", "minutes"):
        assert absent not in words.text
    assert words.text.rstrip().endswith("The Harbour Review")


def test_a_digest_of_notices_alone_says_that_nothing_waits():
    given_ = Digest(digest().member, (), notices=("A mail from nobody@else.example did nothing.",))
    words = worded(given_)
    assert words.subject == "The Harbour Review: nothing waits, one thing to know, 22 November 2026"
    assert "Nothing waits for a decision." in words.text
    assert_holds(given_)


def test_no_line_of_a_document_and_no_name_of_a_picture_acts():
    words = "A-13 approve\n\n2. A-13  article  Not this one\n========================\napprove all\nyes\n"
    said = Extract(words * 200, 2400)
    entry = by_document()
    named = (replace(each.attachment, name=f"{n}. A-13 approve all.jpg") for n, each in enumerate(entry.attachments))
    kept = tuple(
        replace(each, attachment=attachment, extract=each.extract and said)
        for each, attachment in zip(entry.attachments, named, strict=True)
    )
    given_ = replace(digest(), items=(*digest().items, replace(entry, attachments=kept)))
    assert_holds(given_)
    lines = block(worded(given_).text, "A-18").split("\n")
    assert len([line for line in lines if line.startswith("|")]) == 60 + 12 + 12, "the one voted on, and two beside it"
    assert "This vote is on a document, not on a text in the mail." in lines
    assert "Attachment 1, 2,400 words, begins so:" in lines


def test_a_long_text_is_cut_at_sixty_lines_and_says_so():
    long = item(12, text="\n".join(f"line {n}" for n in range(1, 200)))
    text = worded(Digest(digest().member, (DigestItem(long, "none yet", 0),))).text
    assert "| line 60\n\nThese are the first 60 lines. The word" in text
    assert "| line 61" not in text
    assert_holds(Digest(digest().member, (DigestItem(long, "none yet", 0),)))
    whole = LETTERS.render("member/item", "en", sample("member/item") | {"entry": DigestItem(long, "none yet", 0)}).text
    assert "| line 199" in whole
    assert "first 60 lines" not in whole


def test_a_text_of_just_sixty_lines_is_not_called_cut():
    lines, cut = barred("x\n" * 60, 60)
    assert (len(lines), cut) == (60, False)


def test_blank_lines_do_not_eat_the_sixty():
    lines, cut = barred("first\n" + "\n" * 5000 + "last\n", 60)
    assert (lines, cut) == (("| first", "| ", "| last"), False)


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029"])
def test_every_line_end_that_some_program_knows_gets_its_bar(separator):
    assert barred(f"one{separator}A-13 approve")[0] == ("| one", "| A.13 approve")


def test_long_lines_are_folded_and_addresses_of_the_web_stay_whole():
    url = "https://www.example.org/" + "x" * 120
    lines, _ = barred(("word " * 40).strip() + " " + url + " " + "灯" * 100)
    sent = [unmarked(line) for line in lines]
    assert max(len(line) for line in sent if "://" not in line) <= 78
    assert f"| {url}" in sent


def test_direction_marks_and_controls_are_not_shown():
    assert barred("a\u202eb\u2066c\x00\x1b[2Jd\ufeff")[0] == ("| abc[2Jd",)


@pytest.mark.parametrize("said", COMMANDS)
def test_commands_in_titles_names_and_texts_are_none(said):
    strange = Attachment("2", f"{'x' * 30} {said}", "text/plain", "text/plain", 3, "0" * 64)
    entries = (
        DigestItem(
            item(12, title=f"{said}\n{said} {'w' * 60} {said}", text=f"{said}\n{said}", group=said, section=said),
            "none yet",
            0,
            (KeptAttachment(strange, "kept", ""),),
            remarks=(Remark("Note by Ben", said), Remark("Reject", said)),
        ),
        DigestItem(item(13, "material", title=said, text=None), "none yet", 0),
        DigestItem(item(14, "unsorted", title=said, text="", guess=None), "", 0),
    )
    settled = (Settled("A-9", f"{said} {'w' * 70}", "rejected by Ben"),)
    notices = (f"A mail from {'w' * 50} {said} {'w' * 70} did nothing.",)
    assert_holds(Digest(digest().member, entries, settled, notices=notices))


def test_a_reference_that_is_a_member_s_name_is_none():
    name = "A-13 article"
    entries = (
        DigestItem(item(12), f"approved by {name}", 0, remarks=(Remark(f"What {name} says", "Good."),)),
        DigestItem(item(13), f"approved by {name}", 0),
        DigestItem(item(14), f"approved by {name}", 0, settling=f"approved by {name}"),
    )
    assert_holds(Digest(digest().member, entries))


@given(
    title=st.text(max_size=220),
    text=st.lists(
        st.sampled_from([*COMMANDS, "", "========", "1. A-13  article  x", "\u2028", "| ", "a word"]) | st.text()
    ),
    name=st.text(max_size=80),
)
@settings(deadline=None, max_examples=50)
def test_the_contract_holds_whatever_is_written(title, text, name):
    strange = KeptAttachment(Attachment("2", name, "text/plain", "text/plain", 3, "0" * 64), "kept", "")
    body = "\n".join(text)
    entries = (
        DigestItem(item(12, title=title, text=body), "none yet", 0, (strange,), remarks=(Remark("Note by Ben", body),)),
        DigestItem(item(13, title=f"{title} A-12 {title}", text=body), "none yet", 0, (strange,)),
    )
    given_ = Digest(digest().member, entries, (Settled("A-9", title, "approved by Ben"),))
    for shown in as_seen(worded(given_)):
        assert breaches(shown, listed(given_)) == ()
        assert read_lines(shown, listing_of(given_), "member").commands == ()


def test_each_link_says_what_it_does_and_is_a_mail():
    html = worded(digest()).html
    links = re.findall(r'href="([^"]+)"[^>]*>([^<]+)</a>', html)
    assert links[0] == (
        "mailto:desk%2B3n5kqz7x2m4v6b8t@harbour.example?subject=A-12%20approve&amp;body=A-12%20approve",
        "approve A-12 by mail",
    )
    keeping = ("sort article", "sort material", "sort membership", "sort enquiry", "hold", "note")
    on = {
        ref: [words.partition(f" {ref} by mail")[0] for _, words in links if ref in words] for ref in ("U-16", "Q-15")
    }
    assert on == {
        "U-16": ["yes", *(verb for verb in keeping if verb != "sort article"), "discard"],  # which the yes says
        "Q-15": list(KINDS["enquiry"].taps),
    }
    assert not [words for _, words in links if "A-17" in words], "nobody decides on their own item"
    one_line = [line for line in to_text(html).split("\n") if "A-12 by mail" in line]
    assert one_line == [" ".join(f"{verb} A-12 by mail" for verb in TAPS)]
    assert "http" not in html


def test_what_settles_and_what_is_asked_of_published_work_stand_behind_what_waits():
    given_ = replace(digest(), items=(motion(), motion_to_replace(), settling(), *digest().items))
    assert_holds(given_)
    assert listed(given_)[-3:] == ("A-10", "A-8", "A-9")
    text = worded(given_).text
    assert text.startswith(
        "Hello Ana,\n\n6 items wait for your word, oldest first.\n"
        "One decision has just been made; your word still counts.\n"
        "2 wishes are about something that is published.\n"
    )
    assert block(text, "A-10").split("\n")[2:6] == [
        "From Jo Poole (jo@poole.example).",
        "This was approved by Ben on 22 November 2026 at 08:00 UTC.",
        "It takes effect on 22 November 2026 at 08:15 UTC; your word counts until",
        "then.",
    ]
    assert "Ben asks to take it down" in " ".join(block(text, "A-9").split())
    assert "\n| It was last year's ferry.\n" in block(text, "A-9")
    assert "The text that would take its place:\n\n| The ferry is back, and so is the queue.\n" in block(text, "A-8")


def motion_to_replace() -> DigestItem:
    asked = motion("replace")
    return replace(asked, item=replace(asked.item, number=8))


@pytest.mark.parametrize(
    ("alone", "subject"),
    [
        (settling(), "The Harbour Review: a decision takes effect soon, 22 November 2026"),
        (motion(), "The Harbour Review: a word of yours is asked for, 22 November 2026"),
    ],
)
def test_a_digest_without_what_waits_says_what_it_is_about(alone, subject):
    given_ = Digest(digest().member, (alone,))
    assert worded(given_).subject == subject
    assert_holds(given_)


def test_links_on_what_settles_stop_it_and_links_on_a_motion_answer_it():
    given_ = replace(digest(), items=(motion(), motion_to_replace(), settling()))
    links = re.findall(r">([^<]+ by mail)</a>", worded(given_).html)
    assert [words for words in links if "A-10" in words] == ["reject A-10 by mail", "undo A-10 by mail"]
    assert [words for words in links if "A-9" in words] == ["retract A-9 by mail", "reject A-9 by mail"]
    assert [words for words in links if "A-8" in words] == ["reject A-8 by mail"], "behind replace stands a text"


def test_an_approval_by_silence_is_announced():
    announced = DigestItem(item(12, consent_at=NOW), "none yet", 3)
    text = worded(Digest(digest().member, (announced,))).text
    assert "If nobody objects, it is approved by itself on 22 November 2026 at" in text
    assert_holds(Digest(digest().member, (announced,)))


def test_what_was_discarded_says_how_it_comes_back():
    after = " ".join(worded(digest()).text.partition("====")[2].split())
    assert '(U-8): discarded by Ben on 21 November 2026 at 10:02 UTC. To bring it back, reply "undo U-8".' in after
    assert "(A-9): approved by Ben on 21 November 2026 at 10:02 UTC, and published. - The item" in after


@pytest.mark.parametrize("template", sorted(name for name in LETTERS_TO_MEMBERS if name != "member/digest"))
@pytest.mark.parametrize("said", [None, *COMMANDS])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_and_no_subject_of_a_letter_to_a_member_is_a_command(template, said, language):
    context = sample(template)
    if said is not None:
        context |= {name: hostile(value, said) for name, value in context.items() if name in {"item", "entry", "items"}}
        context |= {"words": said} if "words" in context else {}
    words = LETTERS.render(template, language, context)
    listing = Listing((Listed("A-12", 12, "article", "x"),), single=False)
    for shown in as_seen(words):
        assert language != "en" or commands_in(shown) == []  # in Spanish many a sentence begins with "si" or "no"
        assert read_lines(shown, listing, "member").commands == ()
    bare = words.subject.removeprefix("Re: ")
    assert read_lines(bare, Listing((), single=False), "member").commands == ()


def hostile(value: object, said: str) -> object:
    """The item, or items, with a title and a text that read as a command."""
    if isinstance(value, tuple):
        return tuple(hostile(each, said) for each in value)
    if isinstance(value, DigestItem):
        return replace(value, item=replace(value.item, title=said, text=said))
    assert isinstance(value, Item)
    return replace(value, title=said, text=said)


@pytest.mark.parametrize("kind", ["article", "material", "membership", "enquiry", "unsorted"])
@pytest.mark.parametrize("again", [False, True])
def test_a_letter_on_one_item_keeps_the_layout_and_says_that_one_word_answers_it(kind, again):
    entry = DigestItem(item(12, kind, guess=None), "", 0)
    words = LETTERS.render("member/single", "en", sample("member/single") | {"entry": entry, "again": again})
    for shown in as_seen(words):
        assert breaches(shown, (entry.item.ref,)) == ()
        assert commands_in(shown) == []
    assert "one word answers it: the word" in " ".join(words.text.split())
    assert words.subject.startswith("Re: ") == again
    assert words.subject.endswith(f"waits for you: The tram that never came ({entry.item.ref})")


@pytest.mark.parametrize(
    ("broken", "breach"),
    [
        ("Look at A-12 first.\n1. A-12  article  x\n========", "A-12 does not stand first"),
        ("1. A-12  article  x, or A-13\n2. A-13  article  y\n========", "another reference stands on the head line"),
        ("1. A-12  article  x\n2. A-13  article  y\n", "no line of ========"),
        ("2. A-13  article  y\n1. A-12  article  x\n========", "out of order"),
        ("1. A-12  article  x\n========", "A-13 does not stand first"),
        ("Settled: A-9.\n1. A-12  article  x\n2. A-13  article  y\n========", "a reference stands above the items"),
    ],
)
def test_a_breach_is_found(broken, breach):
    assert breach in " ".join(breaches(broken, ("A-12", "A-13")))


def test_an_edited_template_that_breaks_the_contract_is_found(tmp_path):
    for path in TEMPLATES.rglob("*.*"):
        copy = tmp_path / path.relative_to(TEMPLATES)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text().replace("{{ the_end }}", "The end"))
    found = check(tmp_path)
    assert len(found) == 3
    for line, name in zip(found, ("digest", "single", "item"), strict=True):
        assert f"member/{name}.txt: no line of ======== closes the last block, so replies could be misread" in line


def test_a_digest_is_dated_in_the_desks_zone():
    assert worded(digest(), now=NOW).subject.endswith("6 items wait for you, 22 November 2026")
