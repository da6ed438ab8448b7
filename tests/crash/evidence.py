"""What can be seen of a desk from outside: mailboxes, archive, entries, database, outbox, published work, the sink.

Read with the standard library alone and with nothing of mailproc, so that a fault of the program cannot hide itself.
Values only; what they must agree on is `checker`'s. The case (paths and ports) is `case.json`, written by whoever set
the town up; what was put into it is `ledger.jsonl`.
"""

from __future__ import annotations

import hashlib
import imaplib
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

TRACE_END = b"X-Mailproc-Source: "
ERASED = b"X-Mailproc-Erased: "  # how a stub begins
DROPPED = "dropped.txt"  # in the case's folder
TRIES, PAUSE_SECONDS = 5, 0.2
Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Where to look."""

    folder: Path  # of the case: case.json, ledger.jsonl, memory.json
    desk: Path  # data/ outbox/ published/ as `init` lays them out
    sink: Path
    imap_port: int
    imap_user: str
    imap_password: str
    oversize: str = "Oversize"
    done: str = "Processed"


def open_case(folder: Path) -> Case:
    """The case of a folder."""
    told = json.loads((folder / "case.json").read_text())
    return Case(folder, Path(told.pop("desk")), Path(told.pop("sink")), **told)


@dataclass
class Post:
    """One mail that somebody sent."""

    id: str
    sha256: str
    via: str  # "imap", "lmtp"
    kind: str
    opens: tuple[str, ...] = ()
    member: str = ""
    decides: tuple[tuple[str, str], ...] = ()  # (verb, reference)
    tries: int = 0  # LMTP transactions whose final dot was sent
    accepted: int = 0  # APPEND said OK, LMTP said 250


@dataclass(frozen=True)
class Kept:
    """One file of the archive."""

    number: int
    source: str
    offset: int
    sha256: str  # of what follows our trace fields
    size: int
    erased: bool = False  # somebody was forgotten: what is left is a stub


@dataclass
class Evidence:
    """All that was found."""

    posts: list[Post]
    mailboxes: dict[str, list[str]]  # name -> SHA-256 of each message
    files: dict[int, Kept]
    strays: list[str]  # files of the archive that do not begin with our trace fields
    entries: dict[int, Row]
    tables: dict[str, list[Row]]
    integrity: str
    letters: dict[str, bytes]  # path counted from the outbox -> octets
    proofs: set[str]  # ids of letters beside which a .sent.json stands
    delivered: list[tuple[str, str, bytes]]  # (to, from, octets), in order of acceptance
    attachments: set[str]  # SHA-256 of kept files, computed
    published: dict[str, list[str]]  # bundle folder -> what its SHA256SUMS says that is not so
    leftovers: list[str] = field(default_factory=list)  # spool and temporary files
    erased: dict[int, str] = field(default_factory=dict)  # number -> SHA-256 of what was there, as far as remembered
    as_first_seen: dict[str, tuple[str, str]] = field(default_factory=dict)  # letter -> recipient, SHA-256


def gather(case: Case) -> Evidence:
    """Look at everything once."""
    files, strays = archive(case.desk / "data/archive")
    tables, integrity = database(case.desk / "data/mailproc.db")
    return Evidence(
        posts=posts(case.folder / "ledger.jsonl"),
        mailboxes=mailboxes(case),
        files=files,
        strays=strays,
        entries=entries(case.desk / "data/archive"),
        tables=tables,
        integrity=integrity,
        letters={
            str(path.relative_to(case.desk / "outbox")): path.read_bytes()
            for path in _rglob(case.desk / "outbox", "*.eml")
        },
        proofs={path.name.removesuffix(".sent.json") for path in _rglob(case.desk / "outbox", "*.sent.json")},
        delivered=list(deliveries(case.sink)),
        attachments={_sha256(path) for path in _rglob(case.desk / "data/attachments", "*") if path.is_file()},
        published=dict(bundles(case.desk / "published")),
        leftovers=[str(path.relative_to(case.desk)) for path in leftovers(case.desk)],
    )


def posts(ledger: Path) -> list[Post]:
    """Everything that was sent to the desk, with what became of it on the way."""
    found: dict[str, Post] = {}
    for line in ledger.read_text().splitlines() if ledger.exists() else ():
        told = json.loads(line)
        what, id_ = told.pop("what"), told["id"]
        match what:
            case "post":
                decides = tuple((verb, ref) for verb, ref in told.pop("decides", ()))
                found[id_] = Post(**{**told, "opens": tuple(told["opens"]), "decides": decides})
            case "try":
                found[id_].tries += 1
            case "accepted":
                found[id_].accepted += 1
    return list(found.values())


def mailboxes(case: Case) -> dict[str, list[str]]:
    """The SHA-256 of every message of the account's mailboxes; a missing mailbox is empty.

    A server that drops the connection is asked again, and noted.
    """
    for _ in range(TRIES):
        try:
            return _mailboxes(case)
        except (OSError, imaplib.IMAP4.abort) as error:
            dropped(case.folder, error)
            time.sleep(PAUSE_SECONDS)
    raise AssertionError("Dovecot shows no mailbox")


def dropped(folder: Path, why: object) -> None:
    """Note that Dovecot dropped a connection of ours: one line each."""
    with (folder / DROPPED).open("a") as file:
        file.write(f"{why!r}\n")


def drops(folder: Path) -> int:
    """How often it did."""
    path = folder / DROPPED
    return len(path.read_text().splitlines()) if path.exists() else 0


def _mailboxes(case: Case) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with imaplib.IMAP4("127.0.0.1", case.imap_port, timeout=30) as imap:
        imap.login(case.imap_user, case.imap_password)
        for name in ("INBOX", case.done, case.oversize):
            found[name] = []
            if imap.select(f'"{name}"', readonly=True)[0] == "OK" and imap.search(None, "ALL")[1][0]:
                answers = imap.fetch("1:*", "(BODY.PEEK[])")[1]
                found[name] = [hashlib.sha256(row[1]).hexdigest() for row in answers if isinstance(row, tuple)]
    return found


def archive(root: Path) -> tuple[dict[int, Kept], list[str]]:
    """The files of messages by number, and the names of those that are no such file."""
    files: dict[int, Kept] = {}
    strays = []
    for path in _rglob(root, "*.eml"):
        if path.parent.name == "spool":
            continue
        octets = path.read_bytes()
        head = re.match(rb"(?:[A-Za-z-]+: [^\r\n]*\r\n(?: [^\r\n]*\r\n)*?)*?" + TRACE_END + rb"([^\r\n]*)\r\n", octets)
        if not head or not path.stem.isdecimal():
            strays.append(path.name)
            continue
        body = octets[head.end() :]
        number, source = int(path.stem), head[1].decode()
        erased = body.startswith(ERASED)
        files[number] = Kept(number, source, head.end(), hashlib.sha256(body).hexdigest(), len(body), erased)
    return files, strays


def entries(root: Path) -> dict[int, Row]:
    """What was decided, by number."""
    return {int(path.stem): json.loads(path.read_bytes()) for path in _rglob(root, "*.json") if path.stem.isdecimal()}


def database(path: Path) -> tuple[dict[str, list[Row]], str]:
    """Every table's rows, and what SQLite says of the file."""
    if not path.exists():
        return {}, "there is no database"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as conn:
        conn.row_factory = sqlite3.Row
        names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = {name: [dict(row) for row in conn.execute(f'SELECT * FROM "{name}"')] for name in names}  # noqa: S608 - names of tables
        found = [row[0] for row in conn.execute("PRAGMA integrity_check")]
        found += [f"foreign key: {tuple(row)}" for row in conn.execute("PRAGMA foreign_key_check")]
    return tables, "; ".join(map(str, found))


