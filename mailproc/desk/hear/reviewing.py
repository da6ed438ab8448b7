"""A member's reply: what did they say, what came of it, and the transcript.

Whether they may speak is `authority`'s: who is not proven is asked at the registered address first (step-up), who has
no power changes nothing. Automatic mail never comes here. What a verb does is `obey`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from mailproc.desk.admit import accessing
from mailproc.desk.decide import conflict, doing, files, obey, silence, wanting, wishing
from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear import habits, leaving, readdressing, stepping_up
from mailproc.desk.hear.authority import INVITATION, INVITED_AGAIN, NO_POWER, Authority, authority, doubt, refuse
from mailproc.desk.hear.beside import ASIDE, to_nobody_else, with_beside
from mailproc.desk.tell import telling, views
from mailproc.desk.tell.answer import answer as write_back
from mailproc.desk.tell.on_request import asked_for
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.sought import files_of, sections_of
from mailproc.desk.turn.thread import Thread, earlier_texts, sent
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh.outcome import Outcome, Speaker
from mailproc.kinds.event import EventName
from mailproc.message.mime.sealed import LOCKS
from mailproc.message.model import Address
from mailproc.message.words.quotation import quotes
from mailproc.message.words.trimming import passes_on
from mailproc.phrase import Phrase, say
from mailproc.review.language.absence import is_note
from mailproc.review.member import Member
from mailproc.review.reply.command import Command, Listed, Listing, Reading, read_reply
from mailproc.review.reply.reading import ONE_QUESTION, Unclear
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import digests, members
from mailproc.workflow.actor import person
from mailproc.workflow.event import Event
from mailproc.workflow.event import member as member_ref
from mailproc.workflow.outgoing import Outgoing

DAY = timedelta(days=1)
NOTHING_DONE = "nothing-done"
HELPED = "helped-beyond"  # help alone, after the day's quota of replies that decide nothing
MEMBERS = 4  # times the quota of anybody for a member who is proven: two programs stop, a person is not silenced
UNANSWERED = "notice/unanswered"
LINES = 5  # of a digest, about replies that nobody answered
IDLE = (NOTHING_DONE, *LOCKS, "no-yes", "unproven", *stepping_up.OVER, "address-change-over")
TELLS = {telling.OUTCOME, telling.WENT_ON, "member/transcript", "applicant/welcome"}  # letters that ask nothing
BARE_OF_SELF = habits.BARE | leaving.BARE  # verbs about the member who says them, alone
DOES = habits.VERBS | accessing.VERBS | wanting.VERBS | files.VERBS | wishing.VERBS
OF_FILES = doing.VERBS.keys() - obey.VERBS.keys()  # verbs that are said of nothing else
OF_SELF = BARE_OF_SELF.keys() | DOES.keys() | conflict.VERBS.keys() | OF_FILES


def listing_of(turn: Turn, letter: Outgoing) -> Listing:
    """The items of a letter, in its order, under the references that it shows, as they are today."""
    listed = []
    for ref in letter.listed:
        item = turn.item(ref)
        if item is not None:
            listed.append(Listed(ref, item.number, item.kind, item.title, item.guess))
    alone = len(listed) == 1 and letter.template not in TELLS  # "ok" to what was decided is no vote
    files, sections = files_of(turn.conn, turn.desk), sections_of(turn.conn, turn.desk)
    return Listing(tuple(listed), single=alone, files=files, sections=sections)


def read(desk: Desk, seen: Examined, thread: Thread, listing: Listing, who: str) -> Reading:
    """What the mail's own words say, with all that we sent subtracted; nothing is decided where more stand beside."""
    message = seen.message
    if thread.letter is None:
        return Reading((), ())
    said = message.whole or message  # a long quotation makes a long answer
    text = message.whole.text if message.whole else message.text if message.text_source == "body" else None
    answer = message.in_reply_to or message.references  # its subject is the letter's
    of_letter, earlier = sent(desk, thread.letter), earlier_texts(desk, thread)
    signed_by = (message.author.name,) if message.author else ()
    reading = read_reply(
        text,
        said.html_text,
        said.html_links,
        of_letter,
        earlier,
        listing,
        who,
        said.html_sight,
        subject="" if answer else message.subject,  # a tapped link: see letters/tap
        signed_by=signed_by,
    )

    def own(words: str) -> str:
        return read_reply(words, None, None, of_letter, earlier, listing, who, signed_by=signed_by).own

    if who != "member":
        return reading  # an author may send a new text
    return to_nobody_else(with_beside(reading, message.beside, own), desk.is_ours)


