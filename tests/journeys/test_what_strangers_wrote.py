"""Everyday replies that a desk once got wrong, as files: at a real desk each does what is right for its kind.

A file bears the address and the Message-ID of a letter of some other desk; those of this desk's letter are put in
their place, and nothing else is touched. `corpus/strangers` holds a folder for each kind; the mails of `../shared`,
from which the kinds were learnt, go the same way where they are at hand. Every file has a copy of the desk of its own.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    START,
    Clock,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    letters,
    octets_of,
    received,
    state,
    text_of,
)

from mailproc.config import load
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.message.model import Envelope
from mailproc.message.parse import parse
from mailproc.store.database import open_database, reading
from mailproc.store.people import members
from mailproc.workflow.outgoing import Outgoing

OWN = Path(__file__).parents[1] / "corpus" / "strangers"
SHARED = Path(__file__).parents[3] / "shared" / "corpus" / "strangers"
SECRET = re.compile(rb"\b[a-z2-7]{26}\b")
LATER_ANA = "ana@members.example"  # Ana, as one of the shared mails calls her
LISTED = [f"A-{number}" for number in range(3, 15)]
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Prepared:
    """A desk with twelve articles in a digest to each Ana, and one in a letter of its own to Ben."""

    desk: Desk  # of which every file has a copy
    letter: dict[str, str]  # member -> the secret of the letter that their mails answer


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    with a_desk(tmp_path_factory.mktemp("strangers") / "desk", START - timedelta(hours=2)) as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        for number in range(12):
            give(desk, a_mail(f"The tram of {number} o'clock was late.\n", subject=f"Tram {number}", authentic=True))
        add_member(desk, LATER_ANA, "Ana")
        give(desk, a_reply(digest_now(desk, BEN), "at once", f"Ben <{BEN}>", at=desk.now()))
        clock_of(desk).pass_(hours=1)
        for member in (ANA, LATER_ANA):
            digest_now(desk, member)
        give(desk, a_mail("The fog is back.\n", subject="Fog", authentic=True))
        work(desk)  # the letter about it, A-20, is a message of the clock
        sent = {ANA: "member/digest", LATER_ANA: "member/digest", BEN: "member/single"}
        yield Prepared(desk, {member: letters(desk, template, member)[-1].id for member, template in sent.items()})


@dataclass(frozen=True)
class Then:
    """What a mail came to."""

    desk: Desk
    number: int
    letters: list[Outgoing]  # that were written since

    @property
    def unclear(self) -> tuple[str, ...]:
        return entry_of(self.desk, self.number).unclear

    @property
    def told(self) -> str:
        """All that was written back, in one line."""
        return " ".join(" ".join(text_of(octets_of(self.desk, letter)) for letter in self.letters).split())


@pytest.fixture
def brought(prepared: Prepared, tmp_path: Path) -> Iterator[Callable[[Path], Then]]:
    """Deliver a file to its author's letter, at a copy of the desk, a little after it was written."""
    folder = tmp_path / "desk"
    shutil.copytree(prepared.desk.config.folder, folder)
    config = load(folder / "config.toml")
    engine = open_database(config.storage.database, config.folder)

    def bring(path: Path) -> Then:
        mail = parse(path.read_bytes())[0]
        sender = mail.author.email if mail.author else ""
        secret = prepared.letter[sender]
        is_recent = mail.date is not None and START <= mail.date < START + timedelta(days=2)
        at = (mail.date if is_recent and mail.date else START) + QUARTER
        desk = replace(prepared.desk, config=config, engine=engine, now=Clock(at))
        before = len(letters(desk))
        octets = SECRET.sub(secret.encode(), path.read_bytes())
        number = give(desk, octets, Envelope(sender, (desk.reply_address(secret),)))
        return Then(desk, number, letters(desk)[before:])

    yield bring
    engine.dispose()


# What is right for a kind


