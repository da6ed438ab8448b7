"""Whether anything was lost or done twice: states the invariants I1 to I5 with counts, from evidence of its own.

Imports nothing of mailproc. `python tests/crash/checker.py CASE [--json]` prints a table and leaves with 1 where an
invariant does not hold; `check` gives the same as values. A desk that is at rest (recovered, its queue empty) must
satisfy all of it; `after_death` is the part that must hold at any moment, with the program lying dead.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))  # tests/, when this is run as a program

from crash.evidence import Case, Evidence, archive, gather, mailboxes, open_case, posts

DONE = ("processed", "duplicate", "unauthorised", "oversize", "erased")
MEMORY = "memory.json"  # in the case's folder
WAITS = ("queued", "deferred", "ambiguous")


@dataclass
class Findings:
    """What a look came to."""

    counts: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)  # "I1 lost: ...", one line each

    def holds(self, invariant: str, trouble: Iterable[str]) -> None:
        """Each trouble is a violation of the invariant."""
        self.violations += [f"{invariant}: {words}" for words in trouble]


def after_death(case: Case) -> list[str]:
    """I2: whatever a mailbox has let go of, and whatever was answered with 250, has a file under a number."""
    files = archive(case.desk / "data/archive")[0]
    before = _memory(case)["numbers"]
    kept = Counter(before.get(str(n), "") if file.erased else file.sha256 for n, file in files.items())
    boxes = mailboxes(case)
    released = Counter(boxes[case.done]) + Counter(boxes[case.oversize])
    sent = posts(case.folder / "ledger.jsonl")
    answered = Counter(post.sha256 for post in sent if post.via == "lmtp" for _ in range(post.accepted))
    lost = released + answered - kept
    gone = Counter(post.sha256 for post in sent if post.via == "imap" for _ in range(post.accepted))
    gone -= Counter(sha for box in boxes.values() for sha in box)
    return [f"I2: released and not kept: {sha[:12]} {n} times" for sha, n in lost.items()] + [
        f"I2: gone from the mailbox: {sha[:12]} {n} times" for sha, n in gone.items()
    ]


def check(case: Case) -> Findings:
    """Everything that must hold once the desk is at rest."""
    seen = gather(case)
    found = Findings()
    found.holds("I1", _numbers(case, seen))
    found.holds("I1", _archive(seen))
    found.holds("I1", _arrivals(case, seen))
    found.holds("I3", _entries(seen))
    found.holds("I3", _effects(seen))
    found.holds("I4", _outbox(seen))
    found.holds("I4", _wire(seen))
    found.holds("I5", _votes(seen))
    found.holds("I3", _published(seen))
    found.counts = _counts(seen)
    return found


# I1


def _archive(seen: Evidence) -> Iterator[str]:
    """Row and file are one, and their octets are those that came."""
    if seen.integrity != "ok":
        yield f"the database: {seen.integrity}"
    yield from (f"archive file {name} is none of ours" for name in seen.strays)
    rows = {row["number"]: row for row in seen.tables.get("received", ())}
    for number, row in rows.items():
        file = seen.files.get(number)
        if file is None:
            yield f"lost: row {number} ({row['source']}) has no file"
        elif (file.sha256, file.size, file.offset) != (row["sha256"], row["size"], row["offset"]):
            yield f"row {number} and its file differ"
        elif file.source != _quoted(row["source"]):
            yield f"row {number} is of {row['source']}, its file of {file.source}"
        if row["state"] not in DONE:
            yield f"message {number} is {row['state']} after {row['attempts']} attempts: {row['error']}"
    yield from (f"file {number} has no row" for number in seen.files.keys() - rows.keys())


def _quoted(source: str) -> str:
    return re.sub(r"[^!-~]|%", lambda match: "".join(f"%{octet:02X}" for octet in match[0].encode()), source)


def _numbers(case: Case, seen: Evidence) -> Iterator[str]:
    """A number is given once for ever: what an earlier look saw under it is there still, or was erased.

    Of erased messages and letters the memory of those looks is what the rest is judged by.
    """
    before = _memory(case)
    erased = {number for number, file in seen.files.items() if file.erased}
    now = {str(number): file.sha256 for number, file in seen.files.items() if number not in erased}
    for number, sha256 in before["numbers"].items():
        if number in now and now[number] != sha256:
            yield f"number {number} was given twice"
    numbers = now | before["numbers"]
    letters = {row["id"]: (row["recipient"], sha(seen.letters.get(row["path"], b""))) for row in _letters(seen)}
    letters |= before["letters"]
    (case.folder / MEMORY).write_text(json.dumps({"numbers": numbers, "letters": letters}))
    for number in erased:
        seen.erased[number] = numbers.get(str(number), "")
    if erased:
        seen.as_first_seen.update({id_: (to, digest) for id_, (to, digest) in letters.items()})


def _memory(case: Case) -> dict[str, dict[str, Any]]:
    """What earlier looks saw: number -> SHA-256, letter -> (recipient, SHA-256)."""
    path = case.folder / MEMORY
    return json.loads(path.read_text()) if path.exists() else {"numbers": {}, "letters": {}}  # type: ignore[no-any-return]


def sha(octets: bytes) -> str:
    """SHA-256, hex."""
    return hashlib.sha256(octets).hexdigest()


def _letters(seen: Evidence) -> list[dict[str, Any]]:
    return seen.tables.get("outgoing", [])


def _came(seen: Evidence, number: int, sha256: str) -> str:
    """The SHA-256 of what came under this number, whatever was erased since."""
    return seen.erased.get(number, sha256)


def _arrivals(case: Case, seen: Evidence) -> Iterator[str]:
    """Every mail that was sent is received once for each time it came, and the mailbox has let go of it."""
    rows = seen.tables.get("received", ())
    by_imap = Counter(_came(seen, row["number"], row["sha256"]) for row in rows if row["source"].startswith("imap:"))
    by_lmtp = Counter(_came(seen, row["number"], row["sha256"]) for row in rows if row["source"].startswith("lmtp:"))
    expected = Counter(post.sha256 for post in seen.posts if post.via == "imap" for _ in range(post.accepted))
    yield from (f"lost: {_named(seen, sha)} is missing {n} times" for sha, n in (expected - by_imap).items())
    yield from (f"doubled: {_named(seen, sha)} is there {n} times too often" for sha, n in (by_imap - expected).items())
    accepted = Counter(post.sha256 for post in seen.posts if post.via == "lmtp" for _ in range(post.accepted))
    tried = Counter(post.sha256 for post in seen.posts if post.via == "lmtp" for _ in range(post.tries))
    yield from (
        f"lost: {_named(seen, sha)} was answered with 250 {n} times more" for sha, n in (accepted - by_lmtp).items()
    )
    yield from (f"made up: {_named(seen, sha)} was not offered so often" for sha in by_lmtp - tried)
    if seen.mailboxes["INBOX"]:
        yield f"{len(seen.mailboxes['INBOX'])} messages are left in the INBOX"
    released = Counter(seen.mailboxes[case.done]) + Counter(seen.mailboxes[case.oversize])
    yield from (f"gone: {_named(seen, sha)} is not in the mailboxes" for sha in expected - released)
    yield from (f"doubled: {_named(seen, sha)} is in the mailboxes too often" for sha in released - expected)


def _named(seen: Evidence, sha256: str) -> str:
    return next(
        (f"{post.via} mail {post.id}" for post in seen.posts if post.sha256 == sha256),
        f"a mail nobody sent ({sha256[:12]})",
    )


# I3


def _entries(seen: Evidence) -> Iterator[str]:
    """Each finished message has one entry; their sequence has no gap and nothing twice."""
    rows = {row["number"]: row for row in seen.tables.get("received", ())}
    for number, row in rows.items():
        entry = seen.entries.get(number)
        if entry is None:
            if row["state"] in DONE:
                yield f"message {number} is {row['state']} and has no entry"
            continue
        if entry["sequence"] != row["sequence"] or entry["state"] != row["state"]:
            one, other = (row["sequence"], row["state"]), (entry["sequence"], entry["state"])
            yield f"row and entry {number} differ: {one}, {other}"
        if entry["sha256"] != row["sha256"] or entry["source"] != row["source"]:
            yield f"entry {number} is another message's"
    yield from (f"entry {number} has no row" for number in seen.entries.keys() - rows.keys())
    sequence = sorted(entry["sequence"] for entry in seen.entries.values())
    if sequence != list(range(1, len(sequence) + 1)):
        yield f"the sequence has gaps or doubles: {_irregular(sequence)}"


def _irregular(sequence: list[int]) -> str:
    gaps = sorted(set(range(1, max(sequence, default=0) + 1)) - set(sequence))
    return f"missing {gaps[:5]}, double {[n for n, times in Counter(sequence).items() if times > 1][:5]}"


def _acts(entry: dict[str, Any]) -> bool:
    return entry["state"] == "processed" and bool(entry.get("events") or entry.get("letters"))


def _effects(seen: Evidence) -> Iterator[str]:
    """One logical message has one effect, however often it came; and the database tells what the entries tell."""
    acting: dict[str, list[int]] = defaultdict(list)
    for number, entry in seen.entries.items():
        if _acts(entry) and not entry["source"].startswith(("operator:", "clock:")):
            acting[_came(seen, number, entry["sha256"])].append(number)
    yield from (f"{_named(seen, sha)} acted in {numbers}" for sha, numbers in acting.items() if len(numbers) > 1)
    numbers = defaultdict(set)
    for row in seen.tables.get("received", ()):
        numbers[_came(seen, row["number"], row["sha256"])].add(row["number"])
    opened: dict[str, list[str]] = defaultdict(list)
    whose = {number: sha for sha, of in numbers.items() for number in of}
    for item in seen.tables.get("items", ()):
        opened[whose[item["number"]]].append(item["kind"])
    for sha, post in {post.sha256: post for post in seen.posts if post.accepted}.items():
        if sorted(opened.get(sha, ())) != sorted(post.opens):
            yield f"{_named(seen, sha)} ({post.kind}) opened {opened.get(sha, [])}, not {list(post.opens)}"
    told = Counter(
        (number, event["name"], event["ref"])
        for number, entry in seen.entries.items()
        for event in entry.get("events", ())
    )
    lines = Counter((line["number"], line["event"], line["ref"]) for line in seen.tables.get("journal", ()))
    yield from (f"journal tells {line} {n} times more than its entry" for line, n in (lines - told).items())
    opens = Counter(
        event["ref"] for entry in seen.entries.values() for event in entry.get("events", ()) if event["name"] == "open"
    )
    if len(opens) != len(seen.tables.get("items", ())) or any(n > 1 for n in opens.values()):
        yield f"entries open {sum(opens.values())} items, the database knows {len(seen.tables.get('items', ()))}"


def _published(seen: Evidence) -> Iterator[str]:
    """What is published is there once, whole; nothing is there that nobody published."""
    places = Counter(
        item["place"] for item in seen.tables.get("items", ()) if item["place"] and item["state"] == "published"
    )
    yield from (f"{place} is published {n} times" for place, n in places.items() if n > 1)
    yield from (f"{place} is published and not there" for place in places if place not in seen.published)
    for place, wrong in seen.published.items():
        yield from (f"{place}/{name} is not what SHA256SUMS says" for name in wrong)
    known = {item["place"] for item in seen.tables.get("items", ()) if item["place"]}
    yield from (
        f"{place} was published by no item"
        for place in seen.published
        if place.startswith("articles/") and place not in known
    )
    for row in seen.tables.get("attachments", ()):
        if row["state"] == "kept" and row["sha256"] not in seen.attachments:
            yield f"attachment {row['name']} of message {row['number']} is not kept"


# I4


def _outbox(seen: Evidence) -> Iterator[str]:
    """A row for each letter that an entry tells of, and one only; its octets are there, and a proof if it left."""
    rows = {row["id"]: row for row in seen.tables.get("outgoing", ())}
    told = Counter(letter["id"] for entry in seen.entries.values() for letter in entry.get("letters", ()))
    yield from (f"letter {id_} is told of in {n} entries" for id_, n in told.items() if n > 1)
    yield from (f"letter {id_} is told of and has no row" for id_ in told.keys() - rows.keys())
    yield from (f"letter {id_} has a row and no entry tells of it" for id_ in rows.keys() - told.keys())
    causes = Counter((row["cause"], row["template"], row["recipient_key"], row["ref"]) for row in rows.values())
    yield from (f"{cause} has {n} letters" for cause, n in causes.items() if n > 1)
    for row in rows.values():
        octets = seen.letters.get(row["path"], b"")
        if f"<{row['message_id']}>".encode() not in octets.partition(b"\r\n\r\n")[0]:
            yield f"letter {row['id']} ({row['template']}) has no octets of its own"
        if row["state"] == "sent" and row["id"] not in seen.proofs:
            yield f"letter {row['id']} is sent and has no proof"
        if row["state"] not in (*WAITS, "sent"):
            yield f"letter {row['id']} ({row['template']}) is {row['state']}: {row['reason']}"


def _wire(seen: Evidence) -> Iterator[str]:
    """What is sent arrived, with its own octets, and more than once only where an attempt was ambiguous."""
    rows = {row["message_id"]: row for row in seen.tables.get("outgoing", ())}
    doubtful = Counter(row["outgoing"] for row in seen.tables.get("attempts", ()) if row["outcome"] == "ambiguous")
    arrived: Counter[str] = Counter()
    for to, _, octets in seen.delivered:
        row = rows.get(_message_id(octets))
        if row is None:
            yield f"{_message_id(octets)} to {to} left and has no row"
            continue
        arrived[row["id"]] += 1
        own = (row["recipient"], sha(seen.letters.get(row["path"], b"")))
        recipient, digest = seen.as_first_seen.get(row["id"], own)
        if sha(octets) != digest:
            yield f"letter {row['id']} left with other octets than it has"
        if to != recipient:
            yield f"letter {row['id']} for {recipient} went to {to}"
    for row in rows.values():
        copies = arrived[row["id"]]
        if row["state"] == "sent" and not copies:
            yield f"lost: letter {row['id']} ({row['template']}) is sent and never arrived"
        if copies - 1 > doubtful[row["id"]]:
            yield f"letter {row['id']} arrived {copies} times with {doubtful[row['id']]} ambiguous attempts"


def _message_id(octets: bytes) -> str:
    head = octets.partition(b"\r\n\r\n")[0]
    found = re.search(rb"^Message-ID:\s*<([^>]+)>", head, re.MULTILINE | re.IGNORECASE)
    return found[1].decode() if found else ""


# I5


def _votes(seen: Evidence) -> Iterator[str]:
    """Nobody's vote stands that they did not send."""
    decided = {(post.member, verb, ref) for post in seen.posts for verb, ref in post.decides}
    refs: dict[int, set[str]] = defaultdict(set)
    for alias in seen.tables.get("aliases", ()):
        refs[alias["item"]].add(alias["ref"])
    for vote in seen.tables.get("votes", ()):
        if not any((vote["member"], vote["verdict"], ref) in decided for ref in refs[vote["item"]]):
            yield f"{vote['member']} never voted {vote['verdict']} on {sorted(refs[vote['item']])}"
    for number, entry in seen.entries.items():
        cast = Counter((event["ref"], event["by"]) for event in entry.get("events", ()) if event["name"] == "vote")
        yield from (f"entry {number}: {by} votes {n} times on {ref}" for (ref, by), n in cast.items() if n > 1)


