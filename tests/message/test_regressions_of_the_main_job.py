"""Faults that critics of the main job found: quadratic readers, a lock held while reading, odd words and addresses.

What was quadratic is read in the killable child with a bound on its processor time, so that no clock on the wall
decides: a quadratic reader of these mails needs hours.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from build import ANA, a_mail, a_reply, add_member, digest_now, entry_of, give, item, keep, letters, received, say

from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve import mail, process
from mailproc.desk.serve.process import work
from mailproc.inspect.worker import Worker
from mailproc.message.author.signature import dkim_queries, verify_dkim
from mailproc.message.mime.limits import within_limits
from mailproc.message.model import Message

HEAD = b"From: Jo <jo@poole.example>\r\nTo: articles@harbour.example\r\nSubject: The tram\r\n"
SIGNED = b"DKIM-Signature: v=1; a=rsa-sha256; d=poole.example; s=sel; h=from; bh=AAAA; b=AAAA\r\n"
CPU_SECONDS = 4


def read_in_time(folder: Path, raw: bytes) -> Message:
    """What the parse child makes of it, in a few seconds of processor time."""
    (folder / "spool").mkdir()
    (folder / "mail.eml").write_bytes(raw)
    with Worker(timeout_seconds=120, cpu_seconds=CPU_SECONDS) as worker:
        parsed = worker.parse(folder / "mail.eml", 0, folder / "spool")
        worker.verify(folder / "mail.eml", 0, dict.fromkeys(parsed.queries), 0)
    return parsed.message


@pytest.mark.parametrize("blank", [b" ", b"\t", b" \t"])
def test_a_megabyte_of_trailing_blanks_is_read_in_time(tmp_path, blank):
    text = b"a" + blank * (1_000_000 // len(blank)) + b"b\r\n"
    assert read_in_time(tmp_path, HEAD + b"\r\n" + text).text == text.decode().replace("\r\n", "\n")


def test_three_megabytes_of_trailing_blanks_are_a_document(tmp_path):
    found = read_in_time(tmp_path, HEAD + b"\r\nwords" + b" " * 3_000_000 + b"\r\n")
    assert [each.size for each in found.attachments] == [3_000_007]


@pytest.mark.parametrize("size", [1_000_000, 5_000_000])
def test_folded_references_of_a_signed_mail_are_read_in_time(tmp_path, size):
    references = b"References:" + b"\r\n a" * (size // 4) + b"\r\n <a@b>\r\n"  # short lines: the worst shape
    found = read_in_time(tmp_path, SIGNED + HEAD + references + b"\r\nwords\r\n")
    assert found.subject == ("The tram" if size < 1 << 20 else found.subject)
    assert len(found.references) <= 50


def test_a_signed_header_of_too_many_octets_is_no_signature():
    raw = SIGNED + HEAD + b"References:" + b"\r\n <a@b>" * 600_000 + b"\r\n\r\nwords\r\n"
    assert dkim_queries(raw) == ()
    assert [(r.status, r.reason) for r in verify_dkim(raw, {}, 0)] == [("refused", "dkim-malformed-header")]


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_a_header_has_its_limits_whatever_ends_its_lines(line_end):
    long = b"From: a@b.example" + line_end + b"X: y" + line_end + (b" zzzzzz" + line_end) * 200_000 + line_end + b"body"
    many = (b"X: y" + line_end) * 2000 + line_end + b"body"
    assert "header-too-long" in within_limits(long)[1]
    assert within_limits(many)[1] == ("too-many-header-fields",)
    assert within_limits(many)[0].endswith(line_end + b"body")


def is_free(desk: Desk) -> bool:
    """Nobody holds the database for writing."""
    other = sqlite3.connect(desk.engine.url.database or "", timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


@pytest.mark.parametrize(("room", "name"), [(process, "examine"), (mail, "spoken"), (mail, "sort")])
def test_the_database_is_free_while_a_mail_is_read_and_sorted(desk, monkeypatch, room, name):
    real: Callable[..., object] = getattr(room, name)
    free: list[bool] = []

    def looked(*arguments: object) -> object:
        free.append(is_free(desk))
        return real(*arguments)

    monkeypatch.setattr(room, name, looked)
    number = keep(desk, a_mail("status A-1\n" * 50, authentic=True))
    work(desk)
    assert received(desk, number).state == "processed"
    assert free
    assert all(free)


def test_a_member_whose_address_no_letter_can_carry_stops_nobody_elses_digest(desk):
    add_member(desk, '"jürgen p"@harbour.example', "Jürgen")
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(authentic=True))
    entry = say(desk, "digest")
    assert entry.unanswered == "address-not-ascii"
    assert [letter.to for letter in letters(desk, "member/digest")] == [ANA]


def test_an_author_whose_address_no_letter_can_carry_is_received_and_not_answered(desk):
    raw = a_mail(authentic=True).replace(b"jo@poole.example", b'"jo p"@poole.example')
    number = give(desk, raw)
    assert received(desk, number).state == "processed"
    assert letters(desk) == []
    assert entry_of(desk, number).unanswered != ""


@pytest.mark.parametrize(
    "line",
    [
        "reject {ref} by mail",
        "approve {ref} by mail",
        "approve {ref} by mail reject {ref} by mail",
        "reject {ref} by mail <mailto:desk@harbour.example?subject=x>",
        "> reject {ref} by mail",
    ],
)
@pytest.mark.parametrize("quoting", [True, False])
def test_the_words_of_a_tap_link_never_decide(desk, line, quoting):
    """A client that turns the digest's HTML into text leaves the links' words on lines of their own."""
    add_member(desk, ANA, "Ana")
    for n in range(2):
        give(desk, a_mail(subject=f"S{n}", authentic=True))
    digest = digest_now(desk, ANA)
    refs = [f"A-{letter.ref.partition('-')[2]}" for letter in letters(desk, "author/receipt-article") if letter.ref]
    text = "\n".join(line.format(ref=ref) for ref in refs)
    give(desk, a_reply(digest, f"Thanks!\n\n{text}", ANA, quoting=quoting))
    assert [vote.verdict for ref in refs for vote in item(desk, ref).votes] == []
    assert {item(desk, ref).item.state for ref in refs} == {"pending"}
