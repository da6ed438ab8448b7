"""The name of everything that can happen: imperatives, as entries and journal have them. A closed list."""

from __future__ import annotations

from enum import StrEnum


class EventName(StrEnum):
    """What happens, in one word or two."""

    # to an item, by its kind's table
    APPROVE = "approve"
    REJECT = "reject"
    DISCARD = "discard"
    HOLD = "hold"
    ASK = "ask"
    ANSWER = "answer"
    REPLY = "reply"  # a member's words to a reader
    CLOSE = "close"
    STOP = "stop"  # no more letters to the reader
    CONFIRM = "confirm"
    AGREE = "agree"
    VERSION = "version"
    ADDITION = "addition"
    WITHDRAW = "withdraw"
    RENEW = "renew"
    REOPEN = "reopen"
    REVIVE = "revive"
    RECALL = "recall"
    WAKE = "wake"
    REMIND = "remind"
    ANNOUNCE = "announce"
    UNANNOUNCE = "unannounce"
    LAPSE = "lapse"
    SETTLE = "settle"
    PUBLISHED = "published"
    GATHERED = "gathered"
    MOVE = "move"
    CARRY = "carry"
    REFUSE = "refuse"
    DROP = "drop"
    KEEP = "keep"
    REPLACE = "replace"
    REPLACED = "replaced"
    RETRACT = "retract"
    APPEND = "append"  # the ballot on a note has settled
    APPENDED = "appended"
    CORRECT = "correct"
    CORRECTED = "corrected"
    TAKEN_DOWN = "taken_down"
    HIDE = "hide"
    CLAIM = "claim"  # to a group file as well
    UNCLAIM = "unclaim"  # to a group file as well
    OVERDUE = "overdue"  # whoever claimed it has had their time
    DONE = "done"
    SCHEDULE = "schedule"  # when it goes up
    PROOF = "proof"  # its author is shown it as it will stand
    PUT_UP = "put up"  # to a group file as well
    APPEAL = "appeal"

    # to an item, whatever its state
    OPEN = "open"
    VOTE = "vote"
    UNVOTE = "unvote"
    RESTART = "restart"
    NOTE = "note"
    ATTACH = "attach"
    SORT = "sort"
    PUT_BEFORE = "put before"
    DECLINE = "decline"
    CONCERN = "concern"  # which published work an enquiry is about
    BYLINE = "byline"  # under which name it goes up
    DECORATE = "decorate"  # an attachment is decoration, or none
    SHARE = "share"  # it has another author, who has to agree
    CONSENT = "consent"
    RENAMED = "renamed"  # its page bears that name
    COUNT = "count"  # as what the pieces of a material count

    # to a person
    INVITE = "invite"
    ACCEPT = "accept"
    SUSPEND = "suspend"
    REMOVE = "remove"
    RESIGN = "resign"
    STAY = "stay"
    LEAVE = "leave"
    AWAY = "away"
    BACK = "back"
    HABIT = "habit"
    CHANGE = "change"  # to a group file as well
    ASK_ADDRESS = "ask address"
    VOUCH = "vouch"
    END_ADDRESS = "end address"
    READDRESS = "readdress"
    NOTICE = "notice"
    DIGEST = "digest"
    AWAIT_YES = "await yes"
    YES = "yes"
    ACCESS = "access"
    END_ACCESS = "end access"
    NOT_FOR = "not for"
    TOPICS = "topics"
    PREFER = "prefer"  # what whoever writes wishes of letters
    PUT_BY = "put by"  # what a mail would be told waits for the letter of the day
    TOLD = "told"  # and was told

    # to a group file
    PIECE = "piece"
    LOSE_PIECE = "lose piece"
    COMPLETE = "complete"
    LAY_OUT = "lay out"
    OBJECT = "object"
    CONTENT = "content"  # to an item as well: its author has nothing against the proof
    OFFLINE = "offline"
    RESTORE = "restore"

    # to a letter
    CANCEL = "cancel"
    RETRY = "retry"
    BOUNCED = "bounced"
    FAIL = "fail"
    SUPPRESS = "suppress"
    LATE = "late"

    # to the desk
    PROBED = "probed"
    PAUSE = "pause"
    RESUME = "resume"  # to a person as well
    NEW_KEY = "new key"
    CONFIRM_CLOCK = "confirm clock"
    WANT = "want"
    UNWANT = "unwant"
