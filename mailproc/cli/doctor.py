"""`doctor`: every part of the desk looked at, each finding one line with its cure; 1 if there is trouble."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from rich.text import Text

from mailproc.cli.say import out, print_json
from mailproc.config import Config, load
from mailproc.config.carried import carried
from mailproc.config.folder import load_groups, load_rules
from mailproc.delivery import smtp
from mailproc.desk.carry import listen
from mailproc.desk.carry.deliver import server_of
from mailproc.desk.carry.poll import account_of
from mailproc.desk.ground.books import lost
from mailproc.desk.ground.wire import open_desk
from mailproc.desk.keep.flaw import REBUILD
from mailproc.desk.watch import recent
from mailproc.desk.watch.health import UNWRITABLE, paused
from mailproc.errors import MailprocError
from mailproc.failpoint import VARIABLE, armed
from mailproc.finding import Finding
from mailproc.intake import imap
from mailproc.letters.check import check as check_templates
from mailproc.letters.check import lacking as letters_lacking
from mailproc.message.field.address import canonical
from mailproc.sorting.check import check as check_rules
from mailproc.store.database import reading
from mailproc.store.octets import room
from mailproc.store.people import members

SOME = 8  # names in a line; a folder of one file lacks some eighty
MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "trouble": ("TROUBLE", "red")}


def doctor(options: argparse.Namespace) -> int:
    """Look at every part."""
    found = list(dict.fromkeys(_findings(options.config)))  # two parts may fail of the same cause
    if options.json:
        print_json([{"level": each.level, "finding": each.words} for each in found])
    else:
        for each in found:
            word, colour = MARKS[each.level]
            out.print(Text(f"{word:<8}", colour) + Text(each.words, "default"))
    return 1 if any(each.level == "trouble" for each in found) else 0


def _findings(path: Path) -> Iterator[Finding]:
    """The configuration first: without it there is nothing else to look at, and its error is the command's own."""
    config = load(path)
    yield Finding("ok", f"{path}: {config.desk.name}, {config.desk.address}")
    for part in (_rules, _templates, _folders, _desk, _mailboxes, _delivery, _trust, _border, _python):
        try:
            yield from part(config)
        except MailprocError as error:
            yield Finding("trouble", str(error))


def _rules(config: Config) -> Iterator[Finding]:
    rules = load_rules(config.storage.rules)
    groups = load_groups(config.storage.rules / "groups.toml")
    problems = check_rules(rules, groups)
    for problem in problems:
        yield Finding("trouble", str(problem))
    if not problems:
        yield Finding(
            "ok", f"{config.storage.rules}: {len(rules)} rules do what their examples say, {len(groups)} groups"
        )


def _templates(config: Config) -> Iterator[Finding]:
    folder, language, ours = config.storage.templates, config.desk.language, carried() / "templates"
    if not folder.is_dir():
        yield Finding(
            "trouble", f"{folder}: is not there; correct [storage] templates, or copy what `mailproc init` writes"
        )
        return
    problems = check_templates(folder, language, ours)
    for problem in problems:
        yield Finding("trouble", problem)
    if not problems:
        yield Finding("ok", f"{folder}: every letter can be worded")
    lacking = letters_lacking(folder, language, ours)
    if lacking:
        some, more = ", ".join(lacking[:SOME]), len(lacking) - SOME
        named = f"{some} and {more} more" if more > 0 else some
        yield Finding("ok", f"{folder / language}: what is not there is as it came with mailproc: {named}")


def _folders(config: Config) -> Iterator[Finding]:
    reserve, message = config.storage.reserve, config.limits.message
    for folder in dict.fromkeys((config.folder, *filter(Path.is_dir, _stores(config)))):
        if not room.enough(folder, reserve, message):
            yield Finding("trouble", room.shortage(folder, reserve, message))
        elif not room.writable(folder):
            yield Finding("trouble", f"{folder}: cannot be written; {UNWRITABLE}")
        elif folder == config.folder:
            yield Finding("ok", f"{room.free(folder) >> 20} MiB free where {folder} lies")


def _stores(config: Config) -> tuple[Path, ...]:
    storage = config.storage
    return storage.archive, storage.attachments, storage.outbox, storage.published


