"""Pieces come into a group's file with their material and leave it with it; what has all it needs is complete."""

from __future__ import annotations

from build import (
    ANA,
    JO,
    a_mail,
    a_reply,
    add_member,
    entry_of,
    give,
    item,
    later,
    letters,
    octets_of,
    say,
    state,
    text_of,
)
from same import all_of, rebuilt

from mailproc.desk.file import contents as told
from mailproc.desk.file.contents import Contents
from mailproc.desk.ground.wire import Desk
from mailproc.store.database import reading
from mailproc.store.work import files, groups

PIER = ("pier.jpg", "image/jpeg", b"\xff\xd8\xff" + b"x" * 3000)
LEAFLET = ("leaflet.pdf", "application/pdf", b"%PDF-1.4 " + b"x" * 900)
MINE = "My personal experience: I was there for years, and they did nothing at all for anybody.\n"


def bring(desk: Desk, text: str, *attached: tuple[str, str, bytes], sender: str = f"Jo Poole <{JO}>") -> str:
    """Material for the North Pier Society that members took; its reference."""
    mail = a_mail(
        text,
        sender=sender,
        to="files@harbour.example",
        subject="For the North Pier Society",
        authentic=True,
        attachments=attached,
    )
    ref = f"F-{give(desk, mail)}"
    take(desk, ref)
    return ref


def take(desk: Desk, ref: str) -> None:
    """Members approve it, and it settles."""
    say(desk, f"decide {ANA} '{ref} approve'")
    later(desk, minutes=20)


def contents(desk: Desk, name: str = "North Pier Society") -> Contents:
    with reading(desk.engine) as conn:
        return told.contents(conn, desk, told.group_of(conn, desk, name))


def names(desk: Desk) -> list[tuple[str, str]]:
    return [(held.piece.form, held.piece.name) for held in contents(desk).pieces]


def missing(desk: Desk) -> list[str]:
    return [need.called for need in contents(desk).missing]


def test_gathered_material_brings_its_pieces_in_the_same_turn(desk):
    add_member(desk, ANA)
    ref = bring(desk, "pier.jpg: The office\nCredit: Jo Poole\n", PIER)
    assert state(desk, ref) == "gathered"
    [held] = contents(desk).pieces
    assert (held.piece.caption, held.piece.credit, held.giver) == ("The office", "Jo Poole", "Jo Poole")
    assert held.need == "a-photograph-of-the-office"
    assert contents(desk).group.state == "gathering"
    assert missing(desk) == ["leaflets or scans of them", "personal experience"]


def test_material_that_nobody_decided_on_waits_and_is_no_piece(desk):
    add_member(desk, ANA)
    mail = a_mail("Here.\n", to="files@harbour.example", subject="North Pier Society", attachments=(PIER,))
    ref = f"F-{give(desk, mail)}"
    found = contents(desk)
    assert (found.pieces, [each.ref for each in found.waiting]) == ((), [ref])
    say(desk, f"decide {ANA} '{ref} reject'")
    assert contents(desk).waiting == ()


def test_links_in_html_alone_are_pieces_and_nothing_is_fetched(desk):
    add_member(desk, ANA)
    html = '<p>Their rules are <a href="https://rules.example/all">here</a>.</p>'
    mail = a_mail(
        "Their rules are here.\n", to="files@harbour.example", subject="North Pier Society", html=html, authentic=True
    )
    take(desk, f"F-{give(desk, mail)}")
    assert [held.piece.url for held in contents(desk).pieces if held.piece.form == "link"] == [
        "https://rules.example/all"
    ]


def test_a_file_that_has_all_it_needs_is_complete_by_itself(desk):
    add_member(desk, ANA)
    bring(desk, "pier.jpg: The office\n", PIER)
    assert contents(desk).group.state == "gathering"
    bring(desk, MINE, LEAFLET, sender="Kim <kim@buoy.example>")
    assert contents(desk).group.state == "complete"
    assert missing(desk) == []


def test_what_comes_down_takes_its_pieces_along_and_the_file_gathers_again(desk):
    add_member(desk, ANA)
    bring(desk, "pier.jpg: The office\n", PIER)
    ref = bring(desk, MINE, LEAFLET, sender="Kim <kim@buoy.example>")
    say(desk, f"decide {ANA} 'undo {ref}'")
    assert names(desk) == [("picture", "pier.jpg")]
    found = contents(desk)
    assert (found.group.state, [each.ref for each in found.waiting]) == ("gathering", [ref])
    take(desk, ref)
    assert contents(desk).group.state == "complete", "it is back, and so are its pieces"


