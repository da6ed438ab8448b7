"""A reader asks about an article: claimed, answered, asked again, put on the page, stopped; every word is a mail.

Between a real Postfix and a real Dovecot. No mail in the reader's mailbox holds an address of a member, neither as its
octets stand nor as it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from build import add_member, item, letters, say, state
from dovecot import Dovecot
from harbour import Harbour, a_harbour

from mailproc.desk.ground.wire import Desk
from mailproc.desk.relay.unseen_address import bears

MEMBERS = ("Ana", "Ben")
ARTICLE = "The ferry came at nine.\n\nNobody had asked it to, and nobody got on.\n"
QUESTION = "Dear editors,\n\nwho built the pier in “The ferry at nine”, and when?\n\nRobin\n"
FIRST = "Dear Robin,\n\nthe harbour office did, in 1962: https://books.example/pier\n\nKind regards\nBen, {ben}\n"
SECOND = (
    "The town paid for it. Write to {ben} (BEN: mailto:{ben}) if you like.\n\n-- \nBen <{ben}>\nThe Harbour Review\n"
)


@pytest.fixture
def harbour(open_desks: Callable[..., Desk], dovecot: Dovecot) -> Iterator[Harbour]:
    with a_harbour(open_desks, dovecot, "pier") as found:
        for name in MEMBERS:
            add_member(found.desk, found.address(name), name)
        yield found


def letter(harbour: Harbour, who: str, template: str) -> bytes:
    """The last such letter, as it lies in their mailbox."""
    last = letters(harbour.desk, template, harbour.address(who))[-1]
    ids = {message_from_bytes(octets, policy=policy.default)["Message-ID"]: octets for octets in harbour.inbox(who)}
    return ids[f"<{last.message_id}>"]


def answers(harbour: Harbour, who: str, template: str, words: str) -> None:
    harbour.reply(who, letter(harbour, who, template), words.format(ben=harbour.address("Ben")))


def opened(harbour: Harbour, who: str, to: str, subject: str, text: str) -> str:
    """The reference that their mail got; each member has a digest of it."""
    harbour.write(who, to, subject, text)
    say(harbour.desk, "digest")
    harbour.carry()
    return letters(harbour.desk, to=harbour.address(who))[-1].ref or ""


def says(harbour: Harbour, who: str, words: str, *, settles: bool = True) -> str:
    """A member's answer to their last digest; their transcript."""
    answers(harbour, who, "member/digest", words)
    told = words_of(letter(harbour, who, "member/transcript"))
    if settles:
        harbour.wait(minutes=16)
        harbour.wait(minutes=1)
    return " ".join(told.split())


def words_of(octets: bytes) -> str:
    mail = message_from_bytes(octets, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


def everything_in(octets: bytes) -> str:
    """A mail as its octets stand, header fields and all, and each of its texts as it reads."""
    mail = message_from_bytes(octets, policy=policy.default)
    read = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    header = [f"{name}: {value}" for name, value in mail.items()]
    return "\n".join([octets.decode("utf-8", "replace").replace("=\r\n", "").replace("=\n", ""), *header, *read])


def test_a_reader_is_answered_and_never_sees_whose_address_it_was(harbour: Harbour):
    article = opened(harbour, "Jo", "articles@harbour.example", "The ferry at nine", ARTICLE)
    says(harbour, "Ana", f"{article} approve")
    assert state(harbour.desk, article) == "published"

    ref = opened(harbour, "Robin", "contact@harbour.example", "The pier", QUESTION)
    assert item(harbour.desk, ref).item.about == article  # found in the mail, by its title
    assert "yours to answer" in says(harbour, "Ben", f"{ref} claim", settles=False)
    assert "Ben answers it" in says(harbour, "Ana", f"{ref} answer\n\nNobody knows.", settles=False)
    assert "address of a member stood in it" in says(harbour, "Ben", f"{ref} answer\n\n{FIRST}")
    assert state(harbour.desk, ref) == "answered"
    assert "the harbour office did, in 1962" in harbour.reads("Robin", "^Re: The pier")

    answers(harbour, "Robin", "reader/answer", "And who paid for it?")
    assert state(harbour.desk, ref) == "open"
    say(harbour.desk, "digest")
    harbour.carry()
    says(harbour, "Ben", f"{ref} answer\n\n{SECOND}")
    assert "The town paid for it." in harbour.reads("Robin", "^Re: The pier")
    answers(harbour, "Robin", "reader/answer", "Thank you very much!\n\nRobin")
    assert state(harbour.desk, ref) == "answered"

    says(harbour, "Ana", f"{ref} append")
    place = harbour.desk.config.storage.published / (item(harbour.desk, article).item.place or "")
    assert "The town paid for it" in (place / "index.md").read_text()
    assert (place / "text.txt").read_text() == ARTICLE
    assert "below your words" in " ".join(words_of(letter(harbour, "Jo", "author/appended")).split())

    answers(harbour, "Robin", "reader/answer", "stop")
    assert state(harbour.desk, ref) == "stopped"
    assert "our last letter" in harbour.reads("Robin", "no more letters")
    assert "no more letters about it" in says(harbour, "Ben", f"{ref} answer\n\nOne thing more.")

    inbox = harbour.inbox("Robin")
    assert [each.template for each in letters(harbour.desk, to=harbour.address("Robin"))] == [
        "reader/receipt-enquiry",
        "reader/answer",
        "author/receipt-addition",
        "reader/answer",
        "reader/stopped",
    ]
    addresses = [harbour.address(name) for name in MEMBERS]
    assert len(inbox) == 5
    assert not [octets for octets in inbox if bears(everything_in(octets), addresses)]
    assert not bears("\n".join(path.read_text() for path in place.iterdir()), addresses)
