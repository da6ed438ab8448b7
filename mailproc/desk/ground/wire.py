"""The desk at work: the books, and the rules, letters, key and parse child that a turn needs beside them.

`open_desk` gives a `Desk` and closes what it opened; whatever is wrong with the configuration, a rule or a template is
said before anything is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailproc.config import Config
from mailproc.config.carried import carried
from mailproc.config.folder import GROUPS_FILE, load_groups, load_needs, load_rules
from mailproc.desk.ground.books import Books, open_books
from mailproc.desk.ground.holder import Holder
from mailproc.desk.ground.key import Key, hold
from mailproc.dossier.needs import Need
from mailproc.errors import StoreError
from mailproc.inspect.dns import Dns
from mailproc.inspect.worker import Worker
from mailproc.letters.render import Letters
from mailproc.message.author.place import Trust
from mailproc.message.field.address import canonical, split_subaddress
from mailproc.message.model import Address
from mailproc.publish import files
from mailproc.review.member import Member
from mailproc.review.rota import Hours, span_of
from mailproc.sorting.rule import Rule
from mailproc.store.octets.disk import make_folder
from mailproc.workflow.group import Group
from mailproc.workflow.machine import Limits


def purposes(config: Config) -> dict[str, str]:
    """Our addresses, canonical, and what each is for; "desk" is the general one."""
    given = config.desk.addresses
    return {canonical(email): kind for kind, email in given.items()} | {canonical(config.desk.address): "desk"}


def is_ours(config: Config, email: str) -> bool:
    """One of our addresses, with or without a subaddress."""
    local, _, domain = split_subaddress(email)
    return canonical(f"{local}@{domain}") in purposes(config)


@dataclass(frozen=True, slots=True)
class Desk(Books):
    """Everything a turn needs."""

    rules: tuple[Rule, ...]
    seeds: tuple[Group, ...]  # the groups of rules/groups.toml
    letters: Letters
    held: Key
    worker: Worker
    holder: Holder  # of what this desk has claimed and not finished
    dns: Dns = field(default_factory=Dns)
    needs: tuple[Need, ...] = ()  # what files may need, by rules/groups.toml

    @property
    def key(self) -> bytes:
        """The key of all secrets. Raises StoreError where it is gone, damaged or another's."""
        return self.held.needed()

    @property
    def domain(self) -> str:
        """The domain of our Message-IDs: that of the desk's address."""
        return self.config.desk.address.rpartition("@")[2]

    @property
    def loop_mark(self) -> str:
        """What marks our letters as ours, and no other desk's: it names the desk, not a secret."""
        return self.config.desk.address

    @property
    def trust(self) -> Trust:
        """Whose word on identity counts."""
        review, ours = self.config.review, (self.config.desk.address, *self.config.desk.addresses.values())
        return Trust(review.authserv_id, review.received_by, ours, review.border)

    @property
    def operator(self) -> Address:
        """Whom the desk tells when something needs a person."""
        return Address("", self.config.desk.operator)

    @property
    def purposes(self) -> dict[str, str]:
        """Our addresses, canonical, and what each is for; "desk" is the general one."""
        return purposes(self.config)

    def is_ours(self, email: str) -> bool:
        """One of our addresses, with or without a subaddress."""
        return is_ours(self.config, email)

    def sender(self, forward_paths: Sequence[str]) -> Address:
        """From whom a letter comes: the address that was written to, as we spell it, else the desk's."""
        ours = {canonical(email): email for email in self.config.desk.addresses.values()}
        for path in forward_paths:
            local, _, domain = split_subaddress(path)
            if email := ours.get(canonical(f"{local}@{domain}")):
                return Address(self.config.desk.name, email)
        return Address(self.config.desk.name, self.config.desk.address)

    def token(self, cause: int, template: str, to: str) -> str:
        """The secret and name of a letter; a rebuild gives the same (design §4 "Ids and secrets")."""
        return self.held.secret(cause, template, to)

    def reply_address(self, token: str) -> str:
        """Where an answer to a letter goes: the desk's address with the letter's secret as subaddress."""
        return self._subaddress(token)

    def bounce_address(self, token: str) -> str:
        """The reverse-path of a letter: it names the letter, and gives no power."""
        return self._subaddress(f"b-{token}")

    def _subaddress(self, tag: str) -> str:
        local, _, domain = self.config.desk.address.rpartition("@")
        return f"{local}+{tag}@{domain}" if self.config.desk.subaddressing else self.config.desk.address

    def groups(self, rows: Sequence[Group]) -> tuple[Group, ...]:
        """The group files: names and needs from rules/groups.toml, states and additions from messages."""
        known = {group.name.casefold(): group for group in rows}
        seeded = [_merged(seed, known.pop(seed.name.casefold(), seed)) for seed in self.seeds]
        return (*seeded, *known.values())

    def group(self, rows: Sequence[Group], name: str) -> Group | None:
        """The group file of this name, else the first that has it as an alias; in any case."""
        known, wanted = self.groups(rows), name.strip().casefold()
        by_name = (group for group in known if group.name.casefold() == wanted)
        by_alias = (group for group in known if wanted in map(str.casefold, group.aliases))
        return next(chain(by_name, by_alias), None)

    def hours(self, member: Member) -> Hours:
        """The member's day: their own wishes, else the desk's."""
        review = self.config.review
        quiet = span_of(member.quiet or review.quiet)
        return Hours(self.zone(member), member.hour or review.digest, quiet)

    def zone(self, member: Member) -> ZoneInfo:
        """The member's time zone; the desk's, too, where this machine does not know theirs."""
        with suppress(ZoneInfoNotFoundError, OSError, ValueError):
            return ZoneInfo(member.timezone) if member.timezone else self.config.desk.timezone
        return self.config.desk.timezone

    def limits(self, kind: str) -> Limits:
        """How long an item of this kind may wait."""
        policy = self.config.review.kinds[kind]
        return Limits(policy.remind, policy.hold, policy.lapse, policy.claim, policy.proof_days)


