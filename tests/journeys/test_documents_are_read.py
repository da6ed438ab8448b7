"""Documents come in by mail: their words are read once, kept beside them, and gone with them; nobody waits long."""

from __future__ import annotations

import shutil
import tarfile
import zlib

import pytest
from build import (
    ANA,
    JO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    keep,
    letters,
    octets_of,
    received,
    ref_of,
    text_of,
)
from hostile_documents import HOSTILE, docx, pages, stream
from made_documents import lost, made
from same import assert_same

from mailproc.desk.erase import forget
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.backup import backup
from mailproc.desk.serve.process import enter, work
from mailproc.desk.turn import extracting
from mailproc.store.octets import derived
from mailproc.workflow.item import Extract

FILES = {path.name: path for path, _, _ in made()}
TYPES = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf"}


def attached(*names: str) -> tuple[tuple[str, str, bytes], ...]:
    return tuple((name, "application/octet-stream", FILES[name].read_bytes()) for name in names)


def extract_of(desk: Desk, number: int, at: int = 0) -> Extract | None:
    return entry_of(desk, number).attachments[at].extract


def sent(desk: Desk, *files: tuple[str, str, bytes], **fields: object) -> int:
    return give(desk, a_mail("See the document.\n", attachments=files, **fields))


def test_an_article_that_is_a_document_has_its_words_in_the_entry_the_row_and_beside_it(desk):
    number = sent(desk, *attached("latin-libreoffice.docx"))
    read = extract_of(desk, number)
    assert read == item(desk, f"A-{number}").attachments[0].extract
    assert read.failure == ""
    assert read.begins.startswith("Přístav a jeho loďky\n")
    assert read.words > 70
    [kept] = entry_of(desk, number).attachments
    whole = derived.read(desk.config.storage.attachments, kept.attachment.sha256, extracting.TEXT)
    assert lost("latin", whole.decode(), "docx") == []


def test_a_rebuild_reads_no_document_again(desk):
    sent(desk, *attached("greek-pandoc.odt", "greek-libreoffice.pdf", "greek-pandoc.rtf"))
    shutil.rmtree(desk.config.storage.attachments)
    assert_same(desk)


def test_the_first_words_are_few_and_the_count_is_of_all(desk):
    long = docx("<w:p><w:r><w:t>" + "quay " * 5000 + "</w:t></w:r></w:p>")
    read = extract_of(desk, sent(desk, ("long.docx", TYPES["docx"], long)))
    assert (len(read.begins), read.words) == (3999, 5000)


def test_what_is_refused_or_no_document_is_not_read(desk):
    number = sent(desk, ("a.png", "image/png", b"\x89PNG\r\n\x1a\n"), ("setup.exe", "text/plain", b"MZ words\0"))
    assert [each.extract for each in entry_of(desk, number).attachments] == [None, None]


def test_a_members_reply_is_not_read_and_an_authors_later_mail_is(desk):
    add_member(desk, ANA, "Ana")
    first = sent(desk, *attached("latin-pandoc.rtf"), authentic=True)
    digest = digest_now(desk, ANA)
    reply = a_reply(digest, f"note A-{first} see the file", f"Ana <{ANA}>")
    assert b"Content-Type: text/plain" in reply
    mixed = reply.replace(
        b"Content-Type: text/plain", b'Content-Type: multipart/mixed; boundary="b"\r\nX-Was: text/plain', 1
    )
    head, _, body = mixed.partition(b"\r\n\r\n")
    files = (
        b'--b\r\nContent-Type: text/plain; name="a.txt"\r\nContent-Disposition: attachment\r\n\r\nwords\r\n--b--\r\n'
    )
    number = give(
        desk, head + b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + body + b"\r\n" + files
    )
    assert entry_of(desk, number).kind == "review"
    assert extract_of(desk, number) is None
    later = a_mail(
        "Here is more.\n", subject=f"Re: A-{first}", authentic=True, attachments=attached("latin-pandoc.odt")
    )
    number = give(desk, later)
    assert extract_of(desk, number).words > 70


def test_members_read_the_first_words_of_what_they_vote_on(desk):
    add_member(desk, ANA, "Ana")
    sent(desk, *attached("latin-libreoffice.docx"), authentic=True)
    said = text_of(digest_now(desk, ANA))
    assert "| Přístav a jeho loďky" in said


def test_a_receipt_says_what_could_not_be_read_and_what_to_do(desk):
    locked = HOSTILE["odt, with a password"][1]()
    number = sent(desk, ("a.odt", "application/octet-stream", locked), authentic=True)
    [receipt] = letters(desk, "author/receipt-article", JO)
    assert extract_of(desk, number) == Extract("", 0, "encrypted")
    assert "a.odt asks for a password" in text_of(octets_of(desk, receipt))


def test_bulk_mail_is_read_too_for_members_may_rescue_it(desk):
    add_member(desk, ANA, "Ana")
    mail = a_mail("See the document.\n", attachments=attached("latin-pandoc.odt"), List_Id="<news.sluice.example>")
    number = give(desk, mail)
    assert entry_of(desk, number).kind == "bulk"
    assert extract_of(desk, number).words > 70


