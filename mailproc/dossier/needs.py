"""What a file needs, and as what a piece counts.

`rules/groups.toml` says both: a `[[need]]` has a slug, how it is called, the forms of pieces that may meet it and the
words by which such a piece is known; a group's `needs` name slugs, or say in free words what is looked for ("a
photograph of the office"). Free words are a need of their own: its forms and signs are those of the need whose signs
stand first in them, its own longer words are signs too, and where they hold no sign it is met by whatever is said to
meet it (`counts`), or by any piece in which its own words stand.

A piece counts as one need: among those whose forms fit, the one with most signs in what is said of the piece (its
name, caption, label, the title and words of a text); of equals the one that its type speaks for, then the first.
Members may say otherwise (`counts F-124 history`), and that stands. Values only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailproc.dossier.label import LABELS
from mailproc.sorting.words import find, fold
from mailproc.workflow.group import FORMS, Group, Piece

_LONG_WORD = 4  # letters from which on a word of a need's own is a sign
_NOTHING = frozenset(fold(word) for rows in LABELS.nothing.values() for word in rows)
_AND = tuple(sorted({re.escape(word) for rows in LABELS.numbers.values() for word in rows[:1]}))
_JOINTS = re.compile(r"[\W_]+|(?<=[^\W\d])(?=\d)")
_SIGNS_READ = 2_000  # characters of what is said of a piece


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a file needs."""

    slug: str
    called: str  # as people read it in a sentence: "photographs"
    forms: tuple[str, ...] = ()  # of pieces that may meet it; () any
    signs: tuple[str, ...] = ()  # words by which a piece is known to
    types: tuple[str, ...] = ()  # media types that speak for it, where several needs fit
    title: str = ""  # what stands above the pieces that meet it; "" as it is called

    @property
    def heading(self) -> str:
        """What stands above the pieces that meet it."""
        return self.title or self.called[:1].upper() + self.called[1:]


