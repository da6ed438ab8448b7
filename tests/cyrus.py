"""A private Cyrus for tests, as Debian 12 has it: IMAP (plain, STARTTLS, implicit TLS) on free ports of 127.0.0.1.

It runs in a view of its own (`beside`), all its processes in one namespace that dies with it. Mailboxes lie under
`INBOX.`, a user's INBOX is made at the first login, and idled tells of new mail. Passwords are asked of a saslauthd,
which is this process: Debian's packages of Cyrus bring none. `pytest_plugins = ["cyrus"]` gives the session's fixture.
"""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from beside import View, a_view
from imap_server import PASSWORD, Daemon, InAView, free_ports, make_certificate
from mta import recipe

IMAPD = """
configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
defaultpartition: default
partition-default: /var/spool/cyrus/mail
altnamespace: no
unixhierarchysep: no
autocreate_quota: 0
umask: 077
allowplaintext: yes
sasl_pwcheck_method: saslauthd
sasl_mech_list: PLAIN LOGIN
sasl_saslauthd_path: /run/saslauthd/mux
lmtpsocket: /run/cyrus/socket/lmtp
idlesocket: /run/cyrus/socket/idle
notifysocket: /run/cyrus/socket/notify
tls_server_cert: /etc/cyrus/cert.pem
tls_server_key: /etc/cyrus/key.pem
syslog_prefix: cyrus
{more}
"""
MASTER = """
START {{
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r"
}}
DAEMON {{
{daemon}}}
SERVICES {{
  imap cmd="imapd -U 30" listen="127.0.0.1:{imap}" prefork=0 maxchild=100
  imaps cmd="imapd -s -U 30" listen="127.0.0.1:{imaps}" prefork=0 maxchild=100
}}
EVENTS {{
  checkpoint cmd="/usr/sbin/cyrus ctl_cyrusdb -c" period=30
}}
"""
FOLDERS = ("lib/cyrus", "lib/cyrus/socket", "spool/cyrus", "spool/cyrus/mail")  # of /var
PLACES = ("cyrus", "cyrus/proc", "cyrus/lock", "cyrus/socket", "saslauthd")  # of /run


@dataclass(frozen=True)
class Cyrus(InAView):
    """A running server."""

    title = "Cyrus"
    namespace = "INBOX."

    @property
    def certificate(self) -> Path:
        """The certificate that a client must be told to trust."""
        return self.view.place("/etc/cyrus/cert.pem")


@contextmanager
def a_cyrus(*more: str) -> Iterator[Cyrus]:
    """One with these lines more in imapd.conf, while the block runs."""
    with a_view("cyrus") as view:
        imap, imaps = free_ports(2)
        told = recipe("Cyrus")
        ours = "\n".join([told["/etc/imapd.conf, at its end"], *more])
        view.write({"/etc/imapd.conf": IMAPD.format(more=ours)})
        daemon = told["/etc/cyrus.conf, in DAEMON"]
        view.write({"/etc/cyrus.conf": MASTER.format(imap=imap, imaps=imaps, daemon=daemon)})
        _places(view)
        with _saslauthd(view.place("/run/saslauthd/mux")):
            server = Cyrus(
                imap, imaps, view, Daemon("cyrus", view.alone("/usr/lib/cyrus/bin/master & wait"), [imap, imaps])
            )
            try:
                server.start()
                yield server
            finally:
                server.halt()


@pytest.fixture(scope="session")
def cyrus() -> Iterator[Cyrus]:
    """One Cyrus for the whole run."""
    with a_cyrus() as server:
        yield server


def _places(view: View) -> None:
    """The folders of the package's own set-up, and a certificate, for the user it runs as."""
    uid, gid = next(
        (int(fields[2]), int(fields[3]))
        for fields in (line.split(":") for line in (view.tree / "etc/passwd").read_text().splitlines())
        if fields[0] == "cyrus"
    )
    certificate = view.place("/etc/cyrus")
    certificate.mkdir(mode=0o755)
    make_certificate(certificate)
    for each in (*(view.place(f"/var/{name}") for name in FOLDERS), *(view.place(f"/run/{name}") for name in PLACES)):
        each.mkdir(mode=0o755, parents=True, exist_ok=True)
        os.chown(each, uid, gid)
    os.chown(certificate / "key.pem", uid, gid)


@contextmanager
def _saslauthd(place: Path) -> Iterator[None]:
    """Says OK to PASSWORD, whoever brings it: user, password, service, realm, each with its length."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        place.chmod(0o777)
        listener.listen(50)
        threading.Thread(target=_judge, args=(listener,), daemon=True).start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)


def _judge(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # closed: the server is gone
            return
        with connection, connection.makefile("rb") as asked:
            words = [asked.read(*struct.unpack(">H", asked.read(2))) for _ in range(4)]
            said = b"OK" if words[1] == PASSWORD.encode() else b"NO"
            connection.sendall(struct.pack(">H", len(said)) + said)
