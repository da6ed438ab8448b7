"""Who wrote this: the one question every act of an author or member asks (RFC 8601 §5, RFC 7489 §3.1, RFC 6376 §6).

An author is believed when our own MX says so in Authentication-Results fields that only it can have written (`place`),
or when a signature of their own domain holds. The From text alone never is. Everything that is unclear is an Identity
without an address and with a reason slug, never an exception. ARC is not consulted: a forwarder's word is a stranger's.

A proof says how far it reaches: a signature holds for the header fields that it lists, and for no others. Where our MX
vouches, the fields of the signature that it vouches for are read from the mail; where several could be meant, only what
all of them list counts, for a stranger may add one. What rests on SPF alone names a host that others may use, too: it
is the method "spf", whatever DMARC makes of it, and `purpose` lets it decide nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

from mailproc.message.author.echo import is_repeatable
from mailproc.message.author.place import Trust, Word, trace_of, word_of
from mailproc.message.author.results import FIELD, Result, Results
from mailproc.message.author.signature import DkimResult, Signature, doubled_fields, signatures_of
from mailproc.message.field.address import canonical, split_subaddress
from mailproc.message.model import Address, HeaderField, Message

_NONE: frozenset[str] = frozenset()
MAX_PROBED_BYTES = 10 << 20  # of a mail that a small probe says something of

# method -> the properties that name the domain it speaks of, the first one present counts (RFC 8601 §2.7)
_EVIDENCE = {"dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)}
# Fields of the way: who is written to, and what is answered. Where the author's own host brought the mail (SPF) and a
# signature of the author's holds for the rest, they are as that host gave them; large providers leave them unsigned.
_OF_THE_WAY = frozenset({"to", "cc", "in-reply-to", "references"})
# scripts whose letters pass for each other; one label of a domain uses one of them
_LOOKALIKES = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose mail it is, and how we know."""

    email: str | None  # the author's addr-spec as `address.canonical` writes it; None: nobody we can name
    method: str  # "dmarc", "dkim", "spf" (which alone is a host's and decides nothing), or ""
    reason: str  # slug
    covers: frozenset[str] | None = None  # header fields that the proof holds for; None: no signature tells, so all
    server: str = ""  # what our mail server's word came to, where it is not what proves: a slug

    @property
    def is_a_hosts(self) -> bool:
        """It rests on SPF alone: a host that others may use sent the mail, and nobody has signed it."""
        return self.method == "spf"

    @property
    def is_settled(self) -> bool:
        """Nothing that our own check of a signature finds could be better."""
        return _Proof(self.method, self.reason, self.covers).is_settled


@dataclass(frozen=True, slots=True)
class _Proof:
    """What some evidence comes to; as in Identity, but for whom."""

    method: str
    reason: str
    covers: frozenset[str] | None = None

    @property
    def is_settled(self) -> bool:
        """As Identity says."""
        return self.method not in ("", "spf") and self.covers != _NONE


def identify(
    message: Message, trust: Trust, dkim: Sequence[DkimResult] = (), reverse_path: str | None = None
) -> Identity:
    """The authenticated author; `dkim` is what `verify_dkim` gave for the same octets, () if nobody asked.

    `reverse_path` is the envelope's, None where nobody knows it.
    """
    author = message.author
    if author is None:
        return Identity(None, "", "from-unclear")
    refusal = _refusal(message, author, trust)
    if refusal:
        return Identity(None, "", refusal)
    if message.size > MAX_PROBED_BYTES:
        trust = replace(trust, proven=())  # filters let through unread what is too large for them
    found = _by_our_mx(message.header_fields, trust, author.domain, reverse_path)
    said = found.reason
    if not found.is_settled and found.reason != "dmarc-fail":
        own = _by_signature(dkim, author.domain, found.reason)
        found = own if own.method or not found.method else found
    said = "" if said in (found.reason, "no-authentication") else said
    if not found.method:
        return Identity(None, "", found.reason, server=said)
    return Identity(canonical(author.email), found.method, found.reason, found.covers, said)


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


def _by_our_mx(fields: Sequence[HeaderField], trust: Trust, domain: str, reverse_path: str | None) -> _Proof:
    """What the Authentication-Results that our own MX wrote prove."""
    trace = trace_of(fields, trust)
    word = word_of(trace, trust)
    if word.reason:
        return _Proof("", word.reason)
    signed = [s for s in signatures_of(fields) if s.is_one and _aligned(s.domain, domain)]
    bears_any = any(field.name.lower() == "dkim-signature" for field in fields)
    found = _by_results(word.fields, signed if bears_any else None, domain, prompted=_prompts(fields, word))
    if found.method and not is_repeatable(fields, trace, reverse_path):
        return _Proof("", "ar-repeats")
    return found


def _prompts(fields: Sequence[HeaderField], word: Word) -> bool:
    """Whether the mail bears what a filter of ours may have taken for another filter's word, and repeated as its own.

    OpenDMARC as Debian ships it reads SPF in Received-SPF, also in one that the sender wrote (catalogue S112).
    """
    names = [field.name.lower() for field in fields]
    # in whatever name a field speaks: filters read names otherwise than we do
    return names.count(FIELD) > len(word.fields) or "received-spf" in names


