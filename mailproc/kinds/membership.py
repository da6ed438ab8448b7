"""A membership request: first the applicant agrees to the duties, then the members decide.

Whoever asked hears of every end, also of a `discard`; once they may appeal, and then members decide who did not.
"""

from __future__ import annotations

from mailproc.kinds.common import OF_A_BALLOT, OF_A_PROOF, SAID, SETTLE, TAPS, UNDONE, deciding
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options
from mailproc.kinds.step import Do, Step, Table, Tell

OWN = ("item", "authenticated")
AGREED = (*OWN, "lapses_at", "before")
ENDED = (*SAID, "because")
NOT_NOW = ("authenticated", "unheard", "ask_again", "earlier_ref")

TABLE: Table = deciding() | {
    ("awaiting_agreement", E.AGREE): Step("pending"),
    ("awaiting_agreement", E.ADDITION): Step("awaiting_agreement"),
    ("awaiting_agreement", E.WITHDRAW): Step("withdrawn", (Tell("withdrawn"),)),
    ("awaiting_agreement", E.REJECT): Step("rejected", SETTLE),
    ("awaiting_agreement", E.DISCARD): Step("discarded", SETTLE),
    ("awaiting_agreement", E.LAPSE): Step("lapsed", (Tell("lapsed"),)),
    ("rejected", E.APPEAL): Step("pending", (Do.BAR_DECIDERS, Do.RESET_VOTES)),
    ("discarded", E.APPEAL): Step("pending", (Do.BAR_DECIDERS, Do.RESET_VOTES)),
    ("discarded", E.SETTLE): Step("discarded", (Do.SETTLED, Tell("set-aside"))),  # whoever asked hears of every end
    ("lapsed", E.AGREE): Step("pending", (Do.RESET_VOTES,)),
    ("approved", E.SETTLE): Step("member", (Do.SETTLED, Do.WELCOME, Tell("welcome"))),
}

KIND = Kind(
    name="membership",
    letter="M",
    called="a request to join",
    table=TABLE,
    initial="awaiting_agreement",
    ends=UNDONE,
    done="member",
    called_done="a member now",
    verbs=OF_A_BALLOT | {"agree", "appeal"},
    taps=TAPS,
    yes="agree",
    audience="applicant",
    receipt=Letter(
        "receipt-membership",
        "a mail asked for membership; carries the responsibilities and how to agree",
        ("item", "authenticated", "attachments", "guessed", "lapses_at", "before"),
    ),
    letters=(
        Letter("question", "a member asks the applicant something", SAID),
        Letter("agreed", "the applicant has agreed to the duties; how many wait before them, and until when", AGREED),
        Letter("rejected", "members decided against the request; when to ask again, and how to appeal", ENDED),
        Letter("set-aside", "a member closed the request without a decision on it", OWN),
        Letter("appealed", "the applicant has appealed; who decides now", (*OWN, "fresh", "lapses_at")),
        Letter("no-appeal", "an appeal that changes nothing, and why: second, late", (*OWN, "unheard")),
        Letter("not-now", "a request that opens nothing, and why: early, waits, member, full", NOT_NOW),
        Letter("welcome", "the applicant is a member now", (*OWN, "access")),
        Letter("withdrawn", "the applicant took the request back"),
        Letter("lapsed", "the request waited too long and was closed"),
    ),
    options=Options(
        omitted=(
            *OF_A_PROOF,
            "claim",
        ),
        address="For people who want to become members.",
        example="join@harbour.example",
        policy={"approvals": 2, "rejections": 2},
        retention="Requests that did not lead to membership.",
    ),
)
