"""A motion: members decide whether something published comes down, reads otherwise, or bears a note on its page.

A member's `retract`, `replace`, `append` or `correct` opens it, and so does its author's wish; the kind's policy says
how many votes carry it. What is up stays as it is until the decision has settled, and until then anything may be taken
back. A new text is put up word for word, and the page says whose it is and since when; a note leaves every word as it
is. Whoever asked hears how it ended: it lapses like any other wait. Bundles are `publishing`'s.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from mailproc.desk.tell import views
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import counting
from mailproc.desk.weigh.outcome import OF_ANOTHER, Outcome, Speaker, done, effect, event, how, refused
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical
from mailproc.message.text.nothing import has_words
from mailproc.phrase import Phrase, say
from mailproc.review import ballot
from mailproc.review.reply.command import Command
from mailproc.store.people import members
from mailproc.store.work import votes
from mailproc.workflow import machine
from mailproc.workflow.actor import DESK, Actor, person
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Moved, OfMember, Voted
from mailproc.workflow.item import Item

ENDED = frozenset({EventName.KEEP, EventName.LAPSE})  # the clock's events after which all is as it was


def retract(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Take it down: a motion, or a vote for the one that is open."""
    if item.state not in machine.UP:
        return refused(item, not_up(turn, item))
    if item.motion == "replace" and not _yields(turn, item):
        return refused(item, _another(item))
    if item.motion != "retract":
        _open(turn, event(speaker, item, EventName.MOVE, command.words, Moved(motion="retract")), item)
    return _cast(turn, speaker, item, "retract", command.words)


