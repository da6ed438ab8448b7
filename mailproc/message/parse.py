"""Octets in, a Message and the contents of its attachments out; never an exception, whatever the octets.

Structure is the standard library's compat32, without the large bodies (`skeleton`), behind linear limits (`limits`)
and with our own reading of every header value; `policy.default` judges nothing here. What is broken,
cut or guessed stands in `defects`. Decides nothing about the sender: `author` is From by the strict grammar.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message as Part
from email.parser import BytesHeaderParser
from email.policy import Policy, compat32
from email.utils import parsedate_to_datetime
from itertools import count

from mailproc.message.charset.reading import of_raw_header, read_raw, scrub
from mailproc.message.field.address import addresses, strict_from
from mailproc.message.field.filename import safe_name
from mailproc.message.field.header import clean, decode_words, read_words
from mailproc.message.field.lenient import one_mailbox
from mailproc.message.html.text import OUTPUT_CAP, WHOLE_CAP
from mailproc.message.mime.attachment import ENDS, media_type_of
from mailproc.message.mime.body import SHORT_BYTES, Body
from mailproc.message.mime.limits import MAX_PARTS, within_limits
from mailproc.message.mime.machine import machines_of
from mailproc.message.mime.parts import Leaf, inner_mails, leaves
from mailproc.message.mime.skeleton import Hollow, Octets, hollow
from mailproc.message.mime.status import statuses_of
from mailproc.message.model import Address, Attachment, HeaderField, Message, Whole
from mailproc.message.text.choice import Words, words_of
from mailproc.message.text.nothing import lock_of
from mailproc.message.text.pages import joined, linked, own, pages_of, sight_of
from mailproc.message.text.uuencode import leaves_of
from mailproc.message.tongue import tongue_of

Items = list[tuple[str, str]]  # names and values of header fields, as the parser gives them

_MAX_REFERENCES = 50  # catalogue S56
_REFERENCES_LIMIT = 32 * 1024
_FROM_LIMIT = 200
_EARLIEST, _LATEST = 1970, 2200  # catalogue S67: a Date outside is absurd
_UNFOLD = re.compile(r"[\r\n\0]+")
_MSG_ID = re.compile(r"<([^<>]{1,990})>")  # RFC 5322 §3.6.4; a line has at most 998 octets
_LANGUAGE = re.compile(r"\s*+([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*+)")
_THREADED = frozenset(("in-reply-to", "references", "x-mailproc-loop"))  # of an answer, and of our letters
_OF_LISTS = frozenset(("list-id", "list-unsubscribe", "list-post", "list-help", "mailing-list", "x-mailman-version"))
_KEY_FIELDS = ("message-id", "from", "date", "subject")
# RFC 5322 §3.6: fields that stand at most once; two of them can be read two ways (catalogue S05, S06).
_SINGLETONS = frozenset(
    ("from", "sender", "reply-to", "to", "cc", "message-id", "in-reply-to", "references", "subject")
)
_SINGLETONS |= {"date", "mime-version", "content-type", "content-transfer-encoding"}
_DEFECTS = {
    "NoBoundaryInMultipartDefect": "no-boundary",
    "StartBoundaryNotFoundDefect": "boundary-not-found",
    "CloseBoundaryNotFoundDefect": "end-boundary-missing",
    "FirstHeaderLineIsContinuationDefect": "bad-header",
    "MisplacedEnvelopeHeaderDefect": "bad-header",
    "MissingHeaderBodySeparatorDefect": "bad-header",
    "MultipartInvariantViolationDefect": "not-multipart",
    "InvalidMultipartContentTransferEncodingDefect": "encoded-multipart",
    "EncodedMailDefect": "encoded-mail",
    "TwoContentTypesDefect": "two-content-type-fields",
    "InvalidBase64PaddingDefect": "bad-base64",
    "InvalidBase64CharactersDefect": "bad-base64",
    "InvalidBase64LengthDefect": "bad-base64",
}


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A leaf whose octets were read once."""

    leaf: Leaf
    size: int
    sha256: str
    ends: bytes  # the first and last octets, enough to know a type by
    canonical: str  # its share of the logical key


