"""Why a sentence without a verb in its place says nothing, and what would have worked.

A near miss is named with the right word and never guessed; an author's prose is no command and is not asked
back. Values in, values out; it never fails.
"""

from __future__ import annotations

from mailproc.phrase import say
from mailproc.review.language import manners, plain, verbs
from mailproc.review.language.grammar import Sentence
from mailproc.review.language.lexicon import SHARED
from mailproc.review.language.words import Token, phrase_at
from mailproc.review.reply import hints
from mailproc.review.reply.reading import Listing
from mailproc.review.reply.resolve import resolve
from mailproc.review.reply.spoken import WISH, Speech, Spoken

SLIPS = frozenset({"near-miss", "two-meanings"})  # reasons of a line that was meant as a command
_OF_MANY = 4  # words of a line without a reference that may be a misspelt verb
_LOOKED_AT = 100  # words of a line in which a verb out of its place is looked for


def unspoken(said: Sentence, speech: Speech, *, look_near: bool) -> Spoken:
    """Why a line without a verb does nothing, and a hint; without a reason where an author just writes prose."""
    if speech.who != "member" and plain.wants_back(said.tokens):
        return Spoken(reason=WISH, hint=hints.write(speech.standing or (), "withdraw"))
    size = sum(token.kind == "word" for token in said.tokens)
    refs = resolve(said.targets, None, speech.scope).refs if said.targets else ()
    refs = refs or hints.named_in(said.tokens, speech.scope) or speech.standing or ()
    meant_as_command = said.targets is not None or size <= _OF_MANY
    mentioned = manners.mentions(said.tokens[:_LOOKED_AT], speech.forms)
    first = next((token.text for token in said.rest if token.kind == "word"), "")
    if speech.who == "member" and meant_as_command and not mentioned:
        known = _known(first, refs, speech)
        if known.reason:
            return known
    form, verb = manners.near(said.rest, speech.who) if look_near and meant_as_command and not mentioned else ("", "")
    if form:
        return Spoken(
            reason="near-miss", hint=say("hint/near", word=form, how=hints.fitting(refs, form, verb, speech.scope))
        )
    if speech.who == "author" or (speech.who == "applicant" and not mentioned):
        return Spoken()
    if speech.who == "applicant":  # "I would agree if ...": one thing was asked, and this is no plain answer
        return Spoken(reason=_why(said, mentioned=True), hint=hints.write((), "agree"))
    return Spoken(reason=_why(said, mentioned=mentioned), hint=hints.any_verb(refs, speech.scope, said.tokens))


def may_answer(tokens: tuple[Token, ...], listing: Listing) -> bool:
    """Whether a line is only a sign, or where one item was asked about a kind word, that may have meant a decision."""
    return _is_sign(tokens) or (listing.single and _may_assent(tokens))


def _is_sign(tokens: tuple[Token, ...]) -> bool:
    """Whether a line is only a thumb or a tick: polite beside words."""
    signs = any(phrase_at((token,), 0, verbs.signs())[0] for token in tokens)
    return signs and all(token.kind == "mark" for token in tokens)


def _may_assent(tokens: tuple[Token, ...]) -> bool:
    """Whether a line is only a kind word that may be a yes: "Great!"; "Thanks!" and "Regards" are none."""
    first = tuple(token for token in tokens if token.kind == "word")
    polite = manners.thanks(tokens) or phrase_at(first, 0, verbs.phrases("sign_offs", "thanks", "greetings"))[0]
    return bool(first) and manners.courteous(tokens) and not polite


def _known(word: str, refs: tuple[str, ...], speech: Speech) -> Spoken:
    """The reason and hint for a word that has two meanings."""
    if word in SHARED.two_meanings:
        verb, _ = SHARED.two_meanings[word]
        offer = hints.fitting(refs, verb, verb, speech.scope)
        return Spoken(reason="two-meanings", hint=say("hint/two-meanings", word=word, verb=verb, how=offer))
    return Spoken()


def _why(said: Sentence, *, mentioned: bool) -> str:
    if not mentioned or (said.targets is not None and not said.words):
        return "no-verb"
    if manners.asks(said.tokens):
        return "question"
    return "negated" if manners.negates(said.tokens) else "extra-words"
