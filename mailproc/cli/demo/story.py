"""The demo's story, scene by scene: mail arrives, is decided on by reply, and what was decided happens.

A scene sends mail, waits until the desk has done with it, and tells what the desk itself says of it (its entries and
journal); the desk is told nothing but by mail and by its operator. Raises Stalled where something does not happen.
What must have come of it all is `ending`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from mailproc.cli.demo import mails, replies, telling
from mailproc.cli.demo.mails import ANA, BEN, Person, Posted
from mailproc.cli.demo.replies import Letter, opened
from mailproc.cli.demo.script import SCRIPT
from mailproc.cli.demo.stage import Stage, post, until
from mailproc.cli.demo.telling import Line
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.serve.process import enter
from mailproc.desk.tell import look
from mailproc.desk.tell.story import Story, story
from mailproc.kinds.event import EventName
from mailproc.kinds.reference import head
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.workflow.event import words_of
from mailproc.workflow.item import Item
from mailproc.workflow.outgoing import Outgoing

Played = dict[str, Posted]  # every mail that was sent, by its key
GONE = {"sent", "failed", "ambiguous", "deferred"}  # a letter that has left, or could not


def play(stage: Stage) -> Played:
    """The whole story; every mail that was sent."""
    played: Played = {}
    for number, (name, act) in enumerate(SCENES, 1):
        telling.scene(stage.console, number, SCRIPT.scenes[name])
        act(stage, played)
    return played


def number_of(stage: Stage, mail: Posted) -> int | None:
    """Under which number the desk has a mail; None until it has had its turn."""
    with reading(stage.desk.engine) as conn:
        return next((row.number for row in rows.of_message_id(conn, mail.message_id)), None)


def story_of(stage: Stage, mail: Posted) -> Story:
    """What the desk says of a mail, once it has had its turn and its letters that may leave now have left."""
    return until(f"“{mail.key}” was to be sorted and answered", lambda: _story(stage, number_of(stage, mail)))


def _story(stage: Stage, number: int | None) -> Story | None:
    if number is None:
        return None
    told = story(stage.desk, str(number))
    due = [letter for letter in told.letters if letter.next_try is None or letter.next_try <= stage.desk.now()]
    finished = told.row.state != "received" and all(letter.state in GONE for letter in due)
    return told if finished else None


def ref_of(stage: Stage, mail: Posted) -> str:
    """The first reference that a mail opened."""
    return story_of(stage, mail).row.refs[0]


def letters_of(stage: Stage, person: Person) -> list[Letter]:
    """What lies in somebody's mailbox, oldest first."""
    return [opened(octets) for octets in tuple(stage.net.mailboxes.get(person.email, ()))]


def letter_in(stage: Stage, person: Person, letter: Outgoing) -> Letter:
    """A letter as it lies in somebody's mailbox."""

    def see() -> Letter | None:
        return next((each for each in letters_of(stage, person) if letter.message_id in each.message_id), None)

    return until(f"“{letter.subject}” was to reach {person.email}", see)


# What is told of one mail


def arrived(mail: Posted, told: Story) -> Iterator[Line]:
    """A mail, why it was sorted so, what was kept of it, what left."""
    row, entry = told.row, told.entry
    yield "mail", f"{mail.sender.name} to {mail.to.partition('@')[0]}@: {row.subject}"
    opens = " and ".join(f"{each.item.ref} ({_kind(each.item)})" for each in told.items)
    yield "why", f"{row.kind}, because {row.reason}" + (f"; opens {opens}" if opens else "")
    for kept in entry.attachments if entry else ():
        became = kept.state if kept.state == "kept" else f"{kept.state} ({kept.reason}), and its sender told"
        yield "kept", f"{kept.attachment.name}, {kept.attachment.media_type}: {became}"
    yield from left(told)


def left(told: Story) -> Iterator[Line]:
    """The letters that a mail caused, or why there is none."""
    for letter in told.letters:
        yield "letter", f"to {letter.to}: {letter.subject}"
    if not told.letters:
        yield "silent", f"no letter: {SCRIPT.silence.get(why_silent(told), why_silent(told))}"


def why_silent(told: Story) -> str:
    """Why a mail caused no letter: courtesy's slug, else what it was."""
    slug = told.entry.unanswered if told.entry else ""
    return slug or (told.row.kind if told.row.state == "processed" else told.row.state)


def _kind(item: Item) -> str:
    more = item.section or item.group
    return f"{item.kind}, {more}" if more else item.kind


def obeyed(stage: Stage, told: Story) -> Iterator[Line]:
    """What a reply said, as the desk understood it, and what it could not understand."""
    if told.entry is None:
        return
    for event in told.entry.events:
        if event.name in SAID:
            item = look.item(stage.desk, event.ref).item
            facts = words_of(event.facts)
            what = facts.get("verdict") or f"{event.name} {facts.get('kind', '')}".rstrip()
            words = f" “{event.words}”" if event.words else ""
            yield "says", f"{event.ref} {what}{words}: {item.title}"
    for line in told.entry.unclear:
        yield "unclear", f"“{line}” changes nothing; the transcript asks back"
    yield from left(told)


