"""A member's true mail, brought to a letter that it does not answer: forms of replay, and what is honest beside each.

Every mail is signed with a real key, as Ben wrote it; then a stranger does to it what a stranger can. It comes once
without a word of our mail server, so that the desk checks the signature itself, and once with the server's word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import dkim
import pytest
from build import (
    ANA,
    AUTHSERV,
    BEN,
    a_desk,
    a_mail,
    add_member,
    clock_of,
    digest_now,
    entry_of,
    give,
    item,
    letters,
    octets_of,
    received,
    run_here,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear.authority import STEP_UPS
from mailproc.desk.hear.stepping_up import WHY
from mailproc.inspect.dns import Dns
from mailproc.message.model import Envelope

KEYS = Path(__file__).parents[2] / "keys"
HOP = b"Received: from out.evil.example by mx.harbour.example with ESMTPS id 1; Sun, 22 Nov 2026 09:00:00 +0000\r\n"
DEFAULT = ("from", "to", "cc", "subject", "date", "in-reply-to", "references")  # what a signer of Debian's lists
GMAIL = ("to", "subject", "message-id", "date", "from", "in-reply-to", "references", "mime-version", "cc", "reply-to")
OUTLOOK = ("from", "date", "subject", "message-id", "content-type", "mime-version")
DMARC = "dmarc=pass header.from=gangway.example"
ELSEWHERE = "mallory@evil.example"


class Zone(Dns):
    """A DNS that knows one key of each domain here."""

    def txt(self, names: Sequence[str], timeout_seconds: float) -> dict[str, bytes | None]:  # noqa: ARG002 - as the others ask
        """The same record for all."""
        record = (KEYS / "rsa2048.record").read_bytes().strip()
        return dict.fromkeys(names, record)


@dataclass(frozen=True)
class Letters:
    """Two digests to Ben, and one to Ana; what they name each other by."""

    desk: Desk
    mine: str
    earlier: str
    anas: str

    def to(self, secret: str) -> str:
        return self.desk.reply_address(secret)

    def id(self, secret: str) -> str:
        return f"<{secret}@{self.desk.domain}>"


@pytest.fixture(scope="module")
def at_the_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Letters]:
    """Jo's article A-3 waits; Ana and Ben have it in digests. The letters answered here are half an hour old."""
    with a_desk(
        tmp_path_factory.mktemp("meant") / "desk", **{"review.article.approvals": 2, "review.article.lapse": "999d"}
    ) as opened:
        desk = replace(opened, dns=Zone())
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        give(desk, a_mail(authentic=True))
        ids = []
        for email in (BEN, ANA, BEN):
            clock_of(desk).pass_(hours=1)
            digest_now(desk, email)
            ids.append(letters(desk, "member/digest", email)[-1].id)
        clock_of(desk).pass_(minutes=30)
        yield Letters(desk, mine=ids[2], earlier=ids[0], anas=ids[1])
        assert_same(desk)


@pytest.fixture
def here(at_the_desk: Letters) -> Letters:
    """Another day, with letters of that day: what a day allows is new."""
    desk = at_the_desk.desk
    clock_of(desk).pass_(days=1)
    ids = []
    for email in (BEN, ANA, BEN):
        clock_of(desk).pass_(hours=1)
        digest_now(desk, email)
        ids.append(letters(desk, "member/digest", email)[-1].id)
    clock_of(desk).pass_(minutes=30)
    return Letters(desk, mine=ids[2], earlier=ids[0], anas=ids[1])


def written(here: Letters, words: str = "A-3 approve", **fields: str) -> bytes:
    """A mail of Ben's: an answer to the letter, but for the fields given; "" for one that it lacks."""
    given = {
        "From": f"Ben <{BEN}>",
        "To": here.to(here.mine),
        "Cc": "",
        "Subject": "Re: The Harbour Review",
        "Date": format_datetime(here.desk.now()),
        "Message-ID": f"<{here.desk.now().timestamp():.0f}.{hash(words) % 999}@gangway.example>",
        "In-Reply-To": here.id(here.mine),
        "References": here.id(here.mine),
    }
    mail = EmailMessage(policy=SMTP.clone(max_line_length=998))
    for name, value in {**given, **{name.replace("_", "-"): value for name, value in fields.items()}}.items():
        if value:
            mail[name] = value
    mail.set_content(words + "\n")
    return mail.as_bytes()


