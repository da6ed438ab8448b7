"""What the publication is looking for, as a page and as data: `wanted.md` and `wanted.json`.

Written whole or not at all, and only when something changed. It decides nothing: which groups and lines are wanted
is said by messages. Raises StoreError when the disk refuses.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from mailproc.publish.files import refusals, replace_file
from mailproc.publish.page import disarmed, listing
from mailproc.workflow.group import Group

LOOKED_FOR = ("wanted", "gathering")  # states of a group file that still takes material


def write_wanted(root: Path, groups: Sequence[Group], wanted: Sequence[str]) -> None:
    """Both files under `root`: the groups that still take material, then the free lines, in the order given."""
    with refusals(root):
        for name, octets in wanted_files(groups, wanted).items():
            replace_file(root / name, octets)


def wanted_files(groups: Sequence[Group], wanted: Sequence[str]) -> dict[str, bytes]:
    """The octets of both, by name."""
    open_groups = [group for group in groups if group.state in LOOKED_FOR]
    return {"wanted.json": _data(open_groups, wanted), "wanted.md": _page(open_groups, wanted)}


def _data(groups: Sequence[Group], wanted: Sequence[str]) -> bytes:
    listed = [
        {"name": group.name, "aliases": list(group.aliases), "needs": list(group.needs), "state": group.state}
        for group in groups
    ]
    return json.dumps({"groups": listed, "wanted": list(wanted)}, ensure_ascii=False, indent=2).encode() + b"\n"


def _page(groups: Sequence[Group], wanted: Sequence[str]) -> bytes:
    lines = [_group_line(group) for group in groups] + [disarmed(line) for line in wanted]
    return f"# Wanted\n\n{listing(lines) or 'Nothing just now.'}\n".encode()


def _group_line(group: Group) -> str:
    known_as = f" ({disarmed(', '.join(group.aliases))})" if group.aliases else ""
    needs = f": {disarmed('; '.join(group.needs))}" if group.needs else ""
    return f"{disarmed(group.name)}{known_as}{needs}"
