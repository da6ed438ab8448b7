"""An author's own words by shape: what a mail program added goes, what a person wrote stays."""
# ruff: noqa: RUF001 - these languages are written so

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.trimming.__main__ import SEED, judged, squeezed
from bench.trimming.forms import replies
from mailproc.message.html.text import to_text
from mailproc.message.words.trimming import trimmed, trimmed_html

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "reply" / "trimmed.jsonl"
ROWS = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()] if CORPUS.exists() else []

ATTRIBUTIONS = [
    "On Sun, 22 Nov 2026 at 08:00, Ana Lund <ana@home.example> wrote:",
    "On Sun, 22 Nov 2026 at 08:00, The Harbour Review Weekday Desk\n<desk@harbour.example> wrote:",
    "Am So., 22. Nov. 2026 um 08:00 Uhr schrieb Ana Lund <ana@home.example>:",
    "Ana Lund <ana@home.example> schrieb am So., 22. Nov.\n2026, 08:00:",
    "Le dim. 22 nov. 2026 à 08:00, Ana Lund <ana@home.example> a écrit :",
    "El dom, 22 nov 2026 a las 8:00, Ana Lund (<ana@home.example>) escribió:",
    "Il giorno dom 22 nov 2026 alle ore 08:00 Ana Lund <ana@home.example> ha scritto:",
    "Em dom., 22 de nov. de 2026 às 08:00, Ana Lund <ana@home.example> escreveu:",
    "вс, 22 нояб. 2026 г. в 08:00, Ana Lund <ana@home.example>:",
    "22.11.2026 08:00, Ana Lund пишет:",
    "Op zo 22 nov 2026 om 08:00 schreef Ana Lund <ana@home.example>:",
    "Den sön 22 nov. 2026 kl 08:00 skrev Ana Lund <ana@home.example>:",
    "Den 22.11.2026 08.00, skrev Ana Lund:",
    "su 22. marrask. 2026 klo 8.00 Ana Lund (ana@home.example) kirjoitti:",
    "niedz., 22 lis 2026 o 08:00 Ana Lund <ana@home.example> napisał(a):",
    "ne 22. 11. 2026 v 8:00 odesílatel Ana Lund <ana@home.example> napsal:",
    "Ana Lund <ana@home.example> ezt írta (időpont: 2026. nov. 22., V, 8:00):",
    "În dum., 22 nov. 2026 la 08:00, Ana Lund <ana@home.example> a scris:",
    "Ana Lund <ana@home.example>, 22 Kas 2026 Paz, 08:00 tarihinde şunu yazdı:",
    "Στις Κυρ 22 Νοε 2026 στις 8:00 ο χρήστης Ana Lund <ana@home.example> έγραψε:",
    "нд, 22 лист. 2026 р. о 08:00 Ana Lund <ana@home.example> пише:",
    "2026年11月22日(日) 8:00 Ana Lund <ana@home.example>:",
    "Ana Lund <ana@home.example> 于2026年11月22日周日 08:00写道：",
    "2026년 11월 22일 (일) 오전 8:00, Ana Lund <ana@home.example>님이 작성:",
    "في الأحد، 22 نوفمبر 2026 في 8:00 تمت كتابة ما يلي بواسطة Ana Lund <ana@home.example>:",
    "בתאריך יום א׳, 22 בנוב׳ 2026 ב-8:00 מאת Ana Lund <ana@home.example>:",
]
BLOCKS = [
    "From: Ana Lund <ana@home.example>\nSent: Sunday, 22 November 2026 08:00\nTo: Jo Poole\nSubject: The tram",
    "*Von:* Ana Lund <ana@home.example>\n*Gesendet:* Sonntag, 22. November 2026 08:00\n*An:* Jo\n*Betreff:* Die Bahn",
    "De : Ana Lund <ana@home.example>\nEnvoyé : dimanche 22 novembre 2026 08:00\nÀ : Jo\nObjet : Le tram",
    "Fra: Ana Lund <ana@home.example>\nSendt: 22. november 2026 08:00\nTil: Jo\nEmne: Trikken",
    "差出人: Ana Lund <ana@home.example>\n送信日時: 2026年11月22日 8:00\n宛先: Jo\n件名: 路面電車",
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_an_attribution_in_any_language_goes_with_what_it_introduces(attribution: str):
    assert trimmed(f"The tram had two cars.\n\n{attribution}\n\n> How many cars?\n> Ana") == "The tram had two cars."


@pytest.mark.parametrize("block", BLOCKS)
def test_below_a_copied_header_everything_is_somebody_else_s(block: str):
    assert trimmed(f"The tram had two cars.\n\n{block}\n\nHow many cars had it?\nAna") == "The tram had two cars."


@pytest.mark.parametrize(
    "footer",
    [
        "Sent from my iPhone",
        "Sent from my Verizon, Samsung Galaxy smartphone",
        "Get Outlook for Android",
        "Von meinem iPhone gesendet",
        "Envoyé de mon téléphone",
        "Enviado desde mi iPhone",
        "Verstuurd vanaf mijn iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "iPhoneから送信",
        "发自我的 iPhone",
        "나의 iPhone에서 보냄",
        "-- \nJo Poole\nFerry Lane 3",
        "\u2014\nJo Poole",
        "________________________________\n",
        "This message is confidential and intended solely for the addressee.\nPlease notify the sender.",
    ],
)
def test_what_stands_below_the_words_goes(footer: str):
    assert trimmed(f"The tram had two cars.\n\n{footer}\n") == "The tram had two cars."


@pytest.mark.parametrize(
    "words",
    [
        "On Sunday I wrote to you:\nthe tram had two cars.",
        "Sent from my desk, which is much nicer than my telephone.",
        "It left at 08:00 on 22 November 2026:\n- the first car\n- the second car",
        "From: here\nthe tram went on to the pier.",
        "The rule is\n\n----\n\nand goes on.",
        "He wrote:\nnothing at all.",
        ">>> Come to the pier <<<",
        "In 1994 the editor wrote: the tram will come.",
        "Date: a fruit",
        "On 3 May 2021 the mayor wrote:\nThe tram will come.",
        'On 22 November 2026, at 8:00, the mayor said:\n"The tram will come."',
        "I wrote on 22 November 2026 at 8:00:\nthe tram will come.",
        "The label reads:\n\nFrom: V. Reed, Leith\nTo: the baker\nDate: 14 May 1931",
        "| year | cars |\n|------|------|\n| 1921 | 2    |",
        "--- Chapter two ---\n\nThe tram had two cars.",
        "I sent it via Gmail",
        "The unveiling is:\n\nOn Sunday, November 22, 2026, at 8:00 AM, North Pier",
        "Two cars.\n\n---\n\nI am not on your mailing list, see https://home.example/leave for why.",
        "> How many cars?\n\nTwo, and the second one was green.",
        "I wanted to unsubscribe from the other list, but could not.",
    ],
)
def test_a_person_s_words_that_look_alike_stay(words: str):
    assert trimmed(words) == words


def test_answers_between_the_quotations_stay():
    mail = (
        "On 22 Nov 2026, Ana <ana@home.example> wrote:\n\n> How many cars?\n\nTwo.\n\n> And when?\n\nAt eight.\n-- \nJo"
    )
    assert trimmed(mail).split() == ["Two.", "At", "eight."]


def test_words_below_a_quotation_stay():
    assert trimmed("Ana wrote on 22 Nov 2026 at 08:00:\n> How many cars?\n\nTwo cars.") == "Two cars."


def test_words_right_below_a_gateway_s_banner_stay():
    banner = "CAUTION: This email originated from outside the organisation. Do not click links."
    assert trimmed(f"{banner}\n\nTwo cars.") == "Two cars."
    assert trimmed(f"{banner}\nTwo cars.") == "Two cars."


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ('Two cars.<div class="gmail_quote">On Sunday Ana wrote:<blockquote>How many?</blockquote></div>', "Two cars."),
        ('<p>Two cars.</p><div id="appendonsend"></div><div id="x_divRplyFwdMsg">From: Ana</div>', "Two cars."),
        ('<div>Two cars.<div class="protonmail_quote">Ana wrote:<br>How many?</div></div>', "Two cars."),
        ('<div>Two cars.</div><div class="gmail_signature">Jo Poole<br>Ferry Lane 3</div>', "Two cars."),
        ('<div>Two cars.</div><div data-signatureblock="true">Jo Poole</div>', "Two cars."),
        ('<div>Two cars.</div><div class="zmail_extra">On Sunday Ana wrote<div>How many?</div></div>', "Two cars."),
        ('Two cars.<blockquote type="cite">How many?</blockquote>And it was late.', "Two cars.\n\n\nAnd it was late."),
    ],
)  # fmt: skip
def test_containers_of_html_tell_what_is_quoted_and_what_is_a_signature(html: str, words: str):
    assert trimmed_html(html) == words


