"""`forget`: one person's data goes, everywhere; what happened stays, told of a pseudonym (catalogue I12, S92).

The message of the operator names the person by a keyed hash only; whom it means is looked up among the addresses that
rows know, so that a try that died finds them again. Mail of theirs that comes later is a new person's. What members
published stays unless the operator says otherwise; what waits is withdrawn, and nobody is written to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from mailproc.desk.erase import erasing, searching
from mailproc.desk.erase.erasing import Found, Scope
from mailproc.desk.erase.searching import Signs
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn import apply
from mailproc.desk.turn.turn import Turn
from mailproc.errors import UnknownReference
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.message.words.passage import passages, said_first
from mailproc.review.member import Member
from mailproc.store import erase as erasing_rows
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.people import members
from mailproc.store.service import backups as backup_rows
from mailproc.store.work import items, journal, votes
from mailproc.workflow import machine
from mailproc.workflow.actor import OPERATOR
from mailproc.workflow.erasing import Erasure, is_erased, pattern_of, pseudonym
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.facts import Moved
from mailproc.workflow.item import Item
from mailproc.workflow.received import Received

KEEP, ERASE = "keep", "erase"  # what is published of theirs
TWO_WORDS = 2  # a name of two words is looked for in letters to anybody


@dataclass(frozen=True, slots=True)
class Report:
    """What would be erased, and what stays and why."""

    pseudonyms: tuple[str, ...]
    messages: tuple[int, ...]  # of theirs
    items: tuple[tuple[str, str, str], ...]  # reference, state, what becomes of it
    letters: int  # to them
    letters_to_others: int
    mails_of_others: tuple[int, ...]
    attachments: int  # that nobody else sent
    votes: int
    membership: str  # their state as a member, "" for none
    published: tuple[tuple[str, str, str], ...]  # reference, place, keep or erase
    stays: tuple[str, ...]  # a line each


def people_of(conn: Connection, desk: Desk, email: str) -> dict[str, str]:
    """The addresses of the person behind one: canonical -> pseudonym."""
    member = members.get(conn, email)
    known = {email, *(member.addresses if member else ())}
    return {canonical(each): pseudonym(desk.key, each) for each in known}


def command_of(desk: Desk, email: str, published: str) -> str:
    """The operator's line for this person. Raises UnknownReference where nothing is known of them."""
    with reading(desk.engine) as conn:
        people = people_of(conn, desk, email)
        known = {canonical(each) for each in erasing_rows.addresses(conn)}
    if not known & people.keys():
        for name in known & set(people.values()):
            raise UnknownReference(
                f"{email}: no row knows this address any more, it is {name} now; what is published comes down "
                f"with `mailproc forget {name} --published erase --yes`"
            )
        raise UnknownReference(f"{email}: no row knows this address; `mailproc received list` shows who wrote")
    return " ".join(["forget", published, *sorted(people.values())])


def scope_of(conn: Connection, desk: Desk, people: dict[str, str], published: str, before: int | None = None) -> Scope:
    """All that rows tell of a person; mails from number `before` on are somebody new's."""
    spelled = {each for each in erasing_rows.addresses(conn) if canonical(each) in people} | people.keys()
    own, waiting = _mails(conn, people, before)
    theirs = _items(conn, people, {row.number for row in own})
    said = list(_words(conn, desk, own, theirs, people))
    words = passages((text for _, text in said), searching.common_words(desk))
    erasure = Erasure(people, pattern_of(spelled), said_first(words, said, _words_of_others(conn, theirs)))
    numbers = frozenset(row.number for row in own)
    keep = published == KEEP
    known = [member for email in people if (member := members.get(conn, email))]
    return Scope(
        signs=_signs(conn, erasing.erasure_of(conn, erasure, theirs, numbers, keep=keep), theirs, known),
        items=tuple(theirs),
        own=tuple(own),
        waiting=tuple(waiting),
        down=() if keep else tuple(item for item in theirs if item.state in machine.UP and item.place),
    )


