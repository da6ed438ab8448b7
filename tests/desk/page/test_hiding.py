"""Hiding a page: one word, at once, one line stands there; members decide, and its author hears it all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_desk,
    a_mail,
    add_member,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    say,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify

WORDS = "I waited for the tram.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk", **{"publish.url": "https://harbour.example"}) as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        yield opened


@pytest.fixture
def ref(desk: Desk) -> str:
    mail = a_mail(WORDS, sender=f"Jo Poole <{JO}>", to="articles@harbour.example", subject="The tram", authentic=True)
    found = f"A-{give(desk, mail)}"
    say(desk, f"decide {ANA} '{found} approve'")
    later(desk, minutes=20)
    return found


def folder(desk: Desk, ref: str) -> Path:
    return desk.config.storage.published / (item(desk, ref).item.place or "")


def site(desk: Desk) -> str:
    """All that readers may read."""
    return "".join(each.read_text() for each in desk.config.storage.published.rglob("*.*") if each.suffix != ".json")


def hide(desk: Desk, ref: str, words: str = "") -> None:
    say(desk, f"decide {BEN} '{ref} hide{f': {words}' if words else ''}'")
    later(desk, seconds=1)


def told(desk: Desk) -> list[str]:
    return [letter.template.partition("/")[2] for letter in letters(desk, to=JO)]


def test_one_word_hides_a_page_at_once_and_asks_the_members(desk, ref):
    hide(desk, ref, "it names a child")
    assert {each.name for each in folder(desk, ref).iterdir()} == {"index.md", "index.html"}
    assert "waited" not in site(desk)
    assert "The tram" not in site(desk), "nor in a list, or the feed"
    assert item(desk, ref).item.state == "published"
    assert item(desk, ref).item.motion == "retract"
    assert verify(desk).findings == []
    assert told(desk)[-1] == "hidden"
    assert "it names a child" in text_of(octets_of(desk, letters(desk, "author/hidden")[-1]))
    shown = text_of(digest_now(desk, ANA))
    assert "hidden since" in shown
    assert "retract" in shown


def test_where_members_are_against_taking_it_down_it_is_back_word_for_word(desk, ref):
    before = {each.name: each.read_bytes() for each in folder(desk, ref).iterdir()}
    hide(desk, ref)
    say(desk, f"decide {ANA} '{ref} reject: nobody is harmed'")
    later(desk, minutes=20)
    assert {each.name: each.read_bytes() for each in folder(desk, ref).iterdir()} == before
    assert item(desk, ref).item.hidden_at is None
    assert told(desk)[-1] == "shown"
    assert "nobody is harmed" in text_of(octets_of(desk, letters(desk, "author/shown")[-1]))
    assert verify(desk).findings == []


def test_where_they_take_it_down_the_line_stays_and_the_author_hears_why(desk, ref):
    hide(desk, ref)
    say(desk, f"decide {ANA} '{ref} retract: it names a child'")
    later(desk, minutes=20)
    assert item(desk, ref).item.state == "retracted"
    assert "waited" not in site(desk)
    assert "Taken down" in (desk.config.storage.published / "feed.xml").read_text()
    assert told(desk)[-1] == "retracted"
    assert verify(desk).findings == []


def test_nobodys_word_brings_it_back_in_time(desk, ref):
    hide(desk, ref)
    later(desk, days=31)
    assert item(desk, ref).item.hidden_at is None
    assert "waited" in site(desk)
    assert told(desk)[-1] == "shown"


def test_whoever_hid_it_may_show_it_again(desk, ref):
    hide(desk, ref)
    say(desk, f"decide {BEN} 'undo {ref}'")
    later(desk, seconds=1)
    assert "waited" in site(desk)
    assert item(desk, ref).item.motion == ""
    assert told(desk)[-1] == "shown"


def test_another_member_alone_does_not_show_it_again(desk, ref):
    hide(desk, ref, "it names a child")
    say(desk, f"decide {ANA} 'undo {ref}'")
    later(desk, seconds=1)
    assert item(desk, ref).item.hidden_at is not None
    assert "waited" not in site(desk)
    say(desk, f"decide {ANA} '{ref} reject'")
    later(desk, minutes=20)
    assert "waited" in site(desk), "their vote is what does"


def test_another_members_vote_keeps_it_hidden_until_it_is_decided(tmp_path):
    with a_desk(tmp_path / "two", **{"review.article.approvals": 2}) as two:
        for email in (ANA, BEN, "cleo@harbour.example"):
            add_member(two, email)
        mail = a_mail(WORDS, sender=f"Jo Poole <{JO}>", to="articles@harbour.example", authentic=True)
        other = f"A-{give(two, mail)}"
        for email in (ANA, BEN):
            say(two, f"decide {email} '{other} approve'")
        later(two, minutes=20)
        hide(two, other)
        say(two, f"decide {ANA} '{other} retract'")
        said = say(two, f"decide {BEN} 'undo {other}'")
        later(two, seconds=1)
        assert said
        assert item(two, other).item.hidden_at is not None
        assert "waited" not in site(two)


def test_it_takes_the_place_of_another_ballot_and_its_asker_hears_so(desk, ref):
    say(desk, f"decide {ANA} '{ref} replace'\n\nAnother text.\n")
    hide(desk, ref)
    assert item(desk, ref).item.motion == "retract"
    assert item(desk, ref).item.hidden_at is not None


def test_what_is_not_up_or_hidden_already_cannot_be_hidden(desk, ref):
    hide(desk, ref)
    at = item(desk, ref).item.hidden_at
    later(desk, minutes=5)
    hide(desk, ref)
    assert item(desk, ref).item.hidden_at == at
    mail = a_mail("Another.\n", sender=f"Jo Poole <{JO}>", to="articles@harbour.example", subject="B", authentic=True)
    waiting = f"A-{give(desk, mail)}"
    hide(desk, waiting)
    assert item(desk, waiting).item.hidden_at is None


def test_nobody_hides_their_own(desk, ref):
    add_member(desk, JO, "Jo")
    say(desk, f"decide {JO} '{ref} hide'")
    later(desk, seconds=1)
    assert "waited" in site(desk)


@pytest.mark.parametrize(
    "words",
    [
        "Please take down https://harbour.example/articles/2026/the-tram/ - it names my daughter.",
        "Please take down A-3, it names my daughter.",
        "Por favor, quiten mi foto de https://harbour.example/articles/2026/the-tram/index.html",
    ],
)
def test_a_strangers_request_is_shown_as_such_with_the_word_that_hides_the_page(desk, ref, words):
    asked = give(desk, a_mail(words, sender="zoe@elsewhere.example", to="contact@harbour.example", subject="My child"))
    assert item(desk, f"Q-{asked}").item.section == "takedown"
    shown = " ".join(text_of(digest_now(desk, ANA)).split())
    assert f"“hide {ref}”" in shown
    assert item(desk, ref).item.hidden_at is None, "a stranger's word hides nothing"


def test_a_request_that_names_no_page_says_how_to_hide_one(desk, ref):
    give(desk, a_mail("Please take down the photo of my house.\n", to="contact@harbour.example", subject="A photo"))
    shown = " ".join(text_of(digest_now(desk, ANA)).split())
    assert "asks us to take something down" in shown
    assert f"hide {ref}" not in shown
