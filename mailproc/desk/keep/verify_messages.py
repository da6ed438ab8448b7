"""Mails, entries and letters against their rows: one folder of the archive at a time.

The rows are read before the files, so that what comes in meanwhile is not missed but seen at a second look. It says
what it finds and changes nothing. A folder that cannot be read is a StoreError.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailproc.delivery.sent import read_sent, record_path
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.flaw import MEND, REBUILD, Flaw
from mailproc.errors import StoreError
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.octets.disk import refusals
from mailproc.store.work import attachments
from mailproc.workflow.entry import Entry, LetterRecord
from mailproc.workflow.item import KeptAttachment
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import Received

ENDINGS = ("eml", "json", "stuck")  # mail, entry, mark
FOLDER = 1000  # numbers in one folder of the archive
NUMBERS = 1 << 32  # beyond every number: sequence and number in one integer
WAITING = frozenset({"received", "stuck"})  # states of a message without an entry
MAY_HAVE_LEFT = frozenset({"queued", "deferred", "ambiguous", "unconfirmed"})
DECIDED = (  # what row and entry both say
    "source",
    "envelope",
    "sha256",
    "state",
    "sequence",
    "time",
    "kind",
    "rule",
    "reason",
    "message_id",
    "logical_key",
    "subject",
    "duplicate_of",
    "identity",
)


@dataclass(slots=True)
class Seen:
    """What one folder came to."""

    findings: list[Flaw] = field(default_factory=list)
    sequences: list[int] = field(default_factory=list)  # sequence * NUMBERS + number of each entry
    messages: int = 0
    entries: int = 0
    letters: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says of a folder's messages."""

    rows: Mapping[int, Received]
    kept: Mapping[int, tuple[KeptAttachment, ...]]
    letters: Mapping[str, Outgoing]


def look(desk: Desk, first: int) -> Seen:
    """The messages numbered from `first` on, a folder of them."""
    seen = Seen()
    known = _known(desk, first)
    folder = archive.message_path(desk.archive, first).parent
    with refusals(folder):
        names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    numbers = {name: _number_of(name, first) for name in names}
    seen.findings += [_stranger(folder / name) for name in sorted(names) if numbers[name] is None]
    for number in sorted({number for number in numbers.values() if number is not None} | known.rows.keys()):
        _message(desk, number, known, seen)
    return seen


def _number_of(name: str, first: int) -> int | None:
    """The number of a mail, entry or mark by its file's name; None if no message of this folder has such a file."""
    stem, _, ending = name.partition(".")
    if ending not in ENDINGS or not stem.isdecimal() or f"{int(stem):06}" != stem:
        return None
    return int(stem) if first <= int(stem) < first + FOLDER else None


def _stranger(path: Path) -> Flaw:
    return Flaw("not-of-the-archive", str(path), "no message has this place; take it out of the archive")


def _known(desk: Desk, first: int) -> _Known:
    last = first + FOLDER - 1
    with reading(desk.engine) as conn:
        found = {row.number: row for row in rows.between(conn, first, last)}
        kept: dict[int, tuple[KeptAttachment, ...]] = {}
        for each in attachments.of_messages(conn, found):
            kept[each.number] = (*kept.get(each.number, ()), each)
        letters = {letter.id: letter for letter in outgoing.caused_by(conn, first, last)}
    return _Known(found, kept, letters)


def _message(desk: Desk, number: int, known: _Known, seen: Seen) -> None:
    mail, entry_path = archive.message_path(desk.archive, number), archive.entry_path(desk.archive, number)
    row = known.rows.get(number)
    seen.messages += 1
    seen.findings += _mail(desk, mail, number, row)
    try:
        decided = archive.read_entry(desk.archive, number)
    except StoreError:
        seen.findings.append(Flaw("entry-unreadable", str(entry_path), MEND, number, entry_path))
        return
    if decided is not None:
        seen.entries += 1
        seen.sequences.append(decided.sequence * NUMBERS + number)
    if row is not None:
        seen.findings += _entry(desk, entry_path, row, decided)
    if row is not None and decided is not None and row.state not in WAITING:
        seen.findings += _agreement(entry_path, row, decided, known.kept.get(number, ()))
        seen.findings += _letters(desk, decided, known)
        seen.letters += len(decided.letters)


# Mails


