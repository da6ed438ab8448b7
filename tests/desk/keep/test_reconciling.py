"""What lies in the mailboxes against what was received: nothing is lost between the two without being named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from build import a_mail, give, keep, make_desk, run_here
from dovecot import PASSWORD, Dovecot
from sqlalchemy import insert

from mailproc.config import load
from mailproc.desk.ground.books import clock
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.store.database import writing
from mailproc.store.octets import archive
from mailproc.store.schema import unfetchable


class Post:
    """A desk with an account on the test's Dovecot."""

    def __init__(self, dovecot: Dovecot, folder: Path) -> None:
        self.dovecot, self.user = dovecot, re.sub(r"\W", "", folder.name)[-12:]
        self.config = make_desk(folder / "desk")
        (folder / "desk" / "password").write_text(PASSWORD + "\n")
        with self.config.open("a", encoding="utf-8") as file:
            file.write(
                f'\n[[intake.imap]]\nname = "main"\nhost = "127.0.0.1"\nport = {dovecot.imap_port}\ntls = "none"\n'
                f'user = "{self.user}"\npassword_file = "password"\n'
            )

    def comes(self, count: int = 1, mailbox: str = "INBOX", **fields: str) -> None:
        for n in range(count):
            self.dovecot.append(self.user, a_mail(subject=f"Mail {n}", **fields), mailbox)

    def poll(self) -> None:
        assert run_here("poll", config=self.config).status == 0

    def reconcile(self, status: int) -> Any:  # noqa: ANN401 - any JSON
        ran = run_here("reconcile", "--json", config=self.config)
        assert ran.status == status, ran
        return ran.json


@pytest.fixture
def post(dovecot: Dovecot, tmp_path: Path) -> Post:
    return Post(dovecot, tmp_path)


def slugs(came: Any) -> list[str]:  # noqa: ANN401 - any JSON
    return [found["finding"] for found in came["findings"]]


def counts(came: Any) -> dict[str, tuple[int, int]]:  # noqa: ANN401 - any JSON
    return {each["mailbox"]: (each["there"], each["accounted"]) for each in came["mailboxes"]}


def test_everything_in_the_mailbox_is_accounted_for_before_and_after_its_turn(post):
    post.comes(5)
    post.poll()
    assert counts(post.reconcile(0)) == {"INBOX": (0, 0), "Processed": (5, 5)}
    assert run_here("work", config=post.config).status == 0
    came = post.reconcile(0)
    assert counts(came) == {"INBOX": (0, 0), "Processed": (5, 5)}
    assert (came["received"], came["on_disk"], came["states"]) == (5, 5, {"processed": 5})
    told = run_here("reconcile", config=post.config)
    assert "main, Processed: 5 in the mailbox, 5 accounted for" in told.out
    assert "5 received = 5 processed; 5 mails in the archive" in told.out


def test_a_message_never_fetched_is_found_with_its_uid(post):
    post.comes(2)
    post.poll()
    post.comes(1)
    came = post.reconcile(1)
    assert slugs(came) == ["not-received"]
    assert re.fullmatch(r"imap:main/INBOX/\d+/ 1 message: UID 3", came["findings"][0]["where"])
    assert "mailproc poll" in came["findings"][0]["cure"]
    assert counts(came)["INBOX"] == (1, 0)
    post.poll()
    assert slugs(post.reconcile(0)) == []


def test_looking_changes_nothing_in_the_mailbox(post):
    post.comes(2)
    flags = post.dovecot.fetch(post.user, "INBOX", "(FLAGS)")
    post.reconcile(1)
    assert post.dovecot.fetch(post.user, "INBOX", "(FLAGS)") == flags
    assert not any(b"\\Seen" in line for line in flags)


def test_a_message_moved_to_done_by_a_stranger_is_found(post):
    post.comes(2)
    post.poll()
    post.comes(1, "Processed")
    came = post.reconcile(1)
    assert slugs(came) == ["not-received"]
    assert "/Processed/" in came["findings"][0]["where"]
    assert 'move it to "INBOX"' in came["findings"][0]["cure"]
    assert counts(came)["Processed"] == (3, 2)


def test_mail_without_a_message_id_is_known_by_its_size(post):
    octets = re.sub(rb"(?m)^Message-ID: .*\r\n", b"", a_mail())
    post.dovecot.append(post.user, octets)
    post.poll()
    assert run_here("work", config=post.config).status == 0
    assert counts(post.reconcile(0))["Processed"] == (1, 1)
    post.dovecot.append(post.user, octets + b"more\r\n", "Processed")
    assert counts(post.reconcile(1))["Processed"] == (2, 1)


def test_a_message_that_cannot_be_fetched_is_named_with_the_reason(post):
    post.comes(1)
    place = post.reconcile(1)["findings"][0]["where"].partition(" ")[0]
    with open_desk(load(post.config)) as desk, writing(desk.engine) as conn:
        row = {"source": f"{place}1", "tries": 3, "why": "the server gave no octets"}
        conn.execute(insert(unfetchable).values(first_at=clock(), last_at=clock(), **row))
    came = post.reconcile(1)
    assert slugs(came) == ["unfetchable"]
    assert "3 tries: the server gave no octets" in came["findings"][0]["cure"]
    assert counts(came)["INBOX"] == (1, 1)


def test_a_mailbox_that_cannot_be_read_is_a_finding_and_the_sums_stand(post):
    post.config.write_text(post.config.read_text().replace("127.0.0.1", "127.0.0.2"))
    came = post.reconcile(1)
    assert slugs(came) == ["mailbox-unread"]
    assert came["received"] == 0


# Without a mailbox


def reconciled(desk: Desk, status: int) -> Any:  # noqa: ANN401 - any JSON
    ran = run_here("reconcile", "--json", config=desk.config.folder / "config.toml")
    assert ran.status == status, ran
    return ran.json


def test_without_an_account_the_sums_are_compared(desk):
    octets = a_mail()
    give(desk, octets)
    give(desk, octets)
    keep(desk, a_mail())
    came = reconciled(desk, 0)
    assert came["states"] == {"processed": 1, "duplicate": 1, "received": 1}
    assert (came["received"], came["on_disk"], came["mailboxes"]) == (3, 3, [])
    told = run_here("reconcile", config=desk.config.folder / "config.toml")
    assert "No mailbox is configured" in told.out
    assert "3 received = 1 duplicate + 1 processed + 1 received; 3 mails in the archive" in told.out


def test_a_mail_that_is_gone_makes_the_sums_differ(desk):
    archive.message_path(desk.archive, keep(desk, a_mail())).unlink()
    came = reconciled(desk, 1)
    assert slugs(came) == ["sums-differ"]
    assert "mailproc verify" in came["findings"][0]["cure"]
