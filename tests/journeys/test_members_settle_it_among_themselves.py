"""Policy, told in mails: members disagree, one is the author, one is alone, one leaves; what is up comes down.

Every story ends with a rebuild that gives the same desk. The clock is set by hand; a decision settles in a quarter of
an hour.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    START,
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
    ref_of,
    reminded,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.erase import forget
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve import process
from mailproc.desk.serve.process import enter, work
from mailproc.desk.turn import publishing
from mailproc.publish.page import front_matter

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>", CLEO: f"Cleo <{CLEO}>", JO: f"Jo Poole <{JO}>"}
NO_VETO = {"review.article.veto": False}
TWO = {"review.article.approvals": 2}
TEXT = "The tram was late.\n"


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A desk with Ana and Ben, by options; at its end a rebuild gives the same, and what is up is as it should be."""
    opened = []

    def open_desk_of(*emails: str, **options: object) -> Desk:
        opened.append(a_desk(tmp_path / "desk", **options))
        desk = opened[-1].__enter__()
        for email in emails or (ANA, BEN):
            add_member(desk, email, WHO[email].split()[0])
        told_at.append(desk)
        return desk

    told_at: list[Desk] = []
    yield open_desk_of
    for desk in told_at:
        work(desk)
        assert_same(desk)
        assert verify(desk).findings == []
    for each in opened:
        each.__exit__(None, None, None)


def an_article(desk: Desk, text: str = TEXT, **changes: str) -> str:
    return ref_of(desk, give(desk, a_mail(text, authentic=True, at=desk.now(), **changes)))


def tells(desk: Desk, email: str, text: str) -> str:
    """The member answers their last digest, or one that they get now; their transcript."""
    if not letters(desk, "member/digest", email):
        digest_now(desk, email)
    sent = letters(desk, "member/digest", email)[-1]
    give(desk, a_reply(octets_of(desk, sent), text, WHO[email], at=desk.now()))
    return " ".join(text_of(octets_of(desk, letters(desk, "member/transcript", email)[-1])).split())


def authors_say(desk: Desk, text: str) -> None:
    letter = octets_of(desk, letters(desk, to=JO)[-1])
    give(desk, a_reply(letter, text, WHO[JO], at=desk.now()))


def heard(desk: Desk, email: str = JO) -> list[str]:
    return [letter.template.partition("/")[2] for letter in letters(desk, to=email)]


def last_to(desk: Desk, email: str, template: str) -> str:
    return " ".join(text_of(octets_of(desk, letters(desk, template, email)[-1])).split())


def published(desk: Desk, text: str = TEXT, by: str = ANA, **changes: str) -> str:
    ref = an_article(desk, text, **changes)
    digest_now(desk, ANA)
    if by != BEN:
        digest_now(desk, BEN)
    tells(desk, by, f"{ref} approve")
    later(desk, minutes=16)
    assert state(desk, ref) == "published"
    return ref


def folder_of(desk: Desk, ref: str) -> Path:
    place = item(desk, ref).item.place
    assert place is not None
    return desk.config.storage.published / place


def sums_hold(folder: Path) -> bool:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    named = dict(reversed(line.split("  ", 1)) for line in lines)
    there = {path.name for path in folder.iterdir()} - {"SHA256SUMS", "index.html"}  # the house's page
    return there == set(named) and all(
        hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest for name, digest in named.items()
    )


def events(desk: Desk, ref: str) -> list[tuple[str, str]]:
    return [(line.event, str(line.actor)) for line in item(desk, ref).journal]


# Members disagree


def test_with_a_veto_one_rejection_stops_an_approval_and_the_later_word_wins(told):
    desk = told(**{"review.article.rejections": 2})
    ref = an_article(desk)
    digest_now(desk, BEN)
    assert "approved" in tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=14)
    assert "open again" in tells(desk, BEN, f"{ref} reject: We had this in spring.")
    later(desk, minutes=30)
    assert state(desk, ref) == "pending"
    assert heard(desk) == ["receipt-article"]
    assert "approved" in tells(desk, BEN, f"{ref} approve")
    later(desk, minutes=14)
    assert state(desk, ref) == "approved", "settling begins anew"
    later(desk, minutes=1)
    assert heard(desk) == ["receipt-article", "published"]


