"""The machine's clock jumps, forth and back, or was off: nothing lapses, nothing is skipped, `health` says what to do.

The machine is a value that answers as the kernel would; everything else is the service's own rounds. Each story ends
with a rebuild that gives the same desk.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    entry_of,
    give,
    item,
    keep,
    letters,
    make_desk,
    octets_of,
    ref_of,
    run_here,
    say,
    state,
    text_of,
)
from same import assert_same, rebuilt

from mailproc.config import load
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.clock.reminding import remind
from mailproc.desk.ground.timepiece import Reading, is_believed
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import process, work
from mailproc.desk.watch.alarm import watch
from mailproc.desk.watch.health import findings, look
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.service.clock import Anchor

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
JUMPS = {"+1 h": HOUR, "+40 days": 40 * DAY, "+10 years": 3653 * DAY, "-1 h": -HOUR, "-40 days": -40 * DAY}
OPTIONS = {"review.article.silence": "3d", "review.material.hold": "5d", "retention.enquiry": "5d"}


@dataclass
class Machine:
    """A machine with its two clocks: one that people set, one that nobody does."""

    at: datetime = MONDAY
    up: int = 5000
    boot: str = "first"
    vouched: bool = False

    def __call__(self, _at: datetime | None = None) -> Reading:
        return Reading(self.at, self.boot, self.up, self.vouched)

    def pass_(self, span: timedelta) -> None:
        self.at += span
        self.up += int(span.total_seconds())

    def start_anew(self, at: datetime, boot: str = "second") -> None:
        self.at, self.boot, self.up = at, boot, 20


@dataclass
class Waiting:
    """One of everything that waits for its time."""

    silent: str  # announced: approved by itself unless somebody objects
    held: str
    settling: str
    ended: str  # a mail that retention erases
    letter: str  # that could not leave


@pytest.fixture(scope="module")
def thursday(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Machine, Waiting]:
    """A desk at which everything waits, to be copied."""
    folder, found = tmp_path_factory.mktemp("thursday") / "desk", Machine()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("mailproc.desk.ground.books.reading_of", found)
        with open_desk(load(make_desk(folder, **OPTIONS))) as desk:
            add_member(desk, ANA, "Ana")
            add_member(desk, BEN, "Ben")
            waiting = everything_waits(desk, found)
    return folder, found, waiting


@pytest.fixture
def waiting_desk(
    thursday: tuple[Path, Machine, Waiting], machine: Machine, tmp_path: Path
) -> Iterator[tuple[Desk, Waiting]]:
    """A copy of it."""
    folder, then, waiting = thursday
    shutil.copytree(folder, tmp_path / "copy")
    machine.at, machine.up = then.at, then.up
    with open_desk(load(tmp_path / "copy/config.toml")) as opened:
        yield opened, waiting
        assert_same(opened)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """This machine, for every desk that is opened in the test and for the command line."""
    found = Machine()
    monkeypatch.setattr("mailproc.desk.ground.books.reading_of", found)
    return found


@pytest.fixture
def desk(machine: Machine, tmp_path: Path) -> Iterator[Desk]:
    assert machine.boot == "first"
    with open_desk(load(make_desk(tmp_path / "desk", **OPTIONS))) as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        yield opened
        assert_same(opened)


@contextmanager
def started_again(desk: Desk) -> Iterator[Desk]:
    """Another process of the same desk."""
    with open_desk(desk.config) as opened:
        yield opened


def serve(desk: Desk) -> None:
    """One round of the service, in the order in which its jobs first run."""
    work(desk)
    remind(desk, lambda number: process(desk, number))
    deliver(desk)
    work(desk)
    watch(desk, set())


def until(desk: Desk, machine: Machine, *moments: datetime) -> None:
    """A round at each of them."""
    for at in moments:
        machine.pass_(at - machine.at)
        serve(desk)


def november(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def clocks(desk: Desk) -> list[str]:
    """What the clock has done, but for notices to the operator."""
    with reading(desk.engine) as conn:
        sources = [row.source for row in rows.every(conn)]
    return [
        each for each in sources if each.startswith("clock:") and "/alarm/" not in each and "/recovered/" not in each
    ]


def trouble(desk: Desk) -> str:
    return next((found.words for found in findings(look(desk)) if found.part == "clock"), "")


def digests(desk: Desk) -> list[datetime]:
    return [letter.created_at for letter in letters(desk, "member/digest", ANA)]


def everything_waits(desk: Desk, machine: Machine) -> Waiting:
    """Thursday, 07:50: a digest is due at 08:00, a decision settles at 08:00, a silence runs."""
    ended = ref_of(
        desk, give(desk, a_mail("Who pays you?\n", to="desk@harbour.example", subject="A question", at=machine.at))
    )
    say(desk, f"decide {ANA} '{ended} discard'")
    silent = ref_of(desk, give(desk, a_mail(authentic=True, at=machine.at)))
    until(desk, machine, november(17, 8, 20), november(18, 8, 20))
    held = ref_of(desk, give(desk, a_mail("A text.\n", subject="Two", authentic=True, at=machine.at)))
    say(desk, f"decide {ANA} '{held} hold'")
    until(desk, machine, november(19, 7, 45))
    settling = ref_of(desk, give(desk, a_mail("Another text.\n", subject="Three", authentic=True, at=machine.at)))
    say(desk, f"decide {ANA} '{settling} reject: no'")
    assert item(desk, silent).item.consent_at is not None
    [letter] = letters(desk, "author/receipt-article")[-1:]
    with writing(desk.engine) as conn:
        late = replace(letter, state="deferred", next_try=machine.at + HOUR)
        outgoing.update(conn, late, None, letter.created_at)
    machine.pass_(timedelta(minutes=5))
    serve(desk)
    return Waiting(silent, held, settling, ended, letter.id)


@pytest.mark.parametrize("jump", JUMPS.values(), ids=JUMPS)
def test_F96_a_jump_forth_and_back_lapses_nothing_and_skips_nothing(waiting_desk, machine, jump):
    """Each jump in the middle of settling, silence, a hold, a letter's retry, retention and digests."""
    desk, waiting = waiting_desk
    before, had = clocks(desk), digests(desk)
    machine.at += jump
    for _ in range(3):
        machine.pass_(timedelta(minutes=1))
        serve(desk)
    if abs(jump) > DAY:
        assert clocks(desk) == before
        assert f"`mailproc clock confirm {machine.at:%Y-%m-%d}`" in trouble(desk)
        assert state(desk, waiting.settling) == "rejected"
        assert item(desk, waiting.settling).item.settles_at is not None
    else:
        assert trouble(desk) == ""
    came = give(desk, a_mail("Meanwhile.\n", subject="Four", authentic=True, at=machine.at))
    assert abs(entry_of(desk, came).time - (machine.at - jump)) <= HOUR  # no entry runs ahead
    with reading(desk.engine) as conn:
        assert outgoing.get(conn, waiting.letter).state == "deferred" or jump == HOUR
    machine.at -= jump
    until(desk, machine, november(19, 8, 10), november(19, 9))
    assert trouble(desk) == ""
    assert len(digests(desk)) == len(had) + 1, "one this morning, and no other"
    assert item(desk, waiting.settling).item.settles_at is None
    assert item(desk, waiting.held).item.state == "held"
    assert item(desk, waiting.silent).item.consent_at is not None
    assert archive.message_path(desk.archive, item(desk, waiting.ended).item.number).exists()
    with reading(desk.engine) as conn:
        assert outgoing.get(conn, waiting.letter).state == "sent"
    until(desk, machine, november(20, 8, 20), november(21, 8, 20))
    assert not letters(desk, "author/lapsed")
    assert state(desk, waiting.silent) in {"approved", "published"}, item(desk, waiting.silent).journal
    days = [at.date() for at in digests(desk)]
    assert days == sorted(set(days))
    assert days == [november(day, 8).date() for day in (17, 18, 19, 20, 21)]


