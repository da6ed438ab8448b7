"""The pieces that a contribution brings to a file: its attachments, the links in its text, its text.

A **mail** brings each attachment that was kept and says something by itself, each link once (`link`), and its text,
where nothing else is there or it is more than a covering note: that has at most MOST_OF_A_LONG_NOTE words of its own,
or at most MOST_OF_A_NOTE where the text bears a sign of what the file needs. Labels and file names in it tell of the
files (`label`). A link behind "Source:" is where a file is from, and no piece. Of the mails of one contribution the
later adds, and what came twice counts once. A whole file (`whole`), as a text or a document, is a text for each of its
parts; the document stays a piece, as it was sent.

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
from mailproc.dossier.needs import Need, has_sign, meets, named
from mailproc.dossier.whole import Headings, cut
from mailproc.message.model import Attachment
from mailproc.message.text.nothing import has_words, speaks
from mailproc.message.words.trimming import trimmed
from mailproc.sorting.words import fold
from mailproc.workflow.group import Piece

MOST_OF_A_NOTE = 12  # words of a covering note, where they bear a sign of a text that the file needs
MOST_OF_A_LONG_NOTE = 40  # and where they bear none
_LINKS = frozenset(fold(word) for words in label.LABELS.link.values() for word in words)
_PICTURE, _TEXT, _LINK, _DOCUMENT, _OTHER = "picture", "text", "link", "document", "other"
_DOCUMENTS = ("application/pdf", "application/msword", "application/vnd.", "application/rtf", "text/")


@dataclass(frozen=True, slots=True)
class Document:
    """A document's words, in which a whole file may lie."""

    sha256: str
    text: str
    headings: Headings = ()  # that its own styles mark


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail of a contribution, as far as pieces come of it."""

    number: int
    text: str  # what of it may be put up: the item's text, or what was added to it; "" nothing
    sha256: str = ""  # hex, of the text as it is kept
    said: str = ""  # all that the mail itself says, labels and links beside the text too; "" the text alone
    linked: str = ""  # the same of its HTML, with the targets of links written out; "" where there is none
    attachments: tuple[Attachment, ...] = ()  # those that were kept
    documents: tuple[Document, ...] = ()  # of those, with their words


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one material is made of: its own mail first, then later ones."""

    ref: str
    title: str
    mails: tuple[Mail, ...]


def pieces_of(given: Contribution, needs: Sequence[Need], known: Sequence[Need] = ()) -> tuple[Piece, ...]:
    """The pieces of a contribution, each once, texts first, then files, then links; `needs` are those of its file."""
    found: dict[tuple[str, str], tuple[Piece, str | None]] = {}
    for mail, earlier in _with_earlier(given.mails):
        for piece, about in _of_mail(given, mail, earlier, needs):
            same = (piece.form, piece.sha256)
            before = found.get(same)
            found[same] = (piece, about) if before is None else (_filled(before[0], piece), before[1])
    counted = [
        piece if about is None else replace(piece, need=meets(piece, needs, about, known))
        for piece, about in found.values()
    ]
    order = {_TEXT: 0, _LINK: 2}
    return tuple(sorted(counted, key=lambda piece: order.get(piece.form, 1)))


def form_of(attachment: Attachment) -> str:
    """What a file is."""
    if is_a_picture(attachment):
        return _PICTURE
    if reader_of(attachment) or attachment.media_type.startswith(_DOCUMENTS):
        return _DOCUMENT
    return _OTHER


def is_a_picture(attachment: Attachment) -> bool:
    """Whether it is something to look at, whether or not the desk can draw it small."""
    return attachment.media_type.startswith("image/")


def _with_earlier(mails: Sequence[Mail]) -> Iterator[tuple[Mail, tuple[tuple[int, Attachment], ...]]]:
    """Each mail with (number, file) of those before it: a later one may say whose they are."""
    earlier: tuple[tuple[int, Attachment], ...] = ()
    for mail in mails:
        yield mail, earlier
        earlier += tuple((mail.number, each) for each in mail.attachments if speaks(each))


