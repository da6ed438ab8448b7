"""Erasing: somebody's data, or what ended long ago, out of every file and every row; entries keep what happened.

Order (catalogue F14): letters to them and letters that hold their words; mails of others that do; attachments that
nobody else's row names; their own mails, each with its entry first; then all rows in one transaction, and the old
pages of the database's files. Whatever dies in between is done again from the start and comes to the same: rows tell
of it until the end. A backup cannot be reached. Whose data, and when, is decided by `forget` and `retention`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from mailproc.delivery.sent import record_path
from mailproc.desk.erase import searching
from mailproc.desk.erase.searching import Signs
from mailproc.desk.ground.wire import Desk
from mailproc.desk.page.whole import write_without
from mailproc.desk.turn.publishing import left_of
from mailproc.desk.turn.turn import Turn, blank
from mailproc.errors import StoreError
from mailproc.failpoint import reach
from mailproc.kinds.event import EventName
from mailproc.kinds.every import UNSORTED
from mailproc.publish.bundle import retract
from mailproc.store import erase as erasing_rows
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive, derived, outbox, stub
from mailproc.store.octets.disk import refusals, sync_folder
from mailproc.store.schema import attachments as attachment_table
from mailproc.store.work import attachments, items
from mailproc.workflow import machine
from mailproc.workflow.actor import OPERATOR
from mailproc.workflow.erasing import Erasure, Kept
from mailproc.workflow.event import Event
from mailproc.workflow.event import letter as letter_ref
from mailproc.workflow.item import Item, KeptAttachment
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import Received

PATIENCE_SECONDS, LOOK_AGAIN_SECONDS = 30.0, 0.05
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Scope:
    """What rows alone tell of an erasure; made anew inside the transaction."""

    signs: Signs
    items: tuple[Item, ...] = ()  # theirs, without texts
    own: tuple[Received, ...] = ()  # their mails
    waiting: tuple[int, ...] = ()  # mails that have not had their turn: left alone
    down: tuple[Item, ...] = ()  # published, and to be taken down first

    @property
    def erasure(self) -> Erasure:
        """What goes, as far as rows tell."""
        return self.signs.erasure


@dataclass(slots=True)
class Found:
    """What a search of every file added."""

    entries: set[int] = field(default_factory=set)  # of others, that repeat their words or address
    mails: set[int] = field(default_factory=set)  # of others, that hold them
    letters: set[str] = field(default_factory=set)  # to others
    blobs: set[str] = field(default_factory=set)  # SHA-256 of others' attachments
    compared: set[str] = field(default_factory=set)  # SHA-256 of all that was looked at
    proofs: set[str] = field(default_factory=set)  # letters whose record of leaving names their address
    waiting: set[int] = field(default_factory=set)  # mails of others that have not had their turn: left alone
    sequence: int = 0  # searched up to here
    searched: set[str] = field(default_factory=set)  # letters


def erasure_of(conn: Connection, base: Erasure, own: Iterable[Item], numbers: frozenset[int], *, keep: bool) -> Erasure:
    """The erasure of these items and mails; with `keep`, what is published of them stays public."""
    theirs = list(own)
    up = {item.ref: item for item in theirs if keep and item.state in machine.UP}
    kept: dict[int, Kept] = {}
    for item in up.values():
        for number, _ in items.messages_of(conn, item.ref):
            kept[number] = Kept(titled=number == item.number, text_sha256=item.text_sha256)
    refs = frozenset(ref for item in theirs for ref in item.refs)
    seen = frozenset(ref for item in up.values() for ref in item.refs)
    return replace(
        base,
        numbers=numbers,
        refs=refs,
        up=seen,
        titles={ref: item.title for item in theirs for ref in item.refs if ref not in seen},
        kept={number: what for number, what in kept.items() if number in numbers},
        standing=_standing(conn, refs - seen),
        untouched=_published_by_others(conn, refs),
        letters=frozenset(_letters_about(conn, base, refs - seen)),
    )


def published(conn: Connection) -> list[Item]:
    """Everything that readers see."""
    return [item for state in sorted(machine.UP) for item in items.every(conn, state=state)]


def _standing(conn: Connection, gone: frozenset[str]) -> frozenset[str]:
    """Texts that took the place of others and are up, but those of items that go."""
    return frozenset(item.text_sha256 for item in published(conn) if item.replaced_at and item.ref not in gone)


def _published_by_others(conn: Connection, theirs: frozenset[str]) -> frozenset[int]:
    others = [item for item in published(conn) if item.ref not in theirs]
    return frozenset(number for item in others for number, _ in items.messages_of(conn, item.ref))


def _letters_about(conn: Connection, base: Erasure, refs: frozenset[str]) -> Iterator[str]:
    """Letters to them, and letters to others that list what goes."""
    for letter in outgoing.every(conn):
        if (base.everywhere and base.theirs(letter.to)) or refs & {letter.ref, *letter.listed}:
            yield letter.id


# Searching


def search(desk: Desk, conn: Connection, scope: Scope, found: Found, progress: Progress = lambda _: None) -> Found:
    """What stands elsewhere: everything that was not searched before; `progress` is called for each mail."""
    erasure = scope.erasure
    if erasure.everywhere:
        _search_blobs(desk, conn, scope, found)
    for letter in outgoing.every(conn):
        if letter.id not in found.searched:
            _search_letter(desk, scope, letter, found)
    last = found.sequence
    found.sequence, _ = rows.last(conn)
    for row in rows.every(conn):
        if row.number not in erasure.numbers and (last == 0 or (row.sequence or 0) > last):
            _search_mail(desk, conn, scope, replace_letters(erasure, found), row, found)
        progress(1)
    return found


def replace_letters(erasure: Erasure, found: Found) -> Erasure:
    """With all that a search found."""
    return replace(erasure, letters=erasure.letters | found.letters, blobs=frozenset(found.blobs))


def _search_blobs(desk: Desk, conn: Connection, scope: Scope, found: Found) -> None:
    kept = conn.execute(select(attachment_table.c.sha256, attachment_table.c.number)).all()
    others = {row.sha256 for row in kept if row.number not in scope.erasure.numbers} - found.compared
    found.compared |= others  # octets never change
    for each in (attachments.described(conn, sha256) for sha256 in sorted(others)):
        if each is not None and searching.in_blob(desk, scope.signs, each):
            found.blobs.add(each.attachment.sha256)


def _search_mail(desk: Desk, conn: Connection, scope: Scope, erasure: Erasure, row: Received, found: Found) -> None:
    entry = archive.read_entry(desk.archive, row.number)
    if entry is not None and erasure.entry(entry) != entry:
        found.entries.add(row.number)
    held = {each.attachment.sha256 for each in attachments.of_messages(conn, [row.number])}
    if entry is not None and held:  # a try that died has taken these out of the entry, and not out of the row
        found.blobs |= held - {each.attachment.sha256 for each in entry.attachments}
    about = entry is not None and any(event.ref in erasure.refs for event in entry.events)
    if not (scope.erasure.everywhere or about):
        return
    if searching.in_mail(desk, scope.signs, row, found.blobs.intersection(held)):
        (found.mails if entry is not None else found.waiting).add(row.number)


def _search_letter(desk: Desk, scope: Scope, letter: Outgoing, found: Found) -> None:
    found.searched.add(letter.id)
    if not scope.erasure.everywhere:
        return
    proof = record_path(desk.outbox, letter.path, letter.id)
    if proof.is_file() and searching.in_file(scope.signs, proof):
        found.proofs.add(letter.id)
    if letter.id not in scope.erasure.letters and searching.in_letter(desk, scope.signs, letter):
        found.letters.add(letter.id)
        found.entries.add(letter.cause)


# Doing


def erase(
    desk: Desk, row: Received, scope: Callable[[Connection], Scope], *, whole: bool, progress: Progress = lambda _: None
) -> None:
    """Do it, for the message in `row`: files, then rows. Raises StoreError; then it is to be run again."""
    found = Found()
    with reading(desk.engine) as conn:
        begun = scope(conn)
        if begun.own or begun.erasure.pseudonyms:
            search(desk, conn, begun, found, progress)
    if begun.own or begun.erasure.pseudonyms:  # else a try that died had come so far
        _when_nobody_reads(desk, lambda conn: _erase(desk, conn, scope(conn), found, row.received_at))
        reach("erase.committed")
    if not erasing_rows.scrub(desk.engine, whole=whole):
        raise StoreError(
            f"{desk.engine.url.database}-wal: a program that reads the database holds old pages of it; stop it, and "
            "`mailproc work` goes on with the erasure"
        )


def _when_nobody_reads(desk: Desk, act: Callable[[Connection], None]) -> None:
    """`act` in a transaction, while no other message is between its parts being kept and its row naming them."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with writing(desk.engine) as conn:
            busy = erasing_rows.being_read(conn, desk.now())
            if not busy:
                act(conn)
                return
        if time.monotonic() > deadline:
            raise StoreError(f"message {busy[0]} is being read; when it is done, `mailproc work` goes on")
        time.sleep(LOOK_AGAIN_SECONDS)


