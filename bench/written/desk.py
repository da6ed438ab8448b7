"""Mails through a whole desk by its command line: receive, work, decide, work; then what lies in its folders."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from email import message_from_bytes, policy
from io import StringIO
from pathlib import Path
from typing import Any

from bench.written.mails import AUTHSERV, Sent
from mailproc.cli.init import init
from mailproc.cli.main import main
from mailproc.config.write import HARBOUR, config_text

_ANA = "ana@harbour.example"
_AT_ONCE = 40  # decisions in one mail
_OPTIONS = {
    "review.authserv_id": [AUTHSERV],
    "review.undo": "0s",
    "limits.letters_per_hour": 100_000,
    "limits.letters_to_strangers_per_day": 100_000,
}


@dataclass(frozen=True, slots=True)
class Came:
    """What became of a mail."""

    state: str  # of its item; "" there is none
    published: str | None  # text.txt; None: nothing went up, or no text
    receipt: str  # the words of the author's first letter; "" none


def through(folder: Path, mails: Sequence[Sent], step: Callable[[str], None] = lambda _: None) -> list[Came]:
    """Send the mails, approve what they opened, and read what was published and answered; in the order given."""
    desk, sent = folder / "desk", folder / "sent"
    init(desk, ask=False)
    (desk / "config.toml").write_text(config_text({**HARBOUR, **_OPTIONS}), encoding="utf-8")
    sent.mkdir()
    paths = [sent / f"{mail.number}.eml" for mail in mails]
    for path, mail in zip(paths, mails, strict=True):
        path.write_bytes(mail.octets)

    def run(*words: str) -> str:
        out = StringIO()
        with redirect_stdout(out):
            status = main(["--config", str(desk / "config.toml"), *words])
        if status not in (0, 1):
            raise RuntimeError(f"{words[0]} ended with {status}")
        return out.getvalue()

    run("members", "add", _ANA, "--confirmed")
    step("receiving")
    run("receive", *map(str, paths))
    step("working")
    run("work")
    step("deciding")
    items = json.loads(run("list", "--json"))
    refs = [item["ref"] for item in items if item["kind"] == "article"]
    for at in range(0, len(refs), _AT_ONCE):
        run("decide", "\n".join(f"{ref} approve" for ref in refs[at : at + _AT_ONCE]), "--as", _ANA)
    step("publishing")
    run("work")
    found = {item["author"]["email"]: item for item in json.loads(run("list", "--json"))}
    letters = {row["to"]: desk / row["path"] for row in reversed(json.loads(run("outbox", "list", "--json")))}
    return [_came(desk, found.get(mail.author), letters.get(mail.author)) for mail in mails]


def _came(desk: Path, item: dict[str, Any] | None, letter: Path | None) -> Came:
    said = "" if letter is None else _words_of(letter.read_bytes())
    if item is None:
        return Came("", None, said)
    text = desk / "published" / item["place"] / "text.txt" if item["place"] else None
    published = text.read_bytes().decode("utf-8") if text is not None and text.exists() else None
    return Came(item["state"], published, said)


def _words_of(letter: bytes) -> str:
    body = message_from_bytes(letter, policy=policy.default).get_body(("plain",))
    return " ".join(body.get_content().split()) if body is not None else ""
