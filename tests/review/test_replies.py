"""Replies to one digest as the mail programs of the world write them: the decisions written, and no other."""

from __future__ import annotations

import html
import importlib.util
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.html.text import to_text
from mailproc.message.words.quotation import Sent
from mailproc.review.reply.command import Listed, Listing, Reading, read_reply

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ANA = "Ana <ana@home.example>"
DESK = "The Harbour Review <desk+k3v9@harbour.example>"
SHAPES_FILE = Path(__file__).resolve().parents[2].parent / "shared" / "tools" / "replyshapes.py"

LISTING = Listing(
    (
        Listed("A-12", 12, "article", "The tram that never came"),
        Listed("F-13", 13, "material", "Photos for Northgate Water"),
        Listed("M-14", 14, "membership", "I would like to help"),
        Listed("U-15", 15, "unsorted", "Re: your letter of last week", "article"),
        Listed("A-16", 16, "article", "A word on reviewing"),
    ),
    single=False,
)
TRAM = """For eleven years the council has promised a tram to the harbour, and for eleven years we
have waited at a stop where no rails lie. Last week I counted the people who stand there all
the same: forty-one on Monday, and on Friday, in the rain, still nineteen.
approve
Some say that one ought to write to the council, and everybody who has done so says that one ought not.
yes
"""
REVIEWING = """When the desk asks its members, they write lines such as these:
approve
A-12 approve
A-12 approve
F-13 reject
M-14 hold
and nothing more is needed, they say. I do not believe that for a moment; who would answer like that?
A-12 reject too long for the next issue
ok
"""


def block(place: int, ref: str, kind: str, title: str, author: str, text: str) -> list[str]:
    return [
        f"{place}. {ref}  {kind}  {title}",
        f"   From {author}, not authenticated",
        "   Came 2 days ago; no votes yet; one approval is needed",
        "   Attachments: none",
        "",
        *(f"| {line}" for line in text.rstrip("\n").split("\n")),
        "",
    ]


BLOCKS = [
    block(1, "A-12", "article", "The tram that never came", "Jo Poole <jo@poole.example>", TRAM),
    block(2, "F-13", "material", "Photos for Northgate Water", "Kim Lee <kim@lee.example>", "Two photos.\nhold\n"),
    block(3, "M-14", "membership", "I would like to help", "Sam Hill <sam@hill.example>", "I have read the duties."),
    block(4, "U-15", "unsorted", "Re: your letter of last week", "x@y.example", "See below.\ndiscard"),
    block(5, "A-16", "article", "A word on reviewing", "Lou May <lou@may.example>", REVIEWING),
]
HEAD = [
    "Five items wait for members of The Harbour Review.",
    "Answer this mail with the reference and a word, or write the word under the item.",
    "",
]
FOOT = [
    "=" * 24,
    "Settled since your last digest: nothing.",
    "Not shown: 3 bulk, 1 spam.",
    "",
    "The words are approve, reject (with a reason), hold, ask, discard, sort, note, undo.",
    "The Harbour Review, harbour.example",
]
TEXT = "\n".join([*HEAD, *(line for lines in BLOCKS for line in lines), *FOOT]) + "\n"


def links(ref: str) -> str:
    words = ("yes", "discard") if ref.startswith("U") else ("approve", "reject", "hold", "discard")
    target = f"mailto:desk+k3v9@harbour.example?subject=Decision%20on%20{ref}&amp;body={ref}%20"
    return " &middot; ".join(f'<a href="{target}{word}">{word} {ref} by mail</a>' for word in words)


def html_block(lines: list[str], ref: str) -> str:
    head, *facts = [line for line in lines if line and not line.startswith("| ")]
    text = "<br>\n".join(html.escape(line) for line in lines if line.startswith("| "))
    shown = "".join(f"<p>{html.escape(fact.strip())}</p>" for fact in facts)
    return f"<section><h2>{html.escape(head)}</h2>{shown}<p>{links(ref)}</p><div>{text}</div></section>"


HTML = (
    "<html><head><title>Digest</title></head><body>"
    f"<p>{HEAD[0]}</p><p>{HEAD[1]}</p>"
    + "".join(html_block(lines, item.ref) for lines, item in zip(BLOCKS, LISTING.items, strict=True))
    + "".join(f"<p>{html.escape(line)}</p>" for line in FOOT if line)
    + "</body></html>"
)
SENT = Sent(TEXT, (to_text(HTML), to_text(HTML, links=True)))


