"""Polling at the desk: what its rows and archive remember of mailboxes, several accounts, leases, refused logins."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from build import a_mail, clock_of, letters, octets_of, received, text_of
from dovecot import Dovecot
from imap_script import Script, Talk, mails, nil, servers, stall
from sqlalchemy import select

from mailproc.config.option import ImapAccount
from mailproc.desk.carry import poll
from mailproc.desk.ground import lease
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.errors import StoreError
from mailproc.intake import imap
from mailproc.intake.connection import Account
from mailproc.intake.visit import PollResult
from mailproc.store import schema
from mailproc.store.database import reading, writing
from mailproc.store.mail import mailboxes
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.service import holders, leases, pulses

Serve = Callable[..., ImapAccount]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a scripted server; gives the configuration's account for it."""
    (tmp_path / "password").write_text("secret")

    def account(at: Account, **changes: object) -> ImapAccount:
        base = ImapAccount(
            "main", at.host, "desk", port=at.port, tls="none", password_file=tmp_path / "password", idle=False
        )
        return replace(base, timeout=timedelta(seconds=5), deadline=timedelta(seconds=5), **changes)  # type: ignore[arg-type]

    with servers() as start:
        yield lambda script, **changes: account(start(script), **changes)


def at(dovecot: Dovecot, user: str, tmp_path: Path, **changes: object) -> ImapAccount:
    """An account on the real Dovecot."""
    (tmp_path / "password").write_text("secret")
    return ImapAccount(
        "main",
        "127.0.0.1",
        user,
        port=dovecot.imap_port,
        tls="none",
        password_file=tmp_path / "password",
        **changes,  # type: ignore[arg-type]
    )


def with_accounts(desk: Desk, *accounts: ImapAccount) -> Desk:
    return replace(desk, config=replace(desk.config, imap=accounts))


def limited(desk: Desk, octets: int) -> Desk:
    return replace(desk, config=replace(desk.config, limits=replace(desk.config.limits, message=octets)))


def sources(desk: Desk) -> list[str]:
    with reading(desk.engine) as conn:
        return [row.source for row in rows.every(conn)]


def unfetchable(desk: Desk) -> dict[str, int]:
    with reading(desk.engine) as conn:
        return {row.source: row.tries for row in mailboxes.every_unfetchable(conn)}


def pulse(desk: Desk) -> pulses.Pulse | None:
    with reading(desk.engine) as conn:
        return pulses.get(conn, "poll main")


def renumber(dovecot: Dovecot, user: str) -> None:
    """What a restored or moved mailbox does: every message is there still, under new UIDs."""
    index = dovecot.mail_dir / user / "Maildir" / "dovecot-uidlist"
    version, _, rest = index.read_text().partition(" V")
    assert version == "3"
    old, _, rest = rest.partition(" ")
    index.write_text(f"3 V{int(old) + 1} {rest}")
    for each in index.parent.glob("dovecot.index*"):
        each.unlink()


def test_F33_after_a_new_uidvalidity_what_is_received_is_let_go_and_what_is_new_is_received(
    desk: Desk, dovecot: Dovecot, tmp_path: Path, monkeypatch
):
    account = at(dovecot, "renumbered", tmp_path)
    old = [a_mail(f"Letter {n}.\n") for n in range(5)]
    for octets in old:
        dovecot.append("renumbered", octets)
    with monkeypatch.context() as patched:  # everything is received, and nothing moved: we died just then
        patched.setattr(imap, "_release", lambda *_, **__: None)
        assert poll.poll_account(desk, account).received == 5
    renumber(dovecot, "renumbered")
    new = old[0].replace(b"Letter 0", b"Letter 8").replace(b"Message-ID: <", b"Message-ID: <8")[:-1]
    dovecot.append("renumbered", new.replace(b"The tram", b"Tram"))
    dovecot.append("renumbered", a_mail("Letter 9.\n"))
    result = poll.poll_account(desk, account)
    assert (result.received, result.moved, result.problems) == (2, 7, ())
    assert len(sources(desk)) == 7
    assert dovecot.mailbox("renumbered") == []
    assert len({source.split("/")[2] for source in sources(desk)}) == 2