def test_without_a_veto_it_is_a_tie_both_hear_it_and_it_waits_until_one_yields(told):
    desk = told(**NO_VETO)
    ref = an_article(desk)
    for email in (ANA, BEN):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=5)
    assert "a tie" in tells(desk, BEN, f"{ref} reject: We had this in spring.")
    later(desk, minutes=30)
    assert state(desk, ref) == "pending"
    assert "as many members are for it as against it" in " ".join(text_of(digest_now(desk, ANA)).split())
    tells(desk, ANA, f"{ref} reject")
    later(desk, minutes=15)
    assert heard(desk) == ["receipt-article", "rejected"]
    assert "We had this in spring." in last_to(desk, JO, "author/rejected")


def test_an_undo_of_another_members_veto_is_not_for_a_third_to_say(told):
    desk = told(ANA, BEN, CLEO)
    ref = an_article(desk)
    for email in (ANA, BEN, CLEO):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} approve")
    tells(desk, BEN, f"{ref} reject")
    assert "decided by more than one" in tells(desk, CLEO, f"undo {ref}")
    assert state(desk, ref) == "rejected"
    tells(desk, BEN, f"undo {ref}")
    assert state(desk, ref) == "pending", "an undo decides nothing: Ana is asked anew"
    assert events(desk, ref)[-2:] == [("reopen", "desk"), ("restart", "desk")]


# Whose item, and who is there


@pytest.mark.parametrize("sender", [ANA, "Ana+drafts@harbour.example"])
def test_the_author_is_a_member_and_the_others_decide(told, sender):
    desk = told(**TWO)
    ref = an_article(desk, sender=f"Ana <{sender}>")
    an_article(desk, subject="Another one")
    assert "your own" in tells(desk, ANA, f"{ref} approve")
    assert state(desk, ref) == "pending"
    tells(desk, BEN, f"{ref} approve")
    assert state(desk, ref) == "approved", "two are asked for, and one may vote"
    assert "your own" in tells(desk, ANA, f"undo {ref}")
    later(desk, minutes=15)
    assert state(desk, ref) == "published"
    assert "your own" in tells(desk, ANA, f"{ref} retract: I changed my mind")
    assert state(desk, ref) == "published"


def test_one_member_alone_decides_where_two_are_asked_for(told):
    desk = told(ANA, **TWO)
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=15)
    assert state(desk, ref) == "published"


def test_a_member_leaves_and_what_their_colleague_said_is_enough_now(told):
    desk = told(**TWO)
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} approve")
    assert state(desk, ref) == "pending"
    later(desk, minutes=5)
    say(desk, f"remove {BEN}")
    assert state(desk, ref) == "approved"
    assert events(desk, ref)[-1] == ("approve", "desk")
    later(desk, minutes=14)
    assert item(desk, ref).item.place is None, "it settles like any other decision"
    later(desk, minutes=1)
    assert state(desk, ref) == "published"


def test_a_member_who_is_removed_while_their_decision_settles_takes_it_along(told):
    desk = told()
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} approve")
    say(desk, f"remove {ANA}")
    assert state(desk, ref) == "pending"
    later(desk, minutes=30)
    assert heard(desk) == ["receipt-article"]


def test_an_item_that_comes_back_with_enough_votes_is_asked_anew_and_not_decided_by_the_clock(told):
    desk = told()
    ref = an_article(desk)
    for email in (ANA, BEN):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} approve")
    tells(desk, BEN, f"{ref} hold")
    later(desk, days=15)
    assert state(desk, ref) == "pending"
    assert ("restart", "desk") in events(desk, ref)
    assert not item(desk, ref).votes


# Undo


def test_an_undo_before_and_after_the_settling(told):
    desk = told()
    ref = published(desk, "A very late tram.\n")
    held = an_article(desk, "Another tram.\n", subject="Two")
    digest_now(desk, ANA)
    tells(desk, ANA, f"{held} reject: Too long.")
    later(desk, minutes=14)
    tells(desk, ANA, f"undo {held}")
    later(desk, minutes=30)
    assert state(desk, held) == "pending"
    assert "rejected" not in heard(desk), "inside, nobody outside hears of it"
    assert "taken down, and it waits" in tells(desk, BEN, f"undo {ref}"), "one decided, so any member may undo it"
    assert ("unvote", BEN) in events(desk, ref)
    assert "of-another" in [line.reason for line in item(desk, ref).journal if line.event == "unvote"]
    later(desk, seconds=1)
    assert state(desk, ref) == "pending"
    assert heard(desk)[-1] == "recalled"


