"""What is left of an entry, an item or a line when somebody's data is erased (catalogue I12).

Entries and rows go through the same functions, so that a rebuild from the erased entries gives the erased rows.
In their own mails all words go; elsewhere their addresses become pseudonyms and the lines that repeat their words
are struck. Kind, number, times and states stay. Pure: nothing is looked up, read or written here.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.message.model import Address, Envelope
from mailproc.message.words.passage import Passages
from mailproc.phrase import Phrase, Said
from mailproc.workflow.actor import Actor
from mailproc.workflow.entry import Entry, LetterRecord
from mailproc.workflow.event import Event, facts_of, words_of
from mailproc.workflow.facts import Given, Lost, Rescued
from mailproc.workflow.group import Piece
from mailproc.workflow.item import Item, JournalLine, KeptAttachment

ERASED_DOMAIN = "erased.invalid"  # RFC 6761 §6.4: no mail ever goes there
ERASED_DOCUMENT = "attachment erased"
NO_COMMANDS = "[]"  # what is left of commands that waited for a yes
_WORDS_OF_AN_ITEM = {  # in an event's data, and what takes their place
    "title": "",
    "author_name": "",
    "byline": "",
    "coauthor": "",
    "document": ERASED_DOCUMENT.partition(" ")[2],
    "sha256": "",
    "text_sha256": "",
    "earlier": "",
    "needs": "",
}
_WORDS_OF_A_PIECE = ("name", "need", "sha256", "url", "caption", "credit", "rights", "source", "heading")


def pseudonym(key: bytes, email: str) -> str:
    """`person-3fa9c1d2e4b50617@erased.invalid`: the same for the same address and key, nothing without the key."""
    digest = hmac.digest(key, f"person\0{canonical(email)}".encode(), sha256)
    return f"person-{digest.hex()[:16]}@{ERASED_DOMAIN}"


def is_erased(email: str) -> bool:
    """Whether this is a pseudonym: nobody can be written to there."""
    return email.endswith(f"@{ERASED_DOMAIN}")


@dataclass(frozen=True, slots=True)
class Stub:
    """A mail's file after its octets are gone."""

    offset: int  # octets of our trace fields
    size: int  # octets after them
    sha256: str  # of the same, hex


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays of a mail because members published it."""

    titled: bool  # it opened the item, whose title is public
    text_sha256: str  # of the text that is up


@dataclass(frozen=True, slots=True)
class Erasure:
    """Whose data goes, and what of it."""

    pseudonyms: Mapping[str, str]  # canonical addr-spec -> pseudonym
    pattern: re.Pattern[str] | None  # finds those addresses in any text
    passages: Passages = field(default_factory=Passages)
    everywhere: bool = True  # False: only in `numbers`, `refs` and `letters` (retention)
    numbers: frozenset[int] = frozenset()  # mails that are erased whole
    refs: frozenset[str] = frozenset()  # every reference of the items they opened
    up: frozenset[str] = frozenset()  # those of them that stay public
    titles: Mapping[str, str] = field(default_factory=dict)  # reference -> title, of those that do not
    kept: Mapping[int, Kept] = field(default_factory=dict)  # what stays of the mails of what is up
    standing: frozenset[str] = frozenset()  # SHA-256 of texts that members put up in the place of others
    untouched: frozenset[int] = frozenset()  # mails of others whose text is published: it stays as it is
    letters: frozenset[str] = frozenset()  # ids of letters whose octets go
    blobs: frozenset[str] = frozenset()  # SHA-256 of others' attachments that hold their words
    stubs: Mapping[int, Stub] = field(default_factory=dict)
    letter_stubs: Mapping[str, str] = field(default_factory=dict)  # id -> SHA-256

    # Words

    def theirs(self, who: Actor | str) -> bool:
        """Whether an actor, an address or `member:ana@…` is theirs."""
        email = who.email if isinstance(who, Actor) else who.rpartition(":")[2]
        known = self.everywhere and "@" in email
        return known and (canonical(email) in self.pseudonyms or email in self.pseudonyms.values())

    def addresses(self, text: str) -> str:
        """`text` with pseudonyms for their addresses."""
        return self.pattern.sub(self._pseudonym, text) if self.pattern else text

    def _pseudonym(self, found: re.Match[str]) -> str:
        local, between, domain = re.split(r"(@|%40|=)(?!.*(?:@|%40|=))", found[0], maxsplit=1)
        return self.one(f"{local}@{domain}").replace("@", between)

    def elsewhere(self, text: str) -> str:
        """Words of others, without theirs."""
        return self.addresses(self.passages.struck(text)) if self.everywhere else text

    def one(self, email: str) -> str:
        """An addr-spec."""
        return self.pseudonyms.get(canonical(email), email) if "@" in email else email

    # Entries

    def entry(self, entry: Entry) -> Entry:
        """What is left of an entry."""
        events = tuple(self._event(entry, event) for event in entry.events)
        letters = tuple(self._letter(letter) for letter in entry.letters)
        left = replace(entry, events=events, letters=letters)
        if entry.number in self.stubs:
            left = replace(left, sha256=self.stubs[entry.number].sha256)
        return self._own(left) if entry.number in self.numbers else self._others(left) if self.everywhere else left

    def _own(self, entry: Entry) -> Entry:
        kept = self.kept.get(entry.number)
        same = kept is not None and entry.text_sha256 == kept.text_sha256
        titled = kept is not None and kept.titled
        author = entry.author
        return replace(
            entry,
            state="erased",
            envelope=self.envelope(entry.envelope),
            title=entry.title if titled else "",
            author=author and Address(author.name if titled else "", self.one(author.email)),
            message_id=None,
            logical_key="",
            subject="",
            from_shown="",
            text=entry.text if same else None,
            text_source=entry.text_source if same else source_left(entry.text_source),
            text_sha256=entry.text_sha256 if same else "",
            attachments=self.attachments(entry.number, entry.attachments),
            commands=(),
            unclear=(),
        )

    def _others(self, entry: Entry) -> Entry:
        up = entry.number in self.untouched
        text, digest = (entry.text, entry.text_sha256) if up else self.text(entry.text, entry.text_sha256)
        author = entry.author
        return replace(
            entry,
            envelope=self.envelope(entry.envelope),
            title=entry.title if up else self.elsewhere(entry.title),
            author=author and Address(author.name, self.one(author.email)),
            message_id=entry.message_id and self.addresses(entry.message_id),
            subject=self.elsewhere(entry.subject),
            from_shown=self.elsewhere(entry.from_shown),
            text=text,
            text_sha256=digest,
            attachments=self.attachments(entry.number, entry.attachments),
            commands=tuple(self._command(command) for command in entry.commands),
            unclear=tuple(map(self.elsewhere, entry.unclear)),
        )

    def _command(self, command: str) -> str:
        """A line of the operator about them keeps its verb and whom it was about, without their name or words."""
        if self.pattern is None or not (named := self.pattern.search(command)):
            return self.elsewhere(command)
        return f"{command.partition(' ')[0]} {self._pseudonym(named)}"

    def envelope(self, envelope: Envelope) -> Envelope:
        """An envelope; null and unknown reverse-paths stay what they are."""
        path = envelope.reverse_path
        return Envelope(path and self.addresses(path), tuple(map(self.addresses, envelope.forward_paths)))

    def text(self, text: str | None, digest: str) -> tuple[str | None, str]:
        """A text of somebody else and its SHA-256."""
        left = text and self.elsewhere(text)
        return (text, digest) if left == text or left is None else (left, sha256(left.encode()).hexdigest())

    def attachments(self, number: int, kept: Sequence[KeptAttachment]) -> tuple[KeptAttachment, ...]:
        """The attachments of a mail that stay: of theirs what is up, of others' what does not hold their words."""
        if number in self.numbers:
            return tuple(self._described(each) for each in kept if number in self.kept and each.state == "kept")
        up = number in self.untouched
        return tuple(self._described(each) for each in kept if up or each.attachment.sha256 not in self.blobs)

    def _described(self, kept: KeptAttachment) -> KeptAttachment:
        """An attachment that stays; the first words of a document that is published may name them."""
        if kept.extract is None or not self.everywhere:
            return kept
        return replace(kept, extract=replace(kept.extract, begins=self.addresses(kept.extract.begins)))

    def _letter(self, letter: LetterRecord) -> LetterRecord:
        gone = letter.id in self.letters
        return replace(
            letter,
            to=self.recipient(letter.id, letter.to),
            subject=self.subject(letter.id, letter.subject),
            sha256=self.letter_stubs.get(letter.id, letter.sha256) if gone else letter.sha256,
        )

    def recipient(self, letter: str, to: str) -> str:
        """To whom a letter went."""
        return self.one(to) if self.everywhere or letter in self.letters else to

    def subject(self, letter: str, subject: str) -> str:
        """A letter's subject: it may hold their title."""
        return "" if letter in self.letters else self.elsewhere(subject)

    # Events, and the rows they make

    def _event(self, entry: Entry, event: Event) -> Event:
        own = entry.number in self.numbers
        said = self.addresses if own else self.elsewhere
        spoken = own or self.theirs(event.by)
        named = own or self.everywhere
        return replace(
            event,
            ref=self.addresses(event.ref) if named else event.ref,
            by=self.actor(event.by) if named else event.by,
            words="" if spoken else said(event.words),
            reason=self.addresses(event.reason) if self.everywhere else event.reason,
            facts=facts_of(event.name, self._facts(entry, event, own=own)),
        )

    def actor(self, actor: Actor) -> Actor:
        """An actor, by a pseudonym if they are one of those."""
        return replace(actor, email=self.addresses(actor.email))

    def _facts(self, entry: Entry, event: Event, *, own: bool) -> dict[str, str]:
        """What one kind of event alone needs. Of an item that goes, the words; elsewhere what repeats them."""
        data = words_of(event.facts)
        if event.name is EventName.NOTICE:
            return self._line(data)
        number = event.facts.number if isinstance(event.facts, Rescued) else entry.number
        of_a_piece = event.facts.item if isinstance(event.facts, Given | Lost) else None
        if of_a_piece is not None and self.is_gone(of_a_piece):
            return data | {key: "" for key in _WORDS_OF_A_PIECE if key in data}
        about = self.is_gone(event.ref)
        as_it_is = (number in self.untouched or event.ref in self.up) and event.name is not EventName.MOVE
        left = {key: value if as_it_is else self._datum(key, value) for key, value in data.items()}
        if own or self.everywhere:
            whole = as_it_is or event.name is EventName.MOVE
            left = {key: value if key == "text" and whole else self.addresses(value) for key, value in left.items()}
        if own or self.theirs(event.ref):
            left |= {key: what for key, what in (("name", ""), ("commands", NO_COMMANDS)) if key in left}
        if event.ref in self.refs and "author" in left:
            left["author"] = self.one(left["author"])
        return _of_gone_item(left) if about else _with_hash(left, data)

    def is_gone(self, ref: str) -> bool:
        """Whether nothing of this item's words stays."""
        return ref in self.refs and ref not in self.up

    def _datum(self, key: str, value: str) -> str:
        if key == "commands":
            return self.waiting(value)
        if key == "text":
            return self.proposed(value) or ""
        return self.elsewhere(value) if key == "title" else value

    def proposed(self, text: str | None) -> str | None:
        """A text that somebody proposed; one that is up stays as it is."""
        up = text is not None and self.standing and sha256(text.encode()).hexdigest() in self.standing
        return text if up or text is None else self.elsewhere(text)

    def waiting(self, commands: str) -> str:
        """Somebody else's commands, as JSON, that wait for their yes: all or none."""
        return commands if self.elsewhere(commands) == commands else NO_COMMANDS

    def item(self, item: Item, question: str | None) -> Item:
        """What is left of an item; `question` is the open question as its journal has it now."""
        if item.ref in self.refs:
            author = Address(item.author.name, self.one(item.author.email))
            if item.ref in self.up:
                others = tuple(replace(each, email=self.one(each.email)) for each in item.coauthors)
                left = replace(item, author=author, question=question, new_text=self.proposed(item.new_text))
                return replace(left, coauthors=others)
            return replace(
                item,
                title="",
                author=Address("", author.email),
                text=None,
                text_source=source_left(item.text_source),
                text_sha256="",
                question=question,
                new_text=None,
                earlier_sha256=(),
                notes=(),
                byline=None if item.byline is None else "",
                coauthors=tuple(replace(each, name="", email=self.one(each.email)) for each in item.coauthors),
            )
        author = Address(item.author.name, self.one(item.author.email)) if self.everywhere else item.author
        notes = tuple(replace(each, words=self.elsewhere(each.words)) for each in item.notes)
        others = tuple(replace(each, email=self.one(each.email)) for each in item.coauthors)
        left = replace(item, author=author, question=question, new_text=self.proposed(item.new_text), notes=notes)
        left = replace(left, coauthors=others if self.everywhere else item.coauthors)
        if item.number in self.untouched:
            return left
        text, digest = self.text(item.text, item.text_sha256)
        return replace(left, title=self.elsewhere(item.title), text=text, text_sha256=digest)

    def piece(self, piece: Piece) -> Piece:
        """What is left of a piece of a group's file; addresses in others' are found by the last sweep."""
        if not self.is_gone(piece.ref):
            return piece
        return Piece(piece.ref, piece.number, piece.form, "", "", "", piece.media_type, piece.size, out=piece.out)

    def line(self, line: JournalLine) -> JournalLine:
        """What is left of a line of the journal."""
        own = line.number in self.numbers
        if not own and not self.everywhere:
            return line
        spoken = own or self.theirs(line.actor)
        return replace(
            line,
            ref=self.addresses(line.ref),
            actor=self.actor(line.actor),
            reason=self.addresses(line.reason) if self.everywhere else line.reason,
            words="" if spoken else self.elsewhere(line.words),
        )

    def notice(self, said: Said) -> Said:
        """A line for a member's digest: it may name an item's title. Rows of older releases hold it in words."""
        if not isinstance(said, str):
            return Phrase(said.slug, self._line({name: str(fact) for name, fact in said.facts.items()}))
        words = said
        for ref, title in self.titles.items():
            if words.startswith(f"{ref} {title}:"):
                words = f"{ref} {words.removeprefix(f'{ref} {title}')}"
        return self.elsewhere(words)

    def _line(self, facts: Mapping[str, str]) -> dict[str, str]:
        """What such a line is about, as entries and rows hold it, without a title that goes."""
        left = {name: self.elsewhere(fact) for name, fact in facts.items()}
        if self.everywhere and self.pattern and (named := self.pattern.search(facts.get("who", ""))):
            left["who"] = self._pseudonym(named)  # not the name beside it
        return left | ({"title": ""} if facts.get("ref") in self.titles and "title" in left else {})


