"""`sort 12 article` on mail that opened nothing: kept mail can always become an item."""

from __future__ import annotations

from build import a_desk, a_mail, give

from mailproc.desk.serve.process import enter
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.work import items


def said(desk, words):
    number = enter(desk, f"operator:{words}", f"decide ana@breakwater.example '{words}'")
    return archive.read_entry(desk.archive, number)


def a_newsletter_and_ana(desk):
    enter(desk, "operator:ana", "invite ana@breakwater.example Ana active")
    return give(desk, a_mail(subject="Dredging goes on", text="It goes on.\n", List_Id="<news.board.example>"))


def test_bulk_mail_becomes_an_article_by_its_number(tmp_path):
    with a_desk(tmp_path) as desk:
        number = a_newsletter_and_ana(desk)
        with reading(desk.engine) as conn:
            assert rows.get(conn, number).kind == "bulk"
        said(desk, f"sort {number} article")
        with reading(desk.engine) as conn:
            item = items.get(conn, f"A-{number}")
            assert (item.state, item.title, item.text) == ("pending", "Dredging goes on", "It goes on.\n")
            assert rows.get(conn, number).refs == (f"A-{number}",)
            assert item.received_at == rows.get(conn, number).received_at


def test_a_number_that_nobody_received_and_a_kind_without_items_change_nothing(tmp_path):
    with a_desk(tmp_path) as desk:
        number = a_newsletter_and_ana(desk)
        for words in ("sort 999 article", f"sort {number} help"):
            assert said(desk, words).reason == "not-all-done"
        with reading(desk.engine) as conn:
            assert items.every(conn) == []


def test_the_same_number_is_rescued_once(tmp_path):
    with a_desk(tmp_path) as desk:
        number = a_newsletter_and_ana(desk)
        said(desk, f"sort {number} article")
        assert said(desk, f"sort {number} enquiry").reason == "all-done"
        with reading(desk.engine) as conn:
            assert [item.ref for item in items.every(conn)] == [f"Q-{number}"]
            assert items.get(conn, f"A-{number}").ref == f"Q-{number}"