def is_right(row: dict[str, object]) -> bool:
    """As the corpus says: white space collapsed, in HTML rows removed; an expectation in HTML is compared as text."""
    rich, expected = row["kind"] == "html", str(row["expect"])
    words = trimmed_html(str(row["input"])) if rich else trimmed(str(row["input"]))
    if row["rule"] == "contains":
        must, must_not = list(row["must"]), list(row["must_not"])  # type: ignore[call-overload] # lists of str
        return all(each in words for each in must) and not any(each in words for each in must_not)
    if rich:
        expected = to_text(expected) if expected.lstrip().startswith("<") else expected
    return squeezed(words, is_html=rich) == squeezed(expected, is_html=rich)


@pytest.mark.skipif(not ROWS, reason="the shared replies are not here")
def test_nine_of_ten_replies_of_others_are_trimmed_exactly():
    right = [is_right(row) for row in ROWS]
    exact = [one for one, row in zip(right, ROWS, strict=True) if row["rule"] == "exact"]
    assert sum(right) >= 0.92 * len(ROWS)
    assert sum(exact) >= 0.92 * len(exact)


@pytest.mark.parametrize("forms", ["programs", "fresh", "later", "last"])
def test_replies_of_a_hundred_programs_are_trimmed_and_no_word_of_an_author_is_lost(forms: str):
    found = list(judged(replies(forms, SEED)))
    assert [(reply.name, words) for reply, said, words in found if said == "short"] == []
    assert sum(said == "right" for _, said, _ in found) >= 0.96 * len(found)


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=400))
def test_it_never_fails_and_adds_no_word(text: str):
    assert set(trimmed(text).split()) <= set(trimmed(text.replace("\r\n", "\n")).split())
    assert len(trimmed(text)) <= 3 * len(text)


