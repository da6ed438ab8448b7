#!/usr/bin/env bash
# imapclient says LoginError, as of a wrong password, where the connection ended before the server had answered.
#
# Version:   imapclient 4.1.0 (CPython 3.11)
# Behaviour: imaplib tells a connection that ended (IMAP4.abort, "try again") from a refusal (IMAP4.error). `login`
#            catches both and raises LoginError, which is no IMAP4.abort; only its __context__ still is one. So whoever
#            waits after a LoginError, lest the account be locked, waits for a line that broke. `noop` keeps the abort.
# Output:    login LoginError, abort False, its context abort True; noop abort
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check imapclient==4.1.0

"$folder/venv/bin/python" - <<'PYTHON'
import imaplib
import socket
import sys
import threading
from importlib.metadata import version

import imapclient


def hang_up_at(verb, listener):
    """A server that greets, and ends the connection at one command."""
    with listener, listener.accept()[0] as peer, peer.makefile("rb") as lines:
        peer.sendall(b"* OK ready\r\n")
        for line in lines:
            tag, _, command = line.partition(b" ")
            if command.upper().startswith(verb):
                return
            peer.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")


def raised_at(verb, ask):
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    threading.Thread(target=hang_up_at, args=(verb, listener), daemon=True).start()
    client = imapclient.IMAPClient("127.0.0.1", port=port, ssl=False)
    try:
        ask(client)
    except imaplib.IMAP4.error as error:
        return error
    sys.exit("changed: nothing is raised")


login = raised_at(b"LOGIN", lambda client: client.login("ana", "secret"))
noop = raised_at(b"NOOP", lambda client: client.noop())
abort = imaplib.IMAP4.abort
print("imapclient", version("imapclient"))
print(f"login {type(login).__name__}, abort {isinstance(login, abort)}, its context abort {isinstance(login.__context__, abort)}")
print("noop", type(noop).__name__)
if isinstance(login, abort) or not isinstance(login.__context__, abort) or not isinstance(noop, abort):
    sys.exit("changed: a broken line is told otherwise")
PYTHON