def letter() -> bytes:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = DESK, ANA, "5 items wait"
    message["Reply-To"], message["Message-ID"] = DESK, "<k3v9@harbour.example>"
    message.set_content(TEXT)
    message.add_alternative(HTML, subtype="html")
    return message.as_bytes()


LETTER = letter()


@dataclass(frozen=True)
class Said:
    """What a member says on one item, and nothing where `ref` is None."""

    ref: str | None
    text: str

    @property
    def line(self) -> str:
        return f"{self.ref} {self.text}" if self.ref else self.text


Answers = list[Said]
Decided = set[tuple[str, str, str]]

CASES: dict[str, tuple[Answers, Decided]] = {
    "approve": ([Said("A-12", "approve")], {("approve", "A-12", "")}),
    "approved with thanks": ([Said("A-16", "Approved, thanks!")], {("approve", "A-16", "")}),
    "reject with a reason": (
        [Said("A-12", "reject too long for the next issue, and the council answered last week in the paper")],
        {("reject", "A-12", "too long for the next issue, and the council answered last week in the paper")},
    ),
    "the very words of an author": (
        [Said("A-12", "reject too long for the next issue")],
        {("reject", "A-12", "too long for the next issue")},
    ),
    "hold": ([Said("M-14", "hold")], {("hold", "M-14", "")}),
    "a mix of three": (
        [Said("A-12", "approve"), Said("F-13", "reject the photos are blurred"), Said("M-14", "hold")],
        {("approve", "A-12", ""), ("reject", "F-13", "the photos are blurred"), ("hold", "M-14", "")},
    ),
    "the very lines of an author": (
        [Said("A-12", "approve"), Said("F-13", "reject"), Said("M-14", "hold")],
        {("approve", "A-12", ""), ("reject", "F-13", ""), ("hold", "M-14", "")},
    ),
    "yes and no": ([Said("A-12", "yes"), Said("A-16", "no")], {("approve", "A-12", ""), ("reject", "A-16", "")}),
    "yes to a guess": ([Said("U-15", "yes")], {("sort", "U-15", "")}),
    "words that decide nothing": ([Said(None, "I will read these on the train tomorrow.")], set()),
    "a condition": ([Said("A-12", "approve but cut the end")], set()),
    "a negation": ([Said("A-12", "not approved by me, sorry")], set()),
    "a question": ([Said("A-12", "approve?")], set()),
    "the digest's words": ([Said(None, "Answer this mail with the reference and a word")], set()),
    "a bare word": ([Said(None, "approve")], set()),
    "nothing at all": ([], set()),
}


def lines_of(answers: Answers) -> str:
    return "\n".join(answer.line for answer in answers)


def decided(reading: Reading) -> Decided:
    return {(c.verb, ref, " ".join(c.words.split())) for c in reading.commands for ref in c.refs}


def read(text: str | None, rich: str | None = None, *, earlier: tuple[str, ...] = ()) -> Reading:
    plain, linked = (to_text(rich), to_text(rich, links=True)) if rich is not None else (None, None)
    return read_reply(text, plain, linked, SENT, earlier, LISTING, "member")


def read_bytes(raw: bytes) -> Reading:
    message = message_from_bytes(raw, policy=policy.default)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return read(plain.get_content() if plain else None, rich.get_content() if rich else None)


