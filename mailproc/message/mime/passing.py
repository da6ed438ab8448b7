"""Whether a stranger's file may be passed on to a person, and under which name and type.

What goes is on a list: pictures, sound, film, documents, tables, text, and zips that hold nothing else. A file goes by
its name, since a double click does, and its octets must not belie it. A page (HTML, SVG), and whatever else is text,
goes as a text file under another name, for a browser runs what stands in it. Programs, macros, embedded objects, mails
in mails and archives that cannot be looked into never go. Pure; the octets stay as they are; it never raises.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from mailproc.message.mime.attachment import is_executable, media_type_of

OCTETS = "application/octet-stream"  # of text files too: no mail program shows such a part among the letter's lines
MAX_MEMBERS = 10_000  # of an archive
_SNIFFED = 64 * 1024

_MEDIA: Mapping[str, str] = {
    **dict.fromkeys(("jpg", "jpeg"), "image/jpeg"),
    **{name: f"image/{name}" for name in ("png", "gif", "webp", "bmp", "heic", "heif", "avif")},
    **dict.fromkeys(("tif", "tiff"), "image/tiff"),
    "mp3": "audio/mpeg",
    **dict.fromkeys(("m4a", "aac"), "audio/mp4"),
    **dict.fromkeys(("ogg", "oga", "opus"), "audio/ogg"),
    "wav": "audio/wav",
    "flac": "audio/flac",
    **dict.fromkeys(("mp4", "m4v"), "video/mp4"),
    "mov": "video/quicktime",
    "webm": "video/webm",
}
_TEXT = ("txt", "text", "md", "markdown")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_DOCUMENTS: Mapping[str, str] = {
    "pdf": "application/pdf",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "docx": f"{_OFFICE}wordprocessingml.document",
    "xlsx": f"{_OFFICE}spreadsheetml.sheet",
    "pptx": f"{_OFFICE}presentationml.presentation",
    "odt": f"{_OPEN}text",
    "ods": f"{_OPEN}spreadsheet",
    "odp": f"{_OPEN}presentation",
}
_ENDING_OF = {
    media_type: ending
    for ending, media_type in reversed((*_MEDIA.items(), *_DOCUMENTS.items()))
    if ending not in {"m4v", "aac", "heif", "opus"}
}
_MAIL = ("eml", "msg", "mht", "mhtml", "mbox", "tnef")
_ARCHIVES = ("7z", "rar", "gz", "tgz", "bz2", "xz", "tar", "cab", "iso", "img", "zst", "lz", "arj", "ace")
_MACROS = re.compile(
    r"vbaproject\.bin$|/activex/|oleobject\d*\.bin$|^basic/|^scripts/|^object [^/]*/|macrosheets/", re.IGNORECASE
)
_OLE_MACROS = tuple(name.encode("utf-16-le") for name in ("_VBA_PROJECT", "Macros", "Ole10Native"))
_CENTRAL, _LOCAL, _END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"
_ENCRYPTED = 1  # general purpose bit flag (APPNOTE 4.4.4)


@dataclass(frozen=True, slots=True)
class Passing:
    """How a file goes, or why it does not."""

    name: str
    media_type: str = OCTETS
    how: str = "whole"  # or "text": under a name that opens in no browser
    why: str = ""  # slug; "" it goes


def passing(name: str, octets: bytes) -> Passing:
    """What becomes of a file; `name` is one of `safe_name`."""
    found = media_type_of(octets, "", name)
    if is_executable(name, found):
        return Passing(name, why="executable")
    stem, dot, ending = name.rpartition(".")
    ending = ending.lower() if stem and dot else ""
    if found in _ENDING_OF and ending not in _JUDGES and ending not in _MEDIA:
        name, ending = f"{name}.{_ENDING_OF[found]}", _ENDING_OF[found]  # `photo`, and its octets say what it is
    judge = _JUDGES.get(ending)
    if judge is not None:
        why = judge(octets, found)
        return Passing(name, _DOCUMENTS.get(ending, OCTETS), why=why)
    if ending in _MEDIA:
        return Passing(name, _MEDIA[ending])
    if not found and _is_text(octets):
        return Passing(f"{name.replace('.', '-')}.txt", how="text")
    return Passing(name, why="unknown")


def _is_text(octets: bytes) -> bool:
    """Characters, in all likelihood: no control that a text has not."""
    return not re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", octets[:_SNIFFED])


def _is(*kinds: str, holds: tuple[bytes, ...] = ()) -> Callable[[bytes, str], str]:
    """The octets are of these kinds, and none of these marks is in them."""

    def judge(octets: bytes, found: str) -> str:
        if found not in kinds:
            return "belied"
        return "macros" if any(mark in octets for mark in holds) else ""

    return judge


def _office(octets: bytes, found: str) -> str:
    """A zip of an office program, without macros and embedded objects."""
    if found not in _DOCUMENTS.values() and found != "application/zip":
        return "belied"
    members = _members(octets)
    if members is None:
        return "unreadable"
    return "macros" if any(map(_MACROS.search, (*members, *_hidden(octets)))) else ""


def _zip(octets: bytes, found: str) -> str:
    """A zip in which every file might go by itself, as far as names tell."""
    if found != "application/zip":
        return "belied"
    members = _members(octets)
    if members is None:
        return "unreadable"
    for name in (*members, *_hidden(octets)):
        if is_executable(name.rpartition("/")[2], ""):
            return "holds-program"
    goes = {*_MEDIA, *_DOCUMENTS, *_TEXT}
    files = (name for name in members if not name.endswith("/"))
    return "" if all(name.rpartition(".")[2].lower() in goes for name in files) else "holds-unknown"


def _members(octets: bytes) -> list[str] | None:
    """The names in a zip's central directory (APPNOTE 4.3.12); None where it is locked, damaged or too large."""
    end = octets.rfind(_END, max(0, len(octets) - 66_000))
    if end < 0 or len(octets) < end + 22:
        return None
    count, _, at = struct.unpack_from("<HII", octets, end + 10)
    names: list[str] = []
    while len(names) < count <= MAX_MEMBERS and octets[at : at + 4] == _CENTRAL and at + 46 <= len(octets):
        flags, *lengths = struct.unpack_from("<H18xHHH", octets, at + 8)
        if flags & _ENCRYPTED:
            return None
        names.append(octets[at + 46 : at + 46 + lengths[0]].decode("utf-8", "replace"))
        at += 46 + sum(lengths)
    return names if len(names) == count and at == end else None


def _hidden(octets: bytes) -> Iterator[str]:
    """Names before the files themselves, which some programs go by though the directory has others."""
    for found in re.finditer(re.escape(_LOCAL), octets):
        at = found.start()
        if at + 30 <= len(octets):
            length = struct.unpack_from("<H", octets, at + 26)[0]
            yield octets[at + 30 : at + 30 + min(length, 300)].decode("utf-8", "replace")


def _never(why: str) -> Callable[[bytes, str], str]:
    return lambda _octets, _found: why


_JUDGES: Mapping[str, Callable[[bytes, str], str]] = {
    **dict.fromkeys(_TEXT, _never("")),
    "pdf": _is("application/pdf"),
    "rtf": _is("application/rtf", holds=(b"\\objdata", b"\\object")),
    **{
        name: _is(_DOCUMENTS[name], "application/rtf", holds=(*_OLE_MACROS, b"\\objdata", b"\\object"))
        for name in ("doc", "xls", "ppt")
    },
    **dict.fromkeys(("docx", "xlsx", "pptx", "odt", "ods", "odp"), _office),
    "zip": _zip,
    **dict.fromkeys(_MAIL, _never("mail")),
    **dict.fromkeys(_ARCHIVES, _never("archive")),
}
