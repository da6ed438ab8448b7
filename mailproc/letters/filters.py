"""The filters of templates and phrases: a title, a size, a date, a plural, somebody's words.

What comes from outside is made one safe line, or safe lines, here and nowhere else. They never fail on any
text. Words that a translator must see are not here: letters and their parts stand in `templates/LANGUAGE/`, short
phrases in its `phrases/`, and how the language writes dates, numbers and lists is `language.speech`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from jinja2 import pass_context
from jinja2.runtime import Context

from mailproc.kinds.reference import defused
from mailproc.letters.language.speech import Speech
from mailproc.letters.prose import flowed
from mailproc.message.field.header import clean

TITLE_LIMIT = 56  # characters of a title or a file name within a sentence or a list
HELD = "\ue000"  # within a letter's source: a blank at which no line is broken (a private character, never sent)
_HELD_UP_TO = 60  # characters that are kept on one line
_LONGEST = 4096  # characters of a one-line value that are read
SPOKEN = (  # of a Speech
    *("own_day", "month", "clock", "size", "number", "plural"),
    *("row", "either", "verb", "kind", "state"),
)

# Controls, and the direction marks that can make a line read as another one (UAX 9 §2); LRM and RLM are harmless.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_QUOTED = re.compile(r'"[^"\n]{1,60}"')
_MARKS = ("#", "@", "|", "~", "=", "!")  # with which a line of a source may begin (page.py)


def title(text: str, limit: int = TITLE_LIMIT) -> str:
    """A title or name within our sentence: one line, cut with `…`; a short one is never broken into two lines.

    So no part of a stranger's title comes to stand alone on a line, where it could read as a command.
    """
    line = clean(text.replace(HELD, " "), _LONGEST)
    line = line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
    return held(line) if limit <= _HELD_UP_TO else line


def held(text: str) -> str:
    """The text on one line, however long."""
    return text.replace(" ", HELD)


def words(text: str) -> str:
    """What one person says to another, prose without their program's breaks; no line is a mark of a source."""
    said = flowed("\n".join(lines_of(text.strip()))).split("\n")
    return "\n".join("\u00a0" + line if line.startswith(_MARKS) else line for line in said)


def quoted(text: str) -> str:
    """Somebody's words, word for word, each line behind a bar, where none of them can be read as one of ours."""
    return "\n".join("| " + line for line in lines_of(text.strip()))


def sentence(text: str) -> str:
    """A clause as a whole sentence: its first letter raised, with an end; what it quotes is never broken."""
    line = _QUOTED.sub(lambda found: held(found[0]), text.strip())
    ended = line.endswith((".", "!", "?", "…"))
    at = len(line) - len(line.lstrip("¿¡"))  # with which Spanish opens a question
    return f"{line[:at]}{line[at : at + 1].upper()}{line[at + 1 :]}{'' if ended else '.'}"


def lines_of(text: str) -> Iterator[str]:
    """A text's lines by every line end that some program knows, without controls; blank lines in a row are one."""
    blank = True
    for line in text.splitlines():
        shown = _UNSEEN.sub("", line.expandtabs(4)).rstrip()
        if shown or not blank:
            yield shown
        blank = not shown


def subject(text: str) -> str:
    """A Subject: one clean line."""
    return clean(text.replace(HELD, " "))


def addresses_of(site: str) -> Callable[[str | None], str]:
    """The filter `address_of` of a site: a place of published work as its reader finds it.

    `https://harbour.example/articles/2026/the-tram/`; the place itself, counted from the published folder, where the
    configuration has no [publish] url. Shown as words, never as a link: scanners follow those.
    """
    return lambda place: f"{site}/{place}/" if site and place else place or ""


PLAIN: Mapping[str, Callable[..., str]] = {  # the same in every language
    "title": title,
    "words": words,
    "defused": defused,
    "held": held,
    "quoted": quoted,
    "sentence": sentence,
}


def filters_of(speech: Speech, site: str) -> Mapping[str, Callable[..., str]]:
    """The filters of letters and of phrases in one language: those of its speech, days and hours in the desk's zone.

    `site`: [publish] url, "" none.
    """

    @pass_context
    def day(context: Context, at: datetime) -> str:
        return speech.day(at, context["desk"].timezone)

    @pass_context
    def moment(context: Context, at: datetime) -> str:
        return speech.moment(at, context["desk"].timezone)

    return {
        **PLAIN,
        "address_of": addresses_of(site),
        "day": day,
        "moment": moment,
        **{name: getattr(speech, name) for name in SPOKEN},
    }
