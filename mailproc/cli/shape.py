"""Values as JSON, the shapes of the contract (docs/json.md), a function each. Times: RFC 3339 §5.6, UTC, whole seconds.

Programs read these; keys are only ever added. Nothing is looked up here.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from mailproc import times
from mailproc.desk.ground.timepiece import Doubt
from mailproc.desk.tell.look import WholeItem
from mailproc.kinds.event import EventName
from mailproc.letters.contents import Contents, Held
from mailproc.review.member import Member, Vote
from mailproc.workflow.group import Piece
from mailproc.workflow.item import KeptAttachment
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import Received

Json = dict[str, Any]
FROM = "from-"  # what the reason of an event that sorts begins with, before the kind of which it was


def moment(at: datetime | None) -> str | None:
    """`2026-11-22T10:02:00Z`."""
    return times.stamp(at) if at else None


def clock(doubt: Doubt | None, now: datetime) -> Json:
    """What this machine's clock says, and what time it is at the desk."""
    return {"believed": doubt is None, "says": moment(doubt.says if doubt else now), "desk": moment(now)}


def listed(whole: WholeItem) -> Json:
    """An item as `list` gives it."""
    item = whole.item
    return {
        "ref": item.ref,
        "refs": list(item.refs),
        "number": item.number,
        "kind": item.kind,
        "section": item.section,
        "group": item.group,
        "state": item.state,
        "settles_at": moment(item.settles_at),
        "publish_at": moment(item.publish_at),
        "held_until": moment(item.held_until),
        "title": item.title,
        "author": {"name": item.author.name, "email": item.author.email},
        "byline": item.byline,
        "coauthors": [
            {"name": each.name, "email": each.email or None, "agreed": each.agreed} for each in item.coauthors
        ],
        "authenticated": item.authenticated,
        "language": item.language,
        "received_at": moment(item.received_at),
        "decided_at": moment(item.decided_at),
        "published_at": moment(item.published_at),
        "place": item.place,
        "motion": item.motion or None,
        "motion_since": moment(item.motion_since),
        "hidden_at": moment(item.hidden_at),
        "about": item.about or None,
        "notes": [
            {"sort": note.sort, "words": note.words, "at": moment(note.at), "of": note.of or None}
            for note in item.notes
        ],
        "consent_at": moment(item.consent_at),
        "replaced_at": moment(item.replaced_at),
        "again_at": moment(item.again_at),
        "appeal_until": moment(item.appeal_until),
        "appealed_at": moment(item.appealed_at),
        "message_ids": list(whole.message_ids),
        "text_source": item.text_source,
        "text_sha256": item.text_sha256,
        "attachments": [attachment(each) for each in whole.attachments],
    }


def _vote(each: Vote) -> Json:
    said = {"member": each.member, "verdict": each.verdict, "words": each.words, "at": moment(each.at)}
    named = {"because": each.because or None, "again": moment(each.again)}
    return said | {"undone": each.undone, "barred": each.barred} | named


def shown(whole: WholeItem) -> Json:
    """An item as `show` gives it."""
    return listed(whole) | {
        "text": whole.item.text,
        "moves": _moves(whole),
        "votes": [_vote(v) for v in whole.votes],
        "journal": [
            {
                "at": moment(line.at),
                "actor": str(line.actor),
                "event": line.event,
                "from": line.before,
                "to": line.after,
                "reason": line.reason,
                "words": line.words,
                "number": line.number,
            }
            for line in whole.journal
        ],
    }


def _moves(whole: WholeItem) -> list[Json]:
    """Each time that people made it an item of another kind, oldest first."""
    moved = [line for line in whole.journal if line.event == EventName.SORT and line.reason.startswith(FROM)]
    kinds = [line.reason.removeprefix(FROM) for line in moved]
    return [
        {"at": moment(line.at), "by": str(line.actor), "from": was, "to": became, "words": line.words}
        for line, was, became in zip(moved, kinds, [*kinds, whole.item.kind][1:], strict=True)
    ]


