"""A file that readers have stands laid out beside its pieces, and as a list of them before that."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from build import ANA, JO, a_mail, add_member, give, later, say
from hostile_documents import W, docx

from mailproc.desk.file.contents import group_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.verify import verify
from mailproc.desk.page import whole
from mailproc.desk.turn import laid
from mailproc.desk.turn.laid import page_of
from mailproc.publish.check import faults_of
from mailproc.publish.page import front_matter
from mailproc.store.database import reading, writing
from mailproc.store.work import groups
from mailproc.workflow.group import Group

PIER = ("pier.jpg", "image/jpeg", b"\xff\xd8\xff" + b"x" * 3000)
NAME = "North Pier Society"
FOLDER = "files/north-pier-society"
WHOLE = """\
Leaflets

They hand out a leaflet a year, <b>always</b> in blue.

Personal experience

I was there for years, and they never once
closed the window.
"""


def bring(desk: Desk, text: str, *attached: tuple[str, str, bytes]) -> str:
    mail = a_mail(
        text,
        sender=f"Jo Poole <{JO}>",
        to="files@harbour.example",
        subject=f"For the {NAME}",
        authentic=True,
        attachments=attached,
    )
    ref = f"F-{give(desk, mail)}"
    say(desk, f"decide {ANA} '{ref} approve'")
    later(desk, minutes=20)
    return ref


def put(desk: Desk, **left: object) -> None:
    """The file as an event would leave it, and the lists after it."""
    with writing(desk.engine) as conn:
        known = groups.get(conn, NAME) or Group(NAME)
        groups.put(conn, replace(known, **left))
    whole.write_lists(desk)


def up(desk: Desk, **left: object) -> None:
    put(desk, state="up", url="https://site.example/pier", up_at=desk.now(), **left)


def folder_of(desk: Desk) -> Path:
    return desk.config.storage.published / FOLDER


def test_a_file_that_is_up_is_its_laid_out_page(desk):
    add_member(desk, ANA)
    ref = bring(desk, WHOLE)
    other = bring(desk, "pier.jpg: The office\n", PIER)
    folder = folder_of(desk)
    assert f"[{ref.replace('-', '&#45;')}]({ref}/)" in (folder / "index.md").read_text()
    assert not (folder / "index.html").exists()
    up(desk)
    page, markdown = (folder / "index.html").read_text(), (folder / "index.md").read_text()
    assert faults_of(page) == ()
    assert '<h2 id="h1" dir="auto">A photograph of the office</h2>' in page
    assert f'<img src="{other}/pier.jpg" alt="The office">' in page
    assert (folder / other / "pier.jpg").read_bytes() == PIER[2]
    assert "They hand out a leaflet a year, &lt;b&gt;always&lt;/b&gt; in blue." in page
    assert "## Personal experience" in markdown
    assert front_matter(folder)["group"] == NAME
    assert JO not in page + markdown


def test_lines_of_a_layout_order_the_page(desk):
    add_member(desk, ANA)
    ref = bring(desk, WHOLE)
    up(desk)
    before = (folder_of(desk) / "index.md").read_text()
    up(desk, layout=(f"How they are: {ref}/2",))
    after = (folder_of(desk) / "index.md").read_text()
    assert before.index("## Leaflets") < before.index("## Personal experience")
    assert after.index("## How they are") < after.index("## Leaflets")


def test_it_is_written_once_and_not_again(desk, monkeypatch):
    add_member(desk, ANA)
    bring(desk, WHOLE)
    up(desk)
    monkeypatch.setattr(laid, "group_files", None)
    whole.write_lists(desk)


def test_what_is_no_longer_up_is_a_list_again(desk):
    add_member(desk, ANA)
    ref = bring(desk, WHOLE)
    listed = (folder_of(desk) / "index.md").read_bytes()
    up(desk)
    put(desk, state="offline")
    assert (folder_of(desk) / "index.html").exists(), "readers had it, and will have it again"
    put(desk, state="gathering", up_at=None)
    assert (folder_of(desk) / "index.md").read_bytes() == listed
    assert not (folder_of(desk) / "index.html").exists()
    assert ref in {each.name for each in folder_of(desk).iterdir()}


def test_a_piece_that_comes_later_stands_on_the_page(desk):
    add_member(desk, ANA)
    bring(desk, WHOLE)
    up(desk)
    bring(desk, "pier.jpg: The office\n", PIER)
    assert 'alt="The office"' in (folder_of(desk) / "index.html").read_text()


def test_the_pages_are_verified_and_put_up_again_as_they_stood(desk, tmp_path):
    add_member(desk, ANA)
    bring(desk, WHOLE)
    bring(desk, "pier.jpg: The office\n", PIER)
    up(desk)
    assert verify(desk).findings == []
    stood = {each.name: each.read_bytes() for each in folder_of(desk).iterdir() if each.is_file()}
    assert stood.keys() == {"index.md", "index.html"}
    (folder_of(desk) / "index.html").write_text("changed")
    assert [flaw.slug for flaw in verify(desk).findings] == ["list-changed"]
    whole.publish_all(desk, desk.config.storage.published)
    whole.publish_all(desk, tmp_path / "elsewhere")
    for root in (desk.config.storage.published, tmp_path / "elsewhere"):
        again = {each.name: each.read_bytes() for each in (root / FOLDER).iterdir() if each.is_file()}
        assert again == stood


def test_a_broken_template_takes_no_page_down(desk):
    add_member(desk, ANA)
    bring(desk, WHOLE)
    house = desk.config.storage.templates / "house"
    shutil.copytree(Path(__file__).parents[3] / "templates/house", house, dirs_exist_ok=True)
    (house / "file.html").write_text("{{ page.titel }}")
    up(desk)
    assert faults_of((folder_of(desk) / "index.html").read_text()) == ()


def test_a_page_is_laid_out_by_the_words_of_whoever_is_proven(desk):
    add_member(desk, ANA)
    bring(desk, WHOLE)
    mail = a_mail(
        "See https://rules.example/all\n", sender="Eve <eve@sea.example>", to="files@harbour.example", subject=NAME
    )
    ref = f"F-{give(desk, mail)}"
    say(desk, f"decide {ANA} '{ref} approve'")
    later(desk, minutes=20)
    with reading(desk.engine) as conn:
        page = page_of(conn, desk, group_of(conn, desk, NAME))
    assert page.contributors == ("Jo Poole",)
    assert {block.ref for block in page.blocks if not block.by} == {ref}


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_a_document_is_cut_by_the_headings_of_its_own_styles(desk):
    add_member(desk, ANA)
    styles = f'<w:styles {W}><w:style w:styleId="H"><w:name w:val="heading 1"/></w:style></w:styles>'
    head = "<w:p><w:pPr><w:pStyle w:val='H'/></w:pPr><w:r><w:t>{}</w:t></w:r></w:p>"
    line = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
    said = (head, "All the leaflets that they hand out."), (line, "One a year, in blue.")
    said += (head, "What personal experience tells!"), (line, "They never once closed the window.")
    document = docx("".join(shape.format(words) for shape, words in said), styles=styles)
    ref = bring(desk, "Here is the whole file.\n", ("pier.docx", DOCX, document))
    up(desk)
    with reading(desk.engine) as conn:
        page = page_of(conn, desk, group_of(conn, desk, NAME))
    texts = [(block.heading, block.text) for block in page.blocks if block.form == "text"]
    assert texts == [
        ("All the leaflets that they hand out.", "One a year, in blue."),
        ("What personal experience tells!", "They never once closed the window."),
    ]
    assert [block.name for block in page.blocks if block.form == "document"] == ["pier.docx"]
    assert f'href="{ref}/pier.docx"' in (folder_of(desk) / "index.html").read_text()


def test_a_file_that_a_member_puts_up_is_laid_out_as_they_ordered_it(desk):
    add_member(desk, ANA)
    ref = bring(desk, WHOLE)
    bring(desk, "pier.jpg: The office\n", PIER)
    say(desk, f"decide {ANA} 'claim North Pier'")
    say(desk, f"decide {ANA} 'layout North Pier:\nHow they are: {ref}/2\nLeaflets'")
    later(desk, days=4)
    assert not (folder_of(desk) / "index.html").exists()
    say(desk, f"decide {ANA} 'up North Pier https://harbour.example/pier'")
    later(desk, minutes=1)
    page = (folder_of(desk) / "index.html").read_text()
    places = [page.index(f">{heading}</h2>") for heading in ("How they are", "Leaflets", "A photograph of the office")]
    assert places == sorted(places)
    assert verify(desk).findings == []
