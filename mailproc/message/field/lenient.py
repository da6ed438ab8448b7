"""The one mailbox that an everyday malformed From field means: `Poole, Jo <jo@x>`, `'jo@x' <jo@x>`, `Jo <jo@x`.

For answers only, and only where the envelope agrees (`writer`): what is read here is never identity. A field
that names two different addresses, or anything around an @ that is no address, means nobody. Linear; never raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.message.field.address import addr_spec_of, canonical
from mailproc.message.field.header import clean, decode_words
from mailproc.message.model import Address

_LONGEST = 1000  # characters; a From field of people is shorter
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_BRACKETED = re.compile(r"<\s*([^<>\s]+)\s*@\s*([^<>\s]+)\s*>")
_QUOTED_LOCAL = re.compile(r'"([\w.!#$%&\'*+/=?^`{|}~-]{1,64})"@')  # RFC 5321 §4.1.2: for its dots, or for nothing
_MARKS = '"“”„«»‘’‚‹›'  # noqa: RUF001 - quotation marks of names, and meant
_CANDIDATE = re.compile(rf"[^\s<>()\[\]{_MARKS},;:\\@]+@[^\s<>()\[\]{_MARKS},;:\\@']+")
_SCHEME = re.compile(r"\bmailto:", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![^\s(\[])@\w*(?![^\s)\]<])")  # "Jo @ Harbour", "Jo (@jo)"
_EDGES = f" \t'{_MARKS},;:<>[]\\"


def one_mailbox(values: Sequence[str]) -> Address | None:
    """The mailbox that all of these raw From values mean, with the name beside it; None where that is not plain."""
    if len(set(values)) != 1 or len(values[0]) > _LONGEST:
        return None
    unfolded = re.sub(r"\r?\n(?=[ \t])", "", values[0])
    if _CONTROL.search(unfolded) or _is_group(unfolded):
        return None
    plain = _QUOTED_LOCAL.sub(r"\1@", _SCHEME.sub("", decode_words(unfolded)))
    shown = _BRACKETED.sub(r"<\1@\2>", plain)
    written = _CANDIDATE.findall(shown)
    around = _HANDLE.sub(" ", _CANDIDATE.sub(" \0 ", shown))
    if not written or "@" in around:
        return None
    meant = {canonical(email) if (email := _meant(each)) else "" for each in written}
    email = _meant(written[-1])
    if email is None or len(meant) != 1:
        return None
    return Address(_name(around), email)


def _is_group(unfolded: str) -> bool:
    """RFC 6854 §4: an author that is written as a group is several people, or nobody."""
    return ":" in unfolded and unfolded.rstrip().endswith(";")


def _meant(written: str) -> str | None:
    """The address without what clings to it; one whose dots stand where no dot may is taken as it is written."""
    bare = written.strip("'`").rstrip(".!?")
    return addr_spec_of(bare, dots=True)


def _name(around: str) -> str:
    """What stands beside the address, as people write it."""
    words = clean(" ".join(around.replace("\0", " ").split()))
    words = re.sub(r"\(\s*\)|<\s*>|\[\s*\]|\"\s*\"|'\s*'", " ", words)
    words = " ".join(words.split()).strip(_EDGES)
    if words.startswith("(") and words.endswith(")"):
        words = words[1:-1].strip(_EDGES)
    return words
