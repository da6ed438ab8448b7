#!/usr/bin/env bash
# pdfium gives the hyphen at the end of a line as a character that is no hyphen, and as another one from each function.
#
# Version:   pypdfium2 5.15.2 (pdfium as its wheel holds it), the PDF by reportlab 4.4.4; CPython 3.11
# Behaviour: where a line ends in a hyphen between two letters, the text has U+FFFE (a noncharacter) from
#            get_text_range and U+0002 (a control) from get_text_bounded, and no line end, whether the hyphen only
#            divides a word ("hyphen-ation") or belongs to it ("well-kept"). A hyphen between digits stays. Whoever
#            removes controls reads "wellkept"; whoever writes XML has a character that XML does not allow.
# Output:    get_text_range:   'its hyphen\ufffeation, a well\ufffekept pier.\r\nIn 1914-\r\n1918.'
#            get_text_bounded: 'its hyphen\x02ation, a well\x02kept pier.\r\nIn 1914-\r\n1918.'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pypdfium2==5.15.2 reportlab==4.4.4

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version
from io import BytesIO

import pypdfium2
from reportlab.pdfgen.canvas import Canvas

LINES = ("its hyphen-", "ation, a well-", "kept pier.", "In 1914-", "1918.")
file = BytesIO()
page = Canvas(file)
for place, line in enumerate(LINES):
    page.drawString(72, 700 - 16 * place, line)
page.save()

print("pypdfium2", version("pypdfium2"))
text = pypdfium2.PdfDocument(file.getvalue())[0].get_textpage()
ranged, bounded = text.get_text_range(), text.get_text_bounded()
print("get_text_range:  ", ascii(ranged))
print("get_text_bounded:", ascii(bounded))
same = ranged == "its hyphen\ufffeation, a well\ufffekept pier.\r\nIn 1914-\r\n1918."
same &= bounded == ranged.replace("\ufffe", "\x02")
sys.exit(0 if same else "changed: pdfium gives a hyphen at a line's end as something else now")
PYTHON
