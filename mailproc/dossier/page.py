"""A group file laid out, as a value: what stands where, in whose words; `publish.house` makes a page of it.

Everything in it is safe to be shown as text, and what is named `href` is safe to be followed; nothing is in it that
a template must hide: no address of a contributor, no mark of a layout. Words of contributors are whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LEAD, REPLY = "lead", "reply"  # slugs of sections: what stands above all headings; the organisation's own word
OWN = "#"  # before a contributor's own heading, where that is a section's slug
SHOWN_IN_PAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})  # that browsers draw


@dataclass(frozen=True, slots=True)
class Block:
    """One piece where it stands."""

    form: str  # of workflow.group.FORMS
    ref: str  # of its material
    place: int  # among its material's pieces, from 1
    of: int  # how many its material gave
    sha256: str
    name: str = ""  # file name, title, or words of a link, as the contributor wrote it
    heading: str = ""  # above it, below the section's
    text: str = ""  # of a text: its words, octet for octet
    paragraphs: tuple[tuple[str, ...], ...] = ()  # the same words, each line one that must stay one
    language: str = ""  # of its words, where it is known and another than the page's
    caption: str = ""
    alt: str = ""  # of a picture, in words: its caption, or its name made readable
    media_type: str = ""
    size: int = 0  # octets
    href: str = ""  # of a link that may be followed
    address: str = ""  # of a link, as it was written
    credit: str = ""
    rights: str = ""
    source: str = ""
    source_href: str = ""
    by: str = ""  # who gave it, as may be shown
    on: date | None = None  # when it came

    @property
    def label(self) -> str:
        """As it is called in lines of a layout: F-124, or F-124/2 where that gave more than one piece."""
        return f"{self.ref}/{self.place}" if self.of > 1 else self.ref

    @property
    def key(self) -> tuple[str, str]:
        """By which its file is found."""
        return self.ref, self.sha256

    @property
    def drawn(self) -> bool:
        """Whether a browser shows it in the page."""
        return self.form == "picture" and self.media_type in SHOWN_IN_PAGES


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading."""

    slug: str  # of the need; LEAD, REPLY, a form, OWN and a heading; "" for one that a member's layout brought
    heading: str  # "" where the house has a word for its slug
    blocks: tuple[Block, ...]
    place: int = 0  # in the page, from 1; its anchor


@dataclass(frozen=True, slots=True)
class Page:
    """A whole file."""

    title: str  # the group's name
    aliases: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    contributors: tuple[str, ...] = ()  # names that may be shown, in the order of their first piece
    language: str = "en"  # of the house's own words
    on: date | None = None  # of its latest piece

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All pieces, in their order on the page."""
        return tuple(block for section in self.sections for block in section.blocks)
