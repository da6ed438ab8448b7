"""The table of options in words: the config.toml that `init` writes, made of `option.SECTIONS`.

A test holds the one of this repository to it, and docs/options.md, which is made of the same table (tests/options.py).
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping

from mailproc.config.option import SECTIONS, Section, addresses
from mailproc.kinds.every import EVERY

WIDTH = 100

HARBOUR: Mapping[str, object] = {  # what `init --yes` answers
    "desk.name": "The Harbour Review",
    "desk.address": "desk@harbour.example",
    "desk.operator": "operator@harbour.example",
    **{f"desk.addresses.{kind}": known.example for kind, known in addresses()},
}

_HEAD = """\
# What this desk is and how it works. Every option, with its meaning: docs/options.md.
# A line that begins with "#" and a key, such as #host = "...", is an example: take the # away to use it.
# Relative paths count from this file's folder. Check your changes with: mailproc doctor
"""

NOTES = {
    "desk.addresses": "Other addresses of ours, each for one purpose. Without any, mail is sorted by its words.",
    "storage": "Where things lie.",
    "intake.imap": "A mailbox that is polled; repeat the section for each. Without one, `poll` does nothing.",
    "intake.lmtp": "Mail that a mail server hands over as it comes (LMTP), beside polling or instead of it.",
    "delivery": "How letters leave. With folder nothing is sent: letters stay in the outbox.",
    "review": "How members decide.",
    f"review.{EVERY[0].name}": "What a decision needs, and how long items wait, kind by kind.",
    "membership": "Requests to become a member.",
    "limits": "What is too much.",
    "retention": "How long mail is kept after its matter has ended.",
    "publish": "Where readers find what was published.",
    "health": "When the desk calls for help; see `mailproc health`.",
}


def config_text(answers: Mapping[str, object]) -> str:
    """A whole config.toml. `answers` holds what has no default, by dotted key: {"desk.name": "The Harbour Review"}."""
    return _HEAD + "".join("\n" + "\n".join(_section(section, answers)) + "\n" for section in SECTIONS)


def _section(section: Section, answers: Mapping[str, object]) -> Iterator[str]:
    if note := NOTES.get(section.name):
        yield from textwrap.wrap(note, WIDTH, initial_indent="# ", subsequent_indent="# ")
    silent = section.name.startswith("intake.")  # a new desk takes nothing in by itself
    yield f"{'#' * silent}{section.header}"
    seen_before = section.name.startswith("review.") and section.name != f"review.{EVERY[0].name}"
    for key, known in section.options():
        if not seen_before:  # the kinds of [review.KIND] share their options
            yield from textwrap.wrap(known.meaning, WIDTH, initial_indent="# ", subsequent_indent="# ")
        value = answers.get(f"{section.name}.{key}", known.default)
        off = silent or value is None
        yield f"{'#' * off}{key} = {_toml(known.example if value is None else value)}"


def _toml(value: object) -> str:
    """A basic string, number, boolean or list of them; JSON writes these as TOML does."""
    return json.dumps(value, ensure_ascii=False)