def parse(raw: Octets) -> tuple[Message, dict[str, Body]]:
    """The Message, and the octets of each attachment by `Attachment.part`. Never raises.

    `raw` may be a file mapped into memory; the bodies given read from it, so it must stay open as long as they.
    `size` and `sha256` are of `raw` as it came; all else is of what the limits leave of it.
    """
    sha256 = hashlib.sha256(raw).hexdigest()
    hollowed = hollow(raw, sha256)
    octets, cut = within_limits(hollowed.octets)
    mail = _opened(octets, hollowed)
    top, found = mail.top, mail.found
    words = words_of(found, listed=_is_listed(top))
    fields = _fields(mail.items, words.charset)
    weighed = [_weighed(leaf, mail.closed) for leaf in found]
    others = [each for each in weighed if each.leaf.part not in words.taken and not each.leaf.is_signature]
    others += [_weigh(leaf) for leaf in leaves_of(words.files, hollowed)]
    listed = [(_attachment(each, words.too_long), each.leaf.body) for each in others]
    cut += ("header-too-long",) * hollowed.headers_cut
    defects = (*cut, *mail.broken, *_doubled(fields), *_parser_defects(top), *words.defects)
    message = Message(
        size=len(raw),
        sha256=sha256,
        logical_key=_logical_key(mail.inner, fields, mail.closed.values()),
        header_fields=fields,
        text=words.text,
        text_source=words.source,
        html_text=joined(page.text for page in words.pages) if words.pages else None,
        html_links=linked(words.pages) if words.pages else None,
        attachments=tuple(attachment for attachment, _ in listed),
        defects=tuple(dict.fromkeys(defects)),
        statuses=statuses_of(top),
        machines=machines_of((each.leaf.declared_type, each.ends) for each in weighed if each.leaf.within is None),
        html_own=own(words.pages) if words.source == "html" else None,
        html_sight=sight_of(words.pages),
        whole=_whole(words, fields),
        unread=lock_of(found, words.text),
        aside=words.aside,
        guessed=_guess(top, words, found),
        joins=words.joins,
        beside=words.beside,
        tongue=tongue_of(decode_words(_first(fields, "subject")), words.text),
        **_read_fields(top, fields, words.charset),  # type: ignore[arg-type]  # one value of its own type for each field
    )
    return message, {attachment.part: body for attachment, body in listed}


class _TooManyParts(Exception):
    """The parser makes more parts than the limits saw."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A parsed mail."""

    top: Part
    items: Items  # its header
    closed: Mapping[int, _Weighed]  # by the part's id, before anything was opened that the standard parser leaves shut
    inner: Items  # the headers of the mails in it, then
    found: list[Leaf]
    broken: tuple[str, ...]  # slugs


def _opened(octets: bytes, hollowed: Hollow) -> _Opened:
    """The parsed mail and its leaves; where the standard parser fails, the header and one opaque leaf."""
    part = _counted()
    cut: list[str] = []

    def read_again(content: Octets, headless: bool) -> tuple[Part, Hollow]:  # noqa: FBT001 - `Read` says what it is
        inner = hollow(content, hashlib.sha256(content).hexdigest())
        enclosed, slugs = within_limits(b"\n" + inner.octets if headless else inner.octets)
        cut.extend(slugs)
        return message_from_bytes(enclosed, _class=part), inner

    top = BytesHeaderParser().parsebytes(octets)
    items: Items = _items(top)
    inner: Items = []
    found = [_opaque(octets, hollowed)]
    closed: Mapping[int, _Weighed] = {}
    try:
        top = message_from_bytes(octets, _class=part)
        found = list(leaves(top, hollowed))
        items = _items(top)
        closed = {id(leaf.body.part): _weigh(leaf) for leaf in found}
        inner = [item for mail in inner_mails(top) for item in _items(mail)]
        found = [_as_named(leaf, closed) for leaf in leaves(top, hollowed, read_again)]
    except _TooManyParts:
        cut.append("too-many-parts")
    except RecursionError:
        cut.append("too-deep")
    except Exception:  # noqa: BLE001 (hostile mail is data: a ValueError of 5,000 digits, what else it finds)
        cut.append("structure-unreadable")
    closed = closed or {id(leaf.body.part): _weigh(leaf) for leaf in found}
    return _Opened(top, items, closed, inner, found, tuple(cut))


def _as_named(leaf: Leaf, closed: Mapping[int, _Weighed]) -> Leaf:
    """The leaf with the guess at its name, which only its first reader makes: names are mended where they stand."""
    known = closed.get(id(leaf.body.part))
    return replace(leaf, guess=leaf.guess or known.leaf.guess) if known else leaf


def _items(part: Part) -> Items:
    return [(name, str(value)) for name, value in part.raw_items()]


def _counted() -> Callable[..., Part]:
    """Makes parts for the parser, up to the limit: a boundary may be written so that only the parser reads it."""
    made = count()

    def part(policy: Policy[Part] = compat32) -> Part:
        if next(made) > 2 * MAX_PARTS:  # a forwarded mail and what it came in are two
            raise _TooManyParts
        return Part(policy)

    return part


