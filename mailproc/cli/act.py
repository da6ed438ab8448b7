"""Commands that put something in: receive, decide, digest, members, groups, pause, resume, retry, cancel.

What they ask for arrives at the desk as a message of the operator and has had its turn when they return.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mailproc import times
from mailproc.cli import shape
from mailproc.cli.arguments import known
from mailproc.cli.desk import opened, operator_source
from mailproc.cli.look import files as look
from mailproc.cli.say import out, print_json
from mailproc.config import load
from mailproc.config.kind import ADDRESS
from mailproc.delivery import smtp
from mailproc.desk.carry import poll as intake
from mailproc.desk.carry.deliver import server_of
from mailproc.desk.file import contents
from mailproc.desk.ground import key
from mailproc.desk.ground.books import refuse_lost
from mailproc.desk.ground.wire import Desk, open_desk
from mailproc.desk.serve.process import adopt_all, enter
from mailproc.desk.watch.preview import preview
from mailproc.errors import MailprocError, NotAMember, UnknownReference, UsageError
from mailproc.letters.contents import Contents
from mailproc.message.field.address import reachable
from mailproc.message.model import Envelope
from mailproc.message.parse import parse
from mailproc.review.member import Member
from mailproc.store.database import reading, writing
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.octets import archive
from mailproc.store.people import members as member_rows
from mailproc.store.service import switches
from mailproc.store.work import groups as group_rows
from mailproc.workflow.entry import Entry
from mailproc.workflow.group import DOMAIN, STATES, Group
from mailproc.workflow.outgoing import STATES as OUTGOING_STATES
from mailproc.workflow.outgoing import Outgoing

LOOKS = frozenset({"list", "show"})


def receive(options: argparse.Namespace) -> int:
    """Keep mails; one number a line."""
    with opened(options) as desk:
        envelope = None
        if options.reverse_path is not None or options.forward_paths:
            envelope = Envelope(options.reverse_path, tuple(options.forward_paths or ()))
        adopt_all(desk)
        numbers = intake.take_files(desk, [Path(file) for file in options.files], envelope)
        if options.json:
            with reading(desk.engine) as conn:
                print_json([shape.received(row) for n in numbers if (row := rows.get(conn, n))])
        else:
            sys.stdout.writelines(f"{number}\n" for number in numbers)
    return 0


def _say(desk: Desk, *words: str) -> Entry:
    """Give the desk an operator's line; the entry that came of it. Raises MailprocError if it was not done."""
    number = enter(desk, operator_source(), shlex.join(words))
    entry = archive.read_entry(desk.archive, number)
    if entry is None:
        with reading(desk.engine) as conn:
            row = rows.get(conn, number)
        why = row.error if row and row.error else "another process has it"
        raise MailprocError(f"not done yet: {why}; it is message {number}, and the next `mailproc work` tries it again")
    return entry


def decide(options: argparse.Namespace) -> int:
    """Do what a member told the operator, and print the transcript."""
    with opened(options) as desk:
        with reading(desk.engine) as conn:
            if member_rows.get(conn, options.member) is None:
                raise NotAMember(f"{options.member}: not a member; `mailproc members list` shows who is")
        entry = _say(desk, "decide", options.member, options.words)
        transcript = next((each for each in entry.letters if each.template == "member/transcript"), None)
        for letter in entry.letters:
            if letter.to == (transcript.to if transcript else letter.to) and letter.template.startswith("member/"):
                print(parse((desk.outbox / letter.path).read_bytes())[0].text.rstrip("\n"))
        return 0 if entry.reason == "all-done" else 1


def digest(options: argparse.Namespace) -> int:
    """Queue or print the members' digests."""
    with opened(options) as desk:
        with reading(desk.engine) as conn:
            if options.to and member_rows.get(conn, options.to) is None:
                raise NotAMember(f"{options.to}: not a member; `mailproc members list` shows who is")
        if options.dry_run:
            for text in preview(desk, options.to):
                print(text)
            return 0
        if not options.now:
            raise UsageError(
                "digest: say --now to queue it, or --dry-run to see it; by the clock, `mailproc remind` does it"
            )
        entry = _say(desk, "digest", *([options.to] if options.to else []))
        for letter in entry.letters:
            print(f"{letter.to}: {letter.subject}")
        if not entry.letters:
            print("Nothing waits for anybody.", file=sys.stderr)
        return 0


def members(options: argparse.Namespace) -> int:
    """List members, or change who they are."""
    with opened(options, looks=options.what in LOOKS) as desk:
        if options.what != "list":
            _change_member(desk, options)
        with reading(desk.engine) as conn:
            everybody = member_rows.every(conn)
        if options.json:
            print_json([shape.member(each) for each in everybody])
        elif options.what == "list":
            for each in everybody:
                out.print(f"{each.email:<36} {each.state:<10} {each.name}{_wishes(each)}")
            if not everybody:
                print("No members yet; `mailproc members add EMAIL` invites one.", file=sys.stderr)
    return 0


