"""Sixty deaths of the real program against a real Dovecot and an SMTP sink, and a checker that can be seen to fail.

The short form of `make crash ROUNDS=n`: every failpoint once or twice, random moments, bad weather. A second checker
looks, too (`test_the_witness` sees it fail). The first is then shown a small desk that lost or doubled something, one
thing at a time: its silence means something.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from build import ROOT, START, text_of
from crash import checker, mails
from crash.evidence import Case, Evidence, Kept, Post

from mailproc.message.words.passage import passages

CRASH = ROOT / "tests/crash"
ROUNDS, SEED = 60, 20261122
SECONDS = 600.0  # after which no round begins; sixty take about two minutes


@pytest.mark.usefixtures("dovecot")  # skips where there is none, fails in CI; the driver starts its own
def test_F125_sixty_deaths_lose_nothing_do_nothing_twice_and_hold_up_no_letter():
    words = ["--rounds", str(ROUNDS), "--seed", str(SEED), "--seconds", str(SECONDS), "--json"]
    command = [sys.executable, str(CRASH / "driver.py"), *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=900, check=False)  # noqa: S603 - our own words
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["violations"] == []
    assert told["rounds"] == ROUNDS, done.stdout
    assert told["kills"] >= ROUNDS * 2 // 3, "a round whose point was not reached proves nothing"


def test_no_two_people_of_the_driver_say_the_same_ten_words():
    """What one of them is forgotten with would be struck from another's mail, and the witness could not tell why."""
    chance = Random(SEED)  # noqa: S311 - the same seed tells the same story
    made = [mails.anything(f"c{SEED}-00000-{n}-{1000 + n}", START, chance) for n in range(60)]
    told = [text_of(mail.octets) for mail in made if mail.kind != "broken"]
    alike = [text for n, text in enumerate(told) if passages(told[:n]).stand_in(text)]
    assert alike == []


# What the checker sees

A, B = "a" * 64, "b" * 64  # the octets of a mail by IMAP and of a member's reply by LMTP
LETTER = b"Message-ID: <one@harbour.example>\r\nTo: jo@poole.example\r\n\r\nThank you.\r\n"


def at_rest() -> Evidence:
    """One article that came and was published by one vote, one letter that left."""
    rows = [
        {"number": 1, "source": "imap:main/INBOX/1/1", "sha256": A, "size": 5, "offset": 9, "state": "processed"},
        {"number": 2, "source": "lmtp:x", "sha256": B, "size": 5, "offset": 9, "state": "processed"},
    ]
    rows = [row | {"sequence": row["number"], "attempts": 1, "error": ""} for row in rows]
    opened = {"name": "open", "ref": "A-1", "by": "desk"}
    vote = {"name": "vote", "ref": "A-1", "by": "ana@harbour.example"}
    entries = {
        row["number"]: {**row, "events": [opened if row["number"] == 1 else vote], "letters": []} for row in rows
    }
    entries[1]["letters"] = [{"id": "one"}]
    item = {"id": 1, "number": 1, "kind": "article", "state": "published", "place": "articles/2026/tram"}
    letter = {"id": "one", "message_id": "one@harbour.example", "cause": 1, "template": "author/receipt-article"}
    letter |= {"recipient": "jo@poole.example", "recipient_key": "jo@poole.example", "ref": "A-1", "path": "one.eml"}
    letter |= {"state": "sent", "reason": ""}
    return Evidence(
        posts=[
            Post("a", A, "imap", "article", ("article",), accepted=1),
            Post("b", B, "lmtp", "decision", (), "ana@harbour.example", (("approve", "A-1"),), tries=1, accepted=1),
        ],
        mailboxes={"INBOX": [], "Processed": [A], "Oversize": []},
        files={row["number"]: Kept(row["number"], row["source"], 9, row["sha256"], 5) for row in rows},
        strays=[],
        entries=entries,
        tables={
            "received": rows,
            "items": [item],
            "aliases": [{"item": 1, "ref": "A-1"}],
            "votes": [{"item": 1, "member": "ana@harbour.example", "verdict": "approve"}],
            "journal": [{"number": 1, "event": "open", "ref": "A-1"}, {"number": 2, "event": "vote", "ref": "A-1"}],
            "outgoing": [letter],
            "attempts": [{"outgoing": "one", "outcome": "sent"}],
            "attachments": [],
        },
        integrity="ok",
        letters={"one.eml": LETTER},
        proofs={"one"},
        delivered=[("jo@poole.example", "desk@harbour.example", LETTER)],
        attachments=set(),
        published={"articles/2026/tram": []},
    )


def change(table: str, index: int = 0, **values: object) -> Callable[[Evidence], object]:
    return lambda seen: seen.tables[table][index].update(values)


def again(table: str, **values: object) -> Callable[[Evidence], object]:
    return lambda seen: seen.tables[table].append(seen.tables[table][0] | values)


