"""What Ana does in each composer, and what the desk must make of it.

`replies` and `forwards` are the same for all composers; `taps` are the links that the letter has, each clicked in its
HTML part and sent as it is, and with words typed into it. A scenario is a value; who types is `composer`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from html import unescape
from urllib.parse import unquote

from composer import BOTTOM, ENTER, HERE, SOFT, TOP, Hand, Settings

Decided = Mapping[str, tuple[str, str]]  # reference -> verb, words

SAYS = {"A-2": "yes", "A-3": "reject: too long", "F-4": "hold", "U-5": "discard"}
DECIDES: Decided = {
    "A-2": ("approve", ""),
    "A-3": ("reject", "too long"),
    "F-4": ("hold", ""),
    "U-5": ("discard", ""),
}
LINES = tuple(f"{ref} {words}" for ref, words in SAYS.items())
POLITE = ("Hello,", "", *LINES, "", "Best wishes,", "Ana")
LAST_WORDS = {"A-2": "said: hold.", "A-3": "approve A.3.", "F-4": "of the banners.", "U-5": "if it is dry."}
DESK = "desk@harbour.example"
LINK = re.compile(r'<a [^>]*href="(mailto:[^"]*subject=([^"&]*)[^"]*)"[^>]*>([^<]*)</a>')
WORDS = {  # what is typed into a tapped link; elsewhere a courtesy
    "reject": "too long",
    "ask": "Who took the picture?",
    "note": "I know the place.",
}
COURTESY = "Thank you."
NEEDS_WORDS = {"ask", "note"}


@dataclass(frozen=True)
class Scenario:
    """One way to answer."""

    name: str
    hands: Sequence[Hand]
    decides: Decided
    settings: Settings = field(default_factory=Settings)
    by: str = "reply"  # forward, forward-attached, or a link of the letter
    label: str = ""  # of the link
    asks_back: bool = False  # whether a line may come back, with the names of the items


def under(*keys: str) -> tuple[Hand, ...]:
    """The answers, each after these keys behind the last words of its item."""
    return tuple(Hand([words], LAST_WORDS[ref], before=keys) for ref, words in SAYS.items())


SIGNED_BELOW, SIGNED_ABOVE = Settings(signature="below"), Settings(signature="above")
BELOW = Settings(on_top=False)
REPLIES = (
    Scenario("caret", (Hand(LINES),), DECIDES),
    Scenario("caret-polite", (Hand(POLITE),), DECIDES),
    Scenario("caret-soft", (Hand(LINES, between=SOFT),), DECIDES),
    Scenario("caret-below", (Hand(LINES),), DECIDES, BELOW),
    Scenario("top", (Hand(LINES, TOP, behind=(ENTER,)),), DECIDES),
    Scenario("top-though-below", (Hand(LINES, TOP, behind=(ENTER,)),), DECIDES, BELOW),
    Scenario("bottom", (Hand(LINES, BOTTOM, before=(ENTER,)),), DECIDES),
    Scenario("between", under(ENTER), DECIDES),
    Scenario("between-soft", under(SOFT), DECIDES),
    Scenario("between-twice", under(ENTER, ENTER), DECIDES),
    Scenario("between-below", under(ENTER), DECIDES, BELOW),
    Scenario("signed", (Hand(LINES),), DECIDES, SIGNED_BELOW),
    Scenario("signed-above", (Hand(LINES),), DECIDES, SIGNED_ABOVE),
    Scenario("signed-above-between", under(ENTER), DECIDES, SIGNED_ABOVE),
    Scenario("signed-caret-below", (Hand(LINES),), DECIDES, Settings(on_top=False, signature="below")),
    Scenario("without-a-word", (), {}),
    Scenario("forwarded", (Hand(LINES, TOP, behind=(ENTER,)),), DECIDES, by="forward"),
    Scenario("forwarded-attached", (Hand(LINES, TOP, behind=(ENTER,)),), DECIDES, by="forward-attached"),
)
HTML_ONLY = Settings(html_only=True)
IN_HTML_ONLY = (
    Scenario("caret-html-only", (Hand(LINES),), DECIDES, HTML_ONLY),
    Scenario("between-html-only", under(ENTER), DECIDES, HTML_ONLY),
)
MARKED = {  # where the words that are typed bear a quote mark in the text part
    "thunderbird-html": frozenset({"between-soft"}),
    "roundcube-html": frozenset(
        {"bottom", "between", "between-soft", "between-twice", "between-below", "signed-above-between"}
    ),
}


def taps(letter: bytes) -> Iterator[Scenario]:
    """Each verb's first link in the letter: as it is, with words at the caret, and with words at the end."""
    body = message_from_bytes(letter, policy=policy.default).get_body(("html",))
    assert body is not None
    seen: set[str] = set()
    for uri, subject, label in LINK.findall(body.get_content()):
        ref, _, verb = unquote(unescape(subject)).partition(" ")
        if verb in seen:
            continue
        seen.add(verb)
        kind = verb.split()[0]
        words = WORDS.get(kind, COURTESY)
        said = words if kind in WORDS else verb.partition(" ")[2]
        name, link = f"tap-{verb.replace(' ', '-')}", unescape(uri)
        alone: Decided = {} if kind in NEEDS_WORDS else {ref: (kind, "" if kind in WORDS else said)}
        yield Scenario(name, (), alone, by=link, label=label, asks_back=kind in NEEDS_WORDS)
        yield Scenario(f"{name}-words", (Hand([words], HERE),), {ref: (kind, said)}, by=link, label=label)
        yield Scenario(f"{name}-words-behind", (Hand([words], BOTTOM),), {ref: (kind, said)}, by=link, label=label)


def of(composer: str, letter: bytes) -> list[Scenario]:
    """All that is done in a composer."""
    html_only = IN_HTML_ONLY if composer == "thunderbird-html" else ()
    marked = MARKED.get(composer, frozenset())
    found = (*REPLIES, *html_only, *taps(letter))
    return [replace(each, asks_back=True) if each.name in marked else each for each in found]
