"""An operator who knows nothing of Authentication-Results: Debian's servers as shipped, and what `doctor` says.

Twelve mails of four people come in, `doctor` says what to write, it is written, and nothing else. Then a member's
signed answer counts at once, by the word of the mail server, and no forgery does, though each answers a letter whose
secret its writer holds. All mail goes through the real servers; what a program leaves in reaches the desk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest
from build import (
    Clock,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    item,
    later,
    make_desk,
    ref_of,
    run_here,
    state,
)
from dovecot import PASSWORD, start_dovecot
from forged import FORGERIES
from milters import ANA, DESK_PORT, FIRST, JO, OUR_ADDRESS, PEOPLE, Border, a_border, as_shipped, blocks, signed, zone

from mailproc.config import load
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.carry.listen import listening
from mailproc.desk.carry.poll import poll
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import work
from mailproc.inspect.dns import Dns
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.workflow.entry import Entry

ASSIGNED = re.compile(r"(\w+) = (.*)")


class Zone(Dns):
    """The DNS of the people, for the desk's own check of signatures."""

    def txt(self, names: Sequence[str], timeout_seconds: float) -> dict[str, bytes | None]:  # noqa: ARG002 - as asked
        known = zone()
        return {name: record.encode() if (record := known.get((name, "TXT"))) else None for name in names}


@dataclass
class Day:
    """What came of one set-up."""

    said: list[list[str]] = field(default_factory=list)  # what doctor found, each time it was asked
    probed: list[str] = field(default_factory=list)  # how a member's mail was proven after each probe
    answer: Entry | None = None  # what was decided of the member's answer
    states: list[str] = field(default_factory=list)  # of its item: before, after
    left: list[str] = field(default_factory=list)  # who got letters by the mail server when it had settled
    forged: dict[str, Entry] = field(default_factory=dict)
    votes: int = 0  # on the item that they answered
    pending: str = ""


@dataclass(frozen=True)
class Way:
    """How mail comes to the desk, and what an operator makes of doctor's words."""

    title: str  # of the recipe
    has_mailboxes: bool = False  # a Dovecot stands between, with a Received field of its own
    from_outside: bool = False  # the probe is sent from outside, in place of the cure


WAYS = {
    "postfix-opendkim": Way("OpenDKIM"),
    "postfix-opendmarc": Way("OpenDKIM and OpenDMARC"),
    "postfix-rspamd": Way("rspamd", from_outside=True),
    "postfix-rspamd-dovecot": Way("rspamd", has_mailboxes=True),
}


@pytest.fixture(scope="module", params=WAYS.values(), ids=WAYS)
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    """The whole of it."""
    way: Way = request.param
    path = _plain(tmp_path_factory.mktemp("harbour") / "desk")
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - the servers write their dates by the real clock
    found = Day()
    with ExitStack() as stack:
        border = stack.enter_context(a_border(way.title, as_shipped(blocks(way.title))))
        stack.enter_context(border.place.network())
        settings = stack.enter_context(pytest.MonkeyPatch.context())
        settings.setenv("MAIL_CONFIG", str(border.place.folder / "etc/postfix"))  # the Postfix of which doctor speaks
        if way.has_mailboxes:
            stack.enter_context(_mailboxes(border, path))
        with _open(path, now) as desk:
            for person in PEOPLE:
                subjects = [f"Tram {number} of {person.domain}" for number in range(3)]
                border.queue(*(signed(_article(each, person.email, now), person) for each in subjects), by=person)
            border.empties()
            _work(desk)
        found.said.append(_doctor(path))
        _obey(path, found.said[-1])
        if any("--probe" in line for line in found.said[-1]):
            _probe(found, path, now, border, way)
        else:
            found.said.append(_doctor(path))
        with _open(path, now) as desk:
            _answer(found, desk, border)
            _forge(found, desk, border)
        yield found


