"""Is this the note that a mail program sends while its owner is away? Told by its words, where no field says so.

Such a note says that somebody is not there, and thanks for a mail, promises an answer or names somebody else; or it
says the one thing and nothing more. A member who tells the desk so writes "away until Friday", or that beside other
words that the desk knows; a line like this, or a reference, makes it no note. What is doubtful is no note: it is read
as any reply. The words stand in `message/absence.toml`. It never fails, and is linear in the mail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailproc.kinds import reference
from mailproc.message.notices import ABSENCE, Rows
from mailproc.message.words.page import depth_of
from mailproc.review.language import manners, verbs
from mailproc.review.language.grammar import sentence
from mailproc.review.language.lexicon import LEXICONS
from mailproc.review.language.words import clean, phrase_at, table

_MOST_LINES, _MOST_CHARACTERS = 30, 2000  # of a note, less what it quotes
_LONGEST_LINE = 500
_FEW = 6  # words of a line that is a command
_SENTENCE = re.compile(r"[.!?\u3002\n]+\s*")
_DIGITS_ENDED = re.compile(r"(?<=\d)\.")  # "bis 5.12.": the full stop ends no sentence


# "until" makes a condition of a decision, and an end of an absence
_UNTIL = table((said, "until") for each in LEXICONS for said in (*each.calendar.until, *each.calendar.through))


def _any_of(rows: Rows) -> re.Pattern[str]:
    return re.compile("|".join(pattern for row in rows.values() for pattern in row), re.IGNORECASE)


_GONE, _AWAY, _OPENS, _GOES_ON = map(_any_of, (ABSENCE.gone, ABSENCE.away, ABSENCE.opens, ABSENCE.goes_on))


def is_note(text: str, *, quotes: bool) -> bool:
    """Whether a mail is such a note; `quotes`: it holds lines of our letter, which few notes do."""
    own = [line.strip() for line in text.split("\n") if line.strip() and not depth_of(line)]
    if len(own) > _MOST_LINES or sum(map(len, own)) > _MOST_CHARACTERS:
        return False
    said = _DIGITS_ENDED.sub("", "\n".join(own))
    gone = bool(_GONE.search(said))
    if not (gone or _AWAY.search(said)) or any(map(_is_meant_for_us, own)):
        return False
    if _OPENS.search(said):
        return True
    return not quotes and (bool(_GOES_ON.search(said)) or (gone and _says_nothing_else(own)))


def _is_meant_for_us(line: str) -> bool:
    """Whether a line names an item, or is a whole command of ours: "away until Friday", "help"."""
    if reference.all_in(line):
        return True
    if len(line) > _LONGEST_LINE or any(pattern.search(line) for pattern in (_GONE, _AWAY, _OPENS, _GOES_ON)):
        return False
    said = sentence(clean(line), verbs.forms("member"))
    return bool(said.verb) and sum(token.kind == "word" for token in said.tokens) <= _FEW


def _says_nothing_else(lines: Sequence[str]) -> bool:
    """Whether beside the absence there are only greetings, sign-offs and names."""
    return all(map(_is_aside, filter(None, _SENTENCE.split(_DIGITS_ENDED.sub("", "\n".join(lines))))))


def _is_aside(words: str) -> bool:
    tokens = sentence(clean(words), {}).tokens
    if _GONE.search(words):
        starts = (at for at in range(len(tokens)) if not phrase_at(tokens, at, _UNTIL)[0])
        return not any(phrase_at(tokens, at, verbs.phrases("conditions"))[0] for at in starts)
    polite = manners.greets(tokens) or manners.signs_off(words, tokens) or manners.name_like(words, tokens)
    return polite or manners.thanks(tokens)
