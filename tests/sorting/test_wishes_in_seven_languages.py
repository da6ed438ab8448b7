"""The shipped rules know what a mail wishes in seven languages, wherever it was sent, and what only looks like a wish.

The mails of tests/corpus/wishes were written as people write, without a look at the rules' phrases. English has its own
table beside this one (test_shipped_rules).
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from mailproc.config.folder import load_groups, load_rules
from mailproc.sorting.check import example_mail
from mailproc.sorting.sort import sort

TOP = Path(__file__).resolve().parents[2]
RULES = load_rules(TOP / "rules")
GROUPS = load_groups(TOP / "rules" / "groups.toml")
MAILS = sorted((TOP / "tests" / "corpus" / "wishes").glob("*.toml"))


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_a_mail_is_what_its_author_wishes(path):
    wrong = []
    for mail in tomllib.loads(path.read_text(encoding="utf-8"))["mail"]:
        kind, _, section = mail.pop("is").partition(" ")
        message, facts = example_mail(mail)
        verdict = sort(message, replace(facts, groups=GROUPS), RULES)
        if verdict.kind != kind or (section and verdict.section != section):
            wrong.append(f"{mail['subject']}: {verdict.kind} by {verdict.rule}, not {kind} {section}")
    assert wrong == []


def test_every_language_of_the_members_verbs_has_mails():
    assert {path.stem for path in MAILS} | {"en"} == {"en", "de", "fr", "es", "it", "pt", "ru"}
