"""Members see what they decide on: pictures in small, how documents begin, and by "show" the files themselves."""

from __future__ import annotations

import hashlib
import re
import tarfile
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    reminded,
    run_here,
    state,
    text_of,
)
from PIL import Image

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn import small
from mailproc.errors import MailprocError
from mailproc.inspect.picture import Seen
from mailproc.letters.digest import DigestItem, Picture, breaches
from mailproc.letters.sample import item as an_item
from mailproc.letters.sight import within
from mailproc.message.html.text import to_text
from mailproc.store.octets import derived

RED, GREEN = (200, 0, 0), (0, 160, 0)
PROGRAM = b"MZ\x90\0\3\0\0\0" + bytes(500)
PAGE = b"<!DOCTYPE html><script>alert('A-1 approve')</script>"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path) as made:
        add_member(made, ANA, "Ana")
        yield made


def a_picture(width: int = 400, height: int = 300, colour: tuple[int, int, int] = RED, kind: str = "PNG") -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Cam-4711"
    Image.new("RGB", (width, height), colour).save(out, kind, exif=exif)
    return out.getvalue()


def parsed(letter: bytes) -> EmailMessage:
    mail = message_from_bytes(letter, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def html_of(letter: bytes) -> str:
    body = parsed(letter).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def seen_in(letter: bytes) -> list[tuple[str, tuple[int, int]]]:
    """What the HTML part shows of pictures that came with the letter: the words for each, and its size in pixels."""
    by_id = {part["Content-ID"]: part.get_content() for part in parsed(letter).walk() if part["Content-ID"]}
    tags = re.findall(r"<img [^>]*>", html_of(letter))
    shown = [(cid, alt) for tag in tags for alt, cid in re.findall(r' alt="([^"]*)" src="cid:([^"]*)"', tag)]
    assert len(by_id) == len({cid for cid, _ in shown}), "each comes with the letter, and none besides"
    return [(alt, Image.open(BytesIO(by_id[f"<{cid}>"])).size) for cid, alt in shown]


def files_of(letter: bytes) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_content() for part in parsed(letter).iter_attachments()}


def shown(desk: Desk, ref: str, words: str = "") -> bytes:
    """The answer to `show REF`."""
    give(desk, a_reply(digest_now(desk, ANA), words or f"show {ref}", f"Ana <{ANA}>"))
    return octets_of(desk, letters(desk, "member/item", ANA)[-1])


def test_a_digest_shows_a_picture_in_small_and_no_note_of_its_camera(desk: Desk):
    given = a_picture(4000, 3000, kind="JPEG")
    assert b"Cam-4711" in given
    give(desk, a_mail(attachments=(("the pier.jpg", "image/jpeg", given),)))
    digest = digest_now(desk, ANA)
    assert seen_in(digest) == [(f"Attachment 1: the pier.jpg, JPEG picture, {len(given) / 1000:.0f} kB", (300, 225))]
    assert "Attachment 1: the pier.jpg, JPEG picture" in text_of(digest)
    assert b"Cam-4711" not in b"".join(
        bytes(part.get_content()) for part in parsed(digest).walk() if part["Content-ID"]
    )
    assert parsed(digest).get_content_type() == "multipart/alternative"


def test_a_digest_shows_four_pictures_of_an_item_and_counts_the_others(desk: Desk):
    several = tuple((f"{n}.png", "image/png", a_picture(400 + n)) for n in range(6))
    give(desk, a_mail(attachments=several))
    digest = digest_now(desk, ANA)
    assert len(seen_in(digest)) == 4
    assert "2 more pictures have no small view in this letter." in html_of(digest)
    assert "more pictures" not in text_of(digest), "the text part has none that there could be more of"
    assert len(re.findall(r"^Attachment \d: ", text_of(digest), re.MULTILINE)) == 6


def test_a_digest_holds_no_more_than_it_may():
    """The items' own order decides; what is smaller, and a later one's, does not come before its turn."""
    pictures = [Picture(n, 300, 200, bytes(size), f"{n}@x") for n, size in enumerate((700, 900, 500, 300), 1)]
    entries = [DigestItem(an_item(n), "", 0, pictures=tuple(pictures)) for n in (12, 13)]
    first, second = within(entries, each=3, room=2_700)
    assert ([each.number for each in first.pictures], first.more_pictures) == ([1, 2, 3], 1)
    assert ([each.number for each in second.pictures], second.more_pictures) == ([], 4)


def test_what_has_no_small_view_is_said_in_words(desk: Desk):
    odd = (("pier.heic", "image/heic", b"\0\0\0\x18ftypheic" + bytes(99)), ("cut.png", "image/png", a_picture()[:60]))
    give(desk, a_mail(attachments=odd))
    digest = digest_now(desk, ANA)
    assert seen_in(digest) == []
    assert text_of(digest).replace("\n", " ").count(". There is no small view of it.") == 2


