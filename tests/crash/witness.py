"""The second checker: whether the design's contracts hold, by what the design itself names, and nothing else.

Written from docs/design.md and the drawings of docs/tour.md alone; it shares no line with `checker`, imports nothing of
mailproc, and opens no database. It reads the archive's files and entries (§4), the outbox and the proofs beside its
letters (§9), published work, what `list`, `outbox list` and `received list` say with --json (§9), and the records of
those outside: mailboxes, sink, and what people did. `judge` says what does not hold, one line each, for a desk at rest.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

TOUR = Path(__file__).resolve().parents[2] / "docs/tour.md"
SOURCE = re.compile(rb"\A(?:.*\r\n)*?X-Mailproc-Source: (\S+)\r\n")  # the last of our trace fields (§4.2)
STUB = b"X-Mailproc-Erased: "
PROVEN = re.compile(rb"\AAuthentication-Results: mx\.harbour\.example;[^\r]* dmarc=pass ")
ANSWERED = ("article", "material", "enquiry", "membership")  # of people; machines and wreckage get no letter (§7)
DEEDS = "deeds.jsonl"
SAID = {"approve": ("vote", "approve"), "reject": ("vote", "reject"), "hold": ("hold", ""), "discard": ("discard", "")}
UP = {"article": "published", "material": "gathered"}
READ_LATER_NS = 1_000_000_000  # what a sender had written before its death is read by the sink a little after it
Json = dict[str, Any]


@dataclass
class Mail:
    """What somebody gave to the desk."""

    sha256: str
    via: str
    kind: str
    member: str = ""
    decides: tuple[tuple[str, str], ...] = ()
    tries: int = 0
    accepted: int = 0


@dataclass(frozen=True)
class File:
    """A mail of the archive: the octets as they came."""

    source: str
    octets: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.octets).hexdigest()

    @property
    def erased(self) -> bool:
        return self.octets.startswith(STUB)


@dataclass
class Seen:
    """Everything that was looked at."""

    mails: list[Mail]
    released: Counter[str]  # SHA-256 of what the mailbox has let go of
    files: dict[int, File]
    entries: dict[int, Json]
    letters: dict[str, bytes]  # id -> octets in the outbox
    proofs: dict[str, Json]  # id -> <id>.sent.json
    wire: list[tuple[int, str, bytes]]  # when (ns), to whom, octets: what the sink took
    items: list[Json]
    outbox: list[Json]
    received: list[Json]
    bundles: dict[str, dict[str, tuple[str, str]]]  # folder -> file -> (what SHA256SUMS says, what it is)
    broken: list[tuple[int, int]] = field(default_factory=list)  # from, to (ns): a sender died, or a line was cut
    forgotten: set[str] = field(default_factory=set)  # addresses
    crowded: int = 0  # letters that were one too many at once for a domain


def look(case: Path, boxes: dict[str, list[str]], answers: list[list[Json]]) -> Seen:
    """A case's folder; its mailboxes but the INBOX; what the three commands said."""
    desk, sink = case / "desk", case / "sink"
    deeds = _lines(case / DEEDS)
    crowded = sink / "crowded"
    return Seen(
        mails=_mails(_lines(case / "ledger.jsonl")),
        released=Counter(sha for name, shas in boxes.items() if name != "INBOX" for sha in shas),
        files=dict(_files(desk / "data/archive")),
        entries={int(p.stem): json.loads(p.read_bytes()) for p in (desk / "data/archive").glob("[0-9]*/*.json")},
        letters={path.stem: path.read_bytes() for path in (desk / "outbox").rglob("*.eml")},
        proofs={p.name.split(".")[0]: json.loads(p.read_bytes()) for p in (desk / "outbox").rglob("*.sent.json")},
        wire=sorted(map(_delivery, sink.glob("*.mail"))),
        items=answers[0],
        outbox=answers[1],
        received=answers[2],
        bundles={str(sums.parent.relative_to(desk / "published")): _sums(sums) for sums in desk.rglob("SHA256SUMS")},
        broken=[(deed["from"], deed["to"]) for deed in deeds if deed["what"] == "broken"],
        forgotten={deed["address"] for deed in deeds if deed["what"] == "forgotten"},
        crowded=len(crowded.read_text().splitlines()) if crowded.exists() else 0,
    )


