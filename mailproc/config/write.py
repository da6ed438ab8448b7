"""The table of options in words: the config.toml that `init` writes, and docs/options.md.

Both are made of `option.SECTIONS` and of the list of conditions, and a test holds the files to them.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping

from mailproc.config.option import SECTIONS, Option, Section, addresses
from mailproc.kinds.every import EVERY
from mailproc.sorting.condition import CONDITIONS
from mailproc.sorting.rule import MAIL_KINDS

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

_NOTES = {
    "desk.addresses": "Other addresses of ours, each for one purpose. Without any, mail is sorted by its words.",
    "storage": "Where things lie.",
    "intake.imap": "A mailbox that is polled; repeat the section for each. Without one, `poll` does nothing.",
    "intake.lmtp": "Mail that a mail server hands over as it comes (LMTP), beside polling or instead of it.",
    "delivery": "How letters leave. With folder nothing is sent: letters stay in the outbox.",
    "review": "How members decide.",
    f"review.{EVERY[0].name}": "What a decision needs, and how long items wait, kind by kind.",
    "limits": "What is too much.",
    "retention": "How long mail is kept after its matter has ended.",
    "health": "When the desk calls for help; see `mailproc health`.",
}


def config_text(answers: Mapping[str, object]) -> str:
    """A whole config.toml. `answers` holds what has no default, by dotted key: {"desk.name": "The Harbour Review"}."""
    return _HEAD + "".join("\n" + "\n".join(_section(section, answers)) + "\n" for section in SECTIONS)


def _section(section: Section, answers: Mapping[str, object]) -> Iterator[str]:
    if note := _NOTES.get(section.name):
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


def options_page() -> str:
    """docs/options.md: every option of config.toml and every condition of a rule."""
    lines = [
        "# Options",
        "",
        "Made by `mailproc.config.write.options_page` from the table in `mailproc/config/option.py`; change it there.",
        "",
        "`mailproc init` writes a `config.toml` with a line for each option. Relative paths count from its folder.",
        "An unknown key or section is an error that names the nearest one.",
    ]
    for section in SECTIONS:
        lines += ["", f"## `{section.header}`", ""]
        if note := _NOTES.get(section.name):
            lines += [note, ""]
        lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
        lines += [_option_row(key, known) for key, known in section.options()]
    return "\n".join([*lines, *_PASSWORDS, *_condition_lines(), ""])


def _option_row(key: str, known: Option) -> str:
    default = "required" if known.required else "none" if known.default is None else f"`{_toml(known.default)}`"
    return f"| `{key}` | {_cell(known.kind.expected)} | {default} | {_cell(known.meaning)} |"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


_PASSWORDS = (
    "",
    "## Passwords",
    "",
    "A password never stands in `config.toml`. It is read when it is needed, from the first of these that is given:",
    "`password_file` (its first line), `password_command` (what it prints, first line; no shell is involved), or the",
    "environment: `MAILPROC_DELIVERY_PASSWORD` for `[delivery]`, `MAILPROC_INTAKE_IMAP_<NAME>_PASSWORD` for a mailbox,",
    "its name in capitals with `_` for `-`, such as `MAILPROC_INTAKE_IMAP_MAIN_PASSWORD`.",
)


def _condition_lines() -> list[str]:
    rows = [f"| `{name}` | {_cell(row.meaning)} | `{_cell(row.example)}` |" for name, row in CONDITIONS.items()]
    return [*_RULES, "", "| condition | holds when | example |", "|---|---|---|", *rows, *_GROUPS]


_RULES = (
    "",
    "## Rules",
    "",
    "`rules/NN-name.toml` holds `[[rule]]` tables, asked in the order of the files and of the rules in them. The first",
    "hit decides; `mailproc sort FILE --explain` shows all of them. A rule has",
    "",
    "- `name` and `because`, which says why in words for people;",
    f"- `kind`: {' '.join(MAIL_KINDS)};",
    "- `section` (of an article) and `group` (of material; left out, it is the group that the mail names);",
    "- `when`: conditions that must all hold; `when = {}` catches all, and the last rule does;",
    "- `beside`: kinds beside which its hit opens a second item (an article *and* a wish to become a member);",
    "- `guess = true`: too weak to decide; it only gives members the best guess for a mail that nothing claims;",
    "- `hits` and `misses`: example mails that it must and must not claim, sorted by `mailproc rules check`. Each",
    "  is a table of to, tag, subject, body, header, attachments, sender, answers, bounce, automatic and bulk.",
    "",
    "Phrases are whole words, without regard to case, accents, line ends, hyphens or the shape of an apostrophe.",
    "Patterns are [RE2](https://github.com/google/re2/wiki/Syntax); both read at most 65,536 characters.",
)

_GROUPS = (
    "",
    "## Groups",
    "",
    "`rules/groups.toml` holds `[[group]]` tables: `name`, `aliases`, `needs`, and the `state` in which the file",
    "begins (`wanted` or `complete`). A mail names a group by its subaddress (`files+nps@`), else in its subject, text",
    "or attachment names, in this order; of several groups the one named first is meant. A name counts in any case. An",
    'alias in capitals counts in capitals, after "the", or before "file", since short words are often ordinary words:',
    "with the alias `NPS`, both `NPS` and `the nps` name it, and `tap nps` does not.",
)
