"""A contributor answers the letter that shows how a file is laid out: they object, or are content.

Words that are neither keep the file waiting, too: nothing of a contributor's goes up over words of theirs that nobody
has read. Where nobody puts the file up just now, their words are kept with their material.
What an objection keeps waiting is `file.laying_out`'s.
"""

from __future__ import annotations

from mailproc.desk.file import packages
from mailproc.desk.file.laying_out import named, objections
from mailproc.desk.tell.answer import answer
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.thread import Thread
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.message.text.nothing import has_words
from mailproc.review.language.plain import is_content
from mailproc.review.reply.command import Reading
from mailproc.review.reply.spoken import WISH
from mailproc.workflow.actor import person
from mailproc.workflow.event import Event
from mailproc.workflow.event import group as group_ref
from mailproc.workflow.facts import Attached
from mailproc.workflow.group import Group
from mailproc.workflow.item import Item

E = EventName
ASKED = (packages.LAYOUT, packages.HEARD)  # letters on a layout
YES = {"confirm", "agree"}
OBJECTS, WORDS, CONTENT = "objects", "words", "content"  # what a contributor says


def answered(turn: Turn, seen: Examined, thread: Thread, item: Item, reading: Reading) -> bool:
    """Whether a mail says something of the layout that it answers; acts on the item itself are heard elsewhere."""
    letter = thread.letter
    if letter is None or letter.template not in ASKED or thread.old is not None or item.group is None:
        return False
    said = {command.verb for command in reading.commands}
    if (said and said <= YES and not reading.unclear) or (not said and is_content(reading.own)):
        turn.note(commands=tuple(command.line for command in reading.commands))
        _content(turn, seen, item)
        return True
    wish = any(line.reason == WISH for line in reading.unclear)
    if said or wish or not has_words(reading.own):
        return False
    _object(turn, seen, item, reading.own, WORDS)
    return True


def object_to(turn: Turn, seen: Examined, item: Item, words: str) -> bool:
    """What `object: why` does, in answer to whatever letter of ours."""
    _object(turn, seen, item, words, OBJECTS)
    return True


def _object(turn: Turn, seen: Examined, item: Item, words: str, says: str) -> None:
    """Whoever has the file hears at once; where nobody has it the words wait with the material, for the members."""
    file, by = named(turn, item.group or ""), person(item.author.email)
    turn.happen(Event(item.ref, E.ATTACH, by, facts=Attached(role="addition")))
    same = any((each.email, each.words) == (by.email, words) for each in objections(turn, file))
    objects = not same and turn.record(Event(group_ref(file.name), E.OBJECT, by, words, reason=says))
    if objects:
        packages.tell_objection(turn, file, item, words, says)
    elif not same and turn.happen(Event(item.ref, E.ADDITION, by, words)) is None:
        turn.happen(Event(item.ref, E.NOTE, by, words, reason="after-the-end"))
    _answer(turn, seen, item, file, says, repeats=same)


def _content(turn: Turn, seen: Examined, item: Item) -> None:
    """They have nothing against it, any more."""
    file, by = named(turn, item.group or ""), person(item.author.email)
    if turn.record(Event(group_ref(file.name), E.CONTENT, by)):
        packages.tell_objection(turn, file, item, "", CONTENT)
    _answer(turn, seen, item, file, CONTENT)


def _answer(turn: Turn, seen: Examined, item: Item, file: Group, says: str, *, repeats: bool = False) -> None:
    context = {"file": file, "item": turn.item(item.ref) or item, "says": says}
    answer(turn, seen, packages.HEARD, context, ref=item.ref, proven=True, repeats=repeats)