def test_a_vote_taken_back_after_the_settling_leaves_what_enough_others_approved(told):
    desk = told(ANA, BEN, CLEO, **TWO)
    ref = an_article(desk)
    for email in (ANA, BEN, CLEO):
        digest_now(desk, email)
        tells(desk, email, f"{ref} approve")
    later(desk, minutes=15)
    assert "stays published" in tells(desk, CLEO, f"undo {ref}")
    assert state(desk, ref) == "published"
    tells(desk, BEN, f"undo {ref}")
    assert state(desk, ref) == "pending"


def test_an_approval_is_taken_back_while_publishing_rests_and_nothing_goes_up(told):
    desk = told()
    say(desk, "desk pause publishing")
    ref = an_article(desk)
    digest_now(desk, BEN)
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=30)
    assert "already approved" in tells(desk, BEN, f"{ref} reject")
    assert "not up yet" in tells(desk, BEN, f"{ref} retract: It is too long.")
    assert "open again" in tells(desk, BEN, f"undo {ref}")
    say(desk, "desk resume publishing")
    work(desk)
    assert state(desk, ref) == "pending"
    assert not list(desk.config.storage.published.glob("articles/*/*"))
    assert heard(desk) == ["receipt-article"]


def test_what_is_taken_back_between_the_bundle_and_its_event_does_not_stay_up(told, monkeypatch):
    desk = told()
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} approve")
    monkeypatch.setattr(publishing, "reach", lambda point: _undo_meanwhile(desk, ref, point))
    later(desk, minutes=16)
    assert state(desk, ref) == "pending"
    assert not list(desk.config.storage.published.glob("articles/*/*"))


def _undo_meanwhile(desk: Desk, ref: str, point: str) -> None:
    if point == "publish.renamed":
        say(desk, f"decide {BEN} 'undo {ref}'")


def test_a_discarded_item_is_shown_to_all_with_who_did_it_and_comes_back_by_a_word(told):
    desk = told()
    ref = an_article(desk)
    for email in (ANA, BEN):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} discard")
    later(desk, minutes=20)
    assert "already discarded by Ana" in tells(desk, BEN, f"{ref} approve")
    an_article(desk, subject="Another")
    shown = " ".join(text_of(digest_now(desk, BEN)).split())
    assert "discarded by Ana" in shown
    assert "open again" in tells(desk, BEN, f"undo {ref}")
    assert state(desk, ref) == "pending"
    assert heard(desk)[0] == "receipt-article"


# What is up comes down


def test_a_published_article_is_retracted_by_ballot_and_stays_up_until_that_has_settled(told):
    desk = told(**TWO)
    ref = an_article(desk, "A very late tram.\n")
    for email in (ANA, BEN):
        digest_now(desk, email)
        tells(desk, email, f"{ref} approve")
    later(desk, minutes=15)
    folder = folder_of(desk, ref)
    later(desk, days=30)
    assert "1 of 2 for it" in tells(desk, ANA, f"{ref} retract: It names a private person.")
    assert (item(desk, ref).item.motion, state(desk, ref)) == ("retract", "published")
    waits = text_of(digest_now(desk, BEN))
    assert ref in waits
    assert "It names a private person." in " ".join(waits.replace("\n| ", " ").split())
    assert "for it, write" in tells(desk, BEN, f"{ref} approve"), "it could mean the article: asked back"
    assert "it comes down" in tells(desk, BEN, f"{ref} retract")
    later(desk, minutes=14)
    assert (folder / "text.txt").exists()
    later(desk, minutes=1)
    assert state(desk, ref) == "retracted"
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "index.md"]
    assert ref in (folder / "index.md").read_text()
    assert "It names a private person." in last_to(desk, JO, "author/retracted")
    assert "open again" in tells(desk, ANA, f"undo {ref}"), "nothing ends for ever"


def test_a_retraction_is_stopped_while_it_settles_and_whoever_asked_hears_the_end(told):
    desk = told()
    ref = published(desk)
    tells(desk, ANA, f"{ref} retract: old")
    later(desk, minutes=10)
    assert "it stays as it is" in tells(desk, BEN, f"{ref} reject: still true")
    later(desk, minutes=15)
    assert state(desk, ref) == "published"
    assert item(desk, ref).item.motion == ""
    assert (folder_of(desk, ref) / "text.txt").exists()
    assert heard(desk) == ["receipt-article", "published"]
    assert "it stays as it is" in " ".join(text_of(digest_now(desk, ANA)).split())


