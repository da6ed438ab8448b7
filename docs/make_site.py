"""The pictures of docs/site.md, made anew by `.venv/bin/python docs/make_site.py`: the published site of a small desk.

A desk in a temporary folder, its clock and key fixed: two articles and a photograph come in, members approve them and
put a correction on one, and the group's file is up. What Chromium shows is the files of `published/`, from the disk.
Says what is missing and leaves with 1 if there is no Chromium. Sends nothing.
"""  # noqa: INP001 - a program that stands alone, in no package

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from make_pictures import CHROMIUM, CLOCK, START, Clock, Mail, _take, _written, a_desk, picture

from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import enter, work
from mailproc.errors import MailprocError
from mailproc.store.database import reading, writing
from mailproc.store.work import groups, items

SITE = Path(__file__).resolve().parent / "site"
ANA = "ana@harbour.example"
NOTE = "The clock is eleven minutes slow, not nine. The harbour master measured it on Friday."
MAILS = (
    Mail(3, "Jo Poole <jo@poole.example>", "articles", "The lighthouse clock is nine minutes slow", CLOCK,
         (("the clock in March.png", picture(640, 420)),)),
    Mail(2, "Tom Reed <tom@reed.example>", "articles", "Humour: the gulls hold a meeting",
         "The gulls met on the fish market roof at six.\n\nIt was decided, by nine to two,\nthat chips are fish.\n"),
    Mail(2, "Ida Marsh <ida@marsh.example>", "files", "For the North Pier Society",
         "office.png: The office in Cable Street\nCredit: Ida Marsh\n\nThey moved in after the flood and never left.\n",
         (("office.png", picture(480, 320)),)),
)  # fmt: skip
WIDTHS = (360, 1024)


def published(folder: Path) -> dict[str, Path]:
    """Pages of the site, by name."""
    clock = Clock(START - timedelta(days=4))
    with a_desk(folder, clock) as desk:
        enter(desk, "operator:member", f"invite {ANA} Ana active")
        for place, mail in enumerate(MAILS):
            clock.at = START - timedelta(days=mail.days, hours=1) + timedelta(minutes=place)
            _take(desk, f"lmtp:{place}", _written(mail, clock.at))
        with reading(desk.engine) as conn:
            refs = [item.ref for item in items.every(conn)]
        _decide(desk, clock, *(f"{ref} approve" for ref in refs))
        _decide(desk, clock, f"{refs[0]} correct\n{NOTE}")
        with writing(desk.engine) as conn:
            known = next(group for group in desk.seeds if group.name == "North Pier Society")
            groups.put(
                conn, replace(known, state="up", up_at=clock.at, url="https://harbour.example/files/north-pier/")
            )
        work(desk)
        with reading(desk.engine) as conn:
            first = items.get(conn, refs[0])
        root = desk.config.storage.published
    article = root / ((first.place if first else "") or "")
    return {
        "front": root,
        "article": article,
        "file": root / "files/north-pier-society",
        "corrections": root / "corrections",
    }


def _decide(desk: Desk, clock: Clock, *lines: str) -> None:
    """Ana's decisions by the operator's hand, and their settling."""
    for line in lines:
        enter(desk, f"operator:{len(line)}{line[:4]}", f"decide {ANA} '{line}'")
        work(desk)
    clock.at += timedelta(minutes=20)
    work(desk)


def main() -> int:
    """Draw them all."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise MailprocError("chromium: not found; install it (Debian: apt install chromium) and run this again")
    SITE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="mailproc-site-") as aside:
        for name, folder in published(Path(aside) / "desk").items():
            for width in WIDTHS:
                options = [*CHROMIUM, f"--user-data-dir={aside}/profile", f"--window-size={width},{900}"]
                options.append(f"--screenshot={SITE / f'{name}-{width}.png'}")
                page = (folder / "index.html").as_uri()
                subprocess.run([chromium, *options, page], capture_output=True, timeout=60, check=True)  # noqa: S603 - our own words
    return 0


if __name__ == "__main__":
    sys.exit(main())
