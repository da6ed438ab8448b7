"""What an author wants changed in a proof: pairs of OLD and NEW, and the text with them.

The words behind OLD must stand in the text once, to the letter; only the breaks between their lines may differ, which
mail programs move. Where one pair fails none is applied, and the lines that fail come back: a proof is changed as it is
asked for, or not at all. Labels are those of every language. Pure, linear in text and mail for each pair.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from mailproc.review.language.lexicon import LEXICONS
from mailproc.review.language.words import fold

MOST = 50  # pairs of one mail
MOST_LOOKED_AT = 1000  # places within other words; what stands in so many stands nowhere by itself
_LABEL = re.compile(r"\s*[*_]*([^\W\d_]{2,12})[*_]*\s*:[*_]*\s*(.*)")
_QUOTED = re.compile(r"\s*[>|]")
_SIGNATURE = re.compile(r"--\s*")


@dataclass(frozen=True, slots=True)
class Pair:
    """Words as they stand, and as they should; lines ending LF between."""

    old: str
    new: str


def pairs(mail: str) -> tuple[Pair, ...]:
    """The pairs of a reply's text; words that are quoted, or stand below a signature mark, are none."""
    old, new = _labels("old"), _labels("new")
    found: list[tuple[str, list[str]]] = []
    for line in mail.split("\n"):
        if _SIGNATURE.fullmatch(line):
            break
        label = None if _QUOTED.match(line) else _LABEL.match(line)
        word = fold(label[1]) if label else ""
        if label and word in old | new:
            found.append(("old" if word in old else "new", [label[2].strip()]))
        elif found and (not line.strip() or _QUOTED.match(line)):
            found.append(("", []))
        elif found and found[-1][0]:
            found[-1][1].append(line.strip())
    said = [(label, "\n".join(lines).strip()) for label, lines in found if label]
    return _paired(said)


def _paired(said: Sequence[tuple[str, str]]) -> tuple[Pair, ...]:
    """Each OLD with the NEW that follows it; one that stands alone is a pair that changes nothing, and fails."""
    paired: list[Pair] = []
    for n, (label, words) in enumerate(said[: 2 * MOST]):
        follows = n + 1 < len(said) and said[n + 1][0] == "new"
        leads = n > 0 and said[n - 1][0] == "old"
        if label == "old":
            paired.append(Pair(words, said[n + 1][1] if follows else words))
        elif not leads:
            paired.append(Pair("", words))
    return tuple(paired)


def changed(text: str, asked: Sequence[Pair]) -> tuple[str, tuple[Pair, ...]]:
    """(the text with all pairs, ()), or (the text as it is, the pairs that fail)."""
    failed = tuple(pair for pair in asked if pair.old == pair.new or len(_places(text, pair.old)) != 1)
    spots = sorted((_places(text, pair.old)[0], pair) for pair in asked if pair not in failed)
    crossing = tuple(late for ((_, end), _), ((begin, _), late) in pairwise(spots) if begin < end)
    if failed or crossing:
        return text, (*failed, *crossing)
    for (begin, end), pair in reversed(spots):
        whole = "\n" in text[begin:end]
        text = text[:begin] + (pair.new if whole else " ".join(pair.new.split("\n"))) + text[end:]
    return text, ()


def _places(text: str, words: str) -> list[tuple[int, int]]:
    """Where these words stand in the text, whatever breaks its lines have; two places are as good as more."""
    plain, at, said = *_in_one_line(text), " ".join(words.split())
    found: list[tuple[int, int]] = []
    begin = plain.find(said) if said else -1
    for _ in range(MOST_LOOKED_AT):
        if begin < 0 or len(found) > 1:
            return found
        end = begin + len(said)
        if not _is_word(plain[begin - 1 : begin]) and not _is_word(plain[end : end + 1]):
            found.append((at[begin], at[end - 1] + 1))
        begin = plain.find(said, begin + 1)
    return found if begin < 0 else []


@lru_cache(maxsize=1)
def _in_one_line(text: str) -> tuple[str, list[int]]:
    """The text with one blank for each run of them, and where each of its characters stands."""
    kept = [n for n, sign in enumerate(text) if not sign.isspace() or not text[n - 1 : n].isspace()]
    return "".join(" " if text[n].isspace() else text[n] for n in kept), kept


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _labels(name: str) -> frozenset[str]:
    """What stands before the words, in every language."""
    return frozenset(fold(word) for lexicon in LEXICONS for word in getattr(lexicon.answers, name))
