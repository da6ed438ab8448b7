"""Which parts of a mail are its text, and what they say (design §5, Verbatim).

Takes the leaves in their order and gives the text, the HTML, and the parts that are therefore no attachments; all
others are. Characters are `mime/characters`' business, HTML is converted by whoever needs it. It never raises.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailproc.message.mime.characters import characters
from mailproc.message.mime.parts import Leaf

MAX_TEXT_BYTES = 1 << 20  # 200,000 words; a longer text is a document that came without being attached
MAX_ANSWER_BYTES = 6 << 20  # of a text that is read as an answer, if not as a text to publish
MAX_HTML_BYTES = 8 << 20  # pictures written into it count here, and are not read


@dataclass(frozen=True, slots=True)
class Words:
    """The text taken: of which leaves, in which shape."""

    text: str
    source: str  # "body", "html" or "none"
    html: str | None  # the HTML itself, where the mail has one
    taken: frozenset[str]  # parts that are not attachments
    too_long: str | None  # the part that would have been the text
    defects: tuple[str, ...]
    long_text: str | None = None  # what that part says, for an answer that quotes much; nothing publishes it
    long_html: str | None = None  # the HTML beside it
    charset: str | None = None  # that the text is in
    guess: str = ""  # the same where it was guessed
    joins: int = 0  # line ends of the author's program that were taken out


def words_of(found: list[Leaf]) -> Words:
    """The first text of the top mail that is not an attachment; HTML only where there is no other (design §5)."""
    own = [leaf for place, leaf in enumerate(found) if _may_be_body(leaf, place)]
    if not own:
        return Words("", "none", None, frozenset(), None, ())
    first = next((leaf for leaf in own if not leaf.is_html and _stands_for(leaf, own[0])), own[0])
    pages = [leaf for leaf in own if leaf.is_html and (leaf is first or _stands_for(leaf, first))]
    if not pages and not first.is_html:
        pages = [leaf for leaf in own if leaf.is_html][:1]
    html, html_defects, read_as = _html(pages)
    alternatives = {leaf.part for leaf in own if leaf is not first and leaf.is_html and _stands_for(leaf, first)}
    taken = frozenset({first.part} | alternatives)
    if first.is_html:
        return Words("", "html", html, taken, None, html_defects, charset=read_as[0], guess=read_as[1])
    octets = first.body.read(MAX_TEXT_BYTES + 1)
    if len(octets) > MAX_TEXT_BYTES:
        octets = first.body.read(MAX_ANSWER_BYTES + 1)
        whole = characters(first, octets).text if len(octets) <= MAX_ANSWER_BYTES else None
        return Words("", "none", None, frozenset(alternatives), first.part, ("text-too-long",), whole, html)
    said = characters(first, octets)
    if not said.text.strip() and alternatives:
        return Words("", "html", html, taken, None, html_defects, charset=read_as[0], guess=read_as[1])
    both = said.defects + html_defects
    read_as, joins = (said.charset, said.guess), said.joins
    return Words(said.text, "body", html, taken, None, both, charset=read_as[0], guess=read_as[1], joins=joins)


def _may_be_body(leaf: Leaf, place: int) -> bool:
    if leaf.within is not None or leaf.disposition == "attachment":
        return False
    if leaf.part == "1" and place == 0 and leaf.declared_type.startswith("text/"):
        return True
    return leaf.is_text and (place == 0 or not leaf.named_by_disposition)


def _stands_for(leaf: Leaf, other: Leaf) -> bool:
    """Whether two parts are alternatives: the same words, once as text and once as HTML (RFC 2046 §5.1.4)."""
    return leaf is other or (leaf.alternative is not None and leaf.alternative == other.alternative)


def _html(pages: list[Leaf]) -> tuple[str | None, tuple[str, ...], tuple[str | None, str]]:
    """The HTML, slugs of what was wrong with it, and its charset: as read, and where it was guessed."""
    if not pages:
        return None, (), (None, "")
    read_parts = [characters(page, page.body.read(MAX_HTML_BYTES // len(pages))) for page in pages]
    guess = next((each.guess for each in read_parts if each.guess), "")
    slugs = tuple(slug for each in read_parts for slug in each.defects)
    return "\n".join(each.text for each in read_parts), slugs, (read_parts[0].charset, guess)
