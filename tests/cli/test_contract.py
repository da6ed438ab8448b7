"""The contract of design §9: every command's exit status and the exact shapes of its JSON."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from build import ANA, BEN, JO, a_mail, make_desk

from mailproc.cli.main import main

Cli = Callable[..., Any]
Json = dict[str, Any]
MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SHA256 = re.compile(r"[0-9a-f]{64}")
PNG = ("pier.png", "image/png", b"\x89PNG\r\n\x1a\n...")

LISTED = {
    "ref": str, "refs": list, "number": int, "kind": str, "section": (str, None), "group": (str, None), "state": str,
    "settles_at": ("moment", None), "title": str, "author": dict, "authenticated": bool, "language": str,
    "received_at": "moment", "decided_at": ("moment", None), "published_at": ("moment", None), "place": (str, None),
    "motion": (str, None), "motion_since": ("moment", None), "consent_at": ("moment", None),
    "replaced_at": ("moment", None), "again_at": ("moment", None), "appeal_until": ("moment", None),
    "appealed_at": ("moment", None), "byline": (str, None), "coauthors": list, "hidden_at": ("moment", None),
    "publish_at": ("moment", None), "held_until": ("moment", None), "about": (str, None), "notes": list,
    "message_ids": list, "text_source": str, "text_sha256": "sha256",
    "attachments": list,
}  # fmt: skip
SHOWN = {**LISTED, "text": (str, None), "votes": list, "journal": list, "moves": list}
ATTACHMENT = {
    "name": str, "media_type": str, "size": int, "sha256": "sha256", "state": str, "reason": (str, None),
    "within": (str, None), "number": int, "extract": (dict, None),
}  # fmt: skip
EXTRACT = {"begins": str, "words": int, "failure": (str, None)}
VOTE = {
    "member": str, "verdict": str, "words": str, "at": "moment", "undone": bool, "because": (str, None),
    "again": ("moment", None), "barred": bool,
}  # fmt: skip
LINE = {
    "at": "moment", "actor": str, "event": str, "from": str, "to": str, "reason": str, "words": str, "number": int,
}  # fmt: skip
RECEIVED = {
    "number": int, "source": str, "state": str, "kind": (str, None), "rule": (str, None), "reason": (str, None),
    "message_id": (str, None), "subject": str, "from": (str, None), "received_at": "moment", "ref": (str, None),
    "refs": list, "duplicate_of": (int, None), "attempts": int, "error": (str, None), "size": int, "sha256": "sha256",
}  # fmt: skip
OUTGOING = {
    "id": str, "message_id": str, "template": str, "to": str, "subject": str, "state": str, "attempts": int,
    "next_try": ("moment", None), "ref": (str, None), "path": str, "created_at": "moment", "sent_at": ("moment", None),
    "reason": (str, None), "cause": int, "ambiguous_attempts": int,
}  # fmt: skip
MEMBER = {
    "email": str, "addresses": list, "name": str, "state": str, "since": "moment", "away_until": ("moment", None),
    "schedule": str, "hour": (str, None), "timezone": (str, None), "quiet": (str, None), "stand_in": (str, None),
    "silent": bool, "leaves_at": ("moment", None), "why": (str, None), "not_for": list, "topics": list,
}  # fmt: skip
GROUP = {
    "name": str, "aliases": list, "needs": list, "state": str, "since": ("moment", None), "has": list, "missing": list,
    "example": bool,
    "claimed_by": (str, None), "url": (str, None), "up_at": ("moment", None), "domains": list,
}  # fmt: skip


def assert_shape(value: Json, shape: Json) -> None:
    assert set(value) == set(shape)
    for key, kinds in shape.items():
        wanted = kinds if isinstance(kinds, tuple) else (kinds,)
        assert any(_is(value[key], each) for each in wanted), (key, value[key])


def _is(value: Any, kind: Any) -> bool:  # noqa: ANN401 - any JSON
    if kind is None:
        return value is None
    if isinstance(kind, str):
        return isinstance(value, str) and bool({"moment": MOMENT, "sha256": SHA256}[kind].fullmatch(value))
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A desk whose decisions settle at the next work."""
    return make_desk(tmp_path / "desk", **{"review.undo": "0s"})