def _of_mail(
    given: Contribution, mail: Mail, earlier: Sequence[tuple[int, Attachment]], needs: Sequence[Need]
) -> Iterator[tuple[Piece, str | None]]:
    """(piece, what else is said of it; None where its need is known)."""
    own = [(mail.number, each) for each in mail.attachments if speaks(each)]
    files = [*own, *earlier] if own else list(earlier)
    said = _own_words(mail.said or mail.text)
    read = label.read(said, [File(each.name, is_a_picture(each)) for _, each in files], len(own) or None)
    links = [each for each in _links(mail, said) if not _is_source(each, read)]
    parts = _parts(given, mail, mail.text, needs)
    if not parts and mail.sha256 and has_words(mail.text):
        text = _text(given, mail, Said() if own else read.every), f"{given.title} {mail.text}"
        words = _words_beside(mail, read)
        enough = MOST_OF_A_NOTE if has_sign(text[0], needs, text[1]) else MOST_OF_A_LONG_NOTE
        if words > enough or not (own or links):
            yield text
    alone = given.title if len(files) == 1 else ""
    wholes = {each.sha256: _parts(given, mail, each.text, needs, each.headings) for each in mail.documents}
    yield from ((part, None) for found in (parts, *wholes.values()) for part in found)
    for place, (number, each) in enumerate(files):
        file = _file(given, number, each, read.of(place, picture=is_a_picture(each)))
        yield file, None if wholes.get(each.sha256) else alone  # what is cut up counts by its parts
    for link in links:
        yield _link(given, mail, link), ""


def _parts(
    given: Contribution, mail: Mail, text: str, needs: Sequence[Need], headings: Headings = ()
) -> tuple[Piece, ...]:
    """The parts of a whole file, each a text of its own; () where the text is none."""
    found = cut(text, lambda words: named(words, needs), headings) if text else ()
    return tuple(
        Piece(
            ref=given.ref,
            number=mail.number,
            form=_TEXT,
            need=part.need,
            name=part.heading or given.title,
            sha256=part.sha256,
            media_type="text/plain",
            size=len(part.text.encode("utf-8", "surrogatepass")),
            heading=part.heading,
        )
        for part in found
    )


def _own_words(text: str) -> str:
    """Without what is quoted, a signature, or a list's footer."""
    return trimmed(text) or text


def _links(mail: Mail, said: str) -> tuple[Link, ...]:
    """Those in the author's own words, of text and HTML together."""
    return links_in(f"{said}\n{_own_words(mail.linked)}" if mail.linked else said)


def _is_source(link: Link, read: Read) -> bool:
    sources = [read.every.source, read.pictures.source, *(said.source for said in read.files.values())]
    return any(each.key == link.key for source in sources for each in links_in(source))


def _words_beside(mail: Mail, read: Read) -> int:
    """How many words a text has beside its labels and links."""
    labels = {line.strip() for line in read.words}
    rest = [line for line in _own_words(mail.text).split("\n") if line.strip() not in labels]
    return len(without_links("\n".join(rest)).split())


def _text(given: Contribution, mail: Mail, said: Said) -> Piece:
    size = len(mail.text.encode())
    return _told(Piece(given.ref, mail.number, _TEXT, "", given.title, mail.sha256, "text/plain", size), said)


def _file(given: Contribution, number: int, file: Attachment, said: Said) -> Piece:
    return _told(Piece(given.ref, number, form_of(file), "", file.name, file.sha256, file.media_type, file.size), said)


def _link(given: Contribution, mail: Mail, link: Link) -> Piece:
    words = "" if fold(link.words) in _LINKS else link.words
    return Piece(given.ref, mail.number, _LINK, "", words or link.url, link.sha256, url=link.url)


def _told(piece: Piece, said: Said) -> Piece:
    return replace(piece, **{name: getattr(said, name) for name in OF_A_FILE})


def _filled(piece: Piece, later: Piece) -> Piece:
    """The piece with what a later mail says of it, where it said nothing."""
    told = {name: getattr(piece, name) or getattr(later, name) for name in OF_A_FILE}
    return replace(piece, **told)
