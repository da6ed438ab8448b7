"""A group file's way up and back: claim, up, offline, restore, and undo of each.

A member claims a complete file and gets it as a package; its contributors see how it is laid out first. `up` says where
it is for readers, after the days in which they may object. A site that crashed takes files offline; `restore` sends the
packages again, and `up` alone takes the address from before. What a task of it becomes is `duties`'.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit

from mailproc.desk.file import laying_out, packages
from mailproc.desk.file.laying_out import another_has_it, named, task_of
from mailproc.desk.tell import duties
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, order, refused
from mailproc.kinds.event import EventName
from mailproc.kinds.task import ON_FILES
from mailproc.phrase import Phrase, say
from mailproc.review.reply.command import Command
from mailproc.review.reply.file import ALL
from mailproc.store.mail import outgoing
from mailproc.store.work import files, groups, items, journal
from mailproc.workflow import life
from mailproc.workflow.actor import CLOCK, DESK, person
from mailproc.workflow.event import Event
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.event import letter as letter_ref
from mailproc.workflow.facts import At
from mailproc.workflow.group import Group
from mailproc.workflow.item import Item, JournalLine

E = EventName
LONGEST_URL = 500  # characters


def has(speaker: Speaker, file: Group) -> bool:
    """Whoever speaks has claimed the file."""
    return file.claimed_by != "" and file.claimed_by in {speaker.member.email, *speaker.member.addresses}


def outcome(turn: Turn, file: Group, words: Phrase, *, did: bool, undo: bool = True) -> Outcome:
    """What came of a word on a file: told of its task where there is one, else of the file by its name."""
    task = task_of(turn, file.name)
    ref, title = (task.ref, file.name) if task else ("", "")
    words = words if task else say("file/by-name", name=file.name, did=words)
    return Outcome(ref, title, done=did, words=words, undo=order("undo", ref or file.name) if did and undo else "")


def _refused(turn: Turn, file: Group, why: Phrase) -> Outcome:
    return outcome(turn, file, why, did=False)


def _happen(turn: Turn, speaker: Speaker, file: Group, name: EventName) -> bool:
    laying_out.begin(turn, file)
    return turn.record(Event(group_ref(file.name), name, speaker.actor))


def _powerless(speaker: Speaker) -> Phrase | None:
    """Why whoever speaks takes nothing on."""
    if speaker.member.votes:
        return None
    return say("refused/away") if speaker.member.state == "away" else say("refused/not-a-member")


# Claim, and give back


def claim(turn: Turn, speaker: Speaker, name: str) -> Outcome:
    """The file is the speaker's to put up, or to restore: they get its package, and its contributors see the layout."""
    file = named(turn, name)
    if file.state == "offline":
        return _restore(turn, speaker, file)
    why = _powerless(speaker) or _unclaimable(turn, speaker, file)
    if why:
        return _refused(turn, file, why)
    _happen(turn, speaker, file, E.CLAIM)
    until = laying_out.show(turn, speaker.member, speaker.actor, named(turn, name))
    return outcome(turn, file, _claimed(turn, file, until), did=True)


def _claimed(turn: Turn, file: Group, until: datetime | None) -> Phrase:
    days = until if until is not None and until > turn.time else None
    return say("file/claimed", name=file.name, until=days)


def _unclaimable(turn: Turn, speaker: Speaker, file: Group) -> Phrase | None:
    """Why it cannot be claimed now."""
    if file.state == "claimed":
        return say("file/yours") if has(speaker, file) else another_has_it(turn, file)
    if file.state == "up":
        return say("file/is-up", url=file.url)
    return None if file.state == "complete" else say("file/not-complete", name=file.name)


def unclaim(turn: Turn, speaker: Speaker, name: str) -> Outcome | None:
    """Whoever has the file gives it back; None where they do not have it."""
    file = named(turn, name)
    if file.state != "claimed" or not has(speaker, file):
        return None
    _happen(turn, speaker, file, E.UNCLAIM)
    return outcome(turn, file, say("file/given-back"), did=True, undo=False)