def signed(
    mail: bytes, names: Sequence[str] = DEFAULT, domain: str = "gangway.example", *, length: bool = False
) -> bytes:
    """With a signature over these fields, whether the mail has them or not."""
    key = (KEYS / "rsa2048.pem").read_bytes()
    over = [name.encode() for name in names]
    canon = (b"relaxed", b"relaxed")
    return dkim.sign(mail, b"sel", domain.encode(), key, canonicalize=canon, include_headers=over, length=length) + mail


def vouched(mail: bytes, *said: str) -> bytes:
    """As our mail server hands it on: what it says of the mail, above what came."""
    value = re.sub(rb"\s", b"", re.search(rb"\bb=([^;]*?)\r\n(?! )", mail)[1])[:8].decode() if not said else ""
    results = said or (
        f"dkim=pass header.d=gangway.example header.s=sel header.b={value}",
        "dmarc=pass header.from=gangway.example",
    )
    return f"Authentication-Results: {AUTHSERV}; {'; '.join(results)}\r\n".encode() + HOP + mail


def brought(here: Letters, mail: bytes, secret: str = "") -> int:
    """Delivered to a letter's address by whoever has the mail."""
    return give(here.desk, mail, Envelope(ELSEWHERE, (here.to(secret or here.mine),)))


def votes(here: Letters) -> list[str]:
    return [vote.member for vote in item(here.desk, "A-3").votes if not vote.undone]


def another_field(mail: bytes, name: str, value: str) -> bytes:
    """The field of a mail replaced, or put in where it has none."""
    line = f"{name}: {value}\r\n".encode()
    found = re.compile(rb"(?mi)^" + name.encode() + rb": [^\r]*(\r\n[ \t][^\r]*)*\r\n")
    return found.sub(line, mail, count=1) if found.search(mail) else line + mail


TO_MALLORY = {"To": f"Mallory <{ELSEWHERE}>", "In_Reply_To": "<coffee@evil.example>", "References": ""}
Form = Callable[[Letters], bytes]


def date(here: Letters, **span: float) -> dict[str, str]:
    return {"Date": format_datetime(here.desk.now() + timedelta(**span))}


def attached(here: Letters) -> bytes:
    outer = message_from_bytes(written(here, "See what Ben says.", From=f"Mallory <{ELSEWHERE}>"), policy=SMTP)
    outer.add_attachment(message_from_bytes(signed(written(here)), policy=SMTP))
    return bytes(outer.as_bytes())


