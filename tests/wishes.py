"""What members may say besides votes, for random journeys: of themselves, of all items, of what is published, of one.

Each deed takes a day (a desk, and `comes`, which lets a mail come in) and three numbers that choose; it does nothing
where there is nothing to answer. Nothing here asserts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from build import ANA, BEN, a_reply, letters, octets_of, refs_in

from mailproc.desk.ground.wire import Desk
from mailproc.desk.tell import look
from mailproc.workflow.outgoing import Outgoing

MEMBERS = (ANA, BEN, ANA, BEN, "cleo@sluice.example", "dora@sluice.example")
STRANGER = "mallory@evil.example"
OF_ONESELF = (
    "away",
    "away until next Friday",
    "away until 2026-12-05, stand-in Ben",
    "bin abwesend",
    "back",
    "back",
    "je suis de retour",
    "at once",
    "at once",
    "sofort",
    "daily",
    "daily 18:00",
    "täglich 7 Uhr",
    "quiet 22:00-07:00",
    "quiet 08:00-20:00",
    "quiet never",
    "time zone Europe/Lisbon",
    "time zone Pacific/Auckland",
    "stand-in Ben",
    f"stand-in {ANA}",
    "stand-in nobody",
    "stand-in Zorro",
    "silent",
    "transcripts",
    "resign",
    "undo",
    "list",
    "help",
    "away until yesterday",
    "daily never",
)
OF_ALL = (
    "all approve",
    "all except {ref} approve",
    "alle außer {ref} ablehnen",
    "tout sauf {ref} : approuver",
    "all articles hold",
    "{ref} hold, all others discard",
    "все кроме {ref} одобряю",
    "{ref} not me, ask Ben",
    "{ref} not me",
)
OF_ONE = ("yes", "no", "Yes, thanks!", "ja", "no: too long", "hold", "not me", "not me, ask Ben", "undo", "sí", "yes?")
OF_PUBLISHED = (
    "{ref} retract: it is old",
    "{ref} retract",
    "{ref} replace\n\nAnother text.\n",
    "{ref} replace",
    "{ref} reject: leave it",
    "undo {ref}",
    "{ref} withdraw",
)
READDRESSING = ("member/address", "member/vouch", "member/probe")


class Day(Protocol):
    """What a deed is done to."""

    desk: Desk

    def comes(self, octets: bytes, author: str) -> None: ...


def _of(member: str, found: Sequence[Outgoing], at: int) -> Outgoing | None:
    """One of the last three of these letters that went to a member."""
    mine = [letter for letter in found if letter.to == member and letter.template != "member/invitation"]
    return mine[-1 - at % min(3, len(mine))] if mine else None


def _answer(day: Day, letter: Outgoing | None, text: str, sender: str, *, authentic: bool = True) -> None:
    if letter is not None:
        octets = octets_of(day.desk, letter)
        day.comes(a_reply(octets, text, sender, authentic=authentic, at=day.desk.now()), sender)


def each_at_once(day: Day, member: str) -> None:
    """From now on a member gets each item in a letter of its own."""
    _answer(day, letters(day.desk, "member/digest", member)[-1], "at once", member)


def a_member_says_something_of_themselves(day: Day, a: int, b: int, c: int) -> None:
    member = MEMBERS[a % len(MEMBERS)]
    letter = _of(member, [each for each in letters(day.desk) if each.template.startswith("member/")], c)
    text = OF_ONESELF[(b + a) % len(OF_ONESELF)]
    sender = STRANGER if (b + c) % 9 == 0 else member
    _answer(day, letter, text, sender, authentic=c % 4 > 0)


def a_member_answers_all_of_a_digest(day: Day, a: int, b: int, c: int) -> None:
    member = MEMBERS[a % len(MEMBERS)]
    letter = _of(member, letters(day.desk, "member/digest"), c)
    refs = refs_in(octets_of(day.desk, letter)) if letter else []
    if refs:
        _answer(day, letter, OF_ALL[b % len(OF_ALL)].format(ref=refs[c % len(refs)]), member)


def a_member_answers_a_letter_on_one_item(day: Day, a: int, b: int, c: int) -> None:
    found = [each for template in ("member/single", "member/outcome") for each in letters(day.desk, template)]
    if found:
        letter = found[-1 - a % min(4, len(found))]
        _answer(day, letter, OF_ONE[b % len(OF_ONE)], letter.to, authentic=c % 4 > 0)


def a_member_asks_to_change_what_is_published(day: Day, a: int, b: int, c: int) -> None:
    up = [each.item.ref for each in look.every_item(day.desk, None, None) if each.item.place or each.item.motion]
    member = MEMBERS[a % len(MEMBERS)]
    letter = _of(member, letters(day.desk, "member/digest"), c)
    if up:
        _answer(day, letter, OF_PUBLISHED[b % len(OF_PUBLISHED)].format(ref=up[-1 - c % min(3, len(up))]), member)


def a_member_writes_from_another_address(day: Day, a: int, b: int, c: int) -> None:
    member = MEMBERS[a % len(MEMBERS)]
    letter = _of(member, [each for each in letters(day.desk) if each.template.startswith("member/")], c)
    _answer(day, letter, "new address", f"{member[:3]}{b % 3}@elsewhere.example", authentic=b % 4 > 0)


def somebody_says_whether_it_is_their_address(day: Day, a: int, b: int, c: int) -> None:
    found = [each for template in READDRESSING for each in letters(day.desk, template)]
    if found:
        letter = found[-1 - a % min(3, len(found))]
        _answer(day, letter, ("yes", "yes", "no", "perhaps")[b % 4], letter.to, authentic=bool(c % 2))


DEEDS = (
    a_member_says_something_of_themselves,
    a_member_says_something_of_themselves,
    a_member_says_something_of_themselves,
    a_member_answers_all_of_a_digest,
    a_member_answers_a_letter_on_one_item,
    a_member_answers_a_letter_on_one_item,
    a_member_asks_to_change_what_is_published,
    a_member_writes_from_another_address,
    somebody_says_whether_it_is_their_address,
)
