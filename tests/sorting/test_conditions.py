"""Every condition: what it takes, when it holds, and what it says of a mistake."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.errors import ConfigError
from mailproc.message.model import Message
from mailproc.sorting.check import check, example_mail
from mailproc.sorting.condition import CONDITIONS, holds, is_document, read_when, reading
from mailproc.sorting.facts import Facts
from mailproc.sorting.naming import naming
from mailproc.sorting.rule import read_rules
from mailproc.sorting.sort import explain, sort
from mailproc.sorting.words import fold
from mailproc.workflow.group import Group

GROUPS = (
    Group("North Pier Society", ("NPS", "the Pier"), domains=("pier.example",)),
    Group("Lantern Street Union", ("LSU",)),
    Group("Élan Vital"),
)


def mail(**example: object) -> tuple[Message, Facts]:
    message, facts = example_mail(example)
    return message, replace(facts, groups=GROUPS)


def hit(when: dict[str, object], **example: object) -> bool:
    return holds(read_when(when), reading(*mail(**example)))[1] is None


TELLING = [
    ({"to": "article"}, {"to": "article"}, {"to": "material"}),
    ({"to": "desk"}, {"to": []}, {"to": "article"}),
    ({"to": "News@harbour.example"}, {"to": "news@HARBOUR.example"}, {"to": "desk@harbour.example"}),
    ({"tag": "humour"}, {"tag": "Humour"}, {"tag": "humourless"}),
    ({"subject": "café"}, {"subject": "LE CAFE DU PORT"}, {"subject": "cafés", "body": "café"}),
    ({"subject": "back up"}, {"subject": "Back-up?"}, {"subject": "backup"}),
    ({"body": ["become a member"]}, {"body": "I'd like to become a\nmember."}, {"body": "become a membership"}),
    ({"body": "I'd"}, {"body": "I\u2019d go"}, {"body": "Id go"}),
    ({"body": "STRASSE"}, {"body": "die Stra\u00dfe"}, {"body": "Strassen"}),
    ({"body": "灯台"}, {"body": "新しい灯台の記事"}, {"body": "灯の台"}),
    ({"words": "pier"}, {"subject": "Pier!"}, {"subject": "pieres", "body": "rapier"}),
    ({"cover": "join you"}, {"body": "May I join you?"}, {"body": "x" * 600 + " may I join you? " + "y" * 600}),
    ({"cover": "join you"}, {"body": "x" * 900 + " may I join you?"}, {"body": "> may I join you?"}),
    ({"cover": "I join"}, {"body": '"I join," she said. I join too.'}, {"body": '"I join," she said.'}),
    ({"subject_matches": "^Re: "}, {"subject": "Re: trams"}, {"subject": "re: trams"}),
    ({"body_matches": "(?m)^A-[0-9]+$"}, {"body": "yes\nA-12\n"}, {"body": "yes A-12"}),
    (
        {"header": {"name": "x-spam", "contains": "yes"}},
        {"header": {"X-Spam": "Yes, 9"}},
        {"header": {"X-Spam": "eyes"}},
    ),
    ({"header": {"name": "X-S", "matches": "^[0-9]+$"}}, {"header": {"x-s": "12"}}, {"header": {"x-s": "a12"}}),
    ({"header": {"name": "List-Id"}}, {"header": {"List-ID": ""}}, {}),
    ({"header": {"name": "List-Id", "present": False}}, {}, {"header": {"List-ID": "x"}}),
    (
        {"attachment": {"type": "image/*", "min": 2}},
        {"attachments": ["a.jpg", "b.png"]},
        {"attachments": ["a.jpg", "b.txt"]},
    ),
    ({"attachment": {"name": "*.DOCX"}}, {"attachments": ["Text.docx"]}, {"attachments": ["docx.txt"]}),
    ({"attachment": {"document": True}}, {"attachments": ["a.md"]}, {"attachments": ["a.jpg"]}),
    ({"attachment": {"max": 1}}, {}, {"attachments": ["a.jpg", "b.jpg"]}),
    ({"attachment": {"min": 1, "max": 1}}, {"attachments": ["a.jpg"]}, {}),
    ({"sender": ["member", "known"]}, {"sender": "known"}, {}),
    ({"answers": "digest"}, {"answers": "digest"}, {"answers": "letter"}),
    ({"bounce": True}, {"bounce": True}, {}),
    ({"automatic": False}, {}, {"automatic": True}),
    ({"bulk": True}, {"bulk": True}, {"automatic": True}),
    ({"names_group": True}, {"body": "the north  pier\nsociety"}, {"body": "north pier"}),
    ({"names_group": False}, {"body": "north pier"}, {"body": "elan vital"}),
    ({"from_group": "any"}, {"from": "x@mail.pier.example"}, {"from": "x@pier.example.org"}),
    (
        {"from_group": "naming"},
        {"from": "x@PIER.example", "body": "the north pier society"},
        {"from": "x@pier.example", "body": "north pier"},
    ),
    ({"larger": 3}, {"body": "four"}, {"body": "thr"}),
    ({"smaller": 4}, {"body": "thr"}, {"body": "four"}),
    ({"longer": 3}, {"body": "\u00e9\u00e9\u00e9\u00e9"}, {"body": "\u00e9\u00e9\u00e9"}),
    ({"shorter": 4}, {"body": "\u00e9\u00e9\u00e9"}, {"body": "\u00e9\u00e9\u00e9\u00e9"}),
    ({"not": {"to": "article", "body": "x"}}, {"to": "article"}, {"to": "article", "body": "x"}),
    (
        {"any": [{"body": "x", "to": "desk"}, {"body": "y"}]},
        {"to": "article", "body": "y"},
        {"to": "article", "body": "x"},
    ),
    ({}, {}, None),
]


@pytest.mark.parametrize(("when", "holding", "failing"), TELLING)
def test_a_condition_holds_for_the_mail_it_is_meant_for_and_for_no_other(when, holding, failing):
    assert hit(when, **holding)
    assert failing is None or not hit(when, **failing)


def test_every_condition_of_the_list_is_tried():
    assert {name for when, _, _ in TELLING for name in when} == set(CONDITIONS)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"sbject": "x"}, 'unknown condition "sbject"; did you mean "subject"?'),
        ({"subject": 3}, 'condition "subject": expected a phrase or a list of phrases'),
        ({"subject": []}, "expected a phrase"),
        ({"subject": [" - "]}, "expected a phrase"),
        ({"to": "articles"}, 'unknown purpose "articles"; did you mean "article"?'),
        ({"sender": "membre"}, 'unknown word "membre"; did you mean "member"?'),
        ({"subject_matches": "(?=a)"}, "patterns are RE2: no look-around"),
        ({"body_matches": "(a"}, "missing"),
        ({"header": {"contains": "x"}}, '"name" is missing'),
        ({"header": {"name": "x", "contains": "a", "matches": "b"}}, "give one of"),
        ({"attachment": {"typ": "image/*"}}, 'unknown key "typ"; did you mean "type"?'),
        ({"attachment": {"min": "2"}}, '"min" has the wrong kind of value'),
        ({"larger": True}, "expected a whole number"),
        ({"bulk": "yes"}, "expected true or false"),
        ({"not": {"any": [{"bulk": True}]}}, "cannot stand inside another"),
        ({"any": {"bulk": True}}, "expected a list of tables"),
        ({"any": []}, "expected a list of tables"),
        ({"not": {}}, "expected a table of conditions"),
        ("article", '"when" must be a table'),
    ],
)
def test_a_mistake_in_a_condition_is_told_with_what_was_expected(when, words):
    with pytest.raises(ValueError, match=r".") as told:
        read_when(when)
    assert words in str(told.value)


def test_s68_a_pattern_that_hangs_other_engines_is_answered():
    assert not hit({"body_matches": "^(a+)+$"}, body="a" * 60_000 + "!")
    assert not hit({"words": "a a a b"}, body="a " * 500_000)


@pytest.mark.parametrize(
    ("subject", "body", "group"),
    [
        ("NPS", "", "North Pier Society"),
        ("the nps", "", "North Pier Society"),
        ("your nps file", "", "North Pier Society"),
        ("nps", "", None),
        ("Nps", "", None),
        ("SNPS", "", None),
        ("THE PIER", "", "North Pier Society"),
        ("pier", "", None),
        ("LSU and NPS", "", "Lantern Street Union"),
        ("photos", "first the NPS, then the LSU", "North Pier Society"),
        ("the LSU", "NPS NPS NPS", "Lantern Street Union"),
        ("e\u0301lan VITAL", "", "Élan Vital"),
        ("", "North Pier\r\n> Society", None),
    ],
)
def test_a_group_is_named_by_its_name_or_an_alias_in_capitals(subject, body, group):
    found = naming(*mail(subject=subject, body=body))
    assert (found.group if found else None) == group


def test_a_document_inside_a_forwarded_mail_is_not_the_article():
    message, _ = mail(attachments=["text.docx"])
    own = message.attachments[0]
    assert is_document(own)
    assert not is_document(replace(own, within="Fwd.eml"))


@pytest.mark.parametrize("tag", ["nps", "north-pier-society", "NorthPierSociety"])
def test_a_subaddress_names_a_group_before_the_subject_does(tag):
    assert naming(*mail(tag=tag, subject="LSU")).group == "North Pier Society"


def test_a_file_name_names_a_group():
    assert naming(*mail(attachments=["north_pier_society-leaflet.jpg"])).group == "North Pier Society"


RULE = """
[[rule]]
name = "humour"
kind = "article"
section = "humour"
because = "it says humour"
when.subject = ["humour"]
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            RULE.replace("subject", "sbject"),
            'rules/20-a.toml, rule "humour": unknown condition "sbject"; did you mean "subject"?',
        ),
        (RULE.replace("kind", "knd"), 'rules/20-a.toml, rule "humour": unknown key "knd"; did you mean "kind"?'),
        (RULE.replace('"article"', '"artcle"'), 'unknown kind "artcle"; did you mean "article"?'),
        (RULE.replace('because = "it says humour"', ""), "because is missing"),
        (RULE.replace('name = "humour"', ""), "rules/20-a.toml, rule 1: name is missing"),
        (RULE.replace('"it says humour"', "3"), "because: expected text"),
        (RULE + 'beside = ["help"]', "beside: only these kinds open an item"),
        (RULE + RULE, "rules/20-a.toml has one of that name; rename it"),
        ("[[rule]]\nname = ", "not TOML"),
        ("", "no rules; every rule begins with a line [[rule]]"),
        ("rule = 3", "no rules"),
        ("name = 3", 'unknown key "name"'),
    ],
)
def test_a_mistake_in_a_rule_says_file_rule_and_cure(text, words):
    text = text.replace("when.subject", "\nwhen.subject") if "when.subject" in text else text
    with pytest.raises(ConfigError) as told:
        read_rules({"20-a.toml": text})
    assert words in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_of_rules_needs_its_number():
    with pytest.raises(ConfigError, match=r"humour\.toml: a file of rules is named like"):
        read_rules({"humour.toml": RULE})