def _merged(seed: Group, row: Group) -> Group:
    """A group of the file with what messages said of it since."""
    aliases = tuple(dict.fromkeys((*seed.aliases, *row.aliases)))
    domains = tuple(dict.fromkeys((*seed.domains, *row.domains)))
    return replace(row, name=seed.name, aliases=aliases, needs=row.needs or seed.needs, domains=domains)


@contextmanager
def open_desk(config: Config, now: Callable[[], datetime] | None = None, *, looks: bool = False) -> Iterator[Desk]:
    """The desk of a configuration. Raises ConfigError or StoreError, each with its cure.

    `looks`: for who writes no letter and reads no answer; it opens without a key that is right (`Desk.held`).
    """
    storage = config.storage
    rules, seeds = load_rules(storage.rules), load_groups(storage.rules / GROUPS_FILE)
    needs = load_needs(storage.rules / GROUPS_FILE, carried() / "rules" / GROUPS_FILE)
    site, home = config.publish.url or "", config.desk.language
    letters = Letters(storage.templates, carried() / "templates", home=home, site=site)  # others: of a newer release
    letters.compile(config.desk.language)
    for folder in (storage.archive, storage.attachments, storage.outbox):
        _make_folder(folder)
    with _named(storage.published):
        files.make_folder(storage.published)
    with open_books(config, now) as books:
        held = hold(books)
        if not looks:
            held.needed()
        with Holder(books) as holder, Worker() as worker:
            yield Desk(config, books.engine, books.now, rules, seeds, letters, held, worker, holder, needs=needs)


def _make_folder(folder: Path) -> None:
    with _named(folder):
        make_folder(folder)


@contextmanager
def _named(folder: Path) -> Iterator[None]:
    """What the disk refuses, with its cure."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"{folder}: {error.strerror}; make the folder writable or name another in [storage]"
        ) from error
