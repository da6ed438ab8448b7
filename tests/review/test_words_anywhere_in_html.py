"""Words typed anywhere within an item's block of the HTML letter are that item's, in whatever way a program divides it.

The blockquote is divided and marked, divided and bare, or there is none; the words stand in any element, in seven
languages, also beside an author's line that says the same. MAILPROC_SEEDS=20 tries more places.
"""

from __future__ import annotations

import os
import re
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bench.letter import the_digest
from bench.replies import decided
from bench.shapes.pieces import html_of, opened_at
from mailproc.message.html.text import to_text
from mailproc.review.reply.command import read_reply

LETTER = the_digest()
RICH = html_of(LETTER.octets)
HEADS = list(re.finditer(r"<h2[^>]*>[^<]*?\d+\. [A-Z]-\d+.*?</h2>", RICH, re.DOTALL))
ENDS = [found.end() for found in re.finditer(r"</(?:div|p|h2)>|<br>", RICH)]
SAID = {"approve": "approve", "hold": "hold", "no": "reject", "aprobar": "approve", "ablehnen": "reject"}
SAID |= {"en attente": "hold", "одобрить": "approve", "да": "approve", "yes": "approve", "rifiutare": "reject"}
TYPED = ("<div>{}</div>", "<p>{}</p>", "<div><br></div><div>{}</div><div><br></div>", "<p><span>{}</span></p>")
QUOTED = ("{}", "<blockquote>{}</blockquote>", '<blockquote type="cite">{}</blockquote>')
EXAMPLES = 20 * int(os.environ.get("MAILPROC_SEEDS", "3"))


def places(ref: str) -> list[int]:
    """Where a line ends within the item's block."""
    n = LETTER.listing.refs.index(ref)
    below = HEADS[n + 1].start() if n + 1 < len(HEADS) else RICH.index("====")
    return [end for end in ENDS if HEADS[n].end() <= end < below]


def divided(typed: list[tuple[int, str]], quoted: str, element: str) -> str:
    """The letter's HTML, cut at the places, with what was typed between the pieces."""
    out, begin, before = [], 0, ""
    for place, words in [*sorted(typed), (len(RICH), "")]:
        still = opened_at(RICH, place)
        ends = "".join(f"</{tag[1:-1].split(maxsplit=1)[0]}>" for tag in reversed(still))
        out += [quoted.format(before + RICH[begin:place] + ends), element.format(words) if words else ""]
        begin, before = place, "".join(still)
    return f"<html><body>{''.join(out)}</body></html>"


@settings(deadline=None, max_examples=EXAMPLES)
@given(st.integers(0, 10**9), st.sampled_from(QUOTED), st.sampled_from(TYPED))
def test_S17_words_anywhere_in_a_block_are_its_item_s(seed: int, quoted: str, element: str):
    dice = Random(seed)  # noqa: S311 - a shape, not a secret
    refs = dice.sample([ref for ref in LETTER.listing.refs if ref[0] in "AFM"], dice.randint(1, 3))
    words = {ref: dice.choice(sorted(SAID)) for ref in refs}
    rich = divided([(dice.choice(places(ref)), words[ref]) for ref in refs], quoted, element)
    texts = to_text(rich), to_text(rich, links=True)
    reading = read_reply(None, *texts, LETTER.sent, (), LETTER.listing, "member")
    assert decided(reading) == {(SAID[words[ref]], ref, "") for ref in refs}, reading.unclear