def overdue(turn: Turn, task: Item) -> None:
    """The time of a claim is over: whoever had the file hears so, and it is for another."""
    if task.section not in ON_FILES or not task.group:
        return
    file = named(turn, task.group)
    if file.state == "claimed" and turn.record(Event(group_ref(file.name), E.OVERDUE, CLOCK)):
        packages.tell_claim_over(turn, file, restores=file.url != "")


def layout(turn: Turn, speaker: Speaker, command: Command) -> Outcome:
    """`layout North Pier`: shown again, in the order of the lines below it where there are any."""
    file = named(turn, command.argument)
    if file.state != "claimed" or not has(speaker, file):
        return outcome(turn, file, _not_yours(turn, file), did=False)
    lines = tuple(line for each in command.words.split("\n") if (line := each.strip()))
    misread = packages.misread(turn, file, lines)
    if misread:
        return outcome(turn, file, say("file/misread", line=misread[0], more=len(misread) - 1), did=False)
    until = laying_out.show(turn, speaker.member, speaker.actor, file, lines or None)
    return outcome(turn, file, say("file/shown", until=until), did=True, undo=False)


def _not_yours(turn: Turn, file: Group) -> Phrase:
    if file.state == "claimed":
        return another_has_it(turn, file)
    if file.state == "complete":
        return say("file/not-claimed", name=file.name)
    return say("file/nobody-puts-it-up")


# Up


def up(turn: Turn, speaker: Speaker, name: str, url: str = "") -> Outcome:
    """The file is for readers at this address; without one, where it was before."""
    file = named(turn, name)
    why = _powerless(speaker) or _not_yet_up(turn, speaker, file) or _bad_address(file, url)
    if why:
        return _refused(turn, file, why)
    where = url or file.url
    moved = where != file.url
    turn.record(Event(group_ref(file.name), E.PUT_UP, speaker.actor, where, facts=At(url=where)))
    for item in packages.in_package(turn, file):
        turn.happen(Event(item.ref, E.PUT_UP, speaker.actor))
    if moved:
        packages.tell_up(turn, named(turn, name), again=file.url != "")
    words = say("file/up", url=where, told=moved, at=turn.after(turn.desk.config.review.undo) if moved else None)
    told = outcome(turn, file, words, did=True)
    duties.close(turn, speaker.actor, file.name, where)
    return told


