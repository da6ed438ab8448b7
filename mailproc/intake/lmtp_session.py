"""One LMTP connection (RFC 2033 §4): a mail server hands messages over, and hears of each recipient what became of it.

aiosmtpd reads the command lines; DATA is ours: read in pieces, written to the sink as it comes, in flat memory. Every
failure of ours is 451 4.3.0 (452 4.3.1 for a full disk) with nothing of its cause, which stands in the log, and each
accepted recipient gets exactly one reply (RFC 2033 §4.2). A peer that has closed its sending side still reads: what it
sent before is done and answered (catalogue F99). It decides nothing about a message: whose addresses are
ours and where octets are kept are the desk's, in `Receiver`. No disk is waited for in the loop.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope as MailTransaction

from mailproc.errors import MailprocError
from mailproc.failpoint import reach
from mailproc.intake.lmtp_arrival import DISK_FULL, OURS, TOO_LARGE, Arrival, Limits, Sink, in_thread, reply_to
from mailproc.intake.lmtp_data import Dots
from mailproc.message.field.header import plain
from mailproc.message.model import Envelope

log = logging.getLogger(__name__)

COMMAND_OCTETS = 1000  # of a command line; RFC 5321 §4.5.3.1.4 asks for 512, RFC 6531 §3.4 more
READ_OCTETS = 1 << 20  # more than a connection ever holds back, so that one read takes all there is
GOODBYE_SECONDS = 5.0  # for our last words to leave: a peer that reads nothing keeps no place

PATH = re.compile(  # RFC 5321 §4.1.2, its source route passed over (§4.1.1.3)
    r' *<(?:@[^:<> ]*:)?((?:"(?:[^"\\]|\\.)*"|[^<>" ])*)>(?: +(.*))?', re.DOTALL
)
CODED = re.compile(r"\d\d\d[ -]\d\.\d{1,3}\.\d{1,3} ")
CODES = {"250": "2.0.0", "221": "2.0.0", "500": "5.5.2", "501": "5.5.4", "502": "5.5.1", "503": "5.5.1"}  # RFC 3463 §3

SHUT = "421 4.3.2 Not accepting mail now; try again later"
TOO_SLOW = "421 4.4.2 Too slow; try again"


@dataclass(frozen=True, slots=True)
class Receiver:
    """The desk's half."""

    hostname: str
    accepts: Callable[[str], bool]  # whether an addr-spec is ours
    has_room: Callable[[], bool]  # whether the disk has room for a message; may block
    open_sink: Callable[[Envelope], Sink]  # touches no disk before the first octets come


@dataclass(slots=True)
class Door:
    """What the connections of one listener share."""

    receiver: Receiver
    limits: Limits
    sessions: set[Session] = field(default_factory=set)
    empty: asyncio.Event = field(default_factory=asyncio.Event)
    closing: bool = False

    def takes_another(self) -> bool:
        """Whether one more connection may come in."""
        return not self.closing and len(self.sessions) < self.limits.connections

    async def emptied(self) -> None:
        """Returns when no connection is open."""
        if self.sessions:
            await self.empty.wait()


