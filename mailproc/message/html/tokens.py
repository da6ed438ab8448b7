"""HTML as tokens: words, start tags, end tags, and what stands in style elements; in linear time for any input.

Possessive patterns, since the standard `HTMLParser` (3.11.7) needs 17 s for 40 KB of `<a <a <a`. Comments, declarations
and the content of raw elements are passed over. Where a browser may read on otherwise than we do, the token `odd` says
so. It never fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

TEXT, START, END, CSS, ODD = "text", "start", "end", "css", "odd"
Token = tuple[str, str, str]  # kind; words, tag name or text of a style element; attributes

_TAG = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-zA-Z][^\s/>]*+)(?P<attributes>(?:[^<>"'=]++|=\s*+(?:"[^"]*+"|'[^']*+')|[="'])*+)"""
)
_ATTRIBUTE = re.compile(r"""([^\s=/>"']++)\s*+(?:=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>]*+)))?""")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
# WHATWG HTML §13.2.5.2 ff.; noscript as in a browser that runs scripts, since no mail means what stands in there
_RAW_END = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE)
    for name in ("script", "style", "title", "textarea", "iframe", "noembed", "noframes", "noscript")
}
_ODD_TAGS = frozenset(("plaintext", "xmp", "frameset"))  # after these a browser reads no HTML, or shows none


def tokens(html: str) -> Iterator[Token]:
    """All tokens, in order."""
    at = 0
    while (start := html.find("<", at)) != -1:
        if start > at:
            yield TEXT, html[at:start], ""
        tag = _TAG.match(html, start)
        if tag is not None and html.startswith(">", tag.end()):
            at = tag.end() + 1
            name, attributes = tag["name"].lower(), tag["attributes"]
            if name in _ODD_TAGS or (("'" in attributes or '"' in attributes) and _is_odd(attributes)):
                yield ODD, "", ""
            yield (END if tag["end"] else START), name, attributes
            if name in _RAW_END and not tag["end"]:
                begin, at = at, _after_raw(html, name, at)
                if name == "style":
                    yield CSS, html[begin:at], attributes
                elif name == "script" and "<!--" in html[begin:at]:
                    yield ODD, "", ""
        elif tag is not None:  # "if a <b then": words, and what was looked at is not looked at again
            yield ODD, "", ""
            yield TEXT, tag[0], ""
            at = tag.end()
        elif html.startswith(("!", "?", "/"), start + 1):
            at = _after_declaration(html, start)
        else:
            yield TEXT, "<", ""
            at = start + 1
    yield TEXT, html[at:], ""


def values_of(attributes: str) -> dict[str, str]:
    """The attributes of a tag, by their names in lower case; of two of a name the first counts."""
    values: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(attributes):
        value = found[2] or found[3] or found[4] or ""
        values.setdefault(found[1].lower(), unescape(value) if "&" in value else value)
    return values


def _is_odd(attributes: str) -> bool:
    """Whether a quotation mark stands where no value begins or ends: a browser may go on with the tag far below."""
    rest = _QUOTED.sub("=", attributes)
    return "'" in rest or '"' in rest


def _after_raw(html: str, name: str, at: int) -> int:
    """Where the content of a raw element ends."""
    end = _RAW_END[name].search(html, at)
    return end.start() if end else len(html)


def _after_declaration(html: str, start: int) -> int:
    if html.startswith("<!--", start):
        end = html.find("-->", start + 2)
        return end + 3 if end != -1 else len(html)
    end = html.find(">", start)
    return end + 1 if end != -1 else len(html)
