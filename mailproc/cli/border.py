"""The part of `doctor` that says who is believed: what recent mails tell of our mail servers, and the probe.

Four set-ups: one field of results on top of the border's own Received field, several in a run, one below it, none. What
is to be written into the configuration is said as lines of TOML, and what is to be done next as a command.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from mailproc import times
from mailproc.config import Config
from mailproc.delivery.connection import Server
from mailproc.delivery.smtp import Session
from mailproc.desk.carry.deliver import server_of
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.watch import recent
from mailproc.errors import UsageError
from mailproc.finding import Finding
from mailproc.message.author.border import Border
from mailproc.message.author.place import small
from mailproc.message.author.probe import BELIEVABLE, NOBODY
from mailproc.store.service.probes import Probe

SMTP_PORT, LAST_PORT = 25, 65535
SOME = 3  # spellings in a line
THE_MILTERS = 'docs/servers.md, "Who checks the mail"'
CURED = (*BELIEVABLE, "above")  # results of a probe that nothing forged survived: what lay there before is past
AGAIN = "then `mailproc doctor --probe` once more"
OWN_CHECK = "members are known by our own DKIM check, else asked back"
FROM_OUTSIDE = (
    "send it from another machine: `mailproc doctor --probe-file probe.eml` writes it, and there "
    "`curl --mail-rcpt {address} --upload-file probe.eml smtp://{host}` sends it; or let the mail server itself take "
    f"such fields out of all mail ({THE_MILTERS}), {AGAIN}"
)
BORDERS = {  # why nothing is proposed
    "too-few": "too few mails came by IMAP or LMTP yet ({border.mails}, or of too few senders) "
    "to tell which mail servers are yours",
    "no-results": f"the last {{border.mails}} mails carry no Authentication-Results of your mail server; {OWN_CHECK}",
    "without-a-name": f"your mail server writes Authentication-Results that do not say whose they are; {OWN_CHECK}",
    "not-in-all": "the last {border.mails} mails carry results of different servers, or only some do: {names}; "
    f"senders may have written them, so no name is proposed; {OWN_CHECK}",
    "below-its-received": "{names} puts its results below its own Received field, where a sender can put some too, "
    f"so they are not believed; {OWN_CHECK}",
    "below-another": "results of {names} stand below a hop of somebody else, who may have let a sender write them; "
    f"no name is proposed; {OWN_CHECK}",
}
SET_UPS = {
    "one-above": "",
    "run-above": " (several programs write a field each; they count as one)",
    "below": " below the Received field of {border}",
}
LOOKS = {  # what is known of a host of `border`, and the cure
    "": "nothing is believed below the Received field of {host}: no probe has shown that it takes others' results out; "
    "`mailproc doctor --probe` sends one",
    "names": "authserv_id has changed since {host} was probed, so nothing below its Received field is believed; "
    "`mailproc doctor --probe` sends a new probe",
    "believed": "a probe of {at} (message {number}) showed that {host} takes others' results out; what it writes below "
    "its own Received field is believed",
    "above": "{host} writes its results above its own Received field (message {number}); take it out of review.border",
    "left-in": "{host} left results in that a probe had forged in its name (message {number}: {spelt}), so nothing "
    f"below its Received field is believed; let it take them out ({THE_MILTERS}), {AGAIN}",
    "second": "message {number} bears two Authentication-Results of {host}'s name, or one where it writes none, so "
    f"nothing below its Received field is believed any more; let it take senders' fields out ({THE_MILTERS}), {AGAIN}",
}
UNUSED = {  # why the latest probe counts for nothing
    "inside": "the probe of {at} (message {number}) came from inside: {host} did not look at it, and left in what it "
    f"had forged ({{spelt}}); {FROM_OUTSIDE}",
    "no-border": "the probe of {at} (message {number}) came past no mail server that names itself; " + FROM_OUTSIDE,
    "old": f"message {{number}} is a probe of more than a day before it came, and counts for nothing; {AGAIN}",
    "again": "message {number} is a copy of a probe that had come before, and counts for nothing, whoever sent it; "
    "`mailproc doctor --probe` makes a new one each time",
}


def findings(config: Config) -> Iterator[Finding]:
    """What the mails that came say of our own mail servers, beside what the configuration believes (RFC 8601 §5)."""
    with open_desk(config, looks=True) as desk:
        seen, looks = recent.border(desk), recent.looks(desk)
    cured = max((look.number for look in looks if look.result in CURED and not look.used), default=0)
    left_in = tuple(number for number in seen.left_in if number > cured)
    yield from _proposed(config, replace(seen, left_in=left_in))
    yield from _looks(config, looks)


def _proposed(config: Config, found: Border) -> Iterator[Finding]:
    review, names = config.review, ", ".join(found.authserv_ids)
    if found.reason:
        words = BORDERS[found.reason].format(names=names, border=found)
        yield Finding("ok" if found.reason == "too-few" else "warning", words)
        return
    options = [
        ("authserv_id", found.authserv_ids, review.authserv_id),
        ("received_by", found.received_by, review.received_by),
        ("border", found.border, review.border),
    ]
    agree = f"{found.agree} of the last {found.mails} mails"
    if any(_missing(proposed, known) for _, proposed, known in options):
        yield Finding(
            "warning", f"{agree} say who your mail servers are; if that is right, set under [review] in config.toml:"
        )
        for name, proposed, _ in options:
            if proposed or name != "border":
                yield Finding("warning", f"{name} = {_toml(proposed)}")
        if found.border:
            yield Finding("warning", f"then run `mailproc doctor --probe`; until a probe has gone well, {OWN_CHECK}")
    else:
        where = SET_UPS[found.setup].format(border=", ".join(found.border))
        where = where or " where only your own servers can have put them"
        yield Finding("ok", f"{agree} carry the results of {names}{where}")
    if found.left_in:
        yield Finding("warning", _left_in(found, names))


def _left_in(found: Border, names: str) -> str:
    held = f"message {found.left_in[0]}, {len(found.left_in)} in all"
    told = f"{names} leaves Authentication-Results of its own name in mails from outside ({held})"
    cure = f"let it remove them (RFC 8601 §5; {THE_MILTERS})"
    if found.setup == "below":
        return f"{told}, and they stand where its own do; {cure}"
    return f"{told}; they stand below its own, and are not believed; {cure} all the same"


def _looks(config: Config, looks: Sequence[Probe]) -> Iterator[Finding]:
    """What probes showed of the hosts of `border`, and why the latest of all counts for nothing, if so."""
    names = small(config.review.authserv_id)
    of_host = {look.host: look for look in looks if not look.used}
    for host in sorted(small(config.review.border)):
        look = of_host.get(host)
        level: Literal["ok", "warning"] = "warning"
        if look is None and looks and looks[-1].used and looks[-1].host == host:
            continue  # why the probe has shown nothing is said below
        if look is None:
            words = LOOKS[""].format(host=host)
        elif look.result not in BELIEVABLE:
            words = _worded(LOOKS[look.result if look.nonce else "second"], look, config)
        elif names <= set(look.names.split()):
            level, words = "ok", _worded(LOOKS["believed"], look, config)
        else:
            words = _worded(LOOKS["names"], look, config)
        yield Finding(level, words)
    if looks and looks[-1].used:
        yield Finding("warning", _worded(UNUSED[looks[-1].used], looks[-1], config))


def _worded(words: str, look: Probe, config: Config) -> str:
    some, more = look.left_in.split()[:SOME], len(look.left_in.split()) - SOME
    spelt = f"{', '.join(some)} and {more} more" if more > 0 else ", ".join(some) or "nothing"
    host = look.host or "MAILSERVER"
    return words.format(
        host=host, number=look.number, at=times.minute(look.at), spelt=spelt, address=config.desk.address
    )


def _missing(found: Sequence[str], known: Sequence[str]) -> bool:
    return not set(found) <= small(known)


def _toml(names: Sequence[str]) -> str:
    return f"[{', '.join(json.dumps(name) for name in names)}]"


# The probe


def is_wanted(options: argparse.Namespace) -> bool:
    """A probe is to be made."""
    return bool(options.probe or options.probe_via or options.probe_file)


def probe(config: Config, options: argparse.Namespace) -> Iterator[Finding]:
    """Make a probe, and send it or write it down. Raises UsageError where nobody knows for which name."""
    with open_desk(config) as desk:
        names = config.review.authserv_id or recent.border(desk).authserv_ids
        if not names:
            raise UsageError(
                "doctor --probe: in whose name? Write your mail server's into authserv_id under [review]; it is the "
                "first word of the Authentication-Results that it writes"
            )
        octets = recent.probe(desk, names, NOBODY if options.probe_via or options.probe_file else config.desk.address)
        yield _sent(desk, options, octets)


def _write_new(path: Path, octets: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(octets)
    except FileExistsError:
        raise UsageError(f"{path}: is there already; name a new file for the probe") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; name another file for the probe") from None


def _sent(desk: Desk, options: argparse.Namespace, octets: bytes) -> Finding:
    address, then = desk.config.desk.address, "when it has come in, `mailproc doctor` says what became of it"
    if options.probe_file == "-":
        sys.stdout.buffer.write(octets)
        return Finding("ok", "")
    if options.probe_file:
        _write_new(Path(options.probe_file), octets)
        return Finding("ok", f"{options.probe_file}: a probe; send it to {address} within a day, from outside; {then}")
    server = _server(options.probe_via, address) if options.probe_via else server_of(desk.config)
    if not server.host:
        raise UsageError("doctor --probe: no mail server is configured; name one, --probe-via HOST[:PORT]")
    with Session(server) as session:
        receipt = session.send("", address, octets)
    if receipt.outcome != "sent":
        why = receipt.reply
        if options.probe_via:  # the cures of `delivery` are not for this one
            why = f"{why.partition('; ')[0]}; `--probe-via` names the mail server that takes mail for {address}"
        return Finding("trouble", f"the probe was not taken: {why}")
    return Finding("ok", f"a probe is on its way to {address}; {then}")


def _server(place: str, address: str) -> Server:
    host, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        host, port = place, str(SMTP_PORT)
    if not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise UsageError(f"doctor --probe-via {place}: HOST or HOST:PORT, such as mx.harbour.example:25")
    return Server(host.strip("[]"), int(port), "none", hello=address.rpartition("@")[2])
