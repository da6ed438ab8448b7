"""One sentence and the items it can be about give what it asks for, or why it asks for nothing.

The whole-line rule lives here: what may follow a verb, what makes a line doubtful, and the hint that comes
back with it. Values in, values out; it never fails.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailproc.errors import nearest
from mailproc.review import manners, verbs
from mailproc.review.grammar import Phrases, Sentence, Token, phrase_at
from mailproc.review.reading import Listed
from mailproc.review.resolve import Meant, Scope, resolve
from mailproc.review.verbs import VERBS, Verb

_KINDS = verbs.kinds()
_SORTABLE = ("article", "material", "membership", "enquiry", "help")
_MOST_WORDS_OF_A_PLACE = 8
_OF_MANY = 4  # words of a line without a reference that may be a misspelt verb
_ASKING = frozenset({"status", "show", "list", "help"})  # verbs that are questions: "status?" is said by its whole line
_YES_OF = {"membership": "agree"}  # what an author's or applicant's yes says, by kind


@dataclass(frozen=True, slots=True)
class Speech:
    """What is known where the sentence stands."""

    who: str
    scope: Scope
    standing: tuple[str, ...] | None  # items that a bare word is about; None: below a signature
    forms: Phrases


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a line asks for: (verb, references, argument) each; or a reason slug, and what would have worked."""

    commands: tuple[tuple[str, tuple[str, ...], str], ...] = ()
    name: str = ""  # the verb said
    words: str = ""
    takes: str = verbs.NOTHING
    needs_words: bool = False
    decides_alone: bool = False  # a decision that no words may follow
    reason: str = ""
    hint: str = ""


def speak(said: Sentence, speech: Speech) -> Spoken:
    """What a sentence with a verb asks for."""
    if said.verb == "yes":
        return _yes(said, speech)
    verb = VERBS["reject" if said.verb == "no" else said.verb]
    meant = _meant(said, verb, speech)
    if meant.reason:
        return Spoken(reason=meant.reason, hint=meant.hint)
    wrong = _wrong(said, verb, meant, speech)
    if wrong:
        return Spoken(reason=wrong, hint=_hint(meant.refs, verb.name))
    if verb.takes == verbs.KIND:
        return _sort(said, meant)
    return Spoken(
        commands=((verb.name, meant.refs, ""),),
        name=verb.name,
        words=said.words if verb.takes != verbs.NOTHING and not manners.courteous(said.rest) else "",
        takes=verb.takes,
        needs_words=verb.needs_words,
        decides_alone=verb.decides and (verb.takes == verbs.NOTHING or said.verb == "no"),
        hint=f'write the words on the same line: "{_first(meant.refs)} {verb.name} ..."',
    )


def _meant(said: Sentence, verb: Verb, speech: Speech) -> Meant:
    """The items that the sentence is about, named or stood under."""
    scope = speech.scope
    if said.targets is not None:
        if verb.anywhere:
            scope = Scope(scope.listing, outside=True, counted=scope.counted)
        return resolve(said.targets, verb, scope)
    if not verb.needs_item:
        return Meant(speech.standing or () if verb.anywhere else ())
    if speech.standing:
        suiting = [i for i in scope.listing.items if i.ref in speech.standing]
        return _suiting(suiting, verb)
    if speech.who != "member":
        return _only_one(verb, scope)
    if scope.listing.single and speech.standing is not None:
        return Meant()
    return Meant(reason="no-reference", hint=_hint(scope.listing.refs[:1], verb.name, first=True))


def _suiting(items: list[Listed], verb: Verb) -> Meant:
    wrong = next((item for item in items if verb.kinds and item.kind not in verb.kinds), None)
    if wrong is None:
        return Meant(tuple(item.ref for item in items))
    other = "sort" if wrong.kind == "unsorted" else "discard"
    return Meant(reason="not-for-kind", hint=f"{wrong.ref} is {wrong.kind}; {_hint((wrong.ref,), other)}")


