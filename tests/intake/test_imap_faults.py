"""What a broken or lying IMAP server can do to a poll: one scripted on loopback, since Dovecot does none of it."""

from __future__ import annotations

import base64
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from imap_script import (
    Answer,
    Script,
    Talk,
    body,
    drip,
    dripped,
    empty,
    endless,
    flags,
    half,
    huge,
    mails,
    nil,
    nothing,
    other,
    servers,
    sparing,
    stall,
)

from mailproc.errors import IntakeError
from mailproc.intake import idle
from mailproc.intake.connection import Account
from mailproc.intake.imap import check, poll
from mailproc.intake.ledger import Ledger
from mailproc.intake.login import LoginRefused
from mailproc.intake.source import Source
from mailproc.intake.visit import PollResult

LIMIT = 3_000_000


@pytest.fixture
def serve() -> Iterator[Callable[..., Account]]:
    """Start a scripted server; gives the account to poll."""
    with servers() as start:
        yield start


@dataclass
class Memory:
    """A desk's memory of one mailbox: what was kept, and what could not be fetched."""

    kept: dict[str, bytes] = field(default_factory=dict)
    oversize: dict[str, int] = field(default_factory=dict)
    tries: dict[str, int] = field(default_factory=dict)
    due: bool = True  # whether what was tried three times may be asked for again
    old: dict[int, bytes] = field(default_factory=dict)  # size: what was received under another UIDVALIDITY
    recognised: set[str] = field(default_factory=set)

    def known(self, keys: Sequence[str]) -> set[str]:
        return (self.kept.keys() | self.recognised) & set(keys)

    def receive(self, batch: Sequence[Source]) -> None:
        come = [(each, b"".join(each.chunks)) for each in batch]
        for each, octets in come:
            assert each.source_key not in self.kept
            self.kept[each.source_key] = octets
            if each.oversize:
                self.oversize[each.source_key] = each.oversize

    def unfetched(self, key: str, _why: str) -> bool:
        self.tries[key] = self.tries.get(key, 0) + 1
        return self.tries[key] >= 3

    def fetched(self, keys) -> None:
        for key in list(keys):
            self.tries.pop(key, None)

    def recognise(self, _place, offered) -> set[str]:
        found = {key for key, (size, head) in offered.items() if self.old.get(size, b"").startswith(head)}
        self.recognised |= found
        return found

    def ledger(self, limit: int = LIMIT) -> Ledger:
        return Ledger(
            self.known,
            self.receive,
            limit,
            unfetchable=lambda _place: {key: self.due or tries < 3 for key, tries in self.tries.items()},
            unfetched=self.unfetched,
            fetched=self.fetched,
            renumbered=lambda _place, _uidvalidity: bool(self.old),
            likely=lambda _place, sizes: {key for key, size in sizes.items() if size in self.old},
            recognise=self.recognise,
        )


def polled(account: Account, known: Sequence[int] = (), limit: int = LIMIT) -> tuple[PollResult, list[bytes]]:
    kept: list[bytes] = []

    def receive(batch: Sequence[Source]) -> None:
        kept.extend([b"".join(message.chunks) for message in batch])

    ledger = {f"imap:desk/INBOX/7/{uid}" for uid in known}
    result = poll(account, Ledger(lambda keys: ledger & set(keys), receive, limit))
    return result, kept


def stops_no_other(serve, fault: Answer, **changes: object) -> tuple[PollResult, Script]:
    """A poll of five messages, the third of which cannot be fetched: the four others are received and moved."""
    script = Script(mails(5), fetch={3: fault})
    result, kept = polled(serve(script, **changes))
    assert kept == [octets for uid, octets in script.mails.items() if uid != 3]
    assert (result.received, result.moved, result.skipped, result.trouble) == (4, 4, 1, "")
    assert script.gone == {"Processed": [1, 2, 4, 5]}
    return result, script


def test_F30_a_connection_that_ends_in_the_middle_of_a_literal_is_made_again(serve):
    _, script = stops_no_other(serve, half)
    assert script.logins == 3  # the batch, the message alone, the others


