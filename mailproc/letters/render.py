"""Templates and values in, words out: subject, text and HTML of one letter.

Jinja2 in its immutable sandbox with strict undefined names; a letter's template has the blocks `subject`
and `body`, and the HTML is laid out from the same body, so that the two parts cannot say different things.
Every phrase among the values is worded at this door, so a template sees words only.
A template that fails is a ConfigError with file, line and cure. It addresses no letter and sends nothing.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from css_inline import CSSInliner
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
from mailproc.letters.digest import END, Block, Digest, DigestItem, Picture, block_of, blocks_of
from mailproc.letters.language.speech import Speech, languages, named
from mailproc.letters.page import as_html, figure_line, links_line, wrapped
from mailproc.letters.phrasebook import MODEL, Phrasebook
from mailproc.letters.tap import tap, taps

BASE, SHEET = "base.html", "letter.css"
OLD_STYLE = {  # what an older base.html asks for: it has no classes
    "body": "margin:0;padding:0",
    "main": "max-width:40em;margin:0 auto;padding:20px 16px 32px;overflow-wrap:anywhere;"
    "font-family:Georgia,Cambria,serif;font-size:17px;line-height:1.45",
    "mast": "margin:0 0 20px;padding:0 0 8px;border-bottom:3px solid #14425c;font-size:16px;color:#14425c",
}
SHOWN_SIDE = 150  # pixels of a screen that a small view takes: two stand side by side on a telephone
SORTABLE = tuple(kind.name for kind in EVERY if not kind.guessed)  # what a member may write behind "sort"
_FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Words:
    """A letter in words: what a Draft takes as subject, text and html."""

    subject: str
    text: str
    html: str
    language: str = MODEL  # in which it is, in the end


class Letters:
    """The letters of a folder of templates, in each of its languages; made once, used by every thread."""

    def __init__(self, templates: Path, *others: Path, home: str = MODEL, site: str = "") -> None:
        """Over the folder `templates/`; what it lacks is read in the others. Reads nothing yet.

        `home` is the desk's language, in which a letter is that another language lacks; `site` is [publish] url, where
        readers find what is published, "" none.
        """
        self.templates, self.others, self.home = templates, others, home
        self.phrases = Phrasebook(templates, *others, home=home, site=site)
        self._environments: dict[tuple[str, bool], ImmutableSandboxedEnvironment] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """In which the desk can write to people: those of its own folder, and its own."""
        return tuple(dict.fromkeys((self.home, *languages(self.templates))))

    def choose(self, *wished: str | None) -> str:
        """The first of the languages wished for that there is, by its tag or by what stands before the hyphen."""
        there = {each.lower(): each for each in reversed(self.languages)}
        tags = (tag for each in wished if each for tag in (each.lower(), each.lower().partition("-")[0]))
        return next((there[tag] for tag in tags if tag in there), self.home)

    def named(self, words: str) -> str:
        """The language that somebody names, in whichever of the languages: "Spanish", "español", "es"; "" none."""
        return named(words, self.languages, self.name_of)

    def name_of(self, language: str) -> str:
        """What a language calls itself."""
        return self.phrases.speech(language).name

    def _home(self, path: str, language: str) -> ImmutableSandboxedEnvironment:
        """Where a letter is read: one that the folder lacks brings its own parts, since older ones may not fit it."""
        return self.environment(language, carried=bool(self.others) and not (self.templates / path).is_file())

    def environment(self, language: str, *, carried: bool = False) -> ImmutableSandboxedEnvironment:
        """Where the templates of a language are found; `carried`: those alone that came with mailproc."""
        key = (language, carried)
        if key not in self._environments:
            folders = self.others if carried else (self.templates, *self.others)
            self._environments[key] = _environment(self.phrases.speech(language), folders, self.phrases.site)
        return self._environments[key]

    def compile(self, language: str) -> None:
        """Read every letter's template and every phrase. Raises ConfigError for the first that is wrong.

        So does one that is missing in English; what another language lacks is in English, too.
        """
        for template in LETTERS:
            if language != MODEL and not self.has(template, language):
                continue
            path = f"{language}/{template}.txt"
            try:
                self._home(path, language).get_template(path)
            except _FAILURES as failure:
                raise ConfigError(self._cure(failure, path)) from failure
        self.phrases.compile(language)

    def render(self, template: str, language: str, context: Mapping[str, object]) -> Words:
        """The words of the letter `audience/event`. Raises ConfigError where template or context do not fit.

        A letter that the language lacks, or has with a fault, is in the desk's, and one that this lacks in English;
        `doctor` tells of both.
        """
        *before, last = dict.fromkeys((language, self.home, MODEL))
        for each in before:
            if self.has(template, each):
                try:
                    return self.render_in(template, each, context)
                except ConfigError:
                    if each == self.home:  # whose letters are read at the start
                        raise
        return self.render_in(template, last, context)

    def has(self, template: str, language: str) -> bool:
        """Whether there is such a letter in a language."""
        return any((folder / language / f"{template}.txt").is_file() for folder in (self.templates, *self.others))

    def render_in(self, template: str, language: str, context: Mapping[str, object]) -> Words:
        """The same in this language and no other."""
        if template not in LETTERS:
            raise ConfigError(f'letters/catalogue.py: no letter "{template}"{nearest(template, LETTERS)}')
        missing = [name for name in LETTERS[template].names if name not in context]
        if missing:
            raise ConfigError(f"letter {template}: its context lacks {', '.join(missing)}; see letters/catalogue.py")
        path = f"{language}/{template}.txt"
        context = {name: self.phrases.worded(value, language, context["desk"]) for name, value in context.items()}
        try:
            loaded = self._home(path, language).get_template(path)
            subject = filters.subject(_block(loaded, "subject", context))
            source = _block(loaded, "body", context)
            base = self.environment(language).get_template(BASE)
            html = base.render(subject=subject, language=language, desk=context["desk"], body=as_html(source))
            html = self._styled(html, language)
        except _FAILURES as failure:
            raise ConfigError(self._cure(failure, path)) from failure
        return Words(subject, wrapped(source), html, language)

    def _styled(self, html: str, language: str) -> str:
        """The page with its style sheet written into the elements, since several mail programs drop `<style>`.

        After rendering, for an inliner moves a template's loop out of its table. What base.html has in `<style>` stays.
        """
        sheet = self.environment(language).get_template(SHEET).render()
        return CSSInliner(extra_css=sheet, keep_style_tags=True, load_remote_stylesheets=False).inline(html)

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


def _environment(speech: Speech, folders: Iterable[Path], site: str) -> ImmutableSandboxedEnvironment:
    """Templates of these folders, the first that has one: `parts/foot.txt` is the language's own."""
    folders = tuple(folders)
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader([*(folder / speech.language for folder in folders), *folders]),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {**filters.filters_of(speech, site), **_of_items(speech)}
    environment.filters |= {"links": links_line, "figure": _figure}
    sortable = tuple(speech.kind(kind) for kind in SORTABLE)
    environment.globals |= {"style": OLD_STYLE, "the_end": END, "sortable": sortable}
    return environment