def hear_member(turn: Turn, seen: Examined, thread: Thread) -> None:
    """A reply to a letter that went to a member, or words that claim to be one."""
    who = authority(turn, seen, thread)
    letter, member = thread.letter, who.member
    if letter is None or member is None or who.reason in NO_POWER:
        if not _writes_from_elsewhere(turn, seen, thread, who):
            refuse(turn, seen, who)
        return
    if seen.message.unread:
        _unread(turn, member, seen.message.unread)
        return
    if is_note(seen.message.text, quotes=quotes(seen.message.text, sent(turn.desk, letter))):
        turn.note(reason="absence-note")  # a mail program's, whatever its fields say: nothing is heard, nobody answers
        return
    if _passed_on(turn.desk, seen):
        _to_somebody_else(turn, seen, thread, listing_of(turn, letter), Speaker(member) if who.decides else None)
        return
    if letter.template in ANSWERS:
        ANSWERS[letter.template](turn, seen, thread, member)
        return
    reading = read(turn.desk, seen, thread, _about(turn, letter, member), "member")
    turn.note(commands=tuple(c.line for c in reading.commands), unclear=tuple(u.line for u in reading.unclear))
    if reading.unclear or reading.talked:
        silence.doubt(turn, letter.listed)
    if who.decides:
        answer(turn, Speaker(member, letter=letter), reading)
    else:
        waiting = tuple(replace(command, of=letter.id) for command in reading.commands)
        _unproven(turn, seen, who, replace(reading, commands=waiting))


def _unread(turn: Turn, member: Member, why: str) -> None:
    """A locked answer decides nothing, whatever its subject says; its writer hears so."""
    turn.note(reason=why)
    _say(turn, member, [Outcome("", "", done=False, words=say("self/unread", why=why))])


def _passed_on(desk: Desk, seen: Examined) -> bool:
    """A letter that is forwarded to somebody else, with the desk in Cc or Bcc at most: its words are for them."""
    message = seen.message
    text = message.text or (message.whole.text if message.whole else None) or message.html_text or ""
    return not any(desk.is_ours(to.email) for to in message.to) and passes_on(message.subject, text)


def _to_somebody_else(turn: Turn, seen: Examined, thread: Thread, listing: Listing, speaker: Speaker | None) -> None:
    """Nothing in it decides; whoever wrote lines that would have is asked to send them to the desk itself."""
    turn.note(reason="passed-on")
    commands = read(turn.desk, seen, thread, listing, "member").commands
    turn.note(unclear=tuple(command.line for command in commands))
    if not commands or speaker is None:
        return
    unclear = tuple(Unclear(each.line, "passed-on", say("doubt/passed-on")) for each in commands)
    answer(turn, speaker, Reading((), unclear))


def _about(turn: Turn, letter: Outgoing, member: Member) -> Listing:
    """What a bare word is about: in a letter that lists nothing, `undo` may be of what they said of themselves."""
    of_self = not letter.listed and (member.leaves_at or habits.said_in(turn, letter, member))
    return replace(ONE_QUESTION, files=files_of(turn.conn, turn.desk)) if of_self else listing_of(turn, letter)


