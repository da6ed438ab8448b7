"""Events about people, groups, letters and the desk itself become rows, as `apply` does it for those about items.

What may follow what in a member's or a letter's life is `workflow.life`'s. This runs in a turn and again when the
database is rebuilt, so it reads the entry and the rows, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import time
from typing import Any

from mailproc.desk.turn import filing
from mailproc.desk.turn.applying import Applying
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.message.model import Address
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.store import setback
from mailproc.store.mail import outgoing, received
from mailproc.store.people import access, confirmations, digests, members, readdressings, writers
from mailproc.store.people.confirmations import Confirmation
from mailproc.store.people.readdressings import Readdressing
from mailproc.store.service import keys, probes, switches
from mailproc.store.work import journal
from mailproc.workflow import life
from mailproc.workflow.event import words_of
from mailproc.workflow.facts import (
    Access,
    CameBack,
    Changed,
    Digested,
    Habits,
    Invited,
    Keyed,
    Line,
    NewAddress,
    OfRequest,
    Part,
    Preferred,
    Probed,
    PutBy,
    SaidYes,
    Ticket,
    Topics,
)
from mailproc.workflow.item import JournalLine
from mailproc.workflow.writer import Writer


def apply(case: Applying) -> bool:
    """Apply an event that is about no item; False if it changes nothing."""
    subject, _, name = case.event.ref.partition(":")
    return SUBJECTS[subject](case, name)


def admit(case: Applying, person: Address) -> None:
    """An approved applicant is a member from now on, whatever they were before."""
    known = members.get(case.conn, person.email)
    email = canonical(person.email)
    fresh = Member(email, person.name, "active", case.entry.time, (email,))
    members.put(case.conn, _as(known, "active", case) if known else fresh)


# Members: their life


def _member(case: Applying, email: str) -> bool:
    """What happens to a person; what is told of them stands in the journal."""
    before = members.get(case.conn, email)
    if not PERSON_EVENTS[case.event.name](case, email, before):
        return False
    if case.event.name in JOURNALLED:
        _journal(case, email, before)
    return True


def _journal(case: Applying, email: str, before: Member | None) -> None:
    happened, facts = case.event, case.event.facts
    moved_to = facts.address if isinstance(facts, OfRequest | Changed) else None
    after = members.get(case.conn, moved_to or email) or members.get(case.conn, email)
    line = JournalLine(
        ref=happened.ref,
        at=happened.due if happened.name is EventName.LEAVE and happened.due else case.entry.time,
        actor=happened.by,
        event=happened.name,
        before=before.state if before else "",
        after=after.state if after else "",
        reason=happened.reason,
        words=happened.words,
        number=case.entry.number,
    )
    journal.add(case.conn, line)


def _invite(case: Applying, email: str, known: Member | None) -> bool:
    """A new member, by the operator: `invited` until they answer, or `active` at once."""
    facts = case.event.told(Invited)
    state = life.after(life.MEMBER, known.state if known else "", EventName.INVITE, facts.state)
    if state is None:
        return False
    members.put(case.conn, Member(canonical(email), facts.name, state, case.entry.time, (canonical(email),)))
    return True


def _become(case: Applying, _: str, known: Member | None) -> bool:
    """An event that sets a member's state."""
    state = life.after(life.MEMBER, known.state, case.event.name) if known else None
    if known is None or state is None:
        return False
    gone = state in life.GONE
    members.put(case.conn, replace(_as(known, state, case), why=case.event.reason if gone else ""))
    if gone:
        _end_powers(case, known)
    return True


def _as(known: Member, state: str, case: Applying) -> Member:
    """The member in another state. Letters from before `since` give no power: who was merely away keeps theirs."""
    since = known.since if known.state == "away" and state == "active" else case.entry.time
    return replace(known, state=state, since=since, away_until=None, leaves_at=None, why="")


def _end_powers(case: Applying, gone: Member) -> None:
    """Whoever goes leaves nothing behind that could still decide, and stands in for nobody (design §6)."""
    conn = case.conn
    confirmations.end(conn, gone.email, case.entry.time)
    access.end(conn, gone.email, case.entry.time)
    request = readdressings.open_of(conn, gone.email)
    if request is not None:
        readdressings.end(conn, request.cause, readdressings.LEFT)
    for other in members.every(conn):
        if other.stand_in and other.stand_in in gone.addresses:
            members.put(conn, replace(other, stand_in=""))
            said = say("notice/stand-in-left", who=gone.called)
            digests.add_notice(conn, other.email, case.entry.time, said, case.entry.number)