def test_an_undo_of_the_only_word_for_a_motion_ends_it_without_a_trace_outside(told):
    desk = told()
    ref = published(desk)
    tells(desk, ANA, f"{ref} retract: a slip")
    assert "nobody asks" in tells(desk, ANA, f"undo {ref}")
    later(desk, minutes=30)
    assert (state(desk, ref), item(desk, ref).item.motion) == ("published", "")
    assert heard(desk) == ["receipt-article", "published"]


def test_a_motion_that_nobody_answers_is_brought_up_again_and_lapses_with_a_word(told):
    desk = told(**TWO)
    ref = an_article(desk)
    for email in (ANA, BEN):
        digest_now(desk, email)
        tells(desk, email, f"{ref} approve")
    later(desk, minutes=15)
    tells(desk, ANA, f"{ref} retract: old")
    later(desk, days=4)
    reminded(desk)
    assert any(ref in letter.listed for letter in letters(desk, "member/reminder"))
    later(desk, days=27)
    assert (state(desk, ref), item(desk, ref).item.motion) == ("published", "")
    assert "not enough members have answered" in " ".join(text_of(digest_now(desk, ANA)).split())


def test_the_author_asks_to_take_it_down_and_members_decide_it(told):
    desk = told()
    ref = published(desk)
    authors_say(desk, "withdraw")
    assert heard(desk)[-1] == "withdrawal-noted"
    assert (state(desk, ref), item(desk, ref).item.motion_by) == ("published", JO)
    authors_say(desk, "withdraw")
    assert heard(desk)[-1] == "status", "said twice it is asked once"
    assert ref in text_of(digest_now(desk, BEN))
    tells(desk, BEN, f"{ref} retract")
    later(desk, minutes=15)
    assert state(desk, ref) == "retracted"
    assert heard(desk)[-1] == "retracted"


def test_members_leave_up_what_its_author_asked_to_take_down_and_say_so(told):
    desk = told()
    ref = published(desk)
    authors_say(desk, "withdraw")
    digest_now(desk, BEN)
    tells(desk, BEN, f"{ref} reject: It was printed.")
    later(desk, minutes=15)
    assert state(desk, ref) == "published"
    assert "It was printed." in last_to(desk, JO, "author/kept")


# Another text


def test_a_published_article_is_replaced_word_for_word_and_the_page_says_whose_it_is(told):
    desk = told()
    ref = published(desk)
    folder = folder_of(desk, ref)
    first = item(desk, ref).item.text_sha256
    assert "the new text goes up" in tells(desk, ANA, f"{ref} replace\n\nThe tram was early.\nApprove of that.")
    later(desk, minutes=14)
    assert (folder / "text.txt").read_text() == TEXT
    later(desk, minutes=1)
    now = item(desk, ref).item
    assert (state(desk, ref), now.motion, now.replaced_by) == ("published", "", "members")
    assert (folder / "text.txt").read_bytes() == (now.text or "").encode()
    assert now.text is not None
    assert now.text.startswith("The tram was early.\nApprove of that.")
    assert now.earlier_sha256 == (first,)
    page = front_matter(folder)
    assert page["earlier_sha256"] == [first]
    assert page["sha256"] == now.text_sha256
    assert str(page["replaced"]).startswith("2026-11-22")
    assert "A text of the members has stood here since 2026" in (folder / "index.md").read_text().replace("&#45;", "-")
    assert sums_hold(folder)
    assert "Our members have put another text in the place of your article" in last_to(desk, JO, "author/replaced")
    assert "too late to undo" in tells(desk, ANA, f"undo {ref}"), "an undo of a replacement must not take the work down"
    assert state(desk, ref) == "published"


def test_the_authors_newer_version_is_put_up_by_a_bare_replace(told):
    desk = told(**TWO)
    ref = an_article(desk)
    for email in (ANA, BEN):
        digest_now(desk, email)
        tells(desk, email, f"{ref} approve")
    later(desk, minutes=15)
    folder = folder_of(desk, ref)
    authors_say(desk, "version\n\nThe tram was late, and full.")
    assert heard(desk)[-1] == "version-noted"
    assert item(desk, ref).item.text == TEXT
    assert "The tram was late, and full." in text_of(digest_now(desk, BEN))
    digest_now(desk, ANA)
    assert "1 of 2 for it" in tells(desk, ANA, f"{ref} replace")
    assert "another text is proposed" in tells(desk, BEN, f"{ref} replace\n\nSomething else.")
    tells(desk, BEN, f"{ref} replace")
    later(desk, minutes=15)
    assert (folder / "text.txt").read_text().startswith("The tram was late, and full.")
    assert item(desk, ref).item.replaced_by == "author"
    assert "The author&#39;s newer text" in (folder / "index.md").read_text()
    assert heard(desk)[-1] == "replaced"


