"""An item's row is its identity: references, votes, journal and messages follow it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from mailproc.errors import UnknownReference
from mailproc.message.model import Address
from mailproc.review.member import Vote
from mailproc.store.database import AlreadyKept
from mailproc.store.work import items, journal, votes
from mailproc.workflow.actor import person
from mailproc.workflow.item import JournalLine


@pytest.fixture
def vote(now):
    return Vote("ana@harbour.example", "approve", "good", now)


def _line(ref: str, now: datetime, **changes: str) -> JournalLine:
    return replace(
        JournalLine(ref, now, person("ana@harbour.example"), "vote", "pending", "pending", "r", "w", 4), **changes
    )


def test_an_item_comes_back_as_it_was_given_in_any_case(conn, an_item, now):
    full = an_item(
        7,
        author=Address("Jo Poole", "Jo@harbour.example"),
        authenticated=False,
        section="humour",
        group="Quay Ltd",
        language="de",
        text="Zeile\n  \n",
        text_source="attachment a.txt",
        settles_at=now,
        decided_at=now,
        published_at=now,
        place="articles/2026/x",
        guess="article",
        question="who?",
        reminded=2,
        extent="marked",
        aliases=("U-7",),
    )
    items.insert(conn, full)
    assert items.get(conn, " a-7 ") == items.get(conn, "u-7") == full
    assert items.get(conn, "M-7") is None


def test_one_mail_opens_one_item_of_a_kind(conn, an_item):
    items.insert(conn, an_item(16))
    items.insert(conn, an_item(16, kind="membership"))
    assert [item.ref for item in items.by_bare_number(conn, 16)] == ["A-16", "M-16"]
    with pytest.raises(AlreadyKept):
        items.insert(conn, an_item(16))


def test_an_old_reference_is_an_alias_for_ever(conn, an_item):
    item = an_item(7, kind="unsorted")
    items.insert(conn, item)
    for old, kind in (("U-7", "article"), ("A-7", "enquiry"), ("a-7", "article")):
        items.replace(conn, old, replace(item, kind=kind))
    for ref in ("U-7", "A-7", "Q-7"):
        assert items.get(conn, ref).refs == ("A-7", "U-7", "Q-7")
    with pytest.raises(AlreadyKept):
        items.insert(conn, an_item(7, kind="unsorted"))


def test_a_reference_that_is_anothers_is_never_taken(conn, an_item):
    items.insert(conn, an_item(16))
    items.insert(conn, an_item(16, kind="membership"))
    with pytest.raises(AlreadyKept):
        items.replace(conn, "M-16", an_item(16))


def test_votes_journal_and_messages_follow_an_item_sorted_anew(conn, an_item, now, vote):
    items.insert(conn, an_item(7, kind="unsorted"))
    items.link_message(conn, "U-7", 7, "opening")
    votes.put(conn, "U-7", vote)
    journal.add(conn, _line("U-7", now))
    items.replace(conn, "U-7", an_item(7))
    items.link_message(conn, "A-7", 9, "addition")
    journal.add(conn, _line("A-7", now, event="sort"))
    for ref in ("A-7", "u-7"):
        assert votes.of(conn, ref) == [vote]
        assert [line.event for line in journal.of(conn, ref)] == ["vote", "sort"]
        assert items.messages_of(conn, ref) == [(7, "opening"), (9, "addition")]
    assert items.refs_of(conn, 9) == items.refs_of(conn, 7) == ["A-7"]


def test_an_item_read_without_its_text_does_not_lose_it_when_written(conn, an_item):
    items.insert(conn, an_item(7, text="Words\n", text_sha256="aa"))
    listed = items.every(conn)[0]
    assert listed.text is None
    items.replace(conn, "A-7", replace(listed, state="approved"))
    assert (items.get(conn, "A-7").text, items.get(conn, "A-7").state) == ("Words\n", "approved")
    items.replace(conn, "A-7", replace(listed, text_sha256="bb"))  # a document without an extract
    assert items.get(conn, "A-7").text is None


def test_a_list_never_reads_a_text(conn, an_item):
    items.insert(conn, an_item(7))
    statements = []
    event.listen(conn, "before_cursor_execute", lambda *told: statements.append(told[2]))
    items.every(conn)
    assert statements
    assert not any("items.text," in one or "items.text " in one for one in statements)
    assert items.every(conn, with_text=True)[0].text == "Words\n"


def test_lists_are_by_number_and_narrowed_by_kind_and_state(conn, an_item):
    for number, state in ((12, "pending"), (3, "held"), (10, "rejected")):
        items.insert(conn, an_item(number, state=state))
    items.insert(conn, an_item(3, kind="membership", state="pending", author=Address("", "Jo@harbour.example")))
    assert [item.ref for item in items.every(conn)] == ["A-3", "M-3", "A-10", "A-12"]
    assert [item.ref for item in items.every(conn, kind="article", state="held")] == ["A-3"]
    assert [item.ref for item in items.waiting(conn, ("pending", "held"))] == ["A-3", "M-3", "A-12"]
    assert items.waiting(conn, ("pending",))[1].text == "Words\n"
    assert [item.ref for item in items.by_author(conn, "jo@harbour.example")] == ["M-3"]


def test_what_may_happen_by_itself_settles_is_announced_or_has_waited_long(conn, an_item, now):
    soon, old = now + timedelta(minutes=5), now - timedelta(days=10)
    found = {
        3: {"settles_at": soon},
        4: {"consent_at": now},
        5: {"waiting_since": old},
        6: {"state": "published", "motion": "retract", "motion_since": old},
    }
    others = {
        7: {"settles_at": now + timedelta(minutes=6)},
        8: {"waiting_since": old, "state": "rejected"},
        9: {},
    }
    for number, changes in (found | others).items():
        items.insert(conn, an_item(number, **changes))
    assert [item.number for item in items.due(conn, soon, ("pending",), now - timedelta(days=9))] == [*found]


def test_what_may_have_to_go_up_or_come_down_has_settled(conn, an_item, now):
    found = {
        3: {"state": "approved"},
        4: {"state": "retracted", "place": "articles/2026/pier"},
        5: {"state": "published", "motion": "replace", "motion_settles": "replace"},
    }
    others = {
        6: {"state": "approved", "settles_at": now},
        7: {"state": "retracted"},
        8: {"state": "published", "motion": "replace", "motion_settles": "replace", "settles_at": now},
    }
    for number, changes in (found | others).items():
        items.insert(conn, an_item(number, **changes))
    assert [item.number for item in items.for_publishing(conn)] == [*found]


def test_a_message_is_linked_once_in_each_role(conn, an_item):
    items.insert(conn, an_item(7))
    items.insert(conn, an_item(9, kind="enquiry"))
    for _ in range(2):
        items.link_message(conn, "A-7", 9, "answer")
    items.link_message(conn, "Q-9", 9, "opening")
    assert items.messages_of(conn, "A-7") == [(9, "answer")]
    assert items.refs_of(conn, 9) == ["Q-9", "A-7"]
    assert items.refs_of(conn, 8) == []


def test_an_unknown_reference_is_told_everywhere(conn, an_item, now, vote):
    for call in (
        lambda: items.replace(conn, "A-9", an_item(9)),
        lambda: items.link_message(conn, "A-9", 9, "opening"),
        lambda: items.messages_of(conn, "A-9"),
        lambda: votes.put(conn, "A-9", vote),
        lambda: journal.add(conn, _line("A-9", now)),
    ):
        with pytest.raises(UnknownReference, match="A-9: no item has this reference"):
            call()


def test_a_later_vote_of_a_member_takes_the_place_of_the_earlier(conn, an_item, now, vote):
    items.insert(conn, an_item(7))
    votes.put(conn, "A-7", vote)
    votes.put(conn, "A-7", replace(vote, verdict="reject", words="too long", at=now + timedelta(hours=1)))
    votes.put(conn, "A-7", replace(vote, member="ben@harbour.example"))
    assert [(one.member, one.verdict) for one in votes.of(conn, "A-7")] == [
        ("ben@harbour.example", "approve"),
        ("ana@harbour.example", "reject"),
    ]
    assert votes.undo(conn, "A-7", "ana@harbour.example")
    assert not votes.undo(conn, "A-7", "ana@harbour.example")
    assert [one.undone for one in votes.of(conn, "A-7")] == [False, True]
    votes.put(conn, "A-7", vote)
    assert [one.undone for one in votes.of(conn, "A-7")] == [False, False]
    votes.reset(conn, "A-7")
    assert votes.of(conn, "A-7") == []


def test_the_votes_on_many_items_come_by_the_reference_asked_for(conn, an_item, vote):
    items.insert(conn, an_item(7, aliases=("U-7",)))
    items.insert(conn, an_item(8))
    votes.put(conn, "A-7", vote)
    assert votes.of_many(conn, ["u-7", "A-7", "A-8", "A-9"]) == {"u-7": [vote], "A-7": [vote], "A-8": [], "A-9": []}


def test_the_journal_keeps_people_and_groups_too(conn, now):
    line = _line("member:ben@harbour.example", now, event="invite", before="", after="invited")
    journal.add(conn, line)
    assert journal.of(conn, "member:ben@harbour.example") == [line]
    assert journal.of(conn, "member:jo@harbour.example") == []
