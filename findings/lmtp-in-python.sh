#!/usr/bin/env bash
# Both of Python's ends of LMTP answer as SMTP does, once for all recipients: they fit each other, and nobody else.
#
# Version:   aiosmtpd 1.4.6 (atpublic 9.0.0, attrs 26.1.0); smtplib of CPython 3.11
# Behaviour: after the final dot RFC 2033 §4.2 wants one reply for each accepted recipient. `aiosmtpd.lmtp.LMTP` gives
#            one: a mail server waits for the others until its timeout. `smtplib.LMTP.sendmail` reads one: that the
#            second recipient was refused is not told, and this reply is taken for the answer to the next command.
# Output:    aiosmtpd, two recipients, then NOOP:    250 taken, 250 OK              (RFC 2033: taken, taken, OK)
#            smtplib, the second one is refused:     refused {}, NOOP answered 452  (RFC 2033: refused, NOOP 250)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check aiosmtpd==1.4.6 atpublic==9.0.0 attrs==26.1.0

"$folder/venv/bin/python" - <<'PYTHON'
import smtplib
import socket
import socketserver
import sys
import threading
from importlib.metadata import version
from types import SimpleNamespace

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP

SENDER, BOTH = "cy@quay.example", ["ana@harbour.example", "ben@harbour.example"]


async def take(server, session, envelope):
    return "250 taken"


class OnAiosmtpd(Controller):
    def factory(self):
        return LMTP(self.handler)


class ByTheBook(socketserver.StreamRequestHandler):
    """A server as RFC 2033 has it, whose second recipient is full."""

    ANSWERS = {b"LHLO": b"250 quay.example", b"DATA": b"354 go on", b".": b"250 ana has it\r\n452 ben is full"}

    def handle(self):
        self.wfile.write(b"220 quay.example\r\n")
        text = False
        for line in map(bytes.strip, self.rfile):
            if not text or line == b".":
                self.wfile.write(self.ANSWERS.get(line[:4].upper(), b"250 OK") + b"\r\n")
            text = line.upper() == b"DATA" or (text and line != b".")


def replies_of_aiosmtpd():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = OnAiosmtpd(SimpleNamespace(handle_DATA=take), hostname="127.0.0.1", port=port)
    server.start()
    try:
        client = smtplib.LMTP("127.0.0.1", port, timeout=30)
        client.ehlo_or_helo_if_needed()
        for command in (f"MAIL FROM:<{SENDER}>", *(f"RCPT TO:<{each}>" for each in BOTH), "DATA"):
            client.docmd(command)
        client.send(b"Subject: Hello\r\n\r\nHello.\r\n.\r\nNOOP\r\nNOOP\r\n")
        return [client.getreply() for _ in range(2)]
    finally:
        server.stop()


def what_smtplib_hears():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), ByTheBook) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = smtplib.LMTP(*server.server_address, timeout=30)
        refused = client.sendmail(SENDER, BOTH, b"Subject: Hello\r\n\r\nHello.\r\n")
        answer = client.noop()
        if answer[0] == 452:
            client.getreply()  # what NOOP was answered
        client.close()
        server.shutdown()
        return refused, answer


print("aiosmtpd", version("aiosmtpd"), "Python", sys.version.split()[0])
print("aiosmtpd:", taken := replies_of_aiosmtpd())
print("smtplib:", heard := what_smtplib_hears())
if taken[0] != (250, b"taken") or taken[1][1] == b"taken":
    sys.exit("changed: aiosmtpd's LMTP answers for each recipient now")
if heard != ({}, (452, b"ben is full")):
    sys.exit("changed: smtplib's LMTP reads a reply for each recipient now")
PYTHON
