"""A language's folder beside that of the model: what it lacks, what it says otherwise, and what it has not worded.

For translators, by `doctor`, and for the tests. Read as syntax, nothing is rendered: files, blocks, macros, the names
that each uses, the keys of its tables, the phrases; and each piece of words that is the model's own, or plainly in its
language. A finding is a line with its place and cure. It never raises for what it finds in a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, TemplateError, meta, nodes

from mailproc.errors import ConfigError
from mailproc.letters.language.speech import FILE, Table, read_table
from mailproc.letters.texts import FOLDER, texts
from mailproc.message.tongue import tongue_of

MODEL = "en"
_FEW = 2  # words of a piece that may be the same in two languages
_TELLING = 6  # words from which a piece tells its language
_WORD = re.compile(r"[^\W\d_]{2,}")
_BESIDE = re.compile(r"[\"“«][^\"”»\n]*[\"”»]|\bhttps?://\S+|[\w.+-]+@[\w.-]+")  # words of a reader's, addresses
_LOGIC = (nodes.Compare, nodes.Test, nodes.Include, nodes.FromImport, nodes.Import)  # texts in it are said to nobody


class _AnyFilter(dict[str, object]):
    """Filters as they are met: whether there is one of that name is seen where letters are rendered."""

    def get(self, _name: object, _default: object = None) -> object:
        return str


_ENVIRONMENT = Environment(autoescape=True)
_ENVIRONMENT.filters = _AnyFilter()


@dataclass(slots=True)
class Shape:
    """What a template is made of."""

    blocks: set[str] = field(default_factory=set)
    macros: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)  # that it is given, and what it reads of them: "item.title"
    tables: list[frozenset[str]] = field(default_factory=list)  # keys of each table that is written in it
    pieces: list[tuple[int, str]] = field(default_factory=list)  # words in it, with the line


def compare(templates: Path, language: str, *others: Path) -> tuple[str, ...]:
    """What a language's folder lacks beside the model's, a line each; () where it says all of it in its own words.

    The model is that of the same folder, and of the others where this has none.
    """
    folder = templates / language
    models = [each / MODEL for each in (templates, *others) if (each / MODEL).is_dir()]
    found = [*_of_files(folder, models), *_of_phrases(folder, models), *_of_table(folder, models)]
    return (*dict.fromkeys(found),)


def _of_files(folder: Path, models: Iterable[Path]) -> Iterator[str]:
    """Letters and their parts."""
    known: dict[str, Path] = {}
    for model in models:
        known = {path.relative_to(model).as_posix(): path for path in sorted(model.glob("*/*.txt"))} | known
    for name, path in known.items():
        file = folder / name
        if file.is_file():
            yield from _differences(file, file.read_text(encoding="utf-8"), path.read_text(encoding="utf-8"))
        else:
            yield f"{file}: is missing; it is said in another language"
    for file in sorted(folder.glob("*/*.txt")):
        if file.relative_to(folder).as_posix() not in known:
            yield f"{file}: {MODEL} has no such file, so nothing uses it"


def _of_phrases(folder: Path, models: Iterable[Path]) -> Iterator[str]:
    known = {text.slug: text for model in reversed([*models]) for text in texts(model)}
    try:
        own = {text.slug: text for text in texts(folder)}
    except ConfigError as error:
        yield str(error)
        return
    for slug, model in known.items():
        place = f'{folder / FOLDER / model.file.name}, phrase "{slug.partition("/")[2]}"'
        if slug in own:
            yield from _differences(place, own[slug].source, model.source)
        else:
            yield f"{place}: is missing; it is said in another language"
    for slug in own.keys() - known.keys():
        yield str(own[slug].wrong("no such phrase is ever said"))


def _of_table(folder: Path, models: Iterable[Path]) -> Iterator[str]:
    """The table of the language itself: each word of the model's has its own here."""
    try:
        given = next((table for model in models if (table := read_table(model / FILE))), Table())
        own = read_table(folder / FILE)
    except ConfigError as error:
        yield str(error)
        return
    if own is None:
        yield f"{folder / FILE}: is missing; copy that of {MODEL}, and word it"
        return
    for name in ("verbs", "kinds", "states"):
        for key in getattr(given, name).keys() - getattr(own, name).keys():
            yield f'{folder / FILE}, [{name}]: "{key}" is missing'
    if not own.name:
        yield f"{folder / FILE}: does not say the language's name"


