"""The words of each language, one module each, all understood at once. Names only."""

from mailproc.review.lexicon.de import GERMAN
from mailproc.review.lexicon.en import ENGLISH
from mailproc.review.lexicon.es import SPANISH
from mailproc.review.lexicon.fr import FRENCH
from mailproc.review.lexicon.it import ITALIAN
from mailproc.review.lexicon.pt import PORTUGUESE
from mailproc.review.lexicon.ru import RUSSIAN
from mailproc.review.lexicon.shape import Calendar, Lexicon, Words

LEXICONS: tuple[Lexicon, ...] = (ENGLISH, SPANISH, FRENCH, GERMAN, ITALIAN, PORTUGUESE, RUSSIAN)

__all__ = ["LEXICONS", "Calendar", "Lexicon", "Words"]
