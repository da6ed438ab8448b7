"""Handing letters to a mail server by SMTP: one connection for many letters, one Receipt for each.

A reply of 4xx, a broken connection and a refused login are transient, 5xx to a letter is permanent; ambiguous is only
what broke after the final dot had left, when nobody can know (RFC 5321 §4.5.4.1, RFC 1047 §2). Never raises for what a
server does: the Receipt tells, in one line with the cure. Octets are checked before they leave, never changed.
It does not choose letters, write records, or try twice: `workflow.outgoing` says when to try again.
"""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from mailproc.delivery.connection import (
    COMMAND_SECONDS,
    CONNECT_SECONDS,
    DOT_SECONDS,
    LETTER_SECONDS,
    Connection,
    Server,
    connected,
    is_loopback,
    leave,
)
from mailproc.errors import MailprocError
from mailproc.failpoint import reach
from mailproc.finding import Finding
from mailproc.message.field.address import as_path
from mailproc.message.field.header import plain
from mailproc.workflow.outgoing import Receipt

MAX_REPLY = 500  # characters of a Receipt
MAX_LINE_OCTETS = 998  # RFC 5322 §2.1.1, without CRLF

FINAL_DOT = "the final dot"
EXPECTED = {"MAIL": 2, "RCPT": 2, "DATA": 3, FINAL_DOT: 2}  # RFC 5321 §4.3.2: the first digit of yes
OK, SERVICE_CLOSING = 250, 421  # RFC 5321 §4.2.3, §3.8
MISCONFIGURED = {530, 534, 535, 538}  # RFC 4954 §6: our login is at fault, not the letter
LEADING_DOT = re.compile(rb"(?m)^\.")
STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")  # RFC 5321 §2.3.8: CR and LF only as CRLF (catalogue S31)
LONG_LINE = re.compile(rb"[^\n]{%d}" % (MAX_LINE_OCTETS + 2))
PATH = re.compile(r"[^\s<>\x00-\x1f\x7f]+@[^\s<>@\x00-\x1f\x7f]+")

CURES: tuple[tuple[type[BaseException], str], ...] = (  # the first that fits
    (
        ssl.SSLCertVerificationError,
        "use the name that stands in its certificate as delivery.host, or install its authority",
    ),
    (ssl.SSLError, "check delivery.port and delivery.tls: 465 speaks implicit TLS, 587 starttls"),
    (smtplib.SMTPNotSupportedError, "check delivery.tls and delivery.user against what the server offers"),
    (smtplib.SMTPAuthenticationError, "check delivery.user and its password"),
    (ConnectionRefusedError, "check delivery.host and delivery.port, and that the server runs"),
    (TimeoutError, "check delivery.host, delivery.port and delivery.tls, and the firewall between"),
    (Exception, "look at delivery.host, the network and the server's log"),
)


@dataclass(frozen=True, slots=True)
class _Tried:
    """What one mail transaction came to."""

    receipt: Receipt
    begun: bool  # False: the connection was gone before the server took anything
    usable: bool  # the connection, for another letter


