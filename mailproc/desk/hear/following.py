"""A later mail of an author or applicant on their own item: an act, an answer, or an addition.

Acts (withdraw, agree, a new version, the text's extent) need the secret of a letter that we sent them, or
authenticated mail; otherwise a confirmation goes to the author's address and nothing changes (design §4).
A mail without a verb is the answer if a question is open, takes up again what had lapsed, else is an addition.
Who seems to want theirs back and does not say so plainly is asked once, and the item is on hold until they answer.
A mail whose From field is malformed adds, and never acts. What brings more for a group's file, in which its item is
already, is material of its own: members have not decided on that.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec

from mailproc.desk.decide import obey, wishing
from mailproc.desk.hear import joining, objecting, opening
from mailproc.desk.hear.reviewing import listing_of, read
from mailproc.desk.hear.unread import tell_unread
from mailproc.desk.page import proofs
from mailproc.desk.relay import reader
from mailproc.desk.relay.about import ENQUIRY
from mailproc.desk.tell import history, views
from mailproc.desk.tell.answer import LATELY, answer
from mailproc.desk.tell.checks import own_organisation
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.said import is_nothing
from mailproc.desk.turn.thread import Thread, sent
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import motions, moving
from mailproc.desk.work import naming, sharing
from mailproc.kinds.event import EventName
from mailproc.kinds.every import KINDS
from mailproc.letters.extent import extent_of
from mailproc.message.text.nothing import EMPTY, has_words
from mailproc.message.words.extent import hash_of, source_of
from mailproc.message.words.quotation import quotes
from mailproc.message.words.trimming import trimmed
from mailproc.review.language import manners
from mailproc.review.language.plain import is_content
from mailproc.review.language.words import clean, tokens
from mailproc.review.reply.command import Command, Listing, Reading
from mailproc.review.reply.spoken import WISH
from mailproc.store.people import confirmations
from mailproc.store.work import journal
from mailproc.workflow import machine
from mailproc.workflow.actor import DESK, Actor, person
from mailproc.workflow.event import Event
from mailproc.workflow.event import author as author_ref
from mailproc.workflow.facts import Attached, SaidYes, Ticket
from mailproc.workflow.item import Item

CONFIRM_EXPIRES = timedelta(days=3)
YES = {"confirm", "agree"}  # what a bare yes may mean
WITHDRAWAL_ASKED = "author/withdrawal-asked"
OWN_WORD = "material"  # what the reply of an organisation to its file becomes
MORE = 5  # words beside a command from which on an author's mail says more than that


@dataclass(frozen=True, slots=True)
class Wish:
    """What an author asks for on one of their items, by the mail that is heard."""

    turn: Turn
    seen: Examined
    item: Item
    command: Command


def hear_author(turn: Turn, seen: Examined, thread: Thread) -> None:
    """A mail that answers a letter of ours to its author; one of a lost key (`Thread.old`) is no proof of anything."""
    letter = thread.letter
    if letter is None or seen.message.author is None:
        _only_add(turn, seen, thread)
        return
    if letter.template == "author/confirm":
        _confirmed(turn, seen, thread)
        return
    if letter.template == WITHDRAWAL_ASKED and thread.old is None and _wish_settled(turn, seen, thread):
        return
    listing = listing_of(turn, letter)
    about = [item for listed in listing.items if (item := turn.item(listed.ref))]
    if not about:
        turn.note(reason="answers-no-item")
        return
    if letter.template == sharing.TO_COAUTHOR or sharing.place_of(about[0], seen.writer) is not None:
        reading = read(turn.desk, seen, thread, listing, "applicant")  # of whom "no" is an answer, too
        verbs = {command.verb for command in reading.commands}
        sharing.hear(turn, seen, about[0], verbs, reading.own, proven=thread.old is None, letter=letter)
        return
    reading = _said(turn, seen, thread, listing, about)
    turn.note(commands=tuple(c.line for c in reading.commands), unclear=tuple(u.line for u in reading.unclear))
    if not objecting.answered(turn, seen, thread, about[0], reading):
        _heard(turn, seen, thread, about, reading)


def _heard(turn: Turn, seen: Examined, thread: Thread, about: Sequence[Item], reading: Reading) -> None:
    """What they say of their items: an act, words that are asked back, or words to be kept."""
    reading = _of_a_proof(seen, about[0], reading)
    verbs = {command.verb for command in reading.commands}
    wish = any(line.reason == WISH for line in reading.unclear) and "version" not in verbs  # who sends one goes on
    if wish and (thread.letter is None or thread.letter.template != WITHDRAWAL_ASKED):
        _ask_whether_back(turn, seen, about[0], reading)
    elif "decline" in verbs:
        _ask_back(turn, seen, about[0], reading)
    elif reading.commands:
        if verbs & {"agree", "sort", "appeal"}:
            _keep_the_rest(turn, about[0], reading)
        proven = thread.old is None or (seen.authenticated and not seen.identity.is_a_hosts)
        acts = tuple(command for command in reading.commands if proven or command.verb not in wishing.OF_WRITERS)
        (act if proven or not acts else _first)(turn, seen, acts, about)
    elif reading.unclear and not _asked(about[0]):
        _ask_back(turn, seen, about[0], reading)
    else:
        _without_verb(turn, seen, about[0], reading)


def _of_a_proof(seen: Examined, item: Item, reading: Reading) -> Reading:
    """Pairs of OLD and NEW in answer to a proof ask for these changes, whatever else of a yes stands around them."""
    said = {command.verb for command in reading.commands}
    if item.state != proofs.AT_PROOF or not said <= {"confirm", "change"}:
        return reading
    if proofs.asks(item, seen.message.text):
        return replace(reading, commands=(Command("change", (item.ref,), "", "", "OLD, NEW"),), unclear=())
    if not said and is_content(reading.own) and not _only_thanks(reading.own):
        return replace(reading, commands=(Command("confirm", (item.ref,), "", "", reading.own),), unclear=())
    return reading


def _only_add(turn: Turn, seen: Examined, thread: Thread) -> None:
    """What a malformed From field means is for answers, and decides nothing: the words are kept with the item."""
    letter = thread.letter
    listing = listing_of(turn, letter) if letter else Listing((), single=False)
    about = [item for listed in listing.items if (item := turn.item(listed.ref))]
    turn.note(reason="from-unclear")
    if about and letter is not None and letter.template != "author/confirm":
        _without_verb(turn, seen, about[0], _said(turn, seen, thread, listing, about))


def _asked(item: Item) -> bool:
    """A member's question waits for its author's answer."""
    return item.state == "awaiting_author" and item.question is not None


def _said(turn: Turn, seen: Examined, thread: Thread, listing: Listing, about: Sequence[Item]) -> Reading:
    """What the mail says. A bare yes settles a text that was asked for; to a question it is the answer, and no act."""
    asked_to_agree = all(item.state == "awaiting_agreement" for item in about)
    if all(joining.may_appeal(item) for item in about):
        said = joining.appealing(read(turn.desk, seen, thread, listing, "applicant"), listing)
        if said is not None:  # only of an applicant is "appeal" more than a word
            return _in_own_words(turn, seen, thread, said)
    who = "applicant" if asked_to_agree else "author"  # of an applicant "gladly" is an answer, and so is "no"
    reading = _in_own_words(turn, seen, thread, read(turn.desk, seen, thread, listing, who))
    if _asked(about[0]):
        return replace(reading, commands=tuple(c for c in reading.commands if c.verb not in YES))
    unclear = {line.line for line in reading.unclear}
    unsettled = {item.ref for item in about if item.state == "awaiting_author" and item.extent == "unclear"}
    one = tuple(listed for listed in listing.items if listed.ref in unsettled)
    if not unclear or len(one) != 1:
        return reading
    alone = read(turn.desk, seen, thread, Listing(one, single=True), "author")
    meant = tuple(c for c in alone.commands if c.verb == "confirm" and c.line in unclear)
    left = tuple(line for line in reading.unclear if line.line not in {c.line for c in meant})
    return replace(reading, commands=(*reading.commands, *meant), unclear=left)


def _in_own_words(turn: Turn, seen: Examined, thread: Thread, reading: Reading) -> Reading:
    """The reading of a mail that quotes nothing of the letter it answers shows its words as shape tells them."""
    message = seen.message
    if thread.letter is None or quotes(message.text, sent(turn.desk, thread.letter)):
        return reading
    words = trimmed(message.text) if message.html_own is None else message.html_own
    return replace(reading, own=words) if words else reading


def act(turn: Turn, seen: Examined, commands: Sequence[Command], about: Sequence[Item]) -> None:
    """Do what the author asked for on their own items, and answer with one letter."""
    done: list[Item] = []
    told = wishing.of_writer(turn, seen.writer.email if seen.writer else "", commands)
    for command in commands:
        does = VERBS.get(command.verb)  # `status` does nothing: the answer is how things stand
        done += [item for item in _meant(command, about) if does and does(Wish(turn, seen, item, command))]
    if told and not done:
        refs = tuple(item.ref for item in about)
        answer(turn, seen, "author/preferences", {"settings": told}, ref=refs[0], listed=refs, proven=True)
    elif not done:
        fresh = tuple(turn.item(item.ref) or item for item in about)
        refs = tuple(item.ref for item in fresh)
        answer(turn, seen, "author/status", {"items": fresh}, ref=refs[0], listed=refs, proven=True)


def _meant(command: Command, about: Sequence[Item]) -> list[Item]:
    """The items that a command is about: those it names, else those of the kind that its verb goes with."""
    named = [item for item in about if set(item.refs) & set(command.refs)]
    if named:
        return named
    fitting = [item for item in about if (command.verb == "agree") == (KINDS[item.kind].yes == "agree")]
    return list(fitting or about)[:1]


def _ask_back(turn: Turn, seen: Examined, item: Item, reading: Reading) -> None:
    """An unclear word changes nothing: it is kept, shown to the members, and asked back."""
    turn.happen(Event(item.ref, EventName.NOTE, _its_author(item), reading.own, reason="not-understood"))
    _attach(turn, item, "addition")
    lines = tuple(line.line for line in reading.unclear)
    answer(turn, seen, "author/not-understood", {"item": item, "lines": lines}, ref=item.ref, proven=True)


def _keep_the_rest(turn: Turn, item: Item, reading: Reading) -> None:
    """What a mail says beside its command is kept with the item: "I agree. / How many hours is it?"."""
    said = {command.line for command in reading.commands}
    rest = [line for line in reading.own.split("\n") if line.strip() not in said]
    if len(" ".join(rest).split()) >= MORE:
        turn.happen(Event(item.ref, EventName.ADDITION, _its_author(item), reading.own))
        _attach(turn, item, "addition")


# Perhaps a withdrawal


def _ask_whether_back(turn: Turn, seen: Examined, item: Item, reading: Reading) -> None:
    """An author who may want theirs back is asked once; so that nobody publishes it meanwhile, it is on hold."""
    by = _its_author(item)
    turn.happen(Event(item.ref, EventName.NOTE, by, reading.own, reason=WISH))
    _attach(turn, item, "addition")
    held = turn.happen(Event(item.ref, EventName.HOLD, by, reason=WISH)) is not None
    lines = tuple(line.line for line in reading.unclear if line.reason == WISH)
    after = turn.item(item.ref) or item
    context = {"item": after, "lines": lines, "held": held}
    answer(turn, seen, WITHDRAWAL_ASKED, context, ref=after.ref, proven=True)


def _wish_settled(turn: Turn, seen: Examined, thread: Thread) -> bool:
    """Whether a mail answers the question if they want it back: yes takes it back, no ends the hold."""
    letter = thread.letter
    item = turn.item(letter.ref) if letter and letter.ref else None
    reading = read(turn.desk, seen, thread, Listing((), single=True), "applicant")
    verbs = {command.verb for command in reading.commands}
    if item is None or reading.unclear or not (verbs <= {"agree", "withdraw"} or verbs == {"decline"}) or not verbs:
        return False
    turn.note(commands=tuple(command.line for command in reading.commands))
    if verbs != {"decline"}:
        act(turn, seen, [Command("withdraw", (item.ref,), "", "", reading.commands[0].line)], [item])
        return True
    held = next((line for line in reversed(journal.of(turn.conn, item.ref)) if line.event == EventName.HOLD), None)
    if item.state == "held" and held is not None and held.reason == WISH:  # a member's own hold stays
        item = turn.happen(Event(item.ref, EventName.REOPEN, _its_author(item))) or item
    answer(turn, seen, "author/status", {"items": (item,)}, ref=item.ref, proven=True)
    return True


def _withdraw(wish: Wish) -> bool:
    """True if it is back with its author; what is up already is for members to take down, who hear of the wish."""
    turn, item, words = wish.turn, wish.item, wish.command.words
    if item.state in machine.UP:
        return motions.asked_by_author(turn, item, "retract", words) and _noted(wish, "withdrawal")
    return turn.happen(Event(item.ref, EventName.WITHDRAW, _its_author(item), words)) is not None


def _agree(wish: Wish) -> bool:
    after = wish.turn.happen(Event(wish.item.ref, EventName.AGREE, _its_author(wish.item)))
    if after is None:
        return False
    until = after.waiting_since + wish.turn.desk.limits(after.kind).lapse
    waits = {"item": after, "lapses_at": until, "before": history.before(wish.turn, after)}
    answer(wish.turn, wish.seen, "applicant/agreed", waits, ref=after.ref, proven=True)
    return True


def _appeal(wish: Wish) -> bool:
    return joining.appeal(wish.turn, wish.seen, wish.item, wish.command.words)


def _version(wish: Wish) -> bool:
    """A new text takes the place of the old one; votes begin anew. Of an organisation it is the reply to its file."""
    if own_organisation(wish.turn.conn, wish.turn.desk, wish.item) is not None:
        return _reply(wish)
    return _asked_anew(wish) if wish.item.kind == ENQUIRY else _new_text(wish, EventName.VERSION)


def _asked_anew(wish: Wish) -> bool:
    """A question has no text that goes up: its new words stand beside the old ones, where members read them."""
    turn, item, words = wish.turn, wish.item, wish.command.words
    if not has_words(words):
        return False
    for name in (EventName.RENEW, EventName.ADDITION):
        if turn.happen(Event(item.ref, name, _its_author(item), words)):
            _attach(turn, item, name)
            reader.wrote_again(turn, item)
            return _receipt(turn, wish.seen, item, "receipt-addition")
    return False


def _reply(wish: Wish) -> bool:
    """What an organisation says of its own file becomes material for it, word for word; members vote on that."""
    turn, item, text = wish.turn, wish.item, wish.command.words
    if not has_words(text) or obey.unsortable(turn, item, OWN_WORD, ""):
        return False
    by = _its_author(item)
    place = obey.place_of(turn, item, OWN_WORD, "")
    after = turn.happen(Event(item.ref, EventName.SORT, by, reason=moving.reason(item, OWN_WORD), facts=place))
    if after is None:
        return False
    turn.note(text=text, text_source=source_of(wish.seen.message), text_sha256=hash_of(text))
    _attach(turn, after, EventName.VERSION)
    after = turn.happen(Event(after.ref, EventName.VERSION, by)) or after
    context = views.receipt(turn, [after], wish.seen)
    answer(turn, wish.seen, KINDS[OWN_WORD].template, context, ref=after.ref, listed=(after.ref,), proven=True)
    return True


def _confirm(wish: Wish) -> bool:
    """The author says which words are the article: the whole mail ("yes"), or those between begin and end.

    To a proof a yes says that it may go up so.
    """
    if wish.item.state == proofs.AT_PROOF and not wish.command.words:
        return proofs.passed(wish.turn, wish.seen, wish.item)
    return _new_text(wish, EventName.CONFIRM)


def _new_text(wish: Wish, name: EventName) -> bool:
    turn, item, text = wish.turn, wish.item, wish.command.words
    if not has_words(text) and (text or name is EventName.VERSION):
        return False
    if name is EventName.VERSION and item.state in machine.UP:
        asked = motions.asked_by_author(turn, item, "replace", text=text)
        _attach(turn, item, name)
        return asked and _noted(wish, name)
    if text:
        turn.note(text=text, text_source=source_of(wish.seen.message), text_sha256=hash_of(text))
    _attach(turn, item, name)
    after = turn.happen(Event(item.ref, name, _its_author(item)))
    if after is None:
        return False
    sharing.ask_again(turn, after)
    return _receipt(turn, wish.seen, after, "receipt-version")


def _sort(wish: Wish) -> bool:
    """The author says what their mail is, which nobody could tell; the receipt of that kind answers."""
    turn, item, kind = wish.turn, wish.item, wish.command.argument
    if not KINDS[item.kind].guessed or obey.unsortable(turn, item, kind, ""):
        return False
    facts = obey.place_of(turn, item, kind, "")
    after = turn.happen(
        Event(item.ref, EventName.SORT, _its_author(item), reason=moving.reason(item, kind), facts=facts)
    )
    if after is None:
        return False
    context = views.receipt(turn, [after], wish.seen) | {"before": history.before(turn, after)}
    answer(turn, wish.seen, KINDS[kind].template, context, ref=after.ref, listed=(after.ref,), proven=True)
    return True


def _noted(wish: Wish, what: str) -> bool:
    """The members were asked; the author hears that they decide."""
    after = wish.turn.item(wish.item.ref) or wish.item
    text, joined = after.new_text, wish.seen.message.joins > 0
    context = {"item": after, "extent": extent_of(text, hash_of(text), joined=joined) if text else None}
    answer(wish.turn, wish.seen, f"author/{what}-noted", context, ref=after.ref, proven=True)
    return True


def _help(wish: Wish) -> bool:
    answer(wish.turn, wish.seen, "author/help", {}, ref=wish.item.ref, proven=True)
    return True


def _name(wish: Wish) -> bool:
    return naming.name_it(wish.turn, wish.seen, wish.item, wish.command.verb, wish.command.words)


VERBS: dict[str, Callable[[Wish], bool]] = {
    "withdraw": _withdraw,
    "agree": _agree,
    "appeal": _appeal,
    "version": _version,
    "confirm": _confirm,
    "change": lambda wish: proofs.change(wish.turn, wish.seen, wish.item),
    "help": _help,
    "sort": _sort,
    **dict.fromkeys(naming.VERBS, _name),
    "co-author": lambda wish: sharing.share(wish.turn, wish.seen, wish.item, wish.command.words),
    "close": lambda wish: reader.close(wish.turn, wish.item, wish.command.words),
    "stop": lambda wish: reader.stop(wish.turn, wish.item, wish.command.words),
    "object": lambda wish: objecting.object_to(wish.turn, wish.seen, wish.item, wish.command.words),
}


def _without_verb(turn: Turn, seen: Examined, item: Item, reading: Reading) -> None:
    """No verb: the answer to an open question, a lapsed item taken up again, or an addition; a blank mail is none.

    The same words are kept each time and answered once: a machine without header fields says the same to each letter.
    """
    if is_nothing(reading.own, seen.kept):
        tell_unread(turn, seen, EMPTY, item.ref)
        return
    if opening.is_more(seen, item, reading.own):
        opening.open_more(turn, seen, item, reading.own)
        return
    if (
        item.kind == ENQUIRY
        and _only_thanks(_unsigned(reading.own, seen, item))
        and reader.thanked(turn, item, reading.own)
    ):
        _attach(turn, item, "addition")
        return
    repeats = _said_before(turn, item, reading.own)
    for name in (EventName.ANSWER, EventName.RENEW, EventName.ADDITION):
        if name is EventName.ANSWER and item.question is None:
            continue
        if name is EventName.RENEW and KINDS[item.kind].thanks and _only_thanks(reading.own):
            continue
        if turn.happen(Event(item.ref, name, _its_author(item), reading.own)):
            _attach(turn, item, name)
            reader.wrote_again(turn, item)
            repeats = repeats and name is EventName.ADDITION and not seen.kept
            _receipt(turn, seen, item, "receipt-addition", repeats=repeats)
            return
    turn.happen(Event(item.ref, EventName.NOTE, _its_author(item), reading.own, reason="after-the-end"))
    _attach(turn, item, "addition")
    repeats = repeats and not seen.kept
    answer(turn, seen, "author/status", {"items": (item,)}, ref=item.ref, proven=True, repeats=repeats)


def _unsigned(words: str, seen: Examined, item: Item) -> str:
    """The words without the lines that are their writer's name, or a part of it."""
    signs = f"{seen.message.author.name if seen.message.author else ''} {item.author.name}"
    names = set(signs.casefold().split())
    lines = words.split("\n")
    return "\n".join(line for line in lines if not set(line.casefold().strip(" -\u2013\u2014.,\t").split()) <= names)


