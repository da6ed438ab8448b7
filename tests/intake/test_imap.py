"""Polling a real Dovecot; what it will not do on demand (drip, drop, lie) a scripted server does."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import pytest
from dovecot import Dovecot

from mailproc.errors import IntakeError
from mailproc.intake.connection import Account
from mailproc.intake.imap import check, poll
from mailproc.intake.ledger import Ledger
from mailproc.intake.source import Source
from mailproc.intake.visit import PollResult

LIMIT = 50_000_000


@dataclass
class Archive:
    """A desk's memory: what was kept, by source key; a kill between receive and MOVE at will."""

    kept: dict[str, bytes] = field(default_factory=dict)
    batches: list[int] = field(default_factory=list)
    die_after_receive: bool = False

    def known(self, keys: Sequence[str]) -> Collection[str]:
        return {key for key in keys if key in self.kept}

    def receive(self, batch: Sequence[Source]) -> None:
        for key, octets in [(message.source_key, b"".join(message.chunks)) for message in batch]:
            assert key not in self.kept
            self.kept[key] = octets
        self.batches.append(len(batch))
        if self.die_after_receive:
            raise KeyboardInterrupt

    def poll(self, account: Account, limit: int = LIMIT) -> PollResult:
        return poll(account, Ledger(self.known, self.receive, limit))


def nothing_is_known(_keys: Sequence[str]) -> set[str]:
    return set()


def an_account(dovecot: Dovecot, user: str, **changes: object) -> Account:
    base = Account("desk", "127.0.0.1", dovecot.imap_port, "none", user, lambda: "secret", timeout_seconds=10)
    return replace(base, **changes)  # type: ignore[arg-type]


def a_mail(number: int, body: str = "Dear desk,\r\n.\r\n..two dots\r\n") -> bytes:
    return f"From: jo@poole.example\r\nSubject: number {number}\r\n\r\n{body}".encode()


def test_what_was_appended_is_received_octet_for_octet_and_moved(dovecot: Dovecot):
    octets = b'Subject: =?x?=\r\n\r\n\xff\xfe 8-bit \x01 and . dots\r\n.\r\n(literal {3}\r\n) \\ "\r\n'
    dovecot.append("exact", octets)
    archive = Archive()
    result = archive.poll(an_account(dovecot, "exact"))
    assert result == PollResult(received=1, moved=1, skipped=0, oversize=0, problems=())
    assert list(archive.kept.values()) == [octets]
    assert dovecot.mailbox("exact") == []
    assert dovecot.mailbox("exact", "Processed") == [octets]


def test_the_source_key_holds_account_mailbox_uidvalidity_and_uid(dovecot: Dovecot):
    dovecot.append("key", a_mail(1))
    archive = Archive()
    archive.poll(an_account(dovecot, "key"))
    (key,) = archive.kept
    place, uidvalidity, uid = key.rsplit("/", 2)
    assert place == "imap:desk/INBOX"
    assert int(uidvalidity) > 0
    assert uid == "1"


def test_250_messages_come_in_batches_of_20_oldest_first(dovecot: Dovecot):
    with dovecot.session("many") as imap:
        for number in range(250):
            imap.append("INBOX", None, None, a_mail(number))
    archive = Archive()
    result = archive.poll(an_account(dovecot, "many"))
    assert (result.received, result.moved, result.problems) == (250, 250, ())
    assert archive.batches == [20] * 12 + [10]
    assert list(archive.kept.values()) == [a_mail(number) for number in range(250)]
    assert len(dovecot.mailbox("many", "Processed")) == 250


def test_F04_killed_between_receive_and_move_nothing_comes_twice(dovecot: Dovecot):
    for number in range(3):
        dovecot.append("killed", a_mail(number))
    archive = Archive(die_after_receive=True)
    with pytest.raises(KeyboardInterrupt):
        archive.poll(an_account(dovecot, "killed"))
    assert len(dovecot.mailbox("killed")) == 3
    archive.die_after_receive = False
    result = archive.poll(an_account(dovecot, "killed"))
    assert (result.received, result.moved) == (0, 3)
    assert len(archive.kept) == 3
    assert dovecot.mailbox("killed") == []
    assert len(dovecot.mailbox("killed", "Processed")) == 3


