"""All kinds by name: how many replies of each are read, to which letters, in which languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.strangers import hidden, honest, machine, others, prose
from bench.strangers.letters import DIGESTS, SINGLES, Letter
from bench.strangers.prose import of_row
from bench.strangers.scene import Kind, Trial, play
from bench.strangers.tongues import LANGUAGES

EITHER = (*DIGESTS, *SINGLES[:2])
WITH_VERBS = LANGUAGES[:7]  # the desk knows their verbs


@dataclass(frozen=True, slots=True)
class Row:
    """One kind."""

    words: Kind
    count: int
    letters: Sequence[Letter] = EITHER
    languages: Sequence[str] = LANGUAGES


NOTHING: dict[str, Row] = {
    **{name: Row(kind, 300) for name, kind in others.KINDS.items()},
    "attached": Row(others.attached, 80),
    "chats": Row(prose.chats, 200),
    "minutes": Row(of_row("minutes", untorn=True), 120),
    "tables": Row(prose.tables, 150),
    "votes": Row(of_row("votes", untorn=True), 200),
    "reported": Row(of_row("reported"), 300),
    "broken off": Row(of_row("broken"), 400),
    "taken back": Row(prose.taken_back, 300),
    "conditions": Row(of_row("conditions", of=("approve",)), 200),
    "questions": Row(of_row("questions"), 200),
    "sarcasm": Row(of_row("sarcasm", of=("approve",)), 150),
    "options": Row(of_row("options", untorn=True), 150),
    "instructions": Row(of_row("instructions"), 200),
    "drafts": Row(of_row("drafts", untorn=True), 200),
    "hedged": Row(of_row("hedged", untorn=True, of=("approve", "hold")), 200),
    "negated": Row(of_row("negated", untorn=True, of=("approve", "hold")), 200),
    "numbers": Row(of_row("numbers"), 150),
    "weak": Row(prose.weak, 300, SINGLES),
    "vacation": Row(prose.absent, 200),
    "hidden": Row(hidden.hidden, 600),
    "struck": Row(hidden.struck, 120),
    "differing": Row(hidden.differing, 150),
    "footers": Row(machine.footers, 200),
    "tap links": Row(machine.tap_links, 200),
    "silent": Row(machine.silent, 100),
    "pasted author": Row(machine.author_pasted, 120),
    "other letters": Row(machine.other_letters, 150),
    "subjects": Row(machine.subjects, 150, DIGESTS),
    "help": Row(machine.help_quoted, 120, languages=("en",)),
}
DECIDING: dict[str, Row] = {
    **{name: Row(kind, 80, DIGESTS) for name, kind in honest.KINDS.items()},
    "single": Row(honest.single, 120, SINGLES, WITH_VERBS),
    "under items": Row(honest.under_items, 120, DIGESTS),
    "dictated": Row(honest.dictated, 80, DIGESTS, ("en",)),
    "programs": Row(honest.from_programs, 160, DIGESTS),
    "below heads": Row(honest.below_heads, 40, DIGESTS),
    "and others": Row(honest.and_others, 200, DIGESTS),
    "and hidden": Row(honest.and_hidden, 120, DIGESTS),
    "any attribution": Row(honest.above_any_attribution, 160, DIGESTS),
}
KINDS = {**NOTHING, **DECIDING}


def trials(names: Sequence[str], seed: int, part: float) -> Iterator[Trial]:
    """The replies of these kinds; `part` of each kind's count, and one at least."""
    for name in names:
        row = KINDS[name]
        for number in range(max(1, round(row.count * part))):
            yield play(name, number, seed, row.letters, row.languages, row.words)
