"""The tree of a mail as a flat list of leaves.

Structure and octets are the standard library's (`email`, compat32), so that anybody can check a hash. A
forwarded mail (message/rfc822) is opened and is not listed itself: its leaves carry its name in `within`. The
status fields of a DSN are fields, not a leaf. What an S/MIME signature encloses stands in the place of its part
(`sealed`), counted as if it had not been signed. Octets are read when somebody asks (`Leaf.body`). Which leaves are
the text is said elsewhere (`message/text`). Nothing here raises for what a mail holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.errors import MessageDefect
from email.message import Message as Part

from mailproc.message.charset.reading import read_raw
from mailproc.message.field.filename import safe_name
from mailproc.message.field.header import clean, decode_words
from mailproc.message.field.parameters import value_of
from mailproc.message.mime import sealed
from mailproc.message.mime.body import Body
from mailproc.message.mime.doubled import is_doubled, is_structure, type_of
from mailproc.message.mime.encoded import mail_in
from mailproc.message.mime.skeleton import Hollow, Octets

_MENDED = ("content-type", "content-disposition", "content-transfer-encoding", "content-id")
Read = Callable[[Octets, bool], tuple[Part, Hollow]]  # within all limits; True: octets without a header
_MAILS = ("message/rfc822", "message/global")
_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part that holds octets and no further parts."""

    part: str  # counted as IMAP counts (RFC 9051 §6.4.5)
    body: Body  # its octets
    declared_type: str  # "text/plain" where the mail says nothing or nonsense (RFC 2045 §5.2)
    charset: str | None  # as declared
    file_name: str | None  # as declared, not yet safe
    disposition: str | None  # "attachment", "inline" or None
    content_id: str | None
    within: str | None  # safe name of the forwarded mail
    branches: tuple[tuple[str, str], ...]  # of each multipart/alternative that holds it, from outside: place, branch
    named_by_disposition: bool  # a file name in Content-Disposition; in Content-Type it says little
    is_resource: bool = False  # something that the root of a multipart/related refers to (RFC 2387 §3)
    guess: str = ""  # the charset by which its name was read by guess
    flow: str = ""  # of RFC 3676 §4: "flowed", "delsp" (flowed, and the blanks at line ends go), "" for fixed lines
    lock: str = ""  # why its words cannot be read here, a slug of `sealed.LOCKS`
    is_signature: bool = False  # of another part (RFC 1847 §2.1): nobody's attachment

    @property
    def is_text(self) -> bool:
        """Whether it may be words to read: text, or a multipart that could not be opened."""
        return self.declared_type in ("text/plain", "text/html") or self.declared_type.startswith("multipart/")

    @property
    def is_html(self) -> bool:
        """Whether the words are HTML."""
        return self.declared_type == "text/html"


@dataclass(frozen=True, slots=True)
class _Place:
    part: str
    within: str | None = None
    branches: tuple[tuple[str, str], ...] = ()
    is_resource: bool = False
    layers: int = 0  # signatures that enclose it
    lock: str = ""


class EncodedMailDefect(MessageDefect):
    """A mail within the mail was encoded (RFC 2046 §5.2.1)."""


class TwoContentTypesDefect(MessageDefect):
    """A part says twice what it is."""


def leaves(top: Part, hollow: Hollow, read_again: Read | None = None) -> Iterator[Leaf]:
    """Every leaf of the mail that `hollow` stands for, in its order; the nesting was bounded before (`limits`).

    `read_again` makes parts of what a signature encloses, of a mail in code, and of what has two types; those then
    stand in `top` as well. Without it they stay closed.
    """
    # RFC 6522 §3: what a report returns of the mail it is about is the report's, nobody's attachment
    returned = "text/rfc822-headers" if top.get_content_type() == "multipart/report" else None
    yield from (leaf for leaf in _walk(top, hollow, _Place(""), read_again) if leaf.declared_type != returned)


