"""What was decided becomes what the database says: events and letters applied to rows.

The same code runs when a message has its turn and when an entry is applied again after a death or a loss;
it reads the entry and the rows, and asks no rule, policy, clock or network (design §2, law 3).
Nothing is worded or sent here. An event that changes nothing gives None. What happens to people, groups, letters
and the desk itself is `people`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from mailproc.desk.turn import filing, people
from mailproc.desk.turn.applying import Applied, Applying
from mailproc.errors import MailprocError
from mailproc.kinds.event import EventName
from mailproc.kinds.every import GOES_UP, KINDS, OF_LETTER
from mailproc.kinds.step import Do
from mailproc.message.model import Address
from mailproc.message.words.extent import hash_of
from mailproc.review.member import Vote
from mailproc.review.rota import Asked
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import asked
from mailproc.store.work import attachments, files, items, journal, votes
from mailproc.workflow import machine
from mailproc.workflow.entry import Entry, LetterRecord
from mailproc.workflow.event import Event
from mailproc.workflow.facts import (
    Appealed,
    Attached,
    Byline,
    Concerned,
    Counts,
    Decorated,
    Facts,
    OfMember,
    Opened,
    PutBefore,
    Rescued,
    Shared,
    Sorted,
    Tasked,
    Voted,
)
from mailproc.workflow.item import Coauthor, Item, JournalLine, with_coauthor
from mailproc.workflow.outgoing import Outgoing

E = EventName
OBJECTIONS = frozenset({E.VOTE, E.UNVOTE, E.NOTE, E.SORT})  # whatever a person says of an item that was announced
OF_A_PROOF = "of-a-proof"  # why a new text came: its author has seen it as it will stand, and changed some of it
AS_OLD_AS_ITS_CAUSE = GOES_UP | {*machine.ANEW.values(), E.TAKEN_DOWN}  # however late it is entered

# What applying an entry raises that was damaged, or changed by hand: what it says fits no row, no table or no column
UNFIT = (MailprocError, LookupError, TypeError, ValueError, ArithmeticError, SQLAlchemyError)


def entry(conn: Connection, decided: Entry) -> None:
    """Apply a whole entry as it stands: what a death between its writing and the commit left undone. Raises UNFIT."""
    for letter in decided.letters:  # before the events: those of digests and step-ups name their letter
        queue(conn, letter, decided)
    for happened in decided.events:
        event(conn, happened, decided)
    finish(conn, decided)


def finish(conn: Connection, decided: Entry) -> None:
    """The message's own row: done with, and how."""
    attachments.put(conn, decided.number, decided.attachments)
    rows.finish(conn, decided, items.refs_of(conn, decided.number), decided.author.email if decided.author else "")


def queue(conn: Connection, letter: LetterRecord, decided: Entry) -> None:
    """The row of a letter whose octets are in the outbox already; what was held over about its item is old then."""
    if letter.ref:
        outgoing.supersede(conn, letter.ref, decided.number, decided.time, letter.to)
    outgoing.add(
        conn,
        Outgoing(
            id=letter.id,
            message_id=letter.message_id,
            template=letter.template,
            to=letter.to,
            subject=letter.subject,
            state="queued",
            cause=decided.number,
            path=letter.path,
            created_at=decided.time,
            next_try=letter.not_before or decided.time,
            ref=letter.ref,
            listed=letter.listed,
            reason=outgoing.HELD_OVER if letter.held_over else outgoing.GIVES_WAY if letter.gives_way else "",
        ),
    )


