"""A digest that is passed on gives no power: to an outsider who answers it, nor by the member's own "FYI".

Through the whole desk, forwarded inline and as an attached mail, from the programs of the bench that people forward
with. A digest is a working key only in the hands of the member it was written to.
"""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from itertools import count

import pytest
from build import (
    ANA,
    BEN,
    START,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    authenticated,
    digest_now,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    state,
    text_of,
)

from bench.answers import Answer
from bench.shapes.table import all_shapes
from mailproc.desk.ground.wire import Desk
from mailproc.message.model import Envelope

ROBIN = "robin@elsewhere.example"
SHAPES = all_shapes()
_numbers = count(1)
INLINE = [
    name for name in ("gmail_html", "apple_mail", "k9_mail", "outlook_web", "samsung", "t_online") if name in SHAPES
]


class Waiting:
    """A desk with two members, an article that waits, and its digests."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        self.ref = ref_of(desk, give(desk, a_mail("It was late.\n\napprove\n", subject="The tram", authentic=True)))
        self.digest = digest_now(desk, ANA)

    def untouched(self, number: int) -> bool:
        """The mail did nothing to the item, then or after the settling time."""
        done = {event.ref for event in entry_of(self.desk, number).events}
        later(self.desk, minutes=20)
        return self.ref not in done and state(self.desk, self.ref) == "pending" and not item(self.desk, self.ref).votes


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Waiting]:
    """One desk for all: nothing that is done here may change it."""
    with a_desk(tmp_path_factory.mktemp("waiting") / "desk") as desk:
        yield Waiting(desk)


def attached(digest: bytes, sender: str, to: str, text: str, **fields: str) -> bytes:
    """A mail that carries the digest as message/rfc822."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, "Fwd: items wait", format_datetime(START)
    mail["Message-ID"] = f"<fwd.{next(_numbers)}@client.example>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text + "\n")
    mail.add_attachment(message_from_bytes(digest, policy=policy.default))
    return authenticated(mail.as_bytes())


def reply_address(digest: bytes) -> str:
    return str(message_from_bytes(digest, policy=policy.default)["Reply-To"])


def message_id(digest: bytes) -> str:
    return str(message_from_bytes(digest, policy=policy.default)["Message-ID"])


@pytest.mark.parametrize("shape", INLINE)
def test_S14_an_outsider_who_answers_the_digest_decides_nothing(shape: str, waiting: Waiting):
    octets = SHAPES[shape](waiting.digest, [Answer(waiting.ref, "approve")], f"Robin <{ROBIN}>", START)
    number = give(waiting.desk, authenticated(octets))
    assert waiting.untouched(number)
    assert received(waiting.desk, number).state == "unauthorised"
    assert not letters(waiting.desk, to=ROBIN)


def test_S14_an_outsider_with_the_digest_attached_decides_nothing(waiting: Waiting):
    octets = attached(waiting.digest, f"Robin <{ROBIN}>", reply_address(waiting.digest), f"{waiting.ref} approve")
    assert waiting.untouched(give(waiting.desk, octets))


def test_S14_an_outsider_s_tap_on_a_forwarded_link_decides_nothing(waiting: Waiting):
    octets = a_mail(
        f"{waiting.ref} approve\n",
        sender=f"Robin <{ROBIN}>",
        to=reply_address(waiting.digest),
        subject=f"{waiting.ref} approve",
        authentic=True,
    )
    assert waiting.untouched(give(waiting.desk, octets))


def test_S14_the_member_it_was_written_to_is_told_in_the_next_digest_and_nobody_else(desk: Desk):
    waiting = Waiting(desk)
    octets = a_reply(waiting.digest, f"{waiting.ref} approve", f"Robin <{ROBIN}>")
    give(waiting.desk, octets)
    told = [" ".join(text_of(digest_now(waiting.desk, member)).split()) for member in (ANA, BEN)]
    assert ["tried to decide" in text for text in told] == [True, False]


@pytest.mark.parametrize("shape", INLINE)
def test_a_digest_that_the_member_forwards_to_the_desk_with_fyi_decides_nothing(shape: str, waiting: Waiting):
    octets = SHAPES[shape](waiting.digest, [Answer(None, "FYI, what do you think?")], f"Ana <{ANA}>", START)
    forwarded = octets.replace(b"Subject: Re: ", b"Subject: Fwd: ", 1).replace(b"Subject: RE: ", b"Subject: Fwd: ", 1)
    assert waiting.untouched(give(waiting.desk, authenticated(forwarded)))


@pytest.mark.parametrize("words", ["FYI", "See below.", ""])
def test_a_digest_that_the_member_attaches_decides_nothing(words: str, waiting: Waiting):
    threaded = {"References": message_id(waiting.digest), "In_Reply_To": message_id(waiting.digest)}
    octets = attached(waiting.digest, f"Ana <{ANA}>", "desk@harbour.example", words, **threaded)
    assert waiting.untouched(give(waiting.desk, octets))


