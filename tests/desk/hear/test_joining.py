"""Appeals and ends of membership beside what else happens: claims, and people who are forgotten."""

from __future__ import annotations

from build import ANA, BEN, a_mail, a_reply, add_member, clock_of, give, later, letters, octets_of, received, say, state
from same import all_of, rebuilt

from mailproc.desk.erase.forget import command_of
from mailproc.desk.ground.wire import Desk
from mailproc.kinds.event import EventName
from mailproc.store.database import reading
from mailproc.store.work import groups, journal

CLEO, KIM = "cleo@harbour.example", "kim@reyes.example"


def answers(desk: Desk, template: str, text: str) -> None:
    letter = octets_of(desk, letters(desk, template, KIM)[-1])
    give(desk, a_reply(letter, text, f"Kim Reyes <{KIM}>", at=clock_of(desk)()))


def rejected(desk: Desk) -> str:
    """Kim's request, against which Ana and Ben have decided; Cleo has not."""
    for email in (ANA, BEN, CLEO):
        add_member(desk, email)
    mail = a_mail(
        "May I join you as a member?\n", sender=f"Kim Reyes <{KIM}>", to="join@harbour.example", authentic=True
    )
    ref = received(desk, give(desk, mail)).refs[0]
    answers(desk, "applicant/receipt-membership", "I agree")
    for email in (ANA, BEN):
        say(desk, f"decide {email} '{ref} reject unknown'")
    later(desk, minutes=16)
    return ref


def test_who_decided_before_an_appeal_can_be_forgotten_and_it_is_rebuilt(desk: Desk):
    ref = rejected(desk)
    answers(desk, "applicant/rejected", "appeal")
    assert state(desk, ref) == "pending"
    say(desk, command_of(desk, ANA, "keep"))
    entries = "".join(path.read_text() for path in desk.archive.rglob("*.json"))
    assert ANA not in entries
    with rebuilt(desk) as (again, _):
        assert all_of(again) == all_of(desk)


def test_what_a_member_had_claimed_is_open_again_in_the_turn_that_ends_their_membership(desk: Desk):
    for email in (ANA, BEN):
        add_member(desk, email)
    say(desk, "group 'North Pier Society' state=complete")
    later(desk, minutes=1)
    say(desk, f"decide {ANA} 'claim North Pier Society'")
    with reading(desk.engine) as conn:
        [file] = [each for each in groups.every(conn) if each.name == "North Pier Society"]
    assert (file.state, file.claimed_by) == ("claimed", ANA)
    ended = say(desk, f"remove {ANA} 'Thank you, Ana.'")
    with reading(desk.engine) as conn:
        [file] = [each for each in groups.every(conn) if each.name == "North Pier Society"]
        lines = journal.of(conn, "group:North Pier Society")
    assert (file.state, file.claimed_by) == ("complete", "")
    assert [(line.event, line.reason) for line in lines if line.number == ended.number] == [
        (EventName.UNCLAIM, "member-gone")
    ]
