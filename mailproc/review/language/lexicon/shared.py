"""What the languages have in common by accident: words that are asked back, and collisions that do no harm.

Data only. A test finds every form that means two things in two languages; each is either kept out of the tables,
and stands here with what it may mean, or stands here with the reason why it can stay.
"""

from __future__ import annotations

# word -> (verb to offer, what it may mean): said in the place of a verb it is asked back
TWO_MEANINGS: dict[str, tuple[str, str]] = {
    "y": ("yes", "yes in English, and in Spanish"),
    "bin": ("discard", "discard in English, am in German"),
    "still": ("silent", "yet in English, quiet in German"),
    "logo": ("at once", "soon in Portuguese, a picture in English"),
    "via": ("away", "away in Italian, by way of in English"),
    "diario": ("daily", "daily, or a newspaper"),
    "reporter": ("hold", "postpone in French, a journalist in English"),
}

# form -> why it stands in no table
LEFT_OUT: dict[str, str] = {
    "aprove": "Portuguese for approve, and a slip of the pen in English: slips are asked back",
    "yo no": "not me in Spanish, and the beginning of `I do not ...`; so are `io no`, `eu não` and `ich nicht`",
    "за": "for, in favour of, and a preposition of everything else",
}

# form -> why it may stand in two tables that contradict each other
HARMLESS: dict[str, str] = {
    "no": "the answer and, in Spanish and Italian, the negation: a verb behind it is asked back unless a mark divides",
    "non": "the French answer and the Italian negation: as `no`",
    "não": "the answer and the negation: as `no`",
    "nein": "the answer, and said for `not`: as `no`",
    "нет": "the answer and `there is no`: as `no`",
    "ja": "yes in German, already in Portuguese: as `no`",
    "hold": "a German adjective that nobody writes alone on a line",
    "si": "yes without its accent, and if: it answers only as the whole line, or behind the reference",
}
