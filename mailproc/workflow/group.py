"""A group file: the dossier on an organisation, what it still needs, and what it is made of.

What may follow what in a file's life is `life.FILE`; what a need or a form means, how pieces are found in mails and
how a file is laid out is `dossier`'s. Values only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

STATES = ("wanted", "gathering", "complete", "claimed", "up", "offline")
LOOKED_FOR = ("wanted", "gathering")  # states of a file that still takes material
DOMAIN = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+")  # at least two labels
FORMS = ("text", "picture", "document", "link", "other")


@dataclass(frozen=True, slots=True)
class Group:
    """An organisation the publication keeps a file on; never a private person."""

    name: str
    aliases: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # "a photo of the office", ...
    state: str = "wanted"
    domains: tuple[str, ...] = ()  # of its own mail: what comes from there about its file has a right of reply
    since: datetime | None = None  # when it came into its state
    claimed_by: str = ""  # registered addr-spec of the member who puts it up, or did
    layout: tuple[str, ...] = ()  # lines by which its claimer ordered it, see `dossier`; () the house's order
    shown_at: datetime | None = None  # when its contributors last saw the layout
    objects_until: datetime | None = None  # and until when they may object
    url: str = ""  # where it is for readers, or was before it went offline
    up_at: datetime | None = None
    example: bool = False  # it came with mailproc, and nobody has worked on it: rules find it, nobody is asked for it


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that a contributor gave to a file: a text, a picture, a document, a link."""

    ref: str  # of its material, as it is called now
    number: int  # of the mail that brought it
    form: str  # of FORMS
    need: str  # as what it counts: a slug of rules/groups.toml; "" as nothing that the file needs
    name: str  # file name as the contributor wrote it; of a text its title; of a link its words
    sha256: str  # hex, of its octets; of a link, of the address by which links are compared
    media_type: str = ""
    size: int = 0  # octets
    url: str = ""  # of a link, as it was written; never fetched
    caption: str = ""
    credit: str = ""  # whose work it is
    rights: str = ""
    source: str = ""  # where the contributor has it from
    heading: str = ""  # of a part of a whole file, as written
    out: bool = False  # it was taken out again


@dataclass(frozen=True, slots=True)
class Objection:
    """What a contributor says against the layout of a file; one at a time from each."""

    email: str
    words: str
    at: datetime
    number: int  # of the mail


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of members' own about what is looked for: a section, a file, a free line."""

    section: str = ""
    file: str = ""  # a group's name
    words: str = ""
    wanted: bool = True  # False: not looked for, whatever the file needs
    until: datetime | None = None
    at: datetime | None = None
    member: str = ""  # registered addr-spec; "" the operator