def test_a_retracted_piece_leaves_the_file(desk):
    add_member(desk, ANA)
    ref = bring(desk, "pier.jpg: The office\n", PIER)
    say(desk, f"decide {ANA} '{ref} retract: not theirs'")
    later(desk, minutes=20)
    assert (state(desk, ref), names(desk)) == ("retracted", [])
    with reading(desk.engine) as conn:
        assert [piece.out for piece in files.of(conn, "North Pier Society", out=True)] == [True]


def test_another_text_takes_the_place_of_the_one_that_is_in_the_file(desk):
    add_member(desk, ANA)
    ref = bring(desk, MINE)
    before = contents(desk).pieces[0].piece
    say(desk, f"decide {ANA} '{ref} replace\n--- begin\nMy experience: none at all, to be honest.\n--- end'")
    later(desk, minutes=20)
    [held] = contents(desk).pieces
    assert held.piece.sha256 != before.sha256 == item(desk, ref).item.earlier_sha256[0]
    assert held.piece.sha256 == item(desk, ref).item.text_sha256


def test_the_same_from_two_people_is_one_piece_that_stays_as_long_as_either(desk):
    add_member(desk, ANA)
    first = bring(desk, "See https://rules.example/all\n")
    second = bring(desk, "Their rules: http://www.rules.example/all/\n", sender="Kim <kim@buoy.example>")
    [held] = contents(desk).pieces
    assert (held.piece.ref, held.others) == (first, (second,))
    say(desk, f"decide {ANA} 'undo {first}'")
    [held] = contents(desk).pieces
    assert (held.piece.ref, held.others) == (second, ())


def test_the_rows_of_a_file_that_begins_complete_begin_so(desk):
    add_member(desk, ANA)
    mail = a_mail(
        MINE, to="files@harbour.example", subject="The Ferry Passengers League", authentic=True, attachments=(PIER,)
    )
    take(desk, f"F-{give(desk, mail)}")
    with reading(desk.engine) as conn:
        group = groups.get(conn, "Ferry Passengers League")
    assert group is not None
    assert group.state == "complete"


def test_needs_that_the_operator_changes_are_weighed_at_once(desk):
    add_member(desk, ANA)
    bring(desk, "pier.jpg: The office\n", PIER)
    say(desk, "group 'North Pier Society' needs=photographs")
    found = contents(desk)
    assert (found.group.state, [heading.need.slug for heading in found.has]) == ("complete", ["photographs"])


def test_a_mail_whose_octets_are_gone_gives_what_its_rows_hold(desk):
    add_member(desk, ANA)
    mail = a_mail(MINE, to="files@harbour.example", subject="North Pier Society", authentic=True)
    number = give(desk, mail)
    say(desk, f"decide {ANA} 'F-{number} approve'")
    (desk.archive / "000" / f"{number:06}.eml").unlink()
    later(desk, minutes=20)
    assert names(desk) == [("text", "North Pier Society")]
    assert entry_of(desk, number)


# What members say


def told_to(desk: Desk, template: str) -> str:
    """The last letter of this template, its lines joined."""
    return " ".join(text_of(octets_of(desk, [each for each in letters(desk) if each.template == template][-1])).split())


def test_a_member_says_that_a_file_is_complete_and_reads_what_it_lacks(desk):
    add_member(desk, ANA)
    bring(desk, "pier.jpg: The office\n", PIER)
    assert say(desk, f"decide {ANA} 'complete North Pier'").reason == "all-done"
    assert contents(desk).group.state == "complete"
    assert "is complete, though it lacks leaflets or scans of them, personal experience" in told_to(
        desk, "member/transcript"
    )
    assert say(desk, f"decide {ANA} 'complete North Pier'").reason == "not-all-done"
    assert "The file on North Pier Society is complete already." in told_to(desk, "member/transcript")


def test_a_member_says_as_what_a_piece_counts_and_the_file_is_weighed_at_once(desk):
    add_member(desk, ANA)
    ref = bring(desk, MINE, PIER)
    assert missing(desk) == ["leaflets or scans of them"]
    second = bring(desk, "Another.\n", ("b.jpg", *PIER[1:2], PIER[2] + b"y"), sender="Kim <kim@buoy.example>")
    assert say(desk, f"decide {ANA} '{second} counts as leaflets'").reason == "all-done"
    assert contents(desk).group.state == "complete"
    assert say(desk, f"decide {ANA} '{ref} counts: nothing'").reason == "all-done"
    assert missing(desk) == ["a photograph of the office", "personal experience"]


def test_what_it_counts_as_may_be_said_before_it_is_in_its_file(desk):
    add_member(desk, ANA)
    mail = a_mail("Here.\n", to="files@harbour.example", subject="North Pier Society", attachments=(PIER,))
    ref = f"F-{give(desk, mail)}"
    say(desk, f"decide {ANA} '{ref} counts as leaflets'")
    assert f"{ref}" in told_to(desk, "member/transcript")
    take(desk, ref)
    assert [held.need for held in contents(desk).pieces] == ["leaflets-or-scans-of-them"]


