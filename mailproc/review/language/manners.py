"""The lines that are neither command nor question: greetings, thanks, sign-offs, names, and what makes words doubtful.

Answers of yes or no on tokens, from the tables of `verbs`. It never fails.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from itertools import pairwise

from mailproc.review.language import verbs
from mailproc.review.language.words import QUESTIONS, Phrases, Token, phrase_at
from mailproc.review.language.words import mentions as mentioned

_LONGEST_SLIP = 2  # letters more or fewer
_LONGEST_THANKS = 16  # words and marks
_MAX_NAME = 4  # words behind a greeting or sign-off
_NAME = re.compile(r"[-~/\s]*([^\W\d_])[\w.'-]*(?:\s([^\W\d_])[\w.'-]*)?(?:\s([^\W\d_])[\w.'-]*)?[.,!]?")
_SIGNED = re.compile(r"[-~/]+\s*[^\W\d_][\w.'-]*(?:\s[^\W\d_][\w.'-]*)?[.,!]?")
_KIND_SIGNS = frozenset(
    "\U0001f44d\u2705\u2714\u2611\U0001f642\U0001f600\U0001f60a\U0001f44f\U0001f389\u2764\U0001f64f\u263a\U0001f604\U0001f603\U0001f44c\u2665\U0001f609\U0001f603\U0001f499\U0001f49a"
)
_CONTRARY = frozenset("\U0001f44e\u274c\u2717\u2718\U0001f6ab\u26d4\u2612")  # thumbs down, crosses: no courtesy


def courteous(tokens: Sequence[Token]) -> bool:
    """Whether there is nothing but punctuation and courtesies of the list; a question mark is no punctuation here."""
    found, at = tuple(tokens), 0
    kind_words = verbs.phrases("courtesies", "sign_offs")
    while at < len(found):
        if found[at].kind == "mark" and found[at].text not in QUESTIONS | _CONTRARY and not _doubts(found[at].text):
            at += 1
            continue
        said, at = phrase_at(found, at, kind_words)
        if not said:
            return False
    return True


def _doubts(sign: str) -> bool:
    """Whether a sign is a picture that says nothing kind: a thinking face, an hourglass."""
    return unicodedata.category(sign[0]) == "So" and sign not in _KIND_SIGNS


def greets(tokens: Sequence[Token]) -> bool:
    """Whether a line is a greeting and at most a name: "Hi all,"."""
    return _then_a_name(tokens, verbs.phrases("greetings"))


def signs_off(text: str, tokens: Sequence[Token]) -> bool:
    """Whether a line is a sign-off and at most a name: "Thanks, Ana", "- Ana"."""
    return _then_a_name(tokens, verbs.phrases("sign_offs")) or courteous(tokens) or bool(_SIGNED.fullmatch(text))


def closes(tokens: Sequence[Token]) -> bool:
    """Whether nothing but a sign-off and at most a name follows: "Thanks, Ana"."""
    return _then_a_name(tokens, verbs.phrases("sign_offs"))


def thanks(tokens: Sequence[Token]) -> bool:
    """Whether a line only thanks, and says for what: no number, question or condition. Verbs are not judged here."""
    if not phrase_at(_from_word(tokens), 0, verbs.phrases("thanks"))[0] or len(tokens) > _LONGEST_THANKS:
        return False
    plain = all(token.kind == "word" or (token.kind == "mark" and token.text not in QUESTIONS) for token in tokens)
    return plain and not mentions(tokens, verbs.phrases("negations", "conditions", "alternatives"))


def _then_a_name(tokens: Sequence[Token], table: Phrases) -> bool:
    said, end = phrase_at(tuple(tokens[:8]), 0, table)
    rest = tokens[end:]
    if rest and rest[-1].text == ":" and any(token.text == "," for token in rest):  # "Dear Cleo, this is how:"
        return False
    plain = all(t.kind == "word" or (t.kind == "mark" and t.text not in QUESTIONS) for t in rest)
    few = sum(t.kind == "word" for t in rest) <= _MAX_NAME
    telling = [token for token in rest if len(token.text) > 1]  # "Bonjour à tous": French "à" is a copula elsewhere
    return bool(said) and plain and few and not mentions(telling, verbs.phrases("negations", "conditions", "copulas"))


def short(tokens: Sequence[Token]) -> bool:
    """Whether a line is no longer than a name and a title."""
    return sum(token.kind == "word" for token in tokens) <= _MAX_NAME


def name_like(text: str, tokens: Sequence[Token]) -> bool:
    """Whether a line looks like a name: one to three words with capitals that are no answer, "Jo Poole"."""
    found = _NAME.fullmatch(text)
    if found is None or any(letter and letter.islower() for letter in found.groups()):
        return False
    answers = verbs.phrases("not_names", "yes", "no", "negations", "conditions")
    return not phrase_at(tuple(t for t in tokens if t.kind == "word"), 0, answers)[0]


def mentions(tokens: Sequence[Token], table: Phrases) -> bool:
    """Whether one of the table's phrases stands somewhere in the line."""
    return mentioned(tuple(tokens), table)


