"""The words of a .pdf, page by page, by pdfium (ISO 32000-2 §9.10).

pdfium may abort the process on hostile octets, so nobody calls this but a child that may die. A PDF has no paragraphs
and no reading order, only letters at places: lines stay lines, and words written from right to left may stand in
another order in their line. Comments and forms are not read. Raises Stopped.
"""

from __future__ import annotations

import re
import unicodedata
from typing import BinaryIO

import pypdfium2
from pypdfium2.raw import FPDF_ERR_PASSWORD

from mailproc.document.flow import Flow
from mailproc.document.limits import DAMAGED, ENCRYPTED, MAX_PAGES, PARTLY, Budget, Stopped

_HYPHENS = re.compile("[\x02\ufffe\uffff]")  # pdfium writes so the hyphen at the end of a line
_SHAPES = re.compile("[\ufb00-\ufdff\ufe70-\ufefc]+")  # ligatures, and letters in the shape of their place in the word


def read(file: BinaryIO, flow: Flow, budget: Budget) -> None:
    """The text into `flow`, until the last page or until the budget says so."""
    try:
        document = pypdfium2.PdfDocument(file)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        raise Stopped(ENCRYPTED if error.err_code == FPDF_ERR_PASSWORD else DAMAGED) from error
    failed = 0
    for number in range(min(pages, MAX_PAGES)):
        if budget.enough():
            raise Stopped(PARTLY)
        try:
            flow.say(_page(document, number))
        except pypdfium2.PdfiumError:
            failed += 1
        flow.end_line()
    if failed or pages > MAX_PAGES:
        raise Stopped(DAMAGED if failed == pages else PARTLY)


def _page(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    try:
        words = page.get_textpage()
        try:
            text: str = words.get_text_range()
        finally:
            words.close()
    finally:
        page.close()
    return _SHAPES.sub(lambda shape: unicodedata.normalize("NFKC", shape[0]), _HYPHENS.sub("-", text))
