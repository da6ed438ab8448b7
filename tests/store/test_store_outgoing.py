"""One letter per cause, template and address; an attempt is written before it is made."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

import pytest
from sqlalchemy import Connection, Engine, event, text

from mailproc.store.database import AlreadyKept, reading, writing
from mailproc.store.mail import outgoing, received
from mailproc.workflow.outgoing import Attempt, Outgoing, Receipt, after

SENT, LATER = Receipt("sent", "250 ok"), Receipt("transient", "451 later")
DOUBT = Receipt("ambiguous", "no reply to the final dot")


def test_a_letter_comes_back_as_it_was_given(conn, a_letter, now):
    full = a_letter(
        "a",
        attempts=2,
        next_try=now,
        sent_at=now,
        ref="A-1",
        reason="r",
        listed=("A-1", "M-1"),
        reverse_path="desk+a@harbour.example",
    )
    outgoing.add(conn, full)
    assert outgoing.get(conn, "a") == full
    assert outgoing.get(conn, "b") is None


@pytest.mark.parametrize(
    "other",
    [
        {"to": "ana@harbour.example"},  # the same mailbox in another case
        {"to": "ana@harbour.example", "ref": None},
        {"cause": 2, "message_id": "a@harbour.example"},
        {"cause": 2, "letter_id": "a"},
    ],
)
def test_i4_a_second_letter_of_the_same_cause_template_address_and_item_is_impossible(conn, a_letter, other):
    outgoing.add(conn, a_letter("a", ref=other.get("ref", "A-1")))
    with pytest.raises(AlreadyKept):
        outgoing.add(conn, a_letter(**{"letter_id": "b", "ref": "A-1"} | other))


def test_other_causes_templates_addresses_and_items_make_other_letters(conn, a_letter):
    for letter_id, changes in (
        ("a", {}),
        ("b", {"cause": 2}),
        ("c", {"template": "author/help"}),
        ("d", {"to": "ben@harbour.example"}),
        ("e", {"ref": "A-1"}),
        ("f", {"ref": "A-2"}),
    ):
        outgoing.add(conn, a_letter(letter_id, **changes))
    assert [letter.id for letter in outgoing.every(conn)] == ["a", "c", "d", "e", "f", "b"]
    assert outgoing.every(conn, "sent") == []


@pytest.fixture
def due(a_letter, now) -> Callable[..., Outgoing]:
    """A letter that may be tried at once."""
    return lambda letter_id="a", **changes: a_letter(letter_id, **{"next_try": now, **changes})


def claim(conn: Connection, at: datetime, per_domain: int = 100, lease_seconds: int = 60) -> Outgoing | None:
    """What a lane does: the next letter, its attempt begun."""
    found = outgoing.next_due(conn, at, per_domain)
    return outgoing.begin(conn, found, at, lease_seconds) if found else None


def claim_all(conn: Connection, at: datetime, per_domain: int = 100) -> list[str]:
    return [letter.id for letter in islice(iter(lambda: claim(conn, at, per_domain), None), 20)]


def came_to(conn: Connection, letter_id: str) -> list[tuple[datetime, str]]:
    return [(each.started_at, each.outcome) for each in outgoing.attempts_of(conn, letter_id)]


def test_what_is_due_is_claimed_once_with_its_attempt_written(conn, due, now):
    states = ("queued", "deferred", "ambiguous", "sent", "failed", "cancelled", "suppressed", "unconfirmed")
    for n, state in enumerate(states):
        outgoing.add(conn, due(f"l{n}", cause=n + 1, state=state))
    outgoing.add(conn, due("later", cause=19, next_try=now + timedelta(seconds=1)))
    outgoing.add(conn, due("held", cause=20, state="ambiguous", next_try=None))
    assert outgoing.count_due(conn, now, 2) == 2
    assert outgoing.count_due(conn, now, 20) == 3
    first = claim(conn, now)
    assert (first.id, first.attempts) == ("l0", 1)
    assert claim_all(conn, now) == ["l1", "l2"]
    assert outgoing.count_due(conn, now, 20) == 0
    assert outgoing.attempts_of(conn, "l0") == [Attempt(1, now, None, None)]


def test_a_letter_that_nobody_can_vouch_for_is_never_claimed_whatever_its_row_says(conn, due, now):
    outgoing.add(conn, due())
    conn.execute(text("UPDATE outgoing SET state = 'unconfirmed'"))
    assert claim(conn, now) is None


def test_F68_few_letters_at_a_time_go_to_one_domain_and_the_others_need_not_wait(conn, due, now):
    for n in range(6):
        outgoing.add(conn, due(f"a{n}", cause=n + 1))
    outgoing.add(conn, due("b", cause=7, to="jo@poole.example", next_try=now + timedelta(seconds=0)))
    assert claim_all(conn, now, per_domain=2) == ["a0", "a1", "b"]
    done = replace(outgoing.get(conn, "a0"), state="sent", sent_at=now)
    outgoing.update(conn, done, SENT, now)
    assert claim_all(conn, now, per_domain=2) == ["a2"]


def test_F09_F11_an_attempt_that_ended_without_a_word_is_ambiguous_when_tried_again(conn, due, now):
    outgoing.add(conn, due())
    claim(conn, now)
    later = now + timedelta(seconds=60)
    assert claim(conn, later).attempts == 2
    assert came_to(conn, "a") == [(now, "ambiguous"), (later, "running")]
    assert outgoing.ambiguous_attempts(conn) == {"a": 1}


@pytest.mark.parametrize(("names", "held"), [(("author",), True), (("author/receipt-article",), True), ((), False)])
def test_F11_an_attempt_of_a_held_letter_that_died_waits_for_the_operator(conn, due, now, names, held):
    outgoing.add(conn, due())
    claim(conn, now)
    assert outgoing.hold_silent(conn, now, names) == [], "it is under way"
    later = now + timedelta(seconds=60)
    assert outgoing.hold_silent(conn, later, names) == (["a"] if held else [])
    assert (claim(conn, later) is None) == held
    assert outgoing.get(conn, "a").state == ("ambiguous" if held else "queued")
    assert came_to(conn, "a")[0] == (now, "ambiguous")


def test_the_outcome_of_an_attempt_is_written_and_the_letter_tried_again_when_due(conn, due, now):
    outgoing.add(conn, due())
    letter = claim(conn, now, lease_seconds=600)
    outgoing.update(conn, after(letter, LATER, now), LATER, now)
    assert outgoing.get(conn, "a") == after(letter, LATER, now)
    assert outgoing.attempts_of(conn, "a") == [Attempt(1, now, now, LATER)]
    again = outgoing.get(conn, "a").next_try
    assert claim(conn, again - timedelta(seconds=1)) is None
    letter = claim(conn, again)
    outgoing.update(conn, after(letter, SENT, again), SENT, again)
    assert (outgoing.get(conn, "a").state, outgoing.get(conn, "a").sent_at) == ("sent", again)


@pytest.mark.parametrize("slow", [LATER, SENT])
def test_a_worker_slower_than_its_lease_never_unsends_nor_unclaims(conn, due, now, slow):
    outgoing.add(conn, due())
    first = claim(conn, now)
    later = now + timedelta(minutes=2)
    second = claim(conn, later)
    outgoing.update(conn, after(first, slow, later), slow, later)
    assert claim(conn, later + timedelta(seconds=30)) is None
    assert outgoing.get(conn, "a").state == ("sent" if slow is SENT else "queued")
    outgoing.update(conn, after(second, SENT, later), SENT, later)
    outgoing.update(conn, after(first, LATER, later), LATER, later)
    assert outgoing.get(conn, "a").state == "sent"
    assert outgoing.get(conn, "a").attempts == 2


def test_what_a_slow_worker_sent_stays_sent_though_the_second_failed(conn, due, now):
    outgoing.add(conn, due())
    later = now + timedelta(minutes=2)
    first, second = claim(conn, now), claim(conn, later)
    outgoing.update(conn, after(first, SENT, later), SENT, later)
    outgoing.update(conn, after(second, LATER, later), LATER, later)
    assert outgoing.get(conn, "a").state == "sent"
    assert [each.receipt for each in outgoing.attempts_of(conn, "a")] == [SENT, LATER]


@pytest.mark.parametrize(("receipt", "state"), [(LATER, "cancelled"), (DOUBT, "cancelled"), (SENT, "sent")])
def test_a_letter_called_back_while_it_is_under_way_is_not_tried_again(conn, due, now, receipt, state):
    outgoing.add(conn, due())
    letter = claim(conn, now)
    outgoing.settle(conn, replace(letter, state="cancelled"), "")
    outgoing.update(conn, after(letter, receipt, now), receipt, now)
    assert outgoing.get(conn, "a").state == state
    assert claim(conn, now + timedelta(days=9)) is None


def test_a_letter_tried_again_by_the_operator_while_it_is_under_way_is_not_claimed_twice(conn, due, now):
    outgoing.add(conn, due())
    letter = claim(conn, now)
    outgoing.settle(conn, replace(letter, state="queued", next_try=now, retried_at=now), "")
    assert claim(conn, now) is None
    outgoing.update(conn, after(letter, SENT, now), SENT, now)
    assert (outgoing.get(conn, "a").state, outgoing.get(conn, "a").retried_at) == ("sent", now)


def test_the_operator_cancels_and_queues_again_without_an_attempt(conn, due, now):
    outgoing.add(conn, due(state="failed"))
    outgoing.settle(conn, replace(outgoing.get(conn, "a"), state="cancelled"), "")
    assert claim(conn, now) is None
    outgoing.settle(conn, replace(outgoing.get(conn, "a"), state="queued", next_try=now), "")
    assert claim_all(conn, now) == ["a"]


def test_a_rebuild_writes_what_it_finds_without_an_attempt(conn, due, now):
    outgoing.add(conn, due())
    outgoing.update(conn, replace(outgoing.get(conn, "a"), state="unconfirmed"), None, now)
    assert (outgoing.get(conn, "a").state, outgoing.get(conn, "a").next_try) == ("unconfirmed", None)
    assert outgoing.attempts_of(conn, "a") == []


def test_trouble_is_found_until_it_is_noted(conn, due, now):
    outgoing.add(conn, due("old", cause=1, created_at=now - timedelta(hours=5), reason="451 busy", attempts=3))
    outgoing.add(conn, due("tomorrow", cause=6, created_at=now - timedelta(hours=5)))
    outgoing.add(conn, due("again", cause=2, created_at=now - timedelta(hours=5), retried_at=now))
    outgoing.add(conn, due("new", cause=3))
    outgoing.add(conn, due("held", cause=4, state="ambiguous", next_try=None))
    outgoing.add(conn, due("gone", cause=5, state="failed", reason="550 no"))
    assert [letter.id for letter in outgoing.late(conn, now - timedelta(hours=4), 9)] == ["held", "old"]
    assert [letter.id for letter in outgoing.unnoted(conn, "failed", ("",), 9)] == ["gone"]
    assert outgoing.known_troubles(conn) == set()
    outgoing.settle(conn, outgoing.get(conn, "old"), "late")
    outgoing.settle(conn, outgoing.get(conn, "gone"), "fail")
    assert [letter.id for letter in outgoing.late(conn, now - timedelta(hours=4), 9)] == ["held"]
    assert outgoing.unnoted(conn, "failed", ("",), 9) == []
    assert outgoing.known_troubles(conn) == {"451 busy"}


def test_an_address_that_refused_the_last_letter_is_written_to_in_vain(conn, due, a_received, now):
    day, ana = timedelta(days=1), "ana@harbour.example"
    assert not outgoing.in_vain(conn, ana, now - 30 * day)
    outgoing.add(conn, due("a", state="failed", reason="550 5.1.1 no such user"))
    assert outgoing.in_vain(conn, ana, now - 30 * day)
    assert not outgoing.in_vain(conn, ana, now + day), "that was long ago"
    assert not outgoing.in_vain(conn, "ben@harbour.example", now - 30 * day)
    received.add(conn, a_received(30, author=ana, received_at=now + day))
    assert outgoing.in_vain(conn, ana, now - 30 * day), "anybody could have written that"
    received.add(conn, a_received(31, author=ana, received_at=now + day, identity="dmarc"))
    assert not outgoing.in_vain(conn, ana, now - 30 * day)


def test_a_letter_that_arrived_since_and_other_refusals_say_nothing_against_an_address(conn, due, now):
    outgoing.add(conn, due("a", state="failed", reason="550 5.1.1 no such user"))
    outgoing.add(conn, due("b", cause=2, state="sent", created_at=now + timedelta(hours=1)))
    assert not outgoing.in_vain(conn, "ana@harbour.example", now)
    outgoing.add(conn, due("c", cause=3, state="failed", reason="552 5.2.2 full", created_at=now + timedelta(hours=2)))
    assert not outgoing.in_vain(conn, "ana@harbour.example", now)


DELIVER_ALL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from mailproc.store.mail import outgoing
from mailproc.store.database import open_database, writing
engine, claimed = open_database("sqlite:///data/mailproc.db", Path(sys.argv[1])), []
now = datetime(2026, 11, 22, 16, tzinfo=UTC)

def lane():
    while True:
        with writing(engine) as conn:
            letter = outgoing.next_due(conn, now, 1000)
            if letter is None:
                return
            outgoing.begin(conn, letter, now, 60)
        claimed.append(letter.id)

sys.stdin.readline()
lanes = [Thread(target=lane) for _ in range(4)]
for each in lanes:
    each.start()
for each in lanes:
    each.join()
print(*claimed)
"""


