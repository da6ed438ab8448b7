#!/usr/bin/env bash
# Dovecot's LMTP says for whom a mail was only where it was for one: with two recipients there is no Delivered-To.
#
# Version:   dovecot-lmtpd 2.3.19.1 (Debian 12)
# Behaviour: a mail for one recipient gets Delivered-To, and "for <...>" in Received. If a client names two in one
#            transaction, as Postfix does by default, both copies get Return-Path and a Received without "for", and
#            nothing that the server wrote tells whose they are.
# Output:    one recipient:   Return-Path, Delivered-To: one@harbour.example, Received ... for <one@harbour.example>
#            two recipients:  Return-Path, Received
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[[ -z $server ]] || { kill "$server"; wait "$server" || true; }; rm -rf "$folder"' EXIT
PATH=$PATH:/usr/sbin
installed=$(dpkg-query --show --showformat='${Version}' dovecot-lmtpd 2>/dev/null) \
    || { echo "dovecot-lmtpd is not installed: apt-get install dovecot-lmtpd" >&2; exit 1; }
[[ $installed == 1:2.3.19.1+* ]] || { echo "changed: dovecot-lmtpd is $installed now, look again" >&2; exit 1; }

# Mail lies with whoever runs this; root's mail lies with nobody, for Dovecot delivers to no uid 0.
if ((EUID == 0)); then
    owner=nobody roles=""
else
    owner=$(id -un) roles="default_internal_user = $owner
default_internal_group = $(id -gn)
default_login_user = $owner"
fi
chmod 755 "$folder"
mkdir "$folder/mail"
chown "$owner" "$folder/mail"
cat >"$folder/dovecot.conf" <<CONFIGURATION
protocols = lmtp
base_dir = $folder/run
log_path = $folder/log
$roles
ssl = no
first_valid_uid = 1
mail_location = maildir:~/Maildir
postmaster_address = postmaster@harbour.example
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=$(id -u "$owner") gid=$(id -g "$owner") home=$folder/mail/%n allow_all_users=yes
}
service lmtp {
  unix_listener lmtp {
    mode = 0600
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
CONFIGURATION
dovecot -F -c "$folder/dovecot.conf" &
server=$!

python3 - "$folder/run/lmtp" <<'PYTHON'
import smtplib
import sys
import time


def deliver(*recipients):
    """One transaction; LMTP gives one reply for each recipient."""
    client = smtplib.LMTP(sys.argv[1])
    client.ehlo_or_helo_if_needed()
    client.docmd("MAIL FROM:<cy@quay.example>")
    for each in recipients:
        client.docmd(f"RCPT TO:<{each}@harbour.example>")
    client.docmd("DATA")
    client.send(b"From: cy@quay.example\r\nSubject: Hello\r\n\r\nHello.\r\n.\r\n")
    for _ in recipients:
        assert client.getreply()[0] == 250
    client.close()


for _ in range(300):
    try:
        smtplib.LMTP(sys.argv[1]).close()
        break
    except OSError:
        time.sleep(0.1)
deliver("one")
deliver("two", "three")
PYTHON

echo "dovecot-lmtpd $installed"
for name in one two three; do
    header=$(sed '/^From: /,$d' "$folder/mail/$name/Maildir/new/"*)
    printf '%s:\n%s\n' "$name" "$header"
    seen=$(grep -c -e '^Delivered-To: ' -e $'^\tfor <' <<<"$header" || true)
    expected=0
    [[ $name != one ]] || expected=2
    [[ $seen == "$expected" ]] || { echo "changed: Dovecot names the recipients in another way now" >&2; exit 1; }
done
