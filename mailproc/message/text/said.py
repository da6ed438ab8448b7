"""What each part says that may be the text of a mail: read once, within the limits of a whole mail.

Characters are `mime/characters`' business, HTML is `pages`', files in the text are `uuencode`'s. It never raises and
chooses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailproc.message.mime.characters import Characters, characters
from mailproc.message.mime.parts import Leaf
from mailproc.message.text.pages import Page, pages_of
from mailproc.message.text.uuencode import File, carve, may_hold_files
from mailproc.message.words.page import visible

MAX_TEXT_BYTES = 1 << 20  # 200,000 words; a longer text is a document that came without being attached
MAX_ANSWER_BYTES = 6 << 20  # of all plain parts together, if not as a text to publish
MAX_CODED_BYTES = 24 << 20  # of a plain part in which a file stands
MAX_HTML_BYTES = 8 << 20  # pictures written into it count here, and are not read


@dataclass(frozen=True, slots=True)
class Said:
    """What one part says."""

    leaf: Leaf
    text: str  # of an HTML part what its readers see
    characters: Characters
    defects: tuple[str, ...]
    page: Page | None = None  # of an HTML part
    files: tuple[File, ...] = ()  # that stood in the text
    size: int = 0  # octets of a plain part, without its files
    is_beyond: bool = False  # it was not read: even for an answer it is too long

    @property
    def is_blank(self) -> bool:
        """Whether nobody sees a word in it."""
        if self.is_beyond or (self.page is not None and self.page.cut):
            return False
        return self.size <= MAX_TEXT_BYTES and not visible(self.text).strip()


AllSaid = Mapping[str, Said]  # by part


def all_said(own: Sequence[Leaf]) -> AllSaid:
    """What each of these parts says."""
    left = MAX_ANSWER_BYTES
    found: dict[str, Said] = {}
    for leaf in own:
        if not leaf.is_html:
            found[leaf.part] = _plain(leaf, left)
            left = max(0, left - found[leaf.part].size)
    return found | _html([leaf for leaf in own if leaf.is_html])


def _plain(leaf: Leaf, limit: int) -> Said:
    octets = leaf.body.read(limit + 1)
    if len(octets) > limit and may_hold_files(octets):
        octets = leaf.body.read(MAX_CODED_BYTES)
    octets, files, broken = carve(octets)
    if len(octets) > limit:
        return Said(leaf, "", Characters("", "US-ASCII", "", 0, ()), (), size=len(octets), is_beyond=True)
    read = characters(leaf, octets)
    slugs = (*read.defects, *("bad-uuencode",) * broken)
    return Said(leaf, read.text, read, slugs, files=files, size=len(octets))


def _html(leaves: Sequence[Leaf]) -> dict[str, Said]:
    limit = MAX_HTML_BYTES // max(1, len(leaves))
    read = [characters(leaf, leaf.body.read(limit)) for leaf in leaves]
    pages = pages_of([each.text for each in read])
    return {
        leaf.part: Said(leaf, page.text, each, (*each.defects, *("html-too-long",) * page.cut), page)
        for leaf, each, page in zip(leaves, read, pages, strict=True)
    }
