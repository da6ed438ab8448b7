"""Three readers of a reply: ours, and two libraries that cut a reply from its quotation, wired as well as we can.

The libraries, mail-parser-reply and quotequail, know no letter: they are given the text part (of HTML only, the same
converter's text that ours is given; quotequail cuts HTML itself), and what they keep is read by our grammar. So that
answers between quoted lines have a chance, an unmarked line in a quotation of which 8 of 10 lines are marked counts as
kept too; lines that a mail program is known to write ("On ... wrote:") do not; a bare word stands under the item whose
head is the last above it. All get the same rule on who may decide: no automatic or mass mail, From the member, naming
our letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email import message_from_bytes, policy
from functools import lru_cache

import quotequail
from mailparser_reply import EmailReplyParser

from bench.answers import LANGUAGES, MEMBER
from bench.letter import MESSAGE_ID, Posted
from mailproc.letters.sample import REPLY_TO
from mailproc.message import auto
from mailproc.message.html.text import to_text
from mailproc.message.model import Envelope, Message
from mailproc.message.words.attribution import from_programs
from mailproc.message.words.quotation import Line
from mailproc.review.reply.agreement import settle, the_rest, without_doubts
from mailproc.review.reply.command import Listing, Reading, read_reply, read_subject, with_subject
from mailproc.review.reply.pages import Pages
from mailproc.review.reply.resolve import scope_of

Reader = Callable[[Message, bytes, Posted], Reading]

_HEAD = re.compile(r"[\s>|:]*\d{1,3}\. ([A-Z]-\d+)\s")
_MARK = re.compile(r"\s*[>|:]")
_MOSTLY = 0.8  # of a quotation's lines are marked: then a line without a mark is an answer
_PARSER = EmailReplyParser(languages=list(LANGUAGES))


def may_decide(message: Message) -> bool:
    """What the desk asks before it reads: a person's mail, From the member, with the secret of our letter."""
    kind = auto.nature(message, Envelope(message.author.email if message.author else None))
    named = MESSAGE_ID in (*message.in_reply_to, *message.references)
    answered = any(to.email == REPLY_TO for to in message.to)
    ours = message.author is not None and f"<{message.author.email}>" in MEMBER
    return ours and (named or answered) and not (kind.automatic or kind.bulk)


def heard(reader: Reader, message: Message, octets: bytes, posted: Posted) -> Reading:
    """What a reader makes of a mail that may decide, and of a subject that is a command (see `desk/hear/reviewing`)."""
    said = reader(message, octets, posted)
    if reader is ours or message.in_reply_to or message.references:
        return said
    return with_subject(read_subject(message.subject, posted.listing, "member"), said)


def ours(message: Message, _: bytes, posted: Posted) -> Reading:
    """As `desk/hear/reviewing.read` does."""
    body = message.text if message.text_source == "body" else None
    html = message.html_text, message.html_links
    names = (message.author.name,) if message.author else ()
    said = body, *html, posted.sent, posted.earlier, posted.listing, "member", message.html_sight
    subject = "" if message.in_reply_to or message.references else message.subject
    return read_reply(*said, subject=subject, signed_by=names)


def with_mail_parser_reply(message: Message, _: bytes, posted: Posted) -> Reading:
    """The bodies of the replies that mail-parser-reply finds above the first quotation: the latest."""
    found = _PARSER.read(message.text).replies
    return _read(message.text, (found[0].body or found[0].content) if found else "", posted)


def with_quotequail(message: Message, octets: bytes, posted: Posted) -> Reading:
    """What quotequail's `unwrap` calls top and bottom, else the part that `quote` would show."""
    if message.text_source == "html":
        rich = _html_of(octets)
        shown = "".join(part for expanded, part in quotequail.quote_html(rich, quote_intro_line=True) if expanded)
        return _read(message.text, to_text(shown), posted)
    found = quotequail.unwrap(message.text)
    if found is not None:
        return _read(message.text, f"{found.get('text_top', '')}\n{found.get('text_bottom', '')}", posted)
    kept = "\n".join(part for expanded, part in quotequail.quote(message.text, quote_intro_line=True) if expanded)
    return _read(message.text, kept, posted)


def _html_of(octets: bytes) -> str:
    body = message_from_bytes(octets, policy=policy.default).get_body(("html",))
    return body.get_content() if body is not None else ""


def _read(text: str, kept: str, posted: Posted) -> Reading:
    """Our grammar over the lines that were kept; heads of items that were quoted say what a bare word is about."""
    lines = text.split("\n")
    marked = [_MARK.match(line) is not None for line in lines]
    programs = from_programs(lines, marked)
    own = _places(lines, kept) - programs
    rest = [n for n, line in enumerate(lines) if n not in own | programs and line.strip()]
    if rest and sum(marked[n] for n in rest) >= _MOSTLY * len(rest):
        own |= {n for n in rest if not marked[n]}
    page: list[tuple[str, bool]] = []  # own lines, and for each quotation the last head in it
    for n, line in enumerate(lines):
        if n in own or not line.strip():
            page.append((line, True))
        elif _HEAD.match(line) or not page or page[-1][1]:
            page.append((line, False))
    return _said(tuple(page), posted.listing)


@lru_cache(maxsize=4)  # both libraries often keep the same
def _said(page: tuple[tuple[str, bool], ...], listing: Listing) -> Reading:
    heads = [(n, found[1]) for n, (line, own) in enumerate(page) if not own and (found := _HEAD.match(line))]
    lines = [
        Line(line, own=own, marked=_MARK.match(line) is not None, after=n - 1 if n else None)
        for n, (line, own) in enumerate(page)
    ]

    def stands(line: Line) -> tuple[str, ...]:
        above = [ref for n, ref in heads if line.after is not None and n <= line.after]
        return tuple(above[-1:])

    said = Pages(lines, scope_of(listing), "member", stands).read()
    return settle(without_doubts(the_rest(said.said)), said.own)


def _places(lines: list[str], kept: str) -> set[int]:
    """Where the kept lines stand among all, in their order."""
    places: set[int] = set()
    at = 0
    for wanted in (line.strip() for line in kept.split("\n")):
        there = next((n for n in range(at, len(lines)) if wanted and lines[n].strip() == wanted), None)
        if there is not None:
            places.add(there)
            at = there + 1
    return places


READERS: dict[str, Reader] = {
    "mailproc": ours,
    "mail-parser-reply": with_mail_parser_reply,
    "quotequail": with_quotequail,
}
