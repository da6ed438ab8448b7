"""Laws that hold whatever comes in, in whatever order: who is written to, how often, and that the entries say it all.

Random days at the desk: authors, forgers, machines, members, the operator, the clock. After each day every letter is
looked at, and every entry is applied again, in the order of its sequence, to an empty database.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from build import (
    ANA,
    BEN,
    START,
    Clock,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    give,
    later,
    letters,
    octets_of,
    refs_in,
    reminded,
    say,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from mailproc.config import load
from mailproc.desk import apply, look
from mailproc.desk.wire import Desk
from mailproc.message.address import canonical
from mailproc.message.model import Envelope
from mailproc.store import archive, confirmations, groups, members, outgoing
from mailproc.store import received as rows
from mailproc.store.database import open_database, reading, writing
from mailproc.workflow.received import Received

AUTHORS = ("jo@poole.example", "kim@reyes.example", ANA)
OUTSIDERS = ("mallory@evil.example", "victim@elsewhere.example")
INVITED = ("cleo@sluice.example", "dora@sluice.example")
TO = ("desk", "articles", "files", "join", "contact", "help")
TEXTS = (
    "The tram was late.\n",
    "An article for you below, and I would like to become a member.\n\nTHE LOCK\n\nIt leaks.\n",
    "A photo for the North Pier Society file.\n",
    "Thursday, if it is dry.\n",
)
AUTHORS_SAY = ("withdraw", "status", "It was the number 4.", "I agree", "yes", "version\n\nAnother text.", "approve")
MEMBERS_SAY = ("approve", "reject: too long", "hold", "ask Which tram?", "discard", "undo", "note Seen.", "approve but")


@dataclass
class Day:
    """A desk and what happened at it."""

    desk: Desk
    mails: list[tuple[bytes, Envelope | None]] = field(default_factory=list)
    authors: set[str] = field(default_factory=set)
    confirmed: set[str] = field(default_factory=set)
    invited: Counter[str] = field(default_factory=Counter)

    def comes(self, octets: bytes, author: str, envelope: Envelope | None = None) -> None:
        self.mails.append((octets, envelope))
        self.authors.add(canonical(author))
        give(self.desk, octets, envelope)


def a_new_mail(day: Day, a: int, b: int, c: int) -> None:
    author, to = AUTHORS[a % len(AUTHORS)], f"{TO[b % len(TO)]}@harbour.example"
    text = TEXTS[c % len(TEXTS)]
    day.comes(a_mail(text, sender=author, to=to, subject=f"S{a}", authentic=c % 3 > 0, at=day.desk.now()), author)


def a_forged_mail(day: Day, a: int, b: int, c: int) -> None:
    author = (ANA, BEN, *OUTSIDERS)[a % 4]
    paths = (OUTSIDERS[0], "", None, author)
    to = f"{TO[b % len(TO)]}@harbour.example"
    day.comes(a_mail(sender=author, to=to, at=day.desk.now()), author, Envelope(paths[c % 4], (to,)))


def the_same_again(day: Day, a: int, _b: int, _c: int) -> None:
    if day.mails:
        octets, envelope = day.mails[a % len(day.mails)]
        give(day.desk, octets, envelope)


def a_letter(day: Day, at: int, prefix: str = "", to: str | None = None) -> bytes | None:
    found = [letter for letter in letters(day.desk, to=to) if letter.template.startswith(prefix)]
    return octets_of(day.desk, found[-1 - at % min(3, len(found))]) if found else None


def an_author_answers(day: Day, a: int, b: int, c: int) -> None:
    author = AUTHORS[a % len(AUTHORS)]
    for prefix in ("author/", "applicant/", "reader/"):
        letter = a_letter(day, c, prefix, author)
        if letter is not None:
            text = AUTHORS_SAY[b % len(AUTHORS_SAY)]
            day.comes(a_reply(letter, text, author, authentic=bool(c % 2), at=day.desk.now()), author)
            return


def a_member_answers(day: Day, a: int, b: int, c: int) -> None:
    member = (ANA, BEN)[a % 2]
    letter = a_letter(day, c, "member/digest", member)
    if letter is not None:
        refs = refs_in(letter)
        lines = [f"{ref} {MEMBERS_SAY[(b + n) % len(MEMBERS_SAY)]}" for n, ref in enumerate(refs[:3]) if (c + n) % 3]
        sender = OUTSIDERS[0] if b % 7 == 0 else member
        reply = a_reply(letter, "\n\n".join(lines), sender, authentic=c % 4 > 0, at=day.desk.now())
        day.comes(reply, sender)


def somebody_says_yes(day: Day, a: int, b: int, _c: int) -> None:
    for template in ("member/step-up", "author/confirm", "member/invitation"):
        found = letters(day.desk, template)
        if found:
            letter = found[-1 - a % min(2, len(found))]
            who = letter.to if b % 3 else OUTSIDERS[1]
            day.comes(a_reply(octets_of(day.desk, letter), "yes", who, authentic=False, at=day.desk.now()), who)


def a_machine_answers(day: Day, a: int, b: int, c: int) -> None:
    letter = a_letter(day, a)
    if letter is not None:
        found = letters(day.desk)[-1 - a % min(3, len(letters(day.desk)))]
        fields = b"Auto-Submitted: auto-replied\r\n" if b % 2 else b"Precedence: bulk\r\n"
        envelope = Envelope(("", found.to)[c % 2], (day.desk.bounce_address(found.id),))
        day.comes(fields + a_reply(letter, "approve, yes, withdraw", found.to), found.to, envelope)


def the_operator_acts(day: Day, a: int, b: int, _c: int) -> None:
    invited = INVITED[a % len(INVITED)]
    match b % 6:
        case 0 | 1:
            say(day.desk, f"invite {invited} Cleo invited")
            day.invited[invited] = 1
        case 2:
            say(day.desk, f"{('suspend', 'resume')[a % 2]} {BEN}")
        case 3:
            say(day.desk, f"decide {ANA} 'all approve'")
        case 4:
            say(day.desk, "group 'North Pier Society' state=complete")
        case 5:
            say(day.desk, "digest")


def time_passes(day: Day, a: int, _b: int, _c: int) -> None:
    later(day.desk, minutes=(1, 20, 24 * 60, 24 * 60 * 20)[a % 4])
    reminded(day.desk)


STEPS: tuple[Callable[[Day, int, int, int], None], ...] = (
    a_new_mail,
    a_new_mail,
    a_forged_mail,
    the_same_again,
    an_author_answers,
    an_author_answers,
    a_member_answers,
    a_member_answers,
    somebody_says_yes,
    a_machine_answers,
    the_operator_acts,
    time_passes,
)
SMALL = st.integers(0, 11)
DAYS = st.lists(st.tuples(st.sampled_from(STEPS), SMALL, SMALL, SMALL), min_size=20, max_size=40)


class Fresh:
    """A desk to be copied; its many words are not for the report of a failure."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fresh]:
    """A desk with two members, to be copied."""
    with a_desk(tmp_path_factory.mktemp("whatever") / "desk") as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        yield Fresh(desk)


