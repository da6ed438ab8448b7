"""In which language somebody wrote: a tag where the words leave no doubt, else nothing.

CLD2 judges by runs of letters, and well from three words on; before it is asked, what is nobody's words is taken away
(addresses, quoted lines, what stands below a signature mark, figures, controls, on which it would raise). One word,
a name or a link tells nothing. Values in, values out; nothing fails, and nothing is read of what a mail claims.
"""

from __future__ import annotations

import re
import unicodedata

import pycld2

SHORTEST = 3  # words
MOSTLY = 75  # percent of the text that are in the language
READ = 20_000  # characters of a text

_QUOTED = re.compile(r"(?:^[^\n>|]*:[ \t]*\n(?:[ \t]*\n)*)?^[ \t]*[>|].*$", re.MULTILINE)  # and what leads it in
_SIGNATURE = re.compile(r"^-- ?$.*", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"(?:https?://|www\.|mailto:)\S+|\S+@\S+|\b\w[\w-]*(?:\.\w[\w-]*)+/\S*", re.IGNORECASE)
_NAME_OF_A_FILE = re.compile(r"\S+\.(?:jpe?g|png|heic|pdf|docx?|odt|txt|zip)\b", re.IGNORECASE)
_NO_LETTERS = re.compile(r"[^\w\s'\u2019.,;?!-]|[\d_]")
_OLD_TAGS = {"iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "no": "nb"}  # RFC 5646 §2.2.1: deprecated ones


def tongue_of(subject: str, text: str) -> str:
    """`es`, the tag of the language of a mail's own words; "" where they are few, mixed or doubtful."""
    own = _SIGNATURE.sub("", _QUOTED.sub("", text[:READ]))
    words = _words(f"{subject}. {own}")
    if len(words.split()) < SHORTEST:
        return ""
    try:
        sure, _, found = pycld2.detect(words.encode(), isPlainText=True)
    except (pycld2.error, ValueError):
        return ""
    _, tag, percent, _ = found[0]
    if not sure or percent < MOSTLY or tag == "un":
        return ""
    return _OLD_TAGS.get(tag, str(tag))


def _words(text: str) -> str:
    """Letters and blanks, as they are typed."""
    plain = unicodedata.normalize("NFC", text).encode("utf-8", "ignore").decode()
    for aside in (_ADDRESS, _NAME_OF_A_FILE, _NO_LETTERS):
        plain = aside.sub(" ", plain)
    return " ".join(plain.split())
