"""config.toml -> Config: every key known, every value of its kind, what belongs together consistent.

Fails with a ConfigError of one line: file, section, key, what was expected and an example, or the nearest
known name. Reads that one file and nothing else; passwords are read where they are used (see `secret`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mailproc.config.option import (
    SECTIONS,
    Access,
    Config,
    Delivery,
    Desk,
    Files,
    Health,
    ImapAccount,
    KindPolicy,
    Limits,
    Lmtp,
    Membership,
    Option,
    Publish,
    Review,
    Section,
    Storage,
)
from mailproc.errors import ConfigError, nearest

Table = Mapping[str, Any]
UNSHOWN = ("database", "password_file", "password_command", "token_command", "alarm_command", "hook")  # with passwords


def load(path: Path) -> Config:
    """The configuration in this file, every path absolute. Raises ConfigError."""
    path = path.absolute()
    document = read_toml(path, missing="run `mailproc init` to make one, or name yours with --config")
    _check_names(path, document)
    values = {section.name: list(_read_section(path, section, document)) for section in SECTIONS}
    desk = Desk(**values["desk"][0], addresses=values["desk.addresses"][0])
    kinds = {s.name.removeprefix("review."): KindPolicy(**values[s.name][0]) for s in SECTIONS if s.type is KindPolicy}
    config = Config(
        desk=desk,
        storage=Storage(**values["storage"][0]),
        imap=tuple(ImapAccount(**each) for each in values["intake.imap"]),
        lmtp=Lmtp(**values["intake.lmtp"][0]),
        delivery=Delivery(**values["delivery"][0]),
        review=Review(**values["review"][0], kinds=kinds),
        membership=Membership(**values["membership"][0]),
        limits=Limits(**values["limits"][0]),
        files=Files(**values["files"][0]),
        retention=values["retention"][0],
        health=Health(**values["health"][0]),
        access=Access(**values["access"][0]),
        publish=Publish(**values["publish"][0]),
        path=path,
    )
    for place, mistake in _contradictions(config):
        raise ConfigError(f"{path}, {place}: {mistake}")
    return config


def read_toml(path: Path, missing: str) -> dict[str, Any]:
    """The tables of a TOML file; `missing` is the cure where there is no such file. Raises ConfigError."""
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigError(f"{path}: no such file; {missing}") from None
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; make the file readable for mailproc") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at octet {error.start}; save the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not TOML: {error}; mend that line (text stands in quotes)") from error


def _check_names(path: Path, document: Table, name: str = "") -> None:
    """Every key of this table is an option or a section we know."""
    section = next((each for each in SECTIONS if each.name == name), None)
    options = [key for key, _ in section.options()] if section else []
    inner = {each.name.removeprefix(f"{name}.").partition(".")[0] for each in SECTIONS if _is_in(each.name, name)}
    for key, value in document.items():
        inside = f"{name}.{key}".lstrip(".")
        if key in inner:
            for table in _tables(path, inside, value):
                _check_names(path, table, inside)
        elif key not in options:
            raise ConfigError(f"{path}{_unknown(name, key, value, (*options, *inner))}")


def _is_in(section: str, name: str) -> bool:
    return section.startswith(f"{name}." if name else "") and section != name


def _unknown(name: str, key: str, value: object, known: tuple[str, ...]) -> str:
    if key == "password":
        return f", [{name}]: a password does not stand here; use password_file or password_command"
    where = f", [{name}]" if name else ""
    is_section = isinstance(value, dict) or not name
    return f'{where}: unknown {"section" if is_section else "key"} "{key}"{nearest(key, known)}'


def _tables(path: Path, name: str, value: object) -> list[Table]:
    """A section's tables, one for [name] and any number for [[name]]."""
    repeated = any(each.name == name and each.repeated for each in SECTIONS)
    tables = value if repeated else [value]
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(
            f"{path}: expected a section; write [{'[' * repeated}{name}]{']' * repeated} on a line of its own"
        )
    return tables