def inner_mails(top: Part) -> Iterator[Part]:
    """The mails and status blocks inside, for the logical key."""
    for part in top.walk():
        if part.get_content_maintype() == "message" and part.is_multipart():
            yield from _children(part)


def _children(part: Part) -> list[Part]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Part)] if isinstance(payload, list) else []


def _walk(part: Part, hollow: Hollow, place: _Place, read_again: Read | None) -> Iterator[Leaf]:
    guess = _mend(part)
    if read_again and is_doubled(part) and place.layers < sealed.MAX_LAYERS:
        hollow = _settled(part, hollow, read_again)
    media_type = part.get_content_type()
    if not part.is_multipart():
        yield from _sealed(part, _leaf(part, hollow, media_type, place, guess), place, read_again)
    elif media_type in _STATUS_TYPES:
        return
    elif part.get_content_maintype() == "message":
        # RFC 9051 §6.4.5: the mail inside part 2 has the parts 2.1, 2.2 ...
        name = _name_of_mail(part, place.part or "1")
        lock = place.lock or ("" if place.within else sealed.message_lock(media_type))
        if read_again and media_type in _MAILS and place.layers < sealed.MAX_LAYERS:
            hollow, place = _decoded(part, hollow, place, read_again)
            name = _name_of_mail(part, place.part or "1")
        for inner in _children(part):
            here = (place.part or "1") + ("" if inner.is_multipart() else ".1")
            within = replace(place, part=here, within=name, branches=(), is_resource=False, lock=lock)
            yield from _walk(inner, hollow, within, read_again)
    else:
        root = _root(part) if media_type == "multipart/related" else None
        for number, child in enumerate(_children(part), start=1):
            here = f"{place.part}.{number}" if place.part else str(number)
            branch = ((place.part or "0", here),) if media_type == "multipart/alternative" else ()
            is_resource = place.is_resource or (root is not None and child is not root)
            beside = replace(place, part=here, branches=place.branches + branch, is_resource=is_resource)
            yield from _walk(child, hollow, beside, read_again)


def _root(part: Part) -> Part | None:
    """The part of a multipart/related that the others belong to (RFC 2387 §3.2: the first unless `start` names it)."""
    children, start = _children(part), _parameter(part, "start", "content-type")
    named = (child for child in children if start and str(child.get("content-id", "")).strip() == start.strip())
    return next(named, children[0] if children else None)


def _settled(part: Part, hollow: Hollow, read_again: Read) -> Hollow:
    """Gives a part with two types the one that fits, and its structure; where its octets lie then."""
    best = type_of(part, hollow)
    if is_structure(best):
        head = b"Content-Type: " + best.encode("utf-8", "surrogateescape") + b"\r\n\r\n"
        inner, hollow = read_again(head + Body(part, hollow).read(), False)  # noqa: FBT003 - `Read` says what it is
        part.set_payload(inner.get_payload())
    del part["content-type"]
    part["Content-Type"] = best
    part.defects.append(TwoContentTypesDefect())
    return hollow


def _decoded(part: Part, hollow: Hollow, place: _Place, read_again: Read) -> tuple[Hollow, _Place]:
    """Puts a mail in the place of its code; where its octets lie then."""
    for inner in _children(part)[:1]:
        found = mail_in(part, inner, hollow)
        if found is not None:
            mail, hollow = read_again(found, False)  # noqa: FBT003 - `Read` says what it is
            part.set_payload([mail])
            part.defects.append(EncodedMailDefect())
            place = replace(place, layers=place.layers + 1)
    return hollow, place


