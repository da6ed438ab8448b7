"""A private Sendmail of Debian 12, with Debian's own sendmail.mc and what docs/servers.md adds to it.

It takes mail on a free port of 127.0.0.1, hands harbour.example to the desk by LMTP, and every domain of `sinks` to its
port by SMTP. `busy.example` it puts off with 450, `closed.example` it refuses with 550: what a server says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from beside import a_view
from mta import NOTHING, Mta, a_free_port, at, recipe, run, running

MC = "/etc/mail/sendmail.mc"
BEFORE, AFTER = f"{MC}, in front of the line `MAILER_DEFINITIONS`", f"{MC}, at its end"
OURS = """
define(`confDOMAIN_NAME', `mx.harbour.example')dnl
define(`confMIN_QUEUE_AGE', `0')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`nocanonify')dnl
FEATURE(`blacklist_recipients')dnl
"""  # there is no DNS; it must not take its time, nor rest while the machine is busy
SINK = (
    "Msink{number}, P=[IPC], F=mDFMuXa8, S=EnvFromSMTP/HdrFromSMTP, R=EnvToSMTP, E=\\r\\n, L=990,\n"
    "\tT=DNS/RFC822/SMTP, A=TCP $h {port}\n"
)
ACCESS = """\
GreetPause:127.0.0.1\t0
ClientRate:127.0.0.1\t0
ClientConn:127.0.0.1\t0
Connect:127.0.0.1\tRELAY
To:busy.example\tERROR:4.7.1:450 Come later
To:closed.example\tERROR:5.7.1:550 Not from here
"""
MAKES = """
cd /etc/mail
m4 sendmail.mc >sendmail.cf
for each in mailertable access; do makemap hash $each <$each; done
mkdir -p /var/spool/mqueue /var/lib/sendmail /run/sendmail/mta
"""  # `make -C /etc/mail` of Debian's, less what it asks of services


@contextmanager
def a_sendmail(ours: int, sinks: Mapping[str, int], instead: Mapping[str, str] = NOTHING) -> Iterator[Mta]:
    """One before a desk that listens at this port. Skips or fails."""
    with a_view("sendmail") as view:
        port = a_free_port()
        said = {path: at(text, {"8024": ours}) for path, text in recipe("Sendmail", instead=instead).items()}
        mc = (view.tree / "usr/share/sendmail/cf/debian/sendmail.mc").read_text()
        mc = mc.replace("Name=MTA-v4, Port=smtp", f"Name=MTA-v4, Port={port}")
        mc = mc.replace("DAEMON_OPTIONS(`Family=inet,  Name=MSP", "dnl DAEMON_OPTIONS(`Family=inet,  Name=MSP")
        mc = mc.replace("\nMAILER_DEFINITIONS", f"\n{OURS}{said.pop(BEFORE)}MAILER_DEFINITIONS")
        mailers = "".join(SINK.format(number=number, port=to) for number, to in enumerate(sinks.values()))
        routes = "".join(f"{domain}\tsink{number}:[127.0.0.1]\n" for number, domain in enumerate(sinks))
        empty = ("local-host-names", "trusted-users", "aliases", "m4/dialup.m4", "m4/provider.m4")
        view.write(
            {
                **{f"/etc/mail/{name}": "" for name in empty},
                MC: f"{mc}{said.pop(AFTER)}{mailers}",
                "/etc/mail/access": ACCESS,
                "/etc/mail/mailertable": said.pop("/etc/mail/mailertable") + routes,
                "/etc/resolv.conf": "nameserver 127.0.0.1\n",  # nobody answers there
                "/etc/hosts": "127.0.0.1 mx.harbour.example localhost\n",
                **said,
            }
        )
        run(view, "sh", "-ec", MAKES)
        program = "/usr/libexec/sendmail/sendmail"
        server = Mta(port, view, (program, "-bp"), (program, "-q"), "is empty", "/said")
        with running(view, port, program, "-bD", "-q1s", "-X", "/var/traffic"):
            yield server
