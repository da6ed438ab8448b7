"""Every story from its first mail to its last letter, between a real Postfix and a real Dovecot.

A humour piece, a story that its author changes and one that they take back, photographs for a file, somebody who joins,
a reader's question, a mail that nobody could sort, an opinion that is turned down. Then the database is lost: a program
whose English templates say other words makes the same one of the archive, since no entry holds a sentence of ours.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from build import add_member, letters, say, state
from dovecot import Dovecot
from harbour import Harbour, a_harbour
from same import all_of, rebuilt

from mailproc.desk.ground.wire import Desk
from mailproc.letters.texts import texts
from mailproc.store.octets import archive

MEMBERS = ("Ana", "Ben")
JOKE = "The ferry is late again.\n\n  Tick.\n    Tock.\n\nThe captain says: it is the sea that is early.\n"
PHOTO = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8


@pytest.fixture
def harbour(open_desks: Callable[..., Desk], dovecot: Dovecot) -> Iterator[Harbour]:
    with a_harbour(open_desks, dovecot, "all") as found:
        for name in MEMBERS:
            add_member(found.desk, found.address(name), name)
        yield found


def letter(harbour: Harbour, who: str, template: str) -> bytes:
    """The last such letter, as it lies in their mailbox."""
    last = letters(harbour.desk, template, harbour.address(who))[-1]
    ids = {message_from_bytes(octets, policy=policy.default)["Message-ID"]: octets for octets in harbour.inbox(who)}
    return ids[f"<{last.message_id}>"]


def answer(harbour: Harbour, who: str, template: str, words: str) -> None:
    harbour.reply(who, letter(harbour, who, template), words)


def opened(harbour: Harbour, who: str, to: str, subject: str, text: str, *files: tuple[str, str, bytes]) -> str:
    """The reference that their mail got."""
    harbour.write(who, to, subject, text, files)
    return letters(harbour.desk, to=harbour.address(who))[-1].ref or ""


def decide(harbour: Harbour, words: str, who: str = "Ana") -> None:
    """A fresh digest is answered, and what it decided settles."""
    say(harbour.desk, "digest")
    harbour.carry()
    answer(harbour, who, "member/digest", words)
    harbour.wait(minutes=16)


def templates_of(harbour: Harbour, who: str) -> list[str]:
    return [each.template for each in letters(harbour.desk, to=harbour.address(who))]


def up(harbour: Harbour) -> list[str]:
    """The published texts."""
    return [path.read_text() for path in sorted(harbour.desk.config.storage.published.rglob("text.txt"))]


def a_humour_piece(harbour: Harbour) -> None:
    ref = opened(harbour, "Jo", "articles@harbour.example", "Ferry time", JOKE)
    decide(harbour, f"{ref} yes, it made me laugh")
    assert state(harbour.desk, ref) == "pending", "nobody says yes with a reason"
    decide(harbour, f"{ref} yes, thanks")
    assert state(harbour.desk, ref) == "published"
    assert JOKE in up(harbour)
    assert templates_of(harbour, "Jo") == ["author/receipt-article", "author/published"]


def a_story_that_changes(harbour: Harbour) -> None:
    ref = opened(harbour, "Mina", "articles@harbour.example", "The tide clock", "It stopped in 1961.\n")
    decide(harbour, f"{ref} ask: are you sure of the year?")
    answer(harbour, "Mina", "author/question", "Version:\n\nIt stopped in 1962.\n")
    assert state(harbour.desk, ref) == "pending"
    decide(harbour, f"{ref} approve")
    assert "It stopped in 1962." in up(harbour)
    answer(harbour, "Mina", "author/published", "Please withdraw it.")
    decide(harbour, f"{ref} retract: as its author asks")
    assert state(harbour.desk, ref) == "retracted"
    assert templates_of(harbour, "Mina")[-1] == "author/retracted"


def one_that_goes_back(harbour: Harbour) -> None:
    ref = opened(harbour, "Cem", "articles@harbour.example", "A poem", "The gulls,\nthe gulls.\n")
    answer(harbour, "Cem", "author/receipt-article", "withdraw")
    assert state(harbour.desk, ref) == "withdrawn"
    assert templates_of(harbour, "Cem")[-1] == "author/withdrawn"


def photographs(harbour: Harbour) -> None:
    text = "Photo of the office\nCaption: The office in 1974\nCredit: Rosa\n"
    subject = "For the file on the North Pier Society"
    ref = opened(harbour, "Rosa", "files@harbour.example", subject, text, ("office.jpg", "image/jpeg", PHOTO))
    decide(harbour, f"{ref} approve")
    assert state(harbour.desk, ref) == "gathered"
    assert templates_of(harbour, "Rosa") == ["author/receipt-material", "author/gathered"]


def somebody_joins(harbour: Harbour) -> None:
    text = "I would like to become a member. I have evenings, and I can spell.\n"
    ref = opened(harbour, "Nora", "join@harbour.example", "May I join?", text)
    answer(harbour, "Nora", "applicant/receipt-membership", "I agree")
    for who in MEMBERS:
        decide(harbour, f"{ref} approve", who)
    assert state(harbour.desk, ref) == "member"
    assert templates_of(harbour, "Nora")[:3] == [
        "applicant/receipt-membership",
        "applicant/agreed",
        "applicant/welcome",
    ]


def an_opinion_is_turned_down(harbour: Harbour) -> None:
    ref = opened(
        harbour, "Lev", "articles@harbour.example", "On parking", "Ban all cars, I say, and the bicycles too.\n"
    )
    decide(harbour, f"{ref} reject off topic: we write of the harbour alone", "Nora")
    assert state(harbour.desk, ref) == "rejected"
    assert "we write of the harbour alone" in text_of_letter(harbour, "Lev", "author/rejected")


def nobody_could_sort_it(harbour: Harbour) -> None:
    ref = opened(harbour, "Pia", "desk@harbour.example", "Lines", "The boats\nasleep,\nthe mast a finger.\n")
    assert ref.startswith("U-")
    decide(harbour, f"{ref} sort article")
    moved = ref.replace("U-", "A-")
    decide(harbour, f"{moved} approve")
    assert state(harbour.desk, moved) == "published"
    assert templates_of(harbour, "Pia")[-1] == "author/published"


STORIES = (
    a_humour_piece,
    a_story_that_changes,
    one_that_goes_back,
    photographs,
    somebody_joins,
    an_opinion_is_turned_down,
    nobody_could_sort_it,
)


def text_of_letter(harbour: Harbour, who: str, template: str) -> str:
    body = message_from_bytes(letter(harbour, who, template), policy=policy.default).get_body(("plain",))
    return " ".join(body.get_content().split()) if body else ""


def other_words(templates: Path, folder: Path) -> Path:
    """A copy of the templates in which every phrase, and every letter's subject, says something else."""
    other = shutil.copytree(templates, folder)
    for file in (other / "en" / "phrases").glob("*.toml"):
        said = "\n".join(f'"{text.slug.partition("/")[2]}" = "Xyzzy."' for text in texts(other / "en", file.stem))
        file.write_text(said, encoding="utf-8")
    for file in (other / "en").glob("*/*.txt"):
        source = file.read_text(encoding="utf-8")
        begin, _, rest = source.partition("{% block subject %}")
        file.write_text(f"{begin}{{% block subject %}}Xyzzy{{% endblock %}}{rest.partition('{% endblock %}')[2]}")
    return other


def test_every_story_ends_with_a_word_and_is_the_same_when_it_is_read_again(harbour: Harbour, tmp_path: Path):
    for story in STORIES:
        story(harbour)
    desk = harbour.desk
    storage = replace(desk.config.storage, templates=other_words(desk.config.storage.templates, tmp_path / "other"))
    with rebuilt(replace(desk, config=replace(desk.config, storage=storage))) as (again, _):
        assert all_of(again) == all_of(desk)
    assert len(list(archive.entry_numbers(desk.archive))) > 40