def _writes_from_elsewhere(turn: Turn, seen: Examined, thread: Thread, who: Authority) -> bool:
    """A letter's reader who writes from another address and says so; what else they say does nothing."""
    if who.reason != "from-mismatch" or who.member is None or not seen.authenticated:
        return False
    commands = read(turn.desk, seen, thread, Listing((), single=False), "member").commands
    return readdressing.asked_by_stranger(turn, seen, who.member, commands)


def _accept(turn: Turn, seen: Examined, thread: Thread, member: Member) -> None:
    """A yes from the invited address: the duties are theirs. Of anything else the operator hears, who invited."""
    reading = read(turn.desk, seen, thread, Listing((), single=True), "applicant")
    said = {command.verb for command in reading.commands}
    if reading.unclear or not said or not said <= {"agree", "confirm"}:
        declined = said == {"decline"} and not reading.unclear
        turn.note(reason="declined" if declined else "no-yes")
        if not declined:
            _invite_again(turn, seen, thread, member)
        about = f"{member.email} answered the invitation, and not with a plain yes"
        about = f"{member.email} declined the invitation" if declined else about
        lines = tuple(line for line in reading.own.split("\n") if line.strip())
        turn.write("operator/notice", turn.desk.operator, {"about": about, "lines": lines})
        return
    turn.note(reason="invitation-accepted")
    if turn.record(Event(member_ref(member.email), EventName.ACCEPT, person(member.email))):
        turn.write("member/welcome", Address(member.name, member.email), {})


def _invite_again(turn: Turn, seen: Examined, thread: Thread, member: Member) -> None:
    """One letter back says which word works; whoever answers that in other words too has the operator to talk to."""
    since = thread.letter.created_at if thread.letter else turn.time
    asked = outgoing.letters_to(turn.conn, member.email, INVITED_AGAIN, since)
    if not asked and thread.letter is not None and thread.letter.template == INVITATION:
        write_back(turn, seen, INVITED_AGAIN, {}, proven=True)


def _unproven(turn: Turn, seen: Examined, who: Authority, reading: Reading) -> None:
    """Decisions are asked back at the registered address; questions are answered there; other words are only kept."""
    acts = tuple(command for command in reading.commands if command.verb not in ASIDE)
    aside = tuple(command for command in reading.commands if command.verb in ASIDE)
    if acts:
        stepping_up.ask(turn, seen, who, acts)
    elif aside and who.member is not None:
        turn.note(reason="unproven")
        answer(turn, Speaker(who.member), Reading(aside, ()))
    else:
        turn.note(state="unauthorised", reason="unproven")


def _confirmed(turn: Turn, seen: Examined, thread: Thread, member: Member) -> None:
    """A yes to a step-up: the decisions it listed happen now, once."""
    if thread.letter is None:
        return
    reading = read(turn.desk, seen, thread, ONE_QUESTION, "member")
    if reading.unclear or [command.verb for command in reading.commands] != ["approve"]:
        _no_plain_yes(turn, member, reading)
        return
    commands = stepping_up.said_yes(turn, thread.letter, member)
    if isinstance(commands, Outcome):
        _say(turn, member, [commands])
        return
    turn.note(reason="confirmed", commands=tuple(command.line for command in commands))
    asked_in = outgoing.get(turn.conn, commands[0].of) if commands and commands[0].of else None
    answer(turn, Speaker(member, letter=asked_in), Reading(commands, ()))


def _readdressed(turn: Turn, seen: Examined, thread: Thread, member: Member) -> None:
    """A yes or no to the question whether a member writes from another address now."""
    if thread.letter is None:
        return
    reading = read(turn.desk, seen, thread, ONE_QUESTION, "member")
    turn.note(commands=tuple(c.line for c in reading.commands))
    letter, refuses = thread.letter, any(command.verb == "reject" for command in reading.commands)
    if reading.unclear and not refuses:
        _no_plain_yes(turn, member, reading)
        return
    proves = letter.template == readdressing.VOUCH and turn.desk.config.review.trust == "authenticated" and not refuses
    if proves and doubt(turn.desk, seen, letter):
        turn.note(state="unauthorised", reason="unproven")  # such a letter is easily forwarded: "Cleo, is it you?"
        _say(turn, member, [Outcome("", "", done=False, words=say("self/unproven"))] if reading.commands else [])
        return
    _say(turn, member, readdressing.answered(turn, member, letter.template, letter.cause, reading.commands))


