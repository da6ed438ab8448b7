"""Who may come in to the site: the files for its server, made of rows alone, and the operator's command after a change.

They are written at the end of every pass over the queue, also while publishing is paused: whoever leaves, is suspended
or removed is out in the pass that says so, and a secret whose time is over is out in the next. A secret is computed
from the key and its letter's row, hashed, and forgotten; one that another key made is good for nothing, and its line
goes. The command runs after the files, once for each change at least: what it was told last is a row of the service's
own, so a rebuilt desk tells it all again, and the key of a change is the same each time. One that fails is tried again
a minute later; `health` tells of it. Raises StoreError where disk or database refuse.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from mailproc.desk.ground.lease import held
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.examine import Examined
from mailproc.letters.catalogue import CARRIERS
from mailproc.message.blank import WORD, words_in, words_in_octets
from mailproc.message.blank import covered as cover
from mailproc.publish import hook
from mailproc.publish.access import Entry, Secret, files, write
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.octets import disk
from mailproc.store.people import access, members
from mailproc.store.people.access import Given, Told
from mailproc.store.service import pulses
from mailproc.store.work import attachments
from mailproc.workflow.access import ENTITLED, reference, user_name

HOOK = pulses.ACCESS_HOOK  # the lease, too
AT_ONCE = 20  # changes told in one pass: the mails that come meanwhile do not wait for all
PAUSE = timedelta(minutes=1)  # before a command that failed runs again
LONGEST = 1 << 20  # octets of a file in which a letter of ours may be
GIVEN, OVER, ENDED = "given", "over", "ended"  # what a command is told of a secret: its time may be over, or its member


def write_access(desk: Desk) -> None:
    """The files as they should stand now, then the command for what changed. A desk without members has none."""
    folder = desk.config.storage.access
    if folder.is_dir() or entries(desk):
        write(folder, lambda: entries(desk))
        _tell(desk)


def access_files(desk: Desk) -> dict[str, bytes]:
    """The octets of the files, by name, as they should stand now."""
    return dict(files(entries(desk)))


def entries(desk: Desk) -> list[Entry]:
    """Everybody who has access, by address, with the secret that lets them in."""
    with reading(desk.engine) as conn:
        given = {each.member: each for each in access.every(conn)}
        entitled = sorted((each for each in members.every(conn) if each.state in ENTITLED), key=lambda each: each.email)
        return [
            Entry(
                user=user_name(member.email),
                email=member.email,
                name=member.name,
                state=member.state,
                since=member.since,
                secret=_secret(conn, desk, given.get(member.email)),
            )
            for member in entitled
        ]


def _secret(conn: Connection, desk: Desk, given: Given | None) -> Secret | None:
    letter = outgoing.get(conn, given.letter) if given else None
    if given is None or letter is None or given.expires_at <= desk.now() or not desk.held.wrote(letter):
        return None
    return Secret(
        desk.held.of_access(given.cause, letter.to),
        desk.held.salt_of_access(given.cause, letter.to),
        given.expires_at,
        reference(given.cause, given.letter),
    )


# A secret that comes back


def covered(desk: Desk, seen: Examined) -> Examined:
    """A mail that quotes a letter of ours is read with our secrets covered, so that nothing made of it holds one.

    Its octets are kept as they came; so the secrets in it are spent (`accessing.came_back`), also where the letter came
    with it as a file or in a forwarded mail, whose words are not ours to change.
    """
    words = words_in(seen.message) | _beside(desk, seen)
    if not words:
        return seen
    with reading(desk.engine) as conn:
        letters = outgoing.of_templates(conn, CARRIERS)
    secrets = {desk.held.of_access(letter.cause, letter.to): letter.id for letter in letters}
    spent = {word: secrets[word] for word in words & secrets.keys()}
    return replace(seen, message=cover(seen.message, frozenset(spent)), spent=frozenset(spent.values()))


def _beside(desk: Desk, seen: Examined) -> frozenset[str]:
    """What may be a secret of ours in what came with a mail: files no longer than letters are, and names."""
    files = (each.attachment for each in seen.kept if each.state == "kept")
    names = " ".join((seen.message.from_shown, *(each.name for each in seen.message.attachments)))
    found = set(WORD.findall(names))
    for file in files:
        path = attachments.path_of(desk.config.storage.attachments, file.sha256)
        if file.size <= LONGEST and path is not None:
            with disk.refusals(path):
                found |= words_in_octets(path.read_bytes())
    return frozenset(found)


# The operator's command


def _tell(desk: Desk) -> None:
    """One call for each change that it was not told, until one fails; one process at a time."""
    command = desk.config.access.hook
    if command is None or not _due(desk):
        return
    with held(desk, HOOK) as lease:
        for given, change in _due(desk) if lease else ():
            called = reference(given.cause, given.letter)
            folder = str(desk.config.storage.access)
            said = {"MAILPROC_KEY": f"{called}-{change}", "MAILPROC_CHANGE": change, "MAILPROC_ACCESS": folder}
            why = hook.run(command, said)
            with writing(desk.engine) as conn:
                known = access.told(conn).get(given.letter)
                last = change if not why else known.change if known else ""
                access.tell(conn, Told(given.letter, last, desk.now()))
                if why:
                    pulses.fail(conn, HOOK, desk.now(), why)
                    return
                pulses.beat(conn, HOOK, desk.now())


def _due(desk: Desk) -> list[tuple[Given, str]]:
    """What it was not told yet, ends before beginnings; nothing in the minute after it failed."""
    with reading(desk.engine) as conn:
        known = access.told(conn)
        pulse = pulses.get(conn, HOOK)
        if pulse.trouble and any(desk.now() - each.tried_at < PAUSE for each in known.values()):
            return []
        every = [(each, _change(each, desk.now())) for each in access.ever(conn)]
    due = [each for each in every if each[0].letter not in known or known[each[0].letter].change != each[1]]
    return sorted(due, key=lambda each: (each[1] == GIVEN, each[0].cause, each[0].letter))[:AT_ONCE]


def _change(given: Given, now: datetime) -> str:
    if given.ended_at is not None:
        return ENDED
    return OVER if given.expires_at <= now else GIVEN
