"""A published work as a folder that stands on its own: the author's octets, a page, attachments, SHA256SUMS.

`publish_article` and `publish_material` may be called again at any time with the same reference: the work keeps its
place and is replaced as a whole. `retract` leaves one line. `restore` brings back what stood, octet for octet, and
`differing` says what does not. Whose a folder is says its page's front matter, so no index can go astray. `index.html`,
the page for browsers, comes from outside (`web`): it goes up with the work, and changes with the house format, so the
sums do not name it. Raises StoreError when the disk refuses or octets are not those that were kept; addresses never go
up.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from mailproc import times
from mailproc.dossier.link import links_in
from mailproc.errors import StoreError
from mailproc.kinds.every import FOLDERS
from mailproc.message.field.filename import safe_name
from mailproc.publish.files import (
    copy_file,
    refusals,
    remove_folder,
    replace_file,
    replaced_folder,
    standing,
    sync_folder,
    write_file,
)
from mailproc.publish.inert import inert
from mailproc.publish.page import disarmed, disarmed_text, front_matter, link, listing, page, public_name
from mailproc.publish.web import INDEX, Inside
from mailproc.workflow.item import PageNote

MAX_SLUG = 60  # characters
NOTED = {
    "answer": "The members, to a reader who asked",
    "correction": "Correction",
}  # what the sorts of notes are called
_OURS = ("index.md", "text.txt", "SHA256SUMS", INDEX)
_RESERVED = {"", "index", "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}
# letters that NFKD does not take apart; apostrophes vanish
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
    | dict.fromkeys("'\u2019", "")
)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes up with a work."""

    name: str  # as people know it
    path: Path  # where its octets lie now
    media_type: str
    sha256: str  # hex; checked while it is copied


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything of one work that is published."""

    ref: str  # "A-123"
    title: str
    author_name: str  # what looks like an address in it is left out
    received_at: datetime  # aware; its year in UTC is part of an article's place
    published_at: datetime  # aware
    section: str | None = None
    group: str | None = None
    language: str = "en"
    text: str | None = None  # the words, line ends LF; None where a document is the article
    document: Enclosure | None = None  # the article as sent
    attachments: tuple[Enclosure, ...] = ()
    source: tuple[str, ...] = ()  # credits: whose photo, where the material is from
    place: str | None = None  # where it went up before, if it did (Item.place): it keeps that place under any title
    replaced_at: datetime | None = None  # aware; when this text took the place of the first
    replaced_by: str = ""  # whose it is then: "author" or "members"
    earlier: tuple[str, ...] = ()  # SHA-256 of the texts that stood here before, hex, oldest first
    notes: tuple[PageNote, ...] = ()  # what members put beside its words later, oldest first


Page = Callable[[str], bytes]  # place -> index.html of the work that stands there


def unseen(_: str) -> bytes:
    """No page for browsers."""
    return b""


@dataclass(frozen=True, slots=True)
class Retracted:
    """A work that was taken down: one line stands in its place."""

    ref: str
    on: date
    hidden: bool = False  # only until the members have decided


def publish_article(root: Path, bundle: Bundle, folder: str = "articles", page: Page = unseen) -> str:
    """Put up a work by itself; gives its place counted from `root`: `articles/2026/the-tram-that-never-came`."""
    year = PurePosixPath(folder, f"{bundle.received_at.astimezone(UTC).year:04d}")
    with refusals(root):
        place = _own_place(root, bundle, _article_places(year, bundle))
        _put(root / place, bundle, page(place))
    return place


def publish_material(root: Path, group: str, bundle: Bundle, below: str = "files", page: Page = unseen) -> str:
    """Put up one contribution to a group's file and list it there: `files/north-pier-society/F-124`."""
    with refusals(root):
        folder = _group_folder(root, group, below)
        place = f"{folder}/{bundle.ref}"
        _put(root / place, bundle, page(place))
    list_group(root / folder, group)
    return place


def retract(root: Path, place: str, ref: str, on: date, page: Page = unseen) -> None:
    """Leave one line where a work stood; text and attachments go. Again, or after a crash: the same."""
    with refusals(root):
        target = _own(root, place, ref)
        _fill(target, ref, {}, _last_line(ref, on) | _seen(page(place)))
    group = front_matter(target.parent).get("group")
    if isinstance(group, str):
        list_group(target.parent, group)


