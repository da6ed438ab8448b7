"""A whole file as its claimer gets it: one zip, or several where one letter cannot carry it; the same octets each time.

`index.md` and `index.html` as the house lays them out, the pieces beside them under safe names, and SHA256SUMS of all.
Texts are there as well, octet for octet. Several zips unpacked into one folder are the whole. Nothing is compressed:
pictures are already, and what another zlib makes of a text has other octets. Raises StoreError for octets that are
gone or not those that were kept, ConfigError for a template.
"""

from __future__ import annotations

import hashlib
import itertools
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from mailproc.dossier.page import Block, Page
from mailproc.errors import StoreError
from mailproc.message.field.filename import safe_name
from mailproc.publish.bundle import Enclosure, slug
from mailproc.publish.files import refusals
from mailproc.publish.house import House
from mailproc.publish.inert import inert

PIECES = "pieces"  # the folder of what contributors gave
SUMS = "SHA256SUMS"
MOST_BYTES = 10_000_000  # of one zip; a letter is a third larger (RFC 2045 §6.8), and most servers take 25 MB
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip knows
_MODE = 0o644 << 16  # a plain file that its owner writes
_UNIX = 3  # the system that understands the mode
_ROOM = 300  # octets of a zip for each file beside its own: twice its name, and what stands around


@dataclass(frozen=True, slots=True)
class Zip:
    """One archive."""

    name: str
    octets: bytes
    holds: tuple[str, ...]  # its files


@dataclass(frozen=True, slots=True)
class Package:
    """A whole file."""

    zips: tuple[Zip, ...]
    left_out: tuple[str, ...] = ()  # names of pieces that no zip can carry


def package(
    house: House, page: Page, enclosures: Sequence[Enclosure], publication: str, most_bytes: int = MOST_BYTES
) -> Package:
    """A page and its pieces; `enclosures` are those of its pictures and documents, by their SHA-256."""
    by_hash = {enclosure.sha256: enclosure for enclosure in enclosures}
    names = file_names(page, by_hash)
    given = {block.key: block for block in page.blocks}
    written = house.render(page, names, publication)
    pieces = {name: _octets(given[key], by_hash) for key, name in names.items()}
    sums = {name: hashlib.sha256(octets).hexdigest() for name, octets in (written | pieces).items()}
    written[SUMS] = "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode()
    left_out = tuple(name for name, octets in pieces.items() if len(octets) + _ROOM > most_bytes - len(written[SUMS]))
    carried = {name: octets for name, octets in pieces.items() if name not in left_out}
    parts = _parts(written, carried, most_bytes)
    stem = slug(page.title) or "file"
    zips = tuple(_zip(stem, n, len(parts), files) for n, files in enumerate(parts, start=1))
    return Package(zips, left_out)


def file_names(page: Page, enclosed: Iterable[str], folder: str = PIECES) -> dict[tuple[str, str], str]:
    """Where each piece lies beside the page, no two alike on any file system; `enclosed` are the hashes of files."""
    known = set(enclosed)
    names: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for block in page.blocks:
        if block.key in names or (block.form != "text" and block.sha256 not in known):
            continue
        wished = PurePosixPath(f"{block.ref}-{_own_name(block)}")
        numbered = (f"{wished.stem}-{n}{wished.suffix}" for n in itertools.count(2))
        name = next(each for each in itertools.chain([wished.name], numbered) if each.casefold() not in taken)
        taken.add(name.casefold())
        names[block.key] = f"{folder}/{name}"
    return names


def _own_name(block: Block) -> str:
    if block.form == "text":
        return f"{slug(block.heading or block.name) or f'text-{block.place}'}.txt"
    return inert(safe_name(block.name, str(block.place), block.media_type), block.media_type)


def _octets(block: Block, enclosed: Mapping[str, Enclosure]) -> bytes:
    """Of one piece. Raises StoreError where they are not those that came."""
    if block.form == "text":
        return block.text.encode()
    enclosure = enclosed[block.sha256]
    with refusals(enclosure.path):
        octets = enclosure.path.read_bytes()
    if hashlib.sha256(octets).hexdigest() != block.sha256:
        raise StoreError(
            f"{enclosure.path}: not the octets that came with {block.ref}; `mailproc mend` brings those back"
        )
    return octets


def _parts(written: Mapping[str, bytes], pieces: Mapping[str, bytes], most_bytes: int) -> list[dict[str, bytes]]:
    """What goes into which zip: the page into the first, the sums into each, pieces in their order."""
    parts = [dict(written)]
    for name, octets in pieces.items():
        if sum(len(each) + _ROOM for each in parts[-1].values()) + len(octets) + _ROOM > most_bytes:
            parts.append({SUMS: written[SUMS]})
        parts[-1][name] = octets
    return parts


def _zip(stem: str, place: int, of: int, files: Mapping[str, bytes]) -> Zip:
    """The octets of an archive are its files' names and octets, and nothing else: no time, no machine."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = _UNIX, _MODE
            archive.writestr(entry, files[name])
    name = f"{stem}.zip" if of == 1 else f"{stem}-{place}-of-{of}.zip"
    return Zip(name, buffer.getvalue(), tuple(sorted(files)))
