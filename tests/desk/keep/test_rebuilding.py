"""The database made anew from archive, entries and outbox: the same desk, and nothing decided a second time."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import Any

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_mail,
    add_member,
    clock_of,
    give,
    keep,
    later,
    letters,
    received,
    run_here,
    run_process,
    say,
)
from same import all_of, assert_same, rebuilt

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.rebuild import rebuild
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve import process as turns
from mailproc.desk.serve.process import adopt_all, work
from mailproc.errors import ParseFailed, StoreError
from mailproc.store.database import open_database, reading, writing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive


def a_day(desk: Desk) -> None:
    """Members, an article that goes up, an enquiry, a digest, letters that left and one that did not."""
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(authentic=True, attachments=(("stop.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(64)),)))
    say(desk, f"decide {ANA} 'A-2 approve'")
    later(desk, minutes=20)
    deliver(desk)
    give(desk, a_mail("Eleven?\n", sender="ezra@ferryside.example", to="contact@harbour.example", authentic=True))


def test_a_rebuild_gives_the_desk_that_was(desk):
    a_day(desk)
    assert_same(desk)


def test_a_letter_without_a_record_is_unconfirmed_and_never_leaves_by_itself(desk):
    a_day(desk)
    left = {letter.id for letter in letters(desk) if letter.state == "sent"}
    with rebuilt(desk) as (again, came):
        now = {letter.id: letter for letter in letters(again)}
        assert {id_ for id_, letter in now.items() if letter.state == "sent"} == left
        waiting = set(now) - left
        assert {now[id_].state for id_ in waiting} == {"unconfirmed"}
        assert set(came.unconfirmed) == waiting
        clock_of(again).pass_(days=30)
        assert deliver(again) == {}


def test_a_letter_that_was_called_back_stays_called_back(desk):
    a_day(desk)
    waiting = next(letter for letter in letters(desk) if letter.state == "queued")
    say(desk, f"letter {waiting.id} cancel")
    assert_same(desk)


def test_what_waited_waits_and_what_was_stuck_is_stuck(desk, monkeypatch):
    waiting = keep(desk, a_mail())
    stuck = a_stuck_mail(desk, monkeypatch)
    with rebuilt(desk) as (again, came):
        assert (received(again, waiting).state, received(again, stuck).state) == ("received", "stuck")
        assert (came.waiting, came.stuck) == ([waiting], [stuck])
        assert received(again, waiting).envelope == received(desk, waiting).envelope


def a_stuck_mail(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    """A mail whose parser died three times; its number."""

    def dies(*_: object) -> None:
        raise ParseFailed("the parse child died")

    number = keep(desk, a_mail(subject="Poison"))
    with monkeypatch.context() as broken:
        broken.setattr("mailproc.desk.serve.process.examine", dies)
        for _ in range(3):
            with writing(desk.engine) as conn:
                rows.release(conn, number, "")
            turns.process(desk, number)
    assert received(desk, number).state == "stuck"
    return number


def test_a_stuck_mail_retried_late_is_decided_in_the_order_of_its_turn(desk, monkeypatch):
    stuck = a_stuck_mail(desk, monkeypatch)
    a_day_later = give(desk, a_mail(subject="Later", authentic=True))
    assert run_here("received", "retry", str(stuck), config=desk.config.folder / "config.toml").status == 0
    work(desk)
    entries = [archive.read_entry(desk.archive, number) for number in (a_day_later, stuck)]
    assert entries[0].sequence < entries[1].sequence
    assert_same(desk)


def test_a_rebuild_asks_no_rule_policy_template_or_name_server(desk, monkeypatch):
    a_day(desk)
    expected = all_of(desk)
    folder = desk.config.folder
    for path in (*folder.glob("rules/*.toml"), *folder.glob("templates/en/*/*.txt")):
        path.write_text("nonsense {{ [[")
    monkeypatch.setattr("socket.socket", lambda *_, **__: pytest.fail("somebody was asked over the network"))
    monkeypatch.setattr("mailproc.desk.ground.books.clock", lambda: pytest.fail("the clock was asked"))
    done = run_here("rebuild", "--database", "sqlite:///again.db", "--json", config=folder / "config.toml")
    assert done.status == 0, done.err
    assert done.json["lost"] == []
    engine = open_database("sqlite:///again.db", folder)
    again = replace(desk, engine=engine)
    found = all_of(again)
    engine.dispose()
    assert {**found, "groups": ()} == {**expected, "groups": ()}


def test_a_database_that_holds_something_is_refused(desk):
    a_day(desk)
    config = desk.config.folder / "config.toml"
    before = all_of(desk)
    done = run_here("rebuild", config=config)
    assert done.status == 2
    assert "--database" in done.err
    assert done.err.count("\n") == 1
    assert all_of(desk) == before


def test_a_rebuild_that_dies_half_way_leaves_an_empty_database(desk):
    a_day(desk)
    config = desk.config.folder / "config.toml"
    url = ("--database", "sqlite:///again.db")
    died = run_process("rebuild", *url, config=config, MAILPROC_FAILPOINT="rebuild.applied:kill9")
    assert died.status == -9
    engine = open_database("sqlite:///again.db", desk.config.folder)
    with reading(engine) as conn:
        assert rows.count(conn) == {}
    engine.dispose()
    assert run_here("rebuild", *url, config=config).status == 0


def test_the_database_gone_nothing_is_decided_anew(tmp_path, open_desks):
    """A start on an empty database refuses; it would answer every mail a second time."""
    desk = open_desks("north")
    a_day(desk)
    before, config = all_of(desk), desk.config.folder / "config.toml"
    desk.engine.dispose()
    for path in (desk.config.folder / "data").glob("mailproc.db*"):
        path.unlink()
    mail = tmp_path / "new.eml"
    mail.write_bytes(a_mail())
    for command in (("work",), ("receive", str(mail)), ("members", "add", BEN, "--confirmed")):
        refused = run_here(*command, config=config)
        assert refused.status == 1
        assert "mailproc rebuild" in refused.err
    assert run_here("rebuild", config=config).status == 0
    work(desk)
    after = all_of(desk)
    assert {**after, "letters": ()} == {**before, "letters": ()}
    assert len(after["letters"]) == len(before["letters"])


def test_a_missing_entry_is_told_and_the_rest_is_there(desk):
    a_day(desk)
    archive.entry_path(desk.archive, 2).unlink()
    config = desk.config.folder / "config.toml"
    done = run_here("rebuild", "--database", "sqlite:///again.db", config=config)
    assert done.status == 1
    assert "1 entries are missing (sequences 2" in done.err


def test_two_entries_of_one_sequence_are_no_order(desk):
    a_day(desk)
    decided = archive.read_entry(desk.archive, 2)
    archive.write_entry(desk.archive, replace(decided, sequence=1))
    with pytest.raises(StoreError, match="same sequence 1"), rebuilt(desk):
        pass


def test_a_sequence_far_beyond_the_others_is_damage_and_no_gap_to_be_counted(desk):
    a_day(desk)
    decided = archive.read_entry(desk.archive, 2)
    archive.write_entry(desk.archive, replace(decided, sequence=2_000_000))
    with pytest.raises(StoreError, match=r"entry 2 has the sequence 2000000.*backup"), rebuilt(desk):
        pass


def test_an_entry_that_cannot_be_read_stops_the_rebuild_with_its_cure(desk):
    a_day(desk)
    archive.entry_path(desk.archive, 2).write_text("{")
    with pytest.raises(StoreError, match=r"000002\.json.*backup"), rebuilt(desk):
        pass


@pytest.mark.parametrize(
    "damaged",
    [
        {"events": [{"ref": "group:rail", "name": "vote", "by": ANA, "data": {"verdict": "approve"}}]},
        {"events": [{"ref": f"member:{ANA}", "name": "away", "by": ANA, "due": "2026-11-22T09:00:00"}]},
        {"events": [{"ref": f"member:{ANA}", "name": "vouch", "by": ANA, "data": {"cause": "9" * 20}}]},
        {"events": [{"ref": f"member:{ANA}", "name": "digest", "by": "clock", "data": {"period": "x", "letter": "x"}}]},
        {"events": [{"ref": "A-2", "name": "aprove", "by": ANA}]},
        {"events": [{"ref": "A-2", "name": "vote", "by": ANA, "data": {"verdikt": "approve"}}]},
        {"time": "2026-11-22T09:00:00"},
        {"duplicate_of": 10**20},
        {"sequence": 10**20},
    ],
    ids=str,
)
def test_an_entry_that_was_damaged_is_named_and_nothing_of_it_is_applied(desk, damaged):
    a_day(desk)
    path = archive.entry_path(desk.archive, 3)
    path.write_text(json.dumps(json.loads(path.read_bytes()) | damaged), encoding="utf-8")
    engine = open_database(f"sqlite:///{desk.config.folder}/again.db", desk.config.folder)
    with pytest.raises(StoreError, match=r"000003\.json.*backup"):
        rebuild(desk.config, engine)
    with reading(engine) as conn:
        assert rows.every(conn) == []
    engine.dispose()
    assert verify(desk).messages  # it does not replay, so most of this is nothing to it; but it comes to its end


def test_a_rebuild_takes_no_message_that_comes_while_it_runs(desk):
    a_day(desk)
    late: list[int] = []

    def comes(_: int) -> None:
        if not late:
            late.append(keep(desk, a_mail()))

    engine = open_database("sqlite:///again.db", desk.config.folder)
    rebuild(desk.config, engine, comes)
    again = replace(desk, engine=engine)
    with reading(engine) as conn:
        assert rows.get(conn, late[0]) is None
    adopt_all(again)
    assert received(again, late[0]).state == "received"
    engine.dispose()


def test_a_copy_of_a_mail_made_by_hand_is_no_message(desk):
    a_day(desk)
    shutil.copy(archive.message_path(desk.archive, 2), archive.message_path(desk.archive, 900))
    with rebuilt(desk) as (again, came):
        assert came.copies == [900]
        assert all_of(again) == all_of(desk)


# What today's rules would decide otherwise


def afresh(desk: Desk) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run_here(
        "rebuild", "--afresh", "--json", config=desk.config.folder / "config.toml"
    ).json
    return found


def test_todays_rules_sort_as_they_sorted(desk):
    a_day(desk)
    give(desk, a_mail(sender=JO, subject="Another", authentic=True))
    assert afresh(desk) == []


def test_a_new_rule_is_heard_on_old_mail_and_changes_nothing(desk):
    a_day(desk)
    before = all_of(desk)
    rule = desk.config.folder / "rules" / "01-trams.toml"
    rule.write_text(A_RULE)
    changed = afresh(desk)
    assert [(each["number"], each["was"]["kind"], each["would_be"]["kind"]) for each in changed] == [
        (2, "article", "enquiry")
    ]
    assert changed[0]["would_be"]["rule"].endswith("trams")
    assert all_of(desk) == before
    told = run_here("rebuild", "--afresh", config=desk.config.folder / "config.toml")
    assert told.status == 0
    assert "2 The tram: article" in told.out
    assert "-> enquiry" in told.out


def test_afresh_takes_no_database(desk):
    done = run_here("rebuild", "--afresh", "--database", "sqlite:///x.db", config=desk.config.folder / "config.toml")
    assert done.status == 2


A_RULE = """
[[rule]]
name = "trams"
kind = "enquiry"
because = "it is about the tram"
when.to = ["article"]
when.subject = "the tram"
hits = [{ to = "article", subject = "The tram", body = "It was late." }]
misses = [{ to = "article", subject = "The bus", body = "It was late." }]
"""
