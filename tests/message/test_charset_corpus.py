"""What mails say of their characters, and what is read: a folder for each kind of fault, and one of right labels."""

import json
from pathlib import Path

import pytest

from mailproc.message.parse import parse

FOLDER = Path(__file__).resolve().parents[1] / "corpus" / "charset"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
WORDS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "strangers" / "words"
STRANGERS = [
    path for path in sorted(WORDS.glob("*.eml")) if path.stem == "iso2022jp-no-charset" or "-says-" in path.stem
]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mail_is_read_as_it_was_written_and_a_guess_is_said(name):
    expected = EXPECTED[name]
    message = parse((FOLDER / f"{name}.eml").read_bytes())[0]
    assert message.text.rstrip("\n") == expected["text"].rstrip("\n")
    assert message.guessed == expected["guessed"]
    assert message.subject == expected.get("subject", message.subject)
    assert [found.name for found in message.attachments] == expected.get("names", [])


def test_every_mail_of_a_kind_is_expected_and_each_kind_has_ten_siblings():
    files = {f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.eml")}
    assert files == set(EXPECTED)
    kinds = {name.partition("/")[0] for name in EXPECTED}
    assert all(sum(name.startswith(f"{kind}/") for name in EXPECTED) >= 10 for kind in kinds)


@pytest.mark.skipif(not STRANGERS, reason="../shared/corpus is not here")
@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in STRANGERS])
def test_strangers_mails_are_readable_and_the_guess_is_said(path):
    message = parse(path.read_bytes())[0]
    assert message.guessed == ("ISO-2022-JP" if "jp" in path.stem else "UTF-8")
    assert message.text.strip()
    assert "\ufffd" not in message.text
    assert not any("\x80" <= character < "\xa0" for character in message.text)
