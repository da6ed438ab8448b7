"""What goes wrong is said in one line: what, where, what to do. The status is right, and nothing is half-written."""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import sqlite3
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from build import ANA, JO, a_mail, make_desk

from mailproc import failpoint

Cli = Callable[..., Any]
CANARY = "c4nary-pa55word"
NOBODY = 65534


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return make_desk(tmp_path / "desk")


def change(config: Path, old: str, new: str) -> None:
    text = config.read_text()
    assert old in text
    config.write_text(text.replace(old, new, 1))


def assert_told(ran: Any, status: int, *words: str) -> None:  # noqa: ANN401 - Ran
    """One line on stderr with these words, nothing on stdout."""
    assert ran.status == status, ran
    assert ran.out == ""
    assert ran.err.startswith("mailproc: ")
    assert ran.err.count("\n") == 1, ran.err
    for word in words:
        assert word in ran.err


def receive(cli: Cli, config: Path, octets: bytes) -> int:
    file = config.parent.parent / "one.eml"
    file.write_bytes(octets)
    return int(cli("receive", file, "--from", JO, config=config).out)


# The configuration, rules and templates


MISTAKES = [
    ('undo = "15m"', 'undoo = "15m"', ("[review]", "undoo", 'did you mean "undo"?')),
    ('undo = "15m"', "undo = 15", ("[review] undo", "15", '"15m"')),
    ('timezone = "UTC"', 'timezone = "Mars/Olympus"', ("[desk] timezone", "Mars/Olympus")),
    ("[delivery]", "[delivry]", ("delivry", 'did you mean "delivery"?')),
    ('name = "The Harbour Review"', "name = The Harbour Review", ("not TOML", "line")),
    ('operator = "operator@harbour.example"', "", ("[desk]", "operator", "missing")),
    ('transport = "folder"', 'transport = "smtp"', ("[delivery] host", "missing")),
    ('digest = "daily 08:00"', 'digest = "daily"', ("[review] digest", '"daily 08:00"')),
]


@pytest.mark.parametrize(("old", "new", "words"), MISTAKES)
def test_a_mistake_in_the_configuration_is_told_before_anything_is_touched(cli, config, old, new, words):
    change(config, old, new)
    for command in (("list", "--json"), ("run", "--once"), ("doctor",), ("members", "add", ANA), ("rules", "check")):
        assert_told(cli(*command, config=config), 2, str(config), *words)
    assert not (config.parent / "data").exists()
    assert not (config.parent / "outbox").exists()


def test_a_missing_configuration_says_how_to_make_one(cli, tmp_path):
    assert_told(cli("list", config=tmp_path / "none.toml"), 2, "none.toml", "no such file", "mailproc init")


RULES = [
    ('name = "humour"\nkind = "article"', 'name = "humour"\nkind = "artikle"', ("humour", "artikle", "article")),
    ('[[rule]]\nname = "articles address"', '[[rule]]\nnam = "articles address"', ("nam", "name")),
    ('when.to = "article"\nwhen.any', 'when.sbject = "article"\nwhen.any', ("sbject", "subject")),
    (":\\s*)?(?:humou?r|", ":\\s*)?((?:humou?r|", ("humour",)),
]


@pytest.mark.parametrize(("old", "new", "words"), RULES)
def test_a_bad_rule_is_told_with_its_file_and_name(cli, config, old, new, words):
    change(config.parent / "rules" / "50-article.toml", old, new)
    for command in (("work",), ("rules", "check"), ("sort", config)):
        assert_told(cli(*command, config=config), 2, "50-article.toml", *words)
    assert not (config.parent / "data").exists()
    ran = cli("doctor", config=config)
    assert ran.status == 1
    assert "50-article.toml" in ran.out


def test_a_rule_that_does_not_keep_its_promise_is_a_problem_and_no_mistake_of_use(cli, config):
    change(config.parent / "rules" / "50-article.toml", 'subject = "A gull writes"', 'subject = "A gull", to = "help"')
    ran = cli("rules", "check", config=config)
    assert ran.status in {1, 2}
    assert "50-article.toml" in ran.out + ran.err
    assert cli("doctor", config=config).status == 1


