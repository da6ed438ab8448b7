"""What every shape is made of: the letter's parts, quoting, answers between its lines, and the octets of a reply.

A shape is a function `(letter, answers, sender, now) -> bytes`; an answer is anything with `ref` (None: words about
nothing) and `text`. Standard library only, and no knowledge of how a reply is read.
"""

from __future__ import annotations

import hashlib
import html
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from typing import Protocol

LONGEST_LINE = 998  # octets (RFC 5322 §2.1.1)


class Said(Protocol):
    """One thing that a member writes."""

    @property
    def ref(self) -> str | None:
        """The item's reference; None for words about nothing."""

    @property
    def text(self) -> str:
        """The words, one line or more."""


Shape = Callable[[bytes, Sequence[Said], str, datetime], bytes]


# The letter


@cache
def header_of(letter: bytes, name: str) -> str:
    """A header field, decoded; "" if it has none."""
    return str(message_from_bytes(letter, policy=policy.default).get(name, ""))


def lines_of(letter: bytes) -> list[str]:
    """The lines of its text part."""
    return _text_of(letter).split("\n")


@cache
def _text_of(letter: bytes) -> str:
    body = message_from_bytes(letter, policy=policy.default).get_body(("plain",))
    return body.get_content().replace("\r\n", "\n").rstrip("\n") if body else ""


@cache
def html_of(letter: bytes) -> str:
    """What stands in the body of its HTML part."""
    body = message_from_bytes(letter, policy=policy.default).get_body(("html",))
    if body is None:
        return "".join(f"<div>{html.escape(line) or '<br>'}</div>\n" for line in lines_of(letter))
    found = re.search(r"<body[^>]*>(.*)</body>", body.get_content(), re.DOTALL | re.IGNORECASE)
    return found[1] if found else body.get_content()


def told(letter: bytes, how: str) -> str:
    """An attribution: `how` with {who}, {name}, {address}, {to} and {subject} of the letter."""
    who = header_of(letter, "From")
    found = re.fullmatch(r'"?(.*?)"?\s*<(.*)>', who)
    name, address = (found[1], found[2]) if found else (who, who)
    to, subject = header_of(letter, "To"), header_of(letter, "Subject")
    return how.format(who=who, name=name, address=address, to=to, subject=subject)


# Quoting


def marked(lines: Iterable[str], mark: str = "> ") -> list[str]:
    """Each line behind a mark."""
    return [(mark + line).rstrip() for line in lines]


def wrapped(lines: Iterable[str], width: int, again: str = "") -> list[str]:
    """Lines of at most `width` columns; what goes on in the next line gets the mark `again`."""
    return [
        part
        for line in lines
        for part in textwrap.wrap(line, width, subsequent_indent=again, break_long_words=False, break_on_hyphens=False)
        or [""]
    ]


# Answers


def line_of(answer: Said) -> str:
    """An answer that stands away from its item."""
    return answer.text if answer.ref is None else f"{answer.ref} {answer.text}"


def at_once(answers: Sequence[Said]) -> str:
    """All answers in one place, a line for each."""
    return "\n".join(line_of(answer) for answer in answers)


def _free(answers: Sequence[Said]) -> list[str]:
    return [answer.text for answer in answers if answer.ref is None]


def _by_item(answers: Sequence[Said]) -> dict[str, str]:
    return {answer.ref: answer.text for answer in answers if answer.ref is not None}


def _names(text: str, ref: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(ref)}(?!\w)", text) is not None


def _is_head(line: str) -> bool:
    return re.match(r"[\s>|:]*\d{1,3}\. [A-Z]-\d+\s", line) is not None


def between(lines: Sequence[str], answers: Sequence[Said], *, at_end: bool = False, gap: bool = True) -> str:
    """The quoted lines, each answer under the head of its item, or at the end of its block."""
    out, waiting, held = _free(answers), _by_item(answers), ""
    for line in lines:
        if held and (_is_head(line) or "====" in line):
            out += ["", held, ""]
            held = ""
        out.append(line)
        ref = next((ref for ref in waiting if _is_head(line) and _names(line, ref)), None)
        if ref is not None and at_end:
            held = waiting.pop(ref)
        elif ref is not None:
            out += ["", waiting.pop(ref), ""] if gap else [waiting.pop(ref)]
    return "\n".join([*out, *([held] if held else []), *(f"{ref} {text}" for ref, text in waiting.items())])


def rows(text: str, tag: str = "div", inner: str = "{}") -> str:
    """Each line in an element of its own."""
    lines = text.split("\n") if text else []
    return "".join(
        f"<{tag}>{inner.format(html.escape(line)) if line else '<br>'}</{tag.split(maxsplit=1)[0]}>" for line in lines
    )


