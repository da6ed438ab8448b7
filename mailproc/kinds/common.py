"""What articles, material and membership requests share: waiting, deciding, settling, and the words that do it.

`deciding` gives the rows from `pending` to a settled decision; each kind adds what comes before and after.
`up` gives those of a work that readers see: a ballot may be held on it, and it stays as it is until that has settled.
"""

from __future__ import annotations

from mailproc.kinds.event import EventName as E
from mailproc.kinds.step import Do, Step, Table, Tell

SETTLE = (Do.SETTLE_LATER,)
UNDONE = frozenset({"rejected", "discarded", "withdrawn", "lapsed"})  # ends of what nobody approved
OF_A_BALLOT = frozenset({"approve", "reject", "hold", "ask"})  # verbs on what is voted on
OF_A_TEXT = frozenset(  # verbs on what readers are to see
    {"version", "confirm", "retract", "replace", "append", "correct", "hide", "schedule"}
    | {"decoration", "not decoration"}
    | {"change", "pen name", "first name", "no name", "co-author"}
)
OF_A_PROOF = ("proof", "proof_days", "proof_silence")  # options of what is shown to its author before it goes up
TAPS = ("approve", "reject", "hold", "ask", "note", "discard")
SAID = ("item", "authenticated", "words")  # what a letter needs that passes a member's words on
RECEIPT = ("item", "authenticated", "attachments", "guessed", "extent", "lapses_at", "wanted")


def deciding() -> Table:
    """The rows of a ballot: from pending, held or asked to approved, rejected or discarded, and back."""
    rows: Table = {}
    for state in ("pending", "held", "awaiting_author"):
        rows[state, E.REJECT] = Step("rejected", SETTLE)
        rows[state, E.DISCARD] = Step("discarded", SETTLE)
        rows[state, E.WITHDRAW] = Step("withdrawn", (Tell("withdrawn"),))
        rows[state, E.VERSION] = Step("pending", (Do.RESET_VOTES,))
        rows[state, E.ADDITION] = Step(state)
    for state in ("pending", "held"):
        rows[state, E.APPROVE] = Step("approved", SETTLE)
        rows[state, E.ASK] = Step("awaiting_author", (Tell("question"),))
    rows |= {
        **{(state, E.SHARE): Step("awaiting_author") for state in ("pending", "awaiting_author", "approved")},
        ("held", E.SHARE): Step("held"),
        ("pending", E.HOLD): Step("held"),
        ("held", E.HOLD): Step("held"),  # until another day
        ("pending", E.REMIND): Step("pending"),
        ("pending", E.ANNOUNCE): Step("pending"),
        ("pending", E.UNANNOUNCE): Step("pending"),
        ("pending", E.LAPSE): Step("lapsed", (Tell("lapsed"),)),
        ("held", E.REOPEN): Step("pending"),
        ("held", E.WAKE): Step("pending"),
        ("awaiting_author", E.ANSWER): Step("pending"),
        ("awaiting_author", E.CONFIRM): Step("pending"),
        ("awaiting_author", E.REOPEN): Step("pending"),
        ("awaiting_author", E.HOLD): Step("held"),
        ("awaiting_author", E.LAPSE): Step("lapsed", (Tell("lapsed"),)),
    }
    return rows | settling() | ended()


def dated() -> Table:
    """The rows of a day on which it goes up: said with an approval, before it or after it, and moved until then."""
    return {(state, E.SCHEDULE): Step(state) for state in ("pending", "held", "awaiting_author", "approved")}


def proofed() -> Table:
    """The rows of a proof: what is approved and settled waits for its author to see it as it will stand."""
    return {
        ("approved", E.PROOF): Step("awaiting_proof", (Do.SETTLED,)),
        ("awaiting_proof", E.CONTENT): Step("approved", SETTLE),
        ("awaiting_proof", E.OVERDUE): Step("held"),  # no word came, and the policy says that it is not put up then
        ("awaiting_proof", E.VERSION): Step("pending", (Do.RESET_VOTES,)),
        ("awaiting_proof", E.ADDITION): Step("awaiting_proof"),
        ("awaiting_proof", E.SCHEDULE): Step("awaiting_proof"),
        ("awaiting_proof", E.WITHDRAW): Step("withdrawn", (Tell("withdrawn"),)),
        ("awaiting_proof", E.HOLD): Step("held"),
        ("awaiting_proof", E.REVIVE): Step("pending", (Do.RESET_VOTES, Tell("reopened"))),
        ("awaiting_proof", E.TAKEN_DOWN): Step("awaiting_proof"),
    }