HURTING = ("docx, a million paragraphs", "docx, entities in entities", "pdf, a stream of 1 GB", "rtf, a million groups")


def test_S63b_documents_that_hurt_are_answers_and_the_next_mail_is_served(desk):
    """All of them in one mail, and a small one behind them that waits for nobody else's time."""
    files = [
        (f"{n}.{HOSTILE[name][0]}", "application/octet-stream", HOSTILE[name][1]()) for n, name in enumerate(HURTING)
    ]
    first = keep(desk, a_mail("All of this.\n", attachments=(*files,)))
    second = keep(desk, a_mail("Hello.\n", attachments=attached("cjk-pandoc.docx")))
    work(desk)
    assert [received(desk, number).state for number in (first, second)] == ["processed", "processed"]
    failures = [each.extract.failure for each in entry_of(desk, first).attachments]
    assert all(failures), failures
    assert "�" not in extract_of(desk, second).begins
    assert extract_of(desk, second).failure == ""


def test_what_there_was_no_time_for_says_so(desk):
    number = sent(desk, *attached("latin-pandoc.docx"))
    read = extracting.read(desk, entry_of(desk, number).attachments, seconds=0)
    assert read[0].extract == Extract("", 0, "no-time")


def test_the_same_document_twice_in_a_mail_is_read_once(desk):
    number = sent(desk, ("a.txt", "text/plain", b"The quay\n"), ("b.txt", "text/plain", b"The quay\n"))
    first, second = entry_of(desk, number).attachments
    assert first.extract == second.extract == Extract("The quay", 2)


# Erasing

SECRET = "the lamplighter counts forty-one steps before breakfast every single day"


def in_a_pdf(words: str) -> bytes:
    """Squeezed, so that its octets do not show the words."""
    packed = zlib.compress(b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % words.encode())
    return pages(1, stream(packed, b"/Filter /FlateDecode "))


def forget_jo(desk: Desk) -> None:
    enter(desk, f"operator:{fresh_id()}", forget.command_of(desk, JO, "erase"))


def beside(desk: Desk) -> list[str]:
    return [path.name for path in (desk.config.storage.attachments / derived.FOLDER).rglob("*.txt")]


def test_the_words_go_with_the_document_when_its_author_is_forgotten(desk):
    sent(desk, ("a.docx", TYPES["docx"], docx(f"<w:p><w:r><w:t>{SECRET}</w:t></w:r></w:p>")))
    assert len(beside(desk)) == 1
    forget_jo(desk)
    assert beside(desk) == []
    assert_same(desk)


@pytest.mark.parametrize("kept_beside", [True, False], ids=["read before", "read again"])
@pytest.mark.parametrize("what", ["docx", "pdf"])
def test_somebodys_words_are_found_in_the_documents_of_others(desk, what, kept_beside):
    """I12: a document is a zip, or squeezed: its octets do not show its words."""
    give(desk, a_mail(f"I saw it: {SECRET}.\n", authentic=True))
    octets = in_a_pdf(SECRET) if what == "pdf" else docx(f"<w:p><w:r><w:t>{SECRET}</w:t></w:r></w:p>")
    assert SECRET.encode() not in octets
    other = sent(
        desk, (f"a.{what}", TYPES[what], octets), sender="Cleo <cleo@sluice.example>", to="contact@harbour.example"
    )
    harmless = sent(
        desk, ("b.txt", "text/plain", b"The tide.\n"), sender="Cleo <cleo@sluice.example>", to="contact@harbour.example"
    )
    if not kept_beside:
        shutil.rmtree(desk.config.storage.attachments / derived.FOLDER)
    forget_jo(desk)
    assert item(desk, ref_of(desk, other)).attachments == ()
    assert len(item(desk, ref_of(desk, harmless)).attachments) == 1
    assert not any(
        SECRET in path.read_text() for path in (desk.config.storage.attachments / derived.FOLDER).rglob("*.txt")
    )
    assert_same(desk)


def test_an_address_in_a_document_of_others_is_found(desk):
    give(desk, a_mail("A tram.\n", authentic=True))
    made_of = docx(f"<w:p><w:r><w:t>Write to {JO} now</w:t></w:r></w:p>")
    other = sent(
        desk, ("a.docx", TYPES["docx"], made_of), sender="Cleo <cleo@sluice.example>", to="contact@harbour.example"
    )
    forget_jo(desk)
    assert item(desk, ref_of(desk, other)).attachments == ()
    assert_same(desk)


def test_a_backup_holds_the_documents_and_not_what_was_made_of_them(desk, tmp_path):
    sent(desk, *attached("latin-pandoc.docx"))
    made_of = backup(desk, tmp_path / "backup.tar")
    assert made_of
    with tarfile.open(tmp_path / "backup.tar") as archive:
        assert not [name for name in archive.getnames() if "derived" in name]
