"""When a mail says nothing that anybody here can read, and why: it is locked, or there is not a word in it.

`lock_of` is asked while a mail is read, `says_nothing` when it is to open or change something. A picture or a file
says something by itself, but not the small ones that mail programs and signatures bring along. Words are counted, not
judged: one letter, digit or emoji is enough, and blanks that look like letters are none. It never raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from mailproc.message.field.filename import is_made
from mailproc.message.html.text import to_text
from mailproc.message.mime.armour import is_locked
from mailproc.message.mime.attachment import is_text_document
from mailproc.message.mime.characters import characters
from mailproc.message.mime.parts import Leaf
from mailproc.message.mime.sealed import LOCKS
from mailproc.message.model import Attachment, Message
from mailproc.message.words.footer import is_footer
from mailproc.message.words.gateway import disclaimers
from mailproc.message.words.marks import limits
from mailproc.message.words.trimming import passes_on, trimmed

EMPTY = "empty"
REASONS = (*LOCKS, EMPTY)  # slugs of a mail that says nothing readable
DECORATION_BYTES = 20_000  # of a picture shown within the mail: a logo, a counter; a photo has more
PIXEL_BYTES = 300  # of a picture however it comes
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\ufffc\ufffd")  # letters and signs that show nothing
_SAYING = re.compile("[LN]|So")  # categories: letters, digits, emoji and the like
_SIGNATURE = re.compile(r"--\s*")  # RFC 3676 §4.3
_FEW_WORDS = 60  # that somebody else's quoted words may have, and the mail be empty all the same
_SIGNATURE_LINES = 8  # with words; what is longer is a text below a line of dashes
_LOOK = 1 << 16
_ASKS = re.compile(r"[?\uff1f\u061f\u037e]")
_FEW_TO_SAY, _UNSPACED = 3, 6  # words of a subject that says something; letters of a script without blanks
_TRIAL = re.compile(
    r"\b(?:test\w*|тест\w*|δοκιμ\w*|prueba|essai|prova|proef|prób[aye]|zkouška|próba|probe)\b|テスト|[测測][试試]|테스트",
    re.IGNORECASE,
)
_SAY_NOTHING_ALONE = re.compile(  # what programs attach, or wrap a mail in
    r"application/(?:ms-tnef|vnd\.ms-tnef|pgp-\w+|(?:x-)?pkcs7-\w+|x-x509-\w+|pkix-cert)|text/(?:x-)?vcard|message/\S+"
)


def has_words(text: str) -> bool:
    """Whether a text has one word: a letter, a digit or an emoji that can be seen."""
    return any(_SAYING.match(unicodedata.category(c)) and c not in _BLANK_LETTERS for c in text)


def says_by_itself(subject: str) -> bool:
    """Whether a subject is a message of its own: a question, or some words that are no trial ("This is a test")."""
    if not has_words(subject) or _TRIAL.search(subject):
        return False
    words = sum(map(has_words, subject.split()))
    unspaced = sum(unicodedata.category(char) == "Lo" for char in subject)
    return _ASKS.search(subject) is not None or words >= _FEW_TO_SAY or (words <= 1 and unspaced >= _UNSPACED)


def lock_of(found: Sequence[Leaf], text: str) -> str:
    """Why the mail's own words cannot be read here, a slug of `LOCKS`, or "".

    The first locked part counts, unless there are words above it: a list's footer below it is nobody's words, and
    whoever attaches a locked file says something beside it.
    """
    if is_locked(text):
        return "encrypted"
    for place, leaf in enumerate(found):
        if leaf.lock:
            return "" if any(_says(above) for above in found[:place]) else leaf.lock
    return ""


def _says(leaf: Leaf) -> bool:
    """Whether a leaf is words of the mail itself."""
    if not leaf.is_text or leaf.within is not None or leaf.disposition == "attachment":
        return False
    text = characters(leaf, leaf.body.read(_LOOK)).text
    return has_words(to_text(text) if leaf.is_html else text)


def says_nothing(message: Message, kept: Iterable[Attachment]) -> str:
    """Why a mail says nothing, a slug of `REASONS`; "" where it does. `kept`: the attachments not refused."""
    if message.unread:
        return message.unread
    return "" if not is_empty(message.text, message.subject) or any(map(speaks, kept)) else EMPTY


def speaks(attachment: Attachment) -> bool:
    """Whether a file says something by itself: a document, a picture that is no ornament, a recording."""
    if is_text_document(attachment):
        return attachment.size > 0
    if attachment.within is not None:
        return True
    if attachment.media_type.startswith("text/") and is_made(attachment.name, attachment.part):
        return False  # a list's footer
    if _SAY_NOTHING_ALONE.fullmatch(attachment.media_type) or _SAY_NOTHING_ALONE.fullmatch(attachment.declared_type):
        return False
    if attachment.media_type.startswith("image/"):
        shown = attachment.disposition != "attachment" and attachment.content_id is not None  # by the HTML
        return attachment.size > (DECORATION_BYTES if shown else PIXEL_BYTES)
    return attachment.size > 0


def is_empty(text: str, subject: str = "") -> bool:
    """Whether there is no word of its author's: nothing but blanks, a signature, a disclaimer, a quoted footer."""
    if not has_words(text):
        return True
    lines = text.split("\n")
    marked = limits(lines)
    if marked is not None:
        return not has_words("\n".join(lines[marked[0] + 1 : marked[1]]))
    if passes_on(subject, text) or has_words(trimmed(text)):
        return False
    rest = _without_additions(lines)
    quotes = any(line.lstrip().startswith(">") for line in rest)
    return not has_words("\n".join(rest)) or (quotes and sum(len(line.split()) for line in rest) <= _FEW_WORDS)


def _without_additions(lines: Sequence[str]) -> list[str]:
    """What programs and gateways add is no word at all, however long; nor is a signature."""
    gone = disclaimers(lines)
    kept = [line for n, line in enumerate(lines) if n not in gone and not is_footer(line)]
    end = next((n for n, line in enumerate(kept) if _SIGNATURE.fullmatch(line)), len(kept))
    return kept[:end] if sum(map(bool, map(str.strip, kept[end:]))) <= _SIGNATURE_LINES + 1 else kept
