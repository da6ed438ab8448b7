"""The forms that words take on their way: as typed, broken around a command, doubled, wrapped; and as HTML.

Words are lines; a command in them stands between `OPEN` and `CLOSE`, so that a form can break a line just there, which
is where chance breaks it sooner or later.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable

OPEN, CLOSE = "\x02", "\x03"

Form = Callable[[str], str]


def plain(words: str) -> str:
    """Without the marks around commands."""
    return words.replace(OPEN, "").replace(CLOSE, "")


def torn(words: str) -> str:
    """Each command that stands between blanks alone on its line."""
    return plain(
        re.sub(rf"(?m)(?<=\S) {OPEN}|^{OPEN}", f"\n{OPEN}", re.sub(rf"{CLOSE} (?=\S)", f"{CLOSE}\n", words))
    ).lstrip("\n")


def doubled(words: str) -> str:
    """A blank line after each line, as gateways do."""
    return plain(words).replace("\n", "\n\n")


def torn_and_doubled(words: str) -> str:
    """Both."""
    return doubled(torn(words))


def _wrapped(width: int) -> Form:
    def form(words: str) -> str:
        return "\n".join("\n".join(textwrap.wrap(line, width)) for line in plain(words).split("\n"))

    form.__doc__ = f"Wrapped at {width}."
    form.__name__ = f"wrapped_{width}"
    return form


FORMS: tuple[Form, ...] = (
    *(plain, torn, torn_and_doubled, doubled, torn, torn_and_doubled),
    *(_wrapped(72), _wrapped(60), _wrapped(26)),
)
WHOLE: tuple[Form, ...] = (plain, plain, plain, doubled)  # for words whose lines mean something


# As HTML


def _elements(tag: str, inner: str = "{}", empty: str = "<br>") -> Form:
    def form(words: str) -> str:
        lines = (html.escape(line.strip("\n")).replace("\t", "&nbsp; &nbsp; ") for line in words.split("\n"))
        return "".join(f"<{tag}>{inner.format(line) if line else empty}</{tag.split(maxsplit=1)[0]}>" for line in lines)

    form.__doc__ = f"Each line in a <{tag}>."
    return form


def broken(words: str) -> str:
    """Lines divided by <br>."""
    return "<div>" + html.escape(words).replace("\n", "<br>\n") + "</div>"


def paragraphs(words: str) -> str:
    """A <p> for each paragraph, <br> between its lines."""
    return "".join(
        f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in re.split(r"\n{2,}", words) if part.strip()
    )


def paragraph_a_line(words: str) -> str:
    """A <p> for each line, and none for what is blank."""
    return "".join(f"<p>{html.escape(line)}</p>\n" for line in words.split("\n") if line.strip())


MARKUPS: tuple[Form, ...] = (
    _elements("div"),
    _elements('div dir="ltr"'),
    _elements('p class="MsoNormal"', "{}<o:p></o:p>", "<o:p>&nbsp;</o:p>"),
    broken,
    paragraphs,
    paragraph_a_line,
    _elements("div", '<span style="font-size:12pt">{}</span>'),
)
