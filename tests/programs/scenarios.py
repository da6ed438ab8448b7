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

from composer import BOTTOM, ENTER, SOFT, TOP, Hand, Settings

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
    Scenario("emptied", (Hand(LINES, before=("Control+a", "Delete")),), DECIDES),
    Scenario("without-a-word", (), {}),
    Scenario("forwarded", (Hand(LINES, TOP, behind=(ENTER,)),), DECIDES, by="forward"),
    Scenario("forwarded-attached", (Hand(LINES, TOP, behind=(ENTER,)),), DECIDES, by="forward-attached"),
)
HTML_ONLY, BODY_TEXT = Settings(html_only=True), Settings(paragraphs=False)
OF_ONE: Mapping[str, Sequence[Scenario]] = {  # what only one composer can be set to
    "thunderbird-html": (
        Scenario("caret-html-only", (Hand(LINES),), DECIDES, HTML_ONLY),
        Scenario("between-html-only", under(ENTER), DECIDES, HTML_ONLY),
        Scenario("caret-body-text", (Hand(LINES),), DECIDES, BODY_TEXT),
        Scenario("top-body-text", (Hand(LINES, TOP, behind=(ENTER,)),), DECIDES, replace(BODY_TEXT, on_top=False)),
        Scenario("between-body-text", under(ENTER), DECIDES, BODY_TEXT),
    ),
}
LANGUAGES = ("de_DE", "es_ES", "eu_ES", "fa_IR", "fr_FR", "hy_AM", "ja_JP", "kn_IN", "ko_KR", "sl_SI", "tr_TR", "zh_TW")
IN_LANGUAGES = tuple(
    Scenario(f"caret-{language}", (Hand(LINES),), DECIDES, Settings(language=language)) for language in LANGUAGES
)
YES: Decided = {"A-2": ("approve", "")}
OF_ONE_ITEM = (  # where a bare word acts, and only if nothing else is said
    Scenario("yes", (Hand(["Yes"]),), YES),
    Scenario("yes-top", (Hand(["Yes"], TOP, behind=(ENTER,)),), YES, BELOW),
    Scenario("yes-below", (Hand(["Yes"]),), YES, BELOW),
    Scenario("yes-polite", (Hand(["Hello,", "", "yes", "", "Best wishes,", "Ana"]),), YES),
    Scenario("yes-signed", (Hand(["Yes"]),), YES, SIGNED_BELOW),
    Scenario("yes-signed-above", (Hand(["Yes"]),), YES, SIGNED_ABOVE),
    Scenario("yes-emptied", (Hand(["ok"], before=("Control+a", "Delete")),), YES),
    Scenario("yes-between", (Hand(["yes"], LAST_WORDS["A-2"], before=(ENTER,)),), YES),
    Scenario("reject-signed-above", (Hand(["reject: too long"]),), {"A-2": ("reject", "too long")}, SIGNED_ABOVE),
    Scenario("no-word-signed", (), {}, SIGNED_ABOVE),
)
MARKED = {  # where the words that are typed bear a quote mark in the text part
    "thunderbird-html": frozenset({"between-soft"}),
    "roundcube-html": frozenset(
        {
            "bottom",
            "between",
            "between-soft",
            "between-twice",
            "between-below",
            "between-links",
            "signed-above-between",
            "yes-between",
        }
    ),
}


def behind_links(letter: bytes) -> Scenario:
    """The answers behind the last link of each item."""
    last = {unquote(subject).split()[0]: label for _, subject, label in _links(letter)}
    hands = tuple(Hand([words], last[ref], before=(ENTER,)) for ref, words in SAYS.items())
    return Scenario("between-links", hands, DECIDES)


def _links(letter: bytes) -> list[tuple[str, str, str]]:
    """URI, subject and label of each."""
    body = message_from_bytes(letter, policy=policy.default).get_body(("html",))
    assert body is not None
    return [(unescape(uri), unescape(subject), label) for uri, subject, label in LINK.findall(body.get_content())]


def taps(letter: bytes) -> Iterator[Scenario]:
    """The first link of each kind: as it is, with words at the caret, and with words at the end."""
    seen: set[str] = set()
    for uri, subject, label in _links(letter):
        ref, _, said = unquote(subject).partition(" ")
        verb, _, argument = said.partition(" ")
        if said in seen:
            continue
        tap = Scenario(f"tap-{said.replace(' ', '-')}", (), {ref: (verb, argument)}, by=uri, label=label)
        yield replace(tap, decides={}, asks_back=True) if verb in NEEDS_WORDS else tap
        if verb not in seen:
            words = WORDS.get(verb, COURTESY)
            meant = {ref: (verb, words if verb in WORDS else argument)}
            yield replace(tap, name=f"{tap.name}-words", hands=(Hand([words]),), decides=meant)
            yield replace(tap, name=f"{tap.name}-words-behind", hands=(Hand([words], BOTTOM),), decides=meant)
        seen |= {verb, said}


def of(composer: str, letter: bytes, waiting: int) -> list[Scenario]:
    """All that is done in a composer with a letter on so many items."""
    links = (behind_links(letter),) if composer.endswith("html") and waiting > 1 else ()
    languages = IN_LANGUAGES if composer.startswith("roundcube") else ()
    many = (*REPLIES, *OF_ONE.get(composer, ()), *languages, *links, *taps(letter)) if waiting > 1 else ()
    marked = MARKED.get(composer, frozenset())
    return [replace(each, asks_back=True) if each.name in marked else each for each in many or OF_ONE_ITEM]
