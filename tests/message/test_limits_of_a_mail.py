"""What a mail may cost before anybody reads it, and that hollowing a mail changes nothing that is read of it."""

from __future__ import annotations

import base64
import email
import hashlib
import quopri
import random
from email.message import Message as Part
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailproc.message.field.address import MAX_ADDRESSES, addresses
from mailproc.message.field.header import RAW_LIMIT, decode_words
from mailproc.message.mime import body, skeleton
from mailproc.message.mime.body import Body
from mailproc.message.mime.limits import MAX_FIELD_BYTES, MAX_PARAMETERS, UNREADABLE, within_limits
from mailproc.message.mime.skeleton import hollow
from mailproc.message.parse import parse

HEAD = b"From: Jo <jo@poole.example>\r\nSubject: The tram\r\nMIME-Version: 1.0\r\n"
OWN = sorted((Path(__file__).resolve().parents[1] / "corpus").rglob("*.eml"))
OTHERS = sorted((Path(__file__).resolve().parents[2].parent / "shared" / "corpus").rglob("*.eml"))


def hollowed(raw: bytes) -> skeleton.Hollow:
    return hollow(raw, hashlib.sha256(raw).hexdigest())


def shape(part: Part) -> object:
    """Headers and structure, without any leaf's octets."""
    inside = part.get_payload()
    return part.items(), [shape(each) for each in inside] if isinstance(inside, list) else None


def leaves_of(part: Part) -> list[Part]:
    inside = part.get_payload()
    return [leaf for each in inside for leaf in leaves_of(each)] if isinstance(inside, list) else [part]


def reads_the_same(raw: bytes) -> int:
    """The mail and its hollow have one structure and the same octets; how many runs were taken out."""
    small = hollowed(raw)
    whole, top = email.message_from_bytes(raw), email.message_from_bytes(small.octets)
    assert shape(top) == shape(whole)
    for hollow_leaf, leaf in zip(leaves_of(top), leaves_of(whole), strict=True):
        assert Body(hollow_leaf, small).read() == leaf.get_payload(decode=True)
    return len(small.runs)


@pytest.fixture
def tiny(monkeypatch):
    """Runs of 40 octets are taken out, and every part is decoded in pieces."""
    monkeypatch.setattr(skeleton, "MIN_RUN_BYTES", 40)
    monkeypatch.setattr(skeleton, "PIECE_BYTES", 16)
    monkeypatch.setattr(body, "SHORT_BYTES", 0)


def plain_transfer(raw: bytes) -> bool:
    """No base64 or uuencode that is broken: there the standard library and we may guess differently."""
    for part in email.message_from_bytes(raw).walk():
        part.get_payload(decode=True)
        encoding = str(part.get("content-transfer-encoding", "")).lower()
        if part.defects or encoding not in {"", "7bit", "8bit", "binary", "base64", "quoted-printable"}:
            return False
    return True


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in OWN])
@pytest.mark.usefixtures("tiny")
def test_every_mail_of_ours_reads_the_same_hollow(path):
    raw = path.read_bytes()
    readable = not path.stem.startswith("section-number-of-5000-digits")  # by the standard library
    if readable and plain_transfer(raw):
        reads_the_same(raw)


@pytest.mark.skipif(not OTHERS, reason="../shared/corpus is not here")
@pytest.mark.usefixtures("tiny")
def test_every_mail_of_the_corpus_reads_the_same_hollow():
    runs = [reads_the_same(path.read_bytes()) for path in OTHERS if plain_transfer(path.read_bytes())]
    assert len(runs) > 100
    assert sum(runs) > 500


LINES = [
    b"--b",
    b"--b--",
    b"--bb",
    b"--",
    b"",
    b"words and more words that fill a line",
    b"X: y",
    b" folded",
    b"From Jo",
]
LINES += [
    b"Content-Type: multipart/mixed; boundary=bb",
    b"Content-Type: multipart/digest; boundary=b",
    b"nothing: but words",
]
LINES += [
    b"Content-Type: text/plain",
    b"Content-Type: message/rfc822",
    b"Content-Type: message/delivery-status",
    b"a=\t",
]
LINES += [b"Content-Transfer-Encoding: quoted-printable", b"Content-Type: multipart/x; boundary*0=b; boundary*1=b"]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=60), st.sampled_from([b"\r\n", b"\n", b"\r"]), st.booleans())
def test_any_structure_reads_the_same_hollow(lines, line_end, ended):
    raw = b"Content-Type: multipart/mixed; boundary=b" + line_end * 2 + line_end.join(lines) + line_end * ended
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(skeleton, "MIN_RUN_BYTES", 20)
        patch.setattr(skeleton, "PIECE_BYTES", 7)
        patch.setattr(body, "SHORT_BYTES", 0)
        reads_the_same(raw)


