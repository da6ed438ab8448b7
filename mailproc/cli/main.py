"""`mailproc`: parse the arguments, run the command, leave with its exit status.

Exit 0 done, 1 found trouble or not all done, 2 wrong use or bad configuration. Errors are one line on stderr;
with --json only JSON is on stdout. A command's module is imported when it is known which is wanted: see COMMANDS.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec

from mailproc import failpoint
from mailproc.cli.arguments import parser
from mailproc.cli.logs import log_to_stderr
from mailproc.errors import MailprocError, UsageError
from mailproc.message.field.header import plain

Command = Callable[[argparse.Namespace], int]
COMMANDS: Mapping[str, str] = {  # command, or command and word -> module:function that does it
    "init": "mailproc.cli.init:command",
    "demo": "mailproc.cli.demo.loop:demo",
    "doctor": "mailproc.cli.doctor:doctor",
    "run": "mailproc.cli.service:run",
    "poll": "mailproc.cli.service:poll",
    "work": "mailproc.cli.service:work",
    "remind": "mailproc.cli.service:remind",
    "deliver": "mailproc.cli.service:deliver",
    "receive": "mailproc.cli.act:receive",
    "list": "mailproc.cli.look.items:list_items",
    "show": "mailproc.cli.look.items:show",
    "trace": "mailproc.cli.look.messages:trace",
    "sort": "mailproc.cli.rules:sort",
    "rules": "mailproc.cli.rules:check",
    "rules rehearse": "mailproc.cli.look.rehearsal:rehearse",
    "received": "mailproc.cli.look.messages:received",
    "received retry": "mailproc.cli.act:retry_received",
    "outbox": "mailproc.cli.look.letters:outbox",
    "outbox retry": "mailproc.cli.act:tell_letters",
    "outbox cancel": "mailproc.cli.act:tell_letters",
    "decide": "mailproc.cli.act:decide",
    "digest": "mailproc.cli.act:digest",
    "members": "mailproc.cli.act:members",
    "members show": "mailproc.cli.look.people:show",
    "reasons": "mailproc.cli.look.people:reasons",
    "groups": "mailproc.cli.act:groups",
    "rebuild": "mailproc.cli.keep:rebuild",
    "verify": "mailproc.cli.keep:verify",
    "mend": "mailproc.cli.keep:mend",
    "reconcile": "mailproc.cli.keep:reconcile",
    "publish": "mailproc.cli.keep:publish",
    "backup": "mailproc.cli.safe:backup",
    "restore": "mailproc.cli.safe:restore",
    "forget": "mailproc.cli.erase:forget",
    "export": "mailproc.cli.erase:export",
    "health": "mailproc.cli.look.health:health",
    "pause": "mailproc.cli.act:switch",
    "resume": "mailproc.cli.act:switch",
    "clock": "mailproc.cli.look.health:clock",
    "clock confirm": "mailproc.cli.act:confirm_clock",
}
EXTRAS: Mapping[str, tuple[str, str]] = {  # what a command needs beside the program; the word where it is not there
    "demo": ("pymap", "demo: its mail server is not installed; `pip install mailproc[demo]`, or `make demo`"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    options = parser().parse_args(arguments)
    log_to_stderr()
    try:
        failpoint.armed()  # a wrong name is told here, not where mail is half-way
        status = command_of(options.command, getattr(options, "what", ""))(options)
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


def command_of(name: str, what: str = "") -> Command:
    """The function behind a command. Raises UsageError where it needs what is not installed."""
    module, _, function = COMMANDS.get(f"{name} {what}", COMMANDS[name]).partition(":")
    needed, told = EXTRAS.get(name, ("", ""))
    if needed and find_spec(needed) is None:
        raise UsageError(told)
    command: Command = getattr(import_module(module), function)
    return command