def _lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _mails(ledger: list[Json]) -> list[Mail]:
    found: dict[str, Mail] = {}
    for told in ledger:
        if told["what"] == "post":
            decides = tuple((verb, ref) for verb, ref in told["decides"])
            found[told["id"]] = Mail(told["sha256"], told["via"], told["kind"], told["member"], decides)
        found[told["id"]].tries += told["what"] == "try"
        found[told["id"]].accepted += told["what"] == "accepted"
    return list(found.values())


def _files(archive: Path) -> Iterator[tuple[int, File]]:
    for path in archive.glob("[0-9]*/*.eml"):
        octets = path.read_bytes()
        if head := SOURCE.match(octets):
            yield int(path.stem), File(head[1].decode(), octets[head.end() :])
        else:
            yield int(path.stem), File("", octets)


def _delivery(path: Path) -> tuple[int, str, bytes]:
    head, _, octets = path.read_bytes().partition(b"\n")
    return int(path.name.split("-")[0]), json.loads(head)["to"], octets


def _sums(sums: Path) -> dict[str, tuple[str, str]]:
    said = {name: sha for sha, _, name in (line.partition("  ") for line in sums.read_text().splitlines())}
    there = {name: sums.parent / name for name in said}
    return {
        name: (said[name], hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "")
        for name, path in there.items()
    }


def judge(seen: Seen) -> list[str]:
    """What does not hold."""
    rules = (_kept, _in_order, _letters_as_told, _on_the_wire, _as_listed, _answered, _done_once, _up)
    return [f"witness, {rule.__name__.strip('_').replace('_', ' ')}: {words}" for rule in rules for words in rule(seen)]


def _kept(seen: Seen) -> Iterator[str]:
    """§2.2, §4.2: what was answered with 250 or let go of lies under one number; a source key names one message."""
    for protocol in ("imap", "lmtp"):
        files = {n: file for n, file in seen.files.items() if file.source.startswith(f"{protocol}:")}
        there = Counter(file.sha256 for file in files.values() if not file.erased)
        stubs = sum(file.erased for file in files.values())
        given: Counter[str] = Counter()
        offered: Counter[str] = Counter()
        for mail in seen.mails:
            if mail.via == protocol:
                given[mail.sha256] += mail.accepted
                offered[mail.sha256] += mail.tries if protocol == "lmtp" else mail.accepted
        if sum((given - there).values()) > stubs:
            yield f"{protocol}: not kept: {sorted(given - there)}"
        if there - offered:
            yield f"{protocol}: kept more often than given: {sorted(there - offered)}"
        if protocol == "imap" and given != seen.released:
            yield f"the mailbox has let go of {seen.released - given}, not of {given - seen.released}"
    sources = Counter(file.source for file in seen.files.values())
    yield from (f"{source or 'no source'} has {n} numbers" for source, n in sources.items() if n > 1 or not source)


def _in_order(seen: Seen) -> Iterator[str]:
    """§4.3: a mail has one entry and an entry its mail; the sequence has no gap, and time never goes back."""
    yield from (f"{n} has no entry" for n in sorted(seen.files.keys() - seen.entries.keys()))
    yield from (f"entry {n} has no mail" for n in sorted(seen.entries.keys() - seen.files.keys()))
    ordered = sorted(seen.entries.values(), key=lambda entry: entry["sequence"])
    if [entry["sequence"] for entry in ordered] != list(range(1, len(ordered) + 1)):
        yield f"the sequence is {[entry['sequence'] for entry in ordered]}"
    times = [entry["time"] for entry in ordered]
    yield from (f"after {one} comes {two}" for one, two in pairwise(times) if two < one)
    for n, entry in seen.entries.items():
        file = seen.files.get(n)
        if entry["number"] != n or (file and not file.erased and entry["sha256"] != file.sha256):
            yield f"entry {n} is another mail's"
    listed = {row["number"]: row["state"] for row in seen.received}
    for n in listed.keys() | seen.entries.keys():
        told = seen.entries.get(n, {}).get("state")
        if listed.get(n) != told:
            yield f"{n} is {listed.get(n)} in the list and {told} in its entry"


