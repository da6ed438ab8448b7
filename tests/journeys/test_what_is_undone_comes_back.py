"""Nothing ends for ever by one word: what is published comes back to the members, and goes up again, or does not.

Each story ends with a rebuild that gives the same desk, and with `verify` finding all that is public as it should be.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
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
    ref_of,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.page import whole
from mailproc.desk.serve.process import work

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>", CLEO: f"Cleo <{CLEO}>", JO: f"Jo Poole <{JO}>"}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A desk with Ana and Ben, by options; at its end a rebuild gives the same, and what is up is as it should be."""
    opened = []

    def open_desk_of(*emails: str, **options: object) -> Desk:
        opened.append(a_desk(tmp_path / "desk", **options))
        desks.append(opened[-1].__enter__())
        for email in emails or (ANA, BEN):
            add_member(desks[-1], email, WHO[email].split()[0])
        return desks[-1]

    desks: list[Desk] = []
    yield open_desk_of
    for desk in desks:
        work(desk)
        assert_same(desk)
        assert verify(desk).findings == []
    for each in opened:
        each.__exit__(None, None, None)


def an_article(desk: Desk, text: str = "The tram was late.\n", **changes: str) -> str:
    return ref_of(desk, give(desk, a_mail(text, authentic=True, at=desk.now(), **changes)))


def tells(desk: Desk, email: str, text: str) -> str:
    """The member answers the last digest that they got, or one that they get now; their transcript, on one line."""
    sent = letters(desk, "member/digest", email)
    letter = octets_of(desk, sent[-1]) if sent else digest_now(desk, email)
    give(desk, a_reply(letter, text, WHO[email], at=desk.now()))
    return last_to(desk, email, "member/transcript")


def last_to(desk: Desk, email: str, template: str | None = None) -> str:
    return flat(octets_of(desk, letters(desk, template, email)[-1]))


def flat(letter: bytes) -> str:
    return " ".join(text_of(letter).replace("\n| ", " ").split())


def heard(desk: Desk) -> list[str]:
    return [letter.template.partition("/")[2] for letter in letters(desk, to=JO)]


def published(desk: Desk, text: str = "The tram was late.\n", **changes: str) -> str:
    ref = an_article(desk, text, **changes)
    for email in (ANA, BEN):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=16)
    assert state(desk, ref) in {"published", "gathered"}
    return ref


def folder_of(desk: Desk, ref: str) -> Path:
    place = item(desk, ref).item.place
    assert place is not None
    return desk.config.storage.published / place


# What is published


def test_an_undo_of_a_published_article_brings_it_back_to_the_members_and_they_put_it_up_again(told):
    desk = told()
    ref = published(desk)
    folder = folder_of(desk, ref)
    stood = (folder / "text.txt").read_bytes()
    later(desk, days=2)
    said = tells(desk, BEN, f"undo {ref}: It names a private person.")
    assert f"taken down, and it waits for a decision again; its author hears of it, and “{ref} approve” puts it" in said
    assert "Its author reads: It names a private person." in said
    later(desk, seconds=1)
    assert state(desk, ref) == "pending"
    assert item(desk, ref).item.published_at is None
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "index.md"]
    assert f"{ref} was taken down on 2026-11-24." in (folder / "index.md").read_text()

    assert heard(desk) == ["receipt-article", "published", "recalled"]
    letter = last_to(desk, JO)
    assert "One of our members has taken back the decision by which it went up" in letter
    assert "They say: It names a private person." in letter
    assert "If they approve it again, it goes up again, in the same place" in letter
    assert "You hear from us by 24 December 2026 in any case." in letter

    shown = flat(digest_now(desk, ANA))
    assert "It was up from 22 November 2026 at 09:15 UTC to 24 November 2026 at 09:16 UTC. Ben took that back" in shown
    assert "What Ben says, 24 November 2026 at 09:16 UTC: It names a private person." in shown
    assert "approved" in tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=16)
    assert state(desk, ref) == "published"
    assert folder_of(desk, ref) == folder
    assert (folder / "text.txt").read_bytes() == stood
    assert heard(desk)[-1] == "published"
    assert {"approve", "published", "recall", "taken_down"} <= {line.event for line in item(desk, ref).journal}


