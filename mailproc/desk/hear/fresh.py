"""A fresh digest for a member who has lost theirs: a mail of one word, "digest" in any language, answers no letter.

Nothing is decided by it, and the letter goes to the registered address alone, so it gives nobody anything. It is heard
from a member's own address, proven, and written to the desk itself; a few a day. Of any other the member reads a line
in their next digest, and nothing is sent: a stranger who forges their name fills nobody's mailbox.
"""

from __future__ import annotations

from datetime import timedelta

from mailproc.desk.hear.authority import let_know
from mailproc.desk.tell import digesting
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.said import is_nothing
from mailproc.desk.turn.turn import Turn
from mailproc.message.field.header import title_of
from mailproc.message.words.quotation import Sent
from mailproc.phrase import say
from mailproc.review.language import manners
from mailproc.review.language.words import clean, tokens
from mailproc.review.member import Member
from mailproc.review.reply.command import Command, Listing, read_lines, read_reply
from mailproc.store.mail import received as rows
from mailproc.store.people import members
from mailproc.workflow import life

WORD = "digest"
ASKED, UNPROVEN = "fresh-digest", "unproven-digest"
DAY = timedelta(days=1)
LONGEST = 2_000  # characters of a mail that may be one word and a signature
NOBODY = Listing((), single=False)


def asked(seen: Examined) -> tuple[Command, ...]:
    """The one word, where it is all that a mail says: its whole text, or its subject above an empty one."""
    message = seen.message
    if seen.nature.automatic or seen.nature.bulk or message.unread or not is_nothing("", seen.kept):
        return ()
    text = message.text if message.text_source == "body" else None
    if max(len(text or ""), len(message.html_text or "")) > LONGEST:
        return ()
    said = read_reply(
        text,
        message.html_text,
        message.html_links,
        Sent(""),
        (),
        NOBODY,
        "member",
        message.html_sight,
        signed_by=(message.author.name,) if message.author else (),
    )
    if said.unclear or said.talked:
        return ()
    wordless = not said.commands and manners.courteous(tokens(clean(said.own)))
    found = read_lines(title_of(message.subject, ""), NOBODY, "member").commands if wordless else said.commands
    return found[:1] if {each.verb for each in found} == {WORD} else ()


def hear(turn: Turn, seen: Examined) -> None:
    """Write it, or say why not."""
    author = seen.message.author
    member = members.get(turn.conn, author.email) if author else None
    if member is None or member.state not in life.HERE:
        turn.note(state="unauthorised", reason="not-a-member")
    elif not _is_theirs(turn, seen):
        turn.note(state="unauthorised", reason=UNPROVEN)
        let_know(turn, member, say("notice/digest-unproven"))
    elif _too_many(turn, member):
        turn.note(reason=ASKED, unanswered="too-many-letters")
    else:
        turn.note(reason=ASKED)
        digesting.write_fresh(turn, member)


def _is_theirs(turn: Turn, seen: Examined) -> bool:
    """Proven to be from the member, and written to the desk: one to somebody else can be passed on by anybody."""
    proven = seen.authenticated and not seen.identity.is_a_hosts
    return proven and any(turn.desk.is_ours(to.email) for to in (*seen.message.to, *seen.message.cc))


def _too_many(turn: Turn, member: Member) -> bool:
    most = turn.desk.config.limits.letters_per_sender_per_day
    since = turn.time - DAY
    return sum(rows.count_of(turn.conn, each, ASKED, since, proven=True) for each in member.addresses) >= most
