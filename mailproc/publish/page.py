"""The page of a bundle, `index.md`: YAML front matter, then the author's words with every mark of theirs disarmed.

Nothing of an author's runs: no Markdown of any dialect, no HTML, no template tag, no front matter. Each mark becomes a
character reference, which every Markdown reader shows as the character and none takes for structure (CommonMark §2.5).
Lines stay lines. The exact octets stand beside it in `text.txt`; this page is for reading.
"""

from __future__ import annotations

import re
import string
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import yaml

MAX_FRONT_MATTER = 1 << 20  # octets read of a page to learn whose it is
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is there

# Every ASCII mark but four that no dialect reads alone; stops and commas where one could ("1.", "www.", ",,") as well.
_REFERENCES = {ord(mark): f"&#{ord(mark)};" for mark in string.punctuation if mark not in ",;/."}
_ORDINAL = re.compile(r"^(\s*\w{1,12})\.")
_INNER_STOP = re.compile(r"[.,](?=\S)")
_LINE_END = re.compile(r"\r\n?|\n")
_BLANKS = re.compile(r"^[ \t]+|[ \t]{2,}|\t")


def disarmed(line: str) -> str:
    """One line of somebody's words as Markdown that shows exactly these words."""
    marked = line.rstrip(" \t").translate(_REFERENCES)
    marked = _INNER_STOP.sub(lambda stop: f"&#{ord(stop[0])};", _ORDINAL.sub(r"\1&#46;", marked))
    return _BLANKS.sub(_kept_blanks, marked)


def disarmed_text(text: str) -> str:
    """Words of many lines: every line a line, every blank line shown."""
    paragraphs: list[list[str]] = [[]]
    for line in _LINE_END.split(text):
        if line.strip():
            paragraphs[-1].append(disarmed(line))
        elif paragraphs[-1]:
            paragraphs.append([])
        else:
            paragraphs[-1:] = [["&nbsp;"], []]
    if paragraphs[-1] == []:
        paragraphs.pop()
    return "\n\n".join("  \n".join(lines) for lines in paragraphs)


def _kept_blanks(blanks: re.Match[str]) -> str:
    width = len(blanks[0].expandtabs(4))
    return "&nbsp;" * (width - 1) + (" " if blanks.start() else "&nbsp;")


def link(words: str, target: str) -> str:
    """A link to a file or folder beside the page."""
    return f"[{disarmed(words)}]({quote(target)})"


def page(facts: Mapping[str, object], body: str) -> bytes:
    """The octets of `index.md`; facts that are None or empty are left out, text among them becomes one line."""
    given = {
        name: " ".join(value.split()) if isinstance(value, str) else value for name, value in facts.items() if value
    }
    front = yaml.safe_dump(given, sort_keys=False, allow_unicode=True, width=sys.maxsize)
    return f"---\n{front}---\n\n{body.rstrip()}\n".encode()


def front_matter(folder: Path) -> Mapping[str, object]:
    """What the page in a folder says of itself; nothing if there is no page or it cannot be read."""
    try:
        with (folder / "index.md").open("rb") as file:
            head = file.read(MAX_FRONT_MATTER).decode("utf-8", "replace")
        if not head.startswith("---\n"):
            return {}
        facts = yaml.load(head[4:].partition("\n---\n")[0], Loader=_LOADER)  # noqa: S506 both are safe loaders
    except (OSError, yaml.YAMLError):
        return {}
    return facts if isinstance(facts, dict) else {}


def public_name(name: str) -> str:
    """A display name without what looks like an address: addresses are never published."""
    return " ".join(word for word in name.split() if "@" not in word).strip(" <>()\"'")


def listing(lines: Sequence[str]) -> str:
    """Lines of ours as a list."""
    return "\n".join(f"* {line}" for line in lines)