def test_what_was_taken_back_may_be_rejected_and_its_line_stays(told):
    desk = told()
    ref = published(desk)
    place = item(desk, ref).item.place
    tells(desk, BEN, f"undo {ref}")
    digest_now(desk, ANA)
    tells(desk, ANA, f"{ref} reject: We were wrong.")
    later(desk, minutes=16)
    assert (state(desk, ref), heard(desk)[-1]) == ("rejected", "rejected")
    root = desk.config.storage.published
    assert "was taken down on" in (root / place / "index.md").read_text()
    shutil.rmtree(root / place)
    assert whole.publish_all(desk, root).written == [ref]
    assert verify(desk).findings == []
    assert "open again" in tells(desk, ANA, f"undo {ref}"), "and that is not for ever either"


def test_it_goes_up_where_it_stood_though_the_folder_was_lost_and_its_name_is_taken(told):
    desk = told()
    first = published(desk, subject="The tram")
    second = published(desk, "Another late tram.\n", subject="The tram")
    place = item(desk, second).item.place
    assert place.endswith(f"-{second.lower()}")
    tells(desk, ANA, f"undo {second}")
    tells(desk, ANA, f"undo {first}")
    later(desk, seconds=1)
    shutil.rmtree(desk.config.storage.published)
    digest_now(desk, BEN)
    tells(desk, BEN, f"{second} approve")
    later(desk, minutes=16)
    assert item(desk, second).item.place == place
    whole.publish_all(desk, desk.config.storage.published)


def test_it_is_approved_again_before_its_page_came_down(told):
    desk = told()
    ref = published(desk)
    folder = folder_of(desk, ref)
    say(desk, "desk pause publishing")
    tells(desk, BEN, f"undo {ref}")
    digest_now(desk, ANA)
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=5)
    assert (folder / "text.txt").exists()
    say(desk, "desk resume publishing")
    work(desk)
    assert not (folder / "text.txt").exists(), "nobody has decided for good yet"
    assert state(desk, ref) == "approved"
    later(desk, minutes=11)
    assert state(desk, ref) == "published"
    assert (folder / "text.txt").exists()


def test_an_undo_before_the_page_came_down_leaves_no_page_behind(told):
    desk = told()
    ref = published(desk)
    folder = folder_of(desk, ref)
    say(desk, "desk pause publishing")
    tells(desk, BEN, f"undo {ref}")
    for email in (ANA, BEN):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} reject")
    later(desk, minutes=16)
    tells(desk, ANA, f"undo {ref}")
    assert state(desk, ref) == "pending"
    say(desk, "desk resume publishing")
    work(desk)
    assert sorted(path.name for path in folder.iterdir()) == ["index.html", "index.md"]
    assert item(desk, ref).item.place is None


def test_what_was_up_keeps_its_kind(told):
    desk = told()
    ref = published(desk)
    tells(desk, BEN, f"undo {ref}")
    assert "it was up before, and the line in its place names it; it stays an article" in tells(
        desk, BEN, f"{ref} sort material"
    )
    assert state(desk, ref) == "pending"


def test_material_that_is_taken_back_leaves_its_file_and_comes_back_into_it(told):
    desk = told()
    ref = ref_of(desk, give(desk, a_mail("Old minutes.\n", to="files@harbour.example", authentic=True, at=desk.now())))
    for email in (ANA, BEN):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} sort material North Pier Society")
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=16)
    assert state(desk, ref) == "gathered"
    folder = folder_of(desk, ref)
    tells(desk, BEN, f"undo {ref}")
    later(desk, seconds=1)
    assert "taken down" in (folder.parent / "index.md").read_text()
    assert "it stays material" in tells(desk, BEN, f"{ref} sort material Harbour Office")
    digest_now(desk, ANA)
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=16)
    assert (state(desk, ref), folder_of(desk, ref)) == ("gathered", folder)
    assert "taken down" not in (folder.parent / "index.md").read_text()


# What members took down


def test_a_retraction_is_undone_and_it_waits_again(told):
    desk = told()
    ref = published(desk)
    tells(desk, ANA, f"{ref} retract: It names a private person.")
    later(desk, minutes=16)
    assert (state(desk, ref), heard(desk)[-1]) == ("retracted", "retracted")
    assert "open again; its author hears of it" in tells(desk, BEN, f"undo {ref}: She has agreed to it.")
    assert (state(desk, ref), heard(desk)[-1]) == ("pending", "reopened")
    shown = flat(digest_now(desk, ANA))
    assert "The members took it down, and Ben took that back." in shown
    assert "She has agreed to it." in shown
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=16)
    assert (state(desk, ref), heard(desk)[-1]) == ("published", "published")


