"""Doing what a member said: one verb, one item, one outcome.

A table from verb to function; each looks at item and ballot, lets events happen in the turn, and tells what
came of it. "The member replied too late" is decided in `_closed`. Who may speak at all was settled before
(`reviewing`); how words become commands is `review.reply.command`; what may follow what is `workflow.machine`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailproc.desk.decide import declining, doing, files, putting_up, undoing
from mailproc.desk.decide.rescue import rescue
from mailproc.desk.decide.unseen import Unseen, not_for, unseen_of
from mailproc.desk.page import dating, hiding
from mailproc.desk.relay import about, answering, claiming
from mailproc.desk.tell import duties, views
from mailproc.desk.tell.checks import own_organisation
from mailproc.desk.tell.known import known_of
from mailproc.desk.turn import sought
from mailproc.desk.turn.said import TEXTS, says_nothing
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import counting, motions, moving
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, effect, event, how, refused
from mailproc.desk.work import adorning
from mailproc.dossier import proposed
from mailproc.dossier.page import REPLY
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS, ref_of
from mailproc.message.mime.attachment import is_text_document
from mailproc.phrase import Phrase, Said, say
from mailproc.review import ballot
from mailproc.review.ballot import Tally
from mailproc.review.language import reasons
from mailproc.review.language.reasons import Reason
from mailproc.review.language.verbs import names_spam
from mailproc.review.reply.command import Command
from mailproc.store.work import attachments, groups, items, votes
from mailproc.workflow import machine
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.facts import Sorted, Voted
from mailproc.workflow.group import Group
from mailproc.workflow.item import SPAM, Item

WHY_NOT = {
    "own-item": say("refused/own-item"),
    "not-a-member": say("refused/not-a-member"),
    "away": say("refused/away"),
    "has-part": say("refused/has-part"),
    "decided-before": say("refused/decided-before"),
}
NEUTRAL = frozenset({"note", "unclaim"})  # what may be said of an appeal by whoever decided before
MOST_DIGITS = 9  # of a message's number
WAITS_FOR = {
    "awaiting_author": say("refused/awaits-author"),
    "awaiting_proof": say("refused/awaits-proof"),
    "awaiting_agreement": say("refused/awaits-agreement"),
}


def obey(turn: Turn, speaker: Speaker, command: Command) -> list[Outcome]:
    """Do one command on each of its items, in its order."""
    if command.verb == "schedule":  # a yes with its day
        command = replace(command, verb="approve")
    return [_one(turn, speaker, command, ref) for ref in command.refs]


def _one(turn: Turn, speaker: Speaker, command: Command, ref: str) -> Outcome:
    item = turn.item(ref) or _by_number(turn, ref)
    if item is None and command.verb == "sort" and _is_number(ref):
        return _rescue(turn, speaker, int(ref), command)
    if item is None:
        return Outcome(ref, "", done=False, words=say("refused/no-item"))
    if is_erased(item.author.email) and not item.place:
        return Outcome(item.ref, "", done=False, words=say("refused/erased"))
    why = ballot.may(speaker.member, command.verb, item.authors, item.group)
    if not why and item.appealed_at and _has_decided(turn, speaker, item) and command.verb not in NEUTRAL:
        why = "decided-before"
    if why:
        return refused(item, WHY_NOT[why])
    since = unseen_of(turn, speaker, item)
    stops = since.unread(command) or since.left_out(command, ref)
    return refused(item, stops) if stops else _do(turn, speaker, command, since)


def _has_decided(turn: Turn, speaker: Speaker, item: Item) -> bool:
    """Whoever decided before its author appealed has no vote on it any more."""
    return bool(ballot.barred(votes.of(turn.conn, item.ref)) & {speaker.member.email, *speaker.member.addresses})


def _do(turn: Turn, speaker: Speaker, command: Command, since: Unseen) -> Outcome:
    """What the verb does; whoever went over another's hold, or past words that they have not seen, reads so."""
    item, held, unknown = since.item, since.over_whose_hold(), since.not_known(command)
    outcome = VERBS[command.verb](turn, speaker, item, command)
    after = turn.item(item.ref)
    if outcome.done and held and after is not None and after.state != item.state:
        return replace(outcome, words=say("done/over-a-hold", did=outcome.words, held=held))
    if outcome.done and unknown:
        return replace(outcome, words=say("done/unseen", did=outcome.words, since=unknown, ref=outcome.ref))
    return outcome


