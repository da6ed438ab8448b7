"""Parts that stand between a mail's words and its reader: signatures, which are opened, and locks, which are not.

What an S/MIME signature encloses (RFC 8551 §3.5.2, `application/pkcs7-mime`) is read as if it stood in the signature's
place; that nobody proves anything to us by it, `author` knows. A detached signature (RFC 1847 §2.1) is nobody's
attachment. What cannot be read here has a slug: see `LOCKS`. Told by the octets; the declared type says where to look.
Never raises for what a mail holds.
"""

from __future__ import annotations

import re
from email.message import Message as Part
from email.utils import parseaddr

from mailproc.message.mime.ber import Cms, cms_of
from mailproc.message.mime.body import Body

LOCKS = (
    "encrypted",  # for a key that no desk has: S/MIME, PGP
    "compressed",  # RFC 3274 §1.1, which no mail program offers
    "damaged",  # says that it is S/MIME, and is cut or broken
    "partial",  # a piece of a mail, RFC 2046 §5.2.2
    "external",  # stands elsewhere, RFC 2046 §5.2.3
    "tnef",  # wrapped in Outlook's own format: winmail.dat
)
MAX_LAYERS = 5  # triple wrapped is three (RFC 2634 §1.1)
_SMIME = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
_PGP = "application/pgp-encrypted"  # RFC 3156 §4
_MESSAGES = {"message/partial": "partial", "message/external-body": "external"}
_TNEF, _TNEF_MARK = ("application/ms-tnef", "application/vnd.ms-tnef"), b"\x78\x9f\x3e\x22"
_UNTYPED = ("application/octet-stream", "text/plain")
_LOOK = 256  # octets by which most parts are told
_CMS = re.compile(rb"\x30[\x80-\x88].{0,8}?\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07", re.DOTALL)
_ARMOUR = re.compile(rb"\s*-----BEGIN PGP (MESSAGE|SIGNATURE)(?:, PART [0-9/]+)?-----")
_SIGNED_FILE = re.compile(r"(.+\.\w{2,5})\.p7m", re.IGNORECASE)  # "article.pdf.p7m"
_MIME_FIELD = re.compile(r"content-[a-z-]+|mime-version", re.IGNORECASE)


def may_enclose(declared: str, name: str) -> bool:
    """Whether to look into a part for what an S/MIME signature encloses (RFC 8551 §3.2.1: the name tells as well)."""
    return declared in _SMIME or (declared in _UNTYPED and name.lower().endswith((".p7m", ".p7s")))


def enclosed(body: Body, declared: str) -> Cms:
    """What the part is, its content with it; a short look where it is nothing of the kind."""
    octets = bytearray()
    for piece in body.pieces():
        octets += piece
        if declared not in _SMIME and len(octets) >= _LOOK and not _CMS.match(octets):
            return Cms("")
    return cms_of(memoryview(octets)) if octets else Cms("")


def file_of(name: str) -> str:
    """The name of the file that a signature of a file encloses, "" where it encloses a mail: "article.pdf.p7m"."""
    found = _SIGNED_FILE.fullmatch(name)
    return found[1] if found else ""


def is_bare(inner: Part) -> bool:
    """Whether what was enclosed is words without a header, though RFC 8551 §3.1 asks for one: some programs do so."""
    return not any(_MIME_FIELD.fullmatch(name) for name in inner.keys())  # noqa: SIM118 - no mapping


def own_mail(part: Part, inner: Part) -> Part | None:
    """The mail itself, where a program signs it with its header (RFC 8551 §3.1) instead of its body; else None."""
    inside = inner.get_payload()
    mail = inside[0] if isinstance(inside, list) and len(inside) == 1 else None
    if inner.get_content_type() != "message/rfc822" or not isinstance(mail, Part):
        return None
    shown, signed = (parseaddr(str(each.get("from", "")))[1].lower() for each in (part, mail))
    return mail if shown and shown == signed and str(part.get("subject", "")) == str(mail.get("subject", "")) else None


def is_signature(body: Body, declared: str, name: str) -> bool:
    """Whether a part is a detached signature and nothing else, by its octets."""
    named = name.lower().endswith((".p7s", ".asc", ".sig"))
    if declared not in _SIGNATURES and not (named and declared in _UNTYPED):
        return False
    octets = body.read()
    armour = _ARMOUR.match(octets[:_LOOK])
    return (armour is not None and armour[1] == b"SIGNATURE") or cms_of(octets).detached


def lock_of(body: Body, declared: str, found: Cms | None) -> str:
    """Why a part cannot be read here, a slug of `LOCKS`, or "". `found`: what was seen where it may enclose words."""
    if found is not None and (found.kind or declared in _SMIME):
        return "" if found.detached else "damaged" if found.kind in ("", "signed") else found.kind
    if declared == _PGP:
        return "encrypted"
    if declared in _TNEF:
        return "tnef"
    if declared.startswith("text/") or declared not in _UNTYPED:
        return ""
    head = body.read(_LOOK)
    armour = _ARMOUR.match(head)
    return "encrypted" if armour and armour[1] == b"MESSAGE" else "tnef" if head.startswith(_TNEF_MARK) else ""


def message_lock(declared: str) -> str:
    """The same for a part that is a message and yet none: "partial", "external", or ""."""
    return _MESSAGES.get(declared, "")