@dataclass(frozen=True, slots=True)
class Standing:
    """What of its needs a file has, and what it lacks, each in the group's order."""

    has: tuple[Need, ...] = ()
    missing: tuple[Need, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()  # (slug, pieces that count as it)
    more: int = 0  # pieces that count as nothing that the file needs

    @property
    def complete(self) -> bool:
        """It needs something, and has all of it."""
        return bool(self.has) and not self.missing

    def pieces(self, need: Need) -> int:
        """How many count as it."""
        return dict(self.counts).get(need.slug, 0)


def needs_of(group: Group, known: Sequence[Need]) -> tuple[Need, ...]:
    """What the file of a group needs, each once, in its order."""
    found: dict[str, Need] = {}
    for words in group.needs:
        need = _need(words, known)
        found.setdefault(need.slug, need)
    return tuple(found.values())


def standing(group: Group, known: Sequence[Need], pieces: Sequence[Piece]) -> Standing:
    """What the file has and what it lacks; pieces that were taken out count as nothing."""
    needs = needs_of(group, known)
    counts = dict.fromkeys((need.slug for need in needs), 0)
    more = 0
    for piece in distinct(pieces):
        slug = counted(piece, needs, known)
        if slug in counts:
            counts[slug] += 1
        else:
            more += 1
    has = tuple(need for need in needs if counts[need.slug])
    return Standing(has, tuple(need for need in needs if need not in has), tuple(counts.items()), more)


def distinct(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Each once, whoever else gave it too: the first who did is named. Pieces that were taken out are none."""
    found: dict[tuple[str, str], Piece] = {}
    for piece in pieces:
        if not piece.out:
            found.setdefault((piece.form, piece.sha256), piece)
    return tuple(found.values())


def counted(piece: Piece, needs: Sequence[Need], known: Sequence[Need] = ()) -> str:
    """As what a recorded piece counts today: what was noted; else, where the needs have changed, by what it is."""
    if not piece.need or any(need.slug == piece.need for need in needs):
        return piece.need
    return meets(piece, needs, known=known)


def meets(piece: Piece, needs: Sequence[Need], about: str = "", known: Sequence[Need] = ()) -> str:
    """The slug of the need that a piece meets, "" none; `about`: what else is said of it.

    What bears no sign of these needs, and one of another need that is `known`, meets none: a drawing is no photograph.
    """
    said = _said(piece, about)
    fitting = [need for need in needs if not need.forms or piece.form in need.forms]
    scored = [(_score(need, piece, said), -place, need.slug) for place, need in enumerate(fitting)]
    free = {need.slug for need in fitting if not need.forms}
    scored = [each for each in scored if each[2] not in free or each[0][0]]
    best = max(scored, default=None)
    if best is None or best[0][0]:
        return best[2] if best else ""
    slugs = {need.slug for need in needs}
    others = (need for need in known if need.slug not in slugs and piece.form in need.forms)
    return "" if any(_score(need, piece, said)[0] for need in others) else best[2]


def has_sign(piece: Piece, needs: Sequence[Need], about: str = "") -> bool:
    """Whether what is said of a piece bears a sign of a need that its form may meet."""
    said = _said(piece, about)
    return any(_score(need, piece, said)[0] for need in needs if not need.forms or piece.form in need.forms)


def _said(piece: Piece, about: str) -> str:
    """All that is said of a piece, folded; file names as words, too: "office_photo2.jpg" says "photo"."""
    said = fold(f"{piece.name} {piece.caption} {piece.heading} {about}"[:_SIGNS_READ])
    return f"{said} {_JOINTS.sub(' ', said)}"


def named(words: str, needs: Sequence[Need]) -> str:
    """The slug of the need that somebody names: by slug, by what it is called, by a sign; "" for none or two."""
    folded = fold(words).strip(" .!:,;")
    exact = [need.slug for need in needs if folded in (fold(need.slug), fold(need.called))]
    if exact:
        return exact[0]
    begun = [need.slug for need in needs if folded and fold(need.called).startswith(folded)]
    signed = [need.slug for need in needs if any(find(fold(sign), folded) >= 0 for sign in need.signs)]
    found = dict.fromkeys(begun or signed)
    return next(iter(found)) if len(found) == 1 else ""


def needs_in(words: str, needs: Sequence[Need]) -> tuple[str, ...] | None:
    """The slugs that a member names, one after the other; ("",) for nothing; None where some words name none."""
    if fold(words).strip(" .!:,;") in _NOTHING:
        return ("",)
    whole = named(words, needs)
    if whole:
        return (whole,)
    parts = [part for part in re.split(r"[,;&+/]|\b(?:" + "|".join(_AND) + r")\b", words) if part.strip(" .!:")]
    found = [named(part, needs) for part in parts]
    return tuple(dict.fromkeys(found)) if found and all(found) else None


def assigned(pieces: Sequence[Piece], slugs: Sequence[str], needs: Sequence[Need]) -> list[str]:
    """As what each piece counts by a member's word: as the first of the slugs that its form may meet.

    A piece that may meet none of them stays as it was, unless none at all may: then all count as the first.
    """
    forms = {need.slug: need.forms for need in needs}
    fits = [next((s for s in slugs if not s or not forms[s] or piece.form in forms[s]), None) for piece in pieces]
    if any(slug is not None for slug in fits):
        return [piece.need if slug is None else slug for piece, slug in zip(pieces, fits, strict=True)]
    return [slugs[0] for _ in pieces]


def called(slugs: Sequence[str], needs: Sequence[Need]) -> tuple[str, ...]:
    """How people call these needs; () for nothing."""
    names = {need.slug: need.called for need in needs}
    return tuple(names[slug] for slug in slugs if slug)


def _score(need: Need, piece: Piece, said: str) -> tuple[int, bool]:
    signs = {fold(sign) for sign in need.signs}  # one of two languages counts once
    return sum(find(sign, said) >= 0 for sign in signs), piece.media_type in need.types


def _need(words: str, known: Sequence[Need]) -> Need:
    """The need of that slug or name, else one in free words."""
    folded = fold(words)
    for need in known:
        if folded in (fold(need.slug), fold(need.called)):
            return need
    first = min(
        (
            (at, place)
            for place, need in enumerate(known)
            for sign in need.signs
            if (at := find(fold(sign), folded)) >= 0
        ),
        default=None,
    )
    base = known[first[1]] if first else Need("", "")
    own = tuple(word for word in re.findall(r"\w+", folded) if len(word) >= _LONG_WORD)
    return replace(base, slug=slug_of(words), called=words, title="", signs=tuple(dict.fromkeys((*own, *base.signs))))


def slug_of(words: str) -> str:
    """Free words as one word: "a photograph of the office" -> "a-photograph-of-the-office"."""
    return re.sub(r"[\W_]+", "-", fold(words)).strip("-") or "need"


def problems(needs: Sequence[Need]) -> list[str]:
    """What is wrong with a table of needs, a line each."""
    found = [f'need "{need.slug}": unknown form "{form}"' for need in needs for form in need.forms if form not in FORMS]
    slugs = [need.slug for need in needs]
    return found + [f'need "{slug}" stands twice' for slug in dict.fromkeys(slugs) if slugs.count(slug) > 1]
