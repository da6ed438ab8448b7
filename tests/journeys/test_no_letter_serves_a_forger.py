"""Two desks do not talk for ever, and a forged mail makes the desk carry nobody's words to anybody.

The canary stands wherever a forger can put text: subject, names, text, attachment names, Message-ID. Every octet of
every letter to the forged address is searched, header fields decoded and parts decoded too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy

import pytest
from build import (
    ANA,
    AUTHSERV,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    digest_now,
    give,
    later,
    letters,
    octets_of,
    received,
    refs_in,
    reminded,
    say,
)

from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope
from mailproc.workflow.outgoing import Outgoing

LOCAL = {"article": "articles", "material": "files", "membership": "join", "enquiry": "contact", "help": "help"}
VICTIM = "victim@elsewhere.example"
CANARY = "Zyxqv canary"


# Two desks


def a_desk_at(open_desks: Callable[..., Desk], domain: str) -> Desk:
    addresses = {f"desk.addresses.{kind}": f"{local}@{domain}" for kind, local in LOCAL.items()}
    options = {"desk.address": f"desk@{domain}", "desk.operator": f"operator@{domain}", **addresses}
    return open_desks(domain, **{"desk.name": domain, **options})


def carry(letter: Outgoing, sender: Desk, octets: bytes, to: Desk, *, strip: bool) -> None:
    """What a mail server between the two does: the letter arrives, authenticated, perhaps without our mark."""
    if strip:
        octets = re.sub(rb"(?im)^X-Mailproc-[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", b"", octets)
    envelope = Envelope(sender.bounce_address(letter.id), (letter.to,))
    give(to, authenticated(octets), envelope)


@pytest.mark.parametrize("strip", [False, True], ids=["marked", "mark stripped"])
@pytest.mark.parametrize("kind", ["desk", *LOCAL])
@pytest.mark.parametrize("proven", [False, True], ids=["unproven", "proven"])
def test_two_desks_exchange_at_most_two_letters(kind: str, strip: bool, proven: bool, open_desks: Callable[..., Desk]):  # noqa: FBT001 - cases
    north, south = a_desk_at(open_desks, "north.example"), a_desk_at(open_desks, "south.example")
    local = LOCAL.get(kind, "desk")
    first = a_mail(
        "An article for you: the tram was late.\n",
        sender=f"South <{local}@south.example>",
        to=f"{local}@north.example",
        subject="An article",
        authentic=proven,
    )
    give(north, first)
    carried: set[str] = set()
    for _ in range(6):
        for sender, to in ((north, south), (south, north)):
            for letter in letters(sender):
                if letter.id not in carried and to.is_ours(letter.to):
                    carried.add(letter.id)
                    carry(letter, sender, octets_of(sender, letter), to, strip=strip)
    assert len(letters(north)) + len(letters(south)) <= 2


# Forged


def everything_in(octets: bytes) -> Iterator[str]:
    """Every way in which a reader may see a letter's words."""
    yield octets.decode("utf-8", "replace")
    mail = message_from_bytes(octets, policy=policy.default)
    for part in mail.walk():
        yield from (f"{name}: {value}" for name, value in part.items())
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield html.unescape(content.decode("utf-8", "replace"))


def holds(octets: bytes, words: str) -> bool:
    wanted = "".join(words.split()).casefold()
    return any(wanted in "".join(seen.split()).casefold() for seen in everything_in(octets))


def forged(to: str, **changes: str) -> bytes:
    return a_mail(
        f"{CANARY}. I would like to join and here is an article for the North Pier Society.\n\n{CANARY}\n",
        sender=f'"{CANARY}" <{VICTIM}>',
        to=to,
        subject=f"{CANARY} buy now",
        attachments=((f"{CANARY}.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(40)),),
        **{"Reply_To": f"{CANARY} <{VICTIM}>", "Message_ID": "<zyxqvcanary@client.example>", **changes},
    )


def carries_nothing(desk: Desk) -> int:
    """No letter to the forged address holds the canary (its own Message-ID in the threading fields excepted)."""
    found = letters(desk, to=VICTIM)
    for letter in found:
        octets = octets_of(desk, letter)
        threading = re.compile(rb"(?im)^(In-Reply-To|References):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")
        assert not holds(threading.sub(b"", octets), CANARY), letter
    return len(found)


@pytest.mark.parametrize("kind", ["desk", *LOCAL])
def test_a_receipt_to_an_unproven_author_holds_no_word_of_the_mail(kind: str, desk: Desk):
    give(desk, forged(f"{LOCAL.get(kind, 'desk')}@harbour.example"))
    assert carries_nothing(desk) == 1


def test_a_forged_mail_whose_envelope_is_another_gets_no_letter_at_all(desk: Desk):
    give(desk, forged("articles@harbour.example"), Envelope("mallory@evil.example", ("articles@harbour.example",)))
    assert not letters(desk)


DECISIONS = ["approve", "reject: No, thank you.", "ask Which pier?", "discard", "hold"]


@pytest.mark.parametrize("words", DECISIONS, ids=[words.split()[0] for words in DECISIONS])
def test_no_later_letter_carries_it_either(words: str, desk: Desk):
    """Decided on by a member who was fooled, taken back, taken up again, and left to lapse."""
    add_member(desk, ANA, "Ana")
    number = give(desk, forged("articles@harbour.example"))
    ref = received(desk, number).refs[0]
    assert ref in refs_in(digest_now(desk, ANA))
    say(desk, f"decide {ANA} '{ref} {words}'")
    later(desk, minutes=20)
    say(desk, f"decide {ANA} 'undo {ref}'")
    later(desk, days=1)
    status = a_mail(f"status {ref} {CANARY}\n", sender=f"{CANARY} <{VICTIM}>", subject=f"{ref} withdraw")
    give(desk, status)
    for _ in range(3):
        later(desk, days=20)
        reminded(desk)
    carries_nothing(desk)


def test_a_forged_digest_reply_tells_the_forger_and_the_member_nothing(desk: Desk):
    add_member(desk, ANA, "Ana")
    give(desk, a_mail(authentic=True))
    digest = digest_now(desk, ANA)
    before = len(letters(desk))
    reply = a_reply(digest, f"note {CANARY}", f'"{CANARY}" <{VICTIM}>', authentic=True)
    give(desk, reply, Envelope(VICTIM, ("desk@harbour.example",)))
    assert len(letters(desk)) == before


def test_a_step_up_holds_no_words_but_the_decisions(desk: Desk):
    """Whoever holds a member's digest cannot make the desk write them a text of theirs beside its own words."""
    add_member(desk, ANA, "Ana")
    number = give(desk, a_mail(authentic=True))
    reply = a_reply(digest_now(desk, ANA), f"{CANARY}.\n\nA-{number} approve", f"Ana <{ANA}>", authentic=False)
    give(desk, reply)
    (asked,) = letters(desk, "member/step-up")
    assert not holds(octets_of(desk, asked), CANARY)


def test_the_author_field_of_our_server_is_believed_from_our_server_only(desk: Desk):
    """An Authentication-Results of another name proves nobody."""
    other = a_mail(sender=f"{CANARY} <{VICTIM}>", subject=CANARY, authentic=True).replace(
        AUTHSERV.encode(), b"mx.evil.example"
    )
    give(desk, other)
    carries_nothing(desk)
