"""The dead man's switch: what is trouble, who is told, once, by which way, and that letters and publishing can rest."""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from build import (
    ANA,
    START,
    a_mail,
    add_member,
    clock_of,
    entry_of,
    give,
    keep,
    letters,
    make_desk,
    octets_of,
    run_here,
    say,
    text_of,
)

from mailproc.config import load
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.room import room_for_mail
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import work
from mailproc.desk.watch.alarm import Told, watch
from mailproc.desk.watch.health import findings, look, note
from mailproc.errors import StoreError
from mailproc.store.database import reading, writing
from mailproc.store.service import pulses, switches

MAILBOX = '\n[[intake.imap]]\nname = "main"\nhost = "127.0.0.1"\nuser = "desk"\n'
ALARM = """#!{python}
import sys
with open({told!r}, "a") as told:
    told.write(sys.stdin.read() + "--\\n")
print("canary-4711")
sys.exit({status})
"""


def trouble(desk: Desk) -> dict[str, str]:
    return {found.part: found.words for found in findings(look(desk)) if found.level == "trouble"}


def warnings(desk: Desk) -> dict[str, str]:
    return {found.part: found.words for found in findings(look(desk)) if found.level == "warning"}


def alarm(folder: Path, status: int = 0) -> tuple[Path, Path]:
    """A command that writes down what it is told, and prints a secret."""
    command, told = folder / "alarm", folder / "told"
    told.touch()
    command.write_text(ALARM.format(python=sys.executable, told=str(told), status=status))
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return command, told


@pytest.fixture
def polled(open_desks: Callable[..., Desk], tmp_path: Path) -> Desk:
    """A desk with one mailbox, that was polled just now, and an alarm of its own."""
    command, _ = alarm(tmp_path)
    desk = open_desks("polled", **{"health.alarm_command": [str(command)]})
    path = desk.config.path
    path.write_text(path.read_text() + MAILBOX)
    object.__setattr__(desk, "config", load(path))
    note(desk, "poll main")
    note(desk, "work")
    return desk


def told(tmp_path: Path) -> list[str]:
    return (tmp_path / "told").read_text().split("--\n")[:-1]


def notices(desk: Desk) -> list[str]:
    return [letter.subject for letter in letters(desk, "operator/notice")]


# What is looked at


def test_a_mailbox_that_is_polled_is_well_and_past_its_age_is_trouble_with_its_last_words(polled: Desk):
    assert not trouble(polled)
    clock_of(polled).pass_(minutes=20)
    note(polled, "poll main", "the server hung up")
    assert not trouble(polled)
    assert "the server hung up" in warnings(polled)["poll main"]
    clock_of(polled).pass_(minutes=11)
    assert "not polled since 2026-11-22 09:00 UTC (31 minutes ago): the server hung up" in trouble(polled)["poll main"]
    note(polled, "poll main")
    assert not trouble(polled)


def test_a_mailbox_that_never_was_polled_is_trouble_after_its_first_failure_only(polled: Desk):
    with writing(polled.engine) as conn:
        conn.exec_driver_sql("DELETE FROM pulses WHERE name LIKE 'poll%'")
    clock_of(polled).pass_(days=1)
    assert "never polled; start `mailproc run`" in warnings(polled)["poll main"]
    note(polled, "poll main", "no such host")
    assert "poll main" not in trouble(polled)
    assert "never polled yet: no such host" in warnings(polled)["poll main"]
    clock_of(polled).pass_(minutes=31)
    assert "no such host" in trouble(polled)["poll main"]


def test_a_message_that_waits_too_long_is_trouble_and_ticks_of_the_clock_are_not(desk: Desk):
    note(desk, "work")
    keep(desk, a_mail(), source="clock:2026-11-20T08:00:00Z/digests")
    assert not trouble(desk)
    keep(desk, a_mail())
    clock_of(desk).pass_(minutes=61)
    note(desk, "work")
    assert "a message waits for its turn since 2026-11-22 09:00 UTC (1 hour ago)" in trouble(desk)["work"]


def test_a_desk_that_was_only_just_made_is_not_in_trouble(tmp_path: Path):
    config = make_desk(tmp_path)
    health = run_here("health", config=config)
    assert health.status == 0, health
    assert "nothing was worked on yet" in health.out
    assert not (tmp_path / "data/archive").exists(), "who only looks makes no folder"