REPLAYS: dict[str, tuple[Form, str]] = {  # what a stranger brings -> why it is asked back, "" where it is nobody's
    "to somebody else": (lambda h: signed(written(h, **TO_MALLORY)), "letter-not-covered"),
    "to somebody else, our address in the display name": (
        lambda h: signed(written(h, **{**TO_MALLORY, "To": f'"{h.to(h.mine)}" <{ELSEWHERE}>'})),
        "letter-not-covered",
    ),
    "passed on to a colleague, in the letter's thread": (
        lambda h: signed(written(h, To=f"Mallory <{ELSEWHERE}>")),
        "letter-not-covered",
    ),
    "to another letter's address": (
        lambda h: signed(written(h, To=h.to(h.earlier), In_Reply_To="", References="")),
        "letter-not-covered",
    ),
    "another letter's address in To, this one's thread at its end": (
        lambda h: signed(
            written(h, To=h.to(h.earlier), In_Reply_To="", References=f"{h.id(h.earlier)} {h.id(h.mine)}")
        ),
        "letter-not-covered",
    ),
    "To written anew, which the signature leaves out": (
        lambda h: another_field(signed(written(h, **TO_MALLORY), ("from", "subject", "date")), "To", h.to(h.mine)),
        "letter-not-covered",
    ),
    "To written anew as large providers leave it out": (
        lambda h: another_field(signed(written(h, **TO_MALLORY), OUTLOOK), "To", h.to(h.mine)),
        "letter-not-covered",
    ),
    "Cc put in, which the signature leaves out": (
        lambda h: another_field(
            signed(written(h, **TO_MALLORY), ("from", "to", "subject", "date")), "Cc", h.to(h.mine)
        ),
        "letter-not-covered",
    ),
    "In-Reply-To put in, which the signature leaves out": (
        lambda h: another_field(
            signed(
                written(h, To="desk@harbour.example", In_Reply_To="", References=""), ("from", "to", "subject", "date")
            ),
            "In-Reply-To",
            h.id(h.mine),
        ),
        "letter-not-covered",
    ),
    "References put in, which the signature leaves out": (
        lambda h: another_field(
            signed(
                written(h, To="desk@harbour.example", In_Reply_To="", References=""), ("from", "to", "subject", "date")
            ),
            "References",
            h.id(h.mine),
        ),
        "letter-not-covered",
    ),
    "sent again to our address by Resent fields": (
        lambda h: f"Resent-From: {BEN}\r\nResent-To: {h.to(h.mine)}\r\n".encode() + signed(written(h, **TO_MALLORY)),
        "letter-not-covered",
    ),
    "of before the letter": (lambda h: signed(written(h, **date(h, minutes=-41))), "date-outside"),
    "of yesterday": (lambda h: signed(written(h, **date(h, days=-1))), "date-outside"),
    "two years old": (lambda h: signed(written(h, **date(h, days=-730))), "date-outside"),
    "of tomorrow": (lambda h: signed(written(h, **date(h, days=1))), "date-outside"),
    "of a quarter of an hour from now": (lambda h: signed(written(h, **date(h, minutes=15))), "date-outside"),
    "without a date": (lambda h: signed(written(h, Date="")), "date-outside"),
    "Date written anew, which the signature leaves out": (
        lambda h: another_field(
            signed(written(h, **date(h, days=-700)), ("from", "to", "subject")), "Date", format_datetime(h.desk.now())
        ),
        "date-not-covered",
    ),
    "Subject written anew, which the signature leaves out": (
        lambda h: another_field(
            signed(written(h, "Hello", In_Reply_To="", References=""), ("from", "to", "date")), "Subject", "A-3 approve"
        ),
        "subject-not-covered",
    ),
}


@pytest.mark.parametrize("form", REPLAYS)
@pytest.mark.parametrize("server", ["silent", "vouching"])
def test_S95_S96_what_a_stranger_brings_is_asked_back_and_says_why(here: Letters, form: str, server: str):
    make, reason = REPLAYS[form]
    mail = make(here)
    number = brought(here, vouched(mail) if server == "vouching" else HOP + mail)
    assert (votes(here), received(here.desk, number).reason) == ([], reason)
    [asked] = [letter for letter in letters(here.desk, "member/step-up") if letter.cause == number]
    assert asked.to == BEN


NOBODYS: dict[str, Form] = {
    "words appended behind what l= counts": lambda h: signed(written(h, "Hello"), length=True) + b"A-3 approve\r\n",
    "signed again by another domain": lambda h: signed(
        another_field(written(h), "To", h.to(h.mine)), domain="evil.example"
    ),
    "signed by a list that it passed": lambda h: signed(
        b"List-Id: <talk.evil.example>\r\n" + written(h), domain="evil.example"
    ),
    "a signed field taken out and put in": lambda h: another_field(
        signed(written(h, **TO_MALLORY)), "To", h.to(h.mine)
    ),
    "a field that was signed as missing": lambda h: another_field(
        signed(written(h, To="desk@harbour.example", In_Reply_To="", References="")), "In-Reply-To", h.id(h.mine)
    ),
    "To in a second field": lambda h: f"To: {h.to(h.mine)}\r\n".encode() + signed(written(h, **TO_MALLORY)),
    "a signature that ended": lambda h: signed(written(h)).replace(b" t=", b" x=1000000000; t=", 1),
    "attached to somebody's mail": attached,
    "results of our name below the hop": lambda h: HOP + vouched(written(h), "dmarc=pass header.from=gangway.example"),
}


@pytest.mark.parametrize("form", NOBODYS)
def test_S95_what_proves_nothing_decides_nothing(here: Letters, form: str):
    number = brought(here, HOP + NOBODYS[form](here))
    row = received(here.desk, number)
    assert votes(here) == []
    assert row.identity == ""


