"""A correction: members put a dated note on the page of what is up, and not a word of its author's changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_desk,
    a_mail,
    a_reply,
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
from mailproc.desk.page.whole import publish_all

WORDS = "It was built in 1994.\n"
NOTE = "It was built in 1995, not in 1994."
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk", **{"publish.url": "https://harbour.example"}) as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        yield opened


@pytest.fixture
def ref(desk: Desk) -> str:
    mail = a_mail(WORDS, sender=f"Jo Poole <{JO}>", to="articles@harbour.example", subject="The pier", authentic=True)
    found = f"A-{give(desk, mail)}"
    say(desk, f"decide {ANA} '{found} approve'")
    later(desk, minutes=20)
    return found


def page(desk: Desk, *names: str) -> str:
    return (desk.config.storage.published.joinpath(*names)).read_text()


def correct(desk: Desk, ref: str, note: str = NOTE) -> None:
    say(desk, f"decide {ANA} '{ref} correct\n{note}'")
    later(desk, minutes=20)


def test_a_correction_stands_on_the_page_with_its_day_linked_both_ways_and_no_word_changes(desk, ref):
    place = item(desk, ref).item.place or ""
    before = page(desk, place, "text.txt")
    correct(desk, ref)
    shown, listed = page(desk, place, "index.html"), page(desk, "corrections", "index.html")
    assert page(desk, place, "text.txt") == before == WORDS
    for text in (shown, listed, page(desk, "index.html"), page(desk, place, "index.md").replace("&#46;", ".")):
        assert "built in 1995" in text
    assert f'id="{ref}-1"' in shown
    assert f'href="../../../corrections/index.html#{ref}-1"' in shown
    assert f'href="../{place}/index.html#{ref}-1"' in listed
    assert f'id="{ref}-1"' in listed
    assert "Corrected on" in page(desk, "articles", "index.html")
    assert verify(desk).findings == []


def test_the_feed_tells_it_and_the_work_is_newer(desk, ref):
    known = ET.fromstring(page(desk, "feed.xml"))  # noqa: S314 - our own
    at = known.find(f"{ATOM}entry").findtext(f"{ATOM}updated")
    correct(desk, ref)
    found = ET.fromstring(page(desk, "feed.xml"))  # noqa: S314 - our own
    ids = [each.findtext(f"{ATOM}id").rpartition(":")[2] for each in found.iter(f"{ATOM}entry")]
    assert sorted(ids) == [ref, f"{ref}/correction-1"]
    assert all(each.findtext(f"{ATOM}updated") > at for each in found.iter(f"{ATOM}entry"))


def test_its_author_reads_the_note_and_members_see_it_before_they_vote(tmp_path):
    with a_desk(tmp_path / "two", **{"review.article.approvals": 2}) as two:
        for email in (ANA, BEN):
            add_member(two, email)
        mail = a_mail(WORDS, sender=f"Jo Poole <{JO}>", to="articles@harbour.example", authentic=True)
        ref = f"A-{give(two, mail)}"
        for email in (ANA, BEN):
            say(two, f"decide {email} '{ref} approve'")
        later(two, minutes=20)
        correct(two, ref)
        assert item(two, ref).item.motion == "correct"
        assert NOTE in text_of(digest_now(two, BEN))
        say(two, f"decide {BEN} '{ref} correct'")
        later(two, minutes=20)
        assert [note.words.strip() for note in item(two, ref).item.notes] == [NOTE]
        assert NOTE in text_of(octets_of(two, letters(two, "author/correction-noted")[-1]))


def test_what_members_are_against_is_on_no_page(desk, ref):
    say(desk, f"decide {ANA} '{ref} correct\n{NOTE}'")
    say(desk, f"decide {BEN} '{ref} reject'")
    say(desk, f"decide {ANA} 'undo {ref}'")
    later(desk, minutes=20)
    assert item(desk, ref).item.notes == ()
    assert not letters(desk, "author/correction-noted")


def test_a_correction_without_words_is_asked_back(desk, ref):
    said = say(desk, f"decide {ANA} '{ref} correct'")
    later(desk, minutes=20)
    assert said
    assert item(desk, ref).item.motion == ""


def test_two_corrections_stand_by_their_days_and_the_site_is_made_again_as_it_stood(desk, ref, tmp_path):
    correct(desk, ref)
    later(desk, days=2)
    correct(desk, ref, "It was opened in 1996.")
    root = desk.config.storage.published
    publish_all(desk, root)
    publish_all(desk, tmp_path / "elsewhere")
    for name in ("corrections/index.html", "feed.xml", f"{item(desk, ref).item.place}/index.html"):
        assert (root / name).read_bytes() == (tmp_path / "elsewhere" / name).read_bytes()
    shown = page(desk, item(desk, ref).item.place or "", "index.html")
    assert shown.index("1995") < shown.index("1996")
    assert verify(desk).findings == []


def test_a_correction_does_not_take_the_place_of_the_authors_wish_to_have_it_down(desk, ref):
    give(desk, a_reply(octets_of(desk, letters(desk, "author/published", JO)[-1]), "withdraw", JO))
    said = say(desk, f"decide {ANA} '{ref} correct\n{NOTE}'")
    assert said.reason != "all-done"
    later(desk, minutes=20)
    assert item(desk, ref).item.motion == "retract"
    assert not letters(desk, "author/kept")
    assert "Its author asks to take it down" in " ".join(text_of(digest_now(desk, BEN)).split())