def _no_plain_yes(turn: Turn, member: Member, reading: Reading) -> None:
    """A yes beside other words may be none: "No, that was not me. / OK". Whoever wrote such words is asked again."""
    if reading.unclear:
        _say(turn, member, [Outcome("", "", done=False, words=say("self/no-plain-yes"))])
    turn.note(reason="no-yes")


def _say(turn: Turn, member: Member, outcomes: Sequence[Outcome]) -> None:
    """What came of an answer to one question; what came too late is told some times a day only."""
    left = 2 if any(each.done for each in outcomes) else _left(turn, member) if outcomes else 0
    if left:
        write_transcript(turn, Speaker(member), outcomes, Reading((), ()), last=left == 1)


def answer(turn: Turn, speaker: Speaker, reading: Reading) -> list[Outcome]:
    """Do what was said and write the transcript; letters that were asked for go beside it."""
    outcomes = [outcome for command in _in_turn(reading.commands) for outcome in _do(turn, speaker, command)]
    outcomes += obey.passed_over(turn, reading.commands)
    idle = not any(outcome.done for outcome in outcomes) and not speaker.by_operator
    left = _left(turn, speaker.member) if idle else 2
    if not left:
        _not_answered(turn, speaker.member, reading)
        return outcomes
    aside = [command for command in reading.commands if command.verb in ASIDE]
    answers, letters = status_lines(turn, speaker.member, aside), asked_for(turn, speaker.member, aside)
    asked_little = speaker.member.silent and _today(turn, speaker).silent and not speaker.by_operator and not answers
    if asked_little and not reading.unclear and outcomes and all(outcome.done for outcome in outcomes):
        turn.note(unanswered="silent")  # all was done, and they asked to hear only of the rest
        return outcomes
    outcomes += answers
    if not all(outcome.letter for outcome in outcomes) or reading.unclear or not (letters or outcomes):
        write_transcript(turn, speaker, outcomes, reading, last=left == 1)
    return outcomes


def _in_turn(commands: Sequence[Command]) -> list[Command]:
    """As written, but `back` and "not me for North Pier" before the votes of the same mail, and `away` behind them."""

    def place(command: Command) -> int:
        of_a_file = bool(command.argument) and not command.refs
        return -1 if of_a_file and command.verb in conflict.VERBS else {"back": -1, "away": 1}.get(command.verb, 0)

    return sorted(commands, key=place)


def _today(turn: Turn, speaker: Speaker) -> Member:
    """The member as the commands before this one have left them."""
    return members.get(turn.conn, speaker.member.email) or speaker.member


def _do(turn: Turn, speaker: Speaker, command: Command) -> list[Outcome]:
    """What came of one command: on each of its items, or on the member themselves."""
    speaker = replace(speaker, member=_today(turn, speaker))
    if command.refs == ONE_QUESTION.refs or command.verb == "back":
        stays = leaving.answered(turn, speaker, command.verb)
        if stays is not None:
            return [stays]
    if command.refs == ONE_QUESTION.refs:
        undone = habits.undo(turn, speaker) if command.verb == "undo" else []
        return undone or [Outcome("", "", done=False, words=say("refused/no-reference", verb=command.verb))]
    aside = _on_no_item(turn, speaker, command)
    if aside is not None:
        return aside
    return obey.obey(turn, speaker, command) if command.verb in obey.VERBS else []


