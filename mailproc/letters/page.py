"""The layout of a letter: one source, laid out as plain text of 72 columns and as HTML with the same words.

The source is what a template gives: one paragraph or sentence a line, and seven marks at the head of a
line: `## ` a heading, `- ` a list item, `| ` a line of somebody's text, `~ ` a fact about an item, `@ ` mailto
links and `! ` a picture in small (both in HTML only), `====` the end of the items. Headings and `| ` lines are never
wrapped, so that no word of a stranger comes to stand alone on a line; and no line begins with a word in quotation
marks, which would read as a command of ours. In HTML somebody's text stands beside a line on its left, its prose as
wide as the window. Elements are named here by class; how these look is `templates/letter.css`.
It knows no letter and no item, loads nothing, and escapes everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from markupsafe import Markup

from mailproc.kinds import reference
from mailproc.letters import prose
from mailproc.letters.filters import HELD

WIDTH = 72  # columns of a text line (RFC 5322 §2.1.1 asks for 78 at most; quoting costs two each time)
HEADING, ITEM, BAR, FACT, LINKS, FIGURES, RULE = "## ", "- ", "| ", "~ ", "@ ", "! ", "===="

_BLANKS = re.compile(r"^ +| {2,}")
_QUOTED = re.compile(r'\S* ?"[^"\n]{1,40}"')  # a word that works, with the word before it: it never begins a line


def wrapped(source: str) -> str:
    """The source as plain text: no line over 72 columns but headings, `| ` lines and unbreakable words."""
    words = "\n".join(line for line in source.split("\n") if not line.startswith((LINKS, FIGURES)))
    lines = [line for given in _lines(words) for line in _fill(given)]
    return "\n".join(lines).replace(HELD, " ") + "\n"


def as_html(source: str) -> Markup:
    """The source as HTML blocks: headings, real lists, paragraphs; a line of ours is a line here too."""
    blocks = []
    for mark, lines in groupby(_lines(source), _mark):
        if mark:
            blocks.append(_WRITERS[mark](list(lines)))
    return Markup("\n").join(blocks).replace(HELD, " ")


def links_line(links: Iterable[tuple[str, str]]) -> str:
    """The source line for some links: (words, mailto URI) each."""
    return LINKS + "\t".join(f"{words}\t{target}" for words, target in links)


def _links(lines: list[str]) -> Markup:
    """All links of a line on one line, each with words that say what it does."""
    fields = lines[0][len(LINKS) :].split("\t")
    anchor = Markup('<a class="tap" href="{}">{}</a>')
    pairs = zip(fields[::2], fields[1::2], strict=True)
    anchors = Markup("\n").join(  # a line each, within the 998 octets of RFC 5322 §2.1.1
        anchor.format(target, words) for words, target in pairs if target.startswith("mailto:")
    )
    return Markup('<p class="taps">{}</p>').format(anchors)


def figure_line(content_id: str, width: int, height: int, words: str) -> str:
    """The source line for a picture that comes with the letter; `words` say what it is to those who do not see it."""
    return f"{FIGURES}{content_id}\t{width}\t{height}\t{words}"


def _figures(lines: list[str]) -> Markup:
    """Pictures side by side, as many as there is room for; lines without one are words below them."""
    image = Markup('<img class="figure" src="cid:{}" width="{}" height="{}" alt="{}">')
    given = [line[len(FIGURES) :].split("\t") for line in lines]
    images = [image.format(*fields) for fields in given if len(fields) > 1]
    below = [Markup("<br>") + _whole(fields[0]) for fields in given if len(fields) == 1]
    return Markup('<p class="facts">{}</p>').format(Markup("\n").join([*images, *below]))


def _theirs(lines: Iterable[str]) -> Markup:
    """Somebody's text, a line on its left: prose flows, and what its author broke stays broken."""
    text = prose.whole([line[len(BAR) :] for line in lines])
    inner = Markup("\n").join(map(_their_paragraph, prose.paragraphs(text)))
    return Markup('<div class="theirs" role="blockquote">\n{}\n</div>').format(inner)


