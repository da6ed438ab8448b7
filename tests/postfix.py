"""A private Postfix for tests: it takes mail on a free port of 127.0.0.1 and hands each domain on to where it is told.

Configuration, queue and data lie in a folder of its own that goes away with it; it knows no local users. Postfix is
started by root or not at all: elsewhere its tests skip with a word, in CI they fail. `comes` is how tests wait for what
another process does: it looks again until the answer is yes, for a minute at most.
"""

from __future__ import annotations

import os
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

LOOKS, BETWEEN_SECONDS = 1200, 0.05

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.harbour.example
inet_protocols = ipv4
inet_interfaces = 127.0.0.1
mynetworks = 127.0.0.0/8
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
transport_maps = inline:{{ {routes} }}
smtpd_relay_restrictions = permit_mynetworks reject
smtpd_recipient_restrictions = permit_mynetworks reject
smtpd_tls_security_level = none
smtp_tls_security_level = none
lmtp_tls_security_level = none
bounce_queue_lifetime = 5m
minimal_backoff_time = 1s
maximal_backoff_time = 5s
queue_run_delay = 5s
transport_retry_time = 1s
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
lmtp      unix  - - n - - lmtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""  # the fifth column says no to chroot everywhere: sockets of the tests lie outside


@dataclass(frozen=True)
class Postfix:
    """A running server."""

    port: int
    folder: Path

    def send(self, octets: bytes, sender: str, *to: str, options: Sequence[str] = ()) -> dict[str, tuple[int, bytes]]:
        """Hand it a mail; it answers for it from now on, but for those whom it refuses: {address: (code, words)}.

        `options` are parameters of MAIL.
        """
        with smtplib.SMTP("127.0.0.1", self.port, timeout=60) as smtp:
            return smtp.sendmail(sender, to, octets, options)

    def queue(self) -> str:
        """What it still has, in its own words."""
        return self.run("postqueue", "-p")

    def is_empty(self) -> bool:
        """Whether it has handed everything on, or bounced it."""
        return "Mail queue is empty" in self.queue()

    def try_again(self) -> None:
        """Everything it has, at once."""
        self.run("postqueue", "-f")

    def log(self) -> str:
        """What it tells of its work."""
        return (self.folder / "mail.log").read_text(errors="replace")

    def run(self, program: str, *words: str) -> str:
        """One of its own commands."""
        return run(program, "-c", str(self.folder / "etc"), *words)


def run(program: str, *words: str) -> str:
    """A command's output; an error of it is the test's."""
    path = shutil.which(program) or shutil.which(program, path="/usr/sbin")
    if path is None:
        raise FileNotFoundError(f"{program} is not installed")
    done = subprocess.run([path, *words], capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, (words, done.stdout, done.stderr, _last_words(words))
    return done.stdout


def comes(answer: Callable[[], object], what: str = "") -> None:
    """Returns as soon as `answer` is true; fails after a minute."""
    pause = threading.Event()
    for _ in range(LOOKS):
        if answer():
            return
        pause.wait(BETWEEN_SECONDS)
    pytest.fail(f"it did not come: {what or answer}")


def _last_words(words: Sequence[str]) -> str:
    """The end of the log of the Postfix that these words name: it tells nobody else why it does not start."""
    log = Path(words[1]).with_name("mail.log")
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""


@contextmanager
def a_postfix(routes: Mapping[str, str], *settings: str) -> Iterator[Postfix]:
    """One that hands mail for each domain on: {"harbour.example": "lmtp:inet:127.0.0.1:8024"}. Skips or fails.

    `settings` are more lines of its main.cf.
    """
    if missing := _missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)  # its servers run as another user
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = Postfix(free.getsockname()[1], folder)
    for name in ("etc", "queue"):
        (folder / name).mkdir(mode=0o755)
    inline = ", ".join(f"{{ {domain} = {nexthop} }}" for domain, nexthop in routes.items())
    (folder / "etc/main.cf").write_text(_each_once("\n".join([MAIN.format(folder=folder, routes=inline), *settings])))
    (folder / "etc/master.cf").write_text(MASTER.format(port=server.port))
    server.run("postfix", "start")
    try:
        comes(lambda: _answers(server.port), "Postfix's greeting")
        yield server
    finally:
        server.run("postfix", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _each_once(text: str) -> str:
    """A main.cf without the parameters that it gives again further down.

    Of each of those every program of Postfix writes a warning when it starts, postlogd too: into its own socket, and
    where that is full by then, all of them wait for ever.
    """
    lines = re.sub(r"\n(?=[ \t])", "\0", text).splitlines()  # a line that begins with a blank goes on
    said = {line.partition("=")[0].strip(): line for line in lines if line.strip() and not line.startswith("#")}
    return "".join(f"{line}\n" for line in said.values()).replace("\0", "\n")


def _missing() -> str:
    if not (shutil.which("postfix") or shutil.which("postfix", path="/usr/sbin")):
        return "postfix is not installed: apt-get install postfix"
    return "" if os.getuid() == 0 else "Postfix is started by root only"


def _answers(port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5):
            return True
    except OSError:
        return False
