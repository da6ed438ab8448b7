"""What an Authentication-Results field says (RFC 8601 §2.2), each result read by itself.

Parts of the values are a sender's: a local part, a HELO name, what a filter quotes. So the field is cut where the
grammar cuts it, outside quoted strings and comments, and a value never becomes a result. A result that cannot be read
leaves the others as they are, and stays in the list: whoever judges must know that something was said. A quoted string
or a comment that never ends may hide anything: the field is not `whole`, and only what stands before it is given.
Nothing here raises, and nothing is judged. Linear in the field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

FIELD = "authentication-results"
MAX_CHARACTERS = 8192  # of a field
# RFC 8601 §2.2: authserv-id [version]. A name in quotes is one, too; but no server that we know writes one.
_HEAD = re.compile(r'\s*+([^\s"();=<>@,:\[\]?\\/]++)(?:\s++([0-9]++))?\s*+')
_METHOD = re.compile(
    r"\s*+([a-z0-9][\w.-]*+)\s*+(?:/\s*+([0-9]++)\s*+)?=\s*+([a-z0-9][\w.-]*+)(?=\s|\Z)", re.ASCII | re.IGNORECASE
)
# ptype "." property "=" value; without ptype what has no place there: reason=, and action= of Exchange
_PROPERTY = re.compile(
    r"\s++([a-z0-9][\w-]*+)\s*+(?:\.\s*+([a-z0-9][\w.-]*+)\s*+)?="
    r'\s*+(?:"((?:[^"\\]|\\.)*+)"(@[^\s"]++)?|([^\s"]*+))(?=\s|\Z)',
    re.ASCII | re.IGNORECASE | re.DOTALL,
)
_SPEAKS = re.compile(r"\b(?:dkim|dmarc|spf|arc|auth)\s*+=", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result; names and results in small letters."""

    method: str  # where it cannot be read: "dmarc" if it may have been that, else ""
    value: str  # "pass", "fail" …; "" where it cannot be read
    properties: tuple[tuple[str, str], ...] = ()  # ("header.from", "Example.org"), in order
    is_odd: bool = False  # something in it is no property: it may say that something failed, and no more

    @property
    def failed_dmarc(self) -> bool:
        """It says that the author is not who From says."""
        return (self.method, self.value) == ("dmarc", "fail")

    def all_of(self, name: str) -> list[str]:
        """The values of a property, as they are written."""
        return [value for given, value in self.properties if given == name]


@dataclass(frozen=True, slots=True)
class Results:
    """One field."""

    authserv_id: str  # small letters; "" if it cannot be read, or its version is none that we know
    results: tuple[Result, ...] = ()
    whole: bool = True  # read to its end


def read(value: str) -> Results:
    """What an unfolded field says."""
    segments, whole = _segments(value[:MAX_CHARACTERS])
    head = _HEAD.fullmatch(segments[0])
    if head is None or head[2] not in (None, "1"):
        return Results("")
    name = head[1].lower() if head[1].isascii() else head[1]  # a Kelvin sign in small letters is a k
    said = [_result(each) for each in segments[1:] if each.strip().lower() not in ("", "none")]
    return Results(name, tuple(said), whole and len(value) <= MAX_CHARACTERS)


def authserv_id(value: str) -> str:
    """Whose field an unfolded one says that it is, small letters; "" if that cannot be read."""
    return read(value).authserv_id


def _segments(value: str) -> tuple[list[str], bool]:
    """The parts between semicolons, a blank for each comment; and whether each quotation and comment ends and is mute.

    One that names a method's result, or holds half of a quotation, may be a sender's words that a filter copied, and
    may hide what the filter itself said.
    """
    segments: list[str] = []
    kept: list[str] = []
    aside: list[str] = []  # what is quoted or a comment; each ends with a blank
    depth, quoted, escaped, sure = 0, False, False, 0  # sure: what was kept before the mark that is open now
    for char in value:
        if quoted:
            kept.append(char)
            aside.append(char if char != '"' or escaped else " ")
            quoted = escaped or char != '"'
            escaped = char == "\\" and not escaped
        elif depth and (escaped or char not in "()"):
            aside.append(char)
            escaped = char == "\\" and not escaped
        elif char in "()" and (depth or char == "("):
            sure = sure if depth else len(kept)
            depth += 1 if char == "(" else -1
            aside.append(" ")
            kept += " " if not depth else ""
        elif char == ";":
            segments.append("".join(kept))
            kept = []
        else:
            quoted, sure = char == '"', len(kept)
            kept.append(char)
    said = "".join(aside)
    whole = not (quoted or depth or _SPEAKS.search(said) or said.count('"') % 2)
    return [*segments, "".join(kept if not (quoted or depth) else kept[:sure])], whole


def _result(segment: str) -> Result:
    method = _METHOD.match(segment)
    if method is None or method[2] not in (None, "1"):  # RFC 8601 §2.2: a version of the method that we do not know
        return Result("dmarc" if "dmarc" in segment.lower() else "", "", is_odd=True)
    at, properties = method.end(), []
    while found := _PROPERTY.match(segment, at):
        ptype, name, content, behind, bare = found.groups()
        value = bare if content is None else f'"{content}"{behind}' if behind else _ESCAPED.sub(r"\1", content)
        if name:
            properties.append((f"{ptype}.{name}".lower(), value))
        at = found.end()
    names = [name for name, _ in properties]
    is_odd = bool(segment[at:].strip()) or len({*names}) < len(names) or not _are_identities(properties)
    return Result(method[1].lower(), method[3].lower(), tuple(properties), is_odd)


def _are_identities(properties: list[tuple[str, str]]) -> bool:
    """Whether each `header.i` is what it must be: [local-part] @ domain (RFC 6376 §3.5)."""
    return all("@" in value for name, value in properties if name == "header.i")
