"""Tasks: a member takes one on, has done it, or gives it on; named by its reference, or by the file that it is about.

With whom a task is, is `tell.duties`'; what becomes of the file itself when a task on one is claimed, done or given
back stands in `FOR_THE_FILE`. Words behind `done` are for the members alone. A task that was done may be opened again,
and a claim taken back by whoever has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mailproc.desk.decide import declining, putting_up
from mailproc.desk.file import laying_out
from mailproc.desk.tell import asking, duties
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, event, how, refused
from mailproc.kinds.event import EventName
from mailproc.kinds.task import ON_FILES, RESTORE
from mailproc.phrase import Phrase, say
from mailproc.review.member import Member
from mailproc.review.reply.command import Command
from mailproc.workflow.facts import PutBefore
from mailproc.workflow.item import Item

E = EventName
DoneOnFile = Callable[[Turn, Speaker, str], Outcome | None]  # by the group's name; None: nothing was to be done


FOR_THE_FILE: dict[str, DoneOnFile] = {  # what becomes of a file by what is said of a task on it
    "claim": putting_up.claim,
    "unclaim": putting_up.unclaim,
    "done": putting_up.up,
    "undo": putting_up.undo_on_task,
}


def claim(turn: Turn, speaker: Speaker, item: Item, _: Command) -> Outcome:
    """The task is with the speaker, until the time of a claim is over."""
    if not duties.is_task(item):
        return refused(item, say("refused/not-a-task", called=say("words/a-kind", kind=item.kind)))
    if not speaker.member.votes:
        return refused(item, say("refused/away"))
    if item.state not in duties.OPEN:
        return refused(item, say("refused/already", how=how(turn, item), retracts=False, ref=item.ref))
    outcome = _on_file(turn, speaker, item, "claim")
    if outcome is None and item.state == duties.CLAIMED:
        has = duties.with_whom(turn.conn, item)
        until = item.waiting_since + turn.desk.limits(item.kind).claim
        mine = has is not None and has.email == speaker.member.email
        return refused(item, say("refused/claimed", who=_called(has), mine=mine, until=until))
    if outcome is None or outcome.done:
        _take(turn, speaker, item)
        until = turn.after(turn.desk.limits(item.kind).claim)
        outcome = outcome or done(turn, item, say("done/claimed", at=until), undo=True)
    return replace(outcome, ref=item.ref, title=item.title)


def _called(member: Member | None) -> str:
    return (member.name or member.email) if member else ""


def _take(turn: Turn, speaker: Speaker, item: Item) -> None:
    """Theirs; whoever had it before reads so."""
    had, email = duties.went_from(turn.conn, item), speaker.member.email
    turn.happen(event(speaker, item, E.CLAIM))
    taken = turn.happen(event(speaker, item, E.PUT_BEFORE, facts=PutBefore(member=email)))
    if had is not None and taken is not None:
        duties.tell_moved(turn, item, (email,), had, duties.CLAIM)


def have_done(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """It is done, whoever had it."""
    if not duties.is_task(item):
        return refused(item, say("refused/not-a-task", called=say("words/a-kind", kind=item.kind)))
    if item.state not in duties.OPEN:
        return refused(item, say("refused/already", how=how(turn, item), retracts=False, ref=item.ref))
    outcome = _on_file(turn, speaker, item, "done")
    if outcome is not None:
        return replace(outcome, ref=item.ref, title=item.title)
    has = duties.with_whom(turn.conn, item)
    turn.happen(event(speaker, item, E.DONE, command.words))
    if has is not None and has.email != speaker.member.email:
        said = say("notice/task-done", ref=item.ref, title=item.title, who=_called(speaker.member))
        turn.let_know(has.email, said)
    told = bool(item.author.email)
    return done(turn, item, say("done/task-done", told=told, noted=bool(command.words)), undo=True)


def unclaim(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """What `not me` and `not me, ask Sam` do to a task: it goes to another."""
    if item.state == duties.CLAIMED:
        why = _not_theirs(turn, speaker, item)
        outcome = refused(item, why) if why else _on_file(turn, speaker, item, "unclaim")
        if outcome is not None and not outcome.done:
            return replace(outcome, ref=item.ref, title=item.title)
        item = turn.item(item.ref) or item
        item = turn.happen(event(speaker, item, E.UNCLAIM)) or item
    return declining.unclaim(turn, speaker, item, command)


def undo(turn: Turn, speaker: Speaker, item: Item) -> Outcome | None:
    """Take a claim of one's own back, or have done what was done no more; None: it is no matter of tasks."""
    if item.state not in {duties.CLAIMED, "done"}:
        return None
    why = _not_theirs(turn, speaker, item) if item.state == duties.CLAIMED else None
    outcome = refused(item, why) if why else _on_file(turn, speaker, item, "undo")
    if outcome is None and item.state == "done" and item.section in ON_FILES:
        outcome = refused(
            item, say("refused/too-late", how=how(turn, item), retracts=False, ref=item.ref, member=False)
        )
    if outcome is not None and not outcome.done:
        return replace(outcome, ref=item.ref, title=item.title)
    after = turn.happen(event(speaker, item, E.UNCLAIM if item.state == duties.CLAIMED else E.REVIVE))
    if after is not None:
        asking.give(turn, after, "in-turn")
    words = say("done/unclaimed") if item.state == duties.CLAIMED else say("done/task-open")
    return outcome or done(turn, item, words)


