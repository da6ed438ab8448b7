"""config.toml: what is read, what is refused and in which words, what `init` writes."""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import fields
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from options import page

from mailproc.cli.init import init, questions
from mailproc.config import load
from mailproc.config.folder import load_groups, load_needs, load_rules
from mailproc.config.load import read_toml
from mailproc.config.option import SECTIONS, Config, Delivery, Desk, ImapAccount, Review
from mailproc.config.secret import password
from mailproc.config.write import HARBOUR, config_text
from mailproc.errors import ConfigError, MailprocError, UsageError
from mailproc.review.member import Policy

TOP = Path(__file__).resolve().parents[1]
DESK = '[desk]\nname = "The Harbour Review"\naddress = "desk@harbour.example"\noperator = "operator@harbour.example"\n'
IMAP = '[[intake.imap]]\nname = "main"\nhost = "mail.harbour.example"\nuser = "desk"\n'


def read(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as told:
        read(tmp_path, text)
    words = str(told.value)
    assert "\n" not in words
    assert words.startswith(str(tmp_path / "config.toml"))
    return words.removeprefix(str(tmp_path / "config.toml"))


def test_what_is_left_out_has_its_default(tmp_path):
    config = read(tmp_path, DESK)
    assert config == Config(config.desk, storage=config.storage, path=tmp_path / "config.toml")
    assert config.desk.timezone == ZoneInfo("UTC")
    assert config.review.digest == time(8, 0)
    assert config.review.undo == timedelta(minutes=15)
    assert config.review.kinds["article"].policy == Policy(1, 1, veto=True)
    assert config.review.kinds["membership"].policy == Policy(2, 2, veto=True)
    assert config.review.kinds["enquiry"].lapse == timedelta(days=30)
    assert config.limits.message == 100_000_000
    assert config.delivery.transport == "folder"
    assert config.imap == ()


def test_paths_count_from_the_configurations_folder(tmp_path, monkeypatch):
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path)
    Path("desk/config.toml").write_text(
        DESK + '[storage]\noutbox = "/var/outbox"\narchive = "kept"\n', encoding="utf-8"
    )
    config = load(Path("desk/config.toml"))
    assert config.folder == tmp_path / "desk"
    assert config.storage.archive == tmp_path / "desk" / "kept"
    assert config.storage.outbox == Path("/var/outbox")
    assert config.storage.database == "sqlite:///data/mailproc.db"


