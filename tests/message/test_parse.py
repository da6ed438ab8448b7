"""Octets to a Message: what the corpus expects, what the standard library's octets are, and never an exception."""

import email
import hashlib
import json
import shutil
import subprocess
from datetime import UTC, datetime
from email.message import Message as Part
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.field.header import title_of
from mailproc.message.mime.limits import MAX_PARTS, within_limits
from mailproc.message.model import Message
from mailproc.message.parse import parse

OWN = Path(__file__).resolve().parents[1] / "corpus"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"
OWN_MAILS = [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in sorted(OWN.rglob("*.eml"))]
OPENED = {"uuencode", "encoded_mail", "two_types"}  # what the standard library leaves shut: see test_words
SMOKE = sorted((SHARED / "smoke").glob("*.eml"))
TORTURE = sorted((SHARED / "mime").glob("*.eml"))
OPENSSL = shutil.which("openssl")
HEAD = b"From: Jo <jo@poole.example>\nSubject: x\nMIME-Version: 1.0\n"


def own(name: str) -> Message:
    return parse((OWN / f"{name}.eml").read_bytes())[0]


def leaf_hashes(raw: bytes) -> set[str]:
    """An independent walk by the standard library; only a blank after the transfer encoding is mended first."""
    hashes = set()
    for part in email.message_from_bytes(raw).walk():
        assert isinstance(part, Part)
        if part.is_multipart():
            continue
        encoding = str(part.get("Content-Transfer-Encoding", ""))
        if encoding != encoding.strip():
            part.replace_header("Content-Transfer-Encoding", encoding.strip())
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        hashes.add(hashlib.sha256(content).hexdigest())
        if OPENSSL and (enclosed := enclosed_by_openssl(content)):
            hashes |= {hashlib.sha256(enclosed).hexdigest()} | leaf_hashes(enclosed)
    return hashes


def enclosed_by_openssl(octets: bytes) -> bytes:
    """What an S/MIME signature encloses, said by another program; nothing where it is none."""
    if not octets.startswith(b"\x30"):
        return b""
    command = [OPENSSL or "", "cms", "-verify", "-noverify", "-nosigs", "-binary", "-inform", "DER"]
    return subprocess.run(command, input=octets, capture_output=True, check=False).stdout  # noqa: S603 - our own words


def survives(raw: bytes) -> None:
    message, contents = parse(raw)
    assert msgspec.json.decode(msgspec.json.encode(message), type=Message) == message
    assert b"\\u0000" not in msgspec.json.encode(message)
    assert message.sha256 == hashlib.sha256(raw).hexdigest()
    assert [found.part for found in message.attachments] == list(contents)
    for found in message.attachments:
        octets = contents[found.part].read()
        assert hashlib.sha256(octets).hexdigest() == found.sha256
        assert len(octets) == found.size


@pytest.mark.parametrize("path", OWN_MAILS)
def test_every_mail_of_ours_is_read_and_keeps_the_standard_librarys_octets(path):
    raw = path.read_bytes()
    survives(raw)
    message = parse(raw)[0]
    in_reach = path.parent.name not in OPENED and (OPENSSL or path.parts[-3] != "sealed")
    if in_reach and "structure-unreadable" not in message.defects:
        assert {found.sha256 for found in message.attachments} <= leaf_hashes(raw)


@pytest.mark.skipif(not TORTURE, reason="../shared/corpus is not here")
def test_every_leaf_of_the_torture_mails_has_the_standard_librarys_hash():
    listed = in_texts = 0
    for path in TORTURE:
        raw = path.read_bytes()
        survives(raw)
        hashes = leaf_hashes(raw)
        message = parse(raw)[0]
        for found in message.attachments:
            if found.sha256 not in hashes and b"\nbegin 6" in raw:  # a file in a text, which is no leaf
                in_texts += 1
                continue
            if "encoded-mail" in message.defects and found.within:  # the standard library does not decode it
                continue
            assert found.sha256 in hashes, f"{path.name}: {found}"
            listed += 1
    assert listed > 225
    assert in_texts == 9


@pytest.mark.skipif(not SMOKE, reason="../shared/corpus is not here")
@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in SMOKE])
def test_the_smoke_mails_give_title_author_text_and_attachments(path):
    expected = json.loads((SHARED / "smoke" / "expected.json").read_text(encoding="utf-8"))[path.stem]
    message = parse(path.read_bytes())[0]
    title = title_of(message.subject, message.text)
    seen = [(found.name, found.sha256, found.size) for found in message.attachments]
    wanted = [(found["name"], found["sha256"], found["size"]) for found in expected.get("attachments", [])]
    assert title == expected.get("title", title)
    assert expected.get("title_contains", "") in title
    assert expected.get("text_contains", "") in message.text
    assert "text_lacks" not in expected or expected["text_lacks"] not in message.text
    assert "author" not in expected or (message.author is not None and message.author.email == expected["author"])
    assert "attachments" not in expected or seen == wanted
    if inner := expected.get("contains_attachment"):
        assert (inner["name"], inner["sha256"], inner["size"]) in seen


