r"""What is asked of the server about messages: which are there, how large, their octets in pieces, their header.

Only BODY.PEEK, which leaves \Seen alone, and never more than 1 MiB in one answer. Criteria are lists: a line break in a
string would be a second command (catalogue S43). Fails with BrokenExchange; TooLarge is one that leaves the
connection in order.
"""

from __future__ import annotations

import imaplib
from collections.abc import Generator, Mapping, Sequence

from mailproc.failpoint import reach
from mailproc.intake.connection import BrokenExchange, Client, exchange
from mailproc.intake.visit import KEPT, Visit, note

BATCH = 20  # messages that share one commit
RELEASE = 500  # messages that share one MOVE: a server may go through its whole mailbox for each
WINDOW = 10_000  # UIDs in one answer to SEARCH: imaplib refuses a line over 1,000,000 octets
CHUNK_BYTES = 1 << 20  # of one partial FETCH: what a poll holds in memory, whatever a message's size
NAMED = "MESSAGE-ID DATE FROM SUBJECT"
LONGEST_NAME = 1 << 13  # octets of these fields together
BEGINS = 200  # octets by which the beginning of a message is known again
HEAD_BYTES = CHUNK_BYTES // BATCH  # of a header that is compared, and of a message that counts as small


class TooLarge(BrokenExchange):
    """A message turned out to have more than the limit: at least `octets`."""

    def __init__(self, words: str, octets: int) -> None:
        """Raise; the connection is in order."""
        super().__init__(words, lost=False)
        self.octets = octets


def uids(visit: Visit) -> list[int]:
    """All UIDs, ascending; asked for from the newest down, so that no answer can hold more than a window of them."""
    found: set[int] = set()
    last = visit.uidnext - 1
    while last > 0 and len(found) < visit.exists:
        first = 1 if visit.exists - len(found) <= WINDOW else max(1, last - WINDOW + 1)
        with exchange(visit.account, visit.client, "listing the mailbox"):
            # catalogue F36: a server answers n:m with a UID outside it where m is "*"; we name both, and keep to them
            found.update(uid for uid in visit.client.search(["UID", f"{first}:{last}"]) if first <= uid <= last)
        last = first - 1
    return sorted(found)


def unmarked(visit: Visit, window: Sequence[int]) -> list[int]:
    """Those of a window of UIDs that do not bear our keyword."""
    with exchange(visit.account, visit.client, "listing the mailbox"):
        found = visit.client.search(["UNKEYWORD", KEPT, "UID", f"{window[0]}:{window[-1]}"])
    return sorted(set(window).intersection(found))


def sizes(visit: Visit, uids: Sequence[int]) -> dict[int, int]:
    """{UID: RFC822.SIZE} of those that are there and whose size the server tells. Raises BrokenExchange."""
    with exchange(visit.account, visit.client, "asking for sizes"):
        answers = visit.client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(answers[uid][b"RFC822.SIZE"]) for uid in uids if b"RFC822.SIZE" in answers.get(uid, {})}


def headers(visit: Visit, uids: Sequence[int], octets: int) -> dict[int, bytes]:
    """{UID: the first octets of the header, its blank line included}. Raises BrokenExchange."""
    with exchange(visit.account, visit.client, "fetching headers"):
        answers = visit.client.fetch(uids, [f"BODY.PEEK[HEADER]<0.{octets}>"])
        found = {uid: _from(answers.get(uid, {}), b"BODY[HEADER]", 0) for uid in uids}
        return {uid: header[:octets] for uid, header in found.items() if header}


