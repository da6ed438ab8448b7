"""`mailproc`: parse the arguments, run the command, leave with its exit status.

Exit 0 done, 1 found trouble or not all done, 2 wrong use or bad configuration. Errors are one line on stderr;
with --json only JSON is on stdout. What each command does is in `read`, `act`, `service` and their neighbours.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from mailproc import __version__, failpoint
from mailproc.cli import act, doctor, erase, keep, read, rules, safe, service, watch
from mailproc.cli.init import init
from mailproc.cli.logs import log_to_stderr
from mailproc.desk.tell import look
from mailproc.errors import MailprocError
from mailproc.message.field.header import plain
from mailproc.workflow.group import STATES
from mailproc.workflow.outgoing import STATES as OUTGOING_STATES
from mailproc.workflow.received import STATES as RECEIVED_STATES

Command = Callable[[argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    options = parser().parse_args(arguments)
    log_to_stderr()
    try:
        failpoint.armed()  # a wrong name is told here, not where mail is half-way
        status: int = options.command(options)
        sys.stdout.flush()
    except MailprocError as error:
        print(f"mailproc: {plain(str(error))}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:  # the reader of our output has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a refusal of the disk that no room foresaw
        why = f"{error.filename or 'the system'}: {error.strerror or error}"
        print(f"mailproc: {why}; check that it is there, its owner and its permissions", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


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
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _set_up(commands)
    _serve(commands)
    _look(commands)
    _decide(commands)
    _people(commands)
    keep.register(commands)
    safe.register(commands)
    erase.register(commands)
    watch.register(commands)
    return top


def _add(commands: argparse._SubParsersAction, name: str, run: Command, help_: str, *, json: bool = False):  # type: ignore[type-arg,no-untyped-def]  # noqa: ANN202 - argparse gives it no public name
    sub = commands.add_parser(name, help=help_, description=help_[0].upper() + help_[1:] + ".")
    sub.set_defaults(command=run)
    if json:
        sub.add_argument("--json", action="store_true", help="JSON on standard output")
    return sub


def _set_up(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    sub = _add(commands, "init", _init, "write a new desk: configuration, rules and templates")
    sub.add_argument("directory", type=Path, nargs="?", default=Path(), metavar="DIR", help="a new or empty folder")
    sub.add_argument("--yes", action="store_true", help="ask nothing; The Harbour Review as it is")
    sub = _add(commands, "demo", service.demo, "the whole loop on this machine, with mail of its own")
    sub.add_argument(
        "--dir", type=Path, default=Path("demo"), metavar="DIR", help="where its desk is left (default: demo)"
    )
    _add(commands, "doctor", doctor.doctor, "look at every part of the desk and name the cure", json=True)


def _serve(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    sub = _add(commands, "run", service.run, "the service: poll, work, remind and deliver by the timetable")
    sub.add_argument("--once", action="store_true", help="one round, then leave")
    _add(commands, "poll", service.poll, "fetch what is new in the mailboxes", json=True)
    _add(commands, "work", service.work, "serve the queue until it is empty, and what is due", json=True)
    _add(commands, "remind", service.remind, "write the digests and reminders that are due")
    _add(commands, "deliver", service.deliver, "send the letters that are due", json=True)
    sub = _add(commands, "receive", act.receive, "keep mails from files; nothing else", json=True)
    sub.add_argument("files", nargs="+", metavar="FILE", help=".eml, mbox, Maildir, or - for standard input")
    sub.add_argument("--from", dest="reverse_path", metavar="A", help="the reverse-path of its envelope")
    sub.add_argument(
        "--to", dest="forward_paths", metavar="B", action="append", help="a forward-path of its envelope (repeatable)"
    )


def _look(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    sub = _add(commands, "list", read.list_items, "list items, the waiting ones first", json=True)
    sub.add_argument("--kind", help="article, material, membership, enquiry or unsorted")
    sub.add_argument("--state", help="pending, held, published or any other state")
    sub = _add(commands, "show", read.show, "show one item with its text, votes and history", json=True)
    sub.add_argument("ref", metavar="REF", help="the item's reference, such as A-123")
    sub = _add(
        commands,
        "trace",
        read.trace,
        "tell one message's whole story: how it came, why it was sorted so, what came of it",
        json=True,
    )
    sub.add_argument("what", metavar="REF|NUMBER", help="an item's reference, or the number of a message")
    sub = _add(commands, "sort", rules.sort, "sort mails as they would be sorted now; nothing is kept", json=True)
    sub.add_argument("files", nargs="+", metavar="FILE", help=".eml, mbox, Maildir, or - for standard input")
    sub.add_argument("--explain", action="store_true", help="every rule, hit or miss, and the runner-up")
    sub = _add(commands, "rules", rules.check, "check the rules and their examples", json=True)
    sub.add_argument("what", choices=["check"], help="every rule against its own examples")
    sub = _add(
        commands,
        "received",
        read.received,
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
        read.outbox,
        "list every letter ever written, show one, try it again or call it back",
        json=True,
    )
    what = "list all; show ID; retry ID, or all in a --state; cancel ID"
    sub.add_argument("what", choices=["list", "show", "retry", "cancel"], help=what)
    sub.add_argument("id", nargs="?", metavar="ID", help="of the letter, for all but list")
    sub.add_argument("--state", help=f"{', '.join(OUTGOING_STATES[:-1])} or {OUTGOING_STATES[-1]}")


def _decide(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    sub = _add(commands, "decide", act.decide, "do what a member told you, in their name")
    sub.add_argument("words", metavar="WORDS", help="'A-123 approve', as the member would write it")
    sub.add_argument("--as", dest="member", metavar="EMAIL", required=True, help="the member's address")
    sub = _add(commands, "digest", act.digest, "queue the members' digests now, or print them")
    sub.add_argument("--to", metavar="EMAIL", help="one member only")
    sub.add_argument("--now", action="store_true", help="queue it now, to everybody for whom something waits")
    sub.add_argument("--dry-run", action="store_true", help="print it, queue nothing")


def _people(commands: argparse._SubParsersAction) -> None:  # type: ignore[type-arg]
    sub = _add(commands, "members", act.members, "list who decides, invite, change, suspend or remove them", json=True)
    what = "list all; add EMAIL (an invitation goes there); change, suspend, resume or remove EMAIL"
    sub.add_argument("what", choices=["list", "add", "change", "suspend", "resume", "remove"], help=what)
    sub.add_argument("email", nargs="?", metavar="EMAIL", help="the member's address, for all but list")
    sub.add_argument("--name", help="how letters greet them, with add and change")
    sub.add_argument("--confirmed", action="store_true", help="a member at once, without the invitation being answered")
    sub.add_argument("--address", metavar="EMAIL", help="with change: one more address that is theirs")
    sub = _add(commands, "groups", act.groups, "list the group files, show, add or change one", json=True)
    what = "list all; show, add or change NAME"
    sub.add_argument("what", choices=["list", "show", "add", "change"], help=what)
    sub.add_argument("name", nargs="?", metavar="NAME", help="of the organisation, for all but list")
    sub.add_argument("--alias", action="append", metavar="ALIAS", help="what else it is called (repeatable)")
    sub.add_argument("--need", action="append", metavar="TEXT", help="what its file still needs (repeatable)")
    sub.add_argument("--state", help=f"{', '.join(STATES[:-1])} or {STATES[-1]}")


def _number(word: str) -> int:
    """A message's number. Raises ArgumentTypeError."""
    if not look.NUMBER.fullmatch(word):
        raise argparse.ArgumentTypeError(f"{word} is no number; `mailproc received list` shows them")
    return int(word)


def _init(options: argparse.Namespace) -> int:
    init(options.directory, ask=not options.yes and sys.stdin.isatty())
    where = options.directory
    print(
        f"A desk is in {where}. Look at {where / 'config.toml'}, then: mailproc --config {where / 'config.toml'} doctor"
    )
    return 0
