"""`make bench ARGS=walk`: what the program goes through for one article, one reply, one settling.

Each of the three is walked once, on a desk of its own with two members, its clock standing still:

article   one article's turn, from the message as it was received to its receipt in the queue
reply     the turn of a member's "approve" to a digest that lists two articles
settling  fifteen minutes later: the decision takes effect, the article goes up, its author is told

`--checkout DIR` walks another checkout beside this one, under its own .venv (`make .venv` there first).

How it is counted. A function is one with a name of its own in a file of `mailproc/`, told apart by file and qualified
name (`sys.setprofile`, in every thread); so a class of attributes counts as many as are called. "with nameless" adds
comprehensions, generator expressions and lambdas, one for each function that they stand in. Each time that a generator
goes on is a call. What a module does when it is imported is not counted (all are imported before), nor is the parse
child. Statements are counted by their first word, as SQLAlchemy hands them to SQLite.
"""

from __future__ import annotations

import argparse
import json
import pkgutil
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from importlib import import_module
from io import StringIO
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, event

import mailproc

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = str(Path(mailproc.__file__).parent)
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
AUTHSERV = "mx.harbour.example"
ANA, BEN, JO = "ana@harbour.example", "ben@gangway.example", "jo@poole.example"
SITUATIONS = ("article", "reply", "settling")
COUNTS = ("functions", "with nameless", "calls", "files")
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "BEGIN", "PRAGMA")
Counts = dict[str, dict[str, int]]  # situation -> what is counted -> how many


class Fixed(datetime):
    """A clock that stands until it is set."""

    at = START

    @classmethod
    def now(cls, tz: Any = None) -> datetime:  # type: ignore[override]  # noqa: ANN401 - datetime's own shape
        """The time it stands at."""
        return cls.at.astimezone(tz)


def program() -> Mapping[str, Callable[..., Any]]:
    """The functions that are called here, by name, wherever in the package they are defined; its clock is ours then."""
    names = {"main": "cli", "load": "config", "open_desk": "desk", "clock": "desk", "process": "desk", "work": "desk"}
    found: dict[str, Callable[..., Any]] = {}
    for module in pkgutil.walk_packages(mailproc.__path__, "mailproc."):
        if ".migrations" in module.name or ".demo" in module.name:
            continue
        for name, value in vars(import_module(module.name)).items():
            room = module.name.split(".")[1]
            if names.get(name) == room and getattr(value, "__module__", "") == module.name:
                found[name] = value
    if missing := sorted(names.keys() - found.keys()):
        raise SystemExit(f"walk: this checkout has no {', '.join(missing)}; say in bench/walk.py what it is called now")
    vars(sys.modules[found["clock"].__module__])["datetime"] = Fixed
    return found


@dataclass
class Walk:
    """What was called and asked while it was watched."""

    calls: Counter[tuple[str, str]] = field(default_factory=Counter)  # (file, qualified name)
    statements: Counter[str] = field(default_factory=Counter)

    def profile(self, frame: FrameType, what: str, _: object) -> None:
        """`sys.setprofile`'s."""
        code: CodeType = frame.f_code
        if what == "call" and code.co_filename.startswith(PACKAGE) and code.co_name != "<module>":
            self.calls[code.co_filename, code.co_qualname] += 1

    def asked(self, _conn: object, _cursor: object, statement: str, *_: object) -> None:
        """`before_cursor_execute`'s."""
        self.statements[statement.split(maxsplit=1)[0].upper()] += 1

    def counts(self) -> dict[str, int]:
        """All of it as numbers."""
        named = {key for key in self.calls if not key[1].endswith(">")}
        figures = (len(named), len(self.calls), sum(self.calls[key] for key in named), len({file for file, _ in named}))
        return dict(zip(COUNTS, figures, strict=True)) | {name: self.statements[name] for name in STATEMENTS}


@contextmanager
def watched() -> Iterator[Walk]:
    """Watch what happens in the block."""
    walk = Walk()
    event.listen(Engine, "before_cursor_execute", walk.asked)
    threading.setprofile(walk.profile)
    sys.setprofile(walk.profile)
    try:
        yield walk
    finally:
        sys.setprofile(None)
        threading.setprofile(None)  # type: ignore[arg-type] - None ends it
        event.remove(Engine, "before_cursor_execute", walk.asked)


@dataclass(frozen=True)
class Town:
    """The program, and the desk that the mails below go to."""

    folder: Path
    functions: Mapping[str, Callable[..., Any]]

    @property
    def config(self) -> Path:
        """The desk's config.toml."""
        return self.folder / "desk" / "config.toml"

    def say(self, *words: str) -> str:
        """One command of the command line; what it printed."""
        with redirect_stdout(StringIO()) as out:
            status = self.functions["main"](["--config", str(self.config), *words])
        if status:
            raise RuntimeError(f"{words}: exit {status}, {out.getvalue()}")
        return out.getvalue()

    def keep(self, mail: EmailMessage) -> int:
        """Receive a mail and no more; its number."""
        path = self.folder / "mail.eml"
        domain = _address(mail["From"]).partition("@")[2]
        said = f"Authentication-Results: {AUTHSERV}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"
        path.write_bytes(f"{said}\r\n".encode() + mail.as_bytes())
        author = _address(mail["From"])
        return int(self.say("receive", "--from", author, "--to", _address(mail["To"]), str(path)))

    def walked(self, what: str, *arguments: object) -> dict[str, int]:
        """The counts of one function of the desk's, called with the open desk."""
        functions = self.functions
        with functions["open_desk"](functions["load"](self.config)) as desk, watched() as walk:
            functions[what](desk, *arguments)
        return walk.counts()

    def state(self, ref: str) -> str:
        """An item's state."""
        return str(json.loads(self.say("show", ref, "--json"))["state"])

    def letters(self, to: str) -> list[dict[str, Any]]:
        """The letters to an address, oldest first."""
        return [each for each in json.loads(self.say("outbox", "list", "--json")) if each["to"] == to]


