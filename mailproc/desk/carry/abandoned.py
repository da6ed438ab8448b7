"""What nobody works on, though it is claimed: letters and messages in the hand of a process that ended.

Whoever sends or works frees them before anything else (`ground/holder`); where nobody does, they are what `deliver`
and `health` must name, for no server and no mail is to blame. Nothing is changed here. Fails with StoreError.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.ground.books import Books
from mailproc.desk.ground.holder import Life, life
from mailproc.store.mail import outgoing
from mailproc.store.service import holders

_WHO = {  # is sending them
    Life.RUNS: "that another process is sending",
    Life.UNKNOWN: "that another machine was sending; they are free when it has been silent for three minutes",
    Life.DEAD: "that nobody is sending",
}


@dataclass(frozen=True, slots=True)
class Abandoned:
    """What the dead hold."""

    messages: int = 0
    letters: int = 0
    behind: int = 0  # letters that wait only for those
    since: datetime | None = None  # when the oldest of the letters was begun


def look(books: Books, conn: Connection) -> Abandoned:
    """All of it."""
    now = books.now()
    found = [hands for who, hands in holders.all_hands(conn, now).items() if life(books, conn, who) is Life.DEAD]
    letters = frozenset(letter for hands in found for letter in hands.letters)
    ahead = outgoing.ahead(conn, now, books.config.delivery.per_domain) if letters else {}
    return Abandoned(
        messages=sum(len(hands.messages) for hands in found),
        letters=len(letters),
        behind=outgoing.count_behind(conn, now, books.config.delivery.per_domain) if letters & ahead.keys() else 0,
        since=holders.since(conn, letters) if letters else None,
    )


def waiting(books: Books, conn: Connection) -> str:
    """`213 letters wait behind 2 that another process is sending`; "" where none waits so."""
    now, per_domain = books.now(), books.config.delivery.per_domain
    behind = outgoing.count_behind(conn, now, per_domain)
    ahead = outgoing.ahead(conn, now, per_domain) if behind else {}
    worst = max((life(books, conn, holder) for holder in set(ahead.values())), default=Life.UNKNOWN)
    return f"{behind} {_letters(behind)} wait behind {len(ahead)} {_WHO[worst]}" if ahead else ""


def words(seen: Abandoned) -> str:
    """What `health` says of letters, with the cure; "" where there is nothing to say."""
    cure = "`mailproc run` sends them, or `mailproc deliver` now"
    if not seen.letters:
        return ""
    if seen.behind:
        return f"{seen.behind} {_letters(seen.behind)} wait behind {seen.letters} that nobody is sending; {cure}"
    return f"{seen.letters} {_letters(seen.letters)} in the hand of a process that ended; {cure}"


def _letters(count: int) -> str:
    return "letter" if count == 1 else "letters"
