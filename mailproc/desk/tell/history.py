"""What is known of a person, in one view: their requests and how these ended, what they sent, when they were a member.

By address, as the archive has it, and for many people in as many queries as for one. Members read it beside a request
to join, the operator by `members show`. Values from rows; nothing here changes anything or says who somebody is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from mailproc.desk.tell.known import Known, known_of
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.message.field.address import canonical
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.store.people import members
from mailproc.store.work import items, journal
from mailproc.workflow import machine
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.item import Item, JournalLine

E = EventName
LIFE = frozenset({E.INVITE, E.ACCEPT, E.SUSPEND, E.RESUME, E.REMOVE, E.LEAVE})  # of a member, and worth telling


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one person."""

    email: str
    member: Member | None
    requests: tuple[Item, ...]  # to join, oldest first
    sent: tuple[Item, ...]  # everything else that they opened, oldest first
    life: tuple[JournalLine, ...]  # as a member
    known: Known  # of the requests

    def ended(self, item: Item) -> Phrase:
        """How a request came into its state."""
        return self.known.standing(item)

    def counted(self) -> list[tuple[str, int, int]]:
        """(kind, how many they sent, how many of these are up or part of a file), by kind."""
        kinds = dict.fromkeys(item.kind for item in self.sent)
        here = {kind: [item for item in self.sent if item.kind == kind] for kind in kinds}
        return [(kind, len(some), sum(item.state in machine.UP for item in some)) for kind, some in here.items()]

    def lines(self, but: str = "") -> tuple[Phrase, ...]:
        """What members read of it; the request that they read it on is left out, `but` by its reference."""
        asked = [
            say("past/asked", ref=item.ref, at=item.received_at, how=self.ended(item))
            for item in self.requests
            if item.ref != but
        ]
        sent = [
            say("past/sent", kind=kind, called=say("words/a-kind", kind=kind), n=n, up=up, goes_up=bool(KINDS[kind].up))
            for kind, n, up in self.counted()
        ]
        life = [say("past/life", event=str(line.event), at=line.at) for line in self.life]
        return (*asked, *sent, *life) or (say("past/nothing"),)


def of(conn: Connection, email: str) -> History:
    """Of one person; empty where nothing is known."""
    return of_many(conn, [email])[email]


def of_many(conn: Connection, emails: Iterable[str]) -> Mapping[str, History]:
    """Of each of these, by the address asked for; a member by all addresses of theirs."""
    asked = list(dict.fromkeys(emails))
    everybody = members.every(conn) if asked else []
    owners = {address: each for each in everybody for address in (each.email, *each.addresses)}
    who = {email: owners.get(canonical(email)) for email in asked}
    theirs = {email: _addresses(email, member) for email, member in who.items()}
    found = _opened(conn, {address for some in theirs.values() for address in some})
    lives = journal.of_subjects(conn, [member_ref(member.email) for member in who.values() if member])
    requests = [item for some in found.values() for item in some if KINDS[item.kind].on_a_person]
    known = known_of(conn, requests)
    return {email: _history(email, who[email], theirs[email], found, lives, known) for email in asked}


def _addresses(email: str, member: Member | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(canonical(each) for each in (email, *(member.addresses if member else ()))))


def _opened(conn: Connection, addresses: Iterable[str]) -> Mapping[str, list[Item]]:
    found: dict[str, list[Item]] = defaultdict(list)
    for item in items.by_authors(conn, addresses):
        found[canonical(item.author.email)].append(item)
    return found


def _history(
    email: str,
    member: Member | None,
    theirs: tuple[str, ...],
    found: Mapping[str, list[Item]],
    lives: Mapping[str, list[JournalLine]],
    known: Known,
) -> History:
    opened = sorted((item for each in theirs for item in found.get(each, ())), key=lambda item: item.number)
    life = lives.get(member_ref(member.email), []) if member else []
    return History(
        email,
        member,
        tuple(item for item in opened if KINDS[item.kind].on_a_person),
        tuple(item for item in opened if not KINDS[item.kind].on_a_person),
        tuple(line for line in life if line.event in LIFE),
        known,
    )


# Who asked first


def waits(item: Item) -> bool:
    """It waits for a word, or for its decision to settle."""
    return item.state in machine.WAITING or item.settles_at is not None


def before(turn: Turn, item: Item) -> int:
    """How many requests came before this one and wait still."""
    earlier = items.every(turn.conn, item.kind) if KINDS[item.kind].on_a_person else []
    return sum(waits(each) and (each.received_at, each.number) < (item.received_at, item.number) for each in earlier)