SAID = {EventName.VOTE, EventName.HOLD, EventName.SORT, EventName.AGREE}


# The scenes


def _mail_arrives(stage: Stage, played: Played) -> None:
    for mail in mails.arrivals(stage.desk.now()):
        post(stage, mail)
        played[mail.key] = mail
    for mail in tuple(played.values()):
        telling.tell(stage.console, arrived(mail, story_of(stage, mail)))


def _the_applicant_agrees(stage: Stage, played: Played) -> None:
    applicant, words = played["joining"].sender, "I agree."
    letter = letter_in(stage, applicant, story_of(stage, played["joining"]).letters[0])
    mail = replies.by_telephone("agree", applicant, letter, words, stage.desk.now())
    played[mail.key] = mail
    post(stage, mail)
    told = story_of(stage, mail)
    telling.tell(stage.console, [("reply", f"{applicant.name}: “{words}”"), *obeyed(stage, told)])


def _the_digest(stage: Stage, played: Played) -> None:
    number = enter(stage.desk, f"operator:{fresh_id()}", "digest")
    told = until("the digests were to be sent", lambda: _story(stage, number))
    letters = {letter.to: letter for letter in sorted(told.letters, key=lambda letter: letter.to)}
    telling.tell(stage.console, [("letter", f"to {letter.to}: {letter.subject}") for letter in letters.values()])
    text = letter_in(stage, ANA, letters[ANA.email]).text
    heads = [line for line in text.split("\n") if head(line)]
    telling.tell(stage.console, [("" if n else "lists", line) for n, line in enumerate(heads)])
    now, refs = stage.desk.now(), {mail.key: ref_of(stage, played[mail.key]) for mail in SCRIPT.mails if mail.ends}
    ana, ben = (letter_in(stage, person, letters[person.email]) for person in (ANA, BEN))
    played["forged"] = mails.forged(refs, now)
    said = {refs[key]: words for key, words in SCRIPT.ana.items()}
    played["between"] = replies.between_the_lines(ANA, ana, said, now)
    played["on-top"] = replies.on_top(BEN, ben, [line.format(**refs) for line in SCRIPT.ben.lines], now)


def _a_forger(stage: Stage, played: Played) -> None:
    mail = played["forged"]
    post(stage, mail)
    told = story_of(stage, mail)
    proof = told.entry.identity_reason if told.entry else ""
    lines: list[Line] = [
        ("mail", f"“Ana” to desk@, by way of {mail.host}: “{ref_of(stage, played['gulls'])} approve”"),
        ("why", f"{told.row.kind}, by the rule “{told.row.rule}”"),
        ("done", f"nothing: {told.row.state} ({told.row.reason}, {proof})"),
    ]
    telling.tell(stage.console, [*lines, *left(told)])


def _members_reply(stage: Stage, played: Played) -> None:
    for key, how in (("between", "Ana, between the quoted items"), ("on-top", "Ben, in HTML, above them")):
        post(stage, played[key])
        told = story_of(stage, played[key])
        telling.tell(stage.console, [("reply", how), *obeyed(stage, told)])


def _it_happens(stage: Stage, played: Played) -> None:
    for mail in SCRIPT.mails:
        if mail.settles:
            ref, state = ref_of(stage, played[mail.key]), mail.ends[0]
            until(f"{ref} was to be {state}", partial(_in_state, stage, ref, state))
            telling.tell(stage.console, _became(stage, ref))


def _in_state(stage: Stage, ref: str, state: str) -> bool | None:
    """Whether the item is there, its effects are out, and every letter about it has left."""
    whole = look.item(stage.desk, ref)
    if whole.item.state != state or whole.item.settles_at is not None:
        return None
    return all(letter.state in GONE for letter in _caused(stage, ref)) or None


def _caused(stage: Stage, ref: str) -> list[Outgoing]:
    """The letters that the item's history caused, oldest first."""
    numbers = dict.fromkeys(line.number for line in look.item(stage.desk, ref).journal)
    return [letter for n in numbers for letter in story(stage.desk, str(n)).letters if letter.ref == ref]


def _became(stage: Stage, ref: str) -> Iterator[Line]:
    """What became of an item, where it lies, and who heard of it."""
    item = look.item(stage.desk, ref).item
    place = f"; in {stage.desk.config.storage.published.name}/{item.place}" if item.place else ""
    yield "done", f"{ref} is {SCRIPT.told(item.state)}: {item.title}{place}"
    for letter in _caused(stage, ref)[-1:]:
        yield "letter", f"to {letter.to}: {letter.subject}"


Act = Callable[[Stage, Played], None]
SCENES: tuple[tuple[str, Act], ...] = (  # in `script.toml`, and what happens in it
    ("mail_arrives", _mail_arrives),
    ("applicant_agrees", _the_applicant_agrees),
    ("digest", _the_digest),
    ("forger", _a_forger),
    ("members_reply", _members_reply),
    ("it_happens", _it_happens),
)
