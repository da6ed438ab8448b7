"""Phrases: the catalogue and the code hold each other, and no sentence is left where people decide.

Read with `ast`, never run: every `say("file/name", fact=…)` in the program against `templates/en/phrases/`.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailproc.errors import ConfigError
from mailproc.kinds.every import KINDS
from mailproc.letters.check import check, lacking
from mailproc.letters.phrasebook import Phrasebook
from mailproc.letters.render import Letters
from mailproc.letters.sample import SampleDesk, sample
from mailproc.letters.texts import REASONS, reasons
from mailproc.phrase import Phrase, as_kept, kept, say

HOUSE = Path(__file__).resolve().parents[2]
TEMPLATES = HOUSE / "templates"
BOOK = Phrasebook(TEMPLATES)
DESK = SampleDesk()
AT = datetime(2026, 11, 22, 10, 2, tzinfo=UTC)

WORD = re.compile(r"[^\W\d_][\w'-]*")
SENTENCE = 4  # words


def modules(room: str = "") -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((HOUSE / "mailproc" / room).rglob("*.py")):
        yield str(path.relative_to(HOUSE)), ast.parse(path.read_text(encoding="utf-8"))


def calls_of_say() -> Iterator[tuple[str, ast.Call]]:
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                first = node.args[0] if node.args else None
                if path != "mailproc/phrase.py" and not path.startswith(
                    "mailproc/cli/"
                ):  # the demo has a `say` of its own
                    assert isinstance(first, ast.Constant), f"{path}:{node.lineno}: a slug stands there as it is"
                    yield f"{path}:{node.lineno}", node


def slug_of(call: ast.Call) -> str:
    first = call.args[0]
    assert isinstance(first, ast.Constant)
    return str(first.value)


# The catalogue and the code


def test_every_phrase_that_the_code_says_is_there_with_just_these_facts():
    book = BOOK.book("en")
    wrong = {
        where: slug_of(call)
        for where, call in calls_of_say()
        if slug_of(call) not in book or {each.arg for each in call.keywords} != BOOK.facts(book[slug_of(call)])
    }
    assert wrong == {}


def test_every_phrase_of_the_catalogue_is_said():
    said = {slug_of(call) for _, call in calls_of_say()}
    assert {slug for slug in BOOK.book("en") if not slug.startswith(f"{REASONS}/")} == said


def test_every_reason_that_has_words_is_given_somewhere_and_has_no_holes():
    given = {node.value for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    given |= {f"from-{kind}" for kind in KINDS}
    words = reasons("en", TEMPLATES)
    assert words.keys() <= given
    assert not [slug for slug in words if "{" in words[slug]]


# The sentences that are left in the desk

ROOMS_OF_PEOPLE = ("review", "workflow", "desk")  # whatever of theirs is told goes by letter
FOR_THE_OPERATOR = {"lines", "line", "about", "cure", "again", "alone"}
OF_ERRORS = ("Error", "Failed", "failed", "Refused", "Finding", "Flaw", "Receipt")  # how what is called ends
OPERATORS_ROOMS = ("mailproc/desk/watch/", "mailproc/desk/keep/")  # findings, told to the operator and to nobody else
OPERATORS_REPORTS = (  # what commands print
    "mailproc/desk/carry/abandoned.py",
    "mailproc/desk/erase/export.py",
    "mailproc/desk/erase/forget.py",
    "mailproc/desk/ground/key.py",
)
NOT_TO_PEOPLE = {
    "Subject: x\nAuto-Submitted: auto-generated\n\nx\n",  # the head of a message of our own
    "have a part in",  # a verb
    "one letter a day",  # the same
    "the attempt ended without a word",  # of a row, for `outbox list`
    "the address refused the last letter",  # of a letter's row, as what a mail server says
    "x: empty, and the archive is not; `mailproc rebuild` makes it anew",  # raised, and a finding of doctor's
}


def sentences(tree: ast.Module) -> list[tuple[int, str]]:
    """The texts of four words or more, two of them written there, that go to members, authors or readers."""
    aside = {id(part) for node in ast.walk(tree) for spared in _spared(node) for part in ast.walk(spared)}
    aside |= {id(hole) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for hole in node.values}
    texts = ((node.lineno, _text(node)) for node in ast.walk(tree) if id(node) not in aside and _is_text(node))
    return [(line, text) for line, text in texts if _is_sentence(text)]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _text(node: ast.AST) -> str:
    """A literal; what stands in a hole is one word, `x`."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "x" for each in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _is_sentence(text: str) -> bool:
    words = [word for word in text.split() if WORD.search(word)]
    written = [word for word in words if WORD.sub("", word.replace("x", "", 1)) != word.replace("x", "", 1)]
    return len(words) >= SENTENCE and len(written) > 1 and text not in NOT_TO_PEOPLE and "\\" not in text  # a pattern