def deliveries(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """What the sink took."""
    for path in sorted(folder.glob("*.mail")):
        head, _, octets = path.read_bytes().partition(b"\n")
        envelope = json.loads(head)
        yield envelope["to"], envelope["from"], octets


def bundles(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Every published folder with its sums, and which of them do not hold."""
    for sums in _rglob(root, "SHA256SUMS"):
        wrong = []
        for line in sums.read_text().splitlines():
            sha256, _, name = line.partition("  ")
            path = sums.parent / name
            if not path.is_file() or _sha256(path) != sha256:
                wrong.append(name)
        yield str(sums.parent.relative_to(root)), wrong


def leftovers(desk: Path) -> Iterator[Path]:
    """What deaths left half done: harmless, and counted."""
    yield from (path for path in _rglob(desk / "data/archive/spool", "*") if path.is_file())
    for root in (desk / "outbox", desk / "published", desk / "data/attachments"):
        yield from (path for path in _rglob(root, "*") if path.name.startswith((".", "tmp")) and path.is_file())


def _rglob(root: Path, pattern: str) -> list[Path]:
    return sorted(root.rglob(pattern)) if root.is_dir() else []


def _sha256(path: Path) -> str:
    with suppress(FileNotFoundError):
        return _sha256_of(path, path.stat().st_mtime_ns, path.stat().st_size)
    return ""


@lru_cache(maxsize=100_000)
def _sha256_of(path: Path, mtime_ns: int, size: int) -> str:
    """The same file is read once: rounds look at it again and again."""
    del mtime_ns, size
    return hashlib.sha256(path.read_bytes()).hexdigest()
