"""Where a damaged file can be had again: backups known or named, folders, mails, mailboxes, a mail's own parts.

Copies are offered, octet by octet, for the places that are asked for; whether one is the right one is `mend`'s to see.
It also words the cure of a finding, by looking which backup that is still there has the file. A copy that cannot be
read offers nothing and is told in the log, unless the operator named it: then it is a StoreError or UsageError.
"""

from __future__ import annotations

import logging
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path

from mailproc.config.option import ImapAccount
from mailproc.desk.carry.poll import account_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.backup import SUFFIXES, place_of
from mailproc.desk.keep.flaw import MEND, REBUILD, Flaw
from mailproc.errors import IntakeError, MailprocError, StoreError, UsageError
from mailproc.intake.looking import Listed, fetched, look
from mailproc.message.model import Envelope
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.octets.disk import chunks_of, make_folder, refusals
from mailproc.store.service import backups
from mailproc.store.work import attachments
from mailproc.workflow.received import Received

Take = Callable[[Path, Iterable[bytes], str], bool]  # place, octets, where they come from: whether they were right
ROLES = ("archive", "attachments", "outbox")
FILE = "`mailproc mend FILE` takes it from a backup, a folder or a mail that you name"
NOWHERE = f"no backup is known that has it; leave it as it lies: {FILE}"
ID = "0" * 32  # as long as those of our trace fields
log = logging.getLogger(__name__)


# Which there are


def with_cures(desk: Desk, found: Sequence[Flaw]) -> list[Flaw]:
    """The findings, each that a copy cures with the words that say which."""
    if not any(each.cure == MEND for each in found):
        return list(found)
    known = _known(desk)
    return [replace(each, cure=_cure(desk, each, known)) if each.cure == MEND else each for each in found]


def _known(desk: Desk) -> dict[Path, frozenset[str]]:
    """The backups of this desk that are still where they were written, newest first, with the names in each."""
    with reading(desk.engine) as conn:
        made = [Path(each.path) for each in reversed(backups.every(conn))]
    found = {}
    for path in made:
        with suppress(OSError, tarfile.TarError, EOFError), tarfile.open(path) as tar:
            found[path] = frozenset(tar.getnames())
    return found


def _cure(desk: Desk, flaw: Flaw, known: Mapping[Path, frozenset[str]]) -> str:
    """What brings this file back."""
    name = name_of(desk, flaw.path) if flaw.path else None
    has = next((path for path, names in known.items() if name in names), None)
    kind = flaw.slug.partition("-")[0]
    if flaw.slug == "row-differs":
        wrong = f"{MEND} puts the entry back from {has} if it was changed; if not, " if has else ""
        return wrong + REBUILD
    if kind == "record":
        return f"{MEND} writes it anew from its row"
    if kind == "attachment":
        return f"{MEND} takes it from its mail again"
    if has:
        return f"{MEND} puts it back from {has}"
    if kind == "mail" and flaw.number and _account(desk, row_of(desk, flaw.number)):
        return f"{MEND} fetches it from the mailbox again"
    return NOWHERE


def name_of(desk: Desk, path: Path) -> str | None:
    """How a backup calls a file of the archive, the attachments or the outbox."""
    for role in ROLES:
        root: Path = getattr(desk.config.storage, role)
        if path.is_relative_to(root):
            return f"{place_of(desk.config, role)}/{path.relative_to(root).as_posix()}"
    return None


def row_of(desk: Desk, number: int) -> Received | None:
    """What is known of a message."""
    with reading(desk.engine) as conn:
        return rows.get(conn, number)


def _account(desk: Desk, row: Received | None) -> ImapAccount | None:
    """The account that a mail was fetched from, where the configuration still has it."""
    return next((each for each in desk.config.imap if row and row.source.startswith(f"imap:{each.name}/")), None)


def places(desk: Desk, path: Path) -> Iterator[Path]:
    """The places in our archive of which a backup or a folder has a file. Raises StoreError, UsageError."""
    root = f"{place_of(desk.config, 'archive')}/"
    if path.is_dir():
        names = [found.relative_to(path).as_posix() for found in (path / root).rglob("*") if found.is_file()]
    elif path.is_file():
        try:
            with refusals(path), tarfile.open(path) as tar:
                names = tar.getnames()
        except (tarfile.TarError, EOFError) as error:
            raise StoreError(f"{path}: not a whole backup ({error})") from error
    else:
        raise UsageError(f"{path}: is not there; name a backup or a folder")
    yield from (desk.archive / name.removeprefix(root) for name in names if name.startswith(root))


# What they offer


def offer_named(desk: Desk, wanted: Mapping[Path, Flaw], path: Path, take: Take) -> None:
    """What the operator named: a backup, a folder laid out as a desk is, or one mail. Raises UsageError, StoreError."""
    if not path.exists():
        raise UsageError(f"{path}: is not there; name a backup, a folder or a mail")
    if path.is_dir():
        _offer_folder(desk, wanted, path, take)
    elif any(path.name.endswith(suffix) for suffix in SUFFIXES):
        _offer_backup(desk, wanted, path, take)
    else:
        _offer_mail(desk, wanted, path, take)


