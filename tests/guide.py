"""The tables of words in the guides: what somebody can say, in all languages, made of the lexicons."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mailproc.review.language.lexicon import LEXICONS

DOCS = Path(__file__).resolve().parents[1] / "docs"
HEADING = "## All the words\n"
SHOWN = 3  # forms of a word in a cell
NAMES = ("English", "español", "français", "Deutsch", "italiano", "português", "русский")

Tables = Mapping[str, Mapping[str, str]]  # heading -> verb -> what it does


def tables(told: Tables, answers: Mapping[str, str]) -> str:
    """The section of a guide that is made from the data; `answers`: yes and no -> what they do."""
    words = (
        f"In any language, whatever the language of the letter, in capitals or not, with accents or without. Up to "
        f"{SHOWN} ways to say each are shown; most inflections work too, and the rest is in "
        f"`mailproc/review/language/lexicon`."
    )
    yes = [(means, [_cell(getattr(each, name)) for each in LEXICONS]) for name, means in answers.items()]
    made = [_table(" and ".join(answers).capitalize(), yes)]
    made += [
        _table(
            heading, [(means, [_cell(each.forms.get(verb, ())) for each in LEXICONS]) for verb, means in verbs.items()]
        )
        for heading, verbs in told.items()
    ]
    return f"{HEADING}\n{words}\n\n" + "\n".join(made) + "\n"


def _table(heading: str, rows: list[tuple[str, list[str]]]) -> str:
    head = f"| to | {' | '.join(NAMES)} |\n|---|{'---|' * len(NAMES)}"
    return "\n".join([f"### {heading}\n", head, *(f"| {means} | {' | '.join(cells)} |" for means, cells in rows), ""])


def _cell(phrases: tuple[str, ...]) -> str:
    return ", ".join(phrases[:SHOWN]) or "-"
