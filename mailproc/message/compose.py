"""A Draft in, the octets of a letter out: RFC 5322 §2.1, CRLF, the same octets every time.

Every header value is cleaned first; what was serialised is then read again, and a letter whose header
fields are not exactly those meant, or that holds a bare CR or LF, a NUL or a line over 998 octets, is
refused with ValueError (it cannot happen; CPython's own writer let it happen, CVE-2024-6923). ValueError
also for a Draft without date or Message-ID, or with an address that no letter can carry (`addressable`). A local-part
that is not ASCII stands in UTF-8, and whoever delivers the letter needs SMTPUTF8 (RFC 6531 §3.2).
It draws no random boundary, makes no id and reads no clock.
"""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import b2a_qp
from email.parser import BytesHeaderParser
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote

from mailproc.message.field.address import as_path, is_local_part
from mailproc.message.field.header import clean
from mailproc.message.model import Address, Draft

LINE_LIMIT = 998  # RFC 5322 §2.1.1: octets in a line, less its CRLF
LOCAL_OCTETS = 64  # RFC 5321 §4.5.3.1.1
FOLD_AT = 78  # RFC 5322 §2.1.1: the width a header field is folded to
_WORD_OCTETS = 42  # that give, with the marks around them, an encoded-word of 68 characters (RFC 2047 §2: at most 75)
_NAME_CHARACTERS = 200  # of a file's name, which has as many octets at most; percent-encoded they fit in a line
THREAD_DEPTH = 20  # msg-ids in References: the first and the last of the thread

_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")  # RFC 5321 §4.5.3.1; an international one as its A-labels
_MSG_ID = re.compile(r"[!-;=?-~]{1,250}")
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~ -]+", re.ASCII)  # RFC 5322 §3.2.3, with the blanks of a phrase
_NOT_PLAIN = re.compile(r"[^ !#$&-.0-\[\]-~]|%")  # what a file's name in quotation marks may not hold
_NOT_7BIT = re.compile(rb"[^\t\n\r -~]|[^\n]{%d}" % LINE_LIMIT)  # RFC 2045 §2.7, and control characters
_BREAKS = re.compile(r"\r\n|\r|\n")

Field = tuple[str, str]  # name, value as it is written after "Name: "
Part = tuple[list[Field], bytes]  # its header fields and its encoded octets


def addressable(email: str) -> bool:
    """Whether a letter can go there: an addr-spec of one line, an international domain as its A-labels."""
    local, _, domain = email.rpartition("@")
    short = is_local_part(local) and len(local.encode()) <= LOCAL_OCTETS
    return short and _DOMAIN.fullmatch(domain) is not None


def compose(draft: Draft) -> bytes:
    """The letter's octets. Raises ValueError as the preface says; never writes what it did not mean."""
    fields = _header_fields(draft)
    part_fields, octets = _body(draft)
    fields += part_fields
    letter = _written(fields, octets)
    _proved(letter, [name for name, _ in fields])
    return letter


def _header_fields(draft: Draft) -> list[Field]:
    if draft.date is None or draft.date.tzinfo is None:
        raise ValueError("a letter needs an aware date (RFC 5322 §3.6.1)")
    if not _MSG_ID.fullmatch(draft.message_id):
        raise ValueError(f"not a Message-ID: {draft.message_id!r} (RFC 5322 §3.6.4)")
    fields = [
        ("Date", format_datetime(draft.date)),
        ("From", _mailbox(draft.sender)),
        ("To", _mailbox(draft.to)),
        ("Subject", _words(clean(draft.subject), len("Subject: "))),
        ("Message-ID", f"<{draft.message_id}>"),
    ]
    if draft.reply_to is not None:
        fields.append(("Reply-To", _mailbox(Address("", draft.reply_to))))
    fields += _thread(draft)
    fields += _marks(draft)
    fields.append(("MIME-Version", "1.0"))
    return fields


