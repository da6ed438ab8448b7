"""Who may come in to the site: the files, the secret that only a sent letter holds, and all that ends it."""

from __future__ import annotations

import json
import re
import stat
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import bcrypt
import pytest
from build import (
    ANA,
    BEN,
    START,
    Clock,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    clock_of,
    entry_of,
    give,
    later,
    letters,
    make_desk,
    octets_of,
    run_here,
    say,
    text_of,
)
from every_mta import Sink, a_sink
from same import all_of, assert_same, rebuilt

from mailproc.config import load
from mailproc.desk.admit import entrance
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.keep.backup import backup, restore
from mailproc.desk.keep.verify import verify
from mailproc.desk.serve.process import work
from mailproc.desk.watch import health, private
from mailproc.letters.catalogue import CARRIERS
from mailproc.message.blank import BLANK, filled
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.people import access
from mailproc.workflow.access import user_name

SECRET = re.compile(r"^Secret: ([a-z2-7]{26})\r?$", re.MULTILINE)
HOOK = """
import os, pathlib, sys
given = {name: value for name, value in os.environ.items() if name.startswith("MAILPROC_")}
with pathlib.Path(sys.argv[1]).open("a") as file:
    file.write(f"{given}\\n")
sys.exit(pathlib.Path(sys.argv[1] + ".fails").exists())
"""


@pytest.fixture
def sink() -> Iterator[Sink]:
    with a_sink() as sink:
        yield sink


@pytest.fixture
def desk(tmp_path: Path, sink: Sink) -> Iterator[Desk]:
    """A desk that sends its letters, and runs a command when somebody's way in has changed."""
    way = {"transport": "smtp", "host": "127.0.0.1", "port": sink.port, "tls": "none"}
    options: dict[str, object] = {f"delivery.{name}": value for name, value in way.items()}
    (tmp_path / "hook.py").write_text(HOOK)
    options["access.hook"] = [sys.executable, str(tmp_path / "hook.py"), str(tmp_path / "told")]
    with open_desk(load(make_desk(tmp_path / "desk", **options)), Clock(START)) as desk:
        add_member(desk, ANA, "Ana")
        yield desk


def joins(desk: Desk, email: str = BEN, name: str = "Ben") -> None:
    """The operator invites somebody, and they say yes."""
    say(desk, f"invite {email} {name} invited")
    invitation = octets_of(desk, letters(desk, "member/invitation", email)[-1])
    give(desk, a_reply(invitation, "yes", f"{name} <{email}>"))
    work(desk)


def answer(desk: Desk, template: str, words: str, email: str = BEN, **options: Any) -> int:  # noqa: ANN401
    letter = octets_of(desk, letters(desk, template, email)[-1])
    number = give(desk, a_reply(letter, words, email, **{"at": clock_of(desk)(), **options}))
    work(desk)
    return number


def carried(desk: Desk, sink: Sink, email: str = BEN) -> bytes:
    """The last letter with a secret that a server took for somebody."""
    deliver(desk)
    last = max(
        (letter for letter in letters(desk, to=email) if letter.template in CARRIERS), key=lambda each: each.cause
    )
    return next(octets for octets in sink.of(email) if f"<{last.message_id}>".encode() in octets)


def sent(desk: Desk, sink: Sink, email: str = BEN) -> str:
    """The secret in it."""
    found = SECRET.search(text_of(carried(desk, sink, email)))
    assert found
    return found[1]


def folder_of(desk: Desk) -> Path:
    return desk.config.storage.access


def admits(desk: Desk, user: str, secret: str) -> bool:
    """What a server makes of the file as it stands."""
    lines = (folder_of(desk) / "htpasswd").read_text().splitlines()
    known = dict(line.split(":", 1) for line in lines)
    return user in known and bcrypt.checkpw(secret.encode(), known[user].encode())


def roster(desk: Desk) -> dict[str, dict[str, Any]]:
    found = json.loads((folder_of(desk) / "roster.json").read_text())
    return {each["email"]: each for each in found["members"]}


def told(tmp_path: Path) -> list[str]:
    """The changes that the command was told, as `given` or `ended`, and the keys."""
    path = tmp_path / "told"
    return re.findall(r"'MAILPROC_KEY': '([^']*)'", path.read_text()) if path.exists() else []


# The secret


LOOKING = (("list",), ("outbox", "list"), ("received", "list"), ("members", "list"), ("health",), ("doctor",))