def _only_one(verb: Verb, scope: Scope) -> Meant:
    """An author's bare word: on the one item of the letter that it can be about."""
    refs = tuple(item.ref for item in scope.listing.items if not verb.kinds or item.kind in verb.kinds)
    if len(refs) == 1 or (scope.listing.single and not scope.listing.items):
        return Meant(refs)
    return Meant(reason="no-reference", hint=_hint(refs[:1], verb.name, first=True))


def _wrong(said: Sentence, verb: Verb, meant: Meant, speech: Speech) -> str:
    """Why the words around the verb keep it from acting: a slug, or ""."""
    if verb.takes == verbs.NOTHING:
        asking = verb.name in _ASKING
        return _not_courteous(tuple(t for t in said.rest if t.text != "?") if asking else said.rest)
    if verb.takes == verbs.BODY:
        return "" if said.divided or manners.courteous(said.rest) else "extra-words"
    doubts = (
        ("our-link", tuple(token.text.casefold() for token in said.rest[:2]) == verbs.LINK_ENDS),
        ("extra-words", said.verb == "no" and not manners.courteous(said.rest) and not _gives_a_reason(said, speech)),
        ("question", manners.asks(said.rest[:1])),
        ("ambiguous", verb.takes == verbs.TEXT and _uncertain_targets(said, meant, speech)),
        ("two-commands", verb.takes == verbs.TEXT and _second_command(said.rest, speech.forms)),
        ("conditional", verb.name == "reject" and not said.divided and manners.goes_another_way(said.rest)),
    )
    return next((slug for slug, holds in doubts if holds), "")


def _gives_a_reason(said: Sentence, speech: Speech) -> bool:
    """What follows `no` is its reason: in "no: too long" it is, in "no problem" and "no, approve it" not."""
    return said.divided and not manners.contradicts_no(said.rest, speech.forms)


def _not_courteous(rest: tuple[Token, ...]) -> str:
    if manners.courteous(rest):
        return ""
    if manners.asks(rest):
        return "question"
    return "conditional" if manners.takes_back(rest) else "extra-words"


def _uncertain_targets(said: Sentence, meant: Meant, speech: Speech) -> bool:
    """Below another item, "reject A-12 says it better": is A-12 rejected, or the reason? And "reject 3 pages"."""
    if said.targets is None or not said.leads or said.divided:
        return False
    if any("-" not in first for first, _ in said.targets.spans):
        return True
    return bool(speech.standing) and set(speech.standing or ()) != set(meant.refs)


def _second_command(rest: tuple[Token, ...], forms: Phrases) -> bool:
    """In free text a reference stands beside a decision: "too long, A-13 approve"."""
    decisions = {words: verb for words, verb in forms.items() if verb in {"approve", "reject", "hold", "discard"}}
    for at, token in enumerate(rest):
        if token.kind == "ref":
            behind = at + 2 if at + 1 < len(rest) and rest[at + 1].kind == "mark" else at + 1
            if phrase_at(rest, behind, decisions)[0] or (at and (rest[at - 1].text,) in decisions):
                return True
    return False


def _yes(said: Sentence, speech: Speech) -> Spoken:
    """`yes` and `ok`: approve, take the best guess of an unsorted mail, confirm, or agree."""
    any_verb = Verb("yes", frozenset())
    meant = _meant(said, any_verb, speech)
    wrong = _not_courteous(said.rest)
    if meant.reason or wrong:
        first = (meant.refs or speech.standing or ())[:1]
        return Spoken(reason=meant.reason or wrong, hint=meant.hint or _hint(first, "yes"))
    listed = {item.ref: item for item in speech.scope.listing.items}
    says = {ref: _yes_to(ref, listed.get(ref), speech.who) for ref in meant.refs}
    unfit = next((ref for ref, (verb, _) in says.items() if not verb), None)
    if unfit is not None:
        return Spoken(reason="no-guess", hint=f'write "{unfit} sort article", or another kind, or "{unfit} discard"')
    if not says and speech.who == "member":
        return Spoken(reason="no-reference", hint='write the reference before it: "A-12 yes"')
    alone = (("agree" if speech.who == "applicant" else "confirm", (), ""),)
    groups: dict[tuple[str, str], list[str]] = {}
    for ref, sense in says.items():
        groups.setdefault(sense, []).append(ref)
    commands = tuple((verb, tuple(refs), argument) for (verb, argument), refs in groups.items())
    return Spoken(commands or alone, name="confirm", takes=verbs.NOTHING, decides_alone=True)


