"""A place apart: a view of this machine whose files, network, host name and processes are its own.

Servers of Debian start in it as they were installed, at their own ports and in their own folders: what they write goes
away with the place, their mail comes from documentation addresses as from outside, and nothing in it reaches any other
network. `/tmp` is this machine's. A name server of the tests answers in it for invented domains.
Such places are made by root only: elsewhere the tests skip with a word, in CI they fail.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import smtplib
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

NEWNET = 0x40000000  # setns(2)
GET_FLAGS, SET_FLAGS, SET_ADDRESS, UP = 0x8913, 0x8914, 0x8916, 1  # netdevice(7)

PLACE = """
set -e
for each in etc var; do
    mount -t overlay "$each" -o "lowerdir=/$each,upperdir=$1/$each,workdir=$1/work-$each" "/$each"
done
mount --bind "$1/run" /run
hostname "$2"
echo ready
exec cat
"""  # the last line waits until nobody holds its input; when it ends, all processes of the place do


@dataclass(frozen=True)
class Place:
    """One, with a first process in it."""

    folder: Path
    pid: int

    def run(self, *command: str, given: str = "") -> str:
        """A command's output; an error of it is the test's."""
        done = subprocess.run(  # noqa: S603 - our own words
            self.words(*command), capture_output=True, text=True, timeout=60, check=False, input=given
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout

    def start(self, *command: str) -> None:
        """A program that goes on by itself in the background."""
        nothing = subprocess.DEVNULL
        subprocess.run(self.words(*command), stdin=nothing, stdout=nothing, stderr=nothing, timeout=120, check=True)  # noqa: S603 - ours

    def words(self, *command: str) -> list[str]:
        """The command line that runs a command there; a process that it leaves behind ends with the place."""
        return ["nsenter", f"--target={self.pid}", "--mount", "--net", "--uts", "--pid", *command]

    def read(self, path: str) -> str:
        """A file as it is there."""
        return self.run("cat", path)

    def write(self, files: Mapping[str, str]) -> None:
        """Put files there: {"/etc/mailname": "mx.harbour.example"}."""
        for path, text in files.items():
            self.run("sh", "-c", 'mkdir -p "${1%/*}" && cat >"$1"', "sh", path, given=text)

    @contextmanager
    def network(self) -> Iterator[None]:
        """This thread's new sockets, and those of the threads that it starts, are in that network."""
        libc = ctypes.CDLL(None, use_errno=True)
        with Path("/proc/thread-self/ns/net").open() as ours, Path(f"/proc/{self.pid}/ns/net").open() as theirs:
            assert libc.setns(theirs.fileno(), NEWNET) == 0, os.strerror(ctypes.get_errno())
            try:
                yield
            finally:
                assert libc.setns(ours.fileno(), NEWNET) == 0, os.strerror(ctypes.get_errno())

    @contextmanager
    def client(self, source: str, name: str, to: str) -> Iterator[smtplib.SMTP]:
        """A session with the mail server at the address `to`, from an address there, under this name."""
        with self.network(), smtplib.SMTP(to, 25, name, 60, (source, 0)) as smtp:
            yield smtp


@contextmanager
def a_place(hostname: str, *addresses: str) -> Iterator[Place]:
    """One whose host has this name and, beside 127.0.0.1, these addresses."""
    if os.getuid() != 0:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("places apart are made by root only")
    folder = Path(tempfile.mkdtemp(prefix="apart-"))
    folder.chmod(0o755)  # servers run as users of their own
    for each in ("etc", "work-etc", "var", "work-var", "run"):
        (folder / each).mkdir(mode=0o755)
    apart = ["unshare", "--mount", "--net", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"]
    words = [*apart, "sh", "-c", PLACE, "place", str(folder), hostname]
    first = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    assert first.stdin is not None
    assert first.stdout is not None
    try:
        assert first.stdout.readline() == "ready\n"
        place = Place(folder, int(Path(f"/proc/{first.pid}/task/{first.pid}/children").read_text()))
        with place.network():
            _bring_up(addresses)
        yield place
    finally:
        first.stdin.close()
        first.wait(timeout=60)
        first.stdout.close()
        shutil.rmtree(folder, ignore_errors=True)


def _bring_up(addresses: Sequence[str]) -> None:
    """The loopback interface of this thread's network, with more addresses."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, GET_FLAGS, struct.pack("16sh14x", b"lo", 0)))[1]
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", flags | UP))
        for number, address in enumerate(addresses):
            packed = struct.pack("16sHH4s8x", b"lo:%d" % number, socket.AF_INET, 0, socket.inet_aton(address))
            fcntl.ioctl(any_socket, SET_ADDRESS, packed)


Zone = Mapping[tuple[str, str], str]  # ("member.example", "A"): "192.0.2.10"; a TXT record is not quoted here


@contextmanager
def a_name_server(place: Place, zone: Zone) -> Iterator[None]:
    """Answers at port 53 of 127.0.0.1 there; names that the zone does not hold do not exist."""
    place.write({"/etc/resolv.conf": "nameserver 127.0.0.1\n"})
    with place.network():
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 53))
    server = threading.Thread(target=_serve, args=(udp, zone), daemon=True)
    server.start()
    try:
        yield
    finally:
        udp.sendto(b"", udp.getsockname())  # nobody asks so little
        server.join(timeout=60)
        udp.close()


def _serve(udp: socket.socket, zone: Zone) -> None:
    while True:
        octets, peer = udp.recvfrom(65535)
        if not octets:
            return
        try:
            udp.sendto(_answer(octets, zone), peer)
        except dns.exception.DNSException:
            continue  # no question of ours


def _answer(octets: bytes, zone: Zone) -> bytes:
    query = dns.message.from_wire(octets)
    reply = dns.message.make_response(query, recursion_available=True)
    [question] = query.question
    name = question.name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(question.rdtype)
    if value := zone.get((name, kind)):
        reply.answer.append(dns.rrset.from_text_list(question.name, 60, "IN", kind, [_as_written(kind, value)]))
    elif not any(known == name or known.endswith(f".{name}") for known, _ in zone):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


def _as_written(kind: str, value: str) -> str:
    """As a zone file has it: the strings of a TXT record are 255 octets at most (RFC 1035 §3.3.14)."""
    if kind != "TXT":
        return value
    return " ".join(f'"{value[at : at + 255]}"' for at in range(0, len(value), 255))