def naming(visit: Visit, uids: Sequence[int]) -> dict[int, bytes]:
    """{UID: the fields by which a message is known again}; the whole header of one without a Message-ID.

    Raises BrokenExchange.
    """
    with exchange(visit.account, visit.client, "asking which messages these are"):
        answers = visit.client.fetch(uids, [f"BODY.PEEK[HEADER.FIELDS ({NAMED})]<0.{LONGEST_NAME}>"])
    found: dict[int, bytes] = {}
    for uid in uids:
        for name, octets in answers.get(uid, {}).items():
            if name.startswith(b"BODY[HEADER.FIELDS") and isinstance(octets, bytes):
                found[uid] = octets
    unnamed = [uid for uid, octets in found.items() if b"message-id:" not in octets.lower()]
    for start in range(0, len(unnamed), BATCH):
        found |= headers(visit, unnamed[start : start + BATCH], HEAD_BYTES)
    return found


def small(visit: Visit, sizes: Mapping[int, int]) -> dict[int, bytes]:
    """A batch of small messages in one round trip; where that fails, nothing, and each is asked for alone."""
    wanted = [uid for uid, size in sizes.items() if size < HEAD_BYTES]
    if not wanted:
        return {}
    try:
        with exchange(visit.account, visit.client, "fetching small messages"):
            return _pieces(visit.client, wanted, 0)
    except BrokenExchange as failure:
        if failure.lost:
            note(visit, failure)
        return {}


def chunks(
    visit: Visit, uid: int, size: int, limit: int, early: dict[int, bytes], under_way: list[int]
) -> Generator[bytes, None, None]:
    """The message's octets, never more than one piece in memory; `early` may hold the first. Raises BrokenExchange."""
    under_way.append(uid)
    offset, begins = 0, b""
    with exchange(visit.account, visit.client, f"message {uid}"):
        while True:
            chunk = early.pop(uid, None) if not offset else None
            if chunk is None:
                chunk = _pieces(visit.client, [uid], offset).get(uid)
            if chunk is None and offset and (offset >= size or _is_there(visit.client, uid)):
                return  # NIL or nothing: that was past the end, whatever the size said
            if chunk is None or (size and not offset and not chunk):  # catalogue F34: no octets are not an empty mail
                raise imaplib.IMAP4.error("the server gave no octets")
            if begins and chunk.startswith(begins):
                raise imaplib.IMAP4.error("the server begins anew where the rest was asked for")
            begins = begins or (chunk[:BEGINS] if b":" in chunk[:BEGINS] else b"")
            offset += len(chunk)
            if offset > limit:
                raise TooLarge(f"{visit.account}: message {uid} has more than the {size} octets it says", offset)
            if chunk:
                reach("imap.fetched")
                yield chunk
            # A size may be an estimate: the end is a piece that is short, and at or past the size, or empty.
            if not chunk or (len(chunk) < CHUNK_BYTES and offset >= size):
                return


def _pieces(client: Client, uids: Sequence[int], offset: int) -> dict[int, bytes]:
    r"""{UID: octets from `offset`} by BODY.PEEK, which leaves \Seen alone (RFC 9051 §6.4.5)."""
    answers = client.fetch(uids, [f"BODY.PEEK[]<{offset}.{CHUNK_BYTES}>"])
    found = {uid: _from(fields, b"BODY[]", offset) for uid, fields in answers.items()}
    return {uid: octets for uid, octets in found.items() if octets is not None}


def _from(fields: Mapping[bytes, object], name: bytes, offset: int) -> bytes | None:
    """The octets from `offset` of what was asked for; None for NIL, nothing, and those of another place.

    An answer without an origin is the whole (RFC 9051 §7.5.2): the server knows no partial fetch.
    """
    octets = fields.get(b"%s<%d>" % (name, offset))
    if isinstance(octets, bytes):
        return octets
    if offset and isinstance(fields.get(name + b"<0>"), bytes):
        raise imaplib.IMAP4.error("the server begins anew where the rest was asked for")
    whole = fields.get(name)
    return whole[offset:] if isinstance(whole, bytes) else None


def _is_there(client: Client, uid: int) -> bool:
    """Whether the message was not expunged under our hands: half of it is no mail."""
    return b"RFC822.SIZE" in client.fetch([uid], ["RFC822.SIZE"]).get(uid, {})
