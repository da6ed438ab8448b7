"""The files of phrases, `templates/LANGUAGE/phrases/FILE.toml`: tables of names, each with a short text.

Read here as they stand; `phrasebook` fills their holes. Why something happened is a phrase without holes, so a screen
that tells it needs nothing but this. A file that is no such table is a ConfigError with its cure.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailproc.errors import ConfigError

FOLDER, REASONS = "phrases", "reason"
CURE = "correct it, or copy the file again from what `mailproc init` writes"


@dataclass(frozen=True, slots=True)
class Text:
    """One phrase's text as a file holds it."""

    file: Path
    slug: str  # "FILE/NAME"
    source: str

    def wrong(self, what: object) -> ConfigError:
        """The error that names it."""
        name = self.slug.partition("/")[2]
        return ConfigError(f'{self.file}, phrase "{name}": {" ".join(str(what).split())}; {CURE}')


def file_of(folder: Path, slug: str) -> Path:
    """Where a phrase stands in a language's folder."""
    return folder / FOLDER / f"{slug.partition('/')[0]}.toml"


def texts(folder: Path, stem: str = "*") -> Iterator[Text]:
    """The phrases in a language's folder, or those of one file."""
    for file in sorted((folder / FOLDER).glob(f"{stem}.toml")):
        try:
            table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{file}: {' '.join(str(error).split())}; {CURE}") from error
        for name, source in table.items():
            text = Text(file, f"{file.stem}/{name}", str(source))
            if not isinstance(source, str):
                raise text.wrong("is no text in quotes")
            yield text


def reasons(language: str, *folders: Path) -> Mapping[str, str]:
    """Slug of a reason -> its words, from the first folder that has it. What is not here is shown as it is."""
    found = (text for folder in reversed(folders) for text in texts(folder / language, REASONS))
    return {text.slug.partition("/")[2]: text.source for text in found}
