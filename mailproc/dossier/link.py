"""Links in the words of a mail, and when two of them are one: they are compared, and never fetched.

**The rule.** Two links are one if they agree after this: `http` counts as `https`, and `www.` before the host does not
count; scheme and host in small letters, a final dot of the host, the usual port, user and password left out; in path
and query what may stand unescaped is unescaped, other escapes in capitals, `.` and `..` resolved (RFC 3986 §6.2.2);
no empty query, no `/` at the end, nothing behind `#` unless it begins with `!` or `/` (a page of its own there); of
the query no parameters that only say how somebody came by the link (`TRACKS`), the others in their order. What is left
is the link's key. Shown is the link as it was first written.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, unquote_to_bytes

MAX_LINKS = 500  # of one mail
MAX_HOST = 255  # octets (RFC 1035 §2.3.4)
MAX_WORDS = 200  # characters
_SHORT_LINE = 80  # characters of a line above a link that speaks of it
TRACKS = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|piwik_\w+|hsa_\w+|_hs\w+|mc_[ce]id|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|twclid"
    r"|ttclid|igshid|igsh|mkt_tok|vero_id|oly_\w+_id|wickedid|ref_src|cmpid|s_cid|_ga|_gl"
)
_LINK = re.compile(r"(?<![\w@/.])(?:https?://|www\.(?=[\w-]+\.))[^\s<>\"“”„«»]{1,2000}", re.IGNORECASE)
_BROKEN = re.compile(r"<((?:https?://|www\.)[^<>\"]{1,2000})>", re.IGNORECASE)  # RFC 3986 §C
_BREAK = re.compile(r"[ \t]*\n[ \t>]*")
_PARTS = re.compile(r"(?:(https?)://)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_UNRESERVED = string.ascii_letters + string.digits + "-._~"
_PATH, _QUERY = "/:@!$&'()*+,;=", "/?:@!$'()*+,;="
_PORTS = {"http": "80", "https": "443"}
_CLOSING = {")": "(", "]": "[", "}": "{"}
_EDGES = " \t-\u2013—*•·:;,.|()[]{}\"'“”„«»<>"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as somebody wrote it."""

    url: str  # with a scheme; as written else
    words: str  # what stands before it on its line, or on the one above; "" for nothing
    line: int  # counted from 0

    @property
    def key(self) -> str:
        """By what it is compared."""
        return key_of(self.url)

    @property
    def sha256(self) -> str:
        """Of its key, hex: what a piece of this link is known by."""
        return sha256(self.key.encode()).hexdigest()


def links_in(text: str) -> tuple[Link, ...]:
    """Each link once, the first spelling of each, in the order in which they stand."""
    found: dict[str, Link] = {}
    for link in _links(_on_one_line(text)):
        found.setdefault(link.key, link)
        if len(found) == MAX_LINKS:
            break
    return tuple(found.values())


def key_of(url: str) -> str:
    """By what a link is compared; see the rule above."""
    found = _PARTS.match(url)
    scheme, host, path, query, fragment = (part or "" for part in found.groups()) if found else ("", "", url, "", "")
    host = _host(host.rpartition("@")[2], scheme.lower() or "http")
    path = _without_dots(_escaped(path, _PATH)).rstrip("/")
    asked = _escaped(query, _QUERY + "&").split("&")
    kept = [each for each in asked if each and not TRACKS.fullmatch(each.partition("=")[0].lower())]
    at = f"#{fragment}" if fragment.startswith(("!", "/")) else ""
    return f"https://{host}{path}{'?' if kept else ''}{'&'.join(kept)}{at}"


def without_links(text: str) -> str:
    """The text with its links taken out."""
    return _LINK.sub("", _on_one_line(text))


def _links(text: str) -> Iterator[Link]:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        end = 0
        for match in _LINK.finditer(line):
            url = _trimmed(match[0])
            if not _has_a_host(url):
                continue
            above = lines[number - 1] if number and not end else ""
            yield Link(_with_scheme(url), _words(line, end, match.start(), match.start() + len(url), above), number)
            end = match.start() + len(url)


def _on_one_line(text: str) -> str:
    """A link in angle brackets may be broken over lines: "<https://a.example/one/", "two>"."""
    return _BROKEN.sub(lambda found: f"<{_BREAK.sub('', found[1].strip())}>", text) if "<" in text else text


def _trimmed(url: str) -> str:
    """Without the sentence's marks behind it; a bracket stays that it opened itself."""
    while url:
        last = url[-1]
        if last in ".,;:!?'\u2019*_~|…" or (last in _CLOSING and url.count(last) > url.count(_CLOSING[last])):
            url = url[:-1]
        else:
            break
    return url


def _with_scheme(url: str) -> str:
    return url if "://" in url else f"https://{url}"


def _has_a_host(url: str) -> bool:
    found = _PARTS.match(_with_scheme(url))
    return found is not None and any(char.isalnum() for char in found[2] or "")


def _words(line: str, after: int, start: int, end: int, above: str) -> str:
    """What somebody says of a link: before it on its line, behind it, or on the short line above it."""
    before = line[after:start].strip(_EDGES)
    if before:
        return before[-MAX_WORDS:].strip(_EDGES)
    behind = _LINK.split(line[end : end + 2 * MAX_WORDS], maxsplit=1)[0].strip(_EDGES)
    if behind:
        return behind[:MAX_WORDS].strip(_EDGES)
    told = above.strip(_EDGES)
    return told[-MAX_WORDS:] if len(told) <= _SHORT_LINE and not _LINK.search(told) else ""


def _host(host: str, scheme: str) -> str:
    found = re.fullmatch(r"(.*?)[.:]*(?::(\d+))?", host[:MAX_HOST].rstrip(".:"), re.DOTALL)
    name, port = (found[1], found[2] or "") if found else (host, "")
    with suppress(UnicodeError):  # a name that no host can have is compared as it stands
        name = name.encode("idna").decode() if not name.isascii() else name
    name = re.sub(r"^(?:www\.)+(?=.)", "", name.lower())
    return name if port in {"", _PORTS.get(scheme)} else f"{name}:{port}"


def _escaped(part: str, safe: str) -> str:
    """What may stand unescaped is unescaped; other escapes in capitals (RFC 3986 §6.2.2.1, §6.2.2.2)."""
    pieces = re.split(r"(%[0-9A-Fa-f]{2})", part)
    return "".join(_escape(piece) if n % 2 else quote(piece, safe=safe + _UNRESERVED) for n, piece in enumerate(pieces))


def _escape(escape: str) -> str:
    char = unquote_to_bytes(escape).decode("latin-1")
    return char if char in _UNRESERVED else escape.upper()


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4."""
    kept: list[str] = []
    for part in path.split("/"):
        if part == "..":
            del kept[max(1, len(kept) - 1) :]
        elif part != ".":
            kept.append(part)
    return "/".join(kept)
