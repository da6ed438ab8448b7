"""Articles of seventeen shapes in thirty languages, made of the bench "characters"' sentences; chance is seeded.

Knows nothing of mail. Line ends are LF. What a shape needs that few charsets have (emoji, soft hyphens, accents that
stand behind their letter) is said in `NEEDS_UNICODE`.
"""

from __future__ import annotations

import random
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

Chance = random.Random
Shape = Callable[[list[str], Chance], str]

_TABLE = Path(__file__).resolve().parents[1] / "characters.toml"
_EMOJI = (
    "\U0001f6a2",
    "\u2693\ufe0f",
    "\U0001f468\u200d\U0001f33e",
    "\U0001f1f3\U0001f1f4",
    "\U0001f44d\U0001f3fd",
    "\u2764\ufe0f",
)
_COMBINING = "\u0301\u0308\u0327\u0323\u0334"
_SENTENCES = 6  # that an article is made of, at least
_WORD = 12  # characters
_CUT = 9  # characters of a verse where a script has no blanks


@cache
def languages() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Each language's sentences, and the charsets beside UTF-8 that its mail was written in."""
    table = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {name: (tuple(row["sentences"]), tuple(row["charsets"])) for name, row in table.items()}


def article(language: str, shape: str, seed: int) -> str:
    """One article."""
    chance = random.Random(f"{seed} {language} {shape}")  # noqa: S311 - reproducible, not secret
    sentences = list(languages()[language][0])
    chance.shuffle(sentences)
    sentences *= -(-_SENTENCES // len(sentences))
    return SHAPES[shape](sentences, chance)


def _prose(said: list[str], chance: Chance) -> str:
    cut = chance.randint(1, len(said) - 1)
    return f"{' '.join(said[:cut])}\n\n{' '.join(said[cut:])}\n"


def _wrapped(said: list[str], chance: Chance) -> str:
    """Prose whose author breaks lines by hand, as on a typewriter."""
    return "".join(f"{line}\n" for sentence in said for line in _verses(sentence, chance.randint(5, 9)))


def _verses(sentence: str, words: int) -> list[str]:
    if " " in sentence:
        found = sentence.split(" ")
        return [" ".join(found[at : at + words]) for at in range(0, len(found), words)]
    return [sentence[at : at + _CUT] for at in range(0, len(sentence), _CUT)]


def _poem(said: list[str], chance: Chance) -> str:
    """Stanzas, indents, and more blank lines than one."""
    stanzas = [_verses(sentence, chance.randint(3, 5)) for sentence in said[:4]]
    lines = [[" " * chance.choice((0, 0, 2, 4, 9)) + verse for verse in stanza] for stanza in stanzas]
    return (
        "\n\n".join("\n".join(stanza) for stanza in lines[:2]) + "\n\n\n" + "\n".join(map("\n".join, lines[2:])) + "\n"
    )


def _two_blanks(said: list[str], chance: Chance) -> str:
    """Verses that end in two blanks, as Markdown asks for."""
    return "".join(f"{verse}  \n" for sentence in said[:3] for verse in _verses(sentence, chance.randint(3, 5))) + "*\n"


def _list(said: list[str], _: Chance) -> str:
    items = [f"- {said[0]}", f"  - {said[1]}", f"    * {said[2]}", f"1. {said[3]}", f"   a) {said[4]}"]
    return f"{said[5]}\n\n" + "\n".join(items) + "\n"


def _code(said: list[str], _: Chance) -> str:
    lines = [
        "def tide(hours):",
        f"    # {said[0]}",
        "\tif hours > 12:",
        f'\t\treturn "{said[1]}"      # {said[2]}',
        "    return 0",
    ]
    return f"{said[3]}\n\n" + "\n".join(lines) + "\n"


def _quotation(said: list[str], _: Chance) -> str:
    return f"> {said[0]}\n> {said[1]}\n>> {said[2]}\n>\n> {said[3]}\n\n{said[4]}\n>{said[5]}\n"


def _signatures(said: list[str], _: Chance) -> str:
    """Lines that look like the end of a mail, and words below them."""
    return f"{said[0]}\n--\n{said[1]}\n-- \n{said[2]}\n______________\n{said[3]}\n-- Jo\n{said[4]}\n***\n{said[5]}\n"


def _long(said: list[str], chance: Chance) -> str:
    return " ".join(chance.choices(said, k=30)) + "\n"


def _trailing(said: list[str], _: Chance) -> str:
    return f"{said[0]} \n{said[1]}   \n\n \n{said[2]}\t\n{said[3]}\n\n\n \n"


def _leading(said: list[str], _: Chance) -> str:
    return f"\n\n  {said[0]}\nFrom here on:\n From there:\n>From\n.\n..{said[1]}\n"


def _unended(said: list[str], _: Chance) -> str:
    return f"{said[0]}\n\n{said[1]}"


def _short(said: list[str], _: Chance) -> str:
    return f"{min(said, key=len)}\n"


def _few(said: list[str], chance: Chance) -> str:
    """English with a foreign word or two: little to know a charset by."""
    words = [word for sentence in said for word in sentence.split(" ") if not word.isascii() and len(word) < _WORD]
    names = chance.sample(words or [said[0][:2]], min(len(words) or 1, chance.randint(1, 2)))
    return f"The ferry was late again.\n\nNobody knew why, said {' '.join(names)}, and went home.\n"


def _emoji(said: list[str], chance: Chance) -> str:
    return "".join(
        f"{chance.choice(_EMOJI)} {sentence} {chance.choice(_EMOJI)}{chance.choice(_EMOJI)}\n" for sentence in said
    )


def _combining(said: list[str], chance: Chance) -> str:
    """Accents behind their letters, as macOS writes some, and more of them than any letter has."""
    apart = [unicodedata.normalize("NFD", sentence) for sentence in said]
    stacked = "".join(f"o{''.join(chance.sample(_COMBINING, 3))}" for _ in range(5))
    return "\n".join((*apart, stacked)) + "\n"


def _unseen(said: list[str], _: Chance) -> str:
    """Soft hyphens, no-break blanks, zero-width joiners and marks of direction."""
    soft = "\u00ad".join(said[0][at : at + 7] for at in range(0, len(said[0]), 7))
    return (
        f"{soft}\n{said[1].replace(' ', chr(0xA0), 2)}\n\u200f{said[2]}\u200e\n{said[3][:5]}\u200d\u200b{said[3][5:]}\n"
    )


SHAPES: dict[str, Shape] = {
    "prose": _prose,
    "wrapped by hand": _wrapped,
    "poem": _poem,
    "verses of two blanks": _two_blanks,
    "list": _list,
    "code": _code,
    "quotation first": _quotation,
    "like signatures": _signatures,
    "one long line": _long,
    "trailing blanks": _trailing,
    "leading blanks": _leading,
    "no final newline": _unended,
    "one sentence": _short,
    "English with a name": _few,
    "emoji": _emoji,
    "combining": _combining,
    "soft hyphens": _unseen,
}
NEEDS_UNICODE = frozenset({"emoji", "combining", "soft hyphens"})
LITTLE_TO_TELL = frozenset({"English with a name"})
ENDS_IN_BLANKS = frozenset({"verses of two blanks", "trailing blanks"})


def trimmed(lines: Sequence[str]) -> list[str]:
    """Without the blanks at line ends, as a program that flows lines leaves them (RFC 3676 §4.2)."""
    return [line if line == "-- " else line.rstrip(" ") for line in lines]
