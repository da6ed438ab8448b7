"""A mail's turn: what the desk knows of it, its verdict, and which room takes it.

`gather` looks things up, `sort` asks the rules, `take` hands the mail to whoever acts: `reviewing` for
members' replies, `following` for authors' later mails, `opening` for what is new. Machine mail is kept,
sorted and counted, and nothing more happens to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from mailproc.desk.admit import accessing
from mailproc.desk.clock import probing, undelivered
from mailproc.desk.ground.key import TOKEN_LENGTH
from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear import border, following, fresh, opening, oversize, reviewing, unread
from mailproc.desk.hear.authority import INVITATION, OLD_KEY
from mailproc.desk.tell import digesting
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.said import is_nothing
from mailproc.desk.turn.thread import Thread, find, from_its_reader, signed_before
from mailproc.desk.turn.turn import Turn
from mailproc.desk.work import sharing
from mailproc.kinds import reference
from mailproc.kinds.every import KINDS
from mailproc.letters.catalogue import asks_members
from mailproc.message.field.address import canonical, split_subaddress
from mailproc.message.field.header import title_of
from mailproc.message.model import Address
from mailproc.message.words import extent
from mailproc.review.reply.command import Command, Listing, read_lines
from mailproc.sorting import sort as sorting
from mailproc.sorting.facts import Facts
from mailproc.sorting.sort import Verdict, without_words
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.store.work import groups, items
from mailproc.workflow.entry import Entry
from mailproc.workflow.outgoing import Outgoing
from mailproc.workflow.received import NO_EFFECT

Spoken = Mapping[str, tuple[Command, ...]]
FRESH = "fresh"  # what asks for a digest: see `fresh`
COMMAND_LINES, COMMAND_CHARACTERS = 100, 10_000  # of a mail that answers no letter; a digest's answer has no such end


@dataclass(frozen=True, slots=True)
class Known:
    """What the desk knows of a mail when its turn comes; compared once more inside the transaction."""

    facts: Facts
    thread: Thread
    copy_of: int | None  # the first copy, if that had its effect
    named: tuple[Command, ...] = ()  # a member's or author's commands in a mail that answers no letter
    about: tuple[str, ...] = ()  # the author's own items that those commands name


def spoken(seen: Examined) -> Spoken:
    """What the mail says by itself, as an author and as a member; read once, with no transaction open."""
    return {FRESH: fresh.asked(seen)} | {who: _spoken(seen, who) for who in ("author", "member")}


def gather(conn: Connection, desk: Desk, seen: Examined, said: Spoken) -> Known:
    """Look up what sorting and the rooms after it need."""
    thread = find(conn, desk, seen.message, seen.row.envelope.forward_paths)
    sender = _standing(conn, seen)
    named, about = _named(conn, seen, thread, sender, said)
    return Known(
        facts=_facts(conn, desk, seen, sender, _answers(seen, thread, sender, named, about)),
        thread=thread,
        copy_of=_copy_of(conn, desk, seen, thread),
        named=named,
        about=about,
    )


def _facts(conn: Connection, desk: Desk, seen: Examined, sender: str, answers: str) -> Facts:
    shown = [address.email for address in (*seen.message.to, *seen.message.cc)]  # aliases may hide in the envelope
    ours = [path for path in dict.fromkeys((*seen.row.envelope.forward_paths, *shown)) if desk.is_ours(path)]
    tags = [split_subaddress(path) for path in ours]
    plain = tuple(dict.fromkeys(canonical(f"{local}@{domain}") for local, _, domain in tags))
    mine = seen.writer is not None and desk.is_ours(seen.writer.email)
    return Facts(
        purposes=tuple(desk.purposes[email] for email in plain),
        addressed=plain,
        tag=next((tag for _, tag, _ in tags if tag and len(tag) != TOKEN_LENGTH), ""),
        sender=sender,
        bounce=seen.nature.bounce,
        # catalogue S24: our own addresses write to nobody here; a member's note is heard, and then told from a reply
        automatic=seen.nature.automatic or mine or (answers != "digest" and seen.is_absence_note),
        bulk=seen.nature.bulk,
        answers=answers,
        groups=desk.groups(groups.every(conn)),
    )


def _standing(conn: Connection, seen: Examined) -> str:
    """member, known or unknown."""
    author = seen.message.author
    member = members.get(conn, author.email) if author else None
    if member is not None and member.state in {"active", "away", "suspended"}:
        return "member"
    writer = seen.writer
    return "known" if writer and rows.heard_from(conn, writer.email, seen.row.received_at) else "unknown"


def _answers(seen: Examined, thread: Thread, sender: str, named: tuple[Command, ...], about: tuple[str, ...]) -> str:
    """digest: it claims to decide; letter: its author's later mail; nothing."""
    letter = thread.letter
    if letter is not None and (letter.template.startswith("member/") or _is_welcome(letter, sender)):
        return "digest"
    if letter is not None and letter.ref and from_its_reader(seen.writer, letter):
        return "letter"
    if named:
        return "letter" if about else "digest"
    if thread.old is not None and from_its_reader(seen.writer, thread.old):
        return _answers_old(thread.old)
    return "digest" if thread.claimed and sender == "member" else "nothing"  # a secret that is none, said as a member


