"""The one table of options: sections are classes, options are their fields, each with kind, default and meaning.

`load` reads config.toml by it, `write` makes config.toml and docs/options.md of it, and everything else
takes the frozen values. A value decides nothing; passwords are never among them (see `secret`).
"""

# ruff: noqa: RUF009 - `option` returns a dataclass field, which is what the rule wants

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailproc.config import kind as of
from mailproc.config.kind import Kind
from mailproc.kinds.every import EVERY
from mailproc.review.member import Policy

PORTS = {  # RFC 8314 §7.3, RFC 6409 §3.1, RFC 9051 §11.1
    "intake.imap": {"implicit": 993, "starttls": 143, "none": 143},
    "delivery": {"implicit": 465, "starttls": 587, "none": 25},
}


@dataclass(frozen=True, slots=True)
class Option:
    """What is known of one key."""

    kind: Kind
    meaning: str
    default: object  # as TOML writes it; None: there is none
    example: object  # as TOML writes it, where there is no default
    required: bool


def option(
    kind: Kind,
    meaning: str,
    default: object = None,
    *,
    example: object = None,
    required: bool = False,
    shown: bool = True,
) -> Any:  # noqa: ANN401 - takes the type of the field it makes
    """A field that is an option. Without a default it is None (or empty) where config.toml is silent."""
    metadata = {"option": Option(kind, meaning, default, example, required)}
    if required:
        return field(metadata=metadata, repr=shown)
    value = None if default is None else kind.read(default)
    return field(default=value, metadata=metadata, repr=shown)


