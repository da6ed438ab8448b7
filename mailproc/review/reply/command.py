"""What did they decide? A reply's own lines and the items of the letter give commands, and lines not understood.

How a reply is read, from its lines to what acts. On the left what the desk sent, on the right what Ana sent back:

    1. A-12  article  The tram          Hi all,
    | It was due at eight.              A-12 approve, but cut the end
                                        > 1. A-12  article  The tram
    2. A-13  article  Fog               > | It was due at eight.
    | Nobody saw the gull.              hold
                                        > 2. A-13  article  Fog
    ========================            > | Nobody saw the gull.
    Put your word under the item.       reject: we ran this in spring,
                                        and the picture is not ours
                                        --
                                        Ana, who approves of nothing

1. Whose words are these? `message.words.quotation` lays the reply beside the letter and takes away what we sent,
   marked by the mail program or not, wrapped again or not. What is left is Ana's own. Each line keeps two facts:
   whether a quote mark stands before it (then it never decides), and which line of the letter was quoted last before
   it.
2. What does a line stand under? `reading.blocks` cuts the letter into one block for each item. "hold" stands under
   A-12, for the line quoted last before it is of A-12's block. The two lines at the top stand under nothing: no
   quotation is above them. Nothing stands under an item below the line of `=`, or below a signature.
3. What kind of line is it? `pages` walks down the lines once and remembers what is right above: a sign-off, a
   signature mark, a line that names an item and nothing else. "Hi all," is manners and passed over; so are all lines
   below "--". What stands beside the commands, above and below, may take their power: `whole` judges it.
4. What does the line say? `language.grammar` finds a verb, the items it names, and the rest of the line; `spoken`
   says whether that may act. Only a whole line acts: behind "approve" and "hold" nothing but a courtesy may stand, so
   the line about A-12 is asked back. "reject" takes words, and they go on until a blank line, a signature, or a line
   that acts.
5. Which items? `resolve` turns "A-12", "12", "12 to 14", "all but A-12" and "the rest" into references of the letter.
   A word that names no item is about the one that it stands under; where there is none it is asked back.
6. Do the lines agree? `agreement` takes back what another line of the mail makes doubtful. The first line was asked
   back and is about A-12, so "hold" does not act either: nobody knows which of the two Ana means.
7. The text part and the HTML part are read apart, each as above. Where their commands differ, neither acts. A line of
   the HTML part that a reader may not see (`message.html.sight`) acts only where the text part has it too.

What comes out: one command, reject A-13 with two lines of reason for its author, and two lines that come back with
what would have worked (`unspoken`, `hints`). Whoever changes any of this keeps three laws: nothing is ever guessed,
an unclear line changes nothing and comes back, contradictions act on neither side (design §6). It never fails, and
its time is linear in the reply. Who wrote, and whether they may decide, is not judged here.
tests/review/test_the_preface.py reads the example above.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from mailproc.message.model import SETTLED, Sight
from mailproc.message.words.page import Row, depth_of
from mailproc.message.words.quotation import Line, Sent, known, subtract
from mailproc.message.words.typed import apart
from mailproc.message.words.vouching import Spoken, typed_beside, vouched, without_doubtful
from mailproc.review.reply.agreement import agree, settle, the_rest, told, with_subject, without_doubts
from mailproc.review.reply.pages import Pages, Standing
from mailproc.review.reply.reading import Command, Listed, Listing, Reading, Unclear, blocks
from mailproc.review.reply.resolve import scope_of
from mailproc.review.reply.signature import Signature, rows_of, without_letters
from mailproc.review.reply.tapped import parted, tapped
from mailproc.review.reply.written import begins_command

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
_TO_COME = "x"  # in the place of words that stand in the body


def read_reply(  # noqa: PLR0913, PLR0917 (what is known of one mail; its callers give it by place)
    text: str | None,
    html_text: str | None,
    html_links: str | None,
    sent: Sent,
    earlier: Sequence[str],
    listing: Listing,
    who: str,
    sight: Sight = SETTLED,
    *,
    subject: str = "",
    signed_by: Sequence[str] = (),
) -> Reading:
    """What a reply to a letter says: its text part and its HTML part, each without what was sent.

    `who` is member, author, applicant or operator; `sight` is of `html_text`. A part without a word counts as absent;
    where the parts' commands differ, neither acts. `subject` is that of a new mail, which may be a command; `signed_by`
    are the writer's names, with which a signature may begin.
    """
    above = read_subject(subject, listing, who)
    letters = known(sent, earlier)
    stands = _under(sent.text, listing)
    lines_of = partial(subtract, letters=letters, says=begins_command(who))
    plain = lines_of(apart(text, SETTLED, letters.postmark)[0]) if text and text.strip() else ()
    shown, sight = apart((html_text if html_text is not None else html_links) or "", sight, letters.postmark)
    rich = _rich(shown, sight, plain, lines_of)
    signature = Signature(html_text, sight.signed, signed_by)
    parts = [without_letters(lines, signed_by, who) for lines in (plain, rich) if lines]
    bodies = [parted(signature.taken_from(lines, who), above) for lines in parts]
    names = frozenset(row for name in signed_by for row in rows_of(name))
    readings = [tapped(above, _read(lines, listing, who, stands, names=names), lines, who) for lines in bodies]
    if not readings:
        return tapped(above, Reading((), ()), (), who)
    return told(readings[0] if len(readings) == 1 else agree(*readings))


def _rich(
    html_text: str, sight: Sight, plain: Sequence[Line], lines_of: Callable[[str], Sequence[Line]]
) -> Sequence[Line]:
    """The lines of the HTML part, after the text part has said which of them it vouches for."""
    if not (html_text.strip() or sight.hides):
        return ()
    if sight == SETTLED:
        return lines_of(html_text)
    spoken = Spoken(plain)
    lines = typed_beside(lines_of(vouched(html_text, sight, spoken)), sight, spoken)
    return without_doubtful(lines, sight, spoken)


def read_lines(text: str, listing: Listing, who: str) -> Reading:
    """What lines that answer no letter say; references outside the listing are passed on, in upper case."""
    lines = [Line(line, own=True, marked=depth_of(line) > 0, after=None) for line in text.split("\n")]
    return told(_read(lines, listing, who, lambda _: (), outside=True))


def read_subject(subject: str, listing: Listing, who: str) -> Reading:
    """What a subject says that is a whole command, decoded and unfolded; nothing where it is anything else.

    Only for a mail to a reply address with a secret, and without In-Reply-To (design §6): the caller judges
    that. What comes of subject and body together is `tapped`'s; a verb that needs words may find them there.
    """
    if len(subject) > _LONGEST_SUBJECT or "\n" in subject.strip():
        return Reading((), ())
    line = Line(subject.strip(), own=True, marked=depth_of(subject) > 0, after=None)
    found = _read([line], listing, who, lambda _: ())
    if [each.reason for each in found.unclear] == ["no-words"]:
        found = _read([line, Line(_TO_COME, own=True, marked=False, after=None)], listing, who, lambda _: ())
        found = replace(found, commands=tuple(replace(each, words="") for each in found.commands))
    return Reading((), ()) if found.unclear else Reading(found.commands, ())


def _read(
    lines: Sequence[Line],
    listing: Listing,
    who: str,
    stands: Standing,
    *,
    outside: bool = False,
    names: frozenset[Row] = frozenset(),
) -> Reading:
    said = Pages(lines, scope_of(listing, outside=outside), who, stands, names).read()
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
