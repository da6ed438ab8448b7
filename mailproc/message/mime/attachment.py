"""What an attachment is, whether the desk keeps it, and whether it can be somebody's article.

The type comes from the octets, from a short table and not from a library: puremagic 1.30 (1,500 marks)
calls an article that begins with "BM" a bitmap and one that begins with "From" a mailbox, and the desk acts on
no more types than stand here. What no mark tells stays as the mail declared it. Pure; looks at no archive's inside.
"""

from __future__ import annotations

import re

from mailproc.message.field.filename import is_made
from mailproc.message.model import Attachment

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ODT = "application/vnd.oasis.opendocument.text"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_OLE_SUFFIXES = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_OLE_SUFFIXES |= {".msg": "application/vnd.ms-outlook", ".msi": "application/x-msi"}

# (offset, mark, media type), the first that fits. Marks of fewer than four octets only where they are unmistakable.
_MARKS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBPVP8", "image/webp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypqt  ", "video/quicktime"),
    (4, b"ftypM4A ", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (8, b"WAVEfmt ", "audio/wav"),
    (0, b"OggS\0", "audio/ogg"),
    (0, b"fLaC\0", "audio/flac"),
    (0, b"ID3\2", "audio/mpeg"),
    (0, b"ID3\3", "audio/mpeg"),
    (0, b"ID3\4", "audio/mpeg"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xef\xbb\xbf%PDF-", "application/pdf"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xfe\xed\xfa\xce", "application/x-mach-binary"),
    (0, b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xca\xfe\xba\xbe\0", "application/x-mach-binary"),  # and Java classes, which run as well
    (0, b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (0, b"MSCF\0\0\0\0", "application/vnd.ms-cab-compressed"),
    (0, b"!<arch>\ndebian", "application/vnd.debian.binary-package"),
    (0, b"\xed\xab\xee\xdb", "application/x-rpm"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PE = "application/vnd.microsoft.portable-executable"
_SCRIPT = "text/x-script"
_EXECUTABLE_TYPES = frozenset(
    {
        _PE,
        _SCRIPT,
        "application/x-elf",
        "application/x-mach-binary",
        "application/x-ms-shortcut",
        "application/x-msi",
        "application/java-archive",
        "application/vnd.debian.binary-package",
        "application/x-rpm",
        "application/x-msdownload",
        "application/x-msdos-program",
        "application/x-sh",
    }
)
# What a double click would run, on Windows, macOS or Linux; the list mail services refuse, less the data formats.
_EXECUTABLE_NAME = re.compile(
    r"\.(?:ade|adp|apk|app|appx|appxbundle|bat|cmd|chm|com|command|cpl|deb|dll|dmg|exe|gadget|hta|inf|ins|isp|jar|jnlp"
    r"|js|jse|lib|lnk|mde|msc|msi|msix|msp|mst|nsh|pif|pkg|ps1|ps2|psc1|psm1|py|pyc|pyw|reg|rpm|run|scf|scr|sct|sh|shb|sys"
    r"|url|vb|vbe|vbs|vxd|wsc|wsf|wsh|xll)$",
    re.IGNORECASE,
)
_DRAWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/bmp"})
_DOCUMENT_NAME = re.compile(r"\.(?:txt|text|md|markdown|docx|odt|rtf|pdf)$", re.IGNORECASE)
_DOCUMENT_TYPES = frozenset(
    {"text/plain", "text/markdown", _DOCX, _ODT, "application/rtf", "text/rtf", "application/pdf"}
)
_UNKNOWN_TYPES = frozenset({"application/octet-stream", "application/zip"})
ENDS = 64 * 1024  # octets of each end that are looked at: a zip's member names stand at its last


def media_type_of(content: bytes, declared: str, name: str) -> str:
    """The media type: by the octets where they tell, else as `declared` (lower case). Linear, reads both ends only."""
    head = content[:ENDS]
    if head.startswith(b"MZ") and b"\0" in head[:1024]:
        return _PE
    if re.match(rb"#! ?/", head):
        return _SCRIPT
    if head.startswith(_ZIP):
        return _kind_of_zip(head + content[-ENDS:], name)
    if head.startswith(_OLE):
        suffix = name[name.rfind(".") :].lower() if "." in name else ""
        return _OLE_SUFFIXES.get(suffix, declared if "ms" in declared else "application/x-ole-storage")
    return next((kind for at, mark, kind in _MARKS if head.startswith(mark, at)), declared.lower())


def _kind_of_zip(ends: bytes, name: str) -> str:
    """Office documents are zips with known members (OPC, ISO 29500-2; OpenDocument 1.3 part 2 §3.3)."""
    found = re.search(rb"mimetypeapplication/vnd\.oasis\.opendocument\.([a-z-]{1,40})", ends)
    if found:
        return _OPEN_DOCUMENT + found[1].decode("ascii")
    if b"[Content_Types].xml" in ends:
        office = "application/vnd.openxmlformats-officedocument."
        for member, kind in ((b"word/", _DOCX), (b"xl/", office + "spreadsheetml.sheet")):
            if member in ends:
                return kind
        return office + "presentationml.presentation" if b"ppt/" in ends else "application/zip"
    if b"mimetypeapplication/epub+zip" in ends:
        return "application/epub+zip"
    is_java = b"META-INF/MANIFEST.MF" in ends and name.lower().endswith((".jar", ".war", ".apk"))
    return "application/java-archive" if is_java else "application/zip"


def judge(attachment: Attachment, head: bytes, max_bytes: int) -> tuple[str, str]:
    """`("kept", "")`, or `("refused", slug)` with the slug `too-large` or `executable`.

    `head` is the content or its first kilobytes. Executable is what runs by its octets or by its name, since
    systems go by either. Refused is told and journalled, not lost (design §8).
    """
    if attachment.size > max_bytes:
        return "refused", "too-large"
    kinds = {attachment.media_type, attachment.declared_type, media_type_of(head, "", attachment.name)}
    if any(is_executable(attachment.name, kind) for kind in kinds):
        return "refused", "executable"
    return "kept", ""


def is_executable(name: str, media_type: str) -> bool:
    """Whether a system would run it, by its name or by its type."""
    return media_type in _EXECUTABLE_TYPES or _EXECUTABLE_NAME.search(name) is not None


def is_picture(attachment: Attachment) -> bool:
    """Whether a small view of it can be drawn."""
    return attachment.media_type in _DRAWN


def is_text_document(attachment: Attachment) -> bool:
    """Whether this can be the article itself (design §5 Verbatim): .txt .md .docx .odt .rtf .pdf.

    Name and content must not contradict each other. A second text part without a name (a list's footer) is
    none, and nothing inside a forwarded mail is: its words are somebody else's.
    """
    if attachment.within is not None or attachment.media_type not in _DOCUMENT_TYPES | _UNKNOWN_TYPES:
        return False
    if attachment.media_type.startswith("text/") and is_made(attachment.name, attachment.part):
        return attachment.disposition == "attachment"
    return attachment.media_type in _DOCUMENT_TYPES or _DOCUMENT_NAME.search(attachment.name) is not None
