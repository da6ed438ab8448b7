"""Which attachments are documents, and who reads them: by content where content tells, else by name. Pure tables."""

from __future__ import annotations

from mailproc.message.field.filename import is_made
from mailproc.message.model import Attachment

OLDER = "doc"  # read by another program, where one is installed
_BY_TYPE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
    "text/plain": "plain",
    "text/markdown": "plain",
    "text/x-markdown": "plain",
}
_ODT = "application/vnd.oasis.opendocument.text"  # and -template, -master, -web
_COMPOUND = frozenset({"application/msword", "application/x-ole-storage"})
_UNKNOWN = frozenset({"application/zip", "application/octet-stream"})
_BY_NAME = {
    ".docx": "docx",
    ".docm": "docx",
    ".odt": "odt",
    ".ott": "odt",
    ".pdf": "pdf",
    ".rtf": "rtf",
    ".txt": "plain",
    ".text": "plain",
    ".md": "plain",
    ".markdown": "plain",
}


def reader_of(attachment: Attachment) -> str:
    """One of `read.READERS`, or OLDER; "" for what is no document. A text part without a name is a list's footer."""
    kind, suffix = attachment.media_type, _suffix(attachment.name)
    if kind in _COMPOUND:
        return _compound(kind, suffix)
    if kind in _UNKNOWN:
        return _BY_NAME.get(suffix, "")
    if kind.startswith(_ODT):
        return "odt"
    reader = _BY_TYPE.get(kind, "")
    nameless = is_made(attachment.name, attachment.part) and attachment.disposition != "attachment"
    return "" if reader == "plain" and nameless else reader


def _compound(kind: str, suffix: str) -> str:
    """The older Word's file; or a newer one with a password, which lies in a compound file too."""
    if _BY_NAME.get(suffix) in ("docx", "odt"):
        return "sealed"
    return OLDER if kind == "application/msword" or suffix in (".doc", ".dot") else ""


def _suffix(name: str) -> str:
    return name[name.rfind(".") :].lower() if "." in name else ""
