"""TXT records from a real name server on loopback; nothing it says or leaves unsaid raises."""

from __future__ import annotations

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from mailproc.inspect.dns import REST_SECONDS, Dns

RECORDS = {
    "one.example.": ['"v=DKIM1; " "p=AAAA"'],
    "two.example.": ['"a"', '"b"'],
    "octets.example.": ['"\\255\\000"'],
    "long.example.": [" ".join(['"' + "x" * 250 + '"'] * 17)],
}


@pytest.fixture
def resolver():
    """Asks a server that knows RECORDS, never answers `silent.example`, and talks nonsense on `odd.example`."""
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            octets, peer = udp.recvfrom(4096)
            if octets == b"end":
                return
            query = dns.message.from_wire(octets)
            name = query.question[0].name.to_text()
            if name == "silent.example.":
                continue
            udp.sendto(b"\xff" if name == "odd.example." else answer(query, name).to_wire(), peer)

    thread = threading.Thread(target=serve)
    thread.start()
    asking = dns.resolver.Resolver(configure=False)
    asking.nameservers = ["127.0.0.1"]
    asking.port = udp.getsockname()[1]
    yield asking
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"end", udp.getsockname())
    thread.join()
    udp.close()


def answer(query: dns.message.Message, name: str) -> dns.message.Message:
    reply = dns.message.make_response(query)
    reply.flags |= dns.flags.RA
    if name in RECORDS:
        reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", RECORDS[name]))
    else:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


def test_the_strings_of_a_record_are_joined(resolver):
    assert Dns(resolver).txt(["one.example"], 5) == {"one.example": b"v=DKIM1; p=AAAA"}


def test_octets_come_as_they_are(resolver):
    assert Dns(resolver).txt(["octets.example"], 5) == {"octets.example": b"\xff\x00"}


@pytest.mark.parametrize("name", ["none.example", "two.example", "a..b", "x" * 64 + ".example", "", "\u0435.example"])
def test_a_name_without_one_record_gives_none(resolver, name):
    assert Dns(resolver).txt([name], 5) == {name: None}


def test_a_record_too_long_for_a_key_gives_none(resolver):
    RECORDS["long.example."] = [RECORDS["long.example."][0]]
    resolver.use_edns(0, 0, 65000)
    assert Dns(resolver).txt(["long.example"], 5) == {"long.example": None}


@pytest.mark.parametrize("name", ["silent.example", "odd.example"])
def test_a_silent_or_broken_server_gives_none_and_leaves_time_for_the_others(resolver, name):
    assert Dns(resolver).txt([name, "one.example"], 1.0) == {name: None, "one.example": b"v=DKIM1; p=AAAA"}


def test_no_time_left_is_no_answer(resolver):
    assert Dns(resolver).txt(["one.example", "two.example"], 0) == {"one.example": None, "two.example": None}


def test_no_names_are_no_questions():
    assert Dns().txt([], 1) == {}


def test_F93_a_dns_that_is_silent_three_times_in_a_row_is_left_alone_for_five_minutes(resolver):
    now = [0.0]
    dns = Dns(resolver, lambda: now[0])
    for nth in range(1, 4):
        assert dns.txt(["silent.example"], 0.2) == {"silent.example": None}
        assert dns.rests is (nth == 3)
    assert dns.txt(["one.example"], 5) == {"one.example": None}  # not asked
    now[0] += REST_SECONDS
    assert dns.txt(["one.example"], 5) == {"one.example": b"v=DKIM1; p=AAAA"}
    dns.txt(["silent.example"], 0.2)
    assert not dns.rests  # an answer came in between


def test_F93_a_dns_still_silent_after_its_rest_rests_again_at_once(resolver):
    now = [0.0]
    dns = Dns(resolver, lambda: now[0])
    for _ in range(3):
        dns.txt(["silent.example"], 0.2)
    now[0] += REST_SECONDS
    dns.txt(["silent.example"], 0.2)
    assert dns.rests


def test_F93_a_name_that_does_not_exist_is_an_answer(resolver):
    dns = Dns(resolver)
    for _ in range(5):
        dns.txt(["none.example"], 5)
    assert not dns.rests
