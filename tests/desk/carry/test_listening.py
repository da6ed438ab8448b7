"""Mail that a mail server hands to the desk: kept before 250, whatever breaks, and never twice in effect."""

from __future__ import annotations

import os
import shutil
import smtplib
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from build import JO, a_mail, clock_of, letters, received, ref_of
from sqlalchemy import event

from mailproc.desk.carry import listen
from mailproc.desk.carry.listen import check, listening
from mailproc.desk.ground.receive import Arrived, Committer, trace_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import adopt_all, work
from mailproc.errors import IntakeError
from mailproc.message.model import Envelope
from mailproc.store.database import reading, writing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive

ARTICLES, DESK = "articles@harbour.example", "desk@harbour.example"


def taking_mail(desk: Desk, **options: object) -> Desk:
    """The same desk with [intake.lmtp], on a free port unless the options say otherwise."""
    chosen = {"listen": "127.0.0.1:0", **options}
    return replace(desk, config=replace(desk.config, lmtp=replace(desk.config.lmtp, **chosen)))


@contextmanager
def a_peer(where: str | None) -> Iterator[smtplib.LMTP]:
    assert where is not None
    with smtplib.LMTP("127.0.0.1", int(where.rpartition(":")[2]), timeout=60) as peer:
        peer.ehlo()
        yield peer


def hand_over(peer: smtplib.LMTP, octets: bytes, *to: str, sender: str = JO) -> list[tuple[int, bytes]]:
    """One transaction: the replies to RCPT, then, for each recipient that was taken, the reply to the message."""
    peer.mail(sender)
    replies = [peer.rcpt(address) for address in to]
    if not any(code == 250 for code, _ in replies):
        return replies
    code, words = peer.docmd("DATA")
    if code != 354:
        return [*replies, (code, words)]
    peer.send(octets + b".\r\n")
    return [*replies, *(peer.getreply() for code, _ in replies if code == 250)]


def everything(desk: Desk) -> list[rows.Received]:
    with reading(desk.engine) as conn:
        return rows.every(conn)


def on_spool(desk: Desk) -> list[str]:
    return [path.name for path in (desk.archive / "spool").glob("*")]


def arrived(desk: Desk, source: str, octets: bytes = b"Subject: x\r\n\r\n") -> Arrived:
    envelope = Envelope(JO, (ARTICLES,))
    kept = archive.spool(desk.archive, trace_of(desk, source, desk.now(), envelope), [octets])
    return Arrived(source, desk.now(), envelope, kept)


def test_without_listen_nothing_is_opened(desk):
    with listening(desk) as where:
        assert where is None
    assert list(check(desk)) == []


def test_F53_one_message_for_several_recipients_is_one_row_and_one_refusal(desk):
    octets = a_mail(to=f"{ARTICLES}, {DESK}", authentic=True)
    to = (ARTICLES.upper(), "nobody@harbour.example", "Desk+T12@harbour.example", "articles@elsewhere.example")
    with listening(taking_mail(desk)) as where, a_peer(where) as peer:
        replies = hand_over(peer, octets, *to)
    assert [code for code, _ in replies] == [250, 550, 250, 550, 250, 250]
    [row] = everything(desk)
    assert row.envelope == Envelope(JO, (ARTICLES, "desk+t12@harbour.example"))
    assert row.source.startswith("lmtp:")
    kept = archive.message_path(desk.archive, row.number).read_bytes()
    assert kept.startswith(b"Return-Path: <jo@poole.example>\r\nDelivered-To: articles@harbour.example\r\n")
    assert kept[row.offset :] == octets
    assert archive.describe(desk.archive, row.number) == row
    work(desk)
    assert ref_of(desk, row.number) == f"A-{row.number}"


def test_F05_a_message_whose_250_got_lost_comes_again_and_has_one_effect(desk):
    octets = a_mail(authentic=True)
    with listening(taking_mail(desk)) as where, a_peer(where) as peer:
        for _ in range(2):
            assert hand_over(peer, octets, ARTICLES)[-1][0] == 250
    work(desk)
    first, second = everything(desk)
    assert (second.state, second.duplicate_of, second.refs) == ("duplicate", first.number, ())
    assert len(letters(desk)) == 1


