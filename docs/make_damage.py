"""docs/damage.md, made anew: each damage done to a small living desk, the exact words that follow, and its cure.

`python docs/make_damage.py` makes a desk with the test's own building blocks, copies it for each damage, does the
damage, and asks `doctor`, `health`, `verify` and whatever else is telling. What they say beyond what the sound desk
says is written down, paths and times made general. Then the cure is followed: a command stands in those words and is
run as it stands, what is left to a hand stands in them as well. Afterwards all three must say what they said of the
sound desk, and all that it held must be there; what is not is named. A damage that needs a mount is done in a mount
namespace, by root. `--only WORD` takes those with that word in their name, `--show` writes nothing and prints.
"""  # noqa: INP001 - a program that stands alone, in no package

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "damage.md"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from build import ANA, BEN, Ran, a_mail, add_member, give, keep, make_desk, run_here  # noqa: E402
from jinja2 import Environment  # noqa: E402

from mailproc.config import load  # noqa: E402
from mailproc.desk.ground.wire import open_desk  # noqa: E402
from mailproc.message.model import Envelope  # noqa: E402

OPTIONS = {  # what is decided is done at once, and a disk of a few megabytes is enough
    "review.undo": "0s",
    "storage.reserve": "2 MB",
    "limits.message": "1 MB",
    "limits.attachment": "1 MB",
}
KEY = "0123456789abcdef" * 4  # a fixed one: ids of letters are the same in each run
COMPILE, COMPILED = Environment.compile, {}
ASKED = ("mailproc doctor", "mailproc health", "mailproc verify")
LIST = ("mailproc list",)
READING = (*LIST, "mailproc show A-3", "mailproc trace 3", "mailproc outbox list", "mailproc received list")
HEAD = """\
# What damage is told, and what cures it

Made by `python docs/make_damage.py`: each damage is done to a copy of a small desk in `/desk`, whose backup lies in
`/backup.tar` and is one mail older than the desk. Shown is what each command says beyond what it says of the sound
desk, and with what it leaves; then the cure, each command as those words give it; then what is so afterwards. A test
does all of it again and holds this page to it.
"""


def compiled(self: Environment, source: str, name: str | None = None, *rest: Any, **more: Any) -> Any:  # noqa: ANN401
    """Each desk has the same templates: they compile once, and the page takes a third of the time."""
    key = (name, source)
    if key not in COMPILED:
        COMPILED[key] = COMPILE(self, source, name, *rest, **more)
    return COMPILED[key]


Environment.compile = compiled


# The desk


@dataclass(frozen=True)
class Place:
    """Where a desk lies, and its backup beside it."""

    base: Path

    @property
    def desk(self) -> Path:
        """The desk that is damaged."""
        return self.base / "desk"

    @property
    def backup(self) -> Path:
        """The backup, one mail older."""
        return self.base / "backup.tar"

    @property
    def database(self) -> Path:
        """Its file."""
        return self.desk / "data/mailproc.db"

    def mail(self, number: int) -> Path:
        """The file of a message."""
        return self.desk / f"data/archive/000/{number:06}.eml"

    def entry(self, number: int) -> Path:
        """What was decided about it."""
        return self.mail(number).with_suffix(".json")

    @property
    def attachment(self) -> Path:
        """The only one."""
        return next(path for path in (self.desk / "data/attachments").glob("??/*") if path.is_file())

    @property
    def published(self) -> Path:
        """The article's page."""
        return next((self.desk / "published").glob("**/index.md"))

    def letter(self, template: str) -> Path:
        """The octets of the last letter of a template."""
        return self.desk / "outbox" / self.row(template)[0]

    def record(self, template: str) -> Path:
        """The record beside that letter."""
        path, id_ = self.row(template)
        return (self.desk / "outbox" / path).with_name(f"{id_}.sent.json")

    def row(self, template: str) -> tuple[str, str]:
        """Path and id of the last letter of a template."""
        with sqlite3.connect(f"file:{self.base / 'sound/data/mailproc.db'}?mode=ro", uri=True) as conn:
            question = "SELECT path, id FROM outgoing WHERE template = ? ORDER BY cause DESC"
            path, id_ = conn.execute(question, (template,)).fetchone()
        return str(path), str(id_)