def _counts(seen: Evidence) -> dict[str, int]:
    attempts = Counter(row["outcome"] for row in seen.tables.get("attempts", ()))
    arrived = Counter((to, _message_id(octets)) for to, _, octets in seen.delivered)
    letters = seen.tables.get("outgoing", ())
    return {
        "mails sent to the desk": sum(post.accepted for post in seen.posts),
        "messages received": len(seen.tables.get("received", ())),
        "duplicates": sum(row["state"] == "duplicate" for row in seen.tables.get("received", ())),
        "items": len(seen.tables.get("items", ())),
        "votes": len(seen.tables.get("votes", ())),
        "published": sum(item["state"] == "published" for item in seen.tables.get("items", ())),
        "letters": len(letters),
        "letters waiting": sum(row["state"] in WAITS for row in letters),
        "deliveries": len(seen.delivered),
        "letters doubled": sum(n > 1 for n in arrived.values()),
        "attempts ambiguous": attempts["ambiguous"],
        "letter files without row": len(set(seen.letters) - {row["path"] for row in letters}),
        "leftovers": len(seen.leftovers),
    }


def main() -> int:
    """The table, or JSON."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    options.add_argument("case", type=Path)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    found = check(open_case(chosen.case))
    if chosen.json:
        print(json.dumps(asdict(found), indent=1))  # noqa: T201 - a program
    else:
        print(table(found))  # noqa: T201
    return 1 if found.violations else 0


def table(found: Findings) -> str:
    """The counts, and what does not hold."""
    lines = [f"{words:28} {n:6}" for words, n in found.counts.items()]
    return "\n".join([*lines, *(found.violations or ["I1 to I5 hold"])])


if __name__ == "__main__":
    sys.exit(main())
