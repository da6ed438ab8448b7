"""Members say what is looked for: where it stands then, until when, and how it is taken back."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from build import (
    ANA,
    BEN,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    give,
    later,
    letters,
    octets_of,
    say,
    text_of,
)
from same import assert_same

from mailproc.desk.erase import forget
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import enter
from mailproc.store.database import reading
from mailproc.store.work import wanted as rows

CLEO = "cleo@sluice.example"


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """Ana and Ben decide; an article waits, so that there is a digest to answer."""
    with a_desk(tmp_path / "desk") as opened:
        add_member(opened, ANA, "Ana")
        add_member(opened, BEN, "Ben")
        give(opened, a_mail(authentic=True))
        yield opened


def says(desk: Desk, text: str, sender: str = ANA) -> str:
    """What the transcript tells a member of these lines."""
    give(desk, a_reply(digest_now(desk, sender), text, f"Somebody <{sender}>", at=desk.now()))
    later(desk)
    return " ".join(text_of(octets_of(desk, letters(desk, "member/transcript")[-1])).split())


def listed(desk: Desk) -> tuple[dict[str, object], str]:
    """The published lists as they stand."""
    folder = desk.config.storage.published
    return json.loads((folder / "wanted.json").read_text()), (folder / "wanted.md").read_text()


def guide(desk: Desk) -> str:
    """What somebody reads who asks how to help."""
    clock_of(desk).pass_(days=1)
    give(desk, a_mail("What do you need?", to="help@harbour.example", sender=f"Dee <dee{desk.now():%H%d%m}@x.example>"))
    later(desk)
    return " ".join(text_of(octets_of(desk, letters(desk, "reader/help")[-1])).split())


def test_a_free_line_stands_everywhere_until_its_day_and_then_nowhere(desk: Desk):
    told = says(desk, "wanted: a cartoonist until 25 November")
    assert "from now on we look for “a cartoonist” until 25 November 2026" in told.replace("From", "from")
    assert 'reply "unwanted: a cartoonist"' in told
    data, page = listed(desk)
    assert data["wanted"] == ["a cartoonist"]
    assert data["asked"] == [{"section": None, "words": "a cartoonist", "until": "2026-11-25"}]
    assert "* a cartoonist (until 2026-11-25)" in page
    assert "- A cartoonist, until 25 November 2026." in guide(desk)
    later(desk, days=2)  # the clock alone writes the lists anew
    assert "cartoonist" not in json.dumps(listed(desk))
    assert "cartoonist" not in guide(desk)
    assert "We also look for" not in text_of(octets_of(desk, letters(desk, "author/receipt-article")[-1]))


def test_a_section_and_a_file_may_be_wanted_and_a_receipt_says_so(desk: Desk):
    told = says(desk, "wanted section humour\nwanted photographs for North Pier\nwanted Ferry Passengers League")
    assert "contributions to our section “humour”" in told
    assert "“photographs” for our file on North Pier Society" in told
    assert "material for our file on Ferry Passengers League" in told
    data, page = listed(desk)
    groups = {each["name"]: each for each in data["groups"]}  # type: ignore[attr-defined]
    assert groups["North Pier Society"]["asked"] == [{"section": None, "words": "photographs", "until": None}]
    assert groups["Ferry Passengers League"]["state"] == "gathering"
    assert "personal experience; photographs" in page
    assert data["wanted"] == ["humour"]
    give(desk, a_mail("Another tale.", subject="The quay", sender="Kit <kit@quay.example>"))
    article = " ".join(text_of(octets_of(desk, letters(desk, "author/receipt-article")[-1])).split())
    assert "Contributions to our section “humour”." in article
    assert "photographs" not in article
    mail = a_mail(
        "Their statutes.",
        to="files@harbour.example",
        subject="For the North Pier Society file",
        sender="L <l@x.example>",
    )
    give(desk, mail)
    material = " ".join(text_of(octets_of(desk, letters(desk, "author/receipt-material")[-1])).split())
    assert "Photographs, for our file on North Pier Society." in material


def test_what_is_taken_back_is_gone_and_the_transcript_has_the_line_that_brings_it_back(desk: Desk):
    says(desk, "wanted: a cartoonist until 2027-03-01")
    told = says(desk, "unwanted: cartoonist", BEN)
    assert "we look no longer for “a cartoonist”" in told.replace("We", "we")
    assert 'reply "wanted: a cartoonist until 2027-03-01"' in told
    assert "cartoonist" not in json.dumps(listed(desk))
    says(desk, "wanted: a cartoonist until 2027-03-01", BEN)
    assert listed(desk)[0]["wanted"] == ["a cartoonist"]


def test_a_file_is_off_the_list_for_a_time_and_comes_back_by_itself(desk: Desk):
    told = says(desk, "unwanted North Pier until 25 November")
    assert "off the list of what we look for until 25 November 2026" in told
    assert "North Pier" not in json.dumps(listed(desk))
    later(desk, days=4)
    assert "North Pier" in listed(desk)[1]


def test_a_file_that_is_wanted_again_is_as_it_was(desk: Desk):
    told = says(desk, "unwanted: North Pier Society")
    assert 'reply "wanted: North Pier Society"' in told
    assert "stands on the list of what we look for again" in says(desk, "wanted: North Pier Society")
    assert "North Pier" in listed(desk)[1]
    say(desk, "group 'North Pier Society' state=complete")
    later(desk)
    assert "North Pier" not in listed(desk)[1]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("wanted: photos until 05/12", "“until 05/12” names no day to come"),
        ("wanted: photos until 1 October 2026", "“until 1 October 2026” names no day to come"),
        ("wanted: news for jo@poole.example", "so no address can stand in it"),
        ("wanted: " + "a cartoonist " * 20, "A line may have 200 characters"),
        ("unwanted: a poet", "Nobody looks for “a poet”"),
        ("wanted a cartoonist", "and what is meant behind the colon"),
    ],
)
def test_what_is_unclear_changes_nothing_and_says_why(desk: Desk, line: str, why: str):
    assert why in says(desk, line)
    assert listed(desk)[0]["wanted"] == []


def test_the_same_again_changes_nothing_and_another_day_takes_its_place(desk: Desk):
    says(desk, "wanted: a cartoonist")
    assert "already" in says(desk, "Wanted: A  cartoonist", BEN)
    told = says(desk, "gesucht: a cartoonist bis 5.12.", BEN)
    assert 'reply "wanted: a cartoonist"' in told
    assert [each["until"] for each in listed(desk)[0]["asked"]] == ["2026-12-05"]  # type: ignore[attr-defined]


def test_two_lines_that_may_be_meant_are_both_named(desk: Desk):
    says(desk, "wanted: a poet laureate\nwanted: a poet of the sea")
    assert "may be several lines: “a poet laureate”, “a poet of the sea”" in says(desk, "unwanted: a poet")
    assert len(listed(desk)[0]["wanted"]) == 2  # type: ignore[arg-type]


def test_members_see_it_in_their_list(desk: Desk):
    says(desk, "wanted: a cartoonist until March")
    give(desk, a_reply(digest_now(desk, BEN), "list", f"Ben <{BEN}>", at=desk.now()))
    text = " ".join(text_of(octets_of(desk, letters(desk, "member/list")[-1])).split())
    assert "A cartoonist, until 1 March 2027." in text
    assert "Our file on North Pier Society needs" in text


def test_a_rebuild_has_the_same_lines(desk: Desk):
    says(desk, "wanted: a cartoonist until March\nunwanted Lantern Street\nwanted humour")
    says(desk, "unwanted humour")
    assert_same(desk)


def test_whoever_is_forgotten_leaves_the_line_and_not_their_address(desk: Desk):
    says(desk, "wanted: a cartoonist until March")
    enter(desk, "operator:forget-ana", forget.command_of(desk, ANA, "keep"))
    later(desk)
    with reading(desk.engine) as conn:
        [line] = rows.every(conn)
    assert line.words == "a cartoonist"
    assert ANA not in line.member
    assert_same(desk)
