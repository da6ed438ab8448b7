#!/usr/bin/env bash
# mail-parser-reply ends a reply at a sentence that begins with "Thanks,": what is said from there on is not in `body`.
#
# Version:   mail-parser-reply 1.36 (CPython 3.11)
# Behaviour: courtesies such as "Thanks," open a signature wherever a line begins with them, also in the middle of a
#            reply and with an answer behind them in the same sentence. `body` (the reply without its signature) stops
#            there; `latest_reply` keeps the words, and with them every true signature. "Thank you" without a comma is
#            no signature, so that the same answer is read or lost by a comma.
# Output:    'Yes to the first.\n\nThanks, and no to the second.'    body: 'Yes to the first.'
#            'Yes to the first.\n\nThanks and no to the second.'     body: all of it
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mail-parser-reply==1.36

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from mailparser_reply import EmailReplyParser

QUOTED = "\n\nOn Mon, 1 Jun 2026 at 10:00, The Harbour Review <desk@harbour.example> wrote:\n> Two poems wait.\n"
COMMA = "Yes to the first.\n\nThanks, and no to the second."
NONE = COMMA.replace("Thanks,", "Thanks")

print("mail-parser-reply", version("mail-parser-reply"))
found = {}
for words in (COMMA, NONE):
    mail = EmailReplyParser(languages=["en"]).read(words + QUOTED)
    found[words] = mail.replies[0].body, mail.latest_reply
    print(f"{words!r}\n  body          {found[words][0]!r}\n  latest_reply  {found[words][1]!r}")
same = found == {COMMA: ("Yes to the first.", COMMA), NONE: (NONE, NONE)}
sys.exit(0 if same else "changed: mail-parser-reply cuts these replies in another way now")
PYTHON