def _letters_as_told(seen: Seen) -> Iterator[str]:
    """§2.4: a letter is caused once, and its octets never change; §9: a proof stands beside what has left."""
    told = Counter(letter["id"] for entry in seen.entries.values() for letter in entry["letters"])
    listed = Counter(row["id"] for row in seen.outbox)
    yield from (
        f"{id_}: told {told[id_]}, listed {listed[id_]}" for id_ in told | listed if told[id_] != listed[id_] != 0
    )
    yield from (f"{id_} is told of and not listed" for id_ in told.keys() - listed.keys())
    yield from (f"{id_} is caused {n} times" for id_, n in told.items() if n > 1)
    for letter in (letter for entry in seen.entries.values() for letter in entry["letters"]):
        octets = seen.letters.get(letter["id"], b"")
        if hashlib.sha256(octets).hexdigest() != letter["sha256"]:
            yield f"{letter['id']} has other octets than its entry says"
    for row in seen.outbox:
        proof = seen.proofs.get(row["id"])
        if row["state"] == "sent" and (
            proof is None or (proof["message_id"], proof["to"]) != (row["message_id"], row["to"])
        ):
            yield f"{row['id']} is sent, and its proof is {proof}"
        if row["state"] not in {"sent", "queued", "deferred", "ambiguous"}:
            yield f"{row['id']} is {row['state']}: {row['reason']}"


def _on_the_wire(seen: Seen) -> Iterator[str]:
    """§2.4: what arrives is the letter, for its recipient, and again only where nobody could know that it had."""
    rows = {row["message_id"]: row for row in seen.outbox}
    copies: dict[str, list[int]] = defaultdict(list)
    for at, to, octets in seen.wire:
        named = re.search(rb"(?m)^Message-ID: <([^>]+)>", octets.partition(b"\r\n\r\n")[0])
        row = rows.get(named[1].decode() if named else "")
        if row is None:
            yield f"a letter to {to} is none of the outbox"
            continue
        copies[row["id"]].append(at)
        kept = seen.letters.get(row["id"], b"")
        if STUB in kept and any(_names(octets, address) for address in seen.forgotten):
            continue
        if to != row["to"] or octets != kept:
            yield f"{row['id']} for {row['to']} is other octets, or came to {to}"
    for id_, times in copies.items():
        for one, two in pairwise(times):
            if not any(begun <= two and one <= over + READ_LATER_NS for begun, over in seen.broken):
                yield f"{id_} came twice, and nothing had broken between"
    yield from (
        f"{row['id']} is sent and never came"
        for row in rows.values()
        if row["state"] == "sent" and not copies[row["id"]]
    )
    if seen.crowded:
        yield f"{seen.crowded} letters were too many at once for one domain"


def _names(octets: bytes, address: str) -> bool:
    """Whether a letter speaks of somebody: to them, or by their address, which their mails repeat as their name."""
    return address.partition("@")[0].removeprefix("jo-").encode() in octets.replace(b"=\r\n", b"").lower()


def drawings(text: str) -> dict[str, dict[tuple[str, str], str]]:
    """The tour's drawings: kind -> (state, event) -> state; ("", "open") is the beginning."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for kind, body in re.findall(r"^### (\w+)\n+```mermaid\n(.*?)```", text, re.MULTILINE | re.DOTALL):
        table = found[kind] = {}
        for one, two, events in re.findall(r"^ +(\S+) --> (\w+)(?:: (.*))?$", body, re.MULTILINE):
            for event in events.split(", ") if events else ["open"]:
                table["" if one == "[*]" else one, event] = two
    return found


def walked(seen: Seen) -> Iterator[tuple[int, int, Json, str, str]]:
    """Each event in order: (sequence, number, event, state before, state after), by the drawings alone."""
    tables = drawings(TOUR.read_text(encoding="utf-8"))
    kinds = {ref: item["kind"] for item in seen.items for ref in item["refs"]}
    names = {ref: item["ref"] for item in seen.items for ref in item["refs"]}
    states: dict[str, str] = {}
    for entry in sorted(seen.entries.values(), key=lambda entry: entry["sequence"]):
        for event in entry["events"]:
            if ref := names.get(event["ref"] or ""):
                before = states.get(ref, "")
                states[ref] = tables[kinds[ref]].get((before, event["name"]), before)
                yield entry["sequence"], entry["number"], event, before, states[ref]


def _as_listed(seen: Seen) -> Iterator[str]:
    """§2.3, §5: the entries' events lead to the states that are listed; every item was opened, once."""
    states, opened = {}, Counter[str]()
    names = {ref: item["ref"] for item in seen.items for ref in item["refs"]}
    for _, _, event, _, after in walked(seen):
        states[names[event["ref"]]] = after
        opened[names[event["ref"]]] += event["name"] == "open"
    for item in seen.items:
        if states.get(item["ref"]) != item["state"]:
            yield f"{item['ref']} is listed as {item['state']}, its events lead to {states.get(item['ref'])}"
        if opened[item["ref"]] != 1:
            yield f"{item['ref']} was opened {opened[item['ref']]} times"
    known = {event["ref"] for entry in seen.entries.values() for event in entry["events"] if event["name"] == "open"}
    yield from (f"{ref} was opened and is not listed" for ref in known - names.keys())