def test_F96_the_operator_hears_of_the_jump_once_and_of_its_end(desk, machine):
    serve(desk)
    machine.at += 40 * DAY
    for _ in range(3):
        machine.pass_(timedelta(minutes=1))
        serve(desk)
    [alarm] = letters(desk, "operator/notice")
    assert alarm.subject.endswith("clock is in trouble")
    assert "mailproc clock confirm 2026-12-26" in " ".join(text_of(octets_of(desk, alarm)).split())
    assert alarm.state == "sent"
    machine.at -= 40 * DAY
    serve(desk)
    assert [each.subject.rpartition(": ")[2] for each in letters(desk, "operator/notice")][1:] == ["clock works again"]


def test_F109_members_decide_by_reply_while_the_clock_is_in_doubt(desk, machine):
    """Whichever clock is right, the signed Date is no reason to ask them back."""
    machine.at += 40 * DAY
    ref = ref_of(desk, give(desk, a_mail(authentic=True, at=machine.at)))
    say(desk, f"digest {ANA}")
    digest = octets_of(desk, letters(desk, "member/digest", ANA)[-1])
    for written in (machine.at, machine.at - 40 * DAY):
        give(desk, a_reply(digest, f"{ref} approve", f"Ana <{ANA}>", at=written))
        assert state(desk, ref) == "approved"
        say(desk, f"decide {ANA} 'undo {ref}'")
        machine.pass_(timedelta(minutes=1))
    say(desk, f"decide {ANA} '{ref} approve'")
    give(desk, a_mail("Another.\n", subject="Two", authentic=True, at=machine.at))
    before, had = [each for each in clocks(desk) if "/put/" not in each], digests(desk)
    machine.pass_(DAY)
    serve(desk)
    assert item(desk, ref).item.settles_at is not None
    assert [each for each in clocks(desk) if "/put/" not in each] == before
    assert digests(desk) == had