def test_a_retraction_by_two_is_taken_back_by_one_of_them_and_by_nobody_else(told):
    desk = told(ANA, BEN, CLEO, **{"review.article.approvals": 2})
    ref = an_article(desk)
    for email in (ANA, BEN, CLEO):
        digest_now(desk, email)
    for word in ("approve", "retract"):
        for email in (ANA, BEN):
            tells(desk, email, f"{ref} {word}")
        later(desk, minutes=16)
    assert state(desk, ref) == "retracted"
    assert "decided by more than one member" in tells(desk, CLEO, f"undo {ref}")
    tells(desk, BEN, f"undo {ref}")
    assert state(desk, ref) == "pending"


def test_what_its_author_wished_to_have_taken_down_only_they_bring_back(told):
    desk = told()
    ref = published(desk)
    give(desk, a_reply(octets_of(desk, letters(desk, to=JO)[-1]), "withdraw", WHO[JO], at=desk.now()))
    digest_now(desk, BEN)
    tells(desk, BEN, f"{ref} retract")
    later(desk, minutes=16)
    assert state(desk, ref) == "retracted"
    assert "its author asked to take it down, so only they bring it back" in tells(desk, BEN, f"undo {ref}")
    assert state(desk, ref) == "retracted"
    newer = "version\n\nThe tram was late, and I know why now.\n"
    give(desk, a_reply(octets_of(desk, letters(desk, to=JO)[-1]), newer, WHO[JO], at=desk.now(), quoting=False))
    assert (state(desk, ref), heard(desk)[-1]) == ("pending", "receipt-version")
    assert "and its author sent another text" in flat(digest_now(desk, ANA))
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=16)
    assert (folder_of(desk, ref) / "text.txt").read_text() == "The tram was late, and I know why now."


# Other ends


@pytest.mark.parametrize("word", ["discard", "reject: No."])
def test_what_one_member_ended_any_member_takes_up_again(told, word):
    desk = told()
    ref = an_article(desk)
    for email in (ANA, BEN):
        digest_now(desk, email)
    tells(desk, ANA, f"{ref} {word}")
    later(desk, days=3)
    assert "open again" in tells(desk, BEN, f"undo {ref}")
    assert state(desk, ref) == "pending"


def test_what_lapsed_a_member_takes_up_again(told):
    desk = told()
    ref = an_article(desk)
    digest_now(desk, BEN)
    later(desk, days=31)
    assert state(desk, ref) == "lapsed"
    assert "open again" in tells(desk, BEN, f"undo {ref}")
    assert (state(desk, ref), heard(desk)[-1]) == ("pending", "reopened")


# An undo decides nothing


def test_an_undo_beside_anothers_hold_takes_back_ones_own_vote_and_the_hold_stays(told):
    desk = told(ANA, BEN, CLEO)
    ref = an_article(desk)
    digests(desk, ANA, BEN, CLEO)
    tells(desk, CLEO, f"{ref} approve")
    later(desk, minutes=5)
    tells(desk, BEN, f"{ref} hold")
    said = tells(desk, CLEO, f"undo {ref}: It names my neighbour.")
    assert "your vote is taken back. Ben held it on 22 November 2026 at 09:05 UTC, and that stays: it" in said
    assert "The other members read your words with it." in said
    assert "went on" not in said
    later(desk, minutes=30)
    assert (state(desk, ref), standing(desk, ref)) == ("held", [])
    tells(desk, BEN, f"undo {ref}")
    later(desk, minutes=30)
    assert state(desk, ref) == "pending"
    assert heard(desk) == ["receipt-article"]
    shown = flat(digest_now(desk, ANA))
    assert "What Cleo says, 22 November 2026 at 09:05 UTC: It names my neighbour." in shown


@pytest.mark.parametrize("second", ["hold", "ask Which tram was it?"])
def test_an_undo_takes_back_every_word_of_its_sender(told, second):
    desk = told()
    ref = an_article(desk)
    tells(desk, ANA, f"{ref} approve")
    tells(desk, ANA, f"{ref} {second}")
    assert "open again" in tells(desk, ANA, f"undo {ref}")
    later(desk, minutes=30)
    assert (state(desk, ref), standing(desk, ref)) == ("pending", [])