def holding(folder: Path, secrets: set[str]) -> list[Path]:
    """The files that hold one of these, as it is or with a line end of quoted-printable in it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [
        path for path in files if any(each.encode() in path.read_bytes().replace(b"=\r\n", b"") for each in secrets)
    ]


def test_S120_only_the_letter_that_left_has_the_secret(desk, sink, tmp_path, caplog):
    """No file, row, log or JSON of ours holds it: a blank of equal length stands there, and the file has a hash."""
    caplog.set_level("DEBUG")
    joins(desk)
    secrets = {sent(desk, sink)}
    answer(desk, "member/welcome", "access")
    secrets |= {sent(desk, sink)}
    later(desk, days=6)
    deliver(desk)
    backup(desk, tmp_path / "BACKUP.tar")
    with tarfile.open(tmp_path / "BACKUP.tar") as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    config = desk.config.path
    asked = (*LOOKING, *(("outbox", "show", letter.id) for letter in letters(desk, to=BEN)))
    said = [run_here(*words, *(() if "show" in words else ("--json",)), config=config).out for words in asked]
    exported = run_here("export", BEN, "--to", tmp_path / "export", config=config)
    assert exported.status == 0, exported.err
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("mailproc")]
    assert not [words for words in (*said, *logged) for each in secrets if each in words]
    assert len(secrets) == 2
    assert not holding(tmp_path, secrets)
    assert len(holding(tmp_path, {BLANK})) > 4, "the letters are there"
    assert any(BLANK in words for words in said)


def test_S120_a_secret_that_comes_back_is_spent_and_covered(desk, sink):
    """What a mail quotes is kept as it came; so that secret ends, another goes out, and nothing made of it has it."""
    joins(desk)
    secret = sent(desk, sink)
    number = answer(desk, "member/welcome", f"this {secret} does not work", quoting=False)
    assert entry_of(desk, number).unclear == (f"this {BLANK} does not work",)
    assert BLANK in text_of(octets_of(desk, letters(desk, "member/transcript", BEN)[-1]))
    [path] = holding(desk.config.folder, {secret})
    assert path.parent.parent == desk.archive
    assert path.suffix == ".eml"
    assert not admits(desk, BEN, secret)
    assert admits(desk, BEN, sent(desk, sink))
    assert "quoted the letter" in text_of(octets_of(desk, letters(desk, "member/access", BEN)[-1])).replace("\n", " ")


def test_S120_a_letter_that_is_quoted_without_marks_is_known_as_ours(desk, sink):
    """Its line with the secret is no line of the member's, and a reply that asks for another is answered once."""
    joins(desk)
    letter = carried(desk, sink)
    number = give(desk, a_reply(letter, "access\n\n" + text_of(letter), BEN, quoting=False, at=clock_of(desk)()))
    assert entry_of(desk, number).unclear == ()
    assert entry_of(desk, number).commands == ("access",)
    assert len(letters(desk, "member/access", BEN)) == 1


def test_S120_a_machine_that_quotes_it_ends_it_and_gets_no_other(desk, sink):
    """An out-of-office note with our letter in it would have the next letter in it, too."""
    joins(desk)
    secret, letter = sent(desk, sink), carried(desk, sink)
    note = a_mail(
        "I am away.\n\n" + text_of(letter), sender=BEN, to="desk@harbour.example", Auto_Submitted="auto-replied"
    )
    give(desk, note)
    work(desk)
    assert not admits(desk, BEN, secret)
    assert not letters(desk, "member/access", BEN)


@pytest.mark.parametrize("comes", ["mail", "file", "text", "name"])
def test_S120_a_letter_that_comes_back_beside_a_mail_is_spent_too(desk, sink, comes):
    """Forwarded whole, as a kept mail, copied into a text, or in a name: the octets are here, so it admits nobody."""
    joins(desk)
    secret, letter = sent(desk, sink), carried(desk, sink)
    beside = {
        "mail": ("welcome.eml", "message/rfc822", letter),
        "file": ("welcome.eml", "application/octet-stream", letter),
        "text": ("mine.txt", "text/plain", f"My way in: {secret}\n".encode()),
        "name": (f"{secret}.txt", "text/plain", b"Nothing.\n"),
    }[comes]
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = BEN, "articles@harbour.example", "The tram"
    mail.set_content("The tram never came, and we walked along the quay.\n")
    name, media_type, octets = beside
    if media_type == "message/rfc822":
        mail.add_attachment(message_from_bytes(octets, policy=policy.SMTP))
    else:
        maintype, _, subtype = media_type.partition("/")
        mail.add_attachment(octets, maintype=maintype, subtype=subtype, filename=name)
    give(desk, authenticated(mail.as_bytes()))
    work(desk)
    assert not admits(desk, BEN, secret)
    assert admits(desk, BEN, sent(desk, sink))
    assert_same(desk)


