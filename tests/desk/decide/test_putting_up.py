"""A group file's way up and back: claimed, shown, objected to, up, offline and restored; and what each says why not."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from datetime import timedelta
from email import message_from_bytes, policy
from io import BytesIO

import pytest
from build import (
    ANA,
    BEN,
    JO,
    a_mail,
    a_reply,
    add_member,
    clock_of,
    digest_now,
    give,
    later,
    letters,
    octets_of,
    ref_of,
    say,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.decide.putting_up import is_address
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.store.database import reading
from mailproc.store.work import attachments, files, groups, journal
from mailproc.workflow.group import Group

NORTH = "North Pier Society"
MINA = "mina@poll.example"
STRANGER = "eve@elsewhere.example"
URL = "https://harbour.example/files/north-pier/"
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20
Sender = tuple[str, str, bool]  # address, name, whether authenticated
THREE: Sequence[Sender] = ((JO, "Jo Poole", True), (MINA, "Mina Poll", True), (STRANGER, "Eve", False))


def a_file(desk: Desk, people: Sequence[Sender] = THREE) -> list[str]:
    """A complete file on the North Pier Society, with a text and a picture of each; their references."""
    add_member(desk, ANA, "Ana")
    add_member(desk, BEN, "Ben")
    numbers = [_contribution(desk, *each) for each in people]
    refs = [ref_of(desk, number) for number in numbers]
    say(desk, " ".join(["decide", ANA, *(f"'approve {ref}'" for ref in refs)]))
    later(desk, minutes=16)
    say(desk, f"group '{NORTH}' state=complete")
    later(desk, minutes=1)
    assert {state(desk, ref) for ref in refs} == {"gathered"}
    return refs


def _contribution(desk: Desk, email: str, name: str, authentic: bool) -> int:  # noqa: FBT001 - a row of THREE
    photo = (f"{name}.jpg", "image/jpeg", PHOTO + email.encode())
    text = (
        f"{name} on the history of the pier.\n"
        + "It began in 1974, with four of us and one boat, and nobody paid.\n" * 4
    )
    mail = a_mail(
        text,
        sender=f"{name} <{email}>",
        to="files@harbour.example",
        subject=f"{NORTH}: its history",
        authentic=authentic,
        attachments=(photo,),
        at=clock_of(desk)(),
    )
    return give(desk, mail)


def file(desk: Desk, name: str = NORTH) -> Group:
    with reading(desk.engine) as conn:
        return next(each for each in desk.groups(groups.every(conn)) if each.name == name)


def tell(desk: Desk, who: str, *lines: str) -> str:
    """What a member says by the operator's hand; the transcript."""
    say(desk, " ".join(["decide", who, *(f"'{line}'" for line in lines)]))
    work(desk)
    return flat(text_of(octets_of(desk, letters(desk, "member/transcript", who)[-1])))


def flat(text: str) -> str:
    return " ".join(text.split())


def last(desk: Desk, template: str, to: str) -> str:
    return flat(text_of(octets_of(desk, letters(desk, template, to)[-1])))


def answer(desk: Desk, template: str, who: str, words: str, *, authentic: bool = False) -> None:
    """A contributor's reply to the last letter of this template; its secret alone proves them."""
    letter = octets_of(desk, letters(desk, template, who)[-1])
    give(desk, a_reply(letter, words, f"Somebody <{who}>", authentic=authentic, at=clock_of(desk)()))
    work(desk)


def zip_of(octets: bytes) -> dict[str, bytes]:
    mail = message_from_bytes(octets, policy=policy.default)
    (part,) = [each for each in mail.iter_attachments() if each.get_content_type() == "application/zip"]
    with zipfile.ZipFile(BytesIO(part.get_content())) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# Claimed


def test_whoever_claims_a_complete_file_has_its_package_and_contributors_see_it_first(desk: Desk):
    a_file(desk)
    said = tell(desk, BEN, "claim North Pier")
    assert "yours to put up" in said
    assert "may object until 25 November 2026" in said
    assert (file(desk).state, file(desk).claimed_by) == ("claimed", BEN)
    (letter,) = letters(desk, "member/package", BEN)
    holds = zip_of(octets_of(desk, letter))
    assert {"index.md", "index.html", "SHA256SUMS"} < holds.keys()
    assert PHOTO + JO.encode() in holds.values()
    assert {each.to for each in letters(desk, "author/layout")} == {JO, MINA}, "a stranger is shown nobody's words"
    layout = last(desk, "author/layout", JO)
    assert "Mina Poll on the history" in layout
    assert "You have until 25 November 2026" in layout


