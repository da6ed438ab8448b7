"""format=flowed: what the author's program put in is taken out, and nothing else (RFC 3676 §4)."""

import base64
import json
import quopri
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailproc.message.mime.flowed import joined
from mailproc.message.parse import parse
from mailproc.message.words.extent import guessed, source_of, was_joined

AS_IT_IS = [
    pytest.param("No blank\nat an end.\n", id="fixed lines"),
    pytest.param("> theirs \nmine\n", id="another quote depth below"),
    pytest.param("mine \n> theirs\n", id="another quote depth above"),
    pytest.param("> > one \n> two\n", id="quote marks with blanks between"),
    pytest.param("Regards, \n-- \nJo\nPoole Street\n", id="the signature separator"),
    pytest.param("Regards, \n--\nJo\n", id="its blank cut off by a gateway"),
    pytest.param("> Regards, \n> -- \n> Jo\n", id="quoted"),
    pytest.param("The end. \n_______________________\nThe list\n", id="a list's rule"),
    pytest.param("The end. \n***\nMore.\n", id="a rule"),
    pytest.param("Here it is: \n--- begin\nWords.\n--- end \n", id="marks of an extent"),
    pytest.param("A paragraph. \n\nAnother. \n \n", id="a blank at a paragraph's end"),
    pytest.param("The last. ", id="a blank at the end of all"),
    pytest.param("", id="nothing"),
    pytest.param("Roses are red,  \nviolets are blue,  \nand so are you.\n", id="verses of two blanks"),
    pytest.param(
        "Nobody tells you how loud the ropes are that groan the whole night long,  \n"
        "and the water answers.  \nIn between there is the clock of the town hall, which goes its own way.  \nEnd.\n",
        id="long verses beside a short one",
    ),
    pytest.param("- bread  \n- milk  \n- rope\n", id="a list of two blanks"),
    pytest.param("A-12 approve \nA-13 reject \nF-14 hold \n", id="decisions"),
    pytest.param("Tab\t\nno-break\xa0\nideographic\u3000\nblanks\n", id="blanks of another kind"),
]


@pytest.mark.parametrize("text", AS_IT_IS)
def test_what_no_program_breaks_is_left_as_it_stands(text):
    assert joined(text).text == text.replace("\n \n", "\n\n")  # the one blank before a line is always a program's
    assert joined(text).joins == 0


@pytest.mark.parametrize(
    ("sent", "written", "joins"),
    [
        pytest.param("All night, and the \nwater answers.\n", "All night, and the water answers.\n", 1, id="soft end"),
        pytest.param("One \ntwo \nthree\nfour\n", "One two three\nfour\n", 2, id="to the first fixed line"),
        pytest.param(" From here you see it.\n", "From here you see it.\n", 0, id="From"),
        pytest.param(" > not a quotation\n   code\n", "> not a quotation\n  code\n", 0, id="stuffed"),
        pytest.param("a \n > b\n", "a > b\n", 1, id="stuffed behind a soft end"),
        pytest.param(">by me, on \n>two lines\n", ">by me, on two lines\n", 1, id="quoted without a blank"),
        pytest.param("> by me, on \n> two lines\n", "> by me, on two lines\n", 1, id="quoted, stuffed"),
        pytest.param("> > a \n> > b \n> c\n", "> > a b \n> c\n", 1, id="to where the depth changes"),
        pytest.param(">> a \n> > b\n", ">> a b\n", 1, id="one depth in two spellings"),
        pytest.param("foo \n   bar\n", "foo   bar\n", 1, id="blanks between words"),
        pytest.param(
            "The boats came in late that evening, and nobody counted them.  \nThey were nine.\n",
            "The boats came in late that evening, and nobody counted them.  They were nine.\n",
            1,
            id="two blanks between sentences",
        ),
        pytest.param(
            "rope = 12                      # what the harbour master wrote       \n in the year of the flood\n",
            "rope = 12                      # what the harbour master wrote       in the year of the flood\n",
            1,
            id="more blanks than one where a program broke a full line",
        ),
        pytest.param("-- \nJo Poole, of \nthe quay\n", "-- \nJo Poole, of the quay\n", 1, id="signature"),
        pytest.param(
            "What I saw that evening, going home late and on foot, was the old \nA-40 road.\n",
            "What I saw that evening, going home late and on foot, was the old A-40 road.\n",
            1,
            id="a road in prose",
        ),
        pytest.param("Was he there \n? Yes.\n", "Was he there ? Yes.\n", 1, id="French question mark"),
    ],
)
def test_soft_line_ends_are_joined(sent, written, joins):
    assert (joined(sent).text, joined(sent).joins) == (written, joins)


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        pytest.param("A very long wo \nrd\n", "A very long word\n", id="inside a word"),
        pytest.param("They groan  \nall night.\n", "They groan all night.\n", id="Apple Mail: two blanks, one stays"),
        pytest.param("灯台は三月に再 \n開します。\n", "灯台は三月に再開します。\n", id="Japanese"),
        pytest.param("ท่าเรือเปิดเก้า \nโมง\n", "ท่าเรือเปิดเก้าโมง\n", id="Thai"),
        pytest.param("> 灯台 \n> は\n", "> 灯台は\n", id="quoted"),
        pytest.param("One. \n-- \nJo\n", "One. \n-- \nJo\n", id="signature separator"),
        pytest.param("https://harbour.example/a/ \nb\n", "https://harbour.example/a/b\n", id="a link"),
    ],
)
def test_with_delsp_the_last_blank_goes_as_well(sent, written):
    assert joined(sent, delsp=True).text == written


WORDS = st.text(alphabet="ab >-. \u3000é灯\n", max_size=60)