def drop(table: str, index: int = 0) -> Callable[[Evidence], object]:
    return lambda seen: seen.tables[table].pop(index)


def sent(via: str, **how: int) -> Callable[[Evidence], object]:
    return lambda seen: seen.posts.append(Post("c", "c" * 64, via, "article", **how))  # type: ignore[arg-type]


TAMPERED: dict[str, tuple[str, Callable[[Evidence], object]]] = {  # what was done: what the checker says
    "a file is gone": ("I1: lost: row 1", lambda seen: seen.files.pop(1)),
    "an octet flipped": (
        "I1: row 1 and its file differ",
        lambda seen: seen.files.update({1: replace(seen.files[1], sha256=B)}),
    ),
    "a row is gone": ("I1: file 2 has no row", drop("received", 1)),
    "a mail never arrived": ("I1: lost: imap mail c", sent("imap", accepted=1)),
    "a 250 for nothing": ("I1: lost: lmtp mail c", sent("lmtp", tries=1, accepted=1)),
    "a mail received twice": ("I1: doubled: imap mail a", again("received", number=3)),
    "one is left in the mailbox": ("I1: 1 messages are left", lambda seen: seen.mailboxes["INBOX"].append(A)),
    "the mailbox lost one": ("I1: gone: imap mail a", lambda seen: seen.mailboxes["Processed"].pop()),
    "stuck": ("I1: message 1 is stuck", change("received", state="stuck")),
    "the database is torn": ("I1: the database: torn", lambda seen: setattr(seen, "integrity", "torn")),
    "no entry": ("I3: message 1 is processed and has no entry", lambda seen: seen.entries.pop(1)),
    "a sequence twice": ("I3: the sequence has gaps", lambda seen: seen.entries[2].update(sequence=1)),
    "a second copy acted": ("I3: imap mail a acted in [1, 2]", lambda seen: seen.entries[2].update(sha256=A)),
    "an item twice": ("I3: imap mail a (article) opened ['article', 'article']", again("items", id=2)),
    "an item never opened": ("I3: imap mail a (article) opened []", drop("items")),
    "a step twice": ("I3: journal tells", again("journal")),
    "published and not there": (
        "I3: articles/2026/tram is published and not there",
        lambda seen: seen.published.clear(),
    ),
    "published by nobody": (
        "I3: articles/x was published by no item",
        lambda seen: seen.published.update({"articles/x": []}),
    ),
    "a bundle changed": (
        "I3: articles/2026/tram/text.txt is not",
        lambda seen: seen.published.update({"articles/2026/tram": ["text.txt"]}),
    ),
    "a letter twice in the outbox": (
        "I4: (1, 'author/receipt-article'",
        again("outgoing", id="two", message_id="two@harbour.example"),
    ),
    "a letter nobody caused": (
        "I4: letter one has a row and no entry",
        lambda seen: seen.entries[1].update(letters=[]),
    ),
    "a letter without octets": (
        "I4: letter one (author/receipt-article) has no octets",
        lambda seen: seen.letters.clear(),
    ),
    "sent and never arrived": ("I4: lost: letter one", lambda seen: seen.delivered.clear()),
    "arrived twice": (
        "I4: letter one arrived 2 times with 0 ambiguous",
        lambda seen: seen.delivered.append(seen.delivered[0]),
    ),
    "arrived with other octets": (
        "I4: letter one left with other octets",
        lambda seen: seen.letters.update({"one.eml": LETTER + b"PS\r\n"}),
    ),
    "arrived and unknown": ("I4: one@harbour.example to jo@poole.example left and has no row", drop("outgoing")),
    "a vote that nobody sent": ("I5: ben@gangway.example never voted", again("votes", member="ben@gangway.example")),
}


def violations(seen: Evidence, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(checker, "gather", lambda _: seen)
    return checker.check(Case(folder, folder, folder, 0, "", "")).violations


def test_a_desk_at_rest_satisfies_every_invariant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert violations(at_rest(), tmp_path, monkeypatch) == []


@pytest.mark.parametrize("what", TAMPERED)
def test_the_checker_sees_what_was_lost_or_doubled(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    expected, tamper = TAMPERED[what]
    seen = at_rest()
    tamper(seen)
    assert any(words.startswith(expected) for words in violations(seen, tmp_path, monkeypatch)), expected


def test_a_second_delivery_is_allowed_only_by_a_counted_doubt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    seen = at_rest()
    seen.delivered.append(seen.delivered[0])
    seen.tables["attempts"].append({"outgoing": "one", "outcome": "ambiguous"})
    assert violations(seen, tmp_path, monkeypatch) == []


def test_a_number_given_twice_is_seen_at_the_second_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert violations(at_rest(), tmp_path, monkeypatch) == []
    seen = at_rest()
    seen.files[1] = replace(seen.files[1], sha256=B)
    assert "I1: number 1 was given twice" in violations(seen, tmp_path, monkeypatch)