def _mails(conn: Connection, people: dict[str, str], before: int | None) -> tuple[list[Received], list[int]]:
    """Their mails that had their turn or never will; those that wait."""
    own, waiting = [], []
    for row in rows.every(conn):
        sender = row.author or row.envelope.reverse_path or ""
        if "@" in sender and canonical(sender) in people and (before is None or row.number < before):
            if row.state == "received":
                waiting.append(row.number)
            else:
                own.append(row)
    return own, waiting


def _items(conn: Connection, people: dict[str, str], numbers: set[int]) -> list[Item]:
    return [
        item
        for item in items.every(conn)
        if item.number in numbers or ("@" in item.author.email and canonical(item.author.email) in people)
    ]


def _words(
    conn: Connection, desk: Desk, own: Iterable[Received], theirs: Iterable[Item], people: dict[str, str]
) -> Iterator[tuple[int, str]]:
    """What they wrote themselves, not what they quoted of ours; each with a message that said it."""
    for listed in theirs:
        item = items.get(conn, listed.ref) or listed
        yield from ((item.number, item.title), (item.number, item.text or ""))
        said = (line for line in journal.of(conn, item.ref) if line.actor.bears(people.keys()))
        yield from ((line.number, line.words) for line in said)
    for each in items.every(conn):
        said_of_it = (vote for vote in votes.of(conn, each.ref) if canonical(vote.member) in people)
        yield from ((each.number, vote.words) for vote in said_of_it)
    for row in own:
        entry = archive.read_entry(desk.archive, row.number)
        if entry is not None:
            happened = [event for event in entry.events if event.name != "notice"]
            proposed = (e.facts.text for e in happened if isinstance(e.facts, Moved) and e.facts.text is not None)
            words = (entry.text or "", *(event.words for event in happened), *proposed)
            yield from ((row.number, text) for text in words)


def _words_of_others(conn: Connection, theirs: Iterable[Item]) -> Iterator[tuple[int, str]]:
    """Titles and texts of everybody else's items, each with the last message that it was made of."""
    refs = {item.ref for item in theirs}
    for listed in items.every(conn):
        item = listed if listed.ref in refs else items.get(conn, listed.ref)
        if item is not None and item.ref not in refs:
            last = max((number for number, _ in items.messages_of(conn, item.ref)), default=item.number)
            yield from ((last, item.title), (last, item.text or ""))


def _signs(conn: Connection, erasure: Erasure, theirs: Iterable[Item], known: Sequence[Member]) -> Signs:
    """Their names as well, in letters of ours."""
    gone = [item for item in theirs if item.ref not in erasure.up]
    names = {name for item in gone for name in (item.author.name, item.byline or "")}
    names |= {member.name for member in known}
    long = {name for name in names if len(name.split()) >= TWO_WORDS}
    return Signs(
        erasure,
        names=searching.names_of(long),
        member_names=searching.names_of(member.name for member in known),
        namesakes=frozenset(_namesakes(conn, erasure, long)),
        references=searching.names_of(erasure.refs - erasure.up),
    )


def _namesakes(conn: Connection, erasure: Erasure, names: Collection[str]) -> Iterator[str]:
    """Addresses and references of other authors of the same name: a letter to or about them names them."""
    for item in items.every(conn):
        if item.author.name in names and "@" in item.author.email and not erasure.theirs(item.author.email):
            yield from (canonical(item.author.email), *item.refs)


# The turn


def prepare(desk: Desk, row: Received, body: str) -> None:
    """The erasure itself, before the turn of the operator's message; nothing for any other message."""
    verb, *words = body.split()
    if verb != "forget":
        return
    published, *wanted = words

    def scope(conn: Connection) -> Scope:
        known = {each: pseudonym(desk.key, each) for each in map(canonical, erasing_rows.addresses(conn))}
        people = {email: name for email, name in known.items() if name in wanted}
        return scope_of(conn, desk, people, published, before=row.number)

    erasing.erase(desk, row, scope, whole=True)