def test_a_letter_on_one_item_shows_it_too(desk: Desk):
    give(desk, a_mail(attachments=(("pier.png", "image/png", a_picture()),)))
    give(desk, a_reply(digest_now(desk, ANA), "at once", f"Ana <{ANA}>"))
    give(desk, a_mail("Another.\n", attachments=(("quay.png", "image/png", a_picture(500)),)))
    later(desk, minutes=1)
    single = octets_of(desk, letters(desk, "member/single", ANA)[-1])
    assert [size for _, size in seen_in(single)] == [(300, 180)]


def test_views_that_are_missing_are_made_before_the_digest(desk: Desk):
    """An older desk's pictures have none, nor have those of a desk that was restored."""
    given = a_picture()
    give(desk, a_mail(attachments=(("pier.png", "image/png", given),)))
    derived.remove(desk.config.storage.attachments, hashlib.sha256(given).hexdigest())
    assert len(seen_in(digest_now(desk, ANA))) == 1


def test_a_backup_holds_no_views_and_verify_asks_for_none(tmp_path: Path):
    with a_desk(tmp_path / "desk") as desk:
        give(desk, a_mail(attachments=(("pier.png", "image/png", a_picture(3000, 2000)),)))
    made = [path.name for path in (tmp_path / "desk/data/attachments/derived").rglob("*.*")]
    assert sorted(name.rpartition(".")[2] for name in made) == ["scaled", "small"]
    config = tmp_path / "desk/config.toml"
    assert run_here("verify", config=config).status == 0
    assert run_here("backup", tmp_path / "all.tar", config=config).status == 0
    with tarfile.open(tmp_path / "all.tar") as archive:
        assert not [name for name in archive.getnames() if "derived" in name]


def test_mail_that_belongs_to_no_item_costs_no_drawing(desk: Desk):
    given = a_picture()
    give(desk, a_mail(to="desk@harbour.example", Precedence="bulk", attachments=(("a.png", "image/png", given),)))
    assert derived.read(desk.config.storage.attachments, hashlib.sha256(given).hexdigest(), small.SMALL) is None


def test_ornaments_are_no_pictures_to_decide_on(desk: Desk):
    give(desk, a_mail(attachments=(("line.png", "image/png", a_picture(30, 20)),)))
    assert seen_in(digest_now(desk, ANA)) == []


def test_S104_no_name_of_a_file_acts_in_any_part(desk: Desk):
    names = ("A-99 approve.png", "approve all.png", "yes.png", "| reject.png", "2. A-98  article  x.png")
    number = give(
        desk, a_mail(attachments=tuple((name, "image/png", a_picture(300 + n)) for n, name in enumerate(names)))
    )
    digest, ref = digest_now(desk, ANA), ref_of(desk, number)
    alts = "\n".join(alt for alt, _ in seen_in(digest))
    assert "A-99" not in alts + text_of(digest)
    assert breaches(text_of(digest), (ref,)) == breaches(to_text(html_of(digest)), (ref,)) == ()
    give(desk, a_reply(digest, f"Thank you.\n\n{alts}\n", f"Ana <{ANA}>"))
    assert state(desk, ref) == "pending"


# What "show" brings


def test_S103_show_brings_the_files_and_says_what_it_leaves_out(desk: Desk):
    large, plain = a_picture(4000, 3000, kind="JPEG"), a_picture(200, 100, GREEN)
    given = (
        ("pier.jpg", "image/jpeg", large),
        ("quay.png", "image/png", plain),
        ("tides.scr", "application/octet-stream", PROGRAM),
        ("tides.html", "text/html", PAGE),
        ("notes.txt", "text/plain", b"A-1 approve\n"),
        ("again.png", "image/png", plain),
        ("boat.7z", "application/x-7z-compressed", b"7z\xbc\xaf\x27\x1c" + bytes(30)),
    )
    ref = ref_of(desk, give(desk, a_mail(attachments=given)))
    letter = shown(desk, ref)
    files = files_of(letter)
    assert set(files) == {"pier.jpg", "quay.png", "tides-html.txt", "notes.txt"}
    assert files["quay.png"] == plain, "what is not large goes as it is"
    assert Image.open(BytesIO(files["pier.jpg"])).size == (1600, 1200)
    assert b"Cam-4711" not in files["pier.jpg"]
    assert files["tides-html.txt"] == PAGE
    types = {str(part.get_filename()): part.get_content_type() for part in parsed(letter).iter_attachments()}
    assert types["tides-html.txt"] == types["notes.txt"] == "application/octet-stream", "no program shows it as ours"
    words = " ".join(text_of(letter).split())
    assert "- Attachment 1: pier.jpg, JPEG picture" in words
    assert "Here it is in a smaller size: at most 1,600 pixels wide or high" in words
    assert "tides.scr, Windows program" in words or "it is a program." in words
    assert "again.png, PNG picture" in words
    assert "it is the same as one above." in words
    assert "boat.7z" in words
    assert "it is an archive that we cannot look into." in words