def test_F31_after_a_stall_the_connection_is_dropped_and_made_again(serve):
    _, script = stops_no_other(serve, stall, timeout_seconds=0.3)
    assert script.logins == 3


def test_F32_a_peer_that_drips_is_cut_off_at_the_deadline(serve):
    result, _ = stops_no_other(serve, drip, deadline_seconds=0.4)
    assert any("not done within 0.4 s" in line for line in result.problems)


@pytest.mark.parametrize("fault", [nothing, nil, other, flags, empty])
def test_F34_no_octets_and_other_peoples_octets_are_no_mail(serve, fault: Answer):
    stops_no_other(serve, fault)


def test_S44_a_literal_that_no_memory_holds_costs_only_the_connection(serve):
    stops_no_other(serve, huge)


def test_F34_a_message_whose_size_is_not_told_is_counted(serve):
    memory = Memory()
    result = poll(serve(Script(mails(3), sizes={2: -1})), memory.ledger())
    assert (result.received, result.skipped) == (2, 1)
    assert list(memory.tries) == ["imap:desk/INBOX/7/2"]


def test_F35_what_is_expunged_between_listing_and_fetching_is_passed_over_and_forgotten(serve):
    script, memory = Script(mails(3)), Memory()
    account = serve(script)
    script.sizes = Expunging(script)
    result = poll(account, memory.ledger())
    assert (result.received, result.skipped) == (2, 1)
    assert poll(account, memory.ledger()) == PollResult()
    assert memory.tries == {}  # gone, so no longer unfetchable


class Expunging(dict[int, int]):
    """Somebody else's mail program takes message 2 away while its size is asked for."""

    def __init__(self, script: Script) -> None:
        super().__init__({2: -1})
        self.script = script

    def get(self, uid: int, otherwise: int | None = None) -> int | None:  # type: ignore[override]
        if uid == 2:
            self.script.gone["Trash"] = [2]
        return super().get(uid, otherwise)


def test_F36_a_uid_outside_the_asked_window_is_not_taken(serve, monkeypatch):
    monkeypatch.setattr(Talk, "search", lambda _talk, _command: b"* SEARCH 1 2 9\r\n")
    script = Script(mails(2))
    _, kept = polled(serve(script))
    assert len(kept) == 2
    assert not any(b"9" in line for line in script.lines(b"FETCH"))


def test_F44_after_three_tries_a_message_is_asked_for_once_a_day_and_the_cure_is_told(serve):
    script, memory = Script(mails(3), fetch={1: nil}), Memory(due=False)
    account = serve(script)
    lines = [poll(account, memory.ledger()).problems for _ in range(3)]
    assert len(memory.kept) == 2
    assert "message 1: the server gave no octets; the next poll tries again" in lines[0][0]
    assert lines[2][0].endswith("it is asked for once a day; look at it with a mail program, and move or delete it")
    asked = len(script.lines(b"FETCH"))
    assert poll(account, memory.ledger()) == PollResult()  # not today
    assert len(script.lines(b"FETCH")) == asked
    memory.due, script.fetch = True, {}
    assert poll(account, memory.ledger()).received == 1
    assert memory.tries == {}


def test_F44_messages_that_break_each_connection_let_the_others_through_in_the_end(serve):
    script, memory = Script(mails(20), fetch=dict.fromkeys(range(1, 8), half)), Memory(due=False)
    account = serve(script)
    first = poll(account, memory.ledger())
    assert first.received == 0
    assert "connection lost 3 times; the next poll goes on" in first.trouble
    for _ in range(20):
        poll(account, memory.ledger())
    assert len(memory.kept) == 13
    assert set(memory.tries) == {f"imap:desk/INBOX/7/{uid}" for uid in range(1, 8)}


def test_F44_a_server_that_is_gone_is_no_fault_of_the_message(serve, monkeypatch):
    script, memory = Script(mails(3), fetch={1: half}), Memory()
    account = serve(script)
    monkeypatch.setattr(Talk, "handle", once(Talk.handle))
    result = poll(account, memory.ledger())
    assert "no connection" in result.trouble
    assert memory.tries == {}