def test_a_replacement_waits_while_publishing_rests_and_can_still_be_stopped(told):
    desk = told()
    ref = published(desk)
    say(desk, "desk pause publishing")
    tells(desk, ANA, f"{ref} replace\n\nThe tram was early.")
    later(desk, days=1)
    assert item(desk, ref).item.motion_settles == "replace"
    assert (folder_of(desk, ref) / "text.txt").read_text() == TEXT
    assert "it stays as it is" in tells(desk, BEN, f"{ref} reject: it was late")
    say(desk, "desk resume publishing")
    later(desk, minutes=20)
    assert item(desk, ref).item.text == TEXT
    assert (folder_of(desk, ref) / "text.txt").read_text() == TEXT


def test_a_death_between_the_new_bundle_and_its_event_is_made_good_by_the_next_run(told, monkeypatch):
    class Died(BaseException):
        pass

    def die(point: str) -> None:
        if point == "publish.renamed":
            raise Died

    desk = told()
    ref = published(desk)
    tells(desk, ANA, f"{ref} replace\n\nThe tram was early.")
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "reach", die)
        with pytest.raises(Died):
            later(desk, minutes=15)
    assert item(desk, ref).item.text == TEXT
    work(desk)
    assert (folder_of(desk, ref) / "text.txt").read_text().startswith("The tram was early.")
    assert item(desk, ref).item.replaced_at == START.replace(minute=31)
    assert len([line for line in item(desk, ref).journal if line.event == "replaced"]) == 1


def test_gathered_material_is_retracted_from_its_file(told):
    desk = told()
    mail = a_mail("A leaflet for the North Pier Society file.\n", to="files@harbour.example", authentic=True)
    ref = ref_of(desk, give(desk, mail))
    if item(desk, ref).item.group is None:
        say(desk, f"decide {ANA} 'sort {ref} material North Pier Society'")
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=15)
    assert state(desk, ref) == "gathered"
    place = folder_of(desk, ref)
    tells(desk, ANA, f"{ref} retract: a forgery")
    later(desk, minutes=15)
    assert state(desk, ref) == "retracted"
    assert sorted(path.name for path in place.iterdir()) == ["index.html", "index.md"]
    assert "a forgery" in last_to(desk, JO, "author/retracted")


def test_two_replies_that_cross_are_taken_one_after_the_other(told):
    desk = told()
    ref = an_article(desk)
    for email in (ANA, BEN):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} approve")
    assert "approved already" in tells(desk, BEN, f"{ref} approve")
    later(desk, minutes=15)
    assert state(desk, ref) == "published"
    assert "already approved" in tells(desk, BEN, f"{ref} approve")
    assert "already approved" in tells(desk, BEN, f"{ref} hold")
    assert "already approved" in tells(desk, BEN, f"{ref} ask Which tram?")
    assert f"retract {ref}" in tells(desk, BEN, f"{ref} reject")
    assert process.work(desk).stuck == ()


# Somebody is forgotten


@pytest.mark.parametrize("who", [ANA, JO])
def test_whoever_is_forgotten_what_members_put_up_stays_and_a_proposed_text_goes(told, who):
    desk = told()
    ref, other = published(desk), published(desk, "A word on the ferry.\n", subject="Two")
    tells(desk, ANA, f"{ref} replace\n\nThe tram was early on the harbour line.")
    later(desk, minutes=15)
    if who == ANA:
        tells(desk, ANA, f"{other} replace\n\nThe ferry of my grandfather never sailed.")
    else:
        authors_say(desk, "version\n\nThe ferry of my grandfather never sailed.")
    enter(desk, f"operator:forget-{who}", forget.command_of(desk, who, "keep"))
    assert (folder_of(desk, ref) / "text.txt").read_text().startswith("The tram was early on the harbour line.")
    entries = b"".join(path.read_bytes() for path in desk.archive.rglob("*.json"))
    assert b"grandfather" not in entries
    assert b"early on the harbour line" in entries, "it is up"
