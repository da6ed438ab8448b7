"""A private OpenDKIM for tests: a milter on a free port that signs what a Postfix of the tests takes for one domain.

Its settings are those that Debian's package comes with, so it signs the header fields that it signs everywhere.
Where the package is not installed its tests skip with a word, in CI they fail.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from postfix import comes

KEY = Path(__file__).parent / "keys/rsa2048.pem"
CONFIGURATION = """
Mode s
Domain {domain}
Selector {selector}
KeyFile {folder}/key.pem
Socket inet:{port}@127.0.0.1
PidFile {folder}/pid
Canonicalization relaxed/simple
OversignHeaders From
RequireSafeKeys no
Background no
Syslog no
UMask 007
"""


@contextmanager
def an_opendkim(domain: str, selector: str = "sel") -> Iterator[str]:
    """One that signs for this domain with the key of the tests; a line for Postfix's main.cf that sends mail by it."""
    program = shutil.which("opendkim") or shutil.which("opendkim", path="/usr/sbin")
    if program is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("opendkim is not installed")
    folder = Path(tempfile.mkdtemp(prefix="opendkim-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "key.pem").write_bytes(KEY.read_bytes())
    (folder / "key.pem").chmod(0o600)
    words = CONFIGURATION.format(domain=domain, selector=selector, folder=folder, port=port)
    (folder / "opendkim.conf").write_text(words)
    running = subprocess.Popen([str(program), "-f", "-x", str(folder / "opendkim.conf")])  # noqa: S603 - ours
    try:
        comes(lambda: _answers(port), "OpenDKIM's socket")
        yield f"smtpd_milters = inet:127.0.0.1:{port}\nmilter_default_action = tempfail"
    finally:
        running.terminate()
        running.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            return True
    except OSError:
        return False
