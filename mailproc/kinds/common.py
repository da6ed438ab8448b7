"""What articles, material and membership requests share: waiting, deciding, settling, and the words that do it.

`deciding` gives the rows from `pending` to a settled decision; each kind adds what comes before and after.
`up` gives those of a work that readers see: a ballot may be held on it, and it stays as it is until that has settled.
"""

from __future__ import annotations

from mailproc.kinds.step import Do, Step, Table, Tell

SETTLE = (Do.SETTLE_LATER,)
UNDONE = frozenset({"rejected", "discarded", "withdrawn", "lapsed"})  # ends of what nobody approved
OF_A_BALLOT = frozenset({"approve", "reject", "hold", "ask"})  # verbs on what is voted on
OF_A_TEXT = frozenset({"version", "confirm", "retract", "replace"})  # verbs on what readers are to see
TAPS = ("approve", "reject", "hold", "discard")
SAID = ("item", "authenticated", "words")  # what a letter needs that passes a member's words on
RECEIPT = ("item", "authenticated", "attachments", "extent", "lapses_at")


def deciding() -> Table:
    """The rows of a ballot: from pending, held or asked to approved, rejected or discarded, and back."""
    rows: Table = {}
    for state in ("pending", "held", "awaiting_author"):
        rows[state, "reject"] = Step("rejected", SETTLE)
        rows[state, "discard"] = Step("discarded", SETTLE)
        rows[state, "withdraw"] = Step("withdrawn", (Tell("withdrawn"),))
        rows[state, "version"] = Step("pending", (Do.RESET_VOTES,))
        rows[state, "addition"] = Step(state)
    for state in ("pending", "held"):
        rows[state, "approve"] = Step("approved", SETTLE)
        rows[state, "ask"] = Step("awaiting_author", (Tell("question"),))
    rows |= {
        ("pending", "hold"): Step("held"),
        ("pending", "remind"): Step("pending"),
        ("pending", "announce"): Step("pending"),
        ("pending", "unannounce"): Step("pending"),
        ("pending", "lapse"): Step("lapsed", (Tell("lapsed"),)),
        ("held", "reopen"): Step("pending"),
        ("held", "wake"): Step("pending"),
        ("awaiting_author", "answer"): Step("pending"),
        ("awaiting_author", "confirm"): Step("pending"),
        ("awaiting_author", "reopen"): Step("pending"),
        ("awaiting_author", "hold"): Step("held"),
        ("awaiting_author", "lapse"): Step("lapsed", (Tell("lapsed"),)),
    }
    return rows | settling() | ended()


def settling() -> Table:
    """A decision whose effects still wait: the ballot is open, and anything may be taken back without trace."""
    rows: Table = {}
    for state in ("approved", "rejected", "discarded"):
        rows[state, "reopen"] = Step("pending")
        rows[state, "addition"] = Step(state)
    for state in ("approved", "rejected"):
        rows[state, "withdraw"] = Step("withdrawn", (Tell("withdrawn"),))
        rows[state, "version"] = Step("pending", (Do.RESET_VOTES,))
        rows[state, "discard"] = Step("discarded", SETTLE)
    return rows | {
        ("approved", "reject"): Step("rejected", SETTLE),
        ("approved", "revive"): Step("pending", (Do.RESET_VOTES,)),
        ("approved", "hold"): Step("held"),
        ("approved", "ask"): Step("awaiting_author", (Tell("question"),)),
        ("rejected", "approve"): Step("approved", SETTLE),
        ("rejected", "settle"): Step("rejected", (Do.SETTLED, Tell("rejected"))),
        ("discarded", "settle"): Step("discarded", (Do.SETTLED,)),
    }


def ended() -> Table:
    """What an end may still become: `revive` is an undo after settling, `renew` an author's word after a lapse."""
    return {
        ("rejected", "revive"): Step("pending", (Do.RESET_VOTES, Tell("reopened"))),
        ("discarded", "revive"): Step("pending", (Do.RESET_VOTES,)),
        ("lapsed", "revive"): Step("pending", (Do.RESET_VOTES, Tell("reopened"))),
        ("lapsed", "renew"): Step("pending", (Do.RESET_VOTES,)),
        ("lapsed", "version"): Step("pending", (Do.RESET_VOTES,)),
        ("lapsed", "withdraw"): Step("withdrawn", (Tell("withdrawn"),)),
        ("withdrawn", "version"): Step("pending", (Do.RESET_VOTES,)),
    }


def up(state: str) -> Table:
    """The rows of what readers see, in its state: `move` opens a ballot, on taking it down or on another text."""
    return {
        (state, "addition"): Step(state),
        (state, "move"): Step(state, (Do.RESET_VOTES,)),
        (state, "carry"): Step(state, SETTLE),
        (state, "refuse"): Step(state, SETTLE),
        (state, "reopen"): Step(state),
        (state, "drop"): Step(state, (Do.RESET_VOTES,)),
        (state, "remind"): Step(state),
        (state, "lapse"): Step(state, (Do.RESET_VOTES,)),
        (state, "keep"): Step(state, (Do.SETTLED, Do.RESET_VOTES)),
        (state, "replace"): Step(state, (Do.SETTLED,)),
        (state, "replaced"): Step(state, (Do.RESET_VOTES, Tell("replaced"))),
        (state, "retract"): Step("retracted", (Do.SETTLED, Do.TAKE_DOWN, Tell("retracted"))),
        (state, "revive"): Step("retracted", (Do.TAKE_DOWN, Tell("retracted"))),
        ("retracted", "taken_down"): Step("retracted"),
    }
