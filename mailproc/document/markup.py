"""Markup of a document, element by element, in memory that does not grow with it.

A DOCTYPE is refused, so there are no entities to expand and none to fetch. Elements and their depth are counted. Broken
markup stops the reading where it breaks; nothing here raises but Stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from mailproc.document.limits import DAMAGED, MAX_DEPTH, MAX_TAG_BYTES, PARTLY, Budget, Stopped

Attributes = Mapping[str, str]
Act = Callable[[Attributes], None]
_OUT_OF_MEMORY = 1  # expat.errors.codes: XML_ERROR_NO_MEMORY


class Walk:
    """One way through markup: what to do where an element (`"namespace local"`) begins and ends, and with words."""

    def __init__(self, budget: Budget) -> None:
        """`budget` is shared by the parts of a document."""
        self.starts: dict[str, Act] = {}
        self.ends: dict[str, Callable[[], None]] = {}
        self._budget = budget
        self._depth = 0
        self._told = False  # something came of the last piece
        self._skipped = 0  # the depth of the element that is skipped; 0: none

    def words(self, text: str) -> None:
        """Character data that is not skipped; an element may come in several pieces."""

    def skip(self, attributes: Attributes | None = None) -> None:
        """Nothing in the element that begins now is looked at; its end is not told either."""
        del attributes
        self._skipped = self._depth

    def through(self, chunks: Iterable[bytes]) -> None:
        """Walk. Raises Stopped, MemoryError."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        silent = 0
        try:
            for chunk in chunks:
                self._told = False
                parser.Parse(chunk)
                silent = 0 if self._told else silent + len(chunk)
                if silent > MAX_TAG_BYTES:  # expat reads a long tag again with each piece of it
                    raise Stopped(DAMAGED)
            parser.Parse(b"", True)  # noqa: FBT003 - expat takes no names
        except expat.ExpatError as error:
            if error.code == _OUT_OF_MEMORY:
                raise MemoryError from error
            raise Stopped(DAMAGED) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._told = True
        self._budget.step()
        if self._depth > MAX_DEPTH:
            raise Stopped(PARTLY)
        if not self._skipped and (act := self.starts.get(name)):
            act(attributes)

    def _end(self, name: str) -> None:
        self._told = True
        self._depth -= 1
        if self._skipped:
            if self._depth < self._skipped:
                self._skipped = 0
        elif act := self.ends.get(name):
            act()

    def _data(self, text: str) -> None:
        self._told = True
        if not self._skipped:
            self.words(text)


def _refuse(*_: object) -> None:
    raise Stopped(DAMAGED)  # no office program writes one: it is there for its entities
