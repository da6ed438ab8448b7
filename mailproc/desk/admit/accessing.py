"""A member's way into the site: another secret for whoever asks, a word before one ends, all anew after a lost key.

The letter says the secret; what is written here holds its blank (`message/blank`), and who may come in is
`entrance`'s. A table from verb to function, as in `habits`. Fails as the turn does.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker
from mailproc.kinds.event import EventName
from mailproc.message.model import Address
from mailproc.phrase import say
from mailproc.review.member import Member
from mailproc.review.reply.command import Command
from mailproc.store.mail import outgoing
from mailproc.store.people import access, members
from mailproc.store.people.access import Given
from mailproc.workflow.access import ENTITLED, warns_at
from mailproc.workflow.actor import DESK
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref

LETTER, ENDS = "member/access", "member/access-ends"
DEED = "access-ends"  # of the clock
DAY = timedelta(days=1)


def _renew(turn: Turn, speaker: Speaker, _: Command) -> Outcome:
    """A new secret in a letter of its own, which is the whole answer; the old one is good for nothing from now on."""
    member = speaker.member
    if member.state not in ENTITLED:
        return Outcome("", "", done=False, words=say("self/no-access"))
    if any(letter.template == LETTER for letter in turn.letters):  # said twice in one mail
        return Outcome("", "", done=True, words=say("self/access"), letter=LETTER)
    if not _may_have(turn, member):
        return Outcome("", "", done=False, words=say("self/access-too-often"))
    written = give(turn, member)
    words = say("self/access") if written else say("self/no-access")
    return Outcome("", "", done=written, words=words, letter=LETTER if written else "")


def _may_have(turn: Turn, member: Member) -> bool:
    """They have not had as many today as one address may have letters."""
    given = outgoing.letters_to(turn.conn, member.email, LETTER, turn.time - DAY)
    return len(given) < turn.desk.config.limits.letters_per_sender_per_day


def give(turn: Turn, member: Member, *, quoted: bool = False) -> bool:
    """A letter with a secret, which takes the place of any other; False where no letter reaches them."""
    return turn.write(LETTER, Address(member.name, member.email), {"quoted": quoted}) is not None


def give_anew(turn: Turn) -> None:
    """Everybody who has one that is good gets another: nobody can know the old ones by the key that is there now."""
    for each in access.every(turn.conn):
        member = members.get(turn.conn, each.member)
        if member is not None and member.state in ENTITLED and turn.time < each.expires_at:
            give(turn, member)


def came_back(turn: Turn, seen: Examined) -> None:
    """A secret that a mail quotes lies in the archive with it: it is good for nothing from now on.

    Its member has another by letter; not where a machine wrote, which might quote that, too.
    """
    for each in access.every(turn.conn):
        if each.letter not in seen.spent:
            continue
        turn.record(Event(member_ref(each.member), EventName.END_ACCESS, DESK, reason="came-back"))
        member = members.get(turn.conn, each.member)
        machine = seen.nature.automatic or seen.nature.bounce or seen.nature.bulk
        if not machine and member is not None and member.state in ENTITLED and _may_have(turn, member):
            give(turn, member, quoted=True)


# The clock


def due(conn: Connection, until: datetime) -> list[tuple[datetime, str, int | None]]:
    """When somebody's secret is about to end, by then, and they have not heard so."""
    waiting = {warns_at(each.at, each.expires_at) for each in access.every(conn) if _unsaid(conn, each, until)}
    return [(at, DEED, None) for at in sorted(waiting)]


def _unsaid(conn: Connection, given: Given, now: datetime) -> bool:
    here = warns_at(given.at, given.expires_at) <= now < given.expires_at
    return here and not outgoing.letters_to(conn, given.member, ENDS, given.at)


def _warn(turn: Turn, _: str) -> None:
    """A word to each whose time is near, while the old secret still works."""
    near = [each for each in access.every(turn.conn) if _unsaid(turn.conn, each, turn.time)]
    for each in near:
        member = members.get(turn.conn, each.member)
        if member is not None and member.state in ENTITLED:
            turn.write(ENDS, Address(member.name, member.email), {"expires_at": each.expires_at})
    if not near:
        turn.note(reason="no-longer-due")


VERBS: dict[str, Callable[[Turn, Speaker, Command], Outcome]] = {"access": _renew}
DEEDS: dict[str, Callable[[Turn, str], None]] = {DEED: _warn}
