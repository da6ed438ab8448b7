"""Names of attachments: what a mail calls them, made safe for people and for file systems.

A name is a word for people, never a path: octets are stored by their hash. `safe_name` gives a name for
anything (catalogue S85) and never raises; it does not promise that two parts have different names.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from mailproc.message.charset.reading import read
from mailproc.message.field.header import RAW_LIMIT, clean, decode_words

MAX_NAME_BYTES = 200  # of UTF-8; file systems end at 255
_MAX_SUFFIX_BYTES = 20
_EXTENDED = re.compile(r"([A-Za-z0-9_-]{2,20})'[A-Za-z-]{0,20}'(.*%.*)", re.DOTALL)  # RFC 2231 §4 left undecoded
_FORBIDDEN = re.compile(r'[<>:"|?*]')  # by Windows; the separators are gone before
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)
_SUFFIXES = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/markdown": ".md",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/tiff": ".tif",
    "image/svg+xml": ".svg",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/ogg": ".ogg",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/zip": ".zip",
    "application/ms-tnef": ".dat",
    "application/msword": ".doc",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
}


def safe_name(raw: str | None, part: str, media_type: str) -> str:
    """The name to show and to write under: one path component of at most 200 octets, its extension kept.

    The last component of `raw` by both separators, NFC, without controls, bidi or zero-width marks, leading
    dots, dashes and tildes, trailing dots and blanks; a name that Windows reserves gets an underscore before
    it. Where nothing is left the name is made from type and place: `part-2.1.pdf`.
    """
    if raw and len(raw) > RAW_LIMIT:
        raw = raw[: RAW_LIMIT // 2] + raw[-RAW_LIMIT // 2 :]  # the extension stands at the end
    name = re.split(r"[/\\]", clean(_decoded(raw or ""), RAW_LIMIT))[-1]
    name = _FORBIDDEN.sub("_", name).lstrip(" .-~").rstrip(" .")
    if not name.strip("_"):
        return f"part-{part}{_SUFFIXES.get(media_type, '.bin')}"
    return _shortened(f"_{name}" if _RESERVED.match(name) else name)


def is_made(name: str, part: str) -> bool:
    """Whether `safe_name` made this name because the mail gave none."""
    return name.startswith(f"part-{part}.")


def _decoded(raw: str) -> str:
    """Encoded words (RFC 2047 §2) and extended values (RFC 2231 §4) where neither belongs."""
    extended = _EXTENDED.fullmatch(raw)
    if extended is None:
        return decode_words(raw)
    return read(unquote_to_bytes(extended[2]), extended[1]).text


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not stem or len(suffix.encode()) > _MAX_SUFFIX_BYTES:
        stem, dot, suffix = name, "", ""
    room = MAX_NAME_BYTES - len((dot + suffix).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .") + dot + suffix