def test_an_archive_that_went_away_is_trouble(desk: Desk):
    give(desk, a_mail())
    shutil.move(desk.archive, desk.config.folder / "elsewhere")
    health = run_here("health", config=desk.config.folder / "config.toml")
    assert health.status == 1, health
    assert str(desk.archive) in health.out


def test_a_service_that_stopped_is_trouble(desk: Desk):
    assert "nothing was worked on yet" in warnings(desk)["work"]
    note(desk, "work")
    clock_of(desk).pass_(hours=2)
    assert "last served 2026-11-22 09:00 UTC (2 hours ago); start `mailproc run`" in trouble(desk)["work"]


def test_letters_that_wait_are_trouble_only_if_none_leaves(desk: Desk):
    say(desk, "invite ana@harbour.example Ana invited")
    clock_of(desk).pass_(hours=5)
    note(desk, "work")
    assert "1 letters wait, none has left yet" in trouble(desk)["deliver"]
    deliver(desk)
    say(desk, "invite ben@gangway.example Ben invited")
    clock_of(desk).pass_(hours=3)
    assert "deliver" not in trouble(desk)


def test_F85_a_job_that_failed_three_times_in_a_row_is_trouble_and_well_again_it_is_not(desk: Desk):
    note(desk, "work")
    for _ in range(2):
        note(desk, "remind", "KeyError: 'period'")
    assert "2 times in a row" in warnings(desk)["remind"]
    note(desk, "remind", "KeyError: 'period'")
    assert trouble(desk)["remind"] == "remind failed 3 times in a row: KeyError: 'period'"
    note(desk, "remind")
    assert not trouble(desk)


def test_F21_too_little_room_is_said_before_mail_is_taken(open_desks: Callable[..., Desk]):
    assert room_for_mail(open_desks("roomy")) == ""
    short = open_desks("short", **{"storage.reserve": "900000 GB"})
    told = "must stay free; new mail is put off until you free some space"
    assert told in room_for_mail(short)
    assert told in trouble(short)["disk"]
    assert room_for_mail(open_desks("off", **{"storage.reserve": 0, "limits.message": "900000 GB"})) == ""
    assert room_for_mail(open_desks("large", **{"storage.reserve": "1 MB", "limits.message": "900000 GB"}))


