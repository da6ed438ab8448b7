"""The four mail servers that docs/servers.md has recipes for, each started the same way, and the next hop behind them.

`EVERY[name](ours, sinks)` starts one: harbour.example goes to a desk that listens at the port `ours`, every domain
of `sinks` to its port; `busy.example` is put off and `closed.example` refused by the server itself.
"""
# ruff: noqa: ARG002  # aiosmtpd finds its hooks by name and gives each the same arguments

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from exim import an_exim
from mta import NOTHING, Mta, a_free_port, at, recipe
from opensmtpd import an_opensmtpd
from postfix import Postfix, a_postfix
from sendmail import a_sendmail

from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import Desk
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.workflow.received import Received

CF, TRANSPORT = "/etc/postfix/main.cf", "/etc/postfix/transport"
REFUSALS = """
smtpd_relay_restrictions = check_recipient_access inline:{
  { busy.example = 450 4.7.1 Come later }, { closed.example = 550 5.7.1 Not from here } }, permit_mynetworks, reject
"""


@contextmanager
def a_postfix_before(
    ours: int, sinks: Mapping[str, int], single: str = "", instead: Mapping[str, str] = NOTHING
) -> Iterator[Postfix]:
    """Postfix with the recipe's lines behind those of the tests; of a table that both have, theirs is asked first."""
    said = {path: at(text, {"8024": ours}) for path, text in recipe("Postfix", single, instead).items()}
    routes = {domain: f"smtp:[127.0.0.1]:{port}" for domain, port in sinks.items()}
    inline = ", ".join(f"{{ {domain} = {nexthop} }}" for domain, nexthop in routes.items())
    with tempfile.TemporaryDirectory(prefix="postfix-") as folder:
        Path(folder).chmod(0o755)
        table = Path(folder) / "transport"
        table.write_text(said[TRANSPORT])
        lines = said[CF].replace(f"texthash:{TRANSPORT}", f"inline:{{ {inline} }} texthash:{table}")
        with a_postfix(routes, lines, REFUSALS) as postfix:
            yield postfix


Server = Postfix | Mta
Start = Callable[..., AbstractContextManager[Server]]
EVERY: Mapping[str, Start] = {
    "postfix": a_postfix_before,
    "exim": an_exim,
    "opensmtpd": an_opensmtpd,
    "sendmail": a_sendmail,
}


@dataclass
class Sink:
    """The next hop: what came to it, and what it says at RCPT (one answer after the other, then yes)."""

    says: list[str] = field(default_factory=list)
    mails: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)  # reverse-path, forward-paths, octets
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, path: str, options: list[str]
    ) -> str:
        """The next answer."""
        said = self.says.pop(0) if self.says else "250 2.1.5 fine"
        if said.startswith("250"):
            envelope.rcpt_tos.append(path)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Kept, in memory."""
        octets = envelope.original_content or b""
        self.mails.append((envelope.mail_from or "", tuple(envelope.rcpt_tos), octets))
        return "250 2.0.0 kept"

    def of(self, email: str) -> list[bytes]:
        """What came for an address."""
        return [octets for _, to, octets in self.mails if email in to]


@contextmanager
def a_sink(*says: str) -> Iterator[Sink]:
    """A next hop on a free port."""
    sink = Sink(list(says), port=a_free_port())
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port, enable_SMTPUTF8=True)
    controller.factory = partial(SMTP, sink, enable_SMTPUTF8=True, hostname="sink.example")  # type: ignore[method-assign]
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()


@contextmanager
def taking_mail(desk: Desk, port: int) -> Iterator[None]:
    """The desk listens there."""
    config = replace(desk.config, lmtp=replace(desk.config.lmtp, listen=f"127.0.0.1:{port}"))
    with listening(replace(desk, config=config)):
        yield


def everything(desk: Desk) -> list[Received]:
    """What the desk has."""
    with reading(desk.engine) as conn:
        return rows.every(conn)
