"""What a person gave to group files: it stays or goes with their material, and a rebuild comes to the same."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from build import ANA, JO, a_desk, a_mail, add_member, give, later, say, state
from lived import in_order, traces

from mailproc.cli.erase import _shapes
from mailproc.desk.erase import forget
from mailproc.desk.erase.export import export
from mailproc.desk.file import contents as told
from mailproc.desk.ground.books import fresh_id
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import enter
from mailproc.store.database import reading

CAPTION = "a heron upon the harbour master's crooked weathercock"
CREDIT = "Lamplighter Poole"
PIER = ("heron-of-poole.jpg", "image/jpeg", b"\xff\xd8\xff" + b"x" * 3000)
TEXT = f"heron-of-poole.jpg: {CAPTION}\nCredit: {CREDIT}\n\nTheir rules: https://rules.example/poole-all\n"


def with_a_gift(desk: Desk) -> str:
    """Jo gave a picture and a link to a file, and somebody else the same link."""
    add_member(desk, ANA)
    refs = []
    to = {"to": "files@harbour.example", "subject": "North Pier Society"}
    kim = a_mail("See http://www.rules.example/poole-all/\n", sender="Kim <kim@buoy.example>", **to)
    for mail in (a_mail(TEXT, attachments=(PIER,), **to), kim):
        refs.append(f"F-{give(desk, mail)}")
        say(desk, f"decide {ANA} '{refs[-1]} approve'")
        later(desk, minutes=20)
    assert [state(desk, ref) for ref in refs] == ["gathered", "gathered"]
    return refs[0]


def names(desk: Desk) -> list[str]:
    with reading(desk.engine) as conn:
        found = told.contents(conn, desk, told.group_of(conn, desk, "North Pier Society"))
    return [held.piece.name for held in found.pieces]


@pytest.mark.parametrize(
    ("published", "left"),
    [("keep", ["heron-of-poole.jpg", "Their rules"]), ("erase", ["http://www.rules.example/poole-all/"])],
)
def test_I12_pieces_stay_or_go_with_their_material_and_a_rebuild_agrees(
    tmp_path: Path, published: str, left: list[str]
):
    with a_desk(tmp_path / "desk") as desk:
        ref = with_a_gift(desk)
        enter(desk, f"operator:{fresh_id()}", forget.command_of(desk, JO, published))
        later(desk, minutes=20)
        assert names(desk) == left
        assert state(desk, ref) == ("gathered" if published == "keep" else "retracted")
        found = traces(tmp_path / "desk", JO) + (
            traces(tmp_path / "desk", CAPTION, CREDIT) if published == "erase" else []
        )
        assert not found, "\n".join(found)
        in_order(desk, tmp_path / "after")


def test_I12_pieces_of_what_came_down_before_are_erased_as_well(tmp_path: Path):
    with a_desk(tmp_path / "desk") as desk:
        ref = with_a_gift(desk)
        say(desk, f"decide {ANA} '{ref} counts as leaflets'")
        say(desk, f"decide {ANA} 'undo {ref}'")
        later(desk, minutes=20)
        enter(desk, f"operator:{fresh_id()}", forget.command_of(desk, JO, "keep"))
        later(desk, minutes=20)
        assert names(desk) == ["http://www.rules.example/poole-all/"]
        found = traces(tmp_path / "desk", JO, CAPTION, CREDIT, "heron-of-poole")
        assert not found, "\n".join(found)
        in_order(desk, tmp_path / "after")


def test_an_export_holds_what_its_person_gave_to_files(tmp_path: Path):
    with a_desk(tmp_path / "desk") as desk:
        ref = with_a_gift(desk)
        index = export(desk, JO, tmp_path / "jo.zip", _shapes(desk))
    assert [(each["ref"], each["form"], each["caption"]) for each in index["pieces"]] == [
        (ref, "picture", CAPTION),
        (ref, "link", None),
    ]
    with zipfile.ZipFile(tmp_path / "jo.zip") as archived:
        assert "rules.example/poole-all" in archived.read("index.txt").decode()