def _only_thanks(words: str) -> bool:
    """Courtesies and no more: what was done or closed is no matter any more for whoever says thank you."""
    return manners.courteous(tokens(clean(words)))


def _said_before(turn: Turn, item: Item, words: str) -> bool:
    """The item's journal has these words of its author already, of late."""
    by, number, since = _its_author(item), turn.entry.number, turn.time - LATELY
    lines = [line for line in journal.of(turn.conn, item.ref) if line.at >= since]
    return bool(words.strip()) and any(
        (line.words, line.actor) == (words, by) and line.number != number for line in lines
    )


def _attach(turn: Turn, item: Item, role: str) -> None:
    turn.happen(Event(item.ref, EventName.ATTACH, _its_author(item), facts=Attached(role=str(role))))


def _its_author(item: Item) -> Actor:
    return person(item.author.email)


def _receipt(turn: Turn, seen: Examined, item: Item, template: str, *, repeats: bool = False) -> bool:
    after = turn.item(item.ref) or item
    context = views.receipt(turn, [after], seen)
    answer(turn, seen, f"author/{template}", context, ref=after.ref, proven=True, repeats=repeats)
    return True


# Without the secret of a letter, and not authenticated: ask first


def _first(turn: Turn, seen: Examined, commands: Sequence[Command], about: Sequence[Item]) -> None:
    ask_first(turn, seen, commands, _meant(commands[0], about)[0])


