"""Every letter: the table and the templates agree, hostile words stay words, and strangers get none of theirs."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import meta

from mailproc.desk.decide.obey import VERBS as OBEYED
from mailproc.desk.hear.reviewing import ASIDE, OF_SELF
from mailproc.errors import ConfigError
from mailproc.kinds.kind import AUDIENCES
from mailproc.letters.catalogue import EVERY, LETTERS, NAMES
from mailproc.letters.check import check, lacking
from mailproc.letters.extent import extent_of, extent_of_document
from mailproc.letters.language.speech import speech_of
from mailproc.letters.render import Letters
from mailproc.letters.sample import SampleDesk, attachments, item, sample
from mailproc.message.html.text import to_text
from mailproc.message.model import Address, Attachment
from mailproc.review.language import verbs
from mailproc.review.language.grammar import clean, sentence
from mailproc.workflow.item import KeptAttachment

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ALL = sorted(LETTERS)
TO_STRANGERS = sorted(name for name in LETTERS if not name.startswith(("member/", "operator/")))
SHARED = Letters(TEMPLATES)
CANARY = "Zanzibar"
HOSTILE = (
    "{{ 7*7 }} {% include 'en/member/help.txt' %}",
    "<script>alert(1)</script><img src=//t.example/x>",
    "\u202eevil\u2066 \x00\x07 line\r\nBcc: v@x.example\r\n\r\nbody",
    "\n" * 5000 + "end",
    "## a heading\n@ approve\tmailto:x@x.example\n======== \n| bar\n- list",
    "A-99 approve " * 40,
)


class Page(HTMLParser):
    """What an HTML letter is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


@pytest.fixture(scope="module")
def letters() -> Letters:
    return SHARED


def strings_replaced(value: object, by: str) -> object:
    """An item and what came with it, with all that its sender wrote replaced."""
    if isinstance(value, tuple):
        return tuple(strings_replaced(each, by) for each in value)
    if hasattr(value, "guess") and hasattr(value, "title"):
        return replace(value, title=by, author=Address(by, "jo@poole.example"), text=by, group=by, text_source=by)
    if isinstance(value, KeptAttachment):
        described = replace(
            value.attachment, name=by, media_type=f"text/{by}", declared_type=by, content_id=by, within=by
        )
        return replace(value, attachment=described)
    return value


def told(by: str, template: str, *, authenticated: bool) -> dict[str, object]:
    context = {name: strings_replaced(value, by) for name, value in sample(template).items()}
    extent = extent_of(f"{by} one two {by}", "0" * 64)
    given_ = {
        "to": Address(by, "jo@poole.example"),
        "lines": (by, by),
        "extent": extent,
        "authenticated": authenticated,
    }
    return context | {name: value for name, value in given_.items() if name in context}


def test_templates_and_table_hold_each_other():
    found = {path.relative_to(TEMPLATES / "en").with_suffix("").as_posix() for path in TEMPLATES.glob("en/*/*.txt")}
    assert {name for name in found if not name.startswith("parts/")} == set(LETTERS)
    assert {name.split("/")[0] for name in LETTERS} == {"member", *AUDIENCES, "operator"}
    assert not check(TEMPLATES)


@pytest.mark.parametrize("template", ALL)
def test_a_letter_uses_every_name_it_asks_for(template):
    used, waiting, seen = set(), [f"en/{template}.txt"], set()
    environment = SHARED.environment("en")
    while waiting:
        name = waiting.pop()
        seen.add(name)
        tree = environment.parse(environment.loader.get_source(environment, name)[0])
        used |= meta.find_undeclared_variables(tree)
        waiting += [other for other in meta.find_referenced_templates(tree) if other and other not in seen]
    assert set(LETTERS[template].needs) <= used
    assert set(LETTERS[template].names) <= set(NAMES)