def take_away(root: Path, place: str, ref: str) -> None:
    """Nothing stands there any more: for a work that was stopped while it went up, of which nobody has heard."""
    with refusals(root):
        target = _own(root, place, ref)
        remove_folder(target)
    group = front_matter(target.parent).get("group")
    if isinstance(group, str):
        list_group(target.parent, group)


def restore(root: Path, place: str, what: Bundle | Retracted, page: Page = unseen) -> bool:
    """Put a work, or the line it left, where it stood; False where exactly that stands there, and nothing is written.

    A file in a work's folder that is not of the work is left alone. A contribution's group is not listed anew: when
    all of them stand, `list_group` does it once.
    """
    with refusals(root):
        target = _own(root, place, what.ref)
        wrong, shown = set(_differing(target, what)), _seen(page(place))
        if isinstance(what, Bundle):
            wrong &= _sums(what).keys()
            _put(target, what, page(place)) if not target.is_dir() else _mend(target, what, wrong)
        elif wrong:
            _fill(target, what.ref, {}, _last_line(what.ref, what.on, hidden=what.hidden) | shown)
        old = {name for name, octets in shown.items() if not _holds(target / name, octets)}
        for name in old:
            replace_file(target / name, shown[name])
    return bool(wrong | old)


def _seen(page: bytes) -> dict[str, bytes]:
    """The page for browsers, by its name, if there is one."""
    return {INDEX: page} if page else {}


def _holds(path: Path, octets: bytes) -> bool:
    return path.is_file() and path.read_bytes() == octets


def _mend(target: Path, bundle: Bundle, wrong: Collection[str]) -> None:
    """These files of a bundle written again, each whole."""
    names = _unique_names(bundle)
    for enclosure, name in names.items():
        if name in wrong:
            beside = target / f".{name}.new"
            _copy(enclosure, beside, bundle.ref)
            beside.replace(target / name)
    for name, octets in _written(bundle, names).items():
        if name in wrong:
            replace_file(target / name, octets)
    sync_folder(target)


def differing(root: Path, place: str, what: Bundle | Retracted) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of files at a place that are not as this work has them or missing, and of those that are not its."""
    with refusals(root):
        wrong = _differing(root / _checked(root, place), what)
    own = _sums(what)
    return tuple(name for name in wrong if name in own), tuple(name for name in wrong if name not in own)


def _differing(target: Path, what: Bundle | Retracted) -> tuple[str, ...]:
    wanted = _sums(what)
    found = target.iterdir() if target.is_dir() else ()
    there = {path.name: _sha256_of(path) for path in found if path.name != INDEX}
    return tuple(sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)))


def _sums(what: Bundle | Retracted) -> dict[str, str]:
    """The SHA-256 of every file of a work."""
    if isinstance(what, Retracted):
        return _hashed(_last_line(what.ref, what.on, hidden=what.hidden))
    names = _unique_names(what)
    return {name: enclosure.sha256 for enclosure, name in names.items()} | _hashed(_written(what, names))


def _hashed(written: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(octets).hexdigest() for name, octets in written.items()}


def _sha256_of(path: Path) -> str:
    """Of a file's octets; a folder or link is none of ours and has none."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _last_line(ref: str, on: date, *, hidden: bool = False) -> dict[str, bytes]:
    """What stays of a work that was taken down, or is hidden."""
    if hidden:
        line = f"{ref} has not been shown since {on.isoformat()}, while our members look at it."
        return {"index.md": page({"reference": ref, "hidden": on.isoformat()}, line)}
    line = f"{ref} was taken down on {on.isoformat()}."
    return {"index.md": page({"reference": ref, "retracted": on.isoformat()}, line)}


def _own(root: Path, place: str, ref: str) -> Path:
    """The folder of a place, if it is this work's or nobody's."""
    target = root / _checked(root, place)
    if _owner(target) not in (ref, None):
        raise StoreError(f"{target}: holds {_owner(target)}, not {ref}; nothing was changed, see `mailproc show {ref}`")
    return target


def slug(title: str) -> str:
    """A title as a folder name: a to z, digits and dashes, at most 60 characters; "" where nothing can be written."""
    letters = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS))
    words = re.sub(r"[^a-z0-9]+", "-", "".join(c for c in letters if not unicodedata.combining(c))).strip("-")
    if len(words) > MAX_SLUG:
        words = words[: MAX_SLUG + 1].rpartition("-")[0] or words[:MAX_SLUG]
    return words


