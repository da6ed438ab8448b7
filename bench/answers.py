"""The forty answers: what each is about, what it must do, and its words in seven languages (`words/*.toml`).

An answer decides exactly what `does` says, in every language and from every mail program. Words in braces are those
that must reach the author (or stay as a note), and no others. What must be asked back is `back`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

WORDS = Path(__file__).resolve().parent / "words"
LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ru")
MEMBER = "Ana Lund <ana@harbour.example>"
OUTSIDER = "Robin Vale <robin@elsewhere.example>"

Decision = tuple[str, str, str]  # verb, reference, words: to the author, of a note, or what `sort` makes of it


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that is said."""

    ref: str | None
    text: str

    @property
    def line(self) -> str:
        """As it is said away from its item; the given shapes ask for it."""
        return self.text if self.ref is None else f"{self.ref} {self.text}"


@dataclass(frozen=True, slots=True)
class Case:
    """One of the forty, without its words."""

    name: str
    on: tuple[str | None, ...]  # the item each of its pieces is written under or named before; None: neither
    does: tuple[tuple[str, str], ...] = ()  # (verb, reference)
    back: bool = False  # something in it must be asked back
    sender: str = MEMBER
    kind: str = ""  # of `sort`
    field: str = ""  # a header field of automatic mail
    subject: str = ""  # put before the subject; "auto" the language's own word


CASES = (
    Case("silent", ()),
    Case("no_opinion", (None,)),
    Case("absent_marked", (None,), field="Auto-Submitted: auto-replied"),
    Case("absent_subject", (None,), subject="auto"),
    Case("absent_words", (None,)),
    Case("outsider", ("A-12",), sender=OUTSIDER),
    Case("fyi", (None,), subject="Fwd"),
    Case("approve", ("A-12",), (("approve", "A-12"),)),
    Case("approve_thanks", ("A-13",), (("approve", "A-13"),)),
    Case("reject", ("F-14",), (("reject", "F-14"),)),
    Case("reject_reason", ("A-13",), (("reject", "A-13"),)),
    Case("reject_verb", ("A-12",), (("reject", "A-12"),)),
    Case("hold", ("F-14",), (("hold", "F-14"),)),
    Case("ask", ("A-12",), (("ask", "A-12"),)),
    Case("discard", ("U-16",), (("discard", "U-16"),)),
    Case("yes", ("A-12",), (("approve", "A-12"),)),
    Case("no", ("A-13",), (("reject", "A-13"),)),
    Case("guess", ("U-16",), (("sort", "U-16"),), kind="article"),
    Case("sort", ("Q-17",), (("sort", "Q-17"),), kind="article"),
    Case("note", ("M-15",), (("note", "M-15"),)),
    Case("undo", ("A-13",), (("undo", "A-13"),)),
    Case("all_articles", (None,), (("approve", "A-12"), ("approve", "A-13"))),
    Case("all_except", (None,), (("approve", "A-12"), ("approve", "F-14"), ("approve", "M-15"))),
    Case("two", (None,), (("approve", "A-12"), ("approve", "F-14"))),
    Case("range", (None,), (("hold", "A-12"), ("hold", "A-13"))),
    Case("mixed", ("A-12", "A-13", "F-14"), (("approve", "A-12"), ("reject", "A-13"), ("hold", "F-14"))),
    Case("lower", (None,), (("approve", "A-12"),)),
    Case("but", ("A-12",), back=True),
    Case("if_agreed", ("A-13",), back=True),
    Case("negated", ("A-12",), back=True),
    Case("contradiction", ("A-12", None), back=True),
    Case("question", ("A-12",), back=True),
    Case("near_miss", ("A-13",), back=True),
    Case("bare", (None,), back=True),
    Case("quoted", (None,)),
    Case("signed", (None, "M-15", None), (("approve", "M-15"),)),
    Case("thanked", ("A-13", None), (("approve", "A-13"),)),
    Case("half", ("F-14", "A-12"), (("approve", "F-14"),), back=True),
    Case("show", ("A-12",), (("show", "A-12"),)),
    Case("prose", (None,)),
)

Words = Mapping[str, tuple[str, ...]]  # case -> a piece of text for each of its `on`


def words_of(language: str) -> Words:
    """Every case's words in one language, braces and all."""
    table = tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))
    return {name: tuple(given) if isinstance(given, list) else (given,) for name, given in table.items()}


def answers_of(case: Case, words: Words) -> list[Answer]:
    """What the member writes."""
    given = words[case.name] if case.on else ()
    return [Answer(ref, text.replace("{", "").replace("}", "")) for ref, text in zip(case.on, given, strict=True)]


def expected(case: Case, words: Words) -> set[Decision]:
    """What the desk must do."""
    given = dict(zip(case.on, words[case.name], strict=True)) if case.on else {}
    found = {ref: re.search(r"\{(.*)\}", text) for ref, text in given.items()}
    return {(verb, ref, case.kind or ((said := found.get(ref)) and said[1]) or "") for verb, ref in case.does}


def posted(case: Case, words: Words, octets: bytes) -> bytes:
    """The reply as this case sends it: with the header field or subject of a machine or of a forwarder."""
    if case.field:
        return case.field.encode() + b"\r\n" + octets
    if not case.subject:
        return octets
    prefix = words["auto_subject"][0] if case.subject == "auto" else case.subject
    encoded = f"Subject: =?utf-8?q?{''.join(f'={octet:02X}' for octet in prefix.encode())}?=: "
    return re.sub(rb"(?m)^Subject: (?:Re: |RE: |Aw: |AW: |Antw: )?", encoded.encode(), octets, count=1)