class Session:
    """A connection that is made when the first letter comes, kept for the next, and made again once it broke.

    Once connecting failed, every further letter of the session gets the same transient Receipt without another try.
    """

    def __init__(self, server: Server) -> None:
        """Nothing is opened yet."""
        self._server = server
        self._smtp: Connection | None = None
        self._refusal: Receipt | None = None

    def __enter__(self) -> Self:
        """The session itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye."""
        if self._smtp:
            leave(self._smtp)
        self._smtp = None

    def send(self, reverse_path: str, forward_path: str, octets: bytes) -> Receipt:
        """Try one letter once; `reverse_path` "" is the null reverse-path. `octets` have CRLF line ends."""
        if defect := _defect((reverse_path, forward_path), octets):
            return Receipt("permanent", defect)
        if self._smtp:
            tried = self._try(self._smtp, reverse_path, forward_path, octets)
            if tried.begun:
                return tried.receipt
        connection = self._connect()  # the first, or the server had closed an idle one
        if isinstance(connection, Receipt):
            return connection
        return self._try(connection, reverse_path, forward_path, octets).receipt

    def _connect(self) -> Connection | Receipt:
        if self._refusal:
            return self._refusal
        try:
            return connected(self._server)
        except (OSError, ValueError) as failure:  # smtplib's own errors are OSErrors
            self._refusal = Receipt("transient", _no_connection(self._server, failure), reached=False)
        except MailprocError as failure:  # the password cannot be had; its own words tell the cure
            self._refusal = Receipt("transient", _line(str(failure)), reached=False)
        return self._refusal

    def _try(self, smtp: Connection, reverse_path: str, forward_path: str, octets: bytes) -> _Tried:
        smtp.allow(COMMAND_SECONDS, self._server.silence_seconds, time.monotonic() + LETTER_SECONDS)
        options, defect = _options(smtp, reverse_path + forward_path, octets)
        if defect:
            tried = _Tried(Receipt("permanent", f"{self._server}: {defect}"), begun=True, usable=True)
        else:
            to = as_path(forward_path)
            commands = (("MAIL", f"FROM:<{reverse_path}>{options}"), ("RCPT", f"TO:<{to}>"), ("DATA", ""))
            tried = _transaction(smtp, commands, octets)
        if not tried.usable:
            smtp.close()
        self._smtp = smtp if tried.usable else None
        return tried


def check(server: Server) -> tuple[Finding, ...]:
    """What `doctor` says of the server: findings. Sends nothing; what a server does is never raised."""
    try:
        leave(connected(server))
    except (OSError, ValueError) as failure:
        return (Finding("trouble", _no_connection(server, failure)),)
    found = [Finding("ok", f"{server}: answers{' and takes the login' if server.user else ''}")]
    if server.tls == "none" and not is_loopback(server.host):
        cure = 'set delivery.tls = "implicit" or "starttls"'
        found.append(Finding("warning", f"{server}: letters travel in the clear; {cure}"))
    return tuple(found)


def lacks_smtputf8(server: Server) -> str:
    """Why a letter to an address that is not ASCII cannot leave by this server now, in one line; "" if it can."""
    try:
        smtp = connected(server)
    except (OSError, ValueError) as failure:
        return _no_connection(server, failure)
    try:
        return "" if smtp.has_extn("smtputf8") else f"{server} offers no SMTPUTF8 (RFC 6531 §3.2); use one that does"
    finally:
        leave(smtp)


def _transaction(smtp: Connection, commands: Sequence[tuple[str, str]], octets: bytes) -> _Tried:
    """One mail transaction (RFC 5321 §3.3), step by step, so that it is known how far it came."""
    step = "MAIL"
    try:
        for step, argument in commands:
            code, reply = smtp.docmd(step, argument)
            if code // 100 != EXPECTED[step]:
                begun = not (step == "MAIL" and code == SERVICE_CLOSING)
                return _Tried(_refused(code, reply), begun, _cleared(smtp, code))
        step = "the letter"
        _hand_over(smtp, _on_the_wire(octets))
        step = FINAL_DOT  # it has left: only the reply tells what became of it
        reach("deliver.dotted")
        smtp.allow(DOT_SECONDS, DOT_SECONDS, time.monotonic() + DOT_SECONDS)
        code, reply = smtp.getreply()
    except (OSError, ValueError) as failure:
        outcome = "ambiguous" if step == FINAL_DOT else "transient"
        return _Tried(Receipt(outcome, _line(f"no reply to {step}: {_words(failure)}")), step != "MAIL", usable=False)
    if code // 100 == EXPECTED[FINAL_DOT]:
        return _Tried(Receipt("sent", _line(_reply(code, reply))), begun=True, usable=True)
    return _Tried(_refused(code, reply, FINAL_DOT), begun=True, usable=_cleared(smtp, code))


def _hand_over(smtp: Connection, octets: bytes) -> None:
    """The letter, dots stuffed, with its end."""
    half = len(octets) // 2
    smtp.hand_over(octets[:half])
    reach("deliver.half")
    smtp.hand_over(octets[half:])


