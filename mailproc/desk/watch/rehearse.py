"""Sorting without keeping: what the rules would say of a mail now. Leaves no trace."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mailproc.desk.ground.receive import HEAD_OCTETS
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve import mail
from mailproc.desk.turn.believing import trust_of
from mailproc.desk.turn.examine import Examined
from mailproc.intake import files
from mailproc.message.author.identity import identify
from mailproc.message.auto import nature
from mailproc.message.field.envelope import envelope_of
from mailproc.sorting.sort import Verdict
from mailproc.store.database import reading
from mailproc.workflow.received import Received


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One mail and its verdict."""

    name: str
    verdict: Verdict


def rehearse(desk: Desk, paths: Sequence[Path], aside: Path) -> list[Rehearsed]:
    """The verdict on each mail of these files; `aside` is a folder for the moment. Raises UsageError."""
    found = []
    with files.opened([str(path) for path in paths], sys.stdin.buffer) as sources:
        for place, source in enumerate(sources):
            path = aside / f"{place}.eml"
            path.write_bytes(b"".join(source.chunks))
            spool = aside / f"{place}"
            spool.mkdir()
            name = str(paths[place]) if len(paths) == len(sources) else source.source_key
            found.append(Rehearsed(name, _verdict(desk, path, spool)))
    return found


def _verdict(desk: Desk, path: Path, spool: Path) -> Verdict:
    head = path.read_bytes()[:HEAD_OCTETS]
    envelope = envelope_of(head, desk.is_ours, desk.config.review.received_by)
    parsed = desk.worker.parse(path, 0, spool)
    row = Received(
        0, f"file:{parsed.message.sha256}", desk.now(), envelope, 0, parsed.message.size, parsed.message.sha256
    )
    seen = Examined(
        row,
        parsed.message,
        (),
        nature(parsed.message, envelope),
        identify(parsed.message, trust_of(desk), (), envelope.reverse_path),
    )
    with reading(desk.engine) as conn:
        return mail.sort(desk, seen, mail.gather(conn, desk, seen, mail.spoken(seen)))
