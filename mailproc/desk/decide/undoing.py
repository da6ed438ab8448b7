"""Undo: a member takes back all that they have said on an item, or what one member, or the clock, alone decided.

It decides nothing itself. Another's hold stays beside one's own vote; what the votes that are left would decide is
asked anew. What is up comes down and waits again. Motions have their own `undo`.
"""

from __future__ import annotations

from dataclasses import replace

from mailproc.desk.decide import doing
from mailproc.desk.decide.unseen import unseen_of
from mailproc.desk.page import dating, hiding
from mailproc.desk.relay import claiming
from mailproc.desk.tell import duties, views
from mailproc.desk.tell.known import Known, known_of
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import counting, motions
from mailproc.desk.weigh.outcome import OF_ANOTHER, Outcome, Speaker, done, event, how, refused
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.phrase import Phrase, say
from mailproc.review.reply.command import Command
from mailproc.store.work import votes
from mailproc.workflow import machine
from mailproc.workflow.actor import DESK
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.event import Event
from mailproc.workflow.facts import OfMember
from mailproc.workflow.item import Item

HELD = frozenset({"held", "awaiting_author"})  # by one member's word, which leaves the votes


def undo(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Take back all that the speaker has said on it, else what one member alone decided; it decides nothing itself."""
    outcome = _undo(turn, speaker, item, command)
    dating.forget(turn, item.ref)
    return outcome


def _undo(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    if item.motion:
        return hiding.undo(turn, speaker, item) if item.hidden_at else motions.undo(turn, speaker, item)
    of_a_claim = _of_a_claim(turn, speaker, item)
    if of_a_claim is not None:
        return of_a_claim
    known = known_of(turn.conn, [item])
    if known.at_its_authors_wish(item):
        return refused(item, say("refused/author-wished"))
    mine = _own_vote(turn, speaker, item)
    if mine and _is_held_by_another(known, speaker, item):
        return _leave_held(turn, speaker, item, mine, command.words)
    if known.by_one(item):
        return _reopen(turn, speaker, item, command.words)
    whose = mine or _alone(turn, item)
    return _take_back(turn, speaker, item, whose, command.words)


def _of_a_claim(turn: Turn, speaker: Speaker, item: Item) -> Outcome | None:
    """What it takes back on a task, or on what a member has claimed; None where it is neither."""
    if duties.is_task(item):
        return doing.undo(turn, speaker, item)
    return claiming.unclaim(turn, speaker, item) if item.state == duties.CLAIMED else None


def _take_back(turn: Turn, speaker: Speaker, item: Item, whose: str | None, words: str) -> Outcome:
    """The vote goes; what it had decided stands where enough others are left."""
    if whose is None:
        return refused(item, _nothing_of_theirs(turn, item))
    if machine.settled(item) and item.state != "pending":
        return _revive(turn, speaker, item, whose, words)
    _unvote(turn, speaker, item, whose, words)
    return _stand(turn, item, words)


def vote_gone(turn: Turn, speaker: Speaker, item: Item, whose: str) -> Outcome:
    """A vote of the speaker's on an open item goes, whatever else they said on it; how it stands without it."""
    _unvote(turn, speaker, item, whose)
    return _stand(turn, item, "")


def _is_held_by_another(known: Known, speaker: Speaker, item: Item) -> bool:
    """Another's hold, or question to its author, stands: only who said it, or who has nothing else, takes it back."""
    arrival = known.arrival(item) if item.state in HELD else None
    return arrival is not None and not arrival.actor.bears(speaker.member.addresses)


def _leave_held(turn: Turn, speaker: Speaker, item: Item, mine: str, words: str) -> Outcome:
    """The speaker's vote goes; what another holds stays so."""
    _unvote(turn, speaker, item, mine, words)
    wakes = item.held_until or item.waiting_since + turn.desk.limits(item.kind).hold
    back = wakes if item.state == "held" else None
    held = unseen_of(turn, speaker, item).over_whose_hold()
    return done(turn, item, _with(words, say("done/hold-stays", held=held, at=back)))


def _stand(turn: Turn, item: Item, words: str) -> Outcome:
    """How it stands without the vote that went: as before, open again, or, where what is left would decide, anew."""
    tally = views.count(turn.conn, turn.desk, item)
    there = counting.OUTCOMES.get(EventName(tally.outcome)) if tally.outcome in counting.OUTCOMES else None
    by_silence = tally.outcome is None and counting.stands_by_silence(turn.conn, item, tally)
    if counting.is_decided(item) and (item.state == there or by_silence):
        return done(turn, item, _with(words, say("done/stays", undone=True, state=item.state, at=item.settles_at)))
    if counting.is_decided(item):
        happened = Event(item.ref, EventName.REOPEN, DESK, reason=counting.reason(tally))
        turn.happen(replace(happened, facts=counting.figures(tally)))
    if counting.begin_anew(turn, item.ref):
        return done(turn, item, _with(words, say("done/anew")))
    left, was_decided = counting.said(tally), counting.is_decided(item)
    stands = say("done/lacks", votes=left) if was_decided else say("done/voted", undone=True, votes=left)
    return done(turn, item, _with(words, stands))


def _with(words: str, did: Phrase) -> Phrase:
    """What was done; and who reads the words that stand behind `undo`, where its author does not."""
    return say("done/with-words", did=did) if words else did


def _nothing_of_theirs(turn: Turn, item: Item) -> Phrase:
    """Why a member without a vote on it takes nothing back."""
    if item.state in machine.WAITING:
        return say("refused/no-vote")
    if any(not vote.undone for vote in votes.of(turn.conn, item.ref)):
        return say("refused/not-alone")
    return _too_late(turn, item, "reject")  # a motion has ended the votes


def _own_vote(turn: Turn, speaker: Speaker, item: Item) -> str | None:
    """The speaker's vote that stands, by the address that it was cast for."""
    standing = (vote.member for vote in votes.of(turn.conn, item.ref) if not vote.undone)
    return next((email for email in standing if canonical(email) in speaker.member.addresses), None)


def _alone(turn: Turn, item: Item) -> str | None:
    """Whose vote decided alone: any member takes that back."""
    standing = [vote.member for vote in votes.of(turn.conn, item.ref) if not vote.undone]
    decided = item.state not in machine.WAITING or item.state == "awaiting_proof"
    return standing[0] if len(standing) == 1 and decided else None


def _unvote(turn: Turn, speaker: Speaker, item: Item, whose: str, words: str = "") -> None:
    """The journal says who undid whose vote."""
    others = "" if whose in speaker.member.addresses else OF_ANOTHER
    undone = event(speaker, item, EventName.UNVOTE, words, OfMember(member=whose))
    turn.happen(replace(undone, reason=others))


def _reopen(turn: Turn, speaker: Speaker, item: Item, words: str) -> Outcome:
    """What one member, a time limit or silence did is taken back, and a vote of the speaker's with it."""
    late = item.state not in machine.WAITING and machine.settled(item)
    if late and item.state in machine.UP:
        return _recall(turn, speaker, item, words)
    after = turn.happen(event(speaker, item, EventName.REVIVE if late else EventName.REOPEN, words))
    if after is None:
        return refused(item, _too_late(turn, item) if late else say("refused/nothing-to-undo", how=how(turn, item)))
    mine = _own_vote(turn, speaker, item)
    if mine:
        _unvote(turn, speaker, item, mine)
    anew = counting.begin_anew(turn, item.ref)  # the votes that stood before still say so
    return done(turn, item, _with("" if late else words, say("done/anew") if anew else say("done/reopened")))


def _recall(turn: Turn, speaker: Speaker, item: Item, words: str) -> Outcome:
    """What is up comes down and waits for the members again; what its author wished to be forgotten waits no more."""
    name = EventName.REVIVE if is_erased(item.author.email) else EventName.RECALL
    after = turn.happen(event(speaker, item, name, words)) or item
    if after.state == "retracted":
        return done(turn, item, say("done/taken-down"))
    return done(turn, item, say("done/recalled", ref=after.ref), told=words)


def _revive(turn: Turn, speaker: Speaker, item: Item, whose: str, words: str) -> Outcome:
    """An undo after settling: the item comes back with its history; what is up comes down, and waits again as well.

    Where enough votes are left, only the vote is taken back.
    """
    if machine.row(item, EventName.REVIVE) is None:
        return refused(item, _too_late(turn, item))
    _unvote(turn, speaker, item, whose)
    asked = "retract" if item.state == "retracted" else ""
    tally = views.count(turn.conn, turn.desk, replace(item, motion=asked))
    if tally.outcome == ("reject" if item.state == "rejected" else "approve"):
        return done(turn, item, say("done/unvoted", state=item.state, votes=counting.said(tally, motion=asked)))
    if item.state in machine.UP:
        return _recall(turn, speaker, item, words)
    quiet = item.state == "approved"  # nobody outside has heard of it
    turn.happen(event(speaker, item, EventName.REVIVE, words))
    return done(turn, item, say("done/reopened") if quiet else say("done/revived"))


def _too_late(turn: Turn, item: Item, verb: str = "") -> Phrase:
    """It cannot be undone any more."""
    gone = item.state == "member"
    return say("refused/too-late", how=how(turn, item), retracts=retracts(item, verb), ref=item.ref, member=gone)


def retracts(item: Item, verb: str) -> bool:
    """They want to close what readers see: another word does that."""
    return item.state in machine.UP and verb in {"reject", "discard"}
