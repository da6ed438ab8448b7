"""`doctor`: every part of the desk looked at, each finding one line with its cure; 1 if there is trouble."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from rich.text import Text

from mailproc.cli import border
from mailproc.cli.say import out, print_json
from mailproc.config import Config, load
from mailproc.config.carried import carried
from mailproc.config.folder import GROUPS_FILE, examples_beside, load_groups, load_rules
from mailproc.delivery import smtp
from mailproc.desk.carry import listen
from mailproc.desk.carry.deliver import server_of
from mailproc.desk.carry.poll import account_of
from mailproc.desk.ground.books import refuse_lost
from mailproc.desk.ground.room import torn
from mailproc.desk.ground.wire import open_desk
from mailproc.desk.keep.flaw import REBUILD
from mailproc.desk.watch import private
from mailproc.desk.watch.health import UNWRITABLE, jumped, of_key, paused
from mailproc.errors import MailprocError, StoreError
from mailproc.failpoint import VARIABLE, armed
from mailproc.finding import Finding
from mailproc.intake import imap
from mailproc.letters.check import check as check_templates
from mailproc.letters.check import lacking as letters_lacking
from mailproc.letters.language.compare import MODEL, compare
from mailproc.letters.language.speech import languages
from mailproc.message.field.address import canonical
from mailproc.publish.check import check as check_house
from mailproc.sorting.check import check as check_rules
from mailproc.store import soundness
from mailproc.store.database import reading
from mailproc.store.octets import room
from mailproc.store.people import members

SOME = 8  # names in a line; a folder of one file lacks some eighty
MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "trouble": ("TROUBLE", "red")}


def doctor(options: argparse.Namespace) -> int:
    """Look at every part; or make a probe of the mail server, where that is asked for."""
    if border.is_wanted(options):
        found = list(border.probe(load(options.config), options))
        if options.probe_file == "-":
            return 0
    else:
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
    damaged = ""
    modes = (private.look, private.entrance)
    parts = (_rules, _templates, _folders, *modes, _desk, _mailboxes, _delivery, _trust, border.findings, _python)
    for part in parts:
        if damaged and part is border.findings:
            continue  # it reads the database, too, and would only say so again
        try:
            yield from part(config)
        except StoreError as error:
            damaged = str(error)
            yield Finding("trouble", damaged)
        except MailprocError as error:
            yield Finding("trouble", str(error))


def _rules(config: Config) -> Iterator[Finding]:
    rules = load_rules(config.storage.rules)
    groups = load_groups(config.storage.rules / GROUPS_FILE)
    problems = check_rules(rules, groups, examples_beside(groups, carried() / "rules" / GROUPS_FILE))
    for problem in problems:
        yield Finding("trouble", str(problem))
    if not problems:
        yield Finding(
            "ok", f"{config.storage.rules}: {len(rules)} rules do what their examples say, {len(groups)} groups"
        )
    examples = [group.name for group in groups if group.example]
    if examples:
        yield Finding(
            "ok",
            f"{config.storage.rules / GROUPS_FILE}: examples, for which nobody is asked before somebody works on them: "
            f'{", ".join(examples)}; take the line "example = true" out of one that is yours, and the rest away',
        )


def _templates(config: Config) -> Iterator[Finding]:
    folder, language, ours = config.storage.templates, config.desk.language, carried() / "templates"
    if not folder.is_dir():
        yield Finding(
            "trouble", f"{folder}: is not there; correct [storage] templates, or copy what `mailproc init` writes"
        )
        return
    problems = (*check_templates(folder, language, ours), *check_house(folder, ours))
    for problem in problems:
        yield Finding("trouble", problem)
    if not problems:
        yield Finding("ok", f"{folder}: every letter can be worded, and a file laid out")
    for other in languages(folder):
        yield from _translated(folder, other, ours)
    lacking = letters_lacking(folder, language, ours)
    if lacking:
        some, more = ", ".join(lacking[:SOME]), len(lacking) - SOME
        named = f"{some} and {more} more" if more > 0 else some
        yield Finding("ok", f"{folder / language}: what is not there is as it came with mailproc: {named}")


def _translated(folder: Path, language: str, ours: Path) -> Iterator[Finding]:
    """A language that is written in beside English: what it lacks is said in the desk's, and that is a pity."""
    found = compare(folder, language, ours) if language != MODEL else ()
    if found:
        some, more = "; ".join(found[:SOME]), len(found) - SOME
        yield Finding("warning", f"{some}{f'; and {more} more' if more > 0 else ''}")
    elif language != MODEL:
        yield Finding("ok", f"{folder / language}: says all that {MODEL} says")


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
    with open_desk(config, looks=True) as desk, reading(desk.engine) as conn:
        yield from of_key(desk.held)
        refuse_lost(desk)
        if words := soundness.damage(conn):
            raise StoreError(f"{desk.engine.url.database}: {words}; {REBUILD}")
        everybody = [member for member in members.every(conn) if member.votes]
        yield Finding("ok", f"{config.storage.database}: whole, its schema is current")
        if words := torn(desk):
            yield Finding("trouble", words)
        if doubt := desk.doubt:
            yield Finding("trouble", jumped(doubt))
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
        yield from imap.check(account_of(account), account.junk)


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