def addresses() -> Iterator[tuple[str, Option]]:
    """[desk.addresses]: each kind that may have one, and help; the Desk holds those that are given as a mapping."""
    for kind in EVERY:
        if kind.options.address:
            yield kind.name, Option(of.ADDRESS, kind.options.address, None, kind.options.example, required=False)
    helping = "For people who ask how to help; it answers with the guide."
    yield "help", Option(of.ADDRESS, helping, None, "help@harbour.example", required=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """[desk]: who we are."""

    name: str = option(of.TEXT, "The publication's name; letters come from it.", required=True)
    address: str = option(
        of.ADDRESS, "The general address; mail to it is sorted by its words. Letters come from it.", required=True
    )
    operator: str = option(of.ADDRESS, "Whom the desk tells when something needs a person.", required=True)
    timezone: ZoneInfo = option(of.ZONE, "Time zone of hours and dates in letters, and of the digest.", "UTC")
    language: str = option(of.LANGUAGE, "Language of letters: a folder of templates/.", "en")
    subaddressing: bool = option(
        of.SWITCH,
        "Whether mail to desk+anything@ reaches desk@ (RFC 5233 §4); answers then find their letter even when a mail "
        "program drops the threading fields.",
        default=True,
    )
    addresses: Mapping[str, str] = field(default_factory=dict)  # kind -> addr-spec, from [desk.addresses]


@dataclass(frozen=True, slots=True)
class Storage:
    """[storage]: where things lie. Relative paths count from the configuration's folder."""

    database: str = option(
        of.DATABASE, "The view of what happened.", "sqlite:///data/mailproc.db", shown=False
    )  # an URL may hold a password
    archive: Path = option(of.PATH, "Every message received and what was decided about it: the truth.", "data/archive")
    attachments: Path = option(of.PATH, "Attachments by their SHA-256.", "data/attachments")
    outbox: Path = option(of.PATH, "Every letter we wrote.", "outbox")
    published: Path = option(of.PATH, "What was approved, ready for the site.", "published")
    access: Path = option(
        of.PATH,
        "Who may come in, for the site's own server to ask (roster.json, htpasswd); never for it to serve.",
        "published/access",
    )
    rules: Path = option(of.PATH, "The rules that sort mail, and groups.toml.", "rules")
    templates: Path = option(of.PATH, "The wording of letters.", "templates")
    reserve: int = option(
        of.ROOM,
        "Free space that new mail may not use: below it mail is put off, and what is here can still be worked on. "
        "At least twice limits.message is kept in any case; 0 switches this off.",
        "256 MiB",
    )
    key: Path = option(
        of.PATH, "The key of all secrets, made at the first start; back it up with the rest.", "data/key"
    )


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """[[intake.imap]]: a mailbox that is polled; one section for each."""

    name: str = option(
        of.ACCOUNT, "Our name for the mailbox; keep it, it is in every source key.", example="main", required=True
    )
    host: str = option(of.TEXT, "The IMAP server.", example="mail.harbour.example", required=True)
    user: str = option(of.TEXT, "The login name.", example="desk@harbour.example", required=True)
    port: int = option(of.PORT, "Left out: 993 for implicit, else 143.", example=993)
    tls: str = option(of.choice("implicit", "starttls", "none"), "How the connection is encrypted.", "implicit")
    auth: str = option(
        of.choice("login", "oauth2"), "How we log in; oauth2 takes its token from token_command.", "login"
    )
    token_command: tuple[str, ...] | None = option(
        of.COMMAND,
        "Command that prints an OAuth2 access token; no shell runs it. It is asked again when the server refuses one.",
        example=["oauth2-token", "desk@harbour.example"],
        shown=False,
    )
    password_file: Path | None = option(
        of.PATH, "File whose first line is the password.", example="secrets/imap", shown=False
    )
    password_command: tuple[str, ...] | None = option(
        of.COMMAND, "Command that prints the password; no shell runs it.", example=["pass", "show", "desk"], shown=False
    )
    mailbox: str = option(of.TEXT, "The mailbox that is read.", "INBOX")
    done: str = option(of.TEXT, "Where messages are moved once they are safely kept.", "Processed")
    junk: str | None = option(of.TEXT, "The server's junk folder; mail that it put there is read too.", example="Junk")
    oversize: str = option(of.TEXT, "Where mail larger than limits.message is moved; its header is kept.", "Oversize")
    every: timedelta = option(of.INTERVAL, "How often it is polled.", "60s")
    idle: bool = option(of.SWITCH, "Whether the server may tell of new mail at once (IDLE).", default=True)
    timeout: timedelta = option(of.INTERVAL, "How long the server may stay silent.", "60s")
    deadline: timedelta = option(of.INTERVAL, "How long one message may take, however busily it comes.", "4m")

    def __post_init__(self) -> None:
        """The usual port where none is given."""
        object.__setattr__(self, "port", self.port or PORTS["intake.imap"][self.tls])

    @property
    def password_variable(self) -> str:
        """The environment variable that may hold the password."""
        return f"MAILPROC_INTAKE_IMAP_{self.name.upper().replace('-', '_')}_PASSWORD"


@dataclass(frozen=True, slots=True)
class Lmtp:
    """[intake.lmtp]: mail that a mail server hands over as it comes."""

    listen: str | None = option(
        of.LISTEN, "Where we listen; a place that only the mail server reaches.", example="127.0.0.1:8024"
    )
    connections: int = option(of.COUNT, "How many may be open at once; more are asked to come later (421).", 50)
    recipients: int = option(of.COUNT, "How many recipients one message may have; more are put off (452).", 100)
    idle: timedelta = option(of.INTERVAL, "How long the mail server may stay silent.", "5m")
    deadline: timedelta = option(of.INTERVAL, "How long one message may take, however busily it comes.", "10m")


@dataclass(frozen=True, slots=True)
class Delivery:
    """[delivery]: how letters leave. "folder" sends nothing: letters stay in the outbox, marked sent."""

    transport: str = option(of.choice("folder", "smtp"), "How letters leave.", "folder")
    host: str | None = option(of.TEXT, "The SMTP server; needed for smtp.", example="mail.harbour.example")
    port: int = option(of.PORT, "Left out: 465 for implicit, 587 for starttls, 25 for none.", example=587)
    tls: str | None = option(
        of.choice("implicit", "starttls", "none"),
        "How the connection is encrypted; needed for smtp.",
        example="starttls",
    )
    user: str | None = option(of.TEXT, "The login name, if the server wants one.", example="desk@harbour.example")
    password_file: Path | None = option(
        of.PATH, "File whose first line is the password.", example="secrets/smtp", shown=False
    )
    password_command: tuple[str, ...] | None = option(
        of.COMMAND, "Command that prints the password; no shell runs it.", example=["pass", "show", "desk"], shown=False
    )
    timeout: timedelta = option(of.INTERVAL, "How long the server may stay silent.", "60s")
    connections: int = option(of.COUNT, "How many letters may be on their way at once.", 4)
    per_domain: int = option(of.COUNT, "How many of them to one domain.", 2)
    tell_after: timedelta = option(of.INTERVAL, "The operator hears of a letter that has waited so long.", "4h")
    give_up: timedelta = option(of.INTERVAL, "Then we give up, and the operator hears of it.", "5d")
    hold_ambiguous: tuple[str, ...] = option(
        of.TEXTS,
        "Letters that wait for `mailproc outbox retry` when nobody can know whether they arrived, by audience "
        '("member") or template ("applicant/welcome"); the others are sent again, with the same Message-ID.',
        [],
    )

    def __post_init__(self) -> None:
        """The usual port where none is given; 0 for a folder."""
        object.__setattr__(self, "port", self.port or PORTS["delivery"].get(self.tls or "", 0))

    @property
    def password_variable(self) -> str:
        """The environment variable that may hold the password."""
        return "MAILPROC_DELIVERY_PASSWORD"


@dataclass(frozen=True, slots=True)
class KindPolicy:
    """[review.KIND]: what a decision on one kind needs, and how long its items wait."""

    approvals: int = option(of.COUNT, "Members who must approve; never more than may vote now.", 1)
    rejections: int = option(of.COUNT, "Members who must reject.", 1)
    veto: bool = option(of.SWITCH, "Whether one rejection stops an approval until it settles.", default=True)
    silence: timedelta | None = option(
        of.SILENCE,
        "What nobody objects to for so long is approved by itself: only authenticated mail, seen in the lists of two "
        "days, announced to every member the day before, three a day.",
        "",
    )
    remind: timedelta = option(of.INTERVAL, "Members are reminded of a waiting item this often.", "3d")
    hold: timedelta = option(of.INTERVAL, "An item put on hold comes back by itself after this.", "14d")
    lapse: timedelta = option(of.INTERVAL, "It ends by itself after this, and its author hears how to renew it.", "30d")
    claim: timedelta = option(of.INTERVAL, "Whoever claimed it has so long; then it passes on.", "7d")
    proof: bool = option(
        of.SWITCH, "Whether its author sees it as it will stand, and says yes, before it goes up.", default=False
    )
    proof_days: timedelta = option(of.INTERVAL, "The author of a proof has so long to answer it.", "7d")
    proof_silence: str = option(
        of.choice("publish", "hold"), "What becomes of it where no answer came: it goes up, or is on hold.", "hold"
    )

    @property
    def policy(self) -> Policy:
        """What the ballot needs of it."""
        return Policy(self.approvals, self.rejections, self.veto)


@dataclass(frozen=True, slots=True)
class Review:
    """[review]: how members decide."""

    digest: time = option(of.DAILY, "When members get the list of what waits, by desk.timezone.", "daily 08:00")
    quiet: str = option(
        of.SPAN,
        "Hours in which members get no letter that can wait, by their own clock; a member may name others, or none.",
        "",
    )
    ask: int = option(
        of.WHOLE, "Members an item is put before at first, those asked least recently; 0: all of them, always.", 0
    )
    fallback: str | None = option(
        of.ADDRESS,
        "The member who hears when nobody else answers, or nobody else can be asked. Left out: the operator.",
        example="cleo@harbour.example",
    )
    undo: timedelta = option(of.DURATION, 'Effects of a decision wait so long; "0s": until the next work.', "15m")
    trust: str = option(
        of.choice("authenticated", "step-up", "token"),
        "Whose replies decide: authenticated (the mail server's word or DKIM, else we ask back), step-up (we always "
        "ask back), token (the letter's secret alone; only for tests and closed systems).",
        "authenticated",
    )
    authserv_id: tuple[str, ...] = option(
        of.TEXTS, "Names under which our own mail server writes Authentication-Results (RFC 8601 §2.5).", []
    )
    received_by: tuple[str, ...] = option(
        of.TEXTS,
        "Names of our servers behind the one that writes Authentication-Results, as their Received fields say after "
        '"by" (a Dovecot that takes mail by LMTP, an inner relay); never that server itself, nor anybody else\'s.',
        [],
    )
    border: tuple[str, ...] = option(
        of.TEXTS,
        "Names of our mail servers that write Authentication-Results directly below their own Received field (Postfix "
        'with rspamd), as that field says after "by". Believed after `mailproc doctor --probe` has seen that they take '
        "others' fields of their name out.",
        [],
    )
    kinds: Mapping[str, KindPolicy] = field(default_factory=lambda: default_policies())  # noqa: PLW0108 - it stands below


@dataclass(frozen=True, slots=True)
class Membership:
    """[membership]: what people who ask to become members may do, and how many wait at once."""

    again: timedelta = option(
        of.DURATION,
        "Whoever was rejected may ask again after this, where the members named no day (`reject later until March`).",
        "90d",
    )
    appeal: timedelta = option(
        of.DURATION, 'So long a rejected applicant may appeal, once, to members who did not decide; "0s": never.', "14d"
    )
    waiting: int = option(
        of.WHOLE, "Requests that may wait at once; more are asked by letter to come later. 0: any number.", 0
    )


@dataclass(frozen=True, slots=True)
class Limits:
    """[limits]: what is too much. Sizes are in octets."""

    message: int = option(of.SIZE, "Of a larger mail only the header is kept; its sender hears of it.", "100 MB")
    attachment: int = option(of.SIZE, "A larger attachment is refused; the receipt says so.", "50 MB")
    show: int = option(
        of.ROOM,
        'Octets of attachments that the answers to one reply\'s "show" bring, in all; a large picture goes in a '
        "smaller size, and what does not fit is named. 0: none.",
        "10 MB",
    )
    letters_per_sender_per_day: int = option(of.COUNT, "Automatic letters to one address in a day.", 5)
    letters_to_strangers_per_day: int = option(
        of.WHOLE, "Automatic letters in a day to addresses never heard from before.", 200
    )
    letters_per_hour: int = option(of.COUNT, "All automatic letters in an hour; then they pause.", 1000)


@dataclass(frozen=True, slots=True)
class Files:
    """[files]: how the files of groups go up."""

    object: timedelta = option(
        of.INTERVAL, "The contributors to a file see how it is laid out, and may object for so long.", "3d"
    )
    package: int = option(
        of.SIZE,
        "Octets of a file's package that go in one letter to whoever puts it up; what is larger comes in several.",
        "15 MB",
    )
    stale: timedelta = option(
        of.INTERVAL,
        "What is looked for and brought nothing for so long, or whose date is over, becomes a task: whoever is on "
        "duty looks whether it holds.",
        "90d",
    )


def retention() -> Iterator[tuple[str, Option]]:
    """[retention]: how long mail is kept after its matter has ended; "" for ever. What is published stays."""
    meanings = {kind.name: kind.options.retention for kind in EVERY}
    meanings["machine"] = "Bounces, automatic mail, newsletters and spam."
    for name, meaning in meanings.items():
        yield name, Option(of.WAIT, meaning, "", None, required=False)


@dataclass(frozen=True, slots=True)
class Health:
    """[health]: when the desk calls for help."""

    poll_age: timedelta = option(of.INTERVAL, "A mailbox that was not polled for so long is trouble.", "30m")
    deliver_age: timedelta = option(of.INTERVAL, "A letter that could not leave for so long is trouble.", "4h")
    work_age: timedelta = option(of.INTERVAL, "A message that waits for its turn so long is trouble.", "1h")
    alarm_command: tuple[str, ...] | None = option(
        of.COMMAND,
        "Command that gets the alarm on standard input, for the day when mail itself is what fails; no shell runs it.",
        example=["notify", "harbour-desk"],
        shown=False,
    )


@dataclass(frozen=True, slots=True)
class Access:
    """[access]: what members need to come in to the site."""

    site: str | None = option(
        of.TEXT,
        "Where members log in, as letters say it in words; no letter holds a link into the web.",
        example="the members' pages of harbour.example",
    )
    valid: timedelta = option(
        of.INTERVAL, 'A one-time secret is good for so long; a member gets another with the word "access".', "7d"
    )
    hook: tuple[str, ...] | None = option(
        of.COMMAND,
        "Command that runs after each change of who may come in, at least once; no shell runs it, and no secret is "
        "handed to it. MAILPROC_KEY names the change, MAILPROC_ACCESS the folder.",
        example=["update-accounts"],
        shown=False,
    )


@dataclass(frozen=True, slots=True)
class Publish:
    """[publish]: where readers find what was put up."""

    url: str | None = option(
        of.WEB,
        "The address under which the web server shows storage.published. With it letters name the full address of a "
        "page, and feed.xml is written; without it they name its place in that folder.",
        example="https://harbour.example",
    )


@dataclass(frozen=True, slots=True)
class Section:
    """One [section] of config.toml."""

    name: str
    type: type[Any]
    repeated: bool = False  # [[...]]
    defaults: Mapping[str, object] = field(default_factory=dict)  # where they differ from the type's
    omitted: tuple[str, ...] = ()  # options of the type that mean nothing here
    keys: tuple[tuple[str, Option], ...] = ()  # instead of the type's: a mapping of these

    @property
    def header(self) -> str:
        """As it stands in the file."""
        return f"[[{self.name}]]" if self.repeated else f"[{self.name}]"

    def options(self) -> Iterator[tuple[str, Option]]:
        """Every key with what is known of it, in order."""
        yield from self.keys
        for each in () if self.keys else fields(self.type):
            known = each.metadata.get("option")
            if known is not None and each.name not in self.omitted:
                default = self.defaults.get(each.name, known.default)
                yield each.name, Option(known.kind, known.meaning, default, known.example, known.required)


SECTIONS = (
    Section("desk", Desk),
    Section("desk.addresses", dict, keys=tuple(addresses())),
    Section("storage", Storage),
    Section("intake.imap", ImapAccount, repeated=True),
    Section("intake.lmtp", Lmtp),
    Section("delivery", Delivery),
    Section("review", Review),
    *(
        Section(f"review.{each.name}", KindPolicy, defaults=each.options.policy, omitted=each.options.omitted)
        for each in EVERY
    ),
    Section("membership", Membership),
    Section("limits", Limits),
    Section("files", Files),
    Section("retention", dict, keys=tuple(retention())),
    Section("health", Health),
    Section("access", Access),
    Section("publish", Publish),
)


def default_policies() -> dict[str, KindPolicy]:
    """What [review.KIND] says where config.toml is silent."""
    chosen = [section for section in SECTIONS if section.type is KindPolicy]
    return {each.name.removeprefix("review."): KindPolicy(**_own(each)) for each in chosen}


def _own(section: Section) -> dict[str, Any]:
    """The values of a section's own defaults."""
    return {name: known.kind.read(known.default) for name, known in section.options() if name in section.defaults}


@dataclass(frozen=True, slots=True)
class Config:
    """A whole config.toml. Every path in it is absolute once it is loaded."""

    desk: Desk
    storage: Storage = Storage()
    imap: tuple[ImapAccount, ...] = ()
    lmtp: Lmtp = Lmtp()
    delivery: Delivery = Delivery()
    review: Review = field(default_factory=Review)
    membership: Membership = Membership()
    limits: Limits = Limits()
    files: Files = Files()
    retention: Mapping[str, timedelta] = field(default_factory=dict)  # kind, or machine -> how long it is kept
    health: Health = Health()
    access: Access = Access()
    publish: Publish = Publish()
    path: Path = Path("config.toml")

    @property
    def folder(self) -> Path:
        """The configuration's folder, from which relative paths count."""
        return self.path.parent
