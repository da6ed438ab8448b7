"""What a DSN says became of a mail, for each recipient (RFC 3464 §2.3): the fields, cleaned, nothing judged.

Only a report's own part is read, never one inside a mail that somebody forwards. What is missing or nonsense is "".
Never raises. Whether the report may be believed is not known here (`desk/clock/undelivered`).
"""

from __future__ import annotations

import re
from email.message import Message as Part

from mailproc.message.charset.reading import of_raw_header
from mailproc.message.field.header import clean
from mailproc.message.model import DeliveryStatus

MAX_RECIPIENTS = 50
MAX_DIAGNOSTIC = 300  # characters
STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")  # RFC 3464 §2.1, RFC 6533 §4
_ACTION = re.compile(r"\s*([A-Za-z]+)")
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")  # RFC 3463 §2; a comment may follow


def statuses_of(top: Part) -> tuple[DeliveryStatus, ...]:
    """One for each recipient that the report names, the first 50."""
    if top.get_content_type() in STATUS_TYPES:
        reports = [top]
    else:
        reports = [part for part in _children(top) if part.get_content_type() in STATUS_TYPES]
    blocks = [block for report in reports for block in _children(report)]
    read = [_status(block) for block in blocks if block.get("final-recipient") or block.get("original-recipient")]
    return tuple(read[:MAX_RECIPIENTS])


def _children(part: Part) -> list[Part]:
    if not part.is_multipart():  # reading a payload that is none may raise over the type's parameters
        return []
    return [child for child in part.get_payload() if isinstance(child, Part)]


def _status(block: Part) -> DeliveryStatus:
    action, status = _ACTION.match(_value(block, "action")), _STATUS.match(_value(block, "status"))
    named = (_typed(_value(block, f"{whose}-recipient")) for whose in ("final", "original"))
    return DeliveryStatus(
        recipients=tuple(dict.fromkeys(recipient for recipient in named if recipient)),
        action=action[1].lower() if action else "",
        status=status[1] if status else "",
        diagnostic=clean(_typed(_value(block, "diagnostic-code")), MAX_DIAGNOSTIC),
    )


def _value(block: Part, name: str) -> str:
    return " ".join(of_raw_header(str(block.get(name, ""))).split())


def _typed(value: str) -> str:
    """What stands behind the type: `rfc822; jo@poole.example`, `smtp; 550 5.1.1 no such user`."""
    return clean(value.partition(";")[2] or value, MAX_DIAGNOSTIC).strip(" <>")
