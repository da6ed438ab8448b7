"""The pieces of a contribution: texts, files and links, each once, with all that its mails say of them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from mailproc.config.folder import load_needs
from mailproc.dossier.link import key_of
from mailproc.dossier.needs import needs_of
from mailproc.dossier.piece import Contribution, Document, Mail, pieces_of
from mailproc.message.model import Attachment
from mailproc.workflow.group import Group

RULES = Path(__file__).resolve().parents[2] / "rules" / "groups.toml"
KNOWN = load_needs(RULES, RULES)
NEEDS = needs_of(Group("North Pier", needs=("history", "links", "photographs", "experience")), KNOWN)
LONG = "They met in the harbour hall every week, and nobody but the chair ever spoke. " * 4


def sha(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def a_file(name: str, media_type: str = "image/jpeg", size: int = 40_000) -> Attachment:
    return Attachment("2", name, media_type, media_type, size, sha(name), "attachment")


def mail(text: str, *files: Attachment, number: int = 1, linked: str = "", text_of_item: bool = True) -> Mail:
    return Mail(number, text, sha(text) if text_of_item else "", text, linked, files)


def given(*mails: Mail, title: str = "North Pier Society") -> list[tuple[str, str, str]]:
    """(form, name, need) of each piece."""
    pieces = pieces_of(Contribution("F-1", title, mails), NEEDS, KNOWN)
    return [(each.form, each.name, each.need) for each in pieces]


def test_a_text_alone_is_a_piece_however_short():
    assert given(mail("They cheated me.\n"), title="My experience") == [("text", "My experience", "experience")]


def test_a_short_text_beside_files_or_links_is_their_covering_note():
    assert given(mail("Here are two.\n", a_file("a.jpg"))) == [("picture", "a.jpg", "photographs")]
    assert given(mail("See https://a.example/x\n")) == [("link", "https://a.example/x", "links")]


def test_a_long_text_beside_files_is_a_piece_of_its_own():
    assert given(mail(LONG, a_file("a.jpg"))) == [
        ("text", "North Pier Society", "history"),
        ("picture", "a.jpg", "photographs"),
    ]


def test_a_short_text_that_is_what_the_file_looks_for_is_no_note():
    words = "My personal experience: I was there for years, and they did nothing at all for me.\n"
    assert ("text", "North Pier Society", "experience") in given(mail(words, a_file("a.jpg")))


def test_labels_are_no_words_of_a_text():
    labels = "Photo: a.jpg\n" + "Caption: " + "the pier " * 30 + "\nRights: free\n"
    assert [form for form, _, _ in given(mail(labels, a_file("a.jpg")))] == ["picture"]


def test_a_piece_has_caption_credit_rights_source_hash_and_the_mail_it_came_with():
    text = "pier.jpg: The pier\nCredit: Jo Poole\nRights: free\nSource: https://a.example/old\n"
    [found] = pieces_of(Contribution("F-7", "x", (mail(text, a_file("pier.jpg"), number=9),)), NEEDS, KNOWN)
    assert (found.ref, found.number, found.sha256) == ("F-7", 9, sha("pier.jpg"))
    told = ("The pier", "Jo Poole", "free", "https://a.example/old")
    assert (found.caption, found.credit, found.rights, found.source) == told
    assert (found.media_type, found.size) == ("image/jpeg", 40_000)


def test_a_text_is_kept_by_its_own_hash_and_has_the_rights_of_the_mail():
    text = "They cheated me.\n\nRights: print it\n"
    [found] = pieces_of(Contribution("F-1", "x", (mail(text),)), NEEDS, KNOWN)
    assert (found.sha256, found.size, found.rights) == (sha(text), len(text), "print it")


def test_links_are_each_once_by_the_key_and_as_first_written():
    text = "https://www.a.example/x/ and http://a.example/x?utm_source=1 and https://a.example/y\n"
    pieces = pieces_of(Contribution("F-1", "x", (mail(text),)), NEEDS, KNOWN)
    assert [each.url for each in pieces] == ["https://www.a.example/x/", "https://a.example/y"]
    assert pieces[0].sha256 == sha(key_of("https://a.example/x"))


def test_a_link_target_in_html_counts_as_one_in_the_text():
    [found] = pieces_of(
        Contribution("F-1", "x", (mail("See their rules\n", linked="See their rules <https://a.example/r>\n"),)),
        NEEDS,
        KNOWN,
    )
    assert (found.form, found.url, found.name) == ("link", "https://a.example/r", "See their rules")


@pytest.mark.parametrize(
    "text",
    [
        "They cheated me, all of them.\n\n-- \nJo Poole\nhttps://jo.example\n",
        "They cheated me, all of them.\n\nOn Sun, 22 Nov 2026 at 08:00, Ana wrote:\n\n> See https://a.example/x\n",
    ],
)
def test_links_of_a_signature_or_a_quotation_are_none(text):
    assert [form for form, _, _ in given(mail(text))] == ["text"]


def test_ornaments_of_a_mail_are_no_pieces():
    logo = Attachment("2", "logo.png", "image/png", "image/png", 900, sha("logo"), "inline", "x@y")
    assert [form for form, _, _ in given(mail("They cheated me.\n", logo))] == ["text"]


def test_documents_and_what_is_neither_are_told_apart():
    found = given(mail("", a_file("a.pdf", "application/pdf"), a_file("b.mp3", "audio/mpeg")))
    assert [form for form, _, _ in found] == ["document", "other"]


def test_a_later_mail_adds_and_says_whose_earlier_files_are():
    first = mail("Here it is.\n", a_file("a.jpg"))
    later = mail("a.jpg\nCredit: Jo Poole\n\nAnd https://a.example/x\n", number=2, text_of_item=False)
    pieces = pieces_of(Contribution("F-1", "x", (first, later)), NEEDS, KNOWN)
    assert [(each.form, each.number, each.credit) for each in pieces] == [("picture", 1, "Jo Poole"), ("link", 2, "")]


def test_what_came_twice_counts_once_with_what_either_mail_says():
    first = mail("a.jpg: The pier\n", a_file("a.jpg"))
    later = mail("a.jpg\nRights: free\n", a_file("a.jpg"), number=2, text_of_item=False)
    [found] = pieces_of(Contribution("F-1", "x", (first, later)), NEEDS, KNOWN)
    assert (found.number, found.caption, found.rights) == (1, "The pier", "free")


def test_a_mail_that_brings_nothing_has_no_piece():
    assert given(mail("\n")) == []
    assert given() == []


WHOLE = "# History\n\nIt was founded in 1911.\n\n# Personal experience\n\nI was there.\n\n# The boat\n\nIt sank.\n"


def test_a_whole_file_is_a_text_for_each_of_its_parts():
    pieces = pieces_of(Contribution("F-1", "The society", (mail(WHOLE),)), NEEDS, KNOWN)
    assert [(each.form, each.heading, each.need) for each in pieces] == [
        ("text", "History", "history"),
        ("text", "Personal experience", "experience"),
        ("text", "The boat", ""),
    ]
    assert pieces[0].sha256 == sha("It was founded in 1911.")
    assert pieces[0].size == len("It was founded in 1911.")


def test_a_whole_file_in_a_document_is_its_parts_and_the_document_as_it_was_sent():
    document = a_file("file.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
    sent = Mail(1, "Here.\n", sha("Here.\n"), "Here.\n", "", (document,), (Document(document.sha256, WHOLE),))
    assert given(sent) == [
        ("text", "History", "history"),
        ("text", "Personal experience", "experience"),
        ("text", "The boat", ""),
        ("document", "file.docx", ""),
    ]