def _read_section(path: Path, section: Section, document: Table) -> Iterator[dict[str, Any]]:
    """The values of each of a section's tables; an absent one has its defaults, a repeated one is then absent."""
    value: Any = document
    for part in section.name.split("."):
        value = value.get(part, {})
    for table in value if section.repeated else [value]:
        read = {key: _read(path, section, key, known, table) for key, known in section.options()}
        yield {key: given for key, given in read.items() if given is not None}


def _read(path: Path, section: Section, key: str, known: Option, table: Table) -> object:
    """One option's value, None where there is none."""
    raw = table.get(key, known.default)
    if raw is None:
        if known.required:
            raise ConfigError(f"{path}, {section.header}: {key} is missing; it is {known.kind.expected}")
        return None
    try:
        value = known.kind.read(raw)
    except ValueError as error:
        found = "" if key in UNSHOWN else f", found {_shown(raw)}"
        raise ConfigError(f"{path}, {section.header} {key}: expected {known.kind.expected}{found}") from error
    return path.parent / value.expanduser() if isinstance(value, Path) else value


def _shown(raw: object) -> str:
    words = (
        {True: "true", False: "false"}[raw]
        if isinstance(raw, bool)
        else f'"{raw}"'
        if isinstance(raw, str)
        else str(raw)
    )
    return words if len(words) <= 60 else f"{words[:57]}..."  # noqa: PLR2004 - so that the mistake stays one line


def _contradictions(config: Config) -> Iterator[tuple[str, str]]:
    """(place, mistake) of what is right by itself and wrong together."""
    yield from _same_addresses(config.desk)
    yield from _accounts(config.imap)
    delivery = config.delivery
    for key in ("host", "tls"):
        if delivery.transport == "smtp" and getattr(delivery, key) is None:
            yield f"[delivery] {key}", f'missing; transport = "smtp" needs it, e.g. {_EXAMPLE[key]}'
    accounts: list[tuple[str, Delivery | ImapAccount]] = [("[delivery]", delivery)]
    accounts += [("[[intake.imap]]", each) for each in config.imap]
    for place, account in accounts:
        if account.password_file and account.password_command:
            yield place, "password_file and password_command are both given; keep one"
    if config.files.object >= config.review.kinds["task"].claim:
        yield "[files] object", "not shorter than claim in [review.task], so that no file could go up in time"


_EXAMPLE = {"host": 'host = "mail.harbour.example"', "tls": 'tls = "starttls"'}


def _same_addresses(desk: Desk) -> Iterator[tuple[str, str]]:
    seen = {desk.address.lower(): "desk.address"}
    for kind, address in desk.addresses.items():
        if address.lower() in seen:
            yield f"[desk.addresses] {kind}", f"{address} is already {seen[address.lower()]}; leave this line out"
        seen[address.lower()] = f"desk.addresses.{kind}"
    if desk.operator.lower() in seen:
        yield "[desk] operator", f"{desk.operator} is the desk's own address; name one that a person reads"


def _accounts(accounts: tuple[ImapAccount, ...]) -> Iterator[tuple[str, str]]:
    names = [account.name for account in accounts]
    for account in accounts:
        if names.count(account.name) > 1:
            yield "[[intake.imap]] name", f'two mailboxes are called "{account.name}"; each needs its own name'
        if account.auth == "oauth2" and not account.token_command:
            yield (
                "[[intake.imap]] token_command",
                'missing; auth = "oauth2" needs it, e.g. token_command = ["oauth2-token"]',
            )
        if account.junk in (account.mailbox, account.done, account.oversize) or account.oversize == account.mailbox:
            yield "[[intake.imap]]", "mailbox, done, junk and oversize are four mailboxes; name four"
        if account.done == account.mailbox:
            yield "[[intake.imap]] done", f'"{account.done}" is the mailbox that is read; name another'
