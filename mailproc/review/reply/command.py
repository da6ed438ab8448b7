"""What did they decide? A reply's own lines and the items of the letter give commands, and lines not understood.

Only a whole line acts, on items that it names or that it stands under; an unclear line changes nothing and
comes back with what would have worked; contradictions act on neither side (design §6). It never fails.
Who wrote, and whether they may, is not judged here. One line is read by `grammar` and `spoken`; which lines
are the writer's own is `message.words.quotation`'s.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence

from mailproc.message.words.page import depth_of
from mailproc.message.words.quotation import Line, Sent, known, subtract
from mailproc.review.reply.agreement import agree, settle, the_rest, with_subject, without_doubts
from mailproc.review.reply.pages import Pages
from mailproc.review.reply.reading import Command, Listed, Listing, Reading, Unclear, blocks
from mailproc.review.reply.resolve import scope_of

__all__ = [
    "Command",
    "Listed",
    "Listing",
    "Reading",
    "Unclear",
    "blocks",
    "read_lines",
    "read_reply",
    "read_subject",
    "with_subject",
]

_LONGEST_SUBJECT = 500  # characters

Standing = Callable[[Line], tuple[str, ...]]


def read_reply(
    text: str | None,
    html_text: str | None,
    html_links: str | None,
    sent: Sent,
    earlier: Sequence[str],
    listing: Listing,
    who: str,
) -> Reading:
    """What a reply to a letter says: its text part and its HTML part, each without what was sent.

    `who` is member, author, applicant or operator. A part without a word counts as absent; where the parts'
    commands differ, neither acts.
    """
    letters = known(sent, earlier)
    stands = _under(sent.text, listing)
    parts = [part for part in (text, html_text if html_text is not None else html_links) if part and part.strip()]
    readings = [_read(subtract(part, letters), listing, who, stands) for part in parts]
    if not readings:
        return Reading((), ())
    return readings[0] if len(readings) == 1 else agree(*readings)


def read_lines(text: str, listing: Listing, who: str) -> Reading:
    """What lines that answer no letter say; references outside the listing are passed on, in upper case."""
    lines = [Line(line, own=True, marked=depth_of(line) > 0, after=None) for line in text.split("\n")]
    return _read(lines, listing, who, lambda _: (), outside=True)


def read_subject(subject: str, listing: Listing, who: str) -> Reading:
    """What a subject says that is a whole command, decoded and unfolded; nothing where it is anything else.

    Only for a mail to a reply address with a secret, and without In-Reply-To (design §6): the caller judges
    that. What comes of subject and body together is `with_subject`'s.
    """
    if len(subject) > _LONGEST_SUBJECT or "\n" in subject.strip():
        return Reading((), ())
    line = Line(subject.strip(), own=True, marked=depth_of(subject) > 0, after=None)
    found = _read([line], listing, who, lambda _: ())
    return Reading((), ()) if found.unclear else Reading(found.commands, ())


def _read(lines: Sequence[Line], listing: Listing, who: str, stands: Standing, *, outside: bool = False) -> Reading:
    said = Pages(lines, scope_of(listing, outside=outside), who, stands).read()
    return settle(without_doubts(the_rest(said.said)), said.own)


def _under(letter_text: str, listing: Listing) -> Standing:
    """Which items a line stands under, by what was quoted last before it."""
    found = blocks(letter_text, listing.refs)
    starts = [start for _, start, _ in found]

    def stands(line: Line) -> tuple[str, ...]:
        if line.after is None or not found or line.after < starts[0]:
            return ()
        ref, _, end = found[bisect_right(starts, line.after) - 1]
        return (ref,) if line.after < end else ()

    return stands
