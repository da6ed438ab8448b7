"""The corpus of documents: what was written, which programs made documents of it, and which words must be in each.

`tests/corpus/documents/written/*.md` are ours, in five scripts, each with a table, two footnotes, nested lists, and
soft and non-breaking hyphens. pandoc makes documents of them, and LibreOffice makes documents of pandoc's. The files
that lie beside were made so
(`make_all`); `python -m bench.documents` makes them anew where both programs are installed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus" / "documents"
WRITTEN = FOLDER / "written"
SCRIPTS = ("latin", "cyrillic", "greek", "hebrew", "cjk")
BY_PANDOC = ("docx", "odt", "rtf")
BY_LIBREOFFICE = ("docx", "odt", "rtf", "pdf", "doc")
READERS = {"docx": "docx", "odt": "odt", "rtf": "rtf", "pdf": "pdf", "doc": "doc"}  # by a file's suffix
_MARKS = re.compile(r"^---\n.*?^---\n|\]\([^)]*\)|^ *\d\. |\[\^\d\](?:: )?|^\|[-|]+\|$", re.MULTILINE | re.DOTALL)
_WORD = re.compile(r"\w+")
_NOTE_NUMBER = re.compile(r"\d$")


def words_in(text: str) -> list[str]:
    """Words without soft hyphens, that are a matter of lines, and with plain ones for those that do not break."""
    return _WORD.findall(text.replace("\u00ad", ""))


def written(script: str) -> list[str]:
    """What the author wrote, less Markdown's marks and the numbers that programs count themselves."""
    return words_in(_MARKS.sub(" ", (WRITTEN / f"{script}.md").read_text(encoding="utf-8")))


def lost(script: str, text: str, suffix: str) -> list[str]:
    """The words that were written and do not stand in `text`, as often as they were written.

    Scripts without spaces are compared by what follows what, for a line may end anywhere. A PDF knows no raised
    numbers: that of a note stands at the end of its word.
    """
    there = words_in(text)
    if script == "cjk":
        whole = "".join(there)
        return [word for word in written(script) if word not in whole]
    if suffix == "pdf":
        there += [_NOTE_NUMBER.sub("", word) for word in there if _NOTE_NUMBER.search(word) and not word.isdigit()]
    return sorted((Counter(written(script)) - Counter(there)).elements())


def can_make() -> bool:
    """Whether both programs are installed."""
    return all(map(shutil.which, ("pandoc", "soffice")))


def make_all(folder: Path) -> None:
    """Every document anew, into `folder`, which LibreOffice's own settings share; half a minute."""
    for script in SCRIPTS:
        for suffix in BY_PANDOC:
            _run("pandoc", "-s", "-t", suffix, "-o", f"{folder}/{script}-pandoc.{suffix}", f"{WRITTEN}/{script}.md")
    made = sorted(map(str, folder.glob("*-pandoc.docx")))
    for suffix in BY_LIBREOFFICE:
        aside = folder / "aside"
        settings = f"-env:UserInstallation=file://{folder}/settings"
        _run("soffice", settings, "--headless", "--convert-to", suffix, "--outdir", str(aside), *made)
        for script in SCRIPTS:
            (aside / f"{script}-pandoc.{suffix}").rename(folder / f"{script}-libreoffice.{suffix}")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the words above, and no shell


def made(folder: Path = FOLDER) -> Iterator[tuple[Path, str, str]]:
    """Each document with its script and its suffix."""
    for path in sorted(folder.glob("*-*.*")):
        yield path, path.name.partition("-")[0], path.suffix[1:]


if __name__ == "__main__":
    make_all(FOLDER)
