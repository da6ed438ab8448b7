"""The words that stand beside the text of a mail: in a text part with a name, which is no file that was attached.

A named part is an attachment (`places`), and of a document that is right. Of an answer it may be half: "approve" in the
one, "but not before Friday" in the other. So its words are told apart, for whoever hears the answer; what programs
write there, what the text says as well, keys and visiting cards are none. Bounded; it never raises.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from mailproc.message.field.filename import safe_name
from mailproc.message.mime.characters import characters
from mailproc.message.mime.parts import Leaf
from mailproc.message.model import Beside
from mailproc.message.text.aside import is_of_programs, says_again
from mailproc.message.text.pages import pages_of
from mailproc.message.words.page import visible

_TEXTS = ("text/plain", "text/html")
_MOST = 10  # parts
_LONGEST = 64 << 10  # octets that are looked at of each
_FOR_PROGRAMS = re.compile(r"\s*(?:-----BEGIN |BEGIN:V)")  # a key or signature; a visiting card or calendar


def beside_of(found: Sequence[Leaf], texts: Collection[Leaf], said: str, *, listed: bool) -> tuple[Beside, ...]:
    """The words beside `said`, which is all that `texts` say; `listed`: the mail came by a list."""
    parts = [leaf for leaf in found if leaf not in texts and _may_speak(leaf)]
    spoken = [Beside(safe_name(leaf.file_name, leaf.part, leaf.declared_type), _words(leaf)) for leaf in parts[:_MOST]]
    return tuple(each for each in spoken if _is_own(each.text, said, listed=listed))


def _may_speak(leaf: Leaf) -> bool:
    if leaf.within is not None or leaf.disposition == "attachment" or leaf.is_signature or leaf.lock:
        return False
    return leaf.declared_type in _TEXTS and not (leaf.is_resource and leaf.content_id)


def _words(leaf: Leaf) -> str:
    text = characters(leaf, leaf.body.read(_LONGEST)).text
    return pages_of([text])[0].text if leaf.is_html else text


def _is_own(text: str, said: str, *, listed: bool) -> bool:
    """Whether somebody wrote it, and it says what the text does not."""
    if not visible(text).strip() or _FOR_PROGRAMS.match(text):
        return False
    return not is_of_programs(text, listed=listed, first=False) and not says_again(text, said)
