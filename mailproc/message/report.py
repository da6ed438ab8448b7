"""Machine reports about mail: bounces by RFC 3464 §2 and the many that follow no standard, MDN, abuse reports.

Header rules find what flufl.bounce misses (docs/decisions.md). Only the top level counts: a member who forwards a
bounce writes a mail. `is_bounce` never raises; it does not say which letter failed, and a forged
report proves nothing (catalogue S22).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mailproc.message.field.header import clean, decode_words
from mailproc.message.model import Message

_HEAD = 4000  # characters of the text in which a machine says what it is
_START = r"(?:^|[\s<\"(.-])"


def _any_of(*patterns: str, start: str = "", end: str = "") -> re.Pattern[str]:
    return re.compile(f"{start}(?:{'|'.join(patterns)}){end}", re.IGNORECASE)


# Accounts that mail systems write from.
_DAEMON = _any_of(
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
    start=_START,
)
# Accounts that are people now and then, so that they need a second sign.
_POSTMASTER = _any_of(
    r"post[-_ ]?master",
    r"mail[-_ ]?admin",
    r"system ?administrator",
    r"smtp(?:d|server)?@",
    r"mail[-_ ]?system",
    r"mail ?server",
    start=_START,
)
# How a subject says that a mail was not delivered. At its start: "Fwd: Undelivered Mail" is a person's mail.
_PREFACE = (
    r"^(?:\*+ ?)?"
    r"(?:(?:re: )?(?:\[[^\]]{1,40}\] )?(?:warning|notice|error|failure|failed|fatal)\b[:!, -]{1,3})?"
)
_SUBJECT = _any_of(
    r"un-?deliver(?:ed|able)\b",
    r"non[- ]?deliver(?:y|able)",
    r"not delivered",
    r"delivery status",
    r"(?:mail |message |e-?mail )?delivery (?:failure|failed|error|problem|warning|notification|report|has failed)",
    r"(?:mail |message |e-?mail )?delivery (?:time-?out|delayed|unsuccessful)",
    r"(?:mail|message|e-?mail) (?:delivery$|system error|status report|error|failure)",
    r"(?:mail|message|e-?mail) (?:returned|rejected|delayed|bounced)",
    r"(?:mail|message|e-?mail) (?:undeliverable|not delivered|could not be delivered)",
    r"(?:returned|rejected|bounced|failed|unknown|dead) (?:mail|message|e-?mail|user|address)\b",
    r"return mail",
    r"returned to sender",
    r"failure (?:notice|delivery)",
    r"failed (?:mail|delivery)",
    r"(?:could not|cannot|can't|unable to|couldn't) (?:send|deliver)",
    r"problems? delivering",
    r"user unknown",
    r"(?:unknown|invalid) recipient",
    r"permanent delivery",
    r"your (?:mail|message|e-?mail)(?: .{0,80})? (?:could not|couldn't|cannot|was not|has not)",
    r"your (?:mail|message|e-?mail)(?: .{0,80})? has been (?:rejected|returned)",
    r"mail (?:could not|cannot)",
    r"message (?:could not|delivery)",
    r"unzustellbar|nicht ?zustellbar|zustellung|übermittlung|fehler bei der",  # German
    r"message non (?:remis|distribu)|non remis|échec de|courrier non",  # French
    r"no se (?:puede|ha podido) entregar|correo devuelto|devuelto",  # Spanish
    r"mensagem não|falha na entrega",  # Portuguese
    r"mancata consegna|messaggio non",  # Italian
    r"onbestelbaar|kan niet worden|niet bezorgd",  # Dutch
    r"ej levererat",  # Swedish
    r"zwrot|niedostarczon",  # Polish
    r"недоставлен|не доставлен",  # Russian
    r"配信(?:不能|できません|エラー)|不達|メールエラー",  # Japanese
    r"退信|系统退信|邮件被退回|投递失败",  # Chinese
    start=_PREFACE,
)
_ANSWERED = re.compile(r": non remis \(", re.IGNORECASE)  # a notice that keeps the subject before itself
# What the text of a bounce holds near its beginning: status codes (RFC 3463 §2), replies (RFC 5321 §4.2), words.
_REFUSAL = _any_of(
    r"\b[45]\.\d{1,3}\.\d{1,3}\b",
    r"\b(?:55[0-4]|45[0-2])[ -](?:[45]\.|<)",
    r"\b(?:55[0-4]|45[0-2])[ -][^\n]{0,60}(?:user|mailbox|recipient|relay|reject|denied|unknown|address)",
    r"user (?:is )?unknown",
    r"unknown user",
    r"no such (?:user|address|mailbox)",
    r"(?:mailbox|quota|account).{0,30}(?:full|exceeded|unavailable|not found|disabled)",
    r"(?:could not|cannot|can't|was not|unable to|not be|couldn't)(?: be)? (?:be )?deliver",
    r"undeliverable",
    r"delivery (?:has )?failed",
    r"failed permanently",
    r"returned (?:message|mail)",
    r"permanent (?:fatal )?error",
    r"does not exist",
    r"did not reach",
    r"recipient.{0,40}(?:reject|refused|unknown)",
    r"host unknown",
    r"not listed in",
    r"n'a pas pu [eê]tre d[eé]livr[eé]",
    r"送信できませんでした",
)
_BOUNCE_FIELDS = frozenset(
    ("x-failed-recipients", "x-actual-recipients", "x-bounce-diag", "x-dsncontext", "x-mailer-daemon")
)


def is_bounce(message: Message) -> str | None:
    """The rule that says this mail reports another one's failed delivery, as a slug; None where none says so.

    `delivery-status` (RFC 3464 §2), `failed-recipients` (a field only bounces have), `mailer-daemon` (who wrote
    it), `null-path-subject`, `system-subject` and `subject-and-text` (what it says).
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
    return (_SUBJECT.search(message.subject) or _ANSWERED.search(message.subject)) is not None


def _by_null_path(message: Message) -> bool:
    return _has_null_path(message) and (_says_so(message) or _REFUSAL.search(message.text[:_HEAD]) is not None)


def _by_system(message: Message) -> bool:
    said = _says_so(message) or _REFUSAL.search(message.text[:_HEAD]) is not None
    return _POSTMASTER.search(_writer(message)) is not None and said


def _by_words(message: Message) -> bool:
    return _says_so(message) and _REFUSAL.search(message.text[:_HEAD]) is not None and not message.in_reply_to


_RULES: tuple[tuple[str, Callable[[Message], bool]], ...] = (
    ("delivery-status", _has_report),
    ("failed-recipients", _has_bounce_field),
    ("mailer-daemon", _by_daemon),
    ("null-path-subject", _by_null_path),
    ("system-subject", _by_system),
    ("subject-and-text", _by_words),
)
