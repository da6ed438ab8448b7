"""The one door and the queue behind it: what is received once, what breaks a turn, what a death leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from build import (
    ANA,
    START,
    Clock,
    a_desk,
    a_mail,
    add_member,
    clock_of,
    entry_of,
    envelope_for,
    give,
    item,
    keep,
    letters,
    make_desk,
    octets_of,
    received,
    reminded,
    say,
    state,
)
from events import an_event

from mailproc.config import load
from mailproc.desk.ground.receive import Incoming, receive
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import adopt_all, process, work
from mailproc.desk.turn.turn import Turn
from mailproc.desk.watch import health
from mailproc.errors import ConfigError, MailprocError, StoreError
from mailproc.inspect.worker import Parsed, Worker
from mailproc.letters.render import Letters
from mailproc.message.model import Address, Envelope
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.workflow.entry import Entry
from mailproc.workflow.received import ATTEMPTS

ROOT = Path(__file__).resolve().parents[3]


# receive


def test_the_octets_on_disk_are_those_that_came(desk):
    octets = a_mail(attachments=(("a.bin", "application/x-a", bytes(range(256)) * 40),))
    number = keep(desk, octets)
    row = received(desk, number)
    kept = archive.message_path(desk.archive, number).read_bytes()
    assert kept[row.offset :] == octets
    assert (row.size, row.state, row.attempts) == (len(octets), "received", 0)


def test_one_source_key_is_received_once(desk):
    octets = a_mail()
    first = keep(desk, octets, source="imap:main/INBOX/7/1")
    assert keep(desk, octets, source="imap:main/INBOX/7/1") == first
    assert keep(desk, octets, source="imap:main/INBOX/7/2") == first + 1
    assert list(archive.numbers(desk.archive)) == [first, first + 1]


def test_the_same_source_twice_in_one_batch_is_one_message(desk):
    octets = a_mail()
    envelope = envelope_for(octets)
    numbers = receive(desk, [Incoming("imap:main/INBOX/7/1", [octets], envelope)] * 2)
    assert len(set(numbers)) == 1
    assert len(list(archive.numbers(desk.archive))) == 1
    assert not list((desk.archive / "spool").iterdir())


def test_a_file_under_its_number_is_received_though_its_row_is_missing(desk):
    octets = a_mail(authentic=True)
    number = keep(desk, octets, source="imap:main/INBOX/7/1")
    before = received(desk, number)
    with writing(desk.engine) as conn:
        conn.exec_driver_sql("DELETE FROM received WHERE number = ?", (number,))
    adopt_all(desk)
    assert received(desk, number) == before
    assert keep(desk, octets, source="imap:main/INBOX/7/1") == number
    work(desk)
    assert state(desk, f"A-{number}") == "pending"


def test_a_number_on_disk_is_never_given_again(desk):
    number = keep(desk, a_mail())
    with writing(desk.engine) as conn:
        conn.exec_driver_sql("DELETE FROM received WHERE number = ?", (number,))
    assert keep(desk, a_mail(subject="Another")) == number + 1


def test_a_batch_that_breaks_in_the_middle_is_not_received_at_all(desk):
    def breaking() -> Iterator[bytes]:
        yield b"From: jo@poole.example\r\n"
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - ours, from two lines above
        receive(desk, [Incoming("lmtp:1", [a_mail()]), Incoming("lmtp:2", breaking())])
    assert not list(archive.numbers(desk.archive))
    assert not list((desk.archive / "spool").glob("*"))


def test_a_batch_that_cannot_be_committed_leaves_no_file_under_a_number(desk):
    """The row that breaks is the third: the files of the first two go back, and their numbers are given again."""
    octets = [a_mail(subject=str(n)) for n in range(3)]
    with writing(desk.engine) as conn:
        conn.exec_driver_sql(
            "CREATE TRIGGER third BEFORE INSERT ON received WHEN NEW.number = 3 BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(Exception, match="no"):
        receive(desk, [Incoming(f"lmtp:{n}", [each]) for n, each in enumerate(octets)])
    assert not list(archive.numbers(desk.archive))
    assert not list((desk.archive / "spool").glob("*"))
    with writing(desk.engine) as conn:
        conn.exec_driver_sql("DROP TRIGGER third")
    assert receive(desk, [Incoming(f"lmtp:{n}", [each]) for n, each in enumerate(octets)]) == [1, 2, 3]


# one logical message, design §4


def test_F54_one_mail_by_imap_and_by_lmtp_is_two_rows_and_one_effect(desk):
    """The copies differ in what the last hops wrote; the letter goes once."""
    mail = a_mail(authentic=True)
    fetched = (
        b"Return-Path: <jo@poole.example>\r\nDelivered-To: articles@harbour.example\r\n"
        b"Received: from relay.example by mx.harbour.example with LMTP id 1; Sun, 22 Nov 2026 09:00:05 +0000\r\n"
    ) + mail
    first = keep(desk, mail, source="lmtp:8d")
    second = receive(desk, [Incoming("imap:main/INBOX/7/1", [fetched])])[0]
    assert received(desk, first).sha256 != received(desk, second).sha256
    work(desk)
    assert state(desk, f"A-{first}") == "pending"
    assert (received(desk, second).state, received(desk, second).duplicate_of) == ("duplicate", first)
    assert [letter.template for letter in letters(desk)] == ["author/receipt-article"]


@pytest.mark.parametrize(
    "other", [{"text": "Other words.\n"}, {"subject": "Another"}, {"sender": "Kim <kim@x.example>"}]
)
def test_F55_a_message_id_used_twice_for_different_mail_drops_neither(desk, other):
    """Whoever guesses an id before its owner uses it burns nothing."""
    first = give(desk, a_mail(Message_ID="<same@client.example>", authentic=True))
    second = give(desk, a_mail(Message_ID="<same@client.example>", authentic=True, **other))
    assert received(desk, first).message_id == received(desk, second).message_id
    assert [state(desk, f"A-{number}") for number in (first, second)] == ["pending"] * 2
    assert received(desk, second).duplicate_of is None


@pytest.mark.parametrize(
    "field",
    [
        "",
        "Message-ID:\r\n",
        "Message-ID: <>\r\n",
        "Message-ID: [..]\r\n",
        "Message-ID: <[..]>\r\n",
        "Message-ID: x\r\n",
        f"Message-ID: <{'x' * 200000}@client.example>\r\n",
    ],
    ids=["missing", "empty", "brackets", "dots", "dots in brackets", "a word", "200 kB"],
)
def test_F56_mail_without_a_sound_message_id_is_told_apart_by_what_it_says(desk, field):
    def mail(subject: str) -> bytes:
        head, _, body = a_mail(subject=subject, authentic=True).partition(b"\r\n\r\n")
        fields = [line for line in head.split(b"\r\n") if not line.startswith(b"Message-ID")]
        return field.encode() + b"\r\n".join(fields) + b"\r\n\r\n" + body

    one, again, other = (give(desk, mail(subject)) for subject in ("One", "One", "Other"))
    assert [state(desk, f"A-{number}") for number in (one, other)] == ["pending"] * 2
    assert (received(desk, again).state, received(desk, again).duplicate_of) == ("duplicate", one)
    assert len(letters(desk)) == 2
    assert all(len(octets_of(desk, letter)) < 100_000 for letter in letters(desk))


def test_F57_the_same_octets_at_once_from_several_workers_have_one_effect(tmp_path):
    path = make_desk(tmp_path / "desk")
    mail = a_mail(authentic=True)
    together = threading.Barrier(4)

    def one(n: int) -> int:
        with open_desk(load(path), Clock()) as desk:
            together.wait(60)
            number = keep(desk, mail, source=f"lmtp:{n}")
            work(desk)
            return number

    with open_desk(load(path), Clock()) as desk:
        with ThreadPoolExecutor(4) as pool:
            numbers = sorted(pool.map(one, range(4)))
        work(desk)
        assert numbers == [1, 2, 3, 4]
        states = sorted(received(desk, number).state for number in numbers)
        assert states == ["duplicate"] * 3 + ["processed"]
        assert len(letters(desk)) == 1


# process


class _Broken(Worker):
    """A parse child that fails on some mails, as one that died would."""

    def __init__(self, on: bytes) -> None:
        super().__init__()
        self.on = on

    def parse(self, path: Path, offset: int, spool: Path) -> Parsed:
        if self.on in path.read_bytes():
            raise MailprocError("the parse child died")
        return super().parse(path, offset, spool)


def test_a_mail_that_breaks_its_turn_three_times_is_stuck_and_the_next_is_served(desk):
    bad, good = keep(desk, a_mail(subject="CANARY", authentic=True)), keep(desk, a_mail(authentic=True))
    with _Broken(b"CANARY") as worker:
        worked = work(replace(desk, worker=worker))
    assert worked.stuck == (bad,)
    row = received(desk, bad)
    assert (row.state, row.attempts, row.error) == ("stuck", ATTEMPTS, "the parse child died")
    assert state(desk, f"A-{good}") == "pending"
    assert archive.read_entry(desk.archive, bad) is None
    assert archive.message_path(desk.archive, bad).exists()


def test_a_stuck_mail_is_left_alone_until_the_operator_says_so(desk):
    bad = keep(desk, a_mail(subject="CANARY", authentic=True))
    with _Broken(b"CANARY") as worker:
        work(replace(desk, worker=worker))
    assert work(desk).processed == 0
    with writing(desk.engine) as conn:
        assert rows.retry(conn, bad)
    assert work(desk).processed == 1
    assert state(desk, f"A-{bad}") == "pending"
    with writing(desk.engine) as conn:
        assert not rows.retry(conn, bad), "it is stuck no longer"


def broken_templates(desk: Desk, name: str) -> Desk:
    """The same desk, where one letter cannot be worded."""
    path = desk.config.storage.templates / "en" / f"{name}.txt"
    path.write_text("{% block subject %}Hm{% endblock %}{% block body %}{{ nothing }}{% endblock %}")
    return replace(desk, letters=Letters(desk.config.storage.templates))


def test_a_template_that_breaks_after_a_deadline_does_not_stop_the_desk(desk):
    """The clock's message becomes stuck; work comes to an end, and does the rest when the template is mended."""
    add_member(desk, ANA, "Ana")
    ref = f"A-{give(desk, a_mail(authentic=True))}"
    say(desk, f'decide {ANA} "{ref} reject"')
    template = desk.config.storage.templates / "en" / "author" / "rejected.txt"
    whole = template.read_text()
    clock_of(desk).pass_(hours=1)
    broken = broken_templates(desk, "author/rejected")
    worked = work(broken)
    assert len(worked.stuck) == 1
    [number] = worked.stuck
    assert "rejected.txt" in received(desk, number).error
    assert state(desk, ref) == "rejected"
    other = give(broken, a_mail(subject="Another", authentic=True))
    assert state(desk, f"A-{other}") == "pending", "the river flows on"
    assert work(broken).stuck == (), "told once"
    template.write_text(whole)
    with writing(desk.engine) as conn:
        rows.retry(conn, number)
    work(replace(desk, letters=Letters(desk.config.storage.templates)))
    [letter] = letters(desk, "author/rejected")
    assert letter.ref == ref
    assert item(desk, ref).item.settles_at is None