def test_F69_four_threads_in_each_of_two_processes_claim_every_letter_once(engine, tmp_path, a_received, due):
    count = 400
    with writing(engine) as conn:
        for number in range(1, count + 1):
            received.add(conn, a_received(number))
            outgoing.add(conn, due(f"l{number:03}", cause=number))
    command = [sys.executable, "-c", DELIVER_ALL, str(tmp_path)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]  # noqa: S603 - our own words
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    claimed = [worker.communicate()[0].split() for worker in workers]
    assert sorted(claimed[0] + claimed[1]) == [f"l{number:03}" for number in range(1, count + 1)]
    with reading(engine) as conn:
        assert all(len(outgoing.attempts_of(conn, letter.id)) == 1 for letter in outgoing.every(conn))


def plans(engine: Engine, ask: Callable[[Connection], object]) -> str:
    """How SQLite finds what these queries ask for."""
    asked = []

    def note(_conn: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    with reading(engine) as conn:
        event.listen(engine, "before_cursor_execute", note)
        ask(conn)
        event.remove(engine, "before_cursor_execute", note)
        found = [row for each, values in asked for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {each}", values)]
    return "\n".join(row[3] for row in found)


def test_F68_whatever_waits_is_found_by_an_index_and_not_sorted(engine, now):
    plan = plans(engine, lambda conn: outgoing.next_due(conn, now, 2))
    assert "USING INDEX ix_outgoing_next_try_created_at_cause_id (next_try<?)" in plan
    assert "USING COVERING INDEX ix_outgoing_leased_until_domain" in plan
    assert "FOR ORDER BY" not in plan
    for ask in (
        lambda conn: outgoing.late(conn, now, 5),
        lambda conn: outgoing.unnoted(conn, "failed", ("", "late"), 5),
        outgoing.known_troubles,
        lambda conn: outgoing.count_due(conn, now, 4),
        lambda conn: outgoing.in_vain(conn, "jo@poole.example", now),
        outgoing.is_waiting,
    ):
        assert "SCAN outgoing" not in plans(engine, ask)


def test_F68_memory_stays_flat_with_a_hundred_thousand_letters_waiting(engine, a_received, due, now):
    with writing(engine) as conn:
        received.add(conn, a_received(1))
        outgoing.add(conn, due("l"))
        conn.execute(text(MANY))
    tracemalloc.start()
    for n in range(20):
        with writing(engine) as conn:
            assert claim(conn, now + timedelta(seconds=n), per_domain=2, lease_seconds=1)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 << 20


COPIED = "template, audience, subject, state, cause, path, created_at, attempts, next_try, ref, reason, listed, noted"
MANY = f"""
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
INSERT INTO outgoing (id, message_id, recipient, recipient_key, domain, reverse_path, {COPIED})
SELECT 'l' || i, i || '@harbour.example', i || '@poole.example', i || '@poole.example', 'poole.example', '', {COPIED}
FROM outgoing, n WHERE id = 'l'
"""  # noqa: S608 - our own words


def test_quotas_count_letters_of_their_templates_that_left_or_will(conn, a_letter, now):
    receipts = ("author/receipt-article", "author/help")
    for n, changes in enumerate(
        (
            {},
            {"template": "author/help"},
            {"template": "author/published"},
            {"state": "cancelled"},
            {"created_at": now - timedelta(seconds=1)},
            {"to": "ben@harbour.example"},
        )
    ):
        outgoing.add(conn, a_letter(f"l{n}", cause=n + 1, **changes))
    assert outgoing.sent_today(conn, "ANA@harbour.example", now, receipts) == 2
    assert outgoing.sent_today(conn, "ANA@harbour.example", now, ()) == 0
    assert [letter.id for letter in outgoing.letters_to(conn, "ana@harbour.example", "author/help", now)] == ["l1"]


def test_a_stranger_is_who_was_not_heard_from_before_today(conn, a_letter, a_received, now):
    received.add(conn, a_received(30, author="ana@harbour.example", received_at=now - timedelta(days=1)))
    received.add(conn, a_received(31, author="ben@harbour.example", received_at=now))
    outgoing.add(conn, a_letter("a"))
    outgoing.add(conn, a_letter("b", to="ben@harbour.example"))
    assert outgoing.strangers_today(conn, now, ["author/receipt-article"]) == 1