def once(handle: Callable[[Talk], None]) -> Callable[[Talk], None]:
    """The first connection is served, the others are not."""
    served: list[Talk] = []

    def handled(talk: Talk) -> None:
        served.append(talk)
        if len(served) == 1:
            handle(talk)

    return handled


def test_F45_of_a_message_larger_than_announced_the_header_is_received(serve):
    script, memory = Script(mails(2), fetch={1: endless}), Memory()
    result = poll(serve(script), memory.ledger())
    assert (result.received, result.oversize, result.skipped, result.problems) == (1, 1, 0, ())
    assert memory.kept["imap:desk/INBOX/7/1"] == b"Subject: 1\r\n\r\n"
    assert memory.oversize == {"imap:desk/INBOX/7/1": 3 << 20}
    assert script.gone == {"Processed": [2], "Oversize": [1]}
    assert not any(b"<4194304." in line for line in script.asked)


def test_F45_of_a_message_announced_as_too_large_no_octet_of_the_body_is_asked_for(serve):
    script, memory = Script(mails(1), sizes={1: 99_999_999_999}), Memory()
    result = poll(serve(script), memory.ledger())
    assert (result.oversize, result.moved, result.problems) == (1, 1, ())
    assert memory.oversize == {"imap:desk/INBOX/7/1": 99_999_999_999}
    assert not any(b"BODY.PEEK[]" in line for line in script.asked)
    assert script.lines(b"CREATE") == []  # the scripted server lists every mailbox


def test_F45_killed_before_the_move_a_large_message_still_goes_to_its_own_mailbox(serve):
    script = Script(mails(3), sizes={2: 4_000_000})
    polled(serve(script), known=[1, 2, 3])
    assert script.gone == {"Processed": [1, 3], "Oversize": [2]}


def test_a_server_that_gives_shorter_pieces_than_asked_loses_nothing(serve):
    script = Script(mails(2), fetch={1: sparing})
    _, kept = polled(serve(script))
    assert kept == list(script.mails.values())


def test_a_size_that_is_only_an_estimate_does_no_harm(serve):
    script = Script(mails(2), sizes={1: 5, 2: 500})
    _, kept = polled(serve(script))
    assert kept == list(script.mails.values())


def test_F39_without_move_mail_is_copied_once_and_never_expunged_or_flagged(serve):
    script = Script(mails(3), capabilities=b"IMAP4rev1")
    account = serve(script)
    result, _ = polled(account, known=[1])
    assert (result.received, result.moved) == (2, 0)
    assert [line for line in script.asked if b"COPY" in line] == [b'UID COPY 2,3 "Processed"']
    assert not {b"EXPUNGE", b"STORE", b"MOVE", b"CLOSE"} & set(script.commands())
    assert polled(account, known=[1, 2, 3])[0] == PollResult(0, 0, 0, 0, ())
    assert len([line for line in script.asked if b"COPY" in line]) == 1
    assert "no MOVE" in check(account)[2].words


def test_F40_mail_that_cannot_be_moved_is_received_and_stays(serve):
    script = Script(mails(25), no_to={b"MOVE": b"[OVERQUOTA] full"})
    result, kept = polled(serve(script))
    assert len(kept) == result.received == 25
    assert result.moved == 0
    assert len(result.problems) == 1
    assert "OVERQUOTA" in result.problems[0]


def test_F37_a_large_mailbox_is_asked_for_by_windows_of_10000(serve):
    script = Script(mails(25_000))
    asked: list[int] = []

    def all_known(keys: Sequence[str]) -> Sequence[str]:
        asked.append(len(keys))
        return keys

    poll(serve(script), Ledger(all_known, lambda _batch: None, LIMIT))
    assert [line for line in script.asked if b"SEARCH" in line] == [
        b"UID SEARCH UID 15001:25000",
        b"UID SEARCH UID 5001:15000",
        b"UID SEARCH UID 1:5000",
    ]
    assert asked == [10_000, 10_000, 5_000]


def test_F37_a_small_mailbox_with_a_long_history_is_asked_once(serve):
    script = Script({7: b"Subject: old\r\n\r\n", 4_000_000_000: b"Subject: new\r\n\r\n"})
    _, kept = polled(serve(script))
    assert kept == [script.mails[7], script.mails[4_000_000_000]]
    assert [line for line in script.asked if b"SEARCH" in line] == [b"UID SEARCH UID 1:4000000000"]


