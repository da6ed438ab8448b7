"""What a phrase says in English, as a letter would word it: for tests of rooms that give phrases and know no words."""

from __future__ import annotations

from pathlib import Path

from mailproc.letters.phrasebook import Phrasebook
from mailproc.phrase import Said
from mailproc.review.reply.reading import Unclear

BOOK = Phrasebook(Path(__file__).parents[1] / "templates")


def words_of(said: Said) -> str:
    return BOOK.words(said, "en", None)


def hint_of(unclear: Unclear) -> str:
    return words_of(unclear.hint)