def test_F33_copies_alike_to_the_octet_are_each_found_again_once(desk: Desk, serve: Serve, monkeypatch):
    script = Script({1: b"Subject: twin\r\n\r\nx\r\n", 2: b"Subject: twin\r\n\r\nx\r\n"})
    account = serve(script)
    with monkeypatch.context() as patched:
        patched.setattr(imap, "_release", lambda *_, **__: None)
        poll.poll_account(desk, account)
    script.uidvalidity, script.mails = 8, script.mails | {3: script.mails[1]}
    result = poll.poll_account(desk, account)
    assert (result.received, result.moved) == (1, 3)
    assert sources(desk) == [f"imap:main/INBOX/{key}" for key in ("7/1", "7/2", "8/3")]


def test_F33_a_poll_that_died_among_renumbered_messages_goes_on_where_it_was(desk: Desk, serve: Serve, monkeypatch):
    script = Script(mails(50))
    account = serve(script)
    with monkeypatch.context() as patched:
        patched.setattr(imap, "_release", lambda *_, **__: None)
        poll.poll_account(desk, account)
        script.uidvalidity = 8
        script.mails[60] = b"Subject: a new one\r\n\r\n"
        script.no_to = {b"MOVE": b"not now"}
    assert poll.poll_account(desk, account).received == 1
    script.no_to = {}
    assert poll.poll_account(desk, account) == PollResult(moved=51)
    assert len(sources(desk)) == 51


def test_F33_a_mailbox_below_and_an_account_of_a_like_name_are_no_renumbering(desk: Desk):
    octets = b"Subject: x\r\n\r\nx\r\n"
    for key in ("INBOX/sub/3/1", "INBOX.x/3/1", "INBOX0/3/1", "INBOX/7/1"):
        receive(desk, [Incoming(f"imap:main/{key}", [octets])])
    receive(desk, [Incoming("imap:main2/INBOX/3/1", [octets])])
    with reading(desk.engine) as conn:
        assert mailboxes.twins(conn, "imap:main/INBOX/", 7, [len(octets)]) == []
        assert len(mailboxes.twins(conn, "imap:main/INBOX/", 8, [len(octets)])) == 1


def test_F41_two_pollers_never_work_on_one_mailbox_at_once(desk: Desk, serve: Serve):
    script = Script(mails(3))
    account = serve(script)
    with lease.held(desk, "poll main/INBOX") as ours:
        assert ours
        assert poll.poll_account(desk, account) == PollResult()
        assert script.asked == []
    assert poll.poll_account(desk, account).received == 3


def test_F41_a_lease_of_a_process_that_died_here_is_over_and_one_of_elsewhere_runs_out(desk: Desk):
    dead, elsewhere = f"{'d' * 32} x", f"{'e' * 32} x"
    with writing(desk.engine) as conn:
        holders.beat(conn, "e" * 32, desk.now())
    for holder, waits in ((dead, False), (elsewhere, True)):
        with writing(desk.engine) as conn:
            assert leases.take(conn, holder, holder, desk.now(), lease.SECONDS)
        with lease.held(desk, holder) as ours:
            assert (ours is None) == waits
    clock_of(desk).pass_(seconds=lease.SECONDS)
    with lease.held(desk, elsewhere) as ours:
        assert ours


def test_F41_a_lease_that_was_lost_ends_the_poll_with_a_word(desk: Desk, serve: Serve, monkeypatch):
    script = Script(mails(45))
    monkeypatch.setattr(lease.Lease, "renew", lambda each: not sources(each.desk))
    result = poll.poll_account(desk, serve(script))
    assert "another process took it over" in result.trouble
    assert len(sources(desk)) == 20  # and the next poll finds them known
    monkeypatch.undo()
    assert poll.poll_account(desk, serve(script)).moved == 45


