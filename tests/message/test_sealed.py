"""Mails whose words stand behind a signature or a lock, or that have none: what is read of each, and what is said."""

from __future__ import annotations

import base64
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.mime import ber
from mailproc.message.mime.armour import freed, freed_lines, is_locked
from mailproc.message.mime.ber import Cms, cms_of
from mailproc.message.model import Sight
from mailproc.message.parse import parse
from mailproc.message.text.nothing import has_words, says_nothing
from mailproc.message.text.pages import without_armour

FOLDER = Path(__file__).resolve().parents[1] / "corpus" / "sealed"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
STRANGER = Path(__file__).resolve().parents[2].parent / "shared/corpus/strangers/words/smime-opaque.eml"
SIGNED = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("06092a864886f70d010701")


def element(tag: int, *contents: bytes, indefinite: bool = False) -> bytes:
    """A BER element with its length in as few octets as may be, or without one."""
    inside = b"".join(contents)
    if indefinite:
        return bytes([tag, 0x80]) + inside + b"\0\0"
    size = len(inside).to_bytes(8, "big").lstrip(b"\0") or b"\0"
    short = len(inside) < 128
    return bytes([tag]) + (size if short else bytes([0x80 | len(size)]) + size) + inside


def signed(string: bytes, *, indefinite: bool = False) -> bytes:
    """A SignedData without signers around a string that is encoded already."""
    content = element(0x30, DATA, element(0xA0, string, indefinite=indefinite), indefinite=indefinite)
    data = element(0x30, b"\x02\x01\x01", element(0x31), content, element(0x31), indefinite=indefinite)
    return element(0x30, SIGNED, element(0xA0, data, indefinite=indefinite), indefinite=indefinite)


@pytest.mark.parametrize("name", EXPECTED)
def test_what_nobody_could_read_is_read_or_said(name):
    expected = EXPECTED[name]
    message = parse((FOLDER / f"{name}.eml").read_bytes())[0]
    assert says_nothing(message, message.attachments) == expected["nothing"]
    loose = expected.get("loose", False)
    if expected["text"] is not None:
        wanted, text = expected["text"].strip(), message.text.strip()
        assert wanted in text if loose else wanted == text
    if expected["attachments"] is not None and not loose:
        assert [[found.part, found.name] for found in message.attachments] == expected["attachments"]
    assert not any(found.name.endswith((".p7s", ".p7m")) for found in message.attachments) or message.unread


