"""Commands that look after the whole: rebuild, verify, mend, reconcile, publish.

The archive is the truth and the database a view (design §2): these make the view anew, and say where the two
differ. Exit 1 where something was found, with its cure; 2 where a rebuild would overwrite.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from mailproc.cli.desk import opened, progress
from mailproc.cli.say import out, print_json
from mailproc.config import load
from mailproc.desk.keep.flaw import Flaw
from mailproc.desk.keep.mend import Mended
from mailproc.desk.keep.mend import mend as put_back
from mailproc.desk.keep.rebuild import Rebuilt, received_numbers
from mailproc.desk.keep.rebuild import rebuild as make_anew
from mailproc.desk.keep.reconcile import Reconciled
from mailproc.desk.keep.reconcile import reconcile as compare
from mailproc.desk.keep.verify import verify as look
from mailproc.desk.page import whole
from mailproc.desk.watch.afresh import otherwise
from mailproc.errors import UsageError
from mailproc.store.database import open_database

SOME = 10  # missing sequences that are named


def rebuild(options: argparse.Namespace) -> int:
    """The database anew, or what the rules would say today; 1 if entries are missing or letters may not have left."""
    if options.afresh:
        if options.database:
            raise UsageError("rebuild: --afresh writes nothing, so it takes no --database; leave one of them out")
        return _afresh(options)
    config = load(options.config)
    engine = open_database(options.database or config.storage.database, config.folder)
    try:
        with progress("rebuilding", len(received_numbers(config))) as advance:
            came = make_anew(config, engine, advance)
    finally:
        engine.dispose()
    if options.json:
        print_json(asdict(came))
    else:
        _print_rebuilt(came)
    if came.lost:
        more = " ..." if len(came.lost) > SOME else ""
        gaps = f"{len(came.lost)} entries are missing (sequences {', '.join(map(str, came.lost[:SOME]))}{more})"
        cure = "move the database away, `mailproc mend FILE` takes them from a backup, then rebuild once more"
        print(f"mailproc: {gaps}; {cure}", file=sys.stderr)
    if came.key:
        print(f"mailproc: {came.key}", file=sys.stderr)
    return 1 if came.lost or came.key else 0


def _print_rebuilt(came: Rebuilt) -> None:
    print(f"{came.messages} messages, {came.applied} entries applied; {came.sent} letters had left.")
    if came.unconfirmed:
        print(
            f"{len(came.unconfirmed)} letters may not have left and wait for you: `mailproc outbox list --state "
            "unconfirmed` shows them, `mailproc outbox retry ID` sends one, `mailproc outbox cancel ID` gives it up"
        )
    rest = {"wait for their turn": came.waiting, "are stuck": came.stuck, "are copies": came.copies}
    for name, numbers in rest.items():
        if numbers:
            print(f"{len(numbers)} messages {name}: {', '.join(map(str, numbers[:20]))}")


def _afresh(options: argparse.Namespace) -> int:
    with opened(options, looks=True) as desk:
        with progress("sorting", len(received_numbers(desk.config))) as advance:
            found = otherwise(desk, advance)
        if options.json:
            print_json([asdict(each) for each in found])
            return 0
        for each in found:
            out.print(f"{each.number} {each.subject}: {each.was} -> {each.would_be}", markup=False)
        if not found:
            print("Today's rules would sort every mail as it was sorted.")
    return 0


def verify(options: argparse.Namespace) -> int:
    """Whether all agree; 1 if not."""
    with opened(options, lost=True, looks=True) as desk:
        with progress("verifying") as advance:
            report = look(desk, advance)
        if options.json:
            print_json([_shape(each) for each in report.findings])
        else:
            _print_findings(report.findings)
            left = f"; {report.leftovers} files are leftovers of interrupted work" if report.leftovers else ""
            print(
                f"{report.messages} messages, {report.entries} entries, {report.letters} letters, "
                f"{report.attachments} attachments and {report.works} published works looked at: "
                f"{len(report.findings)} findings{left}."
            )
    return 1 if report.findings else 0


def mend(options: argparse.Namespace) -> int:
    """Put back what can be had; 1 if something is left."""
    with opened(options, lost=True, looks=True) as desk:
        with progress("mending") as advance:
            came = put_back(desk, options.files, advance)
        if options.json:
            back = [{"file": str(path), "from": where} for path, where in came.back]
            print_json({"back": back, "then": came.then, "findings": [_shape(each) for each in came.left]})
        else:
            _print_mended(came)
    return 1 if came.left else 0


def _print_mended(came: Mended) -> None:
    for path, where in came.back:
        out.print(f"{path}: put back from {where}", markup=False)
    for command in came.then:
        out.print(f"it had stopped what needs it; `{command}` lets that go on", markup=False)
    _print_findings(came.left)
    print(f"{len(came.back)} put back, {len(came.left)} findings left.")


def reconcile(options: argparse.Namespace) -> int:
    """Whether every message is accounted for; 1 if not."""
    with opened(options, looks=True) as desk:
        with progress("comparing"):
            came = compare(desk)
        if options.json:
            print_json(asdict(came) | {"findings": [_shape(each) for each in came.findings]})
        else:
            _print_reconciled(came, any_account=bool(desk.config.imap))
            _print_findings(came.findings)
    return 1 if came.findings else 0


def _print_reconciled(came: Reconciled, *, any_account: bool) -> None:
    for each in came.mailboxes:
        waits = f"; {each.to_be_moved} received, to be moved by the next poll" if each.to_be_moved else ""
        twice = f"; {each.copies} are second copies, which a poll that died may leave" if each.copies else ""
        words = f"{each.there} in the mailbox, {each.accounted} accounted for{waits}{twice}"
        out.print(f"{each.account}, {each.mailbox}: {words}", markup=False)
    if not any_account:
        print("No mailbox is configured ([[intake.imap]]); only the sums here are compared.")
    states = " + ".join(f"{number} {state}" for state, number in sorted(came.states.items())) or "nothing yet"
    print(f"{came.received} received = {states}; {came.on_disk} mails in the archive")


def publish(options: argparse.Namespace) -> int:
    """Put everything up again; 1 if some work could not be."""
    with opened(options, looks=True) as desk:
        root = options.to.resolve() if options.to else desk.config.storage.published
        with progress("publishing") as advance:
            came = whole.publish_all(desk, root, advance)
        if options.json:
            print_json(asdict(came))
        else:
            print(f"{len(came.written)} written, {came.unchanged} stood there right, in {root}.")
        for line in came.refused:
            print(f"mailproc: {line}", file=sys.stderr)
    return 1 if came.refused else 0


def _print_findings(findings: Sequence[Flaw]) -> None:
    for each in findings:
        out.print(f"{each.slug}: {each.where}; {each.cure}", markup=False)


def _shape(found: Flaw) -> dict[str, object]:
    shape: dict[str, object] = {"finding": found.slug, "where": found.where, "cure": found.cure}
    return shape if found.number is None else shape | {"number": found.number}
