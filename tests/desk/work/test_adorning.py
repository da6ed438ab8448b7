"""Decoration, photographs of telephones, and links to clouds: what comes with a mail and is no part of the work."""

from __future__ import annotations

from email import message_from_bytes, policy

import pytest
from build import (
    ANA,
    JO,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    ref_of,
    say,
    text_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.dossier.cloud import clouds_in

LOGO = b"\x89PNG\r\n\x1a\n" + b"logo" * 40


@pytest.fixture
def members(desk: Desk) -> Desk:
    add_member(desk, ANA, "Ana")
    return desk


def with_logo(text: str, subject: str) -> bytes:
    """A mail whose HTML shows a logo below its signature."""
    mail = message_from_bytes(
        a_mail(text, subject=subject, html=f"<p>{text}</p><img src='cid:logo'>", authentic=True), policy=policy.SMTP
    )
    html = mail.get_body(("html",))
    assert html is not None
    html.add_related(LOGO, "image", "png", cid="<logo>", filename="logo.png")
    return mail.as_bytes()


def states(desk: Desk, ref: str) -> list[tuple[str, str]]:
    return [(each.attachment.name, each.state) for each in item(desk, ref).attachments]


def test_a_logo_that_came_with_two_earlier_mails_is_decoration(members: Desk):
    refs = [ref_of(members, give(members, with_logo(f"The tram was late, part {n}.", f"Tram {n}"))) for n in "abc"]
    assert [states(members, ref) for ref in refs] == [
        [("logo.png", "kept")],
        [("logo.png", "kept")],
        [("logo.png", "decoration")],
    ]
    say(members, f"decide {ANA} '{refs[2]} approve'")
    later(members, minutes=20)
    assert not list(members.config.storage.published.glob("articles/*/tram-c/logo.png"))


def test_a_member_marks_it_and_takes_that_back(members: Desk):
    ref = ref_of(members, give(members, with_logo("The tram was late.", "Tram")))
    digest = digest_now(members, ANA)
    give(members, a_reply(digest, f"{ref} decoration logo.png", f"Ana <{ANA}>"))
    assert states(members, ref) == [("logo.png", "decoration")]
    assert "is decoration" in text_of(octets_of(members, letters(members, "member/transcript", ANA)[-1]))
    give(members, a_reply(digest, f"{ref} not decoration attachment 1", f"Ana <{ANA}>"))
    assert states(members, ref) == [("logo.png", "kept")]
    give(members, a_reply(digest, f"{ref} decoration banner.png", f"Ana <{ANA}>"))
    assert states(members, ref) == [("logo.png", "kept")]


def test_of_a_telephones_photograph_a_jpeg_is_asked_for(members: Desk):
    heic = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
    give(members, a_mail("The tram was late.\n", attachments=(("tram.heic", "image/heic", heic),), authentic=True))
    told = " ".join(text_of(octets_of(members, letters(members, to=JO)[-1])).split())
    assert "tram.heic is a photograph as telephones keep it (HEIC)" in told


def test_of_a_link_to_a_cloud_the_file_is_asked_for(members: Desk):
    text = "The tram was late. The picture: https://drive.google.com/file/d/1a2b3c/view\n"
    give(members, a_mail(text, authentic=True))
    told = " ".join(text_of(octets_of(members, letters(members, to=JO)[-1])).split())
    assert "links to a file at drive.google.com" in told
    assert "It links to a file at drive.google.com." in " ".join(text_of(digest_now(members, ANA)).split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://www.dropbox.com/s/abc/tram.jpg?dl=0", ("dropbox.com",)),
        ("https://harbour.sharepoint.com/:i:/s/x and https://we.tl/t-abc", ("sharepoint.com", "we.tl")),
        ("https://dropbox.com.evil.example/ and https://notdropbox.com/x", ()),
        ("I use dropbox.com myself", ()),
        ("http://[broken https://harbour.example/tram", ()),
    ],
)
def test_clouds_are_known_by_their_hosts(text: str, found: tuple[str, ...]):
    assert clouds_in(text) == found
