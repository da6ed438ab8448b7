"""A line that waits for somebody's digest names who left; when that person is forgotten, it names a pseudonym."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from build import ANA, BEN, CLEO, a_desk, a_mail, a_reply, add_member, digest_now, give, later, say, text_of
from lived import traces
from same import all_of, rebuilt

from mailproc.desk.erase import forget
from mailproc.desk.ground.wire import Desk

NAME = "Benedikt Grote"


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path / "desk") as desk:
        for email, name in ((ANA, "Ana"), (BEN, NAME), (CLEO, "Cleo")):
            add_member(desk, email, name)
        say(desk, f"decide {ANA} 'stand-in {BEN}'")
        yield desk


def forget_ben(desk: Desk) -> None:
    say(desk, forget.command_of(desk, BEN, "keep"))


def assert_nothing_names_ben(desk: Desk) -> None:
    assert traces(desk.config.folder, BEN, NAME) == []
    with rebuilt(desk) as (again, _):
        assert all_of(again)["notices"] == all_of(desk)["notices"]
    give(desk, a_mail(authentic=True))
    assert NAME not in text_of(digest_now(desk, ANA))


def test_I12_a_stand_in_who_was_removed_is_named_no_more(three: Desk):
    say(three, f"remove {BEN}")
    forget_ben(three)
    assert_nothing_names_ben(three)


def test_I12_whoever_has_left_is_named_no_more(three: Desk):
    give(three, a_mail(authentic=True))
    give(three, a_reply(digest_now(three, BEN), "resign", f"{NAME} <{BEN}>", at=three.now()))
    later(three, days=3)
    assert "notice/left" in repr(all_of(three)["notices"])
    forget_ben(three)
    assert_nothing_names_ben(three)