def test_S39_S40_an_envelope_that_no_row_can_hold_is_scrubbed_and_the_mail_goes_its_way(desk):
    sender = b'MAIL FROM:<"a\rb\x1b[31m"\xff@x.example> SMTPUTF8'
    forward = b"RCPT TO:<desk+\xff\x07\x0b\xf0@harbour.example>"
    with listening(taking_mail(desk)) as where, a_peer(where) as peer:
        for line in (sender, forward, b"DATA"):
            peer.send(line + b"\r\n")
            assert peer.getreply()[0] in {250, 354}, line
        peer.send(a_mail() + b".\r\n")
        assert peer.getreply()[0] == 250
    [row] = everything(desk)
    assert row.envelope == Envelope('"a?b?[31m"?@x.example', ("desk+????@harbour.example",))
    assert archive.describe(desk.archive, row.number) == row
    assert work(desk).stuck == ()


def test_F52_a_database_that_is_down_is_451_for_each_and_leaves_nothing(desk):
    octets = a_mail()
    with listening(taking_mail(desk)) as where, a_peer(where) as peer:
        with writing(desk.engine) as conn:
            conn.exec_driver_sql("ALTER TABLE received RENAME TO away")
        assert [code for code, _ in hand_over(peer, octets, ARTICLES, DESK)] == [250, 250, 451, 451]
        assert on_spool(desk) == []
        assert list(archive.numbers(desk.archive)) == []
        with writing(desk.engine) as conn:
            conn.exec_driver_sql("ALTER TABLE away RENAME TO received")
        assert hand_over(peer, octets, ARTICLES)[-1] == (250, b"2.0.0 Kept as 1")


def test_F21_below_the_reserve_mail_is_put_off(desk):
    short = taking_mail(desk)
    storage = replace(short.config.storage, reserve=1 << 62)
    with listening(replace(short, config=replace(short.config, storage=storage))) as where, a_peer(where) as peer:
        assert peer.mail(JO)[0] == 452
    assert everything(desk) == []


def test_a_batch_of_which_one_cannot_be_kept_takes_back_the_files_it_gave_numbers(desk, monkeypatch):
    link, calls = archive.link, []

    def third_breaks(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 3:
            raise OSError
        return link(*arguments)

    monkeypatch.setattr(archive, "link", third_breaks)
    committer = Committer(desk)
    futures = [committer.commit(arrived(desk, f"lmtp:{n}")) for n in range(5)]
    with committer:  # it begins now, so all five share its first commit
        assert all(isinstance(future.exception(timeout=60), OSError) for future in futures)
    assert len(calls) == 3
    assert list(archive.numbers(desk.archive)) == []
    assert on_spool(desk) == []


def test_F92_what_comes_during_a_commit_shares_the_next(desk):
    commits: list[object] = []
    event.listen(desk.engine, "commit", commits.append)
    committer = Committer(desk)
    futures = [committer.commit(arrived(desk, f"lmtp:{n}")) for n in range(25)]
    with committer:  # what came before it begins is what comes while it commits
        assert [future.result(timeout=60) for future in futures] == list(range(1, 26))
    assert len(commits) == 2, "20 messages, then 5"


def test_F92_a_slow_disk_is_felt_by_who_comes_late_and_not_by_memory(desk):
    """Every connection has one message in flight and is not read from while that waits; the next one hears 421."""
    slow = taking_mail(desk, connections=3)
    with listening(slow) as where, ThreadPoolExecutor() as pool:
        assert where is not None
        ready = threading.Barrier(4)

        def one(n: int) -> int:
            with a_peer(where) as peer:
                ready.wait(60)
                return hand_over(peer, a_mail(subject=str(n)), ARTICLES)[-1][0]

        with writing(desk.engine):
            codes = [pool.submit(one, n) for n in range(3)]
            ready.wait(60)
            with socket.create_connection(("127.0.0.1", int(where.rpartition(":")[2])), timeout=60) as late:
                assert late.recv(512).startswith(b"421 4.3.2")
            assert not any(code.done() for code in codes)
        assert [code.result(timeout=60) for code in codes] == [250] * 3
    assert len(everything(desk)) == 3


def test_F50_a_message_called_off_before_its_turn_is_forgotten_and_one_that_has_a_number_stays(desk):
    committer = Committer(desk)
    kept, called_off = (committer.commit(arrived(desk, f"lmtp:{n}")) for n in range(2))
    assert called_off.cancel()
    with committer:
        assert kept.result(timeout=60) == 1
        assert not kept.cancel()
    assert [row.source for row in everything(desk)] == ["lmtp:0"]
    assert on_spool(desk) == []


def test_F50_a_peer_that_drops_in_the_middle_leaves_no_file(desk):
    with listening(taking_mail(desk)) as where:
        assert where is not None
        with a_peer(where) as peer:
            peer.mail(JO)
            peer.rcpt(ARTICLES)
            peer.docmd("DATA")
            peer.send(a_mail())
            peer.sock.close()  # type: ignore[union-attr]
            peer.close()
    assert on_spool(desk) == []
    assert everything(desk) == []


def test_F58_the_desk_closes_its_door_only_when_all_that_came_is_answered(desk):
    before = clock_of(desk)()
    with listening(taking_mail(desk)) as where:
        with a_peer(where) as peer:
            assert hand_over(peer, a_mail(), ARTICLES)[-1][0] == 250
        assert where is not None
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(where.rpartition(":")[2])), timeout=5)
    assert received(desk, 1).received_at == before


