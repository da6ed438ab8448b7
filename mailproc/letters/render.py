"""Templates and values in, words out: subject, text and HTML of one letter.

Jinja2 in its immutable sandbox with strict undefined names; a letter's template has the blocks `subject`
and `body`, and the HTML is laid out from the same body, so that the two parts cannot say different things.
Every phrase among the values is worded at this door, so a template sees words only.
A template that fails is a ConfigError with file, line and cure. It addresses no letter and sends nothing.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import (
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailproc.errors import ConfigError, nearest
from mailproc.kinds.every import EVERY
from mailproc.letters import filters
from mailproc.letters.catalogue import LETTERS
from mailproc.letters.digest import END, Picture, block_of, blocks_of
from mailproc.letters.page import STYLE, as_html, figure_line, links_line, wrapped
from mailproc.letters.phrasebook import Phrasebook
from mailproc.letters.tap import tap, taps

BASE = "base.html"
SHOWN_SIDE = 150  # pixels of a screen that a small view takes: two stand side by side on a telephone
SORTABLE = tuple(kind.name for kind in EVERY if not kind.guessed)  # what a member may write behind "sort"
_FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Words:
    """A letter in words: what a Draft takes as subject, text and html."""

    subject: str
    text: str
    html: str


class Letters:
    """The letters of a folder of templates; made once, used by every thread."""

    def __init__(self, templates: Path, *others: Path, site: str = "") -> None:
        """Over the folder `templates/`; what it lacks is read in the others. Reads nothing yet.

        `site`: [publish] url, where readers find what is published; "" none.
        """
        self.templates = templates
        self.phrases = Phrasebook(templates, *others, site=site)
        self.environment = _environment(templates, *others, site=site)
        self._carried = _environment(*others, site=site) if others else self.environment

    def _home(self, path: str) -> ImmutableSandboxedEnvironment:
        """Where a letter is read: one that the folder lacks brings its own parts, since older ones may not fit it."""
        return self.environment if (self.templates / path).is_file() else self._carried

    def compile(self, language: str) -> None:
        """Read every letter's template and every phrase. Raises ConfigError for the first that is missing or wrong."""
        for template in LETTERS:
            path = f"{language}/{template}.txt"
            try:
                self._home(path).get_template(path)
            except _FAILURES as failure:
                raise ConfigError(self._cure(failure, path)) from failure
        self.phrases.compile(language)

    def render(self, template: str, language: str, context: Mapping[str, object]) -> Words:
        """The words of the letter `audience/event`. Raises ConfigError where template or context do not fit."""
        if template not in LETTERS:
            raise ConfigError(f'letters/catalogue.py: no letter "{template}"{nearest(template, LETTERS)}')
        missing = [name for name in LETTERS[template].names if name not in context]
        if missing:
            raise ConfigError(f"letter {template}: its context lacks {', '.join(missing)}; see letters/catalogue.py")
        path = f"{language}/{template}.txt"
        context = {name: self.phrases.worded(value, language, context["desk"]) for name, value in context.items()}
        try:
            loaded = self._home(path).get_template(path)
            subject = filters.subject(_block(loaded, "subject", context))
            source = _block(loaded, "body", context)
            html = self.environment.get_template(BASE).render(
                subject=subject, language=language, desk=context["desk"], body=as_html(source)
            )
        except _FAILURES as failure:
            raise ConfigError(self._cure(failure, path)) from failure
        return Words(subject, wrapped(source), html)

    def _cure(self, failure: BaseException, path: str) -> str:
        """`templates/en/author/x.txt, line 3: 'titel' is undefined; …`."""
        frames = traceback.extract_tb(failure.__traceback__)
        ours = [frame for frame in frames if Path(frame.filename).is_relative_to(self.templates)]
        where, line = str(self.templates / path), None
        if isinstance(failure, TemplateSyntaxError):
            where, line = failure.filename or where, failure.lineno
        elif ours:
            where, line = ours[-1].filename, ours[-1].lineno
        place = where if line is None else f"{where}, line {line}"
        what = " ".join(str(failure).split()) or type(failure).__name__
        if isinstance(failure, TemplateNotFound):
            what = "is missing" if failure.name == path else f"{failure.name} is missing"
        return f"{place}: {what}; correct it, or copy the template again from what `mailproc init` writes"


def _environment(*folders: Path, site: str) -> ImmutableSandboxedEnvironment:
    """Templates of these folders, the first that has one."""
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        **filters.FILTERS,
        "address_of": filters.addresses_of(site),
        "links": links_line,
        "blocks": blocks_of,
        "block": block_of,
        "taps": _taps,
        "undo_taps": _undo_taps,
        "figure": _figure,
    }
    environment.globals |= {"style": STYLE, "the_end": END, "sortable": SORTABLE}
    return environment


def _taps(verbs: Iterable[str], ref: str, address: str) -> str:
    """The source line for one-tap links on one item; nothing for none."""
    links = taps(verbs, ref, address)
    return links_line(links) if links else ""


def _figure(picture: Picture, words: str) -> str:
    """The source line for a picture in small: at half its pixels, for screens that have two where others have one."""
    scale = 2 if max(picture.width, picture.height) > SHOWN_SIDE else 1
    width, height = (max(1, round(side / scale)) for side in (picture.width, picture.height))
    return figure_line(picture.content_id, width, height, " ".join(words.split()))


def _undo_taps(refs: Iterable[str], address: str) -> str:
    """The source line for the links that take back what was done on some items."""
    return links_line(tap("undo", ref, address) for ref in refs)


def _block(template: Template, name: str, context: Mapping[str, object]) -> str:
    """One block alone, so that a newline in a subject cannot reach the body nor a header field."""
    if name not in template.blocks:
        raise TemplateSyntaxError(f"block {name} is missing", 1, template.name, template.filename)
    try:
        return "".join(template.blocks[name](template.new_context(dict(context))))
    except _FAILURES:
        template.environment.handle_exception()  # as Template.render does: raises it again with the template's own line
