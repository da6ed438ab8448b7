"""A reply read line by line: what each line says, on which items, and which words below belong to it.

`Pages` walks over the lines once and remembers what stands above: the paragraph's unfinished prose, a
signature mark, a sign-off, a line that names an item alone. What one line says is `spoken`'s. Linear in the
number of lines; it never fails.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from mailproc.kinds.reference import leads
from mailproc.message.words.gateway import is_tap
from mailproc.message.words.marks import mark
from mailproc.message.words.page import Row
from mailproc.message.words.quotation import Line
from mailproc.phrase import say
from mailproc.review.language import manners, talk, verbs
from mailproc.review.language.grammar import Sentence, Targets, joins, sentence
from mailproc.review.language.words import clean
from mailproc.review.reply import hints, written
from mailproc.review.reply.agreement import Said, give_body
from mailproc.review.reply.reading import ONE_QUESTION, Command, Unclear
from mailproc.review.reply.resolve import Scope, judges_by_title, mentioned, passed, resolve, swept
from mailproc.review.reply.spoken import Speech, Spoken, acts, broken_off, is_whole, speak
from mailproc.review.reply.unspoken import SLIPS, may_answer, unspoken
from mailproc.review.reply.whole import APART, BARE, LEFT_OPEN, SOMEBODY, Beside, closes, is_name, is_slip, is_talk
from mailproc.review.reply.written import SIGNATURE, between_marks, goes_on_at, only_quoted, own_words, seen

_MOST_JOINED = 20  # lines of one list of references
_MOST_NEAR = 40  # lines in which a misspelt verb is looked for
_MOST_CLOSING = 4  # lines of a sign-off and a name
_GAP = 4  # lines below an item's name in which its verb is looked for

Standing = Callable[[Line], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Read:
    """What all lines said, and the writer's own words."""

    said: tuple[Said, ...]
    own: str


