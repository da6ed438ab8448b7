"""People's mail programs in a terminal, for tests: each opens a mailbox, answers its one letter and sends that.

A program reads its mailbox from Dovecot over IMAP and hands its mail to Postfix; who types is `typist`. Each has a home
of its own and names a host of nobody's, so that what it writes may be kept. What the desk makes of it is not told here.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from dovecot import PASSWORD
from terminal import Terminal, a_terminal, needs
from town import Person

TYPIST = Path(__file__).with_name("typist.py")
HOST = "quay.example"

MUTTRC = """
set imap_user = "{user}"
set imap_pass = "{password}"
set folder = "imap://127.0.0.1:{imap}/"
set spoolfile = "imap://127.0.0.1:{imap}/INBOX"
set certificate_file = "{certificate}"
set ssl_force_tls = no
set smtp_url = "smtp://127.0.0.1:{smtp}"
set from = "{name} <{address}>"
set realname = "{name}"
set hostname = "{host}"
set use_envelope_from = yes
set editor = "{editor}"
set tmpdir = "{home}"
set record = ""
set copy = no
set include = yes
set fast_reply = yes
set reply_to = yes
set honor_followup_to = no
set sleep_time = 0
set wait_key = no
set help = no
set signature = ""
set abort_unmodified = no
set charset = "utf-8"
"""


@dataclass(frozen=True)
class Answer:
    """How somebody answers: the key, what they type, and how their program is set up."""

    plan: Mapping[str, Any]  # see `typist`
    key: str = "r"  # mutt's: reply, group reply, forward, bounce
    settings: tuple[str, ...] = ()
    to: str = ""  # whom they name where the program asks
    files: Mapping[str, str] = field(default_factory=dict)  # in their home
    beside: tuple[str, ...] = ()  # programs that it calls, for which no CI is asked


def mutt(program: str, person: Person, home: Path, answer: Answer) -> None:
    """neomutt or mutt, in the one way that both are driven. `home` is a folder that is empty."""
    needs(program)
    if absent := [name for name in answer.beside if shutil.which(name) is None]:
        pytest.skip(f"not installed: apt-get install {' '.join(absent)}")
    for name, text in {"plan": json.dumps(answer.plan), **answer.files}.items():
        (home / name).write_text(text)
    (home / "muttrc").write_text(
        MUTTRC.format(
            user=person.user,
            password=PASSWORD,
            imap=person.dovecot.imap_port,
            certificate=person.dovecot.certificate,
            smtp=person.postfix.port,
            name=person.name,
            address=person.address,
            host=HOST,
            editor=shlex.join([sys.executable, str(TYPIST), str(home / "plan")]),
            home=home,
        )
        + "\n".join((*answer.settings, ""))
    )
    with a_terminal(home, [program, "-n", "-F", home / "muttrc"]) as terminal:
        _answer_with_mutt(terminal, answer)


def _answer_with_mutt(terminal: Terminal, answer: Answer) -> None:
    terminal.shows("item waits", "items wait")  # the subject, in the list of mails
    terminal.types(answer.key)
    if answer.to:
        terminal.shows("To:", "to:")
        terminal.types(answer.to, "Enter")
    if answer.key == "b":
        terminal.shows("? ([yes]/no")
        terminal.types("y")
        terminal.shows("bounced")
    else:
        terminal.shows("-- Attachments")
        terminal.types("y")
        terminal.shows("Msgs:")  # back at the list: it is sent
    terminal.types("q")
