"""One letter per cause, template and address; an attempt is written before it is made."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from mailproc.store import outgoing, received
from mailproc.store.database import AlreadyKept, writing
from mailproc.workflow.outgoing import Receipt, after

SENT, LATER = Receipt("sent", "250 ok"), Receipt("transient", "451 later")


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
    assert outgoing.get(conn, "a") == outgoing.by_message_id(conn, "a@harbour.example") == full
    assert outgoing.get(conn, "b") is outgoing.by_message_id(conn, "b") is None


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


def test_what_is_due_is_claimed_once_with_its_attempt_written(conn, a_letter, now):
    for n, changes in enumerate(
        (
            {},
            {"next_try": now},
            {"next_try": now + timedelta(seconds=1)},
            {"state": "sent"},
            {"state": "failed"},
            {"state": "ambiguous"},
            {"state": "cancelled"},
        )
    ):
        outgoing.add(conn, a_letter(f"l{n}", cause=n + 1, **changes))
    claimed = outgoing.claim_due(conn, now, 60, 2)
    assert [(letter.id, letter.attempts) for letter in claimed] == [("l0", 1), ("l1", 1)]
    assert [letter.id for letter in outgoing.claim_due(conn, now, 60, 10)] == ["l5"]
    assert outgoing.claim_due(conn, now, 60, 10) == []
    assert outgoing.attempts_of(conn, "l0") == [(now, None)]


def test_f11_an_attempt_that_ended_without_a_word_is_ambiguous_when_tried_again(conn, a_letter, now):
    outgoing.add(conn, a_letter("a"))
    outgoing.claim_due(conn, now, 60, 1)
    later = now + timedelta(seconds=60)
    assert [letter.attempts for letter in outgoing.claim_due(conn, later, 60, 1)] == [2]
    assert [(at, receipt and receipt.outcome) for at, receipt in outgoing.attempts_of(conn, "a")] == [
        (now, "ambiguous"),
        (later, None),
    ]


def test_the_outcome_of_an_attempt_is_written_and_the_letter_tried_again_when_due(conn, a_letter, now):
    outgoing.add(conn, a_letter("a"))
    letter = outgoing.claim_due(conn, now, 600, 1)[0]
    outgoing.update(conn, after(letter, LATER, now), LATER, now)
    assert outgoing.get(conn, "a") == after(letter, LATER, now)
    assert outgoing.attempts_of(conn, "a") == [(now, LATER)]
    due = now + timedelta(minutes=1)
    assert outgoing.claim_due(conn, due - timedelta(seconds=1), 60, 1) == []
    letter = outgoing.claim_due(conn, due, 60, 1)[0]
    outgoing.update(conn, after(letter, SENT, due), SENT, due)
    assert (outgoing.get(conn, "a").state, outgoing.get(conn, "a").sent_at) == ("sent", due)


@pytest.mark.parametrize("slow", [LATER, SENT])
def test_a_worker_slower_than_its_lease_never_unsends_nor_unclaims(conn, a_letter, now, slow):
    outgoing.add(conn, a_letter("a"))
    first = outgoing.claim_due(conn, now, 60, 1)[0]
    later = now + timedelta(minutes=2)
    second = outgoing.claim_due(conn, later, 60, 1)[0]
    outgoing.update(conn, after(first, slow, later), slow, later)
    assert outgoing.claim_due(conn, later + timedelta(seconds=30), 60, 1) == []
    assert outgoing.get(conn, "a").state == ("sent" if slow is SENT else "queued")
    outgoing.update(conn, after(second, SENT, later), SENT, later)
    outgoing.update(conn, after(first, LATER, later), LATER, later)
    assert outgoing.get(conn, "a").state == "sent"
    assert outgoing.get(conn, "a").attempts == 2


def test_what_a_slow_worker_sent_stays_sent_though_the_second_failed(conn, a_letter, now):
    outgoing.add(conn, a_letter("a"))
    later = now + timedelta(minutes=2)
    first, second = (outgoing.claim_due(conn, at, 60, 1)[0] for at in (now, later))
    outgoing.update(conn, after(first, SENT, later), SENT, later)
    outgoing.update(conn, after(second, LATER, later), LATER, later)
    assert outgoing.get(conn, "a").state == "sent"
    assert [receipt for _, receipt in outgoing.attempts_of(conn, "a")] == [SENT, LATER]


def test_the_operator_cancels_and_queues_again_without_an_attempt(conn, a_letter, now):
    outgoing.add(conn, a_letter("a", state="failed"))
    outgoing.update(conn, replace(outgoing.get(conn, "a"), state="cancelled"), None, now)
    assert outgoing.claim_due(conn, now, 60, 1) == []
    outgoing.update(conn, replace(outgoing.get(conn, "a"), state="queued"), None, now)
    assert [letter.id for letter in outgoing.claim_due(conn, now, 60, 1)] == ["a"]


DELIVER_ALL = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mailproc.store import outgoing
from mailproc.store.database import open_database, writing
engine, claimed = open_database("sqlite:///data/mailproc.db", Path(sys.argv[1])), []
sys.stdin.readline()
while len(claimed) < 500:
    with writing(engine) as conn:
        letters = outgoing.claim_due(conn, datetime(2026, 11, 22, 16, tzinfo=UTC), 60, 3)
    if not letters:
        break
    claimed += [letter.id for letter in letters]
print(*claimed)
"""


def test_two_processes_claim_every_letter_once(engine, tmp_path, a_received, a_letter):
    with writing(engine) as conn:
        for number in range(1, 101):
            received.add(conn, a_received(number))
            outgoing.add(conn, a_letter(f"l{number:03}", cause=number))
    command = [sys.executable, "-c", DELIVER_ALL, str(tmp_path)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]  # noqa: S603 - our own words
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    claimed = [worker.communicate()[0].split() for worker in workers]
    assert sorted(claimed[0] + claimed[1]) == [f"l{number:03}" for number in range(1, 101)]


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