def test_a_broken_reminder_or_digest_becomes_stuck_and_the_rest_goes_on(desk):
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(authentic=True))
    clock_of(desk).pass_(days=4)
    broken = broken_templates(desk, "member/digest")
    reminded(broken)
    worked = work(broken)
    assert len(worked.stuck) == 1
    assert received(desk, worked.stuck[0]).source.endswith("/digests")
    assert len(letters(desk, "member/reminder")) == 1


def test_an_entry_whose_commit_is_missing_is_applied_as_it_stands(desk):
    """Died between entry and commit: the reference, the letter and its secret are the same, nothing is decided anew."""
    number = keep(desk, a_mail(authentic=True))

    class _Died(BaseException):
        pass

    def dying(*_: object) -> None:
        raise _Died

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mailproc.desk.turn.apply.finish", dying)
        with pytest.raises(_Died):
            process(desk, number)
    left = entry_of(desk, number)
    assert not letters(desk)
    assert received(desk, number).state == "received"
    with writing(desk.engine) as conn:  # the next start; the lease has run out or not
        rows.release(conn, number, "")
    work(desk)
    assert entry_of(desk, number) == left
    assert state(desk, f"A-{number}") == "pending"
    assert [letter.id for letter in letters(desk)] == [letter.id for letter in left.letters]
    assert octets_of(desk, letters(desk)[0])


