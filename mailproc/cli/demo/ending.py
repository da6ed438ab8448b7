"""How the demo ends: what was expected, each with a tick; the counts; and where to look.

Every expectation is looked up in the desk's database, the folders it leaves, and the mailboxes of the demo's internet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from imapclient import IMAPClient

from mailproc.cli.demo import telling
from mailproc.cli.demo.mails import ANA, content
from mailproc.cli.demo.script import SCRIPT
from mailproc.cli.demo.servers import LOOPBACK, PASSWORD, USER
from mailproc.cli.demo.stage import Stage
from mailproc.cli.demo.story import SCENES, Played, letters_of, ref_of, story_of, why_silent
from mailproc.desk.tell import look
from mailproc.desk.tell.story import Story, story
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import digests, members

Found = tuple[str, bool]


def end(stage: Stage, played: Played, folder: Path) -> bool:
    """Check, count, and say where to look; whether everything expected was reached."""
    console = stage.console
    telling.scene(console, len(SCENES) + 1, SCRIPT.scenes["expected"])
    found = [(words, reached) for look_up in EXPECTED for words, reached in look_up(stage, played)]
    telling.checklist(console, found)
    _counts(stage)
    telling.scene(console, len(SCENES) + 2, SCRIPT.scenes["where"])
    telling.where(console, _places(stage, played, folder))
    return all(reached for _, reached in found)


def _stories(stage: Stage, played: Played) -> dict[str, Story]:
    return {key: story_of(stage, mail) for key, mail in played.items()}


def _sorted(stage: Stage, played: Played) -> Iterator[Found]:
    wrong = [key for key, told in _stories(stage, played).items() if told.row.kind != played[key].expected]
    yield _named(f"all {len(played)} mails are sorted as they should be", wrong)


def _ended(stage: Stage, played: Played) -> Iterator[Found]:
    stories = _stories(stage, played)
    for mail in SCRIPT.mails:
        told = stories[mail.key]
        items, subject = [each.item for each in told.items], told.row.subject
        if mail.ends:
            words = " and ".join(f"{item.ref} is {SCRIPT.told(item.state)}" for item in items)
            yield f"{words}: {subject}", tuple(item.state for item in items) == mail.ends
        elif not mail.silent:
            yield f"{subject} opened nothing and was answered", not items and bool(told.letters)


def _verbatim(stage: Stage, played: Played) -> Iterator[Found]:
    published = stage.desk.config.storage.published
    for key, words in (
        ("clock", "Jo Poole's words stand in text.txt, octet for octet"),
        ("document", "Marit Lund's document is published as she sent it"),
        ("picture", "Ida Marsh's photograph lies in the group file"),
    ):
        item = look.item(stage.desk, ref_of(stage, played[key])).item
        yield words, _holds(published / (item.place or "-"), content(key))


def _holds(folder: Path, octets: bytes) -> bool:
    """Some file below holds exactly these octets."""
    return any(path.is_file() and path.read_bytes() == octets for path in folder.rglob("*"))


def _heard(stage: Stage, played: Played) -> Iterator[Found]:
    silent = [mail.key for mail in (*SCRIPT.mails, SCRIPT.forged) if mail.silent]
    wrong = [key for key in silent if story_of(stage, played[key]).letters]
    yield _named("machines and the forger got no letter", wrong)
    jo, tom, applicant = (played[key].sender for key in ("clock", "gulls", "joining"))
    reason = any("try us again in spring" in letter.text for letter in letters_of(stage, tom))
    yield "Tom Reed's letter gives Ana's reason", reason
    yield "Jo Poole got a receipt and the news of the publication", len(letters_of(stage, jo)) == 2  # noqa: PLR2004 - those two
    with reading(stage.desk.engine) as conn:
        nora = members.get(conn, applicant.email)
        now = stage.desk.now()
        left = [letter for letter in outgoing.every(conn) if letter.state != "sent"]
        unsent = [letter.subject for letter in left if letter.next_try is None or letter.next_try <= now]
    yield "Nora Quist is a member and votes from now on", nora is not None and nora.votes
    yield _named("every letter was delivered", unsent)
    yield _named("the desk had no trouble on the way", stage.troubles)


def _decided(stage: Stage, played: Played) -> Iterator[Found]:
    stories = _stories(stage, played)
    forged, ana = stories["forged"], stories["between"].entry
    with reading(stage.desk.engine) as conn:
        told = [notice.number for notice in digests.unseen_notices(conn, ANA.email)]
    decided_nothing = forged.row.state == "unauthorised" and not forged.items
    yield "the forged mail decided nothing, and Ana will read of it", decided_nothing and forged.row.number in told
    yield "Ana's unclear line changed nothing and was asked back", ana is not None and len(ana.unclear) == 1
    with IMAPClient(LOOPBACK, stage.net.imap_port, ssl=False) as client:
        client.login(USER, PASSWORD)
        held = [int(client.folder_status(box, ["MESSAGES"])[b"MESSAGES"]) for box in ("INBOX", "Processed")]
    yield "the mailbox is empty, and every mail lies under Processed", held == [0, len(played)]


EXPECTED: tuple[Callable[[Stage, Played], Iterator[Found]], ...] = (_sorted, _ended, _verbatim, _decided, _heard)


def _named(words: str, wrong: list[str]) -> Found:
    return (f"{words}; not so: {', '.join(wrong)}" if wrong else words), not wrong


def _counts(stage: Stage) -> None:
    """How many of what."""
    with reading(stage.desk.engine) as conn:
        received = [row for row in rows.every(conn) if row.source.startswith("imap:")]
        letters = outgoing.every(conn)
    silent = Counter(why_silent(told) for row in received if not (told := story(stage.desk, str(row.number))).letters)
    refs = [each.item.ref for each in look.every_item(stage.desk, None, None)]
    votes = Counter(vote.verdict for ref in refs for vote in look.item(stage.desk, ref).votes)
    sent = Counter("receipt" if "/receipt-" in each.template else each.template.partition("/")[2] for each in letters)
    counted = (
        (f"{len(received)} mails received", Counter(row.kind for row in received).most_common()),
        (f"{len(letters)} letters sent", sent.most_common()),
        (f"{silent.total()} not answered", silent.most_common()),
        (f"{votes.total()} votes", votes.most_common()),
    )
    telling.beside(stage.console, counted)


def _places(stage: Stage, played: Played, folder: Path) -> Iterator[tuple[str, str]]:
    """What there is to see, each with its path or command."""
    desk, config = stage.desk, folder / "config.toml"
    clock = look.item(desk, ref_of(stage, played["clock"])).item
    with reading(desk.engine) as conn:
        letter = next(
            each for each in outgoing.every(conn) if each.template == "author/published" and each.ref == clock.ref
        )
        digest = next(
            each for each in outgoing.every(conn) if each.template == "member/digest" and each.to == ANA.email
        )
    yield "the letter that told Jo Poole where the article is", str(folder / "outbox" / letter.path)
    yield "the digest that Ana answered", str(folder / "outbox" / digest.path)
    yield "that article, word for word", str(folder / "published" / (clock.place or "") / "text.txt")
    yield "everything published", str(folder / "published")
    yield "all items", f".venv/bin/mailproc --config {config} list"
    yield "the whole story of one mail", f".venv/bin/mailproc --config {config} trace {clock.ref}"