def _opaque(octets: bytes, hollowed: Hollow) -> Leaf:
    """What stands below the header, as it stands there, whatever the header says of it."""
    plain: Part = BytesHeaderParser().parsebytes(octets)
    for name in set(plain.keys()):
        del plain[name]
    body = Body(plain, hollowed)
    return Leaf("1", body, "text/plain", None, None, None, None, None, (), named_by_disposition=False)


def _fields(items: Items, charset: str | None) -> tuple[HeaderField, ...]:
    """The fields; raw octets in one are read as the mail's text is, where they are no UTF-8."""
    return tuple(HeaderField(clean(name), _unfolded(value, charset)) for name, value in items)


def _unfolded(value: str, charset: str | None) -> str:
    """RFC 5322 §2.2.3, tolerant: the line ends go, the blanks stay."""
    return scrub(read_raw(_UNFOLD.sub("", value), charset).text).strip(" \t")


def _guess(top: Part, words: Words, found: Iterable[Leaf]) -> str:
    """The first charset by guess: of the text, else of the subject, else of a file's name."""
    subject = str(next((value for name, value in top.raw_items() if name.lower() == "subject"), ""))
    raw = read_raw(_UNFOLD.sub("", subject), words.charset)
    guesses = (words.guess, raw.guess, read_words(raw.text)[1], *(leaf.guess for leaf in found))
    return next(filter(None, guesses), "")


def _values(fields: Iterable[HeaderField], name: str) -> list[str]:
    return [field.value for field in fields if field.name.lower() == name]


def _first(fields: Iterable[HeaderField], name: str) -> str:
    return next((field.value for field in fields if field.name.lower() == name), "")


def _read_fields(top: Part, fields: tuple[HeaderField, ...], charset: str | None) -> dict[str, object]:
    """What the header says, by the names of `Message`; `charset` is the text's."""
    author = _author(top, charset)
    return {
        "message_id": next(iter(_message_ids(_first(fields, "message-id"))), None),
        "in_reply_to": _message_ids(" ".join(_values(fields, "in-reply-to"))),
        "references": _message_ids(" ".join(_values(fields, "references"))),
        "author": author,
        "answer": None if author else one_mailbox(_raw_values(top, "from")),
        "from_shown": clean(", ".join(decode_words(value) for value in _values(fields, "from")), _FROM_LIMIT),
        "sender": strict_from(_raw_values(top, "sender")),
        "reply_to": addresses(", ".join(_values(fields, "reply-to"))),
        "to": addresses(", ".join(_values(fields, "to"))),
        "cc": addresses(", ".join(_values(fields, "cc"))),
        "subject": clean(decode_words(_first(fields, "subject"))),
        "date": _date(_first(fields, "date")),
        "language": _language(_first(fields, "content-language")),
    }


def _author(top: Part, charset: str | None) -> Address | None:
    """The author by the strict grammar, octet by octet; only then is a name of raw octets read as other fields are."""
    author = strict_from(_raw_values(top, "from"))
    raw = next((str(value) for name, value in top.raw_items() if name.lower() == "from"), "")
    if author is None or read_raw(raw, charset).charset in ("US-ASCII", "UTF-8"):
        return author
    octets = author.name.encode("latin-1", "ignore")  # as the grammar saw them
    return replace(author, name=clean(read_raw(octets.decode("ascii", "surrogateescape"), charset).text, _FROM_LIMIT))


def _raw_values(top: Part, name: str) -> list[str]:
    """Values with whatever controls they hold, for the strict grammar to refuse."""
    return [of_raw_header(str(value)) for key, value in top.raw_items() if key.lower() == name]


def _message_ids(value: str) -> tuple[str, ...]:
    """The last 50 msg-ids without angle brackets; a lone id without them counts as well."""
    found = _MSG_ID.findall(value[-_REFERENCES_LIMIT:])
    if not found and "@" in value and " " not in value.strip():
        found = [value.strip("<> \t")[:990]]
    ids = (clean("".join(one.split()), 990) for one in found[-_MAX_REFERENCES:])
    return tuple(one for one in ids if one)


def _date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(clean(value, 100))
        date = date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)  # RFC 5322 §3.3: -0000
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return date.replace(microsecond=0) if _EARLIEST <= date.year <= _LATEST else None


def _language(value: str) -> str | None:
    tag = _LANGUAGE.match(value)
    return tag[1].lower()[:35] if tag else None


