"""The words of the command line: every command, its arguments, its help.

What each command does is another module's, loaded when it is known which (`main`), so nothing is imported here that a
help text does not need. Wrong words end the program with status 2, as argparse does.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from mailproc import __version__
from mailproc.errors import UsageError, nearest
from mailproc.workflow.group import STATES
from mailproc.workflow.outgoing import STATES as OUTGOING_STATES
from mailproc.workflow.received import NUMBER
from mailproc.workflow.received import STATES as RECEIVED_STATES

PUBLISHED = ("keep", "erase")  # what becomes of a forgotten person's published work; the first is the default
PAUSABLE = ("letters", "publishing")
_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


def known(word: str | None, words: Sequence[str], what: str) -> None:
    """Nothing, or one of these words. Raises UsageError with the nearest."""
    if word is not None and word not in words:
        raise UsageError(f"there is no {what} {word}{nearest(word, words)}")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="mailproc",
        description="An email desk: polls, keeps and sorts mail, and does what the members decide by reply.",
        epilog="A first look: `mailproc demo`. A desk of your own: `mailproc init mydesk`.",
    )
    top.add_argument("--version", action="version", version=f"mailproc {__version__}")
    top.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=Path(os.environ.get("MAILPROC_CONFIG", "config.toml")),
        help="the configuration (default: $MAILPROC_CONFIG, then ./config.toml)",
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", dest="command", required=True)
    _set_up(commands)
    _serve(commands)
    _look(commands)
    _decide(commands)
    _people(commands)
    _keep(commands)
    _put_away(commands)
    _erase(commands)
    _watch(commands)
    return top


def _add(commands: _Commands, name: str, help_: str, *, json: bool = False) -> argparse.ArgumentParser:
    sub: argparse.ArgumentParser = commands.add_parser(name, help=help_, description=f"{help_[0].upper()}{help_[1:]}.")
    if json:
        sub.add_argument("--json", action="store_true", help="JSON on standard output")
    return sub


def _set_up(commands: _Commands) -> None:
    sub = _add(commands, "init", "write a new desk: configuration, rules and templates")
    sub.add_argument("directory", type=Path, nargs="?", default=Path(), metavar="DIR", help="a new or empty folder")
    sub.add_argument("--yes", action="store_true", help="ask nothing; The Harbour Review as it is")
    sub = _add(commands, "demo", "the whole loop on this machine, with mail of its own")
    sub.add_argument(
        "--dir", type=Path, default=Path("demo"), metavar="DIR", help="where its desk is left (default: demo)"
    )
    sub = _add(commands, "doctor", "look at every part of the desk and name the cure", json=True)
    how = sub.add_mutually_exclusive_group()
    how.add_argument("--probe", action="store_true", help="mail the desk forged results, to see what is left")
    how.add_argument("--probe-via", metavar="HOST[:PORT]", help="the same, by this mail server and without a login")
    how.add_argument(
        "--probe-file", metavar="FILE", help="write that mail to a file, to be sent from outside; - is stdout"
    )


def _serve(commands: _Commands) -> None:
    sub = _add(commands, "run", "the service: poll, work, remind and deliver by the timetable")
    sub.add_argument("--once", action="store_true", help="one round, then leave")
    _add(commands, "poll", "fetch what is new in the mailboxes", json=True)
    sub = _add(commands, "work", "serve the queue until it is empty, and what is due", json=True)
    new_key = "first make another key where data/key is lost for good: answers to earlier letters count no more then"
    sub.add_argument("--new-key", action="store_true", help=new_key)
    _add(commands, "remind", "write the digests and reminders that are due")
    _add(commands, "deliver", "send the letters that are due", json=True)
    sub = _add(commands, "receive", "keep mails from files; nothing else", json=True)
    sub.add_argument("files", nargs="+", metavar="FILE", help=".eml, mbox, Maildir, or - for standard input")
    sub.add_argument("--from", dest="reverse_path", metavar="A", help="the reverse-path of its envelope")
    sub.add_argument(
        "--to", dest="forward_paths", metavar="B", action="append", help="a forward-path of its envelope (repeatable)"
    )


def _look(commands: _Commands) -> None:
    sub = _add(commands, "list", "list items, the waiting ones first", json=True)
    sub.add_argument("--kind", help="article, material, membership, enquiry or unsorted")
    sub.add_argument("--state", help="pending, held, published or any other state")
    sub = _add(commands, "reasons", "count the reasons that members named for rejections, kind by kind", json=True)
    sub.add_argument("--since", metavar="DAY", help="votes from this day on (YYYY-MM-DD); left out: all")
    sub = _add(commands, "show", "show one item with its text, votes and history", json=True)
    sub.add_argument("ref", metavar="REF", help="the item's reference, such as A-123")
    sub = _add(
        commands,
        "trace",
        "tell one message's whole story: how it came, why it was sorted so, what came of it",
        json=True,
    )
    sub.add_argument("what", metavar="REF|NUMBER", help="an item's reference, or the number of a message")
    sub = _add(commands, "sort", "sort mails as they would be sorted now; nothing is kept", json=True)
    sub.add_argument("files", nargs="+", metavar="FILE", help=".eml, mbox, Maildir, or - for standard input")
    sub.add_argument("--explain", action="store_true", help="every rule, hit or miss, and the runner-up")
    sub = _add(commands, "rules", "check the rules and their examples, or rehearse them on mails that came", json=True)
    what = "check: every rule against its own examples; rehearse: what they would sort otherwise than it was sorted"
    sub.add_argument("what", choices=["check", "rehearse"], help=what)
    sub.add_argument("--last", type=_count, metavar="N", help="rehearse: so many of the latest mails (default: 500)")
    sub.add_argument(
        "--since", metavar="DAY", help="rehearse: mails from this day on (YYYY-MM-DD), with --last the latest of them"
    )
    sub.add_argument(
        "--rules", type=Path, metavar="DIR", help="rehearse: the rules of another folder than the desk's own"
    )
    sub = _add(
        commands,
        "received",
        "list every message ever received, show one, or try a stuck one again",
        json=True,
    )
    sub.add_argument(
        "what",
        choices=["list", "show", "retry"],
        help="list all; show NUMBER; retry NUMBER, or without one all that are stuck",
    )
    sub.add_argument("number", nargs="?", type=_number, metavar="NUMBER", help="of the message, for show and retry")
    sub.add_argument("--state", help=f"{', '.join(RECEIVED_STATES[:-1])} or {RECEIVED_STATES[-1]}")
    sub = _add(
        commands,
        "outbox",
        "list every letter ever written, show one, try it again or call it back",
        json=True,
    )
    what = "list all; show ID; retry ID, or all in a --state; cancel ID"
    sub.add_argument("what", choices=["list", "show", "retry", "cancel"], help=what)
    sub.add_argument("id", nargs="?", metavar="ID", help="of the letter, for all but list")
    sub.add_argument("--state", help=f"{', '.join(OUTGOING_STATES[:-1])} or {OUTGOING_STATES[-1]}")


def _decide(commands: _Commands) -> None:
    sub = _add(commands, "decide", "do what a member told you, in their name")
    sub.add_argument("words", metavar="WORDS", help="'A-123 approve', as the member would write it")
    sub.add_argument("--as", dest="member", metavar="EMAIL", required=True, help="the member's address")
    sub = _add(commands, "digest", "queue the members' digests now, or print them")
    sub.add_argument("--to", metavar="EMAIL", help="one member only")
    sub.add_argument("--now", action="store_true", help="queue it now, to everybody for whom something waits")
    sub.add_argument("--dry-run", action="store_true", help="print it, queue nothing")


def _people(commands: _Commands) -> None:
    sub = _add(commands, "members", "list who decides, invite, change, suspend or remove them", json=True)
    what = (
        "list all; show EMAIL (anybody's: what is known of them); add EMAIL (an invitation goes there); "
        "change, suspend, resume or remove EMAIL"
    )
    sub.add_argument("what", choices=["list", "show", "add", "change", "suspend", "resume", "remove"], help=what)
    sub.add_argument("email", nargs="?", metavar="EMAIL", help="the person's address, for all but list")
    sub.add_argument("--name", help="how letters greet them, with add and change")
    sub.add_argument("--confirmed", action="store_true", help="a member at once, without the invitation being answered")
    sub.add_argument("--address", metavar="EMAIL", help="with change: one more address that is theirs")
    sub.add_argument("--reason", metavar="WORDS", help="with suspend, resume, remove: your words to them")
    sub = _add(commands, "groups", "list the group files, show, add or change one", json=True)
    what = "list all; show, add or change NAME"
    sub.add_argument("what", choices=["list", "show", "add", "change"], help=what)
    sub.add_argument("name", nargs="?", metavar="NAME", help="of the organisation, for all but list")
    sub.add_argument("--alias", action="append", metavar="ALIAS", help="what else it is called (repeatable)")
    sub.add_argument("--need", action="append", metavar="TEXT", help="what its file still needs (repeatable)")
    domain = "a domain of its own mail, which has a right of reply (repeatable)"
    sub.add_argument("--domain", action="append", metavar="DOMAIN", help=domain)
    sub.add_argument("--state", help=f"{', '.join(STATES[:-1])} or {STATES[-1]}")


def _keep(commands: _Commands) -> None:
    sub = _add(commands, "rebuild", "make the database anew from archive, entries and outbox", json=True)
    sub.add_argument("--database", metavar="URL", help="where it is made (default: the configured one, if it is empty)")
    sub.add_argument("--afresh", action="store_true", help="write nothing; say what today's rules would sort otherwise")
    verify = "look whether archive, outbox, published work and database agree, octet by octet"
    _add(commands, "verify", verify, json=True)
    sub = _add(commands, "mend", "put back what verify finds damaged or gone, from a copy", json=True)
    sub.description = (
        "Put back what verify finds damaged or gone: from what is named, else from backups and mailboxes that the desk "
        "knows of. Only octets that are proved to be the right ones are taken."
    )
    sub.add_argument(
        "files", type=Path, nargs="*", metavar="FILE", help="a backup, a copy of the desk's folder, or a mail"
    )
    _add(commands, "reconcile", "compare the mailboxes with what was received, message by message", json=True)
    sub = _add(commands, "publish", "put up again whatever is published: bundles, group pages, lists", json=True)
    sub.add_argument("--all", action="store_true", required=True, help="the whole site; what stands there right stays")
    sub.add_argument("--to", type=Path, metavar="DIR", help="another folder than the configured one")


def _put_away(commands: _Commands) -> None:
    sub = _add(commands, "backup", "write the whole desk into one file, while it runs", json=True)
    sub.description = (
        "Write the whole desk into one file, while it runs: database, archive, attachments, outbox, "
        "published work, key, configuration, rules and templates. Password files are not in it."
    )
    sub.add_argument("file", type=Path, metavar="FILE", help="a new file: .tar, or .tar.gz for a smaller, slower one")
    sub = _add(commands, "restore", "put a backup into an empty folder", json=True)
    sub.description = "Put a backup into an empty folder, every octet verified before anything appears."
    sub.add_argument("file", type=Path, metavar="FILE", help="what `mailproc backup` wrote")
    sub.add_argument("--to", type=Path, metavar="DIR", help="a new or empty folder (default: that of --config)")


def _erase(commands: _Commands) -> None:
    sub = _add(commands, "forget", "erase a person's data: a report first, and with --yes the erasure", json=True)
    sub.description = "Erase a person's data everywhere but in backups. Without --yes only say what would be erased."
    sub.add_argument("email", metavar="EMAIL", help="the person's address; a member's other addresses are found")
    sub.add_argument("--yes", action="store_true", help="erase; without it nothing is changed")
    what = "what is published of theirs: keep it without the address (default), or take it down and erase it"
    sub.add_argument("--published", choices=PUBLISHED, default=PUBLISHED[0], help=what)
    sub = _add(commands, "export", "write everything the desk keeps of a person into one zip file", json=True)
    sub.description = "Write everything the desk keeps of a person, and nobody else's data, into one zip file."
    sub.add_argument("email", metavar="EMAIL", help="the person's address")
    sub.add_argument("--to", type=Path, metavar="FILE.zip", help="a new file (default: EMAIL.zip)")


def _watch(commands: _Commands) -> None:
    _add(commands, "health", "tell whether mail flows; status 1 if something needs a person", json=True)
    for verb, words in (("pause", "let letters or publishing rest"), ("resume", "let them go on")):
        sub = _add(commands, verb, words)
        sub.add_argument("what", choices=PAUSABLE, help="what rests; mail is taken in and worked on all the same")
    words = "tell whether the desk believes this machine's clock, or confirm that it is right"
    sub = _add(commands, "clock", words, json=True)
    sub.add_argument("what", nargs="?", choices=["confirm"], help="confirm DAY, after a jump that was none")
    sub.add_argument("day", nargs="?", metavar="DAY", help="today, as 2026-11-30: you have looked at another clock")


def _count(word: str) -> int:
    """How many. Raises ArgumentTypeError."""
    if not NUMBER.fullmatch(word) or int(word) < 1:
        raise argparse.ArgumentTypeError(f"{word} is no number of mails; write for example --last 500")
    return int(word)


def _number(word: str) -> int:
    """A message's number. Raises ArgumentTypeError."""
    if not NUMBER.fullmatch(word):
        raise argparse.ArgumentTypeError(f"{word} is no number; `mailproc received list` shows them")
    return int(word)
