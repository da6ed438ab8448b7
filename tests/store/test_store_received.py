"""Received once, claimed by one, finished once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from events import an_event

from mailproc.message.model import Envelope
from mailproc.store.database import AlreadyKept, reading, writing
from mailproc.store.mail import received
from mailproc.workflow.entry import LetterRecord
from mailproc.workflow.received import NO_EFFECT

EVENTS = (an_event("A-1", "open", "desk", kind="article"),)


def test_a_row_comes_back_as_it_was_given(conn, a_received, now):
    full = a_received(
        30,
        envelope=Envelope(None, ("a@harbour.example", "é@harbour.example")),
        state="processed",
        attempts=2,
        error="e",
        sequence=4,
        time=now,
        kind="article",
        rule="r",
        reason="w",
        message_id="m@x",
        logical_key="k",
        subject="s",
        author="Ana@harbour.example",
        refs=("A-30", "M-30"),
        duplicate_of=3,
        identity="dkim",
    )
    received.add(conn, full)
    assert received.get(conn, 30) == full
    assert received.get(conn, 31) is None


def test_a_source_key_is_received_once(conn, a_received):
    with pytest.raises(AlreadyKept):
        received.add(conn, a_received(30, source="file:7"))
    assert received.by_source(conn, "file:7") == 7
    assert received.by_source(conn, "file:30") is None
    many = [f"file:{n}" for n in range(5, 2000)]
    assert received.known_sources(conn, many) == {f"file:{n}": n for n in range(5, 21)}


def test_a_number_is_beyond_every_row_and_every_file(conn):
    assert received.next_number(conn, 0) == 21
    assert received.next_number(conn, 20) == 21
    assert received.next_number(conn, 500) == 501


def test_the_oldest_untried_is_claimed_first_and_its_attempt_counted(conn, now):
    first, second = received.claim(conn, now, 60), received.claim(conn, now, 60)
    assert (first.number, first.attempts, second.number) == (1, 1, 2)
    assert received.waiting_claimed(conn) == [1, 2]
    later = now + timedelta(seconds=60)
    untried = [row.number for row in received.every(conn)][2:]
    assert [received.claim(conn, later, 60).number for _ in untried] == untried
    assert (received.claim(conn, later, 60).number, received.get(conn, 1).attempts) == (1, 2)


def test_a_lease_holds_to_its_second(conn, now):
    received.claim(conn, now, 60)
    assert received.claim(conn, now + timedelta(seconds=59), 60).number == 2


def test_released_it_is_claimed_again_and_stuck_it_waits_for_the_operator(conn, now):
    for attempt in (1, 2, 3):
        assert received.claim(conn, now, 60, number=1).attempts == attempt
        received.release(conn, 1, f"ParseFailed \ud800 \x00 {'x' * 900}")
    told = received.get(conn, 1).error
    assert told.startswith("ParseFailed \\ud800 \\x00 x")
    assert len(told) == 500
    received.stuck(conn, 1, "three times")
    assert received.claim(conn, now, 60).number == 2
    assert received.waiting_claimed(conn) == [2]
    assert [row.number for row in received.every(conn, "stuck")] == [1]
    assert received.retry(conn, 1)
    assert not received.retry(conn, 2)
    assert (received.claim(conn, now, 60).number, received.get(conn, 1).attempts) == (1, 1)


def test_nothing_waiting_is_none(engine, now):
    with writing(engine) as conn:
        assert received.claim(conn, now, 60) is None


CLAIM_ALL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mailproc.store.mail import received
from mailproc.store.database import open_database, writing
engine, claimed = open_database("sqlite:///data/mailproc.db", Path(sys.argv[1])), []
sys.stdin.readline()
while len(claimed) < 500:
    with writing(engine) as conn:
        row = received.claim(conn, datetime(2026, 11, 22, tzinfo=UTC), 60)
    if row is None:
        break
    claimed.append(row.number)
print(*claimed)
"""


def test_two_processes_that_claim_at_once_share_the_messages_without_overlap(engine, tmp_path, a_received):
    with writing(engine) as conn:
        for number in range(1, 101):
            received.add(conn, a_received(number))
    command = [sys.executable, "-c", CLAIM_ALL, str(tmp_path)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)]  # noqa: S603 - our own words
    for worker in workers:
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
    claimed = [[int(n) for n in worker.communicate()[0].split()] for worker in workers]
    assert sorted(claimed[0] + claimed[1]) == list(range(1, 101))
    with reading(engine) as conn:
        assert {row.attempts for row in received.every(conn)} == {1}


