"""A private OpenSMTPD of Debian 12, with the configuration that docs/servers.md gives.

It takes mail on a free port of 127.0.0.1, hands harbour.example to the desk by LMTP, and every domain of `sinks` to its
port by SMTP. `busy.example` it puts off with 450, `closed.example` it refuses with 550: what a server says of itself.
`lifetime` is how long it tries; `also` are more addresses that it believes the desk to have.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from beside import a_view
from mta import NOTHING, Mta, a_free_port, at, recipe, running

LISTEN = """
filter "busy" phase rcpt-to match rcpt-to regex {{ "@busy\\.example" }} reject "450 4.7.1 Come later"
listen on 127.0.0.1 port {port} hostname mx.harbour.example filter "busy"
queue ttl {lifetime}
match from any for domain "closed.example" reject
"""
SINK = """
action "{domain}" relay host "smtp://127.0.0.1:{port}"
match from local for domain "{domain}" action "{domain}"
"""
TABLE = "table desk { "
HERE = "\nmatch "  # before this the page puts its lines


@contextmanager
def an_opensmtpd(
    ours: int,
    sinks: Mapping[str, int],
    lifetime: str = "4d",
    also: Sequence[str] = (),
    instead: Mapping[str, str] = NOTHING,
) -> Iterator[Mta]:
    """One before a desk that listens at this port. Skips or fails."""
    with a_view("opensmtpd") as view:
        port = a_free_port()
        [text] = recipe("OpenSMTPD", instead=instead).values()
        assert TABLE in text
        more = "".join(f'"{email}" = "mailproc", ' for email in also)
        said = at(text, {"8024": ours}).replace(TABLE, TABLE + more)
        shipped = (view.tree / "etc/smtpd.conf").read_text()
        assert HERE in shipped
        routes = "".join(SINK.format(domain=domain, port=to) for domain, to in sinks.items())
        written = shipped.replace(HERE, f"\n{routes}{said}{HERE}", 1)
        listen = LISTEN.format(port=port, lifetime=lifetime)
        passwd = (view.tree / "etc/passwd").read_text()
        view.write(
            {
                "/etc/smtpd.conf": written.replace("listen on localhost\n", listen),
                "/etc/aliases": "",
                "/etc/mailname": "mx.harbour.example\n",
                "/etc/resolv.conf": "nameserver 127.0.0.1\n",  # nobody answers there
                "/etc/passwd": passwd + "mailproc:x:65533:65533::/nonexistent:/usr/sbin/nologin\n",  # who runs the desk
            }
        )
        view.place("/var/spool/smtpd").mkdir(mode=0o711, parents=True, exist_ok=True)
        view.place("/var/spool/smtpd").chmod(0o711)
        _as_installed(view.tree)
        control = "/usr/sbin/smtpctl"
        server = Mta(port, view, (control, "show", "queue"), (control, "schedule", "all"), "", "/said")
        with running(view, port, "/usr/sbin/smtpd", "-d"):
            yield server


def _as_installed(tree: Path) -> None:
    """`smtpctl` works for the group that the package's set-up gives it."""
    lines = (tree / "etc/group").read_text().splitlines()
    group = next(int(line.split(":")[2]) for line in lines if line.startswith("opensmtpq:"))
    os.chown(tree / "usr/sbin/smtpctl", 0, group)
    (tree / "usr/sbin/smtpctl").chmod(0o2755)
