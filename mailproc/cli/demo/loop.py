"""The demo from end to end: its folder, its servers, its desk, its story; and everything closed again.

The folder carries a mark, and only a folder with that mark is ever replaced. While the demo runs, the desk's
config.toml names its servers; afterwards it names none, so that the desk can be used by hand and sends nothing.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from mailproc.cli.act import members
from mailproc.cli.arguments import parser
from mailproc.cli.demo.ending import end
from mailproc.cli.demo.mails import ANA, BEN
from mailproc.cli.demo.servers import LOOPBACK, MX, PASSWORD, USER, Internet, internet
from mailproc.cli.demo.stage import Stage, heeding_ctrl_c, listening, service
from mailproc.cli.demo.story import play
from mailproc.cli.init import init
from mailproc.config import load
from mailproc.config.folder import GROUPS_FILE
from mailproc.config.write import HARBOUR, config_text
from mailproc.desk.ground.books import clock
from mailproc.desk.ground.wire import open_desk
from mailproc.errors import UsageError
from mailproc.message.field.address import split_subaddress

MARK = ".mailproc-demo"
MARK_TEXT = "The desk in this folder was made by `mailproc demo`; the next demo replaces it.\n"
LOGIN_FILE = "imap-login"  # holds the password while the servers run
QUIET = ("apscheduler", "mail.log", "pymap")  # loggers of libraries; the desk's own warnings stay
AFTERWARDS: Mapping[str, object] = {
    **HARBOUR,
    "publish.url": "https://harbour.example",
    "review.undo": "2s",
    "review.authserv_id": [MX],
}


def demo(options: argparse.Namespace) -> int:
    """Run the demo; the exit status. Raises UsageError, or Stalled where it got stuck."""
    with heeding_ctrl_c():
        return run(options.dir)


def run(directory: Path) -> int:
    """The demo, its desk in this folder; 0 if every expected end was reached."""
    began = time.monotonic()
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    _make(directory)
    console = Console(highlight=False)
    console.print(Text("mailproc demo", "bold").append(": a day at The Harbour Review, in a few seconds", "default"))
    try:
        with internet(_ours, clock) as net:
            reached = _day(directory, net, console)
    finally:
        _write(directory / "config.toml", config_text(AFTERWARDS))
        (directory / LOGIN_FILE).unlink(missing_ok=True)
    console.print(f"\n {'All as expected' if reached else 'NOT all as expected'}, in {time.monotonic() - began:.0f} s.")
    return 0 if reached else 1


def _day(directory: Path, net: Internet, console: Console) -> bool:
    """A desk on these servers, two members, the story; whether it ended as expected."""
    config = directory / "config.toml"
    _write(directory / LOGIN_FILE, PASSWORD + "\n")
    _write(config, _on(net))
    for member in (ANA, BEN):
        words = ["members", "add", member.email, "--name", member.name, "--confirmed"]
        members(parser().parse_args(["--config", str(config), *words]))
    with listening() as troubles, open_desk(load(config)) as desk, service(desk):
        stage = Stage(desk, net, console, troubles)
        return end(stage, play(stage), directory)


def _on(net: Internet) -> str:
    """config.toml while the servers run."""
    smtp = {"delivery.transport": "smtp", "delivery.host": LOOPBACK, "delivery.port": net.smtp_port}
    imap = {"name": "main", "host": LOOPBACK, "port": net.imap_port, "tls": "none", "user": USER}
    imap |= {"password_file": LOGIN_FILE, "every": "1s"}
    lines = [f"{key} = {json.dumps(value)}" for key, value in imap.items()]
    return config_text({**AFTERWARDS, **smtp, "delivery.tls": "none"}) + "\n".join(["", "[[intake.imap]]", *lines, ""])


def _ours(email: str) -> bool:
    """An address that the desk's mail server knows."""
    local, _, domain = split_subaddress(email.lower())
    known = {value for key, value in HARBOUR.items() if key == "desk.address" or key.startswith("desk.addresses.")}
    return f"{local}@{domain}" in known


def _make(directory: Path) -> None:
    """A new desk in the folder; an earlier demo's is replaced. Raises UsageError if no demo made what is there."""
    if directory.is_symlink():
        raise UsageError(f"{directory}: is a symbolic link; name a folder of its own for the demo")
    if directory.is_dir() and any(directory.iterdir()):
        mark = directory / MARK
        if not mark.is_file() or mark.read_text(encoding="utf-8", errors="replace") != MARK_TEXT:
            raise UsageError(f"{directory}: holds something that no demo made; name another folder with --dir")
        shutil.rmtree(directory)
    init(directory, ask=False)
    _write(directory / MARK, MARK_TEXT)
    groups = directory / "rules" / GROUPS_FILE  # in the story these groups are the publication's own
    _write(groups, groups.read_text(encoding="utf-8").replace("example = true\n", ""))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
