"""Documents that are made to hurt whoever reads them: each a name, the reader it is for, and its octets.

Made when they are asked for, small on the disk and huge inside. `python -m bench.documents` and the tests share them.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
O = f'xmlns:office="{_ODF}office:1.0" xmlns:text="{_ODF}text:1.0" xmlns:table="{_ODF}table:1.0"'  # noqa: E741 - as W
MILLION = 1_000_000
Chunks = Iterable[bytes | str]


def zipped(members: dict[str, Chunks | str | bytes]) -> bytes:
    """A zip of these members; what is long comes in pieces, so that the making stays small too."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            with archive.open(name, "w", force_zip64=True) as member:
                for chunk in [content] if isinstance(content, str | bytes) else content:
                    member.write(chunk.encode() if isinstance(chunk, str) else chunk)
    return made.getvalue()


def docx(body: Chunks | str, **others: Chunks | str) -> bytes:
    """A .docx of this body."""
    pieces = [body] if isinstance(body, str) else body
    text = (f"<w:document {W} {MC}><w:body>", *pieces, "</w:body></w:document>") if isinstance(body, str) else body
    named = {f"word/{name}.xml": content for name, content in others.items()}
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": text, **named})


def odt(body: Chunks | str, manifest: str = "<manifest/>") -> bytes:
    """An .odt of this body."""
    head = f"<office:document-content {O}><office:body><office:text>"
    tail = "</office:text></office:body></office:document-content>"
    text = [head, body, tail] if isinstance(body, str) else body
    mimetype = "application/vnd.oasis.opendocument.text"
    return zipped({"mimetype": mimetype, "META-INF/manifest.xml": manifest, "content.xml": text})