_OPENING = re.compile(r"<(/?)([a-zA-Z][\w-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_VOID = {"br", "hr", "img", "meta", "link", "wbr", "input"}


def opened_at(rich: str, place: int) -> list[str]:
    """The start tags of the elements that are open here, outermost first."""
    tags: list[tuple[str, str]] = []
    for found in _OPENING.finditer(rich, 0, place):
        name = found[2].lower()
        if found[1]:
            last = next((n for n in range(len(tags) - 1, -1, -1) if tags[n][0] == name), None)
            tags = tags[:last] if last is not None else tags
        elif name not in _VOID:
            tags.append((name, found[0]))
    return [tag for _, tag in tags]


def html_pieces(rich: str, answers: Sequence[Said], *, at_end: bool = False) -> list[tuple[str, str]]:
    """The HTML cut where answers stand, each piece whole in itself: (piece, the answer below it, "" under the last)."""
    waiting = _by_item(answers)
    heads = list(re.finditer(r"<h2[^>]*>(.*?)</h2>", rich, re.DOTALL))
    cuts: list[tuple[int, str]] = []
    for n, head in enumerate(heads):
        shown = html.unescape(re.sub(r"<[^>]+>", "", head[1]))
        ref = next((ref for ref in waiting if _names(shown, ref)), None)
        if ref is not None:
            end = heads[n + 1].start() if n + 1 < len(heads) else head.end()
            cuts.append((end if at_end else head.end(), waiting.pop(ref)))
    left = "\n".join(f"{ref} {text}" for ref, text in waiting.items())
    pieces, begin, before = [], 0, ""
    for place, words in [*cuts, (len(rich), left)]:
        still = opened_at(rich, place)
        ends = "".join(f"</{tag[1:-1].split(maxsplit=1)[0]}>" for tag in reversed(still))
        pieces.append((before + rich[begin:place] + ends, words))
        begin, before = place, "".join(still)
    return pieces


_THEIRS = re.compile(r'<div class="(?:x_)?theirs"[^>]*>.*?</div>', re.DOTALL)


def typed_in_texts(rich: str, answers: Sequence[Said]) -> str:
    """The HTML with each answer typed at the end of its item's text, in the element that draws the line beside it."""
    waiting = _by_item(answers)
    heads = [*re.finditer(r"<h2[^>]*>(.*?)</h2>", rich, re.DOTALL)]
    for n in range(len(heads) - 1, -1, -1):
        shown = html.unescape(re.sub(r"<[^>]+>", "", heads[n][1]))
        ref = next((ref for ref in waiting if _names(shown, ref)), None)
        if ref is None:
            continue
        end = heads[n + 1].start() if n + 1 < len(heads) else len(rich)
        box = _THEIRS.search(rich, heads[n].end(), end)
        place = box.end() - len("</div>") if box else heads[n].end()
        rich = rich[:place] + rows(waiting.pop(ref), "p class=MsoNormal") + rich[place:]
    return rows("\n".join(f"{ref} {text}" for ref, text in waiting.items())) + rich


@cache
def made_of_html(letter: bytes) -> str:
    """Text as a plain program makes it of the letter's HTML: its blocks as paragraphs, and nothing that is drawn."""
    rich = re.sub(r"(?is)<style.*?</style>|\s*\n\s*", " ", html_of(letter))
    rich = re.sub(r"(?i)<li[^>]*>", "\n * ", re.sub(r"(?i)<br[^>]*>", "\n", rich))
    rich = re.sub(r"(?i)</(?:p|h\d|div|ul)>", "\n\n", rich)
    lines = (" ".join(line.split()) for line in html.unescape(re.sub(r"<[^>]+>", "", rich)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


# The reply as octets


def envelope_fields(letter: bytes, sender: str, now: datetime, agent: str, prefix: str) -> EmailMessage:
    """A mail that answers the letter, without a body."""
    message = EmailMessage(policy=policy.SMTP.clone(max_line_length=LONGEST_LINE))
    subject = header_of(letter, "Subject")
    message["From"] = sender
    message["To"] = header_of(letter, "Reply-To") or header_of(letter, "From")
    message["Subject"] = subject if subject.lower().startswith(prefix.lower()) else prefix + subject
    message["Date"] = format_datetime(now)
    digest = hashlib.sha256(f"{agent}{sender}{now}{subject}".encode()).hexdigest()[:16]
    message["Message-ID"] = f"<{re.sub(r'[^a-z0-9]', '', agent.lower())}.{digest}@client.example>"
    message["In-Reply-To"] = header_of(letter, "Message-ID")
    message["References"] = f"{header_of(letter, 'References')} {header_of(letter, 'Message-ID')}".strip()
    message["User-Agent"] = agent
    return message


def reply(  # noqa: PLR0913 - a mail has that many sides
    letter: bytes,
    sender: str,
    now: datetime,
    plain: str | None,
    rich: str | None = None,
    *,
    agent: str,
    prefix: str = "Re: ",
    charset: str = "utf-8",
    encoding: str | None = None,
) -> bytes:
    """A reply to the letter with a text part, an HTML part, or both."""
    message = envelope_fields(letter, sender, now, agent, prefix)
    if plain is not None:
        message.set_content(plain.rstrip("\n") + "\n", charset=charset, cte=encoding)
        if rich is not None:
            message.add_alternative(rich, subtype="html")
    elif rich is not None:
        message.set_content(rich, subtype="html", charset=charset, cte=encoding)
    return message.as_bytes()