def _article_places(year: PurePosixPath, bundle: Bundle) -> Iterator[str]:
    """Where an article may stand, best first: its title, its title and reference, and so on."""
    words, ref = slug(bundle.title), bundle.ref.lower()
    if words not in _RESERVED:
        yield str(year / words)
    named = f"{words}-{ref}".lstrip("-")
    yield str(year / named)
    yield from (str(year / f"{named}-{n}") for n in itertools.count(2))


def _own_place(root: Path, bundle: Bundle, places: Iterable[str]) -> str:
    """The first place that is this work's already or nobody's; the known one first, if that stands by itself."""
    known = _checked(root, bundle.place) if bundle.place else PurePosixPath()
    candidates = itertools.chain([str(known)] if FOLDERS.get("".join(known.parts[:1])) is False else [], places)
    return next(place for place in candidates if _owner(root / place) in (bundle.ref, None))


def _checked(root: Path, place: str) -> PurePosixPath:
    """A place under one of our folders, nothing above them."""
    path = PurePosixPath(place)
    if path.is_absolute() or ".." in path.parts or len(path.parts) != 3 or path.parts[0] not in FOLDERS:  # noqa: PLR2004 articles/YYYY/slug, files/GROUP/REF
        raise StoreError(
            f"{root}: {place!r} is no place of a published work; nothing was changed, run `mailproc verify`"
        )
    return path


def _owner(folder: Path) -> str | None:
    """The reference a folder belongs to, "" if it is somebody's that we cannot read; None if it is free."""
    found = standing(folder)
    return None if found is None else str(front_matter(found).get("reference", ""))


def _put(target: Path, bundle: Bundle, page: bytes) -> None:
    names = _unique_names(bundle)
    written = _written(bundle, names) | _seen(page)
    _fill(target, bundle.ref, {name: enclosure for enclosure, name in names.items()}, written)


def inside_of(bundle: Bundle) -> Inside:
    """What stands in a work, by the names under which its files go up."""
    names = _unique_names(bundle)
    enclosed = tuple((name, each.media_type) for each, name in names.items() if each != bundle.document)
    return Inside(bundle.text or "", names[bundle.document] if bundle.document else "", enclosed)


def _fill(target: Path, ref: str, copied: Mapping[str, Enclosure], written: Mapping[str, bytes]) -> None:
    """The folder with exactly these files, by their names."""
    with replaced_folder(target) as fresh:
        for name, enclosure in copied.items():
            _copy(enclosure, fresh / name, ref)
        for name, octets in written.items():
            write_file(fresh / name, octets)


def _written(bundle: Bundle, names: Mapping[Enclosure, str]) -> dict[str, bytes]:
    """The files of a bundle that are ours, in the order in which they are made: text, page, sums."""
    written = {} if bundle.text is None else {"text.txt": bundle.text.encode()}
    sums = {name: enclosure.sha256 for enclosure, name in names.items()} | _hashed(written)
    written["index.md"] = page(_facts(bundle, names, sums), _body(bundle, names))
    sums |= _hashed(written)
    written["SHA256SUMS"] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    return written


def _copy(enclosure: Enclosure, target: Path, ref: str) -> None:
    if copy_file(enclosure.path, target) != enclosure.sha256:
        raise StoreError(f"{enclosure.path}: not the octets that came with {ref}; `mailproc mend` brings those back")


def _unique_names(bundle: Bundle) -> dict[Enclosure, str]:
    """A safe name for each file, no two alike on any file system, none like ours; the document first, once."""
    files = [bundle.document] if bundle.document else []
    files += [enclosure for enclosure in bundle.attachments if not files or enclosure.sha256 != files[0].sha256]
    names: dict[Enclosure, str] = {}
    taken = {name.casefold() for name in _OURS}
    for place, enclosure in enumerate(dict.fromkeys(files), start=1):
        safe = safe_name(enclosure.name, str(place), enclosure.media_type)
        wished = PurePosixPath(inert(safe, enclosure.media_type))
        numbered = (f"{wished.stem}-{n}{wished.suffix}" for n in itertools.count(2))
        names[enclosure] = next(
            name for name in itertools.chain([wished.name], numbered) if name.casefold() not in taken
        )
        taken.add(names[enclosure].casefold())
    return names


