"""`doctor`: every part of the desk looked at, each finding one line with its cure; 1 if there is trouble."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from rich.text import Text

from mailproc.cli.desk import out, print_json
from mailproc.config import Config, load, load_groups, load_rules
from mailproc.delivery import smtp
from mailproc.desk import listen
from mailproc.desk.deliver import server_of
from mailproc.desk.health import UNWRITABLE, paused
from mailproc.desk.poll import account_of
from mailproc.desk.verify import lost
from mailproc.desk.verify_messages import REBUILD
from mailproc.desk.wire import open_desk
from mailproc.errors import MailprocError
from mailproc.failpoint import VARIABLE, armed
from mailproc.intake import imap
from mailproc.letters.check import check as check_templates
from mailproc.sorting.check import check as check_rules
from mailproc.store import members, room
from mailproc.store.database import reading

Finding = tuple[str, str]  # "ok", "warning" or "trouble"; one line
MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "trouble": ("TROUBLE", "red")}


def doctor(options: argparse.Namespace) -> int:
    """Look at every part."""
    found = list(_findings(options.config))
    if options.json:
        print_json([{"level": level, "finding": line} for level, line in found])
    else:
        for level, line in found:
            word, colour = MARKS[level]
            out.print(Text(f"{word:<8}", colour) + Text(line, "default"))
    return 1 if any(level == "trouble" for level, _ in found) else 0


def _findings(path: Path) -> Iterator[Finding]:
    """The configuration first: without it there is nothing else to look at, and its error is the command's own."""
    config = load(path)
    yield "ok", f"{path}: {config.desk.name}, {config.desk.address}"
    for part in (_rules, _templates, _folders, _desk, _mailboxes, _delivery, _trust, _python):
        try:
            yield from part(config)
        except MailprocError as error:
            yield "trouble", str(error)


def _rules(config: Config) -> Iterator[Finding]:
    rules = load_rules(config.storage.rules)
    groups = load_groups(config.storage.rules / "groups.toml")
    problems = check_rules(rules, groups)
    for problem in problems:
        yield "trouble", str(problem)
    if not problems:
        yield "ok", f"{config.storage.rules}: {len(rules)} rules do what their examples say, {len(groups)} groups"


def _templates(config: Config) -> Iterator[Finding]:
    problems = check_templates(config.storage.templates, config.desk.language)
    for problem in problems:
        yield "trouble", problem
    if not problems:
        yield "ok", f"{config.storage.templates}: every letter can be worded"


def _folders(config: Config) -> Iterator[Finding]:
    reserve, message = config.storage.reserve, config.limits.message
    for folder in dict.fromkeys((config.folder, *filter(Path.is_dir, _stores(config)))):
        if not room.enough(folder, reserve, message):
            yield "trouble", room.shortage(folder, reserve, message)
        elif not room.writable(folder):
            yield "trouble", f"{folder}: cannot be written; {UNWRITABLE}"
        elif folder == config.folder:
            yield "ok", f"{room.free(folder) >> 20} MiB free where {folder} lies"


def _stores(config: Config) -> tuple[Path, ...]:
    storage = config.storage
    return storage.archive, storage.attachments, storage.outbox, storage.published


def _desk(config: Config) -> Iterator[Finding]:
    with open_desk(config) as desk, reading(desk.engine) as conn:
        everybody = [member for member in members.every(conn) if member.votes]
        if lost(desk):
            yield "trouble", f"{config.storage.database}: empty, and the archive is not; {REBUILD}"
        else:
            yield "ok", f"{config.storage.database}: opened, its schema is current"
        for words in paused(desk):
            yield "warning", words
        yield from listen.check(desk)
    for name in armed():
        yield "trouble", f"failpoint {name} is set, and this desk will die of it; unset {VARIABLE}"
    if everybody:
        yield "ok", f"{len(everybody)} members decide"
    else:
        yield "warning", "no member decides yet; `mailproc members add EMAIL` invites one"


def _mailboxes(config: Config) -> Iterator[Finding]:
    if not config.imap:
        yield "warning", "no mailbox is polled; fill in [[intake.imap]] in config.toml, or use `mailproc receive`"
    for account in config.imap:
        yield from imap.check(account_of(account))


def _delivery(config: Config) -> Iterator[Finding]:
    if config.delivery.transport == "folder":
        yield (
            "warning",
            f'letters are not sent, they stay in {config.storage.outbox}; set [delivery] transport = "smtp"',
        )
        return
    yield from smtp.check(server_of(config))


def _trust(config: Config) -> Iterator[Finding]:
    review = config.review
    doubled = {name.casefold() for name in review.received_by} & {name.casefold() for name in review.authserv_id}
    if doubled:
        yield "warning", f"{', '.join(doubled)} stands in review.received_by too; name there only the hosts behind it"
    if review.trust == "token":
        yield (
            "warning",
            'whoever holds a digest decides (review.trust = "token"); fit for tests and closed systems only',
        )
    elif review.trust == "authenticated" and not review.authserv_id:
        yield (
            "warning",
            "review.authserv_id is empty: members are known by DKIM only, else asked back; name your mail server there",
        )


def _python(config: Config) -> Iterator[Finding]:  # noqa: ARG001 - one shape for all parts
    """Faults of this Python that we work around ourselves (RELIABILITY E10): a word, never a refusal."""
    version = ".".join(map(str, sys.version_info[:3]))
    probe = EmailMessage()
    probe["Subject"] = "=?utf-8?q?ok=0D=0ABcc:_v@x.example?="
    if b"\nBcc:" in probe.as_bytes():
        yield "warning", f"Python {version} lets a Subject make header fields (CVE-2024-6923); our own cleaner stops it"
    if parseaddr("alice@ex.example <evil@bad.example>")[1] == "alice@ex.example":
        yield "warning", f"Python {version} misreads some From fields (CVE-2023-27043); we read them ourselves"