@pytest.mark.parametrize("boot", ["first", "second"])
def test_F106_a_start_in_the_middle_of_a_jump_is_no_way_round_it(desk, machine, boot):
    ref = ref_of(desk, give(desk, a_mail(authentic=True, at=machine.at)))
    serve(desk)
    before = clocks(desk)
    machine.at += 40 * DAY
    if boot == "second":
        machine.start_anew(machine.at)
    with started_again(desk) as again:
        serve(again)
        machine.pass_(HOUR)
        serve(again)
        assert clocks(again) == before
        assert "40 days ahead" in trouble(again)
        assert MONDAY <= again.now() <= MONDAY + 2 * HOUR
        assert state(again, ref) == "pending"
        machine.at -= 40 * DAY
        serve(again)
        assert trouble(again) == ""


def test_F106_a_rebuild_in_the_middle_of_a_jump_is_none_either(machine, tmp_path):
    """The last entry tells how late it was; it is judged by that until the clock is right or confirmed."""
    config = make_desk(tmp_path / "desk")
    with open_desk(load(config)) as desk:
        add_member(desk, ANA, "Ana")
        ref = ref_of(desk, give(desk, a_mail(authentic=True, at=machine.at)))
        serve(desk)
    Path(str(desk.engine.url.database)).rename(tmp_path / "lost.db")
    machine.at += 40 * DAY
    done = run_here("rebuild", config=config)
    assert done.status == 0, done.err
    with open_desk(load(config)) as again:
        serve(again)
        assert "40 days ahead" in trouble(again)
        assert state(again, ref) == "pending"
        machine.at -= 40 * DAY
        machine.pass_(DAY)
        serve(again)
        assert trouble(again) == ""
        assert len(letters(again, "member/digest", ANA)) == 1
        assert_same(again)


