"""Ten honest programs, real signatures: what each writes as an answer goes through Postfix, signed by OpenDKIM.

Nobody but the signature proves these mails, and no program says in the same fields which letter it answers: some name
the letter's address only, some the desk's own address and the thread, one leaves From and Date to the mail server.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from build import AUTHSERV, a_desk, a_mail, add_member, clock_of, digest_now, entry_of, give, letters, state
from opendkim import an_opendkim
from postfix import a_postfix, comes
from town import count

from mailproc.desk.carry.listen import listening
from mailproc.desk.ground.wire import Desk
from mailproc.desk.hear.authority import doubt
from mailproc.desk.serve.process import work
from mailproc.desk.turn.examine import examine
from mailproc.inspect.dns import Dns
from mailproc.message.author.identity import identify
from mailproc.message.author.signature import signatures_of
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows

TESTS = Path(__file__).parents[1]
ANA = "ana.marsh@quay.example"
PROGRAMS = sorted(path.stem for path in (TESTS / "corpus/signed").glob("*.eml"))
SECRET = b"sopbwkxl5c2sjcrxlqypymaolq"  # of the letter that the programs answered


class Zone(Dns):
    """A DNS that knows the key of the tests."""

    def txt(self, names: Sequence[str], timeout_seconds: float) -> dict[str, bytes | None]:  # noqa: ARG002 - as asked
        """The one record."""
        return dict.fromkeys(names, (TESTS / "keys/rsa2048.record").read_bytes().strip())


@dataclass(frozen=True)
class Answered:
    """What came of the ten: a desk, the letter, and the number and reference of each program's answer."""

    desk: Desk
    letter: str
    numbers: dict[str, int]
    refs: dict[str, str]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answered]:
    """Each program's answer says yes to an article of its own."""
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 - Postfix writes a Date by the real clock
    with socket.create_server(("127.0.0.1", 0)) as free:
        place = f"127.0.0.1:{free.getsockname()[1]}"
    with a_desk(tmp_path_factory.mktemp("signed") / "desk", at=now, **{"review.authserv_id": []}) as opened:
        config = replace(opened.config, lmtp=replace(opened.config.lmtp, listen=place))
        desk = replace(opened, dns=Zone(), config=config)
        add_member(desk, ANA, "Ana")
        refs = {name: f"A-{give(desk, a_mail(subject=f'About {name}', at=now))}" for name in PROGRAMS}
        digest_now(desk, ANA)
        [letter] = letters(desk, "member/digest", ANA)
        clock_of(desk).pass_(minutes=3)
        before = count(desk)
        routes = {"harbour.example": f"lmtp:inet:{place}"}
        with an_opendkim("quay.example") as signing, a_postfix(routes, signing) as postfix, listening(desk):
            for name, ref in refs.items():
                mail = _as_written(name, letter.id, ref, now + timedelta(minutes=2))
                to = re.findall(rb"desk[^\s<>,]*@harbour\.example", re.search(rb"(?m)^To: .*(\r\n .*)*", mail)[0])
                postfix.send(mail, ANA, to[0].decode())
            comes(lambda: count(desk) >= before + len(refs), "the answers")
        work(desk)
        yield Answered(desk, letter.id, _numbers(desk, refs), refs)


def _as_written(name: str, secret: str, ref: str, at: datetime) -> bytes:
    """The program's answer, to our letter, about its own article."""
    mail = (TESTS / f"corpus/signed/{name}.eml").read_bytes().replace(SECRET, secret.encode())
    mail = mail.replace(b"A-2 yes", f"{ref} yes".encode())
    return re.sub(rb"(?m)^Date: [^\r]*", f"Date: {format_datetime(at)}".encode(), mail)


def _numbers(desk: Desk, refs: dict[str, str]) -> dict[str, int]:
    with reading(desk.engine) as conn:
        said = {row.number: entry_of(desk, row.number).commands for row in rows.every(conn)}
    return {name: next((n for n, lines in said.items() if f"{ref} yes" in lines), 0) for name, ref in refs.items()}


def test_there_are_ten_programs():
    assert len(PROGRAMS) == 10


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_honest_answer_is_believed_by_its_signature(answered: Answered, program: str):
    entry = entry_of(answered.desk, answered.numbers[program])
    assert (entry.identity, entry.identity_reason) == ("dkim", "dkim-own-check")
    assert state(answered.desk, answered.refs[program]) == "approved"
    assert not letters(answered.desk, "member/step-up")


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("also", ["", "; dmarc=pass header.from=quay.example"])
def test_an_honest_answer_is_believed_where_our_mail_server_vouches_for_its_signature(
    answered: Answered, program: str, also: str
):
    desk = answered.desk
    with reading(desk.engine) as conn:
        row = rows.get(conn, answered.numbers[program])
        letter = outgoing.get(conn, answered.letter)
    assert row is not None
    assert letter is not None
    seen = examine(replace(desk, dns=Dns()), row)
    [signature] = signatures_of(seen.message.header_fields)
    said = f"{AUTHSERV}; dkim=pass (2048-bit key) header.d=quay.example header.b={signature.value[:8]}{also}"
    fields = (replace(seen.message.header_fields[0], name="Authentication-Results", value=said),)
    message = replace(seen.message, header_fields=fields + seen.message.header_fields)
    proof = identify(message, replace(desk.trust, authserv_ids=(AUTHSERV,)))
    assert proof.email == ANA
    assert doubt(desk, replace(seen, message=message, identity=proof), letter) == ""
