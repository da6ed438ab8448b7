"""Lines that ask for a letter to somebody: "send this to dee@press.example", "cc: dee@press.example".

There is no verb for that, in any language: the desk writes to nobody whose address a member gives. Such a line does
nothing whatever it says, and its writer should read why. It never fails.
"""

from __future__ import annotations

import re

from mailproc.review.language import verbs
from mailproc.review.language.words import clean, phrase_at, tokens

_ADDRESS = re.compile(r"[^\s@<>(),;:\"]+@[^\s@<>(),;:\"]+\.[^\W_][\w-]*")
_TO = re.compile(r"\s*(?:to|an|à|para|a|cc|bcc|mailto|кому)\s*:", re.IGNORECASE)
_MOST_WORDS = 60  # of a line that are looked at


def asked_to_write_to(line: str) -> str:
    """The address to which a line asks that something is sent; "" where it asks no such thing."""
    found = _ADDRESS.search(line)
    if found is None:
        return ""
    if _TO.match(line):
        return found[0]
    said, sending = tokens(clean(line))[:_MOST_WORDS], verbs.phrases("sending")
    return found[0] if any(phrase_at(said, at, sending)[0] for at in range(len(said))) else ""


def addressed(words: str) -> str:
    """The address that words begin with: "dee@press.example: is it true?"; "" where they begin with none."""
    found = _ADDRESS.match(words.lstrip(" <(\"'"))
    return found[0] if found else ""