def attachment(kept: KeptAttachment) -> Json:
    """An attachment with what became of it."""
    found = kept.attachment
    return {
        "name": found.name,
        "media_type": found.media_type,
        "size": found.size,
        "sha256": found.sha256,
        "state": kept.state,
        "reason": kept.reason or None,
        "within": found.within,
        "number": kept.number,
        "extract": _extract(kept),
    }


def _extract(kept: KeptAttachment) -> Json | None:
    """What was read of a document; null for what is none, or was never tried."""
    read = kept.extract
    return None if read is None else {"begins": read.begins, "words": read.words, "failure": read.failure or None}


def received(row: Received) -> Json:
    """A received message."""
    return {
        "number": row.number,
        "source": row.source,
        "state": row.state,
        "kind": row.kind or None,
        "rule": row.rule or None,
        "reason": row.reason or None,
        "message_id": row.message_id,
        "subject": row.subject,
        "from": row.author or None,
        "received_at": moment(row.received_at),
        "ref": row.refs[0] if row.refs else None,
        "refs": list(row.refs),
        "duplicate_of": row.duplicate_of,
        "attempts": row.attempts,
        "error": row.error or None,
        "size": row.size,
        "sha256": row.sha256,
    }


def outgoing(letter: Outgoing, outbox: Path) -> Json:
    """A letter; `outbox` is the folder as the configuration names it."""
    return {
        "id": letter.id,
        "message_id": letter.message_id,
        "template": letter.template,
        "to": letter.to,
        "subject": letter.subject,
        "state": letter.state,
        "attempts": letter.attempts,
        "next_try": moment(letter.next_try),
        "ref": letter.ref,
        "path": str(outbox / letter.path),
        "created_at": moment(letter.created_at),
        "sent_at": moment(letter.sent_at),
        "reason": letter.reason or None,
        "cause": letter.cause,
    }


def member(each: Member) -> Json:
    """A member."""
    return {
        "email": each.email,
        "addresses": list(each.addresses),
        "name": each.name,
        "state": each.state,
        "since": moment(each.since),
        "away_until": moment(each.away_until),
        "schedule": each.schedule,
        "hour": f"{each.hour:%H:%M}" if each.hour else None,
        "timezone": each.timezone or None,
        "quiet": each.quiet or None,
        "stand_in": each.stand_in or None,
        "silent": each.silent,
        "leaves_at": moment(each.leaves_at),
        "why": each.why or None,
        "not_for": list(each.not_for),
        "topics": list(each.topics),
    }


def group(each: Contents) -> Json:
    """A group file, as lists show it: what of its needs it has and what it lacks."""
    known = each.group
    return {
        "name": known.name,
        "aliases": list(known.aliases),
        "needs": list(known.needs),
        "state": known.state,
        "domains": list(known.domains),
        "since": moment(known.since),
        "has": [heading.need.slug for heading in each.has],
        "missing": [need.slug for need in each.missing],
        "claimed_by": known.claimed_by or None,
        "url": known.url or None,
        "up_at": moment(known.up_at),
        "example": known.example,
    }


def whole_group(each: Contents) -> Json:
    """The same with its pieces, and the material that waits for it."""
    pieces = [_piece(held) for held in each.pieces]
    return group(each) | {"pieces": pieces, "waiting": [item.ref for item in each.waiting]}


def piece(file: str, each: Piece) -> Json:
    """A piece of a file, `file` as the rows have its name."""
    return {"file": file} | _given(each)


def _piece(held: Held) -> Json:
    told = {"giver": held.giver or None, "at": moment(held.at), "others": list(held.others)}
    return _given(held.piece) | {"need": held.need or None} | told


def _given(each: Piece) -> Json:
    return {
        "ref": each.ref,
        "number": each.number,
        "form": each.form,
        "need": each.need or None,
        "name": each.name,
        "media_type": each.media_type or None,
        "size": each.size,
        "sha256": each.sha256,
        "url": each.url or None,
        "caption": each.caption or None,
        "credit": each.credit or None,
        "rights": each.rights or None,
        "source": each.source or None,
        "heading": each.heading or None,
    }
