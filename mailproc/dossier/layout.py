"""How a group file is laid out: its pieces under the house's headings, in the house's order or as members' lines say.

Order and headings may change, and no word of a contributor: a text is whole, whatever the lines name stands once, and
what they do not name follows in the house's order. A section of the house is a need of the file; behind those stand
parts of a whole file under headings of their own, then what counts as nothing, by its form, and the organisation's
reply. Pure, and never fails.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailproc.dossier import order, wording
from mailproc.dossier.order import Order, Titles
from mailproc.dossier.page import LEAD, OWN, REPLY, Block, Page, Section
from mailproc.workflow.group import FORMS, Piece

_FORMS = {form: place for place, form in enumerate(FORMS)}
_BEHIND = ("picture", "document", "link", "text", "other", REPLY)  # sections behind those of needs


@dataclass(frozen=True, slots=True)
class Shown:
    """A piece, with what a page says of it beside."""

    piece: Piece
    by: str = ""  # its contributor's display name; what looks like an address is left out
    text: str = ""  # of a text: its words
    on: date | None = None
    language: str = ""  # of its words; "" not known
    reply: bool = False  # it is the organisation's own word on the file


@dataclass(frozen=True, slots=True)
class _Placed:
    """A block, and the slug of the section in which the house has it."""

    block: Block
    slug: str


def lay_out(
    name: str,
    needs: Titles,
    pieces: Sequence[Shown],
    lines: Sequence[str] = (),
    *,
    aliases: Sequence[str] = (),
    language: str = "en",
) -> Page:
    """The file of a group as a page; `needs` are (slug, heading) in the house's order, pieces as they came."""
    placed = _placed(needs, pieces, language)
    sections = _merged(_asked(placed, _order(needs, placed, lines)), _by_house(needs, placed))
    shown = (wording.shown_name(each.by) for each in pieces)
    return Page(
        title=wording.line(name),
        aliases=tuple(map(wording.line, aliases)),
        sections=tuple(_finished(section, n) for n, section in enumerate(sections, start=1)),
        contributors=tuple(dict.fromkeys(filter(None, shown))),
        language=language,
        on=max((each.on for each in pieces if each.on), default=None),
    )


def misread(needs: Titles, pieces: Sequence[Shown], lines: Sequence[str]) -> tuple[str, ...]:
    """The lines of a layout that name what is not there."""
    return _order(needs, _placed(needs, pieces, ""), lines).misread


def outline(page: Page, words: Mapping[str, str]) -> tuple[str, ...]:
    """The page's order as lines that ask for it: "History: F-124, F-126/2"; `words` are the house's for slugs."""
    return tuple(_outlined(section, words) for section in page.sections)


def _outlined(section: Section, words: Mapping[str, str]) -> str:
    heading = section.heading or words.get(section.slug, section.slug)
    labels: list[str] = []
    for block in section.blocks:
        of_it = [each for each in section.blocks if each.ref == block.ref]
        labels.append(block.ref if len(of_it) == block.of else block.label)
    listed = ", ".join(dict.fromkeys(labels))
    return listed if section.slug == LEAD and not section.heading else f"{heading}: {listed}"


# Where the house has a piece


def _placed(needs: Titles, pieces: Sequence[Shown], language: str) -> list[_Placed]:
    slugs = {slug for slug, _ in needs}
    headed = {each.piece.ref for each in pieces if each.piece.heading}
    many = Counter(each.piece.ref for each in pieces)
    at: Counter[str] = Counter()
    placed = []
    for each in pieces:
        ref = each.piece.ref
        at[ref] += 1
        slug = _slug(each, slugs, leads=ref in headed)
        placed.append(_Placed(_block(each, at[ref], many[ref], language), slug))
    return placed


def _slug(shown: Shown, needs: set[str], *, leads: bool) -> str:
    piece = shown.piece
    if shown.reply:
        return REPLY
    if piece.need in needs:
        return piece.need
    if heading := wording.line(piece.heading):
        return f"{OWN}{heading}"
    return LEAD if leads and piece.form == "text" else piece.form