def test_a_template_that_is_missing_is_told_and_ours_is_taken(cli, config):
    (config.parent / "templates" / "en" / "author" / "receipt-article.txt").unlink()
    receive(cli, config, a_mail())
    assert cli("work", config=config).status == 0
    templates = [each["template"] for each in cli("outbox", "list", "--json", config=config).json]
    assert "author/receipt-article" in templates
    ran = cli("doctor", config=config)
    assert ran.status == 0
    assert "what is not there is as it came with mailproc: author/receipt-article.txt" in " ".join(ran.out.split())


def test_a_template_that_is_none_is_told_before_anything_is_touched(cli, config):
    path = config.parent / "templates" / "en" / "author" / "receipt-article.txt"
    path.write_text("{% block subject %}x{% endblock %}{% block body %}\n{% if %}")
    mail = config.parent.parent / "one.eml"
    mail.write_bytes(a_mail())
    for command in (("receive", mail), ("work",), ("members", "add", ANA)):
        assert_told(cli(*command, config=config), 2, "receipt-article.txt", "line 2")
    assert not (config.parent / "data").exists()
    ran = cli("doctor", config=config)
    assert ran.status == 1
    assert "receipt-article.txt" in ran.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "{% block subject %}x{% endblock %}{% block body %}\n{{ titel }}{% endblock %}",
            ("line 2", "'titel' is undefined"),
        ),
        ("no blocks", ("block subject is missing",)),
    ],
)
def test_a_broken_template_loses_no_mail(cli, config, text, words):
    """Which template, which line, which message; the mail opens its item, and the operator hears by letter too."""
    path = config.parent / "templates" / "en" / "author" / "receipt-article.txt"
    whole = path.read_text()
    path.write_text(text)
    number = receive(cli, config, a_mail())
    other = receive(cli, config, a_mail(to="contact@harbour.example", sender="kim@dock.example"))
    ran = cli("work", config=config)
    assert (ran.status, ran.out) == (0, "")
    rows = {row["number"]: row for row in cli("received", "list", "--json", config=config).json}
    assert (rows[number]["ref"], rows[other]["ref"]) == (f"A-{number}", f"Q-{other}")
    assert cli("trace", str(number), "--json", config=config).json["unanswered"] == "template-broken"
    letters = cli("outbox", "list", "--json", config=config).json
    assert {letter["template"] for letter in letters} == {"operator/notice"}
    [notice] = [letter for letter in letters if letter["template"] == "operator/notice"]
    told = " ".join(cli("outbox", "show", notice["id"], config=config).out.split())
    for word in ("receipt-article.txt", *words):
        assert word in told
    ran = cli("doctor", config=config)
    assert ran.status == 1
    assert "receipt-article.txt" in ran.out
    path.write_text(whole)
    receive(cli, config, a_mail("The tram came.\n"))
    assert cli("work", config=config).status == 0
    templates = [each["template"] for each in cli("outbox", "list", "--json", config=config).json]
    assert templates.count("author/receipt-article") == 1


def test_a_command_whose_letter_cannot_be_worded_says_so(cli, config):
    path = config.parent / "templates" / "en" / "member" / "invitation.txt"
    path.write_text("{% block subject %}x{% endblock %}{% block body %}{{ titel }}{% endblock %}")
    ran = cli("members", "add", ANA, config=config)
    assert ran.status == 1
    assert "message 1" in ran.err
    assert "invitation.txt" in ran.err
    assert cli("members", "list", "--json", config=config).json == []


def test_a_folder_of_templates_that_is_not_there_is_told(cli, config):
    shutil.rmtree(config.parent / "templates")
    ran = cli("doctor", config=config)
    assert ran.status == 1
    assert "templates: is not there; correct [storage] templates" in " ".join(ran.out.split())


# Mail servers


class _Imap(socketserver.StreamRequestHandler):
    """Greets, and takes no password."""

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, command = line.split()[:2]
            if command.upper() == b"CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
            else:
                self.wfile.write(tag + b" NO [AUTHENTICATIONFAILED] wrong\r\n")


class _Smtp(socketserver.StreamRequestHandler):
    """Greets, and takes no password."""

    def handle(self) -> None:
        self.wfile.write(b"220 ready\r\n")
        for line in self.rfile:
            verb = line.split()[0].upper()
            if verb == b"EHLO":
                self.wfile.write(b"250-here\r\n250 AUTH PLAIN LOGIN\r\n")
            else:
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"535 5.7.8 wrong\r\n")


