"""Bad weather between the desk and its servers: stalls, resets, drips and ends at any octet lose nothing.

The driver's rounds of bad weather (`tests/crash/weather.py`), and the proxy itself, which must do what its faults say.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from build import ROOT
from crash.proxy import Fault, Proxy

ROUNDS, SEED = 4, 30
SAID = bytes(range(256)) * 8


@pytest.mark.usefixtures("dovecot")
def test_bad_weather_between_desk_dovecot_and_sink_loses_nothing():
    words = ["--rounds", str(ROUNDS), "--seed", str(SEED), "--points", "bad weather", "--seconds", "300", "--json"]
    command = [sys.executable, str(ROOT / "tests/crash/driver.py"), *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=600, check=False)  # noqa: S603 - our own words
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["violations"] == []
    assert told["died"]["bad weather"] >= ROUNDS // 2, "rounds in which nothing struck prove nothing"


# The proxy


@pytest.fixture
def speaker() -> Iterator[int]:
    """A server that says SAID, and then hears what it is told until the end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def speak(connection: socket.socket) -> None:
            with connection, suppress(ConnectionResetError):
                connection.sendall(SAID)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):
                    pass

        def serve() -> None:
            with suppress(OSError):  # the listener was shut
                while True:
                    threading.Thread(target=speak, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        listener.shutdown(socket.SHUT_RDWR)


def heard(port: int, timeout: float = 20) -> tuple[bytes, str]:
    """What a client hears, and how it ends."""
    came = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as client:
        try:
            while piece := client.recv(65536):
                came += piece
        except TimeoutError:
            return came, "silence"
        except ConnectionResetError:
            return came, "reset"
    return came, "end"


def test_without_faults_the_proxy_carries_everything(speaker: int):
    with Proxy(speaker) as proxy:
        assert heard(proxy.port) == (SAID, "end")


@pytest.mark.parametrize(("kind", "ends"), [("stall", "silence"), ("truncate", "end"), ("reset", "reset")])
def test_a_fault_strikes_after_its_octets_and_the_next_connection_is_whole(kind: str, ends: str, speaker: int):
    with Proxy(speaker, [Fault(kind, 100)]) as proxy:
        came, how = heard(proxy.port, timeout=0.5)
        assert how == ends
        assert came == SAID[:100] or (kind == "reset" and SAID.startswith(came))  # what was on its way is lost with it
        assert heard(proxy.port) == (SAID, "end")
        assert [fault.kind for fault in proxy.struck] == [kind]


def test_a_drip_gives_every_octet_one_by_one(speaker: int):
    with Proxy(speaker, [Fault("drip", len(SAID) - 20, pause_seconds=0.001)]) as proxy:
        assert heard(proxy.port) == (SAID, "end")
        assert proxy.struck


def test_a_lie_replaces_what_the_server_said(speaker: int):
    with Proxy(speaker, [Fault("lie", lie=(rb"\x00\x01\x02", b"lie"))]) as proxy:
        came, _ = heard(proxy.port)
        assert came.startswith(b"lie\x03")