def _block(shown: Shown, place: int, of: int, language: str) -> Block:
    piece = shown.piece
    caption = wording.line(piece.caption)
    return Block(
        form=piece.form,
        ref=piece.ref,
        place=place,
        of=of,
        sha256=piece.sha256,
        name=wording.line(piece.name),
        heading=wording.line(piece.heading),
        text=shown.text,
        paragraphs=wording.paragraphs(shown.text),
        language=shown.language if shown.language != language else "",
        caption=caption,
        alt=caption or wording.readable(piece.name),
        media_type=piece.media_type,
        size=piece.size,
        href=wording.href(piece.url),
        address=wording.line(piece.url),
        credit=wording.shown_name(piece.credit),
        rights=wording.line(piece.rights),
        source=wording.line(piece.source),
        source_href=wording.href(piece.source),
        by=wording.shown_name(shown.by),
        on=shown.on,
    )


def _titles(needs: Titles, placed: Sequence[_Placed]) -> list[tuple[str, str]]:
    """The house's sections that bear a heading, and those of contributors' own."""
    own = dict.fromkeys(each.slug for each in placed if each.slug.startswith(OWN))
    return [*needs, *((slug, slug.removeprefix(OWN)) for slug in own)]


def _by_house(needs: Titles, placed: Sequence[_Placed]) -> list[Section]:
    """All pieces in the house's order, texts before pictures."""
    sections = []
    for slug, heading in ((LEAD, ""), *_titles(needs, placed), *((slug, "") for slug in _BEHIND)):
        inside = [each.block for each in placed if each.slug == slug]
        inside.sort(key=lambda block: _FORMS.get(block.form, len(_FORMS)))
        sections.append(Section(slug, heading, tuple(inside)))
    return sections


# As lines ask for it


def _order(needs: Titles, placed: Sequence[_Placed], lines: Sequence[str]) -> Order:
    return order.read(lines, [each.block for each in placed], _titles(needs, placed))


def _asked(placed: Sequence[_Placed], wished: Order) -> list[Section]:
    """The sections that the lines ask for; each piece where it is named first."""
    homes = {each.block: each.slug for each in placed}
    left = set(homes)
    sections: list[Section] = []
    for step in wished.steps:
        taken = tuple(block for block in step.blocks if block in left)
        left -= set(taken)
        if step.heading:
            sections.append(Section(step.slug, step.heading, taken))
        else:
            sections += [Section(homes[block], "", (block,)) for block in taken]
    return sections


def _merged(asked: Sequence[Section], house: Sequence[Section]) -> list[Section]:
    """The asked ones, then the house's, each piece once: what is left of a section stands where it was asked for."""
    named = {block for section in asked for block in section.blocks}
    rest = [replace(each, blocks=tuple(b for b in each.blocks if b not in named)) for each in house]
    merged: list[Section] = []
    for section in (*asked, *rest):
        at = next((n for n, other in enumerate(merged) if _same(section, other)), None)
        if at is None:
            merged.append(section)
        else:
            merged[at] = replace(merged[at], blocks=(*merged[at].blocks, *section.blocks))
    titles = {each.slug: each.heading for each in house}
    whole = [replace(each, heading=each.heading or titles.get(each.slug, "")) for each in merged]
    return [section for section in whole if section.blocks]


def _same(one: Section, other: Section) -> bool:
    """Whether two are one section of the house, or bear one heading."""
    if one.slug and one.slug == other.slug:
        return True
    return bool(one.heading) and one.heading.casefold() == other.heading.casefold()


def _finished(section: Section, place: int) -> Section:
    heading = wording.line(section.heading)
    texts = sum(block.form == "text" for block in section.blocks)
    blocks = tuple(_headed(block, heading, section.slug, alone=texts == 1) for block in section.blocks)
    return replace(section, heading=heading[:1].upper() + heading[1:], blocks=blocks, place=place)


def _headed(block: Block, above: str, slug: str, *, alone: bool) -> Block:
    """A text among others has its own heading, or its title; none says again what stands above it.

    What stands above all headings has none: it would be one below nothing.
    """
    heading = (
        "" if not above and slug == LEAD else block.heading or ("" if alone or block.form != "text" else block.name)
    )
    return replace(block, heading="" if heading.casefold() == above.casefold() else heading)
