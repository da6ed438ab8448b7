"""What ended long ago goes, once a day and mail by mail; what waits, what is up, and other mail of its people stay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    give,
    item,
    later,
    received,
    ref_of,
    reminded,
    say,
    state,
)
from lived import SECOND, SECRET, TEXT, TITLE, in_order, traces

from mailproc.desk.erase import retention
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import process
from mailproc.message.model import Envelope
from mailproc.store.database import reading
from mailproc.store.mail import received as rows

KEPT = {f"retention.{kind}": "30d" for kind in ("article", "enquiry", "unsorted", "machine")}


@pytest.fixture
def desk(open_desks: Callable[..., Desk]) -> Desk:
    desk = open_desks("desk", **KEPT)
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    return desk


def retain(desk: Desk) -> int:
    return retention.retain(desk, lambda number: process(desk, number))


def rejected(desk: Desk) -> str:
    """Jo's article, rejected by Ana in an answer to a digest that quotes it."""
    ref = ref_of(desk, give(desk, a_mail(TEXT, subject=TITLE, authentic=True)))
    give(desk, a_reply(digest_now(desk, ANA), f"reject {ref} not for us", f"Ana <{ANA}>"))
    later(desk, hours=1)
    assert state(desk, ref) == "rejected"
    return ref


def test_what_was_rejected_long_ago_is_erased_and_the_decision_stays(desk: Desk, tmp_path: Path):
    ref = rejected(desk)
    clock_of(desk).pass_(days=29)
    assert retain(desk) == 0
    assert item(desk, ref).item.text == TEXT
    clock_of(desk).pass_(days=3)
    assert retain(desk) == 1
    left = traces(desk.config.folder, JO, SECRET, TITLE)
    assert not left, "\n".join(left)
    whole = item(desk, ref)
    assert (whole.item.state, whole.item.text, whole.item.title) == ("rejected", None, "")
    assert [(vote.member, vote.verdict) for vote in whole.votes] == [(ANA, "reject")]
    in_order(desk, tmp_path / "after")


def test_it_happens_once_a_day(desk: Desk):
    rejected(desk)
    clock_of(desk).pass_(days=40)
    assert retain(desk) == 1
    assert retain(desk) == 0
    second = ref_of(desk, give(desk, a_mail("Another.\n", authentic=True)))
    say(desk, f"decide {ANA} 'discard {second}'")
    later(desk, hours=1)
    assert retain(desk) == 0
    clock_of(desk).pass_(days=40)
    assert retain(desk) == 1


def test_the_timetable_brings_it(desk: Desk):
    ref = rejected(desk)
    clock_of(desk).pass_(days=40)
    reminded(desk)
    assert item(desk, ref).item.text is None
    with reading(desk.engine) as conn:
        ours = [row for row in rows.every(conn) if row.rule == "retention"]
    assert [row.source for row in ours] == ["clock:2027-01-01T00:00:00Z/retention/1"]


def test_other_mail_of_the_same_person_stays(desk: Desk, tmp_path: Path):
    old = rejected(desk)
    clock_of(desk).pass_(days=40)
    new = ref_of(desk, give(desk, a_mail(f"I know that {SECOND}.\n", subject="A heron", authentic=True)))
    assert retain(desk) == 1
    assert item(desk, new).item.author.email == JO
    assert item(desk, new).item.text == f"I know that {SECOND}.\n"
    assert item(desk, old).item.author.email.endswith("@erased.invalid")
    assert traces(desk.config.folder, SECRET) == []
    in_order(desk, tmp_path / "after")


def test_what_is_published_or_waits_is_never_erased(desk: Desk):
    up = ref_of(desk, give(desk, a_mail(TEXT, subject=TITLE, authentic=True)))
    say(desk, f"decide {ANA} 'approve {up}'")
    later(desk, hours=1)
    assert state(desk, up) == "published"
    held = ref_of(desk, give(desk, a_mail("Wait.\n", sender="Kim <kim@reyes.example>", authentic=True)))
    clock_of(desk).pass_(days=20)
    assert retain(desk) == 0
    clock_of(desk).pass_(days=400)
    numbers = {row.number for row in _rows(desk)}
    retain(desk)
    assert item(desk, up).item.text == TEXT
    assert item(desk, held).item.text == "Wait.\n"
    assert {row.number for row in _rows(desk)} >= numbers


def test_a_mail_with_two_wishes_goes_when_both_have_ended(desk: Desk):
    both = "An article for you below, and I would like to become a member.\n\nTHE LOCK\n\nIt leaks.\n"
    number = give(desk, a_mail(both, subject="An article, and membership", to="desk@harbour.example", authentic=True))
    refs = received(desk, number).refs
    assert len(refs) == 2
    article = next(ref for ref in refs if ref.startswith("A-"))
    say(desk, f"decide {ANA} 'discard {article}'")
    later(desk, hours=1)
    clock_of(desk).pass_(days=50)
    assert retain(desk) == 0, "its membership request has not ended, and [retention] keeps those for ever"
    assert item(desk, article).item.text is not None


def test_machine_mail_goes_and_by_default_nothing_does(desk: Desk, open_desks: Callable[..., Desk]):
    sender = "news@sender.example"
    bulk = a_mail("Buy.\n", sender=f"News <{sender}>", subject="Brass lanterns", List_Id="<news.sender.example>")
    came = {}
    for each in (desk, open_desks("forever")):
        number = give(each, bulk, Envelope(sender, ("desk@harbour.example",)))
        assert received(each, number).kind in retention.MACHINE
        clock_of(each).pass_(days=400)
        came[each.config.folder.name] = (retain(each), received(each, number).state)
    assert came == {"desk": (1, "erased"), "forever": (0, "processed")}
    assert traces(desk.config.folder, sender, "Brass lanterns") == []


def _rows(desk: Desk) -> list[rows.Received]:
    with reading(desk.engine) as conn:
        return rows.every(conn)
