"""Every citation leads somewhere: `design §6`, `catalogue F24`, `RFC 5322 §3.6`; and the design says what runs.

Asks git which files are ours. The words of docs/words.md are in their order, and each is used in the program.
"""

from __future__ import annotations

import io
import re
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailproc.kinds.every import KINDS
from mailproc.review.language import verbs
from mailproc.workflow import group, life, outgoing, received

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "mailproc"
READ = (
    "mailproc",
    "tests",
    "docs",
    "bench",
    "rules",
    "templates",
    "README.md",
    "CHANGELOG.md",
    "Makefile",
    "config.toml",
)
TEXTS = {".py", ".md", ".toml", ".txt", ".html", ""}
NOT_OURS = ("tests/corpus/", "tests/golden/", "tests/message/programs/")  # mails, letters, and what programs write

ID = r"[SFI]\d{1,3}[a-c]?"
TO_DESIGN = re.compile(r"\bdesign\s+§(\d+)(?:\.(\d+))?", re.IGNORECASE)
TO_CATALOGUE = re.compile(rf"\bcatalogue[\s#]+({ID}(?:(?:,\s?|-){ID})*)", re.IGNORECASE)
TO_RFC = re.compile(r"\bRFCs?[ -]?\d+(?!\d)(?: §[\dA-Z])?")
IMAP_S_OWN = {"RFC822"}  # a name within IMAP's FETCH, no citation
FORMER = re.compile(r"(?:design|catalogue)[.]md §|DESIGN[.]md|RELIABILITY[ :]|LIBRARIES[.]md|USERS[.]md")


