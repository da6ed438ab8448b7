"""Which of the author's words will be published, said without showing more of them than we may.

A receipt to an authenticated sender quotes the first and last words; any other gets lines and words.
It takes the text as it was cut by others and changes nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailproc.letters.filters import title

_QUOTED_WORDS = 6  # from each end


@dataclass(frozen=True, slots=True)
class Extent:
    """Where the published text begins and ends."""

    first_line: int  # counted from 1 in the mail's text
    last_line: int
    lines: int  # the mail's text has
    words: int
    sha256: str  # of the UTF-8 of the published text, or of the document's octets
    begins: str  # the author's first words; a short text whole
    ends: str  # and last; "" of a short text
    joined: bool = False  # lines that the author's program had broken were joined
    document: str = ""  # the attachment that is the text; its name


def extent_of(text: str, sha256: str, *, first_line: int = 1, lines: int | None = None, joined: bool = False) -> Extent:
    """The extent of a text of the mail's body; `lines` is how many the whole body has, None: no more than these."""
    own_lines = text.removesuffix("\n").count("\n") + 1
    found = text.split()
    short = len(found) <= 2 * _QUOTED_WORDS
    return Extent(
        first_line=first_line,
        last_line=first_line + own_lines - 1,
        lines=max(lines or 0, first_line + own_lines - 1),
        words=len(found),
        sha256=sha256,
        begins=title(" ".join(found if short else found[:_QUOTED_WORDS])),
        ends="" if short else title(" ".join(found[-_QUOTED_WORDS:])),
        joined=joined,
    )


def extent_of_document(name: str, sha256: str, words: int = 0) -> Extent:
    """The extent where an attached document is the article: all of it; `words` is how many were read in it."""
    return Extent(0, 0, 0, words, sha256, "", "", document=name)
