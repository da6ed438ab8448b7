"""A Received field, as mail servers write it and as strangers may bend it (RFC 5321 §4.4).

`from HELO (TCP information) by HOST (comments) via LINK with PROTOCOL id ID for <PATH>; date`

HELO, paths and comments hold what a client says, so the word "by" may stand in any of them, with a host of ours behind
it. `by` and `protocol` are read behind the TCP information, which is right for people. Only where no
second reading exists (`is_sure`) may anything be believed for it. Never raises; linear in the field.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

MAX_CHARACTERS = 8192
_BY = re.compile(r"(?<!\S)by(?!\S)", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![\w.:])(?:IPv6:)?((?:[0-9]{1,3}\.){3}[0-9]{1,3}|[0-9a-f:]*:[0-9a-f:.]+)(?![\w.:])", re.IGNORECASE
)
# what no stranger's client has: RFC 1918 §3, RFC 6598 §7, RFC 3927 §2.1, RFC 4193 §3.1, RFC 4291 §2.5, and loopback
_INSIDE = [
    *map(ip_network, ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12")),
    *map(ip_network, ("192.168.0.0/16", "::/128", "::1/128", "fc00::/7", "fe80::/10")),
]
_SMTP = frozenset({"smtp", "esmtp", "esmtps", "utf8smtp", "utf8smtps"})  # RFC 3848 §1, RFC 6531 §4.3: without AUTH


@dataclass(frozen=True, slots=True)
class Received:
    """One field."""

    by: str  # the host that wrote it, small letters; "" if it does not say
    protocol: str  # the word after "with", small letters; "" for none
    sender: str  # what it says of where the mail came from
    clients: tuple[str, ...]  # addresses of hosts in that
    is_sure: bool  # it can be read in one way only

    @property
    def is_from_outside(self) -> bool:
        """By SMTP, from a host that is not of our own network and did not give a password."""
        return self.protocol in _SMTP and bool(self.clients) and not any(map(_is_inside, self.clients))


def received(value: str) -> Received:
    """An unfolded field's value."""
    text = value[:MAX_CHARACTERS]
    words, whole = _words(text)
    at = _place_of_by(words)
    front = words[:at]
    by = words[at + 1].lower() if at < len(words) - 1 else ""
    return Received(
        by=by.rstrip(".") if by.isascii() else "",
        protocol=_protocol(words[at + 2 :]),
        sender=" ".join(front).removeprefix("from ").strip(),
        clients=tuple(found[1] for found in _ADDRESS.finditer(" ".join(front))),
        is_sure=whole and bool(by) and len(_BY.findall(text)) == 1 and len(value) <= MAX_CHARACTERS,
    )


def _words(text: str) -> tuple[list[str], bool]:
    """The words before the date, each comment (RFC 5322 §3.2.2) one of them; and whether every comment ends."""
    words = [""]
    depth, escaped = 0, False
    for char in text:
        if depth:
            words[-1] += char
            depth += 0 if escaped else (char == "(") - (char == ")")
            escaped = char == "\\" and not escaped
            words += [] if depth else [""]
        elif char == "(":
            words.append(char)
            depth, escaped = 1, False
        elif char == ";":
            break
        elif char.isspace():
            words.append("")
        else:
            words[-1] += char
    return [word for word in words if word], not depth


def _place_of_by(words: Sequence[str]) -> int:
    """Where the "by" stands that the server wrote: the last one directly behind a comment, else the first."""
    places = [at for at, word in enumerate(words[:-1]) if word.lower() == "by" and not _is_comment(words[at + 1])]
    behind = [at for at in places if at and _is_comment(words[at - 1])]
    return behind[-1] if behind else places[0] if places else len(words)


def _is_comment(word: str) -> bool:
    return word.startswith("(")


def _protocol(behind: Sequence[str]) -> str:
    """The word after "with", which follows the host, or "via" and its word."""
    said = [word.lower() for word in behind if not _is_comment(word)]
    said = said[2:] if said[:1] == ["via"] else said
    return said[1] if said[:1] == ["with"] and len(said) > 1 else ""


def _is_inside(client: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(client)
    except ValueError:
        return True  # nobody knows
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in net for net in _INSIDE)
