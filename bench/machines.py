"""How well machines are told from people: bounces, automatic mail without a field in many languages, false alarms.

Reads `../shared/corpus` where it is, and the corpus of the tests. Three figures: bounces and automatic mail that are
known; those without a header field by sort and language; ordinary mail that is taken for a machine's, each file named.
`python -m bench.machines` ends with 1 where more than 0.5 % of ordinary mail is, or less than 98 % of the second.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from mailproc.message.auto import Nature, nature
from mailproc.message.field.writer import writer_of
from mailproc.message.model import Envelope, Message
from mailproc.message.parse import parse
from mailproc.message.report import value_of

ROOT = Path(__file__).resolve().parents[1]
OWN, SHARED = ROOT / "tests" / "corpus", ROOT.parent / "shared" / "corpus"
MOST_ALARMS, LEAST_KNOWN = 0.005, 0.98
UNMARKED = {"auto": ("absent", "named", "declared"), "dsn": ("postmaster", "gateway")}  # sorts, a file for a language
OTHERS = ("notes", "read-receipt", "reaction", "calendar", "challenge")
# Machines' own mails that lie among those of people: bounces without their type, one with 60 Received fields ...
MACHINES = {"mime4j-badbound", "mime4j-long-headers", "enmime-multipart-wo-boundary", "bounced", "letter"}
MACHINES |= {"10-vacation", "06-vacation", "11-dsn", "12-newsletter"}
MACHINES |= {"mikel-mime_emails-raw_email_with_mimepart_without_content_type"}
MACHINES |= {"auto-gelesen", "auto-notes", "bounce-hungarian", "reaction-gmail-author"}


def read(path: Path) -> tuple[Message, Envelope]:
    """A mail, and its envelope as far as its Return-Path says."""
    message = parse(path.read_bytes())[0]
    returns = value_of(message, "return-path")
    return message, Envelope(returns.strip("<>") if returns else None)


def nature_of(path: Path) -> Nature:
    """What wrote this mail."""
    return nature(*read(path))


def ordinary() -> Iterator[Path]:
    """Mails of people: every corpus but those of machines, without delivery reports and letters of our own."""
    found = [path for name in ("smoke", "mime", "strangers") for path in sorted((SHARED / name).rglob("*.eml"))]
    found += [path for path in sorted(OWN.rglob("*.eml")) if path.parent.name not in {"auto", "dsn"}]
    for path in found:
        report = value_of(read(path)[0], "content-type").startswith("multipart/report")
        if path.stem not in MACHINES and not report:
            yield path


def replies() -> Iterator[Message]:
    """The replies of `reply/trimmed.jsonl`, as mails."""
    path = SHARED / "reply" / "trimmed.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        row = json.loads(line)
        kind = "html" if row["kind"] == "html" else "plain"
        head = f"From: Ben <ben@b.example>\nSubject: Re: 3 items wait\nContent-Type: text/{kind}; charset=utf-8\n"
        yield parse(f"{head}\n{row['input']}".encode())[0]


def share(name: str, paths: list[Path], holds: Callable[[Nature], bool]) -> float:
    """Print how many of them hold, and which do not."""
    missed = [path for path in paths if not holds(nature_of(path))]
    known = len(paths) - len(missed)
    sys.stdout.write(f"{name:44} {known:5} of {len(paths):5}\n")
    sys.stdout.writelines(f"    not: {path.relative_to(ROOT.parent)}\n" for path in missed)
    return known / len(paths) if paths else 1.0


def unmarked() -> Iterator[float]:
    """Mails that no header field marks, by sort; those by language first."""
    for folder, sorts in UNMARKED.items():
        for sort in sorts:
            paths = sorted((OWN / folder).glob(f"{sort}-??.eml"))
            yield share(f"{folder}: {sort}, a language each", paths, _is(folder))
    for sort in OTHERS:
        yield share(f"auto: {sort}", sorted((OWN / "auto").glob(f"{sort}-*.eml")), _is("auto"))


def _is(folder: str) -> Callable[[Nature], bool]:
    return lambda found: found.automatic and not found.answerable and found.bounce == (folder == "dsn")


def alarms() -> float:
    """Print each ordinary mail that is taken for a machine's; their share."""
    mails = [(str(path.relative_to(ROOT.parent)), *read(path)) for path in ordinary()]
    mails += [(f"reply {n}", message, Envelope("ben@b.example")) for n, message in enumerate(replies(), 1)]
    found = [(name, nature(message, envelope)) for name, message, envelope in mails]
    false = [(name, each.reason) for name, each in found if each.bounce or each.automatic]
    nobody = sum(writer_of(message, envelope) is None for _, message, envelope in mails)
    sys.stdout.write(f"{'ordinary mail taken for a machine':44} {len(false):5} of {len(mails):5}\n")
    sys.stdout.writelines(f"    {name}: {reason}\n" for name, reason in false)
    sys.stdout.write(f"{'ordinary mail without anybody to write to':44} {nobody:5} of {len(mails):5}\n")
    return len(false) / len(mails)


def main() -> int:
    """Print the figures."""
    argparse.ArgumentParser(prog="bench.machines", description=__doc__).parse_args()
    bounces = SHARED / "bounce"
    share("shared bounces", sorted((bounces / "dsn").glob("*.eml")), lambda found: found.bounce)
    machines = [path for kind in ("auto", "arf") for path in sorted((bounces / kind).glob("*.eml"))]
    share("shared automatic mail and complaints", machines, lambda found: found.automatic)
    share("shared: of these, no letter goes to", sorted(bounces.rglob("*.eml")), lambda found: not found.answerable)
    known = list(unmarked())
    false = alarms()
    return 0 if false <= MOST_ALARMS and min(known) >= LEAST_KNOWN else 1


if __name__ == "__main__":
    sys.exit(main())