def _thread(draft: Draft) -> list[Field]:
    """In-Reply-To and References (RFC 5322 §3.6.4). A stranger's msg-id that is none is left out."""
    fields = []
    if draft.in_reply_to is not None and _MSG_ID.fullmatch(draft.in_reply_to):
        fields.append(("In-Reply-To", f"<{draft.in_reply_to}>"))
    known = [f"<{reference}>" for reference in draft.references if _MSG_ID.fullmatch(reference)]
    if len(known) > THREAD_DEPTH:
        known = [known[0], *known[1 - THREAD_DEPTH :]]
    if known:
        fields.append(("References", "\r\n ".join(known)))
    return fields


def _marks(draft: Draft) -> list[Field]:
    """What tells other machines to leave this letter unanswered."""
    fields = [
        ("Auto-Submitted", _token(draft.auto_submitted)),  # RFC 3834 §5
        ("X-Auto-Response-Suppress", "All"),  # Exchange and Outlook
    ]
    if draft.auto_submitted == "auto-replied":
        # For responders older than RFC 3834 §5. Only on what a mail alone triggered, where a loop could start:
        # on a digest or a decision it would only tell the mail host to sort a personal letter away.
        fields.append(("Precedence", "bulk"))
    if draft.loop_mark:
        fields.append(("X-Mailproc-Loop", _token(draft.loop_mark)))
    return fields


def _token(value: str) -> str:
    """A value of ours that must be plain ASCII, so that no encoded-word ever stands in it."""
    cleaned = clean(value)
    if not cleaned.isascii() or "=?" in cleaned:
        raise ValueError(f"a mark must be plain ASCII: {value!r}")
    return cleaned


def _mailbox(address: Address) -> str:
    """RFC 5322 §3.4: `addr-spec`, or `phrase <addr-spec>` with the angle part on a line of its own if long."""
    if not addressable(address.email):
        raise ValueError(f"not an addr-spec that a letter can carry: {address.email!r}")
    email = as_path(address.email)
    name = clean(address.name, 100)
    if not name:
        return email
    phrase = _phrase(name)
    joint = " " if len(phrase) + len(email) < FOLD_AT - 12 and "\r\n" not in phrase else "\r\n "
    return f"{phrase}{joint}<{email}>"


def _phrase(name: str) -> str:
    """A display name: atoms, else a quoted-string, else encoded-words (RFC 2047 §5 (3))."""
    if not name.isascii() or "=?" in name:
        return _encoded_words(name)
    if _ATOMS.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _words(value: str, indent: int) -> str:
    """Unstructured text: as it is and folded at blanks, else as encoded-words (RFC 2047 §5 (1))."""
    if not value.isascii() or "=?" in value:
        return _encoded_words(value)
    lines = [""]
    width = FOLD_AT - indent
    for word in value.split(" "):
        if len(word) > FOLD_AT - 2:
            return _encoded_words(value)
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
            width = FOLD_AT - 1
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return "\r\n ".join(lines)


def _encoded_words(value: str) -> str:
    """RFC 2047 §2: words of at most 75 characters; §5: no character is cut in two."""
    chunks = [b""]
    for character in value:
        octets = character.encode("utf-8", "replace")
        if len(chunks[-1]) + len(octets) > _WORD_OCTETS:
            chunks.append(b"")
        chunks[-1] += octets
    return "\r\n ".join(f"=?utf-8?b?{b64encode(chunk).decode()}?=" for chunk in chunks)


def _body(draft: Draft) -> Part:
    """The words; files are attached behind them (RFC 2046 §5.1.3)."""
    words = _words_part(draft)
    if not draft.files:
        return words
    return _multipart("mixed", draft.message_id, [words, *map(_file_part, draft.files)])


def _words_part(draft: Draft) -> Part:
    """text/plain, or multipart/alternative with the HTML last (RFC 2046 §5.1.4)."""
    text = _text_part("plain", draft.text)
    if draft.html is None:
        return text
    shown = _text_part("html", draft.html)
    if draft.images:
        shown = _multipart("related", draft.message_id, [shown, *map(_image_part, draft.images)])  # RFC 2387 §3
    return _multipart("alternative", draft.message_id, [text, shown])