def replace_text(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """Another text in its place: a motion with these words, or without any a vote for the one that is open."""
    why = _irreplaceable(turn, item, command.words)
    if why:
        return refused(item, why)
    if command.words and command.words != item.new_text:
        _open(turn, event(speaker, item, EventName.MOVE, facts=Moved(motion="replace", text=command.words)), item)
    return _cast(turn, speaker, item, "replace", "")


def _irreplaceable(turn: Turn, item: Item, text: str) -> Phrase | None:
    """Why no ballot on this text can be opened or voted in; None if one can."""
    if item.state not in machine.UP:
        return not_up(turn, item)
    if item.motion == "retract":
        return _another(item)
    if not has_words(text):
        return None if item.motion and not text else say("refused/no-text")
    if text == item.text:
        return say("refused/same-text")
    if item.motion and text != item.new_text and not _yields(turn, item):
        return say("refused/other-text", ref=item.ref)
    return None


def append(turn: Turn, speaker: Speaker, item: Item, words: str = "", of: str = "") -> Outcome:
    """A note on its page: a motion with these words, which come of the enquiry `of`; without any a vote for it."""
    if item.state not in machine.UP:
        return refused(item, not_up(turn, item))
    if item.motion and (item.motion != "append" or (words and words != item.new_text)) and not _yields(turn, item):
        return refused(item, _another(item))
    if not words and item.motion != "append":
        return refused(item, say("refused/no-answer"))
    if words and item.motion != "append":
        moved = Moved(motion="append", text=words, of=of or None)
        _open(turn, event(speaker, item, EventName.MOVE, facts=moved), item)
    return _cast(turn, speaker, item, "append", "")


def correct(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """A dated note on its page that corrects it: a motion with these words, without any a vote for the open one."""
    if item.state not in machine.UP:
        return refused(item, not_up(turn, item))
    if item.motion and item.motion != "correct" and not _yields(turn, item):
        return refused(item, _another(item))
    if not has_words(command.words):
        return _cast(turn, speaker, item, "correct", "") if item.motion == "correct" else _says_nothing(item)
    if item.motion == "correct" and command.words != item.new_text:
        return refused(item, say("refused/other-note", ref=item.ref))
    if item.motion != "correct":
        moved = Moved(motion="correct", text=command.words)
        _open(turn, event(speaker, item, EventName.MOVE, facts=moved), item)
    return _cast(turn, speaker, item, "correct", "")


def _says_nothing(item: Item) -> Outcome:
    return refused(item, say("refused/no-note", ref=item.ref))


def bars(speaker: Speaker, item: Item) -> Phrase | None:
    """Why the speaker has no word on what is up, which they name by something else."""
    if ballot.is_own(speaker.member, item.authors):
        return say("refused/own-item")
    return say("refused/has-part") if ballot.has_part(speaker.member, item.group) else None


def vote(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """`reject` leaves it as it is. `approve` could mean the work or the motion, so it is asked back."""
    if command.verb == "approve":
        return refused(item, say("refused/which", author=_is_authors(item), motion=item.motion, ref=item.ref))
    return _cast(turn, speaker, item, "reject", command.words)


def undo(turn: Turn, speaker: Speaker, item: Item) -> Outcome:
    """Take back one's own vote on the motion, or the only one, where it alone decided."""
    standing = [each.member for each in votes.of(turn.conn, item.ref) if not each.undone]
    mine = next((email for email in standing if canonical(email) in speaker.member.addresses), None)
    whose = mine or (standing[0] if len(standing) == 1 and item.motion_settles else None)
    if whose is None:
        return refused(item, say("refused/no-vote"))
    others = "" if mine else OF_ANOTHER
    turn.happen(replace(event(speaker, item, EventName.UNVOTE, facts=OfMember(member=whose)), reason=others))
    tally = views.count(turn.conn, turn.desk, item)
    if not tally.approve and not tally.reject and item.motion_by != item.author.email:
        turn.happen(Event(item.ref, EventName.DROP, DESK))
        return done(turn, item, say("done/dropped", motion=item.motion))
    return _decide(turn, item, DESK, "")


def asked_by_author(turn: Turn, item: Item, motion: str, words: str = "", text: str | None = None) -> bool:
    """The author's own wish; False where a ballot on it is open already, or members decide on something else first."""
    supersedes = item.motion == "" or (item.motion_by == item.author.email and item.motion == "replace")
    if not supersedes and not (motion == "retract" and item.motion == "replace"):
        return False
    by, facts = person(item.author.email), Moved(motion=motion, text=text)
    return turn.happen(Event(item.ref, EventName.MOVE, by, words, facts=facts)) is not None


def end(turn: Turn, item: Item, name: str, words: str) -> None:
    """A motion came to nothing, by its ballot or by time: whoever asked gets a word. `item` is as it was before."""
    if item.hidden_at is not None and name in ENDED:
        tell_shown(turn, item, words)
    if name not in ENDED | {EventName.HIDE} or not item.motion:
        return
    if item.motion_by == item.author.email:
        turn.tell(turn.item(item.ref) or item, "kept", words)
        return
    asked = members.get(turn.conn, item.motion_by)
    if asked is not None and asked.state in {"active", "away"}:
        kept = say("notice/kept", ref=item.ref, title=item.title, motion=item.motion, end=str(name))
        turn.let_know(asked.email, kept)


def tell_shown(turn: Turn, item: Item, words: str) -> None:
    """What was hidden is back: its author hears so."""
    if item.motion_by != item.author.email:
        turn.tell(turn.item(item.ref) or item, "shown", words)


def reasons(conn: Connection, item: Item, verdict: str) -> str:
    """What the members who said so say to the author, before the votes on a motion are gone."""
    said = [each.words for each in votes.of(conn, item.ref) if each.verdict == verdict and not each.undone]
    return "\n\n".join(words for words in said if words)


def _open(turn: Turn, moved: Event, before: Item) -> None:
    """A motion of a member's takes the place of an author's that nobody supports, and the author hears that."""
    after = turn.happen(moved)
    if before.motion and before.motion_by == before.author.email:
        turn.tell(after or before, "kept", "")


def _yields(turn: Turn, item: Item) -> bool:
    """The author's text, for which no member has voted, makes room for what a member asks."""
    own = item.motion_by == item.author.email and item.motion == "replace"  # what they want down is decided on
    return own and not views.count(turn.conn, turn.desk, item).approve


def _cast(turn: Turn, speaker: Speaker, item: Item, verdict: str, words: str) -> Outcome:
    after = turn.happen(event(speaker, item, EventName.VOTE, words, Voted(verdict=verdict)))
    return _decide(turn, after or item, speaker.actor, words, speaker)


def _decide(turn: Turn, item: Item, by: Actor, words: str, speaker: Speaker | None = None) -> Outcome:
    """Let the ballot's outcome happen: the motion settles, is open again, or nothing yet; an undo decides nothing."""
    tally = views.count(turn.conn, turn.desk, item)
    name, undone = counting.wanted(turn.conn, item, tally), speaker is None
    if undone and name in counting.OF_A_MOTION.values():
        if item.motion_settles:
            turn.happen(Event(item.ref, EventName.REOPEN, DESK, reason="lacking", facts=counting.figures(tally)))
        counting.restart(turn, item, tally)
        return done(turn, item, say("done/anew"))
    if name:
        due = None if name is EventName.REOPEN else turn.after(turn.desk.config.review.undo)
        turn.happen(Event(item.ref, name, by, due=due, reason=counting.reason(tally), facts=counting.figures(tally)))
    after = turn.item(item.ref) or item
    if after.motion_settles == "":
        votes = counting.said(tally, motion=item.motion)
        open_still = say("done/lacks", votes=votes) if name else say("done/voted", undone=undone, votes=votes)
        return done(turn, item, open_still, undo=not undone)
    if name:
        told = words if after.motion_settles == "retract" else ""
        moved = say("done/moved", end=after.motion_settles, effect=effect(turn))
        return done(turn, item, moved, undo=not undone, told=told)
    stands = say("done/moved-already", undone=undone, end=after.motion_settles, at=after.settles_at)
    return done(turn, item, stands, undo=not undone)


def _another(item: Item) -> Phrase:
    """A motion is open that asks something else."""
    return say("refused/other-motion", author=_is_authors(item), motion=item.motion, ref=item.ref)


def _is_authors(item: Item) -> bool:
    """The author asks, not a member."""
    return item.motion_by == item.author.email


def not_up(turn: Turn, item: Item) -> Phrase:
    """Readers do not see it, so no motion can be about it."""
    return say("refused/not-up", state=item.state, ref=item.ref, how=how(turn, item))
