"""What a letter shows of attachments: pictures in small, and which files are attached to it.

Values, and how much of it all a letter holds: a few small views an item, so many octets a letter; the rest is counted.
Octets come from elsewhere (`desk.tell.sight`); words are the templates'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailproc.letters.digest import Digest, DigestItem
from mailproc.letters.laid import Parcel
from mailproc.workflow.item import KeptAttachment

AN_ITEM = 4  # small views of one item in a digest
ALONE = 12  # in a letter on it alone
A_LETTER = 2_000_000  # octets of all small views in a letter


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What became of an attachment in the letter that brings an item's attachments."""

    number: int  # of the attachment in the item's list
    kept: KeptAttachment
    name: str = ""  # of the file as it is attached; "" it is not
    media_type: str = ""
    octets: bytes = b""
    how: str = ""  # "whole", "scaled" (a picture made smaller), "text" (under a name that opens in no browser)
    why: str = ""  # slug: why it is not attached


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as readers will see it."""

    name: str  # of the file
    octets: bytes

    @property
    def file(self) -> tuple[str, str, bytes]:
        """As a Draft takes it."""
        return self.name, "application/octet-stream", self.octets  # as text programs show it among the letter's lines


def within(entries: Sequence[DigestItem], each: int, room: int = A_LETTER) -> Iterator[DigestItem]:
    """The items with as many of their small views as a letter holds; what is left out is counted."""
    for entry in entries:
        shown = []
        for picture in entry.pictures[:each]:
            if len(picture.octets) > room:
                break
            room -= len(picture.octets)
            shown.append(picture)
        left_out = entry.more_pictures + len(entry.pictures) - len(shown)
        yield replace(entry, pictures=tuple(shown), more_pictures=left_out)


def images(context: Mapping[str, object], html: str) -> tuple[tuple[str, str, bytes], ...]:
    """The pictures that a letter's HTML shows, each once, as a Draft takes them; an older template may show none."""
    digest, entry = context.get("digest"), context.get("entry")
    entries = digest.items if isinstance(digest, Digest) else (entry,) if isinstance(entry, DigestItem) else ()
    found = {picture.content_id: picture.octets for entry in entries for picture in entry.pictures}
    return tuple((cid, "image/jpeg", octets) for cid, octets in found.items() if f'"cid:{cid}"' in html)


def files(context: Mapping[str, object]) -> tuple[tuple[str, str, bytes], ...]:
    """The files that go with a letter, as a Draft takes them."""
    told = context.get("enclosed")
    every = told if isinstance(told, tuple) else ()
    shown = tuple((one.name, one.media_type, one.octets) for one in every if isinstance(one, Enclosed) and one.name)
    whole = (context.get("parcel"), context.get("sheet"))
    return (*shown, *(each.file for each in whole if isinstance(each, Parcel | Sheet)))
