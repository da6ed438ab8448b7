"""docs/commands.md, made of the parser itself: every command, its usage, arguments and options.

The words are those of `--help`; how they are laid out is the same under every Python. A test holds the page current,
and writes it when UPDATE_DOCS is set. It never fails and knows no command by name.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping

_HEAD = """\
# The commands

`mailproc [--config FILE] COMMAND …` works on the desk of one configuration: `--config`, else `$MAILPROC_CONFIG`, else \
`./config.toml`. Relative paths in it count from its folder.
Exit status: 0 done, 1 found trouble or not all done, 2 wrong use or bad configuration. What goes wrong is one line on \
standard error: what, where, what to do. The shapes of `--json` are in [json.md](json.md).

This page is made of the parser (`tests/manual.py`).
"""


def page(top: argparse.ArgumentParser) -> str:
    """The whole page, Markdown."""
    found = dict(commands(top))
    index = [f"| [`{name}`](#{name}) | {sub.description} |" for name, sub in found.items()]
    sections = [_section(name, sub) for name, sub in found.items()]
    return "\n".join([_HEAD, "| command | what it does |", "|---|---|", *index, *sections]) + "\n"


def commands(top: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command's name and parser, in the order of the parser."""
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            choices: Mapping[str, argparse.ArgumentParser] = action.choices
            yield from choices.items()


def _section(name: str, sub: argparse.ArgumentParser) -> str:
    actions = [action for action in sub._actions if action.dest != "help"]
    usage = " ".join([f"mailproc {name}", *(_usage(action) for action in actions)])
    rows = [f"| `{_shown(action)}` | {_cell(action.help or '')} |" for action in actions]
    table = ["", "| | |", "|---|---|", *rows] if rows else []
    return "\n".join([f"\n## {name}\n", f"`{usage}`\n", f"{sub.description}", *table])


def _usage(action: argparse.Action) -> str:
    """How an argument stands in the usage line."""
    word = _word(action)
    if action.option_strings:
        shown = f"{action.option_strings[0]} {word}".strip()
        return shown if action.required else f"[{shown}]"
    return {"?": f"[{word}]", "+": f"{word}..."}.get(str(action.nargs), word)


def _shown(action: argparse.Action) -> str:
    """How an argument stands in the table; a bar would end its cell."""
    return _cell(f"{action.option_strings[0]} {_word(action)}".strip() if action.option_strings else _word(action))


def _word(action: argparse.Action) -> str:
    if action.nargs == 0:
        return ""
    if action.choices:
        return "|".join(map(str, action.choices))
    return str(action.metavar or action.dest.upper())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
