"""What people write while the desk dies: articles, material, enquiries, requests, noise, and members' decisions.

Every mail carries `X-Crash-Id`, and what it must come to: which kinds of item it opens, or what it decides. Its author
is a new person each time, so that no courtesy quota hides a letter, and says nothing in the words of another: ten words
alike would be somebody's words to `forget`. Values only; nothing is sent here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from build import a_mail, a_reply, text_of

MEMBERS = ("ana@poole.example", "ben@poole.example")  # all letters go to one provider
PNG = b"\x89PNG\r\n\x1a\n"
LINES = (
    "The tram was late again.",
    "Nobody waited for it.",
    "A gull did.",
    ".",
    "..",
    "From the pier one sees it.",
    "",
)
VERDICTS = ("approve",) * 7 + ("reject: too long for a tram", "hold", "discard")


@dataclass(frozen=True)
class Mail:
    """One mail before it is posted."""

    octets: bytes
    kind: str  # what we call it in the ledger
    opens: tuple[str, ...] = ()  # kinds of item that it must open, exactly one of each
    member: str = ""  # who decides with it
    decides: tuple[tuple[str, str], ...] = ()  # (verb, reference)


def _words(id: str, chance: Random) -> str:  # noqa: A002 - the ledger's word
    said = [chance.choice(LINES) for _ in range(chance.randint(2, 12))]
    return "\n".join(f"{line} ({id})" if len(line) > len("..") else line for line in said) + "\nThe end.\n"


def author(id: str) -> str:  # noqa: A002 - the same
    """Who writes the mail of this id; in the ledger, a number stands behind the id."""
    return f"jo-{id.partition('.')[0].lower()}@poole.example"


def _mail(id: str, at: datetime, text: str, **how: object) -> bytes:  # noqa: A002 - the ledger's word
    return a_mail(text, sender=f"Jo {id} <{author(id)}>", at=at, X_Crash_Id=id, **how)  # type: ignore[arg-type]


def article(id: str, at: datetime, chance: Random) -> Mail:  # noqa: A002 - the same
    """With a picture now and then, authenticated or not."""
    picture = ("stop.png", "image/png", PNG + chance.randbytes(chance.randint(10, 60_000)))
    files = (picture,) if chance.random() < 0.4 else ()
    text, known = f"Article {id}\n\n{_words(id, chance)}", chance.random() < 0.8
    return Mail(
        _mail(id, at, text, subject=f"The tram {id}", authentic=known, attachments=files), "article", ("article",)
    )


def material(id: str, at: datetime, chance: Random) -> Mail:  # noqa: A002 - the same
    """For a group file, two attachments."""
    files = tuple((f"{n}.png", "image/png", PNG + chance.randbytes(500 + n)) for n in range(2))
    text = f"For the North Pier Society ({id}).\n\n{_words(id, chance)}"
    to, subject = "files@harbour.example", f"North Pier Society {id}"
    return Mail(
        _mail(id, at, text, to=to, subject=subject, authentic=True, attachments=files), "material", ("material",)
    )


def enquiry(id: str, at: datetime, chance: Random) -> Mail:  # noqa: A002 - the same
    """A reader's question."""
    text = f"Where does the number come from ({id})?\n{_words(id, chance)}"
    octets = _mail(id, at, text, to="contact@harbour.example", subject=f"A question {id}", authentic=True)
    return Mail(octets, "enquiry", ("enquiry",))


def membership(id: str, at: datetime, chance: Random) -> Mail:  # noqa: A002 - the same
    """Somebody wants to help."""
    text = f"May I become a member ({id})?\n{_words(id, chance)}"
    octets = _mail(id, at, text, to="join@harbour.example", subject=f"Membership {id}", authentic=True)
    return Mail(octets, "membership", ("membership",))


def vacation(id: str, at: datetime, chance: Random) -> Mail:  # noqa: A002 - the same
    """A machine: kept, and nothing more."""
    text = f"I am away, please approve ({id}).\n{_words(id, chance)}"
    fields = {"Auto_Submitted": "auto-replied"}
    return Mail(_mail(id, at, text, to="desk@harbour.example", subject=f"Away {id}", **fields), "vacation")


def broken(id: str, at: datetime, chance: Random) -> Mail:  # noqa: A002 - the same
    """Hardly a mail at all: no author, no boundary's end, a NUL."""
    del at
    head = f"X-Crash-Id: {id}\r\nSubject: =?utf-8?q?=00{id}?=\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    return Mail(head.encode() + b"--x\r\n\r\n" + chance.randbytes(40).hex().encode() + b"\r\n", "broken", ("unsorted",))


KINDS: tuple[tuple[Callable[[str, datetime, Random], Mail], int], ...] = (
    (article, 10), (material, 4), (enquiry, 3), (membership, 1), (vacation, 2), (broken, 1),
)  # fmt: skip


def anything(id: str, at: datetime, chance: Random) -> Mail:  # noqa: A002 - the same
    """One of all of these, articles most often."""
    make = chance.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])[0]
    return make(id, at, chance)


def decision(id: str, at: datetime, digest: bytes, member: str, lines: list[tuple[str, str]]) -> Mail:  # noqa: A002 - the same
    """A member's reply to a digest: `lines` are (words, reference)."""
    text = "\n\n".join(f"{ref} {words}" for words, ref in lines)
    octets = f"X-Crash-Id: {id}\r\n".encode() + a_reply(digest, text, member, at=at)
    decided = tuple((words.split()[0].rstrip(":"), ref) for words, ref in lines)
    return Mail(octets, "decision", member=member, decides=decided)


def listed(digest: bytes) -> list[str]:
    """The articles and material that a digest asks to decide on."""
    return list(dict.fromkeys(re.findall(r"^\d+\. ([AF]-\d+)\b", text_of(digest), re.MULTILINE)))
