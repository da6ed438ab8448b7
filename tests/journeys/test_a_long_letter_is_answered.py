"""A letter of more than a mebibyte, and replies that quote it whole: text, HTML and both, once and three times over.

What may be published ends at 1 MiB (design §5); what somebody answers does not, for mail programs quote all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from itertools import count

import pytest
from build import (
    ANA,
    START,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    digest_now,
    entry_of,
    give,
    letters,
    octets_of,
    ref_of,
)

from mailproc.desk.ground.wire import Desk
from mailproc.message.text.said import MAX_TEXT_BYTES

LINES = "".join(f"In line {n} of a long night the tram to pier {n} was late again.\n" for n in range(15_000))
_numbers = count(1)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str, bytes]]:
    """A desk, an article of almost a mebibyte, and the letter that shows Ana all of it."""
    with a_desk(tmp_path_factory.mktemp("long") / "desk") as desk:
        add_member(desk, ANA, "Ana")
        ref = ref_of(desk, give(desk, a_mail(LINES, subject="A long night", authentic=True)))
        give(desk, a_reply(digest_now(desk, ANA), f"{ref} show", f"Ana <{ANA}>"))
        yield desk, ref, octets_of(desk, letters(desk, "member/item", ANA)[-1])


def reply(letter: bytes, form: str, times: int, top: str, bottom: str) -> bytes:
    """A reply that quotes the letter, as a thread that was answered to and fro does, with words above and below."""
    said = message_from_bytes(letter, policy=policy.default)
    parts = {kind: said.get_body((kind,)) for kind in ("plain", "html")}
    text, html = (part.get_content() if part else "" for part in parts.values())
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"] = f"Ana <{ANA}>", str(said["Reply-To"]), f"Re: {said['Subject']}"
    mail["Date"], mail["Message-ID"] = START, f"<long.{next(_numbers)}@client.example>"
    mail["In-Reply-To"] = mail["References"] = str(said["Message-ID"])
    quoted = "".join(f"{'> ' * n}{line}\n" for n in range(1, times + 1) for line in text.split("\n"))
    whole = f"{top}\n\nOn Sun, 22 Nov 2026 at 08:00, The Harbour Review wrote:\n\n{quoted}\n{bottom}\n"
    inner = "".join(f"<blockquote type=cite>{html}</blockquote>" for _ in range(times))
    page = f"<div>{escape(top)}</div><br>{inner}<div>{escape(bottom)}</div>"
    if form != "html":
        mail.set_content(whole)
    if form == "both":
        mail.add_alternative(page, subtype="html")
    if form == "html":
        mail.set_content(page, subtype="html")
    return authenticated(mail.as_bytes())


def test_the_letter_is_longer_than_what_may_be_published(shown):
    _, _, letter = shown
    assert len(letter) > 2 * MAX_TEXT_BYTES


@pytest.mark.parametrize(("form", "times"), [("html", 1), ("both", 1), ("text", 3)])
def test_words_above_and_below_a_long_quotation_are_read_like_any_other(shown, form: str, times: int):
    desk, ref, letter = shown
    octets = reply(letter, form, times, f"{ref} note: I read all of it.", f"{ref} approve but cut the end")
    assert len(octets) > times * MAX_TEXT_BYTES
    entry = entry_of(desk, give(desk, octets))
    assert [(event.ref, event.name) for event in entry.events] == [(ref, "note")]
    assert entry.unclear == (f"{ref} approve but cut the end",)


def test_a_long_text_of_an_author_is_a_document_still(shown):
    desk, _, _ = shown
    entry = entry_of(desk, give(desk, a_mail(LINES * 2, subject="Two long nights", authentic=True)))
    assert entry.text == "" or entry.text_source.startswith("attachment ")
    assert len(entry.attachments) == 1