def test_show_brings_no_more_than_it_may_in_all(tmp_path: Path):
    with a_desk(tmp_path, **{"limits.show": "25 kB"}) as desk:
        add_member(desk, ANA, "Ana")
        noise = BytesIO()
        Image.effect_noise((120, 120), 90).save(noise, "PNG")
        assert 10_000 < len(noise.getvalue()) < 20_000
        files = (("a.png", "image/png", noise.getvalue()), ("b.txt", "text/plain", b"b" * 16_000))
        files += (("c.txt", "text/plain", b"c" * 40_000),)
        refs = [ref_of(desk, give(desk, a_mail(f"{n}\n", attachments=files))) for n in range(2)]
        shown(desk, "", f"show {refs[0]}\nshow {refs[1]}")
        by_ref = {letter.ref: octets_of(desk, letter) for letter in letters(desk, "member/item", ANA)}
        first, second = (by_ref[ref] for ref in refs)
        assert (list(files_of(first)), list(files_of(second))) == (["a.png"], [])
        assert "the letter holds no more." in text_of(first)
        assert "c.txt, text file, 40 kB: it is too large for a letter." in " ".join(text_of(first).split())


def test_a_letter_that_was_too_large_for_its_reader_is_told_in_the_next_digest(desk: Desk):
    ref = ref_of(desk, give(desk, a_mail(attachments=(("a.png", "image/png", a_picture()),))))
    shown(desk, ref)
    deliver(desk)
    letter = letters(desk, "member/item", ANA)[-1]
    report = (
        f"Return-Path: <>\r\nFrom: <mailer-daemon@mail.example>\r\nTo: {desk.bounce_address(letter.id)}\r\n"
        "Subject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
        "--b1\r\nContent-Type: text/plain\r\n\r\nToo big.\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mail.example\r\n\r\nFinal-Recipient: rfc822; {ANA}\r\nAction: failed\r\n"
        "Status: 5.3.4\r\n\r\n--b1--\r\n"
    )
    give(desk, report.encode())
    later(desk, hours=2)
    deliver(desk)
    told = " ".join(text_of(digest_now(desk, ANA)).split())
    assert "The letter with all of A.2, for which you asked, did not arrive" in told, told


def test_an_unproven_member_gets_no_files(desk: Desk):
    """As with every word: the letter's secret alone shows nothing new to whoever holds it, for it goes to Ana."""
    ref = ref_of(desk, give(desk, a_mail(attachments=(("a.png", "image/png", a_picture()),))))
    digest = digest_now(desk, ANA)
    give(desk, a_reply(digest, f"show {ref}", "Eve <eve@gate.example>", authentic=False))
    assert letters(desk, "member/item", "eve@gate.example") == []


def test_names_are_whole_in_every_script_and_each_its_own(desk: Desk):
    names = ("桟橋の写真.png", "桟橋の写真.PNG", 'a"b;c.png', "photo")
    given = tuple((name, "image/png", a_picture(200 + n, 90)) for n, name in enumerate(names))
    ref = ref_of(desk, give(desk, a_mail(attachments=given)))
    assert list(files_of(shown(desk, ref))) == ["桟橋の写真.png", "桟橋の写真-2.PNG", "a_b;c.png", "photo.png"]


# Our pictures that come back


def test_pictures_of_ours_in_a_reply_are_nobodys_attachments(desk: Desk):
    """Programs send the pictures of a quoted letter back, as attachments or inline, under names of their own."""
    number = give(desk, a_mail(attachments=(("pier.png", "image/png", a_picture()),)))
    ref, digest = ref_of(desk, number), digest_now(desk, ANA)
    inline = next(part for part in parsed(digest).walk() if part["Content-ID"])
    reply = a_mail(
        f"approve\n\nOn Sunday the desk wrote:\n> 1. {ref}  article  The tram\n",
        sender=f"Ana <{ANA}>",
        to=str(parsed(digest)["Reply-To"]),
        authentic=True,
        In_Reply_To=str(parsed(digest)["Message-ID"]),
        attachments=(("image001.jpg", "image/jpeg", inline.get_content()),),
    )
    answer = give(desk, reply.replace(b"approve\n", f"{ref} approve\n".encode(), 1))
    assert state(desk, ref) == "approved"
    assert entry_of(desk, answer).unclear == ()
    assert [kept.number for kept in item(desk, ref).attachments] == [number]
    root, sha256 = desk.config.storage.attachments, hashlib.sha256(inline.get_content()).hexdigest()
    assert derived.read(root, sha256, small.SMALL) is None, "nothing is drawn of it"


def test_S102_digests_are_written_though_nothing_can_be_drawn(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    """No process can be started: the letters go all the same."""

    def refuse(path: Path, sizes: object) -> Seen:
        raise MailprocError(f"{path} {sizes}: cannot start a child; free memory")

    monkeypatch.setattr("mailproc.inspect.picture.small", refuse)
    ref = ref_of(desk, give(desk, a_mail(attachments=(("pier.png", "image/png", a_picture()),))))
    add_member(desk, BEN, "Ben")
    later(desk, hours=24)
    assert reminded(desk)
    letter = octets_of(desk, letters(desk, "member/digest", ANA)[-1])
    assert ref in text_of(letter)
    assert seen_in(letter) == []
