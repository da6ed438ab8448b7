"""What a person does in a mail program, the same for all: open a composer, put the caret somewhere, type, send.

Each program is a `Program`; keys and clicks go the way that those of a keyboard and a mouse go, so that its mails are
what it writes for a person. Where the caret is put is told by words that stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from postfix import comes

ENTER, SOFT = "Enter", "Shift+Enter"
HERE, TOP, BOTTOM = "here", "top", "bottom"  # where a hand goes; anything else is words to click behind

SIGNATURE = ("Ana Marsh", "Quay Street 4, top floor")

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Hand:
    """One thing typed: where, the keys before it, its lines, the key between and behind them."""

    lines: Sequence[str]
    at: str = HERE
    before: Sequence[str] = ()
    between: str = ENTER
    behind: Sequence[str] = ()


@dataclass(frozen=True)
class Settings:
    """How a program is set up, as far as it matters here; each names these things in its own way."""

    on_top: bool = True  # whether the caret of a reply stands above the quotation
    signature: str = ""  # "below" or "above" the quotation
    html_only: bool = False  # no text part beside it
    language: str = "en_US"  # of Roundcube, which writes the introduction of a quotation in it
    paragraphs: bool = True  # whether Enter begins one; Thunderbird's "body text" writes line ends


class Composer(Protocol):
    """An open composer."""

    def goes(self, to: str) -> None:
        """The caret to TOP, to BOTTOM, or by a click behind these words of the quotation; HERE moves nothing."""

    def types(self, text: str) -> None:
        """The keys of a text without line ends."""

    def presses(self, *keys: str) -> None:
        """Keys by name."""

    def sends(self) -> None:
        """As its user does, until the program says that it is sent."""


class Program(Protocol):
    """A mail program that shows Ana's one letter."""

    def sets(self, settings: Settings) -> None:
        """Its settings for what comes next."""

    def replies(self) -> Composer:
        """Reply to the letter."""

    def forwards(self, to: str, *, attached: bool) -> Composer:
        """Forward it, inline or as an attachment."""

    def taps(self, uri: str, label: str) -> Composer:
        """Click the link in the letter that leads there and is called that."""


def write(composer: Composer, hands: Sequence[Hand]) -> None:
    """All that a person types, and the mail sent."""
    for hand in hands:
        composer.goes(hand.at)
        composer.presses(*hand.before)
        for number, line in enumerate(hand.lines):
            if number:
                composer.presses(hand.between)
            composer.types(line)
        composer.presses(*hand.behind)
    composer.sends()


def until(look: Callable[[], _Found | None], what: str) -> _Found:
    """What `look` finds once it finds something; fails after a minute."""
    found: list[_Found] = []

    def finds() -> bool:
        seen = look()
        if seen:
            found.append(seen)
        return bool(seen)

    comes(finds, what)
    return found[0]
