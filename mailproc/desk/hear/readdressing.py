"""A member writes from another address from now on: only with a yes from the old one, or from two other members.

Whoever holds a letter of the member's and writes with proof from another address says `new address` there; the address
is the From of that very mail, never one that it names. Until somebody who may says yes, nothing changes and nothing is
written to it. A no ends it, and the operator hears. Who answers was settled before (`authority`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from mailproc.desk.admit import accessing
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker
from mailproc.kinds.event import EventName
from mailproc.message.compose import addressable
from mailproc.message.field.address import canonical, reachable
from mailproc.message.model import Address
from mailproc.phrase import say
from mailproc.review.member import Member
from mailproc.review.reply.command import Command
from mailproc.store.people import access, members, readdressings
from mailproc.store.people.readdressings import CONFIRMED, EXPIRED, REFUSED, VOUCHED, Readdressing
from mailproc.workflow.actor import CLOCK, DESK, Actor, person
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.facts import NewAddress, OfRequest

ASKED, VOUCH = "member/address", "member/vouch"
OLD_ADDRESS_ANSWERS, MEMBERS_ANSWER = timedelta(days=7), timedelta(days=14)
VOUCHERS = 2
PER_MONTH, MONTH = 3, timedelta(days=30)
WHY_NOT = {
    "same-address": say("self/address-same"),
    "address-taken": say("self/address-taken"),
    "address-not-ascii": say("self/address-not-ascii"),
    "address-change-open": say("self/address-asked-already"),
    "too-many-address-changes": say("self/address-too-often"),
}
OVER = {
    CONFIRMED: say("self/address-confirmed"),
    VOUCHED: say("self/address-vouched"),
    REFUSED: say("self/address-refused"),
    EXPIRED: say("self/address-expired"),
    readdressings.LEFT: say("self/address-left"),
}


# Asking


def asked_by_member(turn: Turn, speaker: Speaker) -> Outcome:
    """`new address` from a further address of the member's own."""
    author = turn.message.author if turn.message else None
    why = ask(turn, speaker.member, author.email if author else speaker.member.email)
    if why:
        return Outcome("", "", done=False, words=WHY_NOT[why])
    return Outcome("", "", done=True, words=say("self/address-asked"))


def asked_by_stranger(turn: Turn, seen: Examined, member: Member, commands: Sequence[Command]) -> bool:
    """`new address` in a proven answer to the member's letter, from an address not theirs; False if it is not that.

    Nothing is written to that address: it may be anybody's.
    """
    if seen.message.author is None or all(each.verb != "new address" for each in commands):
        return False
    why = ask(turn, member, seen.message.author.email)
    turn.note(reason=why or "address-asked", state="unauthorised" if why else "processed")
    return True


def ask(turn: Turn, member: Member, email: str) -> str:
    """Ask the old address and the other members; "" or why nobody is asked."""
    new = canonical(email)
    why = _objection(turn, member, new)
    if why:
        return why
    due = turn.after(MEMBERS_ANSWER)
    facts = NewAddress(address=new)
    turn.record(Event(member_ref(member.email), EventName.ASK_ADDRESS, DESK, due=due, facts=facts))
    old = {"address": new, "expires_at": turn.after(OLD_ADDRESS_ANSWERS)}
    turn.write(ASKED, Address(member.name, member.email), old)
    for other in members.every(turn.conn):
        if other.votes and other.email != member.email:
            context = {"address": new, "whom": member.name or member.email, "expires_at": due}
            turn.write(VOUCH, Address(other.name, other.email), context)
    return ""


def _objection(turn: Turn, member: Member, new: str) -> str:
    """Why nobody is asked: a slug, or ""."""
    owner = members.get(turn.conn, new)
    asked = readdressings.count_since(turn.conn, member.email, turn.time - MONTH)
    reasons = {
        "not-a-member": member.state not in {"active", "away"},
        "same-address": new == canonical(member.email),
        "address-taken": (owner is not None and owner.email != member.email) or turn.desk.is_ours(new),
        "address-not-ascii": not addressable(reachable(new)),
        "address-change-open": readdressings.open_of(turn.conn, member.email) is not None,
        "too-many-address-changes": asked >= PER_MONTH,
    }
    return next((slug for slug, holds in reasons.items() if holds), "")


