"""Which words of documents are read, and what becomes of documents made to hurt their reader.

Our own texts in five scripts (`tests/corpus/documents/written`) as pandoc and LibreOffice make documents of them: made
anew where both are installed, else the files of the corpus. Then the hostile documents of the tests, each made, read
by its child, and told: what came of it, how long it took, and the most memory that any child so far has had resident.
Leaves with 1 where a word is lost, or an answer took more than it may.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mailproc.document.lines import count
from mailproc.inspect import documents
from tests.hostile_documents import HOSTILE
from tests.made_documents import FOLDER, READERS, SCRIPTS, can_make, lost, made, make_all, written

MOST_SECONDS, MOST_MIB = 10.0, 128
_MIB = 1024  # KiB


def words(folder: Path, console: Console) -> int:
    """The table of words; how many are lost."""
    table = Table(title="words lost, of those written")
    for heading in ("made by", "format", *(f"{script} ({len(written(script))})" for script in SCRIPTS)):
        table.add_column(heading, justify="right" if "(" in heading else "left")
    rows: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    gone = 0
    for path, script, suffix in made(folder):
        read = documents.read(path, READERS[suffix])
        missing = lost(script, read.text, suffix) if read.failure != "no-reader" else []
        gone += len(missing)
        rows[path.stem.partition("-")[2], suffix][script] = (
            f"{len(missing)} {' '.join(missing[:3])}".strip() if not read.failure else read.failure
        )
    for (by, suffix), found in sorted(rows.items()):
        table.add_row(by, suffix, *(found.get(script, "-") for script in SCRIPTS))
    console.print(table)
    return gone


def hostile(only: str, console: Console) -> int:
    """The table of hostile documents; how many took more than they may."""
    table = Table(title=f"made to hurt: within {MOST_SECONDS:g} s and {MOST_MIB} MiB each")
    for heading in ("document", "octets", "answer", "words", "seconds", "MiB, most so far"):
        table.add_column(heading, justify="left" if heading in ("document", "answer") else "right")
    beyond = 0
    with tempfile.TemporaryDirectory() as aside:
        given = Path(aside) / "given"
        for name, (reader, make, _) in HOSTILE.items():
            if only not in name:
                continue
            given.write_bytes(make())
            begun = time.monotonic()
            read = documents.read(given, reader)
            seconds = time.monotonic() - begun
            mib = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _MIB
            beyond += seconds > MOST_SECONDS or mib > MOST_MIB
            size = f"{given.stat().st_size:,}"
            table.add_row(name, size, read.failure or "read", f"{count(read.text):,}", f"{seconds:.1f}", f"{mib:.0f}")
    console.print(table)
    return beyond


def main() -> int:
    """Both tables, or `--kind` one; `--only` hostile documents with this in their name; `--corpus` makes none anew."""
    asked = argparse.ArgumentParser(prog="python -m bench.documents", description=__doc__)
    asked.add_argument("--kind", choices=["words", "hostile"])
    asked.add_argument("--only", default="")
    asked.add_argument("--corpus", action="store_true", help="the files of the corpus, though they could be made anew")
    options = asked.parse_args()
    console = Console(width=120)
    bad = 0
    if options.kind != "words":
        bad += hostile(options.only, console)
    if options.kind != "hostile":
        with tempfile.TemporaryDirectory() as aside:
            anew = can_make() and not options.corpus
            if anew:
                make_all(Path(aside))
            console.print("made anew" if anew else "the files of the corpus")
            bad += words(Path(aside) if anew else FOLDER, console)
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