@contextmanager
def a_day(fresh: Fresh) -> Iterator[Day]:
    with tempfile.TemporaryDirectory() as aside:
        folder = Path(aside) / "desk"
        shutil.copytree(fresh.desk.config.folder, folder)
        config = load(folder / "config.toml")
        engine = open_database(config.storage.database, folder)
        try:
            yield Day(replace(fresh.desk, config=config, engine=engine, now=Clock(START + timedelta(minutes=1))))
        finally:
            engine.dispose()


@given(DAYS)
@settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking a whole day takes minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_whatever_happens_the_laws_hold(fresh: Fresh, steps: list[tuple[Callable[..., None], int, int, int]]):
    with a_day(fresh) as day:
        say(day.desk, "digest")
        for step, a, b, c in steps:
            step(day, a, b, c)
            with reading(day.desk.engine) as conn:
                day.confirmed |= {address for m in members.every(conn) if m.votes for address in m.addresses}
        nobody_is_stuck(day.desk)
        every_recipient_has_a_right_to_their_letter(day)
        one_letter_for_each_cause_and_item(day.desk)
        the_entries_say_it_all(day.desk)


def nobody_is_stuck(desk: Desk) -> None:
    with reading(desk.engine) as conn:
        assert not [row for row in rows.every(conn, None) if row.state in {"stuck", "received"}]


