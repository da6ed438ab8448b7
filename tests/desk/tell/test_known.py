"""What is known of many items at once: in words as people say them, and in as many queries for a hundred as for ten."""

from __future__ import annotations

import pytest
from build import ANA, BEN, CLEO, START, a_mail, add_member, give, item, later, ref_of, say, worded
from sqlalchemy import event

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import views
from mailproc.store.database import reading
from mailproc.store.people import members


@pytest.fixture
def three(open_desks) -> Desk:
    """Ana, Ben and Cleo; two approvals carry an article."""
    desk = open_desks(**{"review.article.approvals": 2, "review.article.rejections": 2})
    for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
        add_member(desk, email, name)
    return desk


def an_article(desk: Desk) -> str:
    return ref_of(desk, give(desk, a_mail(authentic=True)))


def tally(desk: Desk, ref: str, email: str) -> str:
    """The tally as this member reads it."""
    with reading(desk.engine) as conn:
        member = members.get(conn, email)
        assert member is not None
        return worded(desk, views.digest_item(conn, desk, item(desk, ref).item, member, START).tally)


def standing(desk: Desk, ref: str) -> str:
    with reading(desk.engine) as conn:
        return worded(desk, views.standing(conn, item(desk, ref).item))


def test_a_tally_names_who_voted_and_what_is_lacking(three: Desk):
    ref = an_article(three)
    assert tally(three, ref, ANA) == "none yet; 2 are needed"
    say(three, f"decide {ANA} '{ref} approve'")
    assert tally(three, ref, BEN) == "approved by Ana; one more is needed"
    assert tally(three, ref, ANA) == "approved by you; one more is needed"
    say(three, f"decide {BEN} '{ref} reject: too long'")
    assert tally(three, ref, CLEO) == "approved by Ana, rejected by Ben"


def test_a_decision_is_of_all_who_carried_it(three: Desk):
    ref = an_article(three)
    say(three, f"decide {ANA} '{ref} approve'")
    say(three, f"decide {BEN} '{ref} approve'")
    assert standing(three, ref) == "approved by Ana and the operator, for Ben on 22 November 2026 at 09:00 UTC"
    later(three, minutes=20)
    assert standing(three, ref).endswith("on 22 November 2026 at 09:00 UTC, and published")


def test_a_digest_of_many_items_takes_no_more_queries_than_one_of_few(three: Desk):
    def queries() -> int:
        asked: list[str] = []
        with reading(three.engine) as conn:
            member = members.get(conn, CLEO)
            assert member is not None
            event.listen(conn, "before_cursor_execute", lambda *of: asked.append(of[2]))
            assert views.waiting_for(conn, three, member, START)
        return len(asked)

    an_article(three)
    of_one = queries()
    for _ in range(11):
        an_article(three)
    assert queries() == of_one


@pytest.fixture
def joana(open_desks) -> Desk:
    """Ana, and Joana whose address ends as Ana's does; one approval carries an article."""
    desk = open_desks()
    for email, name in ((ANA, "Ana"), (f"jo{ANA}", "Joana")):
        add_member(desk, email, name)
    return desk


def test_what_one_member_decided_is_not_taken_for_the_word_of_another_whose_address_ends_alike(joana: Desk):
    ref = an_article(joana)
    say(joana, f"decide jo{ANA} '{ref} approve'")
    with reading(joana.engine) as conn:
        ana = members.get(conn, ANA)
        assert ana is not None
        assert [entry.item.ref for entry in views.waiting_for(conn, joana, ana, START)] == [ref]


def test_both_of_two_members_whose_addresses_end_alike_are_named(joana: Desk):
    ref = an_article(joana)
    say(joana, f"decide {ANA} '{ref} approve'")
    say(joana, f"decide jo{ANA} '{ref} approve'")
    assert [vote.member for vote in item(joana, ref).votes] == [ANA, f"jo{ANA}"]
    say(joana, f"decide jo{ANA} '{ref} reject: too long'")
    say(joana, f"decide {ANA} '{ref} reject: too long'")
    assert standing(joana, ref).startswith("rejected by ")
    assert "Ana" in standing(joana, ref)
    assert "Joana" in standing(joana, ref)