def test_the_sequence_counts_what_was_applied_in_that_order(desk):
    numbers = [keep(desk, a_mail(subject=str(n), authentic=True)) for n in range(3)]
    process(desk, numbers[2])
    work(desk)
    sequences = [entry_of(desk, n).sequence for n in (numbers[2], numbers[0], numbers[1])]
    assert sequences == sorted(sequences)


def test_the_time_of_entries_never_goes_backwards(desk):
    first = give(desk, a_mail(subject="One", authentic=True))
    clock_of(desk).set(START - timedelta(hours=2))  # the clock was set back
    second = keep(desk, a_mail(subject="Two", authentic=True))
    work(desk)
    assert entry_of(desk, first).time == START
    assert entry_of(desk, second).time == START
    assert received(desk, second).received_at == START - timedelta(hours=2)


def test_F96_a_mail_of_a_clock_that_ran_ahead_is_entered_by_the_one_that_was_set_back(desk):
    early = keep(desk, a_mail(authentic=True))
    clock_of(desk).set(START - timedelta(hours=2))
    work(desk)
    assert entry_of(desk, early).time == START - timedelta(hours=2)


# a turn


def test_letters_lie_on_disk_before_the_entry_names_them(desk):
    give(desk, a_mail(authentic=True))
    [letter] = letters(desk)
    record = entry_of(desk, letter.cause).letters[0]
    assert (record.id, record.path, record.message_id) == (letter.id, letter.path, letter.message_id)
    assert (desk.outbox / record.path).exists()


