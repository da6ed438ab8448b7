"""One-tap links: `mailto:` URIs that are a whole answer, subject and body ready to be sent (RFC 6068 §2).

Subject and body say the same, for some programs drop one of the two. A body that takes words ends where they are
typed; some programs set the caret before it, and `review.reply.tapped` reads words in any place. Never a web link, so
that no scanner can click it. It decides nothing; `page` writes the links.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from mailproc.kinds.every import KINDS
from mailproc.letters.language.speech import Speech
from mailproc.workflow.item import Item

Link = tuple[str, str]  # words, mailto URI

_WITH_WORDS = frozenset({"reject", "retract", "ask", "note", "answer"})  # their words follow the colon


def verbs_for(item: Item) -> tuple[str, ...]:
    """The verbs that take one tap on an item that waits; a yes only to a guess, a claim only where nobody has it.

    What else the item may be comes next.
    """
    kind = KINDS[item.kind]
    if not kind.guessed:
        return tuple(verb for verb in kind.taps if verb != "claim" or item.state != "claimed")
    first = [verb for verb in ("yes", f"sort {item.next_guess}") if item.guess and verb in kind.taps]
    others = (verb for verb in kind.taps if verb not in {"yes", f"sort {item.guess}", *first})
    return (*first, *others)


def taps(verbs: Iterable[str], ref: str, address: str, speech: Speech) -> tuple[Link, ...]:
    """A link for each verb on one item, by mail to this reply address, in words of the letter's language."""
    return tuple(tap(verb, ref, address, speech) for verb in verbs)


def tap(verb: str, ref: str, address: str, speech: Speech) -> Link:
    """`approve A-12 by mail`: a mail that says `A-12 approve` in its subject and once more in its body.

    RFC 6068 §2: all but unreserved characters are percent-encoded as UTF-8, a blank as %20, never as a plus sign.
    """
    said = f"{ref} {speech.verb(verb)}"
    body = f"{said}: " if verb in _WITH_WORDS else said
    return speech.link(verb, ref), f"mailto:{quote(address, safe='@')}?subject={quote(said)}&body={quote(body)}"
