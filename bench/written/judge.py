"""Whether what was published is what was written, and what its author was told.

Equal means: the same characters, of a plain text with its line ends as LF. Where a picture stands between two parts,
blank lines at the cut do not count. Of HTML alone the same words in the same paragraphs, in their order, without
characters that nobody sees; its blanks and line ends are for layout, and marks of lists and quotations are left out.

A false label over a word or two in an English text cannot be told where the letters that it gives are a word as well
("zimì" for "zimě"). It is believed, as mail programs do, and has a column of its own: nobody could say more of it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bench.written.desk import Came
from bench.written.mails import Sent

EQUAL, EQUAL_AND_SAID = "equal", "equal, said to be a guess"
SAID, UNSAID = "guessed, and said", "wrong without a word"
BELIEVED = "as its false label says"
OUTCOMES = (EQUAL, EQUAL_AND_SAID, SAID, BELIEVED, UNSAID)
GUESSED = ("by guess, as", "por conjetura, como")  # how a receipt says so, in the languages that letters come in
JOINED = ("joined them again", "las hemos unido otra vez")
_MARK = re.compile(r"[>*\u2022-]+|\d+\.")


@dataclass(frozen=True, slots=True)
class Judged:
    """One mail, and what is to be said of it."""

    sent: Sent
    came: Came
    outcome: str
    why: str = ""  # what is wrong


def judged(sent: Sent, came: Came) -> Judged:
    """The verdict on one mail."""
    guessed = any(words in came.receipt for words in GUESSED)
    if came.published is not None and equal(sent, came.published):
        outcome, why = (EQUAL_AND_SAID if guessed else EQUAL), ""
    elif guessed and came.published is not None and _lines_agree(sent, came.published):
        outcome, why = SAID, "its label was right" if sent.row["label"] == "right" else ""
    elif sent.as_labelled is not None and came.published is not None and equal(sent, came.published, sent.as_labelled):
        outcome, why = BELIEVED, ""
    else:
        outcome, why = UNSAID, f"other words; its item is {came.state or 'not there'}"
    if not came.receipt:
        return Judged(sent, came, UNSAID, "no receipt")
    if sent.broken and not any(words in came.receipt for words in JOINED):
        return Judged(sent, came, UNSAID, "its program had broken lines, and the receipt says nothing of it")
    return Judged(sent, came, outcome, why)


def _lines_agree(sent: Sent, published: str) -> bool:
    """A wrong guess costs letters, and no lines."""
    return _is_html(sent) or sent.seam is not None or published.count("\n") == sent.written.count("\n")


def equal(sent: Sent, published: str, written: str | None = None) -> bool:
    """Whether a published text is the written one."""
    written = sent.written if written is None else written
    if _is_html(sent):
        return _paragraphs(published) == _paragraphs(written)
    if sent.seam is None:
        return published == written
    above, below = written[: sent.seam], written[sent.seam :]
    own = published.startswith(above.rstrip("\n")) and published.endswith(below.lstrip("\n"))
    between = published[len(above.rstrip("\n")) : len(published) - len(below.lstrip("\n"))]
    return own and not between.strip("\n")


def _is_html(sent: Sent) -> bool:
    return sent.row["structure"].startswith("HTML")


def _paragraphs(text: str) -> list[list[str]]:
    """The words of each paragraph, as a reader of HTML sees them."""
    seen = "".join(each for each in unicodedata.normalize("NFC", text) if unicodedata.category(each) != "Cf")
    blocks = re.split(r"\n[^\S\n]*\n", seen)
    found = [[word for word in block.split() if not _MARK.fullmatch(word)] for block in blocks]
    return [words for words in found if words]
