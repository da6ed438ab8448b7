"""The editor of a mail program that a test drives: it writes into the draft what a person would, where they would.

`python typist.py PLAN DRAFT`. The plan is JSON: `top` and `bottom` are lines to write above and below all that the mail
program put there (below: above its signature), `under` gives the lines to write below the text of a quoted item, by its
reference. `trim` leaves of each quoted item only the lines from its heading to its first words, as tidy people do.
Everything else in the draft is the mail program's own.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TypedDict

QUOTED = re.compile(r"[>|:} ]*[>|:}] ?")
HEADING = re.compile(r"\d+\. ([A-Z]-\d+)\b")
THE_END = re.compile(r"={10,}$")
SIGNATURE = "-- "
TRIMMED_LINES = 3


class Plan(TypedDict, total=False):
    """What is written, and where."""

    top: list[str]
    bottom: list[str]
    under: dict[str, str]
    trim: bool


def written(draft: str, plan: Plan) -> str:
    """The draft as it is after the person has written into it."""
    lines = draft.rstrip("\n").split("\n")
    signature = lines.index(SIGNATURE) if SIGNATURE in lines else len(lines)
    quoted = _under(lines[:signature], plan.get("under", {}), trim=plan.get("trim", False))
    top, bottom = plan.get("top", []), plan.get("bottom", [])
    return (
        "\n".join([*top, *([""] if top else []), *quoted, *([""] if bottom else []), *bottom, *lines[signature:]])
        + "\n"
    )


def _under(lines: list[str], answers: Mapping[str, str], *, trim: bool) -> list[str]:
    """The answer of each item below its last quoted line that says something."""
    said = [QUOTED.sub("", line, count=1).strip() if QUOTED.match(line) else line.strip() for line in lines]
    heads = [at for at, words in enumerate(said) if HEADING.match(words) or THE_END.match(words)]
    if not heads or not answers:
        return lines
    found = [] if trim else lines[: heads[0]]
    for start, end in pairwise([*heads, len(lines)]):
        heading = HEADING.match(said[start])
        answer = answers.get(heading[1]) if heading else None
        last = max(at for at in range(start, end) if said[at]) + 1
        kept = lines[start : min(last, start + TRIMMED_LINES)] if trim else lines[start:last]
        if answer is not None:
            found += [*kept, "", answer, ""]
        elif not trim:
            found += lines[start:end]
    return found


if __name__ == "__main__":
    plan, draft = Path(sys.argv[1]), Path(sys.argv[2])
    text = draft.read_bytes().decode("utf-8", "surrogateescape")
    draft.write_bytes(written(text, json.loads(plan.read_text())).encode("utf-8", "surrogateescape"))
