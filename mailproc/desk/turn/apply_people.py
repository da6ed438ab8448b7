"""Events about people, groups and the desk itself, applied to rows: members, confirmations, digests, group files.

The other half of `apply`, under the same law: entry and rows, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from typing import Any

from sqlalchemy import Connection

from mailproc.kinds.step import Action
from mailproc.message.field.address import canonical
from mailproc.message.model import Address
from mailproc.review.member import Member
from mailproc.store.mail import outgoing
from mailproc.store.people import confirmations, digests, members, readdressings
from mailproc.store.people.confirmations import Confirmation
from mailproc.store.people.readdressings import Readdressing
from mailproc.store.service import switches
from mailproc.store.work import groups, journal
from mailproc.workflow.group import Group
from mailproc.workflow.item import Entry, Event, JournalLine
from mailproc.workflow.outgoing import OPEN

Applied = tuple[Action, ...] | None
GONE = frozenset({"suspended", "resigned", "removed"})  # states without any power


def admit(conn: Connection, person: Address, decided: Entry) -> None:
    """An approved applicant is a member from now on, whatever they were before."""
    known = members.get(conn, person.email)
    email = canonical(person.email)
    fresh = Member(email, person.name, "active", decided.time, (email,))
    members.put(conn, _back_as("active", known, decided) if known else fresh)


def _invite(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    """A new member, by the operator: `invited` until they answer, or `active` at once."""
    known = members.get(conn, email)
    if known is not None and known.state in {"active", "away", "invited"}:
        return None
    state = happened.data["state"]
    members.put(conn, Member(canonical(email), happened.data.get("name", ""), state, decided.time, (canonical(email),)))
    return ()


def _become(state: str, *before: str) -> Callable[[Connection, str, Event, Entry], Applied]:
    """An event that sets a member's state, if it is one of `before`."""

    def become(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
        known = members.get(conn, email)
        if known is None or known.state not in before:
            return None
        members.put(conn, replace(_back_as(state, known, decided), why=happened.reason if state in GONE else ""))
        if state in GONE:
            _end_powers(conn, known, decided)
        return ()

    return become


def _back_as(state: str, known: Member, decided: Entry) -> Member:
    """The member in another state. Letters from before `since` give no power: who was merely away keeps theirs."""
    since = known.since if known.state == "away" and state == "active" else decided.time
    return replace(known, state=state, since=since, away_until=None, leaves_at=None, why="")


def _end_powers(conn: Connection, gone: Member, decided: Entry) -> None:
    """Whoever goes leaves nothing behind that could still decide, and stands in for nobody (design §6)."""
    confirmations.end(conn, gone.email, decided.time)
    request = readdressings.open_of(conn, gone.email)
    if request is not None:
        readdressings.end(conn, request.cause, readdressings.LEFT)
    for other in members.every(conn):
        if other.stand_in and other.stand_in in gone.addresses:
            members.put(conn, replace(other, stand_in=""))
            words = f"{gone.name or gone.email} does not stand in for you any more. Please name somebody else."
            digests.add_notice(conn, other.email, decided.time, words, decided.number)


def _resign(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """A member leaves when the event is due, unless they take it back."""
    known = members.get(conn, email)
    if known is None or known.state in GONE or known.leaves_at is not None:
        return None
    members.put(conn, replace(known, leaves_at=happened.due))
    return ()


def _stay(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """They stay after all."""
    known = members.get(conn, email)
    if known is None or known.leaves_at is None:
        return None
    members.put(conn, replace(known, leaves_at=None))
    return ()


def _change(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """Another name, or one more address that is theirs."""
    known = members.get(conn, email)
    if known is None:
        return None
    extra = happened.data.get("address")
    if extra and (members.get(conn, extra) or known).email != known.email:
        return None  # somebody else's
    addresses = tuple(dict.fromkeys((*known.addresses, canonical(extra)))) if extra else known.addresses
    members.put(conn, replace(known, name=happened.data.get("name", known.name), addresses=addresses))
    return ()


def _ask_address(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    """Somebody who holds a letter of the member's wants to be written to elsewhere; one request at a time."""
    if readdressings.open_of(conn, email) is not None:
        return None
    expires = happened.due or decided.time
    readdressings.put(conn, Readdressing(decided.number, email, happened.data["address"], decided.time, expires))
    return ()


def _vouch(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """A member knows that another one writes from that address."""
    request = readdressings.get(conn, int(happened.data["cause"]))
    if request is None or request.outcome or request.member != email or happened.by in request.vouched:
        return None
    readdressings.vouch(conn, request.cause, (*request.vouched, happened.by))
    return ()


def _end_address(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """Nothing comes of it; the reason is how it ended."""
    request = readdressings.get(conn, int(happened.data["cause"]))
    if request is None or request.outcome or request.member != email:
        return None
    readdressings.end(conn, request.cause, happened.reason)
    return ()


def _readdress(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    """The new address is the registered one; the old one stays theirs where it said yes, and goes where it is lost."""
    request = readdressings.get(conn, int(happened.data["cause"]))
    known = members.get(conn, email)
    if known is None or request is None or (members.get(conn, request.address) or known).email != known.email:
        return None
    if _end_address(conn, email, happened, decided) is None:
        return None
    lost = {email} if happened.reason == readdressings.VOUCHED else set()
    left = tuple(each for each in (request.address, *known.addresses) if each not in lost)
    members.put(conn, replace(known, addresses=left))  # while a row of theirs still names them
    readdressings.rename(conn, known.email, request.address)
    members.put(conn, replace(known, email=request.address, addresses=tuple(dict.fromkeys(left))))
    return ()


def _away(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """Not asked from now on, until the event's due time if it has one. The letters they hold stay good."""
    known = members.get(conn, email)
    if known is None or known.state not in {"active", "away"}:
        return None
    after = replace(known, state="away", away_until=happened.due)
    if after == known:
        return None
    members.put(conn, after)
    return ()


def _back(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    """Asked again from now on. Digests whose hour passed meanwhile are not owed; the next tells what was settled."""
    known = members.get(conn, email)
    if known is None or known.state != "away":
        return None
    members.put(conn, _back_as("active", known, decided))
    if digests.due_period(conn, known.email, happened.data["period"]):
        digests.record(conn, known.email, happened.data["period"], None, decided.time)
    digests.add_notice(conn, known.email, decided.time, happened.words, decided.number)
    return ()


def _habit(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """When and how they want to be asked; what the event does not name stays as it is."""
    known = members.get(conn, email)
    if known is None:
        return None
    wishes: dict[str, Any] = {name: read(happened.data[name]) for name, read in WISHES.items() if name in happened.data}
    after = replace(known, **wishes)
    if after == known:
        return None
    members.put(conn, after)
    return ()


def _notice(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    """A line for the member's next digest."""
    digests.add_notice(conn, email, decided.time, happened.words, decided.number)
    return ()


def _digest(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    """A digest was written for a period; one per member and period. Its letter showed the open notices."""
    letter = happened.data.get("letter")
    digests.record(conn, email, happened.data["period"], letter, decided.time)
    if letter:
        shown = [notice.id for notice in digests.unseen_notices(conn, email)]
        digests.mark_shown(conn, shown, letter)
    return ()


def _await_yes(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    """Acts that wait for a yes from the person's own address; the letter's id is the ticket."""
    data = happened.data
    ticket = Confirmation(
        id=data["letter"],
        member=email,
        cause=decided.number,
        commands=(data["commands"],),
        created_at=decided.time,
        expires_at=happened.due or decided.time,
    )
    confirmations.put(conn, ticket)
    return ()


def _yes(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """The yes came; it is good once."""
    return () if confirmations.use(conn, happened.data["letter"], decided.time) else None


def _group(conn: Connection, name: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
    """A group file added or changed."""
    known = groups.get(conn, name) or Group(name)
    data = happened.data
    aliases = tuple(data["aliases"].split("\n")) if "aliases" in data else known.aliases
    needs = tuple(data["needs"].split("\n")) if "needs" in data else known.needs
    groups.put(conn, replace(known, aliases=aliases, needs=needs, state=data.get("state", known.state)))
    return ()


def _letter(conn: Connection, letter_id: str, happened: Event, decided: Entry) -> Applied:
    """What the operator says of a letter, or what became of it; the words of the latter are its reason."""
    letter = outgoing.get(conn, letter_id)
    before, state, noted = LETTER_EVENTS[happened.name]
    if letter is None or letter.state not in before:
        return None
    after = replace(letter, state=state or letter.state, reason=happened.words)
    if happened.name == "retry":
        after = replace(after, next_try=decided.time, retried_at=decided.time)
    outgoing.settle(conn, after, noted)
    return ()


def _desk(conn: Connection, name: str, happened: Event, decided: Entry) -> Applied:
    """Letters or publishing rest, or go on."""
    pauses = happened.name == "pause"
    if switches.paused(conn, name) == pauses:
        return None
    switches.put(conn, name, pauses, decided.time, decided.number)
    return ()


LETTER_EVENTS = {  # event: the states that it may find, the one it leaves ("" the same), what the archive then tells
    "cancel": ({*OPEN, "unconfirmed"}, "cancelled", ""),
    "retry": ({"failed", "deferred", "ambiguous", "cancelled", "suppressed", "unconfirmed"}, "queued", ""),
    "bounced": ({*OPEN, "sent", "unconfirmed"}, "failed", "bounced"),
    "fail": ({*OPEN, "failed", "unconfirmed"}, "failed", "fail"),
    "suppress": ({*OPEN, "suppressed", "unconfirmed"}, "suppressed", "suppress"),
    "late": ({*OPEN, "unconfirmed"}, "", "late"),
}
WISHES: dict[str, Callable[[str], object]] = {  # fields of Member that are theirs to say, from an event's words
    "schedule": str,
    "hour": lambda words: time.fromisoformat(words) if words else None,
    "timezone": str,
    "quiet": str,
    "stand_in": str,
    "silent": lambda words: words == "yes",
}
PERSON_EVENTS: dict[str, Callable[[Connection, str, Event, Entry], Applied]] = {
    "invite": _invite,
    "accept": _become("active", "invited"),
    "resume": _become("active", "suspended", "away", "resigned", "removed"),
    "suspend": _become("suspended", "active", "away", "invited"),
    "remove": _become("removed", "active", "away", "invited", "suspended"),
    "resign": _resign,
    "stay": _stay,
    "leave": _become("resigned", "active", "away"),
    "ask address": _ask_address,
    "vouch": _vouch,
    "end address": _end_address,
    "readdress": _readdress,
    "away": _away,
    "back": _back,
    "habit": _habit,
    "change": _change,
    "notice": _notice,
    "digest": _digest,
    "await yes": _await_yes,
    "yes": _yes,
}


JOURNALLED = frozenset(PERSON_EVENTS) - {"notice", "digest", "await yes", "yes"}


def _person(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    before = members.get(conn, email)
    applied = PERSON_EVENTS[happened.name](conn, email, happened, decided)
    if applied is not None and happened.name in JOURNALLED:
        after = members.get(conn, happened.data.get("address", email)) or members.get(conn, email)
        line = JournalLine(
            ref=happened.ref,
            at=happened.due if happened.name == "leave" and happened.due else decided.time,
            actor=happened.data.get("for") or happened.by,
            event=happened.name,
            before=before.state if before else "",
            after=after.state if after else "",
            reason=happened.reason,
            words=happened.words,
            number=decided.number,
        )
        journal.add(conn, line)
    return applied


SUBJECTS: dict[str, Callable[[Connection, str, Event, Entry], Applied]] = {
    "member": _person,
    "author": _person,
    "group": _group,
    "letter": _letter,
    "desk": _desk,
}
