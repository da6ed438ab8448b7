"""An author sees what was approved as it will stand, before it goes up, and says yes or what is to be changed.

Each story ends with a rebuild that gives the same desk, and with `verify` finding all that is public as it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve.process import work

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>", JO: f"Jo Poole <{JO}>"}
TEXT = "The tram was late again, and nobody on the quay knew why.\nThe gulls knew.\n\nIt came at nine.\n"
FRIDAY = datetime(2026, 11, 27, 8, tzinfo=UTC)


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A desk with proofs, Ana and Ben; at its end a rebuild gives the same, and what is up is as it should be."""
    opened = []
    desks: list[Desk] = []

    def open_desk_of(**options: object) -> Desk:
        opened.append(a_desk(tmp_path / "desk", **{"review.article.proof": True} | options))
        desks.append(opened[-1].__enter__())
        for email in (ANA, BEN):
            add_member(desks[-1], email, WHO[email].split()[0])
        return desks[-1]

    yield open_desk_of
    for desk in desks:
        work(desk)
        assert_same(desk)
        assert verify(desk).findings == []
    for each in opened:
        each.__exit__(None, None, None)


def approved(desk: Desk, words: str = "yes", *, authentic: bool = True) -> str:
    """Jo's article, approved by Ana, and a quarter of an hour later."""
    ref = ref_of(desk, give(desk, a_mail(TEXT, authentic=authentic, at=desk.now())))
    digest_now(desk, BEN)
    says(desk, ANA, f"{ref} {words}")
    later(desk, minutes=20)
    return ref


def says(desk: Desk, email: str, text: str) -> str:
    """The member answers a digest of theirs; their transcript, on one line."""
    sent = letters(desk, "member/digest", email)
    letter = octets_of(desk, sent[-1]) if sent else digest_now(desk, email)
    give(desk, a_reply(letter, text, WHO[email], at=desk.now()))
    return flat(octets_of(desk, letters(desk, "member/transcript", email)[-1]))


def proof(desk: Desk) -> bytes:
    return octets_of(desk, letters(desk, "author/proof", JO)[-1])


def answers(desk: Desk, text: str) -> str:
    """Jo answers the last proof; the letter that comes back, its name and its words."""
    give(desk, a_reply(proof(desk), text, WHO[JO], at=desk.now()))
    last = letters(desk, None, JO)[-1]
    return f"{last.template}: {flat(octets_of(desk, last))}"


def flat(octets: bytes) -> str:
    return " ".join(text_of(octets).split())


def text(desk: Desk, ref: str) -> str | None:
    return item(desk, ref).item.text


def test_the_author_gets_it_as_it_will_stand_and_a_yes_puts_it_up(told: Callable[..., Desk]):
    desk = told()
    ref = approved(desk)
    assert state(desk, ref) == "awaiting_proof"
    letter = text_of(proof(desk))
    assert "\n".join(f"| {line}" for line in TEXT.rstrip("\n").split("\n")) in letter
    (page,) = message_from_bytes(proof(desk), policy=policy.default).iter_attachments()
    shown = page.get_content().decode()
    assert page.get_filename() == f"{ref}.html"
    assert "nobody on the quay knew why" in shown
    assert "<script" not in shown
    assert answers(desk, "Yes, thank you!").startswith("author/proof-passed: ")
    later(desk, minutes=1)
    assert (state(desk, ref), text(desk, ref)) == ("published", TEXT)
    assert "approved by Ana on" in says(desk, BEN, f"status {ref}")


def test_a_desk_that_wants_no_proof_sends_none(told: Callable[..., Desk]):
    desk = told(**{"review.article.proof": False})
    ref = approved(desk)
    assert state(desk, ref) == "published"
    assert letters(desk, "author/proof") == []


def test_nobody_who_is_not_proven_gets_their_words_in_a_proof(told: Callable[..., Desk]):
    desk = told()
    ref = approved(desk, authentic=False)
    assert state(desk, ref) == "published"
    assert letters(desk, "author/proof") == []


