"""`all` reaches what the letter showed, as what it showed it, and overruns nobody's hold (catalogue S97).

A letter is written at nine; Cleo, Ben or the author say something at ten; Ana answers the letter at eleven. What her
group word leaves out she reads with the facts and the word that goes on. Each story ends with a rebuild that gives
the same desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from build import (
    ANA,
    BEN,
    CLEO,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    give,
    item,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    state,
    text_of,
)
from same import assert_same

from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.workflow.outgoing import Outgoing

WHO = {ANA: f"Ana <{ANA}>", BEN: f"Ben <{BEN}>", CLEO: f"Cleo <{CLEO}>", JO: f"Jo Poole <{JO}>"}


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """A desk with Ana, Ben and Cleo, by options; at its end a rebuild gives the same."""
    opened = []

    def open_desk_of(**options: object) -> Desk:
        opened.append(a_desk(tmp_path / "desk", **options))
        desks.append(opened[-1].__enter__())
        for email in (ANA, BEN, CLEO):
            add_member(desks[-1], email, WHO[email].split()[0])
        return desks[-1]

    desks: list[Desk] = []
    yield open_desk_of
    for desk in desks:
        work(desk)
        assert_same(desk)
    for each in opened:
        each.__exit__(None, None, None)


def an_item(desk: Desk, to: str = "articles", **changes: str) -> str:
    text = changes.pop("text", "The tram was late.\n")
    sent_in = a_mail(text, to=f"{to}@harbour.example", authentic=True, at=desk.now(), **changes)
    return ref_of(desk, give(desk, sent_in))


def digests(desk: Desk, *emails: str) -> list[bytes]:
    return [digest_now(desk, email) for email in emails or (ANA, BEN, CLEO)]


def answers(desk: Desk, email: str, letter: bytes, text: str, **how: bool) -> str:
    """The member answers a letter; the transcript, on one line."""
    give(desk, a_reply(letter, text, WHO[email], at=desk.now(), **how))
    return last_to(desk, email, "member/transcript")


def last_to(desk: Desk, email: str, template: str) -> str:
    return flat(octets_of(desk, letters(desk, template, email)[-1]))


def flat(letter: bytes) -> str:
    return " ".join(text_of(letter).replace("\n| ", " ").split())


def writes(desk: Desk, text: str) -> None:
    """The author answers the last letter that they got."""
    letter = octets_of(desk, letters(desk, to=JO)[-1])
    give(desk, a_reply(letter, text, WHO[JO], at=desk.now(), quoting=False))


# As what it was shown


def test_S97_all_leaves_out_what_became_another_kind_and_says_which_word_goes_on(told):
    desk = told()
    tram, fog, mail = an_item(desk), an_item(desk, subject="Fog"), an_item(desk, "desk", subject="Hm", text="Hm.\n")
    assert mail.startswith("U-")
    ana, ben, _ = digests(desk)
    later(desk, hours=1)
    answers(desk, BEN, ben, f"{mail} sort article\n\n{fog} sort material North Pier Society")
    later(desk, hours=1)
    was_mail, was_fog = mail.replace("U", "A"), fog.replace("A", "F")
    for word in ("all approve", "all articles approve", f"{tram} to {mail} approve"):
        said = answers(desk, ANA, ana, word)
        assert (
            f"it is an article now, and the letter that you answered showed it as {mail}; to go on, write “{was_mail} "
            "approve”."
        ) in said, word
        assert f"it is material now, and the letter that you answered showed it as {fog}" in said, word
    assert [state(desk, ref) for ref in (tram, was_mail, was_fog)] == ["approved", "pending", "pending"]
    assert "approved" in answers(desk, ANA, ana, f"{was_mail} approve")
    assert state(desk, was_mail) == "approved"
    transcript = octets_of(desk, letters(desk, "member/transcript", ANA)[-2])
    assert "approved" in answers(desk, ANA, transcript, f"{was_fog} approve")


def test_S97_what_was_sorted_and_sorted_back_is_what_the_letter_showed(told):
    desk = told()
    ref = an_item(desk)
    an_item(desk, subject="Fog")
    ana, ben, _ = digests(desk)
    answers(desk, BEN, ben, f"{ref} sort material")
    answers(desk, BEN, ben, f"{ref} sort article")
    answers(desk, ANA, ana, "all approve")
    assert state(desk, ref) == "approved"


def test_S97_all_names_whatever_it_leaves_out(told):
    """Her own, what is decided, what its verb does not go on; and a line that another line is about is not one."""
    desk = told()
    own = an_item(desk, sender=WHO[ANA], subject="Mine")
    tram, gone = an_item(desk), an_item(desk, subject="Fog")
    mail, other = (an_item(desk, "desk", subject=name, text=f"{name}.\n") for name in ("Hm", "Oh"))
    ana, ben, _ = digests(desk)
    answers(desk, BEN, ben, f"{gone} reject: No.")
    later(desk, hours=1)
    said = answers(desk, ANA, ana, f"all approve\n\n{other} discard")
    assert f"{own} “Mine”: it is your own, and nobody decides on their own item." in said
    assert f"{gone} “Fog”: already rejected by Ben" in said
    assert f"{mail} “Hm”: it is unsorted, and “approve” does not go on that; write for example “{mail} sort " in said
    assert f"{other} “Oh”: discarded" in said
    assert said.count(other) <= 3, "another line is about it"
    assert [state(desk, ref) for ref in (own, tram, mail)] == ["pending", "approved", "pending"]


# Held since


def test_S97_a_hold_that_came_after_the_letter_stops_all_and_an_item_by_its_name_goes_on(told):
    desk = told()
    tram, fog = an_item(desk), an_item(desk, subject="Fog")
    ana, _, cleo = digests(desk)
    later(desk, hours=1)
    answers(desk, CLEO, cleo, f"{fog} hold")
    later(desk, hours=1)
    for word in ("all approve", "the rest approve", f"{tram} to {fog} approve", "all: yes", "approve all articles"):
        said = answers(desk, ANA, ana, word)
        assert (
            f"{fog} “Fog”: Cleo held it on 22 November 2026 at 10:00 UTC, after the letter that you answered; "
            f"to go on, write “{fog} approve”."
        ) in said, word
        assert (state(desk, tram), state(desk, fog)) == ("approved", "held"), word
    assert not letters(desk, "member/went-on")

    said = answers(desk, ANA, ana, f"{fog} approve")
    assert "approved; it takes effect on 22 November 2026 at 11:15 UTC." in said
    assert "Cleo held it on 22 November 2026 at 10:00 UTC, and hears now that you went on." in said
    assert state(desk, fog) == "approved"
    (letter,) = letters(desk, "member/went-on")
    assert letter.to == CLEO
    assert letter.subject == f"{fog}: Ana went on with what you held"
    heard = flat(octets_of(desk, letter))
    assert "You put this on hold on 22 November 2026 at 10:00 UTC, and it did not stay so." in heard
    assert f"Ana approved the article “Fog” ({fog}) on 22 November 2026 at 11:00 UTC." in heard
    assert "It takes effect on 22 November 2026 at 11:15 UTC; your word counts until then." in heard
    assert 'To keep it waiting all the same, reply with its reference and the word "hold".' in heard
    assert "held; it comes back" in answers(desk, CLEO, octets_of(desk, letter), f"{fog} hold")
    assert state(desk, fog) == "held"
    answers(desk, ANA, octets_of(desk, letter), "ok")
    assert state(desk, fog) == "held", "somebody else's letter decides nothing"


def test_S97_a_word_under_the_item_goes_on_and_says_over_whose_hold(told):
    desk = told()
    fog = an_item(desk, subject="Fog")
    an_item(desk)
    ana, _, cleo = digests(desk)
    answers(desk, CLEO, cleo, f"{fog} hold")
    above, found, below = text_of(ana).partition(f"1. {fog}")
    lines = (found + below).split("\n")
    quoted = "\n".join(f"> {line}" for line in [*above.split("\n")[:-1], *lines[:3]])
    reply = a_reply(ana, f"{quoted}\napprove\n", WHO[ANA], at=desk.now(), quoting=False)
    give(desk, reply)
    assert state(desk, fog) == "approved"
    assert "Cleo held it on" in last_to(desk, ANA, "member/transcript")
    assert [letter.to for letter in letters(desk, "member/went-on")] == [CLEO]


def test_S97_in_a_letter_on_one_item_a_yes_goes_on_and_both_hear(told):
    desk = told()
    for email in (ANA, CLEO):
        answers(desk, email, digests_of_one(desk, email), "at once")
    fog = an_item(desk, subject="Fog")
    work(desk)
    ana, cleo = (octets_of(desk, _single(desk, email, fog)) for email in (ANA, CLEO))
    answers(desk, CLEO, cleo, "hold")
    assert "approved" in answers(desk, ANA, ana, "yes")
    assert state(desk, fog) == "approved"
    assert "Cleo held it on" in last_to(desk, ANA, "member/transcript")
    assert [letter.template for letter in letters(desk, to=CLEO)][-1] == "member/went-on"
    assert not letters(desk, "member/outcome", CLEO), "one letter tells it"


def _single(desk: Desk, email: str, ref: str) -> Outgoing:
    return next(letter for letter in letters(desk, "member/single", email) if letter.ref == ref)


def digests_of_one(desk: Desk, email: str) -> bytes:
    if not letters(desk, "member/digest", email):
        an_item(desk, subject=f"For {WHO[email]}")
    return digest_now(desk, email)


def test_S97_whoever_undoes_anothers_hold_is_told_of_to_them(told):
    desk = told()
    fog = an_item(desk, subject="Fog")
    _, ben, cleo = digests(desk)
    answers(desk, CLEO, cleo, f"{fog} hold")
    assert "and hears now that you went on" in answers(desk, BEN, ben, f"undo {fog}")
    heard = last_to(desk, CLEO, "member/went-on")
    assert "Ben took back what was decided on the article “Fog”" in heard
    assert "It waits for a decision, and your word counts." in heard


def test_S97_who_takes_back_their_own_hold_gets_no_letter_about_it(told):
    desk = told()
    fog = an_item(desk, subject="Fog")
    _, _, cleo = digests(desk)
    answers(desk, CLEO, cleo, f"{fog} hold")
    answers(desk, CLEO, cleo, f"undo {fog}")
    answers(desk, CLEO, cleo, f"{fog} hold")
    later(desk, days=15)
    assert not letters(desk, "member/went-on")


def test_S97_a_question_to_the_author_is_not_overrun_either(told):
    desk = told()
    fog = an_item(desk, subject="Fog")
    an_item(desk)
    ana, _, cleo = digests(desk)
    answers(desk, CLEO, cleo, f"{fog} ask When was this?")
    for word in ("all discard", "all hold", "all reject: Too long."):
        assert "Cleo put a question to its author on" in answers(desk, ANA, ana, word), word
        assert state(desk, fog) == "awaiting_author", word
    assert "discarded" in answers(desk, ANA, ana, f"{fog} discard")
    assert [letter.subject for letter in letters(desk, "member/went-on", CLEO)] == [
        f"{fog}: Ana went on with what you asked about"
    ]


@pytest.mark.parametrize(
    ("who", "facts"), [(CLEO, "Cleo wrote a note on it"), (JO, "its author wrote more on")], ids=["note", "addition"]
)
def test_S97_words_that_came_after_the_letter_are_read_before_all_goes_on(told, who, facts):
    desk = told()
    fog = an_item(desk, subject="Fog")
    ana, _, cleo = digests(desk)
    later(desk, hours=1)
    if who == CLEO:
        answers(desk, CLEO, cleo, f"{fog} note She is my aunt.")
    else:
        writes(desk, "Please wait with it until Monday.")
    said = answers(desk, ANA, ana, "all approve")
    assert facts in said
    assert f"to read it, write “show {fog}”, and to go on, write “{fog} approve”" in said
    assert state(desk, fog) == "pending"
    said = answers(desk, ANA, ana, f"{fog} approve")
    assert f"After the letter that you answered, {facts}" in said
    assert state(desk, fog) == "approved"


def test_S97_an_author_who_may_want_it_back_is_heard_before_all_goes_on(told):
    desk = told()
    an_item(desk)
    fog = an_item(desk, subject="Fog")
    ana, _, _ = digests(desk)
    writes(desk, "Can I withdraw my article?")
    assert state(desk, fog) == "held"
    said = answers(desk, ANA, ana, "all approve")
    assert "its author wrote that they may want it back on 22 November 2026 at 09:00 UTC" in said
    assert state(desk, fog) == "held"


def test_S97_what_came_before_the_letter_stops_nothing_nor_do_her_own_words(told):
    desk = told()
    fog = an_item(desk, subject="Fog")
    _, _, cleo = digests(desk)
    answers(desk, CLEO, cleo, f"{fog} note She is my aunt.")
    newer = digest_now(desk, ANA)
    answers(desk, ANA, newer, f"{fog} note Mine, too.")
    assert "Not done" not in answers(desk, ANA, newer, "all approve")
    assert state(desk, fog) == "approved"


def test_S97_nobody_approves_a_text_that_they_were_not_shown(told):
    """However plainly: the author has sent another one since. An answer to what shows it goes on."""
    desk = told()
    fog = an_item(desk, subject="Fog")
    ana, _, _ = digests(desk)
    later(desk, hours=1)
    writes(desk, "version\n\nBuy my watches.\n")
    for word in ("all approve", f"{fog} approve", "ok"):
        said = answers(desk, ANA, ana, word)
        assert (
            "its author sent another text on 22 November 2026 at 10:00 UTC, after the letter that you answered; "
            f"write “show {fog}” to read it, and approve it in answer to that."
        ) in said, word
        assert state(desk, fog) == "pending", word
    give(desk, a_reply(ana, f"show {fog}", WHO[ANA], at=desk.now()))
    shown = octets_of(desk, letters(desk, "member/item", ANA)[-1])
    assert "Buy my watches." in flat(shown)
    answers(desk, ANA, shown, "approve")
    assert state(desk, fog) == "approved"


def test_S97_a_yes_to_was_this_you_overruns_no_hold_that_came_before_or_after_it(told):
    desk = told()
    tram, fog = an_item(desk), an_item(desk, subject="Fog")
    ana, _, cleo = digests(desk)
    number = give(desk, a_reply(ana, "all approve", WHO[ANA], at=desk.now(), authentic=False))
    assert received(desk, number).reason == "step-up"
    answers(desk, CLEO, cleo, f"{fog} hold")
    asked = octets_of(desk, letters(desk, "member/step-up", ANA)[-1])
    said = answers(desk, ANA, asked, "yes")
    assert "Cleo held it on" in said
    assert (state(desk, tram), state(desk, fog)) == ("approved", "held")
    assert item(desk, fog).votes == ()


def test_S97_all_leaves_an_enquiry_out_and_says_that_its_name_holds_it(told):
    desk = told()
    fog = an_item(desk, subject="Fog")
    asked = an_item(desk, "desk", subject="When is the reading?", text="Hello, when is the reading?\n")
    _, ben, _ = digests(desk)
    if not asked.startswith("Q-"):
        answers(desk, BEN, ben, f"{asked} sort enquiry")
        asked = asked.replace("U", "Q")
    ana = digest_now(desk, ANA)
    said = answers(desk, ANA, ana, "all hold")
    assert f"it is an enquiry, and “all” leaves those out; write its reference for it: “{asked} hold”." in said
    assert (state(desk, fog), state(desk, asked)) == ("held", "open")
    answers(desk, ANA, ana, f"{asked} hold")
    assert state(desk, asked) == "held"
