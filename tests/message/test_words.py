"""Which parts of a mail are its text: a folder for each kind, each mail with what its author wrote beside it."""

from __future__ import annotations

import hashlib
import json
import re
from email.message import EmailMessage, MIMEPart
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.field.parameters import value_of
from mailproc.message.html.text import shown
from mailproc.message.model import Message
from mailproc.message.parse import parse
from mailproc.message.text.aside import is_of_programs, says_again
from mailproc.message.text.choice import MAX_TEXTS
from mailproc.message.text.forwarded import forwards
from mailproc.message.text.pages import joined, pages_of, sight_of
from mailproc.message.text.uuencode import carve

FOLDER = Path(__file__).resolve().parents[1] / "corpus" / "words"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
STRANGERS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus" / "strangers" / "words"
HEAD = b"From: Jo Poole <jo@poole.example>\nSubject: The quay\nMIME-Version: 1.0\n"
here = pytest.mark.skipif(not STRANGERS.is_dir(), reason="../shared/corpus is not here")


@pytest.mark.parametrize("name", EXPECTED)
def test_the_text_is_what_its_author_wrote_and_the_rest_is_attached(name: str):
    expected = EXPECTED[name]
    message, contents = parse((FOLDER / f"{name}.eml").read_bytes())
    assert message.text == expected["text"]
    assert message.text_source == expected["source"]
    assert [found.name for found in message.attachments] == expected["names"]
    assert set(expected.get("defects", ())) <= set(message.defects)
    assert ("part-aside" in message.defects) == name.startswith("aside/")
    assert forwards(message.text) == (expected.get("extent") == "unclear")
    within = expected.get("within", [])
    names = [within] * len(message.attachments) if isinstance(within, str) else within
    assert [found.within for found in message.attachments if found.within] == names
    if "sha256" in expected:
        assert [hashlib.sha256(body.read()).hexdigest() for body in contents.values()] == expected["sha256"]


