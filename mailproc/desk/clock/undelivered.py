"""Letters that did not arrive: bounces of ours, letters that wait too long, and the operator's word about both.

A bounce counts only if it came to the address that names a letter (`desk+b-TOKEN@`), the letter was tried, and the
report names its recipient as failed (catalogue S22); everything else is kept and changes nothing. No bounce is
answered. The operator hears at most once an hour, of everything together, and never of their own notices.
What became of a letter is written into entries here, so that a rebuild knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from mailproc import times
from mailproc.desk.clock import probing
from mailproc.desk.ground.key import TOKEN_LENGTH
from mailproc.desk.ground.receive import receive_own
from mailproc.desk.ground.timepiece import source_of
from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.kinds.event import EventName
from mailproc.message.field.address import canonical, split_subaddress
from mailproc.message.model import DeliveryStatus
from mailproc.phrase import say
from mailproc.store.database import reading
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.workflow.actor import CLOCK, DESK
from mailproc.workflow.event import Event
from mailproc.workflow.event import letter as letter_ref
from mailproc.workflow.outgoing import Outgoing

DEED = "undelivered"  # of the clock
BOUNCE_MARK = "b-"  # before the token, as `wire.bounce_address` writes it
AT_ONCE = 500  # letters in one entry; the others come with the next hour's
SHOWN = 20  # lines of a notice
NOTICE = "operator/notice"
LARGE = frozenset({"member/item", "member/package"})  # letters that bring files


# Bounces


def bounced(turn: Turn, seen: Examined) -> None:
    """The turn of a bounce: what it says of a letter of ours, if it may be believed."""
    letter = _named(turn, seen.row.envelope.forward_paths)
    if letter is None or not letter.attempts:
        return
    said = next((each for each in seen.message.statuses if _is_about(each, letter)), None)
    if said is None:
        return
    if said.action == "failed":
        words = " ".join(filter(None, ("bounced:", said.status, said.diagnostic)))
        if turn.record(Event(letter_ref(letter.id), EventName.BOUNCED, DESK, words)):
            turn.note(reason="letter-bounced")
    elif said.action == "delayed":
        turn.note(reason="letter-delayed")


def _named(turn: Turn, forward_paths: Sequence[str]) -> Outgoing | None:
    """The letter whose bounce address the mail came to."""
    for path in forward_paths:
        tag = split_subaddress(path)[1] or ""
        if tag.startswith(BOUNCE_MARK) and len(tag) == len(BOUNCE_MARK) + TOKEN_LENGTH and turn.desk.is_ours(path):
            return outgoing.get(turn.conn, tag.removeprefix(BOUNCE_MARK).lower())
    return None


def _is_about(said: DeliveryStatus, letter: Outgoing) -> bool:
    return canonical(letter.to) in map(canonical, said.recipients)


# The operator's word


@dataclass(frozen=True, slots=True)
class Found:
    """Letters of which the archive does not tell yet that they did not arrive."""

    failed: tuple[Outgoing, ...]
    late: tuple[Outgoing, ...]  # they wait, and the operator does not know of their trouble
    suppressed: tuple[Outgoing, ...]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.failed or self.late or self.suppressed)


def tell(desk: Desk, process: Callable[[int], object]) -> None:
    """Put on record which letters failed or wait too long, with one word to the operator: once an hour at most.

    Then members whose letters come back are asked whether they read this (`probing`).
    """
    now = desk.now()
    with reading(desk.engine) as conn:
        source = source_of(conn, times.hour_stamp(now), DEED)
        is_due = rows.by_source(conn, source) is None and bool(_found(conn, desk, now))
    if is_due:
        process(receive_own(desk, source, DEED, now))
    probing.look(desk, process)


def tell_operator(turn: Turn, _: str) -> None:
    """The turn of that message."""
    found = _found(turn.conn, turn.desk, turn.time)
    for name, letters in (("fail", found.failed), ("late", found.late), ("suppress", found.suppressed)):
        for letter in letters:
            turn.record(Event(letter_ref(letter.id), EventName(name), CLOCK, letter.reason))
    for letter in found.failed:
        if letter.template in LARGE:  # asked for, and as large as mail servers take or larger
            turn.let_know(letter.to, say("notice/not-arrived", ref=(letter.ref or "").removeprefix("group:")))
    failed = [letter for letter in found.failed if not _to_operator(letter)]
    if failed or found.late:
        turn.write(
            NOTICE, turn.desk.operator, {"about": _about(failed, found.late), "lines": _lines(failed, found.late)}
        )


def _found(conn: Connection, desk: Desk, now: datetime) -> Found:
    known = outgoing.known_troubles(conn)
    late = outgoing.late(conn, now - desk.config.delivery.tell_after, AT_ONCE)
    return Found(
        failed=tuple(outgoing.unnoted(conn, "failed", ("", "late", "bounced"), AT_ONCE)),
        late=tuple(letter for letter in late if not (_to_operator(letter) or _is_known(letter, known))),
        suppressed=tuple(outgoing.unnoted(conn, "suppressed", ("",), AT_ONCE)),
    )


def _is_known(letter: Outgoing, known: set[str]) -> bool:
    """The operator has heard of this trouble and it lasts: a server that is down is one trouble, not many letters."""
    return letter.next_try is not None and bool(known) and letter.reason in {*known, ""}


def _to_operator(letter: Outgoing) -> bool:
    return letter.template.startswith("operator/")


def _about(failed: Sequence[Outgoing], late: Sequence[Outgoing]) -> str:
    said = [(len(failed), "did not arrive"), (len(late), "could not leave yet")]
    return "letters: " + ", ".join(f"{number} {what}" for number, what in said if number)


def _lines(failed: Sequence[Outgoing], late: Sequence[Outgoing]) -> tuple[str, ...]:
    """Members first: a member who cannot be reached does not know what waits."""
    members_first = sorted(failed, key=lambda letter: not letter.template.startswith("member/"))
    lines = [_line(letter) for letter in (*members_first, *late)]
    more = [f"and {len(lines) - SHOWN} more"] if len(lines) > SHOWN else []
    cures = (
        "What was tried and what the mail server said: mailproc outbox show ID",
        "When the cause is mended: mailproc outbox retry ID; to call one back: mailproc outbox cancel ID",
    )
    return (*lines[:SHOWN], *more, *cures)


def _line(letter: Outgoing) -> str:
    about = f" on {letter.ref}" if letter.ref else ""
    whose = "member " if letter.template.startswith("member/") else ""
    state = "waits for your word" if letter.state == "ambiguous" and letter.next_try is None else letter.state
    words = f"{whose}{letter.to}: {letter.template}{about}, {state}: {letter.reason or 'not tried yet'}"
    return f"{words} (ID {letter.id})"
