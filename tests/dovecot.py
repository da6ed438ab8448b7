"""A private Dovecot for tests: IMAP (plain, STARTTLS, implicit TLS) and LMTP on free ports of 127.0.0.1.

Any user name with the password "secret"; mail lies in a folder of its own that goes away with the server. Runs as root
(mail as nobody: Dovecot refuses uid 0) and as an ordinary user. `pytest_plugins = ["dovecot"]` gives the session's
fixture; without Dovecot its tests skip, in CI they fail. The certificate is for localhost, signed by itself.
"""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import smtplib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from imap_server import PASSWORD, Daemon, ImapServer, free_ports, make_certificate

MAIL_USER = "nobody"  # when we are root

CONFIG = """
protocols = imap lmtp
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
{who}
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:~/Maildir
first_valid_uid = {uid}
mail_max_userip_connections = 100
postmaster_address = postmaster@harbour.example
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {chroot}
}}
service auth {{
  {chroot}
}}
"""


@dataclass(frozen=True)
class Dovecot(ImapServer):
    """A running server."""

    lmtp_port: int
    folder: Path
    daemon: Daemon

    title = "Dovecot"

    @property
    def mail_dir(self) -> Path:
        """Where mail lies: `mail_dir/USER/Maildir`."""
        return self.folder / "mail"

    @property
    def certificate(self) -> Path:
        """The certificate that a client must be told to trust."""
        return self.folder / "cert.pem"

    def deliver(self, user: str, octets: bytes, sender: str = "") -> None:
        """Hand a mail over by LMTP, as an MTA does; Dovecot adds Return-Path, Delivered-To and Received."""
        address = user if "@" in user else f"{user}@harbour.example"
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [address], octets)

    def maildir(self, user: str) -> Path:
        """Where a user's mail lies."""
        return self.mail_dir / user / "Maildir"

    @property
    def state(self) -> Path:
        """All that it remembers."""
        return self.mail_dir

    def start(self) -> None:
        """Start it again."""
        self.daemon.start()

    def halt(self) -> None:
        """Kill the server and all its children; its files stay."""
        self.daemon.die()

    def stop(self) -> None:
        """End it as its operator does, and take its folder away."""
        self.daemon.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def a_dovecot() -> Iterator[Dovecot]:
    """One, while the block runs."""
    server = start_dovecot()
    try:
        yield server
    finally:
        server.stop()


def start_dovecot(there: Callable[..., Sequence[str]] = lambda *command: command) -> Dovecot:
    """Start one and wait until it answers. Raises FileNotFoundError where Dovecot or openssl is not installed.

    `there` gives the words that run a command where it shall run: in a place apart, in whose network the caller is.
    """
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if not program:
        raise FileNotFoundError("dovecot is not installed")
    # Not pytest's own folder: as root that one is closed to MAIL_USER, and its name is long for a socket's.
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)

    def log() -> str:
        return (folder / "dovecot.log").read_text() if (folder / "dovecot.log").exists() else "no log"

    ports = dict(zip(("imap", "imaps", "lmtp"), free_ports(3), strict=True))
    (folder / "run").mkdir()
    (folder / "mail").mkdir()
    try:
        make_certificate(folder)
        words = CONFIG.format(folder=folder, password=PASSWORD, **ports, **_identity(folder))
        (folder / "dovecot.conf").write_text(words)
        daemon = Daemon("dovecot", there(program, "-F", "-c", str(folder / "dovecot.conf")), list(ports.values()), log)
        daemon.start()
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Dovecot(ports["imap"], ports["imaps"], ports["lmtp"], folder, daemon)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for the whole run: give each test a user name of its own."""
    try:
        server = start_dovecot()
    except FileNotFoundError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{missing}, and this is CI: apt-get install dovecot-imapd dovecot-lmtpd openssl")
        pytest.skip("dovecot is not installed")
    yield server
    server.stop()


def _identity(folder: Path) -> dict[str, object]:
    """Who runs what: as root the login processes are locked up, as an ordinary user all is that user."""
    me = pwd.getpwuid(os.getuid())
    if me.pw_uid == 0:
        mail = pwd.getpwnam(MAIL_USER)
        os.chown(folder / "mail", mail.pw_uid, mail.pw_gid)
        who = "default_internal_user = dovecot\ndefault_login_user = dovenull"
        return {"uid": mail.pw_uid, "gid": mail.pw_gid, "who": who, "chroot": ""}
    group = _group_name(me.pw_gid)
    who = f"default_internal_user = {me.pw_name}\ndefault_internal_group = {group}\ndefault_login_user = {me.pw_name}"
    return {"uid": me.pw_uid, "gid": me.pw_gid, "who": who, "chroot": "chroot ="}


def _group_name(gid: int) -> str:
    return grp.getgrgid(gid).gr_name