def event(conn: Connection, happened: Event, decided: Entry, item: Item | None = None) -> Applied | None:
    """Apply one event; None if it changes nothing. `item`: its item as it stands, where that is known already."""
    case = Applying(conn, happened, decided)
    if not happened.is_of_an_item:
        return Applied() if people.apply(case) else None
    if happened.name is EventName.OPEN:
        return _open(case)
    item = item or items.get(conn, happened.ref)
    if item is None:
        return None
    if happened.name is EventName.DISCARD:  # in silence: a receipt would break it the next day
        outgoing.supersede(conn, happened.ref, decided.number, decided.time)
    aside = ASIDE.get(happened.name)
    if aside is None:
        return _step(case, item)
    after = aside(case, item)
    if after is not None and after.consent_at is not None and happened.name in OBJECTIONS:
        after = replace(after, consent_at=None)  # what was announced is not going to happen
        items.replace(conn, after.ref, after)
    return Applied(after) if after else None


# Items


def _open(case: Applying) -> Applied:
    facts = case.event.facts
    item = _opened(facts, case)
    items.insert(case.conn, item)
    items.link_message(case.conn, item.ref, item.number, "opening")
    _refer(case.conn, item)
    _journal(case, item, before="")
    return Applied(item)


def _opened(facts: Facts, case: Applying) -> Item:
    if isinstance(facts, Rescued):
        return _rescued(facts, case.entry)
    return _tasked(facts, case) if isinstance(facts, Tasked) else _fresh(case.event.told(Opened), case.entry)


def _tasked(facts: Tasked, case: Applying) -> Item:
    """A task; the entry's own mail may be a report, another item, or none."""
    decided = case.entry
    kind = OF_LETTER[case.event.ref[0]]
    return Item(
        kind=kind.name,
        number=decided.number,
        state=kind.initial,
        title=facts.title,
        author=Address(facts.author_name or "", facts.author or ""),
        authenticated=bool(facts.identity),
        received_at=decided.time,
        waiting_since=decided.time,
        section=facts.task,
        group=facts.group,
        language=facts.language or "en",
        text=facts.text,
        text_sha256=hash_of(facts.text) if facts.text else "",
    )


def _fresh(facts: Opened, decided: Entry) -> Item:
    """The item that the entry's own mail opens."""
    return Item(
        kind=facts.kind,
        number=decided.number,
        state=machine.initial(facts.kind, facts.extent),
        title=decided.title,
        author=decided.author or Address("", ""),
        authenticated=bool(decided.identity),
        received_at=decided.time,
        waiting_since=decided.time,
        section=facts.section,
        group=facts.group,
        language=decided.language,
        text=decided.text,
        text_source=decided.text_source,
        text_sha256=decided.text_sha256,
        guess=facts.guess,
        next_guess=facts.next_guess,
        extent=facts.extent,
        byline=facts.byline,
        about=facts.about or "",
    )


def _rescued(facts: Rescued, decided: Entry) -> Item:
    """The item that an earlier mail opens by a member's word; the event holds what the mail's own entry does not."""
    return Item(
        kind=facts.kind,
        number=facts.number,
        state=KINDS[facts.kind].initial,
        title=facts.title,
        author=Address(facts.author_name, facts.author),
        authenticated=bool(facts.identity),
        received_at=facts.received_at,
        waiting_since=decided.time,
        section=facts.section,
        group=facts.group,
        language=facts.language,
        text=facts.text,
        text_source=facts.text_source,
        text_sha256=facts.text_sha256,
    )


def _refer(conn: Connection, item: Item) -> None:
    """The rows of an item's messages name the item as it is called now."""
    for number, _ in items.messages_of(conn, item.ref):
        rows.refer(conn, number, items.refs_of(conn, number))


def _step(case: Applying, item: Item) -> Applied | None:
    """An event of the kind's table."""
    stepped = machine.step(item, case.event, case.entry.time)
    if stepped is None:
        return None
    after, actions = stepped
    after = _with_its_words(after, case)
    items.replace(case.conn, item.ref, after)
    _journal(case, after, before=item.state)
    if Do.BAR_DECIDERS in actions:
        _bar(case, after)
    if Do.RESET_VOTES in actions:
        votes.reset(case.conn, after.ref)
    if Do.WELCOME in actions:
        people.admit(case, after.author)
    if Do.OPEN_FILE in actions:
        filing.open_file(case, after)
    return Applied(after, actions)


