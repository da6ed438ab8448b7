"""Events about people, groups and the desk itself, applied to rows: members, confirmations, digests, group files.

The other half of `apply`, under the same law: entry and rows, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection

from mailproc.message.address import canonical
from mailproc.message.model import Address
from mailproc.review.member import Member
from mailproc.store import confirmations, digests, groups, members, outgoing, switches
from mailproc.store.confirmations import Confirmation
from mailproc.workflow.action import Action
from mailproc.workflow.group import Group
from mailproc.workflow.item import Entry, Event
from mailproc.workflow.outgoing import OPEN

Applied = tuple[Action, ...] | None


def admit(conn: Connection, person: Address, decided: Entry) -> None:
    """An approved applicant is a member from now on, whatever they were before."""
    known = members.get(conn, person.email)
    email = canonical(person.email)
    fresh = Member(email, person.name, "active", decided.time, (email,))
    members.put(conn, replace(known, state="active", since=decided.time) if known else fresh)


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

    def become(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:  # noqa: ARG001 - one shape for all
        known = members.get(conn, email)
        if known is None or known.state not in before:
            return None
        members.put(conn, replace(known, state=state, since=decided.time))
        return ()

    return become


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
PERSON_EVENTS: dict[str, Callable[[Connection, str, Event, Entry], Applied]] = {
    "invite": _invite,
    "accept": _become("active", "invited"),
    "resume": _become("active", "suspended", "away", "resigned", "removed"),
    "suspend": _become("suspended", "active", "away", "invited"),
    "remove": _become("removed", "active", "away", "invited", "suspended"),
    "change": _change,
    "notice": _notice,
    "digest": _digest,
    "await yes": _await_yes,
    "yes": _yes,
}


def _person(conn: Connection, email: str, happened: Event, decided: Entry) -> Applied:
    return PERSON_EVENTS[happened.name](conn, email, happened, decided)


SUBJECTS: dict[str, Callable[[Connection, str, Event, Entry], Applied]] = {
    "member": _person,
    "author": _person,
    "group": _group,
    "letter": _letter,
    "desk": _desk,
}
