"""The place of a secret in a letter of ours: what we keep says BLANK there, what leaves says the secret.

Both are equally long and of characters that no encoding of `compose` changes, so the octets around stay where they
are, and each attempt gives the same ones. A mail that quotes such a letter is read with the secret covered again, so
that it stands in nothing that is made of the mail. It knows no key: secrets come in as values.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from mailproc.message.model import Message, Whole

BLANK = "secret-put-in-as-it-leaves"
WORD = re.compile(f"(?<![A-Za-z0-9])[a-z2-7]{{{len(BLANK)}}}(?![A-Za-z0-9])")  # what may be a secret
_BREAK = b"=\r\n"  # RFC 2045 §6.7 (3): a soft line break may fall into it
_WRITTEN = re.compile(rb"(?:=\r\n)?".join(re.escape(sign.encode()) for sign in BLANK))


def filled(octets: bytes, secret: str) -> bytes:
    """The letter as it leaves. Raises ValueError for a secret of another shape: it would move what stands behind."""
    if not WORD.fullmatch(secret):
        raise ValueError("a secret has as many signs as its blank, a to z and 2 to 7")

    def put(found: re.Match[bytes]) -> bytes:
        signs = iter(secret.encode())
        kept = re.findall(rb"=\r\n|.", found[0])
        return b"".join(each if each == _BREAK else bytes((next(signs),)) for each in kept)

    return _WRITTEN.sub(put, octets)


def words_in(message: Message) -> frozenset[str]:
    """Everything in what a mail says that may be a secret of ours; most mails have none."""
    found: set[str] = set()

    def look(text: str) -> str:
        found.update(WORD.findall(text))
        return text

    _each_text(message, look)
    return frozenset(found)


def words_in_octets(octets: bytes) -> frozenset[str]:
    """The same of a file: a text, or a mail as it was kept, in whose lines soft breaks may stand."""
    return frozenset(WORD.findall(re.sub(rb"=\r?\n", b"", octets).decode("latin-1")))


def covered(message: Message, secrets: frozenset[str]) -> Message:
    """The mail as it is read, with a blank for each of these secrets; its octets are somebody else's to keep."""
    return _each_text(message, lambda text: WORD.sub(lambda word: BLANK if word[0] in secrets else word[0], text))


def _each_text(message: Message, change: Callable[[str], str]) -> Message:
    """The mail with every text in it changed."""

    def changed(text: str | None) -> str | None:
        return None if text is None else change(text)

    whole = message.whole
    return replace(
        message,
        subject=change(message.subject),
        text=change(message.text),
        html_text=changed(message.html_text),
        html_links=changed(message.html_links),
        html_own=changed(message.html_own),
        whole=whole
        and Whole(changed(whole.text), changed(whole.html_text), changed(whole.html_links), whole.html_sight),
        beside=tuple(replace(each, text=change(each.text)) for each in message.beside),
    )
