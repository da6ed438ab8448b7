"""A reply read line by line: what was said, in which line, under which item, and what belongs to it.

`Pages` walks over the lines once and remembers what stands above: the paragraph's unfinished prose, a
signature mark, a sign-off, a line that names an item alone. What one line says is `spoken`'s. Linear in the
number of lines; it never fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mailproc.message.alignment import INVISIBLE
from mailproc.message.quotation import Line
from mailproc.review import manners, verbs
from mailproc.review.agreement import Said
from mailproc.review.grammar import Sentence, clean, sentence
from mailproc.review.reading import Command, Unclear
from mailproc.review.resolve import Scope, resolve
from mailproc.review.spoken import Speech, Spoken, speak, unspoken

_BEGIN = re.compile(r"-[- ]*begin[- ]*", re.IGNORECASE)
_END = re.compile(r"-[- ]*end[- ]*", re.IGNORECASE)
_SIGNATURE = re.compile(r"--\s*")  # RFC 3676 §4.3, its blank lost on the way or not
_FINISHED = (".", "!", "?", ":", ";", "\u2026")
_LINE_MAY_WRAP = 40  # columns from which on a program may have broken a line
_MOST_JOINED = 20  # lines of one list of references
_MOST_NEAR = 40  # lines in which a misspelt verb is looked for


@dataclass(frozen=True, slots=True)
class Read:
    """What all lines said, and the writer's own words."""

    said: tuple[Said, ...]
    own: str


