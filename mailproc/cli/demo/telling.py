"""How the demo speaks: scenes under a rule, lines behind a short word, counts side by side. Words only, no looking.

Colour is beside the words and never instead of them; piped, the same lines come without it. Words out of mails are
put on the terminal as text, never as markup or control characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from mailproc.cli.demo.script import Words

COLOURS = {
    "mail": "bold cyan",
    "reply": "bold cyan",
    "lists": "bold",
    "says": "yellow",
    "why": "yellow",
    "kept": "yellow",
    "done": "bold",
    "letter": "green",
    "silent": "magenta",
    "unclear": "magenta",
}
GUTTER = 9  # columns for the word in front

Line = tuple[str, str]  # the word in front, what it says
Counts = tuple[str, Sequence[tuple[str, int]]]  # a title, and what was counted


def scene(console: Console, number: int, begins: Words) -> None:
    """A scene begins."""
    console.print()
    console.print(Rule(Text(f"{number}. {begins.title} ", "bold"), align="left", style="cyan"))
    _hang(console, Text(" "), begins.words)
    console.print()


def tell(console: Console, lines: Iterable[Line]) -> None:
    """What happened, line by line, and a blank one."""
    for word, words in lines:
        _hang(console, Text(" ").append(f"{word:<{GUTTER}}", COLOURS.get(word, "default")), words)
    console.print()


def checklist(console: Console, found: Iterable[tuple[str, bool]]) -> None:
    """What was expected, each with a tick and a word that says the same."""
    yes, no = ("x", "-") if console.options.ascii_only else ("\N{CHECK MARK}", "\N{BALLOT X}")
    for words, reached in found:
        mark = Text(f" {yes} reached  ", "green") if reached else Text(f" {no} MISSED   ", "bold red")
        _hang(console, mark, words)
    console.print()


def beside(console: Console, counted: Sequence[Counts]) -> None:
    """Counts beside each other, each under its title."""
    grid = Table.grid(padding=(0, 4))
    for _ in counted:
        grid.add_column(vertical="top")
    grid.add_row(*(Group(Text(title, "bold"), _rows(counts)) for title, counts in counted))
    console.print(Padding(grid, (0, 0, 0, 1)))


def where(console: Console, places: Iterable[tuple[str, str]]) -> None:
    """Where to look: what, and below it the path or command on a line of its own, never broken."""
    for words, place in places:
        console.print(Text(f" {words}"))
        console.print(Text(f"   {place}", "bold"), soft_wrap=True)


def visible(words: str) -> str:
    """Words without control characters: a terminal obeys them (catalogue S39)."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def _rows(counts: Iterable[tuple[str, int]]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column()
    grid.add_column(justify="right")
    for words, count in counts:
        grid.add_row(Text(visible(words)), str(count))
    return grid


def _hang(console: Console, head: Text, words: str) -> None:
    """A paragraph whose later lines stand below its first word, without blanks at their ends."""
    for line in Text(visible(words)).wrap(console, max(20, console.width - len(head) - 1)):
        line.rstrip()
        console.print(Text.assemble(head, line))
        head = Text(" " * len(head))
