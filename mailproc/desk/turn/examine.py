"""What can be learned of a message before its turn, with no transaction open: parse, keep parts, authenticate.

Parsing runs in the killable child; a mail that breaks it raises ParseFailed here and is tried again, then
`stuck`. Octets of parts go to the attachment store at once (content-addressed, so a second try is the same).
Decides nothing: `process` sorts, and the turns act.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.believing import trust_of
from mailproc.errors import Damaged, ParseFailed, StoreError
from mailproc.inspect.worker import Parsed
from mailproc.message.author.identity import Identity, identify
from mailproc.message.auto import Nature, nature
from mailproc.message.field.header import is_marked
from mailproc.message.field.writer import writer_of
from mailproc.message.mime.attachment import judge
from mailproc.message.mime.limits import UNREADABLE
from mailproc.message.model import Address, Attachment, Message
from mailproc.review.language.absence import is_note
from mailproc.store.octets import archive
from mailproc.store.octets.disk import lying_since, make_folder
from mailproc.store.work import attachments
from mailproc.workflow.item import KeptAttachment
from mailproc.workflow.received import Received

HEAD_OCTETS = 4096  # enough of a part to know a program by
DNS_SECONDS = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Examined:
    """A message with all that was read of it."""

    row: Received
    message: Message
    kept: tuple[KeptAttachment, ...]
    nature: Nature
    identity: Identity
    spent: frozenset[str] = frozenset()  # letters whose secret the mail quotes: see `admit/entrance`
    oversize: int = 0  # octets of a mail that is larger than the limit, and of which this is the header alone

    @property
    def broken(self) -> str:
        """Why nobody can say what the mail was: a defect's slug, or ""."""
        return next((slug for slug in UNREADABLE if slug in self.message.defects), "")

    @property
    def writer(self) -> Address | None:
        """Whom a letter about it goes to: never more than that (`message/field/writer`)."""
        return writer_of(self.message, self.row.envelope)

    @property
    def is_answer(self) -> bool:
        """It says that it answers something."""
        message = self.message
        return bool(message.in_reply_to or message.references) or is_marked(message.subject)

    @property
    def is_absence_note(self) -> bool:
        """It answers something, and says no more than that its writer is not there."""
        return self.is_answer and is_note(self.message.text, quotes=">" in self.message.text)

    @property
    def authenticated(self) -> bool:
        """The author is proven."""
        return self.identity.email is not None


def intact(path: Path, row: Received) -> None:
    """A mail is decided on as it was received, or not at all. Raises Damaged, or StoreError when the disk refuses."""
    if not path.parent.is_dir():  # the whole disk may be away: no message is to blame
        raise StoreError(f"{path.parent}: is not there; mount its disk again, or see `mailproc verify`")
    if not (path.is_file() and archive.holds(path, row)):
        cure = f"`mailproc mend` brings it back, then `mailproc received retry {row.number}`"
        raise Damaged(f"{path}: {'not what was received' if path.exists() else 'gone'}; {cure}")


def examine(desk: Desk, row: Received) -> Examined:
    """Read one received message. Raises ParseFailed, Damaged, or StoreError when the disk refuses."""
    path = archive.message_path(desk.archive, row.number)
    intact(path, row)
    with tempfile.TemporaryDirectory(dir=_spool_folder(desk)) as spool:
        parsed = desk.worker.parse(path, row.offset, Path(spool))
        kept = tuple(_keep(desk, row.number, found, parsed) for found in parsed.message.attachments)
    return Examined(
        row=row,
        message=parsed.message,
        kept=kept,
        nature=nature(parsed.message, row.envelope),
        identity=_identity(desk, row, path, parsed),
        oversize=archive.read_whole_trace(path).oversize,
    )


def _spool_folder(desk: Desk) -> Path:
    folder = desk.config.storage.attachments / "spool"
    return make_folder(folder)


def _keep(desk: Desk, number: int, found: Attachment, parsed: Parsed) -> KeptAttachment:
    """One part into the store; what is refused or no attachment of its author's is kept apart, never lost."""
    spooled = parsed.spooled[found.part]
    with spooled.open("rb") as file:
        state, reason = judge(found, file.read(HEAD_OCTETS), desk.config.limits.attachment)
    if state == "kept" and (why := dict(parsed.message.aside).get(found.part)):
        state, reason = "aside", why
    attachments.keep(desk.config.storage.attachments, spooled, found.sha256, apart=state != "kept")
    return KeptAttachment(found, state, reason, number)


def _identity(desk: Desk, row: Received, path: Path, parsed: Parsed) -> Identity:
    """Who wrote, as far as it can be proven: the pinned server's word first, our own DKIM check else."""
    trust = trust_of(desk)
    reverse_path = row.envelope.reverse_path
    said = identify(parsed.message, trust, (), reverse_path)
    if said.is_settled or not parsed.queries or desk.config.review.trust == "token":
        return said
    keys = desk.dns.txt(parsed.queries, DNS_SECONDS)
    try:
        signatures = desk.worker.verify(path, row.offset, keys, int(row.received_at.timestamp()))
    except ParseFailed as error:  # the mail was read; only its signatures cost more than they may
        log.info("message %d: its signatures are not checked: %s", row.number, error)
        return said
    return identify(parsed.message, trust, signatures, reverse_path)


def clear_spool(desk: Desk, older_than: datetime) -> None:
    """Remove what dead tries left between parse child and store before then."""
    for left in lying_since(_spool_folder(desk), older_than):
        shutil.rmtree(left, ignore_errors=True)
