"""The guide for writers says what runs: its tables are what authors, readers and applicants can say, and each works.

UPDATE_DOCS=1 writes the tables of docs/writers.md anew. Each word is said once as the guide says it, by whoever may.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from guide import DOCS, HEADING, SHOWN, tables
from worded import hint_of

from mailproc.letters.render import Letters
from mailproc.letters.sample import sample
from mailproc.review.language import verbs
from mailproc.review.language.grammar import clean, sentence
from mailproc.review.language.lexicon import LEXICONS, Lexicon
from mailproc.review.language.verbs import VERBS
from mailproc.review.reply.command import Listed, Listing, read_lines

PAGE = DOCS / "writers.md"
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
WRITERS = {"author", "applicant"}
ANSWERS = {"yes": "to a question of ours: yes"}
TABLES = {
    "What you have sent": {
        "status": "hear how it stands",
        "withdraw": "take it back",
        "version": "put the text below in its place",
        "confirm": "say yes to a question of ours",
        "change": "mend lines of a proof; they follow below",
        "pen name": "say under which name it goes up; the name follows",
        "first name": "have your surname left out",
        "no name": "have no name on it",
        "co-author": "name who wrote it with you; the name follows",
        "object": "speak against how a file is laid out; why follows",
    },
    "A question of yours": {
        "close": "say that you need no answer any more",
        "stop": "end our letters about it",
    },
    "A request to join": {
        "agree": "take on the duties",
        "decline": "say that you do not",
        "appeal": "ask that others look at a decision again; why follows",
    },
    "Our letters": {
        "language": "say in which language we write; its name follows",
        "no receipts": "get no letter only to say that something is here",
        "receipts": "get them again",
        "one letter a day": "have gathered what can wait",
        "each letter": "get each when it is written",
        "help": "get these words in a letter",
    },
}
SAMPLES = {
    "version": "\n\nAnother text.",
    "change": "\n\nOLD: one\nNEW: two",
    "pen name": "Anna K.",
    "co-author": "Sam Reed",
    "object": ": the picture is not mine",
    "appeal": ": I was never asked",
    "language": "español",
}
KIND_OF = {"object": "material"} | dict.fromkeys(("close", "stop"), "enquiry")
KIND_OF |= dict.fromkeys(("agree", "decline", "appeal"), "membership")
UNREFERRED = {"decline", "help", "language", "no receipts", "receipts", "one letter a day", "each letter"}


def test_the_words_of_the_guide_are_those_of_the_lexicon():
    text = PAGE.read_text(encoding="utf-8")
    current = text.partition(HEADING)[0] + tables(TABLES, ANSWERS).rstrip("\n") + "\n"
    if os.environ.get("UPDATE_DOCS"):
        text = current
        PAGE.write_text(text, encoding="utf-8")
    assert text == current, "run UPDATE_DOCS=1 pytest tests/test_writers_guide.py and look at the difference"


def test_the_guide_tells_of_every_word_that_a_writer_can_say():
    told = {verb for some in TABLES.values() for verb in some}
    assert told == {name for name, verb in VERBS.items() if verb.who & WRITERS}


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda each: each.language)
def test_every_word_that_the_guide_shows_means_what_it_says(lexicon: Lexicon):
    wrong = []
    for verb in (each for some in TABLES.values() for each in some):
        for phrase in lexicon.forms.get(verb, ())[:SHOWN]:
            item = Listed("A-1", 1, KIND_OF.get(verb, "article"), "The tram")
            line = f"{'' if verb in UNREFERRED else 'A-1 '}{phrase} {SAMPLES.get(verb, '')}".strip()
            role = "author" if "author" in VERBS[verb].who else "applicant"
            reading = read_lines(line, Listing((item,), single=False), role)
            found = [command.verb for command in reading.commands]
            if found != [verb] or reading.unclear:
                wrong.append((line, found, [hint_of(each) for each in reading.unclear]))
    assert wrong == []


@pytest.mark.parametrize("language", sorted(file.parent.name for file in TEMPLATES.glob("*/language.toml")))
def test_help_for_writers_lists_every_word_that_works_and_no_other(language: str):
    text = " ".join(Letters(TEMPLATES).render("author/help", language, sample("author/help")).text.split())
    said = {words for role in WRITERS for words in re.findall(r'"([^"]+)"', text) if _says(words, role)}
    assert said == set(re.findall(r'"([^"]+)"', text))
    named = {verb for words in said for role in WRITERS if (verb := _says(words, role))}
    assert named - {"yes"} == {name for name, verb in VERBS.items() if verb.who & WRITERS}


def _says(words: str, role: str) -> str:
    return sentence(clean(words), verbs.forms(role)).verb