def test_F130_each_attempt_gives_the_same_octets(desk, sink):
    """Sent once more by the operator: equal to the first, and as long as what is kept."""
    joins(desk)
    secret = sent(desk, sink)
    [welcome] = letters(desk, "member/welcome")
    first, kept = carried(desk, sink), octets_of(desk, welcome)
    assert (len(first), first.replace(secret.encode(), BLANK.encode())) == (len(kept), kept)
    with writing(desk.engine) as conn:  # as if nobody knew whether it had left
        outgoing.settle(conn, replace(welcome, state="failed", reason="in doubt"), "")
    (desk.outbox / welcome.path).with_name(f"{welcome.id}.sent.json").unlink()
    say(desk, f"letter {welcome.id} retry")
    later(desk, minutes=10)
    deliver(desk)
    assert sink.of(BEN).count(first) == 2


def test_F130_a_soft_line_break_in_the_blank_stays_where_it_is():
    """Quoted-printable may break a line anywhere; the octets around the secret do not move."""
    broken = BLANK[:9].encode() + b"=\r\n" + BLANK[9:].encode()
    secret = "abcdefghijklmnopqrstuvwxyz"
    assert (
        filled(b"a " + broken + b" z " + BLANK.encode(), secret)
        == b"a abcdefghi=\r\njklmnopqrstuvwxyz z " + secret.encode()
    )
    with pytest.raises(ValueError, match="as many signs"):
        filled(broken, "abc")


def test_S121_a_folder_gets_no_secret_and_the_record_says_so(open_desks):
    """Where letters stay in a folder nobody was sent a secret; the letter there keeps its blank."""
    desk = open_desks()
    joins(desk)
    deliver(desk)
    [welcome] = letters(desk, "member/welcome")
    record = (desk.outbox / welcome.path).with_name(f"{welcome.id}.sent.json")
    assert "the secret is not in it" in record.read_text()
    assert BLANK in text_of(octets_of(desk, welcome))


def test_S122_a_secret_is_made_of_key_cause_purpose_and_reader(desk, sink):
    """Another reader, cause, purpose or key gives another; the same ones give the same."""
    joins(desk)
    joins(desk, "cleo@sluice.example", "Cleo")
    ben, cleo = sent(desk, sink), sent(desk, sink, "cleo@sluice.example")
    [letter, _] = letters(desk, "member/welcome")
    assert ben != cleo
    assert ben == desk.held.of_access(letter.cause, BEN)
    assert (
        len({ben, desk.held.of_access(letter.cause + 1, BEN), letter.id, desk.held.secret(letter.cause, "x", BEN)}) == 4
    )


# The files


def test_the_files_are_for_the_server_alone_and_say_who_may_come_in(desk, sink):
    """Others on the machine read nothing; a folder that the operator opened to a group keeps that group."""
    joins(desk)
    secret = sent(desk, sink)
    assert admits(desk, BEN, secret)
    assert not admits(desk, BEN, secret[::-1])
    assert not admits(desk, ANA, secret)
    found = roster(desk)
    assert list(found) == [ANA, BEN]
    assert (found[ANA]["access"], found[ANA]["until"]) == (None, None)
    assert found[BEN]["until"] == "2026-11-29T09:00:00Z"
    assert stat.S_IMODE(folder_of(desk).stat().st_mode) == 0o2750
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder_of(desk).iterdir()} == {0o640}
    assert not re.search(r"^:|@.*@", (folder_of(desk) / "htpasswd").read_text(), re.MULTILINE)


def test_S123_a_name_that_no_login_can_hold_is_written_otherwise():
    """A colon ends the name in the file and in the login (RFC 7617 §2); a number sign makes the line a comment."""
    assert user_name("ben@gangway.example") == "ben@gangway.example"
    assert user_name('"b:c d"@odd.example') == '"b%3Ac%20d"@odd.example'
    assert user_name("#ben%1@odd.example") == "%23ben%251@odd.example"
    assert "\n" not in user_name("a\nroot:x@odd.example")


