"""Whom a letter goes to where the From field is malformed: one mailbox that the envelope names too, else nobody."""

import json
from pathlib import Path

import pytest

from mailproc.message.field.writer import writer_of
from mailproc.message.model import Address, Envelope, Message
from mailproc.message.parse import parse
from mailproc.message.report import value_of

WRITERS = Path(__file__).resolve().parents[1] / "corpus" / "writers"
EXPECTED = json.loads((WRITERS / "expected.json").read_text(encoding="utf-8"))
PEOPLE = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "strangers" / "people"
needs_shared = pytest.mark.skipif(not PEOPLE.is_dir(), reason="../shared/corpus is not here")


def read(path: Path) -> tuple[Message, Envelope]:
    message = parse(path.read_bytes())[0]
    return message, Envelope(value_of(message, "return-path").strip("<>"))


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in sorted(WRITERS.glob("*.eml"))])
def test_a_malformed_field_means_one_mailbox_or_nobody(path):
    message, envelope = read(path)
    writer, expected = writer_of(message, envelope), EXPECTED[path.stem]
    assert message.author is None
    assert (writer and writer.email) == (expected and expected["email"])
    if expected and "name" in expected:
        assert writer.name == expected["name"]


def test_every_file_has_its_expected_result():
    assert {path.stem for path in WRITERS.glob("*.eml")} == EXPECTED.keys()


def test_a_plain_author_is_the_writer_whatever_the_envelope_says():
    message = parse(b"From: Kim <kim@lowe.example>\n\nx")[0]
    assert writer_of(message, Envelope("bounces@list.example")) == Address("Kim", "kim@lowe.example")


@pytest.mark.parametrize("path", [None, "", "wren@lowe.example"])
def test_without_the_envelope_a_malformed_field_means_nobody(path):
    message = parse(b"From: Lowe, Kim <kim@lowe.example>\n\nx")[0]
    assert message.answer == Address("Lowe, Kim", "kim@lowe.example")
    assert writer_of(message, Envelope(path)) is None


@needs_shared
@pytest.mark.parametrize("name", ["from-display-is-address", "from-unquoted-comma", "from-single-quotes"])
def test_strangers_are_written_to_and_believed_nothing(name):
    message, envelope = read(PEOPLE / f"{name}.eml")
    writer = writer_of(message, envelope)
    assert writer is not None
    assert (writer.email, message.author) == ("jo@poole.example", None)