def _bar(case: Applying, item: Item) -> None:
    """Whoever decided before has no vote on an appeal, and is not asked about it."""
    at, deciders = case.entry.time, case.event.told(Appealed).deciders or ()
    votes.bar(case.conn, item.ref, deciders, at)
    known = {each.member: each for each in asked.of(case.conn, item.ref)}
    for email in deciders:
        asked.put(case.conn, item.ref, replace(known.get(email, Asked(email, at)), declined=True))


def _with_its_words(after: Item, case: Applying) -> Item:
    """The item with the text that its author sent, or said to be all of it."""
    decided, name = case.entry, case.event.name
    if name in {EventName.VERSION, EventName.CONFIRM} and decided.text is not None:
        source, digest = decided.text_source, decided.text_sha256
        passed = digest if case.event.reason == OF_A_PROOF else after.proved
        marked = replace(after, text=decided.text, text_source=source, text_sha256=digest, extent="marked")
        return replace(marked, proved=passed)
    return replace(after, extent="whole") if name is EventName.CONFIRM else after


def _vote(case: Applying, item: Item) -> Item:
    facts = case.event.told(Voted)
    vote = Vote(case.event.by.email, facts.verdict, case.event.words, case.entry.time)
    votes.put(case.conn, item.ref, replace(vote, because=facts.because or "", again=facts.again))
    _journal(case, item, reason=facts.verdict)
    return item


def _unvote(case: Applying, item: Item) -> Item:
    votes.undo(case.conn, item.ref, case.event.told(OfMember).member)
    _journal(case, item)
    return item


def _restart(case: Applying, item: Item) -> Item:
    """The votes begin anew."""
    votes.reset(case.conn, item.ref)
    _journal(case, item)
    return item


def _note(case: Applying, item: Item) -> Item:
    _journal(case, item)
    return item


def _attach(case: Applying, item: Item) -> Item:
    """A later mail belongs to the item."""
    items.link_message(case.conn, item.ref, case.entry.number, case.event.told(Attached).role)
    return item


def _sort(case: Applying, item: Item) -> Item:
    """The item is of another kind, section or group from now on; the old reference stays an alias."""
    facts = case.event.told(Sorted)
    after = replace(item, kind=facts.kind, section=facts.section, group=facts.group)
    if facts.document is not None:  # an article may be an attached document, with the mail as its cover note
        after = replace(after, text=None, text_source=f"attachment {facts.document}", text_sha256=facts.sha256 or "")
    renamed = after.kind != item.kind
    if renamed:
        after = replace(
            after,
            aliases=tuple(ref for ref in (*item.aliases, item.ref) if ref != after.ref),
            state=KINDS[after.kind].initial,
            waiting_since=case.entry.time,
            settles_at=None,
            reminded=0,
        )
    items.replace(case.conn, item.ref, after)
    if renamed or (KINDS[after.kind].opens and after.group != item.group):  # nobody voted on that name
        votes.reset(case.conn, after.ref)
    if renamed and case.event.reason:  # an entry of before there was one wrote no letter that gives way
        outgoing.supersede(case.conn, item.ref, case.entry.number, case.entry.time)
    if renamed:
        _refer(case.conn, after)
    _journal(case, after, before=item.state)
    return after


def _put_before(case: Applying, item: Item) -> Item | None:
    """The item waits for this member's word from now on; whoever said "not me" is not asked again.

    What is before one at a time may come to the same member once more, when it was before others.
    """
    facts = case.event.told(PutBefore)
    rows = asked.of(case.conn, item.ref)
    known = next((each for each in rows if each.member == facts.member), None)
    takes = case.event.by.bears({facts.member})  # whoever says that they see to it takes a "not me" back
    if known is not None and not (KINDS[item.kind].one_at_a_time and (takes or not known.declined)):
        return None
    turn = 1 + max((each.turn for each in rows), default=0) if KINDS[item.kind].one_at_a_time else 0
    put = Asked(facts.member, case.entry.time, in_place_of=facts.in_place_of or "", turn=turn)
    asked.put(case.conn, item.ref, put)
    _journal(case, item)
    return item


