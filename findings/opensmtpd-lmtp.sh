#!/usr/bin/env bash
# OpenSMTPD tries a mail again that LMTP refused for good, and tells its sender "delayed" when it has thrown it away.
#
# Version:   opensmtpd 6.8.0p2 (Debian 12)
# Behaviour: its action `lmtp` runs mail.lmtp, which ends with "temporary failure" whatever the LMTP server said: after
#            550 the mail is tried again until `queue ttl` (four days) is over. The report that its sender gets then has
#            Action: delayed and Status: 4.4.7, and says "this is only a temporary failure report" and "You DO NOT NEED
#            to re-send the message". Nothing else ever comes, and the mail is in the queue no longer.
# Output:    refused with 550: 2 times; the sender is told: delayed, 4.4.7; files left in the queue: 0
# Needs root, for a mount namespace in which the unpacked package lies where it was built for: it cannot be installed
# beside another mail server.
set -euo pipefail
((EUID == 0)) || { echo "a mount namespace is made by root only" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
(cd "$folder" && apt-get download -qq opensmtpd 2>/dev/null)
package=("$folder"/opensmtpd_*.deb)
version=$(dpkg-deb --field "${package[0]}" Version)
[[ $version == 6.8.0p2-* ]] || { echo "changed: opensmtpd is $version now, look again" >&2; exit 1; }
dpkg -x "${package[0]}" "$folder/tree"
mkdir -p "$folder"/{etc,work,run,var/run,var/spool/smtpd}
cp -a "$folder"/tree/var/* "$folder/var"
chmod 711 "$folder/var/spool/smtpd"
cp /etc/passwd /etc/group "$folder/etc"
for each in opensmtpd:990 opensmtpq:989; do
    grep -q "^${each%:*}:" /etc/passwd || echo "${each%:*}:x:${each#*:}:${each#*:}::/nonexistent:/usr/sbin/nologin" >>"$folder/etc/passwd"
    grep -q "^${each%:*}:" /etc/group || echo "${each%:*}:x:${each#*:}:" >>"$folder/etc/group"
done
echo mx.quay.example >"$folder/etc/mailname"
echo nameserver 127.0.0.1 >"$folder/etc/resolv.conf"  # nobody answers there

cat >"$folder/try.py" <<'PYTHON'
import re
import smtplib
import socketserver
import subprocess
import sys
import threading
from pathlib import Path

QUEUE = Path("/var/spool/smtpd/queue")
CONFIGURATION = """
listen on 127.0.0.1 port {door}
queue ttl 15s
table desk {{ "articles@quay.example" = "nobody" }}
action "desk" lmtp "127.0.0.1:{lmtp}" rcpt-to virtual <desk>
action "home" relay host "smtp://127.0.0.1:{home}"
match from any for domain "quay.example" action "desk"
match from any for domain "harbour.example" action "home"
"""


class Peer(socketserver.StreamRequestHandler):
    """An LMTP server that refuses everybody, and the sender's own SMTP server."""

    def handle(self):
        self.wfile.write(b"220 peer.example\r\n")
        text = None
        for line in map(bytes.rstrip, self.rfile):
            if text is not None and line != b".":
                text.append(line.decode())
                continue
            answer = "250 fine"
            if line == b".":
                self.server.mails.append("\n".join(text))
                text = None
            elif line.startswith(b"RCPT") and self.server.refuses:
                self.server.refused += 1
                answer = "550 5.1.1 No such address here"
            elif line.startswith(b"DATA"):
                text, answer = [], "354 go on"
            self.wfile.write(answer.encode() + b"\r\n")


def peer(refuses):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Peer)
    server.daemon_threads, server.refuses, server.refused, server.mails = True, refuses, 0, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def looks_until(answer):
    pause = threading.Event()
    for _ in range(600):
        if answer():
            return True
        pause.wait(0.2)
    return False


def open_door():
    try:
        smtplib.SMTP("127.0.0.1", door, timeout=5).quit()
    except OSError:
        return False
    return True


lmtp, home = peer(refuses=True), peer(refuses=False)
with socketserver.TCPServer(("127.0.0.1", 0), Peer) as free:
    door = free.server_address[1]
ports = {"door": door, "lmtp": lmtp.server_address[1], "home": home.server_address[1]}
Path("/etc/smtpd.conf").write_text(CONFIGURATION.format(**ports))
server = subprocess.Popen(["/usr/sbin/smtpd", "-d"], stderr=subprocess.DEVNULL)
try:
    looks_until(open_door)
    with smtplib.SMTP("127.0.0.1", door) as client:
        client.sendmail("cy@harbour.example", "articles@quay.example", b"Subject: Hello\r\n\r\nHello.\r\n")
    looks_until(lambda: home.mails)
    threading.Event().wait(2)  # for what it may do behind the report
    left = len([path for path in QUEUE.rglob("*") if path.is_file()])
finally:
    server.terminate()
    server.wait()
report = home.mails[0] if home.mails else ""
told = re.findall(r"(?m)^(?:Action|Status): (\S+)", report)
print(f"refused with 550: {lmtp.refused} times; the sender is told: {', '.join(told)}; files left in the queue: {left}")
if lmtp.refused < 2 or told != ["delayed", "4.4.7"] or "DO NOT NEED to re-send" not in report or left:
    sys.exit("changed: OpenSMTPD takes a refusal by LMTP for one, or says so")
PYTHON

# shellcheck disable=SC2016 # the words are the inner shell's
unshare --mount --pid --fork --kill-child sh -ec '
mount -t overlay usr -o "lowerdir=$1/tree/usr:/usr" /usr
mount -t overlay etc -o "lowerdir=$1/tree/etc:/etc,upperdir=$1/etc,workdir=$1/work" /etc
mount --bind "$1/run" /run
mount --bind "$1/var" /var
exec /usr/bin/python3 "$1/try.py"
' sh "$folder"