def test_every_value_is_read(tmp_path):
    text = (
        DESK
        + 'timezone = "Europe/Lisbon"\nsubaddressing = false\n[desk.addresses]\narticle = "Articles@HARBOUR.example"\n'
    )
    text += IMAP + 'tls = "starttls"\nevery = "5m"\n' + IMAP.replace("main", "second") + "port = 1993\n"
    text += '[delivery]\ntransport = "smtp"\nhost = "mail.harbour.example"\ntls = "implicit"\n'
    text += 'password_command = "pass show desk"\n'
    text += '[review]\ndigest = "daily 6:30"\nundo = "0s"\nauthserv_id = ["mx.harbour.example"]\n'
    text += '[publish]\nurl = "https://harbour.example/review/"\n'
    text += '[review.material]\nveto = false\nlapse = "2w"\n[limits]\nmessage = "2 MiB"\nattachment = 500000\n'
    config = read(tmp_path, text)
    assert config.desk.timezone.key == "Europe/Lisbon"
    assert not config.desk.subaddressing
    assert config.desk.addresses == {"article": "Articles@harbour.example"}
    assert [(each.name, each.port, each.every) for each in config.imap] == [
        ("main", 143, timedelta(minutes=5)),
        ("second", 1993, timedelta(minutes=1)),
    ]
    assert (config.delivery.port, config.delivery.password_command) == (465, ("pass", "show", "desk"))
    assert (config.review.digest, config.review.undo) == (time(6, 30), timedelta(0))
    assert config.review.authserv_id == ("mx.harbour.example",)
    assert config.publish.url == "https://harbour.example/review"
    assert config.review.kinds["material"].policy == Policy(1, 1, veto=False)
    assert config.review.kinds["material"].lapse == timedelta(days=14)
    assert (config.limits.message, config.limits.attachment) == (2 * 2**20, 500_000)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (DESK + '[reviews]\nundo = "1m"', ': unknown section "reviews"; did you mean "review"?'),
        (DESK + '[review]\nundoo = "1m"', ', [review]: unknown key "undoo"; did you mean "undo"?'),
        (DESK + "[review.articles]\nveto = true", ', [review]: unknown section "articles"; did you mean "article"?'),
        (
            DESK + "[review.unsorted]\nveto = true",
            ', [review.unsorted]: unknown key "veto"; known: hold, lapse, remind',
        ),
        (DESK + IMAP + 'hots = "x"', ', [intake.imap]: unknown key "hots"; did you mean "host"?'),
        (DESK + "[intake.lmtpd]\nlisten = 1", ', [intake]: unknown section "lmtpd"; did you mean "lmtp"?'),
        (DESK + "[intake.lmtp]\nlisten = 1", ", [intake.lmtp] listen: expected "),
        (DESK + '[intake.lmtp]\nlisten = "8024"', ", [intake.lmtp] listen: expected "),
        (DESK + '[storage]\nreserve = "much"', ", [storage] reserve: expected "),
        (DESK + '[health]\npoll_age = "0s"', ", [health] poll_age: expected a length of time"),
        (DESK + '[publish]\nurl = "harbour.example"', ", [publish] url: expected an address of the web, such as"),
        (DESK + '[publish]\nurl = "ftp://harbour.example"', ", [publish] url: expected an address of the web"),
        (DESK + '[publish]\nurl = "https://harbour.example/?a"', ", [publish] url: expected an address of the web"),
        (DESK + '[publish]\nurl = "https://[harbour"', ", [publish] url: expected an address of the web"),
        (DESK + IMAP + 'auth = "oauth2"', ", [[intake.imap]] token_command: missing; auth"),
        ('nme = "x"\n' + DESK, ': unknown section "nme"'),
        (DESK + "[review]\nundo = 15", ', [review] undo: expected a length of time such as "60s", "15m"'),
        (DESK + '[review]\nundo = "15 minutes"', 'found "15 minutes"'),
        (
            DESK + '[review]\ndigest = "daily 25:00"',
            ', [review] digest: expected a time of day, such as "daily 08:00", found',
        ),
        (DESK + '[review]\nquiet = "at night"', '[review] quiet: expected hours such as "22:00-07:00", or "" for none'),
        (DESK + '[review]\nquiet = "07:00-07:00"', "[review] quiet: expected hours such as"),
        (DESK + '[review]\nquiet = "22:00-27:00"', "[review] quiet: expected hours such as"),
        (DESK + "[review]\nask = -1", "[review] ask: expected a whole number"),
        (DESK + '[review]\nfallback = "Cleo"', "[review] fallback: expected one email address"),
        (DESK + '[review]\ntrust = "all"', 'expected "authenticated", "step-up" or "token", found "all"'),
        (DESK + '[review]\nauthserv_id = "mx"', 'expected a list of texts, such as ["mx.harbour.example"], found "mx"'),
        (DESK + "[review.article]\napprovals = true", "expected a whole number of at least 1, such as 2, found true"),
        (DESK + "[review.article]\napprovals = 0", "found 0"),
        (DESK + '[review.article]\nveto = "yes"', "expected true or false, without quotes, found"),
        (DESK + '[limits]\nmessage = "big"', 'expected a size such as "25 MB"'),
        (
            DESK + 'timezone = "Lisbon"',
            ', [desk] timezone: expected a time zone of the IANA list, such as "Europe/Lisbon"',
        ),
        (DESK + 'timezone = "../../etc/passwd"', "expected a time zone"),
        (DESK + 'timezone = "Europe"', "expected a time zone"),
        (DESK + 'language = "English"', 'expected a language tag, such as "en"'),
        (
            DESK.replace("desk@harbour.example", "Desk <desk@harbour.example>"),
            "expected one email address without a name",
        ),
        (DESK.replace("desk@harbour.example", "desk@localhost"), ", [desk] address: expected one email address"),
        (DESK.replace('name = "The Harbour Review"\n', ""), ", [desk]: name is missing; it is text in quotes"),
        ("", ", [desk]: name is missing"),
        ("desk = 3", ": expected a section; write [desk] on a line of its own"),
        (DESK + IMAP.replace("[[", "[").replace("]]", "]"), ": expected a section; write [[intake.imap]] on a line"),
        (DESK + IMAP.replace('user = "desk"\n', ""), ", [[intake.imap]]: user is missing"),
        (DESK + IMAP + IMAP, 'two mailboxes are called "main"; each needs its own name'),
        (DESK + IMAP.replace('"main"', '"a/b"'), ", [[intake.imap]] name: expected a short name of small letters"),
        (DESK + IMAP + 'done = "INBOX"', '"INBOX" is the mailbox that is read; name another'),
        (DESK + IMAP + "port = 70000", "expected a port from 1 to 65535"),
        (
            DESK + '[delivery]\ntransport = "smtp"\ntls = "none"',
            ', [delivery] host: missing; transport = "smtp" needs it',
        ),
        (DESK + '[delivery]\ntransport = "smtp"\nhost = "x"', ', [delivery] tls: missing; transport = "smtp" needs it'),
        (
            DESK + '[delivery]\npassword_file = "a"\npassword_command = "b"',
            "password_file and password_command are both given",
        ),
        (
            DESK + '[desk.addresses]\nhelp = "desk@harbour.example"',
            ", [desk.addresses] help: desk@harbour.example is already desk.address",
        ),
        (DESK.replace("operator@", "desk@"), ", [desk] operator: desk@harbour.example is the desk's own address"),
        ("[desk", ": not TOML: "),
        (DESK + "name = 'x'", ": not TOML: "),
    ],
)
def test_a_mistake_is_one_line_with_file_section_key_and_cure(tmp_path, text, words):
    assert words in refusal(tmp_path, text)


