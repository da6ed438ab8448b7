"""Machine reports about mail: bounces by RFC 3464 §2 and the many that follow no standard, MDN, abuse reports.

Header rules find what flufl.bounce misses (docs/decisions.md). Only the top level counts: a member who forwards a
bounce writes a mail. `is_bounce` never raises; it does not say which letter failed, and a forged
report proves nothing (catalogue S22).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mailproc.message.field.header import clean, decode_words, is_marked
from mailproc.message.model import Message
from mailproc.message.notices import NOTICES, any_of, unaccented

_HEAD = 4000  # characters of the text in which a machine says what it is
_START = r"(?:^|[\s<\"(.-])"


def _one_of(*patterns: str) -> re.Pattern[str]:
    return re.compile(f"{_START}(?:{'|'.join(patterns)})", re.IGNORECASE)


# Accounts that mail systems write from.
_DAEMON = _one_of(
    r"mailer[-_. ]?daemon",
    r"mail[-_ ]?daemon",
    r"mdaemon",
    r"maildelivery",
    r"mail delivery (?:sub)?system",
    r"mail delivery service",
    r"internet mail delivery",
    r"bounce[sr]?(?:handler|manager)?@",
    r"mailbot",
    r"(?:dsn|ndr|mta)@",
)
# Accounts that are people now and then, so that they need a second sign.
_POSTMASTER = _one_of(
    r"post[-_ ]?master",
    r"mail[-_ ]?admin",
    r"system ?administrator",
    r"smtp(?:d|server)?@",
    r"mail[-_ ]?system",
    r"mail ?server",
)
# How a subject says that a mail was not delivered. At its start: "Fwd: Undelivered Mail" is a person's mail.
_PREFACE = (
    r"^(?:\*+ ?)?"
    r"(?:(?:re: )?(?:\[[^\]]{1,40}\] )?(?:warning|notice|error|failure|failed|fatal)\b[:!, -]{1,3})?"
)
_SUBJECT = any_of(NOTICES.undelivered, start=_PREFACE)
_ANSWERED = re.compile(r": non remis \(", re.IGNORECASE)  # a notice that keeps the subject before itself
_REFUSAL = any_of(NOTICES.refused)
_ADDR_SPEC = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w.-]+\.\w+|\b[45]\.\d{1,3}\.\d{1,3}\b")  # or a status code
_SYSTEM = re.compile(r"^(?:post[-_.]?master|mail[-_.]?(?:system|server|delivery|gateway|router))$", re.IGNORECASE)
_REPORT = 3000  # characters of one that says little else
_BOUNCE_FIELDS = frozenset(
    ("x-failed-recipients", "x-actual-recipients", "x-bounce-diag", "x-dsncontext", "x-mailer-daemon")
)


def is_bounce(message: Message) -> str | None:
    """The rule that says this mail reports another one's failed delivery, as a slug; None where none says so.

    `delivery-status` (RFC 3464 §2), `failed-recipients` (a field only bounces have), `mailer-daemon` (who wrote
    it), `null-path-subject`, `system-subject` and `subject-and-text` (what it says), `system-and-address` (a mail
    system's account names an address, in whatever language).
    """
    if is_disposition_notification(message) or is_abuse_report(message):
        return None
    return next((slug for slug, holds in _RULES if holds(message)), None)


def is_disposition_notification(message: Message) -> bool:
    """A receipt that somebody read or deleted a mail (RFC 8098 §3), unless it says that it was rejected unread."""
    return "disposition-notification" in _content_type(message) and "reject" not in message.subject.lower()


def is_abuse_report(message: Message) -> bool:
    """A complaint from a feedback loop (RFC 5965 §2), or one of the kind that names only the sending host."""
    return "feedback-report" in _content_type(message) or message.subject.lower().startswith(
        "complaint about message from "
    )


def value_of(message: Message, name: str) -> str:
    """The first such header field's value, words not decoded; "" where there is none. `name` in lower case."""
    return next((field.value for field in message.header_fields if field.name.lower() == name), "")


def _content_type(message: Message) -> str:
    return value_of(message, "content-type").lower()


def _has_report(message: Message) -> bool:
    kind = _content_type(message)
    return kind.startswith(("multipart/report", "message/delivery-status")) or "report-type=delivery-status" in kind


def _has_bounce_field(message: Message) -> bool:
    return any(field.name.lower() in _BOUNCE_FIELDS for field in message.header_fields)


def _writer(message: Message) -> str:
    return clean(decode_words(value_of(message, "from")))


def _by_daemon(message: Message) -> bool:
    return _DAEMON.search(_writer(message)) is not None


def _has_null_path(message: Message) -> bool:
    path = value_of(message, "return-path")
    return path.strip() == "<>" or "daemon" in path.lower()


def _says_so(message: Message) -> bool:
    return (_SUBJECT.search(unaccented(message.subject)) or _ANSWERED.search(message.subject)) is not None


def _refuses(message: Message) -> bool:
    return _REFUSAL.search(unaccented(message.text[:_HEAD])) is not None


def _by_null_path(message: Message) -> bool:
    return _has_null_path(message) and (_says_so(message) or _refuses(message))


def _by_system(message: Message) -> bool:
    return _POSTMASTER.search(_writer(message)) is not None and (_says_so(message) or _refuses(message))


def _by_words(message: Message) -> bool:
    return _says_so(message) and _refuses(message) and not message.in_reply_to


def _by_address(message: Message) -> bool:
    """A mail system's own account that names an address and says little else."""
    local_part = message.author.email.rpartition("@")[0] if message.author else ""
    short = len(message.text) <= _REPORT and not is_marked(message.subject)
    return short and _SYSTEM.match(local_part) is not None and _ADDR_SPEC.search(message.text) is not None


_RULES: tuple[tuple[str, Callable[[Message], bool]], ...] = (
    ("delivery-status", _has_report),
    ("failed-recipients", _has_bounce_field),
    ("mailer-daemon", _by_daemon),
    ("null-path-subject", _by_null_path),
    ("system-subject", _by_system),
    ("subject-and-text", _by_words),
    ("system-and-address", _by_address),
)