SAYS_SO = {  # what our mail server says of a mail with a signature over DEFAULT -> whether it decides
    "dkim=pass header.d=gangway.example": True,
    "dkim=pass header.i=@gangway.example; dmarc=pass header.from=gangway.example": True,
    "dkim=pass header.d=gangway.example header.s=SEL; dmarc=pass header.from=gangway.example": True,
    "dmarc=pass header.from=gangway.example": True,
    "dkim=pass; dmarc=pass header.from=gangway.example": True,
    "dkim=pass header.d=gangway.example header.b=AAAAAAAA; dmarc=pass header.from=gangway.example": False,
    "dkim=pass header.d=gangway.example header.s=other; dmarc=pass header.from=gangway.example": False,
}


@pytest.mark.parametrize("said", SAYS_SO)
def test_S95_the_signature_that_our_server_vouches_for_must_be_there(here: Letters, said: str):
    bare = replace(here, desk=replace(here.desk, dns=Dns()))  # nobody here could check the signature
    number = brought(bare, vouched(signed(written(here)), said))
    assert bool(votes(here)) is SAYS_SO[said]
    assert SAYS_SO[said] or received(here.desk, number).reason == (
        "letter-not-covered" if "header.d" in said else "spf-alone"
    )
    taken_back(here)


def test_S04_a_server_that_vouches_for_a_part_of_the_body_is_not_believed(here: Letters):
    mail = signed(written(here, "Hello"), length=True) + b"A-3 approve\r\n"
    for said in ((), ("dmarc=pass header.from=gangway.example",), ("dkim=pass header.d=gangway.example",)):
        number = brought(here, vouched(mail, *said))
        assert (votes(here), received(here.desk, number).identity) == ([], "")
        assert entry_of(here.desk, number).identity_reason == "dkim-length-tag"


def test_S95_a_signature_put_in_beside_the_true_one_widens_nothing(here: Letters):
    """The true one leaves To out; a forged one of the same domain, which does not hold, lists it."""
    true = signed(written(here, **TO_MALLORY), ("from", "subject", "date"))
    forged = re.sub(rb"h=[^;]*;", b"h=from : to : subject : date;", true.partition(b"\r\nFrom:")[0]) + b"\r\n"
    mail = forged + another_field(true, "To", here.to(here.mine))
    for said in (
        ("dkim=fail header.d=gangway.example", "dkim=pass header.d=gangway.example", DMARC),
        (DMARC,),
    ):
        brought(here, vouched(mail, *said))
    brought(here, HOP + mail)
    assert votes(here) == []


@pytest.mark.parametrize(
    "said",
    [
        "spf=pass smtp.mailfrom=ben@gangway.example",
        "spf=pass smtp.mailfrom=ben@gangway.example; dmarc=pass header.from=gangway.example",
        "spf=pass smtp.mailfrom=ben@gangway.example; dkim=none; dmarc=pass header.from=gangway.example",
        "dkim=none; dmarc=pass header.from=gangway.example",
        "dkim=pass header.d=evil.example; dmarc=pass header.from=gangway.example",
    ],
)
def test_S28_a_host_that_others_may_use_proves_nobody(here: Letters, said: str):
    number = brought(here, vouched(written(here), said))
    assert (votes(here), received(here.desk, number).reason) == ([], "spf-alone")
    assert "no signature of your provider" in " ".join(step_up_of(here, number).split())


PROMPTS = {
    "Received-SPF": b"Received-SPF: Pass (x) identity=mailfrom; envelope-from=ben@gangway.example\r\n",
    "Received-SPF in small letters": b"received-spf: pass\r\n",
    "results of our name": b"Authentication-Results: mx.harbour.example; spf=pass smtp.mailfrom=gangway.example\r\n",
    "results of our name, quoted": b'Authentication-Results: "mx.harbour.example"; spf=pass smtp.mailfrom=ben\r\n',
    "results of our name, spread": b"Authentication-Results: mx . harbour . example; dkim=pass header.d=x.example\r\n",
    "results of any name": b"Authentication-Results: elsewhere.example; spf=pass smtp.mailfrom=gangway.example\r\n",
}


@pytest.mark.parametrize("said", ["dmarc=pass header.from=gangway.example", "dkim=pass; " + DMARC])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_S112_what_a_filter_may_have_read_in_the_mail_itself_proves_nobody(here: Letters, said: str, prompt: str):
    number = brought(here, vouched(HOP + PROMPTS[prompt] + written(here), said))
    assert (votes(here), received(here.desk, number).reason) == ([], "spf-alone")
    brought(here, vouched(HOP + b"X-Was-" + PROMPTS[prompt] + written(here), said))
    assert votes(here) == [BEN]
    taken_back(here)