# Answering


def answered(turn: Turn, member: Member, template: str, cause: int, commands: Sequence[Command]) -> list[Outcome]:
    """A yes or no of the old address or of another member; nothing for any other words."""
    said = {command.verb for command in commands} & {"approve", "reject"}
    if len(said) != 1:
        turn.note(reason="no-yes")
        return []
    request = readdressings.get(turn.conn, cause)
    late = OLD_ADDRESS_ANSWERS if template == ASKED else MEMBERS_ANSWER
    if request is None or request.outcome or turn.time > request.at + late:
        turn.note(state="unauthorised", reason="address-change-over")
        words = OVER[request.outcome or EXPIRED] if request else OVER[EXPIRED]
        return [Outcome("", "", done=False, words=words)]
    if said == {"reject"}:
        return [_refuse(turn, member, request)]
    return [_confirm(turn, member, request) if template == ASKED else _vouch(turn, member, request)]


def _refuse(turn: Turn, member: Member, request: Readdressing) -> Outcome:
    turn.note(reason="address-refused")
    _end(turn, request, person(member.email), REFUSED)
    lines = (
        f"A mail from {request.address} answered a letter to {request.member} and asked to be written to instead.",
        f"{member.email} said no, so nothing has changed. Somebody may be reading letters that are not theirs.",
        f"To take the member's power away until you know more: mailproc members suspend {request.member}",
    )
    turn.write("operator/notice", turn.desk.operator, {"about": "a change of address was refused", "lines": lines})
    return Outcome("", "", done=True, words=say("self/address-stays"))


def _end(turn: Turn, request: Readdressing, by: Actor, outcome: str) -> None:
    facts = OfRequest(cause=request.cause)
    turn.record(Event(member_ref(request.member), EventName.END_ADDRESS, by, reason=outcome, facts=facts))


def _confirm(turn: Turn, member: Member, request: Readdressing) -> Outcome:
    return _readdress(turn, member, request, CONFIRMED)


def _vouch(turn: Turn, member: Member, request: Readdressing) -> Outcome:
    turn.note(reason="address-vouched")
    facts = OfRequest(cause=request.cause)
    if not turn.record(Event(member_ref(request.member), EventName.VOUCH, person(member.email), facts=facts)):
        return Outcome("", "", done=False, words=say("self/vouched-already"))
    said_yes = {*request.vouched, member.email}
    if sum(each.votes and each.email in said_yes for each in members.every(turn.conn)) < VOUCHERS:
        return Outcome("", "", done=True, words=say("self/vouched"))
    return _readdress(turn, member, request, VOUCHED)


def _readdress(turn: Turn, by: Member, request: Readdressing, how: str) -> Outcome:
    """The new address is theirs, and the first word goes to it."""
    turn.note(reason=f"address-{how}")
    had = any(each.member == request.member for each in access.every(turn.conn))
    facts, actor = OfRequest(cause=request.cause, address=request.address), person(by.email)
    if not turn.record(Event(member_ref(request.member), EventName.READDRESS, actor, reason=how, facts=facts)):
        _end(turn, request, DESK, REFUSED)  # it became somebody else's meanwhile
        return Outcome("", "", done=False, words=WHY_NOT["address-taken"])
    known = members.get(turn.conn, request.address)
    turn.write("member/readdressed", Address(known.name if known else "", request.address), {"address": request.member})
    if had and known is not None:
        accessing.give(turn, known)  # the old address had the one before, which ended
    return Outcome("", "", done=True, words=say("self/readdressed", address=request.address))


def lapse(turn: Turn, cause: str) -> None:
    """Nobody said yes or no in time: the member reads of it, where their letters still go."""
    request = readdressings.get(turn.conn, int(cause))
    if request is None or request.outcome or request.expires_at > turn.time:
        turn.note(reason="no-longer-due")
        return
    _end(turn, request, CLOCK, EXPIRED)
    turn.let_know(request.member, say("notice/not-confirmed", address=request.address))