def ask_first(turn: Turn, seen: Examined, commands: Sequence[Command], item: Item) -> None:
    """Somebody who may be the author asks for an act: a letter to the author's address asks whether it is so."""
    turn.note(reason="confirm-first", commands=tuple(command.line for command in commands))
    wanted = commands[0]
    expires = turn.after(CONFIRM_EXPIRES)
    context = {"item": item, "act": wanted.verb, "expires_at": expires}
    letter = answer(turn, seen, "author/confirm", context, ref=item.ref)
    if letter is not None:
        ticket = Ticket(letter=letter.id, commands=msgspec.json.encode(tuple(commands)).decode())
        turn.record(Event(author_ref(item.author.email), EventName.AWAIT_YES, DESK, due=expires, facts=ticket))


def _confirmed(turn: Turn, seen: Examined, thread: Thread) -> None:
    """A yes to `author/confirm`: the acts it named happen now, once."""
    letter = thread.letter
    ticket = confirmations.get(turn.conn, letter.id) if letter else None
    item = turn.item(letter.ref) if letter and letter.ref else None
    reading = read(turn.desk, seen, thread, Listing((), single=True), "author")
    said_yes = any(command.verb == "confirm" for command in reading.commands)
    if thread.old is not None and item is not None and ticket is not None and ticket.used_at is None and said_yes:
        ask_first(turn, seen, msgspec.json.decode(ticket.commands[0], type=tuple[Command, ...]), item)
        return
    if ticket is None or item is None or ticket.used_at is not None or ticket.expires_at < turn.time or not said_yes:
        turn.note(reason="no-yes" if ticket else "no-secret")
        return
    turn.record(Event(author_ref(item.author.email), EventName.YES, _its_author(item), facts=SaidYes(letter=ticket.id)))
    act(turn, seen, msgspec.json.decode(ticket.commands[0], type=tuple[Command, ...]), [item])