EVIL_ONE = b"DKIM-Signature: v=1; a=rsa-sha256; d=evil.example; s=s; h=from; bh=a=; b=abcdefghijkl; i="
PASSES = "dkim=pass header.d=gangway.example header.b=abcdefgh"
REPEATED: dict[str, tuple[str, bytes]] = {  # what our filters make of a stranger's words; his field
    "i= of a signature, decoded": (
        f"dkim=pass (2048-bit key) header.d=evil.example header.i=x; {PASSES}; {DMARC} policy.y=@evil.example",
        EVIL_ONE + b"x=3B=20dkim=3Dpass=20header.d=3Dgangway.example=3B=20policy.y=3D@evil.example",
    ),
    "i= that begins like one": (
        f"dkim=pass header.d=evil.example header.i=x@evil.example; {PASSES}",
        EVIL_ONE + b"x@evil.example=3B=20dkim=3Dpass=20header.d=3Dgangway.example",
    ),
    "an ARC seal, in a comment": (
        f'{PASSES}; arc=permerror ("bad i for d=x))"); spf=none',
        b"ARC-Seal: i=2; a=rsa-sha256; cv=none; d=x)); s=s; b=abcdefgh",
    ),
    "the reverse-path, in a comment": (
        f'spf=pass (mx: domain of "x); {PASSES} (y"@evil.example says so)',
        f'Return-Path: <"x); {PASSES} (y"@evil.example>'.encode(),
    ),
    "a HELO name": (
        "spf=none smtp.helo=x;dkim=pass()header.d=gangway.example()header.b=abcdefgh;x=y",
        b"X-Helo: none",
    ),
}
HELO = b"Received: from x?dkim=pass??header.d=gangway.example (out.evil.example [192.0.2.66]) by"


def bait(here: Letters) -> bytes:
    """With a signature that nobody made, over all that names the letter."""
    fields = b"from:to:subject:date:message-id:in-reply-to:references"
    head = b"DKIM-Signature: v=1; a=rsa-sha256; d=gangway.example; s=nobody; h=" + fields
    return head + b"; bh=YQ==; b=abcdefghijkl\r\n" + written(here)


@pytest.mark.parametrize("form", REPEATED)
def test_S113_what_a_filter_repeats_of_a_strangers_words_proves_nobody(here: Letters, form: str):
    said, field = REPEATED[form]
    mail = vouched(field + b"\r\n" + bait(here), said)
    if form == "a HELO name":  # as Postfix writes it
        mail = mail.replace(b"Received: from out.evil.example by", HELO, 1)
    number = brought(here, mail)
    assert (votes(here), received(here.desk, number).identity in {"", "spf"}) == ([], True)


def step_up_of(here: Letters, number: int) -> str:
    [asked] = [letter for letter in letters(here.desk, "member/step-up") if letter.cause == number]
    mail = message_from_bytes(octets_of(here.desk, asked), policy=SMTP)
    part = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content())


def test_S96_the_same_signed_mail_under_another_Message_ID_is_a_copy(here: Letters):
    """Ben changes his mind, and somebody brings his first mail again: the signature leaves the Message-ID out."""
    mail = signed(written(here))
    first = brought(here, HOP + mail)
    assert votes(here) == [BEN]
    taken_back(here)
    again = received(here.desk, brought(here, HOP + another_field(mail, "Message-ID", "<again@evil.example>")))
    assert (again.state, again.duplicate_of, votes(here)) == ("duplicate", first, [])


def taken_back(here: Letters) -> None:
    if votes(here):
        brought(here, HOP + signed(written(here, "undo A-3")))
    assert votes(here) == []


HONEST: dict[str, Form] = {
    "to the letter's address": lambda h: signed(written(h)),
    "a tapped link": lambda h: signed(written(h, In_Reply_To="", References="")),
    "to the desk's own address, in the thread": lambda h: signed(written(h, To="desk@harbour.example")),
    "in the thread by References alone": lambda h: signed(written(h, To="desk@harbour.example", In_Reply_To="")),
    "to a colleague, copy to us": lambda h: signed(written(h, To=ELSEWHERE, Cc=h.to(h.mine))),
    "to the letter and to the desk": lambda h: signed(written(h, To=f"{h.to(h.mine)}, desk@harbour.example")),
    "as Gmail signs": lambda h: signed(written(h), GMAIL),
    "fields listed twice": lambda h: signed(written(h), (*DEFAULT, "from", "to", "subject")),
    "a clock that is eight minutes late": lambda h: signed(written(h, **date(h, minutes=-38))),
    "a clock that is eight minutes early": lambda h: signed(written(h, **date(h, minutes=8))),
    "signed by a subdomain": lambda h: signed(written(h), domain="mail.gangway.example"),
}