def _wishes(member: Member) -> str:
    """What a member has said of themselves, behind the name: ` (away until 2026-11-27T00:00:00Z, at once)`."""
    said = [
        f"until {shape.moment(member.away_until)}" if member.away_until else "",
        f"because of {member.why}" if member.why else "",
        f"leaves {shape.moment(member.leaves_at)}" if member.leaves_at else "",
        f"stand-in {member.stand_in}" if member.stand_in else "",
        member.schedule if member.schedule != "daily" else "",
        f"daily {member.hour:%H:%M}" if member.hour else "",
        member.timezone,
        f"quiet {member.quiet}" if member.quiet else "",
        "silent" if member.silent else "",
        f"not for {', '.join(member.not_for)}" if member.not_for else "",
        f"asked for {', '.join(member.topics)}" if member.topics else "",
    ]
    return f" ({', '.join(each for each in said if each)})" if any(said) else ""


def _change_member(desk: Desk, options: argparse.Namespace) -> None:
    email = _address(options.email, f"members {options.what}")
    if desk.is_ours(email):
        raise UsageError(f"members {options.what}: {email} is the desk's own address; name a person's")
    if options.what == "add":
        state = "active" if options.confirmed else "invited"
        entry = _say(desk, "invite", email, options.name or "", state)
        if entry.reason:
            raise MailprocError(f"{email}: is a member or invited already; `mailproc members list` shows them")
        _tell_if_out_of_reach(desk, email)
        return
    with reading(desk.engine) as conn:
        if member_rows.get(conn, email) is None:
            raise NotAMember(f"{email}: not a member; `mailproc members list` shows who is")
    pairs = [f"name={options.name}"] if options.name is not None else []
    pairs += [f"address={_address(options.address, 'members change --address')}"] if options.address else []
    pairs += [options.reason] if options.reason and options.what in {"suspend", "resume", "remove"} else []
    if options.what == "change" and not pairs:
        raise UsageError("members change: say what changes, --name NAME or --address EMAIL")
    if _say(desk, options.what, email, *pairs).reason:
        raise MailprocError(f"{email}: {options.what} changes nothing; `mailproc members list` shows their state")
    if options.address:
        _tell_if_out_of_reach(desk, options.address)


def _tell_if_out_of_reach(desk: Desk, email: str) -> None:
    """Say at once what the next mail server does with an address that is not ASCII (RFC 6531 §3.2)."""
    if reachable(email).isascii():
        return
    if desk.config.delivery.transport == "folder":
        why = "its letters need a mail server that offers SMTPUTF8 (RFC 6531 §3.2)"
    else:
        why = smtp.lacks_smtputf8(server_of(desk.config))
    if why:
        print(f"{email}: cannot be reached: {why}, or write to this person elsewhere", file=sys.stderr)


def _address(email: str | None, where: str) -> str:
    try:
        return str(ADDRESS.read(email))
    except ValueError as error:
        raise UsageError(
            f"{where}: {email or 'nothing'} is not an address; write one like ana@harbour.example"
        ) from error


def groups(options: argparse.Namespace) -> int:
    """List group files, or add and change them."""
    if options.what != "list" and not options.name:
        raise UsageError(f"groups {options.what}: name the organisation; `mailproc groups list` shows them")
    with opened(options, looks=options.what in LOOKS) as desk:
        if options.what in {"add", "change"}:
            _change_group(desk, options)
        known = _groups(desk)
        if options.what == "show":
            known = [_group(known, options.name)]
        found = _contents(desk, known)
        if options.json:
            whole = options.what == "show"
            print_json(shape.whole_group(found[0]) if whole else [shape.group(each) for each in found])
        elif options.what in LOOKS:
            for each in found:
                look.print_file(each, whole=options.what == "show")
    return 0


def _contents(desk: Desk, known: Sequence[Group]) -> list[Contents]:
    with reading(desk.engine) as conn:
        return [contents.contents(conn, desk, each) for each in known]


def _groups(desk: Desk) -> list[Group]:
    with reading(desk.engine) as conn:
        return list(desk.groups(group_rows.every(conn)))


def _group(known: list[Group], name: str) -> Group:
    wanted = name.casefold()
    for each in known:
        if wanted in (each.name.casefold(), *map(str.casefold, each.aliases)):
            return each
    raise UnknownReference(f"{name}: there is no such group file; `mailproc groups list` shows them")


def _change_group(desk: Desk, options: argparse.Namespace) -> None:
    if options.state is not None and options.state not in STATES:
        raise UsageError(f"groups: {options.state} is no state; known: {', '.join(STATES)}")
    for domain in options.domain or ():
        if not DOMAIN.fullmatch(domain):
            raise UsageError(f"groups: {domain} is no domain; write for example --domain nps.example")
    known = [each.name.casefold() for each in _groups(desk)]
    if options.what == "add" and options.name.casefold() in known:
        raise MailprocError(f"{options.name}: there is such a group file already; `groups change` changes it")
    name = options.name if options.what == "add" else _group(_groups(desk), options.name).name
    pairs = ["aliases=" + "\n".join(options.alias)] if options.alias else []
    pairs += ["needs=" + "\n".join(options.need)] if options.need else []
    pairs += [f"state={options.state}"] if options.state else []
    pairs += ["domains=" + "\n".join(options.domain).casefold()] if options.domain else []
    _say(desk, "group", name, *pairs)