def _resign(case: Applying, _: str, known: Member | None) -> bool:
    """A member leaves when the event is due, unless they take it back."""
    if known is None or known.leaves_at is not None or not _may(known, case):
        return False
    members.put(case.conn, replace(known, leaves_at=case.event.due))
    return True


def _stay(case: Applying, _: str, known: Member | None) -> bool:
    """They stay after all."""
    if known is None or known.leaves_at is None or not _may(known, case):
        return False
    members.put(case.conn, replace(known, leaves_at=None))
    return True


def _may(known: Member, case: Applying) -> bool:
    """The event has a row in the member's state."""
    return life.after(life.MEMBER, known.state, case.event.name) is not None


def _away(case: Applying, _: str, known: Member | None) -> bool:
    """Not asked from now on, until the event's due time if it has one. The letters they hold stay good."""
    if known is None or not _may(known, case):
        return False
    return _put(case, known, replace(known, state="away", away_until=case.event.due))


def _back(case: Applying, _: str, known: Member | None) -> bool:
    """Asked again from now on. Digests whose hour passed meanwhile are not owed; the next tells what was settled."""
    if known is None or not _may(known, case):
        return False
    conn, period = case.conn, case.event.told(CameBack).period
    members.put(conn, _as(known, "active", case))
    if digests.due_period(conn, known.email, period):
        digests.record(conn, known.email, period, None, case.entry.time)
    said = case.event.words or say("notice/back")  # an entry of an older release holds the words
    digests.add_notice(conn, known.email, case.entry.time, said, case.entry.number)
    return True


# Members: their name, addresses and habits


def _put(case: Applying, known: Member, after: Member) -> bool:
    """The member's row, if it says something else now."""
    if after == known:
        return False
    members.put(case.conn, after)
    return True


def _change(case: Applying, _: str, known: Member | None) -> bool:
    """Another name, or one more address that is theirs."""
    if known is None:
        return False
    facts = case.event.told(Changed)
    extra = facts.address
    if extra and (members.get(case.conn, extra) or known).email != known.email:
        return False  # somebody else's
    addresses = tuple(dict.fromkeys((*known.addresses, canonical(extra)))) if extra else known.addresses
    name = known.name if facts.name is None else facts.name
    members.put(case.conn, replace(known, name=name, addresses=addresses))
    return True


def _habit(case: Applying, _: str, known: Member | None) -> bool:
    """When and how they want to be asked; what the event does not name stays as it is."""
    if known is None:
        return False
    said = words_of(case.event.told(Habits))
    wishes: dict[str, Any] = {name: WISHES.get(name, str)(words) for name, words in said.items()}
    return _put(case, known, replace(known, **wishes))


def _ask_address(case: Applying, email: str, _: Member | None) -> bool:
    """Somebody who holds a letter of the member's wants to be written to elsewhere; one request at a time."""
    if readdressings.open_of(case.conn, email) is not None:
        return False
    address, expires = case.event.told(NewAddress).address, case.event.due or case.entry.time
    readdressings.put(case.conn, Readdressing(case.entry.number, email, address, case.entry.time, expires))
    return True


def _vouch(case: Applying, email: str, _: Member | None) -> bool:
    """A member knows that another one writes from that address."""
    request, by = _open_request(case, email), case.event.by.email
    if request is None or by in request.vouched:
        return False
    readdressings.vouch(case.conn, request.cause, (*request.vouched, by))
    return True


def _end_address(case: Applying, email: str, _: Member | None) -> bool:
    """Nothing comes of it; the reason is how it ended."""
    request = _open_request(case, email)
    if request is None:
        return False
    readdressings.end(case.conn, request.cause, case.event.reason)
    return True


def _open_request(case: Applying, email: str) -> Readdressing | None:
    """The member's wish for another address that the event is about, while nothing has come of it."""
    request = readdressings.get(case.conn, case.event.told(OfRequest).cause)
    return request if request and not request.outcome and request.member == email else None


