"""Jo writes, is quoted, is written to, and asks to be forgotten: afterwards no file and no row knows Jo (I12, S92).

A rebuild from what is left agrees with the desk, and `verify` has nothing to say.
"""

from __future__ import annotations

import base64
import re
import shutil
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from build import (
    ANA,
    BEN,
    JO,
    Clock,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    keep,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    run_here,
    say,
    state,
    text_of,
)
from lived import SECOND, SECRET, TEXT, TITLE, a_lived_in_desk, in_order, plain, traces

from mailproc.config import load
from mailproc.desk.carry import deliver as delivery
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.people import members

Lived = tuple[Desk, dict[str, str]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], Clock]:
    """The desk's folder, once."""
    folder = tmp_path_factory.mktemp("lived") / "desk"
    with a_desk(folder) as desk:
        refs = a_lived_in_desk(desk)
        at = Clock(desk.now())
    return folder, refs, at


@pytest.fixture
def lived(prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lived]:
    """A copy of it for each test, and the command line at the same clock."""
    folder, refs, at = prepared
    shutil.copytree(folder, tmp_path / "desk")
    clock = Clock(at())
    monkeypatch.setattr("mailproc.cli.desk.open_desk", lambda config, **how: open_desk(config, clock, **how))
    with open_desk(load(tmp_path / "desk/config.toml"), clock) as desk:
        yield desk, refs


@pytest.fixture
def published(lived: Lived) -> Lived:
    """The same, and Jo's article is up."""
    desk, refs = lived
    give(desk, a_reply(digest_now(desk, BEN), f"approve {refs['article']}", f"Ben <{BEN}>"))
    say(desk, f"decide {BEN} 'approve {refs['article']}'")
    later(desk, hours=1)
    assert state(desk, refs["article"]) == "published"
    delivery.deliver(desk)
    return desk, refs


def forgotten(desk: Desk, *more: str) -> Any:  # noqa: ANN401 - JSON
    ran = run_here("forget", JO, "--yes", "--json", *more, config=desk.config.path)
    assert ran.status == 0, ran
    return ran.json


def test_the_search_itself_finds_what_is_encoded(tmp_path: Path):
    mail = EmailMessage()
    mail["Subject"] = "=?utf-8?b?" + base64.b64encode(JO.encode()).decode() + "?="
    mail.set_content(SECRET, cte="base64")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    assert {found.split(":")[1].strip() for found in traces(tmp_path, JO, SECRET)} == {JO, plain(SECRET)}


def test_I12_after_forget_no_file_and_no_row_knows_the_address_or_the_words(lived, tmp_path: Path):
    desk, refs = lived
    folder = desk.config.folder
    assert len(traces(folder, JO, SECRET, SECOND)) > 20
    in_order(desk, tmp_path / "before")
    report = forgotten(desk)
    left = traces(folder, JO, SECRET, SECOND, "Jo Poole", TITLE)
    assert not left, "\n".join(left)
    assert report["attachments"] == 1, "the notes; Ben sent the photo too"
    assert state(desk, refs["article"]) == "withdrawn"
    assert item(desk, refs["article"]).item.text is None
    assert item(desk, refs["ben"]).item.text == "The weather.\n"
    assert [each.attachment.name for each in item(desk, refs["ben"]).attachments] == ["quay.png"]
    assert "Is that so?" in (item(desk, refs["cleo"]).item.text or "")
    in_order(desk, tmp_path / "after")


def test_I12_what_is_published_stays_without_the_address_unless_the_operator_says_otherwise(published, tmp_path: Path):
    desk, refs = published
    folder = desk.config.folder
    report = forgotten(desk)
    assert [(each["ref"], each["fate"]) for each in report["published"]] == [(refs["article"], "keep")]
    assert traces(folder, JO, SECOND) == []
    assert item(desk, refs["article"]).item.text == TEXT
    assert item(desk, refs["article"]).item.author.name == "Jo Poole"
    in_order(desk, tmp_path / "after")


def test_I12_published_work_is_taken_down_first_where_the_operator_says_so(published, tmp_path: Path):
    desk, refs = published
    folder = desk.config.folder
    forgotten(desk, "--published", "erase")
    assert traces(folder, JO, SECRET, SECOND, "Jo Poole", TITLE) == []
    assert state(desk, refs["article"]) == "retracted"
    left = next((folder / "published/articles").rglob("index.md")).read_text(encoding="utf-8")
    assert f"{refs['article']} was taken down" in left
    in_order(desk, tmp_path / "after")


def test_a_dry_run_tells_all_of_it_and_changes_nothing(lived):
    desk, refs = lived
    before = files_of(desk.config.folder)
    ran = run_here("forget", JO, "--json", config=desk.config.path)
    assert ran.status == 0, ran
    assert files_of(desk.config.folder) == before
    dry = ran.json
    assert not dry["erased"]
    assert {each["ref"]: each["fate"] for each in dry["items"]}[refs["article"]] == "is withdrawn and erased"
    assert dry["membership"] == "invited"
    done = forgotten(desk)
    assert {k: v for k, v in done.items() if k != "erased"} == {k: v for k, v in dry.items() if k != "erased"}
    words = run_here("forget", BEN, config=desk.config.path)
    assert "Say it again with --yes" in words.out


