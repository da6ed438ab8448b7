"""Postfix with the programs that check mail on Debian 12, as their packages come, and the recipes of docs/servers.md.

Three set-ups: OpenDKIM, OpenDKIM with OpenDMARC, rspamd. Each lives in a place apart, with a name server that knows the
people below: each has a domain of their own, a host that it names in SPF, and a key for DKIM; all but the stranger's
have a strict DMARC policy. Postfix hands what comes for harbour.example to the desk's port by LMTP, by the recipe of
the page, and all other mail to a sink.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from smtplib import SMTPResponseException

import dkim
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from apart import Place, Zone, a_name_server, a_place
from postfix import comes

HERE = Path(__file__).parent
PUT_OFF = 4  # how such a reply begins (RFC 5321 §4.2.1)
PAGE = HERE.parent / "docs/servers.md"
KEY, RECORD = (HERE / "keys/rsa2048.pem").read_bytes(), (HERE / "keys/rsa2048.record").read_text().strip()

OUR_NAME, OUR_ADDRESS = "mx.harbour.example", "192.0.2.25"
DESK_PORT, SINK_PORT = 8024, 8025  # free: the network is the place's own
FIRST = "First: Postfix lets nobody else say so"
SETUPS = {"OpenDKIM": ("opendkim",), "OpenDKIM and OpenDMARC": ("opendkim", "opendmarc"), "rspamd": ("rspamd",)}
NAMES = {"OpenDKIM": "postfix-opendkim", "OpenDKIM and OpenDMARC": "postfix-opendmarc", "rspamd": "postfix-rspamd"}
USERS = {"opendkim": "opendkim", "opendmarc": "opendmarc", "rspamd": "_rspamd"}
PROGRAMS = {  # as the packages' services start them, but in the background
    "opendkim": ["opendkim"],
    "opendmarc": ["runuser", "-u", "opendmarc", "--", "opendmarc"],
    "rspamd": ["runuser", "-u", "_rspamd", "--", "rspamd", "-c", "/etc/rspamd/rspamd.conf"],
}

# what Debian's installer writes behind main.cf.debian for an "Internet Site", and where mail goes
MAIN = f"""
smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination
myhostname = {OUR_NAME}
alias_maps = hash:/etc/aliases
alias_database = hash:/etc/aliases
myorigin = /etc/mailname
mydestination = $myhostname, {OUR_NAME}, localhost.harbour.example, localhost
relayhost =
mynetworks = 127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128
mailbox_size_limit = 0
recipient_delimiter = +
inet_interfaces = all
inet_protocols = all

default_transport = lmtp:inet:127.0.0.1:{SINK_PORT}
maillog_file = /var/log/mail.log
"""
ONLY_OURS = "Where only your own name server may be asked"  # as in a place apart
UNSIGNED = "server:\n  domain-insecure: example\n"  # DNSSEC of the domains of tests
# rspamd compiles ten thousand suffixes of domains when it first starts, for half a minute; these mails know one
OF_TESTS = """
url_tld = "/etc/rspamd/suffixes";
disable_hyperscan = true;
"""


@dataclass(frozen=True)
class Person:
    """Somebody who writes, and the host that brings their mail."""

    email: str
    address: str

    @property
    def domain(self) -> str:
        return self.email.partition("@")[2]

    @property
    def host(self) -> str:
        return f"mail.{self.domain}"


ANA = Person("ana@member.example", "192.0.2.10")
KIM, JO, IDA = (
    Person("kim@weir.example", "192.0.2.11"),
    Person("jo@poole.example", "192.0.2.12"),
    Person("ida@pierhead.example", "192.0.2.13"),
)
STRANGER = Person("sam@elsewhere.example", "198.51.100.66")
PEOPLE = (ANA, KIM, JO, IDA)
INSIDE = Person("www@localhost.example", "127.0.0.1")  # a program on the mail server's own machine
NEIGHBOUR = Person("tram@office.example", "10.0.0.5")  # a machine of the same network


def zone() -> Zone:
    """What the name server knows."""
    known: dict[tuple[str, str], str] = {(OUR_NAME, "A"): OUR_ADDRESS, ("harbour.example", "MX"): f"10 {OUR_NAME}."}
    for person in (*PEOPLE, STRANGER):
        reverse = ".".join(reversed(person.address.split(".")))
        known[f"{reverse}.in-addr.arpa", "PTR"] = f"{person.host}."
        known[person.host, "A"] = known[person.domain, "A"] = person.address
        known[person.domain, "MX"] = f"10 {person.host}."
        known[person.domain, "TXT"] = f"v=spf1 ip4:{person.address} -all"
        known[f"sel._domainkey.{person.domain}", "TXT"] = RECORD
    for person in PEOPLE:
        known[f"_dmarc.{person.domain}", "TXT"] = "v=DMARC1; p=reject"
    return known


def signed(octets: bytes, by: Person, **more: object) -> bytes:
    """A mail with its author's signature over what mail servers sign; `more` as dkimpy has it."""
    fields = [b"from", b"to", b"subject", b"date", b"message-id", b"in-reply-to", b"references"]
    field = dkim.sign(octets, b"sel", by.domain.encode(), KEY, include_headers=fields, **more)
    return bytes(field) + octets


