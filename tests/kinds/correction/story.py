"""A day of the kind "correction": run by the program that lies first on PYTHONPATH; prints JSON of what it saw."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from build import (
    ANA,
    BEN,
    JO,
    a_desk,
    a_mail,
    a_reply,
    add_member,
    digest_now,
    entry_of,
    give,
    later,
    letters,
    octets_of,
    received,
    ref_of,
    run_here,
    state,
    text_of,
)
from same import all_of, rebuilt

import mailproc
from mailproc.letters.check import check

CYRILLIC = "\u0421"  # looks like a C


def mail(text: str, **changes: str) -> bytes:
    """A mail to the general address, whose author is authenticated."""
    return a_mail(text, to="desk@harbour.example", authentic=True, **changes)


def told(folder: Path) -> dict[str, object]:
    """What becomes of two corrections, and of a mail that a member calls one."""
    with a_desk(folder) as desk:
        first = give(desk, mail("It was the ferry.\n", subject="Correction: it"))
        came = received(desk, first)
        ref = f"C-{first}"
        add_member(desk, ANA, "Ana")
        add_member(desk, BEN, "Ben")
        digest = digest_now(desk, ANA)
        reply = give(desk, a_reply(digest, f"{ref} approve", f"Ana <{ANA}>"))
        approved = state(desk, ref)
        second = give(desk, mail("Not nine, ten.\n", subject="Correction: two", sender=f"Ben <{BEN}>"))
        give(desk, a_reply(digest_now(desk, ANA), f"{CYRILLIC}-{second} approve", f"Ana <{ANA}>"))
        third = give(desk, mail("Hello.\n", subject="Hello"))
        give(desk, a_reply(digest_now(desk, ANA), f"{ref_of(desk, third)} sort correction", f"Ana <{ANA}>"))
        later(desk, minutes=20)
        with rebuilt(desk) as (again, _):
            same = all_of(again) == all_of(desk)
        config, published = desk.config.path, desk.config.storage.published
        return {
            "program": mailproc.__file__,
            "problems": check(desk.letters.templates, "en"),
            "kind": came.kind,
            "refs": came.refs,
            "receipt": [text_of(octets_of(desk, each)) for each in letters(desk, "author/receipt-correction", JO)],
            "digest": text_of(digest),
            "commands": entry_of(desk, reply).commands,
            "approved": approved,
            "settled": state(desk, ref),
            "by a letter that looks like it": state(desk, f"C-{second}"),
            "told": [text_of(octets_of(desk, each)) for each in letters(desk, "author/corrected", JO)],
            "published": [str(path.relative_to(published)) for path in published.glob("*/*/*")],
            "list": run_here("list", "--kind", "correction", "--state", "corrected", config=config).out,
            "show": run_here("show", ref, config=config).out,
            "rules": run_here("rules", "check", config=config).status,
            "verify": run_here("verify", config=config).status,
            "sorted": run_here("show", f"C-{third}", config=config).status,
            "same": same,
        }


if __name__ == "__main__":
    print(json.dumps(told(Path(sys.argv[1])), ensure_ascii=False))  # noqa: T201
