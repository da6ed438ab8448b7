"""Which group does a mail name? By name or alias, first in the subaddress, then subject, text, attachment names.

A name counts without regard to case and accents. An alias in capitals (NPS) counts in capitals, or in any
case after "the" or before "file", since short words are often ordinary words. Of several groups the one named
first in the first of these places is meant. No guessing: half a name is no name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailproc.message.model import Message
from mailproc.sorting.facts import Facts, Named
from mailproc.sorting.words import MAX_CHARACTERS, find, fold


@dataclass(frozen=True, slots=True)
class Naming:
    """A group, and where and by which words it was named."""

    group: str
    field: str  # address subject text attachment
    words: str


def naming(message: Message, facts: Facts) -> Naming | None:
    """The group that the mail names; None if it names none."""
    if not facts.groups:
        return None
    places = {
        "subject": message.subject,
        "text": message.text,
        "attachment": " / ".join(attachment.name.replace("_", " ") for attachment in message.attachments),
    }
    by_tag = _tagged(facts)
    return by_tag or next(filter(None, (_named_in(field, text, facts.groups) for field, text in places.items())), None)


def _tagged(facts: Facts) -> Naming | None:
    """files+nps@ and files+north-pier-society@ name a group."""
    tag = _slug(facts.tag)
    for group in facts.groups:
        if tag and tag in {_slug(word) for word in (group.name, *group.aliases)}:
            return Naming(group.name, "address", facts.tag)
    return None


def _slug(words: str) -> str:
    return re.sub(r"[\W_]+", "", fold(words))


def _named_in(field: str, text: str, groups: tuple[Named, ...]) -> Naming | None:
    """The group named first in this text."""
    folded = fold(text)
    found = [
        (at, Naming(group.name, field, word))
        for group in groups
        for word in (group.name, *group.aliases)
        if (at := _position(word, text[:MAX_CHARACTERS], folded)) >= 0
    ]
    return min(found, key=lambda each: each[0])[1] if found else None


def _position(word: str, text: str, folded: str) -> int:
    """Where a name or alias stands, counted in the folded text; -1 if nowhere."""
    plain = fold(word)
    if not word.isupper():
        return find(plain, folded)
    around = [at for at in (find(f"the {plain}", folded), find(f"{plain} file", folded)) if at >= 0]
    if find(word, " ".join(text.split())) >= 0:
        around.append(max(find(plain, folded), 0))
    return min(around, default=-1)