def _plain(folder: Path) -> Path:
    """A new desk's configuration, told no more than how mail comes and goes."""
    way = {"transport": "smtp", "host": "127.0.0.1", "port": 25, "tls": "none"}
    path = make_desk(folder, **{"review.authserv_id": []}, **{f"delivery.{key}": value for key, value in way.items()})
    words, listen = path.read_text(encoding="utf-8"), f'listen = "127.0.0.1:{DESK_PORT}"'
    path.write_text(words.replace("#[intake.lmtp]", "[intake.lmtp]").replace(f"#{listen}", listen), encoding="utf-8")
    return path


@contextmanager
def _mailboxes(border: Border, path: Path) -> Iterator[None]:
    """A Dovecot on the mail server, and its mailboxes in the desk's configuration."""
    dovecot = start_dovecot(border.place.words)
    border.hand_to(dovecot.lmtp_port)
    way = f'host = "127.0.0.1"\nport = {dovecot.imap_port}\ntls = "none"\npassword_file = "imap"\n'
    boxes = (f'[[intake.imap]]\nname = "{user}"\nuser = "{user}"\n{way}' for user in ("desk", "articles"))
    (path.parent / "imap").write_text(PASSWORD)
    (path.parent / "imap").chmod(0o600)
    path.write_text("\n".join([path.read_text(encoding="utf-8"), *boxes]), encoding="utf-8")
    try:
        yield
    finally:
        dovecot.stop()


def _work(desk: Desk) -> None:
    """What has come has its turn."""
    poll(desk)
    work(desk)


@contextmanager
def _open(path: Path, now: datetime) -> Iterator[Desk]:
    """The desk as its configuration is now, taking mail."""
    with open_desk(load(path), Clock(now)) as opened:
        desk = replace(opened, dns=Zone())
        with listening(desk):
            yield desk


def _doctor(path: Path, *more: str) -> list[str]:
    """What it says, line by line."""
    return [each["finding"] for each in run_here("doctor", "--json", *more, config=path).json]


def _obey(path: Path, said: Sequence[str]) -> None:
    """Each line of configuration that it says, in the place of the one that is there."""
    words = path.read_text(encoding="utf-8")
    for line in said:
        if assigned := ASSIGNED.fullmatch(line):
            words, count = re.subn(rf"(?m)^#?{assigned[1]} = .*$", line.replace("\\", r"\\"), words)
            assert count == 1, line
    path.write_text(words, encoding="utf-8")


def _probe(found: Day, path: Path, now: datetime, border: Border, way: Way) -> None:
    """What is said of a probe of the servers as shipped, and what of the next; how a member's mail is proven then."""
    for is_second in (False, True):
        if is_second and not way.from_outside:
            border.write(blocks(FIRST))
            border.reload()
        outside = ("--probe-via", OUR_ADDRESS) if is_second and way.from_outside else ("--probe",)
        with _open(path, now) as desk:
            found.said.append(_doctor(path, *outside))
            border.empties()
            _work(desk)
            border.take(signed(_article(f"Fog {is_second}", ANA.email, now), ANA), by=ANA)
            _work(desk)
            found.probed.append(entry_of(desk, _latest(desk)).identity_reason)
        found.said.append(_doctor(path))


def _article(subject: str, sender: str, now: datetime) -> bytes:
    return a_mail(f"{subject} was late.\n", sender=f"Somebody <{sender}>", subject=subject, at=now)


def _wait(desk: Desk, border: Border, number: int, now: datetime) -> str:
    """An article of Jo's that waits for Ana; its reference."""
    before = _latest(desk)
    border.take(signed(_article(f"The bridge, part {number}", JO.email, now), JO), by=JO)
    _work(desk)
    assert _latest(desk) > before
    return ref_of(desk, before + 1)


def _latest(desk: Desk) -> int:
    with reading(desk.engine) as conn:
        return max(row.number for row in rows.every(conn))