def test_a_full_disk_is_not_taken_for_a_broken_server_and_nothing_is_moved(dovecot: Dovecot):
    dovecot.append("full", a_mail(1))

    def refuse(batch: Sequence[Source]) -> None:
        next(batch[0].chunks)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        poll(an_account(dovecot, "full"), Ledger(nothing_is_known, refuse, LIMIT))
    assert len(dovecot.mailbox("full")) == 1


def test_F38_seen_set_by_a_human_changes_nothing_and_we_never_set_it(dovecot: Dovecot):
    dovecot.append("seen", a_mail(1))
    dovecot.append("seen", a_mail(2))
    with dovecot.session("seen") as imap:
        imap.select("INBOX")
        imap.store("1", "+FLAGS", r"(\Seen)")
    result = Archive().poll(an_account(dovecot, "seen"))
    assert result.received == 2
    flags = dovecot.fetch("seen", "Processed", "(FLAGS)")
    assert [b"\\Seen" in row for row in flags] == [True, False]


def test_F39_messages_that_others_marked_deleted_are_not_expunged(dovecot: Dovecot):
    dovecot.append("deleted", a_mail(1))
    dovecot.append("deleted", a_mail(2))
    with dovecot.session("deleted") as imap:
        imap.select("INBOX")
        imap.store("2", "+FLAGS", r"(\Deleted)")
    Archive().poll(an_account(dovecot, "deleted"))
    assert dovecot.mailbox("deleted", "Processed") == [a_mail(1), a_mail(2)]