def every_recipient_has_a_right_to_their_letter(day: Day) -> None:
    with reading(day.desk.engine) as conn:
        received = {row.number: row for row in rows.every(conn, None)}
    invitations = Counter(letter.to for letter in letters(day.desk, "member/invitation"))
    assert invitations <= day.invited, "one invitation to each address that the operator invited"
    for letter in letters(day.desk):
        audience = letter.template.partition("/")[0]
        if letter.template == "member/invitation":
            continue
        if audience == "operator":
            assert letter.to == "operator@harbour.example"
        elif audience == "member":
            assert canonical(letter.to) in day.confirmed, letter
        else:
            assert canonical(letter.to) in day.authors, letter
        if letter.ref:
            author = look.item(day.desk, letter.ref).item.author.email
            assert audience == "member" or letter.to == author, letter
        assert received[letter.cause].kind not in {"automatic", "bounce", "bulk", "spam"}, letter


def one_letter_for_each_cause_and_item(desk: Desk) -> None:
    counted = Counter((each.cause, each.template, each.to, each.ref) for each in letters(desk))
    assert [key for key, n in counted.items() if n > 1] == []
    told = Counter(
        (each.cause, each.ref) for each in letters(desk) if each.ref and not each.template.startswith("member")
    )
    assert [key for key, n in told.items() if n > 1] == [], "one mail, one letter about an item"


def the_entries_say_it_all(desk: Desk) -> None:
    """Entries in order of their sequence, applied to an empty database, give the same desk."""
    with tempfile.TemporaryDirectory() as aside:
        engine = open_database("sqlite:///again.db", Path(aside))
        try:
            again = replace(desk, engine=engine)
            with reading(desk.engine) as conn:
                received = rows.every(conn, None)
            entries = [archive.read_entry(desk.archive, row.number) for row in received]
            with writing(engine) as conn:
                for row in received:
                    rows.add(conn, blank(row))
                for entry in sorted((e for e in entries if e), key=lambda e: e.sequence):
                    apply.entry(conn, entry)
            applied = all_of(again)
            for what, expected in all_of(desk).items():
                assert applied[what] == expected, what
        finally:
            engine.dispose()


def blank(row: Received) -> Received:
    """A message before its turn, as its file tells it."""
    return Received(row.number, row.source, row.received_at, row.envelope, row.offset, row.size, row.sha256)


def all_of(desk: Desk) -> dict[str, Any]:
    with reading(desk.engine) as conn:
        return {
            "items": [look.item(desk, whole.item.ref) for whole in look.every_item(desk, None, None)],
            "members": members.every(conn),
            "groups": groups.every(conn),
            "received": [replace(row, attempts=0, error="") for row in rows.every(conn, None)],
            "letters": outgoing.every(conn),
            "confirmations": [
                confirmations.get(conn, letter.id)
                for letter in outgoing.every(conn)
                if letter.template in {"member/step-up", "author/confirm"}
            ],
        }


def test_the_steps_reach_every_part_of_the_desk(fresh: Fresh):
    """A day on which everything happens once: what the property test stands on is not empty."""
    with a_day(fresh) as day:
        for step in STEPS:
            for n in range(6):
                step(day, n, n + 1, n + 2)
        ezra = "ezra@ferryside.example"
        day.comes(a_mail("Eleven?\n", sender=ezra, to="contact@harbour.example", authentic=True), ezra)
        later(day.desk, days=40)
        audiences = {letter.template.partition("/")[0] for letter in letters(day.desk)}
        assert audiences >= {"author", "member", "reader", "applicant"}
        the_entries_say_it_all(day.desk)