def switch(options: argparse.Namespace) -> int:
    """A message of the operator, like every other change."""
    with opened(options) as desk:
        adopt_all(desk)
        number = enter(desk, operator_source(), shlex.join(["desk", options.command, options.what]))
        with reading(desk.engine) as conn:
            paused = switches.paused(conn, options.what)
    if paused != (options.command == "pause"):
        print(f"mailproc: not done yet; it is message {number}, `mailproc work` tries it again", file=sys.stderr)
        return 1
    state = f"paused; `mailproc resume {options.what}` lets it go on" if paused else "not paused"
    print(f"{options.what}: {state}", file=sys.stderr)
    return 0


def new_key(options: argparse.Namespace) -> None:
    """Another key in the place of one that is lost; whoever dies in between says it again. Raises MailprocError."""
    with open_desk(load(options.config), looks=True) as desk:
        refuse_lost(desk)
        held, aside = key.make_anew(desk)
        renewing = replace(desk, held=held)
        adopt_all(renewing)
        if _say(renewing, "key", held.fingerprint).reason:
            raise MailprocError(f"{held.path}: a service that runs has the old key; stop it, then say this again")
    lies = f"; what lay there is {aside} now" if aside else ""
    lines = (
        f"{held.path}: a new key{lies}.",
        "Replies to letters sent until now do nothing; who sends one is told so and gets a fresh letter.",
        "The next digests list everything that waits once more; `mailproc digest --now` writes them at once.",
        "A backup has no use without its key: make one now, `mailproc backup FILE`.",
    )
    print("\n".join(lines), file=sys.stderr)


def confirm_clock(options: argparse.Namespace) -> int:
    """The operator says that the machine's clock is right, and names the day; the message that says so has its time."""
    with opened(options) as desk:
        doubt = desk.doubt
        if doubt is None:
            raise UsageError("clock confirm: the desk believes this machine's clock; there is nothing to confirm")
        says = f"{doubt.says:%Y-%m-%d}"
        if options.day != says:
            wrong = f"this machine's clock says {says}, not {options.day}; set the clock, or name the day that it says"
            raise UsageError(f"clock confirm: {wrong if options.day else 'name the day that it is, as 2026-11-30'}")
        adopt_all(desk)
        number = enter(desk, operator_source(), f"clock {times.stamp(doubt.says)}", doubt.says)
        if desk.doubt:
            print(f"mailproc: not done yet; it is message {number}, `mailproc work` tries it again", file=sys.stderr)
            return 1
    print(f"The clock is right: {times.minute(doubt.says)}. What waits for its time goes on.", file=sys.stderr)
    return 0


def retry_received(options: argparse.Namespace) -> int:
    """One stuck message back into the queue, or all of them; the one change that no message asks for."""
    with opened(options) as desk, writing(desk.engine) as conn:
        numbers = [row.number for row in rows.every(conn, "stuck")] if options.number is None else [options.number]
        for each in numbers:
            if not rows.retry(conn, each):
                raise UnknownReference(f"{each}: not stuck; `mailproc received list --state stuck` shows which are")
            archive.unmark_stuck(desk.archive, each)
    print(f"{len(numbers)} messages wait again; `mailproc work` serves them.", file=sys.stderr)
    return 0


def tell_letters(options: argparse.Namespace) -> int:
    """A letter tried again or called back; or, after a long outage, all letters in a state tried again."""
    known(options.state, OUTGOING_STATES, "state")
    if not options.id and not (options.what == "retry" and options.state):
        raise UsageError(f"outbox {options.what}: which letter? `mailproc outbox list` shows their ids")
    with opened(options) as desk:
        return _one_letter(desk, options) if options.id else _letters_in(desk, options.state)


def _one_letter(desk: Desk, options: argparse.Namespace) -> int:
    with reading(desk.engine) as conn:
        letter = outgoing.get(conn, options.id)
    if letter is None:
        raise UnknownReference(f"{options.id}: there is no such letter; `mailproc outbox list` shows them")
    if not _told(desk, letter, options.what):
        what = {"retry": "tried again", "cancel": "called back"}[options.what]
        raise MailprocError(f"{letter.id}: it is {letter.state}; only a letter that has not left can be {what}")
    return 0


def _letters_in(desk: Desk, state: str) -> int:
    """1 if one of them cannot be tried again."""
    with reading(desk.engine) as conn:
        found = outgoing.every(conn, state)
    again = sum(_told(desk, letter, "retry") for letter in found)
    print(f"{again} of {len(found)} letters wait again; `mailproc deliver` sends them.", file=sys.stderr)
    return 0 if again == len(found) else 1


def _told(desk: Desk, letter: Outgoing, what: str) -> bool:
    """Whether the operator's word on a letter changed anything."""
    enter(desk, operator_source(), f"letter {letter.id} {what}")
    with reading(desk.engine) as conn:
        after = outgoing.get(conn, letter.id)
    return after is not None and after.state != letter.state
