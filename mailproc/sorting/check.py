"""Rules carry example mails; `check` sorts them all and says which do not come out as the rule's writer meant.

A hit is a mail that the rule claims in the company of all other rules: it decides, opens the second item, or
gives the best guess. A miss is a mail that it does not claim. Broken examples are problems, not exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mailproc.errors import nearest
from mailproc.kinds.every import UNSORTED
from mailproc.message.model import Address, Attachment, HeaderField, Message
from mailproc.sorting.condition import DOCUMENTS
from mailproc.sorting.facts import ANSWERS, PURPOSES, STANDINGS, Facts, Named
from mailproc.sorting.rule import Rule
from mailproc.sorting.sort import sort

EXAMPLE_KEYS: dict[str, type | tuple[type, ...]] = {
    "to": (str, list),  # purposes or addresses; the desk's if left out
    "tag": str,
    "subject": str,
    "body": str,
    "header": dict,  # name -> value
    "attachments": list,  # names
    "sender": str,
    "answers": str,
    "bounce": bool,
    "automatic": bool,
    "bulk": bool,
    "from": str,  # an addr-spec; jo@poole.example if left out
}
_TYPES = {**DOCUMENTS, ".jpg": "image/jpeg", ".png": "image/png", ".exe": "application/x-dosexec"}


def check(rules: Sequence[Rule], groups: Sequence[Named], spoken_of: Sequence[Named] = ()) -> list[str]:
    """Every problem in one line each; an empty list is good news. `spoken_of`: more groups that example mails name."""
    problems = [problem for rule in rules for problem in _examples(rule, rules, (*groups, *spoken_of))]
    problems += [
        f'rules/{rule.file}, rule "{rule.name}": no group "{rule.group}" in groups.toml'
        for rule in rules
        if rule.group is not None and rule.group not in {group.name for group in groups}
    ]
    if not rules or rules[-1].when or rules[-1].kind != UNSORTED:
        problems.append(f'rules: the last rule must catch all; end with kind = "{UNSORTED}" and when = {{}}')
    return problems


def _examples(rule: Rule, rules: Sequence[Rule], groups: Sequence[Named]) -> Iterator[str]:
    for key, examples, wanted in (("hits", rule.hits, True), ("misses", rule.misses, False)):
        where = f'rules/{rule.file}, rule "{rule.name}"'
        if not examples:
            yield f"{where}: {key} is empty; give at least one example mail"
        for place, example in enumerate(examples, start=1):
            try:
                message, facts = example_mail(example)
            except ValueError as error:
                yield f"{where}: {key} {place}: {error}"
                continue
            verdict = sort(message, replace(facts, groups=tuple(groups)), rules)
            guess = verdict.runner_up if verdict.kind == UNSORTED else None
            claims = {hit.rule for hit in (*verdict.wishes, guess) if hit}
            if (rule.name in claims) != wanted:
                yield f'{where}: {key} {place} comes out as {verdict.kind} by rule "{verdict.rule}"'


def example_mail(example: object) -> tuple[Message, Facts]:
    """A short mail as a rule's example writes it. ValueError says what is wrong with it."""
    if not isinstance(example, Mapping):
        raise ValueError("expected a table of " + ", ".join(EXAMPLE_KEYS))  # noqa: TRY004 - one error
    for key, value in example.items():
        if key not in EXAMPLE_KEYS:
            raise ValueError(f'unknown key "{key}"{nearest(key, EXAMPLE_KEYS)}')
        if not isinstance(value, EXAMPLE_KEYS[key]):
            raise ValueError(f'"{key}" has the wrong kind of value')  # noqa: TRY004 - one error
    for key, known in (("sender", STANDINGS), ("answers", ANSWERS)):
        if key in example and example[key] not in known:
            raise ValueError(f'{key} "{example[key]}"{nearest(example[key], known)}')
    return _message(example), _facts(example)


def _facts(example: Mapping[str, Any]) -> Facts:
    to = example.get("to", "desk")
    names = [to] if isinstance(to, str) else to
    for name in names:
        if "@" not in name and name not in PURPOSES:
            raise ValueError(f'to "{name}"{nearest(name, PURPOSES)}')
    known = {key: example[key] for key in ("tag", "sender", "answers", "bounce", "automatic", "bulk") if key in example}
    return Facts(
        purposes=tuple(name for name in names if "@" not in name),
        addressed=tuple(name for name in names if "@" in name),
        **known,
    )


def _message(example: Mapping[str, Any]) -> Message:
    text = example.get("body", "")
    author = Address("Jo Poole", example.get("from", "jo@poole.example"))
    return Message(
        size=len(text.encode()),
        sha256="",
        logical_key="",
        header_fields=tuple(HeaderField(name, value) for name, value in example.get("header", {}).items()),
        message_id=None,
        in_reply_to=(),
        references=(),
        author=author,
        from_shown=author.email,
        sender=None,
        reply_to=(),
        to=(),
        cc=(),
        subject=example.get("subject", ""),
        date=None,
        text=text,
        text_source="body",
        html_text=None,
        html_links=None,
        attachments=tuple(_attachment(name) for name in example.get("attachments", [])),
        language=None,
        defects=(),
    )


def _attachment(name: str) -> Attachment:
    kind = _TYPES.get("." + name.rpartition(".")[2], "application/octet-stream")
    return Attachment(part="2", name=name, media_type=kind, declared_type=kind, size=0, sha256="")