def _differences(place: object, source: str, model_source: str) -> Iterator[str]:
    """How a text differs from the model's in what both must have, and what of its words is the model's."""
    try:
        own, model = shape_of(source), shape_of(model_source)
    except TemplateError as error:
        yield f"{place}, line {getattr(error, 'lineno', 1)}: {error}"
        return
    for what, ours, theirs in (
        ("block", own.blocks, model.blocks),
        ("macro", own.macros, model.macros),
        ("name", own.names, model.names),
    ):
        for name in sorted(theirs - ours):
            yield f"{place}: the {what} {name} is missing"
        for name in sorted(ours - theirs):
            yield f"{place}: the {what} {name} is none that {MODEL} has there"
    for keys in model.tables:
        if not any(keys <= each for each in own.tables):
            nearest = max(own.tables, key=lambda each: len(each & keys), default=frozenset())
            lacks = sorted(keys - nearest)
            yield (
                f"{place}: a table lacks {', '.join(lacks)}"
                if nearest & keys
                else f"{place}: the table of {lacks} is missing"
            )
    same = {_bare(words) for _, words in model.pieces}
    for line, words in own.pieces:
        bare = _bare(words)
        if _in_model(bare, same):
            yield f"{place}, line {line}: still in {MODEL}: {bare}"


def _bare(words: str) -> str:
    """A piece without what is nobody's prose."""
    return " ".join(_BESIDE.sub(" ", words).split())


def _in_model(bare: str, same: set[str]) -> bool:
    many = len(_WORD.findall(bare))
    return (many > _FEW and bare in same) or (many >= _TELLING and tongue_of("", bare) == MODEL)


def shape_of(source: str) -> Shape:
    """The shape of a template. Raises TemplateError."""
    tree = _ENVIRONMENT.parse(source)
    found = Shape(names=meta.find_undeclared_variables(_ENVIRONMENT.parse(source)))  # which folds what it reads
    found.blocks = {block.name for block in tree.find_all(nodes.Block)}
    found.macros = {
        f"{macro.name}({', '.join(arg.name for arg in macro.args)})" for macro in tree.find_all(nodes.Macro)
    }
    paths = {path for each in tree.find_all(nodes.Getattr) if (path := _path(each))}
    found.names |= {path for path in paths if not path.startswith("loop.")}
    found.tables = [keys for each in tree.find_all(nodes.Dict) if len(keys := frozenset(_keys(each))) > 1]
    found.pieces = [*_pieces(tree)]
    return found


def _path(node: nodes.Node) -> str:
    """`item.title` of a node that reads it; "" of any other."""
    if isinstance(node, nodes.Name):
        return node.name
    before = _path(node.node) if isinstance(node, nodes.Getattr) else ""
    return f"{before}.{node.attr}" if before and isinstance(node, nodes.Getattr) else ""


def _keys(table: nodes.Dict) -> Iterator[str]:
    for pair in table.items:
        if isinstance(pair.key, nodes.Const):
            yield str(pair.key.value)


def _pieces(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """The words that are said: text, and texts within expressions but for those that are only compared or looked up."""
    if isinstance(node, nodes.TemplateData):
        yield from ((node.lineno + n, line) for n, line in enumerate(node.data.split("\n")) if line.strip())
    elif isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.lineno, node.value
    elif isinstance(node, nodes.Dict):
        for pair in node.items:
            yield from _pieces(pair.value)
    elif not isinstance(node, _LOGIC):
        for child in node.iter_child_nodes():
            yield from _pieces(child)