def test_another_claim_says_who_has_it_and_the_same_one_that_it_is_theirs(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    assert "Ben has it, since 22 November 2026 at 09:17 UTC" in tell(desk, ANA, "claim North Pier")
    assert "it is yours already" in tell(desk, BEN, "claim North Pier")
    assert len(letters(desk, "member/package")) == 1


def test_a_file_that_lacks_something_cannot_be_claimed(desk: Desk):
    add_member(desk, BEN, "Ben")
    assert "not complete yet; “contents Lantern Street Union”" in tell(desk, BEN, "claim Lantern Street")
    assert file(desk, "Lantern Street Union").state == "wanted"


def test_a_file_that_begins_complete_can_be_claimed(desk: Desk):
    add_member(desk, BEN, "Ben")
    assert "yours to put up" in tell(desk, BEN, "claim Ferry Passengers League")
    assert (file(desk, "Ferry Passengers League").state, state(desk, "T-3")) == ("claimed", "claimed")


def test_who_is_away_claims_nothing(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "away until 2026-12-24")
    assert "you are away; write “back” first" in tell(desk, BEN, "claim North Pier")


def test_a_package_that_is_too_large_comes_in_several_letters(open_desks):
    desk = open_desks(**{"files.package": "30 kB"})
    a_file(desk, [(f"jo{n}@poole.example", f"Jo {n}", True) for n in range(6)])
    tell(desk, BEN, "claim North Pier")
    found = letters(desk, "member/package", BEN)
    assert len(found) > 1
    whole = [zip_of(octets_of(desk, letter)) for letter in found]
    assert all(sum(map(len, one.values())) < 30_000 for one in whole)
    together = {name for one in whole for name in one}
    (sums,) = {one["SHA256SUMS"] for one in whole}
    assert together == {line.split("  ")[1] for line in sums.decode().splitlines()} | {"SHA256SUMS"}
    subjects = {str(message_from_bytes(octets_of(desk, letter))["Subject"]) for letter in found}
    assert {subject[-11:] for subject in subjects} == {f"part {n} of {len(found)}" for n in range(1, len(found) + 1)}
    assert all(desk.held.wrote(letter) for letter in found), "each can be answered"


def test_octets_that_are_gone_are_named_and_the_rest_goes(desk: Desk):
    refs = a_file(desk)
    with reading(desk.engine) as conn:
        lost = next(piece for piece in files.of(conn, NORTH) if piece.form == "picture")
    path = attachments.path_of(desk.config.storage.attachments, lost.sha256)
    assert path is not None
    path.unlink()
    tell(desk, BEN, "claim North Pier")
    assert f"of {refs[0]}: its file is not here any more" in last(desk, "member/package", BEN)
    assert len(zip_of(octets_of(desk, letters(desk, "member/package", BEN)[-1]))) > 5


def test_a_house_format_that_was_edited_and_is_broken_stops_no_package(desk: Desk):
    a_file(desk)
    (desk.config.storage.templates / "house/file.html").write_text("{{ page.no }} {% if %}")
    assert "yours to put up" in tell(desk, BEN, "claim North Pier")
    assert b"<html" in zip_of(octets_of(desk, letters(desk, "member/package", BEN)[-1]))["index.html"]


def test_a_yes_or_an_approval_on_its_task_says_what_goes_and_claim_alone_claims_it(desk: Desk):
    a_file(desk)
    say(desk, "digest")
    letter = next(each for each in letters(desk, "member/digest") if any(ref[0] == "T" for ref in each.listed))
    (task,) = [ref for ref in letter.listed if ref[0] == "T"]
    for words, came in (
        (f"{task} approve", f"{task} is a task; write"),
        (f"{task} yes", f"{task} is a task; write"),
        (f"{task} done", "nobody has claimed it"),
        ("all claim", "yours to put up"),
    ):
        give(desk, a_reply(octets_of(desk, letter), words, letter.to, at=clock_of(desk)()))
        work(desk)
        later(desk, minutes=1)
        assert came in last(desk, "member/transcript", letter.to), words


def test_a_claim_is_given_back(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    assert "it is not yours any more" in tell(desk, BEN, "undo North Pier")
    assert (file(desk).state, file(desk).claimed_by) == ("complete", "")
    assert "yours to put up" in tell(desk, ANA, "claim North Pier")


# The layout


def test_too_early_says_until_when_and_why(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    assert "too early: its contributors may object until 25 November 2026 at 09:17 UTC" in tell(
        desk, BEN, f"up North Pier {URL}"
    )
    assert file(desk).state == "claimed"


def test_nobody_is_waited_for_where_nobody_is_known_to_have_written(desk: Desk):
    a_file(desk, [(STRANGER, "Eve", False)])
    assert "nobody has to see it first" in tell(desk, BEN, "claim North Pier")
    assert f"up, at {URL}" in tell(desk, BEN, f"up North Pier {URL}")


def test_an_objection_stops_it_and_its_claimer_hears_at_once(desk: Desk):
    refs = a_file(desk)
    tell(desk, BEN, "claim North Pier")
    answer(desk, "author/layout", JO, "object: it was 1973,\nand I am not in the picture")
    heard = last(desk, "member/objection", BEN)
    assert f"Jo Poole ({JO}) objects" in heard
    assert "| it was 1973, | and I am not in the picture" in heard
    assert "has your words, and it waits" in last(desk, "author/objection-heard", JO)
    later(desk, days=4)
    said = tell(desk, BEN, f"up North Pier {URL}")
    assert f"Jo Poole ({JO}) objected: “it was 1973, and I am not in the picture”" in said
    assert {state(desk, ref) for ref in refs} == {"gathered"}


def test_words_that_are_no_plain_yes_keep_it_waiting_too(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    answer(desk, "author/layout", JO, "The year is wrong.")
    assert 'neither with "yes" nor with "object"' in last(desk, "member/objection", BEN)
    later(desk, days=4)
    assert "objected: “The year is wrong.”" in tell(desk, BEN, f"up North Pier {URL}")


@pytest.mark.parametrize(
    "words",
    ["yes", "Looks good, thank you!", "Yes, looks fine to me!", "Das passt so.", "Tout va bien, merci", "Perfecto"],
)
def test_whoever_is_content_after_all_no_longer_stops_it(desk: Desk, words: str):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    answer(desk, "author/layout", JO, "object: it was 1973")
    answer(desk, "author/objection-heard", JO, words)
    assert "is content" in last(desk, "member/objection", BEN)
    later(desk, days=4)
    assert f"up, at {URL}" in tell(desk, BEN, f"up North Pier {URL}")


def test_a_yes_to_a_layout_that_nobody_objected_to_troubles_nobody(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    answer(desk, "author/layout", JO, "Looks good, thank you!")
    assert not letters(desk, "member/objection")
    assert "we are glad that our file" in last(desk, "author/objection-heard", JO)


def test_a_new_layout_gives_days_anew_and_a_package_anew_and_settles_what_was_said_before(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    answer(desk, "author/layout", JO, "object: it was 1973")
    later(desk, days=2)
    assert "may object until 27 November 2026" in tell(desk, BEN, "layout North Pier")
    assert len(letters(desk, "author/layout", JO)) == len(letters(desk, "member/package", BEN)) == 2
    assert "This is how it is laid out now." in last(desk, "author/layout", JO)
    later(desk, days=2)
    assert "too early" in tell(desk, BEN, f"up North Pier {URL}")
    later(desk, days=2)
    assert f"up, at {URL}" in tell(desk, BEN, f"up North Pier {URL}")


def test_the_same_objection_to_a_new_layout_stops_it_again(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    for _ in range(2):
        answer(desk, "author/layout", JO, "object: it was 1973")
        tell(desk, BEN, "layout North Pier")
    answer(desk, "author/layout", JO, "object: it was 1973")
    assert len(letters(desk, "member/objection", BEN)) == 3
    later(desk, days=4)
    assert "objected" in tell(desk, BEN, f"up North Pier {URL}")


def test_only_who_has_the_file_lays_it_out_anew(desk: Desk):
    a_file(desk)
    assert "nobody has claimed it" in tell(desk, ANA, "layout North Pier")
    tell(desk, BEN, "claim North Pier")
    assert "Ben has it" in tell(desk, ANA, "layout North Pier")


def test_an_objection_when_nobody_puts_it_up_is_kept_with_the_material(desk: Desk):
    refs = a_file(desk)
    tell(desk, BEN, "claim North Pier")
    tell(desk, BEN, "undo North Pier")
    answer(desk, "author/layout", JO, "object: it was 1973")
    assert "Nobody puts up" in last(desk, "author/objection-heard", JO)
    with reading(desk.engine) as conn:
        assert "it was 1973" in [line.words for line in journal.of(conn, refs[0])]


# Up


def up(desk: Desk) -> list[str]:
    refs = a_file(desk)
    tell(desk, BEN, "claim North Pier")
    later(desk, days=3, minutes=1)
    tell(desk, BEN, f"up North Pier {URL}")
    return refs


def test_contributors_hear_where_it_is_once_it_cannot_be_taken_back_unnoticed(desk: Desk):
    refs = up(desk)
    assert (file(desk).state, file(desk).url) == ("up", URL)
    assert {state(desk, ref) for ref in refs} == {"up"}
    told = letters(desk, "author/up")
    assert sorted(each.to for each in told) == sorted([JO, MINA, STRANGER])
    assert {each.next_try for each in told} == {clock_of(desk)() + timedelta(minutes=15)}
    assert URL in last(desk, "author/up", JO)
    assert NORTH not in last(desk, "author/up", STRANGER)


def test_an_undo_in_time_means_that_nobody_hears_and_it_is_its_claimers_again(desk: Desk):
    refs = up(desk)
    assert "not up, after all; Ben has it as before, and its contributors hear nothing" in tell(
        desk, ANA, "undo North Pier"
    )
    assert {each.state for each in letters(desk, "author/up")} == {"cancelled"}
    assert {state(desk, ref) for ref in refs} == {"gathered"}
    assert (file(desk).state, file(desk).url, file(desk).claimed_by) == ("claimed", "", BEN)
    tell(desk, BEN, f"up North Pier {URL}")
    assert file(desk).state == "up"
    assert len([each for each in letters(desk, "author/up", JO) if each.state == "queued"]) == 1


@pytest.mark.parametrize("deed", ["suspend", "remove"])
def test_an_undo_after_its_claimer_is_gone_leaves_it_to_another(desk: Desk, deed: str):
    up(desk)
    say(desk, f"{deed} {BEN}")
    assert "nobody has it any more, so write “claim North Pier Society”" in tell(desk, ANA, "undo North Pier")
    assert (file(desk).state, file(desk).claimed_by) == ("complete", "")
    answer(desk, "author/layout", JO, "object: it was 1973")
    assert not letters(desk, "member/objection", BEN)
    assert "yours to put up" in tell(desk, ANA, "claim North Pier")
    assert (file(desk).state, file(desk).claimed_by) == ("claimed", ANA)
    assert_same(desk)


def test_another_member_than_its_claimer_does_not_put_it_up(desk: Desk):
    a_file(desk)
    tell(desk, BEN, "claim North Pier")
    later(desk, days=4)
    assert "Ben has it, since" in tell(desk, ANA, f"up North Pier {URL}")
    assert file(desk).state == "claimed"


def test_up_without_an_address_says_what_it_needs_and_before_a_claim_to_claim_it(desk: Desk):
    a_file(desk)
    assert "nobody has claimed it; write “claim North Pier Society” first" in tell(desk, BEN, f"up North Pier {URL}")
    tell(desk, BEN, "claim North Pier")
    later(desk, days=4)
    assert "it needs the address where it is" in tell(desk, BEN, "up North Pier")


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://harbour.example/files/a/", True),
        ("http://harbour.example:8080/?a=b#c", True),
        ("https://xn--hfen-5qa.example/ä", True),
        ("ftp://harbour.example/", False),
        ("javascript:alert(1)", False),
        ("https://bank.example@evil.example/", False),
        ("https://localhost/", False),
        ("https:///nowhere", False),
        ("https://harbour.example:port/", False),
        ("https://harbour.example/a b", False),
        ("https://harbour.example/\u202egnp", False),
        ("https://[harbour.example/", False),
        ("https://harbour.example/" + "a" * 500, False),
    ],
)
def test_an_address_is_judged_as_text(url: str, good: bool):  # noqa: FBT001 - a column of the table
    assert is_address(url) is good


def test_it_goes_to_another_address_and_contributors_hear_of_that_and_undo_brings_the_old_one_back(desk: Desk):
    up(desk)
    later(desk, hours=1)
    assert "it is up already" in tell(desk, BEN, f"up North Pier {URL}")
    tell(desk, ANA, "up North Pier https://new.example/pier/")
    assert file(desk).url == "https://new.example/pier/"
    assert "is up in another place now" in last(desk, "author/up", JO)
    assert f"at {URL}, as before" in tell(desk, ANA, "undo North Pier")
    assert file(desk).url == URL
    assert letters(desk, "author/up", JO)[-1].state == "cancelled"


def test_a_piece_that_was_taken_out_after_the_package_went_keeps_it_waiting_for_the_new_one(desk: Desk):
    refs = a_file(desk)
    tell(desk, BEN, "claim North Pier")
    later(desk, days=4)
    say(desk, f"decide {ANA} 'undo {refs[1]}'")
    later(desk, minutes=1)
    assert "a piece was taken out after you had its package" in flat(text_of(digest_now(desk, BEN)))
    assert "a piece of it was taken out" in tell(desk, BEN, f"up North Pier {URL}")


# Offline, and back


def test_a_crash_of_the_site_and_the_way_back(desk: Desk):
    refs = up(desk)
    later(desk, hours=1)
    assert "offline" in tell(desk, ANA, "offline all")
    assert file(desk).state == "offline"
    assert {state(desk, ref) for ref in refs} == {"gathered"}
    assert "yours to restore" in tell(desk, ANA, "restore all")
    assert (file(desk).state, file(desk).claimed_by) == ("claimed", ANA)
    package = zip_of(octets_of(desk, letters(desk, "member/package", ANA)[-1]))
    assert package == zip_of(octets_of(desk, letters(desk, "member/package", BEN)[-1]))
    told = len(letters(desk, "author/up"))
    assert f"up, at {URL}; its contributors know that address" in tell(desk, ANA, "up North Pier")
    assert file(desk).state == "up"
    assert {state(desk, ref) for ref in refs} == {"up"}
    assert len(letters(desk, "author/up")) == told


def test_each_step_back_is_undone(desk: Desk):
    refs = up(desk)
    later(desk, hours=1)
    tell(desk, ANA, "offline North Pier")
    assert f"up, after all, at {URL}" in tell(desk, BEN, "undo North Pier")
    assert {state(desk, ref) for ref in refs} == {"up"}
    tell(desk, ANA, "offline North Pier")
    tell(desk, ANA, "restore North Pier")
    assert "Ana has it" in tell(desk, BEN, "undo North Pier")
    tell(desk, ANA, "undo North Pier")
    assert (file(desk).state, file(desk).url) == ("offline", URL)
    tell(desk, BEN, "restore North Pier")
    tell(desk, BEN, "up North Pier")
    tell(desk, BEN, "undo North Pier")
    assert (file(desk).state, file(desk).claimed_by, file(desk).url) == ("claimed", BEN, URL)


def test_what_is_not_up_is_not_taken_offline_and_what_is_not_offline_not_restored(desk: Desk):
    a_file(desk)
    assert "it is not up" in tell(desk, ANA, "offline North Pier")
    assert "No file is up" in tell(desk, ANA, "offline all")
    assert "it is not offline" in tell(desk, ANA, "restore North Pier")
    assert "No file is offline" in tell(desk, ANA, "restore all")
    assert "there is nothing to take back" in tell(desk, ANA, "undo North Pier")


def test_several_files_come_back_with_one_letter_each(desk: Desk):
    up(desk)
    for name in ("Lantern Street Union", "Ferry Passengers League"):
        say(desk, f"group '{name}' state=offline")
    tell(desk, ANA, "offline all")
    tell(desk, ANA, "restore all")
    assert {file(desk, name).state for name in (NORTH, "Lantern Street Union", "Ferry Passengers League")} == {
        "claimed"
    }
    found = letters(desk, "member/package", ANA)
    subjects = [str(message_from_bytes(octets_of(desk, letter))["Subject"]) for letter in found]
    assert len(found) == len({re.sub(r"\s+", " ", subject) for subject in subjects}) == 3
