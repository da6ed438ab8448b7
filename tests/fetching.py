"""A desk with an account on a real IMAP server: polled, killed in mid-poll, asked what it says of the mailboxes.

`Post` is that desk, open while its block runs; what a person does with the mailboxes is `imap_server`'s.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from build import Ran, make_desk, run_here
from crash.program import start
from imap_server import PASSWORD, ImapServer

from mailproc.config import load
from mailproc.desk.carry import poll
from mailproc.desk.ground.books import clock
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.keep.reconcile import reconcile
from mailproc.desk.serve.process import adopt_all
from mailproc.store.database import reading
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive


class Post:
    """A desk, and one user of a server for it."""

    desk: Desk

    def __init__(self, server: ImapServer, folder: Path, options: str = "", **desk: object) -> None:
        """`options` are more lines of the account's section, `desk` is the desk's own."""
        self.server, self.user, self.folder = server, server.a_user(), folder
        self.config = make_desk(folder / "desk", **desk)
        (folder / "desk" / "password").write_text(PASSWORD + "\n")
        where = f'host = "127.0.0.1"\nport = {server.imap_port}\ntls = "none"\n' if "tls" not in options else ""
        who = f'user = "{self.user}"\npassword_file = "password"\n'
        with self.config.open("a", encoding="utf-8") as file:
            file.write(f'\n[[intake.imap]]\nname = "main"\n{where}{who}{options}\n')
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self.desk = self._open.enter_context(open_desk(load(self.config)))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def comes(self, *mails: bytes, mailbox: str = "INBOX") -> None:
        """Mail lies in a mailbox, as the server takes it; the name in modified UTF-7, under the server's namespace."""
        with self.server.session(self.user) as imap:
            imap.create(f'"{self.server.under(mailbox)}"')
            for octets in mails:
                status, words = imap.append(f'"{self.server.under(mailbox)}"', None, None, octets)  # type: ignore[arg-type]
                assert status == "OK", words

    def there(self, mailbox: str = "INBOX") -> list[bytes]:
        """What lies in a mailbox."""
        return self.server.mailbox(self.user, self.server.under(mailbox))

    def run(self, *words: str) -> Ran:
        """The command line."""
        return run_here(*words, config=self.config)

    def poll(self) -> tuple[int, int]:
        """How many were received and moved, as a start of the program does it."""
        adopt_all(self.desk)
        [(_, result)] = poll.poll(self.desk)
        assert (result.problems, result.skipped) == ((), 0), result
        return result.received, result.moved

    def dies(self, point: str) -> None:
        """A poll that is killed (SIGKILL) where this failpoint is."""
        log = self.folder / "died.log"
        status = start(["poll"], self.config, clock(), log, armed=f"{point}:kill9").wait(60)
        assert status == -9, (point, status, log.read_text())

    def counts(self) -> dict[str, tuple[int, int, int]]:
        """By mailbox: how many are there, how many are accounted for, how many of those are second copies."""
        mailboxes = reconcile(self.desk).mailboxes
        return {each.mailbox: (each.there, each.accounted, each.copies) for each in mailboxes}

    def findings(self) -> list[str]:
        """What is not as it should be, as the program words it."""
        return [f"{each.slug}: {each.where}; {each.cure}" for each in reconcile(self.desk).findings]

    def kept(self) -> dict[str, bytes]:
        """The octets of every mail as it came, by source key."""
        with reading(self.desk.engine) as conn:
            return {
                row.source: archive.message_path(self.desk.archive, row.number).read_bytes()[row.offset :]
                for row in rows.every(conn)
            }
