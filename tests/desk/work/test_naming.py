"""Under which name a work goes up: members know who wrote it, and nobody else does."""

from __future__ import annotations

import re

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    say,
    state,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify

AUTHOR = f"Jo Poole <{JO}>"


@pytest.fixture
def members(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    return desk


def an_article(desk: Desk, text: str = "The tram was late.\n") -> str:
    return ref_of(desk, give(desk, a_mail(text, authentic=True)))


def says(desk: Desk, words: str) -> str:
    """The author answers the receipt; what they read then."""
    letter = octets_of(desk, letters(desk, "author/receipt-article")[0])
    give(desk, a_reply(letter, words, AUTHOR, at=desk.now()))
    return text_of(octets_of(desk, letters(desk, to=JO)[-1]))


def page(desk: Desk) -> str:
    [found] = desk.config.storage.published.glob("articles/*/*/index.md")
    return found.read_text(encoding="utf-8")


def goes_up(desk: Desk, ref: str) -> None:
    say(desk, f"decide {ANA} '{ref} approve'")
    later(desk, minutes=20)
    assert state(desk, ref) == "published"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("pen name Anna K.", "Anna K."),
        ("Pen name: “The Night Porter”", "The Night Porter"),
        ("without my surname", "Jo"),
        ("Without my surname, please.", "Jo"),
        ("first name only", "Jo"),
        ("anonymous", ""),
        ("without my name", ""),
        ("ohne meinen Nachnamen", "Jo"),
        ("Pseudonym: Anna K", "Anna K"),
        ("sin mi apellido", "Jo"),
        ("firmar como Ana K", "Ana K"),
        ("sans mon nom de famille", "Jo"),
        ("senza il mio cognome", "Jo"),
        ("sem o meu apelido", "Jo"),
        ("без фамилии", "Jo"),
        ("анонимно", ""),
    ],
)
def test_the_page_bears_the_name_that_its_author_wishes(members: Desk, words: str, name: str):
    ref = an_article(members)
    heard = says(members, words)
    assert item(members, ref).item.byline == name
    assert item(members, ref).item.author.name == "Jo Poole"
    assert (name or "no name") in " ".join(heard.split())
    goes_up(members, ref)
    assert "Poole" not in page(members)
    assert (f"author: {name}\n" in page(members)) if name else ("author:" not in page(members))


def test_each_word_that_the_letter_names_works(members: Desk):
    ref = an_article(members)
    told = " ".join(says(members, "pen name Anna K.").split())
    named = re.findall('"(.*?)"', told[told.index("To change it") :])
    assert named[0] == "pen name"
    bylines = []
    for word in named[1:]:
        says(members, word)
        bylines.append(item(members, ref).item.byline)
    assert bylines == ["Jo", ""]


def test_members_read_from_whom_it_is_and_under_which_name_it_goes_up(members: Desk):
    an_article(members)
    says(members, "pen name Anna K.")
    read = text_of(digest_now(members, ANA))
    assert f"From {AUTHOR.partition(' <')[0]}" in read or JO in read
    assert "goes up under the name “Anna K.”" in " ".join(read.split())


@pytest.mark.parametrize(
    ("name", "words"), [("Jo_Poole_quay.txt", "The quay."), ("Poole.jpg", "x"), ("quay.txt", "Seen by J. Poole.")]
)
def test_members_read_that_a_file_beside_it_holds_the_name_kept_back(members: Desk, name: str, words: str):
    files = ((name, "text/plain" if name.endswith("txt") else "image/jpeg", words.encode()),)
    give(members, a_mail("--- begin\nThe tram was late.\n--- end\n", authentic=True, attachments=files))
    says(members, "pen name Anna K.")
    read = " ".join(text_of(digest_now(members, ANA)).split())
    assert "a file beside it holds the author's own name" in read
    assert "Poole”), which is not to go up" in read


def test_what_is_up_bears_another_name_at_once_and_without_a_vote(members: Desk):
    ref = an_article(members)
    goes_up(members, ref)
    assert "author: Jo Poole" in page(members)
    says(members, "first name only")
    later(members)
    assert "author: Jo\n" in page(members)
    assert not item(members, ref).item.renames
    assert [line.event for line in item(members, ref).journal][-2:] == ["byline", "renamed"]
    says(members, "pen name Jo Poole")
    says(members, "pen name Jo P")
    later(members)
    assert "author: Jo P\n" in page(members)
    assert not [flaw for flaw in verify(members).findings if flaw.slug.startswith("bundle")]


def test_a_wish_is_kept_for_what_comes_next(members: Desk):
    an_article(members)
    says(members, "pen name Anna K.")
    ref = ref_of(members, give(members, a_mail("The ferry was late, too.\n", subject="The ferry", authentic=True)))
    assert item(members, ref).item.byline == "Anna K."
    assert "under the name “Anna K.”" in text_of(octets_of(members, letters(members, "author/receipt-article")[-1]))
    assert state(members, ref) == "pending"


def test_the_first_mail_may_say_it_and_then_its_author_says_which_words_are_the_article(members: Desk):
    text = "Please publish it without my surname.\n\nThe tram was late.\n\nWithout my surname\n\nJo Poole\n"
    ref = an_article(members, text)
    assert item(members, ref).item.byline == "Jo"
    assert state(members, ref) == "awaiting_author"
    receipt = text_of(octets_of(members, letters(members, "author/receipt-article")[-1]))
    assert "under the name “Jo”" in receipt
    says(members, "--- begin\nThe tram was late.\n--- end\n")
    assert state(members, ref) == "pending"
    goes_up(members, ref)
    assert "Poole" not in page(members)


def test_a_wish_beside_a_marked_text_asks_nothing(members: Desk):
    ref = an_article(members, "Without my surname\n\n--- begin\nThe tram was late.\n--- end\n")
    assert (item(members, ref).item.byline, state(members, ref)) == ("Jo", "pending")


def test_an_article_that_speaks_of_such_a_wish_is_no_wish(members: Desk):
    ref = an_article(members, "She signed it without her surname.\nHe wrote under a pen name all his life.\n")
    assert (item(members, ref).item.byline, state(members, ref)) == (None, "pending")


def test_a_text_that_holds_the_name_is_shown_to_members_and_its_author(members: Desk):
    ref = an_article(members, "The tram was late.\n\nJo Poole\n")
    assert "Poole" in says(members, "without my surname")
    read = " ".join(text_of(digest_now(members, ANA)).split())
    assert "holds the author's own name (“Poole”)" in read
    assert state(members, ref) == "pending"


def test_somebody_else_names_nothing(members: Desk):
    ref = an_article(members)
    give(members, a_mail(f"{ref} pen name Mallory\n", sender=f"Mallory <{BEN}>", subject=ref, authentic=True))
    letter = octets_of(members, letters(members, "author/receipt-article")[0])
    give(members, a_reply(letter, "pen name Mallory", f"Mallory <{BEN}>", at=members.now()))
    assert item(members, ref).item.byline is None


def test_a_name_kept_back_before_anybody_sorted_it_stays_kept_back(members: Desk):
    mail = a_mail("The boats\nasleep.\n", to="desk@harbour.example", subject="Lines", authentic=True)
    ref = ref_of(members, give(members, mail))
    receipt = octets_of(members, letters(members, "author/receipt-unsorted", JO)[-1])
    give(members, a_reply(receipt, "without my name", AUTHOR))
    say(members, f"decide {ANA} '{ref} sort article'")
    assert item(members, ref).item.byline == ""