def without_numeros(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The words without the "No." of a number: "VAT No. 12 345 678" denies nothing."""
    behind = zip(tokens, [*tokens[1:], None], [*tokens[2:], None, None], strict=False)
    numero = ("no", ".", "number")
    return tuple(t for t, dot, then in behind if (t.text, dot and dot.text, then and then.kind) != numero)


def negates(tokens: Sequence[Token]) -> bool:
    """Whether it holds a negation."""
    return mentions(tokens, verbs.phrases("negations"))


def asks(tokens: Sequence[Token]) -> bool:
    """Whether it holds a question mark; that of a link's query asks nothing: "https://pier.example/?all=yes"."""
    return any(token.text in QUESTIONS and not _is_query(tokens[at : at + 3]) for at, token in enumerate(tokens))


def _is_query(tokens: Sequence[Token]) -> bool:
    whole = all(token.end == after.start for token, after in pairwise(tokens))
    return whole and len(tokens) == 3 and tokens[2].text == "="  # noqa: PLR2004 - "?all="


def takes_back(tokens: Sequence[Token]) -> bool:
    """Whether it begins with a word that makes a condition of it: "but cut the end"."""
    return bool(phrase_at(_from_word(tokens), 0, verbs.phrases("conditions"))[0])


def goes_another_way(tokens: Sequence[Token]) -> bool:
    """Whether the words behind a verb begin with an alternative or a condition: "or hold", "unless it is cut"."""
    return bool(phrase_at(_from_word(tokens), 0, verbs.phrases("conditions", "alternatives", "joining"))[0])


def ends_negated(tokens: Sequence[Token]) -> bool:
    """Whether the last word is a negation, which some languages put there: "ablehnen würde ich nicht"."""
    words = tuple(token for token in tokens if token.kind == "word")[-1:]
    return negates(words)


def _from_word(tokens: Sequence[Token]) -> tuple[Token, ...]:
    first = next((n for n, token in enumerate(tokens) if token.kind != "mark"), len(tokens))
    return tuple(tokens[first : first + 8])


def contradicts_no(tokens: Sequence[Token], forms: Phrases) -> bool:
    """Whether the words behind `no` say another thing: "no problem", "nein, kein Problem", "no, approve it"."""
    found = _from_word(tokens)
    denied = phrase_at(found, 0, verbs.phrases("negations"))[1]
    behind = phrase_at(found, denied, verbs.phrases("particles"))[1] if denied else 0  # "pas de problème"
    starts = {0, denied, behind}
    return any(phrase_at(found, at, verbs.phrases("no_but"))[0] for at in starts) or mentions(tokens, forms)


def near(tokens: Sequence[Token], who: str) -> tuple[str, str]:
    """(the form that the first word is nearly, its verb): "aprobdo" is nearly aprobado; ("", "") if none is near."""
    word = next((token.text for token in tokens if token.kind == "word"), "")
    return _near(word, who) if len(word) >= 4 else ("", "")  # noqa: PLR2004 - short words are near to many


@lru_cache(maxsize=1024)
def _near(word: str, who: str) -> tuple[str, str]:
    known = verbs.spelt(who).get(word[0], {})  # of equals the first counts: English, then as the languages come
    likely = [form for form in known if abs(len(form) - len(word)) <= _LONGEST_SLIP]
    close = get_close_matches(word, likely, n=5, cutoff=0.82)
    best = max(close, key=lambda form: (SequenceMatcher(None, form, word).ratio(), -likely.index(form)), default="")
    return known[best] if best else ("", "")
