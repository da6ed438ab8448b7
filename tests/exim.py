"""A private Exim of Debian 12, with Debian's own configuration and what docs/servers.md adds to it.

It takes mail on a free port of 127.0.0.1, hands harbour.example to the desk by LMTP, and every domain of `sinks` to its
port by SMTP. `busy.example` it puts off with 451, `closed.example` it refuses with 550: what a server says of itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from beside import a_view
from mta import NOTHING, Mta, a_free_port, at, recipe, run, running

SETTINGS = """
dc_eximconfig_configtype='internet'
dc_other_hostnames=''
dc_local_interfaces='127.0.0.1.{port}'
dc_relay_domains='harbour.example'
dc_minimaldns='true'
dc_use_split_config='true'
dc_hide_mailname='false'
dc_mailname_in_oh='true'
dc_localdelivery='mail_spool'
"""
MACROS = """
MAIN_HARDCODE_PRIMARY_HOSTNAME = mx.harbour.example
MAIN_ACL_CHECK_RCPT = acl_test
queue_run_in_order
"""
ACL = """
acl_test:
  defer domains = busy.example
        message = 4.7.1 Come later
  deny  domains = closed.example
        message = 5.7.1 Not from here
  accept acl = acl_check_rcpt
"""
ROUTER = """
test_{name}:
  driver = manualroute
  domains = {domain}
  route_list = * 127.0.0.1
  self = send
  transport = test_{name}
"""
TRANSPORT = """
test_{name}:
  driver = smtp
  port = {port}
  allow_localhost
"""
ETC = "/etc/exim4"


@contextmanager
def an_exim(
    ours: int, sinks: Mapping[str, int], single: str = "", instead: Mapping[str, str] = NOTHING
) -> Iterator[Mta]:
    """One before a desk that listens at this port; `single`: the recipe "for single addresses". Skips or fails."""
    with a_view("exim4") as view:
        port = a_free_port()
        own = {path: at(text, {"8024": ours}) for path, text in recipe("Exim", single, instead).items()}
        names = {domain: f"t{number}" for number, domain in enumerate(sinks)}
        routers = "".join(ROUTER.format(name=name, domain=domain) for domain, name in names.items())
        transports = "".join(TRANSPORT.format(name=name, port=sinks[domain]) for domain, name in names.items())
        view.write(
            {
                "/etc/mailname": "mx.harbour.example\n",
                "/etc/resolv.conf": "nameserver 127.0.0.1\n",  # nobody answers there
                f"{ETC}/update-exim4.conf.conf": SETTINGS.format(port=port),
                f"{ETC}/conf.d/main/000_test": MACROS,
                f"{ETC}/conf.d/acl/99_test": ACL,
                f"{ETC}/conf.d/router/190_test": routers,
                f"{ETC}/conf.d/transport/99_test": transports,
                f"{ETC}/conf.d/retry/10_test": "* * F,5m,1s\n",
                **own,
            }
        )
        run(
            view,
            "sh",
            "-ec",
            "cd /var; mkdir -p lib/exim4 spool/exim4 log/exim4; chown Debian-exim lib/exim4 spool/exim4 log/exim4",
        )
        run(view, "update-exim4.conf")
        exim = "/usr/sbin/exim4"
        server = Mta(port, view, (exim, "-bp"), (exim, "-qff"), "", "/var/log/exim4/mainlog")
        with running(view, port, exim, "-bdf", "-q2s"):
            yield server