class Pages:
    """One walk over the lines of one part of a mail."""

    def __init__(
        self, lines: Sequence[Line], scope: Scope, who: str, stands: Standing, names: frozenset[Row] = frozenset()
    ) -> None:
        """`stands` gives the items that a line stands under by what was quoted before it; `names` are the writer's."""
        self._names = names
        self._lines = lines
        self._texts: list[str | None] = [None] * len(lines)
        self._sentences: dict[int, Sentence] = {}
        self._scope = scope
        self._listed = frozenset(scope.refs)
        self._who = "member" if who == "operator" else who
        self._forms = verbs.forms(who)
        self._stands = stands
        self._said: list[Said] = []
        self._near_left = _MOST_NEAR
        self._beside = Beside(self._said, self._forms)
        self._prose = ""  # own words right above that are no command
        self._signature = self._closing = self._signed = self._astray = False
        self._heading: tuple[str, ...] = ()  # items that the line right above names alone
        self._headed: Targets | None = None  # how it names them
        self._anything = False  # something was said above
        self._below = False  # a quotation stands above
        self._within = False  # right above stands a quotation, and nothing of it is left to be remembered
        self._stays: Line | None = None  # an own line that the letter says too: what stands below it stands there

    def read(self) -> Read:
        """Walk over the lines."""
        begin, end, body = between_marks(self._lines, self._text, self._is_own)
        n = 0
        while n < len(self._lines):
            if self._within and only_quoted(self._lines[n]):
                n += 1
            else:
                self._within = False
                n = end if begin <= n < end else self._line(n)
        self._beside.end()
        if not self._said:
            self._show_others()
        if body is not None:
            give_body(self._said, body, self._who, self._scope.listing)
        return Read(tuple(self._said), own_words(self._lines, self._text))

    # What kind of line is it?

    def _text(self, n: int) -> str:
        """Line n as it is read."""
        text = self._texts[n]
        if text is None:
            text = self._texts[n] = clean(seen(self._lines[n].text)).strip()
        return text

    def _is_own(self, n: int) -> bool:
        line = self._lines[n]
        if line.marked or line.others:
            return False
        return line.own or (line.loose and not self._below and self._names_and_says(n))

    def _names_and_says(self, n: int) -> bool:
        """Whether line n begins with an item of the letter and a verb: "A-12 approve", "approve A-12"."""
        said = self._sentence(n)
        if not said.verb or said.targets is None or said.verb in {"list", "help"}:
            return False
        return not resolve(said.targets, None, self._scope).reason

    def _sentence(self, n: int) -> Sentence:
        said = self._sentences.get(n)
        if said is None:
            said = self._sentences[n] = sentence(self._text(n), self._forms, self._who, sorts=self._scope.sorts)
        return said

    def _line(self, n: int) -> int:
        """Read line n; gives the number of the line to go on with."""
        if self._lines[n].unsure:
            self._ask_if_hidden(n)
        elif not self._is_own(n):
            self._quotation(n)
            self._ask_if_said(n)
        elif not self._text(n):
            self._prose, self._signed = "", False
            self._beside.blank()
        elif SIGNATURE.fullmatch(self._text(n)):
            self._signature, self._prose = True, ""
        else:
            return self._own_line(n)
        return n + 1

    def _quotation(self, n: int) -> None:
        line = self._lines[n]
        self._prose, self._closing, self._signed, self._heading, self._stays = "", False, False, (), None
        if line.own and line.marked:
            self._astray = self._astray or self._names_another(n)
        elif not line.own and self._text(n):
            self._signature = self._astray = False
            self._below = True
            self._within = line.sent
            if line.sent and not is_tap(line.text):  # half a link of ours closes nothing
                self._beside.quoted(whole=self._scope.listing.single)

    def _ask_if_hidden(self, n: int) -> None:
        """Ask back about a line that begins with a verb and that nobody may have seen; prose it may be all the same."""
        said = self._sentence(n)
        self._prose, self._heading = self._text(n), ()
        if not said.verb:
            if talk.doubts(said.tokens):
                self._take_back(n, said)
            self._beside.prose(self._text(n), said, entry=said.is_entry, aside=False)
        elif self._who == "member" or manners.courteous(said.rest):
            unclear = Unclear(self._texts_as_written(n), "may-be-hidden", say("hint/hidden"))
            self._said.append(Said(unclear=unclear))

    def _ask_if_said(self, n: int) -> None:
        """Ask back about a line that begins with a verb and that the letter may have said as well as the writer."""
        line = self._lines[n]
        if line.amid and self._who == "member":
            self._ask_if_amid(line)
        if line.loose and not line.own and not line.marked and self._who == "member":
            verb = self._sentence(n).verb
            if verb:
                hint = say("hint/letter-says-so", how=hints.write(self._stands(line), verb))
                self._said.append(Said(unclear=Unclear(line.text.strip(), "quoted-or-said", hint)))

    def _ask_if_amid(self, line: Line) -> None:
        """Ask back about a line within the quotation, with the item under which it stands."""
        words = seen(line.text).strip(" \t>|:")
        said = sentence(clean(words), self._forms)
        if said.verb:
            refs = resolve(said.targets, None, self._scope).refs if said.targets else self._stands(line)
            offer = hints.fitting(refs, said.verb, said.verb, self._scope)
            hint = say("hint/within", how=offer)
            self._said.append(Said(unclear=Unclear(words, "quoted-or-said", hint), about=refs))

    def _show_others(self) -> None:
        """Where nothing was said but a command below somebody else's words, or a thumb, show the first of them."""
        for n, line in enumerate(self._lines if self._who == "member" else ()):
            if line.others and self._names_and_says(n):
                said = self._sentence(n)
                unclear = Unclear(line.text.strip()[:500], SOMEBODY, APART[SOMEBODY](self._named(said), said.verb))
            elif self._is_own(n) and may_answer(self._sentence(n).tokens, self._scope.listing):
                unclear = Unclear(self._text(n), "no-verb", hints.any_verb(self._stands(line), self._scope))
            else:
                continue
            self._said.append(Said(unclear=unclear))
            break

    def _own_line(self, n: int) -> int:
        if not self._lines[n].own:
            self._stays = self._lines[n]  # it is in the letter elsewhere, and stands where it stands here
        said, end = self._joined(n)
        signed = (self._signature or self._signed) and not self._introduces(n)
        decides = bool(said.verb) and manners.courteous(said.rest)
        if signed and said.targets is None and not decides and not self._decides_by_name(said):
            return n + 1
        if said.targets is None and talk.points(said.tokens):
            self._beside.points()
            return n + 1
        if block := self._closes(n):
            self._closing = True
            self._beside.closing([*map(self._text, block)], self._names)
            return n + 1
        polite = not said.verb and not manners.mentions(said.tokens[:60], self._forms)
        if polite and self._is_manners(n, said):
            self._prose = ""
            return n + 1
        if not said.verb and self._is_salutation(n, said):
            return n + 1
        self._anything = True
        return self._verb(n, end, said) if said.verb else self._without_verb(n, end, said)

    def _closes(self, n: int) -> list[int]:
        """The lines from n on, if a few words end what the writer said: a sign-off of any language."""
        shown: list[int] = []
        for m in range(n, min(n + _MOST_NEAR, len(self._lines))):
            if not self._is_own(m) or SIGNATURE.fullmatch(self._text(m)):
                break
            shown += [m] if self._text(m) else []
        few = shown if len(shown) <= _MOST_CLOSING else []
        said = [self._sentence(m) for m in few]
        closed = all(map(self._is_talk, said)) and closes([*map(self._text, few)], said, anything=self._anything)
        return few if closed else []

    def _is_salutation(self, n: int, said: Sentence) -> bool:
        """Whether line n begins a letter; "Passt!" begins none where the writer says nothing more."""
        text = self._text(n)
        if not self._beside.is_salutation(text, said):
            return False
        return text.endswith(",") or any(self._is_own(m) and self._text(m) for m in range(n + 1, len(self._lines)))

    def _decides_by_name(self, said: Sentence) -> bool:
        """Whether a line below a signature names an item of the letter, and a decision: it is not lost."""
        listed = any(token.kind == "ref" and token.text in self._listed for token in said.tokens)
        return listed and manners.mentions(said.tokens, self._forms)

    def _is_manners(self, n: int, said: Sentence) -> bool:
        if said.targets is not None:  # "All the best" names no items
            return said.targets.everything and (
                manners.signs_off(self._text(n), said.tokens) or manners.greets(said.tokens)
            )
        if self._closing and manners.short(said.tokens) and not self._introduces(n):
            self._signed = True  # a name below a sign-off: what follows belongs to the signature
            return True
        alone = n + 1 == len(self._lines) or not (self._is_own(n + 1) and self._text(n + 1))
        if manners.greets(said.tokens) or (alone and is_name(self._text(n), self._names)):
            return True
        if manners.signs_off(self._text(n), said.tokens) and not written.is_entry(self._lines, self._text, n):
            self._closing = True
            return True
        if manners.thanks(said.tokens):
            return True
        last = self._anything and self._nothing_follows(n) and not talk.doubts(said.tokens)
        last = last and not self._text(n).endswith("!")
        return last and manners.name_like(self._text(n), said.tokens) and not manners.near(said.tokens, self._who)[0]

    def _introduces(self, n: int) -> bool:
        """Whether line n says who speaks below it, in a signature as well: "Ben Marsh:"."""
        return self._text(n).endswith(":")

    def _nothing_follows(self, n: int) -> bool:
        following = next((m for m in range(n + 1, min(n + 20, len(self._texts))) if self._text(m)), None)
        return following is None or not self._is_own(following) or bool(SIGNATURE.fullmatch(self._text(following)))

    def _joined(self, n: int) -> tuple[Sentence, int]:
        """Line n with the lines in which its list of references goes on; and the number of the line behind them."""
        said, text, end = self._sentence(n), self._text(n), n + 1
        while said.targets is not None and end < min(len(self._lines), n + _MOST_JOINED):
            goes_on = text.endswith((",", "&", "+")) or joins(said.tokens[-1].text)
            if (
                not goes_on
                or (said.rest and not all(t.kind == "mark" or t.text in verbs.phrases("joining") for t in said.rest))
                or not self._is_own(end)
                or not self._text(end)
            ):
                break
            text = f"{text} {self._text(end)}"
            said, end = sentence(text, self._forms, self._who, sorts=self._scope.sorts), end + 1
        return said, end

    # A line with a verb

    def _verb(self, n: int, end: int, said: Sentence) -> int:
        standing = self._standing(n)
        apart = self._beside.against(said) or ("unfinished" if self._is_chat(said, end) else "")
        if not apart and self._is_weak(said) and not is_whole(said):
            apart = BARE
        if said.plain and (apart or self._broken_off(end)):
            spoken = broken_off(said, self._who)
        elif apart:
            spoken = Spoken(reason=apart, hint=APART[apart](self._named(said) or standing or (), said.verb))
        else:
            spoken = speak(said, Speech(self._who, self._scope, standing, self._forms))
        if not spoken.commands:
            return self._not_understood(n, end, said, spoken, standing)
        words, after = self._following(n, end, spoken)
        beyond = goes_on_at(self._lines, self._text, after) if spoken.name in verbs.TEXT_BELOW else 0
        if beyond:
            self._not_understood(n, end, said, Spoken(reason="broken-text", hint=say("hint/broken")), standing)
            return beyond
        if spoken.needs_words and not words:
            return self._not_understood(n, end, said, Spoken(reason="no-words", hint=spoken.hint), standing)
        others = said.targets is not None and said.targets.others
        how = said.targets or (self._headed if self._heading else None)
        left = passed(how, tuple(ref for _, refs, _ in spoken.commands for ref in refs), self._scope)
        for verb, refs, argument in spoken.commands:
            line, sweeps = self._as_written(n, end), swept(how, refs, self._scope)
            self._said.append(Said(Command(verb, refs, words, argument, line, sweeps, left), about=refs, others=others))
        if (
            spoken.takes != verbs.BODY or spoken.name == "layout"
        ):  # below a text that is sent in, nothing is said about it
            self._beside.command(len(spoken.commands), weak=self._is_weak(said))
        self._prose, self._heading, self._closing = "", (), False
        return after

    def _is_weak(self, said: Sentence) -> bool:
        """Whether it is a bare yes or no of a member; behind a colon stands its reason."""
        bare = said.verb in verbs.SAME and said.targets is None and not self._heading and not said.plain
        asked = self._scope.listing == ONE_QUESTION and self._who == "member"  # it judges by itself
        return bare and self._who != "author" and not asked and (not said.rest or said.rest[0].text != ":")

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

    def _is_chat(self, said: Sentence, end: int) -> bool:
        """Whether a word about oneself is beside others: "I was ill. / Back" and "back / to you soon" wish nothing."""
        verb = verbs.VERBS.get(said.verb)
        if verb is None or not verb.of_self or verb.takes == verbs.BODY:
            return False
        if self._prose or end >= len(self._lines) or not self._is_own(end) or not self._text(end):
            return bool(self._prose)
        return self._is_prose(end)

    def _broken_off(self, end: int) -> bool:
        """Whether the line above `end` has no end of a sentence, and prose of the writer's goes on below it at once."""
        if talk.ends(self._text(end - 1)) or end >= len(self._lines):
            return False
        below = self._sentence(end)
        return bool(self._text(end)) and self._is_own(end) and self._is_prose(end) and not manners.thanks(below.tokens)

    def _is_prose(self, n: int) -> bool:
        """Whether line n is neither a command nor a courtesy nor a name."""
        text, said = self._text(n), self._sentence(n)
        if said.verb or said.targets is not None or SIGNATURE.fullmatch(text):
            return False
        polite = manners.greets(said.tokens) or manners.signs_off(text, said.tokens)
        return not polite and not manners.name_like(text, said.tokens)

    def _following(self, n: int, end: int, spoken: Spoken) -> tuple[str, int]:
        """The words that belong to a command, and the line to go on with."""
        bare = not spoken.words and self._sentence(n).verb == "no"  # "No / Will look at it tonight."
        if bare or (not spoken.words and spoken.name != "ask" and self._is_condition(end)):
            return "", end
        if spoken.takes == verbs.TEXT:
            # the end of the line as it was written: its dashes and apostrophes were made plain for reading only
            lines = [self._as_written(n, end)[-len(spoken.words) :]] if spoken.words else []
            named = bool(lines) and spoken.name in verbs.OF_NAMES
            while not named and end < len(self._lines) and self._goes_on(end):
                lines.append(self._texts_as_written(end))
                end += 1
            return "\n".join(lines), end
        if spoken.takes != verbs.BODY or spoken.name not in {*verbs.TEXT_BELOW, "layout"}:
            return spoken.words, end
        speech = Speech(self._who, self._scope, (), self._forms)
        ends = None if spoken.name in verbs.TEXT_BELOW else lambda m: acts(self._sentence(m), speech)
        body, end = written.below(self._lines, self._text, end, ends)
        return f"{spoken.words}\n{body}".strip("\n"), end

    def _is_condition(self, n: int) -> bool:
        """Whether the writer's line n takes back the decision right above it: "reject / unless it is cut"."""
        return n < len(self._lines) and self._is_own(n) and talk.conditions(self._sentence(n).tokens)

    def _goes_on(self, n: int) -> bool:
        """Whether a reason or note goes on in line n: the writer's own, same paragraph, no command and no greeting."""
        text = self._text(n)
        if not text or not self._is_own(n) or SIGNATURE.fullmatch(text) or mark(self._lines[n].text) == "begin":
            return False
        said = self._sentence(n)
        items = said.targets or Targets()
        named = items.everything or manners.courteous(said.rest) or any("-" in first for first, _ in items.spans)
        if said.verb and named and self._names_and_says(n):
            return False
        joke = said.verb == "" and manners.short(said.tokens) and talk.jokes(said.tokens)
        return not (joke or manners.greets(said.tokens) or manners.signs_off(text, said.tokens))

    # A line without one

    def _without_verb(self, n: int, end: int, said: Sentence) -> int:
        if said.targets is not None and not said.words and self._heads_next(end):
            meant = resolve(said.targets, None, self._scope)
            if not meant.reason:
                self._heading, self._headed = meant.refs, said.targets
                return end
        self._astray = self._astray or self._names_another(n)
        standing = self._standing(n)
        spoken = unspoken(said, Speech(self._who, self._scope, standing, self._forms), look_near=self._near_left > 0)
        self._near_left -= 1
        return self._not_understood(n, end, said, spoken, standing)

    def _heads_next(self, n: int) -> bool:
        """Whether the next words, perhaps below blank lines, are a verb: the line above names its item."""
        below = next((m for m in range(n, min(n + _GAP, len(self._lines))) if self._text(m)), None)
        if below is None or not self._is_own(below):
            return False
        said = self._sentence(below)
        return bool(said.verb) and said.targets is None

    def _not_understood(
        self, n: int, end: int, said: Sentence, spoken: Spoken, standing: tuple[str, ...] | None
    ) -> int:
        line = self._as_written(n, end)
        whole = said.verb and manners.courteous(said.rest)  # a command that failed is no beginning of a sentence
        text = self._text(end - 1)
        if said.verb not in verbs.VERBS:
            self._take_back(n, said)
        elif spoken.reason == "no-reference" and standing is not None:
            self._beside.rival(said.verb)
        if spoken.reason:
            unclear = Unclear(line[:500], spoken.reason, spoken.hint)
            about = self._named(said) or standing or ()
            self._said.append(Said(unclear=unclear, doubted=about if self._doubts(said) else (), about=about))
        if spoken.reason in LEFT_OPEN:
            self._beside.absorbed(text)
        elif whole or (spoken.reason in SLIPS and is_slip(said, self._named(said))):
            self._beside.slip()
        else:
            aside = bool(spoken.reason) and self._is_talk(said)
            self._beside.prose(text, said, entry=said.is_entry, aside=aside)
        self._prose, self._heading = "" if whole else text, ()
        return end

    def _take_back(self, n: int, said: Sentence) -> None:
        """Commands above lose their power where this line takes it: "and I do not", "just kidding"."""
        joined = n > 0 and self._is_own(n - 1) and bool(self._text(n - 1))
        lower = joined or self._writes_capitals
        size = self._size_of_paragraph(n)
        about = self._named(said) if said.targets is not None else ()
        self._beside.takes_back(self._text(n), said, about, size, joined=joined, lower=lower)

    def _size_of_paragraph(self, n: int) -> int:
        """How many words stand around line n in its paragraph, of the writer's own, and no command among them."""
        size = 0
        above, below = range(n - 1, max(-1, n - _MOST_JOINED), -1), range(n, min(n + _MOST_JOINED, len(self._lines)))
        for lines in (above, below):
            for m in lines:
                if not self._is_own(m) or not self._text(m) or (m < n and self._sentence(m).verb):
                    break
                size += len(self._text(m).split())
        return size

    @cached_property
    def _writes_capitals(self) -> bool:
        """Whether the writer begins a line with a capital somewhere; else a small letter tells nothing."""
        texts = (self._text(n) for n in range(len(self._lines)) if self._is_own(n))
        return any(text[:1].isupper() and not leads(text) for text in texts)

    def _doubts(self, said: Sentence) -> bool:
        """Whether an unclear line speaks of a decision, so that others on its items do not act either."""
        words = manners.without_numeros(said.tokens)
        uncertain = (
            manners.negates(words) or manners.asks(words) or manners.mentions(words, verbs.phrases("conditions"))
        )
        return uncertain and manners.mentions(words[:100], self._forms)

    def _is_talk(self, said: Sentence) -> bool:
        judged = judges_by_title(said.tokens, self._scope)
        return self._who == "member" and not judged and is_talk(said, self._named(said))

    def _named(self, said: Sentence) -> tuple[str, ...]:
        """The items that a line names somewhere, by reference or by number."""
        return mentioned(said.tokens, self._scope)

    def _names_another(self, n: int) -> bool:
        """Whether line n names an item of the letter other than the one it stands under."""
        if not any(map(str.isdigit, self._text(n))):
            return False
        refs = {token.text for token in self._sentence(n).tokens if token.kind == "ref"}
        return bool(refs & self._listed - set(self._stands(self._lines[n])))

    # Text as written

    def _as_written(self, n: int, end: int) -> str:
        return " ".join(self._texts_as_written(m) for m in range(n, end))

    def _texts_as_written(self, n: int) -> str:
        return seen(self._lines[n].text).replace("\xa0", " ").replace("\u202f", " ").strip()
