"""A private Courier for tests, as Debian 12 has it: IMAP (plain, STARTTLS, implicit TLS) on free ports of 127.0.0.1.

It runs in a view of its own (`beside`), all its processes in one namespace that dies with it: authdaemond with a
userdb, couriertcpd, imaplogin, imapd. It has no MOVE, tells no UIDNEXT in SELECT, and keeps mailboxes under `INBOX.`.
In IDLE it looks for new mail each second, and not each minute. Its users are made beforehand, their folders when they
are asked for. `pytest_plugins = ["courier"]` gives the session's fixture.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from beside import View, a_view
from imap_server import PASSWORD, Daemon, InAView, free_ports, make_certificate
from mta import recipe

MAIL_USER = "nobody"
USERS = 200
START = """
chown courier /run/courier/authdaemon
makeuserdb
authdaemond start
imapd start
imapd-ssl start
exec tail -f /dev/null
"""


@dataclass(frozen=True)
class Courier(InAView):
    """A running server."""

    title = "Courier"
    namespace = "INBOX."

    @property
    def certificate(self) -> Path:
        """The certificate that a client must be told to trust."""
        return self.view.place("/etc/courier/cert.pem")

    def a_user(self) -> str:
        """A new user, with an empty Maildir."""
        user, owner = super().a_user(), pwd.getpwnam(MAIL_USER)
        home = self.view.place(f"/var/mail/{user}")
        for each in (home, home / "Maildir", *(home / "Maildir" / name for name in ("cur", "new", "tmp"))):
            each.mkdir(mode=0o755, parents=True)
            os.chown(each, owner.pw_uid, owner.pw_gid)
        return user

    def maildir(self, user: str) -> Path:
        """Where a user's mail lies."""
        return self.view.place(f"/var/mail/{user}/Maildir")


@contextmanager
def a_courier(*more: str) -> Iterator[Courier]:
    """One with these lines more in its configuration (`/etc/courier/imapd`), while the block runs."""
    with a_view("courier") as view:
        imap, imaps = free_ports(2)
        told = recipe("Courier", instead={"=5": "=1"})["/etc/courier/imapd, at its end"]
        ours = ["ADDRESS=127.0.0.1", f"PORT={imap}", "MAXPERIP=40", told, *more]
        tls = ["SSLADDRESS=127.0.0.1", f"SSLPORT={imaps}", "TLS_CERTFILE=/etc/courier/imapd.pem"]
        view.write(
            {
                "/etc/courier/imapd": _with(view, "imapd", ours),
                "/etc/courier/imapd-ssl": _with(view, "imapd-ssl", tls),
                "/etc/courier/authdaemonrc": _with(view, "authdaemonrc", ['authmodulelist="authuserdb"']),
                "/etc/courier/userdb": _userdb(),
            }
        )
        view.place("/etc/courier/userdb").chmod(0o600)
        view.place("/run/courier/authdaemon").mkdir(parents=True)
        folder = view.place("/etc/courier")
        make_certificate(folder)
        (folder / "imapd.pem").write_bytes((folder / "key.pem").read_bytes() + (folder / "cert.pem").read_bytes())
        server = Courier(imap, imaps, view, Daemon("courier", view.alone(START), [imap, imaps]))
        try:
            server.start()
            yield server
        finally:
            server.halt()


@pytest.fixture(scope="session")
def courier() -> Iterator[Courier]:
    """One Courier for the whole run."""
    with a_courier() as server:
        yield server


def _with(view: View, name: str, lines: list[str]) -> str:
    """The package's own file and these lines: the later one counts."""
    return (view.tree / "etc/courier" / name).read_text() + "\n" + "\n".join(lines) + "\n"


def _userdb() -> str:
    owner = pwd.getpwnam(MAIL_USER)
    command = ["openssl", "passwd", "-6", PASSWORD]
    hashed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - ours
    who = f"uid={owner.pw_uid}|gid={owner.pw_gid}"
    names = [f"desk{number:03d}" for number in range(1, USERS)]
    return "".join(f"{name}\t{who}|home=/var/mail/{name}|shell=/bin/false|imappw={hashed}\n" for name in names)
