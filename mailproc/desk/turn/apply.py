"""What was decided becomes what the database says: events and letters applied to rows.

The same code runs when a message has its turn and when an entry is applied again after a death or a loss;
it reads the entry and the rows, and asks no rule, policy, clock or network (design §2, law 3).
Nothing is worded or sent here. An event that changes nothing gives None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from mailproc.desk.turn import apply_people
from mailproc.kinds.every import GOES_UP, KINDS
from mailproc.kinds.step import Action, Do
from mailproc.message.model import Address
from mailproc.review.member import Vote
from mailproc.review.rota import Asked
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import asked
from mailproc.store.work import attachments, items, journal, votes
from mailproc.workflow import machine
from mailproc.workflow.item import Entry, Event, Item, JournalLine, LetterRecord
from mailproc.workflow.outgoing import Outgoing

Applied = tuple[Action, ...] | None
OBJECTIONS = frozenset({"vote", "unvote", "note", "sort"})  # whatever a person says of an item that was announced
PUBLISHED = GOES_UP | {"replaced", "taken_down"}  # as old as what they follow, however late


def entry(conn: Connection, decided: Entry) -> None:
    """Apply a whole entry as it stands: what a death between its writing and the commit left undone."""
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
    """The row of a letter whose octets are in the outbox already."""
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
        ),
    )


def event(conn: Connection, happened: Event, decided: Entry) -> Applied:
    """Apply one event; the actions that its step asks for, or None if it changes nothing."""
    subject, _, name = happened.ref.partition(":")
    if subject in apply_people.SUBJECTS:
        return apply_people.SUBJECTS[subject](conn, name, happened, decided)
    if happened.name == "open":
        return _open(conn, happened, decided)
    item = items.get(conn, happened.ref)
    if item is None:
        return None
    aside = ITEM_EVENTS.get(happened.name)
    if aside is None:
        return _step(conn, item, happened, decided)
    applied = aside(conn, item, happened, decided)
    if item.consent_at is not None and happened.name in OBJECTIONS and applied is not None:
        _unannounce(conn, item.ref)
    return applied


def _unannounce(conn: Connection, ref: str) -> None:
    """What was announced is not going to happen."""
    item = items.get(conn, ref)
    if item is not None:
        items.replace(conn, ref, replace(item, consent_at=None))


# Items


def _open(conn: Connection, happened: Event, decided: Entry) -> Applied:
    data = happened.data
    item = _rescued(data, decided) if "number" in data else _fresh(data, decided)
    items.insert(conn, item)
    items.link_message(conn, item.ref, item.number, "opening")
    _refer(conn, item)
    _journal(conn, item, item, happened, decided, before="")
    return ()


def _fresh(data: Mapping[str, str], decided: Entry) -> Item:
    """The item that the entry's own mail opens."""
    extent = data.get("extent", "whole")
    return Item(
        kind=data["kind"],
        number=decided.number,
        state=machine.initial(data["kind"], extent),
        title=decided.title,
        author=decided.author or Address("", ""),
        authenticated=bool(decided.identity),
        received_at=decided.time,
        waiting_since=decided.time,
        section=data.get("section"),
        group=data.get("group"),
        language=decided.language,
        text=decided.text,
        text_source=decided.text_source,
        text_sha256=decided.text_sha256,
        guess=data.get("guess"),
        extent=extent,
    )


def _rescued(data: Mapping[str, str], decided: Entry) -> Item:
    """The item that an earlier mail opens by a member's word; the event holds what the mail's own entry does not."""
    return Item(
        kind=data["kind"],
        number=int(data["number"]),
        state=KINDS[data["kind"]].initial,
        title=data["title"],
        author=Address(data["author_name"], data["author"]),
        authenticated=bool(data["identity"]),
        received_at=datetime.fromisoformat(data["received_at"]),
        waiting_since=decided.time,
        section=data.get("section"),
        group=data.get("group"),
        language=data["language"],
        text=data.get("text"),
        text_source=data["text_source"],
        text_sha256=data["text_sha256"],
    )


def _refer(conn: Connection, item: Item) -> None:
    """The rows of an item's messages name the item as it is called now."""
    for number, _ in items.messages_of(conn, item.ref):
        rows.refer(conn, number, items.refs_of(conn, number))