@dataclass
class Sink:
    """Takes mail by LMTP and keeps it."""

    mails: list[bytes] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002 - its hook
        assert isinstance(envelope.content, bytes)
        self.mails.append(envelope.content)
        return "250 OK"


class _Lmtp(Controller):
    def factory(self) -> LMTP:
        return LMTP(self.handler, **self.SMTP_kwargs)


@contextmanager
def a_sink(place: Place, port: int) -> Iterator[list[bytes]]:
    """What comes to this port of 127.0.0.1 there."""
    sink = Sink()
    with place.network():
        server = _Lmtp(sink, hostname="127.0.0.1", port=port)
        server.start()
    try:
        yield sink.mails
    finally:
        server.stop()


@dataclass(frozen=True)
class Border:
    """A mail server that mail from outside comes to."""

    title: str  # of its recipe
    place: Place
    left: list[bytes]  # mails that it sent on to others, oldest first

    def take(self, *mails: bytes, by: Person = STRANGER, envelope: str | None = None) -> None:
        """Mails for the desk, brought by somebody's host; it has handed them on when this returns."""
        self.queue(*mails, by=by, envelope=envelope)
        self.empties()

    def queue(self, *mails: bytes, by: Person = STRANGER, envelope: str | None = None) -> None:
        """The same, but it may still have them. Each is brought until it is taken or refused, as mail servers do."""
        for mail in mails:
            named = re.search(rb"(?m)^To:[^\r]*?([^\s<]+@harbour\.example)", mail)
            assert named is not None
            to = named[1].decode()
            comes(partial(self.takes, mail, by, by.email if envelope is None else envelope, to), to)

    def takes(self, mail: bytes, by: Person, envelope: str, to: str) -> bool:
        """One try; False where it is put off: a program that checks the mail is away or busy. Raises SMTPException."""
        try:
            with self.place.client(by.address, by.host, by.address if by is INSIDE else OUR_ADDRESS) as smtp:
                smtp.sendmail(envelope, [to], mail)
        except SMTPResponseException as error:
            if error.smtp_code // 100 != PUT_OFF:
                raise
            return False
        return True

    def empties(self) -> None:
        """Returns when it has nothing left to do."""
        comes(lambda: "Mail queue is empty" in self.place.run("postqueue", "-p"), "an empty queue")

    def write(self, blocks: Sequence[tuple[str, str]]) -> None:
        """Lines into its files, each block a path and what to write there."""
        for path, words in blocks:
            now = self.place.run("sh", "-c", 'if [ -e "$1" ]; then cat "$1"; fi', "sh", path)
            self.place.write({path: written(path, now, words)})

    def hand_to(self, port: int) -> None:
        """What comes for harbour.example goes to this port, by LMTP."""
        self.place.write({"/etc/postfix/transport": f"harbour.example lmtp:inet:127.0.0.1:{port}\n"})
        self.reload()

    def reload(self) -> None:
        """Postfix reads its files."""
        self.place.run("postfix", "reload")

    def log(self) -> str:
        """What Postfix tells of its work."""
        return self.place.read("/var/log/mail.log")


