"""The demo's internet, in this process and on loopback only: an SMTP server for everybody, a mailbox of the desk.

Mail to the desk's addresses goes the way a publication's own mail server (its MX) would take it: trace fields and
Authentication-Results on top, then into an IMAP mailbox (pymap, in memory). All other mail lies in people's mailboxes
here, as octets. Ports are chosen by the system; leaving the block closes both servers and ends their thread.
Nothing here is fit for use outside the demo: whoever connects is believed to be the host that they say they are.
"""

from __future__ import annotations

import asyncio
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr
from functools import partial

from aiosmtpd.smtp import SMTP, Envelope, Session
from imapclient import IMAPClient
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pysasl.hashing import BuiltinHash

LOOPBACK = "127.0.0.1"
USER, PASSWORD = "desk", "harbour"
MX = "mx.harbour.example"
START_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Internet:
    """Where the two servers listen, and everybody's mail but the desk's."""

    smtp_port: int
    imap_port: int
    mailboxes: dict[str, list[bytes]]  # addr-spec -> what came, oldest first


@contextmanager
def internet(ours: Callable[[str], bool], now: Callable[[], datetime]) -> Iterator[Internet]:
    """Both servers, running in a thread of their own; `ours` knows the desk's addresses."""
    ready: Future[tuple[Internet, Callable[[], object]]] = Future()
    serve = partial(asyncio.run, _serve(ours, now, ready))
    thread = threading.Thread(target=serve, name="demo mail servers", daemon=True)  # if it never gets ready
    thread.start()
    running, stop = ready.result(START_SECONDS)
    try:
        yield running
    finally:
        stop()
        thread.join()


async def _serve(
    ours: Callable[[str], bool], now: Callable[[], datetime], ready: Future[tuple[Internet, Callable[[], object]]]
) -> None:
    """Serve until stopped; what keeps the servers from starting reaches whoever waits for them."""
    loop, end = asyncio.get_running_loop(), asyncio.Event()
    try:
        imap = await _imap_server()
        running = Internet(0, _port(imap), {})
        exchanger = Exchanger(ours, now, running)
        smtp = await loop.create_server(lambda: SMTP(exchanger, hostname=MX, loop=loop), LOOPBACK, 0)
    except Exception as error:  # noqa: BLE001 - whoever waits for the servers is told
        ready.set_exception(error)
        return
    ready.set_result(
        (Internet(_port(smtp), running.imap_port, running.mailboxes), partial(loop.call_soon_threadsafe, end.set))
    )
    await end.wait()
    smtp.close()
    imap.close()


def _port(server: asyncio.Server) -> int:
    port: int = server.sockets[0].getsockname()[1]
    return port


async def _imap_server() -> asyncio.Server:
    options = Namespace(
        host=LOOPBACK,
        port="0",
        debug=False,
        demo_data=False,
        demo_user=USER,
        demo_password=PASSWORD,
        passlib_cfg=None,
        tls=False,
        cert=None,
        key=None,
        proxy_protocol=None,
    )
    backend, config = await DictBackend.init(options, hash_context=BuiltinHash(rounds=1))  # 500,000 take half a second
    config.apply_context()
    serve = IMAPServer(backend.login, config)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, in the task that its protocol holds: pymap's own way leaves it to the garbage collector."""
        await serve(reader, writer, SocketInfo.get(writer, None))

    return await asyncio.start_server(connected, LOOPBACK, 0)


@dataclass(frozen=True)  # no slots: aiosmtpd looks through all members, and CPython 3.11.2 trips over __weakref__
class Exchanger:
    """What becomes of a mail that the SMTP server took: the handler that aiosmtpd asks."""

    ours: Callable[[str], bool]
    now: Callable[[], datetime]
    running: Internet

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's own shape and name
        """Lay the mail into every recipient's mailbox, then say yes (RFC 5321 §4.2.5)."""
        octets = envelope.original_content or b""
        for recipient in envelope.rcpt_tos:
            if self.ours(recipient):
                sender, host = envelope.mail_from or "", str(session.host_name)
                stamped = trace(octets, sender, recipient, host, self.now()) + octets
                await asyncio.to_thread(_append, self.running.imap_port, stamped)
            else:
                self.running.mailboxes.setdefault(recipient.lower(), []).append(octets)
        return "250 2.0.0 taken"


def trace(octets: bytes, reverse_path: str, recipient: str, host: str, now: datetime) -> bytes:
    """What the MX writes above a mail: final delivery (RFC 5321 §4.4), its verdict (RFC 8601 §2), the hop."""
    author = parseaddr(str(BytesHeaderParser().parsebytes(octets).get("From", "")))[1]
    domain = author.rpartition("@")[2].lower()
    result = "pass" if host == f"mail.{domain}" else "fail"  # RFC 7489 §3: a host of the author's domain, or not
    lines = (
        f"Return-Path: <{reverse_path}>",
        f"Delivered-To: {recipient}",
        f"Authentication-Results: {MX}; dkim={result} header.d={domain}; dmarc={result} header.from={domain}",
        f"Received: from {host} ([{LOOPBACK}])",
        f"\tby {MX} with ESMTP; {format_datetime(now)}",
    )
    return "".join(f"{line}\r\n" for line in lines).encode()


def _append(port: int, octets: bytes) -> None:
    """Final delivery: a new message in the desk's mailbox."""
    with IMAPClient(LOOPBACK, port, ssl=False, timeout=START_SECONDS) as client:
        client.login(USER, PASSWORD)
        client.append("INBOX", octets)
