"""Items, what was said on them, and the files that they make."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false

from mailproc.store.columns import Coauthors, Instant, PageNotes, Words
from mailproc.store.schema.ground import item_row, message_number, metadata

items = Table(
    "items",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    message_number(),
    Column("state", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("author_email", Text, nullable=False),
    Column("author_key", Text, nullable=False),
    Column("authenticated", Boolean, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("waiting_since", Instant, nullable=False),
    Column("section", Text),
    Column("group", Text),
    Column("language", Text, nullable=False),
    Column("text", Text),
    Column("text_source", Text, nullable=False),
    Column("text_sha256", Text, nullable=False),
    Column("proved", Text, nullable=False, server_default=""),
    Column("settles_at", Instant),
    Column("decided_at", Instant),
    Column("published_at", Instant),
    Column("place", Text),
    Column("guess", Text),
    Column("next_guess", Text),
    Column("question", Text),
    Column("reminded", Integer, nullable=False),
    Column("extent", Text, nullable=False),
    Column("motion", Text, nullable=False, server_default=""),
    Column("motion_since", Instant),
    Column("new_text", Text),
    Column("consent_at", Instant),
    Column("motion_by", Text, nullable=False, server_default=""),
    Column("motion_settles", Text, nullable=False, server_default=""),
    Column("replaced_at", Instant),
    Column("replaced_by", Text, nullable=False, server_default=""),
    Column("earlier_sha256", Words, nullable=False, server_default="[]"),
    Column("motion_of", Text, nullable=False, server_default=""),
    Column("notes", PageNotes, nullable=False, server_default="[]"),
    Column("about", Text, nullable=False, server_default=""),
    Column("again_at", Instant),
    Column("appeal_until", Instant),
    Column("appealed_at", Instant),
    Column("byline", Text),
    Column("coauthors", Coauthors, nullable=False, server_default="[]"),
    Column("renames", Boolean, nullable=False, server_default=false()),
    Column("held_until", Instant),
    Column("publish_at", Instant),
    Column("hidden_at", Instant),
    UniqueConstraint("number", "kind"),  # catalogue I3: one mail opens at most one item of each kind
    Index(None, "state", "waiting_since"),
    Index(None, "settles_at"),
    Index(None, "author_key"),
)

aliases = Table(  # every reference an item ever bore, the present one too: none is given twice, ever
    "aliases",
    metadata,
    Column("ref", Text, primary_key=True),
    item_row(),
    Column("position", Integer, nullable=False),  # 0 the oldest
    Index(None, "item"),
)

item_messages = Table(
    "item_messages",
    metadata,
    Column("item", Integer, ForeignKey("items.id"), primary_key=True),
    Column("number", Integer, ForeignKey("received.number"), primary_key=True),
    Column("role", Text, primary_key=True),  # opening addition version answer ...
    Index(None, "number"),
)

attachments = Table(
    "attachments",
    metadata,
    Column("number", Integer, ForeignKey("received.number"), primary_key=True),
    Column("position", Integer, primary_key=True),  # in the order of the mail
    Column("part", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("declared_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("disposition", Text),
    Column("content_id", Text),
    Column("within", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("extract_begins", Text, nullable=False, server_default=""),
    Column("extract_words", Integer),  # null: no extract
    Column("extract_failure", Text, nullable=False, server_default=""),
    Index(None, "sha256"),
)

votes = Table(
    "votes",
    metadata,
    Column("item", Integer, ForeignKey("items.id"), primary_key=True),
    Column("member", Text, primary_key=True),  # catalogue I5: one standing vote each
    Column("verdict", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("undone", Boolean, nullable=False),
    Column("because", Text, nullable=False, server_default=""),
    Column("again", Instant),
    Column("barred", Boolean, nullable=False, server_default=false()),
)

asked = Table(  # whom an item was put before, and who said "not me"
    "asked",
    metadata,
    Column("item", Integer, ForeignKey("items.id"), primary_key=True),
    Column("member", Text, primary_key=True),  # registered addr-spec
    Column("at", Instant, nullable=False),
    Column("declined", Boolean, nullable=False, server_default=false()),
    Column("in_place_of", Text, nullable=False, server_default=""),  # of whom they are the stand-in
    Column("turn", Integer, nullable=False, server_default="0"),  # of what is before one at a time
    Index(None, "member", "at"),
)

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),  # the order of the lines
    Column("item", Integer, ForeignKey("items.id")),  # none: a line on a member or a group
    Column("ref", Text, nullable=False),  # as it was then
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Index(None, "item"),
    Index(None, "ref"),
)

groups = Table(
    "groups",
    metadata,
    Column("name_key", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("aliases", Words, nullable=False),
    Column("needs", Words, nullable=False),
    Column("state", Text, nullable=False),
    Column("domains", Words, nullable=False, server_default="[]"),  # of the organisation's own mail
    Column("since", Instant),  # when it came into its state
    Column("claimed_by", Text, nullable=False, server_default=""),  # registered addr-spec
    Column("layout", Words, nullable=False, server_default="[]"),  # as its claimer ordered it: see `dossier`
    Column("shown_at", Instant),  # when its contributors last saw the layout
    Column("objects_until", Instant),  # and until when they may object
    Column("url", Text, nullable=False, server_default=""),  # where it is, or was, for readers
    Column("up_at", Instant),
)

pieces = Table(  # what the files of groups are made of
    "pieces",
    metadata,
    Column("id", Integer, primary_key=True),  # in the order in which they came
    Column("file", Text, nullable=False),  # the group's name_key
    item_row(),
    message_number(),  # the mail that brought it
    Column("form", Text, nullable=False),  # text picture document link other
    Column("need", Text, nullable=False),  # as what it counts, a slug of rules/groups.toml; "" as nothing
    Column("name", Text, nullable=False),  # as the contributor calls it
    Column("media_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),  # of its octets; of a link, of the address by which it is compared
    Column("url", Text, nullable=False),  # of a link, as it was written
    Column("caption", Text, nullable=False),
    Column("credit", Text, nullable=False),
    Column("rights", Text, nullable=False),
    Column("source", Text, nullable=False),  # where the contributor has it from
    Column("heading", Text, nullable=False),  # of a part of a whole file, as written
    Column("out", Boolean, nullable=False, server_default=false()),  # it was taken out
    Index(None, "file"),
    Index(None, "item"),
)

objections = Table(  # what contributors say against the layout of a file
    "objections",
    metadata,
    Column("file", Text, primary_key=True),
    Column("email", Text, primary_key=True),  # addr-spec
    Column("words", Text, nullable=False),
    Column("at", Instant, nullable=False),
    message_number(),
)

wanted = Table(  # what members look for beside the needs of files
    "wanted",
    metadata,
    Column("key", Text, primary_key=True),  # folded words, with section or file
    Column("section", Text, nullable=False),
    Column("file", Text, nullable=False),  # a group's name
    Column("words", Text, nullable=False),  # a free line
    Column("wanted", Boolean, nullable=False),  # false: members said that it is not, whatever the file needs
    Column("until", Instant),
    Column("at", Instant, nullable=False),
    Column("member", Text, nullable=False),  # registered addr-spec; "" the operator
)
