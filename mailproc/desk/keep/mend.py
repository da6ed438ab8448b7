"""What `verify` finds damaged or gone, put back from a copy that is proved to be the right one.

A mail by the SHA-256 in its row (or entry), an attachment by its name, a letter by the SHA-256 in its entry, an entry
by saying what its row says; a record that is gone is written anew from its row. Nothing else is taken, and a damaged
file gives way only to the right one, whole, in one step: no cure loses anything, and a second run does no harm. With
the database gone the archive itself is made whole from what the operator names, so that it can be rebuilt. Raises
StoreError, UsageError.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mailproc.delivery.sent import write_sent
from mailproc.desk.ground.books import lost
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep import copies
from mailproc.desk.keep.flaw import REBUILD, Flaw
from mailproc.desk.keep.verify import digest, verify
from mailproc.desk.keep.verify_messages import disagreements
from mailproc.errors import StoreError, UsageError
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.octets.disk import fresh, make_folder, refusals, sync_folder, write_all
from mailproc.store.work import attachments
from mailproc.workflow.outgoing import Outgoing

ROUNDS = 3  # an entry that came back says which letters are right


@dataclass(slots=True)
class Mended:
    """What was put back, and what is left."""

    back: list[tuple[Path, str]] = field(default_factory=list)  # the file, where from
    then: list[str] = field(default_factory=list)  # commands for what stopped because of it
    left: list[Flaw] = field(default_factory=list)


def mend(desk: Desk, named: Sequence[Path], progress: Callable[[int], None] = lambda _: None) -> Mended:
    """Put back whatever can be had: from what is named, else from what the desk knows of."""
    came = Mended()
    if lost(desk):
        return _without_rows(desk, named, came)
    for _ in range(ROUNDS):
        came.left = verify(desk, progress).findings
        if any(each.slug.startswith("database-") for each in came.left):
            raise StoreError(f"{came.left[0].where}; {REBUILD}")
        wanted = {each.path: each for each in came.left if each.path}
        before = len(came.back)
        taker = _Taker(desk, wanted, came)
        taker.records()
        for path in named:
            copies.offer_named(desk, wanted, path, taker.take)
        if wanted and not named:
            copies.offer_known(desk, wanted, taker.take)
        if len(came.back) == before:
            break
    return came


def _without_rows(desk: Desk, named: Sequence[Path], came: Mended) -> Mended:
    """The archive alone: mails and entries that are not there, or cannot be read."""
    if not named:
        raise UsageError("mend: with the database gone no backup is known; name one: `mailproc mend FILE`")
    for path in named:
        wanted = {place: Flaw(_slug(place), str(place), "", int(place.stem), place) for place in _odd(desk, path)}
        copies.offer_named(desk, wanted, path, _Taker(desk, wanted, came).take)
    return came


def _odd(desk: Desk, path: Path) -> Iterable[Path]:
    """Places in the archive of which a copy has a file and we have none that can be read."""
    for place in copies.places(desk, path):
        if place.suffix in {".eml", ".json"} and place.stem.isdecimal() and not _is_readable(place):
            yield place


def _is_readable(place: Path) -> bool:
    try:
        if place.suffix == ".json":
            return archive.entry_in(place) is not None
        archive.read_whole_trace(place)
    except StoreError:
        return False
    return True


def _slug(place: Path) -> str:
    return "entry-unreadable" if place.suffix == ".json" else "mail-changed"


@dataclass(slots=True)
class _Taker:
    """Takes what is offered, if it is right."""

    desk: Desk
    wanted: dict[Path, Flaw]
    came: Mended

    def take(self, place: Path, octets: Iterable[bytes], where: str) -> bool:
        """Put these octets there, whole or not at all; whether they were right."""
        flaw = self.wanted.get(place)
        if flaw is None:
            return False
        with fresh(self._spool(place)) as (fd, aside):
            for chunk in octets:
                write_all(fd, aside, chunk)
            right = _is_right(self.desk, flaw, place, aside)
            if not right:
                aside.unlink()
        if right:
            with refusals(place):
                make_folder(place.parent)
                aside.replace(place)
                sync_folder(place.parent)
            self._done(flaw, place, where)
        return right

    def records(self) -> None:
        """That a letter left stands in its row as well: so the record beside it can be written anew."""
        for place, flaw in list(self.wanted.items()):
            row = self._letter(place) if flaw.slug.startswith("record-") else None
            if row is not None and row.sent_at is not None:
                write_sent(self.desk.outbox, row, row.sent_at, "written anew from its row")
                self._done(flaw, place, "its row")

    def _letter(self, place: Path) -> Outgoing | None:
        with reading(self.desk.engine) as conn:
            return outgoing.get(conn, place.name.partition(".")[0])

    def _spool(self, place: Path) -> Path:
        """A folder on the place's own disk that nobody takes for the place."""
        storage = self.desk.config.storage
        roots = (storage.archive, storage.attachments)
        return next((root / "spool" for root in roots if place.is_relative_to(root)), place.parent)

    def _done(self, flaw: Flaw, place: Path, where: str) -> None:
        del self.wanted[place]
        self.came.back.append((place, where))
        row = copies.row_of(self.desk, flaw.number or 0) if flaw.slug.startswith("mail-") else None
        if row is not None and not row.offset:  # rebuilt while the mail was gone
            found = archive.describe(self.desk.archive, row.number)
            with writing(self.desk.engine) as conn:
                rows.found(conn, row.number, found.offset, found.size)
        letter = self._letter(place) if flaw.slug.startswith("letter-") else None
        if row is not None and row.state == "stuck":
            self.came.then.append(f"mailproc received retry {row.number}")
        if letter is not None and letter.state == "failed":
            self.came.then.append(f"mailproc outbox retry {letter.id}")