def _of_gone_item(data: dict[str, str]) -> dict[str, str]:
    left = {key: _WORDS_OF_AN_ITEM.get(key, value) for key, value in data.items() if key != "text"}
    return left | ({"text_source": source_left(data["text_source"])} if "text_source" in data else {})


def _with_hash(data: dict[str, str], before: Mapping[str, str]) -> dict[str, str]:
    """With the hash of a text that lost lines."""
    changed = "text" in data and data["text"] != before["text"]
    return data | ({"text_sha256": sha256(data["text"].encode()).hexdigest()} if changed else {})


def source_left(text_source: str) -> str:
    """Where a text came from, without a document's name."""
    return ERASED_DOCUMENT if text_source.startswith("attachment ") else text_source


def pattern_of(emails: Iterable[str]) -> re.Pattern[str] | None:
    """Finds these addresses in a text, in any case; not as part of a longer address. None for none.

    Also as links (`jo%40poole.example`) and bounce addresses (`b+jo=poole.example@…`) write them. Not in o'brien@…
    for brien@…: an apostrophe is a quote mark in a text and a letter in a name, and only after an O it is surely one.
    """
    found = []
    for email in sorted(set(emails)):
        local, _, domain = email.rpartition("@")
        local, domain = re.escape(local), re.escape(domain)
        found.append(rf"(?<![\w.+-]){local}(?:@|%40){domain}|(?<![\w.]){local}={domain}")
    return re.compile(rf"(?<!\bo')(?:{'|'.join(found)})(?![\w-]|\.\w)", re.IGNORECASE) if found else None
