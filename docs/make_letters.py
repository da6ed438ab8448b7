"""Writes docs/letters.md: thirteen letters before and after they were worded anew, in words and figures.

The texts before stand in docs/letters/before; those after are the golden letters of tests/golden, so that the page is
current when the test that compares it passes. A picture docs/letters/NAME.png is shown where there is one.
"""  # noqa: INP001 - a program that stands alone, in no package

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "letters.md"
BEFORE = DOCS / "letters" / "before"
GOLDEN = DOCS.parent / "tests" / "golden"
WHO = {  # whoever reads it, and what they meet in their first week
    "contributor": (
        *("author-receipt-article", "author-receipt-material", "author-receipt-addition"),
        *("author-question", "author-published", "author-rejected"),
    ),
    "applicant": ("applicant-receipt-membership", "applicant-agreed", "applicant-welcome"),
    "reader": ("reader-receipt-enquiry", "reader-help"),
    "member": ("member-digest", "member-transcript"),
}
NAMES = tuple(name for names in WHO.values() for name in names)
THEIRS = (  # what people wrote, beside lines with a bar: no wording of ours makes it shorter
    "The tram that never came",
    "Could you tell us when this was?",
    "A photo would be fine, too.",
    "It is not on what The Harbour Review is about.",
    "The tram to the old pier",
    "It had been printed in 1994.",
    "it may name a private person; such details do not go up.",
    "A mail from nobody@else.example tried to decide for you and did nothing.",
)
HEAD = """\
# Thirteen letters, before and after

What a contributor, an applicant, a reader and a member meet in their first week, at The Harbour Review. *All words*
are those of the text part; *ours* leaves out what people wrote: titles, texts behind a bar, a question, a reason.
Written by `docs/make_letters.py` from `docs/letters/before` and the golden letters; a test holds it current.

Nothing that a reader needs was lost. The SHA-256 of a text moved to the answer to `status`. Two letters stay above
60 %: a **rejection** is mostly the members' own words, and got thanks and regret; a **digest** is mostly texts, names
and facts, and names people now. A **transcript** has one sentence a decision, and a link to undo beside each.

The pictures (`make sheets`) show each letter as it was and as it is on a telephone of 360 pixels, in the dark, and on a
desk of 1024 pixels at half its size; what is longer than 2,000 pixels is cut there. In HTML prose is as wide as the
window and stands beside a line, verse keeps its lines, and links to tap are a grid on a telephone. axe-core finds no
fault in any golden letter at 360, 768 and 1024 pixels, in light and in dark (`tests/letters/test_axe.py`).

| letter | all words before | after | | ours before | after | |
|---|--:|--:|--:|--:|--:|--:|
"""


def before(name: str) -> str:
    """Subject and text as they were."""
    return (BEFORE / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


def after(name: str) -> str:
    """Subject and text as they are."""
    mail = message_from_bytes((GOLDEN / f"{name}.eml").read_bytes(), policy=policy.default)
    part = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
    text = part.get_content() if isinstance(part, EmailMessage) else ""
    return f"Subject: {mail['Subject']}\n\n{text}".replace("\r\n", "\n").rstrip("\n")


def words_of(letter: str, *, ours: bool = False) -> int:
    """How many words a letter has below its subject; `ours`: less those that people wrote."""
    text = letter.partition("\n\n")[2]
    if ours:
        text = " ".join(" ".join(line for line in text.split("\n") if not line.startswith("|")).split())
        for said in THEIRS:
            text = text.replace(said, "")
    return len(re.findall(r"\S*\w\S*", text))


def page() -> str:
    """The page."""
    rows, shown = [], []
    for who, names in WHO.items():
        for name in names:
            old, new = before(name), after(name)
            figures = []
            for ours in (False, True):
                was, now = words_of(old, ours=ours), words_of(new, ours=ours)
                figures += [f"{was}", f"{now}", f"{100 * now / was:.0f} %"]
            rows.append(f"| {who}: [{name}](#{name}) | " + " | ".join(figures) + " |\n")
            picture = DOCS / "letters" / f"{name}.png"
            sheet = f"![{name}, before and after](letters/{name}.png)\n\n" if picture.is_file() else ""
            shown.append(f"## {name}\n\n{sheet}Before:\n\n```text\n{old}\n```\n\nAfter:\n\n```text\n{new}\n```\n")
    return HEAD + "".join(rows) + "\n" + "\n".join(shown)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