def passed_over(turn: Turn, commands: Sequence[Command]) -> list[Outcome]:
    """What "all" left out because its verb does not go there, and no other line is about."""
    named = {ref for command in commands for ref in command.refs}
    left = {ref: command for command in reversed(commands) for ref in command.passed if ref not in named}
    found = (not_for(turn, command, ref) for ref, command in left.items())
    return [refused(item, why) for item, why in filter(None, found)]


def _closed(turn: Turn, item: Item, verb: str) -> Phrase | None:
    """Why this vote does not count; None while the ballot is open to it."""
    waits = item.state in machine.WAITING
    if not waits and machine.settled(item):
        return _already(turn, item, verb)
    if not KINDS[item.kind].voted:
        return say("refused/no-ballot", why=say("words/no-ballot", kind=item.kind))
    if item.state == "discarded":
        return say("refused/undo-first", how=how(turn, item))
    if not waits or machine.row(item, EventName(verb)) is not None:
        return None
    if item.state == "awaiting_author" and item.question is None and item.lacks_consent:
        return say("refused/awaits-coauthor", names=item.lacks_consent)
    return WAITS_FOR.get(item.state)


def _already(turn: Turn, item: Item, verb: str = "") -> Phrase:
    """It was decided before; and what would work on something that readers see."""
    return say("refused/already", how=how(turn, item), retracts=undoing.retracts(item, verb), ref=item.ref)


def _settled_undo(turn: Turn, item: Item) -> Phrase:
    """It is too late to hold it, and one word has it wait again."""
    return say("refused/hold-by-undo", how=how(turn, item), up=item.state in machine.UP, ref=item.ref)


# Ballots


