"""Entries hold slugs and facts, never a sentence of ours: what a desk said once, a later version says in its own words.

And what an older release wrote into entries and rows, in words, is shown as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    Ran,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    later,
    ref_of,
    say,
    text_of,
)
from same import all_of, rebuilt

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn import apply
from mailproc.kinds.event import EventName
from mailproc.store.database import reading, writing
from mailproc.store.mail import received as rows
from mailproc.store.people import digests
from mailproc.workflow.actor import DESK
from mailproc.workflow.event import Event, member
from mailproc.workflow.facts import Counted, Line

SLUG = re.compile(r"([a-z0-9]+(?:[-/][a-z0-9]+)*)?")
OLD = "A-1 Fog: as many members are for it as against it, so it waits until one of you yields"


@pytest.fixture
def three(tmp_path):
    with a_desk(tmp_path / "desk", **{"review.article.approvals": 2, "review.article.rejections": 2}) as desk:
        for email, name in ((ANA, "Ana"), (BEN, "Ben"), (CLEO, "Cleo")):
            add_member(desk, email, name)
        yield desk


def an_article(desk: Desk) -> str:
    return ref_of(desk, give(desk, a_mail(authentic=True)))


def every_event(desk: Desk) -> list[Event]:
    with reading(desk.engine) as conn:
        numbers = [row.number for row in rows.every(conn) if row.state in {"processed", "unauthorised"}]
    return [event for number in numbers for event in entry_of(desk, number).events]


def test_a_ballot_leaves_a_slug_and_its_figures(three: Desk):
    ref = an_article(three)
    say(three, f"decide {ANA} '{ref} approve'")
    say(three, f"decide {BEN} '{ref} approve'")
    say(three, f"decide {BEN} 'undo {ref}'")
    decided, opened = [event for event in every_event(three) if isinstance(event.facts, Counted) and event.reason]
    assert (decided.name, decided.reason) == ("approve", "carried")
    assert decided.facts == Counted(approvals=2, needed=2, rejections=0, needed_rejections=2)
    assert (opened.name, opened.reason) == ("reopen", "lacking")
    assert opened.facts == Counted(approvals=1, needed=2, rejections=0, needed_rejections=2)
    assert {"carried", "lacking"} < {line.reason for line in item(three, ref).journal}


def test_whatever_happens_no_event_holds_a_sentence(three: Desk):
    ref = an_article(three)
    digest = digest_now(three, ANA)
    give(three, a_reply(digest, f"{ref} approve", "Mallory <mallory@elsewhere.example>", at=three.now()))
    say(three, f"decide {BEN} 'stand-in Cleo'")
    say(three, f"decide {ANA} 'away'")
    say(three, f"decide {ANA} 'back'")
    say(three, f"remove {CLEO}")
    later(three, days=40)
    events = [
        event for event in every_event(three) if event.name != "open"
    ]  # its reason is the rule's, in words of rules/
    assert [event.reason for event in events if not SLUG.fullmatch(event.reason)] == []
    assert [event for event in events if event.words] == []
    assert {event.reason for event in events if event.name == "notice"} >= {"notice/from-mismatch", "notice/undecided"}
    with rebuilt(three) as (again, _):
        assert all_of(again)["notices"] == all_of(three)["notices"]
    known = " ".join(text_of(digest_now(three, BEN)).split())
    assert f"Cleo ({CLEO}) does not stand in for you any more. Please name somebody else." in known
    assert "closed, because nobody decided in 30 days." in known


def test_a_notice_of_an_older_release_is_shown_in_its_words(three: Desk):
    number = give(three, a_mail(authentic=True))
    entry = entry_of(three, number)
    old = Event(member(BEN), EventName.NOTICE, DESK, OLD, facts=Line())
    with writing(three.engine) as conn:
        apply.event(conn, old, entry)
        assert [notice.said for notice in digests.unseen_notices(conn, BEN)] == [OLD]
    assert OLD.replace("A-1", "A.1") in " ".join(text_of(digest_now(three, BEN)).split())


def test_show_words_the_reasons_it_knows(three: Desk, cli: Callable[..., Ran]):
    ref = an_article(three)
    say(three, f"decide {ANA} '{ref} approve'")
    say(three, f"decide {BEN} '{ref} approve'")
    config = three.config.folder / "config.toml"
    assert "pending -> approved enough votes" in cli("show", ref, config=config).out
    assert "carried" in [line["reason"] for line in cli("show", ref, "--json", config=config).json["journal"]]
