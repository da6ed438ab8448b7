"""What members say of themselves on one line: whether the words are such, and their parts.

"away until Friday, stand-in Sam", "daily 18:00", "not me, ask Sam". What they come to is the desk's, which knows
the hour and the members. It never fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from mailproc.review.language import manners, verbs, when, words
from mailproc.review.language.grammar import Sentence
from mailproc.review.language.words import Token, clean, phrase_at, tokens

_ADDRESS = re.compile(r"[^\s@<>]+@[^\s@<>]+")
_ZONE = re.compile(r"[^\W\d_][\w+-]*(?:[/ ][\w+-]+){0,3}")
_MOST_WORDS = 12
_MOST_OF_A_NAME = 4
_MOST_OF_A_TOPIC = 3
_EDGES = " ,:;.!-()\"'"


def words_of(said: Sentence) -> str:
    """The words behind the verb, without a courtesy at their end: of "until Friday, thanks" only "until Friday"."""
    rest = said.rest
    if manners.courteous(rest):
        return ""
    marks = [n for n, token in enumerate(rest[: 3 * _MOST_WORDS]) if token.kind == "mark" and n]
    end = next((rest[n].start for n in marks if manners.courteous(rest[n:])), None)
    found = said.words if end is None else said.words[: max(0, end - said.words_at)]
    return found.strip(_EDGES)


def absence(said: str) -> tuple[str, str]:
    """(the words on its end, the name or address of the stand-in) of what follows `away`; each "" if not said."""
    found = tokens(clean(said))
    table = words.table((form, verb) for form, verb in verbs.written("member") if verb == "stand-in")
    for at in range(len(found)):
        _, end = phrase_at(found, at, table)
        if end > at:
            begins = found[end].start if end < len(found) else len(said)
            return said[: found[at].start].strip(_EDGES), said[begins:].strip(_EDGES)
    return said.strip(_EDGES), ""


def _is_absence(said: str) -> bool:
    end, stand_in = absence(said)
    timely = not end or (when.names_an_end(end) and when.readable(end))
    return timely and (not stand_in or _is_name(stand_in)) and bool(end or stand_in)


def _is_name(said: str) -> bool:
    """Whether this may be a person: an addr-spec, or a few words without a verb among them."""
    if _ADDRESS.fullmatch(said):
        return True
    return _is_few(said, _MOST_OF_A_NAME)


def _is_few(said: str, most: int) -> bool:
    """Whether these are at most so many words, and no verb that decides among them."""
    found = tokens(clean(said))
    few = 0 < sum(token.kind == "word" for token in found) <= most
    plain = all(token.kind == "word" or token.text in {"-", ".", ","} for token in found)
    return few and plain and not manners.mentions(found, verbs.decisions("member"))


def topics(said: str) -> list[str]:
    """The topics of "history, old photographs and the harbour"."""
    found = tokens(clean(said))
    joins = [
        n for n, token in enumerate(found) if token.text == "," or phrase_at(found, n, verbs.phrases("joining"))[0]
    ]
    ends = [found[n].start for n in joins] + [len(said)]
    begins = [0, *(found[n].end for n in joins)]
    return [topic for begin, end in zip(begins, ends, strict=True) if (topic := said[begin:end].strip(_EDGES))]


SAYS: dict[str, Callable[[str], bool]] = {  # verb -> whether words behind it are what it takes
    "away": _is_absence,
    "daily": lambda said: when.hour(said) is not None,
    "quiet": lambda said: when.never(said) or when.span(said) is not None,
    "time zone": lambda said: bool(_ZONE.fullmatch(said)),
    "stand-in": _is_name,
    "ask me for": lambda said: all(_is_few(topic, _MOST_OF_A_TOPIC) for topic in topics(said)),
}


def name_in(said: str) -> str:
    """The person named in "ask Sam", or in "Sam" alone with a capital; "" if none."""
    found = tokens(clean(said))
    _, end = phrase_at(found, 0, verbs.phrases("handing"))
    bare = said[found[end].start :].strip(_EDGES) if end < len(found) else ""
    for n, token in enumerate(found[end:], end):
        if n > end and token.kind == "mark" and manners.courteous(found[n:]):
            bare = said[found[end].start : token.start].strip(_EDGES)
            break
    capital = bare[:1].isupper() or "@" in bare
    return bare if (end or capital) and _is_name(bare) else ""


def person(said: str) -> str:
    """The name that "ask Sam" holds and nothing else, or "": Sam may be whom to ask, or all of the question."""
    few = len(said.split()) <= 2  # noqa: PLR2004 - first and last name
    return said if few and said[:1].isupper() and _is_name(said) else ""


def handed_to(rest: tuple[Token, ...], said: str) -> str:
    """Whom "not me, ask Sam" and "give to Sam" name; "" where words behind a mark hand it to nobody."""
    found = tokens(clean(said))
    asked = phrase_at(found, 0, verbs.phrases("handing"))[1]
    divided = bool(rest) and rest[0].kind == "mark"
    return name_in(said) if asked or not divided else ""
