"""A private nginx or Apache of Debian for tests, with a site of docs/servers.md: who is let in, and who is not.

Configuration and logs lie in a folder of its own that goes away with it. Where the package is not installed its tests
skip with a word, in CI they fail.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
from mta import a_free_port, recipe
from postfix import comes

NGINX = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {site}
}}
"""
MODULES = ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "dir")
APACHE = """
ServerRoot {folder}
PidFile {folder}/pid
ErrorLog {folder}/error.log
ServerName site.example
Listen 127.0.0.1:{port}
{user}
{modules}
{site}
"""


@dataclass(frozen=True)
class Web:
    """One that runs."""

    port: int

    def says(self, path: str, user: str = "", secret: str = "") -> int:
        """The status of one request."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode()} if user else {}
        line.request("GET", path, headers={"Host": "harbour.example"} | given)
        status = line.getresponse().status
        line.close()
        return status


def _program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"{name} is not installed")
    return str(found)


def _site(file: str, desk: Path, site: Path, port: int) -> str:
    """The block of the page, with places and port of the test."""
    text = recipe("The site")[file]
    for said, meant in (("/srv/desk", str(desk)), ("/srv/site", str(site)), ("443", f"127.0.0.1:{port}")):
        assert said in text
        text = text.replace(f"*:{said}" if f"*:{said}" in text else said, meant)
    return text


@contextmanager
def _running(words: Callable[[Path, int], list[str]]) -> Iterator[Web]:
    folder, port = Path(tempfile.mkdtemp(prefix="web-")), a_free_port()
    folder.chmod(0o755)
    running = subprocess.Popen(words(folder, port))  # noqa: S603 - ours
    try:
        comes(lambda: _answers(port), "the web server's socket")
        yield Web(port)
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


def an_nginx(desk: Path, site: Path, user: str = "") -> AbstractContextManager[Web]:
    """With the page's site; as root its workers are `user`'s."""
    program = _program("nginx")

    def words(folder: Path, port: int) -> list[str]:
        block = _site("/etc/nginx/sites-available/members", desk, site, port)
        (folder / "conf").write_text(NGINX.format(folder=folder, site=block, user=f"user {user};" if user else ""))
        return [program, "-e", str(folder / "error.log"), "-c", str(folder / "conf")]

    return _running(words)


def an_apache(desk: Path, site: Path, user: str = "") -> AbstractContextManager[Web]:
    """The same."""
    program = _program("apache2")

    def words(folder: Path, port: int) -> list[str]:
        block = _site("/etc/apache2/sites-available/members.conf", desk, site, port)
        modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in MODULES)
        who = f"User {user}\nGroup {user}" if user else ""
        (folder / "conf").write_text(APACHE.format(folder=folder, site=block, user=who, modules=modules, port=port))
        return [program, "-DFOREGROUND", "-f", str(folder / "conf")]

    return _running(words)
