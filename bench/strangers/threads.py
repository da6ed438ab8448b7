"""Mails of more than one hand: a colleague's answer to the same letter below the member's words, letter and all.

Each thread is whole: the member's own words at the top, Ben's answer below, and our letter quoted below that. Ben
decides; whether the member does is for the caller to say.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass

from bench.answers import Answer
from bench.shapes.pieces import between, html_of, html_pieces, lines_of, marked, told
from bench.strangers.forms import MARKUPS, plain
from bench.strangers.frames import BLOCK, CITE, ON
from bench.strangers.scene import Scene, Words
from bench.strangers.tongues import ATTRIBUTIONS

BEN = "On Sun, 22 Nov 2026 at 09:00, Ben Marsh <ben@gangway.example> wrote:"
BEN_S_BLOCK = (
    "From: Ben Marsh <ben@gangway.example>\nSent: Sunday, November 22, 2026 9:00 AM\nTo: Ana Lund\nSubject: Re: x"
)

Parts = tuple[str | None, str | None]  # text and HTML


@dataclass(frozen=True, slots=True)
class Hands:
    """What the two wrote, each as text and as HTML."""

    own: str
    own_html: str
    ben: str
    ben_html: str
    under: tuple[Answer, ...]  # what Ben wrote under items instead


Thread = Callable[[bytes, Hands], Parts]


def _told(letter: bytes, how: str) -> str:
    return html.escape(told(letter, how)).replace("\n", "<br>")


def marked_twice(letter: bytes, hands: Hands) -> Parts:
    """Every level marked, in text."""
    inner = [*hands.ben.split("\n"), "", told(letter, ON), *marked(lines_of(letter))]
    return "\n".join([hands.own, "", BEN, *marked(inner)]), None


def unmarked_twice(letter: bytes, hands: Hands) -> Parts:
    """Header blocks, no marks, in text."""
    return "\n".join([hands.own, "", BEN_S_BLOCK, "", hands.ben, "", told(letter, BLOCK), "", *lines_of(letter)]), None


def ruled(letter: bytes, hands: Hands) -> Parts:
    """Rules of words above each, no marks."""
    rule = "-----Original Message-----"
    return "\n".join(
        [hands.own, "", rule, BEN_S_BLOCK, "", hands.ben, "", rule, told(letter, BLOCK), "", *lines_of(letter)]
    ), None


def below_marked(letter: bytes, hands: Hands) -> Parts:
    """Ben unmarked below a header block, our letter marked below him."""
    return "\n".join([hands.own, "", BEN_S_BLOCK, "", hands.ben, "", told(letter, ON), *marked(lines_of(letter))]), None


def gmail(letter: bytes, hands: Hands) -> Parts:
    """Gmail, a quotation in a quotation, text and HTML."""
    inner = f'<div class="gmail_quote"><div class="gmail_attr">{_told(letter, ON)}</div><blockquote>{html_of(letter)}'
    return marked_twice(letter, hands)[0], (
        f'<div dir="ltr">{hands.own_html}</div><br><div class="gmail_quote gmail_quote_container"><div>'
        f'{html.escape(BEN)}</div><blockquote class="gmail_quote">{hands.ben_html}<br>{inner}</blockquote></div>'
        "</blockquote></div>"
    )


def apple(letter: bytes, hands: Hands) -> Parts:
    """Apple Mail, HTML only."""
    return None, (
        f"<html><body>{hands.own_html}<br><div>{CITE}<div>{html.escape(BEN)}</div><br>"
        f"{hands.ben_html}<br>{CITE}<div>{_told(letter, ON)}</div>"
        f"{html_of(letter)}</blockquote></blockquote></div></body></html>"
    )


def outlook(letter: bytes, hands: Hands) -> Parts:
    """Outlook, borders above header blocks, text and HTML."""
    border = '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
    block = html.escape(BEN_S_BLOCK).replace("\n", "<br>")
    return unmarked_twice(letter, hands)[0], (
        f'<html><body><div class="WordSection1">{hands.own_html}{border}{block}</p></div>'
        f"{hands.ben_html}{border}{_told(letter, BLOCK)}</p></div>{html_of(letter)}</div></body></html>"
    )


def outlook_web(letter: bytes, hands: Hands) -> Parts:
    """Outlook on the web, HTML only, the inner one with ids that it renamed."""
    block = html.escape(BEN_S_BLOCK).replace("\n", "<br>")
    return None, (
        f'<html><body>{hands.own_html}<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{block}</div>'
        f'<div>{hands.ben_html}<hr><div id="x_divRplyFwdMsg">{_told(letter, BLOCK)}</div>'
        f"{html_of(letter)}</div></body></html>"
    )


def between_marked(letter: bytes, hands: Hands) -> Parts:
    """Ben's words between the lines of our letter, which are marked once more, in text."""
    inner = [told(letter, ON), *between(marked(lines_of(letter)), hands.under).split("\n")]
    return "\n".join([hands.own, "", BEN, *marked(inner)]), None