def test_a_socket_counts_from_the_folder_of_the_configuration(desk, monkeypatch):
    monkeypatch.setattr(listen, "_postfix", lambda _: None)
    there = taking_mail(desk, listen="unix:data/lmtp")
    with listening(there) as where:
        assert where == f"unix:{desk.config.folder}/data/lmtp"
        assert [found.level for found in check(there)] == ["ok"]
        with pytest.raises(IntakeError, match="listens there already"), listening(there):
            pass
    assert [found.level for found in check(there)] == ["ok"]


@pytest.mark.parametrize(
    ("setting", "levels"), [("no", ["ok", "warning"]), ("", ["ok", "warning"]), ("normalize", ["ok"])]
)
def test_S30_doctor_says_where_a_postfix_lets_mail_be_smuggled(desk, monkeypatch, setting, levels):
    monkeypatch.setattr(listen, "_postfix", lambda _: setting)
    assert [found.level for found in check(taking_mail(desk))] == levels


# adopt


@pytest.mark.parametrize(
    ("border", "settings", "warned"),
    [
        (("mx.harbour.example",), "milter_default_action = accept", True),
        (("mx.harbour.example",), "milter_default_action = tempfail", False),
        (("mx.harbour.example",), "", False),
        ((), "milter_default_action = accept", False),
    ],
)
def test_doctor_says_where_a_postfix_takes_what_nobody_checked(desk, tmp_path, monkeypatch, border, settings, warned):
    """Only where results below its Received field are believed: there a sender's stand where nobody wrote any."""
    if shutil.which("postconf", path="/usr/sbin:/usr/bin") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("postfix is not installed")
    (tmp_path / "main.cf").write_text(f"compatibility_level = 3.6\n{settings}\n")
    monkeypatch.setenv("MAIL_CONFIG", str(tmp_path))
    believing = replace(desk.config, review=replace(desk.config.review, border=border))
    said = [found.words for found in check(replace(desk, config=believing))]
    assert [words.rpartition("; ")[2] for words in said] == ["`postconf -e milter_default_action=tempfail`"] * warned


def test_F03_a_file_whose_row_is_missing_is_found_among_thousands_and_in_the_newest_folder(desk):
    """Full thousands are not even listed; whatever has a gap is."""
    octets = b"Subject: x\r\n\r\n"
    envelope = Envelope(JO, (ARTICLES,))
    missing = (1500, 2004)
    with writing(desk.engine) as conn:
        for number in (n for n in range(1, 2004) if n not in missing):
            rows.add(conn, rows.Received(number, f"lmtp:{number}", desk.now(), envelope, 0, 0, "", state="processed"))
    for number in missing:
        kept = archive.spool(desk.archive, trace_of(desk, f"lmtp:{number}", desk.now(), envelope), [octets])
        archive.link(desk.archive, kept.path, number)
    with reading(desk.engine) as conn:
        assert rows.full_thousands(conn) == {0}
    adopt_all(desk)
    with reading(desk.engine) as conn:
        assert rows.full_thousands(conn) == {0, 1}
    assert [received(desk, number).source for number in missing] == ["lmtp:1500", "lmtp:2004"]
    clock_of(desk).set(clock_of(desk)() + timedelta(minutes=1))
    assert len(everything(desk)) == 2004
