"""The pieces that a contribution brings to a file: its attachments, the links in its text, its text.

A **mail** brings each attachment that was kept and says something by itself, each link once (`link`), and its text,
where that has MOST_OF_A_NOTE words of its own or more, or nothing else is there: a shorter one beside files or links
is their covering note. Labels and file names in it tell of the files (`label`). A link behind "Source:" is where a
file is from, and no piece. Of two mails of one contribution the later adds, and what came twice counts once.

Whose it is and when it came stand with the item and its mails (`Piece.ref`, `Piece.number`). As what a piece counts is
`needs.meets`'s. Values only; nothing is fetched, and nothing fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailproc.document.kind import reader_of
from mailproc.dossier import label
from mailproc.dossier.label import OF_A_FILE, File, Read, Said
from mailproc.dossier.link import Link, links_in, without_links
from mailproc.dossier.needs import Need, meets
from mailproc.message.model import Attachment
from mailproc.message.text.nothing import has_words, speaks
from mailproc.message.words.trimming import trimmed
from mailproc.workflow.group import Piece

MOST_OF_A_NOTE = 40  # words of a covering note
_PICTURE, _TEXT, _LINK, _DOCUMENT, _OTHER = "picture", "text", "link", "document", "other"
_DOCUMENTS = ("application/pdf", "application/msword", "application/vnd.", "application/rtf", "text/")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a contribution, as far as pieces come of it."""

    number: int
    text: str  # its author's words; of the mail that holds the item's text, that
    sha256: str = ""  # hex, of the text as it is kept; "" where it is no text to put up
    linked: str = ""  # the same with the targets of links written out; "" where they stand in it
    attachments: tuple[Attachment, ...] = ()  # those that were kept


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one material is made of: its own mail first, then later ones."""

    ref: str
    title: str
    mails: tuple[Mail, ...]


def pieces_of(given: Contribution, needs: Sequence[Need], known: Sequence[Need] = ()) -> tuple[Piece, ...]:
    """The pieces of a contribution, each once, texts first, then files, then links; `needs` are those of its file."""
    found: dict[tuple[str, str], tuple[Piece, str]] = {}
    for mail in given.mails:
        for piece, about in _of_mail(given, mail):
            same = (piece.form, piece.sha256)
            before = found.get(same)
            found[same] = (piece, about) if before is None else (_filled(before[0], piece), before[1])
    counted = [replace(piece, need=meets(piece, needs, about, known)) for piece, about in found.values()]
    order = {_TEXT: 0, _LINK: 2}
    return tuple(sorted(counted, key=lambda piece: order.get(piece.form, 1)))


def form_of(attachment: Attachment) -> str:
    """What a file is."""
    if attachment.media_type.startswith("image/"):
        return _PICTURE
    if reader_of(attachment) or attachment.media_type.startswith(_DOCUMENTS):
        return _DOCUMENT
    return _OTHER


def _of_mail(given: Contribution, mail: Mail) -> Iterator[tuple[Piece, str]]:
    """(piece, what else is said of it)."""
    files = [each for each in mail.attachments if speaks(each)]
    own = trimmed(mail.text) or mail.text
    read = label.read(own, [File(each.name, each.media_type.startswith("image/")) for each in files])
    links = [each for each in _links(mail, own) if not _is_source(each, read)]
    if _is_a_text(mail, own, read, beside=bool(files or links)):
        yield _text(given, mail, read), f"{given.title} {own}"
    alone = "" if len(files) > 1 else given.title
    for place, each in enumerate(files):
        yield _file(given, mail, each, read.of(place, picture=each.media_type.startswith("image/"))), alone
    for link in links:
        yield _link(given, mail, link), ""


def _links(mail: Mail, own: str) -> tuple[Link, ...]:
    """Those in the author's own words; of what is quoted or stands in a signature none."""
    return links_in(trimmed(mail.linked) or mail.linked) if mail.linked else links_in(own)


def _is_source(link: Link, read: Read) -> bool:
    sources = [read.every.source, read.pictures.source, *(said.source for said in read.files.values())]
    return any(each.key == link.key for source in sources for each in links_in(source))


def _is_a_text(mail: Mail, own: str, read: Read, *, beside: bool) -> bool:
    if not mail.sha256 or not has_words(mail.text):
        return False
    lines = own.split("\n")
    rest = without_links("\n".join(line for n, line in enumerate(lines) if n not in read.lines))
    return len(rest.split()) >= MOST_OF_A_NOTE or not beside


def _text(given: Contribution, mail: Mail, read: Read) -> Piece:
    said = Said() if any(map(speaks, mail.attachments)) else read.every
    size = len(mail.text.encode())
    return _told(Piece(given.ref, mail.number, _TEXT, "", given.title, mail.sha256, "text/plain", size), said)


def _file(given: Contribution, mail: Mail, file: Attachment, said: Said) -> Piece:
    piece = Piece(given.ref, mail.number, form_of(file), "", file.name, file.sha256, file.media_type, file.size)
    return _told(piece, said)


def _link(given: Contribution, mail: Mail, link: Link) -> Piece:
    return Piece(given.ref, mail.number, _LINK, "", link.words or link.url, link.sha256, url=link.url)


def _told(piece: Piece, said: Said) -> Piece:
    return replace(piece, **{name: getattr(said, name) for name in OF_A_FILE})


def _filled(piece: Piece, later: Piece) -> Piece:
    """The piece with what a later mail says of it, where it said nothing."""
    told = {name: getattr(piece, name) or getattr(later, name) for name in OF_A_FILE}
    return replace(piece, **told)