def _readdress(case: Applying, email: str, known: Member | None) -> bool:
    """The new address is the registered one; the old one stays theirs where it said yes, and goes where it is lost."""
    conn, request = case.conn, _open_request(case, email)
    if known is None or request is None or (members.get(conn, request.address) or known).email != known.email:
        return False
    readdressings.end(conn, request.cause, case.event.reason)
    lost = {email} if case.event.reason == readdressings.VOUCHED else set()
    left = tuple(each for each in (request.address, *known.addresses) if each not in lost)
    members.put(conn, replace(known, addresses=left))  # while a row of theirs still names them
    access.end(conn, known.email, case.entry.time)  # it went to the old address
    readdressings.rename(conn, known.email, request.address)
    members.put(conn, replace(known, email=request.address, addresses=tuple(dict.fromkeys(left))))
    if wished := writers.get(conn, known.email):
        writers.put(conn, replace(wished, email=request.address))
    return True


def _not_for(case: Applying, _: str, known: Member | None) -> bool:
    """They have a part in a group, or none any more, and are not asked about it."""
    if known is None:
        return False
    facts = case.event.told(Part)
    others = tuple(name for name in known.not_for if name.casefold() != facts.file.casefold())
    return _put(case, known, replace(known, not_for=(*others, facts.file) if facts.has == "yes" else others))


def _topics(case: Applying, _: str, known: Member | None) -> bool:
    """What they would like to be asked about first."""
    said = tuple(filter(None, case.event.told(Topics).topics))
    return known is not None and _put(case, known, replace(known, topics=said))


def _access(case: Applying, _: str, known: Member | None) -> bool:
    """A one-time secret goes to a member in a letter."""
    if known is None or case.event.due is None:
        return False
    letter = case.event.told(Access).letter
    access.put(case.conn, access.Given(known.email, case.entry.number, letter, case.entry.time, case.event.due))
    return True


def _end_access(case: Applying, _: str, known: Member | None) -> bool:
    """Their secret is good for nothing any more; they stay a member."""
    return known is not None and access.end(case.conn, known.email, case.entry.time)


# Whoever writes: how they want their letters


def _prefer(case: Applying, email: str, _: Member | None) -> bool:
    """What they wish from now on; False where it was so before."""
    before = writers.get(case.conn, email) or Writer(email, case.entry.time)
    told = case.event.told(Preferred)
    after = replace(
        before,
        language=before.language if told.language is None else told.language,
        receipts=before.receipts if told.receipts is None else told.receipts == "yes",
        gathers=before.gathers if told.gathers is None else told.gathers == "yes",
    )
    if after == before:
        return False
    writers.put(case.conn, replace(after, at=case.entry.time))
    return True


def _put_by(case: Applying, email: str, _: Member | None) -> bool:
    """Items of which their letter of the day tells; it is due by the first."""
    before = writers.get(case.conn, email) or Writer(email, case.entry.time)
    waiting = tuple(dict.fromkeys((*before.waiting, *case.event.told(PutBy).refs)))
    writers.put(case.conn, replace(before, waiting=waiting, since=before.since or case.entry.time))
    return True


def _told(case: Applying, email: str, _: Member | None) -> bool:
    """The letter of the day was written; nothing waits for the next."""
    before = writers.get(case.conn, email)
    if before is None or before.since is None:
        return False
    writers.put(case.conn, replace(before, waiting=(), since=None))
    return True


# People: what waits for them


def _notice(case: Applying, email: str, _: Member | None) -> bool:
    """A line for the member's next digest; an entry of an older release holds its words."""
    said = case.event.words or Phrase(case.event.reason, words_of(case.event.told(Line)))
    digests.add_notice(case.conn, email, case.entry.time, said, case.entry.number)
    return True


def _digest(case: Applying, email: str, _: Member | None) -> bool:
    """A digest was written for a period; one per member and period. Its letter showed the open notices."""
    facts = case.event.told(Digested)
    digests.record(case.conn, email, facts.period, facts.letter, case.entry.time)
    if facts.letter:
        shown = [notice.id for notice in digests.unseen_notices(case.conn, email)]
        digests.mark_shown(case.conn, shown, facts.letter)
    return True


def _await_yes(case: Applying, email: str, _: Member | None) -> bool:
    """Acts that wait for a yes from the person's own address; the letter's id is the ticket."""
    facts = case.event.told(Ticket)
    ticket = Confirmation(
        id=facts.letter,
        member=email,
        cause=case.entry.number,
        commands=(facts.commands,),
        created_at=case.entry.time,
        expires_at=case.event.due or case.entry.time,
    )
    for replaced in facts.replaces or ():
        confirmations.replace(case.conn, replaced, case.entry.time)
    confirmations.put(case.conn, ticket)
    return True


