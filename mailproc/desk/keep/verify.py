"""Whether archive, entries, attachments, outbox, published work and database agree, every octet looked at.

Each finding names its place and its cure; what merely was left over by a death is counted. Nothing is changed. It goes
through the archive folder by folder, so that memory does not grow with it, and looks twice at whatever seems wrong:
a desk at work may have been in the middle of a turn. Mails and letters are `verify_messages`', what is published is
`verify_published`'s.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from mailproc.desk.ground.books import lost, words_of_lost
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep import copies, verify_messages, verify_published
from mailproc.desk.keep.flaw import MEND, REBUILD, Flaw, Report
from mailproc.desk.keep.verify_messages import FOLDER
from mailproc.store import soundness
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive, derived
from mailproc.store.octets.disk import refusals
from mailproc.store.work import attachments


def verify(desk: Desk, progress: Callable[[int], None] = lambda _: None) -> Report:
    """Look at everything once; `progress` is told of each message. Raises StoreError where nothing can be read."""
    report = Report()
    report.findings += _database(desk)
    if report.findings:
        return report  # a damaged database knows nothing of the others
    if desk.held.flaw:
        report.findings.append(Flaw(desk.held.flaw, desk.held.where, desk.held.cure))
    if lost(desk):
        where, _, cure = words_of_lost(desk).rpartition("; ")
        report.findings.append(Flaw("database-empty", where, cure))
        return report
    sequences = array("q")
    for first in range(0, _highest(desk) + 1, FOLDER):
        seen = _twice(desk, first)
        report.findings += seen.findings
        report.messages += seen.messages
        report.entries += seen.entries
        report.letters += seen.letters
        sequences.extend(seen.sequences)
        progress(seen.messages)
    report.findings += _order(sequences)
    _attachments(desk, report)
    _leftover_letters(desk, report)
    verify_published.look(desk, report)
    report.findings = copies.with_cures(desk, report.findings)
    return report


def _database(desk: Desk) -> Iterator[Flaw]:
    with reading(desk.engine) as conn:
        if words := soundness.damage(conn):
            yield Flaw("database-damaged", f"{desk.engine.url.database}: {words}", REBUILD)


def _highest(desk: Desk) -> int:
    with reading(desk.engine) as conn:
        return max(archive.highest(desk.archive), rows.next_number(conn, 0) - 1)


def _twice(desk: Desk, first: int) -> verify_messages.Seen:
    """One folder of the archive; a finding counts if it is there at the second look as well."""
    seen = verify_messages.look(desk, first)
    if seen.findings:
        again = verify_messages.look(desk, first)
        again.findings = [found for found in again.findings if found in seen.findings]
        return again
    return seen


def _order(sequences: array[int]) -> Iterator[Flaw]:
    """Every sequence is there once: a gap is an entry that went, a double is two desks in one archive."""
    last = 0
    for each in sorted(sequences):
        sequence, number = divmod(each, verify_messages.NUMBERS)
        if sequence == last:
            cure = "two desks wrote here; restore the archive from the backup of one"
            yield Flaw("sequence-twice", f"sequence {sequence}", cure, number)
        elif sequence != last + 1:
            missing = f"sequence {last + 1}" if sequence == last + 2 else f"sequences {last + 1} to {sequence - 1}"
            yield Flaw("sequence-missing", missing, "an entry is lost; restore the archive from the backup")
        last = sequence


def _attachments(desk: Desk, report: Report) -> None:
    """Every attachment is there with the octets that came, and what nobody names is counted."""
    root = desk.config.storage.attachments
    with reading(desk.engine) as conn:
        prefixes = attachments.prefixes(conn, root)
    for prefix in prefixes:
        with reading(desk.engine) as conn:
            named = attachments.kept_under(conn, prefix)
        with refusals(root):
            there = attachments.on_disk(root, prefix) | derived.made_of(root, prefix)
        for sha256 in sorted(named):
            path = attachments.path_of(root, sha256)
            if path is None:
                with reading(desk.engine) as conn:
                    place = attachments.place_of(conn, root, sha256)
                report.findings.append(Flaw("attachment-missing", str(place), MEND, path=place))
            elif digest(path) != sha256:
                report.findings.append(Flaw("attachment-changed", str(path), MEND, path=path))
        report.attachments += len(named)
        report.leftovers += len(there - named)


def digest(path: Path) -> str:
    """The SHA-256 of a file. Raises StoreError."""
    with refusals(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _leftover_letters(desk: Desk, report: Report) -> None:
    """Letter files without a row are of turns that died; they are counted."""
    for day in sorted(desk.outbox.glob("*/*/*")):
        there = {path.stem for path in day.glob("*.eml")}
        with reading(desk.engine) as conn:
            report.leftovers += len(there - outgoing.known(conn, there))