@contextmanager
def listening(handler: type[socketserver.BaseRequestHandler]) -> Iterator[int]:
    """A server on a free port of 127.0.0.1."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that nobody trusts."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    command = ["openssl", "req", *kind, "-subj", "/CN=localhost", "-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own words
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


def untrusted(handler: type[socketserver.StreamRequestHandler], certificate: Path) -> type:
    """The same server behind that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Wrapped(handler):  # type: ignore[valid-type,misc]
        def setup(self) -> None:
            try:
                self.request = context.wrap_socket(self.request, server_side=True)
            except OSError:
                self.request = socket.socket()
            super().setup()

        def handle(self) -> None:
            with suppress(OSError):
                super().handle()

        def finish(self) -> None:
            with suppress(OSError):
                super().finish()

    return Wrapped


def with_imap(config: Path, port: int, tls: str = "none") -> None:
    (config.parent / "secret").write_text(f"{CANARY}\n")
    config.write_text(
        config.read_text() + f'\n[[intake.imap]]\nname = "main"\nhost = "localhost"\nport = {port}\ntls = "{tls}"\n'
        'user = "desk"\npassword_file = "secret"\n'
    )


def with_smtp(config: Path, port: int, tls: str = "none") -> None:
    (config.parent / "secret").write_text(f"{CANARY}\n")
    new = f'transport = "smtp"\nhost = "localhost"\nport = {port}\ntls = "{tls}"\n'
    new += 'user = "desk"\npassword_file = "secret"\n'
    change(config, 'transport = "folder"\n', new)


def test_a_mailbox_that_refuses_the_connection(cli, config):
    with_imap(config, port := closed_port())
    ran = cli("poll", config=config)
    assert ran.status == 1
    assert ran.err.count("\n") == 1
    for word in ('"main"', str(port), "no connection", "check `host` and `port`"):
        assert word in ran.err
    assert cli("run", "--once", config=config).status == 1
    doctor = cli("doctor", config=config)
    assert doctor.status == 1
    assert str(port) in doctor.out


def test_a_mailbox_that_refuses_the_password_does_not_make_us_show_it(cli, config):
    with listening(_Imap) as port:
        with_imap(config, port)
        for words in (("poll",), ("poll", "--json"), ("run", "--once"), ("doctor",), ("doctor", "--json")):
            ran = cli(*words, config=config)
            assert ran.status == 1
            assert CANARY not in ran.out + ran.err
            assert "check user and password" in ran.out + ran.err or "no login" in ran.out + ran.err


@pytest.mark.parametrize("tls", ["implicit"])
def test_a_mailbox_whose_certificate_nobody_trusts(cli, config, certificate, tls):
    with listening(untrusted(_Imap, certificate)) as port:
        with_imap(config, port, tls)
        ran = cli("poll", config=config)
        assert ran.status == 1
        assert "certificate not trusted" in ran.err
        assert ran.err.count("\n") == 1


def test_a_password_that_cannot_be_had_is_told_by_its_place(cli, config):
    with listening(_Imap) as port:
        with_imap(config, port)
        (config.parent / "secret").unlink()
        ran = cli("poll", config=config)
    assert ran.status in {1, 2}
    assert "password_file" in ran.err
    assert ran.err.count("\n") == 1


def test_an_address_that_is_not_ascii_is_told_at_once(cli, config):
    """A folder is no server; a desk that sends asks its server for SMTPUTF8 (RFC 6531 §3.2)."""
    ran = cli("members", "add", "zoë@poole.example", config=config)
    assert ran.status == 0
    assert ran.err.startswith("zoë@poole.example: cannot be reached: ")
    assert "SMTPUTF8" in ran.err
    assert ran.err.count("\n") == 1
    assert cli("members", "add", ANA, config=config).err == ""


@pytest.fixture
def waiting(cli: Cli, config: Path) -> Path:
    """One letter waits to leave."""
    assert cli("members", "add", ANA, config=config).status == 0
    return config


def the_letter(cli: Cli, config: Path) -> dict[str, Any]:
    [letter] = cli("outbox", "list", "--json", config=config).json
    return dict(letter)


