"""Whatever a gateway, a mail program or a wrap does to a reply, the same lines are the writer's own."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailproc.message.html.text import to_text
from mailproc.message.words.quotation import Sent, own_lines

LETTER = message_from_bytes(
    (Path(__file__).resolve().parents[1] / "golden" / "member-digest.eml").read_bytes(), policy=policy.default
)
PLAIN, RICH = LETTER.get_body(("plain",)), LETTER.get_body(("html",))
TEXT = PLAIN.get_content() if PLAIN else ""
HTML = RICH.get_content() if RICH else ""
SENT = Sent(TEXT, (to_text(HTML), to_text(HTML, links=True)))
REFS = re.findall(r"^\d+\. ([A-Z]-\d+)", TEXT, re.MULTILINE)
ATTRIBUTION = "On Sun, 22 Nov 2026 at 08:00, The Harbour Review <desk@harbour.example> wrote:"

BANNERS = [
    "",
    "[EXTERNAL] This email originated from outside of the organisation.\n",
    (
        "CAUTION: This email originated from outside the organisation. Do not click links or open\nattachments"
        " unless you know the content is safe.\n\n"
    ),
    "You don't often get email from ana@home.example. Learn why this is important\n\n",
    "ACHTUNG: Externe E-Mail. Bitte keine Links anklicken.\n\n",
]
FOOTERS = [
    "",
    (
        "\n\nThis message is confidential and intended solely for the addressee. If you are not\nthe intended"
        " recipient, please notify the sender."
    ),
    "\n\n_______________________________________________\nReview mailing list\nUnsubscribe from this list at the desk",
    "\n\n--\nThis email has been scanned for viruses by the gateway.",
    "\n\nVirenfrei. www.gateway.example",
]
MARKS = ["> ", ">", "| ", ": ", "HR> ", " > ", ">> ", ""]
ENDS = {"mail", "by mail"}  # of our own links, wrapped: alone on a line they say nothing
SAID = ["approve", "hold", "reject, we had this in May", "no"]

replies = st.fixed_dictionaries(
    {
        "banner": st.sampled_from(BANNERS),
        "footer": st.sampled_from(FOOTERS),
        "mark": st.sampled_from(MARKS),
        "width": st.sampled_from([0, 0, 40, 60, 72, 100]),
        "said": st.lists(st.tuples(st.sampled_from(REFS), st.sampled_from(SAID)), max_size=3),
        "blanks": st.sampled_from(["\n", "\r\n", "\n\n"]),
        "hard": st.booleans(),
        "decomposed": st.booleans(),
        "rich": st.booleans(),
    }
)


def quotation(how: dict[str, object]) -> str:
    """The letter as this program quotes it, wrapped again; what is wrapped loses its mark."""
    mark, width = str(how["mark"]), int(str(how["width"]))
    lines = [mark + line for line in (SENT.html_texts[0] if how["rich"] else TEXT).split("\n")]
    if width:
        lines = [piece for line in lines for piece in textwrap.wrap(line, width, break_on_hyphens=False) or [mark]]
    text = str(how["blanks"]).join(lines)
    text = text.replace(" ", "\xa0") if how["hard"] else text
    return unicodedata.normalize("NFD", text) if how["decomposed"] else text


def own(reply: str, sent: Sent = SENT, earlier: tuple[str, ...] = ()) -> list[str]:
    lines = own_lines(reply, sent, earlier)
    texts = [line.text for line in lines if line.own and not line.marked and any(map(str.isalnum, line.text))]
    return [text for text in texts if text.strip() not in ENDS]


@settings(deadline=None, max_examples=150)
@given(replies)
def test_words_on_top_are_own_and_nothing_else_is(how: dict[str, object]):
    said = [f"{ref} {words}" for ref, words in how["said"]]  # type: ignore[attr-defined] # pairs
    reply = f"{how['banner']}{chr(10).join(said)}\n\n{ATTRIBUTION}\n\n{quotation(how)}{how['footer']}"
    assert own(reply) == said


@settings(deadline=None, max_examples=100)
@given(replies, st.integers(0, 10**6))
def test_words_between_the_lines_are_own_however_they_are_quoted(how: dict[str, object], seed: int):
    lines = quotation(how | {"width": 0}).split(str(how["blanks"]))
    heads = [n for n, line in enumerate(lines) if re.search(r"\d+\.[ \xa0]+[A-Z]-\d+", line)]
    place = heads[seed % len(heads)] + 1
    reply = "\n".join([ATTRIBUTION, *lines[:place], "", "we had this in May, I think", "", *lines[place:]])
    assert own(str(how["banner"]) + reply) == ["we had this in May, I think"]


@pytest.mark.parametrize("mark", ["} ", "# ", "% ", "=> "])
def test_a_mark_that_few_programs_use_marks_a_colleague_s_words_too(mark: str):
    quoted = [mark + line for line in [*TEXT.split("\n"), "A-12 approve, says Ben"]]
    lines = own_lines("\n".join(["A-13 hold", "", ATTRIBUTION, *quoted]), SENT)
    assert [line.text for line in lines if line.own and not line.marked and line.text.strip()] == ["A-13 hold"]


def test_a_list_of_the_writer_s_is_no_quotation():
    said = ["- A-12 approve", "- F-13 hold", "- M-14 approve", "- A-17 hold"]
    assert own("\n".join([*said, "", *(f"> {line}" for line in TEXT.split("\n"))])) == said


def test_words_typed_inside_a_quotation_are_marked_and_known_to_be_amid_it():
    lines = [f"> {line}" for line in TEXT.split("\n")]
    place = next(n for n, line in enumerate(lines) if "Votes:" in line)
    found = own_lines("\n".join([*lines[:place], "> approve", *lines[place:]]), SENT)
    typed = found[place]
    assert (typed.text, typed.own, typed.marked, typed.amid) == ("> approve", True, True, True)
    assert sum(line.amid for line in found) == 1


def test_words_of_a_colleague_who_was_quoted_are_not_amid_a_quotation():
    lines = [f"> > {line}" for line in TEXT.split("\n")]
    place = next(n for n, line in enumerate(lines) if "Votes:" in line)
    found = own_lines("\n".join([*lines[:place], "> approve", *lines[place:]]), SENT)
    assert not any(line.amid for line in found)


def test_a_colleague_s_mail_of_the_thread_is_nobody_s_word_even_without_marks():
    ben = "A-12 approve\n\nI read it twice, and it made me laugh both times.\n\nBen"
    block = "From: Ben <ben@home.example>\nSent: Sunday, 22 November 2026 09:00\nTo: Desk\nSubject: Re: items"
    assert own(f"F-13 hold\n\n{block}\n\n{ben}\n\n{TEXT}", earlier=(ben,)) == ["F-13 hold"]


@pytest.mark.parametrize(
    ("letter", "quoted"),
    [
        ("Größe und Straße über die Brücke hinaus gebaut", "NFD"),
        ("港町の評論へようこそ、毎日の便りをお待ちしています", "NFD"),
        ("ガラスのパビリオンでコンサートがあります", "NFD"),
        ("부두 위의 전차는 오지 않았다 그리고 아무도 몰랐다", "NFD"),
        ("הרכבת הקלה לא הגיעה לנמל הישן ואיש לא ידע", "NFC"),
        ("لم يصل الترام إلى الميناء القديم ولم يعرف أحد", "NFC"),
        ("Tiếng Việt có dấu và chữ này dài hơn sáu từ", "NFD"),
    ],
)
def test_letters_of_any_script_are_found_composed_or_not(letter: str, quoted: str):
    sent = Sent(f"Hello Ana,\n\n{letter}\n\nThe Harbour Review")
    back = unicodedata.normalize(quoted, letter)  # type: ignore[arg-type] # a form's name
    for shown in (back, f"\u202b{back}\u202c", back.replace(" ", "\u200f ")):
        assert own(f"approve\n\n{shown}", sent) == ["approve"]


def test_a_script_without_blanks_is_found_wherever_it_is_wrapped():
    letter = "港町の評論へようこそ、毎日の便りをお待ちしています。埠頭の電車はまだ来ません。"
    for width in range(3, len(letter)):
        pieces = [letter[at : at + width] for at in range(0, len(letter), width)]
        assert own("\n".join(["承認", *pieces]), Sent(letter)) == ["承認"]