def test_small_messages_of_a_batch_share_one_round_trip(serve):
    script = Script(mails(20))
    polled(serve(script))
    assert len([line for line in script.asked if b"BODY.PEEK" in line]) == 1


def test_F33_a_renumbered_mailbox_gives_nothing_twice_and_loses_nothing(serve):
    script = Script(mails(4), uidvalidity=8)
    script.mails[3] = script.mails[1].replace(b": 1", b": 9")  # as long as an old one, and new
    memory = Memory(old={len(octets): octets for octets in (script.mails[1], b"Subject: of another size\r\n\r\n")})
    result = poll(serve(script), memory.ledger())
    assert memory.recognised == {"imap:desk/INBOX/8/1"}
    assert list(memory.kept) == [f"imap:desk/INBOX/8/{uid}" for uid in (2, 3, 4)]
    assert (result.received, result.moved) == (3, 4)


def test_F33_headers_are_asked_for_in_one_go_and_only_where_the_size_is_known(serve):
    script = Script(mails(20) | {21: b"Subject: quite another size\r\n\r\n"}, uidvalidity=8)
    memory = Memory(old={len(script.mails[1]): b"something else altogether"})
    poll(serve(script), memory.ledger())
    (asked,) = [line for line in script.lines(b"FETCH") if b"HEADER" in line]
    assert b"21" not in asked.split()[2]
    assert len(memory.kept) == 21


def test_F39_without_move_a_keyword_of_ours_says_what_is_done_with(serve):
    script, memory = Script(mails(3), capabilities=b"IMAP4rev1", keywords=b"\\*"), Memory()
    account = serve(script)
    assert poll(account, memory.ledger()).received == 3
    assert script.lines(b"STORE") == [b"UID STORE 1,2,3 +FLAGS.SILENT ($MailprocKept)"]
    assert script.marked == {1, 2, 3}
    assert poll(account, memory.ledger()) == PollResult()
    assert script.lines(b"SEARCH")[-1] == b"UID SEARCH UNKEYWORD $MailprocKept UID 1:3"
    assert len(script.lines(b"COPY")) == 1
    assert not {b"EXPUNGE", b"MOVE", b"CLOSE"} & set(script.commands())


def test_F39_what_a_dead_poll_received_is_copied_and_marked_by_the_next(serve):
    script = Script(mails(2), capabilities=b"IMAP4rev1", keywords=b"\\*")
    polled(serve(script), known=[1, 2])
    assert script.marked == {1, 2}
    assert script.copies == {"Processed": [1, 2]}


def test_F39_F100_with_uidplus_the_copied_mail_goes_by_its_uid_and_nothing_else_does(serve):
    script = Script(mails(4), capabilities=b"IMAP4rev1 UIDPLUS", keywords=b"\\*", marked={1}, deleted={4})
    result, kept = polled(serve(script), known=[1, 2, 4])
    assert (result.received, result.moved, len(kept)) == (1, 4, 1)
    assert script.copies == {"Processed": [2, 4, 3]}, "the first was copied by a poll that died before it was removed"
    assert script.lines(b"EXPUNGE") == [b"UID EXPUNGE 1", b"UID EXPUNGE 2,4", b"UID EXPUNGE 3"]
    assert polled(serve(script))[0] == PollResult()


@pytest.mark.parametrize("no_to", [{}, {b"STATUS": b"not of the mailbox that is open"}])
@pytest.mark.parametrize("count", [0, 1, 30])
def test_F100_a_server_that_tells_no_uidnext_in_select_is_polled(serve, no_to, count):
    script = Script({uid * 7: octets for uid, octets in mails(count).items()}, tells_uidnext=False, no_to=no_to)
    result, kept = polled(serve(script))
    assert (result.received, len(kept), result.problems) == (count, count, ())


