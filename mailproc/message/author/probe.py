"""A mail of the desk to itself that carries forged results, to see whether our mail server takes them out.

It bears Authentication-Results in our server's name, spelt in every way that may pass for it, and a token made with the
desk's key, so that nobody else can make one. What comes back tells which host took it in, what it wrote itself, and
what it left in. Only what `results` would read as our server's is dangerous; other spellings are never believed.

The token counts once, for a day, and for the names that it lists. A stranger who gets hold of a probe can send it
again: that proves nothing any more, and what is left in then counts against the server all the same. Pure; the desk
makes the key's part, keeps what was found, and sends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from mailproc.message.author.place import Trust, small, trace_of
from mailproc.message.author.results import FIELD, read
from mailproc.message.model import HeaderField

TOKEN = "X-Mailproc-Probe"  # noqa: S105 - a field's name
LASTS, SKEW = timedelta(days=1), timedelta(minutes=10)
BELIEVABLE = ("below", "clean")  # results of a probe after which a host is believed below its own Received field
MOST_NAMES = 6  # for which fields are forged in one mail
NOBODY = "probe@mailproc.invalid"  # RFC 2606 §2: no policy of any domain stops a mail from there
_TOKEN = re.compile(r"v=1; t=(\d{1,12}); n=([0-9a-z]{16,32}); a=([^\s;]{1,800}); m=([0-9a-z]{26})")

# Ways to write it: {name} is our server's, {said} what it would say. RFC 8601 §2.2, RFC 5322 §2.2.3 and §4
SPELLINGS = {
    "plain": "Authentication-Results: {name}; {said}",
    "field-in-capitals": "AUTHENTICATION-RESULTS: {name}; {said}",
    "name-in-capitals": "Authentication-Results: {NAME}; {said}",
    "name-in-quotes": 'Authentication-Results: "{name}"; {said}',
    "with-a-version": "Authentication-Results: {name} 1; {said}",
    "comment-before": "Authentication-Results: (x) {name}; {said}",
    "comment-behind": "Authentication-Results: {name} (x); {said}",
    "folded": "Authentication-Results:\r\n {name};\r\n {said}",
    "dot-behind": "Authentication-Results: {name}.; {said}",
    "blank-before-colon": "Authentication-Results : {name}; {said}",
    "no-blanks": "Authentication-Results:{name};{said}",
    "dkim-alone": "Authentication-Results: {name}; dkim=pass header.d={mark}",
    "spf-alone": "Authentication-Results: {name}; spf=pass smtp.mailfrom={mark}",
    "dmarc-alone": "Authentication-Results: {name}; dmarc=pass header.from={mark}",
    "below-a-hop-of-ours": "Received: from x ([192.0.2.1]) by {name} with ESMTP id {mark}; {date}\r\n"
    "Authentication-Results: {name}; {said}",
}


@dataclass(frozen=True, slots=True)
class Token:
    """What makes a mail a probe of ours."""

    made_at: datetime
    nonce: str
    names: tuple[str, ...]  # authserv-ids, small letters
    mac: str = ""

    @property
    def text(self) -> str:
        """What the key's part is made of."""
        return f"probe\0{int(self.made_at.timestamp())}\0{self.nonce}\0{','.join(self.names)}"

    @property
    def field(self) -> str:
        """The header field's value."""
        return f"v=1; t={int(self.made_at.timestamp())}; n={self.nonce}; a={','.join(self.names)}; m={self.mac}"


@dataclass(frozen=True, slots=True)
class Found:
    """What came back.

    `result` is "above" or "below" (its own results stand there, and nothing forged is left), "clean" (nothing forged is
    left, and it wrote nothing itself), "left-in", "inside" (the mail did not come from outside, and the server left it
    as it was) or "no-border" (no host says that it took it in).
    """

    result: str
    host: str = ""  # that took it in, as its Received field says
    hops: int = 0  # of ours above that
    between: tuple[str, ...] = ()
    left: tuple[str, ...] = ()  # spellings of SPELLINGS that are there and would be read as our server's


def compose(token: Token, to: str, sender: str, domain: str) -> bytes:
    """The whole mail, with CRLF; `sender` is its author, `domain` that of its Message-ID."""
    date = format_datetime(token.made_at)
    forged = [line for name in token.names for line in _forged(name, token, date)]
    last = [line for line in forged if " :" in line.partition(":")[0] + ":"]  # where some end the header
    forged = [line for line in forged if line not in last]
    head = [
        *forged[: len(forged) // 2],
        f"From: mailproc <{sender}>",
        *forged[len(forged) // 2 :],
        f"To: <{to}>",
        "Subject: Probe of the mail server",
        f"Date: {date}",
        f"Message-ID: <probe.{token.nonce}@{domain}>",
        "Auto-Submitted: auto-generated",
        f"{TOKEN}: {token.field}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=us-ascii",
        *last,
    ]
    body = (
        "mailproc sent this mail to itself. Its header claims, in the name of your mail",
        "server, what only that server may say. `mailproc doctor` tells what became of it.",
    )
    return "\r\n".join([*head, "", *body, ""]).encode("ascii", "replace")


def _forged(name: str, token: Token, date: str) -> Iterable[str]:
    for spelling, shape in SPELLINGS.items():
        mark = f"{spelling}.{token.nonce}.invalid"
        said = f"dkim=pass header.d={mark}; spf=pass smtp.mailfrom={mark}; dmarc=pass header.from={mark}"
        yield shape.format(name=name, NAME=name.upper(), said=said, mark=mark, date=date)


def token_of(fields: Iterable[HeaderField]) -> Token | None:
    """The token of a mail that says that it is a probe; whether it is ours is for the key to say."""
    values = [field.value for field in fields if field.name.lower() == TOKEN.lower()]
    found = _TOKEN.fullmatch(" ".join(values[0].split())) if len(values) == 1 else None
    if found is None:
        return None
    try:
        made_at = datetime.fromtimestamp(int(found[1]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return Token(made_at, found[2], tuple(found[3].split(",")), found[4])


def is_timely(token: Token, came_at: datetime) -> bool:
    """It was made within the day before it came."""
    return -SKEW <= came_at - token.made_at <= LASTS


def found(fields: Sequence[HeaderField], token: Token, trust: Trust) -> Found:
    """What the mail server made of it."""
    names = small(token.names)
    trace = trace_of(fields, trust)
    forged, own = _results(fields, names, token)
    border = trace.border
    if border is None or not border.is_sure:
        return Found("no-border", left=forged)
    above = any(field.authserv_id in names for run in trace.above for field in run)
    result = "above" if above else "below" if own else "clean"
    if forged:
        result = "left-in" if above or own or border.is_from_outside else "inside"
    between = trace.gap[: trace.gap.index(FIELD)] if result == "below" and FIELD in trace.gap else ()
    return Found(result, border.by, len(trace.hops), between, forged)


def _results(fields: Sequence[HeaderField], names: frozenset[str], token: Token) -> tuple[tuple[str, ...], bool]:
    """The spellings that are left, and whether the server wrote results of its own."""
    forged: list[str] = []
    own = False
    mark = re.compile(rf"([a-z-]+)\.{re.escape(token.nonce)}\.invalid", re.IGNORECASE)
    for field in fields:
        if field.name.lower() != FIELD or read(field.value).authserv_id not in names:
            continue
        if spelt := mark.search(field.value):
            forged.append(spelt[1].lower())
        else:
            own = True
    return tuple(dict.fromkeys(forged)), own