def test_12_megabytes_pass_through_in_pieces(dovecot: Dovecot):
    line = b"x" * 76 + b"\r\n"
    octets = b"Subject: large\r\n\r\n" + line * (12_000_000 // len(line))
    dovecot.append("large", octets)
    expected = hashlib.sha256(octets).hexdigest()
    del octets
    digests: list[str] = []

    def receive(batch: Sequence[Source]) -> None:
        digest = hashlib.sha256()
        for chunk in batch[0].chunks:
            assert len(chunk) <= 1 << 20
            digest.update(chunk)
        digests.append(digest.hexdigest())

    tracemalloc.start()
    result = poll(an_account(dovecot, "large"), Ledger(nothing_is_known, receive, LIMIT))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert result.received == 1
    assert digests == [expected]
    assert peak < 6_000_000


def test_a_message_of_exactly_one_piece_arrives_whole(dovecot: Dovecot):
    octets = a_mail(1)
    octets += b"y" * ((1 << 20) - len(octets) - 2) + b"\r\n"
    assert len(octets) == 1 << 20
    dovecot.append("piece", octets)
    archive = Archive()
    archive.poll(an_account(dovecot, "piece"))
    assert list(archive.kept.values()) == [octets]


def test_F45_of_an_oversized_message_the_header_is_received_and_it_moves_to_a_mailbox_of_its_own(dovecot: Dovecot):
    dovecot.append("oversize", a_mail(1, "z" * 5000))
    dovecot.append("oversize", a_mail(2))
    archive = Archive()
    result = archive.poll(an_account(dovecot, "oversize"), limit=1000)
    assert result == PollResult(received=1, moved=2, oversize=1)
    assert sorted(archive.kept.values()) == [a_mail(1, ""), a_mail(2)]
    assert dovecot.mailbox("oversize") == []
    assert dovecot.mailbox("oversize", "Oversize") == [a_mail(1, "z" * 5000)]


def test_odd_mailbox_names_work_and_the_done_mailbox_is_made(dovecot: Dovecot):
    dovecot.append("odd", a_mail(1), 'Entw&APw-rfe &- \\"x\\"')
    archive = Archive()
    account = an_account(dovecot, "odd", mailbox='Entwürfe & "x"', done="Erledigt/日本語")
    assert archive.poll(account).moved == 1
    assert next(iter(archive.kept)).startswith('imap:desk/Entwürfe & "x"/')
    assert dovecot.mailbox("odd", "Erledigt/&ZeVnLIqe-") == [a_mail(1)]


def test_the_done_mailbox_may_not_be_the_polled_one(dovecot: Dovecot):
    with pytest.raises(IntakeError, match="name other mailboxes"):
        Archive().poll(an_account(dovecot, "loop", done="INBOX"))


def test_F33_a_new_uidvalidity_makes_every_message_new(dovecot: Dovecot):
    account = an_account(dovecot, "validity", mailbox="Desk")
    archive = Archive()
    for _ in range(2):
        dovecot.append("validity", a_mail(1), "Desk")
        assert archive.poll(account).received == 1
        with dovecot.session("validity") as imap:
            imap.delete("Desk")
    assert len(archive.kept) == 2


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_tls_with_a_trusted_certificate_works(dovecot: Dovecot, monkeypatch, tls: str):
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    dovecot.append(f"tls-{tls}", a_mail(1))
    port = dovecot.imaps_port if tls == "implicit" else dovecot.imap_port
    account = an_account(dovecot, f"tls-{tls}", host="localhost", port=port, tls=tls)
    assert Archive().poll(account).received == 1


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_S42_an_untrusted_certificate_is_refused_before_any_password_leaves(dovecot: Dovecot, tls: str):
    port = dovecot.imaps_port if tls == "implicit" else dovecot.imap_port
    asked: list[str] = []
    account = an_account(dovecot, "untrusted", port=port, tls=tls, password=lambda: asked.append("") or "secret")
    with pytest.raises(IntakeError) as refusal:
        Archive().poll(account)
    assert "certificate not trusted: self-signed certificate; use the name" in str(refusal.value)
    assert asked == []


def test_S45_a_wrong_password_is_one_line_that_does_not_hold_it(dovecot: Dovecot):
    account = an_account(dovecot, "wrong", password=partial(str, "canary-7f3a"))
    with pytest.raises(IntakeError) as refusal:
        Archive().poll(account)
    line = str(refusal.value)
    assert line == (
        f'IMAP account "desk" (127.0.0.1:{dovecot.imap_port}): login as wrong refused: '
        "[AUTHENTICATIONFAILED] Authentication failed.; check user and password of this account"
    )
    assert "canary" not in repr(account)


def test_a_password_that_is_not_ascii_is_sent_as_utf_8(dovecot: Dovecot):
    with pytest.raises(IntakeError, match="login as ana refused"):
        Archive().poll(an_account(dovecot, "ana", password=lambda: "pässword"))


def test_S43_a_line_break_in_the_password_never_reaches_the_server(dovecot: Dovecot):
    with pytest.raises(IntakeError, match="line break or NUL"):
        Archive().poll(an_account(dovecot, "ana", password=lambda: "secret\r\nX1 DELETE INBOX"))


def test_a_refused_connection_names_host_and_port_and_cure(dovecot: Dovecot, free_port: int):
    with pytest.raises(IntakeError) as refusal:
        Archive().poll(an_account(dovecot, "ana", port=free_port))
    assert str(refusal.value) == (
        f'IMAP account "desk" (127.0.0.1:{free_port}): no connection: Connection refused; '
        "check `host` and `port`, and that the server runs"
    )


def test_tls_asked_of_a_plain_port_says_which_ports_speak_what(dovecot: Dovecot):
    with pytest.raises(IntakeError, match="993 speaks implicit TLS, 143 starttls"):
        Archive().poll(an_account(dovecot, "ana", tls="implicit"))


def test_a_password_never_travels_in_the_clear(dovecot: Dovecot):
    with pytest.raises(IntakeError, match="in the clear"):
        Archive().poll(an_account(dovecot, "ana", host="imap.harbour.example"))


def test_a_missing_mailbox_names_those_there_are(dovecot: Dovecot):
    dovecot.append("missing", a_mail(1), "Articles")
    with pytest.raises(IntakeError) as refusal:
        Archive().poll(an_account(dovecot, "missing", mailbox="Artcles"))
    assert 'mailbox "Artcles" cannot be opened' in str(refusal.value)
    assert 'did you mean "Articles"?' in str(refusal.value)


def test_doctor_hears_what_is_there_and_what_is_wrong(dovecot: Dovecot):
    dovecot.append("doctor", a_mail(1))
    findings = check(an_account(dovecot, "doctor"))
    assert [found.level for found in findings] == ["ok", "warning", "ok", "ok"]
    assert "could be created" in findings[2].words
    assert [found.level for found in check(an_account(dovecot, "doctor"))] == ["ok", "warning"]
    assert 'mailbox "INBOX" holds 1 messages' in findings[0].words
    assert check(an_account(dovecot, "doctor", password=lambda: "no"))[0].level == "trouble"
    assert dovecot.mailbox("doctor") != []