def test_F100_mailboxes_of_ours_lie_in_the_personal_namespace_and_doctor_has_tried(serve):
    script = Script(
        mails(2), capabilities=b"IMAP4rev1 MOVE NAMESPACE", namespace=b"INBOX.", only={b"INBOX"}, sizes={2: LIMIT + 1}
    )
    account = serve(script)
    words = [finding.words for finding in check(account)]
    assert ['"INBOX.Processed" was missing; it could be created' in each for each in words].count(True) == 1
    assert script.only == {b"INBOX", b"INBOX.Processed", b"INBOX.Oversize"}
    result, _ = polled(account)
    assert result.problems == ()
    assert script.gone == {"INBOX.Processed": [1], "INBOX.Oversize": [2]}


@pytest.mark.parametrize("there", ["Processed", "INBOX.Processed"])
def test_F100_a_mailbox_that_is_there_under_its_own_name_is_taken_as_it_is(serve, there):
    script = Script(mails(1), capabilities=b"IMAP4rev1 MOVE NAMESPACE", namespace=b"INBOX.", only={there.encode()})
    polled(serve(script, done=there))
    assert script.gone == {there: [1]}
    assert script.lines(b"CREATE") == []


def test_F100_where_a_mailbox_cannot_be_created_doctor_says_so_before_the_first_poll(serve):
    script = Script(mails(1), only={b"INBOX"}, no_to={b"CREATE": b"Permission denied"})
    found = [each for each in check(serve(script)) if each.level == "trouble"]
    assert len(found) == 2
    assert 'mailbox "Processed" cannot be created: ' in found[0].words


BIG = b"Subject: big\r\n\r\n" + bytes(range(32, 127)) * 20_000  # two pieces


def past_the_end(answer: Answer) -> Answer:
    """Honest where there is something, and this where there is nothing."""
    return lambda talk, uid, octets: body(talk, uid, octets) if octets else answer(talk, uid, octets)


def whole(talk: Talk, uid: int, _octets: bytes) -> bytes:
    """A server that knows no partial fetch: the whole message, without an origin."""
    return body(talk, uid, talk.script.mails[uid]).replace(b"BODY[]<0>", b"BODY[]")


def from_the_start(talk: Talk, uid: int, _octets: bytes) -> bytes:
    """It says the origin that was asked for, and begins anew."""
    return body(talk, uid, talk.script.mails[uid][: 1 << 20])


@pytest.mark.parametrize("answer", [nil, nothing, empty], ids=["NIL", "nothing", "empty"])
@pytest.mark.parametrize("size", [0, 500])
def test_F100_what_is_answered_past_the_end_is_the_end(serve, answer, size):
    script = Script({1: BIG, 2: b"Subject: x\r\n\r\n"}, sizes={1: len(BIG) + size, 2: 16 + size})
    script.fetch = {1: past_the_end(answer), 2: past_the_end(answer)}
    result, kept = polled(serve(script))
    assert result.problems == ()
    assert sorted(kept, key=len) == [script.mails[2], BIG]


def test_F100_half_a_message_that_was_expunged_meanwhile_is_not_the_whole(serve):
    script = Script({1: BIG})

    def gone(talk: Talk, uid: int, octets: bytes) -> bytes:
        if octets.startswith(b"Subject"):
            return body(talk, uid, octets)
        talk.script.gone["elsewhere"] = [uid]
        return b""

    script.fetch = {1: gone}
    result, kept = polled(serve(script))
    assert (result.received, kept) == (0, [])


def test_F100_an_answer_without_an_origin_is_the_whole(serve):
    script = Script({1: BIG, 2: b"Subject: x\r\n\r\n"}, fetch={1: whole, 2: whole})
    result, kept = polled(serve(script))
    assert result.problems == ()
    assert sorted(kept, key=len) == [script.mails[2], BIG]


def test_F100_a_server_that_ignores_the_offset_is_noticed(serve):
    script = Script({1: BIG, 2: b"Subject: x\r\n\r\n"}, fetch={1: from_the_start})
    result, kept = polled(serve(script))
    assert (result.received, result.skipped, kept) == (1, 1, [script.mails[2]])
    assert "begins anew where the rest was asked for" in result.problems[0]