@pytest.fixture
def put(tmp_path: Path, cli: Cli, config: Path) -> Callable[..., int]:
    """Receives a mail by file and works; its number."""

    def receive(octets: bytes) -> int:
        file = tmp_path / "mail.eml"
        file.write_bytes(octets)
        ran = cli("receive", file, "--from", JO, config=config)
        assert ran.status == 0, ran.err
        assert cli("work", config=config).status == 0
        return int(ran.out)

    return receive


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ana decides; A-2 is published, an F and a U wait; every letter is sent. Built once, copied for each test."""
    folder = tmp_path_factory.mktemp("busy")
    config = make_desk(folder / "desk", **{"review.undo": "0s"})
    (folder / "1.eml").write_bytes(a_mail(attachments=(PNG,), authentic=True))
    leaflets = a_mail("Leaflets of the North Pier Society.\n", to="files@harbour.example", subject="North Pier Society")
    (folder / "2.eml").write_bytes(leaflets)
    (folder / "3.eml").write_bytes(a_mail("Hm.\n", to="desk@harbour.example", subject="Hm", sender="kim@dock.example"))
    day = (
        ("members", "add", ANA, "--name", "Ana", "--confirmed"),
        ("receive", str(folder / "1.eml"), "--from", JO),
        ("work",),
        ("decide", "A-2 approve", "--as", ANA),
        ("work",),
        ("receive", str(folder / "2.eml"), str(folder / "3.eml"), "--from", JO),
        ("work",),
        ("deliver",),
    )
    with redirect_stdout(StringIO()):
        assert [main(["--config", str(config), *words]) for words in day] == [0] * len(day)
    return config.parent


@pytest.fixture
def busy(built: Path, tmp_path: Path) -> Path:
    """The configuration of a copy of that desk."""
    return Path(shutil.copytree(built, tmp_path / "busy")) / "config.toml"


# Shapes


def test_list_gives_every_item_by_number_in_its_shape(cli, busy):
    ran = cli("list", "--json", config=busy)
    assert (ran.status, ran.err) == (0, "")
    assert [each["kind"] for each in ran.json] == ["article", "material", "unsorted"]
    assert [each["number"] for each in ran.json] == sorted(each["number"] for each in ran.json)
    for each in ran.json:
        assert_shape(each, LISTED)
        assert set(each["author"]) == {"name", "email"}
        assert each["ref"] == each["refs"][0]
        for kept in each["attachments"]:
            assert_shape(kept, ATTACHMENT)
            if kept["extract"]:
                assert_shape(kept["extract"], EXTRACT)
    assert [each["state"] for each in ran.json] == ["published", "pending", "pending"]


def test_show_gives_one_item_with_text_votes_and_journal(cli, busy):
    ran = cli("show", "A-2", "--json", config=busy)
    assert (ran.status, ran.err) == (0, "")
    shown = ran.json
    assert_shape(shown, SHOWN)
    assert shown["text"] == "The tram was late again.\n"
    assert shown["text_source"] == "body"
    [vote] = shown["votes"]
    assert_shape(vote, VOTE)
    assert (vote["member"], vote["verdict"], vote["undone"]) == (ANA, "approve", False)
    for line in shown["journal"]:
        assert_shape(line, LINE)
    assert [line["event"] for line in shown["journal"]] == ["open", "vote", "approve", "settle", "published"]
    assert shown["author"] == {"name": "Jo Poole", "email": JO}
    assert shown["decided_at"] == shown["journal"][2]["at"]


def test_show_takes_a_reference_in_any_case(cli, busy):
    assert cli("show", "a-2", "--json", config=busy).json["ref"] == "A-2"


def test_received_list_gives_all_rows_oldest_first(cli, busy):
    ran = cli("received", "list", "--json", config=busy)
    assert (ran.status, ran.err) == (0, "")
    rows = ran.json
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    for row in rows:
        assert_shape(row, RECEIVED)
    assert rows[0]["source"].startswith("operator:")
    assert re.fullmatch(r"file:[0-9a-f]{64}", rows[1]["source"])
    assert (rows[1]["kind"], rows[1]["ref"], rows[1]["refs"], rows[1]["from"]) == ("article", "A-2", ["A-2"], JO)
    assert {row["state"] for row in rows} == {"processed"}
    assert cli("received", "list", "--state", "stuck", "--json", config=busy).json == []


def test_received_show_gives_one_row(cli, busy):
    assert_shape(cli("received", "show", "2", "--json", config=busy).json, RECEIVED)


def test_outbox_list_gives_all_letters_and_where_each_lies(cli, busy):
    ran = cli("outbox", "list", "--json", config=busy)
    assert (ran.status, ran.err) == (0, "")
    letters = ran.json
    assert letters
    for letter in letters:
        assert_shape(letter, OUTGOING)
        assert (busy.parent / letter["path"]).is_file(), "path counts from the configuration's folder"
        assert not Path(letter["path"]).is_absolute()
        assert letter["state"] == "sent"
        assert re.fullmatch(r"(member|author|applicant|reader|operator)/[a-z-]+", letter["template"])
    assert [letter["created_at"] for letter in letters] == sorted(letter["created_at"] for letter in letters)
    receipt = next(letter for letter in letters if letter["template"] == "author/receipt-article")
    assert (receipt["to"], receipt["ref"]) == (JO, "A-2")
    assert_shape(cli("outbox", "show", receipt["id"], "--json", config=busy).json, {**OUTGOING, "tries": list})


def test_members_and_groups_have_their_shapes(cli, busy):
    [ana] = cli("members", "list", "--json", config=busy).json
    assert_shape(ana, MEMBER)
    assert (ana["email"], ana["addresses"], ana["state"], ana["name"]) == (ANA, [ANA], "active", "Ana")
    groups = cli("groups", "list", "--json", config=busy).json
    assert len(groups) == 3
    for group in groups:
        assert_shape(group, GROUP)
    assert cli("groups", "show", "nps", "--json", config=busy).json["name"] == "North Pier Society"


def test_trace_tells_one_messages_whole_story(cli, busy):
    ran = cli("trace", "A-2", "--json", config=busy)
    assert (ran.status, ran.err) == (0, "")
    told = ran.json
    assert_shape(told["received"], RECEIVED)
    assert told["envelope"]["reverse_path"] == JO
    assert told["identity"] == "dmarc"
    assert [letter["template"] for letter in told["letters"]] == ["author/receipt-article"]
    assert [event["event"] for event in told["events"]] == ["open"]
    assert_shape(told["items"][0], SHOWN)
    assert cli("trace", "2", "--json", config=busy).json == told
    words = cli("trace", "A-2", config=busy).out
    for word in ("came ", "sorted ", "articles address", "pier.png", "author/receipt-article", "published"):
        assert word in words, word


def test_the_story_of_a_command_has_no_author_to_prove_and_no_empty_reason(cli, busy):
    words = cli("trace", "1", config=busy).out
    assert "sorted  command by rule invite\n" in words
    assert "not proven" not in words


def test_times_never_carry_fractions_or_zones(cli, busy):
    text = cli("list", "--json", config=busy).out + cli("outbox", "list", "--json", config=busy).out
    for found in re.findall(r'"(20\d\d-[^"]*)"', text):
        assert MOMENT.fullmatch(found), found


def test_sort_explains_and_keeps_nothing(cli, config, tmp_path):
    file = tmp_path / "one.eml"
    file.write_bytes(a_mail())
    ran = cli("sort", file, "--explain", "--json", config=config)
    assert (ran.status, ran.err) == (0, "")
    [one] = ran.json
    assert {"file", "kind", "kinds", "section", "group", "rule", "reason", "runner_up", "rules"} == set(one)
    assert (one["file"], one["kind"], one["section"], one["kinds"]) == (str(file), "article", "articles", ["article"])
    assert {rule["outcome"] for rule in one["rules"]} >= {"hit", "miss"}
    assert set(one["rules"][0]) == {"rule", "kind", "outcome", "field", "words", "reason"}
    assert "rules" not in cli("sort", file, "--json", config=config).json[0]
    words = cli("sort", file, "--explain", config=config).out
    assert "articles address" in words
    assert "runner-up" in words
    assert cli("received", "list", "--json", config=config).json == []


def test_rules_check_counts_rules_and_problems(cli, config):
    ran = cli("rules", "check", "--json", config=config)
    assert (ran.status, ran.err) == (0, "")
    assert set(ran.json) == {"rules", "problems"}
    assert ran.json["rules"] > 10
    assert ran.json["problems"] == []


def test_doctor_has_levels_and_is_well_with_warnings(cli, config):
    ran = cli("doctor", "--json", config=config)
    assert (ran.status, ran.err) == (0, "")
    assert {each["level"] for each in ran.json} <= {"ok", "warning", "trouble"}
    assert all(set(each) == {"level", "finding"} for each in ran.json)
    assert {"ok", "warning"} <= {each["level"] for each in ran.json}
    words = cli("doctor", config=config)
    assert words.status == 0
    assert "\x1b" not in words.out


# Exit statuses and what is printed


def test_an_unknown_reference_is_1_with_nothing_on_stdout(cli, busy):
    for words in (("show", "A-77"), ("show", "A-77", "--json"), ("trace", "A-77", "--json"), ("trace", "999", "--json"),
                  ("show", "nonsense"), ("received", "show", "999", "--json"), ("outbox", "show", "nope", "--json"),
                  ("groups", "show", "nobody", "--json")):  # fmt: skip
        ran = cli(*words, config=busy)
        assert (ran.status, ran.out) == (1, ""), words
        assert ran.err.startswith("mailproc: ")
        assert ran.err.count("\n") == 1
        assert words[-2 if words[-1] == "--json" else -1] in ran.err
        assert "mailproc " in ran.err.removeprefix("mailproc: "), "the cure"


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--kind", "artikle"),
        ("list", "--state", "publishd"),
        ("received", "list", "--state", "stuk"),
        ("outbox", "list", "--state", "snet"),
    ],
)
def test_a_word_that_narrows_to_nothing_known_is_wrong_use(cli, config, words):
    ran = cli(*words, config=config)
    assert (ran.status, ran.out) == (2, "")
    assert "did you mean" in ran.err


def test_receive_prints_one_number_a_line_and_stores_only(cli, config, tmp_path):
    files = [tmp_path / f"{n}.eml" for n in range(3)]
    for n, file in enumerate(files):
        file.write_bytes(a_mail(subject=str(n)))
    ran = cli("receive", *files, config=config)
    assert (ran.status, ran.out, ran.err) == (0, "1\n2\n3\n", "")
    assert cli("receive", files[1], config=config).out == "2\n"
    assert cli("list", "--json", config=config).json == []
    rows = cli("receive", *files, "--json", config=config).json
    assert [row["number"] for row in rows] == [1, 2, 3]
    for row in rows:
        assert_shape(row, RECEIVED)
    assert {row["state"] for row in rows} == {"received"}


@pytest.mark.parametrize("octets", [b"", b"\x00\xff" * 100, b"From: \xff\xfe\nContent-Type: multipart/mixed\n\nx"])
def test_a_broken_mail_is_received_all_the_same(cli, config, tmp_path, octets):
    file = tmp_path / "broken.eml"
    file.write_bytes(octets)
    assert cli("receive", file, config=config).out == "1\n"
    assert cli("work", config=config).status == 0
    [row] = cli("received", "list", "--json", config=config).json
    assert row["state"] == "processed"


def test_where_one_file_cannot_be_read_nothing_is_received(cli, config, tmp_path):
    good = tmp_path / "good.eml"
    good.write_bytes(a_mail())
    ran = cli("receive", good, tmp_path / "absent.eml", config=config)
    assert (ran.status, ran.out) == (2, "")
    assert "absent.eml" in ran.err
    assert ran.err.count("\n") == 1
    assert cli("received", "list", "--json", config=config).json == []


def test_receive_takes_the_envelope_it_is_given(cli, config, tmp_path):
    file = tmp_path / "one.eml"
    file.write_bytes(a_mail(to="somebody@else.example"))
    cli("receive", file, "--from", "x@quay.example", "--to", "join@harbour.example", config=config)
    cli("work", config=config)
    told = cli("trace", "1", "--json", config=config).json
    assert told["envelope"] == {"reverse_path": "x@quay.example", "forward_paths": ["join@harbour.example"]}
    assert told["received"]["kind"] == "membership"


def test_decide_is_done_when_it_returns_and_prints_the_transcript(cli, busy):
    ran = cli("decide", "F-5 reject: no sources", "--as", ANA, config=busy)
    assert ran.status in {0, 1}
    ref = cli("list", "--kind", "material", "--json", config=busy).json[0]["ref"]
    ran = cli("decide", f"{ref} reject: no sources", "--as", ANA, config=busy)
    assert (ran.status, ran.err) == (0, "")
    assert "rejected" in ran.out
    assert "no sources" in ran.out
    assert cli("show", ref, "--json", config=busy).json["state"] == "rejected"


@pytest.mark.parametrize("words", ["A-77 approve", "A-2 approve", "A-2 aprove", "what is this", "A-2 approve?"])
def test_decide_is_1_if_a_line_was_not_done(cli, busy, words):
    ran = cli("decide", words, "--as", ANA, config=busy)
    assert ran.status == 1
    assert ran.out.strip(), "the transcript says why"


def test_decide_for_nobody_known_is_1_and_receives_nothing(cli, busy):
    before = len(cli("received", "list", "--json", config=busy).json)
    ran = cli("decide", "A-2 approve", "--as", "nobody@x.example", config=busy)
    assert (ran.status, ran.out) == (1, "")
    assert ran.err == "mailproc: nobody@x.example: not a member; `mailproc members list` shows who is\n"
    assert len(cli("received", "list", "--json", config=busy).json) == before


def test_decide_of_a_question_alone_prints_the_answer(cli, busy):
    ran = cli("decide", "show A-2", "--as", ANA, config=busy)
    assert ran.status == 0
    assert "The tram was late again." in ran.out


def test_digest_now_queues_one_for_each_with_something_waiting(cli, busy):
    cli("members", "add", BEN, "--name", "Ben", "--confirmed", config=busy)
    ran = cli("digest", "--now", config=busy)
    assert ran.status == 0
    assert sorted(line.partition(":")[0] for line in ran.out.splitlines()) == [ANA, BEN]
    ran = cli("digest", "--now", "--to", BEN, config=busy)
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == [BEN]
    queued = cli("outbox", "list", "--state", "queued", "--json", config=busy).json
    assert [letter["template"] for letter in queued].count("member/digest") == 3


def test_digest_dry_run_prints_it_and_queues_nothing(cli, busy):
    before = cli("received", "list", "--json", config=busy).json, cli("outbox", "list", "--json", config=busy).json
    ran = cli("digest", "--dry-run", config=busy)
    assert ran.status == 0
    assert "North Pier Society" in ran.out
    after = cli("received", "list", "--json", config=busy).json, cli("outbox", "list", "--json", config=busy).json
    assert after == before


def test_digest_alone_is_wrong_use_and_for_nobody_known_is_1(cli, busy):
    assert cli("digest", config=busy).status == 2
    assert cli("digest", "--now", "--to", "nobody@x.example", config=busy).status == 1


def test_digest_with_nothing_waiting_is_done(cli, config):
    cli("members", "add", ANA, "--confirmed", config=config)
    ran = cli("digest", "--now", config=config)
    assert (ran.status, ran.out) == (0, "")


def test_members_are_invited_changed_suspended_and_removed(cli, config):
    def states() -> dict[str, str]:
        return {each["email"]: each["state"] for each in cli("members", "list", "--json", config=config).json}

    assert cli("members", "add", ANA, "--name", "Ana", config=config).status == 0
    assert states() == {ANA: "invited"}
    [letter] = cli("outbox", "list", "--json", config=config).json
    assert (letter["template"], letter["to"]) == ("member/invitation", ANA)
    cli("members", "add", BEN, "--confirmed", config=config)
    assert states() == {ANA: "invited", BEN: "active"}
    assert cli("members", "suspend", BEN, config=config).status == 0
    assert states()[BEN] == "suspended"
    assert cli("members", "remove", BEN, config=config).status == 0
    assert states()[BEN] == "removed"
    assert cli("members", "change", ANA, "--name", "Ana B.", "--address", "ana@x.example", config=config).status == 0
    ana = cli("members", "list", "--json", config=config).json[0]
    assert (ana["name"], ana["addresses"]) == ("Ana B.", [ANA, "ana@x.example"])
    assert ANA in cli("members", "list", config=config).out


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("add", "no-address"), 2), (("add",), 2), (("change", ANA), 2), (("add", ANA), 1), (("suspend", BEN), 1),
        (("remove", "who@x.example"), 1), (("change", ANA, "--address", "x"), 2), (("nonsense",), 2), ((), 2),
    ],
)  # fmt: skip
def test_members_wrongly_used_changes_nothing(cli, config, words, status):
    cli("members", "add", ANA, "--confirmed", config=config)
    before = cli("members", "list", "--json", config=config).json
    ran = cli("members", *words, config=config)
    assert (ran.status, ran.out) == (status, ""), ran.err
    assert ran.err
    assert cli("members", "list", "--json", config=config).json == before


def test_groups_are_added_changed_and_shown(cli, config):
    assert cli("groups", "add", "Quay Trust", "--alias", "QT", "--need", "a photo", config=config).status == 0
    assert cli("groups", "show", "qt", "--json", config=config).json == {
        "name": "Quay Trust", "aliases": ["QT"], "needs": ["a photo"], "state": "wanted", "since": None,
        "has": [], "missing": ["a-photo"],
        "example": False, "pieces": [], "waiting": [], "claimed_by": None, "url": None, "up_at": None,
        "domains": [],
    }  # fmt: skip
    assert cli("groups", "change", "QT", "--state", "complete", "--domain", "QT.example", config=config).status == 0
    assert cli("groups", "show", "qt", "--json", config=config).json["domains"] == ["qt.example"]
    assert "is no domain" in cli("groups", "change", "QT", "--domain", "qt", config=config).err
    assert cli("groups", "show", "Quay Trust", "--json", config=config).json["state"] == "complete"
    assert cli("groups", "add", "quay trust", config=config).status == 1
    assert cli("groups", "change", "QT", "--state", "nonsense", config=config).status == 2
    assert cli("groups", "add", config=config).status == 2


def test_all_letters_of_a_state_are_tried_again_with_one_command(cli, config):
    for email in (ANA, "ben@gangway.example"):
        cli("members", "add", email, config=config)
    for letter in cli("outbox", "list", "--json", config=config).json:
        assert cli("outbox", "cancel", letter["id"], config=config).status == 0
    assert cli("outbox", "retry", config=config).status == 2
    ran = cli("outbox", "retry", "--state", "cancelled", config=config)
    assert (ran.status, ran.err) == (0, "2 of 2 letters wait again; `mailproc deliver` sends them.\n")
    assert {each["state"] for each in cli("outbox", "list", "--json", config=config).json} == {"queued"}
    assert cli("deliver", config=config).status == 0
    assert cli("outbox", "retry", "--state", "sent", config=config).status == 1


def test_a_letter_is_called_back_and_tried_again(cli, config):
    cli("members", "add", ANA, config=config)
    [letter] = cli("outbox", "list", "--json", config=config).json
    assert cli("outbox", "cancel", letter["id"], config=config).status == 0
    assert cli("outbox", "list", "--json", config=config).json[0]["state"] == "cancelled"
    assert cli("deliver", config=config).status == 0
    assert cli("outbox", "cancel", letter["id"], config=config).status == 1
    assert cli("outbox", "retry", letter["id"], config=config).status == 0
    assert cli("deliver", config=config).status == 0
    sent = cli("outbox", "list", "--json", config=config).json[0]
    assert sent["state"] == "sent"
    for deed in ("cancel", "retry"):
        ran = cli("outbox", deed, letter["id"], config=config)
        assert (ran.status, ran.out) == (1, "")
        assert "sent" in ran.err
    assert "would you join us" in cli("outbox", "show", letter["id"], config=config).out


def test_received_retry_is_for_what_is_stuck(cli, busy):
    ran = cli("received", "retry", "2", config=busy)
    assert (ran.status, ran.out) == (1, "")
    assert "not stuck" in ran.err
    ran = cli("received", "retry", config=busy)
    assert (ran.status, ran.out) == (0, ""), "without a number all that are stuck, and there are none"
    assert ran.err.startswith("0 messages")


def test_without_an_intake_poll_does_nothing_and_is_done(cli, config):
    ran = cli("poll", config=config)
    assert (ran.status, ran.out, ran.err) == (0, "", "")
    assert cli("poll", "--json", config=config).json == []


def test_run_once_does_one_round(cli, config, tmp_path):
    file = tmp_path / "one.eml"
    file.write_bytes(a_mail())
    cli("receive", file, "--from", JO, config=config)
    assert cli("run", "--once", config=config).status == 0
    assert cli("show", "A-1", "--json", config=config).json["state"] == "pending"
    assert {letter["state"] for letter in cli("outbox", "list", "--json", config=config).json} == {"sent"}


def test_work_and_deliver_say_in_json_what_they_did(cli, config, tmp_path):
    file = tmp_path / "one.eml"
    file.write_bytes(a_mail())
    cli("receive", file, "--from", JO, config=config)
    assert cli("work", "--json", config=config).json == {"processed": 1, "stuck": []}
    assert cli("deliver", "--json", config=config).json == {"sent": 1}


def test_an_unclear_reply_is_no_trouble_of_work(cli, busy, tmp_path):
    file = tmp_path / "unclear.eml"
    file.write_bytes(a_mail("A-2 approve, maybe?\n", sender=ANA, to="desk@harbour.example", authentic=True))
    cli("receive", file, config=busy)
    assert cli("work", config=busy).status == 0


# Where the configuration is


def test_the_configuration_is_the_one_named_else_of_the_environment_else_here(cli, tmp_path, monkeypatch):
    paths = {name: make_desk(tmp_path / name, **{"desk.name": name.title()}) for name in ("named", "outside", "here")}

    def name_of(*words: str) -> str:
        return str(cli(*words, "doctor", "--json").json[0]["finding"])

    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.delenv("MAILPROC_CONFIG", raising=False)
    assert "Here" in name_of()
    monkeypatch.setenv("MAILPROC_CONFIG", str(paths["outside"]))
    assert "Outside" in name_of()
    assert "Named" in name_of("--config", str(paths["named"]))


def test_relative_paths_count_from_the_configurations_folder(cli, tmp_path, monkeypatch):
    make_desk(tmp_path / "desk")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "one.eml"
    file.write_bytes(a_mail())
    assert cli("--config", "desk/config.toml", "receive", "one.eml").status == 0
    assert (tmp_path / "desk" / "data" / "archive" / "000" / "000001.eml").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "one.eml"]


def test_init_writes_a_desk_that_works_and_refuses_a_folder_that_holds_anything(cli, tmp_path):
    folder = tmp_path / "mydesk"
    ran = cli("init", folder, "--yes")
    assert ran.status == 0
    assert (folder / "config.toml").exists()
    assert cli("doctor", config=folder / "config.toml").status == 0
    before = sorted(path.name for path in folder.iterdir())
    ran = cli("init", folder, "--yes")
    assert (ran.status, ran.out) == (2, "")
    assert sorted(path.name for path in folder.iterdir()) == before


# For people


def test_tables_in_a_pipe_are_not_folded(process, busy):
    ran = process("outbox", "list", config=busy, COLUMNS="40")
    ids = {letter["id"] for letter in json.loads(process("outbox", "list", "--json", config=busy).out)}
    assert ran.status == 0
    assert len(ran.out.splitlines()) == len(ids) + 1
    assert {line.split()[0] for line in ran.out.splitlines()[1:]} == ids
    assert "\x1b" not in ran.out


def test_the_waiting_ones_come_first_for_people(cli, busy):
    lines = cli("list", config=busy).out.splitlines()
    assert [line.split()[0][0] for line in lines[1:]] == ["F", "U", "A"]


def test_control_characters_of_a_mail_do_not_reach_the_terminal(cli, config, put):
    number = put(a_mail("\x1b[31mred\x07\n", subject="=?utf-8?q?=1b[2Jx?="))
    for words in (
        ("list",),
        ("show", f"U-{number}"),
        ("show", f"A-{number}"),
        ("trace", str(number)),
        ("received", "list"),
    ):
        ran = cli(*words, config=config)
        assert "\x1b" not in ran.out + ran.err, words
        assert "\x07" not in ran.out


def test_the_reader_of_our_output_may_leave(process, busy):
    """`mailproc list | head -0`: no traceback."""
    program = (
        "import os, sys\n"
        "read, write = os.pipe(); os.close(read); os.dup2(write, 1)\n"
        "from mailproc.cli.main import main\n"
        "sys.exit(main())\n"
    )
    for words in (("list", "--json"), ("received", "list")):
        ran = process(*words, config=busy, program=program)
        assert ran.status == 1
        assert "Traceback" not in ran.err
        assert "Exception" not in ran.err


def test_the_program_runs_as_a_process_of_its_own(process, config):
    assert process("list", "--json", config=config).json == []
    assert process("show", "A-1", config=config).status == 1
    assert process("nonsense", config=config).status == 2
    assert os.environ.get("MAILPROC_CONFIG") is None


def test_doctor_tells_that_the_fallback_is_no_member(cli, tmp_path):
    config = make_desk(tmp_path / "desk", **{"review.fallback": "zed@elsewhere.example"})
    said = [each["finding"] for each in cli("doctor", "--json", config=config).json]
    assert "review.fallback: zed@elsewhere.example is no member who decides now, so the operator hears instead" in said
    assert cli("members", "add", "zed@elsewhere.example", "--confirmed", config=config).status == 0
    said = [each["finding"] for each in cli("doctor", "--json", config=config).json]
    assert not any("review.fallback" in each for each in said)
    assert "one member decides" in said


def test_members_list_says_what_each_wishes(cli, config):
    for email, name in (("ana@harbour.example", "Ana"), ("ben@gangway.example", "Ben")):
        assert cli("members", "add", email, "--name", name, "--confirmed", config=config).status == 0
    assert cli("decide", "at once", "--as", "ben@gangway.example", config=config).status == 0
    assert cli("decide", "quiet 22:00-07:00", "--as", "ben@gangway.example", config=config).status == 0
    assert cli("decide", "stand-in Ben", "--as", "ana@harbour.example", config=config).status == 0
    listed = cli("members", "list", config=config).out
    assert "Ana (stand-in ben@gangway.example)" in listed
    assert "Ben (at once, quiet 22:00-07:00)" in listed