def offer_known(desk: Desk, wanted: Mapping[Path, Flaw], take: Take) -> None:
    """All that the desk knows of by itself: its backups, the mailboxes, the mails that attachments came in."""
    with reading(desk.engine) as conn:
        made = [Path(each.path) for each in reversed(backups.every(conn))]
    offers = [
        partial(_offer_parts, desk, wanted, take),
        *(partial(_offer_backup, desk, wanted, path, take) for path in made if path.is_file()),
        *(partial(_offer_mailbox, desk, wanted, account, take) for account in desk.config.imap),
    ]
    for offer in offers:
        try:
            offer()
        except (StoreError, IntakeError) as error:
            log.warning("%s", error)


def _offer_backup(desk: Desk, wanted: Mapping[Path, Flaw], path: Path, take: Take) -> None:
    """Whatever of a backup is asked for, also where its end is missing."""
    names = {name_of(desk, each): each for each in wanted}
    try:
        with refusals(path), tarfile.open(path) as tar:
            for info in tar:
                file = tar.extractfile(info) if info.isreg() and info.name in names else None
                if file is not None:
                    take(names[info.name], chunks_of(file), str(path))  # type: ignore[arg-type]
    except (tarfile.TarError, EOFError) as error:
        raise StoreError(f"{path}: not a whole backup ({error}); what it had was looked at") from error


def _offer_folder(desk: Desk, wanted: Mapping[Path, Flaw], folder: Path, take: Take) -> None:
    for place in list(wanted):
        there = folder / str(name_of(desk, place))
        if there.is_file():
            with refusals(there), there.open("rb") as file:
                take(place, chunks_of(file), str(there))


def _offer_mail(desk: Desk, wanted: Mapping[Path, Flaw], path: Path, take: Take) -> None:
    """A file of the archive, or a mail as a mail program saves it: its line ends may have become LF."""
    with refusals(path):
        octets = path.read_bytes()
    with suppress(archive.NotAMail):
        octets = octets[archive.read_trace(path)[1] :]
    crlf = re.sub(rb"\r?\n", b"\r\n", octets)
    for place, number in list(_mails(wanted)):
        row = row_of(desk, number)
        if row is not None:
            _ = take(place, (_trace(desk, row), octets), str(path)) or take(place, (_trace(desk, row), crlf), str(path))


def _offer_mailbox(desk: Desk, wanted: Mapping[Path, Flaw], account: ImapAccount, take: Take) -> None:
    """The mails of an account, known again by Message-ID or size, in every mailbox that it moves them to."""
    missing = {place: row for place, number in _mails(wanted) if (row := row_of(desk, number))}
    missing = {place: row for place, row in missing.items() if _account(desk, row) == account}
    there = account_of(account)
    for mailbox in filter(None, (account.done, account.mailbox, account.junk, account.oversize) if missing else ()):
        looked = look(there, mailbox, lambda _place, _there: ())
        for each in looked.messages if looked else ():
            for place, row in missing.items():
                if _may_be(each, row):
                    octets = fetched(there, mailbox, each, desk.config.limits.message)
                    take(place, chain((_trace(desk, row),), octets), f"the mailbox {mailbox} of {account.name}")


def _may_be(listed: Listed, row: Received) -> bool:
    """The same Message-ID, where both have one; else the same size."""
    if listed.message_id and row.message_id:
        return listed.message_id == row.message_id
    return row.size in (0, listed.size)


def _offer_parts(desk: Desk, wanted: Mapping[Path, Flaw], take: Take) -> None:
    """Attachments, as they are in the mails that brought them."""
    for place, flaw in list(wanted.items()):
        if not flaw.slug.startswith("attachment-"):
            continue
        with reading(desk.engine) as conn:
            numbers = attachments.bringing(conn, place.name)
        for number in numbers:
            with suppress(MailprocError):
                _offer_part(desk, place, number, take)


def _offer_part(desk: Desk, place: Path, number: int, take: Take) -> None:
    path = archive.message_path(desk.archive, number)
    row = row_of(desk, number)
    with tempfile.TemporaryDirectory(dir=make_folder(desk.config.storage.attachments / "spool")) as spool:
        parsed = desk.worker.parse(path, row.offset if row else 0, Path(spool))
        for found in parsed.message.attachments:
            if found.sha256 == place.name:
                with (Path(spool) / parsed.spooled[found.part]).open("rb") as file:
                    take(place, chunks_of(file), f"message {number}")


def _mails(wanted: Mapping[Path, Flaw]) -> Iterator[tuple[Path, int]]:
    return ((path, each.number) for path, each in wanted.items() if each.slug.startswith("mail-") and each.number)


def _trace(desk: Desk, row: Received) -> bytes:
    """Our trace fields of a mail: those that its file still has, else made anew, as long as they were."""
    path = archive.message_path(desk.archive, row.number)
    with suppress(StoreError, OSError):
        trace = archive.read_whole_trace(path)
        if (trace.source, trace.offset) == (row.source, row.offset):
            with path.open("rb") as file:
                return file.read(row.offset)
    both = [partial(_fields, desk, row, envelope) for envelope in (row.envelope, None)]  # given, or read in the mail
    made = next((fields for fields in both if len(fields(ID)) == row.offset), both[-1])
    return made("0" * max(1, row.offset - len(made(""))))


def _fields(desk: Desk, row: Received, envelope: Envelope | None, id: str) -> bytes:  # noqa: A002 - the field's own word
    return archive.trace_fields(row.source, row.received_at, id, desk.domain, envelope)