def test_F43_idle_wakes_at_once_and_when_the_server_tells_of_mail_and_ends_when_told(serve):
    script = Script(mails(1), capabilities=b"IMAP4rev1 IDLE")
    account, stop, woken = serve(script), threading.Event(), threading.Semaphore(0)
    watching = threading.Thread(target=idle.watch, args=(account, stop, woken.release), daemon=True)
    watching.start()
    assert woken.acquire(timeout=5)
    script.news.set()
    assert woken.acquire(timeout=5)
    stop.set()
    watching.join(10)
    assert not watching.is_alive()
    assert script.commands()[-2:] == [b"NOOP", b"LOGOUT"]
    assert b"EXAMINE" in script.commands()
    assert b"SELECT" not in script.commands()


def test_F43_idle_is_begun_anew_before_anybody_forgets_the_connection(serve, monkeypatch):
    monkeypatch.setattr(idle, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(idle, "LOOK_MILLISECONDS", 5)
    script = Script(mails(1), capabilities=b"IMAP4rev1 IDLE")
    script.news.set()
    stop, woken = threading.Event(), threading.Semaphore(0)
    watching = threading.Thread(target=idle.watch, args=(serve(script), stop, woken.release), daemon=True)
    watching.start()
    for _ in range(6):
        assert woken.acquire(timeout=5)
    stop.set()
    watching.join(10)
    assert script.commands().count(b"IDLE") >= 3
    assert script.commands().count(b"NOOP") >= 2


def test_F43_a_server_that_hangs_up_during_idle_ends_the_watch_with_an_error(serve, monkeypatch):
    monkeypatch.setattr(Talk, "idle", lambda talk: talk.wfile.write(b"+ idling\r\n") and None)
    account = serve(Script(mails(1), capabilities=b"IMAP4rev1 IDLE"))
    with pytest.raises(IntakeError, match="the server hung up"):
        idle.watch(account, threading.Event(), lambda: None)


def test_F43_a_server_without_idle_is_left_alone(serve):
    script = Script(mails(1))
    assert not idle.watch(serve(script), threading.Event(), lambda: None)
    assert b"IDLE" not in script.commands()


def test_F32_a_greeting_that_drips_is_cut_off_at_the_deadline(serve):
    script = Script({}, greet=lambda talk: dripped(talk, b"* OK " + b"x" * 100_000))
    with pytest.raises(IntakeError, match=r"no connection: not done within 0\.3 s"):
        polled(serve(script, deadline_seconds=0.3))


def test_F32_a_tls_handshake_that_drips_is_cut_off_at_the_deadline(serve):
    script = Script({}, greet=lambda talk: dripped(talk, b"\x16\x03\x03\x40\x00" + b"\x02" * 100_000))
    with pytest.raises(IntakeError, match=r"no connection: not done within 0\.3 s"):
        polled(serve(script, tls="implicit", deadline_seconds=0.3))


def test_S42_no_password_where_the_server_disables_login_without_tls(serve):
    script = Script(mails(1), capabilities=b"IMAP4rev1 LOGINDISABLED")
    with pytest.raises(IntakeError, match="takes no login without TLS"):
        polled(serve(script))
    assert script.logins == 0


@pytest.mark.parametrize("tls", ["starttls", "none"])
def test_S42_a_session_that_is_authenticated_before_we_logged_in_is_left(serve, tls: str):
    script = Script(mails(1), capabilities=b"IMAP4rev1 STARTTLS", greeting=b"* PREAUTH welcome\r\n")
    with pytest.raises(IntakeError, match="PREAUTH"):
        polled(serve(script, tls=tls))
    assert script.commands() == [b"CAPABILITY"]


def test_S42_a_server_that_lost_its_starttls_gets_no_password(serve):
    script = Script(mails(1))
    with pytest.raises(IntakeError, match="offers no STARTTLS, and nothing is sent in the clear"):
        polled(serve(script, tls="starttls"))
    assert script.logins == 0
    assert script.commands() == [b"CAPABILITY"]


def test_S42_what_was_said_in_the_clear_before_tls_does_not_count(serve, certificate: Path, monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    script = Script(
        mails(1),
        capabilities=b"IMAP4rev1 STARTTLS MOVE",
        tls=context,
        behind_starttls=b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2\r\n* PREAUTH it is you\r\n",
    )
    result, kept = polled(serve(script, host="localhost", tls="starttls"))
    assert (result.received, result.moved) == (1, 1)
    assert len(kept) == 1
    assert script.logins == 1


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Path:
    """Key and certificate of localhost, signed by itself."""
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    made = subprocess.run(["openssl", "req", *kind, *names, "-keyout", "-"], check=True, capture_output=True)  # noqa: S603, S607  # ours
    path.write_bytes(made.stdout)
    return path


@pytest.mark.parametrize("mechanism", ["OAUTHBEARER", "XOAUTH2"])
def test_S45_a_token_logs_in(serve, mechanism: str):
    capabilities = f"IMAP4rev1 MOVE AUTH={mechanism}".encode()
    script = Script(mails(1), capabilities=capabilities, tokens=("canary-1",))
    result, _ = polled(serve(script, auth="oauth2", password=lambda: "canary-1"))
    assert result.received == 1
    assert [name for name, _ in script.sent] == [mechanism]


def test_S45_a_refused_token_is_asked_for_once_more_and_no_oftener(serve):
    script = Script(mails(1), capabilities=b"IMAP4rev1 MOVE AUTH=XOAUTH2", tokens=("fresh",))
    tokens = iter(["stale", "fresh"])
    assert polled(serve(script, auth="oauth2", password=lambda: next(tokens)))[0].received == 1
    asked: list[int] = []
    with pytest.raises(LoginRefused):
        polled(serve(script, auth="oauth2", password=lambda: asked.append(1) or "stale"))
    assert len(asked) == 2


@pytest.mark.parametrize(("auth", "capabilities"), [("oauth2", b"AUTH=OAUTHBEARER"), ("oauth2", b"AUTH=XOAUTH2")])
def test_S45_no_error_holds_a_token_even_if_the_server_repeats_it(serve, auth: str, capabilities: bytes, caplog):
    caplog.set_level("DEBUG")
    script = Script(mails(1), capabilities=b"IMAP4rev1 " + capabilities)
    account = serve(script, auth=auth, password=lambda: "canary-7f3a")
    with pytest.raises(LoginRefused) as refusal:
        polled(account)
    said = script.sent[0][1]
    shown = f"{refusal.value} {refusal.value.__cause__} {refusal.value.__context__} {caplog.text} {account!r}"
    assert "canary" in said
    assert "canary" not in shown
    assert base64.b64encode(said.encode()).decode() not in shown
    assert "what token_command prints when it is run by hand" in str(refusal.value)


def test_S45_no_error_holds_a_password_even_if_the_server_repeats_it(serve):
    script = Script(mails(1), no_to={b"LOGIN": b'LOGIN desk "canary \\"7f3a" is wrong, canary "7f3a!'})
    with pytest.raises(LoginRefused) as refusal:
        polled(serve(script, password=lambda: 'canary "7f3a'))
    assert "7f3a" not in str(refusal.value)


@pytest.mark.parametrize("said", [b"", b"* CAPABILITY IMAP4rev1", b"* OK almost\r\n", b"* BYE later\r\n"])
@pytest.mark.parametrize(
    ("verb", "how"),
    [
        (b"LOGIN", {}),
        (b"AUTHENTICATE", {"password": lambda: "pässwörd"}),
        (b"AUTHENTICATE", {"auth": "oauth2", "password": lambda: "canary-1"}),
    ],
)
def test_F30_a_line_that_breaks_during_the_login_refuses_nothing(serve, said: bytes, verb: bytes, how):
    """So nobody waits five minutes for it, and nobody is told that a password is wrong."""
    script = Script(mails(1), capabilities=b"IMAP4rev1 MOVE AUTH=PLAIN AUTH=XOAUTH2", breaks_at={verb: said})
    with pytest.raises(IntakeError) as broken:
        polled(serve(script, **how))
    assert not isinstance(broken.value, LoginRefused), broken.value


def test_S45_a_server_without_oauth2_gets_no_token(serve):
    script = Script(mails(1))
    with pytest.raises(IntakeError, match="takes no OAuth2 tokens"):
        polled(serve(script, auth="oauth2", password=lambda: "canary-1"))
    assert script.sent == []