def _refused(code: int, reply: bytes, step: str = "") -> Receipt:
    """A reply that is no yes (RFC 5321 §4.2.1); one that is no SMTP leaves the final dot unanswered."""
    if code in MISCONFIGURED:
        return Receipt(
            "transient", _line(f"{_reply(code, reply)}; set delivery.user and its password, and delivery.tls")
        )
    outcome = {4: "transient", 5: "permanent"}.get(code // 100, "ambiguous" if step == FINAL_DOT else "transient")
    return Receipt(outcome, _line(_reply(code, reply)))


def _cleared(smtp: Connection, code: int) -> bool:
    """Whether the connection serves another letter: not if it is closing or talks nonsense."""
    try:
        smtp.allow(CONNECT_SECONDS, CONNECT_SECONDS, time.monotonic() + CONNECT_SECONDS)
        return code // 100 in (4, 5) and code != SERVICE_CLOSING and smtp.rset()[0] == OK
    except OSError:
        return False


def _defect(paths: Sequence[str], octets: bytes) -> str:
    """Why a letter may not leave, "" if it may: a stray CR or LF could end it early further on (catalogue S31)."""
    for path in paths:
        if path and not PATH.fullmatch(path):
            return _line(f"{path!r} is no address that SMTP can carry; correct it")
    if not paths[-1]:
        return "the letter has no recipient; correct its address"
    if stray := STRAY.search(octets):
        return f"the letter holds a bare CR, a bare LF or a NUL at octet {stray.start()}; it is kept and not sent"
    if long := LONG_LINE.search(octets):
        return f"the letter has a line over {MAX_LINE_OCTETS} octets at octet {long.start()}; it is kept and not sent"
    return ""


def _options(smtp: Connection, paths: str, octets: bytes) -> tuple[str, str]:
    """The parameters of MAIL that this letter needs, and why it cannot go to this server ("" if it can)."""
    header = octets.partition(b"\r\n\r\n")[0]
    needed = {"smtputf8": not (paths.isascii() and header.isascii()), "8bitmime": not octets.isascii()}
    for extension, needs in needed.items():
        if needs and not smtp.has_extn(extension):
            return "", f"the server does not offer {extension.upper()}, which this letter needs; use one that does"
    smtp.command_encoding = "utf-8" if needed["smtputf8"] else "ascii"
    options = [
        (smtp.has_extn("size"), f" SIZE={len(octets)}"),  # RFC 1870 §6
        (needed["8bitmime"], " BODY=8BITMIME"),  # RFC 6152 §2
        (needed["smtputf8"], " SMTPUTF8"),  # RFC 6531 §3.4
    ]
    return "".join(option for applies, option in options if applies), ""


def _on_the_wire(octets: bytes) -> bytes:
    """Dots stuffed, and the final dot (RFC 5321 §4.5.2)."""
    end = b"" if octets.endswith(b"\r\n") else b"\r\n"
    return LEADING_DOT.sub(b"..", octets) + end + b".\r\n"


def _no_connection(server: Server, failure: BaseException) -> str:
    cure = next(cure for kind, cure in CURES if isinstance(failure, kind))
    return f"{server}: no connection: {_words(failure)}; {cure}"


def _words(failure: BaseException) -> str:
    if isinstance(failure, smtplib.SMTPResponseException):
        error = failure.smtp_error
        return _line(_reply(failure.smtp_code, error if isinstance(error, bytes) else str(error).encode()))
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"certificate not trusted: {failure.verify_message}"
    text = failure.strerror if isinstance(failure, OSError) else ""
    return _line(text or str(failure) or type(failure).__name__)


def _reply(code: int, reply: bytes) -> str:
    return f"{code} {reply.decode('utf-8', 'backslashreplace')}" if code > 0 else "a reply that is no SMTP"


def _line(text: str) -> str:
    """One printable line of at most 500 characters: what a peer says is not trusted (catalogue F66, S39)."""
    return plain(text.replace("\n", " "), MAX_REPLY)
