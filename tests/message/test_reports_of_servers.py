"""What the reports of real mail servers say of a letter, where their fields alone say less, or another thing."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailproc.message.model import DeliveryStatus
from mailproc.message.parse import parse

DSN = Path(__file__).parents[1] / "corpus/dsn"
ANA = ("ana@poole.example",)


@pytest.mark.parametrize(
    ("name", "action", "status", "words"),
    [
        ("exim", "failed", "5.1.1", "550 5.1.1 No such person"),  # its field: 5.0.0
        ("opensmtpd", "failed", "5.1.1", "550 5.1.1 No such person"),  # its fields: 5.0.0, and no words
        ("opensmtpd-gives-up", "failed", "4.4.7", "Envelope expired"),  # its fields: delayed
        ("opensmtpd-delayed", "delayed", "4.7.1", "451 4.7.1 Come later"),
    ],
)
def test_F103_a_report_is_read_for_what_its_server_means(name: str, action: str, status: str, words: str):
    assert statuses((DSN / f"{name}.eml").read_bytes()) == (DeliveryStatus(ANA, action, status, words),)


@pytest.mark.parametrize(
    ("told", "words", "status"),
    [
        ("5.0.0", "550 4.7.1 a word of another class", "5.0.0"),
        ("5.0.0", "550 no code", "5.0.0"),
        ("5.0.0", "connect to 127.5.1.1 failed", "5.0.0"),  # an address is no code
        ("5.2.2", "550 5.1.1 another", "5.2.2"),  # the field says something: it stands
        ("5.0.0", "552-5.2.2 mailbox full", "5.2.2"),
    ],
)
def test_F103_a_status_is_made_plain_only_by_a_code_of_its_class(told: str, words: str, status: str):
    report = (DSN / "exim.eml").read_bytes().replace(b"Status: 5.0.0", f"Status: {told}".encode())
    [found] = statuses(report.replace(b"smtp; 550 5.1.1 No such person", f"smtp; {words}".encode()))
    assert (found.status, found.diagnostic) == (status, words)


def test_F103_a_line_of_the_text_speaks_only_for_whom_it_names():
    report = (DSN / "opensmtpd-gives-up.eml").read_bytes().replace(b"ana@poole.example: Env", b"ben@poole.example: Env")
    assert statuses(report) == (DeliveryStatus(ANA, "delayed", "4.4.7", ""),)


def statuses(octets: bytes) -> tuple[DeliveryStatus, ...]:
    return parse(octets)[0].statuses