def test_F108_a_confirmed_jump_counts_and_what_was_due_happens(desk, machine):
    """The machine was off for forty days; nobody but the operator can know that."""
    ref = ref_of(desk, give(desk, a_mail(authentic=True, at=machine.at)))
    serve(desk)
    machine.start_anew(machine.at + 40 * DAY)
    config = desk.config.path
    assert run_here("clock", config=config).status == 1
    wrong = run_here("clock", "confirm", "2026-11-16", config=config)
    assert (wrong.status, "says 2026-12-26, not 2026-11-16" in wrong.err) == (2, True)
    done = run_here("clock", "confirm", "2026-12-26", config=config)
    assert (done.status, done.err) == (
        0,
        "The clock is right: 2026-12-26 09:00 UTC. What waits for its time goes on.\n",
    )
    assert run_here("clock", config=config).out == "2026-12-26 09:00 UTC, and the desk believes it\n"
    assert run_here("clock", "confirm", "2026-12-26", config=config).status == 2
    serve(desk)
    assert trouble(desk) == ""
    assert state(desk, ref) == "lapsed"
    assert item(desk, ref).journal[-1].at == machine.at, "as late as the entry before it"


def test_F107_a_clock_that_was_wrongly_confirmed_is_set_back_and_nothing_waits_for_its_time(machine, tmp_path):
    """Entries lie in the future: what they did counts from the true clock, here and after a rebuild."""
    config = make_desk(tmp_path / "desk", **{"review.article.lapse": "8d"})
    with open_desk(load(config)) as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        old = ref_of(desk, give(desk, a_mail(authentic=True, at=machine.at)))
        serve(desk)
        machine.at += 10 * DAY
        assert run_here("clock", "confirm", "2026-11-26", config=config).status == 0
        until(desk, machine, november(27, 9), november(28, 9))
        assert state(desk, old) == "lapsed"
        new = ref_of(desk, give(desk, a_mail("A text.\n", subject="Two", authentic=True, at=machine.at)))
        settling = ref_of(desk, give(desk, a_mail("Another.\n", subject="Three", authentic=True, at=machine.at)))
        say(desk, f"decide {ANA} '{settling} reject: no'")
        say(desk, f"decide {BEN} resign")
        until(desk, machine, november(29, 8, 20), november(29, 9))
        say(desk, f"decide {ANA} '{new} note: a fine one'")
        say(desk, f"decide {ANA} 'undo {settling}'")
        say(desk, f"decide {ANA} '{settling} reject: no'")
        ahead = len(digests(desk))
        machine.at -= 10 * DAY  # somebody sets it right
        serve(desk)
        assert "10 days behind" in trouble(desk)
        true = machine.at
        assert true == november(19, 9)
        assert run_here("clock", "confirm", "2026-11-19", config=config).status == 0
        assert trouble(desk) == ""
        assert item(desk, new).item.waiting_since == true
        assert item(desk, settling).item.settles_at == true + timedelta(minutes=15)
        number = give(desk, a_mail("A third.\n", subject="Four", authentic=True, at=true))
        assert entry_of(desk, number).time == true
        until(desk, machine, november(19, 9, 20))
        assert item(desk, settling).item.settles_at is None
        until(desk, machine, *(november(day, 9) for day in range(20, 31)))  # over the days that it has seen before
        days = [at.date() for at in digests(desk)][ahead:]
        assert days == [november(day, 9).date() for day in range(19, 28)], (
            "that of the day itself, then one each morning"
        )
        [lapse] = [line for line in item(desk, new).journal if line.event == "lapse"]
        assert lapse.at == true + 8 * DAY
        assert_same(desk)


def test_F107_an_announced_silence_is_no_consent_when_the_clock_is_set_back(waiting_desk, machine):
    desk, waiting = waiting_desk
    machine.start_anew(machine.at - 3 * DAY)
    assert "3 days behind" in trouble(desk)
    assert run_here("clock", "confirm", f"{machine.at:%Y-%m-%d}", config=desk.config.path).status == 0
    assert item(desk, waiting.silent).item.consent_at is None
    assert item(desk, waiting.silent).journal[-1].reason == "clock-set-back"
    assert item(desk, waiting.held).item.waiting_since == machine.at