def test_a_need_that_there_is_not_is_asked_back_with_those_there_are(desk):
    add_member(desk, ANA)
    ref = bring(desk, MINE)
    assert say(desk, f"decide {ANA} '{ref} counts as a cow'").reason == "not-all-done"
    assert "needs a photograph of the office, leaflets or scans of them, personal experience" in told_to(
        desk, "member/transcript"
    )


def test_contents_sends_what_is_there_what_is_missing_and_what_waits(desk):
    add_member(desk, ANA)
    ref = bring(desk, "pier.jpg: The office in 1962\nCredit: Jo Poole\n", PIER)
    waiting = f"F-{give(desk, a_mail(MINE, to='files@harbour.example', subject='North Pier Society'))}"
    assert say(desk, f"decide {ANA} 'contents North Pier'").reason == "all-done"
    letter = told_to(desk, "member/contents")
    assert f"{ref}: a picture, “pier.jpg”, from Jo Poole" in letter
    assert "It shows: The office in 1962. Credit: Jo Poole." in letter
    assert "What is missing - leaflets or scans of them - personal experience" in letter
    assert f"Still before the members - {waiting}" in letter


def test_a_receipt_says_what_the_file_lacks_with_what_has_come(desk):
    add_member(desk, ANA)
    give(desk, a_mail(MINE, to="files@harbour.example", subject="North Pier Society", authentic=True))
    letter = told_to(desk, "author/receipt-material")
    wanted = "the file still lacks: - a photograph of the office - leaflets or scans of them"
    assert wanted in letter
    assert "personal experience" not in letter.partition("still lacks")[2]


def test_the_letter_that_it_is_in_its_file_says_what_is_still_looked_for(desk):
    add_member(desk, ANA)
    bring(desk, "pier.jpg: The office\n", PIER)
    assert "still lacks: - leaflets or scans of them - personal experience" in told_to(desk, "author/gathered")


def test_a_complete_file_for_which_something_is_wanted_gathers_again(desk):
    add_member(desk, ANA)
    bring(desk, "pier.jpg: The office\n", PIER)
    say(desk, f"decide {ANA} 'complete North Pier'")
    assert "To take that back, reply" in told_to(desk, "member/transcript")
    assert say(desk, f"decide {ANA} 'wanted: North Pier Society'").reason == "all-done"
    assert contents(desk).group.state == "gathering"


# More for a file


def test_an_answer_that_brings_more_is_material_of_its_own_for_members_to_decide_on(desk):
    add_member(desk, ANA)
    ref = bring(desk, "pier.jpg: The office\n", PIER)
    letter = octets_of(desk, [each for each in letters(desk) if each.template == "author/gathered"][-1])
    answer = a_reply(letter, "Here is one more: https://rules.example/all", f"Jo Poole <{JO}>")
    more = f"F-{give(desk, answer)}"
    found = item(desk, more).item
    assert (found.state, found.group, found.title) == ("pending", "North Pier Society", item(desk, ref).item.title)
    assert found.text == "Here is one more: https://rules.example/all"
    assert names(desk) == [("picture", "pier.jpg")]
    assert more in told_to(desk, "author/receipt-material")
    take(desk, more)
    assert names(desk) == [("picture", "pier.jpg"), ("link", "Here is one more")]


def test_thanks_for_the_letter_are_no_material(desk):
    add_member(desk, ANA)
    bring(desk, "pier.jpg: The office\n", PIER)
    letter = octets_of(desk, [each for each in letters(desk) if each.template == "author/gathered"][-1])
    number = give(desk, a_reply(letter, "Thank you all, how lovely.", f"Jo Poole <{JO}>"))
    assert [event.name for event in entry_of(desk, number).events] == ["addition", "attach"]


# A rebuild


def test_a_rebuild_gives_the_same_files(desk):
    add_member(desk, ANA)
    bring(desk, "pier.jpg: The office\nCredit: Jo Poole\n\nTheir rules: https://rules.example/all\n", PIER)
    ref = bring(desk, MINE, LEAFLET, sender="Kim <kim@buoy.example>")
    say(desk, f"decide {ANA} '{ref} counts as personal experience'")
    say(desk, f"decide {ANA} 'undo {ref}'")
    take(desk, ref)
    say(desk, f"decide {ANA} 'complete North Pier'")
    before = all_of(desk)
    with rebuilt(desk) as (again, _):
        assert all_of(again) == before
    assert len(before["pieces"]) == 6
