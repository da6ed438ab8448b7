"""The catalogue of phrases: slug and facts in, a clause out, from `templates/LANGUAGE/phrases/FILE.toml`.

A file is a table of names, each with a short Jinja text: `left = "{{ name }} has left {{ desk.name }}."`, which is the
phrase `FILE/left`. It is rendered as letters are: sandboxed, undefined names an error, with the same filters; `desk` is
always there. Where the operator's own folder lacks a phrase, or a file, the one that came with mailproc is said; where
a language lacks it, the desk's language says it, else English.
What is wrong with a text is a ConfigError with file, phrase and cure, at the start and not in a turn.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailproc.errors import ConfigError, nearest
from mailproc.letters.filters import filters_of
from mailproc.letters.language.speech import Speech, speech_of
from mailproc.letters.texts import CURE, Text, file_of, texts
from mailproc.phrase import Phrase, Said

ALWAYS = frozenset({"desk"})  # the configuration's [desk], beside the facts
MODEL = "en"  # the language in which every phrase that the code says is there
_FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Phrasebook:
    """The phrases of some folders of templates, the first that has one; used by every thread."""

    def __init__(self, *folders: Path, home: str = MODEL, site: str = "") -> None:
        """`home`: the language that says what another lacks; `site`: [publish] url. Reads nothing yet."""
        self.folders = folders
        self.home, self.site = home, site
        self._books: dict[str, Mapping[str, Text]] = {}
        self._speeches: dict[str, Speech] = {}
        self._environments: dict[str, ImmutableSandboxedEnvironment] = {}
        self._templates: dict[tuple[str, str], Template] = {}

    def speech(self, language: str) -> Speech:
        """How a language writes dates and numbers. Raises ConfigError."""
        if language not in self._speeches:
            self._speeches[language] = speech_of(language, *self.folders)
        return self._speeches[language]

    def book(self, language: str) -> Mapping[str, Text]:
        """Every phrase of a language by slug. Raises ConfigError for a file that cannot be read."""
        if language not in self._books:
            found = (text for folder in reversed(self.folders) for text in texts(folder / language))
            self._books[language] = {text.slug: text for text in found}
        return self._books[language]

    def compile(self, language: str) -> None:
        """Hold a language to what came with mailproc: no other facts used, no other phrase. Raises ConfigError.

        What it lacks is said in English, so that only English has to have all of it.
        """
        for fault in self.faults(language, lacking=language == MODEL):
            raise fault

    def faults(self, language: str, *, lacking: bool = True) -> Iterator[ConfigError]:
        """What is wrong with the phrases of a language, and if `lacking` what it lacks.

        Those that are as they came are not read again.
        """
        model, book = {text.slug: text for text in texts(self.folders[-1] / MODEL)}, self.book(language)
        there = {self._file(language, slug) for slug in book}
        for file in sorted({self._file(language, slug) for slug in model} - there) if lacking else ():
            yield ConfigError(f"{file}: is missing; {CURE}")
        for slug, text in model.items():
            if slug not in book:
                if lacking and self._file(language, slug) in there:
                    yield ConfigError(f"{self._file(language, slug)}: the phrase {slug} is missing; {CURE}")
            elif book[slug].source != text.source:
                yield from self._strange(book[slug], text)
        for slug in book.keys() - model.keys():
            yield book[slug].wrong(f"no such phrase is ever said{nearest(slug, model)}")

    def _strange(self, text: Text, model: Text) -> Iterator[ConfigError]:
        try:
            given = self.facts(model)
            strange = self.facts(text) - given
        except ConfigError as broken:
            yield broken
            return
        if strange:
            facts = ", ".join(sorted(given | ALWAYS))
            yield text.wrong(f"{', '.join(sorted(strange))}: no such fact is given to it, only {facts}")

    def facts(self, text: Text) -> frozenset[str]:
        """The facts that a text names. Raises ConfigError where it is no template."""
        try:
            environment = self._environment(MODEL)
            environment.from_string(text.source)
            return frozenset(meta.find_undeclared_variables(environment.parse(text.source))) - ALWAYS
        except _FAILURES as failure:
            raise text.wrong(failure) from failure

    def words(self, said: Said, language: str, desk: object) -> str:
        """A phrase in words, phrases among its facts first; words stay as they are. Raises ConfigError.

        `desk` is the configuration's [desk], whose time zone and name the words may show.
        """
        if isinstance(said, str):
            return said
        text, language = self._text(said.slug, language)
        facts = {name: self.worded(fact, language, desk) for name, fact in said.facts.items()}
        try:
            return self._template(text, language).render({"desk": desk, **facts})
        except _FAILURES as failure:
            raise text.wrong(failure) from failure

    def _text(self, slug: str, language: str) -> tuple[Text, str]:
        """A phrase's text and whose it is: the language's, else the desk's, else that of the model."""
        for each in (language, self.home, MODEL):
            if text := self.book(each).get(slug):
                return text, each
        raise ConfigError(f"{self._file(language, slug)}: no phrase {slug}{nearest(slug, self.book(language))}")

    def worded(self, value: object, language: str, desk: object) -> Any:  # noqa: ANN401 - what a template is given
        """The value with every phrase in it worded: in tuples and lists and in fields of frozen values, too."""
        if isinstance(value, Phrase):
            return self.words(value, language, desk)
        if isinstance(value, tuple | list):
            worded = [self.worded(each, language, desk) for each in value]
            same = all(new is old for new, old in zip(worded, value, strict=True))
            return value if same else tuple(worded)
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
            new = {name: self.worded(each, language, desk) for name, each in fields.items()}
            changed = {name: each for name, each in new.items() if each is not fields[name]}
            return dataclasses.replace(value, **changed) if changed else value
        return value

    def _template(self, text: Text, language: str) -> Template:
        key = (language, text.slug)
        if key not in self._templates:
            self._templates[key] = self._environment(language).from_string(text.source)
        return self._templates[key]

    def _environment(self, language: str) -> ImmutableSandboxedEnvironment:
        if language not in self._environments:
            self._environments[language] = _environment(self.speech(language), self.site)
        return self._environments[language]

    def _file(self, language: str, slug: str) -> Path:
        return file_of(self.folders[0] / language, slug)


def _environment(speech: Speech, site: str) -> ImmutableSandboxedEnvironment:
    """No HTML stands in a phrase: a letter escapes it with the rest of its body."""
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=lambda _: False)
    environment.filters |= filters_of(speech, site)
    return environment