def test_every_mail_of_a_kind_is_expected_and_each_kind_has_ten_siblings():
    files = {f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.eml")}
    assert files == set(EXPECTED)
    kinds = {name.partition("/")[0] for name in EXPECTED}
    assert len(kinds) == 6
    assert all(sum(name.startswith(f"{kind}/") for name in EXPECTED) >= 10 for kind in kinds)


@pytest.mark.skipif(not STRANGER.exists(), reason="../shared/corpus is not here")
def test_a_stranger_s_opaque_mail_is_an_article_with_its_document():
    message = parse(STRANGER.read_bytes())[0]
    assert message.text.startswith("THE QUAY AT NIGHT\n\nNobody tells you")
    assert [(found.part, found.name) for found in message.attachments] == [("2", "quay.pdf")]


def test_a_signature_proves_nobody_and_changes_no_header_field():
    message = parse((FOLDER / "opaque" / "openssl-cms.eml").read_bytes())[0]
    fields = {field.name: field.value for field in message.header_fields}
    assert fields["Content-Type"].startswith("application/pkcs7-mime")
    assert message.author is not None
    assert message.author.email == "jo@poole.example"


# BER


@pytest.mark.parametrize("indefinite", [False, True])
def test_a_string_in_pieces_within_pieces_is_one_string(indefinite):
    pieces = [element(0x04, b"The "), element(0x24, element(0x04, b"quay"), indefinite=indefinite), element(0x04, b".")]
    found = cms_of(signed(element(0x24, *pieces, indefinite=indefinite), indefinite=indefinite))
    assert (found.kind, bytes(found.content or b"")) == ("signed", b"The quay.")


@pytest.mark.parametrize(
    ("octets", "kind"),
    [
        (b"", ""),
        (b"\x30\x80", ""),
        (b"\x30\x84\xff\xff\xff\xff", ""),
        (b"\x1f" * 20, ""),
        (signed(b""), "signed"),
        (signed(element(0x24, element(0x02, b"1"))), "signed"),  # a piece that is no string
        (signed(b"\x04\x80ab\0\0"), "signed"),  # X.690 §8.1.3.2: what is primitive has a length
        (signed(element(0x04, b"The quay."))[:-12], "signed"),
        (element(0x30, SIGNED), "signed"),
        (element(0x30, element(0x06, b"\x2a\x03")), ""),
    ],
)
def test_what_is_no_ber_or_is_cut_encloses_nothing(octets, kind):
    assert cms_of(octets) == Cms(kind)


def test_nesting_and_elements_are_counted(monkeypatch):
    deep = element(0x04, b"x")
    for _ in range(ber.MAX_DEPTH + 1):
        deep = element(0x24, deep, indefinite=True)
    assert cms_of(signed(deep)).content is None
    monkeypatch.setattr(ber, "MAX_ELEMENTS", 50)
    assert cms_of(signed(element(0x24, *[element(0x04, b"x")] * 30))).content == b"x" * 30
    assert cms_of(signed(element(0x24, *[element(0x04, b"x")] * 60))).content is None


@settings(max_examples=400)
@given(st.binary(max_size=300), st.integers(0, 120), st.integers(0, 120), st.booleans())
def test_no_octets_raise(noise, at, gone, indefinite):
    """A real object with noise in it, or cut: a value comes back."""
    whole = signed(element(0x24, element(0x04, b"The quay."), indefinite=indefinite), indefinite=indefinite)
    for octets in (noise, whole[:at] + noise + whole[at + gone :], SIGNED + noise):
        found = cms_of(octets)
        assert found.kind in {"", "signed", "encrypted", "compressed"}
        assert found.content is None or len(found.content) <= len(octets)


@settings(max_examples=100)
@given(st.binary(max_size=200), st.integers(0, 1000), st.integers(0, 60))
def test_a_damaged_mail_is_data(noise, at, gone):
    octets = (FOLDER / "opaque" / "triple-wrapped.eml").read_bytes()
    body = octets.index(b"\r\n\r\n") + 4
    parse(octets[: body + at] + noise + octets[body + at + gone :])


def test_what_is_enclosed_has_the_limits_of_a_mail():
    """Catalogue S52: parts are counted through the layers."""
    many = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * 700 + b"--b--\r\n"
    inner = signed(element(0x04, many))
    part = b"--o\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n" + inner + b"\r\n"
    head = b'From: Jo <jo@poole.example>\r\nContent-Type: multipart/mixed; boundary="o"\r\n\r\n'
    assert "too-many-parts" not in parse(head + part + b"--o--\r\n")[0].defects
    assert "too-many-parts" in parse(head + part * 3 + b"--o--\r\n")[0].defects


def test_a_large_file_within_a_signature_is_not_copied_many_times():
    """Catalogue S60: 24 MB in pieces cost some copies of themselves, not the parser's ten."""
    file = base64.encodebytes(b"\7" * (16 << 20))
    entity = (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nThe quay.\r\n--b\r\nContent-Type: image/png; '
        b'name="quay.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n' + file + b"\r\n--b--\r\n"
    )
    pieces = b"".join(element(0x04, entity[at : at + 4096]) for at in range(0, len(entity), 4096))
    head = b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    octets = head + base64.encodebytes(signed(element(0x24, pieces, indefinite=True), indefinite=True))
    tracemalloc.start()
    try:
        message = parse(memoryview(octets))[0]
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (message.text, message.attachments[0].size) == ("The quay.", 16 << 20)
    assert peak < 5 * len(entity)


# PGP in a text


def test_lines_keep_their_numbers_where_armour_goes():
    lines = [
        "a",
        "-----BEGIN PGP SIGNED MESSAGE-----",
        "Hash: SHA256",
        "",
        "- -- b",
        "-----BEGIN PGP SIGNATURE-----",
        "",
        "AAAA",
        "-----END PGP SIGNATURE-----",
        "c",
    ]
    assert freed_lines(lines) == [(0, "a"), (4, "-- b"), (9, "c")]
    text, sight = without_armour("\n".join(lines), Sight(contained=(0, 4), doubtful=(5, 9), unseen=(4,), signed=(9,)))
    assert text == "a\n-- b\nc"
    assert sight == Sight(contained=(0, 1), doubtful=(2,), unseen=(1,), signed=(2,))


@given(st.text(alphabet="-=ab \n", max_size=80))
def test_a_text_without_armour_stays(text):
    assert freed(text) == text
    assert not is_locked(text)


def test_a_locked_text_is_told_by_what_stands_above_it():
    armour = "-----BEGIN PGP MESSAGE-----\n\nhQGMA/YH2UAqnXVHAQwAjQSnREYEw8jw\n-----END PGP MESSAGE-----\n"
    assert is_locked(armour)
    assert is_locked(f"Dear desk,\n{armour}")
    assert not is_locked(f"Here is what a locked text looks like.\n{armour}")
    assert not is_locked("".join(f"> {line}\n" for line in armour.splitlines()))
    assert not is_locked("-----BEGIN PGP MESSAGE-----\nnever came.\n")


# Words


@pytest.mark.parametrize(
    "text", ["", " \n", "\u200b\ufeff", "\x01\x02", "\u3164\u115f", "...", "— — —", "\ufffd", "=====", "\u0301"]
)
def test_blanks_and_signs_are_no_words(text):
    assert not has_words(text)


@pytest.mark.parametrize("text", ["a", "雨", "🌊", "42", "и", "\u0301e", "म", "Ⅳ"])
def test_one_character_is_a_word(text):
    assert has_words(text)