def _text_part(subtype: str, text: str) -> Part:
    """UTF-8, lines ending in CRLF and the last one too; 7bit where that is the whole truth, else quoted-printable."""
    lines = _BREAKS.sub("\n", text).replace("\0", "\ufffd")
    octets = (lines if lines.endswith("\n") else lines + "\n").replace("\n", "\r\n").encode("utf-8", "replace")
    encoding = "quoted-printable" if _NOT_7BIT.search(octets) else "7bit"
    if encoding == "quoted-printable":
        octets = b2a_qp(octets, istext=True)  # RFC 2045 §6.7; its soft breaks follow the CRLF it finds
    fields = [("Content-Type", f"text/{subtype}; charset=utf-8"), ("Content-Transfer-Encoding", encoding)]
    return fields, octets


def _image_part(image: tuple[str, str, bytes]) -> Part:
    content_id, media_type, octets = image
    if not _MSG_ID.fullmatch(content_id) or not re.fullmatch(r"image/[a-z0-9.+-]+", media_type):
        raise ValueError(f"not an image of ours: {content_id!r} {media_type!r}")
    return [
        ("Content-Type", media_type),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-ID", f"<{content_id}>"),  # RFC 2392 §2
        ("Content-Disposition", "inline"),
    ], _base64(octets)


def _file_part(file: tuple[str, str, bytes]) -> Part:
    """An attachment; a name that is no plain ASCII as RFC 2231 §4 has it, and in no second form that may win."""
    name, media_type, octets = file
    composite = media_type.startswith(
        ("text/", "message/", "multipart/")
    )  # which programs show among the letter's lines
    if composite or not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", media_type):
        raise ValueError(f"not a file that can be attached: {name!r} {media_type!r}")
    name = clean(name, _NAME_CHARACTERS)
    named = f"*=utf-8''{quote(name, safe='')}" if _NOT_PLAIN.search(name) else f'="{name}"'
    return [
        ("Content-Type", media_type),
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", f"attachment;\r\n filename{named}"),
    ], _base64(octets)


def _base64(octets: bytes) -> bytes:
    """RFC 2045 §6.8: lines of 76 characters."""
    encoded = b64encode(octets)
    return b"".join(encoded[at : at + 76] + b"\r\n" for at in range(0, len(encoded), 76))


def _multipart(subtype: str, message_id: str, parts: list[Part]) -> Part:
    """RFC 2046 §5.1. The boundary comes from the Message-ID and stands in none of the parts."""
    written = [_written(fields, octets) for fields, octets in parts]
    turn = 0
    boundary = _boundary(subtype, message_id, turn)
    while any(boundary.encode() in part for part in written):
        turn += 1
        boundary = _boundary(subtype, message_id, turn)
    line = b"--" + boundary.encode()
    octets = b"".join(line + b"\r\n" + part + b"\r\n" for part in written) + line + b"--\r\n"
    return [("Content-Type", f'multipart/{subtype}; boundary="{boundary}"')], octets


def _boundary(subtype: str, message_id: str, turn: int) -> str:
    return "=_" + sha256(f"{subtype} {message_id} {turn}".encode()).hexdigest()[:24]  # "=_" is never quoted-printable


def _written(fields: list[Field], octets: bytes) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return head.encode() + b"\r\n" + octets  # RFC 6532 §3.2: only an address may hold more than ASCII


def _proved(letter: bytes, names: list[str]) -> None:
    """Read again what was written: the fields meant and no other, and lines that any server takes."""
    head = letter[: letter.index(b"\r\n\r\n") + 4]
    found = [name for name, _ in BytesHeaderParser().parsebytes(head).items()]
    if found != names:
        raise ValueError(f"the letter's header fields came out as {found}, not {names}; it was not written")
    lines = letter.split(b"\r\n")
    if any(b"\r" in line or b"\n" in line or len(line) > LINE_LIMIT for line in lines) or b"\0" in letter:
        raise ValueError("the letter holds a bare CR or LF, a NUL or a line over 998 octets; it was not written")
