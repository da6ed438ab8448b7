"""Whether a command stands as an answer, and is no end of a sentence, nobody else's word and no sample.

`Beside` is told, line by line, what the writer says beside their commands, and says what a command is worth. What is
left open above a line stays open over blank lines, for mail programs and gateways double them or write one paragraph a
line; a quotation of the letter closes it. Words below take the power from commands that were read already. It leans to
doubt: what it doubts comes back. It never fails. The principles stand in docs/decisions.md, "Review by reply".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from mailproc.message.words.page import Row, page_of
from mailproc.phrase import Phrase, say
from mailproc.review.language import manners, talk, verbs
from mailproc.review.language.grammar import Sentence
from mailproc.review.language.words import Phrases, Token, phrase_at, tokens
from mailproc.review.reply import hints
from mailproc.review.reply.agreement import Said
from mailproc.review.reply.reading import Unclear

UNFINISHED, SOMEBODY, WITHHELD = "unfinished", "somebody-else", "withheld"
LEFT_OPEN = frozenset({UNFINISHED, SOMEBODY, WITHHELD})
TAKEN_BACK, BARE = "taken-back", "bare-word"
_SALUTATION = 3  # words of a first line that ends with a comma: "Moin,"
_LOOKED_AT = 600  # characters at the end of a paragraph
_FEW = 2  # words of a line that may be an answer, though an unclear one
_WORDS = 100  # of a line in which a decision is looked for
_LINK = re.compile(r"\S*(?:://|@)\S*[^\s.!?]")  # its words say nothing
_REST = 3  # words below a "no" that may be the rest of it
_AFTERTHOUGHT = 12  # words of a paragraph that may take back what stands above it; gateways' are longer


def _write(refs: Sequence[str], verb: str) -> Phrase:
    said = {"yes": "approve", "no": "reject"}.get(verb, hints.SAID.get(verb, verb))
    if verb in verbs.OF_FILES:
        return say("hint/line-of-file", verb=said)
    return say("hint/line", ref=refs[0], verb=said) if refs else say("hint/line-behind", verb=said)


APART: dict[str, Callable[[Sequence[str], str], Phrase]] = {  # reason -> what would have worked
    UNFINISHED: lambda refs, verb: say("hint/end-of-words", what=_write(refs, verb)),
    SOMEBODY: lambda refs, verb: say("hint/somebody", what=_write(refs, verb)),
    WITHHELD: lambda refs, verb: say("hint/doubted-above", what=_write(refs, verb)),
    TAKEN_BACK: lambda refs, verb: say("hint/doubted-below", what=_write(refs, verb)),
    BARE: lambda refs, verb: say("hint/beside", what=_write(refs, verb)),
}


@dataclass(frozen=True, slots=True)
class _Open:
    """What words above leave open: why a command below them is no whole answer, each a slug or ""."""

    sentence: str = ""  # up to a sentence that has its end and leaves nothing open
    lasting: str = ""  # up to the next quotation of the letter, or a line that points to the writer's own answers
    paragraph: str = ""  # up to the next blank line
    entry: bool = False  # it is a line that names its items: the next such line is another entry


@dataclass(slots=True)
class Beside:
    """What stands beside the commands of one reply, in the order of its lines."""

    said: list[Said]  # what came of the lines so far; those that lose their power are replaced here
    forms: Phrases
    _before: _Open = _Open()  # above the paragraph in hand
    _now: _Open = _Open()
    _words: str = ""  # the prose of the paragraph in hand, since its last command
    _entry: tuple[str, ...] = ()  # the items that its first line names, if it has no end yet: "A-12 maybe, I am not"
    _begun: bool = False  # the writer said something already
    _stretch: list[int] = field(default_factory=list)  # commands since something of the letter was quoted
    _last: list[int] = field(default_factory=list)  # those since the last words that are none
    _weak: list[int] = field(default_factory=list)  # those that are a bare yes or no
    _talk: list[int] = field(default_factory=list)  # words beside them that name no item and no decision
    _talked: bool = False  # something else was said beside them

    def blank(self) -> None:
        """A blank line."""
        self._before = self._now = replace(self._now, paragraph="")
        self._words, self._entry = "", ()

    def quoted(self, *, whole: bool) -> None:
        """A line of the letter. `whole`: all of the mail is one answer, since its letter is on one item."""
        self._before = self._now = _Open()
        self._words, self._entry, self._begun = "", (), False
        if not whole:
            self.end()
        self._stretch, self._last = [], []

    def points(self) -> None:
        """A line that only says that the writer's own answers follow; below a name it may be that person's."""
        if not (self._now.lasting or self._now.sentence):
            self._before = self._now = _Open()
            self._words = ""

    def against(self, said: Sentence) -> str:
        """Why a command has no power here: a slug, or ""."""
        now = self._now
        if now.entry and not now.lasting and said.targets is not None and not said.leads:
            return ""
        return now.lasting or now.sentence or now.paragraph

    def command(self, size: int, *, weak: bool) -> None:
        """The last `size` of what was said are commands of one line."""
        which = range(len(self.said) - size, len(self.said))
        self._stretch.extend(which)
        self._last.extend(which)
        if weak:
            self._weak.extend(which)
        self._before, self._words, self._entry, self._begun = self._now, "", (), True

    def absorbed(self, text: str) -> None:
        """A command that had no power here: it may be the end of the sentence above."""
        self._talked = True
        if talk.ends(text):
            self._before = self._now = replace(self._now, sentence="", entry=False)
            self._words = ""

    def slip(self) -> None:
        """A line that was meant as a command, and failed: it begins no sentence."""
        self._talked, self._begun, self._last = True, True, []

    def closing(self, block: Sequence[str], names: frozenset[Row]) -> None:
        """A few last words: unless a sign-off or the writer's name is among them, they may be what they think."""
        known = any(is_name(text, names) or _is_polite(text) for text in block)
        if names and not known:
            self._talked = True
            self.said.append(Said(talk=True))

    def is_salutation(self, text: str, said: Sentence) -> bool:
        """Whether a first line is how people begin a letter, in whatever language: "Moin,"."""
        marks = sum(token.kind == "mark" for token in said.tokens)
        few = len(said.tokens) <= _SALUTATION + 1 and marks == 1 and said.targets is None
        doubtful = talk.denies(said.tokens) or talk.conditions(said.tokens) or talk.exemplifies(said.tokens)
        doubtful = doubtful or talk.jokes(said.tokens) or talk.belongs_to_somebody(text, said.tokens)
        return not self._begun and text.endswith((",", "!")) and few and not doubtful

    def prose(self, text: str, said: Sentence, *, entry: bool, aside: bool) -> None:
        """A line that is no command and no courtesy, the last of what was said if it comes back.

        An `entry` names its items at its head; what is said `aside` names none, and no decision.
        """
        takes_words = any((command := self.said[at].command) and command.words for at in self._last)
        self._begun = self._talked = True
        if not manners.name_like(text, said.tokens):  # below a name, "but not before Friday" goes on all the same
            self._last = []
        if aside and not takes_words:  # words below a reason may have been meant for its reader
            self._talk.append(len(self.said) - 1)
        if entry or talk.ends(text):
            self._entry = self.said[-1].about if entry and self.said and not talk.ends(text) else ()
        self._words = f"{self._words} {_without_links(text)}".strip()[-_LOOKED_AT:]
        found = said.tokens if self._words == text else tokens(self._words)
        self._now = self._left_open(found, entry=entry)

    def _left_open(self, tokens: Sequence[Token], *, entry: bool) -> _Open:
        before, text = self._before, self._words
        ended, colon = talk.ends(text), text.endswith(":")
        asks = talk.denies(tokens) or manners.asks(tokens)
        now = replace(before, paragraph=WITHHELD if ended and asks else before.paragraph)
        lasting = {
            SOMEBODY: talk.reports(tokens) or _is_somebody_s(text, tokens) or (not ended and talk.stamps(text, tokens)),
            WITHHELD: talk.exemplifies(tokens) or _is_joke(tokens),
            UNFINISHED: colon and not entry,
        }
        if reason := before.lasting or next((slug for slug, holds in lasting.items() if holds), ""):
            return replace(now, lasting=reason)
        if talk.apologises(tokens):
            return now
        if not ended:
            return replace(now, sentence=UNFINISHED, entry=entry and (before.entry or not before.sentence))
        if talk.withholds(tokens):
            return replace(now, sentence=WITHHELD, entry=entry)
        return replace(now, sentence="", entry=False)

    def takes_back(
        self, text: str, said: Sentence, about: Sequence[str], size: int, *, joined: bool, lower: bool
    ) -> None:
        """Take the power of commands above a line that is none, where it takes it: "and I do not", "just kidding".

        `about`: the items at its head, if any; `size`: words of its paragraph; `joined`: no blank line is above it;
        `lower`: a small letter at its head tells that it goes on.
        """
        long = size > _AFTERTHOUGHT and not joined
        goes_on = bool(self._last) and self._is_bare(size, joined, lower) and _is_small(text)
        parts = not joined and talk.parts_until(text, said.tokens)
        if not self._stretch or parts or (long and not goes_on):
            return
        plain = _without_links(text)
        found = said.tokens if plain == text else tokens(plain)
        if joined and _is_small(text) and not talk.jokes(found):
            about = about or self._entry  # the line goes on with that item's
        told = talk.gives_theirs(plain, found) or (_is_small(text) and talk.reports(found))
        if size <= _AFTERTHOUGHT and (told or talk.retracts(found)):
            which = self._stretch
        elif goes_on or (self._last and talk.goes_on(said.tokens)):
            which = self._last
        elif _ends_it(said):
            which = self._last or self._stretch[-1:]  # "discard / A-12 / by mail"
        else:
            return
        self._ask_back([at for at in which if not about or set(about).intersection(self.said[at].about)], TAKEN_BACK)

    def rival(self, verb: str) -> None:
        """A decision without an item may be about the one right above: "A-12 approve / Wait!"."""
        last = self._stretch[-1:]
        if last and (command := self.said[last[0]].command) and command.verb not in {verb, "sort"}:
            self._ask_back(last, TAKEN_BACK)

    def _is_bare(self, size: int, joined: bool, lower: bool) -> bool:  # noqa: FBT001 - two facts
        """Whether a small letter below the last command may go on with it; a reason may have a paragraph of its own."""
        last = self.said[self._last[-1]].command
        if joined or last is None or last.words:
            return joined
        ended = tokens(last.line)[-1:]
        denied = bool(phrase_at(ended, 0, verbs.phrases("no"))[0]) and size <= _REST  # "A-12 no", "objections"
        return lower or denied

    def end(self) -> None:
        """The end of one answer. Bare words beside others say nothing; talk beside commands does not come back."""
        if self._talked:
            self._ask_back(self._weak, BARE)
        if any(self.said[at].command for at in self._stretch):
            for at in self._talk:
                self.said[at] = Said(talk=True)
        self._weak, self._talk, self._talked = [], [], False

    def _ask_back(self, which: Sequence[int], reason: str) -> None:
        for at in which:
            command = self.said[at].command
            if command is not None:
                verb = "approve" if command.verb == "confirm" else command.verb
                unclear = Unclear(command.line, reason, APART[reason](command.refs, verb))
                self.said[at] = replace(self.said[at], command=None, unclear=unclear)