def test_lines_to_change_make_a_new_text_that_the_members_decide_on_and_no_second_proof(told: Callable[..., Desk]):
    desk = told()
    ref = approved(desk)
    said = answers(
        desk,
        "Two slips, sorry.\n\nOLD: The tram was late again, and nobody on the quay\n"
        "knew why.\nNEW: The tram was late once more, and nobody on the quay knew why.\n\n"
        "OLD: It came at nine.\nNEW: It came at ten.\n",
    )
    assert said.startswith("author/receipt-version: ")
    changed = TEXT.replace("late again", "late once more").replace("nine", "ten")
    assert (state(desk, ref), text(desk, ref)) == ("pending", changed)
    digest_now(desk, ANA)
    says(desk, ANA, f"{ref} yes")
    later(desk, minutes=20)
    assert (state(desk, ref), text(desk, ref)) == ("published", changed)
    assert len(letters(desk, "author/proof")) == 1


@pytest.mark.parametrize(
    "words",
    [
        "OLD: The bus was late.\nNEW: The bus was early.",  # it stands nowhere
        "OLD: knew\nNEW: guessed",  # it stands twice
        "OLD: It came at nine.\nNEW: It came at ten.\n\nOLD: The ferry\nNEW: A ferry",  # one of two fails
        "OLD: It came at nine.",  # nothing in its place
        "Yes, but\nNEW: It came at ten.",
    ],
)
def test_a_pair_that_does_not_fit_changes_nothing_and_comes_back(told: Callable[..., Desk], words: str):
    desk = told()
    ref = approved(desk)
    assert answers(desk, words).startswith("author/not-understood: ")
    assert (state(desk, ref), text(desk, ref)) == ("awaiting_proof", TEXT)


def test_a_thanks_passes_no_proof_and_a_contented_word_does(told: Callable[..., Desk]):
    desk = told()
    ref = approved(desk)
    answers(desk, "Thanks!")
    later(desk, minutes=1)
    assert state(desk, ref) == "awaiting_proof"
    assert answers(desk, "Looks good to me.").startswith("author/proof-passed: ")
    later(desk, minutes=1)
    assert state(desk, ref) == "published"


def test_silence_holds_it_and_who_approved_it_hears(told: Callable[..., Desk]):
    desk = told(**{"review.article.proof_days": "3d", "review.article.hold": "5d"})
    ref = approved(desk)
    later(desk, days=2)
    assert state(desk, ref) == "awaiting_proof"
    later(desk, days=1, minutes=1)
    assert state(desk, ref) == "held"
    assert "has not answered the proof" in flat(digest_now(desk, ANA))
    later(desk, days=5)
    assert state(desk, ref) == "pending"


def test_silence_puts_it_up_where_the_desk_says_so(told: Callable[..., Desk]):
    desk = told(**{"review.article.proof_days": "3d", "review.article.proof_silence": "publish"})
    ref = approved(desk)
    assert "it goes up as it is" in flat(proof(desk))
    later(desk, days=3, minutes=1)
    assert (state(desk, ref), text(desk, ref)) == ("published", TEXT)


def test_a_proof_comes_before_the_day_that_was_named(told: Callable[..., Desk]):
    desk = told()
    ref = approved(desk, "yes on Friday at 08:00")
    assert "It goes up on 27 November 2026 at 08:00" in flat(proof(desk))
    assert "27 November 2026 at 08:00" in answers(desk, "yes")
    later(desk, hours=1)
    assert state(desk, ref) == "approved"
    clock_of(desk).set(FRIDAY)
    work(desk)
    assert item(desk, ref).item.published_at == FRIDAY


def test_a_member_may_stop_it_while_its_author_looks(told: Callable[..., Desk]):
    desk = told()
    ref = approved(desk)
    assert "its author has the proof" in says(desk, BEN, f"{ref} reject: too long")
    says(desk, ANA, f"undo {ref}")
    assert state(desk, ref) == "pending"
    assert letters(desk, "author/reopened", JO)
    answers(desk, "yes")
    later(desk, minutes=1)
    assert state(desk, ref) == "pending"


def test_its_author_may_still_take_it_back(told: Callable[..., Desk]):
    desk = told()
    ref = approved(desk)
    answers(desk, "Please withdraw it.")
    assert state(desk, ref) == "withdrawn"
