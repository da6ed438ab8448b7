"""Under which name a work goes up: its author's own, a pen name, the first name alone, or none.

Members know from whom it came; readers, and everybody else to whom letters go, have `Item.signed`. A wish may stand in
the mail that opens the item, or come later, and the last one is kept for whatever its author sends after that. What is
up bears the new name at once, without a vote. Words of a text are never changed, so a text that holds the wish itself,
or the name that is kept back, waits until its author has said which words are meant. Nothing here fails.
"""

from __future__ import annotations

import re

from mailproc.desk.tell.answer import answer
from mailproc.desk.tell.checks import kept_back, withheld
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS, ref_of
from mailproc.message.field.header import clean
from mailproc.review.reply.command import Listed, Listing, read_lines
from mailproc.store.work import items
from mailproc.workflow.actor import person
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Byline
from mailproc.workflow.item import Item

VERBS = frozenset({"pen name", "first name", "no name"})
LETTER = "author/byline"
LONGEST = 80  # characters of a name
_EDGES = " ,:;!\"'\u201c\u201d\u201e\u00ab\u00bb()<>-"
_STOP = re.compile(r"(?<=\w\w)\.$|(?<=\w\w)\W+\.$")  # at the end of a name; "K." keeps its own
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*\.?")
_TITLE = re.compile(r"\w{2,}\.")  # "Dr." and "Prof." are no names, "J." is


def name_it(turn: Turn, seen: Examined, item: Item, verb: str, words: str) -> bool:
    """An author's wish, on an item that may go up; they hear what will stand there."""
    if KINDS[item.kind].up is None and not KINDS[item.kind].guessed:  # what nobody has sorted may go up yet
        return False
    byline = _named(verb, words, item.author.name)
    if byline is None:
        return False
    turn.happen(Event(item.ref, EventName.BYLINE, person(item.author.email), facts=Byline(byline=byline)))
    after = turn.item(item.ref) or item
    context = {"item": after, "kept_back": kept_back(after)}
    answer(turn, seen, LETTER, context, ref=item.ref, proven=True)
    return True


def at_opening(turn: Turn, seen: Examined, kind: str) -> tuple[str | None, bool]:
    """The name that a new item bears, and whether the mail itself asks for it.

    Where the mail does not say, its author's last wish stands; None: nobody ever said anything.
    """
    if seen.writer is None or KINDS[kind].up is None:
        return None, False
    wish = _in_mail(turn, seen, kind)
    if wish is not None:
        return wish, True
    said = [item.byline for item in items.by_author(turn.conn, seen.writer.email) if item.byline is not None]
    return (said[-1] if said else None), False


def is_named(turn: Turn, seen: Examined, byline: str | None) -> bool:
    """The text that would go up, or its title, holds the name that its author keeps back."""
    said = f"{turn.entry.title} {turn.entry.text or ''}"
    return seen.writer is not None and bool(withheld(seen.writer.name, byline, said))


def _in_mail(turn: Turn, seen: Examined, kind: str) -> str | None:
    """What a line of the mail asks for."""
    number, name = turn.entry.number, seen.writer.name if seen.writer else ""
    listing = Listing((Listed(ref_of(kind, number), number, kind, ""),), single=True)
    commands = read_lines(seen.message.text, listing, "author").commands
    wishes = (_named(each.verb, each.words, name) for each in commands if each.verb in VERBS)
    return next((wish for wish in wishes if wish is not None), None)


def _named(verb: str, words: str, own: str) -> str | None:
    """The name that a wish means; None where it gives none, or what is none."""
    if verb == "pen name":
        name = _STOP.sub("", clean(words.strip().split("\n")[0]).strip(_EDGES)).strip(_EDGES)
        return name if name and len(name) <= LONGEST and "@" not in name else None
    return _first_of(own) if verb == "first name" else ""


def _first_of(name: str) -> str:
    """The first name: "Jo" of "Jo Poole", of "Poole, Jo" and of "Dr. Jo Poole"; "" where there is none."""
    last, _, first = name.partition(",")
    words = (first or last).split()
    return next((word for word in words if _WORD.fullmatch(word) and not _TITLE.fullmatch(word)), "")
