"""Logging in: LOGIN or AUTHENTICATE PLAIN with a password, OAUTHBEARER or XOAUTH2 with an access token.

Nothing secret leaves before the connection is encrypted, unless the server is this very machine. A server that
refuses is a LoginRefused, so that whoever polls can wait before the next try (catalogue S45: no lock-out); a token
that is refused is asked for once more. Neither password nor token is ever in an error. It keeps nothing.
"""

from __future__ import annotations

import imaplib
import ssl
from base64 import b64encode
from ipaddress import ip_address

from mailproc.errors import IntakeError
from mailproc.intake.connection import (
    Account,
    BrokenExchange,
    Client,
    exchange,
    hang_up,
    in_words,
    no_connection,
    opened,
)

CURES = {
    "login": "check user and password of this account",
    "oauth2": "check `user`, and what token_command prints when it is run by hand",
}


class LoginRefused(IntakeError):
    """The server takes neither this password nor a fresh token; trying again at once may lock the account."""


def connect(account: Account) -> Client:
    """A connection, encrypted and logged in. Raises IntakeError, LoginRefused among them."""
    if account.tls == "none" and not _is_loopback(account.host):
        raise IntakeError(
            f'{account}: without TLS the password would travel in the clear; set tls = "implicit" or "starttls"'
        )
    client = opened(account)
    try:
        _not_logged_in(account, client)
        if account.tls == "starttls":
            _start_tls(account, client)
        _log_in(account, client)
    except BaseException:
        hang_up(client)
        raise
    return client


def _not_logged_in(account: Account, client: Client) -> None:
    """PREAUTH would skip STARTTLS, and nobody knows whose mailbox that would be (catalogue S42)."""
    if client.authenticated:
        raise IntakeError(
            f"{account}: the server says that somebody is logged in already (PREAUTH), and that cannot be; "
            'set tls = "implicit" (port 993), or find out who answers there'
        )


def _start_tls(account: Account, client: Client) -> None:
    if not client.has_capability("STARTTLS"):  # catalogue S42: somebody on the way may have taken it out
        raise IntakeError(
            f"{account}: no connection: the server offers no STARTTLS, and nothing is sent in the clear; "
            'set tls = "implicit" (port 993), or find out who answers there'
        )
    try:
        with exchange(account, client, "STARTTLS"):
            client.starttls(ssl.create_default_context())
    except BrokenExchange as failure:
        raise no_connection(account, failure.why, failure.__cause__ or failure) from None
    client.forget_responses()


def _log_in(account: Account, client: Client) -> None:
    """Log in; a refused token is asked for once more, for it may just have run out."""
    with exchange(account, client, "login"):
        if account.auth == "oauth2":
            refusal = _present(account, client, account.password()) and _present(account, client, account.password())
        else:
            refusal = _say(account, client, account.password())
    if refusal:
        raise LoginRefused(f"{account}: login as {account.user} refused: {refusal}; {CURES[account.auth]}")


def _say(account: Account, client: Client, password: str) -> str:
    """LOGIN, or AUTHENTICATE PLAIN where they are not ASCII (RFC 4616 §2); the server's words if it refuses."""
    _no_line_break(account, password)
    if client.has_capability("LOGINDISABLED"):  # RFC 9051 §6.2.3
        raise IntakeError(f'{account}: the server takes no login without TLS; set tls = "starttls"')
    try:
        (client.login if (account.user + password).isascii() else client.plain_login)(account.user, password)
    except imaplib.IMAP4.error as refusal:
        _raise_break(refusal)
        return _hidden(refusal, password, f"\0{account.user}\0{password}")
    return ""


def _present(account: Account, client: Client, token: str) -> str:
    """OAUTHBEARER (RFC 7628 §3.1), or XOAUTH2 where the server knows only that; the server's words if it refuses."""
    _no_line_break(account, token)
    sent = f"user={account.user}\1auth=Bearer {token}\1\1"
    try:
        if client.has_capability("AUTH=OAUTHBEARER"):
            name = account.user.replace("=", "=3D").replace(",", "=2C")  # RFC 5801 §4
            sent = f"n,a={name},\1auth=Bearer {token}\1\1"
            client.oauthbearer_login(account.user, token)
        elif client.has_capability("AUTH=XOAUTH2"):
            client.oauth2_login(account.user, token)
        else:
            raise IntakeError(f'{account}: the server takes no OAuth2 tokens; set auth = "login" with a password')
    except imaplib.IMAP4.error as refusal:
        _raise_break(refusal)
        return _hidden(refusal, token, sent)
    return ""


def _raise_break(refusal: imaplib.IMAP4.error) -> None:
    """A line that breaks refuses nothing: imapclient turns imaplib's abort into the LoginError of a wrong password."""
    for error in (refusal, refusal.__context__):
        if isinstance(error, imaplib.IMAP4.abort):
            raise error from None


def _no_line_break(account: Account, secret: str) -> None:
    if any(character in account.user + secret for character in "\r\n\0\1"):  # catalogue S43: a second command
        raise IntakeError(f"{account}: user or password holds a line break or NUL; correct it")


def _hidden(refusal: imaplib.IMAP4.error, *secrets: str) -> str:
    """The server's words without the secret, should it repeat what it was sent."""
    words = str(refusal)
    for secret in filter(None, secrets):
        quoted = secret.replace("\\", "\\\\").replace('"', '\\"')  # RFC 9051 §4.3
        for form in (secret, quoted, b64encode(secret.encode()).decode()):
            shown = repr(form.encode())[2:-1]  # imaplib puts the server's octets into its errors as they print
            words = words.replace(shown, "...").replace(form, "...")
    return in_words(imaplib.IMAP4.error(words))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
