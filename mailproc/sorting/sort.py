"""What is this mail? (Message, Facts, rules) -> Verdict. The first hit decides, and all others are kept.

Total: a mail that no rule claims is `unsorted`, never lost. Nothing is done here; the desk acts on the verdict.
Mail of the operator and of the clock does not come this way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailproc.kinds.every import KINDS, UNSORTED
from mailproc.message.model import Message
from mailproc.sorting.condition import Clause, Found, Reading, holds, reading
from mailproc.sorting.facts import Facts
from mailproc.sorting.rule import Rule


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule that claims the mail, and why."""

    kind: str
    section: str | None
    group: str | None
    rule: str
    reason: str  # the rule's `because`
    field: str = ""  # address subject text attachment size sender ... or a header field's name; "" for a catch-all
    words: str = ""  # what was found there
    beside: tuple[str, ...] = ()
    guess: bool = False


@dataclass(frozen=True, slots=True)
class Miss:
    """A rule that does not, and the first of its conditions that does not hold."""

    kind: str
    rule: str
    condition: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules said. `hits` holds at least one that decides, in the rules' order."""

    hits: tuple[Hit, ...]
    misses: tuple[Miss, ...] = ()

    @property
    def first(self) -> Hit:
        """The hit that decides."""
        return next(hit for hit in self.hits if not hit.guess)

    @property
    def kind(self) -> str:
        """What the mail is."""
        return self.first.kind

    @property
    def section(self) -> str | None:
        """Where an article goes."""
        return self.first.section

    @property
    def group(self) -> str | None:
        """Which group file material is for."""
        return self.first.group

    @property
    def rule(self) -> str:
        """The deciding rule's name."""
        return self.first.rule

    @property
    def reason(self) -> str:
        """Why, in the deciding rule's words."""
        return self.first.reason

    @property
    def second(self) -> Hit | None:
        """The second wish: the first hit of another kind that may stand beside the first."""
        first = self.first
        return next((hit for hit in self.hits if first.kind in hit.beside and hit.kind != first.kind), None)

    @property
    def wishes(self) -> tuple[Hit, ...]:
        """The hits that open an item or decide: the first, then the second wish if there is one."""
        return (self.first, self.second) if self.second else (self.first,)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of the wishes."""
        return tuple(hit.kind for hit in self.wishes)

    @property
    def runner_up(self) -> Hit | None:
        """What it would have been otherwise; of an unsorted mail the best guess. None if nothing else fits."""
        other = (hit for hit in self.hits if hit.kind not in {*self.kinds, UNSORTED})
        return next((hit for hit in other if self.kind == UNSORTED or not hit.guess), None)

    @property
    def guess(self) -> str | None:
        """The best guess at the kind of an unsorted mail; None if there is none, or the rules decided."""
        return self.runner_up.kind if self.kind == UNSORTED and self.runner_up else None

    @property
    def guesses(self) -> tuple[str, ...]:
        """All kinds of item that an unsorted mail may be, the likeliest first; () where the rules decided."""
        likely = (hit.kind for hit in self.hits if hit.kind in KINDS and hit.kind != UNSORTED)
        return tuple(dict.fromkeys(likely)) if self.kind == UNSORTED else ()


def sort(message: Message, facts: Facts, rules: Sequence[Rule]) -> Verdict:
    """Ask every rule. The verdict always has a kind."""
    mail = reading(message, facts)
    hits: list[Hit] = []
    misses: list[Miss] = []
    for rule in rules:
        found, failed = holds(rule.when, mail)
        if failed is None:
            hits.append(_hit(rule, found, mail))
        else:
            misses.append(Miss(rule.kind, rule.name, _words_of(failed)))
    if all(hit.guess for hit in hits):
        hits.append(Hit(UNSORTED, None, None, "", "no rule claims it"))
    return Verdict(tuple(hits), tuple(misses))


def without_words(verdict: Verdict) -> Verdict:
    """The verdict on a picture, say, without a word or a document: no article, whatever address it was sent to."""
    return Verdict(tuple(map(_wordless, verdict.hits)), verdict.misses)


def _wordless(hit: Hit) -> Hit:
    up = KINDS[hit.kind].up if hit.kind in KINDS else None
    if up is None or not up.document:
        return hit
    return Hit(UNSORTED, None, None, hit.rule, "there is no word in it, and no document", hit.field, hit.words)


def _hit(rule: Rule, found: Sequence[Found], mail: Reading) -> Hit:
    """The rule's hit; the field named is that of the most telling condition: words before addresses before facts."""
    telling = min((each for each in found if each.words), key=_rank, default=Found(""))
    group = rule.group or next((each.group for each in found if each.group), None)
    if group is None and mail.naming and rule.kind in KINDS and KINDS[rule.kind].names_file:
        group = mail.naming.group
    return Hit(
        rule.kind, rule.section, group, rule.name, rule.because, telling.field, telling.words, rule.beside, rule.guess
    )


_TELLING = ("subject", "text", "attachment", "address")


def _rank(found: Found) -> int:
    return _TELLING.index(found.field) if found.field in _TELLING else len(_TELLING)


def _words_of(clause: Clause) -> str:
    """A condition that does not hold, as people wrote it, cut short."""
    if clause.name in {"any", "not"}:
        return clause.name
    value = ", ".join(map(str, clause.value)) if isinstance(clause.value, tuple) else str(clause.value)
    return f"{clause.name}: {value if len(value) <= 60 else value[:57] + '...'}"  # noqa: PLR2004 - one line of a terminal


@dataclass(frozen=True, slots=True)
class Row:
    """One line of `sort --explain`."""

    rule: str
    kind: str
    outcome: str  # "first", "second wish", "runner-up", "hit", "guess", "miss"
    field: str
    words: str  # found there; for a miss the condition that does not hold
    reason: str


def explain(verdict: Verdict, rules: Sequence[Rule]) -> list[Row]:
    """Every rule in its order, hit or miss, with what made it so."""
    hits = {hit.rule: hit for hit in verdict.hits}
    misses = {miss.rule: miss for miss in verdict.misses}
    order = [rule.name for rule in rules] + [name for name in hits if name == ""]
    return [_hit_row(hits[name], verdict) if name in hits else _miss_row(misses[name]) for name in order]


def _hit_row(hit: Hit, verdict: Verdict) -> Row:
    special = {"first": verdict.first, "second wish": verdict.second, "runner-up": verdict.runner_up}
    outcome = next((name for name, each in special.items() if each is hit), "guess" if hit.guess else "hit")
    return Row(hit.rule, hit.kind, outcome, hit.field, hit.words, hit.reason)


def _miss_row(miss: Miss) -> Row:
    return Row(miss.rule, miss.kind, "miss", "", miss.condition, "")