def test_every_name_is_explained_and_asked_for():
    assert set(NAMES) == set(EVERY) | {name for letter in LETTERS.values() for name in letter.needs}


ADDRESSES = r"https://(?:harbour\.example/files/north-pier/|port\.example/archive)"  # of a file, and of a link in it


@pytest.mark.parametrize("template", ALL)
def test_a_letter_is_short_lined_ends_with_help_or_a_name_and_loads_nothing(letters, template):
    words = letters.render(template, "en", sample(template))
    assert words.subject
    assert "\n" not in words.subject
    assert max(map(len, words.text.split("\n"))) <= (72 if template != "member/digest" else 80), "a notice is one line"
    assert words.text.endswith("The Harbour Review\n")
    assert "\n\n\n" not in words.text
    page = Page(words.html)
    assert not {"script", "img", "link", "iframe", "table", "form", "svg"} & set(page.tags)
    assert all(value.startswith("mailto:") for name, value in page.attributes if name == "href" and value)
    assert not [name for name, _ in page.attributes if name == "src" or name.startswith("on")]
    assert ("lang", "en") in page.attributes
    assert page.tags.count("h1") == 1
    assert "http" not in re.sub(f"{ADDRESSES}|up https://…", "", words.text + words.html)


OLDER_BASE = """<!DOCTYPE html>
<html lang="{{ language }}"><head><meta charset="utf-8"><title>{{ subject }}</title></head>
<body style="{{ style.body }}"><div role="main" style="{{ style.main }}">
<h1 style="{{ style.mast }}">{{ desk.name }}</h1>
{{ body }}
</div></body></html>
"""


def test_a_desk_that_keeps_an_older_base_gets_whole_letters(tmp_path):
    (tmp_path / "base.html").write_text(OLDER_BASE, encoding="utf-8")
    html = Letters(tmp_path, TEMPLATES).render("member/digest", "en", sample("member/digest")).html
    assert re.search(r'<div role="main" style="max-width:40em;[^"]*font-size:17px', html)
    assert re.search(r'<div class="theirs" [^>]*style="[^"]*border-left: 4px solid #8a7f6a', html)


@pytest.mark.parametrize("template", ALL)
def test_the_html_says_what_the_text_says(letters, template):
    words = letters.render(template, "en", sample(template))
    shown = to_text(words.html).removeprefix("The Harbour Review\n")
    without_links = "\n".join(line for line in shown.split("\n") if not re.search(r"-\d+ by mail", line))
    assert re.sub("(?m)^>", "", without_links).split() == re.sub(r"(?m)^\|", "", words.text).split()


@pytest.mark.parametrize("template", ALL)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words(letters, template, hostile):
    context = told(hostile, template, authenticated=True)
    if "words" in context:
        context["words"] = hostile
    words = letters.render(template, "en", context)
    assert "49" not in words.text.replace("1994", "")
    assert not {"script", "img"} & set(Page(words.html).tags)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202a-\u202e\u2066-\u2069\ue000]", words.text + words.html)
    assert "\n\n\n" not in words.text
    assert len(words.text.split("\n")) < 220
    assert not [
        target for name, target in Page(words.html).attributes if name == "href" and "x@x.example" in (target or "")
    ]


@pytest.mark.parametrize("template", TO_STRANGERS)
def test_a_letter_to_an_unauthenticated_sender_holds_no_text_of_theirs(letters, template):
    words = letters.render(template, "en", told(CANARY, template, authenticated=False))
    for said in (words.subject, words.text, words.html):
        assert CANARY.lower() not in said.lower()


@given(
    theirs=st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=7, max_size=60),
    of=st.sampled_from(TO_STRANGERS),
)
@settings(deadline=None, max_examples=50)
def test_whatever_a_stranger_writes_makes_the_same_letter(theirs, of):
    """Non-interference: the letter does not depend on what they wrote, but for counts."""
    letters = SHARED
    first = letters.render(of, "en", told(theirs, of, authenticated=False))
    assert first == letters.render(of, "en", told(CANARY, of, authenticated=False))