def forget_people(turn: Turn, words: list[str]) -> None:
    """The turn: membership ends, what waits is withdrawn, letters that had not left are called back; quietly."""
    published, *wanted = words
    for email in wanted:
        member = members.get(turn.conn, email)
        if member is not None and member.state in {"active", "away", "invited", "suspended"}:
            _quietly(turn, Event(member_ref(member.email), EventName.REMOVE, OPERATOR))
        for item in items.by_author(turn.conn, email):
            if published == ERASE and item.state in machine.UP:
                _quietly(turn, Event(item.ref, EventName.REVIVE, OPERATOR))
            elif _ends(item):
                _quietly(turn, Event(item.ref, EventName.WITHDRAW, OPERATOR))
    erasing.call_back(turn)
    turn.note(reason="forgotten")


def _quietly(turn: Turn, event: Event) -> None:
    """An event of which nobody is told."""
    if apply.event(turn.conn, event, turn.entry) is not None:
        turn.events.append(event)


def _ends(item: Item) -> bool:
    """It waits for somebody's word, or is about to take effect."""
    return item.state in machine.WAITING or item.state == "approved" or item.settles_at is not None


# The report


def report(desk: Desk, email: str, published: str, progress: Callable[[int], None] = lambda _: None) -> Report:
    """What `forget` would do. Raises UnknownReference where nothing is known of them."""
    command_of(desk, email, published)
    with reading(desk.engine) as conn:
        people = people_of(conn, desk, email)
        scope = scope_of(conn, desk, people, published)
        found = erasing.search(desk, conn, scope, Found(), progress)
        member = members.get(conn, email)
        return Report(
            pseudonyms=tuple(sorted(people.values())),
            messages=tuple(row.number for row in scope.own),
            items=tuple((item.ref, item.state, _fate(item, scope)) for item in scope.items),
            letters=sum(1 for letter in outgoing.every(conn) if canonical(letter.to) in people),
            letters_to_others=sum(
                1
                for letter in outgoing.every(conn)
                if letter.id in scope.erasure.letters | found.letters and canonical(letter.to) not in people
            ),
            mails_of_others=tuple(sorted(found.mails)),
            attachments=erasing.sole_attachments(conn, erasing.replace_letters(scope.erasure, found)),
            votes=_votes(conn, people),
            membership=member.state if member and not is_erased(member.email) else "",
            published=tuple((i.ref, i.place or "", published) for i in scope.items if i.state in machine.UP),
            stays=tuple(_stays(desk, conn, scope, found)),
        )


def _fate(item: Item, scope: Scope) -> str:
    if item.ref in scope.erasure.up:
        return "stays published; the address goes"
    if item in scope.down:
        return "is taken down, then erased"
    return "is withdrawn and erased" if _ends(item) else "is erased"


def _votes(conn: Connection, people: dict[str, str]) -> int:
    return sum(1 for item in items.every(conn) for vote in votes.of(conn, item.ref) if canonical(vote.member) in people)


def _stays(desk: Desk, conn: Connection, scope: Scope, found: Found) -> Iterator[str]:
    """A line for everything that this cannot or does not erase."""
    for number in (*scope.waiting, *sorted(found.waiting)):
        yield f"message {number} has not had its turn; run `mailproc work`, or see `mailproc received show {number}`"
    for path in searching.still_published(desk, scope.signs):
        if not any(item.place and item.place in str(path) for item in scope.down):
            yield f"{path}: published, with their words or address in it; --published erase takes their works down"
    for item in erasing.published(conn):
        if item.number in found.mails and item.ref not in scope.erasure.refs:
            yield f"{item.ref} is published and somebody else's; its text stays as it is"
    for made in backup_rows.every(conn):
        yield f"the backup {made.path} of {made.made_at:%Y-%m-%d}: out of reach; it is to be deleted, or kept knowingly"
    yield "what was sent: letters lie in the mailboxes of those who got them, mails in the mailboxes they came from"
