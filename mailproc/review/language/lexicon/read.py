"""The files of this folder as values, read when this is imported: the words of each language, and what they share.

Raises ConfigError where a file does not fit `shape`, or names other verbs or kinds than the English one does.
"""

from __future__ import annotations

from pathlib import Path

from mailproc import tables
from mailproc.review.language.lexicon.shape import Lexicon, Shared
from mailproc.tables import T

FOLDER = Path(__file__).parent
LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "ru")  # in this order they are looked up, and shown


def lexicon(path: Path) -> Lexicon:
    """One language. Raises ConfigError."""
    table = tables.read(path)
    plain = {"language": path.stem, "spellings": table.pop("spellings", {})}
    return tables.fitted(path, {key: phrases(value) for key, value in table.items()} | plain, Lexicon)


def phrases(value: object) -> object:
    """The same with words and phrases taken apart at their commas, however deep they stand."""
    match value:
        case str():
            return tuple(" ".join(phrase.split()) for phrase in value.split(",") if phrase.strip())
        case list():
            return [phrases(each) for each in value]
        case dict():
            return {key: phrases(each) for key, each in value.items()}
    return value


def rows(path: Path, shape: type[T]) -> T:
    """A file of rows, language by language (`words.Rows`), beside the module that reads it. Raises ConfigError."""
    return tables.fitted(path, {name: phrases(each) for name, each in tables.read(path).items()}, shape)


def lexicons(folder: Path) -> tuple[Lexicon, ...]:
    """All languages; the first says which verbs and kinds there are. Raises ConfigError."""
    found = tuple(lexicon(folder / f"{language}.toml") for language in LANGUAGES)
    for each in found[1:]:
        tables.same_keys(folder / f"{each.language}.toml", "forms", set(each.forms), set(found[0].forms))
        tables.same_keys(folder / f"{each.language}.toml", "kinds", set(each.kinds), set(found[0].kinds))
        tables.same_keys(folder / f"{each.language}.toml", "reasons", set(each.reasons), set(found[0].reasons))
        tables.same_keys(folder / f"{each.language}.toml", "called", set(each.called), set(found[0].called))
    return found


LEXICONS = lexicons(FOLDER)
SHARED = tables.fitted(FOLDER / "shared.toml", tables.read(FOLDER / "shared.toml"), Shared)
