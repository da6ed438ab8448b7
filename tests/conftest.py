"""What every folder of tests may use: a desk, and the command line in this process or in one of its own.

The building blocks themselves are plain functions in `build`; servers are in `dovecot`, `cyrus` and `courier`.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from build import Ran, a_desk, run_here, run_process
from fetching import Post
from imap_server import SERVERS, ImapServer
from warm import warm

from mailproc.desk.ground.wire import Desk

pytest_plugins = ["dovecot", "cyrus", "courier"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist that puts its things away for five seconds gets SIGINT, and writes a traceback for it."""
    if hasattr(session.config, "workerinput"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> ImapServer:
    """Each IMAP server in turn; give each test a user of its own."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def post(server: ImapServer, tmp_path: Path) -> Iterator[Post]:
    """A desk with an account on it."""
    with Post(server, tmp_path) as post:
        yield post


@pytest.fixture(scope="session", autouse=True)
def _warm() -> Iterator[None]:
    """What every desk of this process needs alike is made once."""
    with warm():
        yield


@pytest.fixture
def open_desks(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens desks: `open_desks("north", **{"review.undo": "0s"})`, each in a folder of its own name."""
    with ExitStack() as stack:
        yield lambda name="desk", **options: stack.enter_context(a_desk(tmp_path / name, **options))


@pytest.fixture
def desk(open_desks: Callable[..., Desk]) -> Desk:
    """A desk as `init --yes` makes it."""
    return open_desks()


@pytest.fixture
def cli() -> Callable[..., Ran]:
    """`run_here`, for tests that need nothing else of this file."""
    return run_here


@pytest.fixture
def process() -> Callable[..., Ran]:
    """`run_process`, the same."""
    return run_process