def _vote(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Approve or reject: a vote, and what the ballot then says; an approval may name its day."""
    if item.motion:
        return motions.vote(turn, speaker, item, command)
    dated = command.verb == "approve" and bool(command.argument)
    at = dating.named(turn, speaker, command.argument) if dated else None
    if isinstance(at, Phrase):
        return refused(item, at)
    if dated and item.state in dating.MOVABLE:
        return dating.move(turn, speaker, item, at)
    why = _closed(turn, item, command.verb) or (_unapprovable(turn, item) if command.verb == "approve" else None)
    if why:
        return refused(item, why)
    named = _reason(turn, command)
    cast = Voted(verdict=command.verb, because=named.slug or None, again=named.again)
    turn.happen(event(speaker, item, EventName.VOTE, named.words, cast))
    if dated:
        dating.keep(turn, speaker, item, at)
        item = turn.item(item.ref) or item
    return _decide(turn, speaker, item, command.words, _told(named) if command.verb == "reject" else "")


def _unapprovable(turn: Turn, item: Item) -> Phrase | None:
    """What it lacks before anybody can approve it; None where it lacks nothing."""
    if KINDS[item.kind].grouped and item.group is None:
        return say("refused/no-group", ref=item.ref, kind=item.kind)
    if KINDS[item.kind].opens and not item.group:
        return say("refused/no-name", ref=item.ref)
    return say("refused/no-words") if says_nothing(turn.conn, item) else None


def _reason(turn: Turn, command: Command) -> Reason:
    """Why it is rejected, where a reason is named or a day."""
    if command.argument != reasons.NAMED:
        return Reason("", command.words)
    return reasons.read(command.words, turn.time, turn.desk.config.desk.timezone)


def _told(named: Reason) -> Said:
    """What its author gets of it."""
    if not named.slug and named.again is None:
        return named.words
    return say("done/told", why=TEXTS.get(named.slug, ""), again=named.again, words=named.words)


def _decide(turn: Turn, speaker: Speaker, item: Item, words: str, told: Said) -> Outcome:
    """Let the ballot's outcome happen: a decision, a decision that lacks votes now, or nothing yet."""
    tally = views.count(turn.conn, turn.desk, item)
    outcome = tally.outcome if tally.outcome in counting.OUTCOMES else None
    happened = event(speaker, item, EventName(outcome or EventName.REOPEN))
    due, votes = counting.due_of(turn, item, happened.name), counting.said(tally)
    happened = replace(happened, reason=counting.reason(tally), facts=counting.figures(tally))
    if outcome and turn.happen(replace(happened, words=words, due=due)):
        told = told if outcome == "reject" else ""
        takes = say("done/goes-up", at=due) if outcome == "approve" and due == item.publish_at else effect(turn)
        return done(turn, item, say("done/decided", verb=outcome, effect=takes), undo=True, told=told)
    if tally.outcome == "tie":
        _tell_both(turn, speaker, item, tally)
    if not outcome and counting.is_decided(item) and not counting.stands_by_silence(turn.conn, item, tally):
        turn.happen(happened)
        return done(turn, item, say("done/lacks", votes=votes))
    if counting.is_decided(item) and item.settles_at is not None:
        return done(turn, item, say("done/stays", undone=False, state=item.state, at=item.settles_at), undo=True)
    noted = say("done/voted", undone=False, votes=votes)
    if item.publish_at and item.publish_at > turn.time:
        noted = say("done/once-approved", did=noted, at=item.publish_at)
    return done(turn, item, noted, undo=True)


def _tell_both(turn: Turn, speaker: Speaker, item: Item, tally: Tally) -> None:
    """A tie waits until somebody changes their mind, so everybody who voted reads of it; the speaker, at once."""
    tie = say("notice/tie", ref=item.ref, title=item.title)
    for email in (*tally.approve, *tally.reject):
        if email != speaker.member.email:
            turn.let_know(email, tie)


# One member's word


def _single(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Ask or discard: one member is enough, and any member may take it back."""
    if item.state not in machine.WAITING and machine.settled(item):
        return refused(item, _already(turn, item, command.verb))
    if command.verb == "ask" and not command.words:
        return refused(item, say("refused/no-question"))
    due = turn.after(turn.desk.config.review.undo) if command.verb == "discard" else None
    unwanted = SPAM if command.verb == "discard" and names_spam(command.line) else ""
    happens = replace(event(speaker, item, EventName(command.verb), command.words), due=due, reason=unwanted)
    if not turn.happen(happens):
        return refused(item, _already(turn, item))
    if command.verb == "ask":
        return done(turn, item, say("done/asked"), undo=True, told=command.words)
    return done(turn, item, say("done/decided", verb=command.verb, effect=effect(turn)), undo=True)


def _hold(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """It comes back by itself, on the day that is named, or as the policy says; a hold that stands gets another day."""
    if item.state not in machine.WAITING and machine.settled(item):
        undoes = known_of(turn.conn, [item]).may_undo(item, speaker.member)
        return refused(item, _settled_undo(turn, item) if undoes else _already(turn, item, command.verb))
    until = dating.held_until(turn, speaker, command.argument) if command.argument else None
    if isinstance(until, Phrase):
        return refused(item, until)
    stands = until is None and item.state == "held"
    if stands or not turn.happen(replace(event(speaker, item, EventName.HOLD), due=until)):
        return refused(item, _already(turn, item))
    back = until or turn.after(turn.desk.config.review.kinds[item.kind].hold)
    return done(turn, item, say("done/held", at=back), undo=True)


def _note(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    turn.happen(event(speaker, item, EventName.NOTE, command.words))
    return done(turn, item, say("done/noted"))


def _sort(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Another kind, section or group; `argument` is the kind and what follows it, `words` why, for the author."""
    kind, rest, told = _place_said(turn, command)
    why = unsortable(turn, item, kind, rest)
    if why:
        return refused(item, why)
    sorted_ = event(speaker, item, EventName.SORT, told, facts=place_of(turn, item, kind, rest))
    after = turn.happen(replace(sorted_, reason=moving.reason(item, kind)))
    if after is not None and item.kind != kind:
        moving.tell(turn, item, after, told)
    named = (after.group or after.section) if after is not None and rest else None
    before = item.ref if kind != item.kind else ""
    words = say("done/sorted", called=say("words/a-kind", kind=kind), named=named, before=before)
    return Outcome(ref_of(kind, item.number), item.title, done=True, words=words)


def _place_said(turn: Turn, command: Command) -> tuple[str, str, str]:
    """Kind, section or group, and the reason; a colon may also stand before a group or section: "material: NPS"."""
    kind, _, rest = command.argument.partition(" ")
    if rest or not command.words:
        return kind, rest, command.words
    place = command.words.strip(" .!")
    sections = map(str.casefold, sought.sections_of(turn.conn, turn.desk))
    known = _group(turn, place) is not None or place.casefold() in sections
    return (kind, place, "") if known else (kind, "", command.words)


def _rescue(turn: Turn, speaker: Speaker, number: int, command: Command) -> Outcome:
    """A received number that opened nothing becomes an item after all."""
    kind, _, rest = command.argument.partition(" ")
    up = KINDS[kind].up if kind in KINDS else None
    group = _group(turn, rest) if up and up.grouped and rest else None
    name = group.name if group else rest if kind in KINDS and KINDS[kind].opens and rest else None
    section = (rest or up.section) if up and up.section else None
    place = Sorted(kind=kind, section=section, group=name)
    why = rescue(turn, number, speaker.member.email, place)
    if why:
        return Outcome(str(number), "", done=False, words=why)
    after = turn.item(ref_of(kind, number))
    words = say("done/rescued", called=say("words/a-kind", kind=kind))
    return Outcome(ref_of(kind, number), after.title if after else "", done=True, words=words)


def _is_number(ref: str) -> bool:
    """A bare number that a message may have: one of a book or a telephone is longer than a database can hold."""
    return ref.isdecimal() and len(ref) <= MOST_DIGITS


def _by_number(turn: Turn, ref: str) -> Item | None:
    """The item of a bare number, if it is the only one."""
    found = items.by_bare_number(turn.conn, int(ref)) if _is_number(ref) else []
    return turn.item(found[0].ref) if len(found) == 1 else None


def unsortable(turn: Turn, item: Item, kind: str, rest: str) -> Phrase | None:
    """Why an item cannot become that; None if it can."""
    if kind not in KINDS:
        return say("refused/no-kind", kind=kind, kinds=tuple(KINDS))
    moves = kind != item.kind or KINDS[kind].grouped
    fixed = kind != item.kind or item.place or KINDS[kind].opens  # what is up keeps its page, a file its name
    if fixed and item.state not in machine.WAITING:
        return say("refused/settled", how=how(turn, item), settles=item.settles_at is not None)
    if moves and known_of(turn.conn, [item]).was_up(item):  # and so does what was up
        return say("refused/was-up", called=say("words/a-kind", kind=item.kind))
    if says_nothing(turn.conn, item, kind):
        return say("refused/no-words")
    other = turn.item(ref_of(kind, item.number))
    if other is not None and other.ref != item.ref:  # what it was called before is itself
        return say("refused/opened", ref=ref_of(kind, item.number))
    missing = KINDS[kind].grouped and rest and _group(turn, rest) is None
    return say("refused/no-such-group", group=rest) if missing else None


def _group(turn: Turn, name: str) -> Group | None:
    """The group file of this name or alias."""
    return turn.desk.group(groups.every(turn.conn), name)


def place_of(turn: Turn, item: Item, kind: str, rest: str) -> Sorted:
    """Kind, section, group and document of an item that is sorted anew."""
    place, up = Sorted(kind=kind), KINDS[kind].up
    if KINDS[kind].opens:
        return replace(place, group=rest or item.group or proposed.read(item.title, item.text or "").name or None)
    if up is None:
        return place
    if up.grouped:
        group = _group(turn, rest) if rest else None
        name = group.name if group else item.group
        own = own_organisation(turn.conn, turn.desk, item)
        reply = REPLY if own is not None and own.name == name else item.section
        return replace(place, group=name, section=reply if reply == REPLY else None)
    if up.section:
        place = replace(place, section=rest or item.section or up.section)
    if up.document:
        kept = [each.attachment for each in attachments.of_item(turn.conn, item) if each.state == "kept"]
        document = next((each for each in kept if is_text_document(each)), None)
        return replace(place, document=document.name, sha256=document.sha256) if document else place
    return place


def _unclaim(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """`not me`: an enquiry that the speaker has claimed is before the others again, and before them no more."""
    if duties.is_task(item):
        return doing.unclaim(turn, speaker, item, command)
    given_back = claiming.unclaim(turn, speaker, item) if item.state == duties.CLAIMED else None
    if given_back is not None and not given_back.done:
        return given_back
    return declining.unclaim(turn, speaker, turn.item(item.ref) or item, command)


VERBS: dict[str, Callable[[Turn, Speaker, Item, Command], Outcome]] = {
    "approve": _vote,
    "schedule": _vote,
    "reject": _vote,
    "hold": _hold,
    "ask": _single,
    "discard": _single,
    "retract": motions.retract,
    "replace": motions.replace_text,
    "append": answering.append,
    "answer": answering.answer,
    "close": answering.close,
    "concerns": about.concerns,
    "correct": motions.correct,
    "hide": hiding.hide,
    "note": _note,
    "sort": _sort,
    "undo": undoing.undo,
    "unclaim": _unclaim,
    "claim": lambda *said: (claiming if said[2].kind == about.ENQUIRY else doing).claim(*said),
    "done": doing.have_done,
    **files.ON_ITEMS,
    "up": putting_up.up_on_task,
    "decoration": adorning.adorn,
    "not decoration": adorning.adorn,
}
