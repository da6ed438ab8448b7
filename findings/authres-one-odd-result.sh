#!/usr/bin/env bash
# authres takes one result that it cannot read for the whole field's end, and raises.
#
# Version:   authres 1.2.0 (CPython 3.11)
# Behaviour: An Authentication-Results field holds one result for each method (RFC 8601 §2.2). Three that are written
#            every day make all of it a syntax error, also what stands before them: a bare IPv6 address, as Exim writes
#            it for `iprev`; the null reverse-path of a bounce, `smtp.mailfrom=<>`; and a semicolon at the end. Whoever
#            takes an error for "no results" believes nobody behind such a server.
# Output:    mx.harbour.example; dkim=pass header.d=quay.example                                           1 result
#            mx.harbour.example; dkim=pass header.d=quay.example; iprev=pass smtp.remote-ip=2001:db8::1    SyntaxError
#            mx.harbour.example; dkim=pass header.d=quay.example; spf=none smtp.mailfrom=<>                SyntaxError
#            mx.harbour.example; dkim=pass header.d=quay.example;                                          SyntaxError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check authres==1.2.0

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import authres

GOOD = "mx.harbour.example; dkim=pass header.d=quay.example"
SEEN = {
    GOOD: "1 result",
    f"{GOOD}; iprev=pass smtp.remote-ip=2001:db8::1": "SyntaxError",
    f"{GOOD}; spf=none smtp.mailfrom=<>": "SyntaxError",
    f"{GOOD};": "SyntaxError",
}


def outcome(value):
    try:
        return f"{len(authres.AuthenticationResultsHeader.parse_value(value).results)} result"
    except Exception as error:
        return type(error).__name__


print("authres", version("authres"))
for value in SEEN:
    print(f"{value:100} {outcome(value)}")
sys.exit(0 if {value: outcome(value) for value in SEEN} == SEEN else "changed: authres reads these fields now")
PYTHON