@pytest.mark.skipif(not SMOKE, reason="../shared/corpus is not here")
def test_a_second_copy_of_a_mail_has_the_first_ones_logical_key():
    keys = {path.stem: parse(path.read_bytes())[0].logical_key for path in SMOKE}
    assert keys["01-article-plain"] == keys["20-duplicate-of-01"]
    assert len(set(keys.values())) == len(keys) - 1


@pytest.mark.parametrize(
    ("name", "text", "source"),
    [
        ("plain/article", "The tram was due at nine.\n\nIt is still due.\n", "body"),
        ("plain/crlf-and-trailing-blanks", "First line.  \n  second line  \n\n\n", "body"),
        ("plain/format-flowed", "A soft line break is joined.\n> quoted\n-- \nJo\n", "body"),
        ("plain/quoted-printable", "The café on the pier opens at nine and closes when the last boat is in.\n", "body"),
        ("mime/alternative", "In plain words.", "body"),
        ("mime/html-then-list-footer", "The words.", "html"),
        ("mime/apple-text-around-a-picture", "Before. After.", "body"),
        ("mime/forwarded-mail", "Look at this.", "body"),
        ("mime/boundary-never-found", "These words stand behind no boundary.\n", "body"),
        ("mime/document-is-the-article", "Please find it attached.", "body"),
        ("charset/iso-2022-jp", "灯台は三月に再開します。\n", "body"),
        ("charset/raw-latin1-header", "Le café du port a fermé.\n", "body"),
        ("charset/windows-1252-called-utf-8", "He said \u201cno\u201d.\n", "body"),
        ("charset/unknown-charset", "Grüße vom Pier.\n", "body"),
        ("hostile/nul-everywhere", "wrds\n", "body"),
        ("hostile/section-number-of-5000-digits", "Words that can still be read.\n", "body"),
        ("hostile/charset-is-a-codec", "Words.\n", "body"),
    ],
)
def test_the_text_is_what_the_top_mail_says_untouched(name, text, source):
    message = own(name)
    assert (message.text, message.text_source) == (text, source)


@pytest.mark.parametrize(
    ("name", "attachments"),
    [
        ("mime/alternative", []),
        ("mime/html-then-list-footer", [("2", "part-2.txt", "text/plain", None)]),
        ("mime/nameless-png-without-disposition", [("2", "part-2.png", "image/png", None)]),
        ("mime/apple-text-around-a-picture", [("2.2", "pier.png", "image/png", None)]),
        (
            "mime/forwarded-mail",
            [
                ("2.1", "part-2.1.txt", "text/plain", "the pier in 1994.eml"),
                ("2.2", "pier.png", "image/png", "the pier in 1994.eml"),
            ],
        ),
        ("mime/rfc2231-name", [("2", "Café on the pier.pdf", "application/pdf", None)]),
        ("mime/document-is-the-article", [("2", "pier.txt", "text/plain", None)]),
        ("charset/name-in-raw-utf-8", [("2", "Fähre.bin", "application/octet-stream", None)]),
        ("hostile/name-climbs-folders", [("2", "passwd", "application/octet-stream", None)]),
        (
            "hostile/executable-called-picture",
            [("2", "pier.png", "application/vnd.microsoft.portable-executable", None)],
        ),
        ("dsn/rfc3464", []),
    ],
)
def test_every_other_leaf_is_listed_with_its_place_and_a_safe_name(name, attachments):
    assert [(found.part, found.name, found.media_type, found.within) for found in own(name).attachments] == attachments


def test_a_blank_after_the_transfer_encoding_hides_no_octets():
    _, contents = parse((OWN / "mime" / "blank-after-transfer-encoding.eml").read_bytes())
    assert {part: body.read() for part, body in contents.items()} == {"2": b"the octets meant"}


def test_the_html_is_read_twice_with_and_without_link_targets():
    message = own("mime/alternative")
    assert message.html_text == "In rich words with a link."
    assert message.html_links == "In rich words with a link <https://pier.example/>."
    assert own("mime/apple-text-around-a-picture").html_text == "Before.\n\nAfter."
    assert own("plain/article").html_text is None


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("charset/unknown-charset", "charset-guessed"),
        ("charset/windows-1252-called-utf-8", "charset-guessed"),
        ("mime/boundary-never-found", "boundary-not-found"),
        ("hostile/two-from-fields", "two-from-fields"),
        ("hostile/nul-everywhere", "nul-removed"),
        ("hostile/section-number-of-5000-digits", "structure-unreadable"),
    ],
)
def test_what_is_broken_is_a_defect(name, slug):
    assert slug in own(name).defects


def test_an_ordinary_mail_has_no_defect():
    assert own("plain/article").defects == own("mime/alternative").defects == ()