def test_a_mail_that_quotes_a_hollow_one_is_not_taken_for_one():
    small = hollowed(HEAD + b"\r\n" + b"words\r\n" * 5000)
    assert len(small.runs) == 1
    raw = HEAD + b"\r\n" + small.octets + b"words\r\n" * 5000
    assert Body(email.message_from_bytes(hollowed(raw).octets), hollowed(raw)).read() == raw[len(HEAD) + 2 :]


def test_dashes_of_a_text_do_not_keep_a_large_attachment_in_memory():
    dump = b"-- a comment of the database's\r\nINSERT INTO x VALUES (1, 2, 3);\r\n" * 20_000
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=----=_b\r\n\r\n------=_b\r\n\r\nHere.\r\n------=_b\r\n"
    raw += b"Content-Disposition: attachment; filename=dump.sql\r\n\r\n" + dump + b"------=_b--\r\n"
    assert len(hollowed(raw).octets) < 10_000
    assert parse(raw)[1]["2"].read() == dump.removesuffix(b"\r\n")


# Transfer-decoding in pieces


def pieces_of(octets: bytes, size: int) -> list[bytes]:
    return [octets[at : at + size] for at in range(0, len(octets), size)]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(1, 40), st.integers(1, 80), st.sampled_from([b"\r\n", b"\n", b" ", b"-"]))
def test_base64_in_pieces_is_base64(octets, size, width, between):
    encoded = between.join(pieces_of(base64.b64encode(octets), width))
    assert b"".join(body.from_base64(iter(pieces_of(encoded, size)))) == octets


@pytest.mark.parametrize(
    ("encoded", "octets"),
    [
        (b"QUJD=QUJD", b"ABCABC"),  # padding that pads nothing
        (b"QUI=QUJD", b"AB"),  # padding ends it, as in the standard library
        (b"QUJDQ", b"ABC"),  # a letter too many
        (b"QUI", b"AB"),  # padding forgotten
        (b"====QUJD", b"ABC"),
        (b"", b""),
    ],
)
def test_broken_base64_gives_what_can_be_read(encoded, octets):
    for size in range(1, 10):
        assert b"".join(body.from_base64(iter(pieces_of(encoded, size)))) == octets


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([b"=", b"41", b"=41", b"\r\n", b"\n", b"=\r\n", b"=\n", b"a", b" ", b"\t"])),
    st.integers(4, 40),
)
@example([b"=41", b"=", b"=", b"=", b"="], 6)
def test_quoted_printable_in_pieces_is_quoted_printable(tokens, size):
    encoded = b"".join(tokens).replace(b"=\r", b"=\r\n")
    assert b"".join(body.from_quoted_printable(iter(pieces_of(encoded, size)))) == quopri.decodestring(encoded)


# The header


def test_S53_a_header_of_ten_megabytes_is_cut_before_the_parser_and_cannot_be_read():
    found = parse(HEAD + b"X-A: y\r\n" + b" zzzz\r\n" * 1_500_000 + b"\r\nbody")[0]
    assert "header-too-long" in found.defects
    assert "header-too-long" in UNREADABLE
    assert sum(len(field.value) for field in found.header_fields) < 1 << 20


def test_S53_the_header_sections_of_parts_count_as_well():
    part = b"--b\r\n" + b"X: y\r\n" * 1_000_000 + b"\r\nwords\r\n"
    found, _ = parse(HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part + b"--b--\r\n")
    assert "header-too-long" in found.defects


def test_S54_of_a_hundred_thousand_header_fields_a_thousand_are_read():
    found = parse(HEAD + b"X: y\r\n" * 100_000 + b"\r\nbody")[0]
    assert "too-many-header-fields" in found.defects
    assert "too-many-header-fields" in UNREADABLE
    assert len(found.header_fields) == 1000


def test_a_header_field_longer_than_256_kib_is_cut_and_the_next_is_read():
    raw = b"X-A: " + b"yyyy " * 100_000 + b"\r\n" + HEAD + b"\r\nbody\r\n"
    found = parse(raw)[0]
    assert "header-field-too-long" in found.defects
    assert max(len(field.value) for field in found.header_fields) <= MAX_FIELD_BYTES
    assert (found.subject, found.text) == ("The tram", "body\n")