def _is_welcome(letter: Outgoing, sender: str) -> bool:
    """The letter that made an applicant a member: its reader answers as one, while they are one."""
    return sender == "member" and asks_members(letter.template)


def _answers_old(letter: Outgoing) -> str:
    """The same for a letter of a key that is lost: its reader is heard, and only their own proof gives power."""
    if letter.template.startswith("member/"):
        return "digest"
    return "letter" if letter.ref else "nothing"


def _named(
    conn: Connection, seen: Examined, thread: Thread, sender: str, said: Spoken
) -> tuple[tuple[Command, ...], tuple[str, ...]]:
    """Commands on references in a mail that answers no letter: an author's on their own items, or a member's."""
    author = seen.message.author
    if thread.letter is not None or author is None or seen.nature.automatic or not any(said.values()):
        return (), ()
    own = {ref: item for item in items.by_author(conn, author.email) for ref in item.refs}
    about = tuple(dict.fromkeys(own[ref].ref for command in said["author"] for ref in command.refs if ref in own))
    if about:
        return tuple(command for command in said["author"] if set(command.refs) & own.keys()), about
    if shared := sharing.shared_by(conn, said["author"], seen.writer):
        return said["author"], shared
    if sender == "member" and said[FRESH] and not thread.claimed and thread.old is None:
        return said[FRESH], ()
    return (said["member"], ()) if sender == "member" else ((), ())


def _spoken(seen: Examined, who: str) -> tuple[Command, ...]:
    """Whole-line commands with a reference in the subject or on the first lines of the text."""
    first = "\n".join(seen.message.text.split("\n", COMMAND_LINES)[:COMMAND_LINES])[:COMMAND_CHARACTERS]
    if not reference.might_stand_in(f"{seen.message.subject}\n{first}"):
        return ()
    subject = read_lines(title_of(seen.message.subject, ""), Listing((), single=False), who)
    text = read_lines(first, Listing((), single=False), who)
    return tuple(command for command in (*subject.commands, *text.commands) if command.refs)


def _copy_of(conn: Connection, desk: Desk, seen: Examined, thread: Thread) -> int | None:
    """The earlier copy of this message that had its effect (design §4, threads and duplicates)."""
    first = rows.effect_of(conn, seen.message.logical_key)
    if first is None or first == seen.row.number:
        return signed_before(conn, desk, seen, thread.letter) if thread.letter else None
    earlier = rows.get(conn, first)
    if earlier is not None and earlier.reason in NO_EFFECT and seen.authenticated:
        return None
    return first


def sort(desk: Desk, seen: Examined, known: Known) -> Verdict:
    """Ask the rules."""
    verdict, text = sorting.sort(seen.message, known.facts, desk.rules), seen.message.text
    wordless = is_nothing(text, seen.kept, worded=True) and not is_nothing(text, seen.kept)  # a picture alone
    return without_words(verdict) if wordless else verdict


def wants_words(seen: Examined, known: Known, verdict: Verdict) -> bool:
    """Whether anybody may ever ask what the mail's documents say: of bulk mail too, for members may rescue it."""
    return known.copy_of is None and not seen.oversize and verdict.kind not in ("bounce", "review")


def read(entry: Entry, seen: Examined, language: str) -> Entry:
    """The entry with what was read of the mail; `language` is the desk's, for a mail that does not tell its own."""
    message = seen.message
    return replace(
        entry,
        title=title_of(message.subject, message.text),
        author=seen.writer,
        message_id=message.message_id,
        logical_key=message.logical_key,
        subject=message.subject,
        from_shown=message.from_shown,
        language=message.spoken or language,
        identity=seen.identity.method if seen.authenticated else "",
        identity_reason=seen.identity.reason,
        identity_server=seen.identity.server,
        attachments=seen.kept,
    )


