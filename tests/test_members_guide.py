"""The members' guide says what runs: its tables are the verbs and the words of all languages, and each word works.

UPDATE_DOCS=1 writes the tables of docs/members.md anew. How a line is read is tested in tests/review; here each word
that the guide shows is said once, as the guide says it, and has to mean what the guide says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from guide import DOCS, HEADING, NAMES, SHOWN, tables
from worded import hint_of

from mailproc.review.language.lexicon import LEXICONS, Lexicon
from mailproc.review.language.verbs import VERBS
from mailproc.review.reply.command import Listed, Listing, read_lines

PAGE = DOCS / "members.md"
NEXT = "## What never decides\n"

TABLES = {  # heading -> verb -> what it does
    "On an item": {
        "approve": "say yes; the words for “yes” mean the same",
        "reject": "say no; what follows is the reason, and the author gets it",
        "hold": "keep it waiting; it comes back by itself after two weeks",
        "ask": "put the question that follows to the author",
        "discard": "close it without a word to the author; the other members see it",
        "sort": "say what it is: article, material, membership or enquiry",
        "undo": "take your decision back, at any time",
        "note": "tell the other members something, and nobody else",
        "unclaim": "leave it to somebody else",
        "show": "get all of it, with what is attached",
        "status": "hear how it stands",
    },
    "On something published": {
        "retract": "ask to take it down; what follows is the reason, and the author gets it",
        "replace": "ask to put the text below in its place",
        "correct": "ask to put the note below beside it",
        "hide": "take it off the page at once; the others then decide whether it comes back",
    },
    "On an article before it goes up": {
        "schedule": "say when it goes up: “1 May 08:00”",
        "decoration": "say that a picture is no part of it; its name follows",
        "not decoration": "say that it is",
    },
    "On an enquiry": {
        "answer": "put the words below to its reader, who does not see your address",
        "close": "end it; its reader hears so",
        "concerns": "say which article it is about; the reference follows",
        "append": "ask to put the answer on the page of that article",
    },
    "On a file, by the name of its organisation": {
        "contents": "hear what it has, what it lacks and what waits for it",
        "complete": "say that it has what it needs",
        "claim": "put it up: it comes to you as one package; the same word takes a task",
        "layout": "order it; the order follows in the lines below",
        "up": "say where readers find it; the address of its page follows",
        "offline": "say that readers cannot find it any more",
        "restore": "get the package again; “all” for every file that is offline",
        "done": "say that a task is done",
        "counts": "say as what a contribution counts: “F-12 counts as history”",
        "wanted": "say what we look for; it follows behind a colon",
        "unwanted": "say that we do not look for it",
    },
    "About yourself": {
        "away": "not to be asked; “until Friday” has to follow",
        "back": "to be asked again",
        "stand-in": "name the member who is asked while you are away, or “nobody”",
        "at once": "get each item in a letter of its own",
        "daily": "get one letter a day; an hour may follow, as “18:00”",
        "quiet": "name hours without letters, as “22:00-07:00”, or “never”",
        "time zone": "say by whose clock, as “Europe/Lisbon”",
        "silent": "get no letter where all was done",
        "transcripts": "get them again",
        "language": "have our letters in this language; its name follows",
        "new address": "written from it: you write from there from now on",
        "ask me for": "name what you like to decide on, or “nothing”",
        "have a part in": "name a group in which you have a part: you decide nothing about it",
        "me again for": "end that",
        "access": "get a new secret for the site",
        "resign": "leave",
        "digest": "get a fresh list of what waits for you",
        "roll": "hear who is on duty, and who has which task",
        "list": "get a list of all that waits",
        "help": "get the words in a letter",
    },
}
SAMPLES = {  # what follows where something has to
    "language": "English",
    "ask": "Which tram?",
    "sort": "article",
    "note": "Seen.",
    "quiet": "22:00-07:00",
    "time zone": "Europe/Lisbon",
    "stand-in": "Ben",
    "replace": "\n\nAnother text.",
    "correct": "\n\nIt was in 1962.",
    "answer": "\n\nThe harbour office did.",
    "concerns": "A-2",
    "decoration": "logo.png",
    "not decoration": "map.png",
    "schedule": "1 May 08:00",
    "ask me for": "history",
    "counts": "history",
    "up": "https://harbour.example/files/pier",
    "wanted": ": a cartoonist",
    "unwanted": ": a cartoonist",
    **dict.fromkeys(("contents", "complete", "offline", "restore", "have a part in", "me again for"), "North Pier"),
    "layout": "North Pier",
}


REF_OF = {"claim": "T-1", "done": "T-1", "up": "T-1", "counts": "F-1"} | dict.fromkeys(
    ("answer", "close", "concerns", "append"), "Q-1"
)  # on which a verb is said; else on an article
KIND_OF = {"A-1": "article", "Q-1": "enquiry", "F-1": "material", "T-1": "task"}


ANSWERS = {"yes": "under an item, or behind its reference: approve", "no": "the same: reject"}


def test_the_words_of_the_guide_are_those_of_the_lexicon():
    text = PAGE.read_text(encoding="utf-8")
    current = text[: text.index(HEADING)] + tables(TABLES, ANSWERS) + text[text.index(NEXT) :]
    if os.environ.get("UPDATE_DOCS"):
        text = current
        PAGE.write_text(text, encoding="utf-8")
    assert text == current, "run UPDATE_DOCS=1 pytest tests/test_members_guide.py and look at the difference"


def test_the_guide_tells_of_every_word_that_a_member_can_say():
    told = {verb for verbs in TABLES.values() for verb in verbs}
    assert told == {name for name, verb in VERBS.items() if "member" in verb.who}
    assert len(NAMES) == len(LEXICONS)


def said() -> Iterator[tuple[str, str, str]]:
    """(language, verb, phrase) of every word in the tables."""
    for lexicon in LEXICONS:
        for verb in (each for verbs in TABLES.values() for each in verbs):
            yield from ((lexicon.language, verb, phrase) for phrase in lexicon.forms.get(verb, ())[:SHOWN])
        yield from ((lexicon.language, "approve", phrase) for phrase in lexicon.yes[:SHOWN])
        yield from ((lexicon.language, "reject", phrase) for phrase in lexicon.no[:SHOWN])


@pytest.mark.parametrize("lexicon", LEXICONS, ids=lambda each: each.language)
def test_every_word_that_the_guide_shows_means_what_it_says(lexicon: Lexicon):
    wrong = []
    for language, verb, phrase in said():
        if language != lexicon.language:
            continue
        line = as_written(verb, phrase)
        items = tuple(Listed(ref, 1, kind, "The tram") for ref, kind in KIND_OF.items())
        files = (("North Pier Society", "North Pier Society"),)
        reading = read_lines(line, Listing(items, single=False, files=files), "member")
        found = [command.verb for command in reading.commands]
        if found != [verb] or reading.unclear:
            wrong.append((line, found, [hint_of(each) for each in reading.unclear]))
    assert wrong == []


def as_written(verb: str, phrase: str) -> str:
    """A line that says it."""
    of_item = REF_OF.get(verb, "A-1")
    alone = VERBS[verb].of_self or verb in {"list", "language"}
    return f"{'' if alone else of_item + ' '}{phrase} {SAMPLES.get(verb, '')}".strip()
