#!/usr/bin/env bash
# Courier's imapd ends each line of a Maildir file that has CRLF with CR CR LF, so that the header ends at its first line.
#
# Version:   courier-imap 5.0.13+1.0.16-3+b6 (Debian 12)
# Behaviour: a Maildir holds whatever wrote into it: Dovecot with `mail_save_crlf = yes`, or a program that delivers what
#            it got by SMTP as it got it. imapd turns each LF into CRLF and looks at nothing before it: a file with CRLF is
#            shown with CR CR LF, its size counted so. Readers of mail take the second CR for a line of its own, an empty
#            one: the mail has no Subject and no author any more, and no signature over it holds.
# Output:    LF:   Subject: The tram\r\n\r\nLate again.\r\n
#            CRLF: Subject: The tram\r\r\n\r\r\nLate again.\r\r\n
set -euo pipefail
pinned=5.0.13+1.0.16-3+b6
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for each in "courier-imap=$pinned" courier-base courier-authlib libcourier-unicode4 libgamin0; do
    apt-get download -qq "$each" 2>/dev/null || { echo "changed: $each is not there, look again" >&2; exit 1; }
done
for each in *.deb; do dpkg -x "$each" tree; done

mkdir -p Maildir/{cur,new,tmp}
printf 'Subject: The tram\n\nLate again.\n' >Maildir/cur/1.lf:2,
printf 'Subject: The tram\r\n\r\nLate again.\r\n' >Maildir/cur/2.crlf:2,

# imapd as couriertcpd starts it behind a login: its words on standard input and output
export AUTHENTICATED=desk AUTHADDR=desk HOME=$folder IMAP_CAPABILITY=IMAP4rev1 IMAP_KEYWORDS=1 PROTOCOL=IMAP TCPREMOTEIP=127.0.0.1
export LD_LIBRARY_PATH=$folder/tree/usr/lib:$folder/tree/usr/lib/x86_64-linux-gnu
printf '%s\r\n' '1 SELECT INBOX' '2 FETCH 1:2 BODY.PEEK[]' '3 LOGOUT' | tree/usr/bin/imapd Maildir >said 2>told

python3 - <<'PYTHON'
import re
import sys

SEEN = {
    "LF": b"Subject: The tram\r\n\r\nLate again.\r\n",
    "CRLF": b"Subject: The tram\r\r\n\r\r\nLate again.\r\r\n",
}
said = open("said", "rb").read()
shown = [said[m.end() : m.end() + int(m[1])] for m in re.finditer(rb"BODY\[\] \{(\d+)\}\r\n", said)]
for name, octets in zip(SEEN, shown):
    print(f"{name + ':':5} {repr(octets)[2:-1]}")
sys.exit(0 if shown == list(SEEN.values()) else "changed: Courier shows such files in another way now")
PYTHON
