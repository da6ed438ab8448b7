"""The closed list of conditions a rule may have: how each is written, and when it holds.

`read_when` turns the `when` table of a rule into clauses and says what is wrong with it; `holds` looks at one
mail. Patterns are RE2, which is linear in its input (catalogue S68). Nothing here looks anything up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from mailproc.errors import nearest
from mailproc.message.field.address import is_of
from mailproc.message.model import Attachment, Message
from mailproc.sorting import written
from mailproc.sorting.facts import ANSWERS, PURPOSES, STANDINGS, Facts
from mailproc.sorting.naming import Naming, naming
from mailproc.sorting.words import COVER_BEGINNING, COVER_END, MAX_CHARACTERS, cover, find, fold, says

DOCUMENTS = {  # texts that can be an article (design §5 "Verbatim")
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".rtf": "application/rtf",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A mail as the conditions read it."""

    message: Message
    facts: Facts
    subject: str  # folded
    text: str  # folded
    cover: str  # folded: see words.cover
    naming: Naming | None


@dataclass(frozen=True, slots=True)
class Found:
    """What made a condition hold: the field, and the words in it."""

    field: str
    words: str = ""
    group: str = ""  # that the mail is from


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition with its value, as a rule holds it."""

    name: str
    value: Any  # frozen; its shape is the condition's own


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the list."""

    meaning: str
    example: str  # as TOML
    read: Callable[[Any], Any]  # ValueError says what was expected
    holds: Callable[[Any, Reading], Found | None]


def reading(message: Message, facts: Facts) -> Reading:
    """Prepare a mail for any number of rules."""
    subject, text = fold(message.subject), fold(message.text)
    return Reading(message, facts, subject, text, cover(message.text), naming(message, facts))


def read_when(table: object) -> tuple[Clause, ...]:
    """The clauses of a `when` table; all of them must hold. ValueError says what is wrong with it."""
    if not isinstance(table, Mapping):
        raise ValueError('"when" must be a table, such as { subject = ["article"] }')  # noqa: TRY004 - one error for all
    return tuple(_clause(name, value) for name, value in table.items())


def _clause(name: str, value: object) -> Clause:
    condition = CONDITIONS.get(name)
    if condition is None:
        raise ValueError(f'unknown condition "{name}"{nearest(name, CONDITIONS)}')
    try:
        return Clause(name, condition.read(value))
    except ValueError as error:
        raise ValueError(f'condition "{name}": {error}; e.g. {condition.example}') from None


def holds(when: Sequence[Clause], mail: Reading) -> tuple[list[Found], Clause | None]:
    """What every clause found, and None; or what was found so far, and the first clause that does not hold."""
    found: list[Found] = []
    for clause in when:
        this = CONDITIONS[clause.name].holds(clause.value, mail)
        if this is None:
            return found, clause
        found.append(this)
    return found, None


def _inner(value: object) -> tuple[Clause, ...]:
    clauses = read_when(value)
    if not clauses:
        raise ValueError("expected a table of conditions")
    for clause in clauses:
        if clause.name in {"not", "any"}:
            raise ValueError(f'"{clause.name}" cannot stand inside another; write two rules')
    return clauses


