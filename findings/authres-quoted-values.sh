#!/usr/bin/env bash
# authres refuses a quoted authserv-id, and cannot write an empty value that it has read.
#
# Version:   authres 1.2.0 (CPython 3.11)
# Behaviour: RFC 8601 §2.2 takes `value` from RFC 2045 §5.1, a token or a quoted string, for both. A field whose
#            authserv-id stands in quotation marks is a syntax error, though it names the same server as the bare one.
#            An empty reverse-path in quotation marks, as a bounce has it, is read; but `str()` of that result, as one
#            writes it into a log, raises AttributeError, which no `except authres.AuthResError` catches.
# Output:    mx.harbour.example; spf=pass smtp.mailfrom="quay.example"    spf=pass smtp.mailfrom=quay.example
#            mx.harbour.example; spf=pass smtp.mailfrom=""                AttributeError
#            "mx.harbour.example"; spf=pass smtp.mailfrom=quay.example    SyntaxError
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check authres==1.2.0

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import authres

SEEN = {
    'mx.harbour.example; spf=pass smtp.mailfrom="quay.example"': "spf=pass smtp.mailfrom=quay.example",
    'mx.harbour.example; spf=pass smtp.mailfrom=""': "AttributeError",
    '"mx.harbour.example"; spf=pass smtp.mailfrom=quay.example': "SyntaxError",
}


def outcome(value):
    try:
        return str(authres.AuthenticationResultsHeader.parse_value(value).results[0])
    except Exception as error:
        return type(error).__name__


print("authres", version("authres"))
for value in SEEN:
    print(f"{value:60} {outcome(value)}")
same = {value: outcome(value) for value in SEEN} == SEEN and not issubclass(AttributeError, authres.AuthResError)
sys.exit(0 if same else "changed: authres reads or writes these values in another way now")
PYTHON