@pytest.mark.parametrize("deed", ["suspend", "remove", "resign", "forget"])
def test_S124_whoever_goes_is_out_in_the_same_pass(desk, sink, tmp_path, deed):
    """Also while publishing is paused; and who was suspended comes back without the old secret."""
    joins(desk)
    secret = sent(desk, sink)
    say(desk, "desk pause publishing")
    if deed == "resign":
        answer(desk, "member/welcome", "resign")
        assert admits(desk, BEN, secret), "there is time to take it back"
        later(desk, minutes=20)
    elif deed == "forget":
        assert run_here("forget", BEN, "--yes", config=desk.config.path).status == 0
    else:
        say(desk, f"{deed} {BEN}")
        work(desk)
    assert not admits(desk, BEN, secret)
    assert list(roster(desk)) == [ANA]
    assert [key.rpartition("-")[2] for key in told(tmp_path)] == ["given", "ended"]
    if deed == "suspend":
        say(desk, f"resume {BEN}")
        work(desk)
        assert list(roster(desk)) == [ANA, BEN]
        assert not admits(desk, BEN, secret)


def test_whoever_is_away_keeps_the_way_in(desk, sink):
    joins(desk)
    secret = sent(desk, sink)
    answer(desk, "member/welcome", "away until 1 December")
    assert roster(desk)[BEN]["state"] == "away"
    assert admits(desk, BEN, secret)


# Seven days


def test_F131_a_secret_ends_with_a_word_before_and_access_gives_another(desk, sink, tmp_path):
    """The word comes once, a day before; the line goes when the time is over; a reply renews."""
    joins(desk)
    first = sent(desk, sink)
    later(desk, days=5, hours=23)
    assert not letters(desk, "member/access-ends")
    later(desk, hours=1)
    later(desk, hours=1)
    [word] = letters(desk, "member/access-ends")
    assert word.to == BEN
    assert "29 November 2026 at 09:00" in text_of(octets_of(desk, word)).replace("\n", " ")
    assert admits(desk, BEN, first)
    later(desk, hours=23)
    assert not admits(desk, BEN, first)
    assert (roster(desk)[BEN]["state"], roster(desk)[BEN]["until"]) == ("active", None)
    before = len(letters(desk, to=BEN))
    answer(desk, "member/access-ends", "access")
    assert len(letters(desk, to=BEN)) == before + 1, "the letter with it is the whole answer"
    second = sent(desk, sink)
    assert admits(desk, BEN, second)
    assert first != second
    assert [key.rpartition("-")[2] for key in told(tmp_path)] == ["given", "over", "ended", "given"]


def test_access_ends_the_secret_before(desk, sink):
    """Asked for as a member, in a letter of any kind; a stranger who holds the letter is asked back first."""
    joins(desk)
    first = sent(desk, sink)
    answer(desk, "member/welcome", "access", authentic=False)
    assert admits(desk, BEN, first)
    answer(desk, "member/step-up", "yes", authentic=False)
    second = sent(desk, sink)
    assert not admits(desk, BEN, first)
    assert admits(desk, BEN, second)
    answer(desk, "member/access", "access\n\naway until 1 December")
    third = sent(desk, sink)
    assert len({first, second, third}) == 3
    assert "a letter of its own" in text_of(octets_of(desk, letters(desk, "member/transcript", BEN)[-1]))


def test_access_is_given_some_times_a_day(desk):
    joins(desk)
    for _ in range(6):
        answer(desk, "member/welcome", "access")
    assert len(letters(desk, "member/access", BEN)) == 5
    assert "tomorrow" in text_of(octets_of(desk, letters(desk, "member/transcript", BEN)[-1]))


def test_a_secret_that_bounced_is_good_for_nothing(desk, sink):
    """Whoever sends a letter back may send all of it, and it lies in the archive then."""
    joins(desk)
    secret = sent(desk, sink)
    [welcome] = letters(desk, "member/welcome")
    say(desk, f"letter {welcome.id} bounced")
    work(desk)
    assert not admits(desk, BEN, secret)


def test_a_new_registered_address_has_a_new_secret(desk, sink):
    """The old one lay in the mailbox that may be lost."""
    joins(desk)
    old = sent(desk, sink)
    new = "ben@elsewhere.example"
    letter = octets_of(desk, letters(desk, "member/welcome", BEN)[-1])
    give(desk, a_reply(letter, "new address", f"Ben <{new}>"))
    answer(desk, "member/address", "yes")
    work(desk)
    assert not admits(desk, BEN, old)
    assert not admits(desk, new, old)
    assert admits(desk, new, sent(desk, sink, new))


# What else happens to a desk