def _alternatives(value: object) -> tuple[tuple[Clause, ...], ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("expected a list of tables of conditions")
    return tuple(_inner(each) for each in value)


# when they hold


def _first(phrases: Sequence[str], places: Mapping[str, str], *, spoken: bool = False) -> Found | None:
    """The first place that holds any of the phrases."""
    for field, text in places.items():
        for phrase in phrases:
            if says(phrase, text) if spoken else find(phrase, text) >= 0:
                return Found(field, phrase)
    return None


def _matches(pattern: str, field: str, text: str) -> Found | None:
    match = written.compiled(pattern).search(text[:MAX_CHARACTERS])
    return Found(field, " ".join(match.group(0).split())[:100]) if match else None


def _to(names: Sequence[str], mail: Reading) -> Found | None:
    ours = {*(mail.facts.purposes or ("desk",)), *(address.lower() for address in mail.facts.addressed)}
    return next((Found("address", name) for name in names if name in ours), None)


def _tag(tags: Sequence[str], mail: Reading) -> Found | None:
    return Found("address", mail.facts.tag) if fold(mail.facts.tag) in tags else None


def _header(test: tuple[str, str, Any], mail: Reading) -> Found | None:
    name, how, what = test
    values = [field.value for field in mail.message.header_fields if field.name.lower() == name]
    if how == "present":
        return Found(name, "present" if values else "absent") if bool(values) == what else None
    for value in values:
        if how == "contains" and find(what, fold(value)) >= 0:
            return Found(name, what)
        if how == "matches" and (found := _matches(what, name, value)):
            return found
    return None


def _attachments(test: tuple[str, str, bool, int, int | None], mail: Reading) -> Found | None:
    kind, name, document, least, most = test
    fitting = [
        each.name
        for each in mail.message.attachments
        if fnmatchcase(each.media_type.lower(), kind)
        and fnmatchcase(fold(each.name), name)
        and (is_document(each) or not document)
    ]
    fits = least <= len(fitting) and (most is None or len(fitting) <= most)
    return Found("attachment", ", ".join(fitting)[:100] or "none") if fits else None


def is_document(attachment: Attachment) -> bool:
    """A text that can be the article; one inside a forwarded mail is not."""
    ending = "." + attachment.name.lower().rpartition(".")[2]
    return attachment.within is None and (ending in DOCUMENTS or attachment.media_type in DOCUMENTS.values())


def _when_size(number: int, *, over: bool) -> Found | None:
    return Found("size", f"{number}") if over else None


def _fact(name: str) -> Callable[[bool, Reading], Found | None]:
    return lambda wanted, mail: Found(name, str(wanted).lower()) if getattr(mail.facts, name) == wanted else None


def _one_of(name: str) -> Callable[[Sequence[str], Reading], Found | None]:
    return lambda words, mail: Found(name, getattr(mail.facts, name)) if getattr(mail.facts, name) in words else None


def _names_group(wanted: bool, mail: Reading) -> Found | None:  # noqa: FBT001 - a condition's value comes first
    if (mail.naming is not None) != wanted:
        return None
    return Found(mail.naming.field, mail.naming.words) if mail.naming else Found("text", "no group")


def _from_group(how: str, mail: Reading) -> Found | None:
    """Its author's address is one of a group's own; "naming": and the mail names that group."""
    author = mail.message.author
    own = [group for group in mail.facts.groups if author and is_of(author.email, group.domains)]
    if how == "naming":
        own = [group for group in own if naming(mail.message, replace(mail.facts, groups=(group,)))]
    return Found("sender", author.email.rpartition("@")[2], own[0].name) if author and own else None


def _not(clauses: Sequence[Clause], mail: Reading) -> Found | None:
    return None if holds(clauses, mail)[1] is None else Found("", "")


def _any(alternatives: Sequence[Sequence[Clause]], mail: Reading) -> Found | None:
    for clauses in alternatives:
        found, failed = holds(clauses, mail)
        if failed is None:
            return next((each for each in found if each.words), Found(""))
    return None


CONDITIONS: dict[str, Condition] = {
    "to": Condition(
        f"sent to one of these addresses of ours: a purpose ({' '.join(PURPOSES)}) or an address; "
        "a mail that names none of our addresses counts as sent to desk",
        'to = ["article", "news@harbour.example"]',
        written.recipients,
        _to,
    ),
    "tag": Condition("sent to this subaddress: articles+humour@", 'tag = "humour"', written.phrases, _tag),
    "subject": Condition(
        "the subject has one of these phrases",
        'subject = ["humour", "satire"]',
        written.phrases,
        lambda phrases, mail: _first(phrases, {"subject": mail.subject}),
    ),
    "body": Condition(
        "the text has one of these phrases",
        'body = ["my article"]',
        written.phrases,
        lambda phrases, mail: _first(phrases, {"text": mail.text}),
    ),
    "words": Condition(
        "subject or text has one of these phrases",
        'words = ["North Pier"]',
        written.phrases,
        lambda phrases, mail: _first(phrases, {"subject": mail.subject, "text": mail.text}),
    ),
    "cover": Condition(
        f"the subject, the first {COVER_BEGINNING} or the last {COVER_END} characters of the sender's own lines say "
        "one of these phrases, not straight after a quotation mark: where people speak to the desk, not to readers",
        'cover = ["I would like to become a member"]',
        written.phrases,
        lambda phrases, mail: _first(phrases, {"subject": mail.subject, "text": mail.cover}, spoken=True),
    ),
    "subject_matches": Condition(
        "the subject matches this RE2 pattern",
        "subject_matches = '(?i)^humou?r:'",
        written.pattern,
        lambda pattern, mail: _matches(pattern, "subject", mail.message.subject),
    ),
    "body_matches": Condition(
        "the text matches this RE2 pattern",
        "body_matches = '(?m)^A-[0-9]+ approve$'",
        written.pattern,
        lambda pattern, mail: _matches(pattern, "text", mail.message.text),
    ),
    "header": Condition(
        'a header field contains a phrase, matches a pattern, or is present (or absent: "present = false")',
        'header = { name = "X-Spam-Flag", contains = "yes" }',
        written.header_test,
        _header,
    ),
    "attachment": Condition(
        "from min (1) to max attachments have this type and name (* for anything), or are documents "
        "(txt md docx odt rtf pdf)",
        'attachment = { type = "image/*", min = 1 }',
        written.attachment_test,
        _attachments,
    ),
    "sender": Condition(
        "the sender is a member, known (wrote before) or unknown",
        'sender = "member"',
        written.words_of(*STANDINGS),
        _one_of("sender"),
    ),
    "answers": Condition(
        "the mail answers a digest (any letter to members), another letter of ours, or nothing",
        'answers = "digest"',
        written.words_of(*ANSWERS),
        _one_of("answers"),
    ),
    "bounce": Condition(
        "a mail server says that a letter did not arrive", "bounce = true", written.switch, _fact("bounce")
    ),
    "automatic": Condition("a machine wrote it", "automatic = true", written.switch, _fact("automatic")),
    "bulk": Condition("it came over a list or to many", "bulk = true", written.switch, _fact("bulk")),
    "names_group": Condition("it names a group of groups.toml", "names_group = true", written.switch, _names_group),
    "from_group": Condition(
        "its sender's address is of a group's own domain: with any, or naming that group in the mail",
        'from_group = "naming"',
        written.words_of("any", "naming"),
        lambda ways, mail: next(filter(None, (_from_group(how, mail) for how in ways)), None),
    ),
    "larger": Condition(
        "more octets than this, attachments included",
        "larger = 1000000",
        written.count,
        lambda octets, mail: _when_size(mail.message.size, over=mail.message.size > octets),
    ),
    "smaller": Condition(
        "fewer octets than this, attachments included",
        "smaller = 20000",
        written.count,
        lambda octets, mail: _when_size(mail.message.size, over=mail.message.size < octets),
    ),
    "longer": Condition(
        "a text of more characters than this",
        "longer = 1500",
        written.count,
        lambda characters, mail: _when_size(len(mail.message.text), over=len(mail.message.text) > characters),
    ),
    "shorter": Condition(
        "a text of fewer characters than this",
        "shorter = 600",
        written.count,
        lambda characters, mail: _when_size(len(mail.message.text), over=len(mail.message.text) < characters),
    ),
    "not": Condition("these conditions do not all hold", 'not = { to = "article" }', _inner, _not),
    "any": Condition(
        "one of these sets of conditions holds",
        'any = [{ subject = "humour" }, { tag = "humour" }]',
        _alternatives,
        _any,
    ),
}