def _answer(found: Day, desk: Desk, border: Border) -> None:
    """The member says yes to an article; its author hears when that has settled."""
    now = desk.now()
    add_member(desk, ANA.email, "Ana")
    ref = _wait(desk, border, 1, now)
    reply = a_reply(digest_now(desk, ANA.email), f"{ref} yes", f"Ana Marsh <{ANA.email}>", authentic=False, at=now)
    found.states.append(state(desk, ref))
    border.take(signed(reply, ANA), by=ANA)
    _work(desk)
    found.answer = entry_of(desk, _latest(desk))
    found.states.append(state(desk, ref))
    later(desk, minutes=20)
    deliver(desk)
    border.empties()
    found.left = [str(message_from_bytes(mail)["To"]) for mail in border.left]


def _forge(found: Day, desk: Desk, border: Border) -> None:
    """Every forgery says yes to another article."""
    now = desk.now()
    ref = _wait(desk, border, 2, now)
    letter = digest_now(desk, ANA.email)
    names = {}
    for name, forgery in FORGERIES.items():
        reply = a_reply(letter, f"{ref} yes", f"Ana Marsh <{ANA.email}>", authentic=False, at=now)
        names[re.findall(rb"(?m)^Message-ID: <(.*)>", reply)[0].decode()] = name
        border.queue(forgery.make(reply), by=forgery.by, envelope=forgery.envelope)
    border.empties()
    _work(desk)
    with reading(desk.engine) as conn:
        came = {row.message_id: row.number for row in rows.every(conn)}
    found.forged = {name: entry_of(desk, came[id_]) for id_, name in names.items()}
    found.votes, found.pending = len(item(desk, ref).votes), state(desk, ref)


@pytest.mark.cell("signed-reply", "postfix-opendkim", "postfix-opendmarc", "postfix-rspamd")
def test_a_members_signed_answer_counts_at_once_by_the_mail_servers_word(day: Day):
    assert day.answer is not None
    assert (day.answer.identity, day.answer.identity_reason) in {("dmarc", "dmarc-pass"), ("dkim", "dkim-pass")}
    assert day.states == ["pending", "approved"]
    assert any(JO.email in to for to in day.left)


@pytest.mark.cell("forged", "postfix-opendkim", "postfix-opendmarc", "postfix-rspamd")
def test_S109_no_forgery_is_believed(day: Day):
    believed = {
        name: entry.identity_reason for name, entry in day.forged.items() if entry.identity in {"dmarc", "dkim"}
    }
    assert believed == {}
    assert (day.votes, day.pending) == (0, "pending")
    assert len(day.forged) == len(FORGERIES)


@pytest.mark.cell("doctor", "postfix-opendkim", "postfix-opendmarc", "postfix-rspamd")
def test_doctor_says_what_to_write_and_is_content_with_it(day: Day):
    assert _assigned(day.said[0]) >= {"authserv_id", "received_by"}
    assert _assigned(day.said[-1]) == set()
    assert any("carry the results of mx.harbour.example" in line for line in day.said[-1])


@pytest.mark.cell("doctor", "postfix-rspamd")
def test_S109_below_its_received_nothing_is_believed_until_a_probe_has_gone_well(day: Day, request):
    """As it comes, rspamd leaves alone what its own network sends, and so the desk's probe; doctor has two cures."""
    if "rspamd" not in request.node.name:
        assert day.probed == []
        return
    _, _, failed, _, passed = day.said
    [why] = [line for line in failed if "came from inside" in line]
    assert '"Who checks the mail"' in why
    assert "send it from another machine" in why
    assert any("showed that mx.harbour.example takes others' results out" in line for line in passed)
    assert day.probed == ["dkim-own-check", "dmarc-pass"]


def _assigned(said: Sequence[str]) -> set[str]:
    """The options of which lines are said."""
    return {assigned[1] for line in said if (assigned := ASSIGNED.fullmatch(line))}
