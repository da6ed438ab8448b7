#!/usr/bin/env bash
# Cyrus writes an X over each octet beyond ASCII in a header, and says nothing: `munge8bit` is on unless imapd.conf says no.
#
# Version:   cyrus-imapd 3.6.1-4+deb12u5 (Debian 12)
# Behaviour: a Subject in raw UTF-8 is what RFC 6532 allows and what many programs write. APPEND and LMTP take the mail
#            with OK and keep "GrXXXe". What was there cannot be guessed any more, and no DKIM signature over the field
#            holds, though the mail came signed. The body keeps its octets. `munge8bit: no` keeps the header, too.
# Output:    as Debian sets it up   Subject: GrXXXXe aus dem Hafen
#            munge8bit: no          Subject: Gr\xc3\xbc\xc3\x9fe aus dem Hafen
set -euo pipefail
((EUID == 0)) || { echo "run it as root: Cyrus runs in a view of this machine of its own" >&2; exit 1; }
pinned=3.6.1-4+deb12u5
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill -9 "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
mapfile -t wanted < <(apt-get install --simulate --no-install-recommends "cyrus-imapd=$pinned" 2>/dev/null \
    | sed -n 's/^Inst \([^ ]*\) [^(]*(\([^ ]*\) .*/\1=\2/p')
((${#wanted[@]})) || { echo "changed: cyrus-imapd $pinned is not there, look again" >&2; exit 1; }
apt-get download -qq "${wanted[@]}" 2>/dev/null
mkdir -p tree/etc
for each in *.deb; do dpkg -x "$each" tree; done
[[ ! -d tree/lib ]] || cp -a tree/lib tree/usr/  # a link to /usr/lib on this machine
cp /etc/passwd /etc/group tree/etc/
echo 'cyrus:x:990:990::/nonexistent:/usr/sbin/nologin' >>tree/etc/passwd
echo 'cyrus:x:990:' >>tree/etc/group

# What a mail store keeps of one mail, delivered as a mail server does: by LMTP to the socket of Cyrus itself.
kept() {
    local view=$folder/$1
    mkdir -p "$view"/{etc,work,run/cyrus/{proc,lock,socket},var/{lib/cyrus/socket,spool/cyrus/mail}}
    chown -R 990:990 "$view"/{run,var}
    cat >"$view/etc/imapd.conf" <<CONFIGURATION
configdirectory: /var/lib/cyrus
proc_path: /run/cyrus/proc
mboxname_lockpath: /run/cyrus/lock
defaultpartition: default
partition-default: /var/spool/cyrus/mail
autocreate_quota: 0
autocreate_post: yes
lmtpsocket: /run/cyrus/socket/lmtp
$2
CONFIGURATION
    cat >"$view/etc/cyrus.conf" <<'CONFIGURATION'
START {
  recover cmd="/usr/sbin/cyrus ctl_cyrusdb -r"
}
SERVICES {
  lmtpunix cmd="lmtpd" listen="/run/cyrus/socket/lmtp" prefork=0
}
EVENTS {
}
CONFIGURATION
    unshare --mount --pid --fork --kill-child sh -ec "
        mount -t overlay usr -o lowerdir=$folder/tree/usr:/usr /usr
        mount -t overlay etc -o lowerdir=$folder/tree/etc:/etc,upperdir=$view/etc,workdir=$view/work /etc
        mount --bind $view/run /run
        mount --bind $view/var /var
        /usr/lib/cyrus/bin/master & wait" >/dev/null 2>&1 &
    server=$!
    python3 - "$view" <<'PYTHON'
import smtplib
import sys
import time
from pathlib import Path

view = Path(sys.argv[1])
for _ in range(200):
    try:
        lmtp = smtplib.LMTP(str(view / "run/cyrus/socket/lmtp"))
        break
    except OSError:
        time.sleep(0.05)
mail = "From: jo@poole.example\r\nSubject: Grüße aus dem Hafen\r\n\r\nGrüße\r\n".encode()
lmtp.sendmail("jo@poole.example", ["desk"], mail)
lmtp.quit()
(kept,) = (view / "var/spool/cyrus/mail").rglob("1.")
field = next(line for line in kept.read_bytes().splitlines() if line.startswith(b"Subject:"))
print(repr(field)[2:-1])
PYTHON
    kill -9 "$server"  # the namespace and all in it end with it
    wait "$server" 2>/dev/null || true
    server=
}

shipped=$(kept shipped "")
told=$(kept told "munge8bit: no")
echo "as Debian sets it up   $shipped"
echo "munge8bit: no          $told"
[[ $shipped == 'Subject: GrXXXXe aus dem Hafen' && $told == 'Subject: Gr\xc3\xbc\xc3\x9fe aus dem Hafen' ]] \
    || { echo "changed: Cyrus keeps such a header in another way now" >&2; exit 1; }
