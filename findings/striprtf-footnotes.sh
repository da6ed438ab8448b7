#!/usr/bin/env bash
# striprtf leaves out what readers of a document see, and gives what they do not see.
#
# Version:   striprtf 0.0.35 (CPython 3.11)
# Behaviour: the text of a footnote is dropped without a word. Text marked as deleted (\deleted, a tracked change) and
#            as hidden (\v) is given like any other. A character beyond the Basic Multilingual Plane, which RTF writes
#            as two \u words, comes as two lone surrogates, which no codec writes.
# Output:    footnote: 'The pier is old.'
#            deleted:  'The pier is not old.'
#            hidden:   'The pier secret is old.'
#            emoji:    'A boat \ud83d\udea2.'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check striprtf==0.0.35

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from striprtf.striprtf import rtf_to_text

DOCUMENTS = {
    "footnote": r"The pier{\super\chftn}{\footnote\chftn  Built in 1871.} is old.",
    "deleted": r"The pier is {\deleted not }old.",
    "hidden": r"The pier {\v secret }is old.",
    "emoji": r"A boat \u-10179?\u-8542?.",
}
EXPECTED = {
    "footnote": "The pier is old.",
    "deleted": "The pier is not old.",
    "hidden": "The pier secret is old.",
    "emoji": "A boat \ud83d\udea2.",
}

print("striprtf", version("striprtf"))
found = {name: rtf_to_text(r"{\rtf1\ansi " + words + "}").strip() for name, words in DOCUMENTS.items()}
for name, words in found.items():
    print(f"{name + ':':9} {words!a}")
sys.exit(0 if found == EXPECTED else "changed: striprtf gives other words now")
PYTHON