def test_F132_a_rebuild_and_a_restored_backup_write_the_same_file(desk, sink, tmp_path):
    """The same rows and the same key give the same octets."""
    joins(desk)
    answer(desk, "member/welcome", "access")
    secret = sent(desk, sink)
    was = {path.name: path.read_bytes() for path in folder_of(desk).iterdir()}
    with rebuilt(desk) as (again, _):
        assert entrance.access_files(again) == was
        assert all_of(again)["members"] == all_of(desk)["members"]
    backup(desk, tmp_path / "BACKUP.tar")
    for path in folder_of(desk).iterdir():
        path.unlink()
    folder_of(desk).rmdir()
    restore(tmp_path / "BACKUP.tar", tmp_path / "restored")
    assert not (tmp_path / "restored/published/access").exists(), "nobody comes in by what a backup knew"
    with open_desk(load(tmp_path / "restored/config.toml"), Clock(START)) as back:
        work(back)
        assert {path.name: path.read_bytes() for path in folder_of(back).iterdir()} == was
        assert admits(back, BEN, secret)


def test_F133_a_new_key_gives_everybody_a_new_secret(desk, sink):
    """The old ones can be computed by nobody; a letter of the old key that waits is not sent without its secret."""
    joins(desk)
    old = sent(desk, sink)
    sink.says += ["451 4.3.0 later"] * 9
    answer(desk, "member/welcome", "access")
    deliver(desk)
    [waits] = letters(desk, "member/access")
    config = desk.config.path
    desk.config.storage.key.unlink()
    ran = run_here("work", config=config)
    assert ran.status == 1
    assert "the key is gone" in ran.err
    assert run_here("work", "--new-key", config=config).status == 0
    with open_desk(load(config), Clock(clock_of(desk)() + timedelta(hours=1))) as anew:
        sink.says.clear()
        work(anew)
        deliver(anew)
        assert [letter.state for letter in letters(anew, "member/access") if letter.id == waits.id] == ["failed"]
        new = sent(anew, sink)
        assert admits(anew, BEN, new)
        assert not admits(anew, BEN, old)


def test_F134_the_command_is_told_each_change_at_least_once(desk, sink, tmp_path):
    """One that fails is trouble in `health` and tried again a minute later, with the same key; it gets no secret."""
    (tmp_path / "told.fails").touch()
    joins(desk)
    secret = sent(desk, sink)
    work(desk)
    assert len(told(tmp_path)) == 1, "once a minute at most"
    later(desk, minutes=2)
    first, second = told(tmp_path)
    assert first == second
    with reading(desk.engine) as conn:
        [given] = access.every(conn)
    assert re.fullmatch(rf"access-{given.cause}-[0-9a-f]{{8}}-given", first)
    assert roster(desk)[BEN]["access"] == first.removesuffix("-given")
    found = [each for each in health.findings(health.look(desk)) if each.part == entrance.HOOK]
    assert [(each.level, "left with status 1" in each.words) for each in found] == [("trouble", True)]
    (tmp_path / "told.fails").unlink()
    later(desk, minutes=2)
    later(desk, minutes=2)
    assert told(tmp_path) == [first] * 3
    assert not [each for each in health.findings(health.look(desk)) if each.level == "trouble" and "hook" in each.part]
    text = (tmp_path / "told").read_text()
    assert secret not in text
    assert given.letter not in text
    assert BEN not in text
    with rebuilt(desk) as (again, _):
        work(again)
    assert told(tmp_path) == [first] * 4, "a rebuilt desk tells it again, by the same key"


def test_a_work_that_cannot_go_up_keeps_nobody_in(desk, sink, monkeypatch):
    """Whatever else fails in the pass, who has left is out when it ends."""
    joins(desk)
    secret = sent(desk, sink)
    say(desk, f"suspend {BEN}")
    monkeypatch.setattr("mailproc.desk.page.whole.write_lists", _refuses)
    with pytest.raises(RuntimeError):
        work(desk)
    assert not admits(desk, BEN, secret)


def _refuses(_: Desk) -> None:
    raise RuntimeError


def test_verify_and_doctor_look_at_it(desk):
    """What somebody wrote into the file is found, and so is a folder that others can read."""
    joins(desk)
    assert verify(desk).findings == []
    with (folder_of(desk) / "htpasswd").open("a") as file:
        file.write("mallory:{PLAIN}x\n")
    assert [each.slug for each in verify(desk).findings] == ["list-changed"]
    work(desk)
    assert verify(desk).findings == []
    [found] = private.entrance(desk.config)
    assert (found.level, "serves none of it" in found.words) == ("ok", True)
    folder_of(desk).chmod(0o755)
    [found] = private.entrance(desk.config)
    assert found.level == "warning"
