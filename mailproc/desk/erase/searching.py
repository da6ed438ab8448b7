"""Somebody's address and words, searched for in every file of the desk: mails, letters, attachments, what is published.

Mails are read by the parse child, so that base64, quoted-printable and encoded words hide nothing; a mail that cannot
be read is searched as it lies there. Documents are searched by what was read of them, and read again where that is not
there; what only another program opens (pictures, archives) is searched as octets. Changes nothing but that what was
read is kept beside its document; raises StoreError where the disk refuses.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn import extracting
from mailproc.errors import ParseFailed
from mailproc.message.field.address import canonical
from mailproc.message.field.header import decode_words
from mailproc.message.model import Message
from mailproc.message.parse import parse
from mailproc.store.octets import archive, derived
from mailproc.store.octets.disk import make_folder, refused
from mailproc.store.octets.stub import hash_of, is_letter_stub, is_stub
from mailproc.store.work import attachments
from mailproc.workflow.erasing import Erasure
from mailproc.workflow.item import KeptAttachment
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import Received

OURS = ("operator:", "clock:")
LARGEST_TEXT = 8 << 20  # octets of an attachment whose words are compared; its octets are searched however many


@dataclass(frozen=True, slots=True)
class Signs:
    """What to look for."""

    erasure: Erasure  # addresses and passages
    names: re.Pattern[str] | None = None  # in our letters only: people may write about each other
    member_names: re.Pattern[str] | None = None  # in letters to members only
    namesakes: frozenset[str] = frozenset()  # addresses and references of others who bear one of `names`
    references: re.Pattern[str] | None = None  # in place of `names`, in letters to or about a namesake

    def address_in(self, text: str) -> bool:
        """One of the addresses."""
        return self.erasure.pattern is not None and self.erasure.pattern.search(text) is not None

    def stand_in(self, text: str) -> bool:
        """One of the addresses or passages."""
        return self.address_in(text) or self.erasure.passages.stand_in(text)


def names_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds these names as whole words."""
    found = [re.escape(name) for name in sorted(set(names)) if name.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(found)})(?!\w)") if found else None


def in_mail(desk: Desk, signs: Signs, row: Received, blobs: Iterable[str]) -> bool:
    """Whether a received mail holds them; `blobs` are the hashes of its attachments that do."""
    octets = _octets(archive.message_path(desk.archive, row.number))
    if is_stub(octets):  # unless a try that died had erased it, and the row does not know
        return hash_of(octets[row.offset :]) != row.sha256
    if any(blobs) or signs.address_in(octets.decode("latin-1")) or signs.address_in(octets.decode("utf-8", "replace")):
        return True
    if row.source.startswith(OURS):
        return signs.stand_in(octets.decode("utf-8", "replace"))
    return any(map(signs.stand_in, _read(desk, row, octets)))


def _read(desk: Desk, row: Received, octets: bytes) -> list[str]:
    """All that a mail says in words."""
    spool = make_folder(desk.config.storage.attachments / "spool")
    try:
        with tempfile.TemporaryDirectory(dir=spool) as aside:
            path = archive.message_path(desk.archive, row.number)
            return list(_said(desk.worker.parse(path, row.offset, Path(aside)).message))
    except ParseFailed:
        return [octets.decode("utf-8", "replace")]


def _said(message: Message) -> Iterator[str]:
    yield from (text for text in (message.text, message.html_text, message.html_links) if text)
    yield from (decode_words(field.value) for field in message.header_fields)


def in_letter(desk: Desk, signs: Signs, letter: Outgoing) -> bool:
    """Whether a letter to somebody else holds them, or their name where it is no namesake's."""
    path = desk.outbox / letter.path
    octets = path.read_bytes() if path.is_file() else b""
    if is_letter_stub(octets) or not octets:
        return bool(octets and letter.subject)  # the same: erased, and the row does not know
    about = {canonical(letter.to), letter.ref, *letter.listed}
    names = signs.references if about & signs.namesakes else signs.names
    members = signs.member_names if letter.template.startswith("member/") else None
    for text in (octets.decode("latin-1"), *_said(parse(octets)[0])):
        if signs.stand_in(text) or any(known.search(text) for known in (names, members) if known):
            return True
    return False


def in_blob(desk: Desk, signs: Signs, found: KeptAttachment) -> bool:
    """Whether an attachment holds them, in its octets or, as a document, in its words."""
    path = attachments.path_of(desk.config.storage.attachments, found.attachment.sha256)
    if path is None:
        return False
    if in_file(signs, path):
        return True
    return found.state == "kept" and signs.stand_in(extracting.text_of(desk, found.attachment))


def in_file(signs: Signs, path: Path) -> bool:
    """Whether any file does."""
    octets = _octets(path)
    if signs.address_in(octets.decode("latin-1")):
        return True
    text = octets.decode("utf-8", "replace") if len(octets) <= LARGEST_TEXT and b"\0" not in octets[:4096] else ""
    return signs.stand_in(text)


def left_over(desk: Desk, signs: Signs, known: Iterable[str]) -> list[Path]:
    """Files that dead tries left, with them in it: on the spools, letters not `known`, the words of lost documents."""
    ids, storage = set(known), desk.config.storage
    spooled = [*_files(storage.archive / "spool"), *_files(storage.attachments / "spool")]
    lost = [path for path in _files(desk.outbox) if path.name.partition(".")[0] not in ids]
    root = storage.attachments
    made = [
        path for path in _files(root / derived.FOLDER) if not attachments.path_of(root, path.name.partition(".")[0])
    ]
    return [path for path in (*spooled, *lost, *made) if in_file(signs, path)]


def still_published(desk: Desk, signs: Signs) -> list[Path]:
    """Published files with them in it."""
    return [path for path in _files(desk.config.storage.published) if in_file(signs, path)]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []


def _octets(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:  # gone since it was listed: there is nothing to find in it
        return b""
    except OSError as error:
        raise refused(path, error) from error


def common_words(desk: Desk) -> Iterator[str]:
    """What our own letters say: nobody's words."""
    for path in sorted(desk.config.storage.templates.rglob("*.txt")):
        yield path.read_text(encoding="utf-8", errors="replace")
