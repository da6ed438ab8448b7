"""Whose word a mail is, and how far: the one place that says whether a reply may decide.

Authority = person + item + purpose + authenticated mail (design §6): a valid secret of a letter to that member,
newer than the member's last coming back, From one of their addresses, and proof that it is theirs and was meant for
this letter, now (`message/author/purpose`). Whatever falls short does nothing, and the member whose power was claimed
reads of it in the next digest. Nothing is read of the words here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.thread import Thread
from mailproc.desk.turn.turn import Turn
from mailproc.letters.catalogue import asks_members
from mailproc.message.author import purpose
from mailproc.message.field.address import canonical
from mailproc.message.model import DOUBTS
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.store.mail import received as rows
from mailproc.store.people import digests, members
from mailproc.workflow.outgoing import Outgoing

HOUR = timedelta(hours=1)
MISSES_PER_HOUR = 20  # catalogue S16
NOTICES = 3  # of one reason that wait for one digest
INVITATION = "member/invitation"
INVITED_AGAIN = "member/invitation-asked"
# Letters that went to the registered address only and ask one thing: who has their secret reads that mailbox.
ASKED = frozenset({INVITATION, INVITED_AGAIN, "member/step-up", "member/address", "member/vouch"})
ASKED_BACK = "step-up"  # nothing proves who wrote, or the desk always asks
STEP_UPS = (ASKED_BACK, *DOUBTS)  # why a member is asked whether decisions are theirs
OLD_KEY = "old-key"
OF_OURS = (OLD_KEY, "two-letters")  # misses on letters that we wrote: of who is proven no guesses
NO_POWER = frozenset(
    {"no-secret", "wrong-secret", "from-mismatch", "old-letter", "too-many-misses", "not-a-member", *OF_OURS}
)


@dataclass(frozen=True, slots=True)
class Authority:
    """What a mail may do: decide, ask to be confirmed, or nothing."""

    member: Member | None
    decides: bool
    reason: str  # slug


def authority(turn: Turn, seen: Examined, thread: Thread) -> Authority:
    """Whether this mail may speak for a member."""
    if _guesses(turn, seen):
        return Authority(None, decides=False, reason="too-many-misses")
    letter = thread.letter
    if letter is None or not asks_members(letter.template):
        return Authority(_author_as_member(turn, seen), decides=False, reason=_missed(thread))
    member = members.get(turn.conn, letter.to)
    if member is None or member.state not in {"active", "away", "invited"}:
        return Authority(None, decides=False, reason="not-a-member")
    author = seen.message.author
    if author is None or canonical(author.email) not in member.addresses:
        return Authority(member, decides=False, reason="from-mismatch")
    if letter.created_at < member.since and letter.template != INVITATION:
        return Authority(member, decides=False, reason="old-letter")
    return _proof(turn, seen, member, letter)


def _proof(turn: Turn, seen: Examined, member: Member, letter: Outgoing) -> Authority:
    """How far a mail from the member, with the right secret, is proven to be theirs."""
    if letter.template in ASKED:
        return Authority(member, decides=True, reason="confirmed")
    trust = turn.desk.config.review.trust
    if trust == "token":
        return Authority(member, decides=True, reason="token")
    doubted = doubt(turn.desk, seen, letter) if trust == "authenticated" else ASKED_BACK
    return Authority(member, decides=not doubted, reason=doubted or seen.identity.method)


def doubt(desk: Desk, seen: Examined, letter: Outgoing) -> str:
    """Why this mail may not be its author's answer to this letter: a slug of STEP_UPS, or ""."""
    if not seen.authenticated:
        return ASKED_BACK
    answered = purpose.Answered(letter.id, desk.domain, letter.created_at, desk.purposes.keys())
    came_at = seen.row.received_at
    if desk.doubt and seen.message.date:  # nobody can say that this Date has not come yet
        came_at = max(came_at, seen.message.date)
    return purpose.doubt(seen.message, seen.identity, answered, came_at)


def _missed(thread: Thread) -> str:
    """Why the mail answers no letter that gives power."""
    if thread.old is not None:
        return OLD_KEY
    if thread.doubled:
        return "two-letters"
    return "wrong-secret" if thread.claimed else "no-secret"


def _guesses(turn: Turn, seen: Examined) -> bool:
    """Whoever missed that often is not listened to for a while; a forger's misses do not silence the member."""
    author = seen.message.author
    if author is None:
        return False
    since = turn.time - HOUR
    guesses = ("wrong-secret",) if seen.authenticated else ("wrong-secret", *OF_OURS)
    misses = sum(rows.count_of(turn.conn, author.email, each, since, proven=seen.authenticated) for each in guesses)
    return misses >= MISSES_PER_HOUR


def _author_as_member(turn: Turn, seen: Examined) -> Member | None:
    return members.get(turn.conn, seen.message.author.email) if seen.message.author else None


def refuse(turn: Turn, seen: Examined, who: Authority) -> None:
    """Nothing happens; the member whose power was claimed reads of it in the next digest, in our words."""
    turn.note(state="unauthorised", reason=who.reason)
    member = who.member
    if member is None or who.reason not in TOLD:
        return
    author = seen.message.author
    let_know(turn, member, TOLD[who.reason](author.email if seen.authenticated and author else "", member.email))


def let_know(turn: Turn, member: Member, said: Phrase) -> None:
    """A line in the member's next digest about a mail that did nothing; of many alike a few."""
    waiting = [notice.said for notice in digests.unseen_notices(turn.conn, member.email)]
    alike = [each for each in waiting if isinstance(each, Phrase) and each.slug == said.slug]
    if said not in alike and len(alike) < NOTICES:
        turn.let_know(member.email, said)


TOLD: Mapping[str, Callable[[str, str], Phrase]] = {  # what a member reads, of whose mail; of other reasons, nothing
    "no-secret": lambda author, _: say("notice/no-secret", author=author),
    "wrong-secret": lambda author, _: say("notice/wrong-secret", author=author),
    OLD_KEY: lambda author, _: say("notice/old-key", author=author),
    "two-letters": lambda author, _: say("notice/two-letters", author=author),
    "from-mismatch": lambda author, email: say("notice/from-mismatch", author=author, email=email),
    "old-letter": lambda author, _: say("notice/old-letter", author=author),
}