def _yes(case: Applying, _: str, __: Member | None) -> bool:
    """The yes came; it is good once."""
    return confirmations.use(case.conn, case.event.told(SaidYes).letter, case.entry.time)


# Letters, the desk


def _letter(case: Applying, letter_id: str) -> bool:
    """What the operator says of a letter, or what became of it; the words of the latter are its reason."""
    letter = outgoing.get(case.conn, letter_id)
    state = life.after(life.LETTER, letter.state, case.event.name) if letter else None
    if letter is None or state is None:
        return False
    after = replace(letter, state=state, reason=case.event.words)
    if case.event.name is EventName.RETRY:
        after = replace(after, next_try=case.entry.time, retried_at=case.entry.time)
    outgoing.settle(case.conn, after, case.event.name if case.event.name in NOTED else "")
    if case.event.name is EventName.BOUNCED:  # whoever sent it back may have sent the secret along
        access.end_of_letter(case.conn, letter_id, case.entry.time)
    return True


def _desk(case: Applying, name: str) -> bool:
    """Letters or publishing rest, or go on; the border was probed; another key; or the clock was confirmed."""
    if case.event.name is EventName.PROBED:
        seen = case.event.told(Probed)
        probes.put(case.conn, probes.Probe(number=case.entry.number, at=case.entry.time, **asdict(seen)))
        return True
    if case.event.name is EventName.NEW_KEY:
        fingerprint = case.event.told(Keyed).fingerprint
        keys.put(case.conn, keys.Known(fingerprint, case.entry.time, case.entry.number))
        return True
    if case.event.name is EventName.CONFIRM_CLOCK:
        return _confirm_clock(case, name)
    if case.event.name in filing.WISHES:
        return filing.want(case)
    pauses = case.event.name is EventName.PAUSE
    if switches.paused(case.conn, name) == pauses:
        return False
    switches.put(case.conn, name, pauses, case.entry.time, case.entry.number)
    return True


def _confirm_clock(case: Applying, name: str) -> bool:
    """The entry's time is right; where the entries before it lie later, what they did counts from it."""
    conn, now, number = case.conn, case.entry.time, case.entry.number
    last = received.last(conn)[1]
    if last is not None and last > now:
        setback.apply(conn, now, number, case.event.due or now)
    switches.put(conn, name, False, now, number)  # noqa: FBT003 - the field's own value
    return True


NOTED = frozenset({EventName.BOUNCED, EventName.FAIL, EventName.SUPPRESS, EventName.LATE})  # the archive tells of these
WISHES: dict[str, Callable[[str], object]] = {  # fields of Member that an event says in words, and are none
    "hour": lambda words: time.fromisoformat(words) if words else None,
    "silent": lambda words: words == "yes",
}
PERSON_EVENTS: dict[EventName, Callable[[Applying, str, Member | None], bool]] = {
    EventName.INVITE: _invite,
    EventName.ACCEPT: _become,
    EventName.RESUME: _become,
    EventName.SUSPEND: _become,
    EventName.REMOVE: _become,
    EventName.LEAVE: _become,
    EventName.RESIGN: _resign,
    EventName.STAY: _stay,
    EventName.AWAY: _away,
    EventName.BACK: _back,
    EventName.CHANGE: _change,
    EventName.HABIT: _habit,
    EventName.ASK_ADDRESS: _ask_address,
    EventName.VOUCH: _vouch,
    EventName.END_ADDRESS: _end_address,
    EventName.READDRESS: _readdress,
    EventName.NOTICE: _notice,
    EventName.DIGEST: _digest,
    EventName.AWAIT_YES: _await_yes,
    EventName.YES: _yes,
    EventName.NOT_FOR: _not_for,
    EventName.TOPICS: _topics,
    EventName.ACCESS: _access,
    EventName.END_ACCESS: _end_access,
    EventName.PREFER: _prefer,
    EventName.PUT_BY: _put_by,
    EventName.TOLD: _told,
}
OF_LETTERS = frozenset({EventName.PREFER, EventName.PUT_BY, EventName.TOLD})  # no part of anybody's life here
JOURNALLED = (
    frozenset(PERSON_EVENTS) - OF_LETTERS - {EventName.NOTICE, EventName.DIGEST, EventName.AWAIT_YES, EventName.YES}
)
SUBJECTS: dict[str, Callable[[Applying, str], bool]] = {
    "member": _member,
    "author": _member,
    "group": filing.apply,
    "letter": _letter,
    "desk": _desk,
}