def _yes_to(ref: str, item: Listed | None, who: str) -> tuple[str, str]:
    """(verb, argument) of a yes on one item; ("", "") where it says nothing."""
    if who == "member":
        if item is None:
            return ("approve", "") if ref[0] in "AFM" else ("", "")
        if item.kind == "unsorted":
            return ("sort", item.guess) if item.guess else ("", "")
        return ("approve", "") if item.kind in VERBS["approve"].kinds else ("", "")
    kind = item.kind if item else "membership" if ref[0] == "M" else "article"
    return "agree" if who == "applicant" else _YES_OF.get(kind, "confirm"), ""


def _sort(said: Sentence, meant: Meant) -> Spoken:
    """`sort KIND [section or group]`; the kind may be an inflection, "as an" may stand before it."""
    example = f'write "{_first(meant.refs)} sort article", or another kind: {", ".join(_SORTABLE)}'
    words = [token for token in said.rest if token.kind != "mark"]
    while words and words[0].text in {"as", "to", "into", "an", "a", "the"}:
        words.pop(0)
    kind = _KINDS.get(words[0].text, "") if words else ""
    if kind not in _SORTABLE or manners.asks(said.rest):
        return Spoken(reason="unknown-kind" if words else "no-words", hint=example + _near_kind(words))
    rest = words[1:]
    place = "" if manners.courteous(rest) else said.words[words[0].end - said.words_at :]
    if manners.goes_another_way(rest) or len(rest) > _MOST_WORDS_OF_A_PLACE:
        return Spoken(reason="extra-words", hint=example)
    place = " ".join(place.strip(" ,:;.!-()\"'").split())
    return Spoken((("sort", meant.refs, f"{kind} {place}".strip()),), name="sort", decides_alone=True)


def _near_kind(words: list[Token]) -> str:
    close = nearest(words[0].text, _SORTABLE) if words else ""
    return close if "did you mean" in close else ""


def unspoken(said: Sentence, speech: Speech, look_near: bool) -> Spoken:  # noqa: FBT001 - the caller's budget
    """Why a sentence without a verb in its place says nothing; no reason where it is an author's prose."""
    size = sum(token.kind == "word" for token in said.tokens)
    refs = resolve(said.targets, None, speech.scope).refs if said.targets else speech.standing or ()
    meant_as_command = said.targets is not None or size <= _OF_MANY
    mentioned = manners.mentions(said.tokens[:100], speech.forms)
    close = manners.near(said.rest, speech.forms) if look_near and meant_as_command and not mentioned else ""
    if close and close not in {"yes", "no"}:
        return Spoken(reason="near-miss", hint=f'did you mean "{close}"? {_hint(refs[:1], close)}')
    if speech.who != "member":
        return Spoken()
    if said.targets is not None and not said.words:
        return Spoken(reason="no-verb", hint=_hint(refs[:1], "approve", first=True))
    if not mentioned:
        return Spoken(reason="no-verb", hint=_hint(refs[:1] or speech.scope.listing.refs[:1], "approve", first=True))
    if manners.asks(said.tokens):
        return Spoken(reason="question", hint=_hint(refs[:1], "approve", first=True))
    reason = "negated" if manners.negates(said.tokens) else "extra-words"
    return Spoken(reason=reason, hint=_hint(refs[:1] or speech.scope.listing.refs[:1], "approve", first=True))


def _first(refs: tuple[str, ...]) -> str:
    return refs[0] if refs else "A-12"


def _hint(refs: tuple[str, ...], verb: str, *, first: bool = False) -> str:
    """What would have worked."""
    what = f'"{_first(refs)} {verb}"'
    example = "for example " if first else ""
    return f"write {example}{what} on a line of its own"
