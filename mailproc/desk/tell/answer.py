"""An automatic letter to whoever wrote, if courtesy allows it: receipts, help, confirmations, questions back.

Counts what the last day and hour saw and asks `workflow.courtesy`, the one place that says yes or no.
A refusal is noted in the entry and loses nothing: the mail is kept, sorted and shown all the same; if it changed
something, and only the day's quota stops the letter, that one leaves the next day, unless another took its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mailproc.desk.ground.wire import Desk
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.thread import Thread, find, from_somebody_else
from mailproc.desk.turn.turn import Turn
from mailproc.dossier.cloud import clouds_in
from mailproc.kinds.event import EventName
from mailproc.letters.catalogue import LETTERS
from mailproc.message.compose import addressable
from mailproc.message.field.address import reachable
from mailproc.message.model import Address
from mailproc.store.mail import outgoing
from mailproc.store.mail import received as rows
from mailproc.store.people import writers
from mailproc.workflow.actor import DESK
from mailproc.workflow.courtesy import HELD_OVER, Counts, Quotas, Sender, is_last, refusal
from mailproc.workflow.entry import LetterRecord
from mailproc.workflow.event import Event
from mailproc.workflow.event import author as author_ref
from mailproc.workflow.facts import PutBy
from mailproc.workflow.item import Item

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATELY = timedelta(days=7)  # the same words within it are answered once
NOTICE = "operator/notice"
ASKING = frozenset({"awaiting_author", "awaiting_agreement"})  # states in which a receipt asks for a word
BOUND = tuple(  # templates that a mail alone triggers
    letter.template
    for letter in LETTERS.values()
    if "/receipt-" in letter.template
    or letter.template in {"reader/help", "author/help", "author/confirm", "author/status", "author/not-understood"}
    or letter.template == "author/oversize"
    or letter.template in {"author/withdrawal-asked", "author/byline", "author/preferences", "author/unread"}
    or letter.template in {"member/invitation-asked", "author/shared", "author/coauthor"}
    or letter.template.removeprefix("applicant/") in {"agreed", "appealed", "no-appeal", "not-now"}
)
BACK = (  # of those, the ones that go back to an author
    *("author/confirm", "author/status", "author/not-understood", "author/withdrawal-asked"),
    *("author/unread", "author/oversize"),
    *("applicant/agreed", "applicant/appealed", "applicant/no-appeal"),
)


def answer(  # noqa: PLR0913 (all by name but the first four)
    turn: Turn,
    seen: Examined,
    template: str,
    context: Mapping[str, Any],
    *,
    ref: str | None = None,
    listed: Sequence[str] = (),
    proven: bool = False,
    repeats: bool = False,
) -> LetterRecord | None:
    """Write the letter to the mail's author, or nothing if courtesy forbids.

    `proven`: they hold a letter's secret; `repeats`: the same words came before.
    """
    author = seen.writer or Address("", "")
    sender = Sender(
        author=seen.writer,
        reverse_path=seen.row.envelope.reverse_path,
        proven=proven or seen.authenticated,
        ours=turn.desk.is_ours(author.email),
        reachable=addressable(reachable(author.email)),
        answerable=seen.nature.answerable,
        reason=seen.nature.reason,
        elsewhere=not proven and from_somebody_else(_thread(turn, seen), seen.writer),
        repeats=repeats,
    )
    counts = _counts(turn, author, BOUND if sender.proven else _same_sort(template))
    why = refusal(sender, counts, quotas(turn.desk))
    if why in {"", HELD_OVER} and _is_put_by(turn, author, template, context):
        return None
    if why:
        turn.note(unanswered=why)
        if why == "breaker":
            _tell_operator(turn)
        if not (why == HELD_OVER and turn.events and _may_be_held_over(turn, author, ref)):
            return None
    last = not why and is_last(counts, quotas(turn.desk), proven=sender.proven)
    known = {"authenticated": seen.authenticated, "last_today": last, "guessed": seen.message.guessed}
    known |= {"held_over": bool(why)}
    known |= {"clouds": clouds_in(seen.message.text)}
    context = known | dict(context)
    to = author if seen.authenticated else replace(author, name="")  # design §7: no text of theirs, a name is one
    listed = listed or ((ref,) if ref else ())
    tomorrow = turn.time + DAY if why else None
    return turn.write(template, to, context, ref=ref, listed=listed, not_before=tomorrow)


def _is_put_by(turn: Turn, author: Address, template: str, context: Mapping[str, Any]) -> bool:
    """Whether its reader wants no such letter, or wants it in that of the day; what asks for a word goes at once."""
    writer = writers.get(turn.conn, author.email)
    items = [item for item in (context.get("item"), *context.get("items", ())) if isinstance(item, Item)]
    asks = any(item.state in ASKING for item in items) or any(
        kept.state == "refused" for kept in context.get("attachments", ())
    )
    if writer is None or (writer.receipts and not writer.gathers) or "/receipt-" not in template or asks or not items:
        return False
    if writer.receipts:
        refs = tuple(dict.fromkeys(item.ref for item in items))
        turn.record(Event(author_ref(writer.email), EventName.PUT_BY, DESK, facts=PutBy(refs=refs)))
    turn.note(unanswered="put-by" if writer.receipts else "no-receipts")
    return True


def _may_be_held_over(turn: Turn, author: Address, ref: str | None) -> bool:
    """As many letters wait for the next day as may go in one; a later one about an item takes the earlier's place."""
    return outgoing.held_over(turn.conn, author.email, ref) < quotas(turn.desk).per_sender_per_day


def _thread(turn: Turn, seen: Examined) -> Thread:
    return find(turn.conn, turn.desk, seen.message, seen.row.envelope.forward_paths)


def _tell_operator(turn: Turn) -> None:
    """The breaker is open: one word an hour to the operator."""
    if outgoing.letters_to(turn.conn, turn.desk.operator.email, NOTICE, turn.time - HOUR):
        return
    about = "automatic letters pause: too many in one hour"
    lines = (
        f"More than {turn.desk.config.limits.letters_per_hour} in an hour; the limit is limits.letters_per_hour.",
        "Every mail is kept, sorted and shown to the members; only receipts wait until it is quieter.",
    )
    turn.write(NOTICE, turn.desk.operator, {"about": about, "lines": lines})


def quotas(desk: Desk) -> Quotas:
    """The configuration's limits on automatic letters."""
    limits = desk.config.limits
    return Quotas(limits.letters_per_sender_per_day, limits.letters_to_strangers_per_day, limits.letters_per_hour)


def _same_sort(template: str) -> tuple[str, ...]:
    """The unproven get one receipt a day, and one question back: a receipt is no reason to leave that unasked."""
    return BACK if template in BACK else tuple(each for each in BOUND if each not in BACK)


def _counts(turn: Turn, author: Address, templates: Sequence[str]) -> Counts:
    """What was seen; `templates` are the letters that count against this one."""
    conn, day = turn.conn, turn.time - DAY
    return Counts(
        to_address_today=outgoing.sent_today(conn, author.email, day, templates),
        strangers_today=outgoing.strangers_today(conn, day, BOUND),
        stranger=not rows.heard_from(conn, author.email, day),
        last_hour=outgoing.count_since(conn, turn.time - HOUR, BOUND),
    )