def test_rules_are_asked_in_the_order_of_their_files():
    last = RULE.replace('"humour"', '"satire"')
    assert [rule.name for rule in read_rules({"30-b.toml": last, "20-a.toml": RULE})] == ["humour", "satire"]


TWO = """
[[rule]]
name = "text"
kind = "article"
section = "articles"
because = "it has a text"
when.body = "text"

[[rule]]
name = "wish"
kind = "membership"
because = "it has a wish"
beside = ["article"]
when.body = "wish"

[[rule]]
name = "question"
kind = "enquiry"
because = "it has a question"
when.body = "question"

[[rule]]
name = "hint"
kind = "material"
guess = true
because = "it has a hint"
when.body = "hint"
"""


def test_the_first_hit_decides_and_a_wish_may_stand_beside_it():
    rules = read_rules({"10-two.toml": TWO})
    verdict = sort(*mail(body="text, wish, question and hint"), rules)
    assert (verdict.kinds, verdict.section, verdict.rule, verdict.reason) == (
        ("article", "membership"),
        "articles",
        "text",
        "it has a text",
    )
    assert (verdict.first.field, verdict.first.words) == ("text", "text")
    assert verdict.runner_up.rule == "question"
    assert [(row.rule, row.outcome) for row in explain(verdict, rules)] == [
        ("text", "first"),
        ("wish", "second wish"),
        ("question", "runner-up"),
        ("hint", "guess"),
    ]