def _desk(config: Config) -> Iterator[Finding]:
    with open_desk(config) as desk, reading(desk.engine) as conn:
        everybody = [member for member in members.every(conn) if member.votes]
        if lost(desk):
            yield Finding("trouble", f"{config.storage.database}: empty, and the archive is not; {REBUILD}")
        else:
            yield Finding("ok", f"{config.storage.database}: opened, its schema is current")
        for words in paused(desk):
            yield Finding("warning", words)
        yield from listen.check(desk)
    for name in armed():
        yield Finding("trouble", f"failpoint {name} is set, and this desk will die of it; unset {VARIABLE}")
    if everybody:
        yield Finding("ok", "one member decides" if len(everybody) == 1 else f"{len(everybody)} members decide")
    else:
        yield Finding("warning", "no member decides yet; `mailproc members add EMAIL` invites one")
    named = config.review.fallback
    if named and not any(canonical(named) in {canonical(each) for each in member.addresses} for member in everybody):
        yield Finding(
            "warning", f"review.fallback: {named} is no member who decides now, so the operator hears instead"
        )


def _mailboxes(config: Config) -> Iterator[Finding]:
    if not config.imap:
        yield Finding(
            "warning", "no mailbox is polled; fill in [[intake.imap]] in config.toml, or use `mailproc receive`"
        )
    for account in config.imap:
        yield from imap.check(account_of(account))


def _delivery(config: Config) -> Iterator[Finding]:
    if config.delivery.transport == "folder":
        yield Finding(
            "warning",
            f'letters are not sent, they stay in {config.storage.outbox}; set [delivery] transport = "smtp"',
        )
        return
    yield from smtp.check(server_of(config))


def _trust(config: Config) -> Iterator[Finding]:
    review = config.review
    if review.trust == "token":
        yield Finding(
            "warning",
            'whoever holds a digest decides (review.trust = "token"); fit for tests and closed systems only',
        )
    elif review.trust == "authenticated" and not review.authserv_id:
        yield Finding(
            "warning",
            "review.authserv_id is empty: members are known by DKIM only, else asked back; name your mail server there",
        )


def _border(config: Config) -> Iterator[Finding]:
    """What the mails that came say of our own mail servers, beside what the configuration believes (RFC 8601 §5)."""
    with open_desk(config) as desk:
        found = recent.border(desk)
    review, names = config.review, ", ".join(found.authserv_ids)
    reason = "below-its-received" if found.setup == "below" else found.reason
    if reason:
        yield Finding("ok" if reason == "too-few" else "warning", BORDERS[reason].format(names=names, border=found))
        return
    missing = _missing(found.authserv_ids, review.authserv_id), _missing(found.received_by, review.received_by)
    agree = f"{found.agree} of the last {found.mails} mails"
    if any(missing):
        yield Finding(
            "warning", f"{agree} say who your mail servers are; if that is right, set under [review] in config.toml:"
        )
        yield Finding("warning", f"authserv_id = {_toml(found.authserv_ids)}")
        yield Finding("warning", f"received_by = {_toml(found.received_by)}")
    else:
        yield Finding("ok", f"{agree} carry the results of {names} where only your own servers can have put them")
    if found.left_in:
        held = f"message {found.left_in[0]}, {len(found.left_in)} in all"
        cure = "they stand below your own, and are not believed; let it remove them all the same (RFC 8601 §5)"
        yield Finding(
            "warning", f"{names} leaves Authentication-Results of its own name in mails from outside ({held}); {cure}"
        )


def _missing(found: Sequence[str], known: Sequence[str]) -> bool:
    return not set(found) <= {name.casefold() for name in known}


def _toml(names: Sequence[str]) -> str:
    return f"[{', '.join(json.dumps(name) for name in names)}]"


OWN_CHECK = "members are known by our own DKIM check, else asked back"
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


def _python(_: Config) -> Iterator[Finding]:
    """Faults of this Python that we work around ourselves (catalogue S07, S80): a word, never a refusal."""
    version = ".".join(map(str, sys.version_info[:3]))
    probe = EmailMessage()
    probe["Subject"] = "=?utf-8?q?ok=0D=0ABcc:_v@x.example?="
    if b"\nBcc:" in probe.as_bytes():
        yield Finding(
            "warning", f"Python {version} lets a Subject make header fields (CVE-2024-6923); our own cleaner stops it"
        )
    if parseaddr("alice@ex.example <evil@bad.example>")[1] == "alice@ex.example":
        yield Finding("warning", f"Python {version} misreads some From fields (CVE-2023-27043); we read them ourselves")