def test_a_mail_server_that_refuses_the_connection_keeps_the_letter_waiting(cli, waiting):
    with_smtp(waiting, port := closed_port())
    ran = cli("deliver", config=waiting)
    assert ran.status == 1
    assert "Traceback" not in ran.err
    letter = the_letter(cli, waiting)
    assert letter["state"] == "deferred"
    assert str(port) in letter["reason"]
    assert letter["next_try"] > letter["created_at"]
    assert cli("doctor", config=waiting).status == 1


def test_a_mail_server_that_refuses_the_password_does_not_make_us_show_it(cli, waiting):
    with listening(_Smtp) as port:
        with_smtp(waiting, port)
        ran = cli("deliver", config=waiting)
        doctor = cli("doctor", config=waiting)
    letter = the_letter(cli, waiting)
    assert (ran.status, doctor.status, letter["state"]) == (1, 1, "deferred")
    assert letter["attempts"] == 1
    assert CANARY not in ran.out + ran.err + doctor.out + doctor.err + str(letter)


def test_a_mail_server_whose_certificate_nobody_trusts_gets_nothing(cli, waiting, certificate):
    with listening(untrusted(_Smtp, certificate)) as port:
        with_smtp(waiting, port, "implicit")
        assert cli("deliver", config=waiting).status == 1
    letter = the_letter(cli, waiting)
    assert letter["state"] == "deferred"
    assert "certificate not trusted" in letter["reason"]


def test_what_could_not_be_delivered_says_why_once_on_stderr(cli, process, waiting):
    cli("members", "add", "ben@harbour.example", config=waiting)
    with_smtp(waiting, closed_port())
    ran = process("deliver", config=waiting)
    assert (ran.status, ran.out) == (1, "2 deferred\n")
    assert ran.err.startswith("mailproc: ")
    assert ran.err.count("\n") == 1
    assert "no connection" in ran.err


def test_a_password_that_a_command_prints_is_never_shown(cli, config):
    with listening(_Imap) as port:
        with_imap(config, port)
        text = config.read_text().replace('password_file = "secret"', f'password_command = ["printf", "{CANARY}"]')
        config.write_text(text)
        for words in (("poll",), ("doctor",), ("doctor", "--json")):
            ran = cli(*words, config=config)
            assert CANARY not in ran.out + ran.err
        config.write_text(text.replace(f'["printf", "{CANARY}"]', f'["no-such-program", "{CANARY}"]'))
        ran = cli("poll", config=config)
        assert ran.status in {1, 2}
        assert CANARY not in ran.out + ran.err
        assert "no-such-program" in ran.err
        assert ran.err.count("\n") == 1


def test_a_password_written_into_the_configuration_is_refused_unread(cli, config):
    change(config, "[delivery]\n", f'[delivery]\npassword = "{CANARY}"\n')
    ran = cli("list", config=config)
    assert_told(ran, 2, "password_file")
    assert CANARY not in ran.err


# Disk and database


def test_a_database_that_is_none_is_left_as_it_is(cli, config):
    file = config.parent / "data" / "mailproc.db"
    file.parent.mkdir()
    file.write_bytes(b"These are not the tables you are looking for. " * 100)
    before = file.read_bytes()
    assert_told(cli("list", config=config), 1, "mailproc.db")
    assert file.read_bytes() == before


def test_another_programs_database_is_left_as_it_is(cli, config):
    file = config.parent / "data" / "mailproc.db"
    file.parent.mkdir()
    with sqlite3.connect(file) as conn:
        conn.execute("CREATE TABLE recipes (name TEXT)")
    assert_told(cli("list", config=config), 1, "mailproc.db", "another program's database")


def test_a_database_address_that_cannot_be_used_is_wrong_use(cli, config):
    change(config, 'database = "sqlite:///data/mailproc.db"', f'database = "mysql://u:{CANARY}@h/d"')
    ran = cli("list", config=config)
    assert_told(ran, 2, "[storage] database", "sqlite:///")
    assert CANARY not in ran.err


@pytest.mark.parametrize("folder", ["data/archive", "data/attachments", "outbox", "published"])
def test_a_file_where_a_folder_should_be_is_told(cli, config, folder):
    path = config.parent / folder
    path.parent.mkdir(exist_ok=True)
    path.write_text("")
    assert_told(cli("work", config=config), 1, str(path), "[storage]")


