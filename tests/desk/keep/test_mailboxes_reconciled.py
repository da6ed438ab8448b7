"""What `reconcile` says of the mailboxes, whatever people, deaths and servers did with the mail in them.

On real servers, and on a scripted one for what is said of sizes and numbers that no server shows on demand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from build import a_mail
from fetching import Post
from imap_script import Script, servers

from mailproc.config.option import ImapAccount
from mailproc.desk.carry import poll
from mailproc.desk.ground.wire import Desk
from mailproc.desk.keep.reconcile import Reconciled, reconcile
from mailproc.desk.serve.process import work
from mailproc.intake.connection import Account

Serve = Callable[..., ImapAccount]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a scripted server; gives the configuration's account for it."""
    (tmp_path / "password").write_text("secret")

    def account(at: Account, **changes: object) -> ImapAccount:
        base = ImapAccount("main", at.host, "desk", port=at.port, tls="none", password_file=tmp_path / "password")
        return replace(base, **changes)  # type: ignore[arg-type]

    with servers() as start:
        yield lambda script, **changes: account(start(script), **changes)


def with_accounts(desk: Desk, *accounts: ImapAccount) -> Desk:
    return replace(desk, config=replace(desk.config, imap=accounts))


def polled(desk: Desk, account: ImapAccount, script: Script, *, turned: bool = True) -> Desk:
    """A desk that has received what lies in INBOX; the server has moved it."""
    desk = with_accounts(desk, account)
    [(_, result)] = poll.poll(desk)
    assert result.received == len(script.mails)
    assert result.problems == ()
    if turned:
        work(desk)
    return desk


def done(came: Reconciled) -> tuple[int, int, int]:
    """There, accounted for, second copies: of `Processed`."""
    (found,) = [each for each in came.mailboxes if each.mailbox == "Processed"]
    return found.there, found.accounted, found.copies


def findings(came: Reconciled) -> list[str]:
    return [f"{found.slug}: {found.where}" for found in came.findings]


def without_id(octets: bytes) -> bytes:
    return re.sub(rb"(?m)^Message-ID: .*\r\n", b"", octets)


@pytest.mark.cell("reconcile", "dovecot", "cyrus", "courier")
def test_F101_what_people_do_with_the_mailboxes_is_told_as_it_is(post: Post):
    mails = [a_mail(subject=f"Mail {n}") for n in range(4)]
    post.comes(*mails)
    assert post.poll() == (4, 4)
    ours = post.server.under("Processed")

    post.comes(a_mail(subject="Straight into done"), mailbox="Processed")
    (found,) = post.findings()
    assert re.fullmatch(
        rf"not-received: imap:main/{ours}/\d+/ 1 message: UID 5 \(Straight into done\); nobody received it: "
        r'move it to "INBOX", or away if it was there before the desk was',
        found,
    )
    with post.server.session(post.user) as imap:  # what the cure says
        imap.select(f'"{ours}"')
        assert imap.copy("5", "INBOX")[0] == "OK"
        imap.store("5", "+FLAGS", r"(\Deleted)")
        imap.expunge()
    assert post.counts()["INBOX"] == (1, 0, 0)
    assert post.poll() == (1, 1)
    assert post.counts() == {"INBOX": (0, 0, 0), "Processed": (5, 5, 0)}

    resaved = mails[0].replace(b"\r\n\r\n", b"\r\nX-Seen-By: a mail program\r\n\r\n", 1)
    post.comes(resaved, mailbox="Processed")  # a program that marks mail saves it anew
    assert post.counts()["Processed"] == (6, 6, 1)
    with post.server.session(post.user) as imap:  # and deletes the first; somebody deletes another by hand
        imap.select(f'"{ours}"')
        imap.store("1:2", "+FLAGS", r"(\Deleted)")
        imap.expunge()
    assert post.counts()["Processed"] == (4, 4, 0)

    with post.server.session(post.user) as imap:  # somebody puts one back
        imap.select(f'"{ours}"')
        assert imap.copy("1", "INBOX")[0] == "OK"
    assert post.poll() == (1, 1)
    work(post.desk)
    assert post.findings() == []
    assert post.counts() == {"INBOX": (0, 0, 0), "Processed": (5, 5, 0)}
    told = post.run("reconcile")
    assert told.status == 0
    assert "main, Processed: 5 in the mailbox, 5 accounted for\n" in told.out
    assert "6 received = 1 duplicate + 5 processed; 6 mails in the archive" in told.out


