#!/usr/bin/env bash
# Postfix's header_checks also change the header of an attached message, and so break the signature over the mail.
#
# Version:   postfix 3.7.11 (Debian 12)
# Behaviour: `header_checks` that take a field out of mails take it out of attached messages (message/rfc822) and of the
#            heads of MIME parts, too: nested_header_checks and mime_header_checks are $header_checks unless they are
#            set. An attached message is body, so a DKIM signature over the mail holds no longer. Two empty settings
#            are the cure.
# Output:    as it comes:           X-Checked in the header: 0  in the attached message: 0  in a part's head: 0
#            nested, mime empty:    X-Checked in the header: 0  in the attached message: 1  in a part's head: 1
set -euo pipefail
PATH=$PATH:/usr/sbin
((EUID == 0)) || { echo "Postfix is started by root only" >&2; exit 1; }
installed=$(dpkg-query --show --showformat='${Version}' postfix 2>/dev/null) \
    || { echo "postfix is not installed: apt-get install postfix" >&2; exit 1; }
[[ $installed == 3.7.11-* ]] || { echo "changed: postfix is $installed now, look again" >&2; exit 1; }

folder=$(mktemp -d)
trap 'postfix -c "$folder/etc" stop 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
mkdir "$folder/etc" "$folder/queue"
cat >"$folder/etc/main.cf" <<END
compatibility_level = 3.6
queue_directory = $folder/queue
data_directory = $folder/data
maillog_file = $folder/mail.log
maillog_file_prefixes = $folder
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.harbour.example
inet_interfaces = loopback-only
mydestination =
default_transport = hold
header_checks = regexp:{ { /^X-Checked:/ IGNORE } }
END
cat >"$folder/etc/master.cf" <<END
pickup    unix  n - n 1 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
hold      unix  - - n - - error
postlog   unix-dgram n - n - 1 postlogd
END
mail() {  # one that has the field in three places
    printf '%s\n' 'From: ana@quay.example' 'To: desk@harbour.example' 'Subject: One that I got' 'X-Checked: of the mail' \
        'MIME-Version: 1.0' 'Content-Type: multipart/mixed; boundary=b' '' \
        --b 'Content-Type: text/plain' 'X-Checked: of the part' '' 'See below.' \
        --b 'Content-Type: message/rfc822' '' 'From: jo@pier.example' 'X-Checked: of the attached' '' 'Words.' --b--
}
count() {  # "$1": what the field says, in the message that waits
    postcat -c "$folder/etc" -qhb "$id" | grep -c "^X-Checked: $1" || true
}
say() {
    mail | sendmail -C "$folder/etc" -f ana@quay.example desk@harbour.example
    id=
    for _ in $(seq 100); do
        id=$(postqueue -c "$folder/etc" -j | sed -n 's/.*"queue_id": "\([^"]*\)".*/\1/p' | head -1)
        [[ -n $id ]] && postcat -c "$folder/etc" -qhb "$id" >/dev/null 2>&1 && break
        sleep 0.1
    done
    came="$(count 'of the mail') $(count 'of the attached') $(count 'of the part')"
    read -r own attached part <<<"$came"
    echo "$1 X-Checked in the header: $own  in the attached message: $attached  in a part's head: $part"
    [[ $came == "$2" ]] || { echo "changed: expected $2" >&2; exit 1; }
    postsuper -c "$folder/etc" -d "$id" >/dev/null 2>&1
}
echo "postfix $installed"
postfix -c "$folder/etc" start 2>/dev/null
say "as it comes:        " "0 0 0"
printf 'nested_header_checks =\nmime_header_checks =\n' >>"$folder/etc/main.cf"
postfix -c "$folder/etc" reload 2>/dev/null
say "nested, mime empty: " "0 1 1"