def _address(field_: str) -> str:
    return str(field_).rpartition("<")[2].rstrip(">")


def a_mail(sender: str, to: str, subject: str, text: str, **fields: str) -> EmailMessage:
    """A mail of one text."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = sender, to, subject, format_datetime(START)
    mail["Message-ID"] = f"<{subject.encode().hex()[:24]}@client.example>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def an_answer(letter: bytes, text: str, sender: str) -> EmailMessage:
    """An answer with the letter quoted below, threaded as mail programs thread."""
    said = message_from_bytes(letter, policy=policy.default)
    body = said.get_body(("plain",))
    quoted = "".join(f"> {line}".rstrip() + "\n" for line in body.get_content().splitlines()) if body else ""
    whole = f"{text}\n\nOn Sun, 22 Nov 2026 at 08:00, The Harbour Review wrote:\n\n{quoted}"
    to, id_ = str(said["Reply-To"] or said["From"]), str(said["Message-ID"])
    return a_mail(sender, to, f"Re: {said['Subject']}", whole, In_Reply_To=id_, References=id_)


def walk(folder: Path) -> Counts:
    """The three situations, at a new desk in this folder."""
    town = Town(folder, program())
    town.say("init", "--yes", str(town.config.parent))
    text = town.config.read_text(encoding="utf-8")
    town.config.write_text(text.replace("\nauthserv_id = []", f'\nauthserv_id = ["{AUTHSERV}"]'), encoding="utf-8")
    for email, name in ((ANA, "Ana"), (BEN, "Ben")):
        town.say("members", "add", email, "--name", name, "--confirmed")
    town.keep(a_mail(f"Jo Poole <{JO}>", "articles@harbour.example", "The tram", "The tram was late again.\n"))
    town.say("work")
    found: Counts = {}

    text = "The gulls were first. They know the quay better than the timetable.\n" * 3
    number = town.keep(a_mail(f"Jo Poole <{JO}>", "articles@harbour.example", "The quay at night", text))
    found["article"] = town.walked("process", number)
    ref = f"A-{number}"
    _is("receipts", [each["state"] for each in town.letters(JO)], ["queued", "queued"])

    town.say("digest", "--now", "--to", ANA)
    letter = (town.config.parent / town.letters(ANA)[-1]["path"]).read_bytes()
    number = town.keep(an_answer(letter, f"{ref} approve", f"Ana <{ANA}>"))
    found["reply"] = town.walked("process", number)
    _is(ref, town.state(ref), "approved")

    town.say("work")
    Fixed.at = START + timedelta(minutes=20)
    found["settling"] = town.walked("work")
    _is(ref, town.state(ref), "published")
    return found


def _is(what: str, found: object, expected: object) -> None:
    """Counts of something else would be worth nothing."""
    if found != expected:
        raise RuntimeError(f"{what}: expected {expected!r}, found {found!r}")


def walked_in(checkout: Path) -> Counts:
    """The counts of a checkout, by its own interpreter."""
    python = checkout / ".venv" / "bin" / "python"
    if not python.exists():
        raise SystemExit(f"walk: {checkout} has no .venv; `make .venv` there")
    command = [str(python), "-P", str(Path(__file__).resolve()), "--here"]
    done = subprocess.run(command, cwd=checkout, stdout=subprocess.PIPE, check=True)  # noqa: S603 - ours
    counts: Counts = json.loads(done.stdout)
    return counts


def table(before: Counts | None, now: Counts) -> Table:
    """A row for each situation and count; with what was before where it is known."""
    shown = Table("situation", "count", *(["before"] if before else []), "now", *(["times before"] if before else []))
    for column in shown.columns[2:]:
        column.justify = "right"
    for situation in SITUATIONS:
        for n, name in enumerate((*COUNTS, *STATEMENTS)):
            mine, old = now[situation][name], before[situation][name] if before else 0
            cells = [str(old), str(mine), f"{mine / old:.2f}" if old else "-"] if before else [str(mine)]
            last = n == len(COUNTS) + len(STATEMENTS) - 1
            shown.add_row("" if n else situation, name, *cells, end_section=last)
    return shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Walk, and print the table."""
    parser = argparse.ArgumentParser(prog="bench.walk", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--checkout", type=Path, metavar="DIR", help="another checkout, shown as before")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the counts there")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.here:
        with tempfile.TemporaryDirectory(prefix="walk-") as folder:
            sys.stdout.write(json.dumps(walk(Path(folder))))
        return 0
    before = walked_in(chosen.checkout.resolve()) if chosen.checkout else None
    now = walked_in(ROOT)
    Console().print(table(before, now))
    if chosen.json:
        chosen.json.write_text(json.dumps({"before": before, "now": now}, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