@pytest.mark.parametrize("words", [("approve", "hold"), ("approve", "reject: No."), ("reject: No.", "hold")])
def test_what_other_votes_would_decide_after_an_undo_is_asked_anew(told, words):
    desk = told()
    ref = an_article(desk)
    digests(desk, ANA, BEN)
    tells(desk, ANA, f"{ref} {words[0]}")
    tells(desk, BEN, f"{ref} {words[1]}")
    said = tells(desk, BEN, f"undo {ref}")
    assert "your word is taken back, and it is open again; the votes of others are asked for anew" in said
    later(desk, minutes=30)
    assert (state(desk, ref), standing(desk, ref)) == ("pending", [])
    shown = flat(digest_now(desk, ANA))
    assert "The tram: it is open again, and your vote is asked for anew" in shown
    tells(desk, ANA, f"{ref} approve")
    later(desk, minutes=16)
    assert state(desk, ref) == "published"


def test_an_undo_of_anothers_hold_by_who_has_said_nothing_is_told_to_them_and_decides_nothing(told):
    desk = told(ANA, BEN, CLEO)
    ref = an_article(desk)
    digests(desk, ANA, BEN, CLEO)
    tells(desk, ANA, f"{ref} approve")
    tells(desk, BEN, f"{ref} hold")
    assert "Ben held it on 22 November 2026 at 09:00 UTC, and hears now" in tells(desk, CLEO, f"undo {ref}")
    assert "Cleo took back what was decided" in last_to(desk, BEN, "member/went-on")
    later(desk, minutes=30)
    assert state(desk, ref) == "pending"


def test_who_voted_and_undoes_anothers_discard_has_no_vote_any_more(told):
    desk = told()
    ref = an_article(desk)
    digests(desk, ANA, BEN)
    tells(desk, ANA, f"{ref} approve")
    tells(desk, BEN, f"{ref} discard")
    tells(desk, ANA, f"undo {ref}: It was not spam.")
    later(desk, minutes=30)
    assert (state(desk, ref), standing(desk, ref)) == ("pending", [])


def test_a_motion_is_not_carried_by_an_undo(told):
    desk = told()
    ref = published(desk)
    tells(desk, ANA, f"{ref} retract: A slip.")
    tells(desk, BEN, f"{ref} reject")
    assert "asked for anew" in tells(desk, BEN, f"undo {ref}")
    later(desk, minutes=30)
    assert (state(desk, ref), standing(desk, ref), item(desk, ref).item.motion) == ("published", [], "retract")


@pytest.mark.parametrize(
    ("word", "tells_of"), [("hold", "Ben held it first"), ("ask When?", "Ben put a question to its author first")]
)
def test_who_decided_hears_that_another_stopped_it(told, word, tells_of):
    desk = told()
    ref = an_article(desk)
    digests(desk, ANA, BEN)
    assert "it takes effect on" in tells(desk, ANA, f"{ref} approve")
    tells(desk, BEN, f"{ref} {word}")
    later(desk, minutes=30)
    shown = flat(digest_now(desk, ANA))
    assert f"The tram: what you decided has not taken effect, because {tells_of}" in shown
    assert "has not taken effect" not in flat(digest_now(desk, BEN))


@pytest.mark.parametrize("holder", [ANA, BEN])
def test_a_rejection_that_settles_can_be_held_like_an_approval(told, holder):
    desk = told()
    ref = an_article(desk)
    digests(desk, ANA, BEN)
    tells(desk, ANA, f"{ref} reject: No.")
    later(desk, minutes=10)
    assert "held; it comes back by itself on" in tells(desk, holder, f"{ref} hold")
    later(desk, minutes=30)
    assert (state(desk, ref), heard(desk)) == ("held", ["receipt-article"])
    later(desk, days=15)
    assert state(desk, ref) == "pending"


@pytest.mark.parametrize(
    ("word", "wait"), [("reject: No.", "to have it wait again"), ("approve", "to take it down, so that it waits again")]
)
def test_a_hold_that_comes_too_late_is_told_what_works(told, word, wait):
    desk = told()
    ref = an_article(desk)
    digests(desk, ANA, BEN)
    tells(desk, ANA, f"{ref} {word}")
    later(desk, minutes=16)
    before = state(desk, ref)
    assert f"so it is too late to hold it; {wait}, write “undo {ref}”" in tells(desk, BEN, f"{ref} hold")
    assert state(desk, ref) == before
    give(desk, a_reply(octets_of(desk, letters(desk, to=JO)[-1]), "Can I withdraw my article?", WHO[JO], at=desk.now()))
    assert state(desk, ref) == before, "nor does its author hold what has ended"


def standing(desk: Desk, ref: str) -> list[str]:
    return [vote.member for vote in item(desk, ref).votes if not vote.undone]


def digests(desk: Desk, *emails: str) -> None:
    for email in emails:
        digest_now(desk, email)