@pytest.mark.parametrize("form", HONEST)
@pytest.mark.parametrize("server", ["silent", "vouching"])
def test_what_was_meant_for_us_decides(here: Letters, form: str, server: str):
    mail = HONEST[form](here)
    domain = re.search(rb" d=([^;]*);", mail)[1].decode()
    said = (f"dkim=pass header.d={domain} header.s=sel", "dmarc=pass header.from=gangway.example")
    number = brought(here, vouched(mail, *said) if server == "vouching" else HOP + mail)
    assert (votes(here), received(here.desk, number).reason) == ([BEN], received(here.desk, number).reason)
    taken_back(here)


def test_large_providers_sign_no_address_and_their_host_brings_the_mail_itself(here: Letters):
    """DKIM over the content, SPF of the author's own domain for the way: together they are enough, neither is alone."""
    mail = signed(written(here), OUTLOOK)
    dkim_pass, dmarc = "dkim=pass header.d=gangway.example header.s=sel", "dmarc=pass header.from=gangway.example"
    brought(here, vouched(mail, dkim_pass, "spf=pass smtp.mailfrom=mallory@evil.example", dmarc))
    assert votes(here) == []
    brought(here, vouched(mail, dkim_pass, f"spf=pass smtp.mailfrom={BEN}", dmarc))
    assert votes(here) == [BEN]
    taken_back(here)


def test_the_word_of_our_server_is_enough_for_what_names_the_letter(here: Letters):
    """The mail bears no signature, which our server took out: the header is taken as it came."""
    said = "dkim=pass header.d=gangway.example; dmarc=pass header.from=gangway.example"
    number = brought(here, vouched(written(here, **TO_MALLORY), said))
    assert (votes(here), received(here.desk, number).reason) == ([], "letter-not-covered")
    number = brought(here, vouched(written(here, **date(here, days=-730)), said))
    assert (votes(here), received(here.desk, number).reason) == ([], "date-outside")
    brought(here, vouched(written(here, To="desk@harbour.example"), said))
    assert votes(here) == [BEN]
    taken_back(here)


def test_a_server_that_takes_out_the_signature_which_it_has_checked_is_believed(here: Letters):
    """It says that DMARC passes by DKIM, and the mail bears no signature of anybody: the header is taken as it came."""
    said = ("dkim=pass header.d=gangway.example", DMARC)
    for fields in (TO_MALLORY, date(here, days=-730)):
        brought(here, vouched(written(here, **fields), *said))
    assert votes(here) == []
    brought(here, vouched(written(here), "dkim=pass header.d=gangway.example"))
    brought(here, vouched(signed(written(here), domain="evil.example"), *said))
    assert votes(here) == [], "nor where DMARC is silent, or another's signature is left"
    brought(here, vouched(written(here), *said))
    assert votes(here) == [BEN]
    taken_back(here)


def test_the_token_alone_asks_for_nothing_of_this(tmp_path):
    with a_desk(tmp_path / "desk", **{"review.trust": "token"}) as desk:
        add_member(desk, BEN, "Ben")
        give(desk, a_mail(authentic=True))
        digest_now(desk, BEN)
        secret = letters(desk, "member/digest", BEN)[-1].id
        there = Letters(desk, secret, secret, secret)
        brought(there, written(there, "A-2 approve", **TO_MALLORY))
        assert [vote.member for vote in item(desk, "A-2").votes] == [BEN]


def test_trace_says_why_a_decision_was_asked_back(here: Letters):
    number = brought(here, HOP + signed(written(here, **TO_MALLORY)))
    config = here.desk.config.folder / "config.toml"
    assert "letter-not-covered" in run_here("trace", str(number), config=config).out
    assert run_here("received", "show", str(number), "--json", config=config).json["reason"] == "letter-not-covered"


def test_every_doubt_has_its_words():
    assert set(WHY) == set(STEP_UPS)