def up_on_task(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """`T-130 up https://...`: the file that the task is about."""
    if item.section not in ON_FILES or not item.group:
        return refused(item, say("file/no-task-of-it", ref=item.ref))
    return replace(up(turn, speaker, item.group, command.words), ref=item.ref, title=item.title)


def _not_yet_up(turn: Turn, speaker: Speaker, file: Group) -> Phrase | None:
    """Why it does not go up now: nobody has it, another has it, its contributors may still object, or do."""
    if file.state == "up":
        return None
    if file.state != "claimed":
        return _nobody_has_it(file)
    if not has(speaker, file):
        return another_has_it(turn, file)
    return laying_out.waits(turn, file)


def _nobody_has_it(file: Group) -> Phrase:
    if file.state == "complete":
        return say("file/not-claimed", name=file.name)
    if file.state == "offline":
        return say("file/not-restored", name=file.name)
    return say("file/not-complete", name=file.name)


def _bad_address(file: Group, url: str) -> Phrase | None:
    """Why it cannot be there, judged by the address as text; nobody fetches it."""
    if file.state == "up" and url in {"", file.url}:
        return say("file/is-up", url=file.url)
    if not url:
        return None if file.url else say("file/no-address", name=file.name)
    return None if is_address(url) else say("file/no-web-address", said=url[:LONGEST_URL])


def is_address(url: str) -> bool:
    """Whether readers may be sent there: http or https, a host with a dot in it, no user, no blank (RFC 9110 §4.2)."""
    if len(url) > LONGEST_URL or not url.isprintable() or any(map(str.isspace, url)):
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    return parts.scheme in {"http", "https"} and "." in host.strip(".") and "@" not in parts.netloc and port != 0


# Offline, and back


def offline(turn: Turn, speaker: Speaker, name: str) -> list[Outcome]:
    """Readers do not find the file, or any: the site has crashed."""
    return [_offline(turn, speaker, file) for file in _meant(turn, name, "up")] or [_none(speaker, say("file/none-up"))]


def _offline(turn: Turn, speaker: Speaker, file: Group) -> Outcome:
    why = _powerless(speaker)
    if why or file.state != "up":
        return _refused(turn, file, why or say("file/not-up"))
    _happen(turn, speaker, file, E.OFFLINE)
    for item in _materials(turn, file, "up"):
        turn.happen(Event(item.ref, E.OFFLINE, speaker.actor))
    return outcome(turn, file, say("file/offline", name=file.name), did=True)


def restorable(turn: Turn, speaker: Speaker, name: str) -> tuple[list[Group], list[Outcome]]:
    """The files that are offline, of those that are meant; and why others are not restored."""
    meant = _meant(turn, name, "offline")
    files_there = [file for file in meant if file.state == "offline"]
    others = [_refused(turn, file, _not_offline_now(turn, speaker, file)) for file in meant if file not in files_there]
    return files_there, others if meant else [_none(speaker, say("file/none-offline"))]


def _not_offline_now(turn: Turn, speaker: Speaker, file: Group) -> Phrase:
    if file.state == "claimed":
        return say("file/yours") if has(speaker, file) else another_has_it(turn, file)
    return say("file/not-offline")


def _restore(turn: Turn, speaker: Speaker, file: Group) -> Outcome:
    why = _powerless(speaker)
    if why:
        return _refused(turn, file, why)
    _happen(turn, speaker, file, E.RESTORE)
    packages.send(turn, speaker.member, named(turn, file.name), task_of(turn, file.name))
    return outcome(turn, file, say("file/restored", name=file.name), did=True)


def _meant(turn: Turn, name: str, state: str) -> Sequence[Group]:
    if name != ALL:
        return [named(turn, name)]
    return [each for each in turn.desk.groups(groups.every(turn.conn)) if each.state == state]


def _none(speaker: Speaker, why: Phrase) -> Outcome:
    return Outcome("", "", done=False, words=_powerless(speaker) or why)


def _materials(turn: Turn, file: Group, state: str) -> list[Item]:
    """What has come in for the file and stands in this state."""
    refs = dict.fromkeys(piece.ref for piece in files.of(turn.conn, file.name))
    return [item for ref in refs if (item := turn.item(ref)) and item.state == state]


# Undo


def undo(turn: Turn, speaker: Speaker, name: str) -> Outcome:
    """What was said of the file last is taken back: that it is claimed, up, or offline."""
    file = named(turn, name)
    why = _powerless(speaker)
    if why or file.state not in UNDOES:
        return _refused(turn, file, why or say("file/nothing-to-undo"))
    return UNDOES[file.state](turn, speaker, file)


def undo_on_task(turn: Turn, speaker: Speaker, name: str) -> Outcome | None:
    """The same by its task; None where the file has gone on since the task was done."""
    return undo(turn, speaker, name) if named(turn, name).state in {"claimed", "up"} else None


def _unclaim(turn: Turn, speaker: Speaker, file: Group) -> Outcome:
    if not has(speaker, file):
        return _refused(turn, file, another_has_it(turn, file))
    _happen(turn, speaker, file, E.UNCLAIM)
    return outcome(turn, file, say("file/given-back"), did=True, undo=False)


def _not_up(turn: Turn, speaker: Speaker, file: Group) -> Outcome:
    """It is its claimer's again; whoever has not heard of it yet never does."""
    rose = _rose(turn, file)
    before = rose[-2].words if len(rose) > 1 else ""
    heard = not _cancelled(turn, speaker, rose[-1].number if rose else 0)
    if rose and rose[-1].before == "up":  # it had gone to another address
        turn.record(Event(group_ref(file.name), E.PUT_UP, speaker.actor, before, facts=At(url=before)))
        return outcome(turn, file, say("file/at-old-address", url=before), did=True, undo=False)
    turn.record(Event(group_ref(file.name), E.RECALL, speaker.actor, facts=At(url=before)))
    for item in _materials(turn, file, "up"):
        turn.happen(Event(item.ref, E.OFFLINE, speaker.actor))
    _reopen_task(turn, speaker, file)
    if not packages.is_here(turn, file.claimed_by):
        return _free_again(turn, file, heard=heard)
    who = "" if has(speaker, file) else packages.called(turn, file.claimed_by)
    return outcome(turn, file, say("file/not-up-after-all", who=who, heard=heard), did=True, undo=False)


def _free_again(turn: Turn, file: Group, *, heard: bool) -> Outcome:
    """Whoever had put it up is no member any more: it is for another."""
    turn.record(Event(group_ref(file.name), E.UNCLAIM, DESK, reason="member-gone"))
    task = task_of(turn, file.name)
    if task is not None and task.state == duties.CLAIMED:
        turn.happen(Event(task.ref, E.UNCLAIM, DESK, reason="member-gone"))
    return outcome(turn, file, say("file/not-up-and-free", name=file.name, heard=heard), did=True, undo=False)


def _rose(turn: Turn, file: Group) -> list[JournalLine]:
    """The lines by which the file went up, without those that were taken back."""
    stands: list[JournalLine] = []
    for line in journal.of(turn.conn, group_ref(file.name)):
        if line.event == E.PUT_UP:
            stands.append(line)
        elif line.event == E.RECALL:
            stands = stands[:-1]
    return stands


def _cancelled(turn: Turn, speaker: Speaker, cause: int) -> bool:
    """That turn's letters to contributors do not leave; False where one has left."""
    made = [each for each in outgoing.caused_by(turn.conn, cause, cause) if each.template == packages.UP]
    unsent = [each for each in made if each.state in life.UNSENT]
    for letter in unsent:
        turn.record(Event(letter_ref(letter.id), E.CANCEL, speaker.actor))
    return unsent == made


def _reopen_task(turn: Turn, speaker: Speaker, file: Group) -> None:
    """The task that was done with it is its claimer's again."""
    found = [each for each in items.every(turn.conn, duties.TASK) if each.section in ON_FILES]
    done = [each for each in found if each.group == file.name]
    if done and turn.happen(Event(done[-1].ref, E.REVIVE, speaker.actor)):
        turn.happen(Event(done[-1].ref, E.CLAIM, person(file.claimed_by)))


def _not_offline(turn: Turn, speaker: Speaker, file: Group) -> Outcome:
    _happen(turn, speaker, file, E.REOPEN)
    for item in packages.in_package(turn, replace(file, shown_at=file.up_at)):
        turn.happen(Event(item.ref, E.PUT_UP, speaker.actor))
    return outcome(turn, file, say("file/not-offline-after-all", url=file.url), did=True, undo=False)


UNDOES: dict[str, Callable[[Turn, Speaker, Group], Outcome]] = {
    "claimed": _unclaim,
    "up": _not_up,
    "offline": _not_offline,
}


# By the file's name

VERBS: dict[str, Callable[[Turn, Speaker, Command], list[Outcome]]] = {
    "up": lambda turn, speaker, command: [up(turn, speaker, command.argument, command.words)],
    "offline": lambda turn, speaker, command: offline(turn, speaker, command.argument),
    "layout": lambda turn, speaker, command: [layout(turn, speaker, command)],
}
