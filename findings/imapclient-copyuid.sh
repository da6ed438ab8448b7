#!/usr/bin/env bash
# imapclient does not give what the server said of a COPY or MOVE: the new UIDs (COPYUID) are in neither result.
#
# Version:   imapclient 4.1.0, against pymap 0.36.7 (proxy-protocol 0.11.3, pysasl 1.2.0; CPython 3.11)
# Behaviour: the server answers with [COPYUID validity old new] (RFC 4315 §3, RFC 6851 §4.3). `copy` is documented to
#            return the server's answer and returns None, `move` too; `append` does return its [APPENDUID ...]. No
#            public call tells the new UIDs.
# Output:    append b'[APPENDUID ...] ...', copy None, move None; the server had said COPYUID both times
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    imapclient==4.1.0 pymap==0.36.7 proxy-protocol==0.11.3 pysasl==1.2.0

"$folder/venv/bin/python" - "$folder/venv/bin/pymap" <<'PYTHON'
import logging
import socket
import subprocess
import sys
import time
from importlib.metadata import version

import imapclient

MAIL = b"From: ana@quay.example\r\nSubject: A poem\r\n\r\nYes.\r\n"


def client(port):
    for _ in range(300):
        try:
            return imapclient.IMAPClient("127.0.0.1", port=port, ssl=False)
        except OSError:
            time.sleep(0.1)
    sys.exit("pymap did not start")


with socket.create_server(("127.0.0.1", 0)) as free:
    port = free.getsockname()[1]
command = [sys.argv[1], "--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
server = subprocess.Popen([*command, "--demo-user", "ana", "--demo-password", "secret"], stderr=subprocess.DEVNULL)
try:
    imap = client(port)
    said = []  # what the server says, as imapclient itself logs it
    imap.login("ana", "secret")
    watch = logging.Handler()
    watch.emit = lambda record: said.append(record.getMessage())
    logging.getLogger("imapclient").addHandler(watch)
    logging.getLogger("imapclient").setLevel(logging.DEBUG)
    imap.create_folder("Done")
    appended = imap.append("INBOX", MAIL)
    imap.select_folder("INBOX")
    uids = imap.search()
    copied, moved = imap.copy(uids, "Done"), imap.move(uids, "Done")
finally:
    server.terminate()
    server.wait()
told = [line for line in said if line.startswith("< ") and "[COPYUID " in line]
print("imapclient", version("imapclient"), "pymap", version("pymap"))
print(f"append {appended}, copy {copied}, move {moved}", *told, sep="\n")
if len(told) != 2 or b"APPENDUID" not in appended:
    sys.exit("changed: the server does not name the new UIDs")
if (copied, moved) != (None, None):
    sys.exit("changed: imapclient returns an answer now")
PYTHON