def _of_items(speech: Speech) -> Mapping[str, Callable[..., object]]:
    """The filters that lay out items and links, whose words are the language's."""

    def blocks(digest: Digest, address: str) -> tuple[Block, ...]:
        return blocks_of(digest, address, speech)

    def block(entry: DigestItem, address: str, limit: int | None = None) -> Block:
        return block_of(entry, address, speech, limit=limit)

    def links_of(verbs: Iterable[str], ref: str, address: str) -> str:
        """The source line for one-tap links on one item; nothing for none."""
        links = taps(verbs, ref, address, speech)
        return links_line(links) if links else ""

    def undo(refs: Iterable[str], address: str) -> str:
        """The source line for the links that take back what was done on some items."""
        return links_line(tap("undo", ref, address, speech) for ref in refs)

    return {"blocks": blocks, "block": block, "taps": links_of, "undo_taps": undo}


def _figure(picture: Picture, words: str) -> str:
    """The source line for a picture in small: at half its pixels, for screens that have two where others have one."""
    scale = 2 if max(picture.width, picture.height) > SHOWN_SIDE else 1
    width, height = (max(1, round(side / scale)) for side in (picture.width, picture.height))
    return figure_line(picture.content_id, width, height, " ".join(words.split()))


def _block(template: Template, name: str, context: Mapping[str, object]) -> str:
    """One block alone, so that a newline in a subject cannot reach the body nor a header field."""
    if name not in template.blocks:
        raise TemplateSyntaxError(f"block {name} is missing", 1, template.name, template.filename)
    try:
        return "".join(template.blocks[name](template.new_context(dict(context))))
    except _FAILURES:
        template.environment.handle_exception()  # as Template.render does: raises it again with the template's own line