def _is_somebody_s(text: str, tokens: Sequence[Token]) -> bool:
    return talk.opens_a_quotation(text) or talk.belongs_to_somebody(text, tokens)


def _is_joke(tokens: Sequence[Token]) -> bool:
    """Whether a few words say that what stands beside them is not meant: "Just kidding."."""
    return manners.short(tokens) and talk.jokes(tokens) and not talk.apologises(tokens)


def _without_links(text: str) -> str:
    """The end of a line without addresses: their words say nothing."""
    text = text[-_LOOKED_AT:]
    return _LINK.sub("", text) if "@" in text or "://" in text else text


def is_talk(said: Sentence, named: Sequence[str]) -> bool:
    """Whether a line names no item, no decision, and asks nothing: "I read them all on the train."."""
    if said.verb or named or manners.asks(said.tokens):
        return False
    answers = verbs.phrases("not_names", "yes", "no") if _are_few(said) else {}
    decides = manners.mentions(said.tokens[:_WORDS], verbs.decisions("member"))
    return not decides and not phrase_at(said.tokens, 0, answers)[0]


def is_name(text: str, names: frozenset[Row]) -> bool:
    """Whether a line is one of these names and nothing else; "@Ana" calls her."""
    return "@" not in text and page_of(text[:_LOOKED_AT]).words in names