def _their_paragraph(lines: Iterable[str]) -> Markup:
    """A line of verse hangs where it is folded; blanks keep their number, as columns have them."""
    shown = [_BLANKS.sub(_kept, line) for line in lines]
    line = Markup('<span class="line">{}</span>')
    inner = Markup("<br>\n").join(map(line.format, shown)) if len(shown) > 1 else shown[0]
    return Markup('<p dir="auto">{}</p>').format(inner)


def _kept(blanks: re.Match[str]) -> str:
    """Blanks that HTML does not make one."""
    last = " " if blanks.start() else "\u00a0"
    return "\u00a0" * (len(blanks[0]) - 1) + last


def _lines(source: str) -> Iterator[str]:
    """The source's lines: outer blank lines dropped, blank lines in a row made one, headings with one before."""
    blank = True
    for line in source.strip("\n").split("\n"):
        shown = line if line.startswith(BAR) else line.rstrip()
        if not blank and (not shown or shown.startswith((HEADING, RULE))):
            yield ""
        blank = not shown
        if shown:
            yield shown
            if shown.startswith((HEADING, RULE)):
                yield ""
                blank = True


def _fill(line: str) -> list[str]:
    if line.startswith(HEADING):
        return [line[len(HEADING) :]]
    line = line.removeprefix(FACT)
    if line.startswith(BAR):
        return [BAR + prose.unmarked(line[len(BAR) :])]
    if len(line) <= WIDTH:
        return [line]
    margin = "  " if line.startswith(ITEM) else ""
    filled = [""]
    for word in _QUOTED.sub(lambda found: found[0].replace(" ", HELD), line).split(" "):
        if len(filled[-1]) + 1 + len(word) > WIDTH and filled[-1].strip() not in {"", ITEM.strip()}:
            filled.append(margin + word)
        else:
            filled[-1] = f"{filled[-1]} {word}" if filled[-1] else word
    return filled


def _mark(line: str) -> str:
    if not line:
        return ""
    return next((mark for mark in _WRITERS if mark != "p" and line.startswith(mark)), "p")


def _paragraph(lines: list[str]) -> Markup:
    return Markup("<p>{}</p>").format(Markup("<br>\n").join(map(_whole, lines)))


def _facts(lines: list[str]) -> Markup:
    """Facts in smaller letters, each a line of its own that hangs where it is folded."""
    fact = Markup('<span class="fact">{}</span>')
    spans = Markup("<br>\n").join(fact.format(_whole(line[len(FACT) :])) for line in lines)
    return Markup('<p class="facts">{}</p>').format(spans)


def _heading(lines: list[str]) -> Markup:
    """A heading; one in three parts, two blanks between them, is the head of an item: reference, kind, title."""
    words = lines[0][len(HEADING) :]
    if words.count("  ") < 2:  # noqa: PLR2004 - three parts
        return Markup("<h2>{}</h2>").format(words)
    shown = Markup('<h2 class="head">{}&nbsp; <span class="kind">{}</span>&nbsp; {}</h2>')
    return shown.format(*words.split("  ", 2))


def _list(lines: list[str]) -> Markup:
    item = Markup("<li>{}</li>")
    items = Markup("\n").join(item.format(_whole(line[len(ITEM) :])) for line in lines)
    return Markup("<ul>\n{}\n</ul>").format(items)


def _whole(line: str) -> Markup:
    """A line of ours with its references kept whole."""
    shown = Markup('<span class="ref">{}</span>')
    pieces = enumerate(reference.apart(line))
    return Markup().join(shown.format(piece) if n % 2 else piece for n, piece in pieces)


def _rules(lines: list[str]) -> Markup:
    """The line of `=` that ends the items; it says nothing to those who listen."""
    return Markup('<p class="rule" aria-hidden="true">{}</p>').format(lines[0])


_WRITERS = {
    HEADING: _heading,
    ITEM: _list,
    BAR: _theirs,
    FACT: _facts,
    LINKS: _links,
    FIGURES: _figures,
    RULE: _rules,
    "p": _paragraph,
}
