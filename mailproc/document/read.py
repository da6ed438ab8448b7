"""A document's words: one reader a format, and the same finish for all.

Hostile octets give fewer words and a reason, never an exception but MemoryError; but pdfium may end the process, and
nothing here knows a clock, so only a child that may die calls this (`inspect/reading`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from mailproc.document import opendocument, pdf, plain, rtf, word
from mailproc.document.flow import Flow
from mailproc.document.limits import DAMAGED, ENCRYPTED, MAX_RTF_STEPS, Budget, Stopped
from mailproc.document.lines import Words, words_of
from mailproc.document.package import Package

Enough = Callable[[], bool]


def read(reader: str, file: BinaryIO, enough: Enough = lambda: False) -> Words:
    """The words of `file` by a reader of READERS; `enough` is asked now and then."""
    flow, failure = Flow(), ""
    try:
        READERS[reader](file, flow, Budget(enough))
    except Stopped as stopped:
        failure = stopped.slug
    return words_of(flow.text(), failure)


def _docx(file: BinaryIO, flow: Flow, budget: Budget) -> None:
    word.read(Package(file, budget), flow, budget)


def _odt(file: BinaryIO, flow: Flow, budget: Budget) -> None:
    opendocument.read(Package(file, budget), flow, budget)


def _rtf(file: BinaryIO, flow: Flow, budget: Budget) -> None:
    budget.steps = MAX_RTF_STEPS
    rtf.read(file, flow, budget)


def _plain(file: BinaryIO, flow: Flow, budget: Budget) -> None:
    del budget
    plain.read(file, flow)


_SEALED = "EncryptedPackage".encode("utf-16-le")  # [MS-OFFCRYPTO] §2.3.4.4: a .docx with a password is no zip
_LOOKED_AT = 1 << 20


def _sealed(file: BinaryIO, flow: Flow, budget: Budget) -> None:
    """A compound file under the name of a newer document."""
    del flow, budget
    raise Stopped(ENCRYPTED if _SEALED in file.read(_LOOKED_AT) else DAMAGED)


READERS: dict[str, Callable[[BinaryIO, Flow, Budget], None]] = {
    "docx": _docx,
    "odt": _odt,
    "pdf": pdf.read,
    "plain": _plain,
    "rtf": _rtf,
    "sealed": _sealed,
}