def files_of(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file() and ".db" not in path.name]
    return {str(path): path.read_bytes() for path in paths}


def test_the_operators_own_message_holds_the_address_only_as_a_keyed_hash(lived):
    desk, _ = lived
    forgotten(desk)
    with reading(desk.engine) as conn:
        row = [each for each in rows.every(conn) if each.rule == "forget"][-1]
    told_of = entry_of(desk, row.number)
    assert re.fullmatch(r"forget keep person-[0-9a-f]{16}@erased\.invalid", told_of.commands[0])
    assert told_of.reason == "forgotten"


def test_a_member_is_forgotten_with_votes_and_all_and_the_ballot_goes_on(lived, tmp_path: Path):
    desk, refs = lived
    ran = run_here("forget", ANA, "--yes", "--json", config=desk.config.path)
    assert ran.status == 0, ran
    assert ran.json["membership"] == "active"
    assert ran.json["votes"] >= 1
    left = traces(desk.config.folder, ANA)
    assert not left, "\n".join(left)
    with reading(desk.engine) as conn:
        gone = next(each for each in members.every(conn) if each.email.endswith("@erased.invalid"))
    assert (gone.name, gone.state) == ("", "removed")
    assert [vote.member for vote in item(desk, refs["ben"]).votes] == [gone.email]
    assert item(desk, refs["article"]).item.text == TEXT
    in_order(desk, tmp_path / "after")


def test_later_mail_from_the_same_address_is_a_new_persons(lived):
    desk, refs = lived
    forgotten(desk)
    again = give(desk, a_mail("I am back.\n", authentic=True))
    assert received(desk, again).state == "processed"
    assert ref_of(desk, again) not in refs.values()
    assert letters(desk, "author/receipt-article", JO)
    assert run_here("doctor", config=desk.config.path).status in {0, 1}


def test_a_fetched_mail_that_was_erased_is_not_fetched_again(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mailproc.cli.desk.open_desk", lambda config, **how: open_desk(config, desk.now, **how))
    octets = a_mail(TEXT, authentic=True)
    number = give(desk, octets, source="imap:main/INBOX/7/42")
    forgotten(desk)
    assert keep(desk, octets, source="imap:main/INBOX/7/42") == number


def test_nobody_decides_on_what_was_erased(lived):
    desk, refs = lived
    digest = octets_of(desk, letters(desk, "member/digest", BEN)[-1])
    forgotten(desk)
    give(desk, a_reply(digest, f"approve {refs['article']}", f"Ben <{BEN}>"))
    assert state(desk, refs["article"]) == "withdrawn"
    assert letters(desk, to="jo@erased.invalid") == []
    assert not [each for each in letters(desk) if each.to.endswith("@erased.invalid") and each.state == "queued"]


def test_a_letter_to_others_that_quotes_them_and_has_not_left_is_called_back(desk: Desk, monkeypatch, tmp_path: Path):
    monkeypatch.setattr("mailproc.cli.desk.open_desk", lambda config, **how: open_desk(config, desk.now, **how))
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(TEXT, subject=TITLE, authentic=True))
    digest_now(desk, ANA)
    forgotten(desk)
    assert [each.state for each in letters(desk, "member/digest", ANA)] == ["cancelled"]
    assert delivery.deliver(desk) == {}
    in_order(desk, tmp_path / "after")


def test_I12_a_letter_to_or_about_a_namesake_is_not_theirs(desk: Desk, monkeypatch, tmp_path: Path):
    """The receipt of another Jo Poole would be called back, and nobody would tell her that her mail had come."""
    monkeypatch.setattr("mailproc.cli.desk.open_desk", lambda config, **how: open_desk(config, desk.now, **how))
    add_member(desk, ANA, "Ana")
    namesake = "jo.poole@quay.example"
    give(desk, a_mail("A gull did.\n", sender=f"Jo Poole <{namesake}>", subject="The gull", authentic=True))
    digest_now(desk, ANA)
    withdrawn = ref_of(desk, give(desk, a_mail("Nobody waited.\n", subject="Late", authentic=True)))
    receipt = octets_of(desk, letters(desk, "author/receipt-article", JO)[-1])
    give(desk, a_reply(receipt, "withdraw", f"Jo Poole <{JO}>"))
    assert state(desk, withdrawn) == "withdrawn"
    assert withdrawn in text_of(digest_now(desk, ANA))
    forgotten(desk)
    told = [(each.to, each.state) for each in letters(desk) if each.to in {namesake, ANA}]
    assert told == [(namesake, "queued"), (ANA, "queued"), (ANA, "cancelled")]
    in_order(desk, tmp_path / "after")


def test_S92_an_unknown_address_is_told_so_and_our_own_is_refused(desk: Desk):
    assert run_here("forget", "nobody@poole.example", config=desk.config.path).status == 1
    assert run_here("forget", "desk@harbour.example", "--yes", config=desk.config.path).status == 2
    assert run_here("forget", "not an address", config=desk.config.path).status == 2