def test_what_stands_beside_an_article_does_not_stand_beside_a_question():
    rules = read_rules({"10-two.toml": TWO.replace('kind = "article"\nsection = "articles"', 'kind = "enquiry"')})
    assert sort(*mail(body="text and wish"), rules).kinds == ("enquiry",)


def test_a_mail_that_nothing_claims_is_unsorted_and_guessed_at():
    rules = read_rules({"10-two.toml": TWO})
    verdict = sort(*mail(body="hint"), rules)
    assert (verdict.kind, verdict.guess, verdict.rule) == ("unsorted", "material", "")
    assert [(row.rule, row.outcome, row.words) for row in explain(verdict, rules)] == [
        ("text", "miss", "body: text"),
        ("wish", "miss", "body: wish"),
        ("question", "miss", "body: question"),
        ("hint", "runner-up", "hint"),
        ("", "first", ""),
    ]


def test_check_says_which_examples_do_not_come_out_and_what_is_missing():
    text = TWO.replace(
        'when.body = "question"', 'when.body = "question"\nhits = [{ body = "text" }, { bdy = "x" }, "absent.eml"]'
    )
    text += 'group = "Nobody"\nhits = [{ body = "hint" }]\nmisses = [{ body = "hint, hint" }]'

    problems = check(read_rules({"10-two.toml": text}), GROUPS)
    assert 'rules/10-two.toml, rule "question": hits 1 comes out as article by rule "text"' in problems
    assert 'rules/10-two.toml, rule "question": hits 2: unknown key "bdy"; did you mean "body"?' in problems
    assert any('rule "question": hits 3: expected a table of to, tag, subject' in problem for problem in problems)
    assert 'rules/10-two.toml, rule "question": misses is empty; give at least one example mail' in problems
    assert 'rules/10-two.toml, rule "hint": misses 1 comes out as unsorted by rule ""' in problems
    assert 'rules/10-two.toml, rule "hint": no group "Nobody" in groups.toml' in problems
    assert any("the last rule must catch all" in problem for problem in problems)
    assert not any("hits 1" in problem and '"hint"' in problem for problem in problems)


WORDS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200)


@settings(deadline=None, max_examples=200)
@given(subject=WORDS, body=WORDS, tag=WORDS, name=WORDS)
def test_no_mail_whatever_its_characters_breaks_a_condition(subject, body, tag, name):
    everything = [read_when(when) for when, _, _ in TELLING]
    read = reading(*mail(subject=subject, body=body, tag=tag, attachments=[name], header={name: body}))
    for when in everything:
        holds(when, read)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=100))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)
