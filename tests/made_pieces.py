"""Pieces of invented files, for tests: one call each."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from mailproc.dossier.layout import Shown
from mailproc.workflow.group import Piece

NEEDS = (("history", "History"), ("experience", "Personal experience"), ("pictures", "Photographs"), ("links", "Links"))
OURS = "Jo Fields"


def hashed(octets: bytes) -> str:
    return sha256(octets).hexdigest()


def _shown(piece: Piece, **about: Any) -> Shown:  # noqa: ANN401 - fields of Shown
    return Shown(piece, **{"by": OURS, "on": date(2026, 11, 3)} | about)


def a_text(ref: str, words: str, need: str = "history", heading: str = "", name: str = "", **about: Any) -> Shown:  # noqa: ANN401
    piece = Piece(ref, 1, "text", need, name, hashed(words.encode()), heading=heading)
    return _shown(piece, text=words, **about)


def a_picture(ref: str, name: str, octets: bytes = b"", need: str = "pictures", by: str = OURS, **of: str) -> Shown:
    of = {"media_type": "image/jpeg"} | of
    return _shown(Piece(ref, 1, "picture", need, name, hashed(octets or name.encode()), size=len(octets), **of), by=by)


def a_document(ref: str, name: str, octets: bytes = b"", need: str = "history", by: str = OURS, **of: str) -> Shown:
    of = {"media_type": "application/pdf"} | of
    return _shown(Piece(ref, 1, "document", need, name, hashed(octets or name.encode()), size=len(octets), **of), by=by)


def a_link(ref: str, url: str, words: str = "", need: str = "links", by: str = OURS, **of: str) -> Shown:
    return _shown(Piece(ref, 1, "link", need, words, hashed(url.encode()), url=url, **of), by=by)