GIVEN = ("mailproc work",)  # what a step may be without being asked for
SENT, QUEUED = "author/published", "reader/receipt-enquiry"  # letters: one that left, one that waits
ARTICLE, WAITING, LATE = 3, 9, 10  # numbers of mails


def sound(base: Path) -> None:
    """`base/sound`: an article that is up, material in a file, letters that left, one that waits, a mail that waits.

    The backup is made before the last mail comes.
    """
    place = Place(base)
    path = make_desk(place.desk, **OPTIONS)
    (place.desk / "data").mkdir(exist_ok=True)
    (place.desk / "data/key").write_text(KEY + "\n")
    (place.desk / "data/key").chmod(0o600)
    os.environ["MAILPROC_CONFIG"] = str(path)
    photo = ("quay.png", "image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4)
    with open_desk(load(path)) as desk:
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        at = desk.now()
        article = a_mail("The tram was late again.\n" * 40, authentic=True, at=at, attachments=(photo,))
        give(desk, article, source="lmtp:tram")
        to = "files@harbour.example"
        file = a_mail("For the North Pier Society file: a map.\n", to=to, subject="A map", authentic=True, at=at)
        give(desk, file, source="lmtp:map")
    _run("decide", "A-3 approve", "--as", ANA)
    _run("work")
    _run("deliver")
    with open_desk(load(path)) as desk:
        ask = a_mail("Eleven?\n", sender="ezra@ferryside.example", to="contact@harbour.example", authentic=True, at=at)
        give(desk, ask, source="lmtp:eleven")
        keep(desk, a_mail("Who feeds the heron?\n", to="contact@harbour.example", at=at), source="lmtp:heron")
    _run("backup", str(place.backup))
    with open_desk(load(path)) as desk:
        nobody = Envelope("list@elsewhere.example", ("contact@harbour.example",))  # whom no letter answers
        deep = a_mail("Is it deep?\n", to="contact@harbour.example", at=at)
        give(desk, deep, nobody, source="lmtp:deep")
    shutil.copytree(place.desk, base / "copies")
    shutil.copyfile(place.backup, base / "sound.tar")
    place.desk.rename(base / "sound")


def _run(*words: str) -> None:
    came = run_here(*words)
    if came.status:
        raise SystemExit(f"{' '.join(words)}: {came.status}: {came.out}{came.err}")


# Words


@dataclass(frozen=True)
class Said:
    """What a command said, and how it left."""

    command: str
    status: int
    lines: tuple[str, ...]


def ask(place: Place, command: str) -> Said:
    """Run a command as it stands; its words with paths, times and hashes made general."""
    os.environ["MAILPROC_CONFIG"] = str(place.desk / "config.toml")
    words = command.replace("/desk", str(place.desk)).replace("/backup", f"{place.base}/backup")
    words = words.replace("/copies", f"{place.base}/copies").replace("/restored", f"{place.base}/restored")
    came = run_here(*shlex.split(words.removeprefix("mailproc "))) if words.startswith("mailproc ") else _shell(words)
    lines = [general(place, line) for line in (came.out + came.err).splitlines()]
    return Said(command, came.status, tuple(filter(None, lines)))


def _shell(words: str) -> Ran:
    """A command of the system, as an operator types it."""
    done = subprocess.run(shlex.split(words), capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return Ran(done.returncode, done.stdout, done.stderr)


GENERAL = (
    (re.compile(r"\b\d{8}T\d{6}Z\b"), "TIME"),
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?( UTC|Z|\+00:00)?( \(\d+ \w+ ago\))?"), "TIME"),
    (re.compile(r"\b\d{4}/\d\d/\d\d\b"), "DAY"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "SHA-256"),
    (re.compile(r"\b\d+ MiB free\b"), "MANY MiB free"),
    (re.compile(r"\d+ octets, read back"), "MANY octets, read back"),
    (re.compile(r"(?<=, sequence), time(?=, kind)"), ""),  # two mails may be entered in one second
    (re.compile(r" +$"), ""),
)


def general(place: Place, line: str) -> str:
    """A line as it would be said of every such desk."""
    line = line.replace(str(place.base), "")
    for pattern, word in GENERAL:
        line = pattern.sub(word, line)
    return line


# What a desk holds


def holdings(place: Place) -> dict[str, str]:
    """Every file that is kept, by its SHA-256, and what the desk says of items, members and letters."""
    found = {}
    for name in ("data/archive", "data/attachments", "outbox", "published"):
        for path in sorted((place.desk / name).rglob("*")):
            if path.is_file() and "spool" not in path.parts and "derived" not in path.parts:
                found[f"/desk/{path.relative_to(place.desk)}"] = _what(path)
    os.environ["MAILPROC_CONFIG"] = str(place.desk / "config.toml")
    for each in _json("list"):
        found[f"item {each['ref']}"] = json.dumps(_json("show", each["ref"]), sort_keys=True)
    found |= {f"member {each['email']}": json.dumps(each, sort_keys=True) for each in _json("members", "list")}
    found |= {f"letter {each['id']}": _of_letter(each) for each in _json("outbox", "list")}
    return found


def _what(path: Path) -> str:
    """The SHA-256 of a file; of the record of a letter that left, when it did: it may be written anew."""
    octets = path.read_bytes()
    return hashlib.sha256(octets).hexdigest() if path.suffixes != [".sent", ".json"] else json.loads(octets)["sent_at"]


def _of_letter(letter: dict[str, Any]) -> str:
    """What must not change: one that has not left may wait or leave."""
    state = {"queued": "waits or left", "sent": "waits or left"}.get(letter["state"], letter["state"])
    return f"{letter['template']} to {letter['to']}: {state}"


def _json(*words: str) -> Any:  # noqa: ANN401 - any JSON
    came = run_here(*words, "--json")
    return json.loads(came.out) if came.out else []


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """What is not there any more, or is another thing."""
    return [f"{name} {'changed' if name in after else 'lost'}" for name in before if after.get(name) != before[name]]


# A damage


@dataclass(frozen=True)
class Hand:
    """What the cure leaves to the operator: the words that ask for it, and the doing."""

    words: str
    do: Callable[[Place], object]


@dataclass(frozen=True)
class Filled:
    """A command of the words in which the operator fills in what they know."""

    words: str
    command: str


Step = str | Hand | Filled


@dataclass(frozen=True)
class Damage:
    """One damage, and the cure that its words give."""

    name: str  # heading; no two are the same
    harm: Callable[[Place], object]
    cure: tuple[Step, ...] = ()  # a command as the words give it, or a hand's work that they ask for
    also: tuple[str, ...] = ()  # commands that are asked beside doctor, health, verify
    view: str = ""  # a script of mounts, in a namespace of its own; $1 is the folder of the desk
    quick: bool = False  # looked at in each run of the tests; all of them by `make damage`


@dataclass
class Told:
    """What came of one damage."""

    name: str
    words: list[Said] = field(default_factory=list)
    followed: list[Said] = field(default_factory=list)
    after: list[Said] = field(default_factory=list)  # only what is not as before
    lost: list[str] = field(default_factory=list)
    astray: list[str] = field(default_factory=list)  # steps of the cure that no words asked for, or that failed


def examine(damage: Damage, place: Place, before: dict[str, Said], held: dict[str, str]) -> Told:
    """Do it, ask, follow, ask again."""
    told = Told(damage.name)
    damage.harm(place)
    told.words = [_beyond(ask(place, command), before) for command in (*ASKED, *damage.also)]
    for step in damage.cure:
        heard = "\n".join(line for said in (*told.words, *told.followed) for line in said.lines)
        words = (step if isinstance(step, str) else step.words).replace("{queued}", place.row(QUEUED)[1])
        if words not in heard and words not in GIVEN:
            told.astray.append(f"nobody said: {words}")
        if isinstance(step, Hand):
            step.do(place)
            told.followed.append(Said(step.words, 0, ()))
        else:
            command = step if isinstance(step, str) else step.command
            told.followed.append(ask(place, command.replace("{queued}", place.row(QUEUED)[1])))
    after = [_beyond(ask(place, command), before) for command in ASKED]
    told.after = [said for said in after if said.status or any("warning" in line for line in said.lines)]
    told.lost = [general(place, line) for line in differences(held, holdings(place))]
    return told


def _beyond(said: Said, before: dict[str, Said]) -> Said:
    """Less what is said of the sound desk."""
    usual = before[said.command].lines if said.command in before else ()
    new = (line for line in said.lines if line not in usual and not line.startswith("ok "))
    return Said(said.command, said.status, tuple(new))


def examine_all(damages: Sequence[Damage], base: Path) -> list[Told]:
    """All of these, each on a copy of one sound desk."""
    place = Place(base)
    sound(base)
    before, held = {}, {}
    told = []
    for damage in damages:
        shutil.rmtree(place.desk, ignore_errors=True)
        shutil.copytree(base / "sound", place.desk, symlinks=True)
        shutil.copyfile(base / "sound.tar", place.backup)
        if not before:
            before = {command: ask(place, command) for command in (*ASKED, *READING)}
            held = holdings(place)
            if any(said.status for said in before.values()):
                raise SystemExit(f"the desk is not sound: {before}")
        told.append(examine(damage, place, before, held) if not damage.view else _aside(damage, place, before, held))
    return told


def _aside(damage: Damage, place: Place, before: dict[str, Said], held: dict[str, str]) -> Told:
    """The same in a process that sees other mounts."""
    known = {"before": [asdict(said) for said in before.values()], "held": held}
    script = f'set -e; {damage.view}; exec "$2" "$3" --inside "$1" --only "$4"'
    command = ["unshare", "--mount", "sh", "-c", script, "view"]
    words = [*command, str(place.base), sys.executable, __file__, damage.name]
    done = subprocess.run(words, input=json.dumps(known), capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise SystemExit(f"{damage.name}: {done.stderr}")
    came = json.loads(done.stdout)
    said = {name: [Said(**{**each, "lines": tuple(each["lines"])}) for each in came[name]] for name in SAID}
    return Told(came["name"], **said, lost=came["lost"], astray=came["astray"])


SAID = ("words", "followed", "after")


def _inside(damage: Damage, base: Path) -> int:
    known = json.load(sys.stdin)
    before = {each["command"]: Said(each["command"], each["status"], tuple(each["lines"])) for each in known["before"]}
    print(json.dumps(asdict(examine(damage, Place(base), before, known["held"]))))  # noqa: T201 - a program
    return 0


# The damages


def overwrite(path: Path, at: int, octets: bytes) -> None:
    """These octets at that place of a file; a negative one counts from its end."""
    with path.open("r+b") as file:
        file.seek(at if at >= 0 else path.stat().st_size + at)
        file.write(octets)


def flip(path: Path, at: int = -3) -> None:
    """One bit of one octet."""
    octets = path.read_bytes()
    overwrite(path, at, bytes([octets[at] ^ 1]))


def cut(path: Path, part: float = 0.5) -> None:
    """Only so much of a file is left."""
    os.truncate(path, int(path.stat().st_size * part))


def zero(path: Path) -> None:
    """As long as it was, and nothing but zeros."""
    path.write_bytes(bytes(path.stat().st_size))


# Of the database


def asked_of(place: Place, question: str, *values: object) -> Any:  # noqa: ANN401 - any cell
    """One cell of the database at rest."""
    conn = sqlite3.connect(place.database)
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ((cell,),) = conn.execute(question, values).fetchmany(1)
    conn.close()
    return cell


def spoil_page(place: Place, page: int) -> None:
    """Garbage over a page, counted from one."""
    size = asked_of(place, "PRAGMA page_size")
    overwrite(place.database, (page - 1) * size, b"\xa5" * size)


def spoil_root(place: Place, kind: str, table: str) -> None:
    """Garbage over the first page of a table or of its first index."""
    question = "SELECT rootpage FROM sqlite_master WHERE type = ? AND tbl_name = ? AND rootpage > 0"
    spoil_page(place, asked_of(place, question, kind, table))


def spoil_free(place: Place) -> None:
    """Garbage over the first page of the list of free pages."""
    conn = sqlite3.connect(place.database)
    conn.executescript("CREATE TABLE ballast (x); INSERT INTO ballast VALUES (randomblob(200000)); DROP TABLE ballast")
    conn.close()
    spoil_page(place, int.from_bytes(place.database.read_bytes()[32:36], "big"))  # SQLite's file format, §1.3.11


def with_log(place: Place) -> Path:
    """The last mail's turn stands in the write-ahead log alone, as after a death; the log."""
    mail = place.base / "late.eml"
    mail.write_bytes(a_mail("Who winds the clock?\n", to="contact@harbour.example", subject="The clock"))
    files = [place.database, place.database.with_name("mailproc.db-wal")]
    holding = sqlite3.connect(place.database)  # while it is open, nobody empties the log
    holding.execute("SELECT count(*) FROM received").fetchone()
    ask(place, f"mailproc receive {mail}")
    ask(place, "mailproc work")
    octets = [path.read_bytes() for path in files]
    holding.close()
    for path, each in zip(files, octets, strict=True):
        path.write_bytes(each)
    return files[1]


def move_database_away(place: Place) -> None:
    """With all that belongs to it."""
    for path in place.database.parent.glob("mailproc.db*"):
        path.rename(path.with_name(f"damaged-{path.name}"))


ANEW: tuple[Step, ...] = ("mailproc rebuild", Filled("mailproc outbox retry ID", "mailproc outbox retry {queued}"))
REBUILT: tuple[Step, ...] = (Hand("move the database away", move_database_away), *ANEW)
ALL = (*READING, "mailproc members list", "mailproc decide 'A-3 undo' --as ana@harbour.example", "mailproc work")
DATABASE = (
    Damage("A page of a table overwritten", lambda at: spoil_root(at, "table", "outgoing"), REBUILT, LIST),
    Damage("A page of an index overwritten", lambda at: spoil_root(at, "index", "received"), REBUILT, LIST),
    Damage("A page of the list of free pages overwritten", spoil_free, REBUILT, LIST),
    Damage("The head of the database overwritten", lambda at: overwrite(at.database, 0, b"\xa5" * 16), REBUILT, LIST),
    Damage("The database cut short", lambda at: cut(at.database), REBUILT, LIST),
    Damage("The database empty", lambda at: os.truncate(at.database, 0), ANEW, ALL),
    Damage("The database gone", lambda at: at.database.unlink(), ANEW, ALL, quick=True),
    Damage("The write-ahead log gone", lambda at: with_log(at).unlink(), REBUILT, LIST),
    Damage("The write-ahead log overwritten", lambda at: zero(with_log(at)), REBUILT, LIST),
)

# Of files


WORK = ("mailproc work",)
RETRIED: tuple[Step, ...] = ("mailproc received retry 9", "mailproc work")


def swap(place: Place) -> None:
    """The entry of another message."""
    place.entry(ARTICLE).write_bytes(place.entry(ARTICLE + 1).read_bytes())


MEND: tuple[Step, ...] = ("mailproc mend",)
FROM_FILE: tuple[Step, ...] = (Filled("mailproc mend FILE", "mailproc mend /copies"),)
SEND: tuple[Step, ...] = ("mailproc mend", "mailproc outbox retry {queued}")
MAILS = (
    Damage("A mail cut short", lambda at: cut(at.mail(ARTICLE)), MEND, quick=True),
    Damage("A mail cut short in our own trace fields", lambda at: cut(at.mail(ARTICLE), 0.01), MEND),
    Damage("A mail full of zeros", lambda at: zero(at.mail(ARTICLE)), MEND),
    Damage("A mail with one octet changed", lambda at: flip(at.mail(ARTICLE)), MEND),
    Damage("A mail empty", lambda at: os.truncate(at.mail(ARTICLE), 0), MEND),
    Damage("A mail gone", lambda at: at.mail(ARTICLE).unlink(), MEND),
    Damage(
        "A mail that waits for its turn, cut short",
        lambda at: cut(at.mail(WAITING), 0.7),
        (*MEND, *RETRIED),
        WORK,
        quick=True,
    ),
    Damage("A mail that waits for its turn, gone", lambda at: at.mail(WAITING).unlink(), (*MEND, *RETRIED), WORK),
    Damage("A mail newer than the backup, cut short", lambda at: cut(at.mail(LATE), 0.7), FROM_FILE),
)
ENTRIES = (
    Damage("An entry cut short", lambda at: cut(at.entry(ARTICLE)), MEND),
    Damage("An entry overwritten", lambda at: at.entry(ARTICLE).write_bytes(b"\xa5" * 100), MEND),
    Damage("An entry gone", lambda at: at.entry(ARTICLE).unlink(), MEND),
    Damage("An entry of another message in its place", swap, MEND, quick=True),
    Damage("An entry newer than the backup, gone", lambda at: at.entry(LATE).unlink(), FROM_FILE),
)
LETTERS = (
    Damage("A letter that left, changed", lambda at: flip(at.letter(SENT)), MEND),
    Damage("A letter that left, gone", lambda at: at.letter(SENT).unlink(), MEND),
    Damage("A letter that waits, changed", lambda at: flip(at.letter(QUEUED)), SEND, ("mailproc deliver",), quick=True),
    Damage("A letter that waits, gone", lambda at: at.letter(QUEUED).unlink(), SEND, ("mailproc deliver",)),
    Damage("The record of a letter that left, gone", lambda at: at.record(SENT).unlink(), MEND),
    Damage("The record of a letter that left, overwritten", lambda at: zero(at.record(SENT)), MEND),
)
OTHERS = (
    Damage("An attachment changed", lambda at: flip(at.attachment), MEND),
    Damage("An attachment gone", lambda at: at.attachment.unlink(), MEND, quick=True),
    Damage("A published page changed", lambda at: flip(at.published), ("mailproc publish --all",)),
    Damage("A published work gone", lambda at: shutil.rmtree(at.published.parent), ("mailproc publish --all",)),
)
# Of the key


def key_of(place: Place) -> Path:
    """Its file."""
    return place.desk / "data/key"


def a_folder_for_the_key(place: Place) -> None:
    """A folder has its name."""
    key_of(place).unlink()
    key_of(place).mkdir()


def a_link_for_the_key(place: Place) -> None:
    """A link to a disk that is not there."""
    key_of(place).unlink()
    key_of(place).symlink_to("/media/stick/key")


def open_to_all(place: Place) -> None:
    """As a careless `chmod -R` leaves it."""
    for path in (place.desk, *place.desk.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))


def key_and_database_gone(place: Place) -> None:
    """Both."""
    key_of(place).unlink()
    place.database.unlink()


TAKE_OUT = "tar -xf /backup.tar -C /desk data/key"
REFUSED = ("mailproc work", *LIST)  # one that needs the key, and one that does not
NEW_KEY = ("mailproc work --new-key",)
KEYS = (
    Damage("The key gone", lambda at: key_of(at).unlink(), (TAKE_OUT,), REFUSED, quick=True),
    Damage("The key empty", lambda at: os.truncate(key_of(at), 0), (TAKE_OUT,), REFUSED),
    Damage("The key cut short", lambda at: os.truncate(key_of(at), 20), (TAKE_OUT,), REFUSED),
    Damage("The key full of zeros", lambda at: zero(key_of(at)), (TAKE_OUT,), REFUSED),
    Damage("Another desk's key", lambda at: key_of(at).write_text("ab" * 32 + "\n"), (TAKE_OUT,), REFUSED),
    Damage(
        "A folder in the key's place",
        a_folder_for_the_key,
        (Hand("move that away", lambda at: key_of(at).rename(at.base / "aside")), TAKE_OUT),
        REFUSED,
    ),
    Damage("A link that leads nowhere in the key's place", a_link_for_the_key, (TAKE_OUT,), REFUSED),
    Damage("The key gone for good", lambda at: key_of(at).unlink(), NEW_KEY, LIST, quick=True),
    Damage("Another desk's key, and no copy of ours", lambda at: key_of(at).write_text("ab" * 32), NEW_KEY, LIST),
    Damage(
        "The key and the database gone",
        key_and_database_gone,
        (ANEW[0], Filled("tar -xf BACKUP.tar -C /desk data/key", TAKE_OUT), *ANEW[1:]),
        REFUSED,
    ),
    Damage("A key that others can read", lambda at: key_of(at).chmod(0o644), ("chmod 600 /desk/data/key",)),
    Damage(
        "A desk that others can look into",
        open_to_all,
        ("chmod -R go-rwx /desk/config.toml /desk/data /desk/outbox", "chmod -R o-rwx /desk/published/access"),
        quick=True,
    ),
)


# Of disks

SMALL = """rm -rf "$1/was"; mv "$1/desk" "$1/was"; mkdir "$1/desk"
mount -t tmpfs -o size=12m,nr_inodes=2000 tmpfs "$1/desk"; cp -a "$1/was/." "$1/desk/\""""
READ_ONLY = """mount --bind "$1/desk" "$1/desk"; mount -o remount,bind,ro "$1/desk\""""
OTHER = """mkdir -p "$1/other"; mount -t tmpfs tmpfs "$1/other\""""
ON_SPOOL = """mkdir -p "$1/desk/data/archive/spool"; mount -t tmpfs tmpfs "$1/desk/data/archive/spool\""""


def fill(place: Place) -> None:
    """Every octet of the disk is taken."""
    with (place.desk / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    with (place.desk / "crumbs").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"x"):
            pass


def free(place: Place) -> None:
    """Room again."""
    for name in ("ballast", "crumbs"):
        (place.desk / name).unlink()


def mount(*words: str) -> None:
    """As root."""
    subprocess.run(["mount", *words], check=True, capture_output=True)  # noqa: S603, S607 - our own words


def elsewhere(place: Place, name: str) -> None:
    """A folder lies on another disk, a symbolic link in its place."""
    there = place.base / "other" / name.replace("/", "-")
    shutil.copytree(place.desk / name, there)
    shutil.rmtree(place.desk / name)
    (place.desk / name).symlink_to(there)


def unmount(place: Place) -> None:
    """The mount on the spool is taken away."""
    subprocess.run(["umount", str(place.desk / "data/archive/spool")], check=True, capture_output=True)  # noqa: S603, S607


def unlink(place: Place) -> None:
    """The link in the place of the spool is taken away."""
    (place.desk / "data/archive/spool").unlink()


RECEIVE = ("mailproc receive /copies/data/archive/000/000003.eml",)
TAKEN = "take that mount or link away"
DISKS = (
    Damage("A full disk", fill, (Hand("free some space", free),), (*READING, *WORK), SMALL, quick=True),
    Damage(
        "A disk mounted read-only",
        lambda _: None,
        (Hand("the disk is not mounted read-only", lambda at: mount("-o", "remount,bind,rw", str(at.desk))),),
        (*READING, *WORK),
        READ_ONLY,
    ),
    Damage("The archive on another disk", lambda at: elsewhere(at, "data/archive"), (), WORK, OTHER),
    Damage("A spool on another disk", lambda _: None, (Hand(TAKEN, unmount), *WORK), RECEIVE, ON_SPOOL, quick=True),
    Damage(
        "A spool that is a link to another disk",
        lambda at: elsewhere(at, "data/archive/spool"),
        (Hand(TAKEN, unlink), *WORK),
        RECEIVE,
        OTHER,
    ),
)

# Of backups


def garbage(place: Place) -> None:
    """Octets that are no backup."""
    place.backup.write_bytes(b"\xa5" * 5000)


def of_a_newer_release(place: Place) -> None:
    """A backup whose database has a schema that is not known here."""
    later = place.base / "later"
    shutil.rmtree(later, ignore_errors=True)
    shutil.copytree(place.base / "copies", later)
    conn = sqlite3.connect(later / "data/mailproc.db")
    conn.execute("UPDATE alembic_version SET version_num = 'r9999'")
    conn.commit()
    conn.close()
    files = {path.relative_to(later).as_posix(): path for path in sorted(later.rglob("*")) if path.is_file()}
    named = {name: {"size": path.stat().st_size, "sha256": _what(path)} for name, path in files.items()}
    facts = {"mailproc": "9.0", "made_at": "2030-01-01T00:00:00Z", "database": "data/mailproc.db", "elsewhere": {}}
    (later / "MANIFEST.json").write_text(json.dumps({**facts, "files": named}))
    with tarfile.open(place.backup, "w") as tar:
        for name in (*files, "MANIFEST.json"):
            tar.add(later / name, name)


RESTORE = ("mailproc restore /backup.tar --to /restored",)
BACKUPS = (
    Damage("A backup that is garbage", garbage, (), RESTORE, quick=True),
    Damage("A backup empty", lambda at: os.truncate(at.backup, 0), (), RESTORE),
    Damage("A backup cut short", lambda at: cut(at.backup), (), RESTORE, quick=True),
    Damage("A backup with one octet changed", lambda at: flip(at.backup, at.backup.stat().st_size // 3), (), RESTORE),
    Damage("A backup of a newer release", of_a_newer_release, (), RESTORE),
)
DAMAGES: dict[str, tuple[Damage, ...]] = {
    "The database": DATABASE,
    "Mails": MAILS,
    "Entries": ENTRIES,
    "Letters": LETTERS,
    "Attachments and published work": OTHERS,
    "The key": KEYS,
    "Disks": DISKS,
    "Backups": BACKUPS,
}


# The page


def page(found: dict[str, list[Told]]) -> str:
    """The whole page."""
    parts = [HEAD, "| damage | doctor | health | verify | the cure | afterwards |\n|---|---|---|---|---|---|"]
    parts += [_row(told) for section in found.values() for told in section]
    for title, section in found.items():
        parts.append(f"\n## {title}")
        parts += [block(told) for told in section]
    return "\n".join(parts) + "\n"


def _row(told: Told) -> str:
    left = " | ".join(str(said.status) for said in told.words[: len(ASKED)])
    done = [step.command for step in told.followed]
    cure = ", then ".join(f"`{each}`" if each.startswith("mailproc ") else each for each in done)
    return f"| {told.name} | {left} | {cure or '-'} | {_afterwards(told)} |"


def _afterwards(told: Told) -> str:
    sick = [said.command for said in told.after if said.status]
    well = f"not well: {', '.join(sick)}" if sick else "all well"
    return f"{well}; {'nothing lost' if not told.lost else f'{len(told.lost)} lost'}"


def block(told: Told) -> str:
    """What stands on the page of one damage, its heading first."""
    said = [line for each in told.words for line in _lines(each)]
    done = [line for each in told.followed for line in _lines(each)]
    lines = [f"\n### {told.name}\n", "```", *said, "```"]
    lines += ["\nThe cure:\n", "```", *done, "```"] if done else []
    rest = [line for each in told.after for line in _lines(each)] + told.lost
    lines += ["\nAfterwards:\n", "```", *rest, "```"] if rest else []
    return "\n".join(lines)


def _lines(said: Said) -> list[str]:
    return [f"$ {said.command}  ({said.status})", *said.lines]


def main() -> int:
    """Write the page; 1 where a cure does not cure."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("--only", default="", help="damages with this word in their name")
    options.add_argument("--show", action="store_true", help="print, and write nothing")
    options.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    wanted = {title: [each for each in some if chosen.only in each.name] for title, some in DAMAGES.items()}
    if chosen.inside:
        return _inside(next(each for some in wanted.values() for each in some), chosen.inside)
    with tempfile.TemporaryDirectory() as base:
        every = examine_all([each for some in wanted.values() for each in some], Path(base))
    found = {title: [every.pop(0) for _ in some] for title, some in wanted.items() if some}
    text = page(found)
    if chosen.show:
        sys.stdout.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8")
    bad = [f"{told.name}: {line}" for some in found.values() for told in some for line in (*told.astray, *told.lost)]
    for line in bad:
        print(line, file=sys.stderr)  # noqa: T201 - a program
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
