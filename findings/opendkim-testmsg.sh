#!/usr/bin/env bash
# opendkim-testmsg does not sign as opendkim does, and without -C what it writes is no signature.
#
# Version:   opendkim-tools 2.11.0~beta2 (Debian 12)
# Behaviour: it signs with rsa-sha1, which RFC 8301 §3.1 forbids (the filter's default is rsa-sha256), and covers every
#            header field. When it writes line ends of LF (without -C), it shortens the new field but not its length:
#            its last octets stand there twice, the second time behind the padding of b=.
# Output:    with -C:     a=rsa-sha1  b= ends in "...A=="                one end of the base64
#            without -C:  a=rsa-sha1  b= ends in "...A==VsDE0A=="        octets behind the padding
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
PATH=$PATH:/usr/sbin
installed=$(dpkg-query --show --showformat='${Version}' opendkim-tools 2>/dev/null) \
    || { echo "opendkim-tools is not installed: apt-get install opendkim-tools" >&2; exit 1; }
[[ $installed == 2.11.0~beta2-* ]] || { echo "changed: opendkim-tools is $installed now, look again" >&2; exit 1; }

openssl genrsa -traditional -out "$folder/key.pem" 2048 2>/dev/null
printf '%s\n' 'From: ana@quay.example' 'To: desk@harbour.example' 'Subject: A poem' \
    'Date: Mon, 1 Jun 2026 10:00:00 +0000' 'X-Note: neutral' '' 'Yes.' >"$folder/lf.eml"
sed 's/$/\r/' "$folder/lf.eml" >"$folder/crlf.eml"
sign=(opendkim-testmsg -d quay.example -s sel -k "$folder/key.pem" -t "$folder")
"${sign[@]}" <"$folder/lf.eml" >"$folder/signed-lf.eml"
"${sign[@]}" -C <"$folder/crlf.eml" >"$folder/signed-crlf.eml"

field() {  # the DKIM-Signature of a signed mail, unfolded
    sed -n '1,/^From:/p' "$1" | sed '/^From:/d' | tr -d '\r\n\t '
}
echo "opendkim-tools $installed"
for name in signed-crlf signed-lf; do
    said=$(field "$folder/$name.eml")
    echo "$name: $(grep -o 'a=rsa-sha[0-9]*' <<<"$said")  $(grep -o 'h=From[^;]*' <<<"$said")  b=...${said: -24}"
    grep -q 'a=rsa-sha1;' <<<"$said" || { echo "changed: it does not sign with rsa-sha1" >&2; exit 1; }
    grep -q 'X-Note' <<<"$said" || { echo "changed: it does not sign every field" >&2; exit 1; }
done
[[ $(field "$folder/signed-crlf.eml") =~ [^=]==$ ]] || { echo "changed: with -C" >&2; exit 1; }
[[ $(field "$folder/signed-lf.eml") =~ b=[^=]+==[^=]+==$ ]] \
    || { echo "changed: without -C nothing stands behind the padding now" >&2; exit 1; }
