"""Who wrote this: the one question every act of an author or member asks (RFC 8601 §5, RFC 7489 §3.1, RFC 6376 §6).

An author is believed when our own MX says so in the one Authentication-Results field that only it can have written, or
when a signature of their own domain holds. The From text alone never is. Everything that is unclear is an Identity
without an address and with a reason slug, never an exception. ARC is not consulted: a forwarder's word is a stranger's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import authres
import idna
from publicsuffixlist import PublicSuffixList

from mailproc.message.author.signature import DkimResult, doubled_fields
from mailproc.message.field.address import canonical, split_subaddress
from mailproc.message.model import Address, HeaderField, Message

MAX_RESULTS_CHARACTERS = 8192  # of an Authentication-Results field; its parser is quadratic

# method -> the properties that name the domain it speaks of, the first one present counts (RFC 8601 §2.7)
_EVIDENCE = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}
# scripts whose letters pass for each other; one label of a domain uses one of them
_LOOKALIKES = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom we believe, from configuration."""

    authserv_ids: tuple[str, ...] = ()  # of our own MX (RFC 8601 §2.5)
    received_by: tuple[str, ...] = ()  # hosts that our own hops call themselves in "by" (RFC 5321 §4.4)
    own_addresses: tuple[str, ...] = ()  # addr-specs of the desk: mail from them is nobody's


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose mail it is, and how we know."""

    email: str | None  # the author's addr-spec as `address.canonical` writes it; None: nobody we can name
    method: str  # "dmarc", "dkim", "spf", or ""
    reason: str  # slug


def identify(message: Message, trust: Trust, dkim: Sequence[DkimResult] = ()) -> Identity:
    """The authenticated author; `dkim` is what `verify_dkim` gave for the same octets, () if nobody asked."""
    author = message.author
    if author is None:
        return Identity(None, "", "from-unclear")
    refusal = _refusal(message, author, trust)
    if refusal:
        return Identity(None, "", refusal)
    method, reason = _by_our_mx(message.header_fields, trust, author.domain)
    if not method and reason not in ("ar-doubled", "dmarc-fail"):
        method, reason = _by_signature(dkim, author.domain, reason)
    if not method:
        return Identity(None, "", reason)
    return Identity(canonical(author.email), method, reason)


def _refusal(message: Message, author: Address, trust: Trust) -> str:
    """Why no evidence can help this mail: a slug, or ""."""
    names = [field.name.lower() for field in message.header_fields]
    if doubled_fields(names):
        return "duplicate-fields"
    if not _a_labels(author.domain) or _mixes_scripts(author.domain):
        return "domain-unclear"
    if _without_detail(author.email) in {_without_detail(own) for own in trust.own_addresses}:
        return "own-address"
    if "list-id" in names:
        return "list-mail"  # RFC 2919 §3: what a list sends on is the list's, never a vote or a command
    return ""


def _without_detail(email: str) -> str:
    """The addr-spec without its subaddress (RFC 5233 §4), for comparing with our own."""
    local_part, _, domain = split_subaddress(canonical(email))
    return f"{local_part}@{domain}"


def _by_our_mx(fields: Sequence[HeaderField], trust: Trust, domain: str) -> tuple[str, str]:
    """(method, reason) of the one Authentication-Results field that our own MX wrote."""
    ids = {name.casefold() for name in trust.authserv_ids}
    ours = [value for value in _above_the_border(fields, trust) if authserv_id(value) in ids]
    if not ours:
        claims = (field.value for field in fields if field.name.lower() == "authentication-results")
        return "", "ar-below-border" if any(authserv_id(value) in ids for value in claims) else "no-authentication"
    if len(ours) > 1:
        return "", "ar-doubled"  # RFC 8601 §5: ours removes what claims to be ours; it did not, so neither counts
    results = _results(ours[0])
    if results is None:
        return "", "ar-unreadable"
    if any(found.method == "dmarc" and found.result == "fail" for found in results):
        return "", "dmarc-fail"
    for method, properties in _EVIDENCE.items():
        for found in results:
            passed = found.method == method and found.result == "pass"
            if passed and _aligned(_domain_named(found, properties), domain):
                return method, f"{method}-pass"
    return "", "ar-no-pass"


def _above_the_border(fields: Sequence[HeaderField], trust: Trust) -> list[str]:
    """Authentication-Results above the border: the first Received field of a host that is not one behind our MX.

    The MX that writes the results is the border itself, even where `received_by` names it: a sender's own fields stand
    below its Received field, and one of them may claim to be its Authentication-Results. Only its LMTP field, which
    tells how it handed the mail to its own store (RFC 2033 §5), stands behind the border: no mail comes in that way.
    """
    own = {host.casefold() for host in trust.received_by}
    writers = {name.casefold() for name in trust.authserv_ids}
    values = []
    for field in fields:
        name = field.name.lower()
        if name == "received" and not _is_behind(field.value, own, writers):
            break
        if name == "authentication-results":
            values.append(field.value)
    return values


def _is_behind(received: str, own: set[str], writers: set[str]) -> bool:
    """Whether a Received field is of a host behind the MX that writes the results."""
    host = receiver(received)
    return host in own and (host not in writers or protocol(received).startswith("lmtp"))


def receiver(received: str) -> str:
    """The host after "by" in a Received field (RFC 5321 §4.4), case-folded; "" if there is none."""
    words = _words(received)
    return words[words.index("by") + 1].rstrip(".") if "by" in words[:-1] else ""


def protocol(received: str) -> str:
    """The word after "by HOST with" in a Received field, case-folded: esmtps, lmtp; "" if it stands elsewhere."""
    words = _words(received)
    at = words.index("by") + 2 if "by" in words else len(words)
    return words[at + 1] if words[at : at + 1] == ["with"] and at + 1 < len(words) else ""


def _words(received: str) -> list[str]:
    """The words of a Received field before its date."""
    return _without_comments(received).partition(";")[0].casefold().split()


def _without_comments(value: str) -> str:
    """The field without its comments, which nest (RFC 5322 §3.2.2); text in a comment says nothing."""
    depth, escaped, kept = 0, False, []
    for char in value:
        if depth and escaped:
            escaped = False
        elif depth and char == "\\":
            escaped = True
        elif char == "(":
            depth += 1
        elif depth and char == ")":
            depth -= 1
            kept.append(" ")
        elif not depth:
            kept.append(char)
    return "".join(kept)


def authserv_id(value: str) -> str:
    """The authserv-id of an Authentication-Results field, case-folded; "" if it cannot be read."""
    head = _without_comments(value).partition(";")[0][:MAX_RESULTS_CHARACTERS]
    try:
        return str(authres.AuthenticationResultsHeader.parse_value(f"{head}; none").authserv_id).casefold()
    except (authres.AuthResError, RecursionError):
        return ""


def _results(value: str) -> list[authres.core.AuthenticationResult] | None:
    if len(value) > MAX_RESULTS_CHARACTERS:
        return None
    try:
        return list(authres.AuthenticationResultsHeader.parse_value(value).results)
    except (authres.AuthResError, RecursionError, AttributeError, TypeError):
        return None


def _domain_named(found: authres.core.AuthenticationResult, properties: Sequence[str]) -> str:
    """The domain a result speaks of; "" if it names none, or two."""
    named: dict[str, list[str]] = {}
    for given in found.properties:
        named.setdefault(f"{given.type}.{given.name}".lower(), []).append(str(given.value))
    for name in properties:
        if name in named:
            return named[name][0].rpartition("@")[2] if len(named[name]) == 1 else ""
    return ""


def _by_signature(dkim: Sequence[DkimResult], domain: str, otherwise: str) -> tuple[str, str]:
    """(method, reason) from our own check of the signatures; `otherwise` is the reason where there are none."""
    reasons = []
    for result in dkim:
        aligned = _aligned(result.domain, domain)
        if result.status == "pass" and aligned:
            return "dkim", "dkim-own-check"
        reasons.append("dkim-misaligned" if result.status == "pass" else result.reason)
    return "", reasons[0] if reasons else otherwise


def _aligned(claimed: str, domain: str) -> bool:
    """Relaxed alignment (RFC 7489 §3.1): the same organisational domain."""
    first, second = _a_labels(claimed), _a_labels(domain)
    if not first or not second:
        return False
    return first == second or (organisation(first) is not None and organisation(first) == organisation(second))


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def organisation(domain: str) -> str | None:
    """The registered domain above `domain`; None for a public suffix itself (RFC 7489 §3.2)."""
    found: str | None = _suffixes().privatesuffix(domain)
    return found


def _a_labels(domain: str) -> str:
    """A domain as the DNS has it (UTS 46, RFC 5891 §5), lower case; "" for what is none, such as a literal."""
    name = domain.strip().rstrip(".").lower()
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    labels = name.split(".")
    plain = all(label and label.replace("-", "").replace("_", "").isalnum() for label in labels)
    return name if plain and not labels[-1].isdecimal() else ""


def _mixes_scripts(domain: str) -> bool:
    """Whether one label mixes letters that pass for each other: a Cyrillic letter in example.org (catalogue S10)."""
    try:
        name = idna.decode(_a_labels(domain)) if "xn--" in domain.lower() else domain
    except idna.IDNAError:
        return True
    for label in name.split("."):
        scripts = {unicodedata.name(char, "").partition(" ")[0] for char in label if char.isalpha()}
        if len(scripts & _LOOKALIKES) > 1:
            return True
    return False
