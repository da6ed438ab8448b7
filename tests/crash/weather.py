"""Bad weather: the program speaks with Dovecot and with the sink through proxies that stall, reset, drip and truncate.

The desk is told to be impatient (seconds where a desk in service waits minutes), runs once, and may fail as it likes;
afterwards the line is good again, and nothing may be lost or done twice. Judges nothing itself.
"""

from __future__ import annotations

import time
from random import Random

from crash.proxy import Fault, Proxy
from crash.town import Town

RUNS_WITHIN = 15.0  # a silence after the final dot is waited out for ten minutes: we kill it before
IMPATIENT = {"timeout": "2s", "deadline": "4s"}
KINDS = ("stall", "reset", "truncate", "drip")
IMAP_OCTETS, SMTP_OCTETS = (20, 40_000), (10, 900)  # that pass before a fault, down the line


def faults(chance: Random, octets: tuple[int, int], count: int) -> list[Fault]:
    """For the first connections; offsets spread evenly over their orders of magnitude."""
    least, most = octets
    made = []
    for _ in range(count):
        after = int(least * (most / least) ** chance.random())
        made.append(Fault(chance.choice(KINDS), after, upward=chance.random() < 0.3, pause_seconds=0.2))
    return made


def storm(town: Town) -> bool:
    """One round of everything in bad weather; whether anything struck."""
    imap, smtp = faults(town.chance, IMAP_OCTETS, 2), faults(town.chance, SMTP_OCTETS, 3)
    with Proxy(town.dovecot.imap_port, imap) as mailbox, Proxy(town.sink_port, smtp) as server:
        began = time.time_ns()
        town.write_config(imap_port=mailbox.port, sink_port=server.port, **IMPATIENT)
        try:
            running = town.start("run", "--once", fresh=True)  # no fork: the proxies are threads
            if running.wait(RUNS_WITHIN) is None:
                running.kill()
                running.wait(10)
        finally:
            town.broke(began)
            town.write_config()
        return bool(mailbox.struck or server.struck)
