"""What lines are told by: dates, hours, addresses, links, what says who wrote. Patterns only; each is linear."""

from __future__ import annotations

import re

from mailproc.message.words.wording import WORDING, any_of

LONG = 600  # characters of a line, or of an attribution over several, that are looked at
TAIL = 200  # characters at the end of a line in which an attribution ends

_YEAR = r"(?:19[789]|20\d)\d"  # of a mail; what the mayor wrote in 1921 is no mail
DATED = re.compile(
    rf"(?<!\d){_YEAR}(?!\d)|(?<![\d.])\d{{1,2}}([./-])\s?\d{{1,2}}\1\s?(?:{_YEAR}|\d\d)(?!\d)|\b\d{{1,2}}[:.h]\d\d\b"
)
DAY = re.compile(
    rf"(?<!\d){_YEAR}(?!\d)|(?<![\d.])\d{{1,2}}([./-])\s?\d{{1,2}}\1\s?(?:{_YEAR}|\d\d)(?!\d)"
)  # with a year
CLOCK = re.compile(
    r"(?<![\d.])\d{1,2}\s?[:.hH\u6642\u65f6\uc2dc]\s?\d\d(?!\d)|(?<!\d)\d{1,2} ?[ap]\.? ?m\b", re.IGNORECASE
)
ADDRESS = re.compile(r"[^\s@<>]@[^\s@<>]+\.[^\s@<>]")
LINK = re.compile(r"https?://\S|www\.\S", re.IGNORECASE)
WROTE = rf"(?:(?<!\w)(?:{any_of(WORDING.wrote)})(?!\w)|{any_of(WORDING.wrote_glued)})"
SAYS = re.compile(WROTE, re.IGNORECASE)
ONESELF = re.compile(rf"(?<![\w.@/:-])(?:{any_of(WORDING.oneself)})(?![\w@/-])")  # with case: "Mon" is a day
COLON = (":", "\uff1a")
ENDED = (".", "!", "?", "\u3002", "\uff01", "\uff1f", "\u2026", "\u061f")  # of a sentence
SEAM = re.compile(
    r"[^\W\d_]{5,}[.!?\u2026]\s+[A-Z\u00c0-\u00de\u0400-\u042f]"
)  # where a sentence ends, and no "Sept. 22"
RULE = re.compile(r"\s*(?:([-_=*~#+,\u2013\u2014])(?:\s?\1)*|\u1427|(?:-=){3,}-?)\s*$")
TITLE = re.compile(
    r"\s*\W{0,3}[-_=*~\u2010]{2,}\s*(?P<title>[^\W_].{2,80}?)\s*[-_=*~\u2010]{2,}\W*$"
)  # "---- Original Message ----"
