"""A part with two Content-Type fields: the one that fits its body is meant (RFC 2045 §3 allows one).

Gateways and scripts add a second; the standard parser takes the first, whatever stands below. Nothing but the type is
chosen here, and the body decides: its delimiters, its first octets, its tags. It never raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import Message as Part

from mailproc.message.mime.attachment import media_type_of
from mailproc.message.mime.body import Body
from mailproc.message.mime.skeleton import Hollow

_MOST = 4  # fields that are looked at
_LOOK = 64 * 1024
_TAG = re.compile(rb"<(?:!doctype|html|head|body|p|div|br|table|span|font|h[1-6]|meta|a\s)[^<>]{0,500}>", re.IGNORECASE)


def is_doubled(part: Part) -> bool:
    """Whether a part has several Content-Type fields and its structure was not found by the first."""
    return not part.is_multipart() and len(part.get_all("content-type", [])) > 1


def type_of(part: Part, hollow: Hollow) -> str:
    """The field's body that fits; of several that do, the first."""
    given = [" ".join(str(value).split()) for value in part.get_all("content-type", [])[:_MOST]]
    octets = Body(part, hollow).read(_LOOK)
    return next((value for value in given if _divides(value, octets)), None) or _fitting(given, octets)


def is_structure(value: str) -> bool:
    """Whether a type is one of several parts."""
    return value.lower().startswith("multipart/")


def _divides(value: str, octets: bytes) -> bool:
    """Whether the body has the delimiters that a multipart type names (RFC 2046 §5.1.1)."""
    if not is_structure(value):
        return False
    named = Part()
    named["Content-Type"] = value
    boundary = named.get_boundary()
    return (
        bool(boundary) and re.search(rb"^--" + re.escape((boundary or "").encode()), octets, re.MULTILINE) is not None
    )


def _fitting(given: Sequence[str], octets: bytes) -> str:
    """By the first octets where they tell, else HTML where tags stand in it, else plain text where nothing forbids."""
    types = [value.partition(";")[0].strip().lower() for value in given]
    told = media_type_of(octets, "", "")
    wanted = [told, "text/html" if _TAG.search(octets) else "text/plain", "text/plain"]
    if b"\0" in octets:
        wanted = [told, *(each for each in types if not each.startswith(("text/", "multipart/")))]
    best = next((each for each in wanted if each in types), None)
    return given[types.index(best)] if best else given[0]