@dataclass(frozen=True, slots=True)
class Hearing:
    """A mail that is heard: in whose turn, what was read of it, what is known, and what the rules say it is."""

    turn: Turn
    seen: Examined
    known: Known
    verdict: Verdict


def hear(turn: Turn, seen: Examined, known: Known, verdict: Verdict) -> None:
    """Act on the verdict."""
    _act(turn, seen, known, verdict)
    accessing.came_back(turn, seen)


def _act(turn: Turn, seen: Examined, known: Known, verdict: Verdict) -> None:
    border.watch(turn, seen)
    if seen.oversize:
        oversize.answer_oversize(turn, seen, verdict)
        return
    if known.copy_of is not None:
        turn.note(state="duplicate", kind=verdict.kind, duplicate_of=known.copy_of, reason="copy", rule=verdict.rule)
        return
    first = verdict.first
    other = verdict.runner_up
    turn.note(kind=first.kind, rule=first.rule, reason=first.reason, section=first.section, group=first.group)
    turn.note(runner_up=other.kind if other else "")
    if first.kind == "review":
        turn.note(author=seen.message.author)  # who decides is read strictly, or is nobody
    probing.heard(turn, seen)
    if first.kind in FOR_AUTHORS and (why := unread.why_unread(seen, verdict)):
        letter = known.thread.letter
        unread.tell_unread(turn, seen, why, letter.ref if first.kind == "followup" and letter else None)
        return
    if first.kind in ROOMS:  # machine mail is in none: it is kept and counted, and that is all
        ROOMS[first.kind](Hearing(turn, seen, known, verdict))


def _followed(mail: Hearing) -> None:
    turn, seen, known = mail.turn, mail.seen, mail.known
    if known.thread.letter is not None:
        following.hear_author(turn, seen, known.thread)
        return
    if known.thread.old is not None and not known.about:
        following.hear_author(turn, seen, replace(known.thread, letter=known.thread.old))
        return
    about = [item for ref in known.about if (item := turn.item(ref))]
    if about and sharing.place_of(about[0], seen.writer) is not None:
        verbs = {command.verb for command in known.named if set(command.refs) & set(about[0].refs)}
        proven = seen.authenticated and not seen.identity.is_a_hosts
        sharing.hear(turn, seen, about[0], verbs, "", proven=proven)
        return
    if seen.authenticated and not seen.identity.is_a_hosts:
        turn.note(commands=tuple(command.line for command in known.named))
        following.act(turn, seen, known.named, about)
    else:
        following.ask_first(turn, seen, known.named, about[0])


def _reviewed(mail: Hearing) -> None:
    """A member's reply; who answers a letter of a key that is lost has a fresh one, to answer that."""
    turn, seen, old = mail.turn, mail.seen, mail.known.thread.old
    if mail.known.thread.letter is None and {each.verb for each in mail.known.named} == {fresh.WORD}:
        fresh.hear(turn, seen)
        return
    reviewing.hear_member(turn, seen, mail.known.thread)
    member = members.get(turn.conn, old.to) if old else None
    if old is None or member is None or turn.entry.reason != OLD_KEY:
        return
    author = seen.message.author
    if author is None or canonical(author.email) not in member.addresses:
        return
    if member.state == "invited" and not _wrote_since(turn, INVITATION, old):
        turn.write(INVITATION, Address(member.name, member.email), {})
    elif member.votes and seen.authenticated and not _wrote_since(turn, "member/digest", old):
        digesting.write_fresh(turn, member)


def _wrote_since(turn: Turn, template: str, old: Outgoing) -> bool:
    """The reader of an old letter has one of this template that they can answer."""
    return any(map(turn.desk.held.wrote, outgoing.letters_to(turn.conn, old.to, template, old.created_at)))


def _opened(mail: Hearing) -> None:
    good = [kept.attachment for kept in mail.seen.kept if kept.state == "kept"]
    words = extent.words_of(mail.seen.message, mail.verdict.kind, good)
    mail.turn.note(text=words.text, text_source=words.source, text_sha256=words.sha256)
    opening.open_items(mail.turn, mail.seen, mail.verdict)


FOR_AUTHORS = frozenset({*KINDS, "help", "followup"})  # kinds of mail whose author hears if nobody can read it
ROOMS: dict[str, Callable[[Hearing], None]] = {
    "bounce": lambda mail: undelivered.bounced(mail.turn, mail.seen),
    "review": _reviewed,
    "followup": _followed,
    "help": lambda mail: opening.guide(mail.turn, mail.seen),
    **dict.fromkeys(KINDS, _opened),
}