def _erase(desk: Desk, conn: Connection, scope: Scope, found: Found, at: datetime) -> None:
    search(desk, conn, scope, found)
    for item in scope.down:  # first of all: what readers see
        retract(desk.config.storage.published, item.place or "", item.ref, at.date(), left_of(desk, item, at.date()))
    if scope.down:
        write_without(desk, conn, {item.ref for item in scope.down})
    full = replace_letters(scope.erasure, found)
    letters = dict(_letter_stubs(desk, conn, full, at))
    full = replace(full, letter_stubs={each: stub.hash_of(octets) for each, octets in letters.items()})
    _write_letters(desk, conn, full, letters, found.proofs)
    others = _Mails(desk, full, at)
    for number in sorted((found.entries | found.mails) - full.numbers):
        others.erase(number, octets=number in found.mails)
    _remove_blobs(desk, conn, full)
    own = _Mails(desk, replace(full, stubs=others.stubs), at)
    for each in scope.own:
        _enter_undecided(desk, conn, each)
        own.erase(each.number, octets=True)
    erasing_rows.rows(conn, replace(full, stubs=own.stubs))
    for path in searching.left_over(desk, scope.signs, (letter.id for letter in outgoing.every(conn))):
        path.unlink(missing_ok=True)


def call_back(turn: Turn) -> None:
    """Letters whose words are erased and that had not left: the archive tells of it, for a rebuild."""
    for letter in outgoing.every(turn.conn, state="cancelled"):
        if not letter.subject:
            turn.events.append(Event(letter_ref(letter.id), EventName.CANCEL, OPERATOR))