@contextmanager
def as_somebody() -> Iterator[None]:
    """Without root's right to write everywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public(cli: Cli) -> Iterator[Path]:
    """A desk that anybody may read, with one article; writing is another matter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        config = make_desk(Path(folder) / "desk")
        receive(cli, config, a_mail())
        assert cli("work", config=config).status == 0
        for path in [config.parent, *config.parent.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield config
        for path in [config.parent, *config.parent.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.mark.parametrize(
    "words", [("members", "add", ANA), ("decide", "A-1 approve", "--as", ANA), ("work",), ("deliver",)]
)
def test_a_database_that_cannot_be_written_is_told_and_left(cli, public, words):
    if os.geteuid() == 0:
        cli("members", "list", config=public)  # what is imported late must be there before we are somebody else
    database = (public.parent / "data" / "mailproc.db").read_bytes()
    with as_somebody():
        ran = cli(*words, config=public)
    assert_told(ran, 1)
    assert "read" in ran.err
    assert (public.parent / "data" / "mailproc.db").read_bytes() == database


def test_an_archive_that_cannot_be_read_is_told(cli, public):
    data = public.parent / "data"
    data.chmod(0o777)
    for path in data.glob("mailproc.db*"):
        path.chmod(0o666)
    (data / "archive" / "000").chmod(0)
    if os.geteuid() == 0:
        cli("trace", "A-1", config=public)
    with as_somebody():
        assert_told(cli("trace", "A-1", config=public), 1, "archive")
    (data / "archive" / "000").chmod(0o555)


def test_an_entry_that_is_damaged_is_told(cli, config):
    receive(cli, config, a_mail())
    cli("work", config=config)
    entry = config.parent / "data" / "archive" / "000" / "000001.json"
    entry.write_text(entry.read_text()[:100])
    assert_told(cli("trace", "A-1", config=config), 1, "000001.json")
    assert cli("show", "A-1", config=config).status == 0, "the row is enough for that"


def test_a_letter_whose_file_is_gone_is_told(cli, waiting):
    letter = the_letter(cli, waiting)
    (waiting.parent / letter["path"]).unlink()
    shown = cli("outbox", "show", letter["id"], config=waiting)
    assert shown.status == 1
    assert "queued" in shown.out, "what is known of it is shown all the same"
    assert letter["path"] in shown.err
    assert cli("deliver", config=waiting).status == 1
    tried = cli("outbox", "show", letter["id"], "--json", config=waiting).json
    assert tried["state"] == "failed"


# The command line itself


@pytest.mark.parametrize(
    ("words", "told"),
    [("receive.linkd:kill9", 'did you mean "receive.linked"?'), ("receive.linked:explode", "write NAME:DEED")],
)
def test_a_failpoint_that_there_is_not_is_2(cli, config, monkeypatch, words, told):
    monkeypatch.setenv("MAILPROC_FAILPOINT", words)
    failpoint._set.cache_clear()
    try:
        assert_told(cli("list", config=config), 2, told)
    finally:
        failpoint._set.cache_clear()


@pytest.mark.parametrize(
    "words",
    [(), ("frobnicate",), ("show",), ("receive",), ("sort",), ("decide", "A-1 approve"), ("rules", "rehears"),
     ("received", "show", "twelve"), ("list", "--frob"), ("outbox", "show"), ("groups", "show")],
)  # fmt: skip
def test_wrong_use_is_2_and_does_nothing(cli, config, words):
    ran = cli(*words, config=config)
    assert (ran.status, ran.out) == (2, ""), ran
    assert ran.err
    assert not (config.parent / "data" / "archive" / "000").exists()


@pytest.mark.parametrize("number", ["99999999999999999999999", "\u00b2", "-1", "1.5"])
def test_a_number_that_is_none_of_ours_is_told(cli, config, number):
    assert_told(cli("trace", "--", number, config=config), 1, number)
    ran = cli("received", "retry", number, config=config)
    assert (ran.status, ran.out) == (2, "")


def test_a_disk_that_refuses_where_nobody_foresaw_it_is_one_line(cli, config):
    receive(cli, config, a_mail())
    shutil.rmtree(config.parent / "data" / "archive" / "000")
    (config.parent / "data" / "archive" / "000").write_text("")
    ran = cli("poll", config=config)
    assert_told(ran, 1, "000")
