"""Small views of the pictures that members decide on, made outside of every transaction, each once.

Beside a picture (`store.octets.derived`) lies what a letter shows of it (SMALL), and of a large one what `show` sends
(SCALED). They are made when its mail has had its turn; those that are missing (an older desk's, after a restore),
before a letter that would show them. Where none can be made an empty file says so. A letter whose views are missing is
written without them, so nothing here fails for a picture's sake: what the machine refuses is logged.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from mailproc.desk.ground.wire import Desk
from mailproc.errors import MailprocError
from mailproc.inspect import picture
from mailproc.inspect.picture import Seen, Size, View
from mailproc.message.mime.attachment import is_picture
from mailproc.message.model import Attachment
from mailproc.store.database import reading
from mailproc.store.octets import derived
from mailproc.store.work import attachments, items
from mailproc.workflow import machine
from mailproc.workflow.item import KeptAttachment

SMALL, SCALED = "small", "scaled"
SMALL_SIZE = Size(300, 40_000)
SCALED_SIZE = Size(1600, 1_000_000)
ORNAMENT = 40  # pixels: what is no larger either way is no picture to decide on
OF_A_MAIL, AT_ONCE = 20, 100  # pictures; of a mail, the first
PATIENCE = 2  # children that a mail's pictures may cost their lives
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """A view that lies beside its picture."""

    width: int
    height: int
    octets: bytes


def of_message(desk: Desk, number: int) -> None:
    """After a mail's turn: its pictures, if it belongs to an item."""
    with reading(desk.engine) as conn:
        belongs = bool(items.refs_of(conn, number))
        kept = attachments.of_messages(conn, [number]) if belongs else []
    _make(desk, kept, OF_A_MAIL)


def of_what_waits(desk: Desk) -> None:
    """Before letters that show items: what is missing of those that members decide on."""
    with reading(desk.engine) as conn:
        waiting = [*items.waiting(conn, machine.FOR_MEMBERS, with_text=False), *items.settling(conn)]
        shown = [item.ref for item in (*waiting, *items.under_motion(conn))]
        numbers = {number for found in items.messages_of_many(conn, shown).values() for number in found[:AT_ONCE]}
        kept = attachments.of_messages(conn, numbers)
    _make(desk, kept, AT_ONCE)


def _make(desk: Desk, kept: Iterable[KeptAttachment], most: int) -> None:
    root = desk.config.storage.attachments
    wanted = {
        each.attachment.sha256: each.attachment for each in kept if each.state == "kept" and is_picture(each.attachment)
    }
    missing = [each for sha256, each in wanted.items() if not derived.path_of(root, sha256, SMALL).exists()]
    died = 0
    for each in missing[:most]:
        try:
            died += not _drawn(desk, each)
        except MailprocError as error:
            log.warning("%s: no small view: %s", each.sha256, error)
            return
        if died >= PATIENCE:
            return


def _drawn(desk: Desk, of: Attachment) -> bool:
    """Draw one and keep what came of it; False if it cost the child its life."""
    root = desk.config.storage.attachments
    path = attachments.path_of(root, of.sha256)
    if path is None:
        return True
    seen = picture.small(path, (SMALL_SIZE, SCALED_SIZE))
    if seen.failure:
        log.info("%s: no small view: %s %s", of.sha256, seen.failure, seen.ending)
    if _is_large(seen, of):
        derived.write(root, of.sha256, SCALED, _written(seen.views[1]))
    is_shown = seen.views and max(seen.width, seen.height) > ORNAMENT
    derived.write(root, of.sha256, SMALL, _written(seen.views[0]) if is_shown else b"")
    if not path.exists():  # erased meanwhile
        derived.remove(root, of.sha256)
    return seen.failure not in {"died", "too-slow", "too-much"}


def _is_large(seen: Seen, of: Attachment) -> bool:
    """Whether a smaller picture takes its place in a letter. What moves goes as it is, or not at all."""
    if not seen.views or seen.is_animated or len(seen.views[1].octets) >= of.size:
        return False
    return max(seen.width, seen.height) > SCALED_SIZE.side or of.size > SCALED_SIZE.octets


def _written(view: View) -> bytes:
    return b"%d %d\n" % (view.width, view.height) + view.octets


def view_of(desk: Desk, sha256: str, what: str) -> Made | None:
    """The view as it was made, b"" in it where none can be; None where nothing was made."""
    octets = derived.read(desk.config.storage.attachments, sha256, what)
    if octets is None:
        return None
    head, _, rest = octets.partition(b"\n")
    width, _, height = head.partition(b" ")
    if not (width.isdigit() and height.isdigit()):
        return Made(0, 0, b"")
    return Made(int(width), int(height), rest)