def _sealed(part: Part, leaf: Leaf, place: _Place, read_again: Read | None) -> Iterator[Leaf]:
    """The leaf; or the leaves that its signature encloses, of a mail or of a file."""
    if read_again is None:
        yield leaf
        return
    declared, name = leaf.declared_type, decode_words(leaf.file_name or "")
    found = sealed.enclosed(leaf.body, declared) if sealed.may_enclose(declared, name) else None
    if found is None or found.content is None or place.layers >= sealed.MAX_LAYERS:
        lock = leaf.lock or ("" if leaf.within else sealed.lock_of(leaf.body, declared, found))
        yield replace(leaf, lock=lock, is_signature=sealed.is_signature(leaf.body, declared, name))
        return
    content, file_name = found.content, sealed.file_of(name)
    inner, hollow = read_again(content, bool(file_name))
    if file_name:
        inner["Content-Type"] = "application/octet-stream"
        inner.add_header("Content-Disposition", "attachment", filename=file_name)
    elif sealed.is_bare(inner):
        inner, hollow = read_again(content, True)  # noqa: FBT003 - `Read` says what it is
    part.set_payload([inner])
    mail = sealed.own_mail(part, inner) if not place.part else None
    yield from _walk(mail or inner, hollow, replace(place, layers=place.layers + 1), read_again)


def _name_of_mail(part: Part, number: str) -> str:
    """What to call a forwarded mail: its file name, else its subject."""
    name = _file_name(part)[0]
    if name is None:
        items = [item for inner in _children(part)[:1] for item in inner.raw_items()]
        raw = next((str(value) for field, value in items if field.lower() == "subject"), "")
        subject = clean(decode_words(read_raw(raw).text))
        name = f"{subject}.eml" if subject else None
    return safe_name(name, number, "message/rfc822")


def _mend(part: Part) -> str:
    """Put right the content fields that the standard library reads wrongly (3.11): raw octets, a trailing blank.

    Gives the charset by which raw octets were read by guess, or "".
    """
    guess = ""
    for name, value in part.raw_items():
        if name.lower() in _MENDED:
            reading = read_raw(str(value))
            guess = guess or reading.guess
            mended = reading.text.replace("\0", "")
            if name.lower() == "content-transfer-encoding":
                mended = mended.strip()
            if mended != value:
                part.replace_header(name, mended)
    return guess


def _leaf(part: Part, hollow: Hollow, media_type: str, place: _Place, guess: str) -> Leaf:
    named = value_of(str(part.get("content-disposition", "")), "filename").text != ""
    disposition = part.get_content_disposition()
    identifier = clean(str(part.get("content-id", ""))).strip("<> ")
    file_name, guess_of_name = _file_name(part)
    return Leaf(
        part=place.part or "1",
        body=Body(part, hollow),
        declared_type=clean(media_type),
        charset=_charset(part),
        file_name=file_name,
        disposition=disposition if disposition in ("attachment", "inline") else None,
        content_id=identifier or None,
        within=place.within,
        branches=place.branches,
        named_by_disposition=named,
        is_resource=place.is_resource,
        guess=guess_of_name or guess,
        flow=_flow(part) if media_type == "text/plain" else "",
        lock=place.lock,
    )


def _flow(part: Part) -> str:
    """RFC 3676 §4: `format` and `delsp`, whose values are in no case."""
    if (_parameter(part, "format", "content-type") or "").strip().lower() != "flowed":
        return ""
    return "delsp" if (_parameter(part, "delsp", "content-type") or "").strip().lower() == "yes" else "flowed"


def _parameter(part: Part, name: str, field: str) -> str | None:
    try:
        value = part.get_param(name, None, field)
    except (ValueError, LookupError, TypeError):  # a section number (RFC 2231 §3) of 5,000 digits, a strange charset
        return None
    return None if value is None else str(value)


def _file_name(part: Part) -> tuple[str | None, str]:
    """The name as declared, and the charset by which it was read by guess."""
    for field, name in (("content-disposition", "filename"), ("content-type", "name")):
        value = value_of(str(part.get(field, "")), name)
        if value.text:
            return value.text, value.guess
    return None, ""


def _charset(part: Part) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError, TypeError):
        return None
