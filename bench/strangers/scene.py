"""One reply in the making: the dice, a language, the letter that is answered; and the octets that come of its words."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.answers import MEMBER, Answer
from bench.letter import ANSWERED_AT
from bench.shapes.pieces import envelope_fields, reply
from bench.shapes.table import SHAPES
from bench.strangers.forms import CLOSE, FORMS, MARKUPS, OPEN, Form
from bench.strangers.frames import PLACES, Place
from bench.strangers.letters import Letter
from bench.strangers.tongues import TONGUES, Tongue

Decision = tuple[str, str]  # verb, reference

NAMES = (("Ben", "Cleo"), ("Cleo", "Ben"), ("Ben Marsh", "Cleo"), ("Dov", "Cleo"))
UNDER = ("marked_by_bars", "marked_by_colons", "outlook_between", "heads_only", "gmail_between", "apple_between")
AROUND = (  # shapes that set something around words at the top, or below
    *("k9_mail", "lotus_notes", "zimbra_text", "groupwise", "mail_ru", "qq_mail", "t_online", "orange_fr"),
    *("mutt_below_signature", "zimbra_html", "roundcube_bottom", "yahoo_mobile", "sogo", "flowed", "preformatted"),
)
SIGNED, GREETED = 0.4, 0.25  # of the replies
BY_SHAPE, BELOW_ITEM = 0.15, 0.12
UNQUOTED = 0.25  # by our own frames: nothing of the letter stands in the reply


@dataclass(frozen=True, slots=True)
class Words:
    """What a member types or pastes; a command in it may stand between `forms.OPEN` and `CLOSE`."""

    sibling: str
    text: str | None  # None: HTML only
    rich: str | None = None  # None: made of the text
    forms: Sequence[Form] = FORMS
    signed: bool = True  # a greeting may stand above and a signature below
    alone: bool = False  # no HTML can be made of it: its blanks or marks mean something
    placed: bool = False  # it may as well be typed under an item
    whole: bool = False  # it holds its quotation: nothing is set around it
    asked: bool = False  # to ask back is as good as to do it
    packed: Callable[[bytes], bytes] | None = None  # what is done to the whole mail
    does: frozenset[Decision] = frozenset()
    says: Mapping[str, str] = field(default_factory=dict)  # reference: words for the author
    under: tuple[Answer, ...] = ()  # typed under items instead; `text` is then ignored
    subject: str = ""  # of a tapped link: a mail that answers nothing

    @property
    def free(self) -> bool:
        """Lines that any program can carry, in text or as HTML."""
        return self.rich is None and not (self.alone or self.whole)


@dataclass(frozen=True, slots=True)
class Trial:
    """One reply, and what must come of it."""

    kind: str
    language: str
    place: str
    letter: Letter
    octets: bytes
    words: Words


@dataclass(frozen=True, slots=True)
class Scene:
    """What a kind's function gets."""

    dice: random.Random
    tongue: Tongue
    letter: Letter
    among: tuple[str, ...] = ()  # only these items are spoken of; all if empty

    def one(self, row: str) -> str:
        """A phrase of the language that decides nothing."""
        return self.dice.choice(self.tongue.rows[row])

    def honest(self, row: str) -> str:
        """A phrase of the language that people write around decisions."""
        return self.dice.choice(self.tongue.honest[row])

    def chance(self, part: float) -> bool:
        """True in this part of all replies."""
        return self.dice.random() < part

    def refs(self, count: int) -> list[str]:
        """So many items of the letter, or all, in its order."""
        there = self.among or self.letter.refs
        chosen = self.dice.sample(there, min(count, len(there)))
        return sorted(chosen, key=self.letter.refs.index)

    def verb(self, verb: str) -> str:
        """A word for it in the language, or the letter's own."""
        return verb if self.chance(0.4) else self.dice.choice(self.tongue.rows[verb])

    def command(self, ref: str, *, of: Sequence[str] = ("approve", "approve", "reject", "hold")) -> str:
        """What would decide if it stood alone."""
        verb = self.verb(self.dice.choice(of))
        shapes = [f"{verb} {ref}", f"{verb} {ref}", f"{ref} {verb}", f"{ref}: {verb}"]
        return self.dice.choice([*shapes, *([verb] * 4 if self.letter.single and not self.among else [])])

    def fill(self, template: str, *, of: Sequence[str] = ("approve", "approve", "reject", "hold")) -> str:
        """A phrase with its holes filled."""
        refs = self.refs(2)
        ben, cleo = self.dice.choice(NAMES)
        commands = [f"{OPEN}{self.command(ref, of=of)}{CLOSE}" for ref in (refs[0], refs[-1])]
        verbs = {verb: self.verb(verb) for verb in ("approve", "reject", "hold")}
        holes = {"cmd": commands[0], "cmd2": commands[1], "ref": refs[0], "ref2": refs[-1], "ben": ben, "cleo": cleo}
        return template.format(**holes, **verbs, count=self.dice.randint(2, 9))

    def colleague(self, count: int = 3) -> str:
        """Lines with which somebody else decides."""
        return "\n".join(self.command(ref) for ref in self.refs(self.dice.randint(1, count)))


