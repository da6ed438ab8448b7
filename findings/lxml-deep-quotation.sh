#!/usr/bin/env bash
# A long thread as HTML: lxml leaves out what stands below the 255th open tag and all that comes after it, in silence.
#
# Version:   lxml 6.1.3, and quotequail 0.5.4, which reads mails with it (CPython 3.11)
# Behaviour: libxml2's limit of depth ends the document there; lxml raises nothing, only the parser's `error_log` has a
#            word. Every reply wraps the thread in its own containers, three are common, so that the 85th reply comes
#            to it; an answer *below* the quotation is then lost too, though it is not deep at all. quotequail finds
#            no quotation in such a mail.
# Output:    84 replies: text 'Yes.' + 'The first letter.' + 'No to the rest.', quotequail: a quotation
#            86 replies: text 'Yes.', quotequail: None; error_log: Excessive depth in document: 256
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    lxml==6.1.3 quotequail==0.5.4 typing-extensions==4.16.0

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import lxml.html
import quotequail


def thread(replies):
    above, below = "<div><blockquote><div>" * replies, "</div></blockquote></div>" * replies
    return f"<html><body><p>Yes.</p>{above}<p>The first letter.</p>{below}<p>No to the rest.</p></body></html>"


def read(replies):
    parser = lxml.html.HTMLParser()
    words = lxml.html.document_fromstring(thread(replies), parser=parser).text_content()
    quotation = quotequail.unwrap_html(thread(replies)) is not None
    print(f"{replies} replies: {words!r}, quotation: {quotation}, {[line.message for line in parser.error_log]}")
    return words, quotation


print("lxml", version("lxml"), "quotequail", version("quotequail"))
same = read(84) == ("Yes.The first letter.No to the rest.", True)
same &= read(86) == ("Yes.", False)
sys.exit(0 if same else "changed: a deep thread is read in another way now")
PYTHON
