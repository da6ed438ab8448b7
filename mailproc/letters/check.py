"""Are the templates fit to be used? Every letter rendered with sample values, and those on items held to the contract.

For doctor and the tests. It reads the folder of templates and nothing else, and never raises for what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
TRANSLATE = "copy the folder en to it and word every file, or correct [desk] language in config.toml"
AGAIN = "copy it and parts/block.txt again from what `mailproc init` writes"


def check(templates: Path, language: str = "en", *others: Path) -> tuple[str, ...]:
    """What is wrong with the templates of a language, a line each with its cure; () where nothing is.

    What the folder lacks is read in the others, as where letters are written: that is nothing wrong, see `lacking`.
    """
    if not any((folder / language).is_dir() for folder in (templates, *others)):
        return (f"{templates / language}: there is no such language; {TRANSLATE}",)
    letters = Letters(templates, *others)
    found = [line for template in LETTERS for line in _faults(letters, template, language)]
    phrases = [str(fault) for fault in letters.phrases.faults(language)]
    silent = (*_silent_on_motions(letters, language), *_silent_on_kinds(letters, language, found))
    return (*dict.fromkeys([*found, *phrases, *silent, *_strangers(templates / language)]),)


def lacking(templates: Path, language: str, *others: Path) -> tuple[str, ...]:
    """What the others stand in for: letters, files of phrases, and in files that are there single phrases, by name."""
    folder = templates / language
    carried = {text.slug: text for other in others for text in texts(other / language)}
    own = {text.slug for text in texts(folder)}
    names = [f"{template}.txt" for template in LETTERS]
    names += dict.fromkeys(file_of(folder, slug).relative_to(folder).as_posix() for slug in carried)
    absent = [
        name
        for name in names
        if not (folder / name).is_file() and any((other / language / name).is_file() for other in others)
    ]
    single = [f'"{slug}"' for slug in carried if slug not in own and file_of(folder, slug).is_file()]
    return (*absent, *single)


def _silent_on_motions(letters: Letters, language: str) -> list[str]:
    """Letters that show a motion as if the work waited, as those of an older release do: a vote would mean another."""
    entry = replace(motion(), asked_by=ASKER)
    shown = {"entry": entry, "digest": replace(digest(), items=(entry,))}
    found = []
    for template in SHOWING:
        context = sample(template)
        try:
            text = letters.render_in(
                template, language, context | {name: shown[name] for name in shown if name in context}
            ).text
        except ConfigError:  # told above
            continue
        if ASKER not in text:
            where = f"{letters.templates / language / template}.txt"
            found.append(f"{where}: does not say who asks to change published work; {AGAIN}")
    return found


def _silent_on_kinds(letters: Letters, language: str, told: Iterable[str]) -> list[str]:
    """Kinds and states for which a template has no word: their letters could not be written. One fault is told once."""
    found = []
    for kind in EVERY:
        known = set(told)
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
                letters.render_in(template, language, context)
            except ConfigError as error:
                if str(error) not in known:
                    found.append(f'{template} has no words for kind "{kind.name}"{where}: {error}')
                known.add(str(error))
    return found


def _faults(letters: Letters, template: str, language: str) -> list[str]:
    context = sample(template)
    where = f"{letters.templates / language / template}.txt"
    try:
        worded = letters.render_in(template, language, context)
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
