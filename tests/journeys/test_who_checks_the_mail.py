"""Postfix with OpenDKIM, with OpenDKIM and OpenDMARC, with rspamd: what the recipes of docs/servers.md make of them.

Real servers as Debian ships them, real signatures, real hosts. After the section's first block no field of a sender's
comes through, however it is spelled and whoever brings it, and what the programs say stands where the desk looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import partial

import pytest
from build import a_mail
from forged import DMARC, SPELLINGS, on_top
from milters import ANA, DESK_PORT, FIRST, INSIDE, NAMES, STRANGER, Border, a_border, a_sink, blocks, results, signed
from postfix import comes

RECEIVED = "Received: "
NOBODY = 9  # a port where nobody listens


@pytest.fixture(scope="module", params=NAMES, ids=NAMES.values())
def taken(request: pytest.FixtureRequest) -> Iterator[tuple[Border, list[bytes]]]:
    """A border with a whole recipe, and what it hands on."""
    lines = [*blocks(request.param), *blocks(FIRST)]
    with a_border(request.param, lines) as border, a_sink(border.place, DESK_PORT) as mails:
        yield border, mails


def of_ana(**more: object) -> bytes:
    """A mail of hers, not signed yet, written now."""
    now = datetime.now(UTC)  # noqa: TID251 - the servers' clock is the real one
    return a_mail(sender=f"Ana Marsh <{ANA.email}>", to="desk@harbour.example", at=now, **more)  # type: ignore[arg-type]


def told(taken: tuple[Border, list[bytes]], mail: bytes, **how: object) -> Sequence[str]:
    """What a mail's fields tell when it has come through."""
    border, mails = taken
    mails.clear()
    border.take(mail, **how)  # type: ignore[arg-type]
    [arrived] = mails
    return results(arrived)


def test_a_signed_mail_is_vouched_for(taken):
    fields = told(taken, signed(of_ana(), ANA), by=ANA)
    assert any("dkim=pass" in field and f"header.d={ANA.domain}" in field for field in fields), fields
    assert not any("fail" in field for field in fields), fields


def test_S108_no_spelling_of_a_field_comes_through_whoever_brings_it(taken):
    border, mails = taken
    forged = [on_top(field.format(DMARC))(of_ana()) for field in SPELLINGS.values()]
    for by in (STRANGER, INSIDE):
        mails.clear()
        border.take(*forged, by=by)
        assert len(mails) == len(forged)
        fields = [field for mail in mails for field in results(mail) if not field.startswith(RECEIVED)]
        assert not [field for field in fields if "dmarc=pass" in field]


def test_a_signature_over_what_is_attached_holds(taken):
    """An attached message has been checked by somebody, and a part may say so: Postfix must leave both alone."""
    field = SPELLINGS["plain"].format(DMARC)
    mail = message_from_bytes(of_ana(), policy=policy.SMTP)
    assert isinstance(mail, EmailMessage)
    mail.add_attachment(message_from_bytes(on_top(field)(of_ana()), policy=policy.SMTP))
    mail.add_attachment("The tram.\n", headers=[field])
    fields = told(taken, signed(mail.as_bytes(), ANA), by=ANA)
    assert any("dkim=pass" in field for field in fields), fields


def test_what_nobody_can_check_is_not_taken(taken):
    border, mails = taken
    border.write([("/etc/postfix/main.cf", f"smtpd_milters = inet:localhost:{NOBODY}\n")])
    border.reload()
    once = partial(border.takes, of_ana(), ANA, ANA.email, "desk@harbour.example")
    try:
        comes(lambda: not once(), "a process of Postfix that has read its files anew")
        border.empties()
        mails.clear()
        assert not once()
    finally:
        border.write([(path, words) for path, words in blocks(border.title) if path == "/etc/postfix/main.cf"])
        border.reload()
    assert mails == []


def test_a_stranger_in_her_name_is_told_from_her(taken, request: pytest.FixtureRequest):
    """Where a program looks at DMARC; OpenDKIM alone writes nothing into a mail without a signature."""
    fields = told(taken, of_ana(), by=STRANGER, envelope=ANA.email)
    failed = [field for field in fields if "dmarc=fail" in field]
    assert bool(failed) != ("postfix-opendkim" in request.node.name), fields


def test_received_spf_of_a_senders_own_is_no_word_of_ours(taken):
    own = f"Received-SPF: Pass (x) identity=mailfrom; client-ip={STRANGER.address}; envelope-from={ANA.email}"
    fields = told(taken, on_top(own)(of_ana()), by=STRANGER, envelope=ANA.email)
    assert not any("pass" in field.lower() for field in fields if not field.startswith(RECEIVED)), fields
