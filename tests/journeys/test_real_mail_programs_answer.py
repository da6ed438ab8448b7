"""A member's own mail program answers a digest: neomutt and mutt in a terminal, real Dovecot and Postfix around them.

The digest goes out through Postfix into Ana's mailbox; the program opens it over IMAP, Ana types where people type,
and what the program makes of it comes back through Postfix to the desk, which does what she decided and tells her.
`MAILPROC_RECORD=1 pytest` on this file keeps what was written in tests/corpus (`replies` and `not_replies`), where
`test_corpus_of_replies` and `test_corpus_replies` read it without the programs.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from build import entry_of, item, letters, state, text_of
from dovecot import Dovecot
from mail_programs import Answer, mutt
from postfix import comes
from town import ANA, STATES, Town, a_town, copied, count, octets_at, without_trace

from mailproc.desk.carry.deliver import deliver
from mailproc.desk.ground.wire import Desk
from mailproc.desk.serve.process import work
from mailproc.store.database import reading
from mailproc.store.work import items

THEN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)  # noqa: TID251 - programs write a Date by that clock
CORPUS = Path(__file__).parents[1] / "corpus"
RECORDING = bool(os.environ.get("MAILPROC_RECORD"))
REPLYING = {"r", "g"}


# What Ana does

SAYS = {"A-2": "yes", "A-3": "reject: too long", "F-4": "hold", "U-5": "discard"}
DECIDES = {"A-2": ("approve", ""), "A-3": ("reject", "too long"), "F-4": ("hold", ""), "U-5": ("discard", "")}
NOTHING: Mapping[str, tuple[str, str]] = {}
UNDER = {"under": SAYS}
LINES = [f"{ref} {words}" for ref, words in SAYS.items()]
GERMAN = ('set attribution = "Am %{{%d.%m.%Y}} um %{{%H:%M}} Uhr schrieb %n:"', 'set indent_string = "| "')
SIGNED = ('set signature = "~/signature"',)
SIGNATURE = {"signature": "Ana Marsh\nQuay Street 4, hold fast\napprove\n"}


@dataclass(frozen=True)
class Case:
    """One way to answer, and what it decides."""

    answer: Answer
    decides: Mapping[str, tuple[str, str]]  # reference -> verb, words
    asked_back: tuple[str, ...] = ()


def seen_as_html(viewer: str, command: str) -> Answer:
    """Under the items, in a program that shows and quotes the HTML part as `viewer` makes it text."""
    settings = ("alternative_order text/html", "auto_view text/html", 'set mailcap_path = "~/mailcap"')
    files = {"mailcap": f"text/html; {command}; copiousoutput\n"}
    return Answer(UNDER, settings=settings, files=files, beside=(viewer,))


CASES = {
    "between": Case(Answer(UNDER), DECIDES),
    "top": Case(Answer({"top": LINES}), DECIDES),
    "bottom": Case(Answer({"bottom": LINES}), DECIDES),
    "between-german-bars": Case(Answer(UNDER, settings=GERMAN), DECIDES),
    "between-flowed": Case(Answer(UNDER, settings=("set text_flowed = yes",)), DECIDES),
    "between-trimmed": Case(Answer(UNDER | {"trim": True}), DECIDES),
    "between-group": Case(Answer(UNDER, key="g"), DECIDES),
    "between-signed": Case(Answer(UNDER, settings=SIGNED, files=SIGNATURE), DECIDES, ("approve",)),
    "top-signed-on-top": Case(
        Answer({"top": LINES}, settings=(*SIGNED, "set sig_on_top = yes"), files=SIGNATURE), DECIDES, ("approve",)
    ),
    "between-html-by-w3m": Case(seen_as_html("w3m", "w3m -dump -T text/html -cols 76 %s"), DECIDES),
    "between-html-by-lynx": Case(seen_as_html("lynx", "lynx -dump -force_html -width 76 %s"), DECIDES),
    "bottom-latin-1": Case(
        Answer(
            {"bottom": ["A-3 reject: trop long, désolé", "", "A-2 yes"]}, settings=('set send_charset = "iso-8859-1"',)
        ),
        {"A-2": ("approve", ""), "A-3": ("reject", "trop long, désolé")},
    ),
    "top-quoting-nothing": Case(Answer({"top": LINES}, settings=("set include = no",)), DECIDES),
    "without-a-word": Case(Answer({}), NOTHING),
    "forwarded": Case(Answer({"top": LINES}, key="f", to="desk@harbour.example"), NOTHING),
    "forwarded-attached": Case(
        Answer({"top": LINES}, key="f", to="desk@harbour.example", settings=("set mime_forward = yes",)), NOTHING
    ),
    "bounced": Case(Answer({}, key="b", to="desk@harbour.example"), NOTHING),
}


# Where it happens


@pytest.fixture(scope="module")
def town(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with a_town(dovecot, tmp_path_factory.mktemp("town") / "desk", THEN) as town:
        yield town


@pytest.mark.parametrize("program", ["neomutt", "mutt"])
@pytest.mark.parametrize("how", CASES)
def test_what_the_program_wrote_does_what_she_decided(how: str, program: str, town: Town, tmp_path: Path):
    """Issue 4, show 3."""
    case = CASES[how]
    home = tmp_path / "home"
    home.mkdir()
    town.empty_mailbox()
    with copied(town, tmp_path / "desk", datetime.now(UTC).replace(microsecond=0)) as desk:  # noqa: TID251
        before = count(desk)
        deliver(desk)
        comes(town.mailbox, "the digest in Ana's mailbox")
        mutt(program, town.ana, home, case.answer)
        comes(lambda: count(desk) > before, "the reply at the desk")
        work(desk)
        only_this_was_decided(desk, before + 1, case)
        record(town, program, how, octets_at(desk, before + 1), case)
        told = letters(desk, "member/transcript", ANA)
        assert len(told) == (case.answer.key in REPLYING), "one for a reply, none for a digest that was passed on"
        if told:
            deliver(desk)
            comes(lambda: len(town.mailbox()) > 1, "the transcript in Ana's mailbox")
            transcript = text_of(town.mailbox()[-1])
            assert [ref for ref in SAYS if f"- {ref} " in transcript] == sorted(case.decides)


def only_this_was_decided(desk: Desk, number: int, case: Case) -> None:
    entry, decides = entry_of(desk, number), case.decides
    assert entry.unclear == case.asked_back
    states = {ref: state(desk, ref) for ref in SAYS}
    assert states == {ref: STATES[decides[ref][0]] if ref in decides else "pending" for ref in SAYS}, entry
    words = {ref: vote.words for ref in SAYS for vote in item(desk, ref).votes}
    assert words == {ref: words for ref, (verb, words) in decides.items() if verb in {"approve", "reject"}}


# What is kept


def record(town: Town, program: str, how: str, octets: bytes, case: Case) -> None:
    """Keep the mail as the program wrote it, less what servers put above it, beside the digest that it answers."""
    if not RECORDING:
        return
    is_reply = case.answer.key in REPLYING
    folder = CORPUS / ("replies" if is_reply else "not_replies") / program
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{how}.eml").write_bytes(without_trace(octets))
    (folder / "letter.eml").write_bytes(town.digest)
    if is_reply:
        expect(town, folder / "expected.json", f"{how}.eml", case)


def expect(town: Town, path: Path, name: str, case: Case) -> None:
    """What `test_corpus_replies` and `test_corpus_of_replies` hold the mail to."""
    with reading(town.desk.engine) as conn:
        found = [each for ref in SAYS if (each := items.get(conn, ref))]
    told = json.loads(path.read_text()) if path.exists() else {"replies": {}, "asked_back": {}}
    told["listing"] = [[each.ref, each.kind, each.guess] for each in found]
    told["replies"][name] = [[verb, ref, words] for ref, (verb, words) in case.decides.items()]
    told["asked_back"][name] = case.asked_back
    path.write_text(json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