def _facts(bundle: Bundle, names: Mapping[Enclosure, str], sums: Mapping[str, str]) -> dict[str, object]:
    file = names[bundle.document] if bundle.document else "text.txt"
    attachments = [
        {"name": name, "media_type": enclosure.media_type, "sha256": enclosure.sha256}
        for enclosure, name in names.items()
        if enclosure != bundle.document
    ]
    return {
        "title": bundle.title,
        "author": public_name(bundle.author_name),
        "reference": bundle.ref,
        "date": times.stamp(bundle.published_at),
        "received": times.stamp(bundle.received_at),
        "section": bundle.section,
        "language": bundle.language,
        "group": bundle.group,
        "source": list(bundle.source),
        "file": file if file in sums else None,
        "sha256": sums.get(file),
        "replaced": times.stamp(bundle.replaced_at) if bundle.replaced_at else None,
        "replaced_by": bundle.replaced_by,
        "earlier_sha256": list(bundle.earlier),
        "notes": [_noted(note) for note in bundle.notes],
        "attachments": attachments,
    }


def _body(bundle: Bundle, names: Mapping[Enclosure, str]) -> str:
    blocks = [] if bundle.text is None else [disarmed_text(bundle.text)]
    lines = [disarmed(line) for line in (*_replaced(bundle), *bundle.source)]
    lines += [link(name, name) for name in names.values()]
    notes = [block for note in bundle.notes for block in _note(note)]
    return "\n\n".join([*blocks, *([listing(lines)] if lines else []), *notes])


def _noted(note: PageNote) -> dict[str, object]:
    """A note, as the page's front matter tells it; its sources are the links in its words."""
    told = {"sort": note.sort, "date": times.stamp(note.at), "of": note.of, "words": note.words}
    sources = [link.url for link in links_in(note.words)]
    return {name: value for name, value in {**told, "sources": sources}.items() if value}


def _note(note: PageNote) -> Iterator[str]:
    """What stands beside the author's words: when, what, and its sources in a list of their own."""
    yield disarmed(f"{NOTED[note.sort]}, {note.at.astimezone(UTC).date().isoformat()}:")
    yield disarmed_text(note.words)
    if sources := links_in(note.words):
        yield listing([disarmed(f"Source: {link.url}") for link in sources])


def _replaced(bundle: Bundle) -> Iterator[str]:
    """The line that says whose text stands here, where it is not the first."""
    if bundle.replaced_at is not None:
        on = bundle.replaced_at.astimezone(UTC).date().isoformat()
        whose = "The author's newer text" if bundle.replaced_by == "author" else "A text of the members"
        yield f"{whose} has stood here since {on}, in the place of the first."


def _group_folder(root: Path, group: str, below: str) -> str:
    """The folder of a group's file: by its name, numbered where another group's name folds to the same."""
    words = slug(group) or f"group-{hashlib.sha256(group.encode()).hexdigest()[:8]}"
    folders = itertools.chain([f"{below}/{words}"], (f"{below}/{words}-{n}" for n in itertools.count(2)))
    wished = group.casefold()
    return next(f for f in folders if str(front_matter(root / f).get("group", group)).casefold() == wished)


def claimed(root: Path) -> Iterator[tuple[str, str]]:
    """The (place, reference) of every folder below `root` that says it is a work's."""
    for folder in sorted(place for top in FOLDERS for place in root.glob(f"{top}/*/*")):
        ref = front_matter(folder).get("reference")
        if ref and not folder.name.startswith("."):
            yield str(folder.relative_to(root)), str(ref)


def list_group(folder: Path, group: str) -> None:
    """The group's own page: what was contributed, oldest first. Made anew from the pages that stand there.

    A page that is laid out, since readers have the file, is left to whoever lays it out.
    """
    if front_matter(folder).get("laid_out"):
        return
    with refusals(folder):
        replace_file(folder / "index.md", group_page(folder, group))


def group_page(folder: Path, group: str) -> bytes:
    """The same, not written."""
    found = folder.iterdir() if folder.is_dir() else ()
    pages = [front_matter(each) for each in found if each.is_dir() and not each.name.startswith(".")]
    ours = [facts for facts in pages if facts.get("reference")]
    ours.sort(key=lambda facts: (len(str(facts["reference"])), str(facts["reference"])))  # F-9 before F-12
    return page({"group": group}, listing([_contribution(facts) for facts in ours]))


def _contribution(facts: Mapping[str, object]) -> str:
    ref = str(facts["reference"])
    if facts.get("hidden"):
        return f"{ref}, not shown since {facts['hidden']}"
    if facts.get("retracted"):
        return f"{ref}, taken down on {facts['retracted']}"
    words = [str(facts[name]) for name in ("title", "author") if facts.get(name)]
    return f"{link(ref, f'{ref}/')}: {disarmed(', '.join(words))} ({str(facts.get('date', ''))[:10]})"