def blocks(*titles: str) -> list[tuple[str, str]]:
    """The blocks of the page below these headings, in order: path and lines."""
    page = PAGE.read_text(encoding="utf-8")
    found: list[tuple[str, str]] = []
    for title in titles:
        _, *part = re.split(rf"(?m)^##+ {re.escape(title)}$", page)
        assert part, f"{PAGE.name} has no recipe {title}"
        found += re.findall(r"(?ms)^```\n# (/\S+)\n(.*?)^```$", re.split(r"(?m)^##+ ", part[0])[0])
    return found


def as_shipped(lines: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of a recipe no more than what brings the programs together, whatever else it advises."""
    needed = re.compile(r"(?m)^(?:Socket |smtpd_milters = |use = ).*\n")
    return [(path, "".join(needed.findall(words))) for path, words in lines]


def written(path: str, now: str, words: str) -> str:
    """A file with these lines in it: in place of those that set the same, or all of it where it was not there."""
    if path.endswith(("/main.cf", "/opendkim.resolver")):
        return f"{now}\n{words}"  # Postfix takes the last, and libunbound both
    names = {line.split()[0].lower() for line in words.splitlines()}
    kept = [line for line in now.splitlines() if not (line.split() and line.split()[0].lower() in names)]
    return "\n".join([*kept, words])


@contextmanager
def a_border(title: str, lines: Sequence[tuple[str, str]]) -> Iterator[Border]:
    """Postfix with the programs of a recipe, as their packages come but for these lines.

    The desk's port is free: whoever starts a border takes the mail there.
    """
    programs = SETUPS[title]
    if missing := [name for name in ("postfix", *programs) if not shutil.which(name, path="/usr/sbin:/usr/bin")]:
        words = f"not installed: {', '.join(missing)}"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(words)
    addresses = [each.address for each in (*PEOPLE, STRANGER, NEIGHBOUR)]
    with (
        a_place("mx", OUR_ADDRESS, *addresses) as place,
        a_name_server(place, zone()),
        a_sink(place, SINK_PORT) as left,
    ):
        border = Border(title, place, left)
        place.write(_given())
        border.write([*blocks("Postfix", ONLY_OURS), *lines])
        for name in programs:
            place.run("install", "-d", "-o", USERS[name], f"/run/{name}")  # tmpfiles.d of the package
            place.start(*PROGRAMS[name])
        place.run("newaliases")
        place.run("sh", "/usr/lib/postfix/configure-instance.sh", "-")  # what its service does first: the chroot
        place.run("postfix", "start")
        try:
            yield border
        finally:
            place.run("postfix", "stop")


def _given() -> dict[str, str]:
    """The files that are there before anybody writes a line of a recipe."""
    postfix = Path("/usr/share/postfix")
    return {
        "/etc/hosts": f"127.0.0.1 localhost\n{OUR_ADDRESS} {OUR_NAME} mx\n::1 localhost ip6-localhost\n",
        "/etc/mailname": f"{OUR_NAME}\n",
        "/etc/postfix/main.cf": (postfix / "main.cf.debian").read_text() + MAIN,
        "/etc/postfix/master.cf": (postfix / "master.cf.dist").read_text(),
        "/etc/opendkim.resolver": UNSIGNED,
        "/etc/rspamd/suffixes": "example\n",
        "/etc/rspamd/local.d/options.inc": OF_TESTS,
    }


def results(mail: bytes) -> Sequence[str]:
    """The fields of a mail that tell of checks and of the way, unfolded, in order."""
    head = mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode()
    unfolded = re.sub(r"\n[ \t]+", " ", head).split("\n")
    return [line for line in unfolded if line.lower().startswith(("authentication-results", "received"))]