def _is_polite(text: str) -> bool:
    said = tokens(text)
    return manners.signs_off(text, said) or talk.signs_off(said)


def closes(block: Sequence[str], said: Sequence[Sentence], *, anything: bool) -> bool:
    """Whether a few last lines may be a sign-off and a name of any language; `anything`: something was said above."""
    if not block:
        return False
    first, last = block[0], block[-1]
    if talk.ends(first) and (len(block) == 1 or not first.endswith("!")):  # "Bezwaar!": no name stands below it
        return False
    named = len(block) > 1 and manners.name_like(last, said[-1].tokens)
    return (anything or named) and all(map(_is_closing, block, said))


def _is_closing(text: str, said: Sentence) -> bool:
    """Whether a line may be part of it: a few words, a capital, and no doubt."""
    plain = manners.short(said.tokens) and not text[:1].islower()
    return plain and not (talk.doubts(said.tokens) or talk.reports(said.tokens) or talk.apologises(said.tokens))


def is_slip(said: Sentence, named: Sequence[str]) -> bool:
    """Whether a line that nearly says a verb is a command that failed, and no prose."""
    doubtful = manners.takes_back(said.tokens) or talk.exemplifies(said.tokens)  # "Borrador." is nearly "borrado"
    return (_are_few(said) or bool(named)) and not doubtful


def _are_few(said: Sentence) -> bool:
    return sum(token.kind == "word" for token in said.tokens) <= _FEW


def _ends_it(said: Sentence) -> bool:
    """Whether a line only asks ("?"), or is the end of a tap link of ours that was broken ("by mail")."""
    words = tuple(token.text for token in said.tokens if token.kind != "mark")
    return words == verbs.LINK_ENDS or (not words and manners.asks(said.tokens))


def _is_small(text: str) -> bool:
    return next((char for char in text if char.isalpha()), "").islower()