def _mail(desk: Desk, path: Path, number: int, row: Received | None) -> Iterator[Flaw]:
    if row is None:
        yield _without_row(desk, path, number)
    elif not path.exists():
        yield Flaw("mail-missing", str(path), MEND, number, path)
    else:
        try:
            same = archive.holds(path, row)
        except StoreError as error:  # the disk's own words
            yield Flaw("mail-changed", str(error), MEND, number, path)
            return
        if not same:
            yield Flaw("mail-changed", str(path), MEND, number, path)


def _without_row(desk: Desk, path: Path, number: int) -> Flaw:
    """A file that the database knows nothing of."""
    if archive.entry_path(desk.archive, number).exists():
        return Flaw("message-without-row", str(path), REBUILD, number)
    try:
        source, _ = archive.read_trace(path)
    except archive.NotAMail:
        cure = "no message has this number; move it into a folder outside the archive and keep it: it may be a mail"
        return Flaw("not-of-the-archive", str(path), cure, number)
    with reading(desk.engine) as conn:
        other = rows.by_source(conn, source)
    if other is not None:
        return Flaw("copy-of-a-mail", str(path), f"it is message {other} once more; take it out", number)
    return Flaw("message-without-row", str(path), "`mailproc work` adopts it", number)


# Entries


def _entry(desk: Desk, path: Path, row: Received, decided: Entry | None) -> Iterator[Flaw]:
    """An entry for every message that had its turn, and for no other."""
    if decided is not None and row.state in WAITING:
        yield Flaw("entry-without-commit", str(path), "`mailproc work` applies it", row.number)
    elif decided is None and row.state not in WAITING:
        yield Flaw("entry-missing", str(path), MEND, row.number, path)
    elif row.state == "stuck" and not archive.is_stuck(desk.archive, row.number):
        cure = f"`mailproc received retry {row.number}`"
        yield Flaw("stuck-unmarked", str(path.with_suffix(".stuck")), cure, row.number)


def _agreement(path: Path, row: Received, decided: Entry, kept: tuple[KeptAttachment, ...]) -> Iterator[Flaw]:
    """What the row says is what the entry decided."""
    if wrong := disagreements(row, decided, kept):
        yield Flaw("row-differs", f"{path}: {', '.join(wrong)}", MEND, row.number, path)


def disagreements(row: Received, decided: Entry, kept: tuple[KeptAttachment, ...]) -> list[str]:
    """What row and entry do not both say, by name."""
    wrong = [name for name in DECIDED if getattr(row, name) != getattr(decided, name)]
    return [*wrong, "attachments"] if kept != decided.attachments else wrong


# Letters


def _letters(desk: Desk, decided: Entry, known: _Known) -> Iterator[Flaw]:
    """Every letter that the entry caused has its row and its octets, and row and record agree whether it left."""
    ids = {letter.id for letter in decided.letters}
    for letter in decided.letters:
        row = known.letters.get(letter.id)
        if row is None:
            yield Flaw("letter-without-row", str(desk.outbox / letter.path), REBUILD, decided.number)
            continue
        yield from _octets(desk, letter, decided.number)
        yield from _record(desk, row)
    for row in known.letters.values():
        if row.cause == decided.number and row.id not in ids:
            yield Flaw("letter-without-entry", f"letter {row.id}", REBUILD, decided.number)


def _octets(desk: Desk, letter: LetterRecord, number: int) -> Iterator[Flaw]:
    path = desk.outbox / letter.path
    with refusals(path):
        octets = path.read_bytes() if path.is_file() else None
    if octets is None:
        yield Flaw("letter-missing", str(path), MEND, number, path)
    elif letter.sha256 and hashlib.sha256(octets).hexdigest() != letter.sha256:
        yield Flaw("letter-changed", str(path), MEND, number, path)


def _record(desk: Desk, row: Outgoing) -> Iterator[Flaw]:
    path = record_path(desk.outbox, row.path, row.id)
    left = read_sent(desk.outbox, row.path, row.id)
    if left is None and row.state == "sent":
        yield Flaw("record-missing", str(path), MEND, row.cause, path)
    elif left is None and path.exists():
        yield Flaw("record-unreadable", str(path), MEND, row.cause, path)
    elif left is not None and row.state in MAY_HAVE_LEFT:
        cure = "`mailproc deliver` sees that the letter left and says so in its row"
        yield Flaw("record-without-sent", str(path), cure, row.cause)