def _not_theirs(turn: Turn, speaker: Speaker, item: Item) -> Phrase | None:
    """Why nobody but whoever claimed a task takes that back; None where that is the speaker."""
    has = duties.with_whom(turn.conn, item)
    return None if has is not None and has.email == speaker.member.email else say("refused/not-before-you")


def _on_file(turn: Turn, speaker: Speaker, item: Item, deed: str) -> Outcome | None:
    """What comes of it for the file that the task is about; None where nothing does."""
    return FOR_THE_FILE[deed](turn, speaker, item.group) if item.section in ON_FILES and item.group else None


# By the name of a file


def by_name(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    """`claim North Pier`, `done North Pier`, `not me` of it: the task on this file, those of its being up first."""
    name, act = command.argument, ON_ITEMS[command.verb]
    found = duties.on_file(turn.conn, name)
    found.sort(key=lambda item: item.section not in ON_FILES)
    if found:
        return act(turn, speaker, turn.item(found[0].ref) or found[0], command)
    return FOR_THE_FILE[command.verb](turn, speaker, name) or Outcome(
        "", "", done=False, words=say("refused/no-task", group=name)
    )


def restore(turn: Turn, speaker: Speaker, command: Command) -> list[Outcome]:
    """`restore North Pier`, `restore all`: each file that is offline is claimed, by its task where there is one."""
    offline, others = putting_up.restorable(turn, speaker, command.argument)
    tasks = ((file.name, duties.open_on(turn.conn, RESTORE, file.name, file.name)) for file in offline)
    came = [
        claim(turn, speaker, task, command) if task else putting_up.claim(turn, speaker, name) for name, task in tasks
    ]
    return came + others


def undo_by_name(turn: Turn, speaker: Speaker, name: str) -> Outcome:
    """`undo North Pier`: what was said of the file last; a claim by way of its task."""
    file = laying_out.named(turn, name)
    task = laying_out.task_of(turn, name) if file.state == "claimed" else None
    told = undo(turn, speaker, task) if task and task.state == duties.CLAIMED else None
    return told or putting_up.undo(turn, speaker, name)


def hand_on_file(turn: Turn, speaker: Speaker, name: str) -> list[Outcome]:
    """The tasks on a file that are before the speaker go to others; said beside `not me for North Pier`."""
    theirs = [
        item
        for item in duties.on_file(turn.conn, name)
        if (has := duties.with_whom(turn.conn, item)) is not None and has.email == speaker.member.email
    ]
    nothing = Command("unclaim", (), "", "", "")
    return [unclaim(turn, speaker, turn.item(item.ref) or item, nothing) for item in theirs]


ON_ITEMS: dict[str, Callable[[Turn, Speaker, Item, Command], Outcome]] = {
    "claim": claim,
    "done": have_done,
    "unclaim": unclaim,
}
VERBS: dict[str, Callable[[Turn, Speaker, Command], list[Outcome]]] = {
    "claim": lambda turn, speaker, command: [by_name(turn, speaker, command)],
    "done": lambda turn, speaker, command: [by_name(turn, speaker, command)],
    "restore": restore,
    "undo": lambda turn, speaker, command: [undo_by_name(turn, speaker, command.argument)],
    **putting_up.VERBS,
}