@pytest.mark.parametrize("template", ["author/receipt-article", "author/receipt-material"])
def test_a_receipt_says_where_the_published_text_begins_and_ends(letters, template):
    text = "Dear all\n" + "one two three four\n" * 12 + "the very end of it\n"
    context = sample(template) | {"extent": extent_of(text, "ab" * 32)}
    known = letters.render(template, "en", context | {"authenticated": True}).text
    assert "from “Dear all one two three four” to “four the very end of it”, 55 words." in " ".join(known.split())
    unknown = letters.render(template, "en", context | {"authenticated": False}).text
    assert "Dear all" not in unknown
    assert "all 14 lines, 55 words." in " ".join(unknown.split())
    assert "ab" * 32 not in known + unknown, "who wants to check asks for the status"


def test_a_receipt_of_a_document_says_that_the_document_is_the_article(letters):
    context = sample("author/receipt-article") | {"extent": extent_of_document("lighthouse.docx", "cd" * 32)}
    known = " ".join(letters.render("author/receipt-article", "en", context).text.split())
    assert "The document you attached, lighthouse.docx, goes up exactly as you sent it, or not at all." in known
    unknown = letters.render("author/receipt-article", "en", context | {"authenticated": False}).text
    assert "lighthouse" not in unknown


def test_a_marked_text_is_counted_within_the_mail():
    extent = extent_of("three\nfour\n", "0" * 64, first_line=3, lines=9)
    assert (extent.first_line, extent.last_line, extent.lines, extent.words) == (3, 4, 9, 2)


def test_two_wishes_ask_for_the_extent_and_carry_the_responsibilities(letters):
    wishes = (item(12, state="awaiting_author", extent="unclear"), item(12, "membership", state="awaiting_agreement"))
    context = sample("author/receipt-two-wishes") | {"items": wishes, "extent": None}
    text = " ".join(letters.render("author/receipt-two-wishes", "en", context).text.split())
    for words in ("A-12", "M-12", '"--- begin"', '"--- end"', '"yes"', '"agree"', "Being a member means"):
        assert words in text


def test_the_receipt_names_what_was_refused_and_why(letters):
    text = letters.render("author/receipt-article", "en", sample("author/receipt-article")).text
    assert "- tides.exe, 2.0 kB, not taken: it is a program." in text
    unknown = sample("author/receipt-article") | {"authenticated": False}
    assert "Attachment 1: JPEG picture, 2.5 kB, kept." in letters.render("author/receipt-article", "en", unknown).text


@pytest.mark.parametrize("state", ["approved", "rejected", "discarded"])
def test_the_author_is_not_told_of_a_decision_that_may_still_be_undone(letters, state):
    context = sample("author/status")
    settling = item(state=state, settles_at=context["items"][0].received_at)
    text = letters.render("author/status", "en", context | {"items": (settling,)}).text
    assert "waits for the members to decide" in text


def test_the_help_guide_carries_what_is_wanted_today(letters):
    text = letters.render("reader/help", "en", sample("reader/help")).text
    assert "- Contributions to our section “humour”." in text
    assert "- A cartoonist, until 6 December 2026." in text
    assert "- Our file on North Pier Society needs a photo of the office, its rules." in text
    nothing = letters.render("reader/help", "en", sample("reader/help") | {"wanted": (), "groups": ()}).text
    assert "Nothing in particular." in nothing


def test_help_for_members_lists_every_word_that_works_and_no_other(letters):
    text = " ".join(letters.render("member/help", "en", sample("member/help")).text.split())
    named = set(re.findall(r'words? "([^"]+)"', text))
    works = set(OBEYED) | set(OF_SELF) | ASIDE
    assert works == {name for name, verb in verbs.VERBS.items() if "member" in verb.who}
    known = works - {"unclaim"} | {"not me"}
    assert known <= named
    assert named - known == {"all", "the rest"}
    forms = verbs.forms("member")
    assert [words for words in sorted(known) if sentence(clean(words), forms).verb not in {words, "unclaim"}] == []