def _answered(seen: Seen) -> Iterator[str]:
    """§7: one mail causes one receipt, if its author is proven or the envelope names them; a machine's mail none."""
    numbers = defaultdict(list)
    for n, file in seen.files.items():
        if not file.erased:
            numbers[file.sha256].append(n)
    for mail in {mail.sha256: mail for mail in seen.mails if mail.kind != "decision"}.values():
        entries = [seen.entries[n] for n in numbers[mail.sha256] if n in seen.entries]
        author = next((entry["author"]["email"] for entry in entries if entry["author"]), "")
        if author in seen.forgotten or not entries:
            continue
        theirs = [letter for entry in entries for letter in entry["letters"] if letter["to"] == author]
        file = seen.files[entries[0]["number"]]
        by_lmtp = any(seen.files[n].source.startswith("lmtp:") for n in numbers[mail.sha256])
        deserved = mail.kind in ANSWERED and (by_lmtp or bool(PROVEN.match(file.octets)))
        if len(theirs) != deserved:
            yield f"{mail.kind} {numbers[mail.sha256]} of {author} got {len(theirs)} letters, not {int(deserved)}"


def _done_once(seen: Seen) -> Iterator[str]:
    """§4, §6: what a decision says happens once, however often it came, and its sender gets one transcript."""
    numbers = defaultdict(set)
    for n, file in seen.files.items():
        numbers[file.sha256].add(n)
    did: dict[int, list[tuple[Json, str]]] = defaultdict(list)
    for _, n, event, before, _ in walked(seen):
        did[n].append((event, before))
    for mail in {mail.sha256: mail for mail in seen.mails if mail.kind == "decision" and mail.accepted}.values():
        mine = sorted(numbers[mail.sha256])
        if not mine and seen.forgotten:  # it quoted somebody who was forgotten: a stub is left, and counted above
            continue
        letters = [letter for n in mine for letter in seen.entries.get(n, {"letters": []})["letters"]]
        if len([letter for letter in letters if letter["to"] == mail.member]) != 1:
            yield f"the decision {mine} of {mail.member} was answered {len(letters)} times"
        for verb, ref in mail.decides:
            name, verdict = SAID[verb]
            times = sum(
                (event["name"], event["ref"], event["by"]) == (name, ref, mail.member)
                and event["data"].get("verdict", "") == verdict
                for n in mine
                for event, _ in did[n]
            )
            if times > 1:
                yield f"{mail.member}: {verb} {ref} happened {times} times"
            others = {event["ref"] for n in mine for event, _ in did[n] if event["by"] == mail.member}
            if others - {ref for _, ref in mail.decides}:
                yield f"{mail.member} decided on {others}, which {mine} does not name"


def _up(seen: Seen) -> Iterator[str]:
    """§4.4, §5: what is approved and settled is up, whole and once; nothing else is."""
    done: dict[str, list[str]] = defaultdict(list)
    for _, _, event, _, _ in walked(seen):
        done[event["ref"]].append(event["name"])
    places = Counter(item["place"] for item in seen.items if item["state"] in UP.values() and item["place"])
    yield from (f"{place} belongs to {n} items" for place, n in places.items() if n > 1)
    for item in seen.items:
        state, up = item["state"], UP.get(item["kind"])
        if up and state == "approved" and not item["settles_at"]:
            yield f"{item['ref']} is approved and settled, and not up"
        if state != up:
            continue
        names = [name for name in done[item["ref"]] if name in {"approve", "settle", up}]
        if names[-3:] != ["approve", "settle", up]:
            yield f"{item['ref']} is up by {names}"
        files = seen.bundles.get(item["place"], {})
        if not files or any(said != there for said, there in files.values()):
            yield f"{item['ref']} is up, and {item['place']} is not whole"
        elif item["text_sha256"] not in {there for _, there in files.values()}:
            yield f"{item['ref']} is up with other words"
    yield from (f"{folder} is up, and no item says so" for folder in seen.bundles.keys() - places.keys())
