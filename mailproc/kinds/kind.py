"""Everything that the program needs to know of one kind of item, as a value.

Each kind's module makes one; `kinds/every` lists them. Nothing is decided here: the rooms above read what they need.
What is no word for people is a fact of the kind; what its letters say stands in `templates/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mailproc.kinds.event import EventName
from mailproc.kinds.step import Table, Tell

AUDIENCES = ("author", "applicant", "reader")  # folders of templates/LANGUAGE/: whoever sent it in is one of these


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that only one kind sends to whoever sent it in."""

    event: str  # its template is AUDIENCE/EVENT
    when: str  # it goes, a clause
    needs: tuple[str, ...] = ("item", "authenticated")  # names of its context, see `letters.catalogue.NAMES`


@dataclass(frozen=True, slots=True)
class Up:
    """How a work goes up for readers."""

    event: EventName  # of the table, and of the clock's message that says so
    folder: str  # below the published folder
    grouped: bool = False  # one of many in the file of a group, which must be named; else a page of its own
    document: bool = False  # an attached text document is the work, and the mail its cover note
    section: str = ""  # the part of the site where no rule names one; "": it stands in none


@dataclass(frozen=True, slots=True)
class Options:
    """What config.toml says of a kind."""

    address: str = ""  # meaning of its line in [desk.addresses]; "": it has no address of its own
    example: str = ""  # of that address
    policy: Mapping[str, object] = field(default_factory=dict)  # defaults of [review.KIND], where they are its own
    omitted: tuple[str, ...] = ()  # options of [review.KIND] that mean nothing here
    retention: str = ""  # meaning of its line in [retention]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of item, such as "article"."""

    # What it is
    name: str  # as rules and operators write it
    letter: str  # of its references: one capital, A to Z
    called: str  # in a sentence, with its article: "an article"

    # What may become of it
    table: Table  # what may follow what
    initial: str  # the state in which a new one begins
    ends: frozenset[str]  # states in which it is over and nothing of it is public: [retention] counts from there
    unclear: str = ""  # the state in which it begins where its words stand among other wishes; "": as ever
    done: str = ""  # the state to which an approval leads in the end
    called_done: str = ""  # that in a sentence: "published"
    up: Up | None = None  # readers see it then; None: it never goes up
    one_at_a_time: bool = False  # it is before one member, the last who was asked; False: before all who were
    opens: bool = False  # its approval opens a group file, whose name it must have
    thanks: bool = False  # a "thank you" to its end takes nothing up again
    guessed: bool = False  # nobody knows what it is: it has a best guess, and a yes takes that

    # Who says what about it
    verbs: frozenset[str] = frozenset()  # that can be said of it, beside those that can be said of every item
    no_ballot: str = ""  # why members do not vote on it, a clause; "": they do
    taps: tuple[str, ...] = ("discard",)  # verbs that take one tap while it waits
    yes: str = "confirm"  # what a yes of whoever sent it in says

    # Letters to whoever sent it in
    audience: str = "author"
    receipt: Letter
    letters: tuple[Letter, ...] = ()  # of its own, beside the receipt and what every author may get

    options: Options = field(default_factory=Options)

    @property
    def on_a_person(self) -> bool:
        """It is about whoever sent it in, who may appeal: members read what is known of them."""
        return "appeal" in self.verbs

    @property
    def voted(self) -> bool:
        """Members vote on it."""
        return not self.no_ballot

    @property
    def grouped(self) -> bool:
        """It belongs to the file of a group, which must be named before it is approved."""
        return self.up is not None and self.up.grouped

    @property
    def names_file(self) -> bool:
        """The group that its mail names is noted on it: what belongs to a file, and what is to be done on one."""
        return self.grouped or self.one_at_a_time

    @property
    def template(self) -> str:
        """Of its receipt: "author/receipt-article"."""
        return f"{self.audience}/{self.receipt.event}"

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table names them, the initial one first."""
        named = [self.initial]
        for (before, _), after in self.table.items():
            named += [before, after.state]
        return tuple(dict.fromkeys(named))

    @property
    def told(self) -> tuple[str, ...]:
        """The letters that its table asks for, by their events."""
        asked = (action.template for step in self.table.values() for action in step.actions if isinstance(action, Tell))
        return tuple(dict.fromkeys(asked))

    def mistakes(self) -> Iterator[str]:
        """What is missing or wrong in it by itself, a clause each with its cure."""
        leading = {before for before, _ in self.table}
        strange = ", ".join(sorted({self.unclear, self.done, *self.ends} - {"", *self.states}))
        balloted = "approve" in self.verbs and ("pending", "approve") in self.table
        put_up = self.table.get(("approved", self.up.event)) if self.up else None
        checks = (
            (not self.called, "it is not said what it is called"),
            (not re.fullmatch("[A-Z]", self.letter), f'its letter "{self.letter}" is not one capital from A to Z'),
            (self.initial not in leading, f'its table has no row for "{self.initial}", in which a new one begins'),
            (bool(strange), f"no row of its table leads to {strange}"),
            (not self.ends, "nothing says when [retention] may erase it: give ends"),
            (
                self.voted and not balloted,
                "members vote on it: its verbs need approve, and its table a row for pending",
            ),
            (not self.voted and "approve" in self.verbs, "members do not vote on it, and its verbs hold approve"),
            (self.voted and not (self.done and self.called_done), "an approval has no end: give done and called_done"),
            (
                self.up is not None and (put_up is None or put_up.state != self.done),
                f'no row ("approved", "{self.up.event if self.up else ""}") leads to "{self.done}"',
            ),
            (self.audience not in AUDIENCES, f'its audience "{self.audience}" is none of {", ".join(AUDIENCES)}'),
        )
        yield from (mistake for holds, mistake in checks if holds)