def test_a_missing_file_says_what_makes_one(tmp_path):
    with pytest.raises(ConfigError, match=r"config\.toml: no such file; run `mailproc init`"):
        load(tmp_path / "config.toml")


def test_a_file_that_is_not_utf8_is_refused_with_its_place(tmp_path):
    (tmp_path / "config.toml").write_bytes(DESK.encode() + b"# caf\xe9\n")
    with pytest.raises(ConfigError, match="not UTF-8 at octet"):
        load(tmp_path / "config.toml")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "config.toml").write_bytes(b"\xef\xbb\xbf" + DESK.encode())
    assert load(tmp_path / "config.toml").desk.name == "The Harbour Review"


# passwords


def test_s45_no_secret_is_shown(tmp_path):
    canary = "canary-4711"
    text = DESK + f'[storage]\ndatabase = "postgresql+psycopg://desk:{canary}@db/desk"\n' + IMAP
    text += f'password_command = ["echo", "{canary}"]\ntoken_command = ["echo", "{canary}"]\n'
    text += f'[health]\nalarm_command = ["notify", "{canary}"]\n[delivery]\npassword_command = "echo {canary}"\n'
    assert canary not in repr(read(tmp_path, text))
    for wrong in (
        f'[storage]\ndatabase = ["{canary}"]',
        f'[delivery]\npassword_command = ["{canary}", 3]',
        f'{IMAP}token_command = ["{canary}", 3]',
        f'[health]\nalarm_command = ["{canary}", 3]',
    ):
        assert canary not in refusal(tmp_path, DESK + wrong)
    assert canary not in refusal(tmp_path, DESK + f'[delivery]\npassword = "{canary}"')


def test_a_password_in_the_configuration_is_refused(tmp_path):
    words = refusal(tmp_path, DESK + '[delivery]\npassword = "x"')
    assert words == ", [delivery]: a password does not stand here; use password_file or password_command"


def never(command: object) -> str:
    raise AssertionError(command)


def test_a_password_comes_from_file_command_or_environment(tmp_path):
    (tmp_path / "secret").write_text("from a file\nsecond line\n", encoding="utf-8")
    account = ImapAccount("my-box", "mail.harbour.example", "desk")
    assert account.password_variable == "MAILPROC_INTAKE_IMAP_MY_BOX_PASSWORD"
    assert password(account, {account.password_variable: "from outside"}, never) == "from outside"
    by_file = Delivery(user="desk", password_file=tmp_path / "secret")
    assert password(by_file, {}, never) == "from a file"
    by_command = Delivery(user="desk", password_command=("pass", "show"))
    assert password(by_command, {}, lambda command: f"{command[1]}n\n") == "shown"
    assert password(Delivery(), {"MAILPROC_DELIVERY_PASSWORD": "unused"}, never) is None


def test_a_missing_password_says_where_it_may_stand(tmp_path):
    with pytest.raises(ConfigError, match="password_file or password_command, or set MAILPROC_DELIVERY_PASSWORD"):
        password(Delivery(user="desk"), {}, never)
    with pytest.raises(ConfigError, match="no such file or directory; write the password"):
        password(Delivery(user="desk", password_file=tmp_path / "none"), {}, never)