def test_F41_overlapping_polls_receive_each_message_once(desk: Desk, dovecot: Dovecot, tmp_path: Path, monkeypatch):
    for n in range(30):
        dovecot.append("overlap", a_mail(f"Letter {n}.\n"))
    monkeypatch.setattr(leases, "take", lambda *_: True)  # the guard is off: the unique source key remains
    account = at(dovecot, "overlap", tmp_path)
    threads = [threading.Thread(target=poll.poll_account, args=(desk, account)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    poll.poll_account(desk, account)
    assert len(sources(desk)) == 30
    assert dovecot.mailbox("overlap") == []


def test_F42_one_account_in_trouble_stops_no_other_and_results_keep_their_order(desk: Desk, serve: Serve):
    gone = replace(serve(Script({})), name="gone", mailbox="Elsewhere", port=1)
    broken = replace(serve(Script({})), name="broken", password_file=None, password_command=("false",))
    silent = replace(serve(Script(mails(1), fetch={1: stall})), name="silent", timeout=timedelta(seconds=1))
    good = serve(Script(mails(3)))
    results = poll.poll(with_accounts(desk, gone, broken, silent, good))
    assert [name for name, _ in results] == ["gone", "broken", "silent", "main"]
    by_name = dict(results)
    assert "Connection refused" in by_name["gone"].trouble
    assert "password_command false" in by_name["broken"].trouble
    assert by_name["main"] == PollResult(received=3, moved=3)
    assert by_name["silent"].skipped == 1


def test_F42_accounts_are_polled_at_the_same_time(desk: Desk, serve: Serve, monkeypatch):
    together = threading.Barrier(3, timeout=10)

    def select_with_the_others(*_: object) -> bytes:
        together.wait()
        return b"* SEARCH\r\n"

    monkeypatch.setattr(Talk, "search", select_with_the_others)
    accounts = [replace(serve(Script(mails(1))), name=name) for name in ("a", "b", "c")]
    assert [result.trouble for _, result in poll.poll(with_accounts(desk, *accounts))] == ["", "", ""]


def test_F42_a_disk_that_refuses_is_told_after_every_account_had_its_poll(desk: Desk, serve: Serve, monkeypatch):
    def refuse(*_: object) -> None:
        raise StoreError("disk full")

    monkeypatch.setattr(poll, "ledger", lambda desk, lease: replace(imap_ledger(desk, lease), receive=refuse))
    script = Script(mails(1))
    with pytest.raises(StoreError, match="disk full"):
        poll.poll(with_accounts(desk, serve(script)))
    assert script.gone == {}


imap_ledger = poll.ledger


@pytest.mark.parametrize(
    ("failures", "jitter", "minutes"),
    [(0, 1, 1), (1, 0, 1), (2, 0, 2), (3, -1, 3.2), (3, 1, 4.8), (5, 0, 16), (6, 0, 30), (99, -1, 24), (99, 1, 36)],
)
def test_F42_waits_grow_from_one_minute_to_thirty_give_or_take_a_fifth(failures: int, jitter: float, minutes: float):
    assert poll.wait_after(failures, timedelta(minutes=1), jitter) == timedelta(minutes=minutes)


def test_F42_a_mailbox_polled_once_an_hour_is_not_polled_more_often_in_trouble():
    assert poll.wait_after(3, timedelta(hours=1), 0) == timedelta(hours=1)


def test_F42_each_account_has_a_pulse(desk: Desk, serve: Serve):
    script = Script(mails(1), no_to={b"SELECT": b"no such mailbox"})
    account = serve(script)
    poll.poll_account(desk, account)
    sick = pulse(desk)
    assert sick
    assert sick.well_at is None
    assert 'mailbox "INBOX" cannot be opened' in sick.trouble
    script.no_to = {}
    poll.poll_account(desk, account)
    well = pulse(desk)
    assert well
    assert (well.well_at, well.trouble) == (desk.now(), "")


def test_F40_a_full_done_mailbox_is_trouble_though_everything_is_received(desk: Desk, serve: Serve):
    script = Script(mails(2), no_to={b"MOVE": b"[OVERQUOTA] full"})
    result = poll.poll_account(desk, serve(script))
    assert result.received == 2
    assert "OVERQUOTA" in result.trouble
    script.no_to = {}
    assert poll.poll_account(desk, serve(script)).moved == 2


def test_F44_three_tries_then_once_a_day_and_forgotten_when_it_comes(desk: Desk, serve: Serve):
    script = Script(mails(3), fetch={1: nil})
    account = serve(script)
    for _ in range(3):
        assert poll.poll_account(desk, account).skipped == 1
    assert unfetchable(desk) == {"imap:main/INBOX/7/1": 3}
    assert poll.poll_account(desk, account) == PollResult()
    clock_of(desk).pass_(days=1)
    assert poll.poll_account(desk, account).skipped == 1
    assert unfetchable(desk) == {"imap:main/INBOX/7/1": 4}
    clock_of(desk).pass_(days=1)
    script.fetch = {}
    assert poll.poll_account(desk, account).received == 1
    assert unfetchable(desk) == {}


def test_F44_what_somebody_deleted_is_no_longer_listed(desk: Desk, serve: Serve):
    script = Script(mails(3), fetch={1: nil})
    account = serve(script)
    poll.poll_account(desk, account)
    script.gone["Trash"] = [1]
    poll.poll_account(desk, account)
    assert unfetchable(desk) == {}


def test_F45_an_oversized_mail_is_a_header_a_letter_and_a_word_to_the_operator(
    desk: Desk, dovecot: Dovecot, tmp_path: Path
):
    large = a_mail("z" * 70 + "\n" + "z" * 9000, authentic=True, subject="The whole archive")
    dovecot.deliver("oversized", large, sender="jo@poole.example")
    dovecot.deliver("oversized", a_mail("Small.\n", sender="ed@quay.example"), sender="ed@quay.example")
    result = poll.poll_account(limited(desk, 5000), at(dovecot, "oversized", tmp_path))
    assert (result.received, result.oversize, result.moved, result.problems) == (1, 1, 2, ())
    assert len(dovecot.mailbox("oversized", "Oversize")) == 1
    with reading(desk.engine) as conn:
        number = next(row.number for row in rows.every(conn) if row.source.endswith("/1"))
    assert archive.read_whole_trace(archive.message_path(desk.archive, number)).oversize > 9000
    work(limited(desk, 5000))
    row = received(desk, number)
    assert (row.state, row.reason, row.refs, row.subject) == ("oversize", "too-large", (), "The whole archive")
    (letter,) = letters(desk, "author/oversize")
    assert letter.to == "jo@poole.example"
    assert "and we can take 5.0 kB" in " ".join(text_of(octets_of(desk, letter)).split())
    (notice,) = letters(desk, "operator/notice")
    assert "a mail was too large" in notice.subject
    assert len(letters(desk, "author/receipt-article")) == 1


def test_F45_a_thousand_oversized_mails_make_one_letter_a_stranger_and_one_notice_a_day(desk: Desk, serve: Serve):
    script = Script({n: a_mail("z" * 600, Return_Path="<jo@poole.example>") for n in range(1, 9)})
    assert poll.poll_account(limited(desk, 500), serve(script)).oversize == 8
    work(limited(desk, 500))
    assert len(letters(desk, "author/oversize")) == 1
    assert len(letters(desk, "operator/notice")) == 1


def test_junk_is_read_under_a_name_of_its_own_and_moved_to_done(desk: Desk, dovecot: Dovecot, tmp_path: Path):
    dovecot.append("junky", a_mail("Not spam at all.\n"), "Junk")
    dovecot.append("junky", a_mail("An article.\n"))
    result = poll.poll_account(desk, at(dovecot, "junky", tmp_path, junk="Junk"))
    assert (result.received, result.moved, result.problems) == (2, 2, ())
    assert [source.rsplit("/", 2)[0] for source in sources(desk)] == ["imap:main/INBOX", "imap:main/Junk"]
    assert len(dovecot.mailbox("junky", "Processed")) == 2


def test_a_missing_junk_mailbox_is_told_and_the_inbox_is_read(desk: Desk, dovecot: Dovecot, tmp_path: Path):
    dovecot.append("nojunk", a_mail("An article.\n"))
    result = poll.poll_account(desk, at(dovecot, "nojunk", tmp_path, junk="Junk"))
    assert result.received == 1
    assert 'mailbox "Junk" cannot be opened' in result.trouble


def a_command(path: Path, *tokens: str) -> tuple[str, ...]:
    """A token_command that prints these one after the other, and the last for ever."""
    path.with_suffix(".tokens").write_text("\n".join(tokens) + "\n")
    path.write_text(
        f'#!/bin/sh\nf={path.with_suffix(".tokens")}\nhead -1 "$f"\n'
        f'[ "$(wc -l < "$f")" = 1 ] || sed -i 1d "$f"\necho asked >> {path.with_suffix(".asked")}\n'
    )
    path.chmod(stat.S_IRWXU)
    return (str(path),)


def test_S45_a_token_is_fetched_by_its_command_and_anew_when_it_is_refused(desk: Desk, serve: Serve, tmp_path: Path):
    command = a_command(tmp_path / "token", "canary-stale", "canary-fresh")
    script = Script(mails(2), capabilities=b"IMAP4rev1 MOVE AUTH=OAUTHBEARER", tokens=("canary-fresh",))
    account = serve(script, auth="oauth2", token_command=command, password_file=None)
    assert poll.poll_account(desk, account) == PollResult(received=2, moved=2)


def test_S45_a_refused_login_is_not_tried_again_for_five_minutes_and_shows_no_token(
    desk: Desk, serve: Serve, tmp_path: Path, caplog
):
    caplog.set_level("DEBUG")
    command = a_command(tmp_path / "token", "canary-7f3a")
    script = Script(mails(2), capabilities=b"IMAP4rev1 MOVE AUTH=XOAUTH2")
    account = serve(script, auth="oauth2", token_command=command, password_file=None, junk="There")
    result = poll.poll_account(desk, account)
    assert "login as desk refused" in result.trouble
    again = poll.poll_account(desk, account)
    assert "is tried again after five minutes" in again.trouble
    assert len(script.sent) == 2  # with the first token and with a fresh one, for both mailboxes together
    clock_of(desk).pass_(minutes=5)
    poll.poll_account(desk, account)
    assert len(script.sent) == 4
    kept = b"".join(path.read_bytes() for path in (desk.config.folder / "data").glob("*.db*"))
    assert b"canary" not in kept
    assert "canary" not in f"{result} {again} {caplog.text} {pulse(desk)} {account!r}"


def test_S45_a_corrected_password_is_tried_at_once(desk: Desk, serve: Serve, tmp_path: Path):
    script = Script(mails(1), no_to={b"LOGIN": b"wrong"})
    (tmp_path / "password").write_text("first")
    account = serve(script, password_file=tmp_path / "password")
    for said in ("login as desk refused", "was refused a moment ago"):
        assert said in poll.poll_account(desk, account).trouble
    (tmp_path / "password").write_text("second")
    assert "login as desk refused" in poll.poll_account(desk, account).trouble


def test_S45_a_token_command_that_fails_or_prints_nothing_is_named(desk: Desk, serve: Serve):
    script = Script(mails(2), capabilities=b"IMAP4rev1 MOVE AUTH=XOAUTH2")
    for command, words in ((("false",), "token_command false: CalledProcessError"), (("true",), "printed no token")):
        account = serve(script, auth="oauth2", token_command=command, password_file=None)
        assert words in poll.poll_account(desk, account).trouble
    assert script.sent == []


def test_F43_idle_hints_and_its_trouble_is_logged_once(desk: Desk, serve: Serve, monkeypatch, caplog):
    monkeypatch.setattr(poll, "FIRST_WAIT", timedelta(0))
    monkeypatch.setattr(poll, "LONGEST_WAIT", timedelta(0))
    script = Script(mails(1), capabilities=b"IMAP4rev1 IDLE", no_to={b"EXAMINE": b"not now"})
    account = serve(script, every=timedelta(0))
    stop, woken = threading.Event(), threading.Event()
    hint = threading.Thread(target=poll.idle, args=(desk, account, stop, woken.set), daemon=True)
    hint.start()
    while script.commands().count(b"EXAMINE") < 3:
        assert hint.is_alive()
    script.no_to = {}
    assert woken.wait(10)
    stop.set()
    script.news.set()
    hint.join(10)
    assert not hint.is_alive()
    assert len([line for line in caplog.messages if line.startswith("IDLE: ")]) == 1


def test_F43_idle_ends_where_the_server_has_none(desk: Desk, serve: Serve):
    poll.idle(desk, serve(Script(mails(1))), threading.Event(), lambda: None)


def test_F38_a_flag_set_by_people_and_one_of_ours_are_never_mixed_up(desk: Desk, dovecot: Dovecot, tmp_path: Path):
    dovecot.append("flagged", a_mail("One.\n"))
    with dovecot.session("flagged") as imap_session:
        imap_session.select("INBOX")
        imap_session.store("1", "+FLAGS", r"(\Seen \Flagged)")
    assert poll.poll_account(desk, at(dovecot, "flagged", tmp_path)).received == 1
    (flags,) = dovecot.fetch("flagged", "Processed", "(FLAGS)")
    assert b"\\Flagged" in flags
    assert b"\\Seen" in flags
    assert b"$Mailproc" not in flags


def test_leases_are_taken_renewed_and_given_back(desk: Desk):
    now = desk.now()
    with writing(desk.engine) as conn:
        assert leases.take(conn, "x", "one", now, 60)
        assert leases.take(conn, "x", "one", now, 60)
        assert not leases.take(conn, "x", "two", now, 60)
        assert leases.until(conn, "x", now) == now + timedelta(seconds=60)
        assert leases.take(conn, "x", "two", now + timedelta(seconds=60), 60)
        leases.give_back(conn, "x", "one")  # not theirs any more
        assert leases.holder_of(conn, "x") == "two"
        leases.give_back(conn, "x", "two")
        assert leases.take(conn, "x", "one", now, 60)
        # the clock was set back by years: no lease lasts longer than it was asked for
        assert leases.take(conn, "x", "two", now - timedelta(days=999), 60)
        assert conn.execute(select(schema.leases.c.holder)).scalars().all() == ["two"]