Kind = Callable[[Scene], Words]


def _dressed(scene: Scene, words: Words, text: str) -> str:
    """A greeting above and a signature below, sometimes."""
    if not words.signed:
        return text
    above = [scene.honest("hello"), ""] if scene.chance(GREETED) else []
    below = ["", scene.honest("bye")] if scene.chance(SIGNED) else []
    return "\n".join([*above, text, *below])


def _tap(scene: Scene, words: Words) -> bytes:
    """A mail to the letter's reply address that names no letter."""
    message = envelope_fields(scene.letter.posted.octets, MEMBER, ANSWERED_AT, "Tap", "")
    message.replace_header("Subject", words.subject)
    del message["In-Reply-To"], message["References"]
    message.set_content((words.text or "") + "\n")
    if words.rich is not None:
        message.add_alternative(words.rich, subtype="html")
    return message.as_bytes()


def _fits(place: Place, words: Words, text: str | None) -> bool:
    """These words can be put into that place."""
    if words.whole and place.name not in {"bare", "bare_html", "bare_both"}:
        return False
    if text is None:
        return place.rich and not place.text
    if words.alone:
        return place.text and not place.rich
    return words.rich is None or (place.text and place.rich)


def _by_shape(scene: Scene, shapes: Sequence[str], *answers: Answer) -> tuple[str, bytes]:
    """(shape, octets): the answers in one of these shapes of `bench.shapes`."""
    shape = scene.dice.choice(shapes)
    return shape, SHAPES[shape](scene.letter.posted.octets, answers, MEMBER, ANSWERED_AT)


def _by_frame(scene: Scene, words: Words, text: str | None) -> tuple[str, bytes]:
    """(place, octets): the words in one of our own frames."""
    letter = scene.letter.posted.octets
    rich = words.rich if text is None or words.rich is not None else scene.dice.choice(MARKUPS)(text)
    fits = [place for place in PLACES.values() if _fits(place, words, text)]
    alone = [place for place in fits if place.name.startswith("bare")]
    place = scene.dice.choice(alone if alone and scene.chance(UNQUOTED) else fits)
    parts = place.set_around(letter, text or "", rich or "")
    return place.name, reply(letter, MEMBER, ANSWERED_AT, *parts, agent=place.name)


def _sent(scene: Scene, words: Words) -> tuple[str, bytes]:
    """(place, octets) of the reply."""
    if words.subject:
        return "tap", _tap(scene, words)
    if words.under:
        return _by_shape(scene, UNDER, *words.under)
    text = None if words.text is None else scene.dice.choice(words.forms)(_dressed(scene, words, words.text))
    if text is not None and words.free:
        if scene.chance(BY_SHAPE):
            return _by_shape(scene, AROUND, Answer(None, text))
        if words.placed and scene.chance(BELOW_ITEM):
            return _by_shape(scene, UNDER, Answer(scene.refs(1)[0], text))
    return _by_frame(scene, words, text)


def play(
    kind: str, number: int, seed: int, letters: Sequence[Letter], languages: Sequence[str], words_of: Kind
) -> Trial:
    """The trial of this kind and number: the same for the same seed."""
    dice = random.Random(f"{seed} {kind} {number}")  # noqa: S311 - reproducible, not secret
    scene = Scene(dice, TONGUES[languages[number % len(languages)]], dice.choice(letters))
    words = words_of(scene)
    place, octets = _sent(scene, words)
    octets = words.packed(octets) if words.packed else octets
    return Trial(kind, scene.tongue.name, place, scene.letter, octets, replace(words, forms=(), packed=None))
