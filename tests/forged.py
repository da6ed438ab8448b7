"""Mails of strangers in a member's name, as somebody would write them who has read how Authentication-Results work.

`SPELLINGS` are the ways in which a field may be written that claims to be our mail server's (RFC 8601 §2.2,
RFC 5322 §4); `FORGERIES` are whole mails: who brings one, in which envelope, and what is wrong with it. Each is made of
an honest answer of the member's, unsigned, so that whoever believes it lets a stranger vote.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from milters import ANA, INSIDE, NEIGHBOUR, OUR_NAME, STRANGER, Person, signed

DMARC = f"dmarc=pass header.from={ANA.domain}"
DKIM = f"dkim=pass header.d={ANA.domain} header.i=@{ANA.domain} header.s=sel header.b=abcdefgh"
SPF = f"spf=pass smtp.mailfrom={ANA.email}"
ALL = f"{DKIM}; {SPF}; {DMARC}"
# what a field may speak of: a signature of hers over all that a desk looks at, that nobody has made
SIGNATURE = (
    f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d={ANA.domain}; s=sel; t=1796000000;\r\n"
    " h=from:to:subject:date:message-id:in-reply-to:references; bh=abcd; b=abcdefghijkl"
)

SPELLINGS = {  # name -> the field, {} stands for the results
    "plain": f"Authentication-Results: {OUR_NAME}; {{}}",
    "name in capitals": f"AUTHENTICATION-RESULTS: {OUR_NAME}; {{}}",
    "id in capitals": f"Authentication-Results: {OUR_NAME.title()}; {{}}",
    "id in quotes": f'Authentication-Results: "{OUR_NAME}"; {{}}',
    "id with a version": f"Authentication-Results: {OUR_NAME} 1; {{}}",
    "comment before the id": f"Authentication-Results: (ours) {OUR_NAME}; {{}}",
    "comment behind the id": f"Authentication-Results: {OUR_NAME} (ours); {{}}",
    "comment in the id": "Authentication-Results: mx.(ours)harbour.example; {}",
    "folded": f"Authentication-Results:\r\n\t{OUR_NAME};\r\n\t{{}}",
    "folded at a blank line": f"Authentication-Results: \r\n \t\r\n {OUR_NAME}; {{}}",
    "a dot behind the id": f"Authentication-Results: {OUR_NAME}.; {{}}",
    "blanks around the dots": f"Authentication-Results: {OUR_NAME.replace('.', ' . ')}; {{}}",
    "blank before the colon": f"Authentication-Results : {OUR_NAME}; {{}}",
    "tab before the colon": f"Authentication-Results\t: {OUR_NAME}; {{}}",
    "no blanks": f"Authentication-Results:{OUR_NAME};{{}}",
    "twice": f"Authentication-Results: {OUR_NAME}; {{0}}\r\nAuthentication-Results: {OUR_NAME}; {{0}}",
    "nothing, then something": f"Authentication-Results: {OUR_NAME}; none; {{}}",
    "our id in another": f"Authentication-Results: {OUR_NAME}.org; {{}}",
    "another in our id": f"Authentication-Results: x{OUR_NAME}; {{}}",
}


@dataclass(frozen=True)
class Forgery:
    """One: what becomes of the member's unsigned answer, and who brings it."""

    make: Callable[[bytes], bytes]
    by: Person = STRANGER
    envelope: str = STRANGER.email


def on_top(*fields: str) -> Callable[[bytes], bytes]:
    """The mail below these fields."""
    return lambda mail: "".join(f"{field}\r\n" for field in fields).encode() + mail


def _hop(how: str) -> str:
    return (
        f"Received: from {ANA.host} ({ANA.host} [{ANA.address}])\r\n\tby {OUR_NAME} (Postfix) with {how} id 4F03A39A5D6"
        "\r\n\tfor <desk@harbour.example>; Mon, 30 Nov 2026 07:00:00 +0000 (UTC)"
    )


def _signed_for_another(mail: bytes) -> bytes:
    head, _, body = mail.partition(b"\r\n\r\n")
    honest = signed(head + b"\r\n\r\nThank you, I have no time today.\r\n", ANA)
    return honest.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body


def _longer_than_signed(mail: bytes) -> bytes:
    head, _, body = mail.partition(b"\r\n\r\n")
    return signed(head + b"\r\n\r\n", ANA, length=True) + body


def _of_two(mail: bytes) -> bytes:
    return signed(f"From: Sam <{STRANGER.email}>\r\n".encode() + mail, STRANGER)


PLAIN = SPELLINGS["plain"]
IN_FULL = on_top(PLAIN.format(ALL), SIGNATURE)
TEN = (
    *("plain", "name in capitals", "id in capitals", "id in quotes", "id with a version", "comment before the id"),
    *("folded", "a dot behind the id", "blanks around the dots", "blank before the colon"),
)


def in_the_identity(results: str) -> Callable[[bytes], bytes]:
    """Signed by the stranger; the user part of i= is encoded (RFC 6376 §2.11), and OpenDKIM writes it decoded."""
    said = f"x; {results} policy.y=@{STRANGER.domain}"
    identity = "".join(char if char.isalnum() or char in "@.-" else f"={ord(char):02X}" for char in said)
    return lambda mail: signed(on_top(SIGNATURE)(mail), STRANGER, identity=identity.encode())


FORGERIES = {
    "nothing but her name": Forgery(on_top()),
    "in her envelope": Forgery(on_top(), envelope=ANA.email),
    **{f"a field, {name}": Forgery(on_top(SPELLINGS[name].format(DMARC))) for name in TEN},
    "a field with a signature's result": Forgery(on_top(PLAIN.format(DKIM), SIGNATURE)),
    "fields as OpenDMARC and OpenDKIM write them": Forgery(on_top(*map(PLAIN.format, (DMARC, SPF, DKIM)), SIGNATURE)),
    "a field as rspamd writes it": Forgery(IN_FULL),
    "a field below a hop of our name": Forgery(lambda mail: on_top(_hop("ESMTP"))(IN_FULL(mail))),
    "a field above a hop of our name": Forgery(on_top(PLAIN.format(ALL), _hop("LMTP"), SIGNATURE)),
    "fifty fields": Forgery(on_top(*[PLAIN.format(ALL)] * 50, SIGNATURE)),
    "SPF's result in her envelope": Forgery(on_top(PLAIN.format(SPF)), envelope=ANA.email),
    "Received-SPF in her envelope": Forgery(
        on_top(f"Received-SPF: Pass (x) identity=mailfrom; client-ip={STRANGER.address}; envelope-from={ANA.email}"),
        envelope=ANA.email,
    ),
    "her signature over other words": Forgery(_signed_for_another),
    "her signature over the head alone": Forgery(_longer_than_signed),
    "the stranger's own signature": Forgery(lambda mail: signed(mail, STRANGER)),
    "two authors, signed by the stranger": Forgery(_of_two),
    "a field from the mail server's own machine": Forgery(IN_FULL, by=INSIDE, envelope=ANA.email),
    "a field from the same network": Forgery(IN_FULL, by=NEIGHBOUR, envelope=ANA.email),
    "results in i= of her signature": Forgery(in_the_identity(f"dkim=pass header.d={ANA.domain} header.b=abcdefgh")),
    "results of both in i=": Forgery(in_the_identity(f"dkim=pass header.d={ANA.domain}; {DMARC}")),
    "results in the reverse-path": Forgery(
        on_top(SIGNATURE),
        envelope=f'"x); dkim=pass header.d={ANA.domain} header.s=sel header.b=abcdefgh (y"@{STRANGER.domain}',
    ),
}