def test_finish_writes_what_the_entry_decided(conn, an_entry, now):
    received.claim(conn, now, 60)
    received.release(conn, 1, "once")
    entry = an_entry(
        1, sequence=5, message_id="m@x", logical_key="k", subject="The crane", identity="dkim", events=EVENTS
    )
    received.finish(conn, entry, ["A-1", "M-1"], "Ana@harbour.example")
    row = received.get(conn, 1)
    assert (row.state, row.sequence, row.time, row.error, row.refs) == ("processed", 5, now, "", ("A-1", "M-1"))
    assert (row.kind, row.rule, row.reason, row.subject, row.identity) == (
        "article",
        "by-address",
        "sent to articles@",
        "The crane",
        "dkim",
    )
    assert received.of_message_id(conn, "m@x") == [row]
    assert received.last(conn) == (5, now)
    assert received.count(conn) == {"processed": 1, "received": 19}


def test_i3_one_logical_message_has_its_effect_once(conn, an_entry):
    received.finish(conn, an_entry(1, logical_key="k", state="unauthorised", events=()), [], "")
    received.finish(conn, an_entry(2, logical_key="k", events=EVENTS), [], "")
    received.finish(conn, an_entry(3, logical_key="k", state="duplicate", duplicate_of=2), [], "")
    assert received.effect_of(conn, "k") == 2
    assert received.effect_of(conn, "other") is None
    with pytest.raises(AlreadyKept):
        received.finish(conn, an_entry(4, logical_key="k", events=EVENTS), [], "")
    for number in (5, 6):  # no key, nothing to compare
        received.finish(conn, an_entry(number, events=EVENTS), [], "")


def test_a_sequence_is_given_once(conn, an_entry):
    received.finish(conn, an_entry(1, sequence=5), [], "")
    with pytest.raises(AlreadyKept):
        received.finish(conn, an_entry(2, sequence=5), [], "")


def test_heard_from_counts_only_earlier_mail_in_any_case(conn, an_entry, now):
    received.finish(conn, an_entry(1), [], "Ana@harbour.example")
    assert received.heard_from(conn, "ana@harbour.example", now + timedelta(seconds=1))
    assert not received.heard_from(conn, "ana@harbour.example", now)
    assert not received.heard_from(conn, "ben@harbour.example", now + timedelta(days=1))


def test_machine_mail_is_counted_by_kind_since_then(conn, an_entry, now):
    for number, kind in enumerate(("bulk", "bulk", "spam", "article", "bounce"), 1):
        received.finish(conn, an_entry(number, kind=kind, time=now + timedelta(minutes=number)), [], "")
    since = now + timedelta(minutes=2)
    assert received.settled_counts_since(conn, since) == {"bulk": 1, "spam": 1, "bounce": 1}


def test_an_empty_desk_has_no_time_and_sequence_nought(engine):
    with reading(engine) as conn:
        assert (*received.last(conn), received.count(conn)) == (0, None, {})


def test_a_time_of_another_zone_comes_back_as_the_same_instant(conn, a_received):
    there = datetime(2026, 11, 22, 16, 30, tzinfo=UTC).astimezone()
    received.add(conn, a_received(40, received_at=there))
    assert received.get(conn, 40).received_at == there


def test_one_message_is_claimed_by_its_number_if_it_waits(conn, now):
    assert received.claim(conn, now, 60, 7).number == 7
    assert received.claim(conn, now, 60, 7) is None
    assert received.claim(conn, now, 60, 99) is None


def test_files_whose_row_was_never_committed_are_found(conn):
    assert received.without_row(conn, [3, 25, 20, 21, 25]) == [21, 25]
    assert received.without_row(conn, []) == []


def test_a_letter_alone_is_an_effect_but_not_where_its_reason_says_otherwise(conn, an_entry):
    letters = (LetterRecord("a", "author/help", "ana@harbour.example", "a@harbour.example"),)
    for reason in NO_EFFECT:
        received.finish(conn, an_entry(1, logical_key="k", reason=reason, events=EVENTS, letters=letters), [], "")
        assert received.effect_of(conn, "k") is None
    received.finish(conn, an_entry(2, logical_key="k", letters=letters), [], "")
    assert received.effect_of(conn, "k") == 2