HOSTILE = ["'On ' * 20000", "'a ' * 500000", "'On Sun, 22 Nov 2026 at 08:00\\n' * 5000", "'>' * 100000"]
HOSTILE += ["'On 1.1.2026 10:00 a@b.c wrote:\\n' * 5000", "('>' + '<' * 1999 + '\\n') * 500", "'--- On ' * 100000"]
HOSTILE += ["('-' * 1999 + '\\n') * 500", "'From: To: Date: ' * 60000", "'<\\n\\nmailto:\\n' * 20000", "' ' * 1000000"]
HOSTILE += ["'sent from ' * 100000", "('> http://x(\\na\\n') * 20000", "'intended recipient\\n\\n' * 10000"]
HOSTILE += [
    "'---\\nunsubscribe http://x.example\\n' * 4000",
    "'--- Ana wrote ---\\n' * 4000",
    "',----\\n| a\\n' * 4000",
]
HOSTILE += ["'--\\n\\n' * 2000", "'--\\na b\\n' * 2000", "'> a\\n\\nb\\n' * 4000", "'[quote]\\n' * 4000"]
HOSTILE += [
    "('-- a' * 150 + '\\n') * 500",
    "'From: a@b.c\\n\\n' * 4000",
    "'| From | a@b.c |\\n' * 2000",
    "'-' * 300000",
]
HOSTILE += [
    "'Yes. On 1.1.2026 Ana wrote:\\n' * 2000",
    "('a ' + '-=' * 299 + '\\n') * 500",
    "'a@b.c 1.1.2026 10:00\\n' * 2000",
]


def test_hostile_text_is_trimmed_to_its_end():
    """Each up to 1 MB, together in a process of its own; what is not linear would need hours."""
    code = f"from mailproc.message.words.trimming import trimmed\nfor text in ({', '.join(HOSTILE)}): trimmed(text)"
    ran = subprocess.run([sys.executable, "-c", code], timeout=120, check=False, capture_output=True, text=True)  # noqa: S603 - ours
    assert ran.returncode == 0, ran.stderr