def _spared(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node whose texts are for whoever runs the desk, or for nobody."""
    match node:
        case ast.Module() | ast.ClassDef() | ast.FunctionDef() if ast.get_docstring(node, clean=False) is not None:
            yield node.body[0]
        case ast.Raise():
            yield node
        case ast.Call(func=ast.Attribute(value=ast.Name(id="log"))):
            yield node
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called.endswith(OF_ERRORS):
            yield node
        case ast.keyword(arg=name, value=value) if name in FOR_THE_OPERATOR:
            yield value
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in FOR_THE_OPERATOR:
            yield value
        case ast.Dict():
            yield from (v for k, v in zip(node.keys, node.values, strict=True) if _text(k or v) in FOR_THE_OPERATOR)
    if isinstance(node, ast.FunctionDef) and node.name.strip("_") in FOR_THE_OPERATOR:
        yield node


def test_no_sentence_to_people_stands_in_code():
    """Members, authors and readers are told phrases; what is left in code is for whoever runs the desk.

    Decided by where a text goes: docstrings, what is raised, failed, logged or received from a mail server; a value
    called lines, about or cure, by which letters to the operator are made; the two rooms of findings, and
    the reports of `export` and `forget`.
    """
    found = [
        f"{path}:{line}: {text}"
        for room in ROOMS_OF_PEOPLE
        for path, tree in modules(room)
        if not path.startswith((*OPERATORS_ROOMS, *OPERATORS_REPORTS))
        for line, text in sentences(tree)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "many"),
    [
        ('done(turn, item, "noted for the other members")', 1),
        ('done(turn, item, f"{name} and {other} are asked")', 1),
        ('key = f"clock:{at}/put/{ref} {n} {m} {k}"', 0),
        ('raise StoreError("this is not as it was")', 0),
        ('log.info("this is not as it was")', 0),
        ('lines = ("this is not as it was",)', 0),
        ('write("operator/notice", {"about": "this is not as it was"})', 0),
        ('def f():\n    """This is not as it was."""', 0),
        ('def f():\n    """This is not as it was."""\n    return "this is not as it was"', 1),
        ('x = say("refused/already")', 0),
    ],
)
def test_the_count_of_sentences_sees_what_goes_to_people(source: str, many: int):
    assert len(sentences(ast.parse(source))) == many


# Words


def worded(said: Phrase, book: Phrasebook = BOOK) -> str:
    return str(book.words(said, "en", DESK))


def test_a_phrase_within_a_phrase_is_worded_first():
    names = say("words/row", names=(say("words/you"), say("words/operator-for", name="Ben"), "Cleo"))
    assert worded(names) == "you, the operator, for Ben and Cleo"
    how = say("standing/how", state="approved", then="published", by=names, waits=False, at=AT, silent=False)
    assert worded(how).endswith("Ben and Cleo on 22 November 2026 at 10:02 UTC, and published")


def test_a_row_keeps_slug_and_facts_and_an_older_one_its_words():
    left = say("notice/tie", ref="A-12", title="“Fog”, a {love} letter")
    assert as_kept(kept(left)) == left
    old = "A-12 Fog: as many members are for it as against it, so it waits until one of you yields"
    assert as_kept(kept(old)) == old
    assert as_kept("notice/left {of words}") == "notice/left {of words}", "words that only look like a phrase"


# An operator's own folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(TEMPLATES, tmp_path / "templates")


def change(folder: Path, name: str, old: str, new: str) -> Path:
    file = folder / "en/phrases" / name
    before = file.read_text(encoding="utf-8")
    assert old in before
    file.write_text(before.replace(old, new), encoding="utf-8")
    return file


def test_an_operator_rewords_a_phrase_without_touching_code(folder: Path):
    change(folder, "done.toml", '"noted for the other members, and for nobody else"', '"written down for us all"')
    letters = Letters(folder, TEMPLATES)
    letters.compile("en")
    context = sample("member/transcript")
    deed = context["done"][0]  # type: ignore[index]
    done = type(deed)("A-12", "Fog", say("done/noted"))
    assert "written down for us all." in letters.render("member/transcript", "en", context | {"done": (done,)}).text
    assert check(folder, "en", TEMPLATES) == ()


def test_an_older_folder_without_phrases_says_those_that_came_with_mailproc(folder: Path):
    shutil.rmtree(folder / "en/phrases")
    letters = Letters(folder, TEMPLATES)
    letters.compile("en")
    assert worded(say("done/noted"), letters.phrases) == worded(say("done/noted"))
    assert check(folder, "en", TEMPLATES) == ()
    carried = [f"phrases/{file.name}" for file in sorted((TEMPLATES / "en/phrases").glob("*.toml"))]
    assert list(lacking(folder, "en", TEMPLATES)) == carried


def test_a_phrase_that_an_older_file_lacks_is_said_as_it_came_and_doctor_tells(folder: Path):
    change(folder, "words.toml", 'you = "you"', "")
    assert worded(say("words/you"), Phrasebook(folder, TEMPLATES)) == "you"
    assert check(folder, "en", TEMPLATES) == ()
    assert lacking(folder, "en", TEMPLATES) == ('"words/you"',)


def test_a_folder_of_one_reworded_file_is_whole(tmp_path: Path):
    own = tmp_path / "templates/en/phrases"
    own.mkdir(parents=True)
    (own / "done.toml").write_text('noted = "written down for us all"\n', encoding="utf-8")
    letters = Letters(own.parent.parent, TEMPLATES)
    letters.compile("en")
    assert worded(say("done/noted"), letters.phrases) == "written down for us all"
    assert check(own.parent.parent, "en", TEMPLATES) == ()
    assert {"member/digest.txt", "phrases/words.toml", '"done/held"'} < {*lacking(own.parent.parent, "en", TEMPLATES)}


def test_a_language_that_nobody_has_is_one_line_and_half_of_one_names_what_it_lacks_once(folder: Path):
    [line] = check(folder, "de", TEMPLATES)
    assert "/de: there is no such language; copy the folder en to it" in line
    shutil.copytree(folder / "en", folder / "de")
    assert check(folder, "de", TEMPLATES) == ()
    (folder / "de/member/digest.txt").unlink()
    [line] = check(folder, "de", TEMPLATES)
    assert "de/member/digest.txt: is missing; " in line
    (folder / "de/phrases/done.toml").unlink()
    [_, line] = check(folder, "de", TEMPLATES)
    assert "de/phrases/done.toml: is missing; " in line
    assert lacking(folder, "de", TEMPLATES) == ()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "{{ votes }}",
            "{{ count }}",
            'done.toml, phrase "lacks": count: no such fact is given to it, only desk, votes',
        ),
        ("{{ votes }}", "{{ votes", 'done.toml, phrase "lacks": unexpected end of template'),
        ("lacks =", "lakcs =", 'done.toml, phrase "lakcs": no such phrase is ever said; did you mean "done/lacks"'),
        ('lacks = "open again: {{ votes }}"', "lacks = 7", 'done.toml, phrase "lacks": is no text in quotes'),
        ("lacks =", "lacks", "done.toml: "),
    ],
)
def test_a_wrong_phrase_is_an_error_at_the_start_with_its_place_and_cure(folder: Path, old: str, new: str, what: str):
    change(
        folder,
        "done.toml",
        old if "lacks" in old else f'lacks = "open again: {old}',
        new if "lacks" in old or "lakcs" in new else f'lacks = "open again: {new}',
    )
    with pytest.raises(ConfigError) as error:
        Letters(folder, TEMPLATES).compile("en")
    assert what in str(error.value)
    assert "mailproc init" in str(error.value)
    assert "\n" not in str(error.value)


def test_what_a_language_lacks_is_told_and_stops_no_desk(folder: Path):
    (folder / "en").rename(folder / "pt")
    (folder / "pt/phrases/self.toml").unlink()
    (folder / "pt/member/roll.txt").unlink()
    Letters(folder, TEMPLATES, home="pt").compile("pt")
    assert [line.partition("pt/")[2].partition(";")[0] for line in check(folder, "pt", TEMPLATES)] == [
        "member/roll.txt: is missing",
        "phrases/self.toml: is missing",
    ]


def test_an_unknown_phrase_is_named_with_the_nearest():
    with pytest.raises(ConfigError, match='no phrase done/notde; did you mean "done/noted"'):
        worded(Phrase("done/notde"))
