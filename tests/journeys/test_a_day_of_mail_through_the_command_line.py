"""Mails from files through the command line: kinds, texts, attachments, duplicates and receipts as expected.json says.

Each corpus is a folder of .eml with an expected.json; a key that is absent there is not asserted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from build import Ran, run_here, run_process

ROOT = Path(__file__).resolve().parents[2]
CORPORA = {"own": ROOT / "tests/corpus/smoke_own", "shared": ROOT.parent / "shared/corpus/smoke"}

Json = dict[str, Any]
Command = Callable[..., Ran]


@pytest.fixture(params=CORPORA, scope="module")
def corpus(request: pytest.FixtureRequest) -> Path:
    folder = CORPORA[request.param]
    if not folder.is_dir():
        pytest.skip(f"there is no {folder.name} corpus beside this clone")
    return folder


@pytest.fixture(scope="module")
def day(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Json:
    """Everything that the commands say after the corpus was received and worked; mails by their file's stem."""
    folder = tmp_path_factory.mktemp("day") / "desk"
    config = folder / "config.toml"
    assert run_process("init", "--yes", folder, config=config).status == 0

    def say(*words: str | Path, run: Command = run_here) -> Any:  # noqa: ANN401 - any JSON
        ran = run(*words, config=config)
        assert ran.status == 0, ran
        return json.loads(ran.out) if "--json" in words else ran.out

    files = sorted(corpus.glob("*.eml"))
    numbers = [int(line) for line in say("receive", *files, run=run_process).split()]
    assert len(set(numbers)) == len(files)
    assert say("received", "list", "--state", "received", "--json"), "receive stores only"
    say("work", run=run_process)
    rows = {row["number"]: row for row in say("received", "list", "--json")}
    return {
        "rows": {path.stem: rows[number] for path, number in zip(files, numbers, strict=True)},
        "items": {item["ref"]: say("show", item["ref"], "--json") for item in say("list", "--json")},
        "letters": say("outbox", "list", "--json"),
        "again": say("receive", *files).split(),
        "numbers": numbers,
        "folder": folder,
    }


def expected(corpus: Path) -> list[tuple[str, Json]]:
    return list(json.loads((corpus / "expected.json").read_text(encoding="utf-8")).items())


def test_every_mail_of_a_corpus_becomes_exactly_what_is_expected(corpus: Path, day: Json):
    for stem, wanted in expected(corpus):
        row = day["rows"][stem]
        opened = [day["items"][ref] for ref in row["refs"]]
        if "duplicate_of" in wanted:
            assert (row["state"], row["refs"]) == ("duplicate", []), stem
            assert row["duplicate_of"] == day["rows"][wanted["duplicate_of"]]["number"], stem
            continue
        assert row["state"] == "processed", stem
        assert row["kind"] == (wanted["kind"] if "kind" in wanted else wanted["kinds"][0]), stem
        if opened:
            assert [item["kind"] for item in opened] == wanted.get("kinds", [wanted.get("kind")]), stem
        for item in opened:
            assert_item(stem, item, wanted)


def assert_item(stem: str, item: Json, wanted: Json) -> None:
    for key in {"section", "group", "title", "text", "text_source"} & wanted.keys():
        assert item[key] == wanted[key], (stem, key)
    assert item["author"]["email"] == wanted["author"], stem
    assert item["state"] == wanted.get("state", {}).get(item["kind"], item["state"]), stem
    assert wanted.get("title_contains", "") in item["title"], stem
    assert wanted.get("text_contains", "") in (item["text"] or ""), stem
    assert wanted.get("text_lacks", "\0") not in (item["text"] or ""), stem
    if item["text"] is not None:
        assert item["text_sha256"] == hashlib.sha256(item["text"].encode()).hexdigest(), stem
    kept = [{key: found[key] for key in ("name", "sha256", "size", "state")} for found in item["attachments"]]
    if "attachments" in wanted:
        assert kept == wanted["attachments"], stem
    assert wanted.get("contains_attachment") in [*kept, None], stem


def test_exactly_the_mails_that_may_be_answered_are_answered_once(corpus: Path, day: Json):
    for stem, wanted in expected(corpus):
        row = day["rows"][stem]
        caused = [letter for letter in day["letters"] if letter["cause"] == row["number"]]
        assert len(caused) == int(wanted["acknowledged"]), (stem, caused)
        assert [letter["to"] for letter in caused] == [row["from"]] * len(caused), stem
        assert [letter["ref"] for letter in caused] == [row["ref"]] * len(caused), stem
        assert all((day["folder"] / letter["path"]).is_file() for letter in caused), stem


def test_receiving_the_same_files_again_gives_the_same_numbers(day: Json):
    assert [int(number) for number in day["again"]] == day["numbers"]


def test_the_octets_of_every_attachment_are_kept_under_their_hash(day: Json):
    kept = [found for item in day["items"].values() for found in item["attachments"] if found["state"] == "kept"]
    stored = {hashlib.sha256(path.read_bytes()).hexdigest() for path in files_in(day["folder"] / "data/attachments")}
    assert kept
    assert {found["sha256"] for found in kept} <= stored


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
