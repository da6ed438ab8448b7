"""A proof: the author sees what was approved as it will stand, and says yes, or what is to be changed.

Where `review.KIND.proof` is on, what settles as approved goes to its author first. A yes lets it go up, on its day if
one was named. Pairs of OLD and NEW make another text of it, which the members decide on as on any; its author has seen
that one. What is not clear changes nothing and comes back. Where no word comes for `proof_days`, it goes up or is held,
as `proof_silence` says. Nobody who is not proven gets a proof: no letter of ours repeats their words to them.
"""

from __future__ import annotations

from datetime import datetime

from mailproc.desk.tell import views
from mailproc.desk.tell.answer import answer
from mailproc.desk.turn import publishing
from mailproc.desk.turn.apply import OF_A_PROOF
from mailproc.desk.turn.examine import Examined
from mailproc.desk.turn.turn import Turn
from mailproc.desk.weigh import counting
from mailproc.errors import ConfigError, StoreError
from mailproc.kinds.event import EventName
from mailproc.letters.sight import Sheet
from mailproc.message.words.extent import hash_of, source_of
from mailproc.phrase import say
from mailproc.review import pairs
from mailproc.store.work import attachments, votes
from mailproc.workflow.actor import CLOCK, person
from mailproc.workflow.event import Event
from mailproc.workflow.facts import Attached
from mailproc.workflow.item import Item

E = EventName
PROOF, PASSED, UNCLEAR = "author/proof", "author/proof-passed", "author/not-understood"
AT_PROOF = "awaiting_proof"


def settles(turn: Turn, item: Item, deed: str) -> bool:
    """What the clock makes of a decision that takes effect, or of a proof that nobody answered; False: no proof."""
    if deed == "settle" and item.state == "approved" and counting.wants_proof(turn.desk, item):
        shown = turn.happen(Event(item.ref, E.PROOF, CLOCK))
        if shown is not None:
            _show(turn, shown)
        return True
    if deed != "overdue" or item.state != AT_PROOF:
        return False
    if turn.desk.config.review.kinds[item.kind].proof_silence == "publish":
        turn.happen(Event(item.ref, E.CONTENT, CLOCK, due=_due(turn, item)))
        return True
    turn.happen(Event(item.ref, E.OVERDUE, CLOCK))
    for vote in votes.of(turn.conn, item.ref):
        if vote.verdict == "approve" and not vote.undone:
            turn.let_know(vote.member, say("notice/proof-unanswered", ref=item.ref, title=item.title))
    return True


def passed(turn: Turn, seen: Examined, item: Item) -> bool:
    """The author says yes; False where no proof waits for it."""
    if item.state != AT_PROOF:
        return False
    after = turn.happen(Event(item.ref, E.CONTENT, person(item.author.email), due=_due(turn, item)))
    answer(turn, seen, PASSED, {"item": after or item}, ref=item.ref, proven=True)
    return after is not None


def asks(item: Item, mail: str | None) -> bool:
    """Whether a mail asks for other words in the proof of an item."""
    return item.state == AT_PROOF and item.text is not None and bool(pairs.pairs(mail or ""))


def change(turn: Turn, seen: Examined, item: Item) -> bool:
    """Other words in place of some: a new text, which members decide on; where a pair fails, all is asked back."""
    asked = pairs.pairs(seen.message.text or "")
    if item.state != AT_PROOF or item.text is None or not asked:
        return False
    text, failed = pairs.changed(item.text, asked)
    by = person(item.author.email)
    turn.happen(Event(item.ref, E.ATTACH, by, facts=Attached(role="addition" if failed else "version")))
    if failed:
        lines = tuple((pair.old or pair.new).split("\n")[0] for pair in failed)
        turn.happen(Event(item.ref, E.NOTE, by, seen.message.text or "", reason="not-understood"))
        answer(turn, seen, UNCLEAR, {"item": item, "lines": lines}, ref=item.ref, proven=True)
        return True
    turn.note(text=text, text_source=source_of(seen.message), text_sha256=hash_of(text))
    after = turn.happen(Event(item.ref, E.VERSION, by, reason=OF_A_PROOF)) or item
    context = views.receipt(turn, [after], seen)
    answer(turn, seen, "author/receipt-version", context, ref=after.ref, proven=True)
    return True


def _show(turn: Turn, item: Item) -> None:
    """The letter with the words as they will stand, and the page, where it can be made."""
    policy = turn.desk.config.review.kinds[item.kind]
    until, publishes = turn.after(policy.proof_days), policy.proof_silence == "publish"
    turn.tell(item, "proof", sheet=_sheet(turn, item), lapses_at=until, publishes=publishes)


def _sheet(turn: Turn, item: Item) -> Sheet | None:
    try:
        page = publishing.proof_of(turn.desk, item, attachments.of_item(turn.conn, item), item.publish_at or turn.time)
    except (StoreError, ConfigError):  # `publish_due` says so when it goes up
        return None
    return Sheet(f"{item.ref}.html", page)


def _due(turn: Turn, item: Item) -> datetime:
    """When it goes up: at once, or on the day that was named."""
    return max(turn.time, item.publish_at or turn.time)