def test_every_mail_is_expected_and_each_kind_has_its_siblings():
    assert {f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.eml")} == set(EXPECTED)
    kinds = {name.partition("/")[0] for name in EXPECTED}
    few = {kind for kind in kinds if sum(name.startswith(f"{kind}/") for name in EXPECTED) < 10}
    assert few == {"not_uuencode"}


@here
def test_what_strangers_wrote_around_a_picture_is_all_there():
    message = parse((STRANGERS / "apple-text-after-picture.eml").read_bytes())[0]
    assert message.text.index("This is what they look like:") < message.text.index("And this is the last paragraph")
    assert [found.name for found in message.attachments] == ["quay.png"]


@here
def test_a_strangers_document_in_an_alternative_is_found():
    message = parse((STRANGERS / "apple-alt-mixed-docx.eml").read_bytes())[0]
    assert (message.text, [found.name for found in message.attachments]) == ("Article for you.\n", ["quay.docx"])


@here
def test_a_strangers_file_in_the_text_is_attached():
    message, contents = parse((STRANGERS / "uuencode-inline.eml").read_bytes())
    assert message.text.strip() == "The article is attached."
    assert [found.name for found in message.attachments] == ["quay.txt"]
    assert contents["1.1"].read().startswith(b"This is the article, as an old program attaches it.\n")


@here
def test_strangers_names_are_read_as_the_standards_say():
    names = [found.name for found in parse((STRANGERS / "names.eml").read_bytes())[0].attachments]
    assert names[:5] == ["Статья.pdf", "Größe.pdf", "Статья.pdf", "記事.pdf", "記事.pdf"]
    assert names[5].endswith("xxx.pdf")
    assert names[6:] == ["unquoted name with spaces.pdf", "part one and two.pdf", "a;b.pdf", "Größe der Brücke.pdf"]


# Laws

words = st.integers(0, 10**6).map("word{}".format)


def a_leaf(kind: str, word: str) -> MIMEPart:
    part = MIMEPart()
    if kind == "image":
        part.set_content(b"\x89PNG\r\n\x1a\n" + word.encode(), "image", "png", filename=f"{word}.png")
    elif kind == "blank":
        part.set_content(" \n")
    else:
        part.set_content(
            f"<p>{word}</p>" if kind == "html" else f"{word}\n", subtype="html" if kind == "html" else "plain"
        )
        if kind == "file":
            part.add_header("Content-Disposition", "attachment", filename=f"{word}.txt")
    return part


def a_structure(kind: str, parts: list[MIMEPart]) -> MIMEPart:
    whole = MIMEPart()
    whole["Content-Type"] = f"multipart/{kind}"
    whole.set_payload(parts)
    return whole


kinds = st.sampled_from(["plain", "html", "image", "blank", "file"])
leaves = st.builds(a_leaf, kinds, words)
structures = st.recursive(
    leaves,
    lambda inner: st.builds(
        a_structure,
        st.sampled_from(["mixed", "alternative", "related", "signed"]),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


def octets_of(structure: MIMEPart) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Jo Poole <jo@poole.example>", "The quay"
    for name, value in structure.items():
        mail[name] = value
    mail.set_payload(structure.get_payload())
    return mail.as_bytes()


@settings(max_examples=300, deadline=None)
@given(structures)
def test_every_part_is_in_the_text_or_an_attachment(structure: MIMEPart):
    message, contents = parse(octets_of(structure))
    listed = b"\n".join(body.read() for body in contents.values()).decode("latin-1")
    for leaf in structure.walk():
        if leaf.is_multipart() or not (found := re.search(rb"word\d+", leaf.get_payload(decode=True) or b"")):
            continue
        word = found[0].decode()
        shown_beside = leaf.get_content_subtype() == "html" and word in (message.html_text or "")
        assert word in message.text.split() or word in listed or shown_beside


paragraphs = st.lists(
    st.text(alphabet="abc déж.,'", min_size=1, max_size=60).map(str.strip).filter(bool), min_size=1, max_size=6
)


@settings(max_examples=200, deadline=None)
@given(paragraphs, st.data())
def test_an_article_that_was_cut_at_pictures_is_whole_again(some: list[str], data: st.DataObject):
    ends = data.draw(st.lists(st.sampled_from(["", "\n", "\n\n"]), min_size=len(some), max_size=len(some)))
    parts = [
        part
        for text, end in zip(some, ends, strict=True)
        for part in (
            b"Content-Type: text/plain; charset=utf-8\n\n" + (text + end).encode(),
            b"Content-Type: image/png\n\nx",
        )
    ]
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=b1\n\n" + b"".join(b"--b1\n%b\n" % part for part in parts)
    text = parse(raw + b"--b1--\n")[0].text
    assert text.rstrip("\n") == "\n\n".join(some)


pages = st.lists(
    st.sampled_from(
        [
            "<p>one</p><p style='color:white'>two</p>",
            "<p>a<br>b</p>",
            "<blockquote type=cite>c</blockquote><p style='font-size:1px'>d</p>",
            "",
            "<div class=gmail_quote>e</div>",
            "<p style='display:none'>f</p>",
        ]
    ),
    max_size=5,
)


@settings(deadline=None)
@given(pages)
def test_what_is_known_of_lines_stays_with_them_when_pages_are_joined(some: list[str]):
    found = pages_of(some)
    lines = joined(page.text for page in found).split("\n")
    sight = sight_of(found)
    for name in ("contained", "doubtful", "unseen", "signed"):
        alone = [text.split("\n")[n] for text, each in map(shown, some) if text for n in getattr(each, name)]
        assert [lines[n] for n in getattr(sight, name)] == alone


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_octets_without_a_file_stay(octets: bytes):
    if b"begin " not in octets:
        assert carve(octets) == (octets, (), False)


# Limits


def test_of_a_thousand_texts_forty_are_the_text_and_none_is_lost():
    parts = b"".join(b"--b1\n\nword%d\n" % n for n in range(900))
    message = parse(HEAD + b"Content-Type: multipart/mixed; boundary=b1\n\n" + parts + b"--b1--\n")[0]
    assert len(message.text.split()) == MAX_TEXTS
    assert len(message.attachments) == 900 - MAX_TEXTS
    assert "too-many-texts" in message.defects


def test_a_long_part_is_a_document_and_the_short_one_the_text():
    parts = b"--b1\n\nHere it is.\n--b1\n\n" + b"Nothing happens.\n" * 70_000
    message = parse(HEAD + b"Content-Type: multipart/mixed; boundary=b1\n\n" + parts + b"--b1--\n")[0]
    assert message.text.strip() == "Here it is."
    assert [(found.part, found.disposition) for found in message.attachments] == [("2", "attachment")]
    assert "text-too-long" in message.defects


def test_pages_that_are_cut_stay_attached():
    page = b"<p>" + b"words and words\n" * 70_000
    message = parse(HEAD + b"Content-Type: text/html\n\n" + page)[0]
    assert "html-too-long" in message.defects
    assert [found.media_type for found in message.attachments] == ["text/html"]


def test_of_many_styled_pages_none_is_lost_where_they_are_cut():
    page = b"--b1\nContent-Type: text/html\n\n<style>" + b"p.x{color:red} " * 2000 + b"</style><p>word%d\n"
    parts = b"".join(page % n for n in range(40))
    message = parse(HEAD + b"Content-Type: multipart/mixed; boundary=b1\n\n" + parts + b"--b1--\n")[0]
    assert "html-too-long" in message.defects
    assert len(message.attachments) == 40


def test_a_thousand_files_in_a_text_are_read_in_a_moment():
    raw = b"begin 644 quay.gif\n#0V%T\n`\nend\n" * 20_000
    text, files, _ = carve(raw)
    assert len(files) == 50
    assert text.count(b"begin") == 20_000 - 50


# Answers


def answer(*parts: bytes) -> Message:
    body = b"".join(b"--b1\n%b\n" % part for part in parts)
    head = HEAD + b"In-Reply-To: <x@harbour.example>\nContent-Type: multipart/mixed; boundary=b1\n\n"
    return parse(head + body + b"--b1--\n")[0]


def test_of_an_answer_from_both_kinds_of_parts_each_kind_is_read_by_itself():
    message = answer(b"\nA-12 hold", b"Content-Type: text/html\n\n<p>A-12 approve</p>")
    assert message.whole is not None
    assert (message.whole.text, message.whole.html_text) == ("A-12 hold", "A-12 approve")


def test_what_a_gateway_adds_holds_no_decision():
    assert not is_of_programs("This email is confidential. A-12 approve\n", listed=True, first=False)


def test_a_text_that_says_more_is_no_repetition():
    text = "The ropes are loud, and nobody sleeps on the quay before four."
    assert says_again(f"{text}\n", text)
    assert not says_again(f"{text} The gulls eat what is left of the bread at five.", text)


@pytest.mark.parametrize(
    "field", ["attachment; filename*9999999=x", "attachment; filename", ";;;", 'a; filename="', "="]
)
def test_broken_parameters_are_read_as_far_as_they_go(field: str):
    assert value_of(field, "filename").text == ""