def _on_no_item(turn: Turn, speaker: Speaker, command: Command) -> list[Outcome] | None:
    """What came of a verb about the member themselves, or said of a file by its name; None of any other."""
    of_a_file = bool(command.argument) and not command.refs and command.verb not in ASIDE
    if command.verb in BARE_OF_SELF:
        return [BARE_OF_SELF[command.verb](turn, speaker)]
    if of_a_file and command.verb in conflict.VERBS:
        return [conflict.VERBS[command.verb](turn, speaker, command.argument)]
    if stopped := conflict.stops(speaker, command):
        return [stopped]
    if command.verb in DOES:
        return [DOES[command.verb](turn, speaker, command)]
    if of_a_file and command.verb in doing.VERBS:
        return doing.VERBS[command.verb](turn, speaker, command)
    return None


def _left(turn: Turn, member: Member) -> int:
    """How many replies that decide nothing are answered today, with this one; they may be a robot's.

    Those whose author is proven are counted apart, so that a forger silences nobody.
    """
    if turn.entry.state == "processed" and turn.entry.reason not in ("unproven", *LOCKS):
        turn.note(reason=NOTHING_DONE)
    since, proven = turn.time - DAY, bool(turn.entry.identity)
    before = sum(rows.count_of(turn.conn, member.email, reason, since, proven=proven) for reason in IDLE)
    quota = turn.desk.config.limits.letters_per_sender_per_day * (MEMBERS if proven else 1)
    if before >= quota:
        turn.note(unanswered="too-many-letters")
    return max(0, quota - before)


def _not_answered(turn: Turn, member: Member, reading: Reading) -> None:
    """The day's quota is used up: `help` is answered some times more, and the next digest tells of the rest."""
    since, most = turn.time - DAY, turn.desk.config.limits.letters_per_sender_per_day
    proven = bool(turn.entry.identity)
    asks_help = [command for command in reading.commands if command.verb == "help"]
    if asks_help and rows.count_of(turn.conn, member.email, HELPED, since, proven=proven) < most:
        turn.note(reason=HELPED, unanswered="")
        asked_for(turn, member, asks_help[:1])
        return
    said = (*(each.line for each in reading.unclear), *(each.line for each in reading.commands))
    waiting = [each.said for each in digests.unseen_notices(turn.conn, member.email)]
    if sum(isinstance(each, Phrase) and each.slug == UNANSWERED for each in waiting) < LINES:
        turn.let_know(member.email, say("notice/unanswered", title=next(iter(said), "")))


Answer = Callable[[Turn, Examined, Thread, Member], None]

ANSWERS: dict[str, Answer] = {  # letters that ask one thing
    INVITATION: _accept,
    INVITED_AGAIN: _accept,
    "member/step-up": _confirmed,
    readdressing.ASKED: _readdressed,
    readdressing.VOUCH: _readdressed,
}


def status_lines(turn: Turn, member: Member, aside: Sequence[Command]) -> list[Outcome]:
    """Where items stand, for those who asked; and which of what they asked for is not there."""
    found = []
    for verb, ref in ((command.verb, ref) for command in aside for ref in command.refs):
        item = turn.item(ref)
        if item is None:
            found.append(Outcome(ref, "", done=False, words=say("refused/no-item")))
        elif verb == "status":
            words = views.how_it_stands(turn.conn, turn.desk, item, member)
            found.append(Outcome(item.ref, item.title, done=True, words=words))
    return found


def write_transcript(
    turn: Turn, speaker: Speaker, outcomes: Sequence[Outcome], reading: Reading, *, last: bool = False
) -> None:
    """One short letter per reply, in its thread: done, not done and why, what the author gets, how to undo.

    `last`: no other reply of today that decides nothing is answered, and the letter says so.
    """
    member = speaker.member
    context = {
        "done": tuple(outcome for outcome in outcomes if outcome.done),
        "not_done": tuple(outcome for outcome in outcomes if not outcome.done),
        "unclear": reading.unclear,
        "more": reading.more,
        "by_operator": speaker.by_operator,
        "last_today": last,
    }
    listed = tuple(dict.fromkeys(outcome.ref for outcome in outcomes if outcome.ref))
    turn.write("member/transcript", Address(member.name, member.email), context, listed=listed)