def test_S55_of_eighty_thousand_addresses_a_thousand_are_used():
    to = b", ".join(b"a%d@b.example" % n for n in range(60_000))
    found = parse(HEAD + b"To: " + to + b"\r\n\r\nbody")[0]
    assert len(found.to) <= MAX_ADDRESSES
    assert len(addresses(to.decode())) <= MAX_ADDRESSES


def test_S56_of_five_megabytes_of_references_the_last_fifty_count():
    ids = b"\r\n ".join(b"<%d@a.example>" % n for n in range(40_000))
    found = parse(HEAD + b"References: " + ids + b"\r\n\r\nbody")[0]
    assert len(found.references) <= 50
    short = parse(HEAD + b"References: " + ids[-30_000:].partition(b"\r\n ")[2] + b"\r\n\r\nbody")[0]
    assert short.references == tuple(f"{n}@a.example" for n in range(39_950, 40_000))


def test_S57_of_a_subject_of_encoded_words_four_kilobytes_are_decoded():
    words = "=?utf-8?q?a?= " * 100_000
    assert len(decode_words(words)) <= RAW_LIMIT
    found = parse(b"From: a@b.example\r\nSubject: " + words.encode() + b"\r\n\r\nbody")[0]
    assert set(found.subject) <= set("a=?utf-8q ")
    assert len(found.subject) <= 200


@pytest.mark.parametrize(
    "value", ["(" * 20_000, '"' * 50_000, "a:;" * 70_000, "<" * 50_000, "(a" * 20_000 + ")" * 20_000]
)
@pytest.mark.parametrize("name", [b"From", b"To", b"Reply-To", b"Sender"])
def test_S58_no_shape_of_an_address_field_hangs_or_raises(name, value):
    found = parse(name + b": " + value.encode() + b"\r\nSubject: x\r\n\r\nbody")[0]
    assert found.author is None
    assert found.subject == "x"


@pytest.mark.parametrize(
    "parameters",
    [
        b"".join(b"; a%d=x" % n for n in range(20_000)),
        b"".join(b"; name*%d=x" % n for n in range(20_000)),
        b"; " * 20_000,
        b'; name="' + b";" * 20_000 + b'"',
    ],
)
@pytest.mark.parametrize("field", [b"Content-Type: text/plain", b"Content-Disposition: inline"])
def test_S59_a_hundred_parameters_are_read_and_the_mail_too(field, parameters):
    raw = HEAD + field + parameters + b"\r\nX-Next: here\r\n\r\nbody\r\n"
    octets, cut = within_limits(raw)
    assert "content-field-too-long" in cut
    assert octets.count(b";") <= MAX_PARAMETERS
    found = parse(raw)[0]
    assert (found.text, found.subject) == ("body\n", "The tram")
    assert "here" in [each.value for each in found.header_fields]


def test_a_name_with_semicolons_is_not_cut():
    raw = HEAD + b'Content-Type: text/plain; name="' + b"a;" * 90 + b'"\r\n\r\nbody'
    assert within_limits(raw) == (raw, ())


@pytest.mark.parametrize("boundary", [b"boundary=b", b"boundary*0=b", b"boundary*=us-ascii'en'b", b'boundary="b"'])
def test_S52_parts_are_counted_however_the_boundary_is_written(boundary):
    found, contents = parse(
        HEAD + b"Content-Type: multipart/mixed; " + boundary + b"\r\n\r\n" + b"--b\r\n\r\n" * 50_000
    )
    assert "too-many-parts" in found.defects
    assert len(contents) <= 1000


def test_a_text_of_more_than_a_megabyte_is_a_document_that_was_not_attached():
    novel = b"".join(b"Chapter %d, in which nothing happens.\r\n" % n for n in range(40_000))
    found, contents = parse(HEAD + b"\r\n" + novel)
    assert (found.text, found.text_source, found.defects) == ("", "none", ("text-too-long",))
    assert [(each.name, each.disposition, each.size) for each in found.attachments] == [
        ("part-1.txt", "attachment", len(novel))
    ]
    assert contents["1"].read() == novel


def test_the_logical_key_is_the_same_whole_and_hollow(monkeypatch):
    octets = random.Random(7).randbytes(60_000)  # noqa: S311 any octets
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwords\r\n--b\r\n"
    raw += b"Content-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\n"
    raw += base64.encodebytes(octets).replace(b"\n", b"\r\n") + b"--b--\r\n"
    assert hollowed(raw).runs
    hollow_read = parse(raw)[0]
    monkeypatch.setattr(skeleton, "MIN_RUN_BYTES", 1 << 30)
    assert parse(raw)[0] == hollow_read
    assert hollow_read.attachments[0].sha256 == hashlib.sha256(octets).hexdigest()