class Session(LMTP):
    """One connection."""

    def __init__(self, door: Door, loop: asyncio.AbstractEventLoop) -> None:
        """Nothing is read before the connection is made."""
        limits, hostname = door.limits, door.receiver.hostname
        super().__init__(
            None, hostname=hostname, ident="mailproc", enable_SMTPUTF8=True, timeout=limits.idle_seconds, loop=loop
        )
        self.command_size_limits = defaultdict(lambda: COMMAND_OCTETS)
        self._smtp_methods = {  # all there are: no VRFY, no EXPN, no AUTH
            "LHLO": self._lhlo,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "BDAT": self._bdat,
            "RSET": self.smtp_RSET,
            "NOOP": self.smtp_NOOP,
            "QUIT": self.smtp_QUIT,
        }
        self._door = door
        self._in_data = False
        self._gone = asyncio.Event()
        self._until = loop.time() + limits.deadline_seconds  # for all commands up to the end of a message

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let in, or asked to come later."""
        if not self._door.takes_another():
            if isinstance(transport, asyncio.WriteTransport):
                transport.write(f"{SHUT}\r\n".encode())
            transport.close()
            return
        self._door.sessions.add(self)
        self._door.empty.clear()
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Whatever was under way is cancelled (aiosmtpd); a commit that has begun goes on."""
        if self in self._door.sessions:
            self._door.sessions.discard(self)
            super().connection_lost(error)
        if not self._door.sessions:
            self._door.empty.set()

    def eof_received(self) -> bool:
        """The peer sends no more and may still read (Exim, behind `.` and QUIT): aiosmtpd drops all it had sent."""
        self._reader.feed_eof()
        return True

    def leave(self, word: str = SHUT) -> None:
        """Say goodbye (RFC 5321 §3.8), unless a message is under way: that one is answered first."""
        if not self._in_data:
            self._writer.write(f"{word}\r\n".encode())
            self.hang_up()

    def hang_up(self) -> None:
        """Close, once what was written has left."""
        if self.transport is not None:
            self.transport.close()
            self.loop.call_later(GOODBYE_SECONDS, self.cut)

    def cut(self) -> None:
        """End the connection now; the sender keeps what was not answered."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """A command is no reason to wait longer than a whole message may take: NOOP for ever keeps no place."""
        left = max(self._until - self.loop.time(), 0.001)
        super()._reset_timeout(min(duration or self._door.limits.idle_seconds, left))

    def _timeout_cb(self) -> None:
        self.leave(TOO_SLOW)

    async def push(self, status: Any) -> None:  # noqa: ANN401 - aiosmtpd's own shape
        """Every reply has an enhanced status code (RFC 2034 §4), those of aiosmtpd too."""
        if status is None:  # aiosmtpd's, where `handle_exception` was cancelled
            return
        code, _, words = str(status).partition(" ")
        if code in CODES and not CODED.match(status):
            status = f"{code} {CODES[code]} {words}"
        await super().push(status)

    async def handle_exception(self, error: Exception) -> str:
        """What nobody foresaw, outside DATA; and the end of what the peer sends, after which nothing is read."""
        if isinstance(error, asyncio.IncompleteReadError):
            self.hang_up()
            await self._gone.wait()  # `connection_lost` cancels us here
        log.error("LMTP: an error of ours between messages", exc_info=error)
        return OURS

    # Commands

    async def _lhlo(self, arg: str | None) -> None:
        """RFC 2033 §4.1, RFC 5321 §4.1.1.1."""
        if not arg:
            await self.push("501 5.5.4 Syntax: LHLO hostname")
            return
        self.envelope = self._create_envelope()
        if self.session is not None:
            self.session.extended_smtp, self.session.host_name = True, arg
        offers = (
            *(self.hostname, f"SIZE {self._door.limits.message_bytes}", "8BITMIME", "SMTPUTF8"),
            *("PIPELINING", "ENHANCEDSTATUSCODES"),  # RFC 2033 §5 asks for both
        )
        marks = ["-"] * (len(offers) - 1) + [" "]
        await self.push("\r\n".join(f"250{mark}{offer}" for mark, offer in zip(marks, offers, strict=True)))

    async def _mail(self, arg: str | None) -> None:
        """RFC 5321 §4.1.1.2."""
        await self.push(await self._mail_reply(arg or ""))

    async def _rcpt(self, arg: str | None) -> None:
        """RFC 5321 §4.1.1.3."""
        await self.push(self._rcpt_reply(arg or ""))

    async def _bdat(self, arg: str | None) -> None:
        """Not offered (RFC 3030 §2). Its octets would follow, and must not be read as commands: the connection ends."""
        del arg
        await self.push("502 5.5.1 BDAT is not offered; use DATA")
        self.hang_up()

    async def _mail_reply(self, arg: str) -> str:
        path, options = _path(arg, "FROM:")
        if not self.session or not self.session.host_name or self._transaction().mail_from is not None:
            return "503 5.5.1 LHLO first, then one MAIL after the other"
        if path is None:
            return "501 5.1.7 Syntax: MAIL FROM:<address>"
        refusal = _refused(options, self._door.limits.message_bytes) or await self._short_of_room()
        if not refusal:
            self._transaction().mail_from = path
        return refusal or "250 2.1.0 OK"

    async def _short_of_room(self) -> str:
        try:
            return "" if await in_thread(self._door.receiver.has_room) else DISK_FULL
        except (MailprocError, OSError) as failure:
            return reply_to(failure)

    def _rcpt_reply(self, arg: str) -> str:
        path, options = _path(arg, "TO:")
        if self._transaction().mail_from is None:
            return "503 5.5.1 MAIL first"
        if not path or options:
            return "555 5.5.4 RCPT takes no parameters here" if path else "501 5.1.3 Syntax: RCPT TO:<address>"
        if not self._door.receiver.accepts(path):
            log.info("LMTP: %s is not ours", plain(path))
            return "550 5.1.1 No such address here"
        if len(self._transaction().rcpt_tos) >= self._door.limits.recipients:
            return "452 4.5.3 Too many recipients; send the others in another transaction"
        self._transaction().rcpt_tos.append(path)
        return "250 2.1.5 OK"

    def _transaction(self) -> MailTransaction:
        """What MAIL and RCPT said; aiosmtpd makes a new one after RSET and DATA."""
        assert self.envelope is not None  # noqa: S101 - it is made with the connection
        return self.envelope

    # The message

    async def _data(self, arg: str | None) -> None:
        """RFC 2033 §4.2: one reply for each recipient that was accepted, in their order."""
        recipients = len(self._transaction().rcpt_tos)
        if arg or not recipients:
            await self.push("501 5.5.4 Syntax: DATA" if arg else "503 5.5.1 RCPT first, for an address of ours")
            return
        self._in_data = True  # its deadlines are its own: that of commands may pass
        try:
            await self._message(recipients)
        except Exception as failure:  # noqa: BLE001 - a peer that has gone, mostly; it tries again
            log.warning("LMTP: a message was not answered: %s", plain(repr(failure)))
            self.cut()
        finally:
            self._in_data = False
        self.envelope = self._create_envelope()
        self._until = self.loop.time() + self._door.limits.deadline_seconds
        self._reset_timeout()
        if self._door.closing:
            self.leave()

    async def _message(self, recipients: int) -> None:
        """Read it, keep it, answer."""
        forward_paths = dict.fromkeys(path.lower() for path in self._transaction().rcpt_tos)
        envelope = Envelope(self._transaction().mail_from, tuple(forward_paths))
        arrival = Arrival(self._door.receiver.open_sink(envelope), envelope, self._door.limits)
        try:
            async with asyncio.timeout(self._door.limits.idle_seconds):
                await self.push("354 End with <CR><LF>.<CR><LF>")
            replies = await self._replies(arrival, recipients)
        finally:
            arrival.close()
        self._writer.writelines(f"{reply}\r\n".encode() for reply in replies)
        async with asyncio.timeout(self._door.limits.idle_seconds):
            await self._writer.drain()
        reach("lmtp.replied")
        if TOO_SLOW in replies:
            self.hang_up()

    async def _replies(self, arrival: Arrival, recipients: int) -> tuple[str, ...]:
        """What became of a message, for each recipient; one 421 where its end did not come in time."""
        try:
            async with asyncio.timeout(self._door.limits.deadline_seconds):
                await self._read(arrival)
        except TimeoutError:
            log.warning("LMTP: %s came too slowly", arrival)
            return (TOO_SLOW,)
        return (await arrival.kept(),) * recipients

    async def _read(self, arrival: Arrival) -> None:
        """The message to its end, come what may."""
        dots = Dots()
        while not dots.ended:
            async with asyncio.timeout(self._door.limits.idle_seconds):
                piece = await self._reader.read(READ_OCTETS)
            if not piece:
                raise ConnectionResetError("the peer has gone")
            octets = dots.feed(piece)
            if dots.rest:  # RFC 2920 §3.2: commands in the same packet. The reader is empty, so this is its front
                self._unread(dots.rest)
            await arrival.write(octets)
        if dots.bare:
            log.info("LMTP: %s has a bare CR or LF; kept as it came", arrival)

    def _unread(self, octets: bytes) -> None:
        """They are read next; behind the last that the peer will send as well, where `feed_data` refuses."""
        if self._reader.at_eof():
            self._reader._buffer.extend(octets)  # type: ignore[attr-defined]  # noqa: SLF001 - see docs/decisions.md
        else:
            self._reader.feed_data(octets)


def _path(arg: str, keyword: str) -> tuple[str | None, str]:
    """The addr-spec in angle brackets ("" for <>) and what follows it; None where there is none."""
    match = PATH.fullmatch(arg[len(keyword) :])
    if match is None or arg[: len(keyword)].upper() != keyword:
        return None, ""
    return match[1], match[2] or ""


def _refused(options: str, message_bytes: int) -> str:
    """Why MAIL with these parameters cannot be taken, "" if it can."""
    for option in options.upper().split():
        name, _, value = option.partition("=")
        if name == "SIZE" and value.isdecimal():
            if int(value) > message_bytes:  # RFC 1870 §6.1
                return TOO_LARGE
        elif option not in ("BODY=7BIT", "BODY=8BITMIME", "SMTPUTF8"):  # RFC 6152 §2, RFC 6531 §3.4
            return "555 5.5.4 Parameter not recognized"
    return ""
