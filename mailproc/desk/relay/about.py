"""Which published work an enquiry is about: found in the reader's mail, or named by a member.

A mail names a work by its reference, by the address of its page, or by its title. Where it names two, none is taken:
a member says which. What is not up for readers is nothing that a reader can mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection

from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker, done, event, refused
from mailproc.kinds import reference
from mailproc.kinds.event import EventName
from mailproc.phrase import say
from mailproc.review.reply.command import Command
from mailproc.store.work import items
from mailproc.workflow import machine
from mailproc.workflow.facts import Concerned
from mailproc.workflow.item import Item

ENQUIRY = "enquiry"
READ = 20_000  # characters of a mail in which a work is looked for
_WORDS_OF_A_TITLE = 3  # from which on it is known without quotation marks
_QUOTES = ("\"\u201c\u201e\u00ab\u2039'\u2018", "\"\u201d\u201c\u00bb\u203a'\u2019")  # that open, that close
_NOT_A_WORD = re.compile(r"[\W_]+")


def found_in(conn: Connection, text: str) -> Item | None:
    """The one work that is up and that a mail names; None where it names none, or several."""
    return found(text[:READ], items.waiting(conn, machine.UP, with_text=False))


def found(text: str, works: Sequence[Item]) -> Item | None:
    """The one of these works that a text names: by reference, else by its page, else by its title."""
    for names in _WAYS:
        named = names(text, works)
        if named:
            return named[0] if len(named) == 1 else None
    return None


def _by_reference(text: str, works: Sequence[Item]) -> list[Item]:
    said = {ref for line in text.split("\n") if reference.might_stand_in(line) for ref in reference.all_in(line)}
    return [work for work in works if said & set(work.refs)]


def _by_page(text: str, works: Sequence[Item]) -> list[Item]:
    there = [work for work in works if work.place and work.place in text]
    return [work for work in there if re.search(rf"(?<![\w-]){re.escape(work.place or '')}(?![\w-])", text)]


def _by_title(text: str, works: Sequence[Item]) -> list[Item]:
    """A short title counts within quotation marks alone; of two of which one holds the other, the longer."""
    plain, quoted = f" {_folded(text)} ", {_folded(each) for each in _in_quotes(text)}
    titles = [(work, title) for work in works if (title := _folded(work.title))]
    named = [
        (work, title)
        for work, title in titles
        if title in quoted or (len(title.split()) >= _WORDS_OF_A_TITLE and f" {title} " in plain)
    ]
    whole = [
        work for work, title in named if not any(f" {title} " in f" {other} " for _, other in named if other != title)
    ]
    return list({work.ref: work for work in whole}.values())


def _in_quotes(text: str) -> Iterable[str]:
    opening, closing = map(re.escape, _QUOTES)
    return re.findall(rf"(?<!\w)[{opening}]([^\n{closing}]{{2,200}})[{closing}]", text)


def _folded(text: str) -> str:
    return _NOT_A_WORD.sub(" ", text.casefold()).strip()


_WAYS: tuple[Callable[[str, Sequence[Item]], list[Item]], ...] = (_by_reference, _by_page, _by_title)


def work_of(turn: Turn, item: Item) -> Item | None:
    """The work that an enquiry is about, as it stands now."""
    return turn.item(item.about) if item.about else None


def concerns(turn: Turn, speaker: Speaker, item: Item, command: Command) -> Outcome:
    """A member says which published work it is about: by its reference, its page or its title."""
    named = found(f"“{command.words}”\n{command.words}", items.waiting(turn.conn, machine.UP, with_text=False))
    if named is None:
        return refused(item, say("refused/no-work", said=command.words))
    turn.happen(event(speaker, item, EventName.CONCERN, facts=Concerned(about=named.ref)))
    return done(turn, item, say("done/concerns", ref=named.ref, title=named.title))
