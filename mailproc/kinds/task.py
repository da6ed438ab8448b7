"""Upkeep: something that whoever is on duty does, so that the site stays clean and current.

A task is opened by the clock or by a reader's report; its section says what is to be done, and its group on which
file. It goes to one member, moves on when they are away, and never ends by itself.
"""

from __future__ import annotations

from mailproc.kinds.common import OF_A_PROOF, kept_waiting
from mailproc.kinds.event import EventName as E
from mailproc.kinds.kind import Kind, Letter, Options
from mailproc.kinds.step import Do, Step, Table, Tell

PUT_UP, RESTORE, STALE, PAGE = "put-up", "restore", "stale", "page"  # sections: what is to be done
ON_FILES = {PUT_UP: ("complete", "claimed"), RESTORE: ("offline", "claimed")}  # on a file in these states; no tap can
DONE = (Do.SETTLED, Tell("task-done"))

TABLE: Table = kept_waiting("open") | {
    ("open", E.REMIND): Step("open"),
    ("open", E.ADDITION): Step("open"),
    ("open", E.CLAIM): Step("claimed"),
    ("held", E.CLAIM): Step("claimed"),
    ("claimed", E.UNCLAIM): Step("open"),
    ("claimed", E.OVERDUE): Step("open"),
    ("claimed", E.ADDITION): Step("claimed"),
    ("claimed", E.LAY_OUT): Step("claimed", (Do.WAIT_ANEW,)),  # the file's contributors have days anew
    ("open", E.DONE): Step("done", DONE),
    ("claimed", E.DONE): Step("done", DONE),
    ("held", E.DONE): Step("done", DONE),
    ("done", E.REVIVE): Step("open"),
    ("done", E.RENEW): Step("open"),  # whoever reported it says that it is still so
    ("open", E.DISCARD): Step("discarded", (Do.SETTLE_LATER,)),
    ("discarded", E.REOPEN): Step("open"),
    ("discarded", E.SETTLE): Step("discarded", (Do.SETTLED,)),
    ("discarded", E.REVIVE): Step("open"),
}

KIND = Kind(
    name="task",
    letter="T",
    called="a task",
    table=TABLE,
    initial="open",
    ends=frozenset({"done", "discarded"}),
    one_at_a_time=True,
    thanks=True,
    verbs=frozenset({"hold", "claim", "done", "up"}),
    no_ballot="a task is not voted on; whoever has done it writes done",
    taps=("claim", "done", "hold", "note"),
    audience="reader",
    receipt=Letter(
        "receipt-task", "a reader reported something on the site", ("item", "authenticated", "attachments", "guessed")
    ),
    letters=(Letter("task-done", "what a reader reported was seen to"),),
    options=Options(
        policy={"remind": "2d", "claim": "7d"},
        omitted=(*OF_A_PROOF, "approvals", "rejections", "veto", "silence", "lapse"),
        retention="Tasks that were done or dropped.",
    ),
)
