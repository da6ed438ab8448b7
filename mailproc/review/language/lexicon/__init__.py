"""The words of each language, a file each, all understood at once. Names only."""

from mailproc.review.language.lexicon.read import LEXICONS, SHARED
from mailproc.review.language.lexicon.shape import Calendar, Lexicon, Words

__all__ = ["LEXICONS", "SHARED", "Calendar", "Lexicon", "Words"]