def replyshapes() -> ModuleType | None:
    if not SHAPES_FILE.exists():
        return None
    spec = importlib.util.spec_from_file_location("replyshapes", SHAPES_FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["replyshapes"] = module
    spec.loader.exec_module(module)
    return module


CLIENTS = replyshapes()


@pytest.mark.skipif(CLIENTS is None, reason="the shared reply shapes are not here")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("shape", sorted(CLIENTS.SHAPES) if CLIENTS else [])
def test_every_client_shape_gives_exactly_the_decisions_written(shape: str, case: str):
    assert CLIENTS is not None
    answers, expected = CASES[case]
    theirs = [CLIENTS.Answer(answer.ref, answer.text) for answer in answers]
    assert decided(read_bytes(CLIENTS.SHAPES[shape](LETTER, theirs, ANA, NOW))) == expected


# Shapes of our own

ATTRIBUTION = f"On Sun, 22 Nov 2026 at 08:00, {DESK} wrote:"
HEADERS = f"From: {DESK}\nSent: Sunday, 22 November 2026 08:00\nTo: {ANA}\nSubject: 5 items wait"
GATEWAY = (
    "This message and any attachments are confidential and intended solely for the addressee.\n"
    "If you are not the intended recipient, please notify the sender and delete it."
)


def marked(text: str, mark: str = "> ") -> str:
    return "\n".join((mark + line).rstrip() for line in text.split("\n"))


def wrapped(text: str, width: int) -> str:
    return "\n".join(part for line in text.split("\n") for part in textwrap.wrap(line, width) or [""])


def between(lines: list[str], answers: Answers) -> str:
    waiting = {answer.ref: answer.text for answer in answers if answer.ref}
    out = [answer.text for answer in answers if answer.ref is None]
    for line in lines:
        out.append(line)
        for ref in [ref for ref in waiting if ref in line and "  " in line]:
            out += ["", waiting.pop(ref), ""]
    return "\n".join(out)


def without_bars(text: str) -> str:
    return "\n".join(line.removeprefix("| ") for line in text.split("\n"))


def paragraphs(answers: Answers) -> str:
    return "".join(f"<p>{html.escape(answer.line)}</p>" for answer in answers)


Parts = tuple[str | None, str | None]
OURS: dict[str, Callable[[Answers], Parts]] = {
    "bars lost": lambda a: (f"{lines_of(a)}\n\n{HEADERS}\n\n{without_bars(TEXT)}", None),
    "every mark lost, no header": lambda a: (f"{lines_of(a)}\n\n{without_bars(TEXT)}", None),
    "wrapped at 40, marked first": lambda a: (f"{lines_of(a)}\n\n{ATTRIBUTION}\n{wrapped(marked(TEXT), 40)}", None),
    "wrapped at 72, marked first": lambda a: (f"{lines_of(a)}\n\n{ATTRIBUTION}\n{wrapped(marked(TEXT), 72)}", None),
    "wrapped at 60, then marked": lambda a: (f"{lines_of(a)}\n\n{ATTRIBUTION}\n{marked(wrapped(TEXT, 60))}", None),
    "wrapped at 40, bars lost": lambda a: (f"{lines_of(a)}\n\n{HEADERS}\n\n{wrapped(without_bars(TEXT), 40)}", None),
    "forwarded whole": lambda a: (
        f"{lines_of(a)}\n\n---------- Forwarded message ---------\n{HEADERS}\n\n{TEXT}",
        None,
    ),
    "quoted twice": lambda a: (
        f"{lines_of(a)}\n\n{ATTRIBUTION}\n{marked(TEXT)}\n>\n> {ATTRIBUTION}\n{marked(TEXT, '>> ')}",
        None,
    ),
    "quoted twice without marks": lambda a: (f"{lines_of(a)}\n\n{HEADERS}\n\n{TEXT}\n\n{HEADERS}\n\n{TEXT}", None),
    "html without containers": lambda a: (None, f"<html><body>{paragraphs(a)}<br>{HTML}</body></html>"),
    "html between the blocks": lambda a: (
        None,
        "<html><body>"
        + "".join(f"<p>{html.escape(x.text)}</p>" for x in a if x.ref is None)
        + "".join(
            html_block(lines, item.ref) + "".join(f"<div>{html.escape(x.text)}</div>" for x in a if x.ref == item.ref)
            for lines, item in zip(BLOCKS, LISTING.items, strict=True)
        )
        + "</body></html>",
    ),
    "a gateway's footer": lambda a: (f"{lines_of(a)}\n\n{ATTRIBUTION}\n{marked(TEXT)}\n\n{GATEWAY}", None),
    "a gateway's banner": lambda a: (
        f"[EXTERNAL EMAIL] Do not click links unless you know the sender.\n\n{lines_of(a)}\n\n{HEADERS}\n\n{TEXT}",
        None,
    ),
    "blank lines doubled": lambda a: (f"{lines_of(a)}\n\n{ATTRIBUTION}\n\n" + marked(TEXT).replace("\n", "\n\n"), None),
    "no-break blanks": lambda a: (
        lines_of(a).replace(" ", "\xa0") + f"\n\n{HEADERS}\n\n" + TEXT.replace(" ", "\xa0"),
        None,
    ),
    "bidi marks and a BOM": lambda a: (
        "\ufeff" + "\n".join(f"\u200e{x.line}\u200f" for x in a) + f"\n\n{ATTRIBUTION}\n{marked(TEXT)}",
        None,
    ),
    "the quotation cut short": lambda a: (
        f"{lines_of(a)}\n\n{ATTRIBUTION}\n" + marked("\n".join(TEXT.split("\n")[:9])),
        None,
    ),
    "only the heads kept, between": lambda a: (
        between([line for line in marked(TEXT).split("\n") if "  " in line[2:8] or ". " in line[:6]], a),
        None,
    ),
    "unmarked, between": lambda a: (between(TEXT.split("\n"), a), None),
    "marked, between, a signature": lambda a: (
        f"{ATTRIBUTION}\n" + between(marked(TEXT).split("\n"), a) + "\n-- \nAna\nYes, weekdays\n",
        None,
    ),
    "Windows line ends": lambda a: ((f"{lines_of(a)}\n\n{HEADERS}\n\n{TEXT}").replace("\n", "\r\n"), None),
    "a greeting and a sign-off": lambda a: (
        f"Hello all,\n\n{lines_of(a)}\n\nBest wishes\nAna Lund\n\n{ATTRIBUTION}\n\n{marked(TEXT)}",
        None,
    ),
    "quoted by a colon": lambda a: (f"{lines_of(a)}\n\n{ATTRIBUTION}\n{marked(TEXT, ': ')}", None),
    "two parts, wrapped differently": lambda a: (
        f"{wrapped(lines_of(a), 76)}\n\n{HEADERS}\n\n{wrapped(TEXT, 76)}",
        f"<html><body>{paragraphs(a)}<div>{HEADERS.replace('<', '&lt;')}</div>{HTML}</body></html>",
    ),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("shape", OURS)
def test_every_shape_of_ours_gives_exactly_the_decisions_written(shape: str, case: str):
    answers, expected = CASES[case]
    text, rich = OURS[shape](answers)
    assert decided(read(text, rich)) == expected


@pytest.mark.parametrize("shape", OURS)
def test_words_that_decide_nothing_are_asked_back_and_program_lines_are_not(shape: str):
    text, rich = OURS[shape]([Said(None, "I will read these on the train tomorrow.")])
    assert [unclear.line for unclear in read(text, rich).unclear] == ["I will read these on the train tomorrow."]


@pytest.mark.parametrize("shape", OURS)
def test_a_clear_reply_is_not_asked_back(shape: str):
    text, rich = OURS[shape]([Said("A-12", "approve"), Said("F-13", "reject the photos are blurred")])
    assert read(text, rich).unclear == ()


VOCABULARY = (
    "the tram council harbour people rain photos desk members I we think that it was not very long and short A-12 "
    "F-13 12 , . - : maybe tomorrow when friday of reviewing letter"
)
WORDS = st.sampled_from(VOCABULARY.split())


@settings(deadline=None, max_examples=150)
@given(st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=12).map("\n".join))
def test_random_text_without_a_verb_decides_nothing(text: str):
    assert read(f"{text}\n\n{ATTRIBUTION}\n{marked(TEXT)}").commands == ()


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, TEXT.count("\n")), st.integers(1, 30)), min_size=1, max_size=4),
    st.sampled_from(["", "> ", ">", "| ", ": ", ">> "]),
    st.sampled_from([0, 40, 60, 72]),
)
def test_random_quoting_of_the_digest_decides_nothing(cuts: list[tuple[int, int]], mark: str, width: int):
    lines = TEXT.split("\n")
    quoted = "\n\n".join(marked("\n".join(lines[at : at + size]), mark) for at, size in cuts)
    assert read(wrapped(quoted, width) if width else quoted).commands == ()


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(exclude_characters="\r"), max_size=200))
def test_what_a_gateway_adds_below_changes_nothing(footer: str):
    text = f"A-12 approve\n\n{ATTRIBUTION}\n{marked(TEXT)}\n\n" + marked(footer)
    assert decided(read(text)) == {("approve", "A-12", "")}
