"""Two authors of one work: its author names the other, who agrees by a mail of their own before it goes up.

The desk writes to nobody who has not written to it, so its author asks whoever is named to write: "A-12 I agree". Mail
that is proven, and from somebody of that name, agrees at once; any other gets a letter that asks, and the answer to it
counts. Another text has to be agreed to anew. Until all have, the work waits as for its author: nobody can approve it,
and it lapses with a word like any such wait. Whoever is no author changes nothing, whatever reference they know.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from mailproc.desk.tell.answer import answer
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.message.field.address import canonical
from mailproc.message.field.header import clean
from mailproc.message.model import Address
from mailproc.review.language.words import fold
from mailproc.review.reply.command import Command
from mailproc.store.octets import archive
from mailproc.store.work import items
from mailproc.workflow import machine
from mailproc.workflow.actor import person
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Attached, Shared
from mailproc.workflow.item import Item
from mailproc.workflow.outgoing import Outgoing

TO_AUTHOR, TO_COAUTHOR = "author/shared", "author/coauthor"
AGREES = frozenset({"agree", "confirm"})
TAKES_BACK = frozenset({"decline", "withdraw"})
LONGEST = 80  # characters of a name
MOST = 5  # authors beside the first
_EDGES = " ,:;.!\"'\u201c\u201d()<>-"


def share(turn: Turn, seen: Examined, item: Item, words: str) -> bool:
    """Its author names somebody who wrote it with them; False where it is up, or the words are no name."""
    name = clean(words.strip().split("\n")[0]).strip(_EDGES)
    known = [fold(each.name) for each in item.coauthors]
    fits = name and len(name) <= LONGEST and "@" not in name and len(known) < MOST and fold(name) not in known
    if not fits or KINDS[item.kind].up is None:
        return False
    facts = Shared(coauthor=name, nth=len(known))
    after = turn.happen(Event(item.ref, EventName.SHARE, person(item.author.email), facts=facts))
    if after is None:
        return False
    until = after.waiting_since + turn.desk.limits(after.kind).lapse
    context = {"item": after, "says": "named", "whom": name, "lapses_at": until}
    answer(turn, seen, TO_AUTHOR, context, ref=item.ref, proven=True)
    return True


def place_of(item: Item, writer: Address | None) -> int | None:
    """Which of its other authors writes: by their address, or, of those who have not written yet, by their name."""
    if writer is None or canonical(writer.email) == canonical(item.author.email):
        return None
    emails = [canonical(each.email) if each.email else "" for each in item.coauthors]
    if canonical(writer.email) in emails:
        return emails.index(canonical(writer.email))
    said = set(fold(writer.name).split())
    named = (n for n, each in enumerate(item.coauthors) if not each.email and set(fold(each.name).split()) <= said)
    return next(named, None)


def shared_by(conn: Connection, commands: Sequence[Command], writer: Address | None) -> tuple[str, ...]:
    """The items of others, of which the writer is named as an author, to which their commands say yes or no."""
    refs = (ref for command in commands if command.verb in AGREES | TAKES_BACK for ref in command.refs)
    found = (items.get(conn, ref) for ref in dict.fromkeys(refs))
    return tuple(item.ref for item in found if item is not None and place_of(item, writer) is not None)


def hear(
    turn: Turn,
    seen: Examined,
    item: Item,
    verbs: Collection[str],
    own: str,
    *,
    proven: bool,
    letter: Outgoing | None = None,
) -> None:
    """A mail of somebody who is named: they agree, take that back, or say something that members read."""
    place = place_of(item, _called(turn, seen, letter))
    if seen.writer is None or place is None:
        turn.note(reason="not-its-author")
        return
    by, facts = (
        person(seen.writer.email),
        Shared(coauthor=item.coauthors[place].name, nth=place, email=seen.writer.email),
    )
    says, after = "asks", None
    if proven and verbs and set(verbs) <= AGREES:
        after, says = turn.happen(Event(item.ref, EventName.CONSENT, by, facts=facts)), "agreed"
        if after is not None and not after.lacks_consent and after.question is None:
            after = turn.happen(Event(item.ref, EventName.ANSWER, by)) or after
    elif proven and verbs and set(verbs) <= TAKES_BACK and item.state not in machine.UP:
        after, says = turn.happen(Event(item.ref, EventName.SHARE, by, facts=facts)), "declined"
    elif proven and (said := own.strip() or ", ".join(sorted(verbs))):
        turn.happen(Event(item.ref, EventName.NOTE, by, said, reason="coauthor"))
        says = "added"
    turn.happen(Event(item.ref, EventName.ATTACH, by, facts=Attached(role="coauthor")))
    now = turn.item(item.ref) or item
    context = {"item": now, "says": says, "whom": now.own_name if now.authenticated else ""}
    answer(turn, seen, TO_COAUTHOR, context, ref=item.ref, listed=(item.ref,), proven=proven)
    if after is not None:
        turn.tell(now, "shared", says=says, whom=facts.coauthor)


def _called(turn: Turn, seen: Examined, letter: Outgoing | None) -> Address | None:
    """Who writes; without a name they bear that of their mail which the letter answered."""
    writer = seen.writer
    if writer is None or writer.name or letter is None:
        return writer
    before = archive.read_entry(turn.desk.archive, letter.cause)
    named = before.author if before else None
    return named if named and canonical(named.email) == canonical(writer.email) else writer


def ask_again(turn: Turn, item: Item) -> None:
    """After another text, all who have written are asked whether they agree to that, too."""
    for each in item.coauthors:
        if each.email and not each.agreed:
            context = {"item": item, "says": "anew", "whom": item.own_name, "authenticated": True}
            to = Address(each.name, each.email)
            turn.write(TO_COAUTHOR, to, context, ref=item.ref, listed=(item.ref,), origin=turn.opening(item))
