"""The lines that are neither command nor question: greetings, thanks, sign-offs, names, and what makes words doubtful.

Answers of yes or no on tokens, from the tables of `verbs`. It never fails.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from mailproc.review import verbs
from mailproc.review.grammar import Phrases, Token, phrase_at

_MAX_NAME = 4  # words behind a greeting or sign-off
_NAME = re.compile(r"[-~/\s]*[^\W\d_a-z][\w.'-]*(?:\s[^\W\d_a-z][\w.'-]*){0,2}[.,!]?")
_SIGNED = re.compile(r"[-~/]+\s*[^\W\d_][\w.'-]*(?:\s[^\W\d_][\w.'-]*)?[.,!]?")


def _table(*tables: verbs.Words) -> dict[tuple[str, ...], str]:
    return {words: "said" for table in tables for words in verbs.phrases(table)}


_KIND_WORDS, _GREETINGS, _SIGN_OFFS = _table(verbs.COURTESIES), _table(verbs.GREETINGS), _table(verbs.SIGN_OFFS)
_NEGATIONS, _CONDITIONS = _table(verbs.NEGATIONS), _table(verbs.CONDITIONS)
_NOT_NAMES = _table(verbs.NOT_NAMES, verbs.YES, verbs.NO)
_ALTERNATIVES = _table(verbs.CONDITIONS, verbs.OR, verbs.AND)


def courteous(tokens: Sequence[Token]) -> bool:
    """Nothing but punctuation and the closed list of courtesies; a question mark is no punctuation here."""
    at = 0
    while at < len(tokens):
        if tokens[at].kind == "mark" and tokens[at].text != "?":
            at += 1
            continue
        said, end = phrase_at(tuple(tokens[at : at + 5]), 0, _KIND_WORDS | _SIGN_OFFS)
        if not said:
            return False
        at += end
    return True


def greets(tokens: Sequence[Token]) -> bool:
    """A greeting and at most a name: "Hi all,"."""
    return _then_a_name(tokens, _GREETINGS)


def signs_off(text: str, tokens: Sequence[Token]) -> bool:
    """A sign-off and at most a name: "Thanks, Ana", "- Ana"."""
    return _then_a_name(tokens, _SIGN_OFFS) or courteous(tokens) or bool(_SIGNED.fullmatch(text))


def _then_a_name(tokens: Sequence[Token], table: Phrases) -> bool:
    said, end = phrase_at(tuple(tokens[:5]), 0, table)
    rest = tokens[end:]
    plain = all(t.kind == "word" or (t.kind == "mark" and t.text != "?") for t in rest)
    return bool(said) and plain and sum(t.kind == "word" for t in rest) <= _MAX_NAME


def short(tokens: Sequence[Token]) -> bool:
    """As long as a name and a title."""
    return sum(token.kind == "word" for token in tokens) <= _MAX_NAME


def name_like(text: str, tokens: Sequence[Token]) -> bool:
    """One to three words with capitals that are no answer: "Ana", "Jo Poole"."""
    return bool(_NAME.fullmatch(text)) and not phrase_at(tuple(t for t in tokens if t.kind == "word"), 0, _NOT_NAMES)[0]


def mentions(tokens: Sequence[Token], table: Phrases) -> bool:
    """One of the phrases stands somewhere."""
    tokens = tuple(tokens)
    return any(phrase_at(tokens, at, table)[0] for at in range(len(tokens)))


def negates(tokens: Sequence[Token]) -> bool:
    """It holds a negation."""
    return mentions(tokens, _NEGATIONS)


def asks(tokens: Sequence[Token]) -> bool:
    """It holds a question mark."""
    return any(token.text in {"?", "\uff1f", "\u061f"} for token in tokens)


def takes_back(tokens: Sequence[Token]) -> bool:
    """It begins with a word that makes what stands beside it conditional: "but cut the end"."""
    words = _from_word(tokens)
    return bool(phrase_at(words[:5], 0, _CONDITIONS)[0])


def goes_another_way(tokens: Sequence[Token]) -> bool:
    """The words behind a verb begin with an alternative or a condition: "or hold", "unless it is cut"."""
    return bool(phrase_at(_from_word(tokens)[:5], 0, _ALTERNATIVES)[0])


def _from_word(tokens: Sequence[Token]) -> tuple[Token, ...]:
    first = next((n for n, token in enumerate(tokens) if token.kind != "mark"), len(tokens))
    return tuple(tokens[first : first + 8])


def contradicts_no(tokens: Sequence[Token], forms: Phrases) -> bool:
    """The words behind `no` are not its reason: "no problem", "no, approve it"."""
    words = _from_word(tokens)
    friendly: Phrases = {(word,): "said" for table in verbs.NO_BUT.values() for word in table}
    return bool(phrase_at(words, 0, friendly)[0]) or mentions(tokens, forms)


def near(tokens: Sequence[Token], forms: Phrases) -> str:
    """The verb that the first word is nearly: "aprove" is nearly approve; "" if none is near."""
    word = next((token.text for token in tokens if token.kind == "word"), "")
    if len(word) < 4:  # noqa: PLR2004 - short words are near to many
        return ""
    known = [form[0] for form in forms if len(form) == 1]
    close = get_close_matches(word, known, n=1, cutoff=0.82)
    return forms[(close[0],)] if close else ""