def test_header_values_are_read():
    raw = (
        b"From: Jo <jo@poole.example>\r\nTo: Desk <desk@harbour.example>, ana@a.example\r\nCc: ben@b.example\r\n"
        b"Reply-To: pen@poole.example\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n au port\r\n"
        b"Message-ID: <one@poole.example>\r\n"
        b"In-Reply-To: <two@harbour.example>\r\nReferences: <three@x.example>\r\n <two@harbour.example>\r\n"
        b"Date: Sat, 21 Nov 2026 11:00:00 +0100\r\nContent-Language: de-CH, en\r\n\r\nWords.\r\n"
    )
    message = parse(raw)[0]
    assert message.message_id == "one@poole.example"
    assert message.in_reply_to == ("two@harbour.example",)
    assert message.references == ("three@x.example", "two@harbour.example")
    named = [address.email for address in (*message.to, *message.cc)]
    assert named == ["desk@harbour.example", "ana@a.example", "ben@b.example"]
    assert message.reply_to[0].email == "pen@poole.example"
    assert message.subject == "Café au port"
    assert message.date == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    assert message.language == "de-ch"
    assert message.header_fields[4].value == "=?utf-8?q?Caf=C3=A9?= au port"


def test_S06_two_from_fields_have_no_author_and_both_are_shown():
    message = own("hostile/two-from-fields")
    assert message.author is None
    assert message.from_shown == "jo@poole.example, Evil <evil@bad.example>"


def test_S07_a_nul_in_from_is_no_author():
    assert own("hostile/nul-everywhere").author is None


def test_S80_an_encoded_line_end_stays_out_of_the_subject():
    assert own("hostile/encoded-bcc").subject == "ok Bcc: v@x.example"


def test_S67_an_absurd_date_is_none():
    assert own("hostile/absurd-date").date is None
    assert parse(b"Date: Sat, 21 Nov 1926 10:00:00 +0000\n\n")[0].date is None


def test_S56_the_last_fifty_references_count():
    raw = HEAD + b"References: " + b"".join(b"<%d@a.example> " % number for number in range(1000)) + b"\n\nx"
    references = parse(raw)[0].references
    assert (len(references), references[-1]) == (50, "999@a.example")


def test_a_logical_key_outlives_the_way_and_not_the_words():
    base = b"From: jo@poole.example\nDate: Sat, 21 Nov 2026 10:00:00 +0000\nSubject: x\n"
    words = b"\nCaf\xc3\xa9. \nTwo.\n"
    key = parse(base + words)[0].logical_key
    travelled = b"Received: from a by b; now\nReturn-Path: <jo@poole.example>\n" + base + b"X-Spam: no\n"
    assert parse((travelled + words).replace(b"\n", b"\r\n"))[0].logical_key == key
    assert parse(base + b"\nCaf\xc3\xa9.\nTwo.\n\n\n")[0].logical_key == key
    assert parse(base + b"Content-Transfer-Encoding: quoted-printable\n\nCaf=C3=A9.\nTwo.\n")[0].logical_key == key
    assert parse(base + b"\nCaf\xc3\xa9.\nThree.\n")[0].logical_key != key
    assert parse(b"Message-ID: <a@b.example>\n" + base + words)[0].logical_key != key


def nested(levels: int) -> bytes:
    opened = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels))
    return HEAD + opened + b"\ninside\n"


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        (nested(1000), "too-deep"),  # S50
        (HEAD + b"Content-Type: message/rfc822\n\n" * 1000 + b"x", "too-deep"),  # S51
        (HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 200_000, "too-many-parts"),  # S52
        (HEAD + b"X-A: " + b"aaaa\n " * 400_000 + b"\n\nbody", "header-too-long"),  # S53
        (HEAD + b"X: y\n" * 100_000 + b"\nbody", "too-many-header-fields"),  # S54
        (HEAD + b'Content-Type: text/plain; x="' + b";" * 900_000 + b"\n\nbody", "content-field-too-long"),  # S59
        (HEAD + b"\n" + b"\n" * 2_100_000, "text-too-long"),  # S61b
    ],
)
def test_what_would_hang_a_parser_is_cut_and_said(raw, slug):
    assert slug in parse(raw)[0].defects


def test_ninety_levels_and_a_thousand_parts_are_read():
    assert parse(nested(90))[0].text.strip() == "inside"
    parts = b"--b\nContent-Type: image/png\n\nx\n" * (MAX_PARTS - 1)
    message = parse(HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n" + parts + b"--b--\n")[0]
    assert (message.text, len(message.attachments), message.defects) == ("words", MAX_PARTS - 1, ())


def test_dashes_and_words_like_boundaries_in_a_text_cut_nothing():
    raw = HEAD + b"\n" + b"--\nmultipart/ message/ Content-Type: x\n" * 5000
    assert within_limits(raw) == (raw, ())


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"\r\n\r\n", b"\0", b"From", b": x", b"\xff" * 50, b"Subject: x", b"\r" * 9, b"\n" * 3]
)
def test_S69_next_to_nothing_is_a_mail_too(raw):
    survives(raw)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=2000))
def test_no_octets_raise(raw):
    survives(raw)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([path.values[0] for path in OWN_MAILS]), st.data())
def test_no_mutilated_mail_raises(path, data):
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, max(0, len(raw) - 1)))
        end = at + data.draw(st.integers(0, 30))
        raw[at:end] = data.draw(
            st.binary(max_size=10) | st.sampled_from([b"\n", b"\r\n", b"--b1", b"=?", b"\0", b'"', b";", b"*0*="])
        )
    survives(bytes(raw))