def test_one_address_for_everything_is_enough(letters):
    context = sample("reader/help") | {"desk": SampleDesk(addresses={})}
    assert letters.render("reader/help", "en", context).text.count("desk@harbour.example") == 5


@pytest.mark.parametrize(
    ("octets", "shown"),
    [(0, "0 bytes"), (946, "946 bytes"), (1000, "1.0 kB"), (9960, "10 kB"), (8_200_000, "8.2 MB"), (999_600, "1.0 MB")],
)
def test_sizes_read_well(octets, shown):
    assert speech_of("en", TEMPLATES).size(octets) == shown


def test_an_unknown_type_is_a_file_and_never_the_senders_word(letters):
    strange = KeptAttachment(Attachment("2", "a.b", f"x-{CANARY}/{CANARY}", CANARY, 1, "0"), "kept", "")
    text = letters.render(
        "author/receipt-article", "en", sample("author/receipt-article") | {"attachments": (strange, *attachments())}
    ).text
    assert CANARY not in text
    assert "- a.b, 1 byte, kept." in text
    unknown = sample("author/receipt-article") | {"attachments": (strange,), "authenticated": False}
    assert "- Attachment 1: file, 1 byte, kept." in letters.render("author/receipt-article", "en", unknown).text


# Templates that fail


@pytest.fixture
def folder(tmp_path) -> Path:
    return Path(shutil.copytree(TEMPLATES, tmp_path / "templates"))


@pytest.mark.parametrize("letter", ["author/published", "author/replaced", "author/gathered"])
def test_a_letter_says_where_a_work_stands_in_full_where_the_site_has_an_address(letter):
    place = "articles/2026/the-tram-that-never-came"
    with_site = Letters(TEMPLATES, site="https://harbour.example").render(letter, "en", sample(letter))
    assert f"\nhttps://harbour.example/{place}/\n" in with_site.text, "alone on its line: no full stop sticks to it"
    assert "<a " not in with_site.html, "programs that follow links find none"
    without = SHARED.render(letter, "en", sample(letter))
    assert f" {place}\n" in without.text or f"\n{place}\n" in without.text
    assert "http" not in without.text


@pytest.mark.parametrize(
    ("broken", "line", "what"),
    [
        (
            "{% block subject %}x{% endblock %}\n{% block body %}\n{{ titel }}\n{% endblock %}",
            3,
            "'titel' is undefined",
        ),
        (
            "{% block subject %}x{% endblock %}\n{% block body %}\n{{ item.titel }}\n{% endblock %}",
            3,
            "has no attribute 'titel'",
        ),
        (
            "{% block subject %}x{% endblock %}\n{% block body %}\n\n{% if %}\n{% endblock %}",
            4,
            "Expected an expression",
        ),
        ("{% block body %}x{% endblock %}", 1, "block subject is missing"),
        (
            "{% block subject %}x{% endblock %}\n{% block body %}{% include 'en/none.txt' %}{% endblock %}",
            2,
            "en/none.txt",
        ),
        ("{% block subject %}x{% endblock %}\n{% block body %}{{ 1 // 0 }}{% endblock %}", 2, "by zero"),
        ("{% block subject %}x{% endblock %}\n{% block body %}{{ ''.__class__.__mro__ }}{% endblock %}", 2, "unsafe"),
    ],
)
def test_a_broken_template_is_named_with_file_line_and_cure(folder, broken, line, what):
    path = folder / "en/author/published.txt"
    path.write_text(broken)
    with pytest.raises(ConfigError) as error:
        Letters(folder).render("author/published", "en", sample("author/published"))
    said = str(error.value)
    assert said.startswith(f"{path}, line {line}: ")
    assert what in said
    assert "mailproc init" in said
    assert "\n" not in said
    assert check(folder) == (said,)


