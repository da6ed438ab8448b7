"""Addresses: who a mail says it is from, by a strict grammar, and whom else it names, by a lenient one.

`strict_from` is the only judge of identity: on anything that two readers could read differently it says
None (catalogue S06, S07); what an everyday slip means is `lenient`'s. `addresses` reads To, Cc and Reply-To for what
they are worth, in linear time.
Neither asks `email.utils` or `policy.default`, which answer alice for `alice@ex.org <evil@bad>`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import idna

from mailproc.message.field.header import clean, decode_words
from mailproc.message.model import Address

MAX_ADDRESSES = 1000  # catalogue S55
_VALUE_LIMIT = 256 * 1024  # catalogue I7: octets of one field that are read
_EMAIL_LIMIT = 254  # RFC 5321 §4.5.3.1.3: a path of 256 less its brackets
_LOCAL_LIMIT = 64  # RFC 5321 §4.5.3.1.1
_DOMAIN_LIMIT = 253

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_STRICT = re.compile(
    r'(?P<blank>\s+)|(?P<quoted>"(?:[^"\\]|\\.)*+")|(?P<comment>\([^()<>@\\]*+\))|(?P<angle><[^<>"\s]*+>)'
    r'|(?P<atom>[^\s"()<>,;:\\]+)'
)
# Every alternative may end early, so an unclosed quote is read once and not once per character after it.
_LENIENT = re.compile(
    r'(?P<quoted>"(?:[^"\\]|\\.)*+"?)|(?P<comment>\([^()]*+\)?)|(?P<angle><[^<>]*+>?)|(?P<end>[,;])'
    r'|(?P<group>:)|(?P<atom>[^\s"()<>,;:]+)'
)
_ATEXT = frozenset("!#$%&'*+-/=?^_`{|}~")  # RFC 5322 §3.2.3, beside letters and digits
_ESCAPED = re.compile(r"\\(.)")
_HIDDEN = re.compile(r"[^\s<>\"'()]+@[^\s<>\"'()]+")


def strict_from(values: Sequence[str]) -> Address | None:
    """The author: one field, one mailbox, nothing that can be read two ways; else None.

    `values` are the raw values of all From fields, encoded words (RFC 2047 §2) not decoded. The display name may be
    bare words, quoted or encoded; a comment may stand beside it if no address can hide in it. Groups,
    routes, lists, quoted local-parts, domain literals and NUL are refused. The domain comes in lower case.
    """
    if len(values) != 1 or len(values[0]) > _VALUE_LIMIT or _CONTROL.search(re.sub(r"\r?\n(?=[ \t])", "", values[0])):
        return None  # RFC 7489 §6.6.1: not exactly one From is no author
    tokens = _strict_tokens(values[0])
    if tokens is None:
        return None
    bare = [text for kind, text in tokens if kind == "atom"]
    angles = [text for kind, text in tokens if kind == "angle"]
    if angles:
        words_follow = any(kind != "comment" for kind, _ in tokens[_place(tokens, "angle") + 1 :])
        if len(angles) != 1 or words_follow or any("@" in word for word in bare):
            return None
        return _author(tokens, addr_spec_of(angles[0][1:-1]))
    if len(bare) != 1 or any(kind == "quoted" for kind, _ in tokens):
        return None
    return _author([token for token in tokens if token[0] == "comment"], addr_spec_of(bare[0]))


def _strict_tokens(value: str) -> list[tuple[str, str]] | None:
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(value):
        match = _STRICT.match(value, at)
        if match is None:
            return None
        at = match.end()
        if match.lastgroup not in (None, "blank"):
            tokens.append((str(match.lastgroup), match[0]))
    return tokens


def _place(tokens: list[tuple[str, str]], kind: str) -> int:
    return next(place for place, token in enumerate(tokens) if token[0] == kind)


def _author(tokens: list[tuple[str, str]], email: str | None) -> Address | None:
    if email is None:
        return None
    name, encoded = _name(tokens)
    if encoded and any(found != email for found in _HIDDEN.findall(name.lower())):
        return None  # catalogue S07: =?utf-8?q?alice=40ex.org?= <evil@bad>
    return Address(name, email)


def _name(tokens: list[tuple[str, str]]) -> tuple[str, bool]:
    """The display name for people, and whether encoded words were in it; a comment is the name of last resort."""
    words = [_unquoted(text) if kind == "quoted" else text for kind, text in tokens if kind in ("quoted", "atom")]
    if not words:
        words = [text.strip("()") for kind, text in tokens if kind == "comment"]
    written = " ".join(words)
    return clean(decode_words(written)), "=?" in written


def _unquoted(quoted: str) -> str:
    return _ESCAPED.sub(r"\1", quoted.removeprefix('"').removesuffix('"'))


def addr_spec_of(written: str, *, dots: bool = False) -> str | None:
    """RFC 5322 §3.4.1 addr-spec of dot-atoms (RFC 6532 §3.2: letters of any script), domain lower-cased; else None.

    `dots`: they may stand side by side or at an end of the local-part, as some providers gave them out.
    """
    local, at, domain = written.rpartition("@")
    domain = domain.lower()
    if not at or len(written) > _EMAIL_LIMIT or len(local) > _LOCAL_LIMIT:
        return None
    atoms = [atom for atom in local.split(".") if atom] if dots else local.split(".")
    if not (atoms and all(map(_is_atom, atoms)) and all(map(_is_label, domain.split(".")))):
        return None
    if not domain.isascii() and _a_label(domain) is None:
        return None
    return f"{local}@{domain}"


def _is_atom(text: str) -> bool:
    return bool(text) and all(_is_word(char) or char in _ATEXT for char in text)


def _is_label(text: str) -> bool:
    return bool(text) and text[0] != "-" != text[-1] and all(_is_word(char) or char in "-_" for char in text)


def _is_word(char: str) -> bool:
    return (char.isascii() and char.isalnum()) or (not char.isascii() and unicodedata.category(char)[0] in "LMN")


def _a_label(domain: str) -> str | None:
    if len(domain) > _DOMAIN_LIMIT:
        return None
    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        return None


def addresses(value: str) -> tuple[Address, ...]:
    """The mailboxes a To, Cc or Reply-To names, at most 1000; what is no address is passed over.

    Linear and lenient: groups are opened, comments and broken quotes survived. Never for identity.
    """
    found: list[Address] = []
    for tokens in _mailboxes(value[:_VALUE_LIMIT]):
        address = _lenient(tokens)
        if address is not None:
            found.append(address)
        if len(found) == MAX_ADDRESSES:
            break
    return tuple(found)


def _mailboxes(value: str) -> Iterator[list[tuple[str, str]]]:
    """The tokens of one mailbox after the other (RFC 5322 §3.4: a group's name ends with a colon)."""
    tokens: list[tuple[str, str]] = []
    for match in _LENIENT.finditer(value):
        kind = str(match.lastgroup)
        if kind == "end":
            yield tokens
            tokens = []
        elif kind == "group":
            tokens = []
        else:
            tokens.append((kind, match[0]))
    yield tokens


def _lenient(tokens: list[tuple[str, str]]) -> Address | None:
    angles = [text.strip("<> \t\r\n") for kind, text in tokens if kind == "angle"]
    bare = [text for kind, text in tokens if kind == "atom" and "@" in text]
    email = addr_spec_of((angles or bare or [""])[-1])
    if email is None:
        return None
    return Address(_name([token for token in tokens if angles or token[1] != bare[-1]])[0], email)


def canonical(email: str) -> str:
    """The addr-spec for comparing: local-part in lower case, domain as A-label (UTS 46) in lower case.

    A homograph keeps a form of its own (catalogue S10); dots and subaddresses count (catalogue S11).
    """
    local, _, domain = email.rpartition("@")
    ascii_domain = domain if domain.isascii() else _a_label(domain) or domain
    return f"{unicodedata.normalize('NFC', local).lower()}@{ascii_domain.lower()}"


def same_mailbox(one: str, other: str) -> bool:
    """Whether two addr-specs are one, or subaddresses of one: whoever has `victim@` has `victim+1@` (RFC 5233 §2)."""
    parts = [split_subaddress(canonical(email)) for email in (one, other)]
    return parts[0][::2] == parts[1][::2]


def is_of(email: str, domains: Iterable[str]) -> bool:
    """Whether an addr-spec is one of these domains, or of a domain below one of them."""
    domain = canonical(email).rpartition("@")[2]
    return any(
        domain == each or domain.endswith(f".{each}") for each in (known.casefold() for known in domains) if each
    )


def reachable(email: str) -> str:
    """The addr-spec as a letter carries it: an international domain by its A-labels (RFC 5891 §5), the rest in NFC.

    A local-part that is not ASCII needs SMTPUTF8 (RFC 6531 §3.2).
    """
    local, _, domain = email.rpartition("@")
    return f"{unicodedata.normalize('NFC', local)}@{domain if domain.isascii() else _a_label(domain) or domain}"


def is_local_part(text: str) -> bool:
    """RFC 5321 §4.1.2, RFC 6531 §3.3: atom characters of any script, and dots wherever they stand."""
    return bool(text) and all(char == "." or _is_word(char) or char in _ATEXT for char in text)


def as_path(email: str) -> str:
    """The addr-spec as a field or command holds it: a local-part whose dots make it no dot-atom stands in quotes."""
    local, _, domain = email.rpartition("@")
    return email if all(local.split(".")) else f'"{local}"@{domain}'  # RFC 5321 §4.1.2


def split_subaddress(email: str) -> tuple[str, str | None, str]:
    """`(local, tag, domain)`: `articles+T12@harbour.example` gives ("articles", "T12", "harbour.example").

    The tag is what follows the first plus (RFC 5233 §2), None without one.
    """
    whole, _, domain = email.rpartition("@")
    local, plus, tag = whole.partition("+")
    return local, tag if plus else None, domain
