"""One message's turn: what happens because of it, and what is written, in one transaction.

Everything that changes at the desk changes in a turn: a mail's, the operator's, or the clock's. A turn has a message
that was kept before, and ends in one entry and one commit. This page says in which order, and why it must be this
one.

    before      `process` claims the row (the attempt is counted first); what is due by then has turns of its own; the
                mail is read, its author proven, its kind sorted. No transaction is open, so this may take long.
    1 begin     BEGIN IMMEDIATE: one turn at a time for the whole desk. The facts are looked up again. Did they change
                since the mail was sorted? Then this transaction ends, and it is sorted once more.
    2 happen    `happen(event)` for items, `record(event)` for the rest: the tables say what may follow; the event is
                applied to the rows at once, so that the second line of a reply sees what the first one did. An
                event that changes nothing is not noted.
    3 write     `write(template, …)`: a letter is worded, its octets go to the outbox folder, its row is queued.
    4 after     ballots are counted again where members came or went; whoever had an item in a letter of its own
                hears.
    5 entry     all events and letters, with what was read of the mail, are written beside it: `000123.json`, fsynced.
    6 commit    rows, letters and the message's own row become true together.
    after       nothing was sent; `deliver` takes what is queued.

Why letters before the entry, and the entry before the commit? Because the program may die at every arrow:

    died before 5   nothing is true. The files of letters have no row; the next try writes them again, under the same
                    names, for a letter's id is made of its cause, template and recipient.
    died after 5    the entry stands. The next turn of anybody finds it and applies it as it is, before all else
                    (`apply.entry`): nothing is decided anew, no rule is asked, no letter is worded a second time.
    died after 6    all is true, and the message is done with.

So an entry never names a letter that is not on disk, nothing is half true, and the database can be made anew from the
entries alone (design §2, law 3). From this follow the laws that whoever writes code for a turn has to keep:

- All that a decision needs is in its event. `apply` is run again by `rebuild`, years later, with another program: it
  reads the entry and the rows, and asks no rule, option, clock, name server or disk.
- The time is the turn's (`turn.time`): the message's, or the due time of what the clock does, never the processing's.
  It never goes backwards from one entry to the next, but where the operator confirms a clock that was set back.
- What is random or new (an id, a secret) comes from the cause, so that it is the same when it is made again.
- Nothing is sent, published or fetched in a turn. What has to leave is a row; what has to be published is a state.
- One letter of a template, to one person, on one item, from one cause (catalogue I4). A second `write` gives None.
- A broken template holds up no mail: the letter is left out, and the operator hears. A turn of the clock or of the
  operator waits instead, for without its letter it would have no sense.
- Whatever else goes wrong in a turn goes up: the transaction ends without a commit, the attempt counts, and after the
  third the message is `stuck` (catalogue F90). The mails behind it do not wait.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from mailproc import __version__
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn import apply, contribution
from mailproc.desk.turn.said import because_of
from mailproc.dossier.piece import Contribution
from mailproc.errors import ConfigError
from mailproc.failpoint import reach
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.kinds.step import Tell
from mailproc.letters.catalogue import CARRIERS, LETTERS
from mailproc.letters.extent import extent_of
from mailproc.letters.render import Words
from mailproc.letters.sight import files, images
from mailproc.message.auto import is_role
from mailproc.message.blank import BLANK
from mailproc.message.compose import addressable, compose
from mailproc.message.field.address import canonical, reachable
from mailproc.message.model import Address, Draft, Message
from mailproc.phrase import Phrase
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import outbox
from mailproc.store.people import members, writers
from mailproc.store.work import items
from mailproc.workflow.access import Pass, user_name
from mailproc.workflow.actor import DESK
from mailproc.workflow.entry import Entry, LetterRecord
from mailproc.workflow.erasing import is_erased
from mailproc.workflow.event import Event, member
from mailproc.workflow.facts import Access, Line
from mailproc.workflow.item import Item
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import Received

log = logging.getLogger(__name__)
NOTICE = "operator/notice"
OF_THE_DESK = frozenset({"operator", "member"})  # audiences whose addresses the operator knows


@dataclass(frozen=True, slots=True)
class Origin:
    """The mail that a letter hangs under: the one it answers, or an earlier letter of ours in the same thread.

    It comes from the address that was written to.
    """

    message_id: str | None = None
    references: tuple[str, ...] = ()
    forward_paths: tuple[str, ...] = ()


class Turn:
    """The desk's state while one message has its turn."""

    def __init__(self, desk: Desk, conn: Connection, entry: Entry, message: Message | None = None) -> None:
        """Begin with an entry that holds what was read of the mail, and no events or letters yet."""
        self.desk = desk
        self.conn = conn
        self.entry = entry
        self.message = message  # None where no mail from outside caused the turn
        self.events: list[Event] = []
        self.letters: list[LetterRecord] = []
        self._items: dict[str, Item] = {}  # by every reference that they bear
        self._given: dict[tuple[str, str, int | None], Contribution] = {}

    @property
    def time(self) -> datetime:
        """When all of this happens: the message's or due time, never the processing's."""
        return self.entry.time

    def after(self, wait: timedelta) -> datetime:
        """The due time of something that waits from now on."""
        return self.time + wait

    def note(self, **facts: Any) -> None:  # noqa: ANN401 - fields of Entry
        """Set fields of the entry that are known only now (state, reason, commands)."""
        self.entry = replace(self.entry, **facts)

    def item(self, ref: str) -> Item | None:
        """The item of this reference as it stands now: every room asks here, and only the first asks the database."""
        known = self._items.get(ref)
        if known is None:
            known = items.get(self.conn, ref)
            self._know(known)
        return known

    def _know(self, item: Item | None) -> None:
        self._items |= dict.fromkeys(item.refs, item) if item else {}

    def happen(self, event: Event) -> Item | None:
        """Apply and note what happens to an item; the item after it. None, and nothing noted, if it changes nothing."""
        known = None if event.name is EventName.OPEN else self.item(event.ref)
        applied = apply.event(self.conn, event, self.entry, known)
        if applied is None or applied.item is None:
            return None
        self.events.append(event)
        self._know(applied.item)
        for action in applied.actions:
            if isinstance(action, Tell):
                self.tell(applied.item, action.template, event.words)
        return applied.item

    def record(self, event: Event) -> bool:
        """The same for what happens to a member, a group file, a letter or the desk; False if it changes nothing."""
        if apply.event(self.conn, event, self.entry) is None:
            return False
        self.events.append(event)
        return True

    def let_know(self, email: str, said: Phrase) -> None:
        """A line for a member's next digest, which words it."""
        facts = Line(**{name: str(fact) for name, fact in said.facts.items()})
        self.record(Event(member(email), EventName.NOTICE, DESK, reason=said.slug, facts=facts))

    def finished(self) -> Entry:
        """The whole entry, ready to be written."""
        return replace(self.entry, events=tuple(self.events), letters=tuple(self.letters))

    def tell(
        self,
        item: Item,
        template: str,
        words: str = "",
        *,
        not_before: datetime | None = None,
        origin: Origin | None = None,
        **more: object,
    ) -> None:
        """A letter to the item's author about the item; it goes always (design §7). Where it has none, nobody hears.

        `more`: what this letter needs beside what every such letter may say. One that may not leave `before` some time
        gives way to any later letter on the item until then. It hangs under `origin`, else under the opening mail.
        """
        if not item.author.email:
            return
        name = f"{KINDS[item.kind].audience}/{template}"
        if name not in LETTERS:  # a reader or applicant is told some things in the author's words
            name = f"author/{template}"
        context = {
            "item": item,
            "items": (item,),
            "authenticated": item.authenticated,
            "words": words,
            "because": because_of(self.conn, item.ref),
            "attachments": (),
            "guessed": item.guessed,
            "beside": (),
            "extent": extent_of(item.text, item.text_sha256, joined=item.joined) if item.text else None,
            "lapses_at": item.waiting_since + self.desk.limits(item.kind).lapse,
            **more,
        }
        if "lacks" in LETTERS[name].needs:
            context["lacks"] = contribution.lacks_beside(self.desk, self.conn, item, self.given(item))
        to = item.author if item.authenticated else replace(item.author, name="")  # a forged name is a forger's text
        self.write(
            name,
            to,
            {**context, "gives_way": not_before is not None},
            ref=item.ref,
            listed=(item.ref,),
            origin=origin or self.opening(item),
            not_before=not_before,
        )

    def given(self, item: Item, until: int | None = None) -> Contribution:
        """What a material is made of; its mails are read once in a turn, however many rooms ask."""
        of = (item.ref, item.text_sha256, until)
        if of not in self._given:
            self._given[of] = contribution.contribution_of(self.desk, self.conn, item, until)
        return self._given[of]

    def opening(self, item: Item) -> Origin:
        """The mail that opened an item."""
        row = rows.get(self.conn, item.number)
        return Origin(row.message_id, (), row.envelope.forward_paths) if row else Origin()

    @property
    def origin(self) -> Origin:
        """The mail that caused this turn."""
        if self.message is None:
            return Origin()
        earlier = self.message.references or self.message.in_reply_to
        return Origin(self.message.message_id, earlier, self.entry.envelope.forward_paths)

    def under(self, letter: Outgoing) -> Origin:
        """The thread of an earlier letter of ours."""
        return Origin(letter.message_id)

    def _token(self, template: str, to: Address, ref: str | None) -> str:
        return self.desk.token(self.entry.number, f"{template}/{ref}" if ref else template, to.email)

    def write(
        self,
        template: str,
        to: Address,
        context: Mapping[str, Any],
        *,
        ref: str | None = None,
        listed: Sequence[str] = (),
        origin: Origin | None = None,
        not_before: datetime | None = None,
    ) -> LetterRecord | None:
        """Word a letter, freeze its octets in the outbox folder and queue it; it leaves at `not_before` or later.

        With the pictures and files that the context's values hold.

        Returns None where this turn has already written that letter to that address about that item, or where the
        address is one that mail of ours cannot reach.
        """
        token = self._token(template, to, ref)
        if any(letter.id == token for letter in self.letters):
            return None
        if is_role(to.email) and template.partition("/")[0] not in OF_THE_DESK:  # RFC 3834 §2
            self.note(unanswered="role-address")
            return None
        if is_erased(to.email):  # nobody is there; what is done for them is done without a word
            return None
        to = Address(to.name, reachable(to.email))
        if not addressable(to.email):  # nobody to write to; what caused the letter stands, and `list` shows it
            self.note(unanswered="address-not-ascii")
            return None
        if template in CARRIERS:
            context = {**context, "access": self._pass(to)}
        try:
            words = self.word(template, to, context, token, ref)
        except ConfigError as broken:
            if self.message is None:  # the clock's or the operator's: it waits, stuck, and the letter with it
                raise
            self._unwordable(template, to, broken)
            return None
        origin = origin or self.origin
        draft = Draft(
            sender=self.desk.sender(origin.forward_paths),
            to=to,
            subject=words.subject,
            text=words.text,
            html=words.html,
            message_id=f"{token}@{self.desk.domain}",
            date=self.time,
            reply_to=self.desk.reply_address(token),
            in_reply_to=origin.message_id,
            references=(*origin.references, origin.message_id) if origin.message_id else (),
            auto_submitted="auto-replied" if self.message else "auto-generated",  # RFC 3834 §5
            loop_mark=self.desk.loop_mark,
            images=images(context, words.html),
            files=files(context),
        )
        path = f"{self.time:%Y/%m/%d}/{token}.eml"
        octets = compose(draft)
        outbox.write(self.desk.outbox / path, octets)
        reach("process.lettered")
        letter = LetterRecord(
            id=token,
            template=template,
            to=to.email,
            message_id=draft.message_id,
            subject=words.subject,
            ref=ref,
            listed=tuple(listed),
            path=path,
            sha256=sha256(octets).hexdigest(),
            not_before=not_before,
            last_today=bool(context.get("last_today")),
            held_over=bool(context.get("held_over")),
            gives_way=bool(context.get("gives_way")),
        )
        apply.queue(self.conn, letter, self.entry)
        self.letters.append(letter)
        if template in CARRIERS:
            given, due = Access(letter=letter.id), self.after(self.desk.config.access.valid)
            self.record(Event(member(to.email), EventName.ACCESS, DESK, due=due, facts=given))
        return letter

    def _pass(self, to: Address) -> Pass:
        """A member's way into the site; the secret goes in as the letter leaves (`desk/carry/deliver`)."""
        known, chosen = members.get(self.conn, to.email), self.desk.config.access
        user = user_name(known.email if known else canonical(to.email))
        return Pass(user, BLANK, self.after(chosen.valid), chosen.site or "")

    def _unwordable(self, template: str, to: Address, broken: ConfigError) -> None:
        """A template that is broken does not hold up the mail (catalogue F70): the operator hears, once an hour."""
        self.note(unanswered="template-broken")
        about = f"letters {template} cannot be worded"
        log.error("letter to %s: %s", to.email, broken)
        earlier = outgoing.letters_to(self.conn, self.desk.operator.email, NOTICE, self.time - timedelta(hours=1))
        if template != NOTICE and not any(about in letter.subject for letter in earlier):
            lines = (str(broken), f"The first that was not written was to {to.email}, for message {self.entry.number}.")
            self.write(NOTICE, self.desk.operator, {"about": about, "lines": lines})

    def word(self, template: str, to: Address, context: Mapping[str, Any], token: str, ref: str | None = None) -> Words:
        """The words of a letter; nothing is kept."""
        every = {
            "desk": self.desk.config.desk,
            "to": to,
            "reply_to": self.desk.reply_address(token),
            "last_today": False,
            "held_over": False,
            "clouds": (),
        }
        return self.desk.letters.render(template, self.language_of(template, to, context, ref), {**every, **context})

    def language_of(self, template: str, to: Address, context: Mapping[str, Any], ref: str | None = None) -> str:
        """In which language a letter is: as its reader wishes, else as its item, the mail or their request is."""
        writer = writers.get(self.conn, to.email)
        wished = [writer.language] if writer else []
        if template.partition("/")[0] not in OF_THE_DESK:
            items_of = (context.get("item"), *context.get("items", ()), self.item(ref) if ref else None)
            wished += [item.language for item in items_of if isinstance(item, Item)][:1]
            wished += [self.message.spoken] if self.message else []
        elif template.startswith("member/"):  # who came in by a request goes on in its language
            wished += [item.language for item in items.by_author(self.conn, to.email) if item.state == "member"]
        return self.desk.letters.choose(*wished)


def blank(conn: Connection, row: Received) -> Entry:
    """A message's entry before anything is read or decided. Its time is never before an earlier entry's."""
    sequence, last = rows.last(conn)
    return Entry(
        sequence=sequence + 1,
        number=row.number,
        time=max(row.received_at, last) if last else row.received_at,
        source=row.source,
        envelope=row.envelope,
        sha256=row.sha256,
        state="processed",
        kind="",
        rule="",
        reason="",
        version=__version__,
    )
