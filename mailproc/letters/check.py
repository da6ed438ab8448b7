"""Are the templates fit to be used? Every letter rendered with sample values, and those on items held to the contract.

For doctor and the tests. It reads the folder of templates and nothing else, and never raises for what it finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from mailproc.errors import ConfigError, nearest
from mailproc.kinds.every import EVERY
from mailproc.letters.catalogue import LETTERS
from mailproc.letters.digest import Digest, DigestItem, breaches, listed
from mailproc.letters.render import Letters
from mailproc.letters.sample import digest, item, motion, sample
from mailproc.letters.texts import file_of, texts

SHOWING = ("member/digest", "member/single", "member/item")  # letters with items on which a word decides
ASKER = "Zoe Quill"
STATUS = "author/status"
COPY = "copy it from what `mailproc init` writes"
AGAIN = "copy it and parts/block.txt again from what `mailproc init` writes"


def check(templates: Path, language: str = "en", *others: Path) -> tuple[str, ...]:
    """What is wrong with the templates of a language, a line each with its cure; () where nothing is.

    What the folder lacks is read in the others, as where letters are written.
    """
    letters = Letters(templates, *others)
    found = [line for template in LETTERS for line in _faults(letters, template, language)]
    missing = _missing(templates / language, *others) if others else []
    phrases = [str(fault) for fault in letters.phrases.faults(language)]
    silent = (*_silent_on_motions(letters, language), *_silent_on_kinds(letters, language))
    return (*found, *phrases, *missing, *silent, *_strangers(templates / language))


def _missing(folder: Path, *others: Path) -> list[str]:
    """What the others stand in for: nothing is lost, and the folder is not what its owner thinks.

    Letters, files of phrases, and in files that are there the phrases of a newer release.
    """
    carried = [text for other in others for text in texts(other / folder.name)]
    own = {text.slug for text in texts(folder)}
    files = dict.fromkeys(file_of(folder, text.slug) for text in carried)
    paths = [*(folder / f"{template}.txt" for template in LETTERS), *files]
    lost = [text.slug for text in carried if text.slug not in own and file_of(folder, text.slug).is_file()]
    absent = [path for path in paths if not path.is_file()]
    return [
        *(f"{path}: is missing, so the one that came with mailproc is taken; {COPY}" for path in absent),
        *(f"{file_of(folder, slug)}: lacks {slug}, so what came with mailproc is said; {COPY}" for slug in lost),
    ]


def _silent_on_motions(letters: Letters, language: str) -> list[str]:
    """Letters that show a motion as if the work waited, as those of an older release do: a vote would mean another."""
    entry = replace(motion(), asked_by=ASKER)
    shown = {"entry": entry, "digest": replace(digest(), items=(entry,))}
    found = []
    for template in SHOWING:
        context = sample(template)
        try:
            text = letters.render(
                template, language, context | {name: shown[name] for name in shown if name in context}
            ).text
        except ConfigError:  # told above
            continue
        if ASKER not in text:
            where = f"{letters.templates / language / template}.txt"
            found.append(f"{where}: does not say who asks to change published work; {AGAIN}")
    return found


def _silent_on_kinds(letters: Letters, language: str) -> list[str]:
    """Kinds and states for which a template has no word: their letters could not be written."""
    found = []
    for kind in EVERY:
        entry = DigestItem(item(kind=kind.name), "", 0)
        shown: list[tuple[str, dict[str, object], str]] = [
            (name, {"entry": entry, "digest": replace(digest(), items=(entry,))}, "") for name in SHOWING
        ]
        shown += [
            (STATUS, {"items": (item(kind=kind.name, state=state),)}, f" in state {state}") for state in kind.states
        ]
        for template, values, where in shown:
            context = sample(template)
            context |= {name: value for name, value in values.items() if name in context}
            try:
                letters.render(template, language, context)
            except ConfigError as error:
                found.append(f'{template} has no words for kind "{kind.name}"{where}: {error}')
    return found


def _faults(letters: Letters, template: str, language: str) -> list[str]:
    context = sample(template)
    where = f"{letters.templates / language / template}.txt"
    try:
        worded = letters.render(template, language, context)
    except ConfigError as error:
        return [str(error)]
    if not worded.subject or not worded.text.strip():
        return [f"{where}: the letter comes out empty; give it a subject and a body"]
    refs = _listed(context)
    return [f"{where}: {breach}, so replies could be misread" for breach in breaches(worded.text, refs)] if refs else []


def _listed(context: Mapping[str, object]) -> tuple[str, ...]:
    """The references that stand in a letter's blocks; () for one without."""
    digest, entry = context.get("digest"), context.get("entry")
    if isinstance(digest, Digest):
        return listed(digest)
    return (entry.item.ref,) if isinstance(entry, DigestItem) else ()


def _strangers(folder: Path) -> list[str]:
    """Files that no letter of the table uses."""
    names = {path: path.relative_to(folder).with_suffix("").as_posix() for path in sorted(folder.glob("*/*.txt"))}
    return [
        f"{path}: no such letter is ever sent{nearest(name, LETTERS)}"
        for path, name in names.items()
        if name not in LETTERS and path.parent.name != "parts"
    ]
