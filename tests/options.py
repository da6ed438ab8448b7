"""docs/options.md, made of the table of options and of the list of conditions. A test holds the page current.

UPDATE_DOCS=1 writes it anew. It never fails and knows no option by name.
"""

from __future__ import annotations

import json

from mailproc.config.option import SECTIONS, Option
from mailproc.config.write import NOTES
from mailproc.sorting.condition import CONDITIONS
from mailproc.sorting.rule import MAIL_KINDS


def page() -> str:
    """docs/options.md: every option of config.toml and every condition of a rule."""
    lines = [
        "# Options",
        "",
        "Made by `tests/options.py` from the table in `mailproc/config/option.py`; change it there.",
        "",
        "`mailproc init` writes a `config.toml` with a line for each option. Relative paths count from its folder.",
        "An unknown key or section is an error that names the nearest one.",
    ]
    for section in SECTIONS:
        lines += ["", f"## `{section.header}`", ""]
        if note := NOTES.get(section.name):
            lines += [note, ""]
        lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
        lines += [_option_row(key, known) for key, known in section.options()]
    return "\n".join([*lines, *_PASSWORDS, *_condition_lines(), ""])


def _option_row(key: str, known: Option) -> str:
    given = f"`{json.dumps(known.default, ensure_ascii=False)}`"
    default = "required" if known.required else "none" if known.default is None else given
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
    "`rules/groups.toml` holds `[[group]]` tables: `name`, `aliases`, `needs`, the `domains` of the organisation's own",
    'mail (`["nps.example"]`, and what lies below them: see `from_group` above), and the `state` in which the file',
    "begins (`wanted` or `complete`). With `example = true` rules find a group, and nobody is asked for it until a",
    "message is about its file: so the groups stand that came with mailproc, until the line is taken out.",
    "",
    "A mail names a group by its subaddress (`files+nps@`), else in its subject, text or attachment names, in this",
    "order; of several groups the one named first is meant. A name counts in any case. An alias in capitals counts in",
    'capitals, after "the", or before "file", since short words are often ordinary words: with the alias `NPS`, both',
    "`NPS` and `the nps` name it, and `tap nps` does not.",
)