class Pages:
    """One walk over the lines of one part of a mail."""

    def __init__(
        self, lines: Sequence[Line], scope: Scope, who: str, stands: Callable[[Line], tuple[str, ...]]
    ) -> None:
        """`stands` gives the items that a line stands under by what was quoted before it."""
        self._lines = lines
        self._texts = [clean(INVISIBLE.sub("", line.text)).strip() for line in lines]
        self._scope = scope
        self._who = "member" if who == "operator" else who
        self._forms = verbs.forms(who)
        self._stands = stands
        self._said: list[Said] = []
        self._near_left = _MOST_NEAR
        self._prose = ""  # own words right above that are no command
        self._signature = self._closing = self._astray = False
        self._heading: tuple[str, ...] = ()  # items that the line right above names alone
        self._anything = False  # something was said above
        self._below = False  # a quotation stands above
        self._stays: Line | None = None  # an own line that the letter says too: what stands below it stands there

    def read(self) -> Read:
        """Walk over the lines."""
        begin, end, body = self._marked_text()
        n = 0
        while n < len(self._lines):
            n = end if begin <= n < end else self._line(n)
        if body is not None and self._who != "member":
            self._give_body(body)
        return Read(tuple(self._said), self._own())

    # What kind of line is it?

    def _is_own(self, n: int) -> bool:
        line = self._lines[n]
        said = line.loose and not self._below and self._names_and_says(n)
        return not line.marked and (line.own or said)

    def _names_and_says(self, n: int) -> bool:
        """It begins with a reference of the letter and a verb, in either order."""
        said = self._sentence(n)
        if not said.verb or said.targets is None or said.verb in {"list", "help"}:
            return False
        return not resolve(said.targets, None, self._scope).reason

    def _sentence(self, n: int) -> Sentence:
        return sentence(self._texts[n], self._forms)

    def _line(self, n: int) -> int:
        """Read line n; the line to go on with."""
        if not self._is_own(n):
            self._quotation(n)
            self._ask_if_said(n)
        elif not self._texts[n]:
            self._prose, self._closing, self._heading = "", False, ()
        elif _SIGNATURE.fullmatch(self._texts[n]):
            self._signature, self._prose = True, ""
        else:
            return self._own_line(n)
        return n + 1

    def _quotation(self, n: int) -> None:
        line = self._lines[n]
        self._prose, self._closing, self._heading, self._stays = "", False, (), None
        if line.own and line.marked:
            self._astray = self._astray or self._names_another(n)
        elif not line.own and self._texts[n]:
            self._signature = self._astray = False
            self._below = True

    def _ask_if_said(self, n: int) -> None:
        """Ask about a line of the letter that stands alone in the reply and begins with a verb: it may be either."""
        line = self._lines[n]
        if line.loose and not line.own and not line.marked and self._who == "member":
            verb = self._sentence(n).verb
            if verb:
                hint = f'the letter says the same; write the reference before it: "A-12 {verb}"'
                self._said.append(Said(unclear=Unclear(line.text.strip(), "quoted-or-said", hint)))

    def _own_line(self, n: int) -> int:
        if not self._lines[n].own:
            self._stays = self._lines[n]  # it is in the letter elsewhere, and stands where it stands here
        said, end = self._joined(n)
        if self._signature and said.targets is None and not (said.verb and manners.courteous(said.rest)):
            return n + 1
        polite = not said.verb and not manners.mentions(said.tokens[:60], self._forms)
        if polite and said.targets is None and self._is_manners(n, said):
            self._prose = ""
            return n + 1
        self._anything = True
        return self._verb(n, end, said) if said.verb else self._without_verb(n, end, said)

    def _is_manners(self, n: int, said: Sentence) -> bool:
        if (self._closing and manners.short(said.tokens)) or manners.greets(said.tokens):
            return True
        if manners.signs_off(self._texts[n], said.tokens):
            self._closing = True
            return True
        last = self._anything and self._nothing_follows(n)
        return last and manners.name_like(self._texts[n], said.tokens) and not manners.near(said.tokens, self._forms)

    def _nothing_follows(self, n: int) -> bool:
        following = next((m for m in range(n + 1, min(n + 20, len(self._texts))) if self._texts[m]), None)
        return following is None or not self._is_own(following) or bool(_SIGNATURE.fullmatch(self._texts[following]))

    def _joined(self, n: int) -> tuple[Sentence, int]:
        """A list of references that goes on in the next line is one line."""
        text, end = self._texts[n], n + 1
        said = sentence(text, self._forms)
        while said.targets is not None and end < min(len(self._lines), n + _MOST_JOINED):
            goes_on = text.endswith((",", "&", "+")) or said.tokens[-1].text in _AND
            if (
                not goes_on
                or said.words.strip(",&+ ") not in _AND | {""}
                or not self._is_own(end)
                or not self._texts[end]
            ):
                break
            text = f"{text} {self._texts[end]}"
            said, end = sentence(text, self._forms), end + 1
        return said, end

    # A line with a verb

    def _verb(self, n: int, end: int, said: Sentence) -> int:
        standing = self._standing(n)
        if self._hangs_on_prose(said):
            spoken = Spoken(reason="unfinished", hint="write each decision on a line of its own, below a blank line")
        else:
            spoken = speak(said, Speech(self._who, self._scope, standing, self._forms))
        if not spoken.commands:
            return self._not_understood(n, end, said, spoken, standing)
        words, after = self._following(n, end, spoken)
        if spoken.needs_words and not words:
            return self._not_understood(n, end, said, Spoken(reason="no-words", hint=spoken.hint), standing)
        if spoken.decides_alone and self._taken_back(end):
            hint = "decide without a condition, or ask the author first"
            return self._not_understood(n, end, said, Spoken(reason="conditional", hint=hint), standing)
        above = self._said[-1] if self._said else Said()
        if above.unclear and not above.doubted and above.unclear.line == self._prose and self._prose.endswith(":"):
            self._said.pop()  # "Here are mine:"
        line = self._as_written(n, end)
        for verb, refs, argument in spoken.commands:
            self._said.append(Said(Command(verb, refs, words, argument, line)))
        self._prose, self._heading, self._closing = "", (), False
        return after

    def _standing(self, n: int) -> tuple[str, ...] | None:
        """The items that a bare word in line n is about; None where it stands below a signature."""
        listing = self._scope.listing
        if self._signature:
            return None
        if self._heading:
            return self._heading
        if listing.single:
            return listing.refs
        return () if self._astray else self._stands(self._stays or self._lines[n])

    def _hangs_on_prose(self, said: Sentence) -> bool:
        """It may be the rest of a sentence that was broken: "I do not think we should / approve"."""
        if not self._prose:
            return False
        above = sentence(self._prose, self._forms).tokens
        if manners.takes_back(above):
            return True
        if self._prose.endswith(_FINISHED):
            return False
        return said.targets is None or len(self._prose) >= _LINE_MAY_WRAP or manners.negates(above)

    def _taken_back(self, end: int) -> bool:
        """The next own words begin with a condition: "approve / but cut the end"."""
        for n in range(end, min(end + 4, len(self._lines))):
            if not self._is_own(n):
                return False
            if self._texts[n]:
                return manners.takes_back(self._sentence(n).tokens)
        return False

    def _following(self, n: int, end: int, spoken: Spoken) -> tuple[str, int]:
        """The words that belong to a command, and the line to go on with."""
        if spoken.takes == verbs.TEXT:
            # the end of the line as it was written: its dashes and apostrophes were made plain for reading only
            lines = [self._as_written(n, end)[-len(spoken.words) :]] if spoken.words else []
            while end < len(self._lines) and self._goes_on(end):
                lines.append(self._texts_as_written(end))
                end += 1
            return "\n".join(lines), end
        if spoken.takes == verbs.BODY and spoken.name == "version":
            first = [spoken.words] if spoken.words else []
            body = []
            while end < len(self._lines) and self._is_body(end):
                body.append(self._lines[end].text)
                end += 1
            return "\n".join(first + body).strip("\n"), end
        return spoken.words, end

    def _goes_on(self, n: int) -> bool:
        """Free text goes on in line n: own words of the same paragraph, until one that acts, or manners."""
        text = self._texts[n]
        if not text or not self._is_own(n) or _SIGNATURE.fullmatch(text) or _BEGIN.fullmatch(text):
            return False
        said = self._sentence(n)
        named = said.targets is not None and (said.targets.everything or any(_is_ref(s) for s in said.targets.spans))
        if said.verb and named and self._names_and_says(n):
            return False
        return not (manners.greets(said.tokens) or manners.signs_off(text, said.tokens))

    def _is_body(self, n: int) -> bool:
        line = self._lines[n]
        return (
            line.own
            and not line.marked
            and not _SIGNATURE.fullmatch(self._texts[n])
            and not _BEGIN.fullmatch(self._texts[n])
        )

    # A line without one

    def _without_verb(self, n: int, end: int, said: Sentence) -> int:
        if said.targets is not None and not said.words and self._heads_next(end):
            meant = resolve(said.targets, None, self._scope)
            if not meant.reason:
                self._heading = meant.refs
                return end
        self._astray = self._astray or self._names_another(n)
        standing = self._standing(n)
        spoken = unspoken(said, Speech(self._who, self._scope, standing, self._forms), self._near())
        return self._not_understood(n, end, said, spoken, standing)

    def _heads_next(self, n: int) -> bool:
        if n >= len(self._lines) or not self._texts[n] or not self._is_own(n):
            return False
        said = self._sentence(n)
        return bool(said.verb) and said.targets is None

    def _near(self) -> bool:
        self._near_left -= 1
        return self._near_left >= 0

    def _not_understood(
        self, n: int, end: int, said: Sentence, spoken: Spoken, standing: tuple[str, ...] | None
    ) -> int:
        line = self._as_written(n, end)
        whole = said.verb and manners.courteous(said.rest)  # a command that failed is no beginning of a sentence
        self._prose, self._heading = "" if whole else self._texts[end - 1], ()
        if spoken.reason:
            unclear = Unclear(line[:500], spoken.reason, spoken.hint)
            self._said.append(Said(unclear=unclear, doubted=self._doubted(said, standing)))
        return end

    def _doubted(self, said: Sentence, standing: tuple[str, ...] | None) -> tuple[str, ...]:
        """The items on which an unclear line speaks of a decision and doubts it."""
        if not (manners.negates(said.tokens) or manners.asks(said.tokens) or manners.mentions(said.tokens, _DOUBTS)):
            return ()
        if not manners.mentions(said.tokens[:100], self._forms):
            return ()
        named = tuple(token.text for token in said.tokens if token.kind == "ref")
        return named or standing or ()

    def _names_another(self, n: int) -> bool:
        """It names an item of the letter that it does not stand under."""
        named = {token.text for token in self._sentence(n).tokens if token.kind == "ref"}
        return bool(named.intersection(self._scope.listing.refs) - set(self._stands(self._lines[n])))

    # Text as written

    def _as_written(self, n: int, end: int) -> str:
        return " ".join(self._texts_as_written(m) for m in range(n, end))

    def _texts_as_written(self, n: int) -> str:
        return INVISIBLE.sub("", self._lines[n].text).replace("\xa0", " ").replace("\u202f", " ").strip()

    def _own(self) -> str:
        kept = []
        signature = False
        for n, line in enumerate(self._lines):
            if not line.own or line.marked:
                signature = False
            elif _SIGNATURE.fullmatch(self._texts[n]):
                signature = True
            elif not signature:
                kept.append(line.text)
        return "\n".join(kept).strip()

    # The lines between begin and end

    def _marked_text(self) -> tuple[int, int, str | None]:
        """(first line, line after the last, the text between) of the writer's begin and end lines."""
        begin = next((n for n, text in enumerate(self._texts) if _BEGIN.fullmatch(text) and self._is_own(n)), None)
        if begin is None:
            return 0, 0, None
        end = next((n for n in range(begin + 1, len(self._texts)) if _END.fullmatch(self._texts[n])), None)
        if end is None:
            end = next((n for n in range(begin + 1, len(self._texts)) if not self._is_body(n)), len(self._texts))
        body = "".join(line.text + "\n" for line in self._lines[begin + 1 : end])
        return begin, min(end + 1, len(self._texts)), body

    def _give_body(self, body: str) -> None:
        """The text between the lines belongs to `version` or `confirm`; alone it confirms its own extent."""
        for n, said in enumerate(self._said):
            if said.command is not None and said.command.verb in {"version", "confirm"}:
                command = Command(said.command.verb, said.command.refs, body, "", said.command.line)
                self._said[n] = Said(command)
                return
        refs = tuple(item.ref for item in self._scope.listing.items if item.kind in verbs.VERBS["confirm"].kinds)
        self._said.append(Said(Command("confirm", refs[:1] if len(refs) == 1 else (), body, "", "--- begin")))


_AND = {word for words in verbs.AND.values() for word in words}
_DOUBTS = dict.fromkeys(verbs.phrases(verbs.CONDITIONS), "said")


def _is_ref(span: tuple[str, str]) -> bool:
    return "-" in span[0]