# what init writes, and what the repository holds


def test_the_repositorys_configuration_is_what_init_writes():
    assert (TOP / "config.toml").read_text(encoding="utf-8") == config_text(HARBOUR)


def test_the_page_of_options_is_current():
    file = TOP / "docs" / "options.md"
    if os.environ.get("UPDATE_DOCS"):
        file.write_text(page(), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == page(), "UPDATE_DOCS=1 pytest tests/test_config.py writes it"


def test_every_key_with_a_default_is_a_live_line_and_no_other():
    document = tomllib.loads(config_text(HARBOUR))
    for section in SECTIONS:
        table = document
        for part in section.name.split("."):
            table = table.get(part, {})
        live = {
            key for key, known in section.options() if known.default is not None or f"{section.name}.{key}" in HARBOUR
        }
        assert {key for key, value in table.items() if not isinstance(value, dict)} == (
            set() if section.name.startswith("intake.") else live
        )


def test_every_commented_key_works_when_its_mark_is_taken_away(tmp_path):
    text = re.sub(r"^#(\[|[a-z_]+ = )", r"\1", config_text(HARBOUR), flags=re.MULTILINE)
    text = re.sub(r"^password_command.*\n", "", text, flags=re.MULTILINE)
    config = read(tmp_path, text.replace('"folder"', '"smtp"'))
    assert config.imap[0] == ImapAccount(
        "main",
        "mail.harbour.example",
        "desk@harbour.example",
        password_file=tmp_path / "secrets" / "imap",
        token_command=("oauth2-token", "desk@harbour.example"),
        junk="Junk",
    )
    assert (config.lmtp.listen, config.delivery.port) == ("127.0.0.1:8024", 587)
    assert config.health.alarm_command == ("notify", "harbour-desk")


def test_every_field_of_every_section_is_an_option_or_a_section_of_its_own():
    for section in (each for each in SECTIONS if not each.keys):
        inner = {"addresses"} if section.type is Desk else {"kinds"} if section.type is Review else set()
        assert {each.name for each in fields(section.type)} - inner == {key for key, _ in section.options()} | set(
            section.omitted
        )


def test_init_without_questions_writes_the_harbour_review(tmp_path):
    init(tmp_path / "new" / "desk", ask=False)
    config = load(tmp_path / "new" / "desk" / "config.toml")
    assert config.desk.addresses["membership"] == "join@harbour.example"
    assert config.delivery.transport == "folder"
    assert len(load_rules(config.storage.rules)) > 20
    states = {group.name: group.state for group in load_groups(config.storage.rules / "groups.toml")}
    assert states == {
        "North Pier Society": "wanted",
        "Lantern Street Union": "wanted",
        "Ferry Passengers League": "complete",
    }
    assert sorted(each.name for each in (tmp_path / "new" / "desk").iterdir()) == ["config.toml", "rules", "templates"]
    for folder in ("rules", "templates"):
        ours = sorted(each.relative_to(TOP) for each in (TOP / folder).rglob("*") if each.is_file())
        written = tmp_path / "new" / "desk"
        assert sorted(each.relative_to(written) for each in (written / folder).rglob("*") if each.is_file()) == ours
    assert [each.name for each in (tmp_path / "new").iterdir()] == ["desk"]


def test_init_takes_rules_and_templates_from_an_installed_package(tmp_path, monkeypatch):
    for name in ("rules", "templates"):
        (tmp_path / "mailproc" / "defaults" / name).mkdir(parents=True)
        (tmp_path / "mailproc" / "defaults" / name / "carried").write_text(name, encoding="utf-8")
    monkeypatch.setattr("mailproc.config.carried.PACKAGE", tmp_path / "mailproc")
    init(tmp_path / "desk", ask=False)
    assert (tmp_path / "desk" / "templates" / "carried").read_text(encoding="utf-8") == "templates"


def test_init_fills_an_empty_folder_without_replacing_it(tmp_path):
    before = tmp_path.stat().st_ino
    init(tmp_path, ask=False)
    assert tmp_path.stat().st_ino == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["config.toml", "rules", "templates"]


@pytest.mark.parametrize("name", ["notes.txt", ".hidden"])
def test_init_refuses_a_folder_that_holds_anything(tmp_path, name):
    (tmp_path / name).write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not empty; init writes only into a new or empty folder"):
        init(tmp_path, ask=False)
    assert [each.name for each in tmp_path.iterdir()] == [name]


def test_init_refuses_a_file(tmp_path):
    (tmp_path / "desk").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        init(tmp_path / "desk", ask=False)
    with pytest.raises(MailprocError, match="name a folder that you may write to"):
        init(tmp_path / "desk" / "inside", ask=False)


def test_init_that_fails_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("mailproc.config.carried.PACKAGE", tmp_path / "nowhere" / "mailproc")
    with pytest.raises(MailprocError):
        init(tmp_path / "desk", ask=False)
    assert list(tmp_path.iterdir()) == []


def test_init_asks_again_until_the_answer_is_one(tmp_path, capsys):
    given = iter(
        ["The Quay", "quay", "desk@quay.example", "Lisbon", "Europe/Lisbon", "desk@quay.example", "jo@quay.example"]
    )
    answers = questions(lambda *_, **__: next(given))
    config = read(tmp_path, config_text(answers))
    assert (config.desk.name, config.desk.address, config.desk.operator) == (
        "The Quay",
        "desk@quay.example",
        "jo@quay.example",
    )
    assert config.desk.timezone == ZoneInfo("Europe/Lisbon")
    assert config.desk.addresses == {}, "addresses that nobody has are not promised"
    said = " ".join(capsys.readouterr().err.split())
    assert "That is not one email address without a name" in said
    assert "That is the desk's own address" in said


# groups.toml and the rules folder


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[group]]\nnme = 'x'", "group 1: name is missing"),
        ("[[group]]\nname = 'x'\nalias = ['y']", 'group "x": unknown key "alias"; did you mean "aliases"?'),
        ("[[group]]\nname = 'x'\naliases = 'y'", "aliases: expected a list of texts in quotes"),
        ("[[group]]\nname = 'x'\nstate = 'wnted'", 'unknown state "wnted"; did you mean "wanted"?'),
        (
            "[[group]]\nname = 'x'\n[[group]]\nname = 'y'\naliases = ['X']",
            'group "y": "X" also names "x"; keep it once',
        ),
        ("[[groups]]\nname = 'x'", 'unknown key "groups"; every group begins with a line [[group]]'),
        ("group = 3", "every group begins with"),
    ],
)
def test_a_mistake_in_a_group_says_file_group_and_cure(tmp_path, text, words):
    (tmp_path / "groups.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load_groups(tmp_path / "groups.toml")
    assert words in str(told.value)


NEEDS = TOP / "rules" / "groups.toml"


def test_a_file_of_before_there_were_needs_has_those_that_we_carry(tmp_path):
    (tmp_path / "groups.toml").write_text("[[group]]\nname = 'x'\nneeds = ['a photo']\n", encoding="utf-8")
    assert load_needs(tmp_path / "groups.toml", NEEDS) == load_needs(NEEDS, NEEDS)
    own = "[[need]]\nslug = 'maps'\nforms = ['picture']\n"
    (tmp_path / "groups.toml").write_text(own, encoding="utf-8")
    [need] = load_needs(tmp_path / "groups.toml", NEEDS)
    assert (need.slug, need.called, need.heading, need.forms) == ("maps", "maps", "Maps", ("picture",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[need]]\ncalled = 'x'", "need 1: slug is missing"),
        ("[[need]]\nslug = 'x'\nform = ['text']", 'need "x": unknown key "form"; did you mean "forms"?'),
        ("[[need]]\nslug = 'x'\nforms = 'text'", "forms: expected a list of texts in quotes"),
        ("[[need]]\nslug = 'x'\nforms = ['texts']", 'unknown form "texts"; forms are text, picture'),
        ("[[need]]\nslug = 'x'\n[[need]]\nslug = 'x'", 'need "x" stands twice'),
        ("need = 3", "every need begins with a line [[need]]"),
    ],
)
def test_a_mistake_in_a_need_says_file_need_and_cure(tmp_path, text, words):
    (tmp_path / "groups.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load_needs(tmp_path / "groups.toml", NEEDS)
    assert words in str(told.value)


def test_a_rules_folder_without_rules_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no rules; copy the folder"):
        load_rules(tmp_path)
    with pytest.raises(ConfigError, match=r"groups\.toml: no such file; copy the folder"):
        load_groups(tmp_path / "groups.toml")


def test_a_folder_in_place_of_a_file_is_told(tmp_path):
    with pytest.raises(ConfigError, match="make the file readable"):
        read_toml(tmp_path, missing="")