def _step(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    """An event of the kind's table."""
    stepped = machine.step(item, happened, decided.time)
    if stepped is None:
        return None
    after, actions = stepped
    if happened.name in {"version", "confirm"} and decided.text is not None:
        after = replace(
            after,
            text=decided.text,
            text_source=decided.text_source,
            text_sha256=decided.text_sha256,
            extent="marked",
        )
    elif happened.name == "confirm":
        after = replace(after, extent="whole")
    items.replace(conn, item.ref, after)
    _journal(conn, item, after, happened, decided)
    for action in actions:
        if isinstance(action, Do):
            _do(conn, after, action, decided)
    return actions


def _do(conn: Connection, item: Item, action: Do, decided: Entry) -> None:
    """The part of an action that is rows; publishing and taking down are `desk/turn/publishing`'s."""
    match action:
        case Do.RESET_VOTES:
            votes.reset(conn, item.ref)
        case Do.WELCOME:
            apply_people.admit(conn, item.author, decided)
        case Do.SETTLE_LATER | Do.SETTLED | Do.TAKE_DOWN:
            pass  # in the item's own fields already, or a matter of folders


def _vote(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    vote = Vote(happened.by, happened.data["verdict"], happened.words, decided.time)
    votes.put(conn, item.ref, vote)
    _journal(conn, item, item, happened, decided)
    return ()


def _unvote(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    votes.undo(conn, item.ref, happened.data["member"])
    _journal(conn, item, item, happened, decided)
    return ()


def _restart(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    """The votes begin anew."""
    votes.reset(conn, item.ref)
    _journal(conn, item, item, happened, decided)
    return ()


def _note(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    _journal(conn, item, item, happened, decided)
    return ()


def _attach(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    """A later mail belongs to the item; its role is addition, answer, version or confirm."""
    items.link_message(conn, item.ref, decided.number, happened.data["role"])
    return ()


def _sort(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    """The item is of another kind, section or group from now on; the old reference stays an alias."""
    data = happened.data
    after = replace(item, kind=data["kind"], section=data.get("section"), group=data.get("group"))
    if "document" in data:  # an article may be an attached document, with the mail as its cover note
        document = f"attachment {data['document']}"
        after = replace(after, text=None, text_source=document, text_sha256=data["sha256"])
    if after.kind != item.kind:
        after = replace(
            after,
            aliases=(*item.aliases, item.ref),
            state=KINDS[after.kind].initial,
            waiting_since=decided.time,
            settles_at=None,
            reminded=0,
        )
    items.replace(conn, item.ref, after)
    if after.kind != item.kind:
        votes.reset(conn, after.ref)
        _refer(conn, after)
    _journal(conn, item, after, replace(happened, ref=after.ref), decided)
    return ()


def _put_before(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    """The item waits for this member's word from now on; whoever said "not me" is not asked again."""
    member = happened.data["member"]
    if any(each.member == member for each in asked.of(conn, item.ref)):
        return None
    asked.put(conn, item.ref, Asked(member, decided.time, in_place_of=happened.data.get("in_place_of", "")))
    _journal(conn, item, item, happened, decided)
    return ()


def _decline(conn: Connection, item: Item, happened: Event, decided: Entry) -> Applied:
    """A member said "not me"."""
    known = next((each for each in asked.of(conn, item.ref) if each.member == happened.by), None)
    if known is not None and known.declined:
        return None
    asked.put(conn, item.ref, replace(known or Asked(happened.by, decided.time), declined=True))
    _journal(conn, item, item, happened, decided)
    return ()


ITEM_EVENTS: dict[str, Callable[[Connection, Item, Event, Entry], Applied]] = {
    "vote": _vote,
    "unvote": _unvote,
    "restart": _restart,
    "note": _note,
    "attach": _attach,
    "sort": _sort,
    "put before": _put_before,
    "decline": _decline,
}


def _journal(
    conn: Connection, item: Item, after: Item, happened: Event, decided: Entry, before: str | None = None
) -> None:
    line = JournalLine(
        ref=after.ref,
        at=(happened.due if happened.name in PUBLISHED else None) or decided.time,
        actor=happened.data.get("for") or happened.by,
        event=happened.name,
        before=item.state if before is None else before,
        after=after.state,
        reason=happened.reason or happened.data.get("verdict", ""),
        words=happened.words,
        number=decided.number,
    )
    journal.add(conn, line)
