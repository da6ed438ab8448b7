"""One mail's day, as docs/tour.md tells it, lived by a desk: what the tour names is reached, in the tour's order.

The names are read from the page, so a function that moves needs a change of the page and of nothing here. The mailbox
is Dovecot's; what runs in the parsing child is not seen.
"""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

from build import ANA, Clock, a_mail, a_reply, add_member, clock_of, give, later, letters, make_desk, octets_of, state
from build import reminded as remind
from dovecot import PASSWORD, Dovecot

from mailproc.config import load
from mailproc.desk.carry.deliver import deliver
from mailproc.desk.carry.poll import poll
from mailproc.desk.ground.wire import open_desk
from mailproc.desk.serve.process import work

TOUR = (Path(__file__).resolve().parents[2] / "docs" / "tour.md").read_text(encoding="utf-8")
DAY = TOUR.partition("## One mail's day\n")[2].partition("\n## ")[0]
NAMES = [f"{room}.{name}" for room, name in re.findall(r"`([a-z_]+(?:/[a-z_]+)+)\.([A-Za-z_.]+)`", DAY) if name != "py"]
STEPS = re.findall(r"(?m)^\d+\. \*\*(.+?)\*\*", DAY)


def code_of(named: str) -> CodeType:
    """The code of a function that the tour names: `desk/turn/turn.Turn.write`."""
    room, _, name = named.partition(".")
    thing = importlib.import_module(f"mailproc.{room.replace('/', '.')}")
    for part in name.split("."):
        thing = getattr(thing, part)
    assert inspect.isfunction(thing), f"{named} is no function"
    return inspect.unwrap(thing).__code__


@contextmanager
def watched(names: list[str]) -> Iterator[list[str]]:
    """The calls of these functions, in their order, in whatever thread."""
    known = {code_of(name): name for name in names}
    called: list[str] = []

    def see(frame: FrameType, what: str, _: object) -> None:
        if what == "call" and frame.f_code in known:
            called.append(known[frame.f_code])

    threading.setprofile(see)
    sys.setprofile(see)
    try:
        yield called
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type]


def first_astray(names: list[str], called: list[str]) -> str | None:
    """The first of the names that was not called behind the one before it."""
    calls = iter(called)
    return next((name for name in names if name not in calls), None)


def a_day(dovecot: Dovecot, folder: Path) -> list[str]:
    """Jo's article from the mailbox to the page; the calls of what the tour names."""
    config = make_desk(folder)
    user = re.sub(r"\W", "", str(folder))[-20:]
    (folder / "password").write_text(PASSWORD + "\n")
    with config.open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[intake.imap]]\nname = "main"\nhost = "127.0.0.1"\nport = {dovecot.imap_port}\ntls = "none"\n'
            f'user = "{user}"\npassword_file = "password"\n'
        )
    dovecot.append(user, a_mail(authentic=True))
    with open_desk(load(config), Clock()) as desk:
        add_member(desk, ANA, "Ana")
        with watched(NAMES) as called:
            poll(desk)
            work(desk)
            deliver(desk)
            clock_of(desk).pass_(days=1)
            remind(desk)
            (digest,) = letters(desk, "member/digest", ANA)
            (ref,) = digest.listed
            give(desk, a_reply(octets_of(desk, digest), f"{ref} approve", f"Ana <{ANA}>", at=desk.now()))
            later(desk, minutes=16)
        assert state(desk, ref) == "published"
    return called


def test_a_desk_walks_the_tour_in_its_order(dovecot: Dovecot, tmp_path: Path):
    called = a_day(dovecot, tmp_path / "desk")
    assert [name for name in NAMES if name not in called] == [], "never reached"
    assert first_astray(NAMES, called) is None, called


def test_every_step_of_the_tour_names_what_does_it():
    steps = re.split(r"(?m)^\d+\. ", DAY)[1:]
    assert len(steps) == len(STEPS) > 8
    assert [step for step in steps if not re.search(r"`[a-z_]+(?:/[a-z_]+)+\.[A-Za-z_.]+`", step)] == []


def test_a_tour_in_another_order_is_noticed():
    assert first_astray(["a", "b", "a"], ["a", "c", "b", "a"]) is None
    assert first_astray(["a", "b"], ["b", "a"]) == "b"