@pytest.mark.parametrize("how", ["inline", "attached"])
def test_a_colleague_s_decision_that_is_passed_on_is_not_the_member_s(how: str, waiting: Waiting):
    """Ana forwards what Ben wrote; the words are his, and she said nothing but "FYI"."""
    ben_s = digest_now(waiting.desk, BEN)
    his = a_reply(ben_s, f"{waiting.ref} approve", f"Ben <{BEN}>")
    if how == "attached":
        octets = attached(his, f"Ana <{ANA}>", "desk@harbour.example", "FYI", References=message_id(ben_s))
    else:
        block = (
            f"---------- Forwarded message ---------\nFrom: Ben <{BEN}>\nDate: Sun, 22 Nov 2026\nSubject: Re: items\n"
        )
        octets = a_mail(
            f"FYI\n\n{block}\n{text_of(his)}",
            sender=f"Ana <{ANA}>",
            to="desk@harbour.example",
            subject="Fwd: items",
            authentic=True,
            References=message_id(ben_s),
        )
    assert waiting.untouched(give(waiting.desk, octets))


FORWARDS = {  # as programs forward inline: subject mark, the line above the letter
    "gmail": ("Fwd: ", "---------- Forwarded message ---------"),
    "thunderbird": ("Fwd: ", "-------- Forwarded Message --------"),
    "roundcube": ("Fwd: ", "-------- Original Message --------"),
    "outlook, German": ("WG: ", "-----Ursprüngliche Nachricht-----"),
    "apple mail": ("Fwd: ", "Begin forwarded message:"),
    "outlook, French": ("TR: ", "-----Message d'origine-----"),
    "outlook, Spanish": ("RV: ", "-----Mensaje original-----"),
    "outlook, Italian": ("I: ", "-----Messaggio originale-----"),
    "outlook, Portuguese": ("ENC: ", "-----Mensagem original-----"),
    "subject typed anew": ("What do you think? ", "-------- Forwarded Message --------"),
}


def forwarded(waiting: Waiting, program: str, words: str, *, to: str, cc: str = "") -> bytes:
    """The digest passed on by the member with words above, threaded as Thunderbird and Roundcube thread."""
    mark, line = FORWARDS[program]
    fields = {"In_Reply_To": message_id(waiting.digest), "References": message_id(waiting.digest)}
    block = f"{line}\nSubject: 1 item waits\nFrom: The Harbour Review <desk@harbour.example>\nTo: Ana <{ANA}>\n"
    return a_mail(
        f"{words}\n\n{block}\n{text_of(waiting.digest)}",
        sender=f"Ana <{ANA}>",
        to=to,
        subject=f"{mark}The Harbour Review: 1 item waits for you",
        authentic=True,
        **fields,
        **({"Cc": cc} if cc else {}),
    )


@pytest.mark.parametrize("program", FORWARDS)
@pytest.mark.parametrize("copy", ["in Cc", "in Bcc"])
def test_words_above_a_letter_that_is_passed_on_decide_nothing_where_the_desk_reads_along(
    program: str, copy: str, waiting: Waiting
):
    """They are for whoever stands in To, and their writer is asked to send them to the desk."""
    desk, address = waiting.desk, reply_address(waiting.digest)
    cc = address if copy == "in Cc" else ""
    number = give(
        desk,
        forwarded(waiting, program, f"{waiting.ref} approve", to=f"Ben <{BEN}>", cc=cc),
        Envelope(ANA, (address,)),
    )
    assert entry_of(desk, number).unclear == (f"{waiting.ref} approve",)
    assert waiting.untouched(number)


def test_who_decides_in_a_letter_that_is_passed_on_is_told_and_who_only_asks_a_colleague_is_not(desk: Desk):
    waiting = Waiting(desk)
    to, cc = f"Ben <{BEN}>", reply_address(waiting.digest)
    number = give(desk, forwarded(waiting, "gmail", "What do you think?", to=to, cc=cc))
    assert (entry_of(desk, number).reason, entry_of(desk, number).letters) == ("passed-on", ())
    give(desk, forwarded(waiting, "thunderbird", f"{waiting.ref} approve", to=to, cc=cc))
    told = text_of(octets_of(desk, letters(desk, "member/transcript", ANA)[-1]))
    assert "stands in a letter that you passed on to somebody else" in " ".join(told.split())


@pytest.mark.parametrize("program", FORWARDS)
def test_words_above_a_letter_that_is_passed_on_to_the_desk_decide_and_those_below_do_not(
    program: str, waiting: Waiting
):
    to = reply_address(waiting.digest)
    number = give(waiting.desk, forwarded(waiting, program, f"{waiting.ref} note: seen", to=to))
    assert [event.name for event in entry_of(waiting.desk, number).events] == ["note"]
    assert waiting.untouched(give(waiting.desk, forwarded(waiting, program, "FYI", to=to)))


def test_the_member_s_own_answer_still_decides(waiting: Waiting):
    """What all of the above is beside: the same words in the right hands."""
    octets = SHAPES["k9_mail"](waiting.digest, [Answer(waiting.ref, "hold")], f"Ana <{ANA}>", START)
    number = give(waiting.desk, authenticated(octets))
    assert {(event.ref, event.name) for event in entry_of(waiting.desk, number).events} == {(waiting.ref, "hold")}
    number = give(waiting.desk, a_reply(waiting.digest, f"{waiting.ref} undo", f"Ana <{ANA}>"))
    assert state(waiting.desk, waiting.ref) == "pending", entry_of(waiting.desk, number)