def between_unmarked(letter: bytes, hands: Hands) -> Parts:
    """The same without a mark, below two header blocks."""
    lines = between(lines_of(letter), hands.under, at_end=True)
    return "\n".join([hands.own, "", BEN_S_BLOCK, "", "See below.", "", told(letter, BLOCK), "", lines]), None


def between_in_html(letter: bytes, hands: Hands) -> Parts:
    """Ben's words between divided quotations in a quotation, HTML only."""
    pieces = html_pieces(html_of(letter), hands.under)
    parts = "".join(f"{CITE}{piece}</blockquote>" + (f"<p>{words}</p>" if words else "") for piece, words in pieces)
    return (
        None,
        f"{hands.own_html}<div>{html.escape(BEN)}</div>{CITE}<div>{_told(letter, ON)}</div>{parts}</blockquote>",
    )


def between_in_outlook(letter: bytes, hands: Hands) -> Parts:
    """Ben's words between the blocks of our letter, in blue, HTML only."""
    blue = '<p class="MsoNormal"><span style="color:#4472C4">{}</span></p>'
    pieces = html_pieces(html_of(letter), hands.under, at_end=True)
    parts = "".join(piece + (blue.format(words) if words else "") for piece, words in pieces)
    border = '<div style="border:none;border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal">'
    block = html.escape(BEN_S_BLOCK).replace("\n", "<br>")
    return None, (
        f"<html><body>{hands.own_html}{border}{block}</p></div><p>See below.</p>{border}{_told(letter, BLOCK)}"
        f"</p></div>{parts}</body></html>"
    )


THREADS: tuple[Thread, ...] = (
    *(marked_twice, unmarked_twice, ruled, below_marked, gmail, apple, outlook, outlook_web),
    *(between_marked, between_unmarked, between_in_html, between_in_outlook),
)


def threaded(scene: Scene, own: str) -> tuple[str, str | None, str | None]:
    """(name, text, HTML) of a thread with these own words at the top."""
    thread, markup = scene.dice.choice(THREADS), scene.dice.choice(MARKUPS)
    ben = "\n".join([*([wished, ""] if (wished := scene.one("wished")) else []), scene.colleague(), "", "Ben"])
    under = tuple(Answer(ref, scene.verb(scene.dice.choice(["approve", "hold"]))) for ref in scene.refs(2))
    text, rich = thread(scene.letter.posted.octets, Hands(own, markup(own), ben, markup(ben), under))
    return thread.__name__, text, rich


def passed_on(scene: Scene) -> Words:
    """Nothing of the member's own, or a word that decides nothing, above what Ben answered."""
    above = scene.fill(scene.one("fyi"))
    name, text, rich = threaded(scene, above)
    return Words(f"{name}: {above}", text, rich, forms=(plain,), signed=False, alone=rich is None, whole=True)


def attributed(scene: Scene, own: str) -> tuple[str, str, str]:
    """(attribution, text, HTML): own words above our letter, quoted below a line in any language."""
    letter = scene.letter.posted.octets
    who = scene.dice.choice(["{name}", "{name} <{address}>"])
    line = scene.dice.choice(ATTRIBUTIONS)
    head, markup = told(letter, line.replace("{who}", who)), scene.dice.choice(MARKUPS)
    text = "\n".join([own, "", head, "", *marked(lines_of(letter))])
    return line, text, f"{markup(own)}<br><p>{html.escape(head)}</p>{CITE}{html_of(letter)}</blockquote>"


def inside(scene: Scene, ref: str, said: str) -> tuple[str, str]:
    """(text, HTML): words typed within the quotation, below the head of an item, as Enter leaves them there."""
    letter = scene.letter.posted.octets
    how, answer = told(letter, ON), [Answer(ref, said)]
    quoted = "".join(
        piece + (f"<p>{html.escape(words)}</p>" if words else "")
        for piece, words in html_pieces(html_of(letter), answer)
    )
    text = "\n".join([how, *marked(between(lines_of(letter), answer).split("\n"))])
    return text, f'<p id="reply-intro">{html.escape(how)}</p>{CITE}{quoted}</blockquote>'
