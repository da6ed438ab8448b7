"""`make bench ARGS=trimming`: what of a later mail its author wrote, told by shape (`message/words/trimming`).

Each reply is right, or short of words of its author, or has words that are a program's or somebody else's. Exit 1 where
fewer than 95 % are right, or where the author's words are missing in more than 1 %.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.table import Table

from bench.trimming.forms import Reply, replies
from mailproc.message.html.text import to_text
from mailproc.message.words.trimming import trimmed, trimmed_html

SEED = 20261130
VERDICTS = ("right", "short", "left over")


def verdict(wanted: str, found: str, *, is_html: bool) -> str:
    """One of VERDICTS, white space aside; a reply that is both short and has too much is short."""
    if squeezed(wanted, is_html=is_html) == squeezed(found, is_html=is_html):
        return "right"
    return "short" if Counter(wanted.split()) - Counter(found.split()) else "left over"


def squeezed(text: str, *, is_html: bool) -> str:
    """White space collapsed; of HTML, where programs put it anywhere, removed."""
    return ("" if is_html else " ").join(text.split())


def judged(some: Iterable[Reply]) -> Iterator[tuple[Reply, str, str]]:
    """Each reply, its verdict and what was taken for its author's words."""
    for reply in some:
        found = trimmed_html(reply.body) if reply.is_html else trimmed(reply.body)
        wanted = to_text(reply.words) if reply.is_html and reply.words.startswith("<") else reply.words
        yield reply, verdict(wanted, found, is_html=reply.is_html), found


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table and the replies that are not right."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=trimming", description=__doc__)
    parser.add_argument("--forms", default="programs", help="the table of forms beside this module")
    parser.add_argument("--kind", help="of one kind only")
    parser.add_argument("--seed", type=int, default=SEED)
    args = parser.parse_args(argv)
    console = Console(highlight=False, markup=False)
    found = [each for each in judged(replies(args.forms, args.seed)) if args.kind in {None, each[0].kind}]
    for reply, said, words in found:
        if said != "right":
            console.print(f"=== {said}: {reply.kind} / {reply.name}\n{words}\n--- wanted\n{reply.words}")
    shown = Table("kind", "replies", *VERDICTS, title=f"own words by shape, {args.forms}")
    for kind in [*dict.fromkeys(reply.kind for reply, _, _ in found), "total"]:
        counts = Counter(said for reply, said, _ in found if kind in {reply.kind, "total"})
        shown.add_row(kind, str(counts.total()), *(str(counts[each] or "") for each in VERDICTS))
    console.print(shown)
    counts = Counter(said for _, said, _ in found)
    return int(counts["right"] < 0.95 * counts.total() or counts["short"] > 0.01 * counts.total())


if __name__ == "__main__":
    sys.exit(main())