def _by_results(
    fields: Sequence[Results], signed: Sequence[Signature] | None, domain: str, *, prompted: bool
) -> _Proof:
    """What these results prove of an author at this domain; `signed`: its signatures, None: the mail bears nobody's.

    What cannot be read and may have been `dmarc=fail` is no pass of anything; our own check of a signature decides.
    """
    results = [result for field in fields for result in field.results]
    if any(result.failed_dmarc for result in results):
        return _Proof("", "dmarc-fail")
    unread = any(result.method == "dmarc" and not result.value for result in results)
    if unread or not all(field.whole for field in fields):
        return _Proof("", "ar-unreadable")
    passes = {method: _passes(fields, method, domain) for method in _EVIDENCE}
    method = next((method for method in _EVIDENCE if passes[method]), "")
    if method in ("", "spf"):
        return _Proof(method, f"{method}-pass" if method else "ar-no-pass")
    checked = [result for result in results if result.method == "dkim"]
    if not passes["dkim"] and (prompted or _is_spfs(checked, passes)):
        return _Proof("spf", "spf-alone")
    return _reach(_Proof(method, f"{method}-pass"), passes, signed)


def _is_spfs(checked: Sequence[Result], passes: Mapping[str, Sequence[Result]]) -> bool:
    """Whether DMARC, which passes by DKIM or SPF (RFC 7489 §4.2), passed by SPF, as what stands beside it tells."""
    unnamed = any(found.value == "pass" and not _names_a_domain(found) for found in checked)
    return bool(checked or passes["spf"]) and not unnamed


def _passes(fields: Sequence[Results], method: str, domain: str) -> list[Result]:
    """The passes of a method that are aligned with the author's domain, and that no other field contradicts."""
    named = [[found for found in field.results if found.method == method] for field in fields]
    if method == "dmarc" and any(found.value != "pass" for each in named for found in each):
        return []  # one From, one result (RFC 7489 §3.1)
    return [
        found
        for each in named
        for found in each
        if found.value == "pass" and not found.is_odd and _aligned(_domain_named(found), domain)
        if not any(_denies(other, found) for other in named if other is not each)
    ]


def _denies(others: Sequence[Result], found: Result) -> bool:
    """Whether results of another program speak of the same domain, and none of them says that it passed."""
    same = [other for other in others if _domain_named(other).lower() == _domain_named(found).lower()]
    return bool(same) and all(other.value != "pass" for other in same)


def _reach(proof: _Proof, passes: Mapping[str, Sequence[Result]], signed: Sequence[Signature] | None) -> _Proof:
    """The proof with the header fields that it holds for, as the signatures behind it say; `signed`: the author's.

    Where DMARC passes and the mail bears no signature at all, our MX took out what it had checked: the header counts as
    it came. So it does where our MX says `dmarc=pass` alone: it says who wrote, and nothing says by what.
    """
    if proof.method == "dmarc" and (signed is None or not (signed or passes["dkim"])):
        return proof
    named = [[s for s in signed or () if _is_meant(s, found)] for found in passes["dkim"]]
    meant = named or [list(signed or ())]
    whole = [alike for alike in meant if not any("l" in s.tags for s in alike)]  # RFC 6376 §8.2
    if not whole:
        return _Proof("spf", "spf-alone") if passes["spf"] else _Proof("", "dkim-length-tag")
    covers = frozenset[str]().union(*(_listed_by_all(alike) for alike in whole))
    return replace(proof, covers=covers | _OF_THE_WAY if covers and passes["spf"] else covers)


def _listed_by_all(signatures: Sequence[Signature]) -> frozenset[str]:
    """The header fields that each of these signatures is over: one of them holds, and nobody says which."""
    return frozenset.intersection(*(frozenset(s.covers) for s in signatures)) if signatures else _NONE


def _is_meant(signature: Signature, found: Result) -> bool:
    """Whether a result may speak of this signature: domain, key and first octets agree (RFC 6008 §4)."""
    given = dict(found.properties)
    domain = given.get("header.d", given.get("header.i", "")).rpartition("@")[2].lower()
    exact = domain == signature.domain or ("header.d" not in given and domain.endswith(f".{signature.domain}"))
    selected = given.get("header.s", signature.selector).lower() == signature.selector
    return exact and selected and signature.value.startswith("".join(given.get("header.b", "").split()))


def _names_a_domain(found: Result) -> bool:
    return any(name in _EVIDENCE["dkim"] for name, _ in found.properties)


def _domain_named(found: Result) -> str:
    """The domain a result speaks of; "" if it names none, or two."""
    for name in _EVIDENCE[found.method]:
        if values := found.all_of(name):
            return values[0].rpartition("@")[2] if len(values) == 1 else ""
    return ""


def _by_signature(dkim: Sequence[DkimResult], domain: str, otherwise: str) -> _Proof:
    """What our own check of the signatures proves; `otherwise` is the reason where there are none."""
    holds = [result for result in dkim if result.status == "pass" and _aligned(result.domain, domain)]
    if holds:
        return _Proof("dkim", "dkim-own-check", frozenset[str]().union(*(result.covers for result in holds)))
    reasons = ["dkim-misaligned" if result.status == "pass" else result.reason for result in dkim]
    return _Proof("", reasons[0] if reasons else otherwise)


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
