"""The layout of a letter: one source, laid out as plain text of 72 columns and as HTML with the same lines.

The source is what a template gives: one paragraph or sentence a line, and seven marks at the head of a
line: `## ` a heading, `- ` a list item, `| ` a line of somebody's text, `~ ` a fact about an item, `@ ` mailto
links and `! ` a picture in small (both in HTML only), `====` the end of the items. Headings and `| ` lines are never
wrapped, so that no word of a stranger comes to stand alone on a line; and no line begins with a word in quotation
marks, which would read as a command of ours.
It knows no letter and no item, loads nothing, and escapes everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from markupsafe import Markup

from mailproc.kinds import reference
from mailproc.letters.filters import HELD

WIDTH = 72  # columns of a text line (RFC 5322 §2.1.1 asks for 78 at most; quoting costs two each time)
HEADING, ITEM, BAR, FACT, LINKS, FIGURES, RULE = "## ", "- ", "| ", "~ ", "@ ", "! ", "===="

_QUOTED = re.compile(r'\S* ?"[^"\n]{1,40}"')  # a word that works, with the word before it: it never begins a line

STYLE: Mapping[str, str] = {
    "body": "margin:0;padding:0;background:#ffffff;color:#1c1c1c",
    "main": "max-width:40em;margin:0 auto;padding:20px 16px 32px;overflow-wrap:anywhere;text-align:left;"
    "font-family:Georgia,Cambria,serif;font-size:17px;line-height:1.5;color:#1c1c1c;background:#ffffff",
    "mast": "margin:0 0 20px;padding:0 0 8px;border-bottom:3px solid #14425c;font-size:15px;line-height:1.4;"
    "font-weight:bold;color:#14425c",
    "h2": "margin:32px 0 8px;font-size:20px;line-height:1.3;color:#14425c",
    "head": "margin:36px 0 8px;padding:14px 0 0;border-top:2px solid #14425c;font-size:20px;line-height:1.3;"
    "color:#14425c",
    "kind": "font-weight:normal",
    "ref": "white-space:nowrap",  # browsers break a line at its hyphen
    "p": "margin:0 0 14px",
    "facts": "margin:0 0 14px;font-size:16px;color:#40464c",
    "fact": "display:inline-block;padding-left:16px;text-indent:-16px",  # a fact over two lines is seen to be one
    "ul": "margin:0 0 14px;padding:0 0 0 22px",
    "li": "margin:0 0 4px",
    "figure": "display:inline-block;vertical-align:top;margin:0 8px 8px 0;max-width:100%;height:auto;"
    "border:1px solid #8c8c84;background:#ffffff;color:#1c1c1c;font-size:15px;line-height:1.3",
    "bars": "margin:0 0 14px;padding:10px 12px 10px 26px;text-indent:-14px;background:#f5f3ee",
    "bar": "white-space:pre-wrap",  # verse and columns stand as they were written
    "links": "margin:0 0 14px;font-size:16px;line-height:3.5",  # rows of them 56 pixels apart: a finger finds one
    "link": "display:inline;margin-right:6px;padding:13px 10px;border:1px solid #14425c;border-radius:5px;"
    "color:#14425c;background:#ffffff;text-decoration:none;white-space:nowrap",
    "rule": "margin:32px 0 0;font-size:12px;color:#767676",
}


def wrapped(source: str) -> str:
    """The source as plain text: no line over 72 columns but headings, `| ` lines and unbreakable words."""
    words = "\n".join(line for line in source.split("\n") if not line.startswith((LINKS, FIGURES)))
    lines = [line for given in _lines(words) for line in _fill(given)]
    return "\n".join(lines).replace(HELD, " ") + "\n"


def as_html(source: str) -> Markup:
    """The source as HTML blocks: headings, real lists, paragraphs; a line of the text is a line here too."""
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
    anchor = Markup('<a style="{}" href="{}">{}</a>')
    pairs = zip(fields[::2], fields[1::2], strict=True)
    anchors = Markup("\n").join(  # a line each, within the 998 octets of RFC 5322 §2.1.1
        anchor.format(STYLE["link"], target, words) for words, target in pairs if target.startswith("mailto:")
    )
    return Markup('<p style="{}">{}</p>').format(STYLE["links"], anchors)


def figure_line(content_id: str, width: int, height: int, words: str) -> str:
    """The source line for a picture that comes with the letter; `words` say what it is to those who do not see it."""
    return f"{FIGURES}{content_id}\t{width}\t{height}\t{words}"


def _figures(lines: list[str]) -> Markup:
    """Pictures side by side, as many as there is room for; lines without one are words below them."""
    image = Markup('<img style="{}" src="cid:{}" width="{}" height="{}" alt="{}">')
    given = [line[len(FIGURES) :].split("\t") for line in lines]
    images = [image.format(STYLE["figure"], *fields) for fields in given if len(fields) > 1]
    below = [Markup("<br>") + _whole(fields[0]) for fields in given if len(fields) == 1]
    return Markup('<p style="{}">{}</p>').format(STYLE["facts"], Markup("\n").join([*images, *below]))


def _bars(lines: Iterable[str]) -> Markup:
    """Lines that begin with `| `, each a line of its own in every client."""
    row = Markup('<div dir="auto" style="{}">{}</div>')
    inner = Markup("\n").join(row.format(STYLE["bar"], line) for line in lines)
    return Markup('<div style="{}">\n{}\n</div>').format(STYLE["bars"], inner)


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
    if len(line) <= WIDTH or line.startswith(BAR):
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
    return Markup('<p style="{}">{}</p>').format(STYLE["p"], Markup("<br>\n").join(map(_whole, lines)))


def _facts(lines: list[str]) -> Markup:
    """Facts in smaller letters, each a line of its own that hangs where it is folded."""
    fact = Markup('<span style="{}">{}</span>')
    spans = Markup("<br>\n").join(fact.format(STYLE["fact"], _whole(line[len(FACT) :])) for line in lines)
    return Markup('<p style="{}">{}</p>').format(STYLE["facts"], spans)


def _heading(lines: list[str]) -> Markup:
    """A heading; one in three parts, two blanks between them, is the head of an item: reference, kind, title."""
    words = lines[0][len(HEADING) :]
    if words.count("  ") < 2:  # noqa: PLR2004 - three parts
        return Markup('<h2 style="{}">{}</h2>').format(STYLE["h2"], words)
    shown = Markup('<h2 style="{}">{}&nbsp; <span style="{}">{}</span>&nbsp; {}</h2>')
    ref, kind, title = words.split("  ", 2)
    return shown.format(STYLE["head"], ref, STYLE["kind"], kind, title)


def _list(lines: list[str]) -> Markup:
    item = Markup('<li style="{}">{}</li>')
    items = Markup("\n").join(item.format(STYLE["li"], _whole(line[len(ITEM) :])) for line in lines)
    return Markup('<ul style="{}">\n{}\n</ul>').format(STYLE["ul"], items)


def _whole(line: str) -> Markup:
    """A line of ours with its references kept whole."""
    shown = Markup('<span style="{}">{}</span>')
    pieces = enumerate(reference.apart(line))
    return Markup().join(shown.format(STYLE["ref"], piece) if n % 2 else piece for n, piece in pieces)


def _rules(lines: list[str]) -> Markup:
    """The line of `=` that ends the items; it says nothing to those who listen."""
    return Markup('<p style="{}" aria-hidden="true">{}</p>').format(STYLE["rule"], lines[0])


_WRITERS = {
    HEADING: _heading,
    ITEM: _list,
    BAR: _bars,
    FACT: _facts,
    LINKS: _links,
    FIGURES: _figures,
    RULE: _rules,
    "p": _paragraph,
}