def _decline(case: Applying, item: Item) -> Item | None:
    """A member said "not me"."""
    email = case.event.by.email
    known = next((each for each in asked.of(case.conn, item.ref) if each.member == email), None)
    if known is not None and known.declined:
        return None
    asked.put(case.conn, item.ref, replace(known or Asked(email, case.entry.time), declined=True))
    _journal(case, item)
    return item


def _concern(case: Applying, item: Item) -> Item:
    """The published work that an enquiry is about."""
    after = replace(item, about=case.event.told(Concerned).about)
    items.replace(case.conn, item.ref, after)
    _journal(case, after)
    return after


def _count(case: Applying, item: Item) -> Item:
    """As what the pieces of a material count: each as the slug in its place; said before they are in, it is noted."""
    needs = case.event.told(Counts).needs
    given = [piece for _, piece in files.of_item(case.conn, item.ref) if not piece.out]
    counted = [(piece.sha256, needs[min(n, len(needs) - 1)]) for n, piece in enumerate(given)]
    files.count_as(case.conn, item.ref, counted)
    _journal(case, item)
    return item


def _byline(case: Applying, item: Item) -> Item | None:
    """Its author says under which name it goes up; what is up bears that name when its page was written anew."""
    name = case.event.told(Byline).byline
    if name == item.byline:
        return None
    return _told(case, item, replace(item, byline=name, renames=item.renames or item.state in machine.UP))


def _decorate(case: Applying, item: Item) -> Item:
    """One of its attachments is decoration from now on, or is kept as any."""
    said = case.event.told(Decorated)
    numbers = [number for number, _ in items.messages_of(case.conn, item.ref)]
    state = "decoration" if said.decoration == "yes" else "kept"
    attachments.judge_again(case.conn, numbers, said.sha256, state)
    return _told(case, item, item)


def _consent(case: Applying, item: Item) -> Item | None:
    """Whoever was named beside its author agrees that it goes up."""
    said = case.event.told(Shared)
    here = Coauthor(said.coauthor, said.email or "", agreed=True)
    authors = with_coauthor(item.coauthors, said.nth, here)
    return None if authors == item.coauthors else _told(case, item, replace(item, coauthors=authors))


def _renamed(case: Applying, item: Item) -> Item:
    return _told(case, item, replace(item, renames=False))


def _told(case: Applying, before: Item, after: Item) -> Item:
    items.replace(case.conn, before.ref, after)
    _journal(case, after)
    return after


ASIDE: dict[EventName, Callable[[Applying, Item], Item | None]] = {  # what may happen in any state
    EventName.VOTE: _vote,
    EventName.UNVOTE: _unvote,
    EventName.RESTART: _restart,
    EventName.NOTE: _note,
    EventName.ATTACH: _attach,
    EventName.SORT: _sort,
    EventName.PUT_BEFORE: _put_before,
    EventName.DECLINE: _decline,
    EventName.CONCERN: _concern,
    EventName.COUNT: _count,
    EventName.BYLINE: _byline,
    EventName.RENAMED: _renamed,
    EventName.CONSENT: _consent,
    EventName.DECORATE: _decorate,
}


def _journal(case: Applying, item: Item, *, before: str | None = None, reason: str = "") -> None:
    """A line on an item as it stands now; `before`: its state before, where that is another."""
    happened = case.event
    line = JournalLine(
        ref=item.ref,
        at=(happened.due if happened.name in AS_OLD_AS_ITS_CAUSE else None) or case.entry.time,
        actor=happened.by,
        event=happened.name,
        before=item.state if before is None else before,
        after=item.state,
        reason=happened.reason or reason,
        words=happened.words,
        number=case.entry.number,
    )
    journal.add(case.conn, line)