@given(text=WORDS, delsp=st.booleans())
def test_nothing_but_blanks_line_ends_and_marks_of_joined_lines_goes(text, delsp):
    done = joined(text, delsp=delsp)
    assert done.text.translate(dict.fromkeys(map(ord, " \n>"))) == text.translate(dict.fromkeys(map(ord, " \n>")))
    assert done.text.count("\n") + done.joins == text.count("\n")


@given(text=WORDS)
def test_a_text_without_blanks_at_either_end_of_a_line_is_itself(text):
    text = "\n".join(line.strip(" ") for line in text.split("\n"))
    assert joined(text).text == text


def sent_by(line: str, width: int) -> list[str]:
    """A writer of our own, who stuffs every line and may break anywhere (RFC 3676 §4.2, §6)."""
    pieces = [line[at : at + width] for at in range(0, len(line), width)] or [""]
    return [f" {piece} " for piece in pieces[:-1]] + [f" {pieces[-1]}"]


@given(lines=st.lists(st.text(alphabet="ab>é灯. ", max_size=100), max_size=6), width=st.integers(20, 78))
def test_what_is_written_by_the_rules_is_had_back(lines, width):
    written = [re.sub(" {9,}", " ", line).rstrip(" ") for line in lines]  # no piece is all blanks
    sent = [piece for line in written for piece in sent_by(line, width)]
    assert joined("\n".join(sent), delsp=True).text == "\n".join(written)


def mail(content_type: str, body: bytes, encoding: str = "8bit") -> bytes:
    head = f"From: Jo <jo@poole.example>\nMIME-Version: 1.0\nContent-Type: {content_type}\n"
    return f"{head}Content-Transfer-Encoding: {encoding}\n\n".encode() + body


SOFT = b"All night, and the \nwater answers.\n"
WHOLE = "All night, and the water answers.\n"


@pytest.mark.parametrize(
    ("content_type", "body", "encoding"),
    [
        ("text/plain; charset=utf-8; format=flowed", SOFT, "8bit"),
        ('text/plain; Format="Flowed"', SOFT, "7bit"),
        ("text/plain; charset=utf-8; format=flowed; delsp=no", SOFT, "8bit"),
        ("TEXT/PLAIN; FORMAT=FLOWED; DELSP=YES", SOFT.replace(b" \n", b"  \n"), "7bit"),
        ("text/plain; charset=utf-8; format=flowed", quopri.encodestring(SOFT), "quoted-printable"),
        ("text/plain; charset=utf-8; format=flowed", base64.encodebytes(SOFT.replace(b"\n", b"\r\n")), "base64"),
        ("text/plain; charset=utf-16; format=flowed", base64.encodebytes(SOFT.decode().encode("utf-16")), "base64"),
    ],
)
def test_a_mail_that_says_it_is_flowed_is_read_so(content_type, body, encoding):
    message = parse(mail(content_type, body, encoding))[0]
    assert (message.text, message.joins) == (WHOLE, 1)
    assert source_of(message) == "body joined"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/plain; format=fixed", "text/plain; delsp=yes", "text/plain; x-format=flowed", "text/x-flowed"],
)
def test_a_mail_that_does_not_say_so_keeps_its_lines(content_type):
    message = parse(mail(content_type, SOFT))[0]
    assert (message.text, message.joins) == (SOFT.decode(), 0)
    assert source_of(message) == "body"


def test_html_that_calls_itself_flowed_is_html():
    message = parse(mail("text/html; format=flowed", b"<p>All night, and the <br>\nwater answers."))[0]
    assert (message.text_source, message.joins) == ("html", 0)


def test_two_copies_stay_one_message_whether_blanks_at_line_ends_were_cut_or_not():
    """`logical_key` is of the octets that came, and not of what is made of them."""
    copies = [parse(mail("text/plain; format=flowed", body))[0] for body in (SOFT, SOFT.replace(b" \n", b"\n"))]
    assert copies[0].logical_key == copies[1].logical_key
    assert copies[0].text != copies[1].text


@pytest.mark.parametrize(
    ("source", "joined", "charset"),
    [
        ("body", False, ""),
        ("body joined", True, ""),
        ("body joined as KOI8-R", True, "KOI8-R"),
        ("html as KOI8-R", False, "KOI8-R"),
        ("attachment joined", False, ""),
        ("attachment of mine joined as KOI8-R", False, ""),
    ],
)
def test_where_a_text_comes_from_says_what_was_done_to_it(source, joined, charset):
    assert (was_joined(source), guessed(source)) == (joined, charset)


CORPUS = Path(__file__).resolve().parents[1] / "corpus"
EXPECTED = {
    f"{folder}/{name}": expected
    for folder in ("flowed", "not_flowed")
    for name, expected in json.loads((CORPUS / folder / "expected.json").read_text(encoding="utf-8")).items()
}
STRANGER = CORPUS.parents[2] / "shared/corpus/strangers/words/flowed-article.eml"


@pytest.mark.parametrize("name", EXPECTED)
def test_what_real_programs_send_is_read_as_it_was_written(name):
    message = parse((CORPUS / f"{name}.eml").read_bytes())[0]
    assert {"text": message.text, "joins": message.joins} == EXPECTED[name]


def test_every_mail_has_its_words_beside_it():
    files = {f"{path.parent.name}/{path.stem}" for path in CORPUS.glob("*flowed/*.eml")}
    assert files == set(EXPECTED)


@pytest.mark.skipif(not STRANGER.exists(), reason="../shared/corpus is not here")
def test_a_strangers_article_is_joined():
    lines = parse(STRANGER.read_bytes())[0].text.split("\n")
    assert lines[2].endswith("of the town hall that nobody has set since the flood.")
    assert lines[4] == "From here you can see it."
    assert lines[6] == ">quoted by me, on two lines"