def nothing_is_decided(then: Then) -> None:
    assert {event.name for event in entry_of(then.desk, then.number).events} <= {"await yes"}
    for ref in (*LISTED, "A-20"):
        assert (state(then.desk, ref), item(then.desk, ref).votes) == ("pending", ()), ref
    with reading(then.desk.engine) as conn:
        assert {each.state for each in members.every(conn)} == {"active"}


def the_line_comes_back(then: Then) -> None:
    assert any(re.search(r"\bA-\d", line) for line in then.unclear), then.unclear


def nothing_of_it_comes_back(then: Then) -> None:
    """What stands below an introduction, or what nobody sees, is not the member's: they do not hear of it."""
    assert not any(re.search(r"\bA-\d", line) for line in then.unclear), then.unclear


def a_step_up_at_most(then: Then) -> None:
    assert received(then.desk, then.number).reason in {"letter-not-covered", "date-outside"}
    assert [letter.template for letter in then.letters] == ["member/step-up"]


def no_letter(then: Then) -> None:
    assert then.letters == []


def one_is_held(then: Then) -> None:
    """And what the program wrote is not mentioned."""
    assert {(event.ref, event.name) for event in entry_of(then.desk, then.number).events} == {("A-3", "hold")}
    assert (state(then.desk, "A-3"), then.unclear) == ("held", ())
    assert [letter.template for letter in then.letters] == ["member/transcript"]
    assert "did nothing" not in then.told


KINDS: dict[str, tuple[Callable[[Then], None], ...]] = {
    "somebody_else_wants_it": (nothing_is_decided, the_line_comes_back),
    "a_colleagues_answer_passed_on": (nothing_is_decided, nothing_of_it_comes_back),
    "nobody_sees_it": (nothing_is_decided, nothing_of_it_comes_back),
    "broken_off_and_blank_lines_doubled": (nothing_is_decided, the_line_comes_back),
    "written_to_somebody_else": (nothing_is_decided, a_step_up_at_most),
    "written_long_ago": (nothing_is_decided, a_step_up_at_most),
    "absence_without_fields": (nothing_is_decided, no_letter),
    "a_program_adds_a_line": (one_is_held,),
}
LEARNT_FROM = {  # a mail of ../shared -> its kind
    "decisions/ben-wants-to": "somebody_else_wants_it",
    "decisions/forward-of-a-colleague": "a_colleagues_answer_passed_on",
    "decisions/hidden-font-0": "nobody_sees_it",
    "decisions/negation-blank-doubled": "broken_off_and_blank_lines_doubled",
    "decisions/replay-single": "written_to_somebody_else",
    "decisions/replay-old-date": "written_long_ago",
    "decisions/vacation-no-fields": "absence_without_fields",
    "people/foot-outlook-ios": "a_program_adds_a_line",
}


def does_what_is_right(kind: str, then: Then) -> None:
    for right in KINDS[kind]:
        right(then)


@pytest.mark.parametrize("path", sorted(OWN.glob("*/*.eml")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_S17_what_was_kept_does_what_is_right_for_its_kind(path: Path, brought: Callable[[Path], Then]):
    does_what_is_right(path.parent.name, brought(path))


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/corpus/strangers is not here")
@pytest.mark.parametrize("name", LEARNT_FROM)
def test_S17_what_the_kinds_were_learnt_from_does_it_too(name: str, brought: Callable[[Path], Then]):
    does_what_is_right(LEARNT_FROM[name], brought(SHARED / f"{name}.eml"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/corpus/strangers is not here")
def test_every_shared_decision_has_a_kind():
    kept = {f"decisions/{path.stem}" for path in (SHARED / "decisions").glob("*.eml")}
    assert kept <= LEARNT_FROM.keys()


def test_every_kind_has_ten_of_its_own():
    assert KINDS.keys() == {folder.name for folder in OWN.iterdir()}
    few = {kind: found for kind in KINDS if (found := len(list((OWN / kind).glob("*.eml")))) < 10}
    assert not few