def test_a_missing_template_and_one_too_many_are_found(folder):
    (folder / "en/author/published.txt").rename(folder / "en/author/publisched.txt")
    missing, strange = check(folder)
    assert "en/author/published.txt" in missing
    assert 'publisched.txt: no such letter is ever sent; did you mean "author/published"?' in strange


def test_a_letter_of_a_newer_release_is_worded_from_the_templates_that_came_with_it(folder):
    (folder / "en/author/published.txt").unlink()
    with pytest.raises(ConfigError, match=r"author/published\.txt"):
        Letters(folder).compile("en")
    Letters(folder, TEMPLATES).compile("en")
    assert "A-" in Letters(folder, TEMPLATES).render("author/published", "en", sample("author/published")).text


def test_a_newer_letter_comes_with_its_own_parts_and_an_older_one_keeps_those_of_the_folder(folder):
    parts = folder / "en/parts"
    words = parts / "words.txt"
    words.write_text(words.read_text().replace("{% macro one_word(entry) %}", "{% macro none_such(entry) %}"))
    words.write_text(words.read_text().replace("Hello{{", "Ahoy{{"))
    (folder / "en/member/single.txt").unlink()
    letters = Letters(folder, TEMPLATES)
    assert "one word answers it" in letters.render("member/single", "en", sample("member/single")).text
    assert letters.render("member/help", "en", sample("member/help")).text.startswith("Ahoy Ana")
    assert check(folder, "en", TEMPLATES) == ()
    assert lacking(folder, "en", TEMPLATES) == ("member/single.txt",)
    assert any("single.txt" in line for line in check(folder))


def test_a_folder_whose_letters_know_nothing_of_motions_is_found(folder):
    block = folder / "en/parts/block.txt"
    before, rest = block.read_text().split("{% if item.motion %}\n~ This is", 1)
    block.write_text(before + "{% if false %}\n~ This is" + rest)
    found = check(folder)
    assert [line.partition(": ")[0].rpartition("/")[2] for line in found] == ["digest.txt", "single.txt", "item.txt"]
    assert all("who asks to change published work; copy it" in line for line in found)


def test_a_language_without_templates_is_an_error_with_a_cure():
    with pytest.raises(ConfigError, match=r"xx/author/published\.txt"):
        Letters(TEMPLATES).render_in("author/published", "xx", sample("author/published"))


def test_an_unknown_letter_and_a_missing_name_are_said(letters):
    with pytest.raises(ConfigError, match='no letter "author/publishd"; did you mean "author/published"'):
        letters.render("author/publishd", "en", {})
    with pytest.raises(ConfigError, match="lacks item, authenticated"):
        letters.render(
            "author/published",
            "en",
            {
                "desk": SampleDesk(),
                "to": Address("", "a@b.example"),
                "reply_to": "",
                "last_today": False,
                "held_over": False,
                "clouds": (),
            },
        )


def test_a_subject_is_one_line_whatever_the_template_does(folder):
    (folder / "en/author/published.txt").write_text(
        "{% block subject %}one\n\ntwo\r\nBcc: x@y.example{% endblock %}{% block body %}x{% endblock %}"
    )
    words = Letters(folder).render("author/published", "en", sample("author/published"))
    assert words.subject == "one two Bcc: x@y.example"


def test_a_part_without_a_word_for_a_kind_is_told_once_for_all_states(folder):
    parts = folder / "en/parts/words.txt"
    before = parts.read_text(encoding="utf-8")
    assert '"enquiry": "question", "unsorted"' in before
    parts.write_text(before.replace('"enquiry": "question", "unsorted"', '"unsorted"'), encoding="utf-8")
    told = [line for line in check(folder) if 'author/status has no words for kind "enquiry"' in line]
    assert len(told) == 1
