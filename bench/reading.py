"""`python -m bench.reading`: how long a reply to a digest takes to be read, by the number of items in the digest.

The digest is a real one, worded and laid out by `mailproc.letters`, text and HTML; the replies are as five kinds of
mail programs write them. Parsing of the mail is not in the figures: what is measured is
`review.reply.command.read_reply`, with nothing kept from one reply to the next, in processor time. Exits 1 where a
reply is misread, where 100 items take over 50 ms or 1,000 over 1 s (issue 4, Shows 7); growth is the time by item at
1,000 items over that at 300. On a machine that does other work too, figures are up to twice as high: what counts is a
quiet one.
"""

from __future__ import annotations

import gc
import html
import random
import statistics
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mailproc.letters.digest import DigestItem
from mailproc.letters.render import Letters, Words
from mailproc.letters.sample import digest as sample_digest
from mailproc.letters.sample import item, sample
from mailproc.message.html.text import to_text
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, read_reply

ROOT = Path(__file__).resolve().parents[1]
SIZES = (10, 30, 100, 300, 1000)
ALLOWED_MS = {100: 50.0, 1000: 1000.0}
SEED = 20261122
WORDS = ("harbour", "ferry", "tide", "gull", "rope", "pier", "lantern", "market", "council", "the", "a", "of", "and")
WHO = "On Sun, 22 Nov 2026 at 08:00, The Harbour Review <desk@harbour.example> wrote:"
BLOCK = "From: The Harbour Review <desk@harbour.example>\nSent: Sunday, 22 November 2026 08:00\nTo: Ana\nSubject: Items"

Parts = tuple[str | None, str | None]  # text and HTML of a reply
Shape = Callable[[Words, dict[str, str]], Parts]


def a_digest(count: int) -> tuple[Words, Listing]:
    """A digest of so many items, each with a text of its own of 80 words or so."""
    dice = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    entries = []
    for number in range(1, count + 1):
        kind = dice.choice(("article", "article", "material", "membership"))
        text = "\n".join(" ".join(dice.choices(WORDS, k=dice.randint(4, 14))) for _ in range(9)) + "\n"
        shown = item(number, kind, title=" ".join(dice.choices(WORDS, k=4)).capitalize(), text=text)
        entries.append(DigestItem(shown, "none yet; one approval is needed", 3))
    digest = replace(sample_digest(), items=tuple(entries))
    words = Letters(ROOT / "templates").render("member/digest", "en", sample("member/digest") | {"digest": digest})
    listed = tuple(Listed(e.item.ref, e.item.number, e.item.kind, e.item.title, None) for e in entries)
    return words, Listing(listed, single=False)


def gmail(words: Words, said: dict[str, str]) -> Parts:
    """Words on top, quoted below, in both parts."""
    top = [f"{ref} {word}" for ref, word in said.items()]
    plain = "\n".join([*top, "", WHO, "", *("> " + line for line in words.text.split("\n"))])
    rich = "".join(f"<div>{line}</div>" for line in top)
    return plain, (
        f'<div dir="ltr">{rich}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
        f'{html.escape(WHO)}<br></div><blockquote class="gmail_quote">{words.html}</blockquote></div>'
    )


def outlook(words: Words, said: dict[str, str]) -> Parts:
    """Words on top, the letter below without any mark."""
    return "\n".join([*(f"{ref} {word}" for ref, word in said.items()), "", BLOCK, "", words.text]), None


def outlook_html(words: Words, said: dict[str, str]) -> Parts:
    """The same from the HTML part alone."""
    top = "".join(f'<p class="MsoNormal">{ref} {word}</p>' for ref, word in said.items())
    return None, f"{top}<div><p>{html.escape(BLOCK).replace(chr(10), '<br>')}</p></div>{words.html}"


def between(words: Words, said: dict[str, str]) -> Parts:
    """Each word under its item."""
    lines = [WHO]
    for line in words.text.split("\n"):
        lines.append(f"> {line}")
        ref = ([*line.split(" "), ""])[1]
        lines += ["", said[ref], ""] if ref in said and line[:1].isdigit() else []
    return "\n".join(lines), None


def rewrapped(words: Words, said: dict[str, str]) -> Parts:
    """Quoted, then wrapped again at 60 columns."""
    lines = [piece for line in words.text.split("\n") for piece in textwrap.wrap(f"> {line}", 60) or [">"]]
    return "\n".join([*(f"{ref} {word}" for ref, word in said.items()), "", WHO, *lines]), None


SHAPES: dict[str, Shape] = {
    "gmail, text and HTML": gmail,
    "outlook, no marks": outlook,
    "outlook, HTML alone": outlook_html,
    "between the items": between,
    "wrapped at 60": rewrapped,
}


def measured(shape: Shape, words: Words, listing: Listing) -> float:
    """Median milliseconds of reading one reply in which every third item is decided on."""
    said = dict.fromkeys(listing.refs[::3], "approve")
    text, rich = shape(words, said)
    sent = Sent(words.text, (to_text(words.html), to_text(words.html, links=True)))
    plain_html = to_text(rich) if rich else None
    linked = to_text(rich, links=True) if rich else None
    times = []
    for _ in range(9 if len(listing.refs) < 1000 else 3):  # noqa: PLR2004 - enough for a median
        begin = time.process_time()
        reading = read_reply(text, plain_html, linked, sent, (), listing, "member")
        times.append(time.process_time() - begin)
        if {ref for command in reading.commands for ref in command.refs} != set(said) or reading.unclear:
            raise RuntimeError(f"{shape.__name__}: misread, {reading.unclear[:3]}")
    return statistics.median(times) * 1000


def main() -> int:
    """Measure, print, judge."""
    digests = {size: a_digest(size) for size in SIZES}
    gc.collect()
    gc.freeze()  # the digests of all sizes are this program's own: no desk has them in memory
    table = Table("shape", *(f"{size} items" for size in SIZES), "growth", title="milliseconds to read one reply")
    slow = False
    for name, shape in SHAPES.items():
        times = {size: measured(shape, *digests[size]) for size in SIZES}
        slow = slow or any(times[size] > most for size, most in ALLOWED_MS.items())
        growth = (times[SIZES[-1]] / SIZES[-1]) / (times[SIZES[-2]] / SIZES[-2])
        table.add_row(name, *(f"{each:.1f}" for each in times.values()), f"{growth:.2f}")
    Console().print(table)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
