"""What the operator reads of people: `members show`, and the reasons that members named, counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from build import ANA, BEN, a_desk, a_mail, add_member, clock_of, give, later, received, run_here, say

KIM = "kim@reyes.example"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A desk where Kim sent an article that was rejected with a named reason, and asked to join."""
    with a_desk(tmp_path / "desk") as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        sender = f"Kim Reyes <{KIM}>"
        ref = received(desk, give(desk, a_mail(sender=sender, authentic=True))).refs[0]
        say(desk, f"decide {ANA} '{ref} reject off topic'")
        later(desk, minutes=16)
        mail = a_mail("May I join?\n", sender=sender, to="join@harbour.example", authentic=True, at=clock_of(desk)())
        give(desk, mail)
        say(desk, f"suspend {BEN} 'Not heard of since May.'")
    return tmp_path / "desk" / "config.toml"


def test_an_operator_reads_what_is_known_of_somebody(config: Path):
    ran = run_here("members", "show", KIM, config=config)
    assert ran.status == 0, ran.err
    assert "asked to join on 22 November 2026 (M-" in ran.out
    assert "has sent an article, not published" in ran.out
    told = json.loads(run_here("members", "show", KIM, "--json", config=config).out)
    assert told["member"] is None
    assert [each["state"] for each in told["requests"]] == ["awaiting_agreement"]
    assert told["sent"] == [{"kind": "article", "count": 1, "up": 0}]


def test_a_members_life_is_in_it(config: Path):
    ran = run_here("members", "show", BEN, config=config)
    assert "was suspended on 22 November 2026" in ran.out
    assert f"{BEN}: suspended since" in ran.out


def test_somebody_of_whom_nothing_is_known_is_an_error(config: Path):
    ran = run_here("members", "show", "nobody@else.example", config=config)
    assert (ran.status, "nobody of this address" in ran.err) == (1, True)


def test_named_reasons_are_counted_kind_by_kind(config: Path):
    assert run_here("reasons", config=config).out.split() == ["article", "offtopic", "1"]
    assert json.loads(run_here("reasons", "--json", config=config).out) == [
        {"kind": "article", "reason": "offtopic", "votes": 1}
    ]
    assert run_here("reasons", "--since", "2027-01-01", config=config).out == ""
    assert run_here("reasons", "--since", "May", config=config).status == 2