def test_failpoints_that_are_set_are_trouble(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mailproc.failpoint.armed", lambda: ("receive.linked",))
    assert "receive.linked" in trouble(desk)["failpoints"]


# Who is told


def test_polling_that_fails_is_told_by_letter_once_and_so_is_its_end(polled: Desk, tmp_path: Path):
    told_here: Told = set()
    for _ in range(40):
        clock_of(polled).pass_(minutes=1)
        note(polled, "poll main", "the server hung up")
        note(polled, "work")
        watch(polled, told_here)
    assert notices(polled) == ["The Harbour Review: poll main is in trouble"]
    assert "the server hung up" in text_of(octets_of(polled, letters(polled, "operator/notice")[0]))
    for _ in range(3):
        note(polled, "poll main")
        watch(polled, told_here)
    assert notices(polled)[1:] == ["The Harbour Review: poll main works again"]
    assert told(tmp_path) == []
    clock_of(polled).pass_(minutes=40)
    note(polled, "work")
    watch(polled, told_here)
    assert len(notices(polled)) == 3, "the next trouble is told again"


def test_two_services_tell_one_trouble_once(polled: Desk):
    clock_of(polled).pass_(hours=1)
    note(polled, "work")
    with open_desk(polled.config, polled.now) as other:
        watch(polled, set())
        watch(other, set())
    assert len(notices(polled)) == 1


def test_letters_that_do_not_leave_are_told_by_command_once_and_so_is_their_end(polled: Desk, tmp_path: Path):
    say(polled, f"invite {ANA} Ana invited")
    for _ in range(3):
        clock_of(polled).pass_(hours=5)
        note(polled, "poll main")
        note(polled, "work")
        watch(polled, set())
    assert [words.splitlines()[0] for words in told(tmp_path)] == ["The Harbour Review: deliver is in trouble"]
    assert "1 letters wait" in told(tmp_path)[0]
    deliver(polled)
    watch(polled, set())
    watch(polled, set())
    assert [words.splitlines()[0] for words in told(tmp_path)][1:] == ["The Harbour Review: deliver works again"]
    assert not notices(polled)


def test_polling_that_fails_while_no_letter_leaves_is_told_by_command(polled: Desk, tmp_path: Path):
    say(polled, f"invite {ANA} Ana invited")
    clock_of(polled).pass_(hours=5)
    note(polled, "work")
    watch(polled, set())
    assert {words.splitlines()[0].split(": ")[1] for words in told(tmp_path)} == {
        "deliver is in trouble",
        "poll main is in trouble",
    }
    assert not notices(polled)


def test_while_letters_rest_polling_that_fails_is_told_by_command(polled: Desk, tmp_path: Path):
    say(polled, "desk pause letters")
    clock_of(polled).pass_(hours=1)
    note(polled, "work")
    watch(polled, set())
    assert len(told(tmp_path)) == 1


def test_an_alarm_that_nobody_took_is_given_again_and_its_output_is_not_logged(polled: Desk, tmp_path: Path, caplog):
    alarm(tmp_path, status=3)
    say(polled, f"invite {ANA} Ana invited")
    clock_of(polled).pass_(hours=5)
    for _ in range(2):
        note(polled, "poll main")
        note(polled, "work")
        watch(polled, set())
    assert len(told(tmp_path)) == 2
    assert "alarm_command: it left with status 3; run it by hand to see why" in caplog.text
    assert "canary-4711" not in caplog.text
    alarm(tmp_path)
    watch(polled, set())
    watch(polled, set())
    assert len(told(tmp_path)) == 3


def test_an_alarm_that_cannot_be_run_is_told_in_the_log(polled: Desk, tmp_path: Path, caplog):
    (tmp_path / "alarm").unlink()
    say(polled, f"invite {ANA} Ana invited")
    clock_of(polled).pass_(hours=5)
    watch(polled, set())
    assert "alarm_command: No such file or directory" in caplog.text
    assert "letters wait" in caplog.text


def test_an_alarm_that_hangs_is_ended(polled: Desk, tmp_path: Path, caplog, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mailproc.desk.watch.alarm.COMMAND_SECONDS", 0.2)
    (tmp_path / "alarm").write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    say(polled, f"invite {ANA} Ana invited")
    clock_of(polled).pass_(hours=5)
    watch(polled, set())
    assert "alarm_command: it took longer than 0.2 seconds" in caplog.text


def test_without_a_command_the_log_has_it_once(desk: Desk, caplog):
    say(desk, f"invite {ANA} Ana invited")
    clock_of(desk).pass_(hours=5)
    note(desk, "work")
    watch(desk, set())
    watch(desk, set())
    assert sum("deliver is in trouble: 1 letters wait" in record.getMessage() for record in caplog.records) == 1


def test_F25_a_database_that_cannot_be_written_is_told_by_command_once_and_so_is_its_end(
    polled: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("mailproc.store.database._SETTINGS", ("busy_timeout=1", "foreign_keys=ON"))
    polled.engine.dispose()
    other = sqlite3.connect(polled.config.folder / "data/mailproc.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told_here: Told = set()
    for _ in range(3):
        watch(polled, told_here)
    assert [words.splitlines()[0] for words in told(tmp_path)] == ["The Harbour Review: database is in trouble"]
    assert "another program has held it" in told(tmp_path)[0]
    other.execute("ROLLBACK")
    other.close()
    for _ in range(2):
        watch(polled, told_here)
    assert [words.splitlines()[0] for words in told(tmp_path)][1:] == ["The Harbour Review: database works again"]


def test_a_pulse_that_cannot_be_written_breaks_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(pulses, "fail", full)
    note(desk, "work", "the disk is full")


# The commands


def test_health_is_red_with_trouble_and_green_without(tmp_path: Path, cli):
    path = make_desk(tmp_path / "desk")
    assert cli("run", "--once", config=path).status == 0
    ran = cli("health", "--json", config=path)
    assert (ran.status, ran.json["status"]) == (0, "green")
    assert {"polls", "messages", "letters", "free", "paused"} <= set(ran.json)
    path.write_text(path.read_text().replace('reserve = "256 MiB"', 'reserve = "900000 GB"'))
    ran = cli("health", config=path)
    assert ran.status == 1
    assert "must stay free" in ran.out
    assert cli("health", "--json", config=path).json["status"] == "red"


def test_a_desk_that_lost_its_database_is_not_green_and_says_what_to_do(tmp_path: Path, cli):
    """A command that only looks makes an empty database: nothing in it is ever late."""
    path = make_desk(tmp_path / "desk")
    (tmp_path / "tram.eml").write_bytes(a_mail())
    assert cli("receive", tmp_path / "tram.eml", config=path).status == 0
    assert cli("run", "--once", config=path).status == 0
    assert cli("health", config=path).status == 0
    for file in (path.parent / "data").glob("mailproc.db*"):
        file.unlink()
    for command in ("health", "doctor"):
        ran = cli(command, config=path)
        assert ran.status == 1
        assert "`mailproc rebuild` makes it anew" in ran.out.replace("\n", " ")
    assert cli("rebuild", config=path).status == 0
    assert cli("health", config=path).status == 0


def test_health_answers_where_the_database_cannot_be_opened(tmp_path: Path, cli):
    path = make_desk(tmp_path / "desk")
    (path.parent / "data").mkdir()
    (path.parent / "data/mailproc.db").write_text("not a database at all\n" * 100)
    ran = cli("health", "--json", config=path)
    assert ran.status == 1
    assert [found["part"] for found in ran.json["findings"]] == ["database"]


def test_pause_and_resume_are_messages_of_the_operator_and_told_everywhere(tmp_path: Path, cli):
    path = make_desk(tmp_path / "desk")
    assert cli("pause", "letters", config=path).status == 0
    assert cli("pause", "letters", config=path).status == 0
    for command in ("health", "doctor"):
        assert "letters are paused since " in cli(command, config=path).out
    assert "letters are paused since " in cli("list", config=path).err
    assert cli("list", "--json", config=path).json == []
    cli("members", "add", ANA, config=path)
    cli("deliver", config=path)
    assert [row["state"] for row in cli("outbox", "list", "--json", config=path).json] == ["queued"]
    assert cli("resume", "letters", config=path).status == 0
    cli("deliver", config=path)
    assert [row["state"] for row in cli("outbox", "list", "--json", config=path).json] == ["sent"]
    assert "paused" not in cli("health", config=path).out
    sources = [row["source"].partition(":")[0] for row in cli("received", "list", "--json", config=path).json]
    assert sources == ["operator"] * 4
    assert cli("pause", "mail", config=path).status == 2


def test_what_was_paused_stands_in_its_entry_and_waits_for_nobody(desk: Desk):
    entry = say(desk, "desk pause publishing")
    assert [(event.ref, event.name) for event in entry.events] == [("desk:publishing", "pause")]
    with reading(desk.engine) as conn:
        (switch,) = switches.every(conn)
    assert (switch.paused, switch.since, switch.number) == (True, START, entry.number)
    assert say(desk, "desk pause publishing").reason == "changes-nothing"
    add_member(desk, ANA, "Ana")
    number = give(desk, a_mail())
    work(desk)
    assert entry_of(desk, number).state == "processed", "mail is taken in and worked on all the same"
    assert json.loads((desk.archive / "000/000001.json").read_text())["events"]


def test_a_rebuild_knows_what_is_paused(tmp_path: Path, cli):
    path = make_desk(tmp_path / "desk")
    for verb, what in (("pause", "letters"), ("pause", "publishing"), ("resume", "letters")):
        assert cli(verb, what, config=path).status == 0
    with open_desk(load(path)) as desk, reading(desk.engine) as conn:
        before = switches.every(conn)
    assert cli("rebuild", "--database", "sqlite:///data/again.db", config=path).status == 0
    path.write_text(path.read_text().replace("data/mailproc.db", "data/again.db"))
    with open_desk(load(path)) as desk, reading(desk.engine) as conn:
        assert switches.every(conn) == before
    assert [switch.paused for switch in before] == [False, True]
