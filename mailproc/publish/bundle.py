"""A published work as a folder that stands on its own: the author's octets, a page, attachments, SHA256SUMS.

`publish_article` and `publish_material` may be called again at any time with the same reference: the work keeps its
place and is replaced as a whole. `retract` leaves one line. Whose a folder is says its page's front matter, so no index
can go astray. Raises StoreError when the disk refuses or octets are not those that were kept; addresses never go up.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from mailproc.errors import StoreError
from mailproc.message.filename import safe_name
from mailproc.publish.files import copy_file, refusals, replace_file, replaced_folder, standing, write_file
from mailproc.publish.inert import inert
from mailproc.publish.page import disarmed, disarmed_text, front_matter, link, listing, page, public_name

MAX_SLUG = 60  # characters
_OURS = ("index.md", "text.txt", "SHA256SUMS")
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


def publish_article(root: Path, bundle: Bundle) -> str:
    """Put up an article; gives its place counted from `root`: `articles/2026/the-tram-that-never-came`."""
    year = PurePosixPath("articles", f"{bundle.received_at.astimezone(UTC).year:04d}")
    with refusals(root):
        place = _own_place(root, bundle, _article_places(year, bundle))
        _put(root / place, bundle)
    return place


def publish_material(root: Path, group: str, bundle: Bundle) -> str:
    """Put up one contribution to a group's file and list it there: `files/north-pier-society/F-124`."""
    with refusals(root):
        folder = _group_folder(root, group)
        place = f"{folder}/{bundle.ref}"
        _put(root / place, bundle)
        _list_group(root / folder, group)
    return place


def retract(root: Path, place: str, ref: str, on: date) -> None:
    """Leave one line where a work stood; text and attachments go. Again, or after a crash: the same."""
    with refusals(root):
        target = root / _checked(root, place)
        if _owner(target) not in (ref, None):
            raise StoreError(
                f"{target}: holds {_owner(target)}, not {ref}; nothing was taken down, see `mailproc show {ref}`"
            )
        line = f"{ref} was taken down on {on.isoformat()}."
        with replaced_folder(target) as fresh:
            write_file(fresh / "index.md", page({"reference": ref, "retracted": on.isoformat()}, line))
        group = front_matter(target.parent).get("group")
        if isinstance(group, str):
            _list_group(target.parent, group)


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
    """The first place that is this work's already or nobody's; the known one first, if it is an article's."""
    known = _checked(root, bundle.place) if bundle.place else PurePosixPath()
    candidates = itertools.chain([str(known)] if known.parts[:1] == ("articles",) else [], places)
    return next(place for place in candidates if _owner(root / place) in (bundle.ref, None))


def _checked(root: Path, place: str) -> PurePosixPath:
    """A place under one of our two folders, nothing above them."""
    path = PurePosixPath(place)
    if path.is_absolute() or ".." in path.parts or len(path.parts) != 3 or path.parts[0] not in ("articles", "files"):  # noqa: PLR2004 articles/YYYY/slug, files/GROUP/REF
        raise StoreError(
            f"{root}: {place!r} is no place of a published work; nothing was changed, run `mailproc verify`"
        )
    return path


def _owner(folder: Path) -> str | None:
    """The reference a folder belongs to, "" if it is somebody's that we cannot read; None if it is free."""
    found = standing(folder)
    return None if found is None else str(front_matter(found).get("reference", ""))


def _put(target: Path, bundle: Bundle) -> None:
    names = _unique_names(bundle)
    with replaced_folder(target) as fresh:
        sums = {name: _copied(enclosure, fresh / name, bundle.ref) for enclosure, name in names.items()}
        written = {} if bundle.text is None else {"text.txt": bundle.text.encode()}
        sums |= {name: hashlib.sha256(octets).hexdigest() for name, octets in written.items()}
        written["index.md"] = page(_facts(bundle, names, sums), _body(bundle, names))
        sums["index.md"] = hashlib.sha256(written["index.md"]).hexdigest()
        written["SHA256SUMS"] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
        for name, octets in written.items():
            write_file(fresh / name, octets)


def _copied(enclosure: Enclosure, target: Path, ref: str) -> str:
    found = copy_file(enclosure.path, target)
    if found != enclosure.sha256:
        raise StoreError(f"{enclosure.path}: not the octets that came with {ref}; restore the file from a backup")
    return found


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
        "date": _instant(bundle.published_at),
        "received": _instant(bundle.received_at),
        "section": bundle.section,
        "language": bundle.language,
        "group": bundle.group,
        "source": list(bundle.source),
        "file": file if file in sums else None,
        "sha256": sums.get(file),
        "attachments": attachments,
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _body(bundle: Bundle, names: Mapping[Enclosure, str]) -> str:
    blocks = [] if bundle.text is None else [disarmed_text(bundle.text)]
    lines = [disarmed(line) for line in bundle.source] + [link(name, name) for name in names.values()]
    return "\n\n".join([*blocks, *([listing(lines)] if lines else [])])


def _group_folder(root: Path, group: str) -> str:
    """The folder of a group's file: by its name, numbered where another group's name folds to the same."""
    words = slug(group) or f"group-{hashlib.sha256(group.encode()).hexdigest()[:8]}"
    folders = itertools.chain([f"files/{words}"], (f"files/{words}-{n}" for n in itertools.count(2)))
    wished = group.casefold()
    return next(f for f in folders if str(front_matter(root / f).get("group", group)).casefold() == wished)


def _list_group(folder: Path, group: str) -> None:
    """The group's own page: what was contributed, oldest first. Made anew from the pages that stand there."""
    pages = [front_matter(found) for found in folder.iterdir() if found.is_dir() and not found.name.startswith(".")]
    ours = [facts for facts in pages if facts.get("reference")]
    ours.sort(key=lambda facts: (len(str(facts["reference"])), str(facts["reference"])))  # F-9 before F-12
    replace_file(folder / "index.md", page({"group": group}, listing([_contribution(facts) for facts in ours])))


def _contribution(facts: Mapping[str, object]) -> str:
    ref = str(facts["reference"])
    if facts.get("retracted"):
        return f"{ref}, taken down on {facts['retracted']}"
    words = [str(facts[name]) for name in ("title", "author") if facts.get(name)]
    return f"{link(ref, f'{ref}/')}: {disarmed(', '.join(words))} ({str(facts.get('date', ''))[:10]})"