def test_F107_a_desk_whose_entries_lie_in_the_future_is_told_how_it_goes_on(machine, tmp_path):
    """An earlier release ran on while the clock was ahead: the desk stood still for as long as that had been."""
    with a_desk(tmp_path / "desk", MONDAY + 40 * DAY) as ran_ahead:
        add_member(ran_ahead, ANA, "Ana")
        ref = ref_of(ran_ahead, give(ran_ahead, a_mail(authentic=True, at=MONDAY + 40 * DAY)))
    with open_desk(ran_ahead.config) as desk:
        serve(desk)
        assert "40 days behind" in trouble(desk)
        done = run_here("clock", "confirm", "2026-11-16", config=desk.config.path)
        assert done.status == 0, done.err
        until(desk, machine, november(17, 8, 20))
        [letter] = letters(desk, "member/digest", ANA)
        assert letter.created_at == MONDAY + 23 * HOUR
        assert item(desk, ref).item.waiting_since == MONDAY
        assert_same(desk)


@pytest.mark.parametrize(
    ("days", "vouched", "goes_on"), [(0.97, False, True), (3, True, True), (3, False, False), (40, True, False)]
)
def test_F108_a_machine_that_was_off_goes_on_by_itself_where_a_time_server_says_so(
    desk, machine, days, vouched, goes_on
):
    """For a month at most: after that, and without a time server, it takes one word of the operator."""
    give(desk, a_mail(authentic=True, at=machine.at))
    serve(desk)
    machine.start_anew(machine.at + days * DAY)
    with started_again(desk) as again:
        serve(again)
        machine.vouched = vouched
        serve(again)
        assert (trouble(again) == "") == goes_on
        assert bool(letters(again, "member/digest", ANA)) == goes_on
        machine.vouched = False  # it is not asked again
        assert (trouble(again) == "") == goes_on


def test_F105_a_machine_without_a_clock_that_begins_in_1970_enters_nothing_before_what_was(desk, machine):
    give(desk, a_mail(authentic=True, at=machine.at))
    serve(desk)
    last = machine.at
    machine.start_anew(datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC))
    with started_again(desk) as again:
        machine.pass_(HOUR)
        serve(again)
        assert "behind what has passed" in trouble(again)
        number = keep(again, a_mail("Meanwhile.\n", subject="Two", authentic=True, at=last + DAY))
        serve(again)
        assert last <= entry_of(again, number).time <= last + 2 * HOUR
        machine.at, machine.vouched = last + DAY, True
        serve(again)
        assert trouble(again) == ""
        assert len(letters(again, "member/digest", ANA)) == 1


def test_F105_the_first_start_of_a_new_desk_is_no_jump(machine, tmp_path):
    machine.start_anew(datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC))
    with open_desk(load(make_desk(tmp_path / "desk"))) as desk:
        serve(desk)
        assert trouble(desk) == ""
        machine.at = MONDAY
        assert desk.doubt is not None, "and the next one is"


def test_F107_a_rebuild_asks_no_clock_for_the_confirmation(desk, machine):
    serve(desk)
    machine.at += 40 * DAY
    assert run_here("clock", "confirm", f"{machine.at:%Y-%m-%d}", config=desk.config.path).status == 0
    machine.at = datetime(1999, 1, 1, tzinfo=UTC)
    with rebuilt(desk) as (again, came):
        assert came.applied > 0
        with reading(again.engine) as conn:
            assert rows.last(conn)[1] == MONDAY + 40 * DAY
    machine.at = MONDAY + 40 * DAY


def test_a_clock_is_believed_within_a_day_and_ahead_for_a_month_by_a_time_server():
    known = Anchor(MONDAY, "first", 100)

    def believed(off: timedelta, *, vouched: bool = False) -> bool:
        return is_believed(known, Reading(MONDAY + HOUR + off, "first", 3700, vouched))

    assert believed(timedelta())
    assert believed(DAY)
    assert believed(-DAY)
    assert not believed(DAY + timedelta(seconds=1))
    assert not believed(-DAY - timedelta(seconds=1))
    assert believed(31 * DAY, vouched=True)
    assert not believed(32 * DAY, vouched=True)
    assert not believed(-2 * DAY, vouched=True)