def test_a_turn_that_raises_leaves_no_row(desk):
    entry = Entry(1, 1, START, "operator:x", Envelope(), "", "processed", "command", "", "")

    def everything() -> list[str]:
        with reading(desk.engine) as conn:
            return list(conn.connection.driver_connection.iterdump())  # type: ignore[union-attr]

    def broken_turn() -> None:
        with writing(desk.engine) as conn:
            rows.add(conn, rows.Received(1, "operator:x", START, Envelope(), 0, 0, ""))
            turn = Turn(desk, conn, entry)
            assert turn.record(an_event(f"member:{ANA}", "invite", "operator", state="active"))
            assert turn.write("member/invitation", Address("Ana", ANA), {}) is not None
            turn.write("no/such-letter", Address("Ana", ANA), {})

    before = everything()
    with pytest.raises(ConfigError):
        broken_turn()
    assert everything() == before


def test_one_turn_writes_one_letter_of_a_kind_to_an_address(desk):
    entry = Entry(1, 1, START, "operator:x", Envelope(), "", "processed", "command", "", "")
    with writing(desk.engine) as conn:
        rows.add(conn, rows.Received(1, "operator:x", START, Envelope(), 0, 0, ""))
        turn = Turn(desk, conn, entry)
        assert turn.write("member/invitation", Address("Ana", ANA), {}) is not None
        assert turn.write("member/invitation", Address("Ana", "ANA@harbour.example".lower()), {}) is None
        assert len(outgoing.every(conn)) == 1


