#!/usr/bin/env bash
# What mail-parser gives as a message's text is not what its author wrote.
#
# Version:   mail-parser 4.8.0 (CPython 3.11)
# Behaviour: a text/plain body that has a name is taken out of the text and listed as an attachment, though nothing says
#            "attachment"; the text is then empty. The text of an attached message (message/rfc822) is joined to the
#            text of the message that carries it, and nothing tells whose words are whose.
# Output:    no name:     text_plain ['The poem is below.\r\n'], attachments []
#            name=a.txt:  text_plain [], attachments ['a.txt']
#            forwarded:   text_plain ['Thanks.', 'Monday suits us.']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check mail-parser==4.8.0

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import mailparser

HEAD = "From: Ana Marsh <ana@quay.example>\r\nTo: desk@harbour.example\r\nSubject: A poem\r\nMIME-Version: 1.0\r\n"
BODY = "\r\nThe poem is below.\r\n"
PLAIN = HEAD + "Content-Type: text/plain; charset=utf-8" + "\r\n" + BODY
NAMED = HEAD + "Content-Type: text/plain; charset=utf-8; name=a.txt" + "\r\n" + BODY
FORWARDED = HEAD + "\r\n".join((
    "Content-Type: multipart/mixed; boundary=b", "",
    "--b", "Content-Type: text/plain", "", "Thanks.",
    "--b", "Content-Type: message/rfc822", "",
    "From: Ben Shore <ben@pier.example>", "Subject: When", "", "Monday suits us.",
    "--b--", "",
))


def text(message):
    mail = mailparser.parse_from_string(message)
    return mail.text_plain, [part["filename"] for part in mail.attachments]


print("mail-parser", version("mail-parser"))
found = [text(message) for message in (PLAIN, NAMED, FORWARDED)]
for name, (words, files) in zip(("no name", "name=a.txt", "forwarded"), found):
    print(f"{name}: text_plain {words}, attachments {files}")
(plain, none), (named, files), (both, _) = found
same = "".join(plain).strip() == "The poem is below." and not none
same &= named == [] and files == ["a.txt"]
same &= [words.strip() for words in both] == ["Thanks.", "Monday suits us."]
sys.exit(0 if same else "changed: mail-parser takes another text for the body now")
PYTHON