def kept_waiting(state: str) -> Table:
    """The rows of a hold on what nobody votes on: `state` is where it waits for members, and comes back to."""
    return {
        (state, E.HOLD): Step("held"),
        ("held", E.HOLD): Step("held"),
        ("held", E.WAKE): Step(state),
        ("held", E.REOPEN): Step(state),
        ("held", E.ADDITION): Step("held"),
        ("held", E.DISCARD): Step("discarded", SETTLE),
    }


def settling() -> Table:
    """A decision whose effects still wait: the ballot is open, and anything may be taken back without trace."""
    rows: Table = {}
    for state in ("approved", "rejected", "discarded"):
        rows[state, E.REOPEN] = Step("pending")
        rows[state, E.ADDITION] = Step(state)
    for state in ("approved", "rejected"):
        rows[state, E.WITHDRAW] = Step("withdrawn", (Tell("withdrawn"),))
        rows[state, E.VERSION] = Step("pending", (Do.RESET_VOTES,))
        rows[state, E.DISCARD] = Step("discarded", SETTLE)
    return rows | {
        ("approved", E.REJECT): Step("rejected", SETTLE),
        ("approved", E.REVIVE): Step("pending", (Do.RESET_VOTES,)),
        ("approved", E.HOLD): Step("held"),
        ("approved", E.ASK): Step("awaiting_author", (Tell("question"),)),
        ("rejected", E.APPROVE): Step("approved", SETTLE),
        ("rejected", E.HOLD): Step("held"),  # while it settles: see `machine.step`
        ("rejected", E.SETTLE): Step("rejected", (Do.SETTLED, Tell("rejected"))),
        ("discarded", E.SETTLE): Step("discarded", (Do.SETTLED,)),
    }


def ended() -> Table:
    """What an end may still become: `revive` is an undo after settling, `renew` an author's word after a lapse."""
    return {
        ("rejected", E.REVIVE): Step("pending", (Do.RESET_VOTES, Tell("reopened"))),
        ("discarded", E.REVIVE): Step("pending", (Do.RESET_VOTES,)),
        ("lapsed", E.REVIVE): Step("pending", (Do.RESET_VOTES, Tell("reopened"))),
        ("lapsed", E.RENEW): Step("pending", (Do.RESET_VOTES,)),
        ("lapsed", E.VERSION): Step("pending", (Do.RESET_VOTES,)),
        ("lapsed", E.WITHDRAW): Step("withdrawn", (Tell("withdrawn"),)),
        ("withdrawn", E.VERSION): Step("pending", (Do.RESET_VOTES,)),
    }


def up(state: str) -> Table:
    """The rows of what readers see, in its state: `move` opens a ballot, on taking it down or on another text.

    `hide` puts one line in its place while that ballot lasts. `recall` is an undo after settling: it comes down, and
    waits for the members again. Whatever becomes of it then, `taken_down` says that the page is one line now. `revive`
    takes it down and leaves it there: entries of before `recall` say so, and works of people who asked to be forgotten.
    """
    gone = ("pending", "held", "awaiting_author", "approved", *sorted(UNDONE), "retracted")
    down: Table = {(each, E.TAKEN_DOWN): Step(each) for each in gone}
    return {
        (state, E.ADDITION): Step(state),
        (state, E.MOVE): Step(state, (Do.RESET_VOTES,)),
        (state, E.CARRY): Step(state, SETTLE),
        (state, E.REFUSE): Step(state, SETTLE),
        (state, E.REOPEN): Step(state),
        (state, E.DROP): Step(state, (Do.RESET_VOTES,)),
        (state, E.REMIND): Step(state),
        (state, E.LAPSE): Step(state, (Do.RESET_VOTES,)),
        (state, E.KEEP): Step(state, (Do.SETTLED, Do.RESET_VOTES)),
        (state, E.HIDE): Step(state, (Tell("hidden"),)),
        (state, E.REPLACE): Step(state, (Do.SETTLED,)),
        (state, E.REPLACED): Step(state, (Do.RESET_VOTES, Tell("replaced"))),
        (state, E.APPEND): Step(state, (Do.SETTLED,)),
        (state, E.APPENDED): Step(state, (Do.RESET_VOTES, Tell("appended"))),
        (state, E.CORRECT): Step(state, (Do.SETTLED,)),
        (state, E.CORRECTED): Step(state, (Do.RESET_VOTES, Tell("correction-noted"))),
        (state, E.RETRACT): Step("retracted", (Do.SETTLED, Tell("retracted"))),
        (state, E.RECALL): Step("pending", (Do.RESET_VOTES, Tell("recalled"))),
        (state, E.REVIVE): Step("retracted", (Tell("retracted"),)),
        ("retracted", E.REVIVE): Step("pending", (Do.RESET_VOTES, Tell("reopened"))),
        ("retracted", E.VERSION): Step("pending", (Do.RESET_VOTES,)),
    } | down
