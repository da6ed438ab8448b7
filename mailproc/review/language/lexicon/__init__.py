"""The words of each language, one module each, all understood at once. Names only."""

from mailproc.review.language.lexicon.de import GERMAN
from mailproc.review.language.lexicon.en import ENGLISH
from mailproc.review.language.lexicon.es import SPANISH
from mailproc.review.language.lexicon.fr import FRENCH
from mailproc.review.language.lexicon.it import ITALIAN
from mailproc.review.language.lexicon.pt import PORTUGUESE
from mailproc.review.language.lexicon.ru import RUSSIAN
from mailproc.review.language.lexicon.shape import Calendar, Lexicon, Words

LEXICONS: tuple[Lexicon, ...] = (ENGLISH, SPANISH, FRENCH, GERMAN, ITALIAN, PORTUGUESE, RUSSIAN)

__all__ = ["LEXICONS", "Calendar", "Lexicon", "Words"]