def _weigh(leaf: Leaf) -> _Weighed:
    """Reads a leaf's octets, once and in pieces."""
    key, size = hashlib.sha256(), 0
    head = tail = b""
    for piece in leaf.body.pieces():
        key.update(piece)
        size += len(piece)
        head += piece[: ENDS - len(head)]
        tail = (tail + piece)[-ENDS:]
    sha256 = key.hexdigest()
    ends = head if size <= len(head) else head + tail
    words = leaf.declared_type.startswith("text/") and size <= SHORT_BYTES
    canonical = hashlib.sha256(_canonical(leaf.body.read())).hexdigest() if words else sha256
    return _Weighed(leaf, size, sha256, ends, canonical)


def _attachment(weighed: _Weighed, too_long: str | None) -> Attachment:
    leaf = weighed.leaf
    first_name = safe_name(leaf.file_name, leaf.part, leaf.declared_type)
    media_type = media_type_of(weighed.ends, leaf.declared_type, first_name)
    return Attachment(
        part=leaf.part,
        name=safe_name(leaf.file_name, leaf.part, media_type),
        media_type=media_type,
        declared_type=leaf.declared_type,
        size=weighed.size,
        sha256=weighed.sha256,
        disposition="attachment" if leaf.part == too_long else leaf.disposition,
        content_id=leaf.content_id,
        within=leaf.within,
    )


def _weighed(leaf: Leaf, closed: Mapping[int, _Weighed]) -> _Weighed:
    """A leaf weighed, once: most were in the mail before anything in it was opened."""
    known = closed.get(id(leaf.body.part))
    return replace(known, leaf=leaf) if known else _weigh(leaf)


def _logical_key(inner: Items, fields: tuple[HeaderField, ...], closed: Iterable[_Weighed]) -> str:
    """Message-ID, From, Date, Subject and the body, whatever trace fields and encodings a way added (design §4).

    Of the mail as the standard parser opens it: what we learn to open beyond that makes no other mail of it.
    """
    key = hashlib.sha256()
    named = [(name, value) for name in _KEY_FIELDS for value in _values(fields, name)]
    for name, value in named + inner:
        _feed(key, f"{name.lower()}:{' '.join(value.split())}".encode("utf-8", "surrogateescape"))
    for weighed in closed:
        _feed(key, weighed.canonical.encode())
    return key.hexdigest()


def _feed(key: hashlib._Hash, octets: bytes) -> None:
    """Each piece with its length before it, so that no two lists of pieces read alike."""
    key.update(b"%d:" % len(octets))
    key.update(octets)


def _canonical(text: bytes) -> bytes:
    """Line ends LF, no trailing blanks, no empty lines at the end: what gateways change."""
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"\n".join(line.rstrip(b" \t") for line in lines).rstrip(b"\n")


def _doubled(fields: tuple[HeaderField, ...]) -> list[str]:
    """`two-from-fields` and the like."""
    counts = Counter(field.name.lower() for field in fields)
    return [f"two-{name}-fields" for name, count in counts.items() if count > 1 and name in _SINGLETONS]


def _parser_defects(top: Part) -> list[str]:
    slugs = (_DEFECTS.get(type(defect).__name__) for part in top.walk() for defect in part.defects)
    return [slug for slug in slugs if slug]


def _whole(words: Words, fields: tuple[HeaderField, ...]) -> Whole | None:
    """What an answer says that is not read as its text is: longer than the limits, or in parts of both kinds.

    No other mail needs to be read beyond the limits than one that may quote a long letter of ours, or is one.
    """
    pages = words.long_pages or words.pages
    length = sum(len(page.html) for page in pages)
    long = words.long_text is not None or length > OUTPUT_CAP
    if not (long and any(field.name.lower() in _THREADED for field in fields)):
        return _apart(words) if words.plain is not None else None
    text = words.long_text if words.long_text is not None else words.plain
    text = _body(words) if text is None else text
    if not pages or length > WHOLE_CAP:
        return Whole(text, None, None)
    pages = pages_of([page.html for page in pages], whole=True)
    return Whole(text, joined(page.text for page in pages), linked(pages, whole=True), sight_of(pages))


def _apart(words: Words) -> Whole:
    """A text from plain parts and HTML, each by itself."""
    pages = words.pages
    return Whole(words.plain, joined(page.text for page in pages), linked(pages), sight_of(pages))


def _body(words: Words) -> str | None:
    return words.text if words.source == "body" else None


def _is_listed(top: Part) -> bool:
    """Whether a list server passed the mail on (RFC 2369 §3, RFC 2919 §3), or says so in its own way."""
    return any(name.lower() in _OF_LISTS for name in top.keys())  # noqa: SIM118 (a mail is no dictionary)
