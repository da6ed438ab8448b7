"""What a desk does with a mailbox, on a real Dovecot, Cyrus and Courier: polled, killed, polled again, IDLE.

Dovecot and Cyrus have MOVE. Courier has none, tells no UIDNEXT in SELECT, and like Cyrus lets people make mailboxes
under `INBOX.` only. What no real server does on demand is in `test_imap_faults`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from build import a_mail
from courier import a_courier
from cyrus import a_cyrus
from dovecot import a_dovecot
from fetching import Post
from imap_server import PASSWORD, SERVERS, ImapServer

from mailproc.desk.carry import poll as polling
from mailproc.errors import IntakeError
from mailproc.intake.connection import Account
from mailproc.intake.imap import check, poll
from mailproc.intake.ledger import Ledger
from mailproc.intake.source import Source

OWN = {"dovecot": a_dovecot, "cyrus": a_cyrus, "courier": a_courier}  # for tests that end and start it
DIES_AT = [
    *((name, point) for name in SERVERS for point in ("imap.fetched", "receive.committed", "imap.moved")),
    *(("courier", point) for point in ("imap.copied", "imap.marked", "imap.deleted")),
]
LIMIT = 10_000_000


def some_mails(count: int) -> list[bytes]:
    return [a_mail(subject=f"Mail {n}", text=f"This is mail number {n}.\n") for n in range(count)]


def account(server: ImapServer, user: str) -> Account:
    return Account("main", "127.0.0.1", server.imap_port, "none", user, lambda: PASSWORD, timeout_seconds=20)


@pytest.mark.cell("poll", "dovecot", "cyrus", "courier")
def test_F101_every_mail_is_received_octet_for_octet_and_moved(post: Post):
    unnamed = re.sub(rb"(?m)^Message-ID: .*\r\n", b"", a_mail(subject="No name"))
    exact = a_mail(subject="Exactly two pieces", text="")
    exact += b"y" * ((2 << 20) - len(exact) - 2) + b"\r\n"
    large = a_mail(subject="Large", text="0123456789 abcdefghijklmnopqrstuvwxyz\n" * 80_000)
    odd = (
        a_mail(subject="Odd").replace(b"Subject: Odd", b"Subject: Gr\xc3\xbc\xc3\x9fe")
        + b'8-bit \xe4\xff (literal {3}\r\n) \\ "\r\n.\r\n..\r\n\r\n'
    )
    mails = [*some_mails(22), unnamed, exact, large, odd]
    post.comes(*mails)
    assert post.poll() == (26, 26)
    assert list(post.kept().values()) == mails
    assert post.there() == []
    assert post.there("Processed") == mails
    assert post.poll() == (0, 0)
    assert post.counts() == {"INBOX": (0, 0, 0), "Processed": (26, 26, 0)}


@pytest.mark.cell("kill", "dovecot", "cyrus", "courier")
@pytest.mark.cell("poll-again", "dovecot", "cyrus", "courier")
@pytest.mark.cell("reconcile", "dovecot", "cyrus", "courier")
@pytest.mark.parametrize(("server", "point"), DIES_AT, indirect=["server"])
def test_F101_a_poll_that_is_killed_loses_nothing_and_the_next_brings_nothing_twice(post: Post, point: str):
    mails = some_mails(23)  # more than one commit
    post.comes(*mails)
    post.dies(point)
    after_death = list(post.kept().values())
    assert after_death == mails[: len(after_death)]
    assert set(post.there()) | set(post.there("Processed")) == set(mails)
    received, _ = post.poll()
    assert received == len(mails) - len(after_death)
    assert list(post.kept().values()) == mails
    assert post.there() == []
    doubled = len(mails) if point == "imap.copied" else 0  # nothing said yet that they are copied
    done = post.there("Processed")
    assert set(done) == set(mails)
    assert len(done) == len(mails) + doubled
    assert post.poll() == (0, 0)
    assert post.findings() == []
    assert post.counts() == {"INBOX": (0, 0, 0), "Processed": (len(done), len(done), doubled)}


@pytest.mark.cell("poll", "dovecot", "cyrus", "courier")
def test_F101_mail_that_somebody_else_marked_deleted_is_left_alone(server: ImapServer):
    user, kept = server.a_user(), {}
    theirs = a_mail(subject="Theirs")
    server.append(user, a_mail(subject="Ours"))
    with server.session(user) as imap:
        imap.append("INBOX", r"(\Deleted)", None, theirs)  # type: ignore[arg-type]
        told = imap.status("INBOX", "(UIDVALIDITY)")[1][0].decode()
    uidvalidity = re.search(r"UIDVALIDITY (\d+)", told)[1]  # type: ignore[index]

    def receive(batch: Sequence[Source]) -> None:
        kept.update({each.source_key: b"".join(each.chunks) for each in batch})

    def unfetchable(place: str) -> dict[str, bool]:  # so that it is there, and none of what this poll receives
        return {f"{place}{uidvalidity}/2": False}

    ledger = Ledger(lambda keys: kept.keys() & set(keys), receive, LIMIT, unfetchable=unfetchable)
    result = poll(account(server, user), ledger)
    assert (result.received, result.moved, result.problems) == (1, 1, ())
    assert server.mailbox(user) == [theirs]
    assert b"\\Deleted" in server.fetch(user, "INBOX", "(FLAGS)")[0]


@pytest.mark.cell("poll", "courier")
def test_F101_without_uidplus_mail_is_copied_once_and_stays(tmp_path: Path):
    with (
        a_courier('IMAP_CAPABILITY="IMAP4rev1 CHILDREN NAMESPACE IDLE"') as server,
        Post(server, tmp_path) as post,
    ):
        mails = some_mails(3)
        post.comes(*mails)
        assert post.poll() == (3, 0)
        assert post.poll() == (0, 0)
        assert post.there("Processed") == post.there() == mails
        assert not any(b"\\Deleted" in line for line in server.fetch(post.user, "INBOX", "(FLAGS)"))
        post.comes(*(more := some_mails(1)))
        assert post.poll() == (1, 0)
        assert post.there("Processed") == post.there() == mails + more
        assert post.counts() == {"INBOX": (4, 4, 0), "Processed": (4, 4, 0)}
        (warning,) = [found.words for found in check(account(server, post.user)) if "no MOVE" in found.words]
        assert 'copied to "INBOX.Processed" and stays in "INBOX"; clear that by hand' in warning


@pytest.mark.cell("poll", "dovecot", "cyrus", "courier")
def test_F101_doctor_makes_our_mailboxes_where_the_server_lets_people_make_them(server: ImapServer):
    user = server.a_user()
    server.append(user, a_mail())
    said = [found.words.partition("): ")[2] for found in check(account(server, user))]
    ours = [server.under("Processed"), server.under("Oversize")]
    assert said[-2:] == [f'mailbox "{name}" was missing; it could be created, and is there now' for name in ours]
    assert all(server.exists(user, name) for name in ours)
    assert not any("missing" in found.words for found in check(account(server, user)))


@pytest.mark.cell("poll", "dovecot", "cyrus", "courier")
def test_F45_F101_what_is_too_large_lies_beside_done(server: ImapServer, tmp_path: Path):
    large = a_mail(subject="Large", text="0123456789 abcdefghijklmnopqrstuvwxyz\n" * 8_000)
    small = a_mail(subject="Small")
    with Post(server, tmp_path, **{"limits.message": "100kB"}) as post:
        post.comes(large, small)
        assert post.poll() == (1, 2)
        assert post.there("Oversize") == [large]
        assert set(post.kept().values()) == {large.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", small}
        assert post.counts() == {"INBOX": (0, 0, 0), "Processed": (1, 1, 0), "Oversize": (1, 1, 0)}


@pytest.mark.cell("poll", "dovecot", "cyrus", "courier")
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_F101_mail_is_polled_under_tls(server: ImapServer, tmp_path: Path, monkeypatch, tls: str):
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    port = server.imaps_port if tls == "implicit" else server.imap_port
    with Post(server, tmp_path, f'host = "localhost"\nport = {port}\ntls = "{tls}"') as post:
        post.comes(a_mail())
        assert post.poll() == (1, 1)


@pytest.mark.cell("poll", "dovecot", "cyrus", "courier")
def test_F101_mailboxes_with_blanks_and_letters_beyond_ascii(server: ImapServer, tmp_path: Path):
    mailbox, done = server.under("Entwürfe & Post"), "Erledigt heute (日本)"
    with Post(server, tmp_path, f'mailbox = "{mailbox}"\ndone = "{done}"') as post:
        post.comes(mail := a_mail(), mailbox="Entw&APw-rfe &- Post")
        assert post.poll() == (1, 1)
        assert next(iter(post.kept())).startswith(f"imap:main/{mailbox}/")
        assert post.there("Erledigt heute (&ZeVnLA-)") == [mail]
        assert post.counts() == {mailbox: (0, 0, 0), done: (1, 1, 0)}


@pytest.mark.cell("poll-again", "dovecot", "cyrus", "courier")
def test_F33_F101_a_mailbox_that_is_made_anew_brings_nothing_twice(server: ImapServer, tmp_path: Path):
    desk, old = server.under("Desk"), server.under("Old")
    with Post(server, tmp_path, f'mailbox = "{desk}"') as post:
        mails = some_mails(3)
        post.comes(*mails, mailbox="Desk")
        post.dies("receive.committed")
        with server.session(post.user) as imap:
            before = imap.status(f'"{desk}"', "(UIDVALIDITY)")[1]
            imap.rename(f'"{desk}"', f'"{old}"')
            while imap.create(f'"{desk}"') and imap.status(f'"{desk}"', "(UIDVALIDITY)")[1] == before:
                imap.delete(f'"{desk}"')  # they count seconds
            imap.select(f'"{old}"')
            assert imap.copy("1:*", f'"{desk}"')[0] == "OK"
        post.comes(*(more := some_mails(1)), mailbox="Desk")
        assert post.poll() == (1, 4)
        assert list(post.kept().values()) == mails + more
        assert len({key.split("/")[-2] for key in post.kept()}) == 2
        assert post.there("Desk") == []
        assert post.counts() == {desk: (0, 0, 0), "Processed": (4, 4, 0)}


@pytest.mark.cell("poll-again", "dovecot", "cyrus", "courier")
@pytest.mark.parametrize("name", SERVERS)
def test_F102_a_server_that_was_restored_gives_old_numbers_to_new_mail_and_it_is_received(name: str, tmp_path: Path):
    backup = tmp_path / "backup"
    with OWN[name]() as server, Post(server, tmp_path) as post:
        first, second, third, fourth = some_mails(4)
        post.comes(first)
        assert post.poll() == (1, 1)
        server.halt()
        subprocess.run(["cp", "-a", str(server.state), str(backup)], check=True)  # noqa: S603, S607 - our own words
        server.start()
        post.comes(second)
        assert post.poll() == (1, 1)
        server.halt()
        for each in server.state.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()
        subprocess.run(["cp", "-a", f"{backup}/.", str(server.state)], check=True)  # noqa: S603, S607 - our own words
        server.start()
        post.comes(third, fourth)
        assert post.counts()["INBOX"] == (2, 0, 0)
        post.dies("receive.committed")
        assert post.poll() == (0, 2)
        assert list(post.kept().values()) == [first, second, third, fourth]
        assert [key.split("/")[3:] for key in post.kept()] == [["1"], ["2"], ["2", "2"], ["3"]]
        assert post.there() == []
        assert post.findings() == []
        assert post.counts() == {"INBOX": (0, 0, 0), "Processed": (3, 3, 0)}


@pytest.mark.cell("idle", "dovecot", "cyrus", "courier")
@pytest.mark.parametrize("name", SERVERS)
def test_F43_F101_idle_wakes_the_desk_and_outlives_a_restart_of_the_server(name: str, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(polling, "FIRST_WAIT", timedelta(milliseconds=50))
    with OWN[name]() as server, Post(server, tmp_path) as post:
        mailbox = replace(post.desk.config.imap[0], every=timedelta(milliseconds=50))
        stop, woken = threading.Event(), threading.Event()
        listening = threading.Thread(target=polling.idle, args=(post.desk, mailbox, stop, woken.set))

        def wakes() -> bool:
            came = woken.wait(60)
            woken.clear()
            return came

        listening.start()
        try:
            assert wakes(), "it listens"
            post.comes(a_mail())
            assert wakes(), "new mail"
            server.halt()
            server.start()
            assert wakes(), "it listens again"
            post.comes(a_mail())
            assert wakes(), "new mail after the restart"
        finally:
            stop.set()
            listening.join(60)
        assert post.poll() == (2, 2)


@pytest.mark.cell("poll", "dovecot", "cyrus", "courier")
def test_F101_the_mailboxes_that_are_polled_need_not_be_named_with_the_namespace(server: ImapServer, tmp_path: Path):
    with Post(server, tmp_path, 'mailbox = "Desk"\njunk = "Spam"') as post:
        account = post.desk.config.imap[0]
        assert [each.level for each in check(polling.account_of(account), account.junk)] == ["trouble"]
        post.comes(a_mail(), mailbox="Desk")
        (told,) = [each for each in check(polling.account_of(account), account.junk) if each.level == "trouble"]
        assert f'mailbox "{server.under("Spam")}" cannot be opened' in told.words
        post.comes(a_mail(), mailbox="Spam")
        said = [each.words.partition("): ")[2] for each in check(polling.account_of(account), account.junk)]
        assert f'junk mailbox "{server.under("Spam")}" holds 1 messages' in said
        assert post.counts() == {"Desk": (1, 0, 0), "Spam": (1, 0, 0), "Processed": (0, 0, 0), "Oversize": (0, 0, 0)}
        assert post.poll() == (2, 2)
        assert post.counts() == {"Desk": (0, 0, 0), "Spam": (0, 0, 0), "Processed": (2, 2, 0), "Oversize": (0, 0, 0)}


@pytest.mark.parametrize("server", ["cyrus", "courier"], indirect=True)
def test_F101_what_is_polled_is_not_done_under_another_name(server: ImapServer):
    polled = replace(account(server, server.a_user()), mailbox="INBOX.Processed")
    with pytest.raises(IntakeError, match=r'"INBOX\.Processed" is polled, so mail cannot be moved there'):
        poll(polled, Ledger(lambda _keys: (), lambda _batch: None, LIMIT))


HEAD = b"From: jo@poole.example\nSubject: %s\nMessage-ID: <%s@client.example>\n\n"
LYING = {  # what lies in a Maildir, where a program put it, and how it is shown: with CRLF
    "lines": HEAD % (b"lines", b"lines") + b"Hello\nworld\n",
    "no-last-line-end": HEAD % (b"end", b"end") + b"Hello",
    "no-body": HEAD % (b"no body", b"no-body"),
    "no-blank-line": b"Subject: no blank line\nMessage-ID: <blank@client.example>\n",
    "no-header": b"\nonly a body\n",
    "no-mail": b"no header at all\nand no blank line\n",
    "nothing": b"",
    "8-bit": b"Subject: \xe4\xf6\nMessage-ID: <8@client.example>\n\n\xe4\xff\n",
    "long-line": HEAD % (b"long", b"long") + b"x" * 300_000 + b"\n",
    "long-field": b"Subject: " + b"y" * 100_000 + b"\nMessage-ID: <field@client.example>\n\nbody\n",
    "many-fields": b"X-Number: 1\n" * 900 + b"Message-ID: <many@client.example>\n\nbody\n",
    "broken-mime": b"Message-ID: <mime@client.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nno end",
}


@pytest.mark.cell("poll", "dovecot", "courier")
@pytest.mark.cell("reconcile", "dovecot", "courier")
@pytest.mark.parametrize("server", ["dovecot", "courier"], indirect=True)
def test_F101_whatever_lies_in_a_maildir_is_received_and_known_again(post: Post):
    post.comes(a_mail())
    assert post.poll() == (1, 1)
    for octets in LYING.values():
        post.server.lies(post.user, octets)
    assert post.poll() == (len(LYING), len(LYING))
    assert sorted(list(post.kept().values())[1:]) == sorted(each.replace(b"\n", b"\r\n") for each in LYING.values())
    assert post.there() == []
    assert post.findings() == []
    assert post.counts()["Processed"] == (len(LYING) + 1, len(LYING) + 1, 0)
