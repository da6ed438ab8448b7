"""What a DSN says became of a mail, for each recipient (RFC 3464 §2.3): the fields, cleaned, nothing judged.

Only a report's own part is read, never one inside a mail that somebody forwards. What is missing or nonsense is "".
Where the fields say less than the report's own text (OpenSMTPD) or the words beside them (Exim), those are taken.
Never raises. Whether the report may be believed is not known here (`desk/clock/undelivered`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.message import Message as Part

from mailproc.message.charset.reading import of_raw_header
from mailproc.message.field.header import clean
from mailproc.message.model import DeliveryStatus

MAX_RECIPIENTS = 50
MAX_DIAGNOSTIC = 300  # characters
STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")  # RFC 3464 §2.1, RFC 6533 §4
_ACTION = re.compile(r"\s*([A-Za-z]+)")
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")  # RFC 3463 §2; a comment may follow
_SAID = re.compile(r"(?<![\d.])(?:[245]\d\d[ -])?([245]\.\d{1,3}\.\d{1,3})(?![\d.])")  # a server's reply, in words
_LINE = re.compile(r"^[ \t]*<?([^\s<>:]+@[^\s<>:]+)>?:[ \t]+(\S[^\r\n]*)", re.MULTILINE)  # `jo@poole.example: 550 no`
_UNDEFINED = ".0.0"  # RFC 3463 §3.1: nothing more is known
_GIVEN_UP = "envelope expired"  # OpenSMTPD's last word; its field says `delayed`, its text that nobody need send again
MAX_TEXT = 8000  # octets of the report's own text


def statuses_of(top: Part) -> tuple[DeliveryStatus, ...]:
    """One for each recipient that the report names, the first 50."""
    if top.get_content_type() in STATUS_TYPES:
        reports = [top]
    else:
        reports = [part for part in _children(top) if part.get_content_type() in STATUS_TYPES]
    blocks = [block for report in reports for block in _children(report)]
    said = _words_of(top) if blocks else {}
    read = [_status(block, said) for block in blocks if block.get("final-recipient") or block.get("original-recipient")]
    return tuple(read[:MAX_RECIPIENTS])


def _children(part: Part) -> list[Part]:
    if not part.is_multipart():  # reading a payload that is none may raise over the type's parameters
        return []
    return [child for child in part.get_payload() if isinstance(child, Part)]


def _words_of(top: Part) -> dict[str, str]:
    """What the report's own text says of a recipient, where a line does: `jo@poole.example: 550 5.1.1 no such user`."""
    text = next((part for part in _children(top) if part.get_content_type() == "text/plain"), None)
    octets = text.get_payload(decode=True) if text is not None else b""
    words = octets[:MAX_TEXT].decode("utf-8", "replace") if isinstance(octets, bytes) else ""
    return {email.lower(): clean(said, MAX_DIAGNOSTIC) for email, said in _LINE.findall(words)}


def _status(block: Part, said: Mapping[str, str]) -> DeliveryStatus:
    action, status = _ACTION.match(_value(block, "action")), _STATUS.match(_value(block, "status"))
    named = (_typed(_value(block, f"{whose}-recipient")) for whose in ("final", "original"))
    recipients = tuple(dict.fromkeys(recipient for recipient in named if recipient))
    diagnostic = clean(_typed(_value(block, "diagnostic-code")), MAX_DIAGNOSTIC)
    words = diagnostic or next((said[each.lower()] for each in recipients if each.lower() in said), "")
    given_up = words.casefold() == _GIVEN_UP
    return DeliveryStatus(
        recipients=recipients,
        action="failed" if given_up else action[1].lower() if action else "",
        status=_plainer(status[1] if status else "", words),
        diagnostic=words,
    )


def _plainer(status: str, words: str) -> str:
    """A status that says no more than its class, made plain by the server's own words where they are of that class."""
    if not status.endswith(_UNDEFINED):
        return status
    codes = (match[1] for match in _SAID.finditer(words))
    return next((code for code in codes if code[0] == status[0]), status)


def _value(block: Part, name: str) -> str:
    return " ".join(of_raw_header(str(block.get(name, ""))).split())


def _typed(value: str) -> str:
    """What stands behind the type: `rfc822; jo@poole.example`, `smtp; 550 5.1.1 no such user`."""
    return clean(value.partition(";")[2] or value, MAX_DIAGNOSTIC).strip(" <>")