def pages() -> Iterator[tuple[str, str]]:
    """(name, text) of every file that may cite."""
    told = subprocess.run(["git", "ls-files", "-z", "--", *READ], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603, S607 - the git that keeps us
    for name in filter(None, told.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in TEXTS and path.is_file() and not name.startswith(NOT_OURS):
            yield name, path.read_text(encoding="utf-8")


PAGES = dict(pages())
DESIGN = PAGES["docs/design.md"]
SECTIONS = {int(n): body for n, body in re.findall(r"(?ms)^## (\d+)\. (.*?)(?=^## |\Z)", DESIGN)}
IDS = set(re.findall(rf"(?m)^\| ({ID}) \|", PAGES["docs/catalogue.md"]))


def every(pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
    """Each place where a pattern stands, with the name of its file."""
    for name, text in PAGES.items():
        yield from ((name, found) for found in pattern.finditer(text))


def test_every_cited_section_of_the_design_is_there():
    cited = [(name, int(found[1]), found[2]) for name, found in every(TO_DESIGN)]
    astray = [
        f"{name}: design §{section}.{step}" if step else f"{name}: design §{section}"
        for name, section, step in cited
        if section not in SECTIONS or (step and not re.search(rf"(?m)^{step}\. ", SECTIONS[section]))
    ]
    assert not astray
    assert len(cited) > len(SECTIONS)


def test_every_cited_row_of_the_catalogue_is_there():
    cited = [(name, row) for name, found in every(TO_CATALOGUE) for row in re.findall(ID, found[1])]
    assert [f"{name}: {row}" for name, row in cited if row not in IDS] == []
    assert len(cited) > len(IDS) // 2


def said(path: Path) -> Iterator[tuple[int, str]]:
    """(line, text) of a module's comments and docstrings."""
    for token in tokenize.generate_tokens(io.StringIO(path.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and token.string.startswith('"""')):
            yield token.start[0], token.string


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_row_is_cited_in_one_form(path: Path):
    bare = []
    for line, text in said(path):
        left = TO_CATALOGUE.sub("", re.sub(r"noqa.*", "", text))
        bare += [f"line {line}: {found[0]}" for found in re.finditer(rf"(?<![\w/+-]){ID}(?![\w-])", left)]
    assert not bare, "write `catalogue F24`"


def test_every_rfc_is_cited_with_its_section():
    astray = [
        f"{name}: {found[0]}" for name, found in every(TO_RFC) if found[0] not in IMAP_S_OWN and "§" not in found[0]
    ]
    assert not astray, "write `RFC 5322 §3.6`"


def test_no_page_is_cited_in_another_form_or_is_not_in_the_house():
    assert [f"{name}: {found[0]}" for name, found in every(FORMER)] == []


# The design says what runs


@pytest.mark.parametrize("container", ["mailproc", "mailproc.desk"])
def test_the_design_draws_the_layers_that_import_linter_holds(container: str):
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(each["layers"] for each in contracts if each.get("containers") == [container])
    drawn = " > ".join(f"({layer})" if "|" in layer else layer for layer in layers)
    assert f"`{drawn}`" in SECTIONS[3], f"write it into section 3 of docs/design.md: {drawn}"
    assert container != "mailproc" or f"`{drawn}`" in PAGES["docs/tour.md"], f"write it into docs/tour.md: {drawn}"


def states(kind: str) -> set[str]:
    """Every state that a kind's table knows."""
    table = KINDS[kind].table
    return {KINDS[kind].initial, *(before for before, _ in table), *(step.state for step in table.values())}


@pytest.mark.parametrize("kind", KINDS)
def test_the_design_names_the_states_of_each_kind(kind: str):
    row = next(line for line in SECTIONS[5].split("\n") if line.startswith(f"| {kind} |"))
    named = set(re.findall(r"`(\w+)`", row))
    if kind == "material":
        article = next(line for line in SECTIONS[5].split("\n") if line.startswith("| article |"))
        named |= set(re.findall(r"`(\w+)`", article))
        named -= {"published", "awaiting_proof"}
    if kind == "proposal":
        named |= {"pending", "held", "awaiting_author", "approved", "rejected", "discarded", "withdrawn", "lapsed"}
    assert named == states(kind)


def test_the_design_names_the_other_states():
    told = next(line for line in SECTIONS[9].split("\n") if line.startswith("- States:"))
    assert " ".join(outgoing.STATES) in told
    assert sorted(re.findall(r"received `([^`]+)`", told)[0].split()) == sorted(received.STATES)
    members = {state for (before, _), after in life.MEMBER.items() for state in (before, *after) if state}
    assert set(re.findall(r"members `([^`]+)`", told)[0].split()) == members
    assert all(f"`{state}`" in SECTIONS[5] for state in group.STATES)


def test_the_design_names_every_verb_and_promises_the_others():
    table = "\n".join(
        line.partition("|")[2].partition("|")[0] for line in SECTIONS[6].split("\n") if line.startswith("| ")
    )
    told = {
        word
        for row in re.sub(r"\(.*?\)|\[.*?\]|\b[A-Z]+\b", "", table).split("\n")
        for word in map(str.strip, row.split(","))
    }
    assert set(verbs.VERBS) <= told
    assert told - set(verbs.VERBS) - {"", "verb", "---"} == set()


def test_the_design_names_every_command():
    commands = re.findall(r"(?m)^\| \[`(\w+)`\]", PAGES["docs/commands.md"])
    contract = SECTIONS[9].partition("### JSON")[0]
    assert len(commands) > 20
    assert [name for name in commands if not re.search(rf"\b{name}\b", contract)] == []


def test_the_design_names_every_option():
    contract = SECTIONS[9].partition("### Configuration")[2].partition("### Rules")[0]
    missing = []
    for section, body in re.findall(r"(?ms)^## `(\[.+?\])`(.*?)(?=^## |\Z)", PAGES["docs/options.md"]):
        named = section in contract
        keys = re.findall(r"(?m)^\| `(\w+)` \| [^|]+ \| ", body)
        missing += (
            [section] if not named else [f"{section} {key}" for key in keys if not re.search(rf"\b{key}\b", contract)]
        )
    assert missing == []


# The words

WORD = re.compile(r"^- \*\*([^*]+)\*\*: .+[.)]$")
LINES = PAGES["docs/words.md"].strip().partition("\n- ")[2].split("\n")
WORDS = [found[1] if (found := WORD.match(line)) else line for line in ["- " + LINES[0], *LINES[1:]]]


def test_the_words_are_one_line_each_and_in_their_order():
    assert [word for word in WORDS if word.startswith("- ")] == []
    assert sorted(set(WORDS), key=lambda word: (word.casefold(), word)) == WORDS


PROGRAM = "\n".join(text for name, text in PAGES.items() if name.startswith(("mailproc/", "templates/"))).casefold()


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_used(word: str):
    pattern = re.escape(word.casefold()).replace(r"\-", "[- ]").replace(r"\ ", r"[-_\s]+")
    assert re.search(rf"\b{pattern}", PROGRAM)
