"""DKIM signatures: which keys to ask for, and what a signature is worth to us (RFC 6376 §6).

dkimpy does the arithmetic. What it lets pass and we refuse (`l=`, SHA-1, small and testing keys, an unsigned From, a
doubled Subject) is judged here. Keys come in as values: nothing here asks the DNS. A broken, weak or hostile signature
is a DkimResult with a reason slug, never an exception. Alignment with the author is `identity`'s question.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mailproc.message.model import HeaderField

MAX_HEADER_BYTES = 1 << 20  # of a header section that is read at all
MAX_SIGNED_BYTES = 32 << 20  # of a mail that is verified; dkimpy takes several times that in memory
MAX_SIGNATURES = 3  # asked for and verified; the others are not looked at
MAX_LISTED = 10  # signature fields read at all
MIN_KEY_BITS = 1024  # RFC 8301 §3.2

# RFC 5322 §3.6: at most one each. RFC 2045 §3 for MIME-Version; every Content-* field counts too.
_SINGLETONS = frozenset(
    ("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references")
) | {"mime-version"}
_FIELD = re.compile(rb"[\x21-\x39\x3b-\x7e]+:")
_DNS_NAME = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})+")
_MAX_DNS_NAME = 253  # RFC 1035 §2.3.4


@dataclass(frozen=True, slots=True)
class DkimResult:
    """What one signature came to."""

    domain: str  # d=, lower case; "" where it could not be read
    status: str  # "pass", "fail" (the arithmetic or the key says no), "refused" (our policy says no)
    reason: str  # slug
    covers: tuple[str, ...] = ()  # header fields that it holds for, lower case; () where it does not pass


@dataclass(frozen=True, slots=True)
class Signature:
    """What one DKIM-Signature field says of itself; whether it holds is another question."""

    index: int  # among the message's DKIM-Signature fields, from the top
    tags: Mapping[str, str]
    domain: str
    key_name: str  # where its key stands in the DNS, "" if that is no DNS name
    refusal: str  # slug, "" if our policy has nothing against the field itself

    @property
    def is_one(self) -> bool:
        """It says what every signature must (RFC 6376 §3.5): a field without is none that anybody checks."""
        return self.tags.get("v") == "1" and bool(self.key_name) and {"a", "b", "bh", "h"} <= self.tags.keys()

    @property
    def selector(self) -> str:
        """Which key of the domain, lower case."""
        return self.tags.get("s", "").lower()

    @property
    def agent(self) -> str:
        """The domain for which it was made, lower case: of i=, which says d= where it is missing (RFC 6376 §3.5)."""
        return self.tags.get("i", self.domain).rpartition("@")[2].strip().lower()

    @property
    def value(self) -> str:
        """The signature itself, in base64 without white space."""
        return "".join(self.tags.get("b", "").split())

    @property
    def octets(self) -> bytes:
        """The signature itself, however it is spelt: no two mails have the same; b"" where it cannot be read."""
        try:
            return base64.b64decode(self.value)
        except ValueError:
            return b""

    @property
    def covers(self) -> tuple[str, ...]:
        """The header fields that it is over, lower case (RFC 6376 §3.5, h=)."""
        return tuple(dict.fromkeys(name.strip().lower() for name in self.tags.get("h", "").split(":")))


def signatures_of(fields: Iterable[HeaderField]) -> tuple[Signature, ...]:
    """What the DKIM-Signature fields of a mail that was read say, from the top."""
    return tuple(_signatures((field.name, field.value.encode("utf-8", "replace")) for field in fields))


def dkim_queries(raw_head: bytes) -> tuple[str, ...]:
    """The DNS names to ask for TXT records, at most three; `raw_head` is a message or its header section."""
    fields = _header_fields(raw_head) or []
    return tuple(dict.fromkeys(s.key_name for s in _usable(_signatures(fields))))


def verify_dkim(raw: bytes, keys: Mapping[str, bytes | None], now_epoch: int) -> tuple[DkimResult, ...]:
    """Each signature's worth, in the order of the fields; () where there is none.

    `keys` maps the names of `dkim_queries` to TXT records, None where nothing came; `now_epoch` is when the mail came
    to us, in seconds. Run it where it may be killed: hostile mail makes arithmetic slow. Of a mail larger than
    MAX_SIGNED_BYTES no signature counts.
    """
    fields = _header_fields(raw)
    if fields is None:
        return (DkimResult("", "refused", "dkim-malformed-header"),)
    signatures = list(_signatures(fields))
    if len(raw) > MAX_SIGNED_BYTES:
        return tuple(DkimResult(s.domain, "refused", "dkim-too-large") for s in signatures)
    if signatures and doubled_fields(name for name, _ in fields):
        return tuple(DkimResult(s.domain, "refused", "duplicate-fields") for s in signatures)
    usable = {s.index for s in _usable(iter(signatures))}
    return tuple(
        _judge(raw, s, keys, now_epoch) if s.index in usable else DkimResult(s.domain, "refused", s.refusal)
        for s in signatures
        if s.index in usable or s.refusal
    )


def doubled_fields(names: Iterable[str]) -> bool:
    """Whether a field that may stand once stands twice: readers would disagree on which of them counts."""
    counted = Counter(name.lower() for name in names)
    return any(n > 1 for name, n in counted.items() if name in _SINGLETONS or name.startswith("content-"))


def _header_fields(raw: bytes) -> list[tuple[str, bytes]] | None:
    """Names and folded values; None for a header section on whose borders parsers may disagree.

    A bare CR, a line without a colon or a stray `From ` line is the end of the header section to one parser and an
    unsigned field to another: text could be slipped in under a signature that stays valid.
    """
    fields: list[tuple[str, list[bytes]]] = []
    octets = 0
    for line in _header_lines(raw):
        octets += len(line)
        if b"\r" in line or b"\0" in line or octets > MAX_HEADER_BYTES:
            return None
        if line[:1] in (b" ", b"\t"):
            if not fields:
                return None
            fields[-1][1].append(line)
        elif match := _FIELD.match(line):
            fields.append((match.group()[:-1].decode("ascii"), [line[match.end() :]]))
        else:
            return None
    return [(name, b" ".join(lines)) for name, lines in fields]


def _header_lines(raw: bytes) -> Iterator[bytes]:
    """Lines up to the first empty one, ended by CRLF or LF."""
    start = 0
    while start < len(raw):
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        line = raw[start:end].removesuffix(b"\r")
        if not line:
            return
        yield line
        start = end + 1


def _signatures(fields: Iterable[tuple[str, bytes]]) -> Iterator[Signature]:
    values = [value for name, value in fields if name.lower() == "dkim-signature"]
    for index, value in enumerate(values[:MAX_LISTED]):
        tags = _tags(value) or {}
        domain = tags.get("d", "").lower()
        key_name = f"{tags.get('s', '').lower()}._domainkey.{domain}"  # RFC 6376 §3.6.2.1
        if len(key_name) > _MAX_DNS_NAME or not _DNS_NAME.fullmatch(key_name):
            key_name = ""
        yield Signature(index, tags, domain, key_name, _refusal(tags, key_name))


def _usable(signatures: Iterator[Signature]) -> list[Signature]:
    return [s for s in signatures if not s.refusal][:MAX_SIGNATURES]


def _tags(value: bytes) -> dict[str, str] | None:
    """A tag list (RFC 6376 §3.2); None if a tag stands twice or has no name."""
    tags: dict[str, str] = {}
    for spec in value.decode("latin-1").strip().removesuffix(";").split(";"):
        name, equals, text = (word.strip() for word in spec.partition("="))
        if not equals or not name or name in tags:
            return None
        tags[name] = text
    return tags


def _refusal(tags: Mapping[str, str], key_name: str) -> str:
    """What our policy has against the signature field itself: a slug, or ""."""
    if not tags or not key_name:
        return "dkim-malformed"
    if "l" in tags:
        return "dkim-length-tag"  # RFC 6376 §8.2: anyone may append to what was signed
    if tags.get("a", "").lower() != "rsa-sha256":
        return "dkim-algorithm"  # RFC 8301 §3.1: rsa-sha1 must not be used; ed25519 comes beside an RSA signature
    if "from" not in {name.strip().lower() for name in tags.get("h", "").split(":")}:
        return "dkim-from-unsigned"  # RFC 6376 §5.4
    return ""


def _key_refusal(record: bytes | None, signature: Signature) -> str:
    """What our policy has against this key record for this signature (RFC 6376 §3.6.1): a slug, or ""."""
    if not record:
        return "dkim-no-key"
    tags = _tags(record)
    if tags is None:
        return "dkim-bad-key"
    flags = _listed(tags.get("t", ""))
    objections = {
        "dkim-bad-key": tags.get("v", "DKIM1") != "DKIM1",
        "dkim-key-revoked": not tags.get("p"),
        "dkim-test-key": "y" in flags,
        "dkim-key-strict": "s" in flags and signature.agent != signature.domain,
        "dkim-key-service": not _listed(tags.get("s", "*")) & {"*", "email"},
        "dkim-key-hash": "sha256" not in _listed(tags.get("h", "sha256")),
    }
    return next((slug for slug, holds in objections.items() if holds), "")


def _listed(text: str) -> set[str]:
    return {word.strip().lower() for word in text.split(":")}


def _judge(raw: bytes, signature: Signature, keys: Mapping[str, bytes | None], now_epoch: int) -> DkimResult:
    record = keys.get(signature.key_name)
    expiry = signature.tags.get("x", "")
    refusal = _key_refusal(record, signature)
    if refusal:
        return DkimResult(signature.domain, "refused" if record else "fail", refusal)
    if expiry.isdecimal() and int(expiry[:20]) < now_epoch:
        return DkimResult(signature.domain, "refused", "dkim-expired")
    status, reason = _arithmetic(raw, signature, record or b"")
    return DkimResult(signature.domain, status, reason, signature.covers if status == "pass" else ())


def _arithmetic(raw: bytes, signature: Signature, record: bytes) -> tuple[str, str]:
    """What dkimpy says of body hash and signature, as (status, reason)."""
    import dkim  # noqa: PLC0415 it loads dnspython, 0.1 s that most mails never need

    def answer(_name: bytes, **_timeout: object) -> bytes:
        return record

    try:
        _key, bits, _kind, _report = dkim.evaluate_pk(signature.key_name, record)
        if bits is None or bits < MIN_KEY_BITS:
            return "refused", "dkim-weak-key"
        passed = dkim.DKIM(raw, minkey=MIN_KEY_BITS).verify(idx=signature.index, dnsfunc=answer)
    except MemoryError:
        raise
    except dkim.ValidationError:  # the body's hash among them
        return "fail", "dkim-bad-signature"
    except Exception:  # noqa: BLE001 dkimpy raises whatever a hostile signature makes it stumble over
        return "fail", "dkim-malformed"
    return ("pass", "dkim-pass") if passed else ("fail", "dkim-bad-signature")
