"""Which parts of a mail are its text, and what they say (design §5, Verbatim).

The text is all that its author wrote: each unnamed text part of the mail itself, in order; of alternatives the plain
one, unless it is blank (`places`). What a list server or a gateway put before or behind it is none (`aside`), nor is an
HTML part that says the same once more, nor a file that stands in the text (`uuencode`). What is not the text is an
attachment: nothing is lost. It never raises.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from mailproc.message.mime.parts import Leaf
from mailproc.message.model import DIFFERS, PROGRAM, Beside
from mailproc.message.text.aside import is_of_programs, says_again, says_otherwise
from mailproc.message.text.beside import beside_of
from mailproc.message.text.pages import Page, joined
from mailproc.message.text.places import Place, arranged, texts_in
from mailproc.message.text.said import MAX_TEXT_BYTES, AllSaid, Said, all_said
from mailproc.message.text.uuencode import File

MAX_TEXTS = 40  # parts that may be the text; more are attachments
BOTH = "both"


@dataclass(frozen=True, slots=True)
class Words:
    """The text taken: of which leaves, in which shape."""

    text: str = ""
    source: str = "none"  # "body", "html", "both" or "none"
    taken: frozenset[str] = frozenset()  # parts that are no attachments
    pages: tuple[Page, ...] = ()  # the HTML of it, also where it is said in plain text beside
    plain: str | None = None  # of a text from both: what its plain parts say
    too_long: str | None = None  # the part that would have been the text
    defects: tuple[str, ...] = ()
    long_text: str | None = None  # all that plain parts say where some are too long, for an answer that quotes much
    long_pages: tuple[Page, ...] = ()  # the HTML beside it
    files: tuple[tuple[Leaf, File], ...] = ()  # that stood in the text, and in which part
    charset: str | None = None  # that the text is in
    guess: str = ""  # the same where it was guessed
    aside: tuple[tuple[str, str], ...] = ()  # parts not taken that are not their author's, or say something else
    joins: int = 0  # line ends of the author's program that were taken out
    beside: tuple[Beside, ...] = ()  # what named parts say


def words_of(found: Sequence[Leaf], *, listed: bool = False) -> Words:
    """The text of the mail itself; `listed`: its header says that a list server passed it on."""
    own = texts_in(found)
    if not own:
        return Words(beside=beside_of(found, own, "", listed=listed))
    said = all_said(own[:MAX_TEXTS])
    places = arranged(own[:MAX_TEXTS], said)
    texts = [said[leaf.part] for place in places for leaf in place.texts]
    worded = [each for each in texts if not each.is_blank]
    aside = _aside(worded, listed=listed)
    again = _again([each for each in worded if each not in aside])
    kept = [each for each in worded if each not in aside and each not in again]
    long = _too_long(kept)
    shown = [place for place in places if any(said[leaf.part] not in aside for leaf in place.texts)]
    contrary = {leaf.part for place in shown for leaf in _contrary(place, said)}
    words = _taken(kept or texts[:1], long, shown, said, contrary)
    blank = {each.leaf.part for each in texts if each.is_blank}
    gone = {each.leaf.part for each in (*aside, *again, *long)}
    slugs = (
        ("text-too-long",) * bool(long) + ("part-aside",) * bool(aside) + ("too-many-texts",) * (len(own) > MAX_TEXTS)
    )
    taken = (words.taken | blank) - gone
    apart = {each.leaf.part: PROGRAM for each in aside}
    apart |= dict.fromkeys(sorted(contrary - taken), DIFFERS)
    beside = beside_of(found, own, joined(each.text for each in texts), listed=listed)
    return replace(words, taken=taken, aside=tuple(apart.items()), defects=(*slugs, *words.defects), beside=beside)


def _aside(worded: Sequence[Said], *, listed: bool) -> list[Said]:
    """The parts at either end that a program wrote; something is left in any case."""
    found: list[Said] = []
    for some in (worded, worded[::-1]):
        for each in some:
            if len(found) + 1 >= len(worded) or not is_of_programs(each.text, listed=listed, first=some is worded):
                break
            found.append(each)
    return found


def _again(worded: Sequence[Said]) -> list[Said]:
    """The parts that say what was said before, once more in the other shape: a page beside its text."""
    found: list[Said] = []
    for n, each in enumerate(worded[1:], start=1):
        before = [other for other in worded[:n] if other not in found]
        if any((each.page is None) != (other.page is None) for other in before) and says_again(
            each.text, joined(other.text for other in before)
        ):
            found.append(each)
    return found


def _too_long(kept: Sequence[Said]) -> list[Said]:
    """The plain parts that are too long to be a text, or all where only together they are."""
    plain = [each for each in kept if each.page is None]
    long = [each for each in plain if each.size > MAX_TEXT_BYTES or each.is_beyond]
    left = sum(each.size for each in plain if each not in long)
    return plain if left > MAX_TEXT_BYTES else long


def _taken(
    kept: Sequence[Said], long: Sequence[Said], shown: Sequence[Place], said: AllSaid, contrary: Collection[str]
) -> Words:
    """The words of the parts that are kept, and the HTML beside them."""
    texts = [each for each in kept if each not in long]
    gone = {each.leaf.part for each in long}
    places = [place for place in shown if gone.isdisjoint(leaf.part for leaf in place.texts)]
    pages = _pages(places, said)
    words = _spoken(texts, pages)
    taken = frozenset(leaf.part for place in shown for leaf in _needless(place, said, contrary)) - {
        each.leaf.part for each in pages if each.page and each.page.cut and words.source != "body"
    }
    words = replace(words, taken=taken, pages=tuple(each.page for each in pages if each.page))
    if not long:
        return words
    read = not any(each.is_beyond for each in kept)
    plain = joined(each.text for each in kept if each.page is None) if read else None
    beside = tuple(each.page for each in _pages(shown, said) if each.page)
    longest = max(long, key=lambda each: each.size)
    return replace(words, too_long=longest.leaf.part, long_text=plain, long_pages=beside)


def _pages(places: Iterable[Place], said: AllSaid) -> list[Said]:
    return [said[leaf.part] for place in places for leaf in place.pages]


def _needless(place: Place, said: AllSaid, contrary: Collection[str]) -> Iterable[Leaf]:
    """The parts of a place that need not be kept beside its text: itself, and other ways to say the same."""
    yield from place.texts
    yield from (leaf for leaf in place.pages if leaf not in place.others and leaf.part not in contrary)
    words = "".join("".join(said[leaf.part].text for leaf in place.texts).split())
    yield from (
        leaf for leaf in place.others if said[leaf.part].is_blank or "".join(said[leaf.part].text.split()) == words
    )


def _contrary(place: Place, said: AllSaid) -> Iterable[Leaf]:
    """The HTML of a place that mostly says what its text does not."""
    words = joined(said[leaf.part].text for leaf in place.texts)
    yield from (
        leaf
        for leaf in place.pages
        if leaf not in (*place.texts, *place.others) and says_otherwise(said[leaf.part].text, words)
    )


def _spoken(texts: Sequence[Said], pages: Sequence[Said]) -> Words:
    """The words of these parts, one below the other."""
    if not texts:
        return Words(defects=_slugs(pages))
    kinds = {each.page is None for each in texts}
    source = BOTH if len(kinds) > 1 else "body" if kinds == {True} else "html"
    if source == "body" and texts[0].is_blank and pages:
        source = "html"
    plain = joined(each.text for each in texts if each.page is None)
    return Words(
        text="" if source == "html" and texts[0].page is None else joined(each.text for each in texts),
        source=source,
        plain=plain if source == BOTH else None,
        defects=_slugs((*texts, *pages)),
        files=tuple((each.leaf, file) for each in texts for file in each.files),
        charset=texts[0].characters.charset,
        guess=next((each.characters.guess for each in (*texts, *pages) if each.characters.guess), ""),
        joins=sum(each.characters.joins for each in texts),
    )


def _slugs(some: Iterable[Said]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slug for each in some for slug in each.defects))
