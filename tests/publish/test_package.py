"""A whole file as one zip: what its claimer unpacks, and what a letter can carry."""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import made_pieces as made
import pytest

from mailproc.dossier.layout import lay_out
from mailproc.errors import StoreError
from mailproc.publish.bundle import Enclosure
from mailproc.publish.house import House
from mailproc.publish.package import package

HOUSE = House(Path(__file__).parents[2] / "templates")
WORDS = "It began with umbrellas \u2014 eleven of them.\n\n  * and a kettle\n"
PICTURES = {"office.jpg": b"o" * 3000, "leaflet.jpg": b"l" * 2000, "INDEX.HTML": b"<script>alert(1)</script>"}


def pieces():
    yield made.a_text("F-124", WORDS, heading="How it began")
    for name, octets in PICTURES.items():
        yield made.a_picture("F-124", name, octets, media_type="text/html" if "HTML" in name else "image/jpeg")
    yield made.a_picture("F-125", "OFFICE.jpg", b"another")
    yield made.a_link("F-126", "https://northpier.example/")


def enclosures(folder: Path) -> list[Enclosure]:
    found = []
    for name, octets in (PICTURES | {"OFFICE.jpg": b"another"}).items():
        path = folder / made.hashed(octets)
        path.write_bytes(octets)
        found.append(Enclosure(name, path, "image/jpeg", path.name))
    return found


def packed(folder: Path, most_bytes: int = 10_000_000):
    page = lay_out("North Pier Society", made.NEEDS, [*pieces()])
    return package(HOUSE, page, enclosures(folder), "The Harbour Review", most_bytes)


def unpacked(zips) -> dict[str, bytes]:
    """All of them unpacked into one folder."""
    files = {}
    for each in zips:
        with ZipFile(BytesIO(each.octets)) as archive:
            assert archive.testzip() is None
            files |= {name: archive.read(name) for name in archive.namelist()}
    return files


def test_one_zip_has_the_page_in_two_forms_the_pieces_and_their_sums(tmp_path):
    (only,) = packed(tmp_path).zips
    files = unpacked([only])
    assert only.name == "north-pier-society.zip"
    assert sorted(files) == [
        "SHA256SUMS",
        "index.html",
        "index.md",
        "pieces/F-124-INDEX-HTML.txt",
        "pieces/F-124-how-it-began.txt",
        "pieces/F-124-leaflet.jpg",
        "pieces/F-124-office.jpg",
        "pieces/F-125-OFFICE.jpg",
    ]
    assert files["pieces/F-124-how-it-began.txt"] == WORDS.encode()
    assert files["pieces/F-124-office.jpg"] == PICTURES["office.jpg"]
    sums = dict(reversed(line.split("  ", 1)) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {n: hashlib.sha256(o).hexdigest() for n, o in files.items() if n != "SHA256SUMS"}


def test_the_same_file_has_the_same_octets_each_time(tmp_path):
    assert packed(tmp_path) == packed(tmp_path)


def test_the_pages_name_each_piece_where_it_lies(tmp_path):
    files = unpacked(packed(tmp_path).zips)
    for name in ("pieces/F-124-office.jpg", "pieces/F-124-INDEX-HTML.txt"):
        assert f'"{name}"' in files["index.html"].decode()
        assert f"({name})" in files["index.md"].decode()


def test_a_file_too_large_for_a_letter_comes_in_several_that_unpack_into_one_folder(tmp_path):
    whole = packed(tmp_path)
    limit = len(whole.zips[0].octets) - 1500
    parts = packed(tmp_path, limit)
    assert [each.name for each in parts.zips] == ["north-pier-society-1-of-2.zip", "north-pier-society-2-of-2.zip"]
    assert all(len(each.octets) <= limit for each in parts.zips)
    assert parts.left_out == ()
    assert unpacked(parts.zips) == unpacked(whole.zips)


def test_a_piece_that_no_letter_carries_is_named_and_the_rest_goes(tmp_path):
    whole = unpacked(packed(tmp_path).zips)
    limit = len(whole["index.html"]) + len(whole["index.md"]) + 3000
    PICTURES["film.mp4"] = b"f" * limit
    try:
        parts = packed(tmp_path, limit)
    finally:
        del PICTURES["film.mp4"]
    assert parts.left_out == ("pieces/F-124-film.mp4",)
    assert unpacked(parts.zips).keys() == whole.keys()


@pytest.mark.parametrize("octets", [b"changed", None])
def test_octets_that_are_not_those_that_came_go_into_no_package(tmp_path, octets):
    page = lay_out("North Pier Society", made.NEEDS, [*pieces()])
    given = enclosures(tmp_path)
    if octets is None:
        given[0].path.unlink()
    else:
        given[0].path.write_bytes(octets)
    with pytest.raises(StoreError):
        package(HOUSE, page, given, "The Harbour Review")
