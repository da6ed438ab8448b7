"""The rules of rules/ on mails as people write them: the smoke corpus, and a table of short ones."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from mailproc.config import load
from mailproc.config.folder import load_groups, load_rules
from mailproc.kinds.every import KINDS
from mailproc.message.auto import nature
from mailproc.message.model import Envelope
from mailproc.message.parse import parse
from mailproc.sorting.check import check, example_mail
from mailproc.sorting.facts import Facts
from mailproc.sorting.sort import Verdict, sort

TOP = Path(__file__).resolve().parents[2]
SMOKE = TOP.parent / "shared" / "corpus" / "smoke"
RULES = load_rules(TOP / "rules")
GROUPS = load_groups(TOP / "rules" / "groups.toml")


def sorted_as(**example: object) -> Verdict:
    message, facts = example_mail(example)
    return sort(message, replace(facts, groups=GROUPS), RULES)


def test_every_shipped_rule_claims_its_hits_and_leaves_its_misses():
    assert check(RULES, GROUPS) == []


def test_every_kind_can_come_by_a_rule():
    ruled = {rule.kind for rule in RULES}
    assert {kind for kind in KINDS if kind not in ruled} == set(), "no rule of rules/ says that a mail is one of these"


EXPECTED = json.loads((SMOKE / "expected.json").read_text()) if SMOKE.is_dir() else {}


@pytest.mark.skipif(not EXPECTED, reason="no ../shared/corpus/smoke beside this checkout")
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_mail_of_the_smoke_corpus_is_what_it_says(name):
    expected, desk = EXPECTED[name], load(TOP / "config.toml").desk
    ours = {address: kind for kind, address in desk.addresses.items()} | {desk.address: "desk"}
    raw = (SMOKE / f"{name}.eml").read_bytes()
    message, _ = parse(raw)
    reverse_path = "" if raw.startswith(b"Return-Path: <>") else message.author.email
    found = nature(message, Envelope(reverse_path))
    facts = Facts(
        purposes=tuple(ours[to.email] for to in (*message.to, *message.cc) if to.email in ours),
        bounce=found.bounce,
        automatic=found.automatic,
        bulk=found.bulk,
        groups=GROUPS,
    )
    verdict = sort(message, facts, RULES)
    kinds = expected.get("kinds") or [expected.get("kind", "article")]
    assert list(verdict.kinds) == kinds
    assert verdict.section == expected.get("section", verdict.section)
    assert verdict.group == expected.get("group")


NPS, LSU, FPL = "North Pier Society", "Lantern Street Union", "Ferry Passengers League"
MANY_WORDS = "The ferry came late again, as it had the day before. " * 60

MAILS = [
    # to, subject, body, what it is (kinds, then section or group)
    # articles
    ("article", "The tram that never came", "They told us to walk.", "article articles"),
    ("article", "", "", "article articles"),
    ("article", "text", "see attachment", "article articles"),
    ("article", "I was a member", "I was a member of the rowing club for nine years.", "article articles"),
    (
        "article",
        "Members only",
        "The club takes members by invitation. Becoming a member costs nine pounds.",
        "article articles",
    ),
    ("article", "Where does it come from?", "The water in the basin, that is.", "article articles"),
    ("article", "Help wanted at the library", "The library looks for three people who can lift.", "article articles"),
    ("article", "North Pier Society meets", "The North Pier Society met on Monday.", "article articles"),
    (
        "article",
        "A speech",
        'She began: "I would like to become a member of this council." Nobody rose.',
        "article articles",
    ),
    (
        "article",
        "Why I left",
        "“I want to become a member,” I had said in 1994. I should not have.",
        "article articles",
    ),
    ("article", "Opinion: close the car park", MANY_WORDS, "article articles"),
    ("article", "Photos of the quay", "Three photographs and the words that go with them.", "article articles"),
    ("desk", "Article: the swing bridge", "It swings at noon.", "article articles"),
    (
        "desk",
        "article for next issue",
        "Dear all,\n\nplease find my article below.\n\nThe quay is long.",
        "article articles",
    ),
    (
        "desk",
        "FW: my piece",
        "Hello, I'd like to submit a piece on the ferry. It follows.\n\nThe ferry.",
        "article articles",
    ),
    ("desk", "Submission", "For publication, if you like it: the bridge, the goat and I.", "article articles"),
    ("desk", "for you", "would you publish this?\n\nThe harbour at night is loud.", "article articles"),
    ("enquiry", "A text", "I have written an article for you about the school roof.", "article articles"),
    ("desk", "Op-Ed - the toll", "It should go.", "article articles"),
    ("desk", "The North Pier Society: an article for you", "It has nine members and a boat.", "article articles"),
    # humour
    ("article", "Humor: the seal", "He wants a flat.", "article humour"),
    ("article", "HUMOUR", "A gull walks into a bank.", "article humour"),
    ("article", "Fwd: Satire - minutes of the last meeting", "Present: nobody.", "article humour"),
    ("article", "The mayor's hat [humour]", "It blew off.", "article humour"),
    ("article", "gulls", "here is a bit of humour for a wet week\n\nThey queue.", "article humour"),
    ("article", "Humourless", "The office does not laugh. It is no joke.", "article articles"),
    ("article", "The joke is on us", "The rent has doubled.", "article articles"),
    ("desk", "A satirical piece", "Form 12(b). Reason for nest: the view.", "article humour"),
    ("desk", "Parody: tide tables", "Monday: wet.", "article humour"),
    # material
    ("material", "Photos", "For the LSU file.", f"material {LSU}"),
    ("material", "Stuff", "You may want this.", "material None"),
    ("material", "re: what is wanted", "An illustration of the lantern street union's banner.", f"material {LSU}"),
    ("material", "Ferry Passengers' League", "Their leaflet of 2011.", "material None"),
    ("material", "Ferry Passengers League", "Their leaflet of 2011.", f"material {FPL}"),
    ("desk", "The NPS", "I used to be a member. Here is my experience with them.", f"material {NPS}"),
    ("desk", "for the nps file", "Three links:\nhttps://pier.example/1", f"material {NPS}"),
    ("desk", "Lantern-Street-Union leaflet", "A scan is attached.", f"material {LSU}"),
    ("enquiry", "Pictures for your file on the North\nPier Society", "From my window.", f"material {NPS}"),
    ("desk", "found this", "http://archive.example/lsu about the Lantern Street Union", f"material {LSU}"),
    ("article", "Leaflets for the North Pier Society file", "Scanned by me.", f"material {NPS}"),
    ("desk", "Dossier", "Everything I have on the Lantern Street Union, in one dossier.", f"material {LSU}"),
    # membership
    ("membership", "hi", "me please", "membership"),
    ("membership", "An evening a week", "I could take Tuesdays.", "membership"),
    ("desk", "Join", "I want to join you and help with the site.", "membership"),
    ("desk", "(no subject)", "How can I become a member?", "membership"),
    ("desk", "Becoming a member", "Please tell me what it takes.", "membership"),
    ("enquiry", "new member?", "Do you take new members? I'd love to become a member.", "membership"),
    ("help", "Hello there", "I'd like to apply for membership, please.", "membership"),
    ("article", "Membership request", "I read you daily and have time on Sundays.", "membership"),
    ("desk", "May I join?", "I have read you for three years.", "membership"),
    ("desk", "volunteer", "I am interested in joining the people who look after the site.", "membership"),
    # two wishes
    (
        "desk",
        "Two things",
        "First, an article for you, below. And: I'd like to become a member.\n\nTHE QUAY",
        "article membership",
    ),
    ("article", "The quay at night", "Loud ropes.\n\nPS: I would also like to become a member.", "article membership"),
    ("article", "Satire: gulls", "They queue.\n\nCan I become a member too?", "article membership"),
    (["article", "membership"], "My text and my wish", "The text is below, the wish you know.", "membership article"),
    ("material", "NPS photos", "For your file. I'd also like to become a member.", "material membership"),
    # enquiries
    ("enquiry", "the ferry", "I doubt it.", "enquiry"),
    ("enquiry", "", "Who are you?", "enquiry"),
    ("desk", "Can you back this up?", "The number of boats, I mean.", "enquiry"),
    ("desk", "your story", "Where did you get the figure of nine boats?", "enquiry"),
    ("desk", "Correction", "My name has one t.", "enquiry"),
    (
        "desk",
        "Your file on the North Pier Society",
        "I speak for it. What you write is not true, and we ask for a right of reply.",
        "enquiry",
    ),
    ("desk", "Question about your photographs", "May my school use them?", "enquiry"),
    ("desk", "Status", "When will my article be up?", "enquiry"),
    ("help", "Ferries", "In your article you say that they run at night. Is that true?", "enquiry"),
    ("desk", "Your NPS file", "A question: who took the photo of the office?", "enquiry"),
    ("enquiry", "Is the file on the Lantern Street Union open to all?", "Asking for a friend.", "enquiry"),
    # help
    ("help", "How can I help?", "Hi, what are you looking for at the moment?", "help"),
    ("help", "", "", "help"),
    ("desk", "how can we help", "We are two and have a van.", "help"),
    ("desk", "hello", "What do you need? I can draw.", "help"),
    ("article", "How do I contribute?", "Is there a form?", "help"),
    ("desk", "contributing", "How do I submit a drawing?", "help"),
    # nobody knows
    ("desk", "Thursday", "As we said on the phone, here it is. Let me know.", "unsorted"),
    ("desk", "", "", "unsorted"),
    ("desk", "Hello", "Hello", "unsorted"),
    ("desk", "The choir", "It sang.", "unsorted"),
    ("desk", "Nice site", "I read it every morning with my coffee. Thank you.", "unsorted"),
    ("desk", "joint", "The membrane of the joint is torn.", "unsorted"),
]


@pytest.mark.parametrize(("to", "subject", "body", "expected"), MAILS)
def test_a_short_mail_is_what_its_writer_meant(to, subject, body, expected):
    verdict = sorted_as(to=to, subject=subject, body=body)
    said = " ".join(verdict.kinds)
    if verdict.kinds == ("article",):
        said = f"article {verdict.section}"
    elif verdict.kinds == ("material",):
        said = f"material {verdict.group}"
    assert said == expected, verdict.first


@pytest.mark.parametrize(
    ("example", "kind"),
    [
        ({"bounce": True, "automatic": True, "answers": "letter"}, "bounce"),
        ({"automatic": True, "answers": "digest", "sender": "member", "body": "A-1 approve"}, "automatic"),
        ({"bulk": True, "to": "article"}, "bulk"),
        ({"header": {"X-Spam-Flag": "YES"}, "to": "article"}, "spam"),
        ({"header": {"X-Spam-Flag": "YES"}, "sender": "member", "to": "article"}, "article"),
        ({"answers": "digest", "sender": "unknown", "body": "A-1 approve"}, "review"),
        ({"answers": "letter", "to": "article", "body": "withdraw"}, "followup"),
        ({"answers": "letter", "sender": "member", "body": "Here is my answer."}, "followup"),
        ({"sender": "member", "body": "approve A-1"}, "review"),
        ({"sender": "known", "body": "approve A-1"}, "unsorted"),
    ],
)
def test_what_the_desk_knows_comes_before_what_the_mail_says(example, kind):
    assert sorted_as(**example).kind == kind


@pytest.mark.parametrize(
    ("body", "guess"),
    [
        ("Is it open on Sunday", None),
        ("Is it open on Sunday?", "enquiry"),
        ("Have you heard of the LSU?", "material"),
        (MANY_WORDS, "article"),
    ],
)
def test_an_unsorted_mail_carries_its_best_guess(body, guess):
    verdict = sorted_as(subject="Monday", body=body)
    assert (verdict.kind, verdict.guess) == ("unsorted", guess)


def test_a_document_with_the_word_piece_is_an_article_and_an_invoice_is_not():
    assert sorted_as(body="My piece is attached.", attachments=["piece.odt"]).section == "articles"
    assert sorted_as(body="The invoice for the piece.", attachments=["invoice.pdf"]).kind == "unsorted"


def test_pictures_sent_to_the_help_address_reach_the_members():
    assert sorted_as(to="help", body="Here.", attachments=["a.jpg", "b.jpg"]).kind == "unsorted"