@pytest.mark.parametrize("turn", ["after its turn", "before"])
@pytest.mark.parametrize("shape", [a_mail(subject="One"), without_id(a_mail(subject="None"))], ids=["id", "no-id"])
def test_F101_a_copy_may_have_another_size_and_lie_there_twice(desk, serve, shape: bytes, turn: str):
    script = Script({1: shape, 2: a_mail(subject="Two")}, capabilities=b"IMAP4rev1 NAMESPACE")
    script.others["Processed"] = {1: shape, 2: script.mails[2]}
    script.sizes = {}
    desk = polled(desk, serve(script), script, turned=turn != "before")
    assert done(reconcile(desk)) == (2, 2, 0)
    script.sizes = {1: len(shape) + 17}  # line ends, say
    assert done(reconcile(desk)) == (2, 2, 0)
    script.sizes = {}
    script.others["Processed"][3] = script.mails[2]
    came = reconcile(desk)
    assert done(came) == (3, 3, 1)
    assert came.findings == []
    script.sizes = {2: len(script.mails[2]) + 9, 3: len(script.mails[2]) + 9}  # both copies
    assert done(reconcile(desk)) == (3, 3, 1)


def test_F101_a_mail_that_was_never_received_is_named_beside_one_that_looks_like_it(desk, serve):
    first = a_mail(subject="First", Message_ID="<same@broken.example>")
    second = a_mail(subject="Later", Message_ID="<same@broken.example>")  # a program that gives one name to all
    assert len(first) == len(second)
    script = Script({1: first})
    script.others["Processed"] = {1: second}
    desk = polled(desk, serve(script), script)
    came = reconcile(desk)
    # By name and size it is the first; only beside the first it is a stranger.
    assert done(came) == (1, 1, 0)
    script.others["Processed"] = {1: first, 2: second}
    came = reconcile(desk)
    assert done(came) == (2, 1, 0)
    assert findings(came) == ["not-received: imap:main/Processed/7/ 1 message: UID 2 (Later)"]


def test_F101_mail_without_a_name_is_told_apart_by_its_size_where_its_header_says_the_same(desk, serve):
    octets = without_id(a_mail())
    script = Script({1: octets})
    script.others["Processed"] = {1: octets, 2: octets + b"more\r\n"}
    came = reconcile(polled(desk, serve(script), script))
    assert done(came) == (2, 1, 0)


def test_F101_accounts_of_one_user_share_their_done_mailbox(desk, serve):
    script = Script({1: a_mail(subject="One")}, others={"Letters": {1: a_mail(subject="Two")}})
    script.others["Processed"] = {1: script.mails[1], 2: script.others["Letters"][1]}
    main = serve(script)
    letters = replace(main, name="letters", mailbox="Letters")
    desk = with_accounts(desk, main, letters)
    assert [result.received for _, result in poll.poll(desk)] == [1, 1]
    came = reconcile(desk)
    assert came.findings == [] or findings(came)[0].startswith("not-received: imap:letters/Letters/")
    assert done(came) == (2, 2, 0)


def test_F101_an_account_that_was_renamed_knows_what_it_received_as_before(desk, serve):
    script = Script({1: a_mail()})
    script.others["Processed"] = {1: script.mails[1]}
    account = serve(script)
    polled(desk, account, script)
    came = reconcile(with_accounts(desk, replace(account, name="desk")))
    assert done(came) == (1, 1, 0)


def test_F102_a_number_that_is_known_and_shows_another_mail_is_not_received(desk, serve):
    script = Script({1: a_mail(subject="One")}, no_to={b"MOVE": b"over quota"})
    account = serve(script)
    desk = with_accounts(desk, account)
    poll.poll(desk)
    assert findings(reconcile(desk)) == []
    script.mails[1] = a_mail(subject="Two")  # the server was restored
    assert findings(reconcile(desk)) == ["not-received: imap:main/INBOX/7/ 1 message: UID 1 (Two)"]
    script.no_to.clear()
    [(_, result)] = poll.poll(desk)
    assert (result.received, result.moved) == (1, 1)
    script.gone.clear()  # as it lies there until it is moved
    assert findings(reconcile(desk)) == []