class _Mails:
    """Mails and their entries, erased one by one; what is left of each is in `stubs`."""

    def __init__(self, desk: Desk, erasure: Erasure, at: datetime) -> None:
        self.desk, self.at = desk, at
        self.erasure = erasure
        self.stubs = dict(erasure.stubs)

    def erase(self, number: int, *, octets: bool) -> None:
        """The entry first: while the mail is there, both can still be found by it."""
        left = b""
        if octets:
            self.stubs[number], left = stub.of_mail(self.desk.archive, number, self.at, self.desk.domain)
        entry = archive.read_entry(self.desk.archive, number)
        if entry is not None:
            archive.write_entry(self.desk.archive, replace(self.erasure, stubs=self.stubs).entry(entry))
        reach("erase.entry")
        if octets:
            stub.replace_mail(self.desk.archive, number, left)
            reach("erase.file")


def _enter_undecided(desk: Desk, conn: Connection, row: Received) -> None:
    """A mail that never came to its end (stuck) is given one: there is nothing left to try."""
    if row.sequence is not None:
        return
    never_read = replace(blank(conn, row), state="erased", kind=UNSORTED, reason="never-read")
    entry = archive.read_entry(desk.archive, row.number) or never_read
    archive.write_entry(desk.archive, entry)
    archive.unmark_stuck(desk.archive, row.number)
    rows.finish(conn, entry, (), "")


def _letter_stubs(desk: Desk, conn: Connection, erasure: Erasure, at: datetime) -> Iterator[tuple[str, bytes]]:
    """What is to stand in the file of each letter that goes, by its id."""
    for letter in outgoing.every(conn):
        path = desk.outbox / letter.path
        if letter.id in erasure.letters and path.is_file():
            with refusals(path):
                yield letter.id, stub.of_letter(path.read_bytes(), at, erasure.recipient(letter.id, letter.to))


def _write_letters(
    desk: Desk, conn: Connection, erasure: Erasure, stubs: Mapping[str, bytes], proofs: Collection[str]
) -> None:
    for letter in outgoing.every(conn):
        if letter.id in stubs:
            outbox.write(desk.outbox / letter.path, stubs[letter.id])
        if letter.id in erasure.letters or letter.id in proofs:
            _write_proof(record_path(desk.outbox, letter.path, letter.id), erasure, letter)


def _write_proof(path: Path, erasure: Erasure, letter: Outgoing) -> None:
    """The record that a letter left, with a pseudonym for whom it went to; the server's reply may name them too."""
    if not path.is_file():
        return
    try:
        record = json.loads(path.read_bytes())
    except ValueError:
        record = {}
    record |= {"to": erasure.recipient(letter.id, letter.to), "reply": erasure.addresses(str(record.get("reply", "")))}
    outbox.write(path, json.dumps(record, ensure_ascii=False, indent=1).encode() + b"\n")


def _remove_blobs(desk: Desk, conn: Connection, erasure: Erasure) -> None:
    """Octets that only what is erased names. The transaction holds back whoever would name them now."""
    for sha256 in _sole(conn, erasure):
        derived.remove(desk.config.storage.attachments, sha256)
        while path := attachments.path_of(desk.config.storage.attachments, sha256):
            with refusals(path):
                path.unlink()
                sync_folder(path.parent)


def sole_attachments(conn: Connection, erasure: Erasure) -> int:
    """How many attachments nobody else sent."""
    return len(_sole(conn, erasure))


def _sole(conn: Connection, erasure: Erasure) -> list[str]:
    """SHA-256 of what no row names afterwards."""
    named: set[str] = set()
    stays: set[str] = set()
    for number, kept in _attachments(conn, erasure).items():
        named |= {each.attachment.sha256 for each in kept}
        stays |= {each.attachment.sha256 for each in erasure.attachments(number, kept)}
    return sorted(named - stays)


def _attachments(conn: Connection, erasure: Erasure) -> Mapping[int, list[KeptAttachment]]:
    """Attachments by their mail, of every mail that shares one with what is erased."""
    table = attachment_table.c
    touched = select(table.sha256).where(table.number.in_(erasure.numbers) | table.sha256.in_(erasure.blobs))
    numbers = set(conn.execute(select(table.number).where(table.sha256.in_(touched))).scalars())
    return {number: attachments.of_messages(conn, [number]) for number in numbers}
