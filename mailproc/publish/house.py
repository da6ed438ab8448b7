"""The house format: templates of the desk's own that make pages of a laid-out file, of each work, and of the lists.

They are the desk's to edit: `house/file.md`, `file.html`, `page.html`, their `style.css` and their words in
`words.toml` and, for one language, `words.es.toml`; what a folder lacks is read in the next. Whatever they do, a value
of somebody's comes in as words: in HTML escaped, in Markdown with every mark disarmed. Whether an edited page is still
fit for readers, `check` says. Raises ConfigError with its cure.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from mailproc.dossier.page import OWN, Block, Page, Section
from mailproc.errors import ConfigError
from mailproc.publish.page import disarmed
from mailproc.publish.page import page as with_front_matter

FOLDER = "house"
WORDS = "words.toml"
PAGE = "page.html"  # of a work, and of the lists
PAGES = {"index.md": "file.md", "index.html": "file.html"}
CURE = "correct it, or copy the folder house again from what `mailproc init` writes"
Names = Mapping[tuple[str, str], str]  # (reference, SHA-256) of a piece -> where its file lies beside the page
_FAILURES = (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_GAPS = re.compile(r"\n(?:[ \t]*\n){2,}")
_IN_AN_ADDRESS = "-._~:/?#@!$&*+,;=%"  # RFC 3986 §2, less the quotation mark and brackets that end one in Markdown
_UNITS = ("bytes", "kB", "MB", "GB")
Said = Callable[[str], str]


class House:
    """The templates of a desk; made once."""

    def __init__(self, templates: Path, *others: Path) -> None:
        """Over the folder `templates/`; what its `house` lacks is read in the others."""
        self.templates = templates
        self._folders = [folder / FOLDER for folder in (templates, *others)]
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(self._folders),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters |= {"day": day, "size": size}

    def words(self, language: str = "") -> Mapping[str, str]:
        """The house's own words, those of the first folder that has them; its language's first. Raises ConfigError."""
        found: dict[str, str] = {}
        for folder in reversed(self._folders):
            for name in (WORDS, f"words.{language}.toml"):
                found |= _read_words(folder / name)
        return found

    def mark(self, language: str) -> str:
        """What pages for browsers are made by, in a few characters: another, and they are made anew."""
        made_by = hashlib.sha256()
        for name in (PAGE, "style.css", WORDS, f"words.{language}.toml"):
            found = (folder / name for folder in self._folders)
            made_by.update(b"".join(file.read_bytes() for file in found if file.is_file()) + b"\0")
        return made_by.hexdigest()[:16]

    def page(self, page: Mapping[str, object], publication: str, language: str) -> str:
        """A page for browsers by `page.html`, whatever it is of. Raises ConfigError."""
        context = {"page": page, "publication": publication, "language": language, "words": self.words(language)}
        return _without_gaps(self._rendered(PAGE, context))

    def render(self, page: Page, names: Names, publication: str, laid_out: str = "") -> dict[str, bytes]:
        """`index.md` and `index.html`, with links to what `names` has; `laid_out`: a mark of what they are made of.

        Raises ConfigError.
        """
        words = self.words(page.language)
        made = {}
        for name, template in PAGES.items():
            said = _disarmed if template.endswith(".md") else str
            context = {"page": _page(page, names, said), "words": words, "publication": said(publication)}
            made[name] = self._rendered(template, context)
        facts = {
            "group": page.title,
            "contributors": list(page.contributors),
            "language": page.language,
            "date": page.on.isoformat() if page.on else None,
            "laid_out": laid_out,
        }
        return {
            "index.md": with_front_matter(facts, _GAPS.sub("\n\n", made["index.md"]).strip("\n")),
            "index.html": _without_gaps(made["index.html"]).encode(),
        }

    def _rendered(self, template: str, context: Mapping[str, object]) -> str:
        try:
            return self._environment.get_template(template).render(context)
        except _FAILURES as failure:
            raise ConfigError(self._cure(failure, template)) from failure

    def _cure(self, failure: BaseException, template: str) -> str:
        """`templates/house/file.md, line 3: 'titel' is undefined; …`."""
        where, line = str(self._folders[0] / template), None
        frames = [each for each in traceback.extract_tb(failure.__traceback__) if each.filename.endswith(template)]
        if isinstance(failure, TemplateSyntaxError):
            where, line = failure.filename or where, failure.lineno
        elif frames:
            where, line = frames[-1].filename, frames[-1].lineno
        what = " ".join(str(failure).split()) or type(failure).__name__
        return f"{where}{'' if line is None else f', line {line}'}: {what}; {CURE}"


def _without_gaps(html: str) -> str:
    return "\n".join(line for line in html.split("\n") if line.strip()) + "\n"


def _read_words(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: {' '.join(str(error).split())}; {CURE}") from error
    for name, words in table.items():
        if not isinstance(words, str):
            raise ConfigError(f'{file}, "{name}": is no text in quotes; {CURE}')
    return table


# A page as templates see it: every word of somebody's made safe for the format, every address ready to be followed


def _page(page: Page, names: Names, said: Said) -> dict[str, object]:
    return {
        "title": said(page.title),
        "aliases": tuple(map(said, page.aliases)),
        "sections": tuple(_section(section, names, said) for section in page.sections),
        "contributors": tuple(map(said, page.contributors)),
        "language": page.language,
        "on": page.on,
    }


def _section(section: Section, names: Names, said: Said) -> dict[str, object]:
    blocks = tuple(_block(block, names, said) for block in section.blocks)
    runs = tuple((form, tuple(run)) for form, run in groupby(blocks, key=lambda block: block["form"]))
    slug = "" if section.slug.startswith(OWN) else section.slug
    return {"slug": slug, "heading": said(section.heading), "blocks": blocks, "runs": runs, "place": section.place}


_AS_IT_IS = frozenset({"form", "sha256"})


def _block(block: Block, names: Names, said: Said) -> dict[str, object]:
    made: dict[str, object] = {
        name: said(value) if isinstance(value, str) and name not in _AS_IT_IS else value
        for name, value in asdict(block).items()
        if name != "text"  # its paragraphs are
    }
    file = names.get(block.key, "")
    return made | {
        "label": said(block.label),
        "drawn": block.drawn,
        "paragraphs": tuple(tuple(map(said, lines)) for lines in block.paragraphs),
        "file": Markup(quote(file)),  # noqa: S704 - quoted
        "href": address(block.href),
        "source_href": address(block.source_href),
    }


def _disarmed(words: str) -> Markup:
    return Markup(disarmed(words))  # noqa: S704 - every mark of it is a character reference


def address(href: str) -> Markup:
    """An address as HTML and Markdown both take it, whatever stands in it."""
    return Markup(quote(href, safe=_IN_AN_ADDRESS).replace("&", "&amp;"))  # noqa: S704 - quoted


@pass_context
def day(context: Context, at: date) -> str:
    """`22 November 2026`, in the house's language."""
    return in_words(at, str(context.get("language") or context["page"]["language"]))


def in_words(at: date, language: str) -> str:
    """`22 November 2026`, `22 de noviembre de 2026`: as people write it in a language, here or, unknown, in English."""
    try:
        locale = Locale.parse("en_GB" if language == "en" else language, sep="-" if "-" in language else "_")
    except (UnknownLocaleError, ValueError):
        locale = Locale("en", "GB")
    return format_date(at, "long", locale)


def size(octets: int) -> str:
    """`946 bytes`, `8 kB`, `25 MB`."""
    amount, unit = float(octets), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - what would round to 1,000
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f} {_UNITS[unit]}"