def _around(head: str, piece: str, times: int, tail: str) -> Iterator[bytes]:
    """`head`, so many of `piece`, `tail`, in pieces of a thousand."""
    yield head.encode()
    thousand = (piece * 1000).encode()
    for _ in range(times // 1000):
        yield thousand
    yield tail.encode()


_DOC, _END = f"<w:document {W} {MC}><w:body>", "</w:body></w:document>"
_ODOC = f"<office:document-content {O}><office:body><office:text>"
_OEND = "</office:text></office:body></office:document-content>"
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


def _in_word(piece: str, times: int) -> bytes:
    return docx(_around(_DOC, piece, times, _END))


def _in_odt(piece: str, times: int) -> bytes:
    return odt(_around(_ODOC, piece, times, _OEND))


def _nested(opens: str, closes: str, times: int = 100_000) -> bytes:
    return docx([f"{_DOC}<w:p><w:r><w:t>Before</w:t></w:r></w:p>", opens * times, closes * times, _END])


def _many_members() -> bytes:
    return zipped({f"word/{n}": "" for n in range(50_000)} | {"word/document.xml": _DOC + _END})


def _absurd_names() -> bytes:
    text = f"{_DOC}<w:p><w:r><w:t>Named absurdly</w:t></w:r></w:p>{_END}"
    names = (
        "../../../../etc/passwd",
        "/etc/shadow",
        "C:\\Windows\\x",
        "a\nb",
        "x" * 60_000,
        "\u202egpj.exe",
        "con",
        ".",
    )
    return zipped({**dict.fromkeys(names, "root"), "word/document.xml": text})


def _flagged(octets: bytes, offset: int, value: int) -> bytes:
    """The same zip with a field of each central header (APPNOTE 4.3.12) set: flags stand at 8, the method at 10."""
    changed = bytearray(octets)
    at = octets.find(b"PK\x01\x02")
    while at >= 0:
        changed[at + offset : at + offset + 2] = struct.pack("<H", value)
        at = octets.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


_PLAIN_DOCX = docx("<w:p><w:r><w:t>Words that nobody can reach</w:t></w:r></w:p>")


def pdf(objects: Iterable[bytes], root: int = 1, encrypt: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1, with a right table of references."""
    made = io.BytesIO()
    made.write(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(made.tell())
        made.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table = made.tell()
    made.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    made.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    made.write(
        b"trailer\n<< /Size %d /Root %d 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, root, encrypt, table)
    )
    return made.getvalue()


def stream(octets: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(octets), more, octets)


_FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
_WORDS = b"BT /F1 12 Tf 72 720 Td (A page of the harbour) Tj ET"


def pages(count: int, content: bytes = b"") -> bytes:
    """A PDF of so many pages that share their words."""
    kids = b" ".join(b"%d 0 R" % number for number in range(5, count + 5))
    fonts = b"/Resources << /Font << /F1 4 0 R >> >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R %s >>" % fonts
    tree = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids)
    start = [b"<< /Type /Catalog /Pages 2 0 R >>", tree, content or stream(_WORDS), _FONT]
    return pdf([*start, *[page] * count])


def _squeezed(times: int, piece: bytes) -> bytes:
    """A stream that unpacks to so many megabytes."""
    packer = zlib.compressobj(9)
    octets = b"".join([packer.compress(piece * (MILLION // len(piece))) for _ in range(times)])
    return stream(octets + packer.flush(), b"/Filter /FlateDecode ")


def _deep_pdf() -> bytes:
    deep = b"[" * 200_000 + b"]" * 200_000
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids %s >>" % deep])


def _looping_pdf() -> bytes:
    kids = b"[2 0 R 3 0 R]"
    tree = b"<< /Type /Pages /Parent 3 0 R /Count 1000000000 /Kids %s >>" % kids
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", tree, tree])


def _locked_pdf() -> bytes:
    words = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"]
    secret = b"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -44 /O <%s> /U <%s> >>" % (b"4f" * 32, b"55" * 32)
    return pdf([*words, secret], encrypt=b"/Encrypt 3 0 R /ID [<00112233> <00112233>] ")


_RTF = b"{\\rtf1\\ansi Words before. "

# name -> (reader, octets, failures that it may come to)
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "docx, one run of 400 MB": ("docx", lambda: _in_word_run("word " * 200, 400_000), "partly"),
    "docx, an attribute of 60 MB": (
        "docx",
        lambda: docx([_DOC, '<w:p w:x="', *["y" * MILLION] * 60, '"/>', _END]),
        "damaged",
    ),
    "docx, a million paragraphs": (
        "docx",
        lambda: _in_word("<w:p><w:r><w:t>a line</w:t></w:r></w:p>", MILLION),
        "partly",
    ),
    "docx, ten million elements": ("docx", lambda: _in_word("<w:p/>", 10 * MILLION), "partly"),
    "docx, tables in tables": ("docx", lambda: _nested("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"), "partly"),
    "docx, boxes in boxes": (
        "docx",
        lambda: _nested("<w:p><w:r><w:txbxContent>", "</w:txbxContent></w:r></w:p>"),
        "partly",
    ),
    "docx, a million marks of notes": (
        "docx",
        lambda: _in_word('<w:footnoteReference w:id="1"/>', MILLION),
        "partly no-words",
    ),
    "docx, entities in entities": (
        "docx",
        lambda: zipped({"word/document.xml": f'<!DOCTYPE d [<!ENTITY l0 "ha">{_LAUGHS}]>{_DOC}&l11;{_END}'}),
        "damaged",
    ),
    "docx, an entity from a file": (
        "docx",
        lambda: zipped({"word/document.xml": f'<!DOCTYPE d [<!ENTITY x SYSTEM "/etc/passwd">]>{_DOC}&x;{_END}'}),
        "damaged",
    ),
    "docx, 50,000 members": ("docx", _many_members, "damaged"),
    "docx, absurd names": ("docx", _absurd_names, ""),
    "docx, members with a password": ("docx", lambda: _flagged(_PLAIN_DOCX, 8, 1), "encrypted"),
    "docx, packed in an unknown way": ("docx", lambda: _flagged(_PLAIN_DOCX, 10, 99), "damaged"),
    "docx, broken off": ("docx", lambda: _PLAIN_DOCX[: len(_PLAIN_DOCX) // 2], "damaged"),
    "docx, of zeros": ("docx", lambda: bytes(MILLION), "damaged"),
    "docx, its own relation": (
        "docx",
        lambda: zipped(
            {
                "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                '<Relationship Type="x/officeDocument" Target="../../_rels/.rels"/></Relationships>'
            }
        ),
        "damaged no-words",
    ),
    "docx, locked by its program": (
        "sealed",
        lambda: b"\xd0\xcf\x11\xe0" + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "odt, 400 MB": ("odt", lambda: _in_odt(f"<text:p>{'word ' * 200}</text:p>", 400_000), "partly"),
    "odt, a million paragraphs": ("odt", lambda: _in_odt("<text:p>a line</text:p>", MILLION), "partly"),
    "odt, lists in lists": ("odt", lambda: odt([_ODOC, "<text:list><text:list-item>" * 100_000, _OEND]), "partly"),
    "odt, notes in notes": ("odt", lambda: odt([_ODOC, "<text:p><text:note>" * 100_000, _OEND]), "partly"),
    "odt, a thousand million spaces": (
        "odt",
        lambda: _in_odt('<text:p>a<text:s text:c="1000000000"/></text:p>', 100_000),
        "",
    ),
    "odt, with a password": ("odt", lambda: odt("<text:p>x</text:p>", "<m:encryption-data/>"), "encrypted"),
    "odt, entities": (
        "odt",
        lambda: zipped({"content.xml": f'<!DOCTYPE d [<!ENTITY a "b">]>{_ODOC}&a;{_OEND}'}),
        "damaged",
    ),
    "rtf, a million groups": ("rtf", lambda: _RTF + b"{" * 4 * MILLION, "damaged"),
    "rtf, a million notes": ("rtf", lambda: _RTF + b"{\\footnote x" * 600_000, "damaged too-much"),
    "rtf, numbers without end": (
        "rtf",
        lambda: _RTF + b"\\u" + b"9" * MILLION + b" \\uc9999999999 \\u-99999999999?}",
        "",
    ),
    "rtf, a hole of octets": ("rtf", lambda: _RTF + b"\\bin9999999999 }", "damaged"),
    "rtf, 9 MB": ("rtf", lambda: _RTF + b"word " * 1_900_000 + b"}", "too-large"),
    "pdf, 100,000 pages": ("pdf", lambda: pages(100_000), "partly too-slow too-much died"),
    "pdf, a stream of 1 GB": ("pdf", lambda: pages(1, _squeezed(1000, b"(word) Tj ")), "died too-much too-slow partly"),
    "pdf, a stream of 1 GB of zeros": (
        "pdf",
        lambda: pages(1, _squeezed(1000, b"\0")),
        "died too-much too-slow partly no-words",
    ),
    "pdf, 200,000 arrays in arrays": ("pdf", _deep_pdf, "damaged died no-words"),
    "pdf, pages in a circle": ("pdf", _looping_pdf, "damaged died no-words partly too-slow"),
    "pdf, with a password": ("pdf", _locked_pdf, "encrypted"),
    "pdf, broken off": ("pdf", lambda: pages(20)[:400], "damaged no-words"),
    "pdf, a head alone": ("pdf", lambda: b"%PDF-1.7\n" + bytes(MILLION), "damaged"),
    "txt, one line of 7 MB": ("plain", lambda: b"word" * 1_800_000, "partly"),
    "txt, 9 MB": ("plain", lambda: b"word\n" * 1_900_000, "too-large"),
    "txt, of zeros": ("plain", lambda: bytes(MILLION), "damaged"),
    "txt, half a character": ("plain", lambda: b"\xff\xfea\0b\0\0", ""),
}


def _in_word_run(piece: str, times: int) -> bytes:
    return docx(_around(f"{_DOC}<w:p><w:r><w:t>", piece, times, f"</w:t></w:r></w:p>{_END}"))