# wire


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    path = make_desk(tmp_path / "desk")
    with open_desk(load(path)) as first:
        key = first.key
    file = tmp_path / "desk" / "data" / "key"
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    with open_desk(load(path)) as second:
        assert second.key == key
    assert sorted(p.name for p in file.parent.iterdir() if p.name.startswith(".key")) == []


def test_a_letters_name_is_its_secret_and_the_same_after_a_restart(tmp_path):
    path = make_desk(tmp_path / "desk")
    with open_desk(load(path)) as desk:
        names = [desk.token(7, "author/receipt-article/A-7", "jo@poole.example") for _ in range(2)]
    with open_desk(load(path)) as desk:
        names.append(desk.token(7, "author/receipt-article/A-7", "jo@POOLE.example"))
        others = {
            desk.token(8, "author/receipt-article/A-7", "jo@poole.example"),
            desk.token(7, "author/receipt-article/A-8", "jo@poole.example"),
            desk.token(7, "author/receipt-article/A-7", "joe@poole.example"),
        }
    assert len(set(names)) == 1
    assert len(others) == 3
    assert names[0] not in others
    assert len(names[0]) == 26


def test_another_key_gives_other_secrets(tmp_path):
    tokens = set()
    for name in ("one", "two"):
        with a_desk(tmp_path / name) as desk:
            tokens.add(desk.token(1, "member/digest", ANA))
    assert len(tokens) == 2


def test_what_leaves_fits_the_limits_of_smtp(desk):
    give(desk, a_mail(authentic=True))
    [letter] = letters(desk)
    assert len(letter.message_id) < 72
    assert len(desk.reply_address(letter.id).partition("@")[0]) < 64  # RFC 5321 §4.5.3.1.1
    assert len(desk.bounce_address(letter.id).partition("@")[0]) < 64


@pytest.mark.parametrize("content", ["", "short", "\udcff"])
def test_a_damaged_key_is_refused_and_not_replaced(tmp_path, content):
    path = make_desk(tmp_path / "desk")
    file = tmp_path / "desk" / "data" / "key"
    file.parent.mkdir()
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(StoreError, match="key"), open_desk(load(path)):
        pass
    assert file.read_bytes() == content.encode("utf-8", "surrogateescape")


def test_two_processes_that_start_at_once_agree_on_one_key(tmp_path):
    path = make_desk(tmp_path / "desk")
    program = (
        "import sys; from pathlib import Path\n"
        "from mailproc.config import load; from mailproc.desk.ground.wire import open_desk\n"
        "with open_desk(load(Path(sys.argv[1]))) as desk: print(desk.key.decode())"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    runs = [
        subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True, env=env)  # noqa: S603 - our own words
        for _ in range(2)
    ]
    keys = {run.communicate(timeout=60)[0].strip() for run in runs}
    assert [run.returncode for run in runs] == [0, 0]
    assert len(keys) == 1


def test_F122_an_archive_whose_disk_is_away_takes_no_mail_and_health_is_red(desk: Desk):
    """What is put below a mount point is gone from sight when the disk comes back."""
    number = give(desk, a_mail(authentic=True))
    away = desk.archive.with_name("unmounted")
    desk.archive.rename(away)
    desk.archive.mkdir()
    words = f"{desk.archive}: holds nothing, and messages were received; mount its disk again, "
    with pytest.raises(StoreError, match=words):
        keep(desk, a_mail("Another.\n", authentic=True))
    [trouble] = [found for found in health.findings(health.look(desk)) if found.level == "trouble"]
    assert (trouble.part, trouble.words) == ("disk", f"{words}or `mailproc restore` a backup")
    shutil.rmtree(desk.archive)
    away.rename(desk.archive)
    assert give(desk, a_mail("Another.\n", authentic=True)) > number