# Whether it is the right one


def _is_right(desk: Desk, flaw: Flaw, place: Path, found: Path) -> bool:
    kind = flaw.slug.partition("-")[0]
    try:
        return _RIGHT[kind](desk, flaw, place, found)
    except StoreError:  # it cannot be read as what it should be
        return False


def _is_mail(desk: Desk, flaw: Flaw, place: Path, found: Path) -> bool:
    row = copies.row_of(desk, flaw.number or 0)
    if row is not None and row.offset:
        return archive.holds(found, row)
    decided = row or archive.entry_in(place.with_suffix(".json"))
    trace = archive.read_whole_trace(found)
    if decided is None:
        return True  # nothing else is known of it
    octets = found.read_bytes()[trace.offset :]
    return (trace.source, hashlib.sha256(octets).hexdigest()) == (decided.source, decided.sha256)


def _is_entry(desk: Desk, flaw: Flaw, place: Path, found: Path) -> bool:
    decided, row = archive.entry_in(found), copies.row_of(desk, flaw.number or 0)
    if decided is None or decided.number != int(place.stem):
        return False
    if row is None:
        return True
    with reading(desk.engine) as conn:
        kept = tuple(attachments.of_messages(conn, [row.number]))
    return not disagreements(row, decided, kept)


def _is_letter(desk: Desk, flaw: Flaw, place: Path, found: Path) -> bool:
    decided = archive.read_entry(desk.archive, flaw.number or 0)
    known = {desk.outbox / each.path: each.sha256 for each in decided.letters} if decided else {}
    return bool(known.get(place)) and known[place] == digest(found)


def _is_record(_: Desk, flaw: Flaw, place: Path, found: Path) -> bool:  # noqa: ARG001 - their shape
    try:
        return str(json.loads(found.read_bytes())["id"]) == place.name.removesuffix(".sent.json")
    except (ValueError, KeyError, TypeError):
        return False


def _is_attachment(_: Desk, flaw: Flaw, place: Path, found: Path) -> bool:  # noqa: ARG001 - their shape
    return digest(found) == place.name


_RIGHT: dict[str, Callable[[Desk, Flaw, Path, Path], bool]] = {
    "mail": _is_mail,
    "entry": _is_entry,
    "row": _is_entry,
    "letter": _is_letter,
    "record": _is_record,
    "attachment": _is_attachment,
}
